import CKernels
import Recordings

/// Products of matrices and vectors.
extension Ops {
  /// `[b, m, k] · [b, k, n]`, sums along `k` in order.
  static func product(
    _ a: Tensor, _ b: Tensor, _ batch: Int, _ m: Int, _ k: Int, _ n: Int, _ shape: [Int]
  )
    throws -> Tensor
  {
    guard a.dtype == b.dtype else {
      if b.dim == 1, a.dim == 2 {
        let (x, y) = (a.dtype.scalarName, b.dtype.scalarName)
        throw TorchError.runtime(
          "addmv input tensors must have the same dtype, but got \(y), \(x), and \(y)"
        )
      }
      throw TorchError.runtime(
        "expected m1 and m2 to have the same dtype, but got: \(a.dtype.wordName) != \(b.dtype.wordName)")
    }
    if a.dtype == .bool {
      throw TorchError.notImplemented(
        shape.isEmpty ? "dot" : b.dim == 1 ? "addmv_impl_cpu" : b.dim == 3 ? "bmm" : "addmm_impl_cpu_", .bool)
    }
    let out = try Tensor(zeros: shape, a.dtype, device: a.device)
    // Plain matrices are read as they lie, transposed or not; whatever else is copied first.
    let isPlain = batch == 1 && a.dim == 2 && b.dim == 2
    let (x, y) = isPlain ? (a, b) : (try a.contiguousData(), try b.contiguousData())
    let left = isPlain ? (x.strides[0], x.strides[1]) : (k, 1)
    let right = isPlain ? (y.strides[0], y.strides[1]) : (n, 1)
    let isTransposed = left.1 == 1 && right.0 == 1 && right.1 != 1
    let hasRows =
      batch == 1 && (a.dtype == .float32 || a.dtype == .float64) && a.dim == 2 && b.dim <= 2
      && (n == 1 ? a.strides[1] == 1 && (m > 1 || b.dim == 1 || isTransposed) : m == 1 && isTransposed)
    let rounding = ProductRounding(m, k, n, isTransposed: isTransposed, hasRows: hasRows)
    func floats<T>(_: T.Type, _ gemm: MatrixProduct<T>) {
      let (p, q, r) = (x.pointer(T.self), y.pointer(T.self), out.pointer(T.self))
      withUnsafeTemporaryAllocation(of: T.self, capacity: max(1, k * MatrixProducts.panel)) { pack in
        guard let pack = pack.baseAddress else { return }
        for s in 0..<batch {
          let (p, q, r) = (p + s * m * k, q + s * k * n, r + s * m * n)
          if n == 1, rounding != .dots, rounding != .rows {
            // A column is the row of the transposed product: the sums are the same.
            gemm(rounding, 1, k, m, q, right.1, right.0, p, left.1, left.0, r, pack, false)
          } else {
            gemm(rounding, m, k, n, p, left.0, left.1, q, right.0, right.1, r, pack, false)
          }
        }
      }
    }
    func integers<T: Scalar>(_: T.Type) {
      let (p, q, r) = (x.pointer(T.self), y.pointer(T.self), out.pointer(T.self))
      for s in 0..<batch {
        for i in 0..<m {
          for j in 0..<n {
            var sum = T.zero
            for l in 0..<k {
              sum = T.add(
                sum, T.mul(p[s * m * k + i * left.0 + l * left.1], q[s * k * n + l * right.0 + j * right.1]))
            }
            r[(s * m + i) * n + j] = sum
          }
        }
      }
    }
    switch a.dtype {
    case .float32, .float16, .bfloat16: floats(Float.self, MatrixProducts.single)
    case .float64: floats(Double.self, MatrixProducts.double)
    case .int64: integers(Int64.self)
    case .int32: integers(Int32.self)
    case .int16: integers(Int16.self)
    case .int8: integers(Int8.self)
    case .uint8, .bool: integers(UInt8.self)
    }
    roundHalf(out)
    return out
  }
  static func mm(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    guard a.dim == 2 else { throw TorchError.runtime("self must be a matrix") }
    guard b.dim == 2 else { throw TorchError.runtime("mat2 must be a matrix") }
    try checkShapes(a, b)
    let (left, right) = (a.isColumnMajor, b.isColumnMajor)
    return try Call("mm", [a, b]) {
      try product(a, b, 1, a.shape[0], a.shape[1], b.shape[1], [a.shape[0], b.shape[1]])
    } derivative: {
      Derivative(
        name: "MmBackward0", saved: [("self", b.requiresGrad ? a : nil), ("mat2", a.requiresGrad ? b : nil)],
        label: "@", formula: "$0 @ $1",
        rule: { p in
          let g = try p.grad
          // In the order of PyTorch's names: `mat2`, `self`.
          let (b, a) = (p.needs(0) ? try p.saved(1) : nil, p.needs(1) ? try p.saved(0) : nil)
          let second = try a.map { try rightSlope(g, $0, like: right) }
          return [try b.map { try leftSlope(g, $0, like: left) }, second]
        })
    }.run()
  }
  /// The gradient of a product's first matrix: in columns where the matrix lies in columns.
  static func leftSlope(_ g: Tensor, _ b: Tensor, like isColumnMajor: Bool) throws -> Tensor {
    isColumnMajor ? try t(mm(b, t(g))) : try mm(g, t(b))
  }
  static func rightSlope(_ g: Tensor, _ a: Tensor, like isColumnMajor: Bool) throws -> Tensor {
    isColumnMajor ? try t(mm(t(g), a)) : try mm(t(a), g)
  }

