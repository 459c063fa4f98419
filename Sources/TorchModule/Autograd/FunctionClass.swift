import Autograd
import MiniPython

/// `torch.autograd.Function`: an operation whose forward and backward the program writes.
///
/// Law: `forward` runs without joining the graph; `backward` gets one gradient an output and gives one an
/// argument. Source: https://docs.pytorch.org/docs/2.13/autograd.html#function
enum FunctionClass {
  nonisolated(unsafe) static let type: ClassObject = {
    let c = ClassObject("Function", module: "torch.autograd.function")
    let needsSlope =
      "You must implement either the backward or vjp method for your custom autograd.Function to use it with "
      + "backward mode AD."
    let apply = NativeFunction("apply") { a, i in
      guard let type = a.positional.first?.object as? ClassObject else {
        throw Raise.type("apply() needs the class of the function")
      }
      return try run(type, PyArguments(Array(a.positional.dropFirst()), keywords: a.keywords), i)
    }
    c.set("apply", .object(MethodWrapper(.object(apply), isStatic: false)))
    for (name, advice) in [
      (
        "forward",
        "You must implement the forward function for custom autograd.Function."
      ),
      (
        "backward",
        needsSlope
      ),
      ("vjp", needsSlope),
    ] {
      let refuse = NativeFunction(name) { _, _ in throw Raise.named("NotImplementedError", advice) }
      c.set(name, .object(MethodWrapper(.object(refuse), isStatic: true)))
    }
    c.set("generate_vmap_rule", .bool(false))
    // Making an instance is of no use, but no error.
    c.method("__init__") { _, _, _ in .none }
    c.method("__call__") { _, _, _ in
      throw Raise.runtime(
        "Legacy autograd function with non-static forward method is deprecated. Please use new-style autograd "
          + "function with static forward method. (Example: "
          + "https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)")
    }
    return c
  }()

  /// `once_differentiable`: a backward that does not join the graph.
  nonisolated(unsafe) static let onceDifferentiable = NativeFunction("once_differentiable") { a, _ in
    let function = try a.positionalOnly("once_differentiable", 1...1)[0]
    return .object(
      NativeFunction("wrapper") { a, i in try ModuleClass.withoutGraph { try i.call(function, a) } })
  }

  private static func run(_ type: ClassObject, _ a: PyArguments, _ i: Interpreter) throws -> Value {
    let setup = type.lookup("setup_context").flatMap { $0.object == nil ? nil : $0 }
    try checkTransforms(type, hasSetup: setup != nil, a, i)
    let a = setup == nil ? a : try filled(a, of: i.getAttribute(.object(type), "forward"), i)
    // What is given by name is an input, too, behind the others.
    let given = a.positional + a.keywords.map(\.value)
    let inputs = given.compactMap { ($0.object as? TensorObject)?.tensor }
    let ctx = FunctionContext(type, given)
    // Each gradient that backward returns is for an argument; edges are for tensors only.
    let isTensor = given.map { $0.object is TensorObject }
    let node = FunctionNode(type.name + "Backward", inputs: inputs) { node, grads in
      ctx.node = node
      var arrived = grads.makeIterator()
      // What is no tensor has no gradient.
      let given = (ctx.outputs.isEmpty ? grads.map { _ in true } : ctx.outputs).map { isTensor -> Value in
        guard isTensor, let g = arrived.next(), let g else { return .none }
        return .object(TensorObject.of(g))
      }
      let result = try i.call(try slope(of: type, i), PyArguments([.object(ctx)] + given))
      return try gradients(result, isTensor, name: type.name + "Backward", i)
    }
    ctx.node = node
    node.owner = ctx
    ctx.needs = {
      var k = -1
      return isTensor.map { tensor in
        if tensor { k += 1 }
        return tensor && node.needsGradient(k)
      }
    }()
    let forward = try i.getAttribute(.object(type), "forward")
    let result = try ModuleClass.withoutGraph {
      guard setup != nil else { return try i.call(forward, a.prepending(.object(ctx))) }
      let output = try i.call(forward, a)
      _ = try i.call(
        try i.getAttribute(.object(type), "setup_context"),
        PyArguments([.object(ctx), .tuple(a.positional), output]))
      return output
    }
    for (k, item) in ctx.unsavable {
      throw Raise.type(
        "save_for_backward can only save variables, but argument \(k) is of type \(i.typeName(item))")
    }
    if let complaint = ctx.complaint { throw Raise.runtime(complaint) }
    node.materializesGradients = ctx.materializes
    return try attach(result, node, ctx, type, i)
  }

