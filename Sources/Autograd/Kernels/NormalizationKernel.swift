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
  /// The type of 16 bits that the moments are rounded to.
  private var momentType: DType?
  /// Those of a batch before any rounding.
  private(set) var means: [Double] = []

  /// `nil` for types that have no kernel, and for nothing at all.
  init?(_ kind: Kind, _ x: Tensor, _ parameters: [Tensor?], rows: Int, eps: Double) {
    guard x.dtype.isFloatingPoint, x.count > 0, rows > 0,
      parameters.allSatisfy({ $0.map { $0.dtype == x.dtype || x.dtype.isShort } ?? true })
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

  private func roundMoments() throws {
    guard let type = momentType else { return }
    for moments in [mean, inverse].compactMap(\.self) {
      moments.setRaw(moments.numbers().map { .double(Double(type.rounded(Float($0.double)))) })
    }
  }

  /// Numbers of 16 bits are computed in 32 and rounded once; the moments are kept in the parameters' type, by a batch also
  /// for the result.
  func forward(_ x: Tensor, _ w: Tensor?, _ b: Tensor?) throws -> Tensor {
    guard !x.dtype.isShort else {
      func wide(_ t: Tensor?) throws -> Tensor? { try t.map { try Ops.rawCast($0, .float32) } }
      momentType = (w ?? b)?.dtype == .float32 ? nil : x.dtype
      let out = try forward(Ops.rawCast(x, .float32), wide(w), wide(b))
      if case .layer = kind { try roundMoments() }
      return try Ops.rawCast(out, x.dtype)
    }
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
      means = mean.numbers().map(\.double)
      try roundMoments()
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

  /// The gradients of a layer's weight and bias, rounded to 16 bits after each row.
  private func sumsOfRows(_ g: Tensor, _ x: Tensor, _ type: DType) throws -> (Tensor, Tensor) {
    guard let mean, let inverse else {
      throw TorchError.runtime("normalization: backward before forward")
    }
    let n = x.count / rows
    let (dw, db) = (try Tensor(zeros: [n], .float32), try Tensor(zeros: [n], .float32))
    let (g, x) = (try g.contiguousData(), try x.contiguousData())
    let (p, q, w, b) = (
      g.pointer(Float.self), x.pointer(Float.self), dw.pointer(Float.self), db.pointer(Float.self)
    )
    let (means, inverses) = (mean.pointer(Float.self), inverse.pointer(Float.self))
    for i in 0..<rows {
      let (scale, shift) = (inverses[i], -means[i] * inverses[i])
      for j in 0..<n {
        let (slope, value) = (p[i * n + j], q[i * n + j])
        w[j] = type.rounded(w[j] + slope * (value * scale + shift))
        b[j] = type.rounded(b[j] + slope)
      }
    }
    return (dw, db)
  }

  /// The gradients of input, weight and bias; the last two as rows.
  func backward(
    _ g: Tensor, _ x: Tensor, _ w: Tensor?
  ) throws -> (input: Tensor, weight: Tensor, bias: Tensor) {
    guard !x.dtype.isShort else {
      let wide = try (
        Ops.rawCast(g, .float32), Ops.rawCast(x, .float32), w.map { try Ops.rawCast($0, .float32) }
      )
      var found = try backward(wide.0, wide.1, wide.2)
      let type = w?.dtype ?? x.dtype
      if case .layer = kind { (found.weight, found.bias) = try sumsOfRows(wide.0, wide.1, x.dtype) }
      return (
        try Ops.rawCast(found.input, x.dtype), try Ops.rawCast(found.weight, type),
        try Ops.rawCast(found.bias, type)
      )
    }
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
