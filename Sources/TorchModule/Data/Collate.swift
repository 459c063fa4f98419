import Autograd
import MiniPython
import Recordings

/// How samples become a batch: `default_collate`.
enum Collate {
  /// Stacks tensors, turns numbers into tensors, goes into tuples, lists and dictionaries; leaves text.
  static func batch(_ given: Value, _ i: Interpreter) throws -> Value {
    let samples = try i.array(given)
    guard let first = samples.first else { throw Raise.index("list index out of range") }
    if first.object is ArrayObject || first.object is ScalarObject {
      let tensors = try samples.map { v -> Value in
        try (v.object as? ArrayObject).map { .object(try NumpyBridge.shared($0)) } ?? v
      }
      return first.object is ArrayObject
        ? try batch(.list(tensors), i) : try Layers.call(.torch("tensor"), [.list(samples)], i)
    }
    if first.object is TupleObject, i.type(of: first).lookup("_fields") != nil {
      return try i.call(.object(i.type(of: first)), PyArguments(try columns(samples, i)))
    }
    switch first.unboxed {
    case .float:
      return try Layers.call(
        .torch("tensor"), [.list(samples)], [("dtype", .object(DTypeObject.of(.float64)))], i)
    case .int, .bool: return try Layers.call(.torch("tensor"), [.list(samples)], i)
    case .none, .unassigned: throw unknown(first, i)
    case .object(let o):
      switch o {
      case is TensorObject: return try Layers.call(.torch("stack"), [.list(samples), .int(0)], i)
      case is StringObject: return given
      case let d as DictObject:
        let out = d.copy()
        for entry in d.entries {
          guard let entry else { continue }
          let values = try samples.map { try i.getItem($0, entry.key) }
          try out.set(entry.key, try batch(.list(values), i), i)
        }
        return .object(out)
      case is ListObject, is TupleObject, is NamedFields, is SizeObject:
        return .list(try columns(samples, i))
      case let tuple as InstanceObject where tuple.classObject.lookup("_fields") != nil:
        return try i.call(.object(tuple.classObject), PyArguments(try columns(samples, i)))
      default: throw unknown(first, i)
      }
    }
  }

  private static func columns(_ samples: [Value], _ i: Interpreter) throws -> [Value] {
    let rows = try samples.map { try i.array($0) }
    let width = rows.first?.count ?? 0
    guard rows.allSatisfy({ $0.count == width }) else {
      throw Raise.runtime("each element in list of batch should be of equal size")
    }
    return try (0..<width).map { k in try batch(.tuple(rows.map { $0[k] }), i) }
  }

  private static func unknown(_ v: Value, _ i: Interpreter) -> Raise {
    let type = (try? i.repr(.object(i.type(of: v)))) ?? i.typeName(v)
    return .type(
      "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found \(type)")
  }
}