  /// Whether a class has a method of its own rather than the one that refuses.
  private static func overrides(_ type: ClassObject, _ name: String) -> Bool {
    guard let own = type.lookup(name)?.object else { return false }
    return own !== FunctionClass.type.lookup(name)?.object
  }

  /// `backward`, or `vjp`, its other name.
  private static func slope(of type: ClassObject, _ i: Interpreter) throws -> Value {
    let isOther = overrides(type, "vjp")
    if isOther, overrides(type, "backward") {
      throw Raise.runtime(
        "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only implement one "
          + "of them.")
    }
    return try i.getAttribute(.object(type), isOther ? "vjp" : "backward")
  }

  /// What `torch.func` and `vmap` want of a function.
  private static func checkTransforms(
    _ type: ClassObject, hasSetup: Bool, _ a: PyArguments, _ i: Interpreter
  ) throws {
    let state = RunState.of(i)
    guard state.transforms > 0 else { return }
    let more = "For more details, please see https://pytorch.org/docs/main/notes/extending.func.html"
    guard hasSetup else {
      throw Raise.runtime(
        "In order to use an autograd.Function with functorch transforms (vmap, grad, jvp, jacrev, ...), it must override "
          + "the setup_context staticmethod. \(more)")
    }
    guard state.isMapping, type.lookup("vmap")?.object == nil else { return }
    let generates = try type.lookup("generate_vmap_rule").map(i.isTrue) ?? false
    guard generates else {
      throw Raise.runtime(
        "You tried to vmap over \(type.name), but it does not have vmap support. Please override and implement the vmap "
          + "staticmethod or set generate_vmap_rule=True. \(more)")
    }
  }

  /// With the defaults of a `forward` that has no `ctx`, in the order of its parameters.
  private static func filled(_ a: PyArguments, of forward: Value, _ i: Interpreter) throws -> PyArguments {
    guard let code = try i.attribute(forward, "__code__"),
      case .int(let count)? = try i.attribute(code, "co_argcount"), a.positional.count < count,
      let names = try i.attribute(code, "co_varnames").map(i.array)
    else { return a }
    let defaults =
      try i.attribute(forward, "__defaults__").flatMap { $0.isNone ? nil : try i.array($0) } ?? []
    var (all, keywords) = (a.positional, a.keywords)
    for k in a.positional.count..<min(count, names.count) {
      let name = try i.str(names[k])
      if let at = keywords.firstIndex(where: { $0.name == name }) {
        all.append(keywords.remove(at: at).value)
      } else if k >= count - defaults.count {
        all.append(defaults[k - (count - defaults.count)])
      } else {
        throw Raise.type("missing a required argument: '\(name)'")
      }
    }
    return PyArguments(all, keywords: keywords)
  }

  /// Makes the tensors of a result outputs of the node.
  private static func attach(
    _ result: Value, _ node: FunctionNode, _ ctx: FunctionContext, _ type: ClassObject, _ i: Interpreter
  ) throws -> Value {
    let tuple = result.object as? TupleObject
    let items = tuple?.items ?? [result]
    let tensors = items.compactMap { ($0.object as? TensorObject)?.tensor }
    guard ctx.dirty.allSatisfy({ t in tensors.contains { $0 === t } }) else {
      throw Raise.runtime(
        "Some elements marked as dirty during the forward method were not returned as output. The inputs that are "
          + "modified inplace must all be outputs of the Function.")
    }
    ctx.outputs = items.map { $0.object is TensorObject }
    if tuple == nil, tensors.isEmpty { return result }
    let outputs = try node.attach(
      tensors, saving: ctx.toSave, operation: type.name, nonDifferentiable: ctx.nonDifferentiable,
      dirty: ctx.dirty)
    ctx.toSave = []
    ctx.isDone = true
    var k = -1
    let values = items.map { item in
      guard item.object is TensorObject else { return item }
      k += 1
      return .object(TensorObject.of(outputs[k]))
    }
    return tuple == nil ? values[0] : .tuple(values)
  }

