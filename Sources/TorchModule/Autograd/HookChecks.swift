import Autograd
import MiniPython
import Recordings

/// What a hook may give back: nothing, or gradients of the same kind. The words are PyTorch's.
enum HookChecks {
  /// One gradient of a tensor hook.
  static func replacement(_ result: Value, of old: Tensor, by hook: Value, _ i: Interpreter) throws -> Tensor?
  {
    if case .none = result { return nil }
    guard let new = (result.object as? TensorObject)?.tensor else {
      throw Raise.type("expected Variable, but hook returned '\(i.typeName(result))'")
    }
    try check(new, old, hook, i)
    return new
  }

  /// The tuple of a hook of a node.
  static func replacements(
    _ result: Value, of old: [Tensor?], by hook: Value, _ i: Interpreter
  ) throws -> [Tensor?]? {
    if case .none = result { return nil }
    guard let items = (result.object as? TupleObject)?.items else {
      throw Raise.type("expected tuple, but hook returned '\(i.typeName(result))'")
    }
    guard items.count == old.count else {
      throw Raise.runtime(
        "hook '\(name(hook, i))' has returned an incorrect number of values (got \(items.count), but expected "
          + "\(old.count))")
    }
    return try zip(items, old).map { item, old in
      if item.isNone { return nil }
      guard let old else { throw Raise.runtime("can't replace a None gradient with a non-None value") }
      guard let new = (item.object as? TensorObject)?.tensor else {
        throw Raise.type("expected Variable, but hook returned '\(i.typeName(item))'")
      }
      try check(new, old, hook, i)
      return new
    }
  }

  private static func check(_ new: Tensor, _ old: Tensor, _ hook: Value, _ i: Interpreter) throws {
    try check(new, old, named: name(hook, i))
  }
  static func check(_ new: Tensor, _ old: Tensor, named name: String) throws {
    if new.dtype != old.dtype {
      throw Raise.runtime(
        "hook '\(name)' has changed the type of value (was \(old.typeText) got \(new.typeText))")
    }
    if new.shape != old.shape { throw Raise.runtime("hook '\(name)' has changed the size of value") }
  }

  private static func name(_ hook: Value, _ i: Interpreter) -> String {
    let given = try? i.getAttribute(hook, "__name__")
    return (given?.object as? StringObject)?.value ?? "<unknown>"
  }
}

extension Tensor {
  /// As `tensor.type()` says it: `torch.FloatTensor`.
  var typeText: String { "torch.\(device == "cpu" ? "" : "cuda.")\(dtype.scalarName)Tensor" }
}
