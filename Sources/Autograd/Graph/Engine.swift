import Recordings
import Synchronization

/// Walks the graph backward: later operations first, each node once, all its gradients summed.
///
/// Law: iterative, so that a chain of a million nodes needs no stack.
final class Engine {
  let context: Context
  private let keepGraph: Bool
  private let createGraph: Bool
  /// What it knows of each node, at the node's place.
  private let states: PassMemory
  private let serial: UInt32
  /// Nodes that an outer pass has numbered: a hook may start a pass of its own.
  @exclusivity(unchecked) private var borrowed: [(node: Node, pass: (serial: UInt32, place: Int32))] = []
  /// Nodes that may run, where the pass is limited to some inputs; `nil` means all.
  @exclusivity(unchecked) private var needed: Set<ObjectIdentifier>?
  @exclusivity(unchecked) private var captures: [ObjectIdentifier: [(output: Int, index: Int)]] = [:]
  @exclusivity(unchecked) private(set) var captured: [Tensor?]
  @exclusivity(unchecked) private var order = 0

  private static let lastSerial = Atomic<UInt32>(0)

  init(context: Context, keepGraph: Bool, createGraph: Bool, captureCount: Int) {
    self.context = context
    self.keepGraph = keepGraph
    self.createGraph = createGraph
    captured = captureCount == 0 ? [] : Array(repeating: nil, count: captureCount)
    // A pass inside another finds none.
    states = context.passMemory.take() ?? PassMemory()
    serial = Engine.lastSerial.wrappingAdd(1, ordering: .relaxed).newValue
  }

  deinit {
    // A large graph's memory is not kept.
    if states.empty() <= 4096 { context.passMemory = states }
  }

  /// The commonest pass: from one root to all leaves, while nobody records.
  func run(from root: Node.Edge, _ grad: Tensor) throws {
    try aside { recorder in
      countDependencies(from: CollectionOfOne(root))
      // Whoever starts a pass holds its gradients until the end.
      grad.travelling += 1
      defer { grad.travelling -= 1 }
      try seed(root, grad)
      pushIfReady(root)
      try visitAll(recorder)
    }
  }

  /// - Parameters:
  ///   - inputs: edges whose gradients are wanted; `nil` means all leaves.
  ///   - accumulates: whether the accumulators of the inputs write `.grad`.
  func run(roots: [(Node.Edge, Tensor)], inputs: [Node.Edge?]?, accumulates: Bool) throws {
    try aside { recorder in
      countDependencies(from: roots.map(\.0))
      if let inputs {
        isLimited = true
        limit(to: inputs, roots: roots.map(\.0.node), accumulates: accumulates)
      }
      for (_, grad) in roots { grad.travelling += 1 }
      defer { for (_, grad) in roots { grad.travelling -= 1 } }
      for (edge, grad) in roots { try seed(edge, grad) }
      for (i, (edge, _)) in roots.enumerated()
      where i == 0 || !roots[..<i].contains(where: { $0.0.node === edge.node }) { pushIfReady(edge) }
      try visitAll(recorder)
    }
  }

  /// Runs a pass with the context set for it: what it computes for itself is no event and joins no graph.
  @inline(__always)
  private func aside(_ body: (Recorder?) throws -> Void) rethrows {
    isInner = context.runningPasses > 0
    let outer = isInner ? context.engine : nil
    isLimited = outer?.isLimited == true
    context.runningPasses += 1
    context.engine = self
    let (recorder, mode) = (context.recorder, context.gradMode)
    context.recorder = nil
    context.gradMode = false
    defer {
      context.runningPasses -= 1
      context.engine = outer
      (context.recorder, context.gradMode) = (recorder, mode)
      for (node, pass) in borrowed { node.pass = pass }
    }
    try body(recorder)
  }

  private func seed(_ root: Node.Edge, _ grad: Tensor) throws {
    try root.destination._withUnsafeGuaranteedRef { node in
      let at = place(node)
      if root.inputNumber == 0, context.simulatedDevices.isEmpty, node.firstAccepts(grad) {
        try put(grad, at: at, output: 0)
      } else {
        try put(Engine.validated(grad, root, "root"), at: at, output: root.inputNumber)
      }
    }
  }

  private func pushIfReady(_ root: Node.Edge) {
    root.destination._withUnsafeGuaranteedRef { node in
      if states[place(node)].dependencies == 0 { states.ready.push(place(node), node.sequence) }
    }
  }

