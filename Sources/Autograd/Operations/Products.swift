import Recordings

/// Products over all or along a dimension, running sums and products.
extension Ops {
  static func prod(_ t: Tensor, _ dim: Int?, keepDim: Bool, isTyped: Bool = false) throws -> Tensor {
    let t = isTyped || t.dtype.isFloatingPoint || t.dtype == .int64 ? t : try cast(t, .int64)
    let dims = try dim.map { [try wrapDim($0, t.dim)] }.map { t.dim == 0 ? [] : $0 } ?? Array(0..<t.dim)
    let shape = t.shape
    return try Call("prod", [t]) {
      let (data, rows, length, _) = try rows(t, dims)
      let out = try Tensor(zeros: reducedShape(shape, dims, keepDim: keepDim), t.dtype, device: t.device)
      let isRow = t.isContiguous && dims == Array(t.dim - dims.count..<t.dim)
      struct Body: ScalarBody {
        let (data, out): (Tensor, Tensor)
        let (rows, length): (Int, Int)
        let isRow: Bool
        func run<T: Scalar>(_: T.Type) {
          let (p, r) = (data.pointer(T.self), out.pointer(T.self))
          for i in 0..<rows {
            r[i] = isRow ? vectorProduct(p + i * length, length) : product(p + i * length, length)
          }
        }
        func product<T: Scalar>(_ p: UnsafePointer<T>, _ n: Int) -> T {
          (0..<n).reduce(T(integer: 1)) { T.mul($0, p[$1]) }
        }
        /// Four vectors of 32 bytes side by side, joined in the end; what is left over comes last, as in PyTorch's kernel.
        func vectorProduct<T: Scalar>(_ p: UnsafePointer<T>, _ n: Int) -> T {
          let lanes = 32 / MemoryLayout<T>.size
          let block = 4 * lanes
          guard n >= block else { return product(p, n) }
          var sides = Array(UnsafeBufferPointer(start: p, count: block))
          let whole = n / block * block
          for j in block..<whole { sides[j % block] = T.mul(sides[j % block], p[j]) }
          for k in 0..<lanes {
            sides[k] = T.mul(
              T.mul(sides[k], sides[k + lanes]), T.mul(sides[k + 2 * lanes], sides[k + 3 * lanes]))
          }
          let joined = (1..<lanes).reduce(sides[0]) { T.mul($0, sides[$1]) }
          return (whole..<n).reduce(joined) { T.mul($0, p[$1]) }
        }
      }
      if t.dtype.isShort {
        // Of 16 bits each product is rounded.
        let (p, r) = (data.pointer(Float.self), out.pointer(Float.self))
        for i in 0..<rows {
          r[i] = (0..<length).reduce(1) { t.dtype.rounded($0 * p[i * length + $1]) }
        }
      } else {
        try t.dtype.dispatch(Body(data: data, out: out, rows: rows, length: length, isRow: isRow))
      }
      return out
    } derivative: {
      Derivative(
        name: dim == nil ? "ProdBackward0" : "ProdBackward1", saved: [("self", t)], result: "result",
        details: dim.map { [NamedAttribute("dim", .int($0)), NamedAttribute("keepdim", .bool(keepDim))] }
          ?? [],
        label: "Π",
        rule: { p in
          let x = try p.saved(0)
          if x.dim == 0 { return [try p.grad] }
          let spread = dim == nil ? [] : dims
          let g = try unreduced(p.grad, shape, spread, keepDim)
          guard x.numbers().contains(where: { $0.double == 0 }) else {
            return [try mul(g, div(unreduced(p.saved(1), shape, spread, keepDim), x))]
          }
          if dim == nil, !Context.current.recordsGraph, x.numbers().count(where: { $0.double == 0 }) > 1 {
            return [try zerosLike(x)]
          }
          if dim == nil {
            let row = try view(contiguous(x), [-1])
            return [try view(row.count == 1 ? g : mul(g, productOfOthers(row, 0)), shape)]
          }
          return [try shape[dims[0]] == 1 ? g : mul(g, productOfOthers(x, dims[0]))]
        })
    }.run()
  }

