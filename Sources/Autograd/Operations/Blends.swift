import Recordings

/// Fused forms of three tensors: `lerp`, `addcmul`, `addcdiv`, and `clamp` between tensors.
extension Ops {
  /// `a + w·(b − a)`, from the nearer end.
  static func lerpCall(_ a: Tensor, _ b: Tensor, _ w: Tensor) throws -> Call {
    if a.dtype != b.dtype {
      throw TorchError.runtime(
        "expected dtype \(a.dtype.cppName) for `end` but got dtype \(b.dtype.cppName)")
    }
    let isNumber = w.isWrappedNumber
    if !a.dtype.isFloatingPoint {
      throw TorchError.notImplemented("lerp_kernel_\(isNumber ? "scalar" : "tensor")", a.dtype)
    }
    // A number is no tensor to save.
    let number = isNumber ? try w.item().double : 0
    if isNumber { try checkFactor(.double(number), a.dtype) }
    return Call("lerp", isNumber ? [a, b] : [a, b, w]) {
      let shape = try broadcastShape(broadcastShape(a.shape, b.shape), w.shape)
      let out = try Tensor(unset: shape, a.dtype, device: device([a, b]))
      struct Body: ScalarBody {
        let (a, b, w, out): (Tensor, Tensor, Tensor, Tensor)
        func run<T: Scalar>(_: T.Type) {
          let (p, q, v, r) = (a.pointer(T.self), b.pointer(T.self), w.pointer(T.self), out.pointer(T.self))
          let shape = out.shape
          let (sa, sb, sw) = (
            broadcastStrides(a, to: shape), broadcastStrides(b, to: shape), broadcastStrides(w, to: shape)
          )
          var at = 0
          forEachRow(shape, sa, sb, sw) { x, y, z, n, i, j, k in
            for s in 0..<n {
              r[at] = Self.blend(p[x + s * i], q[y + s * j], v[z + s * k])
              at += 1
            }
          }
        }
        static func blend<T: Scalar>(_ a: T, _ b: T, _ w: T) -> T {
          if let a = a as? Float, let b = b as? Float, let w = w as? Float {
            let r = w.magnitude < 0.5 ? a.addingProduct(w, b - a) : b.addingProduct(w - 1, b - a)
            return r as? T ?? T.zero
          }
          let (x, y, v) = (a.double, b.double, w.double)
          return T(double: v.magnitude < 0.5 ? x.addingProduct(v, y - x) : y.addingProduct(v - 1, y - x))
        }
      }
      try a.dtype.dispatch(Body(a: a, b: b, w: rawCast(w, a.dtype), out: out))
      roundHalf(out)
      return try ElementOrder.laidOut(out, as: a, b, w)
    } derivative: {
      Derivative(
        name: isNumber ? "LerpBackward0" : "LerpBackward1",
        saved: isNumber
          ? []
          : [
            ("weight" as StaticString, a.requiresGrad || b.requiresGrad ? w : nil),
            ("self" as StaticString, w.requiresGrad ? a : nil),
            ("end" as StaticString, w.requiresGrad ? b : nil),
          ],
        attributes: isNumber ? [NamedAttribute("weight", .double(number))] : [], label: "lerp",
        rule: { p in
          let g = try p.grad
          func weight() throws -> Tensor { try isNumber ? n(number) : p.saved(0) }
          let end = try p.ifNeeded(1) { try mul(g, weight()) }
          var all = [
            try p.ifNeeded(0) { try mul(g, isNumber ? n(1 - number) : rsub(weight(), wrap(.int(1)))) }, end,
          ]
          if p.node.next.count > 2 {
            all.append(try p.ifNeeded(2) { try mul(g, sub(p.saved(2), p.saved(1))) })
          }
          return all
        })
    }
  }

