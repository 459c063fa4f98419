import Drawing
import Recordings

/// The frame every figure shares: title, subtitle, body, legend, place in time.
///
/// Heights do not depend on the instant, so that the frames of a film are of one size.
struct Page {
  static let margin = 28.0
  /// The y at which a figure's body begins.
  static let bodyTop = 84.0
  static let footerHeight = 52.0
  static let minimumWidth = 760.0

  let input: FigureInput
  /// Points from edge to edge.
  let width: Double
  /// Points of the body.
  let bodyHeight: Double

  var theme: Theme { input.theme }
  var left: Double { Page.margin }
  var right: Double { width - Page.margin }
  var height: Double { Page.bodyTop + bodyHeight + 20 + Page.footerHeight }

  /// - Parameter bodyWidth: without the margins; a page has a least width.
  init(_ input: FigureInput, bodyWidth: Double, bodyHeight: Double) {
    self.input = input
    width = max(Page.minimumWidth, (bodyWidth + 2 * Page.margin).rounded(.up))
    self.bodyHeight = bodyHeight.rounded(.up)
  }

  /// How far a body is moved right to stand in the middle of a page wider than it.
  func centering(_ bodyWidth: Double) -> Double { max(0, (right - left - bodyWidth) / 2) }

  /// The scene: header, body, footer.
  func scene(
    title: String, subtitle: String, description: String, body: [Item], legend: [LegendEntry]
  ) -> Scene {
    let heading = header(title, subtitle)
    return Scene(
      size: Size(width, height), title: title, description: description.isEmpty ? subtitle : description,
      background: theme.background, items: [heading] + body + [footer(legend)],
      metadata: [
        .init("program", input.recording.program), .init("instant", input.place),
      ])
  }

  private func header(_ title: String, _ subtitle: String) -> Item {
    let room = right - left
    let shownTitle = input.measuring.shortened(title, theme.title, width: room)
    let shownSubtitle = input.measuring.shortened(subtitle, theme.subtitle, width: room)
    return Item(
      "header", .heading, title: "\(title). \(subtitle)",
      shapes: [
        .text(shownTitle, theme.title, theme.ink, at: Point(left, 40)),
        .text(shownSubtitle, theme.subtitle, theme.secondary, at: Point(left, 63)),
      ])
  }

  private func footer(_ legend: [LegendEntry]) -> Item {
    let top = Page.bodyTop + bodyHeight + 20
    let middle = top + 28
    let place = input.place
    let placeWidth = input.measuring.width(place, theme.label)
    var children = [
      Item(
        "footer.place", .note, title: place,
        shapes: [
          .text(
            place, theme.label, theme.secondary, at: Point(right, theme.label.baseline(centeredAt: middle)),
            anchor: .end)
        ])
    ]
    var x = left
    for entry in legend {
      let textWidth = input.measuring.width(entry.text, theme.label)
      guard x + 34 + 8 + textWidth <= right - placeWidth - 20 else { break }
      children.append(
        Item(
          "legend.\(entry.id)", .legend, title: entry.text,
          shapes: entry.sample(Rect(x, middle - 8, 34, 16), theme) + [
            .text(
              entry.text, theme.label, theme.secondary,
              at: Point(x + 42, theme.label.baseline(centeredAt: middle)))
          ]))
      x += 42 + textWidth + 22
    }
    return Item(
      "footer", .note, title: place,
      shapes: [.line(Point(left, top), Point(right, top), theme.hairlineStroke)], children: children)
  }
}

extension FigureInput {
  /// `event 14 of 23 · line 12`.
  var place: String {
    let count = recording.events.count
    guard now > 0 else { return "before anything happened · \(count) events" }
    let event = "event \(now) of \(count)"
    let thinned = recording.thinning.map { $0.isWhole(at: now) ? "" : " · large values thinned here" } ?? ""
    return (moment.statement.map { "\(event) · line \($0.line)" } ?? event) + thinned
  }
}

/// A line of a legend: a sample and what it means.
struct LegendEntry {
  enum Sample { case forward, backward, update, wrong, emptySlot, filledSlot, newer }
  var sample: Sample
  var text: String

  var id: String { "\(sample)" }

  func sample(_ box: Rect, _ theme: Theme) -> [Shape] {
    let line = Path(from: Point(box.minX, box.midY), to: Point(box.maxX, box.midY))
    let slot = Rect(box.minX + 4, box.midY - 6, 26, 12)
    switch sample {
    case .forward: return [.arrow(line, theme.forward.stroke, head: .small)]
    case .backward: return [.arrow(line, theme.backward.stroke, head: .small)]
    case .update: return [.arrow(line, theme.update.stroke, head: .small)]
    case .wrong:
      return [.rect(slot, radius: 3, fill: theme.wrong.tint, stroke: theme.wrong.stroke.width(1.2))]
    case .emptySlot:
      return [.rect(slot, radius: 3, stroke: Stroke(theme.backward.color, width: 1.2, dash: [3, 3]))]
    case .filledSlot:
      return [
        .rect(slot, radius: 3, fill: theme.backward.tint, stroke: Stroke(theme.backward.color, width: 1.2))
      ]
    case .newer:
      return [.rect(slot, radius: 3, fill: theme.update.tint, stroke: Stroke(theme.update.color, width: 1.2))]
    }
  }

  static let forward = LegendEntry(sample: .forward, text: "a value was computed")
  static let backward = LegendEntry(sample: .backward, text: "a gradient flows or is written")
  static let update = LegendEntry(sample: .update, text: "an optimizer reads or writes")
  static let wrong = LegendEntry(sample: .wrong, text: "stale, unheld or skipped")
  static let emptySlot = LegendEntry(sample: .emptySlot, text: "grad is None")
  static let filledSlot = LegendEntry(sample: .filledSlot, text: "grad is written")
}
