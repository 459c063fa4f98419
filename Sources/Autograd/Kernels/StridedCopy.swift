import Recordings

/// Positions in two or three strided tensors at once, row-major over a common shape.
///
/// The innermost dimension is handed out whole: `body(starts…, count, steps…)`.
@inline(__always)
func forEachRow(
  _ shape: [Int], _ a: [Int], _ b: [Int], _ c: [Int],
  _ body: (_ a: Int, _ b: Int, _ c: Int, _ count: Int, _ sa: Int, _ sb: Int, _ sc: Int) -> Void
) {
  if shape.contains(0) { return }
  guard let inner = shape.last else { return body(0, 0, 0, 1, 0, 0, 0) }
  let last = shape.count - 1
  let (sa, sb, sc) = (a[last], b[last], c[last])
  var index = [Int](repeating: 0, count: last)
  var (pa, pb, pc) = (0, 0, 0)
  while true {
    body(pa, pb, pc, inner, sa, sb, sc)
    var d = last - 1
    while d >= 0 {
      index[d] += 1
      pa = pa &+ a[d]
      pb = pb &+ b[d]
      pc = pc &+ c[d]
      if index[d] < shape[d] { break }
      pa = pa &- a[d] &* shape[d]
      pb = pb &- b[d] &* shape[d]
      pc = pc &- c[d] &* shape[d]
      index[d] = 0
      d -= 1
    }
    if d < 0 { return }
  }
}

/// Strides with which a tensor is read as if it had a larger shape: 0 where it repeats.
func broadcastStrides(_ t: Tensor, to shape: [Int]) -> [Int] {
  let missing = shape.count - t.shape.count
  return shape.indices.map { d in
    d < missing || t.shape[d - missing] == 1 ? 0 : t.strides[d - missing]
  }
}

/// Copies and converts elements; the source is broadcast to the target's shape.
func copyElements(from source: Tensor, to target: Tensor) throws {
  let shape = target.shape
  let from = broadcastStrides(source, to: shape)
  let to = target.strides
  let isBool = target.dtype == .bool
  let isHalf = target.dtype.isShort && source.dtype != target.dtype
  func convert<S: Scalar, T: Scalar>(_: S.Type, _: T.Type) {
    let s = source.pointer(S.self)
    let t = target.pointer(T.self)
    if S.self == T.self, !isBool || source.dtype == .bool, !isHalf {
      let s = target.pointer(S.self)
      let r = source.pointer(S.self)
      if source.isContiguous, target.isContiguous, source.shape == shape {
        return s.update(from: r, count: target.count)
      }
      return forEachRow(shape, to, from, from) { a, b, _, n, sa, sb, _ in
        var (a, b) = (a, b)
        for _ in 0..<n {
          s[a] = r[b]
          a += sa
          b += sb
        }
      }
    }
    forEachRow(shape, to, from, from) { a, b, _, n, sa, sb, _ in
      var (a, b) = (a, b)
      for _ in 0..<n {
        let v = s[b]
        if isBool {
          t[a] = T(integer: v != S.zero ? 1 : 0)
        } else if S.self == Float.self || S.self == Double.self {
          t[a] = isHalf ? T(double: Double(target.dtype.rounded(Float(v.double)))) : T(double: v.double)
        } else {
          t[a] = isHalf ? T(double: Double(target.dtype.rounded(Float(v.double)))) : T(integer: v.integer)
        }
        a += sa
        b += sb
      }
    }
  }
  func copy<S: Scalar>(_: S.Type) {
    switch target.dtype {
    case .float32, .float16, .bfloat16: convert(S.self, Float.self)
    case .float64: convert(S.self, Double.self)
    case .int64: convert(S.self, Int64.self)
    case .int32: convert(S.self, Int32.self)
    case .int16: convert(S.self, Int16.self)
    case .int8: convert(S.self, Int8.self)
    case .uint8, .bool: convert(S.self, UInt8.self)
    }
  }
  switch source.dtype {
  case .float32, .float16, .bfloat16: copy(Float.self)
  case .float64: copy(Double.self)
  case .int64: copy(Int64.self)
  case .int32: copy(Int32.self)
  case .int16: copy(Int16.self)
  case .int8: copy(Int8.self)
  case .uint8, .bool: copy(UInt8.self)
  }
}
