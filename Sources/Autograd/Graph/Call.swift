import Recordings

/// All operations of the core, as functions that throw.
enum Ops {}

/// How an operation's node looks, and its backward rule.
struct Derivative {
  /// PyTorch's name: `MulBackward0`.
  var name: String
  /// The tensors that gradients flow to, in `next_functions` order; `nil` means the inputs.
  var edges: [Tensor]?
  var saved: [(name: StaticString, tensor: Tensor?)] = []
  /// The name under which the first output is saved, after all others; `nil` where it is not.
  var result: StaticString?
  /// Which output that is.
  var resultNumber = 0
  /// Further outputs that are saved, behind it.
  var moreResults: [(name: StaticString, number: Int)] = []
  var attributes: [NamedAttribute] = []
  /// As on a blackboard: `× 100`, `Σ`.
  var label = ""
  /// With `$0`, `$1` for the inputs.
  var formula = ""
  /// Must capture no tensor: what it needs is saved.
  var rule: RuleNode.Rule

  /// Texts are made only where somebody records them.
  ///
  /// - Parameter details: further attributes, for programs that look into nodes.
  init(
    name: String, edges: [Tensor]? = nil, saved: [(name: StaticString, tensor: Tensor?)] = [],
    result: StaticString? = nil, resultNumber: Int = 0, attributes: @autoclosure () -> [NamedAttribute] = [],
    details: @autoclosure () -> [NamedAttribute] = [],
    label: @autoclosure () -> String = "", formula: @autoclosure () -> String = "",
    rule: @escaping RuleNode.Rule
  ) {
    self.name = name
    self.edges = edges
    self.saved = saved
    self.result = result
    self.resultNumber = resultNumber
    self.rule = rule
    if Context.current.keepsAttributes {
      let seen = details()
      self.attributes = seen + attributes().filter { told in !seen.contains { $0.name == told.name } }
    } else if Context.current.recorder != nil {
      self.attributes = attributes()
    }
    if Context.current.recorder != nil {
      self.label = label()
      self.formula = formula()
    }
  }
}

/// One application of an operation: the choke point that all of them pass.
///
/// Law: without a recorder and without gradients, nothing but `forward` runs.
struct Call {
  let op: String
  let inputs: [Tensor]
  /// Computes the outputs from raw data.
  private let forward: Forward
  private enum Forward {
    case one(() throws -> Tensor)
    case many(() throws -> [Tensor])
  }
  /// `nil` where no gradient is defined.
  let derivative: (() -> Derivative)?
  /// Outputs that gradients come from; `nil` means all floating ones.
  var differentiable: Set<Int>?
  /// For views: how to take the same view of another tensor.
  var view: ((Tensor) throws -> Tensor)?
  /// The operation that a write is one of for the rules of shared memory, where that is another.
  var overlapRule: String?
  /// For several views of one tensor: tells them of it, once they have their node and before a recorder sees them.
  var relateAll: (([Tensor]) -> Void)?

  init(
    _ op: String, _ inputs: [Tensor], forward: @escaping () throws -> Tensor,
    derivative: (() -> Derivative)? = nil
  ) {
    self.op = op
    self.inputs = inputs
    self.forward = .one(forward)
    self.derivative = derivative
  }
  init(
    many op: String, _ inputs: [Tensor], forward: @escaping () throws -> [Tensor],
    differentiable: Set<Int>? = nil, derivative: (() -> Derivative)? = nil
  ) {
    self.op = op
    self.inputs = inputs
    self.forward = .many(forward)
    self.differentiable = differentiable
    self.derivative = derivative
  }

  func run() throws -> Tensor {
    let context = Context.current
    if let (target, name) = context.destination, inputs.first === target {
      context.destination = nil
      return try run(into: target, by: name)
    }
    // Nothing to remember and nobody to tell: the data alone.
    if case .one(let forward) = forward, context.recorder == nil, view == nil, !context.inferenceMode,
      !context.isMapping,
      derivative == nil || !context.recordsGraph || !inputs.contains(where: \.requiresGrad)
    {
      try check()
      let out = try forward()
      if out.view != nil { out.view = nil }
      return out
    }
    let all = try runMany()
    guard let first = all.first else { throw TorchError.runtime("\(op): no output") }
    return first
  }

  private func compute() throws -> [Tensor] {
    switch forward {
    case .one(let body): [try body()]
    case .many(let body): try body()
    }
  }

