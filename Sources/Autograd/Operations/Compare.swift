import Recordings

/// Comparisons, logic and choice.
extension Ops {
  enum Comparison: String, CaseIterable { case eq, ne, lt, le, gt, ge }

  static func compare(_ a: Tensor, _ b: Tensor, _ c: Comparison) throws -> Tensor {
    try Call(c.rawValue, [a, b]) {
      let dtype = resultType([a, b])
      let out = try Tensor(zeros: broadcastShape(a.shape, b.shape), .bool, device: device([a, b]))
      let (x, y) = (try rawCast(a, dtype), try rawCast(b, dtype))
      struct Body: ScalarBody {
        let (x, y, out): (Tensor, Tensor, Tensor)
        let c: Comparison
        func run<T: Scalar>(_: T.Type) {
          func go(_ f: (T, T) -> Bool) { map2(x, y, into: out) { (p: T, q: T) -> UInt8 in f(p, q) ? 1 : 0 } }
          switch c {
          case .eq: go { $0 == $1 }
          case .ne: go { $0 != $1 }
          case .lt: go { $0 < $1 }
          case .le: go { $0 <= $1 }
          case .gt: go { $0 > $1 }
          case .ge: go { $0 >= $1 }
          }
        }
      }
      try dtype.dispatch(Body(x: x, y: y, out: out, c: c))
      return try ElementOrder.laidOut(out, as: a, b)
    } derivative: {
      // Only where it is written into floats: it has no slope there.
      let name = c.rawValue.prefix(1).uppercased() + c.rawValue.dropFirst()
      return Derivative(
        name: "\(name)Backward\(b.isWrappedNumber ? 0 : 1)", edges: b.isWrappedNumber ? [a] : [a, b],
        label: c.rawValue,
        rule: { p in try p.node.next.indices.map { try p.ifNeeded($0) { try zerosLike(p.grad) } } })
    }.run()
  }

  /// A truth function of two tensors taken as bools.
  static func logical(
    _ op: String, _ a: Tensor, _ b: Tensor, _ f: @escaping (Bool, Bool) -> Bool
  ) throws -> Tensor {
    try Call(op, [a, b]) {
      let out = try Tensor(zeros: broadcastShape(a.shape, b.shape), .bool, device: device([a, b]))
      map2(try rawCast(a, .bool), try rawCast(b, .bool), into: out) { (x: UInt8, y: UInt8) -> UInt8 in
        f(x != 0, y != 0) ? 1 : 0
      }
      return try ElementOrder.laidOut(out, as: a, b)
    }.run()
  }
  static func logicalAnd(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    try logical("logical_and", a, b) { $0 && $1 }
  }
  static func logicalNot(_ a: Tensor) throws -> Tensor { try logical("logical_not", a, a) { x, _ in !x } }

  /// Bitwise on whole numbers, logical on bools.
  static func bitwise(
    _ op: String, _ a: Tensor, _ b: Tensor, _ f: @escaping (Int64, Int64) -> Int64
  ) throws -> Tensor {
    let dtype = resultType([a, b])
    _ = try broadcastShape(a.shape, b.shape)
    guard !dtype.isFloatingPoint, dtype != .bool || !op.hasSuffix("shift") else {
      throw TorchError.notImplemented("\(op)_cpu", dtype)
    }
    return try Call(op, [a, b]) {
      try binary(a, b, BinaryKernel(float: { x, _ in x }, double: { x, _ in x }, integer: f))
    }.run()
  }