  private func visitAll(_ recorder: Recorder?) throws {
    context.gradMode = createGraph
    // What joins the graph is an event, too.
    if createGraph { context.recorder = recorder }
    isQuiet = recorder == nil && !createGraph && needed == nil && captures.isEmpty && !context.anomaly
    while let at = states.ready.pop() {
      try states[at].unheld._withUnsafeGuaranteedRef { node in
        if isQuiet, try visitQuietly(node, at) { return }
        try visit(node, recorder)
      }
    }
  }

  /// Whether it runs inside another pass.
  @exclusivity(unchecked) private var isInner = false
  /// Whether nobody watches the pass.
  @exclusivity(unchecked) private var isQuiet = false
  /// Whether the pass goes to some inputs only.
  @exclusivity(unchecked) private(set) var isLimited = false
  /// Whether it writes no `.grad`, as `autograd.grad`.
  var onlyCaptures: Bool { !captures.isEmpty }
  /// Which pass this is.
  var number: UInt32 { serial }

  /// Whether the pass comes by a node, or has been there.
  func visits(_ node: Node) -> Bool {
    node.pass.serial == serial
      && (needed?.contains(ObjectIdentifier(node)) ?? true || captures[ObjectIdentifier(node)] != nil)
  }

  /// A node's place among the states; the first asking gives it one.
  @inline(__always) private func place(_ node: Node) -> Int { Int(node.pass.place) }

  private func number(_ node: Node) {
    if node.pass.serial == serial { return }
    if isInner, node.pass.serial != 0 { borrowed.append((node, node.pass)) }
    node.pass = (serial, Int32(truncatingIfNeeded: states.append(node)))
  }

  @inline(__always)
  private func countDependencies(from roots: some Collection<Node.Edge>) {
    for root in roots { root.destination._withUnsafeGuaranteedRef(number) }
    // Numbered in the order of finding, so that what is not yet looked into lies behind.
    var at = 0
    while at < states.count {
      states[at].unheld._withUnsafeGuaranteedRef { node in
        for i in 0..<node.next.count {
          node.target(i)?._withUnsafeGuaranteedRef { target in
            number(target)
            states[place(target)].dependencies += 1
          }
        }
      }
      at += 1
    }
  }

  /// Finds the nodes from which an input can be reached.
  private func limit(to inputs: [Node.Edge?], roots: [Node], accumulates: Bool) {
    var wanted: Set<ObjectIdentifier> = []
    for (i, edge) in inputs.enumerated() {
      guard let edge else { continue }
      let key = ObjectIdentifier(edge.node)
      if accumulates {
        wanted.insert(key)
      } else {
        captures[key, default: []].append((edge.inputNumber, i))
      }
    }
    var useful = wanted
    var done: Set<ObjectIdentifier> = []
    var work: [(node: Node, at: Int)] = roots.map { ($0, 0) }
    while let (node, at) = work.last {
      let key = ObjectIdentifier(node)
      if at == 0, !done.insert(key).inserted {
        work.removeLast()
        continue
      }
      if at < node.next.count {
        work[work.count - 1].at += 1
        // `at` 0 marks a first visit; a node without edges is finished at once.
        if let child = node.next[at]?.node, !done.contains(ObjectIdentifier(child)) {
          work.append((child, 0))
        }
        continue
      }
      work.removeLast()
      if node.next.contains(where: { edge in
        edge.map { useful.contains(ObjectIdentifier($0.node)) || captures[ObjectIdentifier($0.node)] != nil }
          ?? false
      }) {
        useful.insert(key)
      }
    }
    needed = useful
  }

  private func put(_ grad: consuming Tensor, at: Int, output: Int) throws {
    // Taken out first: a sum may write over what nobody else holds.
    if output == 0 {
      states[at].first = try joined(states[at].first.take(), grad)
    } else {
      while states[at].others.count < output { states[at].others.append(nil) }
      states[at].others[output - 1] = try joined(states[at].others[output - 1].take(), grad)
    }
  }

  /// What waits at a node after another gradient arrived there.
  private func joined(_ there: consuming Tensor?, _ grad: consuming Tensor) throws -> Tensor {
    guard var there else {
      grad.travelling += 1
      return grad
    }
    there.travelling -= 1
    if isQuiet, try Ops.addInPlace(&there, grad, context) {
      there.travelling += 1
      return there
    }
    let out = try Self.sum(there, grad)
    out.travelling += 1
    return out
  }