  /// `c + x · y`, rounded once.
  static func addingProduct(_ c: Tensor, _ x: Tensor, _ y: Tensor) throws -> Tensor {
    let dtype = resultType([c, x, y])
    guard dtype == .float32 || dtype == .float64 else { return try add(c, mul(x, y)) }
    let shape = try broadcastShape(broadcastShape(c.shape, x.shape), y.shape)
    let out = try Tensor(unset: shape, dtype, device: device([c, x, y]))
    let all = try [c, x, y].map { try rawCast($0, dtype) }
    func fill<T: BinaryFloatingPoint>(_: T.Type) {
      let (p, q, v, r):
        (
          UnsafeMutablePointer<T>, UnsafeMutablePointer<T>, UnsafeMutablePointer<T>, UnsafeMutablePointer<T>
        ) = (all[0].pointer(), all[1].pointer(), all[2].pointer(), out.pointer())
      let strides = all.map { broadcastStrides($0, to: shape) }
      var at = 0
      forEachRow(shape, strides[0], strides[1], strides[2]) { x, y, z, n, i, j, k in
        for s in 0..<n {
          r[at] = p[x + s * i].addingProduct(q[y + s * j], v[z + s * k])
          at += 1
        }
      }
    }
    if dtype == .float64 { fill(Double.self) } else { fill(Float.self) }
    return out
  }

  /// `a + value · x · y`, or `a + value · x / y`.
  static func addcCall(_ a: Tensor, _ x: Tensor, _ y: Tensor, _ value: Number, divides: Bool) throws -> Call {
    let all = [a, x, y]
    if divides, all.allSatisfy({ !$0.dtype.isFloatingPoint }) {
      throw TorchError.runtime(
        "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform a true "
          + "division of tensor1 and tensor2. The historic addcdiv behavior can be implemented as (input + value * "
          + "torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer inputs and as (input + value * tensor1 / "
          + "tensor2) for float inputs. The future addcdiv behavior is just the latter implementation: (input + value "
          + "* tensor1 / tensor2), for all dtypes.")
    }
    return Call(divides ? "addcdiv" : "addcmul", all) {
      try checkFactor(value, resultType(all))
      if !divides, a.dtype == .float32 || a.dtype == .float64,
        all.allSatisfy({ $0.dtype == a.dtype && $0.shape == a.shape })
      {
        return try ElementOrder.laidOut(
          VectorKernel.run(
            .addcmul, a.contiguousData(), x.contiguousData(), y.contiguousData(), value.double), as: all)
      }
      if !divides, resultType(all) == .bool { throw TorchError.notImplemented("addcmul_cpu_out", .bool) }
      return try Context.current.quietly {
        // Whole numbers take a whole factor.
        let value = resultType(all).isFloatingPoint ? value : .int(Int(clamping: value.integer))
        let dtype = resultType(all)
        guard dtype.isFloatingPoint else {
          let part = value == .int(1) ? x : try mul(x, wrap(value))
          return try ElementOrder.laidOut(add(a, divides ? div(part, y) : mul(part, y)), as: all)
        }
        // Rounded to 16 bits in the end only.
        let wide = dtype.isShort ? DType.float32 : dtype
        let (start, y) = (try rawCast(a, wide), try rawCast(y, wide))
        let part = value == .int(1) ? try rawCast(x, wide) : try mul(rawCast(x, wide), wrap(value))
        let sum = divides ? try add(start, div(part, y)) : try addingProduct(start, part, y)
        return try ElementOrder.laidOut(rawCast(sum, dtype), as: all)
      }
    } derivative: {
      Derivative(
        name: divides ? "AddcdivBackward0" : "AddcmulBackward0", saved: [("tensor1", x), ("tensor2", y)],
        attributes: [NamedAttribute("value", value.attribute)], label: divides ? "+ ÷" : "+ ×",
        rule: { p in
          let (g, x, y) = (try p.grad, try p.saved(0), try p.saved(1))
          func scaled(_ t: Tensor) throws -> Tensor { try mul(t, wrap(value)) }
          return [
            p.needs(0) ? g : nil,
            try p.ifNeeded(1) { divides ? try mul(g, div(wrap(value), y)) : try mul(g, scaled(y)) },
            try p.ifNeeded(2) {
              divides ? try mul(neg(g), div(scaled(x), mul(y, y))) : try mul(g, scaled(x))
            },
          ]
        })
    }
  }