  /// What `backward` returned, one gradient a tensor. Throws in PyTorch's words.
  private static func gradients(
    _ result: Value, _ isTensor: [Bool], name: String, _ i: Interpreter
  ) throws -> [Tensor?] {
    var items = (result.object as? TupleObject)?.items ?? [result]
    if items.count > isTensor.count, items[isTensor.count...].allSatisfy({ $0.isNone }) {
      items = Array(items.prefix(isTensor.count))
    }
    guard items.count == isTensor.count else {
      throw Raise.runtime(
        "function \(name) returned an incorrect number of gradients (expected \(isTensor.count), got "
          + "\(items.count))")
    }
    var out: [Tensor?] = []
    for (k, item) in items.enumerated() {
      if !isTensor[k] {
        guard item.isNone else {
          throw Raise.runtime(
            "function \(name) returned a gradient different than None at position \(k + 1), but the "
              + "corresponding forward input was not a Variable")
        }
        continue
      }
      if item.isNone {
        out.append(nil)
      } else if let t = item.object as? TensorObject {
        out.append(t.tensor)
      } else {
        throw Raise.runtime("expected Variable or None (got \(i.typeName(item)))")
      }
    }
    return out
  }
}

extension Value {
  var isNone: Bool {
    if case .none = self { return true }
    return false
  }
}

/// `ctx`: what the forward of a custom function hands to its backward.
final class FunctionContext: Object {
  private let type: ClassObject
  private var attributes: [String: Value] = [:]
  weak var node: FunctionNode?
  var needs: [Bool] = []
  var toSave: [Tensor?] = []
  var isGiven = false
  /// What `save_for_backward` was given beside tensors, which is complained of after `forward`.
  var unsavable: [(Int, Value)] = []
  /// What `mark_dirty` or `mark_non_differentiable` was given beside tensors, in PyTorch's words.
  var complaint: String?
  var nonDifferentiable: [Tensor] = []
  var dirty: [Tensor] = []
  var materializes = true
  /// Which outputs are tensors.
  var outputs: [Bool] = []
  /// Whether `forward` is over.
  var isDone = false

  init(_ function: ClassObject, _ arguments: [Value]) {
    type = FunctionContext.classes[function.name + "Backward"]
  }

  override var typeObject: ClassObject { type }
  override var attributeNames: [String] { attributes.keys.sorted() }
  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    switch name {
    case "needs_input_grad": .tuple(needs.map(Value.bool))
    // Until it is packed.
    case "to_save":
      isDone || !isGiven
        ? Value.none : .tuple(toSave.map { $0.map { .object(TensorObject.of($0)) } ?? .none })
    case "saved_tensors", "saved_variables":
      .tuple(try saved().map { $0.map { .object(TensorObject.of($0)) } ?? .none })
    default: attributes[name]
    }
  }
  override func setAttribute(_ name: String, _ value: Value, _ i: Interpreter) throws -> Bool {
    attributes[name] = value
    return true
  }

  private func saved() throws -> [Tensor?] {
    // Inside forward nothing is packed yet.
    try isDone ? node?.savedTensors() ?? toSave : []
  }

  private static let classes = ClassTable(base, module: "torch.autograd.function")
  nonisolated(unsafe) static let base: ClassObject = {
    let c = ClassObject("FunctionCtx", module: "torch.autograd.function")
    /// Tensors; what is none is complained of after `forward`, in words that PyTorch never finished.
    func tensors(_ ctx: FunctionContext, _ a: PyArguments, _ complaint: String) -> [Tensor] {
      a.positional.compactMap { v in
        guard let t = v.object as? TensorObject else {
          ctx.complaint = ctx.complaint ?? complaint
          return nil
        }
        return t.tensor
      }
    }
    func me(_ v: Value) throws -> FunctionContext {
      guard let c = v.object as? FunctionContext else { throw Raise.type("expected a FunctionCtx") }
      return c
    }
    c.method("save_for_backward") { v, a, i in
      let ctx = try me(v)
      ctx.unsavable = a.positional.enumerated().filter { !$1.isNone && !($1.object is TensorObject) }
        .map { ($0, $1) }
      ctx.toSave = a.positional.map { ($0.object as? TensorObject)?.tensor }
      ctx.isGiven = true
      return .none
    }
    c.method("save_for_forward") { _, _, _ in .none }
    // It is the node of the graph, too.
    c.method("name") { v, _, _ in .string(try me(v).typeObject.name) }
    c.method("mark_non_differentiable") { v, a, i in
      let ctx = try me(v)
      ctx.nonDifferentiable = tensors(
        ctx, a, "mark_non_differentiable only accepts variable arguments, but got ")
      return .none
    }
    c.method("mark_dirty") { v, a, i in
      let ctx = try me(v)
      ctx.dirty = tensors(ctx, a, "mark_dirty can only accept variables, but argument ")
      return .none
    }
    c.method("set_materialize_grads") { v, a, i in
      try me(v).materializes = try i.isTrue(try a.positionalOnly("set_materialize_grads", 1...1)[0])
      return .none
    }
    return c
  }()
}
