import Autograd
import MiniPython
import Recordings

/// Sums, means, extremes and their like, over all elements or along axes.
enum ArrayReductions {
  /// The names of the reductions that arrays and `np` share.
  static let names = [
    "sum", "mean", "prod", "std", "var", "min", "max", "amin", "amax", "argmin", "argmax", "any", "all",
    "ptp", "median", "nansum", "nanmean", "nanmax",
    "nanmin", "nanstd", "count_nonzero",
  ]

  /// Axes that a program names, each from 0.
  static func axes(_ v: Value?, _ dims: Int, _ i: Interpreter) throws -> [Int]? {
    guard let v else { return nil }
    if case .none = v { return nil }
    let list = try (v.object is TupleObject || v.object is ListObject) ? i.array(v) : [v]
    return try list.map {
      guard let k = try i.index($0) else {
        throw Raise.type("'\(i.typeName($0))' object cannot be interpreted as an integer")
      }
      guard k >= -dims, k < dims else { throw NumpyErrors.axis(k, dims) }
      return k < 0 ? k + dims : k
    }
  }

  /// Groups of elements that become one each, and the shape that is left.
  static func groups(_ a: Operand, _ axes: [Int]?, keep: Bool) -> (shape: [Int], groups: [[Int]]) {
    guard let axes else {
      return (keep ? a.shape.map { _ in 1 } : [], [Array(a.numbers.indices)])
    }
    let strides = Broadcast.strides(a.shape)
    let rest = a.shape.indices.filter { !axes.contains($0) }
    let starts = Broadcast.walk(rest.map { a.shape[$0] }, rest.map { strides[$0] })
    let inside = a.shape.indices.filter(axes.contains)
    let steps = Broadcast.walk(inside.map { a.shape[$0] }, inside.map { strides[$0] })
    let shape = keep ? a.shape.indices.map { axes.contains($0) ? 1 : a.shape[$0] } : rest.map { a.shape[$0] }
    return (shape, starts.map { s in steps.map { s + $0 } })
  }

  /// Sums in the order in which NumPy adds: pairwise along the memory's last axis, row by row otherwise.
  static func sum(_ x: [Double], single: Bool, runsAlongMemory: Bool) -> Double {
    if runsAlongMemory { return ArrayMath.pairwise(x[...], single: single) }
    var total = 0.0
    for v in x { total = single ? Double(Float(total + v)) : total + v }
    return total
  }

