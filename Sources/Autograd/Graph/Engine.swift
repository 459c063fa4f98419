import Recordings

/// Walks the graph backward: later operations first, each node once, all its gradients summed.
///
/// Law: iterative, so that a chain of a million nodes needs no stack.
final class Engine {
  let context: Context
  private let keepGraph: Bool
  private let createGraph: Bool
  private var dependencies: [ObjectIdentifier: Int] = [:]
  private var buffers: [ObjectIdentifier: [Tensor?]] = [:]
  /// Nodes that may run, where the pass is limited to some inputs; `nil` means all.
  private var needed: Set<ObjectIdentifier>?
  private var captures: [ObjectIdentifier: [(output: Int, index: Int)]] = [:]
  private(set) var captured: [Tensor?]
  private var ready = ReadyQueue()
  private var order = 0

  init(context: Context, keepGraph: Bool, createGraph: Bool, captureCount: Int) {
    self.context = context
    self.keepGraph = keepGraph
    self.createGraph = createGraph
    captured = Array(repeating: nil, count: captureCount)
  }

  /// - Parameters:
  ///   - inputs: edges whose gradients are wanted; `nil` means all leaves.
  ///   - accumulates: whether the accumulators of the inputs write `.grad`.
  func run(roots: [(Node.Edge, Tensor)], inputs: [Node.Edge?]?, accumulates: Bool) throws {
    countDependencies(roots.map(\.0.node))
    if let inputs { limit(to: inputs, roots: roots.map(\.0.node), accumulates: accumulates) }
    try context.quietly {
      for (edge, grad) in roots {
        try put(try Engine.validated(grad, edge, "root"), at: edge)
      }
    }
    var seen: Set<ObjectIdentifier> = []
    for (edge, _) in roots where seen.insert(ObjectIdentifier(edge.node)).inserted {
      if dependencies[ObjectIdentifier(edge.node), default: 0] == 0 { ready.push(edge.node) }
    }
    let (recorder, mode) = (context.recorder, context.gradMode)
    defer { (context.recorder, context.gradMode) = (recorder, mode) }
    context.gradMode = createGraph
    // What the pass computes for itself is no event, unless it joins the graph.
    context.recorder = createGraph ? recorder : nil
    while let node = ready.pop() { try visit(node, recorder) }
  }

  private func countDependencies(_ roots: [Node]) {
    var seen: Set<ObjectIdentifier> = []
    var work: [Node] = []
    for root in roots where seen.insert(ObjectIdentifier(root)).inserted { work.append(root) }
    while let node = work.popLast() {
      for case let edge? in node.next {
        let key = ObjectIdentifier(edge.node)
        dependencies[key, default: 0] += 1
        if seen.insert(key).inserted { work.append(edge.node) }
      }
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

  private func put(_ grad: Tensor?, at edge: Node.Edge) throws {
    let key = ObjectIdentifier(edge.node)
    let width = max(edge.node.outputs.count, edge.inputNumber + 1)
    var buffer = buffers[key] ?? Array(repeating: nil, count: width)
    if let grad {
      if let there = buffer[edge.inputNumber] {
        buffer[edge.inputNumber] = try Ops.add(there, grad)
      } else {
        buffer[edge.inputNumber] = grad
      }
    }
    buffers[key] = buffer
  }

  private func visit(_ node: Node, _ recorder: Recorder?) throws {
    let inner = context.recorder
    defer { context.recorder = inner }
    let key = ObjectIdentifier(node)
    var incoming = buffers.removeValue(forKey: key) ?? []
    var hookCount = 0
    for (output, hooks) in node.tensorHooks.sorted(by: { $0.key < $1.key })
    where incoming.indices.contains(output) && incoming[output] != nil && hooks.count > 0 {
      context.recorder = recorder
      hookCount += hooks.count
      if let new = try hooks.run([incoming[output]]).first { incoming[output] = new }
    }
    context.recorder = inner
    for wish in captures[key] ?? [] where incoming.indices.contains(wish.output) {
      captured[wish.index] = incoming[wish.output]
    }
    if let needed, !needed.contains(key) { return }
    if node.preHooks.count > 0 {
      hookCount += node.preHooks.count
      context.recorder = recorder
      incoming = try node.preHooks.run(incoming)
    }
    let isAccumulator = node is AccumulateGrad
    order += 1
    let place = order
    if isAccumulator, let recorder {
      record(recorder, node, place, incoming, [], hookCount)
    }
    let retained = node.retained.sorted { $0.key < $1.key }.compactMap { output, weak in
      weak.tensor.map { (output, $0) }
    }
    context.recorder = isAccumulator || node.runsProgram ? recorder : inner
    var outgoing: [Tensor?]
    do {
      outgoing = try node.backward(incoming)
    } catch let error as TorchError {
      context.recorder = recorder
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
    if node.postHooks.count > 0 {
      hookCount += node.postHooks.count
      context.recorder = recorder
      defer { context.recorder = inner }
      outgoing = try node.postHooks.run(outgoing)
    }
    if !isAccumulator, let recorder {
      record(recorder, node, place, incoming, outgoing, hookCount)
    }
    for (output, tensor) in retained where incoming.indices.contains(output) {
      try retain(incoming[output], for: tensor, node, recorder)
    }
    if !keepGraph {
      let was = node.isFreed
      node.release()
      if node.isFreed, !was, let recorder {
        recorder.record(.buffersFreed(BuffersFreed(node: recorder.id(of: node))))
      }
    }
    for (i, edge) in node.next.enumerated() {
      guard let edge else { continue }
      try put(outgoing.indices.contains(i) ? outgoing[i] : nil, at: edge)
      let target = ObjectIdentifier(edge.node)
      dependencies[target, default: 1] -= 1
      if dependencies[target] == 0 { ready.push(edge.node) }
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