  /// Each bound a tensor or absent.
  static func clampCall(
    _ t: Tensor, _ low: Tensor?, _ high: Tensor?, node: String = "ClampBackward0"
  ) throws -> Call {
    guard low != nil || high != nil else {
      throw TorchError.runtime("torch.clamp: At least one of 'min' or 'max' must not be None")
    }
    let none = try wrap(.int(0))
    let edges = [t, low ?? none, high ?? none]
    return Call("clamp", [t] + [low, high].compactMap(\.self)) {
      try Context.current.quietly {
        var out = t
        if let low { out = try maximum(out, low, isMax: true) }
        if let high { out = try maximum(out, high, isMax: false) }
        return out === t ? try copyOf(t) : out
      }
    } derivative: {
      Derivative(
        name: node, edges: edges, saved: [("self", t), ("min", low), ("max", high)],
        label: "clamp",
        rule: { p in
          let (g, x) = (try p.grad, try p.saved(0))
          let zero = try wrap(.double(0))
          func kept(_ i: Int, _ has: Bool) throws -> Tensor? { has ? try p.saved(i) : nil }
          let (low, high) = (try kept(1, low != nil), try kept(2, high != nil))
          var inside: Tensor?
          if let low { inside = try compare(x, low, .ge) }
          if let high {
            let below = try compare(x, high, .le)
            inside = try inside.map { try logicalAnd($0, below) } ?? below
          }
          // In the order of PyTorch's names: `max`, `min`, `self`.
          var all: [Tensor?] = [nil, nil, nil]
          if let high {
            all[2] = try p.ifNeeded(2) {
              var mine = try compare(x, high, .gt)
              if let low { mine = try logical("logical_or", compare(high, low, .lt), mine) { $0 || $1 } }
              return try whereSelect(mine, g, zero)
            }
          }
          if let low {
            all[1] = try p.ifNeeded(1) {
              var mine = try compare(x, low, .lt)
              if let high { mine = try logicalAnd(compare(low, high, .lt), mine) }
              return try whereSelect(mine, g, zero)
            }
          }
          all[0] = try p.ifNeeded(0) { try inside.map { try whereSelect($0, g, zero) } ?? g }
          return all
        })
    }
  }

  /// `clamp` with numbers, or with tensors as bounds.
  static func clampCall(_ a: Arguments) throws -> Call {
    let t = try a.tensor("input")
    func isTensor(_ name: String) -> Bool { if case .tensor? = a[name] { true } else { false } }
    if isTensor("min") || isTensor("max") {
      return try clampCall(t, a.optionalTensor("min"), a.optionalTensor("max"))
    }
    return try clampCall(t, a.optionalNumber("min"), a.optionalNumber("max"))
  }

  static let blendOperations: [Operation] =
    [
      Operation.both(
        "lerp(input, end, weight)",
        body: { a in .tensor(try lerpCall(a.tensor("input"), a.tensor("end"), a.operand("weight")).run()) }),
      Operation("lerp_(input, end, weight)", [.inPlaceMethod("lerp_")]) { a in
        let t = try a.tensor("input")
        return .tensor(try lerpCall(t, a.tensor("end"), a.operand("weight")).run(into: t, by: "lerp_"))
      },
    ]
    + [false, true].flatMap { divides in
      let name = divides ? "addcdiv" : "addcmul"
      @Sendable func call(_ a: Arguments) throws -> Call {
        try addcCall(
          a.tensor("input"), a.tensor("tensor1"), a.tensor("tensor2"), a.number("value", default: .int(1)),
          divides: divides)
      }
      return [
        Operation.both(
          "\(name)(input, tensor1, tensor2, *, value=1)", body: { a in .tensor(try call(a).run()) }),
        Operation("\(name)_(input, tensor1, tensor2, *, value=1)", [.inPlaceMethod("\(name)_")]) { a in
          .tensor(try call(a).run(into: a.tensor("input"), by: "\(name)_"))
        },
      ]
    }
}