  /// For each element the product of all others along a dimension.
  private static func productOfOthers(_ x: Tensor, _ d: Int) throws -> Tensor {
    let n = x.shape[d]
    var one = x.shape
    one[d] = 1
    let ones = try quietFull(one, 1, x.dtype, x.device)
    let before = try cumulate("cumprod", cat([ones, slice(x, d, 0, n - 1, 1)], d), d)
    let after = try cumulate("cumprod", cat([ones, flipped(slice(x, d, 1, n, 1), d)], d), d)
    return try mul(before, flipped(after, d))
  }

  static func cumulate(_ op: String, _ t: Tensor, _ dim: Int, dtype: DType? = nil) throws -> Tensor {
    let isSum = op == "cumsum"
    let d = try wrapDim(dim, t.dim)
    let own = t.dtype
    let isPlain = t.count <= 1 || t.dim == 0 || t.shape[d] == 1
    return try Call(op, [t]) {
      // Small whole numbers are added up as large ones, and fit again only in place.
      let dtype = dtype ?? (t.dtype.isFloatingPoint ? t.dtype : .int64)
      let out = try copyOf(rawCast(t, dtype))
      guard t.dim > 0 else { return out }
      let n = t.shape[d]
      let step = out.strides[d]
      var lines = out.shape
      var strides = out.strides
      lines.remove(at: d)
      strides.remove(at: d)
      struct Body: ScalarBody {
        let out: Tensor
        let starts: [Int]
        let (n, step): (Int, Int)
        let isSum: Bool
        func run<T: Scalar>(_: T.Type) {
          let p = out.pointer(T.self)
          for s in starts {
            if let floats = p as? UnsafeMutablePointer<Float> {
              // float32 accumulates in double.
              var total = isSum ? 0.0 : 1.0
              for i in 0..<n {
                let v = Double(floats[s + i * step])
                total = isSum ? total + v : total * v
                floats[s + i * step] = Float(total)
              }
              continue
            }
            for i in stride(from: 1, to: n, by: 1) {
              let (a, b) = (p[s + (i - 1) * step], p[s + i * step])
              p[s + i * step] = isSum ? T.add(a, b) : T.mul(a, b)
            }
          }
        }
      }
      let starts = storagePositions(shape: lines, strides: strides, offset: 0)
      try dtype.dispatch(Body(out: out, starts: starts, n: n, step: step, isSum: isSum))
      roundHalf(out)
      return out
    } derivative: {
      Derivative(
        name: isSum ? "CumsumBackward0" : "CumprodBackward0",
        saved: isSum ? [] : [("self" as StaticString, t)],
        result: isSum ? nil : "result", attributes: [NamedAttribute("dim", .int(dim))],
        label: isSum ? "running Σ" : "running Π",
        rule: { p in
          func reversedSum(_ g: Tensor) throws -> Tensor {
            isPlain ? g : try flipped(cumulate("cumsum", flipped(g, d), d), d)
          }
          let g = try cast(p.grad, own)
          if isPlain || isSum { return [try reversedSum(g)] }
          let x = try p.saved(0)
          guard x.numbers().contains(where: { $0.double == 0 }) else {
            return [try div(reversedSum(mul(p.saved(1), g)), x)]
          }
          return [try slopeOfProducts(g, x, d)]
        })
    }.run()
  }

  /// The slope of running products some of whose factors are zero: each factor is left out in turn.
  private static func slopeOfProducts(_ g: Tensor, _ x: Tensor, _ d: Int) throws -> Tensor {
    let n = x.shape[d]
    var one = x.shape
    one[d] = 1
    let ones = try quietFull(one, 1, x.dtype, x.device)
    let out = try zeros(x.shape, x.dtype)
    for k in 0..<n {
      var products = ones
      if k > 0 { products = try prod(slice(x, d, 0, k, 1), d, keepDim: true) }
      if k < n - 1 {
        let after = try cumulate("cumprod", slice(x, d, k + 1, n, 1), d)
        let rest = try k == 0 ? after : mul(expand(products, after.shape), after)
        products = try cat([products, rest], d)
      }
      let total = try sum(mul(slice(g, d, k, n, 1), products), dim: [d])
      _ = try copyInto(select(out, d, k), total)
    }
    return out
  }

  static func flipped(_ t: Tensor, _ d: Int) throws -> Tensor {
    if t.dim == 0 { return try clone(t) }
    return try reordered("flip", t, node: "FlipBackward0") { index in
      var i = index
      i[d] = t.shape[d] - 1 - i[d]
      return i
    }
  }
}
