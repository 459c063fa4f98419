import Recordings

/// The geometry of a two-dimensional convolution or pooling.
struct Window: Sendable {
  var kernel: [Int]
  var stride: [Int]
  var padding: [Int]
  var dilation: [Int] = [1, 1]
  var groups = 1

  /// How many places the window takes along dimension `d` of a size.
  func places(_ size: Int, _ d: Int, ceil: Bool = false) -> Int {
    let span = size &+ 2 &* padding[d] &- dilation[d] &* (kernel[d] &- 1) &- 1 &+ (ceil ? stride[d] &- 1 : 0)
    // Rounded down: negative where the window is larger than the input.
    var n = span / stride[d] &- (span % stride[d] < 0 ? 1 : 0) &+ 1
    // The last window must start inside the input or its left padding.
    if ceil, (n &- 1) &* stride[d] >= size &+ padding[d] { n -= 1 }
    return n
  }
}

/// Convolutions over `[n, c, h, w]` as products of matrices: each place of the window is a column.
///
/// Law: an output begins with its bias and sums along channels, then rows, then columns of the kernel; the
/// kernel's gradient sums along samples, then places.
/// Source: Chellapilla, Puri, Simard: High Performance Convolutional Neural Networks for Document Processing (2006).
enum Convolution {
  /// The sizes of one sample of one group.
  private struct Sizes {
    let samples, groups: Int
    let channels, height, width: Int
    let outChannels, outHeight, outWidth: Int
    let kernel: [Int]
    let window: Window
    /// Rows of the matrix of windows: `c · kh · kw`.
    var depth: Int { channels * kernel[0] * kernel[1] }
    var places: Int { outHeight * outWidth }
    var image: Int { channels * height * width }

    init(_ x: [Int], _ w: [Int], _ out: [Int], _ window: Window) {
      samples = x[0]
      groups = max(window.groups, 1)
      channels = w[1]
      (height, width) = (x[2], x[3])
      outChannels = w[0] / max(window.groups, 1)
      (outHeight, outWidth) = (out[2], out[3])
      kernel = [w[2], w[3]]
      self.window = window
    }

    /// Walks the window's places: a row of the image, and which columns of the output it reaches.
    @inline(__always)
    func forEachRun(_ body: (_ image: Int, _ column: Int, _ count: Int) -> Void) {
      let (sh, sw) = (window.stride[0], window.stride[1])
      var row = 0
      for c in 0..<channels {
        for kh in 0..<kernel[0] {
          for kw in 0..<kernel[1] {
            let shift = kw * window.dilation[1] - window.padding[1]
            // The first and last output column whose window lies inside the image.
            let first = shift >= 0 ? 0 : (-shift + sw - 1) / sw
            let last = width - 1 - shift < 0 ? -1 : min(outWidth - 1, (width - 1 - shift) / sw)
            for i in 0..<outHeight {
              let h = i * sh - window.padding[0] + kh * window.dilation[0]
              guard h >= 0, h < height, last >= first else { continue }
              body(
                (c * height + h) * width + first * sw + shift, row * places + i * outWidth + first,
                last - first + 1)
            }
            row += 1
          }
        }
      }
    }
  }

  private static func unfold<T: Scalar>(_ s: Sizes, _ x: UnsafePointer<T>, _ col: UnsafeMutablePointer<T>) {
    col.update(repeating: T.zero, count: s.depth * s.places)
    let step = s.window.stride[1]
    s.forEachRun { image, column, count in
      for j in 0..<count { col[column + j] = x[image + j * step] }
    }
  }
  private static func fold<T: FloatingPoint>(
    _ s: Sizes, _ col: UnsafePointer<T>, _ x: UnsafeMutablePointer<T>
  ) {
    let step = s.window.stride[1]
    s.forEachRun { image, column, count in
      for j in 0..<count { x[image + j * step] += col[column + j] }
    }
  }

  private enum Pass { case forward, inputGradient, weightGradient }

  private static func run<T: BinaryFloatingPoint & Scalar>(
    _ pass: Pass, _ s: Sizes, x: UnsafeMutablePointer<T>, w: UnsafeMutablePointer<T>,
    out: UnsafeMutablePointer<T>, gemm: MatrixProduct<T>
  ) {
    let size = max(1, s.depth * s.places)
    let col = UnsafeMutablePointer<T>.allocate(capacity: size)
    let inner = max(s.outChannels, s.places, s.depth)
    let pack = UnsafeMutablePointer<T>.allocate(capacity: max(1, inner * MatrixProducts.panel))
    defer {
      col.deallocate()
      pack.deallocate()
    }
    let (o, depth, places) = (s.outChannels, s.depth, s.places)
    for n in 0..<s.samples {
      for g in 0..<s.groups {
        let image = x + (n * s.groups + g) * s.image
        let kernel = w + g * o * depth
        let result = out + (n * s.groups + g) * o * places
        switch pass {
        case .forward:
          unfold(s, image, col)
          gemm(.fused, o, depth, places, kernel, depth, 1, col, places, 1, result, pack, true)
        case .inputGradient:
          gemm(.fused, depth, o, places, kernel, 1, depth, result, places, 1, col, pack, false)
          fold(s, col, image)
        case .weightGradient:
          unfold(s, image, col)
          gemm(.fused, o, places, depth, result, places, 1, col, 1, places, kernel, pack, true)
        }
      }
    }
  }

  private static func run(
    _ pass: Pass, x: Tensor, w: Tensor, out: Tensor, target: Tensor, _ window: Window
  ) throws {
    let s = Sizes(x.shape, w.shape, out.shape, window)
    let (x, w, out) = (try x.contiguousData(), try w.contiguousData(), try out.contiguousData())
    if target.dtype == .float64 {
      run(
        pass, s, x: x.pointer(Double.self), w: w.pointer(Double.self), out: out.pointer(Double.self),
        gemm: MatrixProducts.double)
    } else {
      run(
        pass, s, x: x.pointer(Float.self), w: w.pointer(Float.self), out: out.pointer(Float.self),
        gemm: MatrixProducts.single)
      roundHalf(target)
    }
  }

  static func forward(_ x: Tensor, _ w: Tensor, _ out: Tensor, _ window: Window) throws {
    try run(.forward, x: x, w: w, out: out, target: out, window)
  }
  static func inputGradient(_ g: Tensor, _ w: Tensor, _ into: Tensor, _ window: Window) throws {
    try run(.inputGradient, x: into, w: w, out: g, target: into, window)
  }
  static func weightGradient(_ g: Tensor, _ x: Tensor, _ into: Tensor, _ window: Window) throws {
    try run(.weightGradient, x: x, w: into, out: g, target: into, window)
  }
}