  func runMany() throws -> [Tensor] {
    let context = Context.current
    try check()
    let outputs = try compute()
    if context.inferenceMode {
      // A view of a tensor from outside stays one from outside.
      let source = view == nil ? nil : inputs.first
      for out in outputs {
        if let source, out.storage === source.storage {
          out.isInference = source.isInference
        } else {
          out.isInference = true
        }
      }
    } else if view != nil, let source = inputs.first, source.isInference {
      for out in outputs where out.storage === source.storage { out.isInference = true }
    }
    if context.isMapping, inputs.contains(where: \.isSample) { for out in outputs { out.isSample = true } }
    // A value that was computed with a view at the end is no view of anything the program knows.
    if view == nil { for out in outputs where out.view != nil && out.gradFn == nil { out.view = nil } }
    if let view, let source = inputs.first, !source.isInference {
      for out in outputs where out.storage === source.storage {
        try relate(view: out, to: source, view, context)
      }
    }
    let node = try makeNode(context, outputs)
    if node != nil, let (old, target) = replaced.first { Call.join(old, to: target) }
    if let node {
      for (i, out) in outputs.enumerated() where isDifferentiable(i, out) {
        out.gradFn = node
        out.outputNumber = i
      }
    }
    relateAll?(outputs)
    try saveOperands(node)
    saveResult(node, outputs)
    record(context, node, outputs)
    try node?.packSaved(context)
    return outputs
  }

  /// Runs and writes the result into `target`, as `x.mul_(y)` does.
  func run(into target: Tensor, by name: String, told: Tensor? = nil) throws -> Tensor {
    let context = Context.current
    try check()
    try target.checkInPlace(context, inputs)
    let operands = inputs.first === target ? Array(inputs.dropFirst()) : inputs
    try MemoryOverlap.check(target, operands, by: overlapRule ?? op)
    let outputs = try compute()
    guard let result = outputs.first else { throw TorchError.runtime("\(op): no output") }
    if context.isMapping, inputs.contains(where: \.isSample) { target.isSample = true }
    try target.checkCanHold(result, byKernel: name.hasPrefix("clamp"))
    let joins = context.recordsGraph && inputs.contains { $0.requiresGrad } && target.dtype.isFloatingPoint
    // The rule may want the value that is about to be written over.
    let kept = joins ? try Call.keepingOld(target) : target
    let call =
      joins
      ? Call(
        op, inputs.map { $0 === target ? kept : $0 }, outputs: [target], derivative: derivative,
        edges: inputs) : self
    let node = joins ? try call.makeNode(context, [target], isInPlace: true) : nil
    if joins { Call.join(kept, to: target) }
    // Operands have the version they had before the write, also where they share its memory.
    try call.saveOperands(node)
    let isStepwise = MemoryOverlap.readsItself(target, inputs)
    try target.write(by: name, context, told: told, joinsGraph: node != nil) {
      guard isStepwise else { return try copyElements(from: result, to: target) }
      try MemoryOverlap.writeStepwise(result, into: target, inputs) { try compute().first ?? result }
    }
    guard let node else { return target }
    if target.view == nil {
      // What lies below is told first: the node then comes with the change it makes.
      if let recorder = context.recorder {
        for edge in node.next { if let below = edge?.node { _ = recorder.id(of: below) } }
      }
      try target.rebase(onto: node, context, by: name)
      call.saveResult(node, [target])
      recordInPlace(context, node, target)
    } else {
      // The view's own node is told before its base changes, so that every event tells what is already so.
      call.saveResult(node, [target], isView: true)
      recordInPlace(context, node, target)
      try target.rebase(onto: node, context, by: name)
    }
    if let recorder = context.recorder { target.recordGraphChange(recorder) }
    try node.packSaved(context)
    return target
  }

  private init(
    _ op: String, _ inputs: [Tensor], outputs: [Tensor], derivative: (() -> Derivative)?, edges: [Tensor]
  ) {
    self.op = op
    self.inputs = inputs
    forward = .many { outputs }
    self.derivative = derivative
    let pairs = zip(inputs, edges).filter { $0 !== $1 }.map { ($0, $1) }
    replaced = pairs
  }
  private var replaced: [(Tensor, Tensor)] = []

  /// The rule gets a copy of `target`, as where the result is written over it.
  func keeping(_ target: Tensor) throws -> Call {
    guard Context.current.recordsGraph, target.requiresGrad else { return self }
    var call = self
    let old = target.alias()
    old.dtype = target.dtype
    call.replaced = [(old, target)]
    return call
  }

  /// The value that is about to be written over.
  private static func keepingOld(_ target: Tensor) throws -> Tensor {
    let old = try Context.current.quietly { try Ops.clone(target) }
    old.leafRequiresGrad = target.requiresGrad
    return old
  }

  /// Makes the copy of what is written over a step of the graph, as PyTorch's own copy is: a later one than the write.
  private static func join(_ old: Tensor, to target: Tensor) {
    guard target.requiresGrad else { return }
    let node = RuleNode("CloneBackward0", next: Few(target.gradientEdge), rule: { p in [try p.grad] })
    node.firstOutput = Node.Metadata(shape: old.shape, dtype: old.dtype, device: old.device)
    node.mayHaveChildren = target.isMade
    // A recording learns of it when it first meets the copy.
    if Context.current.recorder != nil {
      node.pending = Derivative(name: node.name, label: "clone", formula: "$0", rule: { p in [try p.grad] })
    }
    old.leafRequiresGrad = false
    old.gradFn = node
    old.outputNumber = 0
  }

