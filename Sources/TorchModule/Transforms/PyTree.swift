import Autograd
import MiniPython

/// Tensors inside tuples, lists and dictionaries, as `torch.func` takes and gives them.
enum PyTree {
  /// All that is no container, in order.
  static func leaves(_ v: Value, _ i: Interpreter) throws -> [Value] {
    switch v.object {
    case let t as TupleObject: try t.items.flatMap { try leaves($0, i) }
    case let l as ListObject: try l.items.flatMap { try leaves($0, i) }
    case is DictObject: try values(of: v, i).flatMap { try leaves($0.value, i) }
    default: [v]
    }
  }

  /// The same containers with other leaves.
  static func map(_ v: Value, _ i: Interpreter, _ body: (Value) throws -> Value) throws -> Value {
    switch v.object {
    case let t as TupleObject: return .tuple(try t.items.map { try map($0, i, body) })
    case let l as ListObject: return .list(try l.items.map { try map($0, i, body) })
    case is DictObject:
      let out = DictObject()
      for (key, value) in try values(of: v, i) {
        try i.setItem(.object(out), key, try map(value, i, body))
      }
      return .object(out)
    default: return try body(v)
    }
  }

  /// The containers as Python writes them, a star for each leaf.
  static func outline(_ v: Value, _ i: Interpreter) throws -> String {
    switch v.object {
    case let t as TupleObject:
      let inside = try t.items.map { try outline($0, i) }.joined(separator: ", ")
      return "(\(inside)\(t.items.count == 1 ? "," : ""))"
    case let l as ListObject: return "[\(try l.items.map { try outline($0, i) }.joined(separator: ", "))]"
    case is DictObject:
      let entries = try values(of: v, i).map { "\(try i.repr($0.key)): \(try outline($0.value, i))" }
      return "{\(entries.joined(separator: ", "))}"
    default: return "*"
    }
  }

  private static func values(of v: Value, _ i: Interpreter) throws -> [(key: Value, value: Value)] {
    try i.array(v).map { key in (key, try i.getItem(v, key)) }
  }

  /// As Python writes `type(v)`.
  static func typeText(_ v: Value, _ i: Interpreter) -> String {
    let c = i.type(of: v)
    return "<class '\(c.module == "builtins" ? c.name : "\(c.module).\(c.name)")'>"
  }

  static func tensors(_ v: Value, _ i: Interpreter) throws -> [Tensor] {
    try leaves(v, i).compactMap { ($0.object as? TensorObject)?.tensor }
  }
}
