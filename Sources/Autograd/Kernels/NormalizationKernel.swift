import CKernels
import Recordings

/// One application of batch or layer normalization by the kernels in C, and what its backward needs of it.
final class NormalizationKernel {
  enum Kind {
    case batch, layer
    /// Batch normalization in evaluation: by the running moments.
    case fixed(mean: [Double], variance: [Double])
  }
  private let kind: Kind
  /// Rows of a layer; channels of a batch.
  private let rows: Int
  private let eps: Double
  private let shape: [Int]
  private(set) var mean: Tensor?
  private var squares: Tensor?
  private var inverse: Tensor?

  /// `nil` for types that have no kernel, and for nothing at all.
  init?(_ kind: Kind, _ x: Tensor, _ parameters: [Tensor?], rows: Int, eps: Double) {
    guard x.dtype == .float32 || x.dtype == .float64, x.count > 0, rows > 0,
      parameters.allSatisfy({ $0.map { $0.dtype == x.dtype } ?? true })
    else { return nil }
    self.kind = kind
    self.rows = rows
    self.eps = eps
    shape = x.shape
  }

  /// The sums of squares over so many elements, divided in the type itself.
  func variances(_ n: Int) -> [Double] {
    guard let squares else { return [] }
    return squares.numbers().map {
      squares.dtype == .float32 ? Double(Float($0.double) / Float(n)) : $0.double / Double(n)
    }
  }

  private var sizes: (n: Int, c: Int, m: Int) {
    let n = shape[0]
    return (n, rows, shape.reduce(1, *) / max(n * rows, 1))
  }

  func forward(_ x: Tensor, _ w: Tensor?, _ b: Tensor?) throws -> Tensor {
    let (x, w, b) = (try x.contiguousData(), try w?.contiguousData(), try b?.contiguousData())
    let out = try Tensor(unset: shape, x.dtype, device: x.device)
    let mean = try Tensor(zeros: [rows], x.dtype)
    let inverse = try Tensor(zeros: [rows], x.dtype)
    let isSingle = x.dtype == .float32
    (self.mean, self.inverse) = (mean, inverse)
    if case .layer = kind {
      let n = x.count / rows
      if isSingle {
        ck_layer_norm_float(
          rows, n, x.pointer(), w?.pointer(), b?.pointer(), Float(eps), out.pointer(), mean.pointer(),
          inverse.pointer())
      } else {
        ck_layer_norm_double(
          rows, n, x.pointer(), w?.pointer(), b?.pointer(), eps, out.pointer(), mean.pointer(),
          inverse.pointer())
      }
      return out
    }
    let (n, c, m) = sizes
    if case .fixed(let known, let variance) = kind {
      mean.setRaw(known.map(Number.double))
      inverse.setRaw(
        variance.map {
          .double(isSingle ? Double(1 / (Float($0) + Float(eps)).squareRoot()) : 1 / ($0 + eps).squareRoot())
        })
    } else {
      let squares = try Tensor(zeros: [rows], x.dtype)
      self.squares = squares
      if isSingle {
        ck_batch_stats_float(n, c, m, x.pointer(), mean.pointer(), squares.pointer())
      } else {
        ck_batch_stats_double(n, c, m, x.pointer(), mean.pointer(), squares.pointer())
      }
      inverse.setRaw(variances(n * m).map { .double(1 / ($0 + eps).squareRoot()) })
    }
    if isSingle {
      ck_batch_norm_float(
        n, c, m, x.pointer(), mean.pointer(), inverse.pointer(), w?.pointer(), b?.pointer(), out.pointer())
    } else {
      ck_batch_norm_double(
        n, c, m, x.pointer(), mean.pointer(), inverse.pointer(), w?.pointer(), b?.pointer(), out.pointer())
    }
    return out
  }

  /// The gradients of input, weight and bias; the last two as rows.
  func backward(
    _ g: Tensor, _ x: Tensor, _ w: Tensor?
  ) throws -> (input: Tensor, weight: Tensor, bias: Tensor) {
    guard let mean, var inverse else {
      throw TorchError.runtime("normalization: backward before forward")
    }
    let (g, x, w) = (try g.contiguousData(), try x.contiguousData(), try w?.contiguousData())
    let isSingle = x.dtype == .float32
    let dx = try Tensor(unset: shape, x.dtype, device: x.device)
    if case .layer = kind {
      let n = x.count / rows
      let (dw, db) = (try Tensor(zeros: [n], x.dtype), try Tensor(zeros: [n], x.dtype))
      if isSingle {
        ck_layer_norm_backward_float(
          rows, n, x.pointer(), g.pointer(), mean.pointer(), inverse.pointer(), w?.pointer(), dx.pointer(),
          dw.pointer(), db.pointer())
      } else {
        ck_layer_norm_backward_double(
          rows, n, x.pointer(), g.pointer(), mean.pointer(), inverse.pointer(), w?.pointer(), dx.pointer(),
          dw.pointer(), db.pointer())
      }
      return (dx, dw, db)
    }
    var isTraining: Int32 = 1
    if case .fixed(_, let variance) = kind {
      isTraining = 0
      // Backward takes the root in double.
      inverse = try Tensor(zeros: [rows], x.dtype)
      inverse.setRaw(variance.map { .double(1 / ($0 + eps).squareRoot()) })
    }
    let (n, c, m) = sizes
    let (dw, db) = (try Tensor(zeros: [c], x.dtype), try Tensor(zeros: [c], x.dtype))
    if isSingle {
      ck_batch_norm_backward_float(
        n, c, m, isTraining, x.pointer(), g.pointer(), mean.pointer(), inverse.pointer(), w?.pointer(),
        dx.pointer(), dw.pointer(), db.pointer())
    } else {
      ck_batch_norm_backward_double(
        n, c, m, isTraining, x.pointer(), g.pointer(), mean.pointer(), inverse.pointer(), w?.pointer(),
        dx.pointer(), dw.pointer(), db.pointer())
    }
    return (dx, dw, db)
  }
}