  private static func sum(_ there: Tensor, _ grad: Tensor) throws -> Tensor {
    if grad.isKnownZero || there.isKnownZero {
      let other = grad.isKnownZero ? there : grad
      guard Context.current.recordsGraph, other.requiresGrad else { return other }
      // The sum is a node all the same.
      return try Call("add", [there, grad]) {
        try Ops.copyOf(other)
      } derivative: {
        Derivative(name: "AddBackward0", label: "+", formula: "$0 + $1", rule: Ops.addRule)
      }.run()
    }
    let out = try Ops.add(there, grad)
    // PyTorch adds in place where nobody else sees the memory.
    if !Context.current.recordsGraph, there !== grad, there.isHeldByPassAlone, there.isDense,
      there.isStorageHeldAlone
    {
      out.countWrites(there.version + 1)
    }
    return out
  }

  /// Takes the gradients that arrived at a node, one an output.
  private func takeIncoming(_ node: Node) -> [Tensor?] {
    let at = place(node)
    var out = [states[at].first]
    states[at].first = nil
    if node.outputCount > 1 || !states[at].others.isEmpty {
      out += states[at].others
      states[at].others = []
      while out.count < node.outputCount { out.append(nil) }
    }
    for grad in out { grad?.travelling -= 1 }
    return out
  }

  /// The functions that see what arrives at an output.
  private func runTensorHooks(_ node: Node, _ incoming: inout [Tensor?]) throws -> Int {
    var count = 0
    if let leaf = (node as? AccumulateGrad)?.variable {
      if let hooks = leaf.hooksIfAny, hooks.count > 0, incoming[0] != nil {
        count += hooks.count
        if let new = try hooks.run([incoming[0]]).first { incoming[0] = new }
      }
      return count
    }
    for (output, hooks) in node.tensorHooks.sorted(by: { $0.key < $1.key })
    where incoming.indices.contains(output) && incoming[output] != nil && hooks.count > 0 {
      count += hooks.count
      if let new = try hooks.run([incoming[output]]).first { incoming[output] = new }
    }
    return count
  }

  /// The short way of a visit, while nobody watches the pass. False where somebody watches the node.
  private func visitQuietly(_ node: Node, _ at: Int) throws -> Bool {
    guard node.listeners == nil else { return false }
    if node.isAccumulator {
      return try unsafeDowncast(node, to: AccumulateGrad.self).unheld._withUnsafeGuaranteedRef { leaf in
        guard !leaf.isWatched else { return false }
        guard let grad = states[at].first.take() else { return true }
        grad.travelling -= 1
        try AccumulateGrad.take(grad, for: leaf)
        return true
      }
    }
    if node.shortcut != .none { return try visitArithmetic(node, at) }
    let outgoing: [Tensor?]
    do {
      outgoing = try node.backward(takeIncoming(node))
    } catch let error as TorchError {
      throw error.involving(node)
    }
    try send(validated(outgoing, of: node), from: node)
    return true
  }

  private func visitArithmetic(_ node: Node, _ at: Int) throws -> Bool {
    var pair: (Tensor?, Tensor?)
    do {
      guard let grad = states[at].first.take() else { return false }
      grad.travelling -= 1
      pair = try Ops.quickGradients(of: node, grad, context)
    } catch let error as TorchError {
      throw error.involving(node)
    }
    if !keepGraph { node.release() }
    try hand(pair.0.take(), through: 0, of: node)
    try hand(pair.1.take(), through: 1, of: node)
    return true
  }

  /// Hands a gradient on through an edge.
  @inline(__always)
  private func hand(_ grad: consuming Tensor?, through i: Int, of node: Node) throws {
    guard let target = node.target(i) else { return }
    try target._withUnsafeGuaranteedRef { target in
      let at = place(target)
      if let grad {
        let output = node.outputNumber(i)
        if output == 0, context.simulatedDevices.isEmpty, target.firstAccepts(grad) {
          try put(grad, at: at, output: 0)
        } else if let edge = node.next[i] {
          let fit = try Engine.validated(
            grad, edge, "Function \(node.name) returned an invalid gradient at index \(i)")
          try put(fit, at: at, output: output)
        }
      }
      states[at].dependencies -= 1
      if states[at].dependencies == 0 { states.ready.push(at, target.sequence) }
    }
  }