  static func apply(_ name: String, _ args: PyArguments, _ i: Interpreter) throws -> Value {
    let p = try args.bind(name, "a", "axis?", "dtype?", "out?", "keepdims?", "ddof?", "initial?", "where?")
    var (keepValue, dtypeValue) = (p[4], p[2])
    // Extremes take `out` third.
    if ["min", "max", "amin", "amax", "any", "all", "argmin", "argmax", "median", "ptp"].contains(name) {
      dtypeValue = nil
    }
    if let k = args.keyword("keepdims") { keepValue = k }
    let a = try Operand.required(p[0] ?? .none, i)
    let keep = try keepValue.map(i.isTrue) ?? false
    let axes = try axes(p[1], a.shape.count, i)
    let (shape, groups) = groups(a, axes, keep: keep)
    let along = axes == nil || axes == [a.shape.count - 1] || axes?.count == a.shape.count
    let wanted = try NumpyTypes.dtype(dtypeValue, i)
    let ddof = try p[5].flatMap(i.floating) ?? 0
    let isFloat = a.dtype.isFloatingPoint
    let whole: DType = isFloat ? a.dtype : .int64
    let real: DType = wanted ?? (isFloat ? a.dtype : .float64)

    func each(_ dtype: DType, _ body: ([Number]) throws -> Number) throws -> Value {
      let out = try groups.map { group in try body(group.map { a.numbers[$0] }) }
      return try ArrayObject.value(shape, out.map { NumberTool.cast($0, dtype) }, dtype)
    }
    func plain(_ x: [Number], _ dtype: DType) -> Double {
      sum(x.map(\.double), single: dtype == .float32 || dtype == .float16, runsAlongMemory: along)
    }
    func nonempty(_ x: [Number], _ what: String) throws {
      if x.isEmpty {
        throw Raise.value("zero-size array to reduction operation \(what) which has no identity")
      }
    }
    func extreme(_ x: [Number], _ isMax: Bool) throws -> Number {
      try nonempty(x, isMax ? "maximum" : "minimum")
      if isFloat, let nan = x.first(where: { $0.double.isNaN }) { return nan }
      return x.dropFirst().reduce(x[0]) {
        isMax == ($1.double > $0.double) && $1.double != $0.double ? $1 : $0
      }
    }
    switch name {
    case "sum", "nansum":
      let dtype = wanted ?? whole
      return try each(dtype) { x in
        let x = name == "nansum" ? x.filter { !$0.double.isNaN } : x
        return dtype.isFloatingPoint
          ? .double(plain(x, dtype)) : .int(x.reduce(0) { $0 &+ NumberTool.int($1) })
      }
    case "prod":
      return try each(wanted ?? whole) { x in
        isFloat
          ? .double(x.reduce(1) { NumberTool.cast(.double($0 * $1.double), whole).double })
          : .int(x.reduce(1) { $0 &* NumberTool.int($1) })
      }
    case "mean", "nanmean":
      return try each(real) { x in
        let x = name == "nanmean" ? x.filter { !$0.double.isNaN } : x
        if x.isEmpty {
          i.warn("Mean of empty slice.", category: "RuntimeWarning")
          return .double(.nan)
        }
        return .double(NumberTool.cast(.double(plain(x, real)), real).double / Double(x.count))
      }
    case "std", "var", "nanstd":
      return try each(real) { x in
        let x = name == "nanstd" ? x.filter { !$0.double.isNaN } : x
        let center = NumberTool.cast(.double(plain(x, real) / Double(x.count)), real).double
        let squares = x.map { n -> Number in
          let d = NumberTool.cast(.double(n.double - center), real).double
          return NumberTool.cast(.double(d * d), real)
        }
        let found = NumberTool.cast(.double(plain(squares, real) / max(0, Double(x.count) - ddof)), real)
          .double
        return .double(name == "var" ? found : found.squareRoot())
      }
    case "min", "amin": return try each(a.dtype) { try extreme($0, false) }
    case "max", "amax": return try each(a.dtype) { try extreme($0, true) }
    case "nanmax", "nanmin":
      return try each(a.dtype) { x in try extreme(x.filter { !$0.double.isNaN }, name == "nanmax") }
    case "ptp":
      return try each(a.dtype) { x in .double(try extreme(x, true).double - extreme(x, false).double) }
    case "argmin", "argmax":
      return try each(.int64) { x in
        if x.isEmpty { throw Raise.value("attempt to get \(name) of an empty sequence") }
        if let nan = x.firstIndex(where: { $0.double.isNaN }) { return .int(nan) }
        return .int(
          x.indices.dropFirst().reduce(0) { best, k in
            name == "argmax"
              ? (x[k].double > x[best].double ? k : best) : (x[k].double < x[best].double ? k : best)
          })
      }
    case "any": return try each(.bool) { x in .bool(x.contains { $0.double != 0 }) }
    case "all": return try each(.bool) { x in .bool(x.allSatisfy { $0.double != 0 }) }
    case "count_nonzero": return try each(.int64) { x in .int(x.count { $0.double != 0 }) }
    default:
      return try each(isFloat ? a.dtype : .float64) { x in
        if x.isEmpty || x.contains(where: { $0.double.isNaN }) { return .double(.nan) }
        let sorted = x.map(\.double).sorted()
        let k = sorted.count / 2
        return .double(sorted.count % 2 == 1 ? sorted[k] : (sorted[k - 1] + sorted[k]) / 2)
      }
    }
  }

  /// `cumsum`, `cumprod`.
  static func running(_ name: String, _ args: PyArguments, _ i: Interpreter) throws -> Value {
    let p = try args.bind(name, "a", "axis?", "dtype?", "out?")
    let a = try Operand.required(p[0] ?? .none, i)
    let axes = try axes(p[1], a.shape.count, i)
    let dtype = try NumpyTypes.dtype(p[2], i) ?? (a.dtype.isFloatingPoint ? a.dtype : .int64)
    var out = a.numbers
    for group in groups(a, axes, keep: false).groups {
      var total: Number?
      for k in group {
        let x = a.numbers[k]
        let next: Number
        if let t = total {
          if dtype.isFloatingPoint {
            next = .double(name == "cumsum" ? t.double + x.double : t.double * x.double)
          } else {
            next = .int(
              name == "cumsum"
                ? NumberTool.int(t) &+ NumberTool.int(x) : NumberTool.int(t) &* NumberTool.int(x))
          }
        } else {
          next = x
        }
        total = NumberTool.cast(next, dtype)
        out[k] = NumberTool.cast(next, dtype)
      }
    }
    return .object(try ArrayObject(axes == nil ? [a.numbers.count] : a.shape, out, dtype))
  }
}

