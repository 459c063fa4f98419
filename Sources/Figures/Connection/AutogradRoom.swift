import Drawing
import OrderedCollections
import Recordings

/// The left room: the graph's last steps, and who stands ready to write each slot.
struct AutogradRoom {
  let input: FigureInput
  let plan: ConnectionPlan
  let state: ConnectionState

  private var theme: Theme { input.theme }
  private var room: Rect { plan.autograd }

  var item: Item {
    var children: [Item] = []
    if let pass = state.pass { children = chain(pass) }
    let isPale = state.pass == nil
    return Item(
      "room.autograd", .group, title: "Autograd: knows the graph, not the optimizer", frame: room,
      shapes: roomShapes(
        room, "Autograd", "knows the graph, not the optimizer", theme.backward, theme, input.measuring),
      children: isPale ? [nothing] : children)
  }

  private var nothing: Item {
    Item(
      "room.autograd.empty", .note, title: "no graph is recorded",
      shapes: [
        .text(
          "no graph is recorded", theme.body, theme.secondary,
          at: Point(room.minX + 18, room.minY + ConnectionPlan.roomHead + 20))
      ])
  }

  private func chain(_ pass: Pass) -> [Item] {
    let all = plan.passes.chain(pass)
    let shown = Array(all.prefix(ConnectionPlan.maximumOperations))
    let x = room.minX + 18
    var y = room.minY + ConnectionPlan.roomHead
    var items: [Item] = []
    var last = Rect(x, y, ConnectionPlan.chainWidth, 32)
    let root = pass.roots.first
    items.append(rootChip(root, last))
    y = last.maxY
    var previousID = root.map { "root.\($0)" } ?? "root"
    for id in shown {
      let box = Rect(x, y + ConnectionPlan.chainGap, ConnectionPlan.chainWidth, ConnectionPlan.pillHeight)
      items.append(pill(id, box))
      items.append(flow(from: Point(box.midX, y), to: Point(box.midX, box.minY), previousID, id))
      previousID = "\(id)"
      last = box
      y = box.maxY
    }
    let more = all.count - shown.count
    if more > 0 {
      let text = "… \(more) more"
      let middle = y + ConnectionPlan.chainGap + 9
      let width = input.measuring.width(text, theme.label)
      items.append(
        flow(from: Point(last.midX, y), to: Point(last.midX, middle - 10), previousID, all[shown.count]))
      last = Rect(center: Point(last.midX, middle), size: Size(width + 10, 18))
      items.append(
        Item(
          "room.autograd.more", .note, title: "\(more) more operations",
          shapes: [
            .text(
              text, theme.label, theme.secondary,
              at: Point(last.midX, theme.label.baseline(centeredAt: middle)), anchor: .middle)
          ]))
    }
    for row in state.rows {
      guard let accumulator = row.accumulator else { continue }
      items += accumulate(row, accumulator, from: last)
    }
    return items
  }

  private func rootChip(_ root: TensorID?, _ box: Rect) -> Item {
    let name = root.map(input.name) ?? "root"
    let isHere = root.map { input.moment.tensors[$0] != nil } ?? false
    let shown = input.measuring.shortenedInside(name, theme.codeStrong, width: box.width - 20)
    let item = Item(
      root.map { "root.\($0)" } ?? "root", .tensor, title: "\(name), where backward() begins", frame: box,
      shapes: [
        .rect(box, radius: 7, fill: theme.background, stroke: Stroke(theme.ink, width: 1.5)),
        .text(
          shown, theme.codeStrong, theme.ink,
          at: Point(box.midX, theme.codeStrong.baseline(centeredAt: box.midY)), anchor: .middle),
      ])
    return isHere ? item : item.paled(theme)
  }

  private func pill(_ id: NodeID, _ box: Rect) -> Item {
    let node = plan.passes.nodes[id]
    let isHere = input.moment.nodes[id] != nil
    let isNow = input.isNow(node: id)
    let label = node.map { $0.label.isEmpty ? $0.operation : $0.label } ?? ""
    let gradFn = node?.gradFn ?? ""
    let item = Item(
      "node.\(id)", .operation, title: "\(label), \(gradFn)", classes: isNow ? ["now"] : [], frame: box,
      shapes: pillShapes(box, label: label, gradFn: gradFn, isNow: isNow, theme, input.measuring))
    return isHere ? item : item.paled(theme)
  }

