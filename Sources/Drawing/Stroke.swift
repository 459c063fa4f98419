/// How a line is drawn: colour, width in points, dashes and ends.
public struct Stroke: Hashable, Sendable {
  public var color: Color
  public var width: Double
  /// Lengths of dash and gap in turn; empty for a solid line.
  public var dash: [Double]
  public var cap: Cap

  public enum Cap: String, Hashable, Sendable, CaseIterable {
    case butt, round, square
  }

  public init(_ color: Color, width: Double = 1, dash: [Double] = [], cap: Cap = .butt) {
    self.color = color
    self.width = width
    self.dash = dash
    self.cap = cap
  }

  public func width(_ width: Double) -> Stroke {
    var copy = self
    copy.width = width
    return copy
  }

  public func dashed(_ dash: [Double] = [6, 4]) -> Stroke {
    var copy = self
    copy.dash = dash
    return copy
  }

  /// Dashes Cairo accepts: finite, none negative, not all zero; otherwise the line is solid.
  public var usableDash: [Double] {
    let fits = dash.allSatisfy { $0.isFinite && $0 >= 0 } && dash.contains { $0 > 0 }
    return fits ? dash : []
  }
}