/// Products of matrices and vectors.
enum ArrayProducts {
  static func matmul(_ x: Value, _ y: Value, _ i: Interpreter) throws -> Value? {
    guard let a = try Operand.of(x, i), let b = try Operand.of(y, i) else { return nil }
    if a.shape.isEmpty || b.shape.isEmpty {
      throw Raise.value(
        "matmul: Input operand \(a.shape.isEmpty ? 0 : 1) does not have enough dimensions (has 0, gufunc core with signature (n?,k),(k,m?)->(n?,m?) requires 1)"
      )
    }
    let (p, q) = (a.shape.count == 1 ? [1] + a.shape : a.shape, b.shape.count == 1 ? b.shape + [1] : b.shape)
    let (n, k, k2, m) = (p[p.count - 2], p[p.count - 1], q[q.count - 2], q[q.count - 1])
    guard k == k2 else {
      throw Raise.value(
        "matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature (n?,k),(k,m?)->(n?,m?) (size \(k2) is different from \(k))"
      )
    }
    guard let lead = Broadcast.shape(Array(p.dropLast(2)), Array(q.dropLast(2))),
      let left = Broadcast.places(Array(p.dropLast(2)), to: lead),
      let right = Broadcast.places(Array(q.dropLast(2)), to: lead)
    else {
      throw Raise.value(
        "operands could not be broadcast together with remapped shapes [original->remapped]: \(ArrayObject.tight(a.shape))->(\(p.dropLast(2).map { "\($0)," }.joined())newaxis,newaxis) \(ArrayObject.tight(b.shape))->(\(q.dropLast(2).map { "\($0)," }.joined())newaxis,newaxis) "
      )
    }
    let dtype = Promotion.join(a, b)
    var out: [Number] = []
    for (l, r) in zip(left, right) {
      out += multiply(a.numbers, l * n * k, b.numbers, r * k * m, n, k, m, dtype)
    }
    var shape = lead
    if a.shape.count > 1 { shape.append(n) }
    if b.shape.count > 1 { shape.append(m) }
    return try ArrayObject.value(shape, out, dtype)
  }

  private static func multiply(
    _ a: [Number], _ aStart: Int, _ b: [Number], _ bStart: Int, _ n: Int, _ k: Int, _ m: Int, _ dtype: DType
  ) -> [Number] {
    if !dtype.isFloatingPoint {
      var out = [Int](repeating: 0, count: n * m)
      for r in 0..<n {
        for j in 0..<k {
          let x = NumberTool.int(a[aStart + r * k + j])
          for c in 0..<m { out[r * m + c] = out[r * m + c] &+ x &* NumberTool.int(b[bStart + j * m + c]) }
        }
      }
      return out.map { NumberTool.cast(.int($0), dtype) }
    }
    var out = [Double](repeating: 0, count: n * m)
    for r in 0..<n {
      for j in 0..<k {
        let x = a[aStart + r * k + j].double
        for c in 0..<m { out[r * m + c] = (x).addingProductTo(out[r * m + c], b[bStart + j * m + c].double) }
      }
    }
    return out.map { NumberTool.cast(.double($0), dtype) }
  }

  /// `np.dot`.
  static func dot(_ x: Value, _ y: Value, _ i: Interpreter) throws -> Value {
    let (a, b) = (try Operand.required(x, i), try Operand.required(y, i))
    if a.shape.isEmpty || b.shape.isEmpty {
      guard let times = BinaryFunction.all["multiply"] else { return .none }
      return try times.apply(a, b, i)
    }
    let axis = max(0, b.shape.count - 2)
    guard a.shape[a.shape.count - 1] == b.shape[axis] else {
      throw Raise.value(
        "shapes \(ArrayObject.tight(a.shape)) and \(ArrayObject.tight(b.shape)) not aligned: \(a.shape[a.shape.count - 1]) (dim \(a.shape.count - 1)) != \(b.shape[axis]) (dim \(axis))"
      )
    }
    if b.shape.count <= 2, a.shape.count <= 2 { return try matmul(x, y, i) ?? .none }
    // A sum over the last axis of one and the last but one of the other.
    let k = b.shape[axis]
    let rows = a.numbers.count / max(1, k)
    let strides = Broadcast.strides(b.shape)
    let rest = b.shape.indices.filter { $0 != axis }
    let columns = Broadcast.walk(rest.map { b.shape[$0] }, rest.map { strides[$0] })
    let dtype = Promotion.join(a, b)
    var out: [Number] = []
    for r in 0..<rows {
      for c in columns {
        let total = (0..<k).reduce(0.0) {
          $0 + a.numbers[r * k + $1].double * b.numbers[c + $1 * strides[axis]].double
        }
        out.append(NumberTool.cast(.double(total), dtype))
      }
    }
    return try ArrayObject.value(a.shape.dropLast() + rest.map { b.shape[$0] }, out, dtype)
  }
}

extension Double {
  /// `sum + self * other`, rounded once: what BLAS's fused steps give.
  fileprivate func addingProductTo(_ sum: Double, _ other: Double) -> Double {
    sum.addingProduct(self, other)
  }
}
