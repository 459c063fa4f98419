import CKernels
import Recordings

/// The commonest elementwise arithmetic on contiguous memory, with the widest instructions the machine has.
///
/// Law: each element is rounded as the scalar function rounds it; only the speed differs.
enum VectorKernel: Sendable, Equatable {
  case add, sub, mul, div, sqrt, relu
  /// Functions of one operand whose vectors and rest are rounded differently.
  case sigmoid, silu
  case tanh
  /// `p > 0 ? q : 0`
  case reluGradient
  /// The gradient `q` times the slope, of the result `p`.
  case tanhGradient, sigmoidGradient
  /// `p + factor · q`, rounded once.
  case axpy(Double)
  /// `p + weight · (q − p)`
  case lerp(Double)

  private var code: (op: UInt32, factor: Double) {
    switch self {
    case .add: (CK_ADD.rawValue, 0)
    case .sub: (CK_SUB.rawValue, 0)
    case .mul: (CK_MUL.rawValue, 0)
    case .div: (CK_DIV.rawValue, 0)
    case .sqrt: (CK_SQRT.rawValue, 0)
    case .relu: (CK_RELU.rawValue, 0)
    case .reluGradient: (CK_RELU_GRADIENT.rawValue, 0)
    case .axpy(let f): (CK_AXPY.rawValue, f)
    case .lerp(let f): (CK_LERP.rawValue, f)
    case .tanhGradient: (CK_TANH_GRADIENT.rawValue, 0)
    case .sigmoidGradient: (CK_SIGMOID_GRADIENT.rawValue, 0)
    case .sigmoid, .silu, .tanh: (0, 0)
    }
  }

  /// How many of `n` floats PyTorch computes in vectors, two of sixteen at a time; the rest one by one, with the
  /// functions of the C library.
  static func whole(_ n: Int) -> Int { n & ~31 }
  /// The same of doubles: two of eight.
  static func wholeDoubles(_ n: Int) -> Int { n & ~15 }

  /// Writes into `out`, whose type all operands have. False where the operands do not lie in a row.
  func run(_ a: Tensor, _ b: Tensor, into out: Tensor) -> Bool {
    let n = out.count
    switch self {
    case .sigmoid, .silu:
      guard out.dtype == .float32 || out.dtype.isShort, let source = try? a.contiguousData() else {
        return false
      }
      let op = self == .sigmoid ? CK_SIGMOID : CK_SILU
      let (p, r) = (source.pointer(Float.self), out.pointer(Float.self))
      // Memory with gaps is no row of vectors.
      let whole = a.isContiguous ? VectorKernel.whole(n) : 0
      ck_function_float(Int32(op.rawValue), whole, p, r)
      for i in whole..<n { r[i] = (self == .sigmoid ? 1 : p[i]) / (1 + C.expFloat(-p[i])) }
      return true
    case .sqrt where out.dtype == .float32:
      guard let source = try? a.contiguousData() else { return false }
      ck_sqrt_floats(n, source.pointer(Float.self), out.pointer(Float.self))
      return true
    case .tanh:
      guard out.dtype == .float32, let source = try? a.contiguousData() else { return false }
      ck_function_float(Int32(CK_TANH.rawValue), n, source.pointer(Float.self), out.pointer(Float.self))
      return true
    default: break
    }
    guard n >= 8, a.storage.dtype == b.storage.dtype, a.isContiguous, a.shape == out.shape else {
      return false
    }
    let isOne = b.count == 1 && n != 1
    let (op, factor) = code
    guard isOne || (b.shape == out.shape && b.isContiguous) else {
      // A row for every row, as a bias is added.
      guard let width = out.shape.last, width >= 8, b.shape.last == width, b.count == width, b.isContiguous,
        out.dtype == .float32
      else { return false }
      let (p, q, r) = (a.pointer(Float.self), b.pointer(Float.self), out.pointer(Float.self))
      for row in stride(from: 0, to: n, by: width) {
        ck_binary_float(Int32(op), width, p + row, q, 0, Float(factor), r + row)
      }
      return true
    }
    switch out.dtype {
    case .float32, .float16, .bfloat16:
      ck_binary_float(
        Int32(op), n, a.pointer(Float.self), b.pointer(Float.self), isOne ? 1 : 0, Float(factor),
        out.pointer(Float.self))
    case .float64:
      ck_binary_double(
        Int32(op), n, a.pointer(Double.self), b.pointer(Double.self), isOne ? 1 : 0, factor,
        out.pointer(Double.self))
    default: return false
    }
    return true
  }

  enum Ternary {
    /// `a + value · b · c`
    case addcmul
    /// `a + value · b / c`
    case addcdiv
  }

  /// On contiguous tensors of one shape.
  static func run(_ kind: Ternary, _ a: Tensor, _ b: Tensor, _ c: Tensor, _ value: Double) throws -> Tensor {
    let out = try Tensor(unset: a.shape, a.dtype, device: a.device)
    let (x, y, z) = (
      try a.contiguousData(), try Ops.rawCast(b, a.dtype).contiguousData(),
      try Ops.rawCast(c, a.dtype).contiguousData()
    )
    let op = Int32(kind == .addcmul ? CK_ADDCMUL.rawValue : CK_ADDCDIV.rawValue)
    if a.dtype == .float64 {
      ck_ternary_double(
        op, out.count, x.pointer(Double.self), y.pointer(Double.self), z.pointer(Double.self), value,
        out.pointer(Double.self))
    } else {
      ck_ternary_float(
        op, out.count, x.pointer(Float.self), y.pointer(Float.self), z.pointer(Float.self), Float(value),
        out.pointer(Float.self))
      roundHalf(out)
    }
    return out
  }
}