  private func flow(from start: Point, to end: Point, _ tail: String, _ id: NodeID) -> Item {
    let item = Item(
      "gradient.\(tail).\(id)", .gradient,
      title: "the gradient flows to \(plan.passes.nodes[id]?.gradFn ?? "")",
      shapes: [.arrow(Path(from: start, to: end), theme.backward.stroke, head: .small)])
    return isVisited(id) ? item : item.paled(theme)
  }

  private func accumulate(_ row: ConnectionState.Row, _ id: NodeID, from last: Rect) -> [Item] {
    let box = plan.accumulate(row.lane)
    // Beside the pills, also where the chain ends in a narrow "… more".
    let busX = max(last.maxX + 20, box.minX - 20)
    let path = Path.rounded(
      [
        Point(last.maxX, last.midY), Point(busX, last.midY), Point(busX, box.midY), Point(box.minX, box.midY),
      ],
      radius: 7)
    let name = input.name(row.tensor)
    let arrow = Item(
      "gradient.accumulate.\(id)", .gradient, title: "the gradient reaches AccumulateGrad for \(name)",
      shapes: [.arrow(path, theme.backward.stroke, head: .small)])
    let style = TextStyle.mono(10.5, .medium)
    let isNow = input.isNow(node: id)
    let pill = Item(
      "node.\(id)", .operation, title: "AccumulateGrad for \(name): the only one that writes \(name).grad",
      classes: isNow ? ["now"] : [], frame: box,
      shapes: [
        .rect(
          box, radius: 13, fill: theme.backward.tint,
          stroke: Stroke(theme.backward.color, width: isNow ? 2.4 : 1.2)),
        .text(
          input.measuring.shortened("AccumulateGrad", style, width: box.width - 12), style,
          theme.backward.color,
          at: Point(box.midX, style.baseline(centeredAt: box.midY)), anchor: .middle),
      ])
    let isHere = input.moment.nodes[id] != nil
    return [isVisited(id) ? arrow : arrow.paled(theme), isHere ? pill : pill.paled(theme)]
  }

  /// Backward reached it in the pass that is shown.
  private func isVisited(_ id: NodeID) -> Bool {
    state.passBegan && input.moment.nodes[id]?.visitPass == input.moment.backwardCount
  }
}

extension FigureInput {
  /// The last event is about this node.
  func isNow(node: NodeID) -> Bool {
    switch lastEvent?.body {
    case .nodeRecorded(let recorded): recorded.node == node
    case .nodeVisited(let visited): visited.node == node
    case .gradientWritten(let written): written.node == node
    case .buffersFreed(let freed): freed.node == node
    default: false
    }
  }
}

/// The frame, name and creed of a room.
func roomShapes(
  _ room: Rect, _ name: String, _ creed: String, _ actor: Actor, _ theme: Theme,
  _ measuring: some TextMeasuring
) -> [Shape] {
  [
    .rect(room, radius: 12, fill: theme.background, stroke: Stroke(actor.color, width: 1.6)),
    .text(name, theme.heading, actor.color, at: Point(room.minX + 18, room.minY + 26)),
    .text(
      measuring.shortened(creed, theme.label, width: room.width - 36), theme.label, theme.secondary,
      at: Point(room.minX + 18, room.minY + 44)),
  ]
}

/// An operation: its symbol above the name of its node; one that has no symbol shows the name alone.
func pillShapes(
  _ box: Rect, label: String, gradFn: String, isNow: Bool, _ theme: Theme, _ measuring: some TextMeasuring
) -> [Shape] {
  let stroke = Stroke(isNow ? theme.ink : theme.outline, width: isNow ? 2.2 : 1.2)
  var shapes: [Shape] = [.rect(box, radius: box.height / 2, fill: theme.surface, stroke: stroke)]
  let inner = box.width - box.height * 0.5
  let symbol = theme.codeStrong
  if gradFn.isEmpty || label.isEmpty || label == gradFn {
    shapes.append(
      .text(
        measuring.shortened(label.isEmpty ? gradFn : label, symbol, width: inner), symbol, theme.ink,
        at: Point(box.midX, symbol.baseline(centeredAt: box.midY)), anchor: .middle))
    return shapes
  }
  shapes += [
    .text(
      measuring.shortened(label, symbol, width: inner), symbol, theme.ink,
      at: Point(box.midX, symbol.baseline(centeredAt: box.midY - 8)), anchor: .middle),
    .text(
      measuring.shortenedInside(gradFn, theme.codeTiny, width: inner), theme.codeTiny, theme.secondaryOnTint,
      at: Point(box.midX, theme.codeTiny.baseline(centeredAt: box.midY + 10)), anchor: .middle),
  ]
  return shapes
}
