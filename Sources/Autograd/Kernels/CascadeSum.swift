import Recordings

/// Sums in PyTorch's order: in cascade, four chains at once, eight lanes for a contiguous run.
///
/// The last digits of a float32 sum depend on the order of its additions; this is that of
/// `aten/src/ATen/native/cpu/SumKernel.cpp` on a CPU with AVX2.
enum Cascade {
  static let lanes = 8

  /// Sums `count` elements `stride` apart, in `chains` interleaved chains at distance `step`.
  private static func levels<T: BinaryFloatingPoint>(
    _ p: UnsafePointer<T>, _ stride: Int, _ count: Int
  ) -> T {
    var log2 = 0
    while (1 << log2) < count { log2 += 1 }
    let power = max(4, log2 / 4)
    let step = 1 << power
    var (a0, a1, a2, a3) = (T.zero, T.zero, T.zero, T.zero)
    var i = 0
    while i + step <= count {
      for _ in 0..<step {
        a0 += p[i * stride]
        i += 1
      }
      a1 += a0
      a0 = 0
      if i & ((step - 1) << power) != 0 { continue }
      a2 += a1
      a1 = 0
      if i & ((step - 1) << (2 * power)) != 0 { continue }
      a3 += a2
      a2 = 0
    }
    while i < count {
      a0 += p[i * stride]
      i += 1
    }
    return ((a0 + a1) + a2) + a3
  }

  /// One column of many: a single chain.
  static func column<T: BinaryFloatingPoint>(_ p: UnsafePointer<T>, _ stride: Int, _ count: Int) -> T {
    levels(p, stride, count)
  }

  /// Eight columns that lie side by side, each as ``column(_:_:_:)`` sums it.
  static func columns<T: BinaryFloatingPoint & SIMDScalar>(
    _ p: UnsafePointer<T>, _ stride: Int, _ count: Int
  ) -> SIMD8<T> {
    var log2 = 0
    while (1 << log2) < count { log2 += 1 }
    let power = max(4, log2 / 4)
    let step = 1 << power
    var (a0, a1, a2, a3) = (SIMD8<T>.zero, SIMD8<T>.zero, SIMD8<T>.zero, SIMD8<T>.zero)
    let memory = UnsafeRawPointer(p)
    let pitch = stride * MemoryLayout<T>.stride
    var i = 0
    while i + step <= count {
      for _ in 0..<step {
        a0 += memory.loadUnaligned(fromByteOffset: i &* pitch, as: SIMD8<T>.self)
        i &+= 1
      }
      a1 += a0
      a0 = .zero
      if i & ((step - 1) << power) != 0 { continue }
      a2 += a1
      a1 = .zero
      if i & ((step - 1) << (2 * power)) != 0 { continue }
      a3 += a2
      a2 = .zero
    }
    while i < count {
      a0 += memory.loadUnaligned(fromByteOffset: i &* pitch, as: SIMD8<T>.self)
      i &+= 1
    }
    return ((a0 + a1) + a2) + a3
  }

  /// A run of its own: four chains, then the rest, then the chains together.
  static func row<T: BinaryFloatingPoint>(_ p: UnsafePointer<T>, _ stride: Int, _ count: Int) -> T {
    let each = count / 4
    var first = levels(p, stride * 4, each)
    let others = (1..<4).map { levels(p + $0 * stride, stride * 4, each) }
    for i in each * 4..<max(count, each * 4) { first += p[i * stride] }
    for other in others { first += other }
    return first
  }

  /// A contiguous run: lanes side by side.
  static func run<T: BinaryFloatingPoint>(_ p: UnsafePointer<T>, _ count: Int) -> T {
    let width = T.self == Double.self ? lanes / 2 : lanes
    guard count >= width else { return row(p, 1, count) }
    let vectors = count / width
    var total = T.zero
    for i in vectors * width..<max(count, vectors * width) { total += p[i] }
    for lane in 0..<width { total += row(p + lane, width, vectors) }
    return total
  }
}

extension Ops {
  /// The tensor as rows to reduce: kept dimensions first, in their order; `isInner` where memory runs along
  /// the reduced ones.
  static func rows(_ t: Tensor, _ dims: [Int]) throws -> (data: Tensor, rows: Int, length: Int, isInner: Bool)
  {
    let kept = t.shape.indices.filter { !dims.contains($0) }
    let byStride = dims.sorted { t.strides[$0] > t.strides[$1] }
    let order = kept + byStride
    let turned = t.alias(shape: order.map { t.shape[$0] }, strides: order.map { t.strides[$0] })
    turned.dtype = t.dtype
    let length = dims.reduce(1) { $0 * t.shape[$1] }
    let rows = kept.reduce(1) { $0 * t.shape[$1] }
    let innermost = t.shape.indices.filter { t.shape[$0] > 1 }.min { t.strides[$0] < t.strides[$1] }
    return (try turned.contiguousData(), rows, length, innermost.map(dims.contains) ?? true)
  }

  static func sumRaw(_ t: Tensor, _ dims: [Int], keepDim: Bool, dtype: DType) throws -> Tensor {
    let source = try rawCast(t, dtype)
    let out = try Tensor(zeros: reducedShape(t.shape, dims, keepDim: keepDim), dtype, device: t.device)
    let first = source.shape.prefix(dims.count).reduce(1, *)
    let columns = first == 0 ? 0 : source.count / first
    // Whole columns of a matrix as it lies: no need to turn it first.
    let asItLies =
      dtype.isFloatingPoint && columns >= 8 && first > 1 && source.isContiguous
      && dims == Array(0..<dims.count)
    let (data, rows, length, isInner) =
      asItLies ? (source, columns, first, false) : try rows(source, dims)
    if length == 0 { return out }
    func floats<T: BinaryFloatingPoint & Scalar & SIMDScalar>(_: T.Type) {
      let p = UnsafePointer(data.pointer(T.self))
      let r = out.pointer(T.self)
      if isInner {
        for i in 0..<rows { r[i] = Cascade.run(p + i * length, length) }
      } else {
        let width = T.self == Double.self ? Cascade.lanes / 2 : Cascade.lanes
        let group = rows >= width ? 4 * width : 4
        let whole = rows / group * group
        if asItLies {
          for i in stride(from: 0, to: whole, by: 8) {
            let sums = Cascade.columns(p + i, rows, length)
            for k in 0..<min(8, whole - i) { r[i + k] = sums[k] }
          }
          for i in whole..<rows { r[i] = Cascade.row(p + i, rows, length) }
          return
        }
        for i in 0..<rows {
          r[i] =
            i < whole ? Cascade.column(p + i * length, 1, length) : Cascade.row(p + i * length, 1, length)
        }
      }
    }
    func integers<T: Scalar>(_: T.Type) {
      let (p, r) = (data.pointer(T.self), out.pointer(T.self))
      for i in 0..<rows {
        var sum = T.zero
        for j in 0..<length { sum = T.add(sum, p[i * length + j]) }
        r[i] = sum
      }
    }
    switch dtype {
    case .float32, .float16, .bfloat16: floats(Float.self)
    case .float64: floats(Double.self)
    case .int64: integers(Int64.self)
    case .int32: integers(Int32.self)
    case .int16: integers(Int16.self)
    case .int8: integers(Int8.self)
    case .uint8, .bool: integers(UInt8.self)
    }
    roundHalf(out)
    return out
  }
}
