internal import Foundation
public import Rendering

/// Where two images differ to the eye.
public struct PixelDifference: Sendable {
  /// How many pixels differ beyond the tolerance; every pixel when the sizes do.
  public var count: Int
  /// The largest CIELAB distance among them.
  public var worst: Double
  /// The reference in pale grey, what differs in red; `nil` when the sizes differ.
  public var picture: Bitmap?

  /// Compares pixel by pixel, over white where an image is transparent.
  public init(_ before: Bitmap, _ after: Bitmap, tolerance: PixelTolerance) {
    count = 0
    worst = 0
    guard before.width == after.width, before.height == after.height else {
      count = max(before.width * before.height, after.width * after.height)
      worst = 100
      return
    }
    if before == after { return }
    let (width, height) = (before.width, before.height)
    var painted = before.pixels
    for k in stride(from: 0, to: painted.count, by: 4) {
      let grey = 255 - (255 - (Int(painted[k]) + Int(painted[k + 1]) + Int(painted[k + 2])) / 3) / 4
      for channel in 0..<3 { painted[k + channel] = UInt8(clamping: grey) }
      painted[k + 3] = 255
    }
    for y in 0..<height {
      for x in 0..<width where !before.samePixel(x, y, as: after) {
        let (a, b) = (before.lab(x, y), after.lab(x, y))
        let distance = a.distance(b)
        guard distance > tolerance.deltaE else { continue }
        if distance <= tolerance.edgeDeltaE, after.isBetween(a, neighboursOf: x, y, tolerance.deltaE),
          before.isBetween(b, neighboursOf: x, y, tolerance.deltaE)
        {
          continue
        }
        count += 1
        worst = max(worst, distance)
        let k = (y * width + x) * 4
        painted.replaceSubrange(k..<(k + 4), with: [214, 20, 20, 255])
      }
    }
    picture = Bitmap(width: width, height: height, pixels: painted)
  }

  public func isWithin(_ tolerance: PixelTolerance) -> Bool { count <= tolerance.pixels }
}

/// A colour in CIELAB (D65).
struct Lab {
  var l: Double
  var a: Double
  var b: Double

  /// From sRGB, 0…255 each.
  init(red: Double, green: Double, blue: Double) {
    func linear(_ channel: Double) -> Double {
      let c = channel / 255
      return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4)
    }
    let (r, g, b) = (linear(red), linear(green), linear(blue))
    func f(_ t: Double) -> Double { t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116 }
    let x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047)
    let y = f(0.2126 * r + 0.7152 * g + 0.0722 * b)
    let z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883)
    self.l = 116 * y - 16
    self.a = 500 * (x - y)
    self.b = 200 * (y - z)
  }

  /// CIE76.
  func distance(_ other: Lab) -> Double {
    ((l - other.l) * (l - other.l) + (a - other.a) * (a - other.a) + (b - other.b) * (b - other.b))
      .squareRoot()
  }
}

extension Bitmap {
  fileprivate func samePixel(_ x: Int, _ y: Int, as other: Bitmap) -> Bool {
    let k = (y * width + x) * 4
    return pixels[k] == other.pixels[k] && pixels[k + 1] == other.pixels[k + 1]
      && pixels[k + 2] == other.pixels[k + 2] && pixels[k + 3] == other.pixels[k + 3]
  }

  fileprivate func lab(_ x: Int, _ y: Int) -> Lab {
    let k = (y * width + x) * 4
    let alpha = Double(pixels[k + 3]) / 255
    func over(_ channel: UInt8) -> Double { Double(channel) * alpha + 255 * (1 - alpha) }
    return Lab(red: over(pixels[k]), green: over(pixels[k + 1]), blue: over(pixels[k + 2]))
  }

  /// Whether a colour lies between those of the pixel and its neighbours, as on a smoothed edge.
  fileprivate func isBetween(_ color: Lab, neighboursOf x: Int, _ y: Int, _ slack: Double) -> Bool {
    var (low, high) = (lab(x, y), lab(x, y))
    for ny in max(0, y - 1)...min(height - 1, y + 1) {
      for nx in max(0, x - 1)...min(width - 1, x + 1) {
        let near = lab(nx, ny)
        (low.l, low.a, low.b) = (min(low.l, near.l), min(low.a, near.a), min(low.b, near.b))
        (high.l, high.a, high.b) = (max(high.l, near.l), max(high.a, near.a), max(high.b, near.b))
      }
    }
    func fits(_ value: Double, _ low: Double, _ high: Double) -> Bool {
      value >= low - slack && value <= high + slack
    }
    return fits(color.l, low.l, high.l) && fits(color.a, low.a, high.a) && fits(color.b, low.b, high.b)
  }
}
