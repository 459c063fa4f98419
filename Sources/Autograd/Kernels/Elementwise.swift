import Recordings

/// The dtype in which two operands meet: tensors with dimensions before those without, numbers last.
func resultType(_ tensors: [Tensor]) -> DType {
  var dim: DType?
  var zero: DType?
  var number: DType?
  func join(_ a: DType?, _ b: DType) -> DType { a.map { DType.promote($0, b) } ?? b }
  for t in tensors {
    if t.isWrappedNumber {
      number = join(number, t.dtype.isFloatingPoint ? Context.current.defaultDType : t.dtype)
    } else if t.shape.isEmpty {
      zero = join(zero, t.dtype)
    } else {
      dim = join(dim, t.dtype)
    }
  }
  func combine(_ higher: DType?, _ lower: DType?) -> DType? {
    guard let higher else { return lower }
    if higher.isFloatingPoint { return higher }
    if let lower, higher == .bool || lower.isFloatingPoint { return DType.promote(higher, lower) }
    return higher
  }
  return combine(dim, combine(zero, number)) ?? .float32
}

/// Applies a function to pairs of elements, broadcasting; the operands have the kernel's type already.
@inline(__always)
func map2<T: Scalar, R: Scalar>(_ a: Tensor, _ b: Tensor, into out: Tensor, _ f: (T, T) -> R) {
  let (p, q, r) = (a.pointer(T.self), b.pointer(T.self), out.pointer(R.self))
  let n = out.count
  if a.shape == out.shape, a.isContiguous {
    if b.shape == out.shape, b.isContiguous {
      for i in 0..<n { r[i] = f(p[i], q[i]) }
      return
    }
    if b.count == 1 {
      let y = q[0]
      for i in 0..<n { r[i] = f(p[i], y) }
      return
    }
  }
  let shape = out.shape
  let (sa, sb) = (broadcastStrides(a, to: shape), broadcastStrides(b, to: shape))
  forEachRow(shape, out.strides, sa, sb) { o, x, y, n, so, sx, sy in
    var (o, x, y) = (o, x, y)
    for _ in 0..<n {
      r[o] = f(p[x], q[y])
      o += so
      x += sx
      y += sy
    }
  }
}

/// Applies a function to each element; the result is contiguous.
@inline(__always)
func map1<T: Scalar, R: Scalar>(_ a: Tensor, into out: Tensor, _ f: (T) -> R) {
  let (p, r) = (a.pointer(T.self), out.pointer(R.self))
  if a.isContiguous {
    for i in 0..<out.count { r[i] = f(p[i]) }
    return
  }
  forEachRow(out.shape, out.strides, a.strides, a.strides) { o, x, _, n, so, sx, _ in
    var (o, x) = (o, x)
    for _ in 0..<n {
      r[o] = f(p[x])
      o += so
      x += sx
    }
  }
}

/// After a kernel wrote float16 or bfloat16: rounds what it wrote.
func roundHalf(_ t: Tensor) {
  guard t.dtype.isShort else { return }
  let p = t.pointer(Float.self)
  for i in 0..<t.count { p[i] = t.dtype.rounded(p[i]) }
}

/// A function of two elements for all types; whole numbers may have none.
struct BinaryKernel {
  var float: (Float, Float) -> Float
  var double: (Double, Double) -> Double
  var integer: ((Int64, Int64) -> Int64)?
  /// The same for contiguous memory.
  var vector: VectorKernel?
  /// What PyTorch computes where its vectors do not fit: the elements behind the last whole ones.
  var tail: ((Float, Float) -> Float)?
  /// What PyTorch's vectors of doubles give, where that is not what the C library gives.
  var wide: ((Double, Double) -> Double)?
  /// Whether one number as the second operand keeps its 32 bits beside elements of 16.
  var keepsNumber = false
}

extension Ops {
  /// Raw data in another type; the tensor itself where it has that type.
  static func rawCast(_ t: Tensor, _ dtype: DType) throws -> Tensor {
    if t.dtype == dtype { return t }
    let out = try Tensor(unset: t.shape, dtype, device: t.device)
    try copyElements(from: t, to: out)
    return out
  }

  /// The device that a result of these is on.
  static func device(_ tensors: [Tensor]) -> String {
    tensors.first { !$0.isWrappedNumber && $0.device != "cpu" }?.device ?? tensors.first?.device ?? "cpu"
  }

  /// A binary function on raw data, in the promoted type.
  static func binary(_ a: Tensor, _ b: Tensor, _ kernel: BinaryKernel, dtype: DType? = nil) throws -> Tensor {
    // Results lie in memory as their operands do, where these agree: `x.t() * 2` is transposed, too.
    let source = a.count >= b.count ? a : b
    if source.isDenseButTurned {
      let other = source === a ? b : a
      if other.count == 1 && other.dim <= source.dim
        || other.shape == source.shape && other.strides == source.strides
      {
        let (x, y) = (a === other && a.count == 1 ? a : a.asRow(), b.count == 1 ? b : b.asRow())
        let out = try binary(x, y, kernel, dtype: dtype ?? resultType([a, b]))
        out.shape = source.shape
        out.strides = source.strides
        return out
      }
    }
    return try binaryInOrder(a, b, kernel, dtype: dtype)
  }