  /// `condition ? a : b`, broadcasting all three.
  static func whereSelect(_ condition: Tensor, _ a: Tensor, _ b: Tensor) throws -> Tensor {
    guard condition.dtype == .bool || condition.dtype == .uint8 else {
      throw TorchError.runtime(
        "where expected condition to be a boolean tensor, but got a tensor with dtype \(condition.dtype.scalarName)"
      )
    }
    return try Call("where", [condition, a, b]) {
      let dtype = resultType([a, b])
      let shape = try broadcastShape(try broadcastShape(condition.shape, a.shape), b.shape)
      let out = try Tensor(zeros: shape, dtype, device: device([condition, a, b]))
      if !dtype.isShort {
        for n in [a, b] where n.isWrappedNumber && resultType([a]) != resultType([b]) {
          try checkFits(n.item(), dtype)
        }
      }
      let (x, y) = (try rawCast(a, dtype), try rawCast(b, dtype))
      let mask = condition.pointer(UInt8.self)
      struct Body: ScalarBody {
        let (c, x, y, out): (Tensor, Tensor, Tensor, Tensor)
        let mask: UnsafeMutablePointer<UInt8>
        func run<T: Scalar>(_: T.Type) {
          let (p, q, r) = (x.pointer(T.self), y.pointer(T.self), out.pointer(T.self))
          let sc = broadcastStrides(c, to: out.shape)
          let (sx, sy) = (broadcastStrides(x, to: out.shape), broadcastStrides(y, to: out.shape))
          var at = 0
          forEachRow(out.shape, sc, sx, sy) { c, x, y, n, a, b, d in
            for i in 0..<n {
              r[at] = mask[c + i * a] != 0 ? p[x + i * b] : q[y + i * d]
              at += 1
            }
          }
        }
      }
      try dtype.dispatch(Body(c: condition, x: x, y: y, out: out, mask: mask))
      return try ElementOrder.laidOut(out, as: condition, a, b)
    } derivative: {
      Derivative(
        name: "WhereBackward0", edges: [a, b], saved: [("condition", condition)], label: "where",
        formula: "$0 ? $1 : $2",
        rule: { p in
          let (g, c) = (try p.grad, try p.saved(0))
          let zero = try wrap(.double(0))
          let second = try p.ifNeeded(1) { try whereSelect(c, zero, g) }
          return [try p.ifNeeded(0) { try whereSelect(c, g, zero) }, second]
        })
    }.run()
  }

  private static let symbols: [Comparison: String] = [
    .eq: "__eq__", .ne: "__ne__", .lt: "__lt__", .le: "__le__", .gt: "__gt__", .ge: "__ge__",
  ]
  private static let longNames: [Comparison: String] = [
    .ne: "not_equal", .lt: "less", .le: "less_equal", .gt: "greater", .ge: "greater_equal",
  ]

