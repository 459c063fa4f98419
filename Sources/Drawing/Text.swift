/// Which face a text is set in. Sizes are in points, one point being one scene unit.
public struct TextStyle: Hashable, Sendable {
  public enum Family: String, Hashable, Sendable, CaseIterable {
    /// Inter: words.
    case sans
    /// JetBrains Mono: code and numbers.
    case mono
  }

  public enum Weight: Int, Hashable, Sendable, CaseIterable {
    case regular = 400
    case medium = 500
    case semibold = 600
    case bold = 700
  }

  public var family: Family
  public var size: Double
  public var weight: Weight
  public var italic: Bool

  public init(_ family: Family, _ size: Double, _ weight: Weight = .regular, italic: Bool = false) {
    self.family = family
    self.size = size
    self.weight = weight
    self.italic = italic
  }

  public static func sans(_ size: Double, _ weight: Weight = .regular) -> TextStyle {
    TextStyle(.sans, size, weight)
  }

  public static func mono(_ size: Double, _ weight: Weight = .regular) -> TextStyle {
    TextStyle(.mono, size, weight)
  }

  /// The height of a capital letter: 0.73 of the size in both families.
  public var capHeight: Double { size * 0.73 }

  /// The baseline that puts capitals and digits in the middle of `y`.
  public func baseline(centeredAt y: Double) -> Double { y + capHeight / 2 }
}

/// A stretch of text in one style and colour.
public struct TextRun: Hashable, Sendable {
  public var string: String
  public var style: TextStyle
  public var color: Color

  public init(_ string: String, _ style: TextStyle, _ color: Color) {
    self.string = string
    self.style = style
    self.color = color
  }
}

/// One line of text: runs side by side on one baseline.
///
///     Text("grad", .sans(11), theme.secondary, at: Point(36, 186))
public struct Text: Hashable, Sendable {
  /// Which part of the line stands at `position.x`.
  public enum Anchor: String, Hashable, Sendable, CaseIterable {
    case start, middle, end
  }

  public var runs: [TextRun]
  /// The anchor's x and the baseline's y.
  public var position: Point
  public var anchor: Anchor
  /// The box this text must stay in; `Scene.problems` reports a text that leaves it.
  public var room: Rect?

  public init(_ runs: [TextRun], at position: Point, anchor: Anchor = .start, room: Rect? = nil) {
    self.runs = runs
    self.position = position
    self.anchor = anchor
    self.room = room
  }

  public init(
    _ string: String, _ style: TextStyle, _ color: Color, at position: Point, anchor: Anchor = .start,
    room: Rect? = nil
  ) {
    self.init([TextRun(string, style, color)], at: position, anchor: anchor, room: room)
  }

  public var string: String { runs.map(\.string).joined() }
}