  private static func binaryInOrder(
    _ a: Tensor, _ b: Tensor, _ kernel: BinaryKernel, dtype: DType?
  ) throws -> Tensor {
    let dtype = dtype ?? resultType([a, b])
    let out = try Tensor(
      unset: broadcastShape(a.shape, b.shape), dtype,
      device: a.device == b.device ? a.device : device([a, b]))
    let x = try rawCast(a, dtype)
    let y: Tensor
    if kernel.keepsNumber, dtype.isShort, b.dim == 0, b.dtype != dtype {
      // The program's own tensor stays as it is.
      y = try rawCast(b, .float32).alias()
      y.dtype = dtype
    } else {
      y = try rawCast(b, dtype)
    }
    if let vector = kernel.vector, vector.run(x, y, into: out) {
      roundHalf(out)
      return try inOrder(out, a, b)
    }
    switch dtype {
    case .float32, .float16, .bfloat16:
      if let tail = kernel.tail {
        if let (dx, dy) = rowSteps(x, y, out), VectorKernel.whole(out.count) > 0 {
          let whole = VectorKernel.whole(out.count)
          let (p, q, r) = (x.pointer(Float.self), y.pointer(Float.self), out.pointer(Float.self))
          for i in 0..<whole { r[i] = kernel.float(p[i &* dx], q[i &* dy]) }
          for i in whole..<out.count { r[i] = tail(p[i &* dx], q[i &* dy]) }
        } else {
          map2(x, y, into: out, tail)
        }
      } else {
        map2(x, y, into: out, kernel.float)
      }
    case .float64:
      guard let wide = kernel.wide, let (dx, dy) = rowSteps(x, y, out) else {
        map2(x, y, into: out, kernel.double)
        break
      }
      let (p, q, r) = (x.pointer(Double.self), y.pointer(Double.self), out.pointer(Double.self))
      let whole = VectorKernel.wholeDoubles(out.count)
      for i in 0..<whole { r[i] = wide(p[i &* dx], q[i &* dy]) }
      for i in whole..<out.count { r[i] = kernel.double(p[i &* dx], q[i &* dy]) }
    case .int64, .int32, .int16, .int8, .uint8, .bool:
      guard let f = kernel.integer else {
        throw TorchError.runtime("not implemented for '\(dtype.scalarName)'")
      }
      switch dtype {
      case .int64: map2(x, y, into: out, f)
      case .int32:
        map2(x, y, into: out) { (a: Int32, b: Int32) in Int32(truncatingIfNeeded: f(Int64(a), Int64(b))) }
      case .int16:
        map2(x, y, into: out) { (a: Int16, b: Int16) in Int16(truncatingIfNeeded: f(Int64(a), Int64(b))) }
      case .int8:
        map2(x, y, into: out) { (a: Int8, b: Int8) in Int8(truncatingIfNeeded: f(Int64(a), Int64(b))) }
      case .bool:
        map2(x, y, into: out) { (a: UInt8, b: UInt8) -> UInt8 in f(Int64(a), Int64(b)) != 0 ? 1 : 0 }
      default:
        map2(x, y, into: out) { (a: UInt8, b: UInt8) in UInt8(truncatingIfNeeded: f(Int64(a), Int64(b))) }
      }
    }
    roundHalf(out)
    return try inOrder(out, a, b)
  }

  /// The steps from element to element of two operands that PyTorch's vectors fit: 1 for a row, 0 for one number, as the
  /// gradient of a sum is, beside a row. `nil` where they do not fit.
  private static func rowSteps(_ a: Tensor, _ b: Tensor, _ out: Tensor) -> (Int, Int)? {
    func step(_ t: Tensor) -> Int? {
      if t.shape == out.shape, t.isContiguous { return 1 }
      return t.shape.indices.allSatisfy { t.shape[$0] == 1 || t.strides[$0] == 0 } ? 0 : nil
    }
    guard let x = step(a), let y = step(b), x + y > 0 else { return nil }
    return (x, y)
  }

  private static func inOrder(_ out: Tensor, _ a: Tensor, _ b: Tensor) throws -> Tensor {
    a.isContiguous && b.isContiguous ? out : try ElementOrder.laidOut(out, as: a, b)
  }

