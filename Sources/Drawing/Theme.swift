/// One of the four actors of every figure: always the same colour *and* the same line.
public struct Actor: Hashable, Sendable {
  /// For lines and text; at least 4.5:1 on the background and on `tint`.
  public var color: Color
  /// For areas behind text.
  public var tint: Color
  /// How its lines look when nothing is emphasised.
  public var stroke: Stroke

  public init(color: Color, tint: Color, width: Double, dash: [Double] = []) {
    self.color = color
    self.tint = tint
    self.stroke = Stroke(color, width: width, dash: dash)
  }
}

/// Colours, lines and type sizes of the figures.
///
/// Law: text colours keep a contrast of 4.5:1 on `background`, `surface` and their own tint.
public struct Theme: Hashable, Sendable {
  public var name: String
  public var background: Color
  /// Pills, table heads, quiet areas.
  public var surface: Color
  public var ink: Color
  public var secondary: Color
  /// `secondary` for text on a tint.
  public var secondaryOnTint: Color
  public var hairline: Color
  /// Outlines a little stronger than a hairline.
  public var outline: Color

  public var forward: Actor
  public var backward: Actor
  public var update: Actor
  public var wrong: Actor

  /// The ends of the zero-centred scale of heat grids.
  public var negative: Color
  public var positive: Color
  /// Text over a cell too dark for `ink` (too light, in a dark theme).
  public var inverse: Color

  /// How much of a part shows that has not happened yet.
  public var paleOpacity: Double

  public static let light = Theme(
    name: "light", background: .white, surface: Color(0xF7F8FA), ink: Color(0x1B1F24),
    secondary: Color(0x6B7280), secondaryOnTint: Color(0x5A616E), hairline: Color(0xCBD2DA),
    outline: Color(0x9AA3AE),
    forward: Actor(color: Color(0x0B63A5), tint: Color(0xE8F1FA), width: 1.8),
    backward: Actor(color: Color(0xC2410C), tint: Color(0xFDEEE4), width: 1.8, dash: [6, 4]),
    update: Actor(color: Color(0x0B7A5B), tint: Color(0xE3F5EE), width: 2.4),
    wrong: Actor(color: Color(0xB42318), tint: Color(0xFEE4E2), width: 1.8),
    negative: Color(0xC2410C), positive: Color(0x0B63A5), inverse: .white, paleOpacity: 0.35)

  /// Every theme, in the order help lists them.
  public static let all: [Theme] = [.light]

  public var hairlineStroke: Stroke { Stroke(hairline, width: 1) }

  /// The colour of `value` on a scale centred on zero: -1 `negative`, 0 background, 1 `positive`.
  /// Values beyond are clamped; not-a-number is the tint of `wrong`.
  public func heat(_ value: Double) -> Color {
    if value.isNaN { return wrong.tint }
    // The ends stop short of full colour so that neighbouring text keeps its contrast.
    return background.mixed(with: value < 0 ? negative : positive, min(value.magnitude, 1) * 0.75)
  }

  /// A text colour with a contrast of at least 4.5:1 on `fill`: `ink` or `inverse` if they reach it,
  /// else black or white, one of which always does.
  public func text(on fill: Color) -> Color {
    [ink, inverse, .black].first { $0.contrast(with: fill) >= 4.5 } ?? .white
  }

  // Type sizes, shared by all figures.
  public var title: TextStyle { .sans(19, .bold) }
  public var titleCode: TextStyle { .mono(18, .bold) }
  public var subtitle: TextStyle { .sans(14) }
  public var heading: TextStyle { .sans(14, .bold) }
  public var body: TextStyle { .sans(12) }
  public var label: TextStyle { .sans(11) }
  public var caption: TextStyle { .sans(10.5) }
  public var mark: TextStyle { .sans(11.5, .semibold) }
  public var tensorName: TextStyle { .mono(14, .bold) }
  public var symbol: TextStyle { .mono(15, .bold) }
  public var code: TextStyle { .mono(13) }
  public var codeStrong: TextStyle { .mono(13, .bold) }
  public var codeSmall: TextStyle { .mono(11.5) }
  public var codeTiny: TextStyle { .mono(10) }
}
