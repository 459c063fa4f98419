import Drawing
import OrderedCollections
import Recordings

/// The middle room: a card per parameter, and the arrows that meet at its slots.
struct ParametersRoom {
  let input: FigureInput
  let plan: ConnectionPlan
  let state: ConnectionState

  private var theme: Theme { input.theme }

  var item: Item {
    let room = plan.parameters
    var children = state.rows.map(card)
    if children.isEmpty {
      children.append(
        Item(
          "room.parameters.empty", .note, title: "no parameter yet",
          shapes: [
            .text(
              "no parameter yet", theme.body, theme.secondary,
              at: Point(room.minX + 18, room.minY + ConnectionPlan.roomHead + 20))
          ]))
    }
    if plan.hiddenLanes > 0 {
      let text = "… and \(plan.hiddenLanes) more parameters"
      children.append(
        Item(
          "room.parameters.more", .note, title: text,
          shapes: [
            .text(
              text, theme.label, theme.secondary,
              at: Point(room.midX, plan.card(plan.lanes - 1).maxY + 26), anchor: .middle)
          ]))
    }
    return Item(
      "room.parameters", .group, title: "Parameters: shared objects, known by identity", frame: room,
      shapes: roomShapes(
        room, "Parameters", "shared objects, known by identity", theme.forward, theme, input.measuring),
      children: children)
  }

  private func card(_ row: ConnectionState.Row) -> Item {
    let tensor = input.moment.tensors[row.tensor]
    let name = row.formerName.map { "formerly \($0)" } ?? input.name(row.tensor)
    var facts = "\(row.tensor)"
    if row.isHere, let tensor { facts += " · \(shapeText(tensor.shape)) \(tensor.dtype.rawValue)" }
    let card = LeafCard(
      id: row.tensor, name: name, facts: facts, data: row.data, gradient: row.gradient,
      dataChanged: row.isUpdated, gradientChanged: input.isNow(gradientOf: row.tensor),
      isNow: input.isNow(dataOf: row.tensor), isFaulty: row.isStale || row.isUnheld, isToCome: !row.isHere,
      note: row.isStale ? "stale" : row.isUnheld ? "held by no optimizer" : "")
    return card.item(
      plan.card(row.lane), data: plan.dataSlot(row.lane), gradient: plan.gradientSlot(row.lane), theme,
      input.measuring)
  }

  /// ① from autograd into the slot, ② from the slot to the optimizer, ③ from there into the data.
  var arrows: [Item] {
    var items: [Item] = []
    var labelled: Set<Int> = []
    for row in state.rows {
      let name = input.name(row.tensor)
      let slot = plan.gradientSlot(row.lane)
      let data = plan.dataSlot(row.lane)
      if row.accumulator != nil {
        let start = Point(plan.accumulate(row.lane).maxX, slot.midY)
        let mark = labelled.insert(1).inserted ? NumberedMark(number: 1, words: "writes .grad") : nil
        items.append(
          arrow(
            "write.\(row.tensor)", .gradient, "① backward() writes \(name).grad",
            Path(from: start, to: Point(slot.minX, slot.midY)), theme.backward, mark,
            Point((plan.autograd.maxX + plan.parameters.minX) / 2, slot.midY - 16), happened: row.isWritten,
            isNow: input.isNow(gradientOf: row.tensor)))
      }
      guard row.holder != nil else { continue }
      let actor = row.isStale ? theme.wrong : theme.update
      let edge = plan.optimizer.minX + 18
      let middle = (plan.parameters.maxX + plan.optimizer.minX) / 2
      let isNow = input.isNow(updateOf: row.tensor)
      let isFirst = labelled.insert(2).inserted
      items.append(
        arrow(
          "read.\(row.tensor)", .update, "② step() reads \(name).grad",
          Path(from: Point(slot.maxX, slot.midY), to: Point(edge, slot.midY)), actor,
          isFirst ? NumberedMark(number: 2, words: "reads .grad") : nil, Point(middle, slot.midY + 16),
          happened: row.isUpdated, isNow: isNow, refused: row.isSkipped ? row.update?.skipped : nil))
      items.append(
        arrow(
          "update.\(row.tensor)", .update, "③ step() writes \(name).data",
          Path(from: Point(edge, data.midY), to: Point(data.maxX, data.midY)), actor,
          isFirst ? NumberedMark(number: 3, words: "writes .data") : nil, Point(middle, data.midY - 16),
          happened: row.isUpdated, isNow: isNow))
    }
    return items
  }

  private func arrow(
    _ id: String, _ role: Role, _ title: String, _ path: Path, _ actor: Actor, _ mark: NumberedMark?,
    _ place: Point, happened: Bool, isNow: Bool, refused: String? = nil
  ) -> Item {
    let actor = refused == nil ? actor : theme.wrong
    var shapes: [Shape] = [.arrow(path, actor.stroke.width(actor.stroke.width * (isNow ? 1.6 : 1)))]
    if refused != nil, let middle = path.position(at: 0.5)?.point {
      shapes.append(.path(.cross(at: middle, radius: 7), stroke: Stroke(theme.wrong.color, width: 2.4)))
    }
    if let mark {
      shapes += mark.centered(x: place.x, y: place.y, color: actor.color, theme, input.measuring)
    }
    if let refused {
      return Item(id, .fault, title: "\(title): skipped, \(refused)", classes: ["refused"], shapes: shapes)
    }
    let item = Item(
      id, role, title: happened ? title : "\(title): not yet", classes: isNow ? ["now"] : [], shapes: shapes)
    return happened ? item : item.paled(theme)
  }
}

extension FigureInput {
  func isNow(gradientOf tensor: TensorID) -> Bool {
    switch lastEvent?.body {
    case .gradientWritten(let written): written.tensor == tensor
    case .gradientCleared(let cleared): cleared.tensor == tensor
    default: false
    }
  }
  func isNow(updateOf tensor: TensorID) -> Bool {
    if case .parameterUpdated(let update) = lastEvent?.body { update.parameter == tensor } else { false }
  }
  /// The last event made the tensor, named it or wrote its data.
  func isNow(dataOf tensor: TensorID) -> Bool {
    switch lastEvent?.body {
    case .tensorCreated(let created): created.tensor == tensor
    case .nameBound(let bound): bound.referent == .tensor(tensor)
    case .dataWritten(let written): written.tensor == tensor
    default: isNow(updateOf: tensor)
    }
  }
}
