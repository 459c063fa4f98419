import Autograd
import MiniPython
import Recordings

/// Indexing of arrays: whole numbers, slices, `None`, `...`, masks, lists and arrays of places.
enum ArrayIndex {
  private struct Selection {
    var shape: [Int] = []
    var strides: [Int] = []
    var offset: Int
    /// Where index arrays stand: the dimension of the view they replace, the places.
    var fancy: [(dim: Int, index: Operand)] = []
  }

  private static func select(_ a: ArrayObject, _ key: Value, _ i: Interpreter) throws -> Selection {
    var parts = (key.object as? TupleObject)?.items ?? [key]
    var expanded: [Value] = []
    for part in parts {
      // A mask of several dimensions is as many lists of places.
      if let mask = try mask(part, i), !mask.shape.isEmpty {
        let at = expanded.count { if case .none = $0 { false } else { true } }
        for (d, n) in mask.shape.enumerated() {
          let have = at + d < a.shape.count ? a.shape[at + d] : 0
          guard have == n else {
            if at + d >= a.shape.count { throw tooMany(a, at + mask.shape.count) }
            throw Raise.index(
              "boolean index did not match indexed array along axis \(at + d); size of axis is \(have) but size of corresponding boolean axis is \(n)"
            )
          }
        }
        let strides = Broadcast.strides(mask.shape)
        let hits = mask.numbers.indices.filter { mask.numbers[$0].double != 0 }
        for (d, n) in mask.shape.enumerated() {
          expanded.append(
            .object(try ArrayObject([hits.count], hits.map { .int($0 / strides[d] % n) }, .int64)))
        }
      } else {
        expanded.append(part)
      }
    }
    parts = expanded
    let isEllipsis: (Value) -> Bool = { $0.object === Types.ellipsis }
    let used = parts.count { v in
      if case .none = v { return false }
      return !isEllipsis(v)
    }
    guard used <= a.shape.count else { throw tooMany(a, used) }
    if !parts.contains(where: isEllipsis) { parts.append(.object(Types.ellipsis)) }
    var s = Selection(offset: a.tensor.offset)
    var dim = 0
    for part in parts {
      if isEllipsis(part) {
        for _ in 0..<(a.shape.count - used) {
          s.shape.append(a.shape[dim])
          s.strides.append(a.tensor.strides[dim])
          dim += 1
        }
        continue
      }
      if case .none = part {
        s.shape.append(1)
        s.strides.append(0)
        continue
      }
      let (n, step) = (a.shape[dim], a.tensor.strides[dim])
      if let slice = part.object as? SliceObject {
        let (start, count, by) = try slice.resolve(n, i)
        s.offset += count > 0 ? start * step : 0
        s.shape.append(count)
        s.strides.append(step * by)
      } else if let k = try whole(part, i) {
        let at = k < 0 ? k + n : k
        guard at >= 0, at < n else {
          throw Raise.index("index \(k) is out of bounds for axis \(dim) with size \(n)")
        }
        s.offset += at * step
      } else if let index = try Operand.of(part, i), !index.shape.isEmpty {
        guard !index.dtype.isFloatingPoint || index.numbers.isEmpty else { throw refused() }
        for number in index.numbers {
          let k = NumberTool.int(number)
          guard k >= -n, k < n else {
            throw Raise.index("index \(k) is out of bounds for axis \(dim) with size \(n)")
          }
        }
        s.fancy.append((s.shape.count, index))
        s.shape.append(n)
        s.strides.append(step)
      } else {
        throw refused()
      }
      dim += 1
    }
    return s
  }

  private static func refused() -> Raise {
    .index(
      "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays are valid indices"
    )
  }
  private static func tooMany(_ a: ArrayObject, _ used: Int) -> Raise {
    .index("too many indices for array: array is \(a.shape.count)-dimensional, but \(used) were indexed")
  }

  private static func whole(_ v: Value, _ i: Interpreter) throws -> Int? {
    switch v {
    case .int(let k): return k
    case .object(let o):
      if let s = o as? ScalarObject {
        guard !s.dtype.isFloatingPoint, s.dtype != .bool else { return nil }
        return NumberTool.int(s.number)
      }
      if let t = o as? TensorObject, t.tensor.shape.isEmpty { return try t.toIndex(i) }
      if let a = o as? ArrayObject, a.shape.isEmpty, a.dtype != .bool { return try a.toIndex(i) }
      // A program's own object that is an integer, or says which it stands for.
      return o is InstanceObject ? try i.index(v) : nil
    default: return nil
    }
  }

  private static func mask(_ v: Value, _ i: Interpreter) throws -> Operand? {
    switch v.object {
    case let a as ArrayObject: return a.dtype == .bool ? Operand(a) : nil
    case let t as TensorObject: return t.tensor.dtype == .bool ? try Operand.of(v, i) : nil
    case let l as ListObject:
      guard case .bool? = l.items.first else { return nil }
      return try Operand.of(v, i)
    default: return nil
    }
  }

