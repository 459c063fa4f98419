import Drawing
import Recordings

/// The card of a leaf: a tinted head, a row of data, and the slot that `backward()` fills.
struct LeafCard {
  /// Inside a slot, the room of the word before the value.
  static let labelWidth = 46.0
  var id: TensorID
  var name: String
  /// `t1 · (2,) float32`.
  var facts: String
  var data: Capture?
  var gradient: Capture?
  var dataChanged = false
  var gradientChanged = false
  var isNow = false
  var isFaulty = false
  /// Nothing of it has happened: neither values nor slots say anything.
  var isToCome = false
  var note = ""

  func item(
    _ card: Rect, data dataSlot: Rect?, gradient gradientSlot: Rect?, _ theme: Theme,
    _ measuring: some TextMeasuring
  ) -> Item {
    let actor = isFaulty ? theme.wrong : theme.forward
    let head = Rect(card.minX, card.minY, card.width, 27)
    let stroke = Stroke(actor.color, width: isNow ? 2.6 : 1.6)
    // A long name leaves the facts at least a third of the head, long facts leave the name as much.
    let whole = card.width - 34
    let nameWidth = measuring.width(name, theme.codeStrong)
    let factsRoom = max(whole - nameWidth, whole * 0.4)
    let shownFacts = measuring.shortened(facts, theme.caption, width: factsRoom)
    let nameRoom = whole - measuring.width(shownFacts, theme.caption)
    let middle = head.midY
    let shapes: [Shape] = [
      .rect(card, radius: 9, fill: theme.background, stroke: nil),
      .rect(head, corners: Corners(top: 9, bottom: 0), fill: actor.tint),
      .rect(card, radius: 9, stroke: stroke),
      .text(
        measuring.shortenedInside(name, theme.codeStrong, width: nameRoom), theme.codeStrong, actor.color,
        at: Point(card.minX + 12, theme.codeStrong.baseline(centeredAt: middle))),
      .text(
        shownFacts, theme.caption, theme.secondaryOnTint,
        at: Point(card.maxX - 12, theme.caption.baseline(centeredAt: middle)), anchor: .end),
    ]
    let item = Item(
      "tensor.\(id)", .parameter, title: title, classes: isNow ? ["leaf", "now"] : ["leaf"], frame: card,
      shapes: shapes,
      children: [
        dataSlot.map { dataItem($0, theme, measuring) },
        gradientSlot.map { gradientItem($0, theme, measuring) },
      ].compactMap { $0 })
    return isToCome ? item.paled(theme) : item
  }

  private var title: String {
    isToCome ? "\(name), not yet created" : "\(name), \(facts)\(note.isEmpty ? "" : ", \(note)")"
  }

  private func label(_ word: String, _ color: Color, _ slot: Rect, _ theme: Theme) -> Shape {
    .text(
      word, theme.label, color, at: Point(slot.minX + 9, theme.label.baseline(centeredAt: slot.midY)))
  }

  private func dataItem(_ slot: Rect, _ theme: Theme, _ measuring: some TextMeasuring) -> Item {
    let style = dataChanged ? theme.codeStrong : theme.code
    let text = data.map { $0.fitting(slot.width - LeafCard.labelWidth - 7, style, measuring) } ?? ""
    let actor = theme.update
    var shapes: [Shape] = [
      .rect(
        slot, radius: 5, fill: dataChanged ? actor.tint : nil,
        stroke: Stroke(dataChanged ? actor.color : theme.hairline, width: dataChanged ? 1.4 : 1)),
      label("data", dataChanged ? actor.color : theme.secondary, slot, theme),
    ]
    if !text.isEmpty {
      shapes.append(
        .text(
          text, style, dataChanged ? actor.color : theme.ink,
          at: Point(slot.minX + LeafCard.labelWidth, style.baseline(centeredAt: slot.midY)), room: slot))
    }
    return Item(
      "tensor.\(id).data", .tensor,
      title: "\(name).data\(data.map { " = \(typographic($0.inline()))" } ?? ", not yet there")",
      classes: dataChanged ? ["changed"] : [], frame: slot, shapes: shapes)
  }

  private func gradientItem(_ slot: Rect, _ theme: Theme, _ measuring: some TextMeasuring) -> Item {
    let color = theme.backward.color
    guard let gradient else {
      return Item(
        "tensor.\(id).grad", .gradient, title: "\(name).grad is None", classes: ["empty"], frame: slot,
        shapes: [
          .rect(slot, radius: 5, stroke: Stroke(color, width: 1.4, dash: [4, 3])),
          label("grad", color, slot, theme),
          .text(
            "None", theme.code, theme.secondary,
            at: Point(slot.minX + LeafCard.labelWidth, theme.code.baseline(centeredAt: slot.midY))),
        ])
    }
    let style = gradientChanged ? theme.codeStrong : theme.code
    return Item(
      "tensor.\(id).grad", .gradient, title: "\(name).grad = \(typographic(gradient.inline()))",
      classes: ["filled"], frame: slot,
      shapes: [
        .rect(
          slot, radius: 5, fill: theme.backward.tint,
          stroke: Stroke(color, width: gradientChanged ? 2.2 : 1.4)),
        label("grad", color, slot, theme),
        .text(
          gradient.fitting(slot.width - LeafCard.labelWidth - 7, style, measuring), style, color,
          at: Point(slot.minX + LeafCard.labelWidth, style.baseline(centeredAt: slot.midY)), room: slot),
      ])
  }
}