  static func checkShapes(_ a: Tensor, _ b: Tensor) throws {
    guard a.shape[1] == b.shape[0] else {
      throw TorchError.runtime(
        "mat1 and mat2 shapes cannot be multiplied (\(a.shape[0])x\(a.shape[1]) and \(b.shape[0])x\(b.shape[1]))",
        tensors: [a, b])
    }
  }

  static func mv(_ a: Tensor, _ v: Tensor) throws -> Tensor {
    if a.dim == 0 { throw TorchError.index("Dimension specified as 0 but tensor has no dimensions") }
    guard a.dim == 2, v.dim == 1 else {
      throw TorchError.runtime("vector + matrix @ vector expected, got 1, \(a.dim), \(v.dim)")
    }
    guard a.shape[1] == v.shape[0] else {
      throw TorchError.runtime(
        "size mismatch, got input (\(a.shape[0])), mat (\(a.shape[0])x\(a.shape[1])), vec (\(v.shape[0]))",
        tensors: [a, v])
    }
    return try Call("mv", [a, v]) {
      try product(a, v, 1, a.shape[0], a.shape[1], 1, [a.shape[0]])
    } derivative: {
      Derivative(
        name: "MvBackward0", saved: [("self", v.requiresGrad ? a : nil), ("vec", a.requiresGrad ? v : nil)],
        label: "@", formula: "$0 @ $1",
        rule: { p in
          let g = try p.grad
          return [
            try p.ifNeeded(0) { try mul(reshape(g, [g.count, 1]), p.saved(1)) },
            try p.ifNeeded(1) { try mv(t(p.saved(0)), g) },
          ]
        })
    }.run()
  }

  /// In the order of PyTorch's library, where both vectors lie in one piece.
  private static func libraryDot(_ a: Tensor, _ b: Tensor) throws -> Tensor? {
    guard a.count > 0, a.strides == [1] || a.count == 1, b.strides == [1] || b.count == 1 else { return nil }
    let out: Tensor
    switch a.dtype {
    case .float32:
      out = try Tensor(zeros: [], .float32, device: a.device)
      let peel = (4 - b.offset % 4) % 4
      out.pointer(Float.self)[0] = ck_dot_float(a.count, a.pointer(), b.pointer(), peel)
    case .float64:
      out = try Tensor(zeros: [], .float64, device: a.device)
      out.pointer(Double.self)[0] = ck_dot_double(a.count, a.pointer(), b.pointer(), b.offset % 2)
    default: return nil
    }
    return out
  }

