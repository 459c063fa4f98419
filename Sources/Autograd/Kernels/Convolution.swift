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
    let span = size + 2 * padding[d] - dilation[d] * (kernel[d] - 1) - 1
    guard span >= 0 else { return 0 }
    var n = (span + (ceil ? stride[d] - 1 : 0)) / stride[d] + 1
    // The last window must start inside the input or its left padding.
    if ceil, (n - 1) * stride[d] >= size + padding[d] { n -= 1 }
    return n
  }
}

/// Plain loops over `[n, c, h, w]`; sums along channels, then rows, then columns of the kernel.
enum Convolution {
  /// Calls a body for every product: positions in input, weight and output.
  @inline(__always)
  private static func forEachProduct(
    _ x: [Int], _ w: [Int], _ out: [Int], _ window: Window, _ body: (_ x: Int, _ w: Int, _ o: Int) -> Void
  ) {
    let perGroup = w[1]
    let outPerGroup = w[0] / max(window.groups, 1)
    for n in 0..<x[0] {
      for o in 0..<w[0] {
        let group = o / max(outPerGroup, 1)
        for c in 0..<perGroup {
          let channel = (n * x[1] + group * perGroup + c) * x[2]
          for i in 0..<out[2] {
            for kh in 0..<w[2] {
              let h = i * window.stride[0] - window.padding[0] + kh * window.dilation[0]
              guard h >= 0, h < x[2] else { continue }
              for j in 0..<out[3] {
                let at = ((n * out[1] + o) * out[2] + i) * out[3] + j
                for kw in 0..<w[3] {
                  let v = j * window.stride[1] - window.padding[1] + kw * window.dilation[1]
                  guard v >= 0, v < x[3] else { continue }
                  body((channel + h) * x[3] + v, ((o * perGroup + c) * w[2] + kh) * w[3] + kw, at)
                }
              }
            }
          }
        }
      }
    }
  }

  private static func run(
    _ target: Tensor, _ a: Tensor, _ b: Tensor, _ x: [Int], _ w: [Int], _ out: [Int], _ window: Window,
    _ which: (Int, Int, Int) -> (target: Int, a: Int, b: Int)
  ) throws {
    let (a, b) = (try a.contiguousData(), try b.contiguousData())
    if target.dtype == .float64 {
      let (t, p, q) = (target.pointer(Double.self), a.pointer(Double.self), b.pointer(Double.self))
      forEachProduct(x, w, out, window) { i, j, k in
        let m = which(i, j, k)
        t[m.target] = t[m.target].addingProduct(p[m.a], q[m.b])
      }
    } else {
      let (t, p, q) = (target.pointer(Float.self), a.pointer(Float.self), b.pointer(Float.self))
      forEachProduct(x, w, out, window) { i, j, k in
        let m = which(i, j, k)
        t[m.target] = t[m.target].addingProduct(p[m.a], q[m.b])
      }
      roundHalf(target)
    }
  }

  static func forward(_ x: Tensor, _ w: Tensor, _ out: Tensor, _ window: Window) throws {
    try run(out, x, w, x.shape, w.shape, out.shape, window) { ($2, $0, $1) }
  }
  static func inputGradient(_ g: Tensor, _ w: Tensor, _ into: Tensor, _ window: Window) throws {
    try run(into, g, w, into.shape, w.shape, g.shape, window) { ($0, $2, $1) }
  }
  static func weightGradient(_ g: Tensor, _ x: Tensor, _ into: Tensor, _ window: Window) throws {
    try run(into, g, x, x.shape, into.shape, g.shape, window) { ($1, $2, $0) }
  }
}