  /// A function of one element on raw data; whole numbers become floats first.
  static func unary(
    _ a: Tensor, _ float: (Float) -> Float, _ double: (Double) -> Double, vector: VectorKernel? = nil,
    tail: ((Float) -> Float)? = nil, wide: ((Double) -> Double)? = nil
  ) throws -> Tensor {
    let dtype = a.dtype.isFloatingPoint ? a.dtype : Context.current.defaultDType
    if a.isDenseButTurned {
      let out = try unary(a.asRow(), float, double, vector: vector, tail: tail, wide: wide)
      out.shape = a.shape
      out.strides = a.strides
      return out
    }
    let x = try rawCast(a, dtype)
    let out = try Tensor(unset: a.shape, dtype, device: a.device)
    if let vector, vector.run(x, x, into: out) {
      roundHalf(out)
      return out
    }
    if dtype == .float64, let wide, x.isContiguous {
      let (p, r) = (x.pointer(Double.self), out.pointer(Double.self))
      let whole = VectorKernel.wholeDoubles(out.count)
      for i in 0..<whole { r[i] = wide(p[i]) }
      for i in whole..<out.count { r[i] = double(p[i]) }
    } else if dtype == .float64 {
      map1(x, into: out, double)
    } else if let tail {
      let whole = x.isContiguous ? VectorKernel.whole(out.count) : 0
      if whole == 0 {
        map1(x, into: out, tail)
      } else {
        let (p, r) = (x.pointer(Float.self), out.pointer(Float.self))
        for i in 0..<whole { r[i] = float(p[i]) }
        for i in whole..<out.count { r[i] = tail(p[i]) }
      }
    } else {
      map1(x, into: out, float)
    }
    roundHalf(out)
    return out
  }

  /// A number in a tensor's clothes.
  static func wrap(_ n: Number) throws -> Tensor {
    let dtype: DType =
      switch n {
      case .bool: .bool
      case .int: .int64
      case .double: .float64
      }
    let t = try Tensor(unset: [], dtype)
    switch n {
    case .bool(let b): t.pointer(UInt8.self).pointee = b ? 1 : 0
    case .int(let i): t.pointer(Int64.self).pointee = Int64(i)
    case .double(let d): t.pointer(Double.self).pointee = d
    }
    t.isWrappedNumber = true
    return t
  }
  static func wrap(_ d: Double) throws -> Tensor { try wrap(.double(d)) }

  /// A new tensor with the same values, related to nothing: contiguous, or in the order of memory of another.
  static func copyOf(_ t: Tensor, as like: Tensor? = nil) throws -> Tensor {
    let out = try Tensor(unset: t.shape, t.dtype, device: t.device)
    if let like { ElementOrder.follow(out, like) }
    try copyElements(from: t, to: out)
    return out
  }

  /// Adds to data in place; no graph, no event, no version.
  static func addInto(_ target: Tensor, _ t: Tensor) throws {
    if try quickAdd(t, into: target) { return }
    try MemoryOverlap.check(target, [t], by: "add")
    let sum = try binary(target, t, Kernels.add, dtype: target.dtype)
    try copyElements(from: sum, to: target)
  }

  static func containsNaN(_ t: Tensor) throws -> Bool {
    guard t.dtype.isFloatingPoint else { return false }
    return t.numbers().contains { $0.double.isNaN }
  }
}

extension Tensor {
  /// Fills data; no graph, no event, no version.
  func fillRaw(_ n: Number) {
    struct Fill: ScalarBody {
      let t: Tensor
      let n: Number
      func run<T: Scalar>(_: T.Type) {
        let value: T
        switch (t.dtype, n) {
        case (.bool, _): value = T(integer: n.double != 0 ? 1 : 0)
        case (.float16, _), (.bfloat16, _): value = T(double: Double(t.dtype.rounded(Float(n.double))))
        case (_, .double(let d)): value = T(double: d)
        default: value = T(integer: n.integer)
        }
        let p = t.pointer(T.self)
        if t.isContiguous { return p.update(repeating: value, count: t.count) }
        forEachRow(t.shape, t.strides, t.strides, t.strides) { a, _, _, n, s, _, _ in
          for i in 0..<n { p[a + i * s] = value }
        }
      }
    }
    try? dtype.dispatch(Fill(t: self, n: n))
  }
}

enum Kernels {
  nonisolated(unsafe) static let add = BinaryKernel(
    float: { $0 + $1 }, double: { $0 + $1 }, integer: { $0 &+ $1 }, vector: .add)
  nonisolated(unsafe) static let sub = BinaryKernel(
    float: { $0 - $1 }, double: { $0 - $1 }, integer: { $0 &- $1 }, vector: .sub)
  nonisolated(unsafe) static let mul = BinaryKernel(
    float: { $0 * $1 }, double: { $0 * $1 }, integer: { $0 &* $1 }, vector: .mul, keepsNumber: true)
  nonisolated(unsafe) static let div = BinaryKernel(
    float: { $0 / $1 }, double: { $0 / $1 }, vector: .div, keepsNumber: true)
  nonisolated(unsafe) static let reluGradient = BinaryKernel(
    float: { $0 <= 0 ? 0 : $1 }, double: { $0 <= 0 ? 0 : $1 }, vector: .reluGradient)
}

extension Tensor {
  /// Whether it fills its memory without gaps or repeats, but in another order than row-major: transposed.
  var isDenseButTurned: Bool {
    guard dim >= 2, count > 1, !isContiguous else { return false }
    var step = 1
    for d in shape.indices.filter({ shape[$0] != 1 }).sorted(by: { strides[$0] < strides[$1] }) {
      if strides[d] != step { return false }
      step *= shape[d]
    }
    return true
  }

  /// A dense tensor's elements in order of memory.
  func asRow() -> Tensor {
    let row = alias(shape: [count], strides: [1])
    row.dtype = dtype
    row.isWrappedNumber = isWrappedNumber
    return row
  }
}