  private func check() throws {
    for t in inputs {
      if let failure = t.failure { throw t.isUninitialized ? Tensor.uninitialized(op) : failure }
    }
    if !Context.current.simulatedDevices.isEmpty { try DeviceRules.check(step: op, inputs) }
  }

  private func isDifferentiable(_ i: Int, _ out: Tensor) -> Bool {
    out.dtype.isFloatingPoint && (differentiable?.contains(i) ?? true)
  }

  private func makeNode(
    _ context: Context, _ outputs: [Tensor], isInPlace: Bool = false
  ) throws -> RuleNode? {
    guard context.recordsGraph, let derivative, inputs.contains(where: \.requiresGrad),
      outputs.enumerated().contains(where: { isDifferentiable($0, $1) })
    else { return nil }
    for t in inputs where t.view != nil { try t.checkIsCurrent() }
    let d = derivative()
    let edges = (d.edges ?? inputs).map { t in
      (replaced.first { $0.0 === t }?.1 ?? t).gradientEdge
    }
    guard edges.contains(where: { $0 != nil }) else { return nil }
    let name = (isInPlace ? InPlaceForms.nodes[d.name] : context.nodeNames?[d.name]) ?? d.name
    let node = RuleNode(
      name, next: Few(edges), rule: isInPlace ? InPlaceForms.refusal(d.name) ?? d.rule : d.rule)
    node.outputs = outputs.map { Node.Metadata(shape: $0.shape, dtype: $0.dtype, device: $0.device) }
    node.attributes =
      context.keepsAttributes ? SavedAttributes.completed(d.attributes, for: name, inputs) : d.attributes
    node.pending = d
    if context.anomaly { node.place = context.traceback?() }
    return node
  }

  private func saveOperands(_ node: RuleNode?) throws {
    guard let node, let d = node.pending else { return }
    let recorder = Context.current.recorder
    for (name, saved) in d.saved {
      // What an in-place operation writes over is kept as it was; other operands are what they are.
      let t = SavedVariable.Name(name).isSelf ? replaced.first { $0.1 === saved }?.0 ?? saved : saved
      if let t, t.isInference, !t.isWrappedNumber {
        throw TorchError.runtime(
          "Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode in "
            + "computation tracked by autograd. To work around this, you can make a clone to get a normal tensor and "
            + "use it in autograd, or use `torch.no_grad()` instead of `torch.inference_mode()`.",
          tensors: [t])
      }
      if let recorder, let t, !t.isWrappedNumber, !replaced.contains(where: { $0.0 === t }) {
        _ = recorder.id(of: t)
      }
      node.saved.append(SavedVariable(name, t))
    }
  }

  /// An output can be saved only when its version and node are known.
  private func saveResult(_ node: RuleNode?, _ outputs: [Tensor], isView: Bool = false) {
    guard let node, let d = node.pending, let name = d.result else { return }
    for (name, number) in [(name, d.resultNumber)] + d.moreResults where outputs.indices.contains(number) {
      if let recorder = Context.current.recorder {
        _ = recorder.id(of: outputs[number], origin: origin(recorder))
      }
      node.saved.append(SavedVariable(name, outputs[number], isOutput: true, isWrittenView: isView))
    }
  }
}

extension Call {
  private func origin(_ recorder: Recorder) -> Origin {
    Origin(operation: op, inputs: inputs.filter { !$0.isWrappedNumber }.map { recorder.id(of: $0) })
  }

  private func record(_ context: Context, _ node: RuleNode?, _ outputs: [Tensor]) {
    defer { node?.pending = nil }
    guard let recorder = context.recorder else { return }
    let origin = origin(recorder)
    let ids = outputs.map { recorder.id(of: $0, origin: origin) }
    guard let node, let d = node.pending else { return }
    // A number that passes without a gradient is none of what the node makes.
    let made = ids.enumerated().filter { i, _ in
      !outputs[i].dtype.isFloatingPoint || isDifferentiable(i, outputs[i])
    }
    recorder.record(
      node, operation: op, inputs: origin.inputs, outputs: made.map(\.element), label: d.label,
      formula: d.formula, module: context.modulePath.last ?? "")
  }

  private func recordInPlace(_ context: Context, _ node: RuleNode, _ target: Tensor) {
    defer { node.pending = nil }
    guard let recorder = context.recorder, let d = node.pending else { return }
    let ids = inputs.filter { !$0.isWrappedNumber }.map { recorder.id(of: $0) }
    let isDirect = target.gradFn === node
    recorder.record(
      node, operation: op, inputs: ids, outputs: isDirect ? [recorder.id(of: target)] : [],
      label: d.label, formula: d.formula, module: context.modulePath.last ?? "")
  }
}