  static func dot(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    guard a.dim == 1, b.dim == 1 else {
      throw TorchError.runtime("1D tensors expected, but got \(a.dim)D and \(b.dim)D tensors")
    }
    guard a.dtype == b.dtype else {
      throw TorchError.runtime(
        "dot : expected both vectors to have same dtype, but found \(a.dtype.scalarName) and \(b.dtype.scalarName)"
      )
    }
    guard a.shape == b.shape else {
      throw TorchError.runtime(
        "inconsistent tensor size, expected tensor [\(a.count)] and src [\(b.count)] to have the same number of "
          + "elements, but got \(a.count) and \(b.count) elements respectively", tensors: [a, b])
    }
    return try Call("dot", [a, b]) {
      try libraryDot(a, b) ?? product(a, b, 1, 1, a.count, 1, [])
    } derivative: {
      Derivative(
        name: "DotBackward0",
        saved: [("self", b.requiresGrad ? a : nil), ("tensor", a.requiresGrad ? b : nil)],
        label: "·", formula: "$0 · $1",
        rule: { p in
          let g = try p.grad
          return [try p.ifNeeded(0) { try mul(g, p.saved(1)) }, try p.ifNeeded(1) { try mul(g, p.saved(0)) }]
        })
    }.run()
  }

  static func bmm(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    guard a.dim == 3, b.dim == 3 else {
      throw TorchError.runtime("batch\(a.dim == 3 ? 2 : 1) must be a 3D tensor")
    }
    guard a.shape[0] == b.shape[0], a.shape[2] == b.shape[1] else {
      throw TorchError.runtime(
        "Expected size for first two dimensions of batch2 tensor to be: [\(a.shape[0]), \(a.shape[2])] but got: "
          + "[\(b.shape[0]), \(b.shape[1])].", tensors: [a, b])
    }
    guard a.dtype == b.dtype else {
      throw TorchError.runtime(
        "expected scalar type \(a.dtype.scalarName) but found \(b.dtype.scalarName)", tensors: [a, b])
    }
    return try Call("bmm", [a, b]) {
      try product(
        a, b, a.shape[0], a.shape[1], a.shape[2], b.shape[2], [a.shape[0], a.shape[1], b.shape[2]])
    } derivative: {
      Derivative(
        name: "BmmBackward0",
        saved: [("self", b.requiresGrad ? a : nil), ("mat2", a.requiresGrad ? b : nil)],
        label: "@", formula: "$0 @ $1",
        rule: { p in
          let g = try p.grad
          let (b, a) = (p.needs(0) ? try p.saved(1) : nil, p.needs(1) ? try p.saved(0) : nil)
          let second = try a.map { try bmm(transpose($0, 1, 2), g) }
          return [try b.map { try bmm(g, transpose($0, 1, 2)) }, second]
        })
    }.run()
  }

  static let matrixOperations = [
    Operation.both("mm(input, mat2)", body: { a in .tensor(try mm(a.tensor("input"), a.tensor("mat2"))) }),
    Operation.both("mv(input, vec)", body: { a in .tensor(try mv(a.tensor("input"), a.tensor("vec"))) }),
    Operation.both(
      "dot(input, tensor)", body: { a in .tensor(try dot(a.tensor("input"), a.tensor("tensor"))) }),
    Operation.both("bmm(input, mat2)", body: { a in .tensor(try bmm(a.tensor("input"), a.tensor("mat2"))) }),
    Operation("linalg_vecdot(x, y, *, dim=-1)", [.linalg("vecdot")]) { a in
      let (x, y, d) = (try a.tensor("x"), try a.tensor("y"), try a.int("dim", default: -1))
      guard x.dim == 1, y.dim == 1 else { return .tensor(try sum(mul(x, y), dim: [d])) }
      let product = try OperationCatalogue["vdot"]?.call([.tensor(x), .tensor(y)])
      return try product ?? .tensor(sum(mul(x, y), dim: [d]))
    },
    Operation.both(
      "outer(input, vec2)", alias: "ger",
      body: { a in
        let (x, y) = (try a.tensor("input"), try a.tensor("vec2"))
        guard x.dim == 1, y.dim == 1 else {
          throw TorchError.runtime(
            "outer: Expected 1-D argument \(x.dim == 1 ? "vec2, but got \(y.dim)" : "self, but got \(x.dim)")-D"
          )
        }
        return .tensor(try mul(reshape(x, [x.count, 1]), y))
      }),
  ]
}

extension Tensor {
  /// A matrix whose columns lie together, as a transposed one's do.
  var isColumnMajor: Bool { dim == 2 && strides[0] == 1 && strides[1] == shape[0] }
}