  private func visit(_ node: Node, _ recorder: Recorder?) throws {
    let inner = context.recorder
    defer { context.recorder = inner }
    var incoming = takeIncoming(node)
    var hookCount = 0
    let isAccumulator = node.isAccumulator
    if isAccumulator || node.listeners != nil {
      context.recorder = recorder
      hookCount += try runTensorHooks(node, &incoming)
      context.recorder = inner
    }
    if !captures.isEmpty {
      for wish in captures[ObjectIdentifier(node)] ?? [] where incoming.indices.contains(wish.output) {
        captured[wish.index] = incoming[wish.output]
      }
    }
    if let needed, !needed.contains(ObjectIdentifier(node)) { return }
    if let hooks = node.preHooks, hooks.count > 0 {
      hookCount += hooks.count
      context.recorder = recorder
      incoming = try hooks.run(incoming)
    }
    order += 1
    let place = order
    if isAccumulator, let recorder {
      record(recorder, node, place, incoming, [], hookCount)
    }
    let retained =
      node.listeners?.retained.isEmpty ?? true
      ? []
      : node.retained.sorted { $0.key < $1.key }.compactMap { output, weak in
        weak.tensor.map { (output, $0) }
      }
    context.recorder = isAccumulator || node.runsProgram ? recorder : inner
    var outgoing: [Tensor?]
    let outer = context.isInRule
    context.isInRule = !isAccumulator && !node.runsProgram
    defer { context.isInRule = outer }
    do {
      outgoing = try node.backward(incoming)
    } catch let error as TorchError {
      context.recorder = recorder
      // PyTorch writes `.grad` before it runs the rule.
      for (output, tensor) in retained where incoming.indices.contains(output) {
        try retain(incoming[output], for: tensor, node, recorder)
      }
      node.warnOfForward(context)
      throw error.involving(node)
    }
    context.recorder = inner
    do {
      outgoing = try validated(outgoing, of: node)
    } catch {
      context.recorder = recorder
      node.warnOfForward(context)
      throw error
    }
    if let hooks = node.postHooks, hooks.count > 0 {
      hookCount += hooks.count
      context.recorder = recorder
      defer { context.recorder = inner }
      outgoing = try hooks.run(outgoing, given: incoming)
    }
    if !isAccumulator, let recorder {
      record(recorder, node, place, incoming, outgoing, hookCount)
    }
    for (output, tensor) in retained where incoming.indices.contains(output) {
      try retain(incoming[output], for: tensor, node, recorder)
    }
    try send(outgoing, from: node, recorder)
  }

  /// Frees what the node saved, and hands its gradients on.
  private func send(_ outgoing: [Tensor?], from node: Node, _ recorder: Recorder? = nil) throws {
    if !keepGraph {
      let was = node.isFreed
      node.release()
      if node.isFreed, !was, let recorder {
        recorder.record(.buffersFreed(BuffersFreed(node: recorder.id(of: node))))
      }
    }
    for i in 0..<node.next.count {
      guard let edge = node.next[i] else { continue }
      let target = edge.node
      let at = place(target)
      if i < outgoing.count, let grad = outgoing[i] { try put(grad, at: at, output: edge.inputNumber) }
      states[at].dependencies -= 1
      if states[at].dependencies == 0 { states.ready.push(at, target.sequence) }
    }
  }

  private func record(
    _ recorder: Recorder, _ node: Node, _ place: Int, _ incoming: [Tensor?], _ outgoing: [Tensor?],
    _ hooks: Int
  ) {
    let id = recorder.id(of: node)
    recorder.record(
      .nodeVisited(
        NodeVisited(
          node: id, order: place, incoming: incoming.map { $0.map(recorder.capture) },
          outgoing: outgoing.map { $0.map(recorder.capture) }, hooks: hooks)))
  }

  /// `.grad` of a non-leaf that asked for it: the latest pass adds to it, as for leaves.
  private func retain(_ grad: Tensor?, for t: Tensor, _ node: Node, _ recorder: Recorder?) throws {
    guard let grad else { return }
    let before = recorder.flatMap { r in t.gradSlot.map { r.capture($0) } }
    if let old = t.gradSlot {
      t.gradSlot = try Ops.add(old, grad)
    } else {
      t.gradSlot = createGraph ? try Ops.clone(grad) : try Ops.copyOf(grad)
    }
    guard let recorder, let now = t.gradSlot else { return }
    recorder.record(
      .gradientWritten(
        GradientWritten(
          tensor: recorder.id(of: t), grad: recorder.id(of: now), before: before,
          contribution: recorder.capture(grad), after: recorder.capture(now), node: recorder.id(of: node),
          versionAfter: now.version)))
  }
}
