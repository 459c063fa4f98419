import Autograd
import MiniPython
import Recordings

/// A node of the graph: `x.grad_fn`.
final class NodeObject: Object {
  let node: Node
  /// An accumulator does not hold its leaf; this does.
  private let leaf: Tensor?
  private init(_ node: Node) {
    self.node = node
    leaf = node.accumulatedVariable
  }
  static func of(_ node: Node) -> NodeObject {
    let place = node.attachment as? WeakObject
    if let known = place?.object as? NodeObject { return known }
    let made = NodeObject(node)
    if let place { place.object = made } else { node.attachment = WeakObject(made) }
    return made
  }
  nonisolated(unsafe) static let base = ClassObject("Node", module: "torch.autograd.graph")
  private static let classes = ClassTable(base, module: "")
  /// Nodes of a program's own functions live in a module.
  private static let functions = ClassTable(base, module: "torch.autograd.function")
  override var typeObject: ClassObject {
    node is FunctionNode ? NodeObject.functions[node.name] : NodeObject.classes[node.name]
  }
  /// PyTorch prints an address; ours would change with every run.
  override func repr(_ i: Interpreter) throws -> String {
    "<\(node is FunctionNode ? "torch.autograd.function." : "")\(node.name) object>"
  }
  override var attributeNames: [String] {
    let common = [
      "_input_metadata", "_register_hook_dict", "_sequence_nr", "_set_sequence_nr", "metadata", "name",
      "next_functions", "register_hook", "register_prehook", "requires_grad",
    ]
    if let context = (node as? FunctionNode)?.owner as? FunctionContext {
      return common + context.attributeNames + ["_raw_saved_tensors", "saved_tensors", "needs_input_grad"]
    }
    if node.accumulatedVariable != nil { return common + ["variable"] }
    let names = node.savedNames
    return common + names.map { "_saved_\($0)" }
      + names.filter(node.hasSaved).map { "_raw_saved_\($0)" }
  }
  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    switch name {
    case "next_functions":
      return .tuple(
        node.edges.map { edge in
          .tuple([edge.map { .object(NodeObject.of($0.node)) } ?? .none, .int(edge?.inputNumber ?? 0)])
        })
    case "name":
      // Nodes that PyTorch writes by hand say where they live; those made from a table do not.
      let isByHand = ["AccumulateGrad", "CopySlices", "CopyBackwards", "NotImplemented"].contains(node.name)
      let text = isByHand ? "torch::autograd::\(node.name)" : node.name
      return .object(NativeFunction("name") { _, _ in .string(text) })
    case "register_hook", "register_prehook":
      let node = node
      return .object(
        NativeFunction(name) { a, i in
          let hook = try a.positionalOnly(name, 1...1)[0]
          func tuple(_ all: [Tensor?]) -> Value {
            .tuple(all.map { $0.map { .object(TensorObject.of($0)) } ?? .none })
          }
          let (list, id) =
            name == "register_hook"
            ? node.registerHook { inputs, outputs in
              try HookChecks.replacements(
                i.call(hook, PyArguments([tuple(inputs), tuple(outputs)])), of: inputs, by: hook, i)
            }
            : node.registerPrehook { outputs in
              try HookChecks.replacements(
                i.call(hook, PyArguments([tuple(outputs)])), of: outputs, by: hook, i)
            }
          return .object(HookHandle(list, id))
        })
    case "metadata":
      guard let place = node.attachment as? WeakObject else { return .object(DictObject()) }
      let known = place.metadata ?? DictObject()
      place.metadata = known
      return .object(known)
    case "requires_grad":
      return .bool(true)
    case "_sequence_nr":
      let number = node.sequenceNumber
      return .object(NativeFunction("_sequence_nr") { _, _ in .int(number) })
    case "variable":
      return node.accumulatedVariable.map { .object(TensorObject.of($0)) }
    default:
      // The node of a program's own function is the `ctx` it wrote to.
      if let context = (node as? FunctionNode)?.owner as? FunctionContext,
        let found = try context.getAttribute(name, i)
      {
        return found
      }
      if name.hasPrefix("_raw_saved_") {
        let plain = String(name.dropFirst(11))
        return node.hasSaved(named: plain) ? .object(RawSaved(node, plain)) : nil
      }
      guard name.hasPrefix("_saved_") else { return nil }
      let plain = String(name.dropFirst(7))
      // A number that a tensor was multiplied by is kept as a tensor.
      if plain == "other", let found = try node.saved(named: plain) {
        return found.map { .object(TensorObject.of($0)) } ?? Value.none
      }
      if let value = node.attributes.first(where: { $0.name == plain })?.value {
        if plain == "reduction", case .string(let word) = value {
          return .int(["none", "mean", "sum"].firstIndex(of: word) ?? 1)
        }
        return SavedAttributes.areScalars(plain) ? NodeObject.value(value) : NodeObject.unsigned(value)
      }
      if plain == "indices", node.name.hasPrefix("Index") {
        return .tuple(
          try node.allSaved(named: plain).map { $0.map { .object(TensorObject.of($0)) } ?? .none })
      }
      guard let found = try node.saved(named: plain) else { return nil }
      return found.map { .object(TensorObject.of($0)) } ?? Value.none
    }
  }

  /// Whole numbers as PyTorch reads its fields: without a sign, so that `dim=-1` is 18446744073709551615.
  private static func unsigned(_ attribute: Attribute) -> Value {
    switch attribute {
    case .int(let n) where n < 0: Value.unsigned(UInt64(bitPattern: Int64(n)))
    case .list(let all): .tuple(all.map(unsigned))
    default: value(attribute)
    }
  }

  private static func value(_ attribute: Attribute) -> Value {
    switch attribute {
    case .none: .none
    case .bool(let b): .bool(b)
    case .int(let n): .int(n)
    case .double(let d): .float(d)
    case .string(let s): .string(s)
    case .list(let all): .tuple(all.map(value))
    }
  }

  override var isCallable: Bool { true }

  /// `y.grad_fn(gradient)`: the node's rule alone, one gradient an output; a tuple unless it has one input.
  override func call(_ a: PyArguments, _ i: Interpreter) throws -> Value {
    guard a.positional.count == node.inputCount else {
      throw Raise.type("expected \(node.inputCount) arguments, got \(a.positional.count) instead")
    }
    let grads = try a.positional.enumerated().map { k, v -> Tensor? in
      if case .none = v { return nil }
      guard let t = v.object as? TensorObject else { throw Raise.type("argument \(k) is not a Variable") }
      return t.tensor
    }
    let made = try node.apply(grads).map { t -> Value in t.map { .object(TensorObject.of($0)) } ?? .none }
    return made.count == 1 ? made[0] : .tuple(made)
  }
}

/// `grad_fn._raw_saved_self`: a saved tensor as it is kept, which takes hooks of its own.
private final class RawSaved: Object {
  private let node: Node
  private let name: String
  init(_ node: Node, _ name: String) { (self.node, self.name) = (node, name) }
  nonisolated(unsafe) private static let type: ClassObject = {
    let c = ClassObject("SavedTensor", module: "torch._C._autograd")
    c.method("register_hooks") { v, a, i in
      guard let me = v.object as? RawSaved else { throw Raise.type("expected a SavedTensor") }
      guard a.positional.count == 2, a.positional.allSatisfy(i.isCallable) else {
        let given = try a.positional.map { ", \(try i.repr($0))" }.joined()
        throw Raise.type(
          "register_hooks(): incompatible function arguments. The following argument types are supported:\n    1. "
            + "(self: torch._C._autograd.SavedTensor, arg0: collections.abc.Callable, arg1: collections.abc.Callable) "
            + "-> None\n\nInvoked with: \(try i.repr(v))\(given)")
      }
      try me.node.putAway(named: me.name, GraphNamespace.hooks(a.positional[0], a.positional[1], i))
      return .none
    }
    return c
  }()
  override var typeObject: ClassObject { RawSaved.type }
}
