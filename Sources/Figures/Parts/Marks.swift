import Drawing

/// A circled number followed by words, as on the arrows of a backward pass.
struct NumberedMark {
  static let radius = 8.5
  var number: Int
  var words: String

  /// How wide the mark is.
  func width(_ measuring: some TextMeasuring, _ theme: Theme) -> Double {
    let words = words.isEmpty ? 0 : 5 + measuring.width(words, theme.mark)
    return max(2 * NumberedMark.radius, digitsWidth(measuring, theme)) + words
  }

  private func digitsWidth(_ measuring: some TextMeasuring, _ theme: Theme) -> Double {
    measuring.width("\(number)", theme.mark) + 8
  }

  /// The mark, its left end at `x`, centred on `y`.
  func shapes(x: Double, y: Double, color: Color, _ theme: Theme, _ measuring: some TextMeasuring) -> [Shape]
  {
    let width = max(2 * NumberedMark.radius, digitsWidth(measuring, theme))
    let badge = Rect(x, y - NumberedMark.radius, width, 2 * NumberedMark.radius)
    let baseline = theme.mark.baseline(centeredAt: y)
    var shapes: [Shape] = [
      .rect(badge, radius: NumberedMark.radius, fill: theme.background, stroke: Stroke(color, width: 1.4)),
      .text("\(number)", theme.mark, color, at: Point(badge.midX, baseline), anchor: .middle),
    ]
    if !words.isEmpty {
      shapes.append(.text(words, theme.mark, color, at: Point(x + width + 5, baseline)))
    }
    return shapes
  }

  /// The mark, its middle at `x`.
  func centered(
    x: Double, y: Double, color: Color, _ theme: Theme, _ measuring: some TextMeasuring
  ) -> [Shape] {
    shapes(x: x - width(measuring, theme) / 2, y: y, color: color, theme, measuring)
  }
}

extension Item {
  /// The same item as something that has not happened yet, or not happened at all.
  func paled(_ theme: Theme) -> Item {
    var copy = self
    copy.opacity = theme.paleOpacity
    copy.classes.append("pale")
    return copy
  }
}