  static let compareOperations =
    Comparison.allCases.map { c in
      Operation.both(
        "\(c.rawValue)(input, other)", alias: longNames[c], [.method(symbols[c] ?? "")],
        body: { a in .tensor(try compare(a.tensor("input"), a.operand("other"), c)) })
    } + [
      Operation.both(
        "logical_and(input, other)",
        body: { a in .tensor(try logicalAnd(a.tensor("input"), a.operand("other"))) }),
      Operation.both(
        "logical_or(input, other)",
        body: { a in .tensor(try logical("logical_or", a.tensor("input"), a.operand("other")) { $0 || $1 }) }),
      Operation.both(
        "logical_xor(input, other)",
        body: { a in .tensor(try logical("logical_xor", a.tensor("input"), a.operand("other")) { $0 != $1 }) }
      ),
      Operation.both("logical_not(input)", body: { a in .tensor(try logicalNot(a.tensor("input"))) }),
      Operation.both(
        "bitwise_and(input, other)", [.method("__and__"), .method("__rand__")],
        body: { a in .tensor(try bitwise("bitwise_and", a.tensor("input"), a.operand("other"), &)) }),
      Operation.both(
        "bitwise_or(input, other)", [.method("__or__"), .method("__ror__")],
        body: { a in .tensor(try bitwise("bitwise_or", a.tensor("input"), a.operand("other"), |)) }),
      Operation.both(
        "bitwise_xor(input, other)", [.method("__xor__"), .method("__rxor__")],
        body: { a in .tensor(try bitwise("bitwise_xor", a.tensor("input"), a.operand("other"), ^)) }),
      Operation.both(
        "bitwise_not(input)",
        body: { a in
          let x = try a.tensor("input")
          return .tensor(
            x.dtype == .bool ? try logicalNot(x) : try bitwise("bitwise_not", x, x) { v, _ in ~v })
        }),
      Operation(
        "invert(input)", [.method("__invert__")],
        body: { a in
          let x = try a.tensor("input")
          if x.dtype.isFloatingPoint {
            throw TorchError.type(
              "~ (operator.invert) is only implemented on integer and Boolean-type tensors")
          }
          return .tensor(
            x.dtype == .bool ? try logicalNot(x) : try bitwise("bitwise_not", x, x) { v, _ in ~v })
        }),
      Operation("where(condition, input=None, other=None)", [.torch("where")]) { a in
        if !a.has("input") { return .tensors(try nonzeroColumns(a.tensor("condition"))) }
        return .tensor(try whereSelect(a.tensor("condition"), a.operand("input"), a.operand("other")))
      },
      Operation("where(input, condition, other)", [.method("where")], named: "Tensor.where") { a in
        .tensor(try whereSelect(a.tensor("condition"), a.tensor("input"), a.operand("other")))
      },
      Operation.both(
        "equal(input, other)",
        body: { a in
          let (x, y) = (try a.tensor("input"), try a.tensor("other"))
          guard x.shape == y.shape else { return .bool(false) }
          return .bool(zip(x.numbers(), y.numbers()).allSatisfy { $0.double == $1.double })
        }),
      Operation.both(
        "allclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False)",
        body: { a in
          .bool(
            try isclose(a).numbers().allSatisfy { $0.double != 0 })
        }),
      Operation.both(
        "isclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False)",
        body: { a in .tensor(try isclose(a)) }),
    ]

  private static func isclose(_ a: Arguments) throws -> Tensor {
    let (x, y) = (try a.tensor("input"), try a.tensor("other"))
    guard x.dtype == y.dtype else {
      throw TorchError.runtime("\(x.dtype.scalarName) did not match \(y.dtype.scalarName)")
    }
    let (r, t) = (try a.double("rtol", default: 1e-5), try a.double("atol", default: 1e-8))
    for (value, name) in [(r, "rtol"), (t, "atol")] where value < 0 {
      throw TorchError.runtime("\(name) must be greater than or equal to zero, but got \(shortNumber(value))")
    }
    let nan = try a.bool("equal_nan")
    return try Call("isclose", [x, y]) {
      let out = try Tensor(zeros: broadcastShape(x.shape, y.shape), .bool)
      map2(try rawCast(x, .float64), try rawCast(y, .float64), into: out) { (p: Double, q: Double) -> UInt8 in
        if p == q || (nan && p.isNaN && q.isNaN) { return 1 }
        return (p - q).magnitude <= t + r * q.magnitude && q.isFinite ? 1 : 0
      }
      return try ElementOrder.laidOut(out, as: x, y)
    }.run()
  }

  private static func raveled(_ t: Tensor) -> Tensor {
    let row = t.alias(shape: [t.count], strides: [1])
    row.dtype = t.dtype
    return row
  }

  /// The positions of what is not zero, one index tensor a dimension.
  static func nonzeroColumns(_ t: Tensor) throws -> [Tensor] {
    if t.dim == 0 { return try nonzeroColumns(raveled(t)) }
    let hits = t.numbers().enumerated().filter { $0.element.double != 0 }.map(\.offset)
    let strides = contiguousStrides(t.shape)
    return try t.shape.indices.map { d in
      let out = try Tensor(zeros: [hits.count], .int64)
      let p = out.pointer(Int64.self)
      for (k, i) in hits.enumerated() { p[k] = Int64(i / strides[d] % t.shape[d]) }
      return try created(out, "nonzero")
    }
  }
}
