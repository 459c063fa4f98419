/// A colour of eight bits a channel.
///
/// Channels are whole numbers so that every painter draws the same colour: `n / 255` survives the
/// way through Cairo, `#RRGGBB` and back.
///
///     Color(0x0B63A5).hex  // "#0B63A5"
public struct Color: Hashable, Sendable {
  public var red: UInt8
  public var green: UInt8
  public var blue: UInt8
  public var alpha: UInt8

  public init(red: UInt8, green: UInt8, blue: UInt8, alpha: UInt8 = 255) {
    self.red = red
    self.green = green
    self.blue = blue
    self.alpha = alpha
  }

  /// A colour from `0xRRGGBB`.
  public init(_ rgb: UInt32) {
    self.init(
      red: UInt8(truncatingIfNeeded: rgb >> 16), green: UInt8(truncatingIfNeeded: rgb >> 8),
      blue: UInt8(truncatingIfNeeded: rgb))
  }

  public static let white = Color(0xFFFFFF)
  public static let black = Color(0x000000)

  /// `#RRGGBB`; the alpha channel is not part of it.
  public var hex: String {
    let digits = Array("0123456789ABCDEF")
    var text = "#"
    for channel in [red, green, blue] {
      text.append(digits[Int(channel >> 4)])
      text.append(digits[Int(channel & 15)])
    }
    return text
  }

  /// The same colour, seen through: `opacity` from 0 to 1.
  public func opacity(_ opacity: Double) -> Color {
    Color(red: red, green: green, blue: blue, alpha: Color.channel(opacity * 255))
  }

  /// The colour at fraction `t` (clamped to 0…1) of the way to `other`.
  public func mixed(with other: Color, _ t: Double) -> Color {
    let t = t.isNaN ? 0 : min(max(t, 0), 1)
    func mix(_ a: UInt8, _ b: UInt8) -> UInt8 { Color.channel(Double(a) + (Double(b) - Double(a)) * t) }
    return Color(
      red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue),
      alpha: mix(alpha, other.alpha))
  }

  /// WCAG 2 contrast ratio, from 1 (same) to 21 (black on white); alpha is ignored.
  public func contrast(with other: Color) -> Double {
    let a = luminance
    let b = other.luminance
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  /// Relative luminance as WCAG 2 defines it, from 0 to 1.
  public var luminance: Double {
    0.2126 * Color.linear(red) + 0.7152 * Color.linear(green) + 0.0722 * Color.linear(blue)
  }

  private static func channel(_ value: Double) -> UInt8 {
    value.isNaN ? 0 : UInt8(min(max(value.rounded(), 0), 255))
  }

  private static func linear(_ channel: UInt8) -> Double {
    let c = Double(channel) / 255
    return c <= 0.03928 ? c / 12.92 : power((c + 0.055) / 1.055, 2.4)
  }
}