  /// The places in memory that an index with arrays means, and the shape they take.
  private static func places(_ s: Selection) throws -> (shape: [Int], at: [Int]) {
    var index: [Int] = []
    for (_, one) in s.fancy {
      guard let joined = Broadcast.shape(index, one.shape) else {
        throw Raise.index(
          "shape mismatch: indexing arrays could not be broadcast together with shapes \(s.fancy.map { ArrayObject.tight($0.index.shape) }.joined(separator: " ")) "
        )
      }
      index = joined
    }
    let dims = s.fancy.map(\.dim)
    let rest = s.shape.indices.filter { !dims.contains($0) }
    let adjacent = zip(dims, dims.dropFirst()).allSatisfy { $1 == $0 + 1 }
    let lead = adjacent ? rest.filter { $0 < (dims.first ?? 0) } : []
    let trail = rest.filter { !lead.contains($0) }
    var offsets = [Int](repeating: 0, count: index.reduce(1, *))
    for (dim, one) in s.fancy {
      guard let at = Broadcast.places(one.shape, to: index) else { continue }
      for (k, p) in at.enumerated() {
        let n = NumberTool.int(one.numbers[p])
        offsets[k] += (n < 0 ? n + s.shape[dim] : n) * s.strides[dim]
      }
    }
    let front = Broadcast.walk(lead.map { s.shape[$0] }, lead.map { s.strides[$0] })
    let back = Broadcast.walk(trail.map { s.shape[$0] }, trail.map { s.strides[$0] })
    var at: [Int] = []
    for f in front { for o in offsets { for b in back { at.append(s.offset + f + o + b) } } }
    return (lead.map { s.shape[$0] } + index + trail.map { s.shape[$0] }, at)
  }

  static func get(_ a: ArrayObject, _ key: Value, _ i: Interpreter) throws -> Value {
    if key.object is StringObject { throw refused() }
    let s = try select(a, key, i)
    guard s.fancy.isEmpty else {
      let (shape, at) = try places(s)
      let flat = try memory(a)
      return .object(try ArrayObject(shape, at.map { flat[$0] }, a.dtype))
    }
    let view = try a.view(s.shape, s.strides, s.offset)
    let hasEllipsis = ((key.object as? TupleObject)?.items ?? [key]).contains { $0.object === Types.ellipsis }
    if s.shape.isEmpty, !hasEllipsis, let only = view.numbers.first {
      return .object(ScalarObject(only, a.dtype))
    }
    return .object(view)
  }

  /// All numbers of the memory behind an array.
  private static func memory(_ a: ArrayObject) throws -> [Number] {
    let highest = zip(a.shape, a.tensor.strides).reduce(a.tensor.offset) { $0 + max(0, ($1.0 - 1) * $1.1) }
    guard let all = a.tensor.plainView(shape: [highest + 1], strides: [1], offset: 0) else { return [] }
    return all.numbers()
  }

  static func set(_ a: ArrayObject, _ key: Value, _ value: Value, _ i: Interpreter) throws {
    if key.object is StringObject { throw refused() }
    let s = try select(a, key, i)
    let (shape, at) =
      s.fancy.isEmpty ? (s.shape, Broadcast.walk(s.shape, s.strides, offset: s.offset)) : try places(s)
    let source = try Operand.required(value, i)
    if shape.isEmpty, !source.shape.allSatisfy({ $0 == 1 }) {
      throw Raise.value("setting an array element with a sequence.")
    }
    guard let from = Broadcast.places(source.shape, to: shape) else {
      let mask = try mask(key, i)
      if mask != nil, source.shape.count == 1 {
        throw Raise.value(
          "NumPy boolean array indexing assignment cannot assign \(source.shape[0]) input values to the \(at.count) output values where the mask is true"
        )
      }
      throw Raise.value(
        s.fancy.isEmpty
          ? "could not broadcast input array from shape \(ArrayObject.tight(source.shape)) into shape \(ArrayObject.tight(shape))"
          : "shape mismatch: value array of shape \(ArrayObject.tight(source.shape)) could not be broadcast to indexing result of shape \(ArrayObject.tight(shape))"
      )
    }
    if !a.dtype.isFloatingPoint, a.dtype != .bool, source.numbers.contains(where: { !$0.double.isFinite }) {
      throw source.numbers.contains { $0.double.isNaN }
        ? Raise.value("cannot convert float NaN to integer")
        : Raise.named("OverflowError", "cannot convert float infinity to integer")
    }
    try a.tensor.plainWrite(from.map { NumberTool.cast(source.numbers[$0], a.dtype) }, at: at)
  }
}
