import Drawing
import OrderedCollections
import Recordings

/// The right room: optimizers, each as tall as the rows of the parameters it holds.
struct OptimizerRoom {
  let input: FigureInput
  let plan: ConnectionPlan
  let state: ConnectionState

  private var theme: Theme { input.theme }
  private var room: Rect { plan.optimizer }

  var item: Item {
    var children: [Item] = []
    var index = 0
    var used: Set<String> = []
    while index < state.rows.count {
      let first = state.rows[index]
      guard let holder = first.holder else {
        if first.isUnheld { children.append(unheld(first)) }
        index += 1
        continue
      }
      var block = [first]
      while index + block.count < state.rows.count {
        let next = state.rows[index + block.count]
        guard next.holder == holder, next.lane == first.lane + block.count else { break }
        block.append(next)
      }
      // One card an optimizer; where its parameters do not stand together, a further one.
      var id = "optimizer.\(holder)"
      if !used.insert(id).inserted { id += ".rows\(first.lane)" }
      used.insert(id)
      children.append(card(id, holder, block))
      index += block.count
    }
    if children.isEmpty { children.append(empty) }
    return Item(
      "room.optimizer", .group, title: "Optimizer: knows the parameters, not the loss", frame: room,
      shapes: roomShapes(
        room, "Optimizer", "knows the parameters, not the loss", theme.update, theme, input.measuring),
      children: children)
  }

  private func box(_ first: Int, _ last: Int) -> Rect {
    let top = plan.card(first)
    return Rect(room.minX + 18, top.minY, room.width - 36, plan.card(last).maxY - top.minY)
  }

  private var empty: Item {
    let text = plan.firstOptimizer.isEmpty ? "no optimizer is made" : "no optimizer yet"
    return Item(
      "room.optimizer.empty", .note, title: text,
      shapes: [
        .text(
          text, theme.body, theme.secondary,
          at: Point(room.minX + 18, room.minY + ConnectionPlan.roomHead + 20))
      ])
  }

  private func unheld(_ row: ConnectionState.Row) -> Item {
    let box = box(row.lane, row.lane)
    let name = input.name(row.tensor)
    let text = input.measuring.shortenedInside(
      "no optimizer holds \(name)", theme.mark, width: box.width - 20)
    return Item(
      "unheld.\(row.tensor)", .fault, title: "no optimizer holds \(name): step() will not change it",
      classes: ["unheld"], frame: box,
      shapes: [
        .rect(box, radius: 9, stroke: Stroke(theme.wrong.color, width: 1.4, dash: [5, 4])),
        .text(
          text, theme.mark, theme.wrong.color,
          at: Point(box.midX, theme.mark.baseline(centeredAt: box.midY)), anchor: .middle),
      ])
  }

  private func card(_ id: String, _ optimizer: OptimizerID, _ rows: [ConnectionState.Row]) -> Item {
    let box = box(rows[0].lane, rows[rows.count - 1].lane)
    let here = input.moment.optimizers[optimizer]
    let created = plan.firstOptimizer[optimizer]
    let kind = here?.kind ?? created?.type ?? "optimizer"
    let groups = here?.groups ?? created?.groups ?? []
    let parameters = groups.flatMap(\.parameters)
    let inner = box.width - 24
    let settings = Self.settings(groups)
    let kindWidth = input.measuring.width(kind, theme.codeStrong) + 12
    let list = "params = [\(parameters.map { "\($0)" }.joined(separator: ", "))]"
    let top = box.minY
    var shapes: [Shape] = [
      .rect(
        box, radius: 9, fill: theme.update.tint,
        stroke: Stroke(theme.update.color, width: here?.isStepping == true ? 2.4 : 1.2)),
      .text(
        input.measuring.shortened(kind, theme.codeStrong, width: inner), theme.codeStrong, theme.update.color,
        at: Point(box.minX + 12, top + 22)),
      .text(
        input.measuring.shortened(list, theme.codeSmall, width: inner), theme.codeSmall, theme.ink,
        at: Point(box.minX + 12, top + 44)),
    ]
    if kindWidth < inner - 40 {
      shapes.append(
        .text(
          input.measuring.shortened(settings, theme.codeSmall, width: inner - kindWidth), theme.codeSmall,
          theme.ink, at: Point(box.minX + 12 + kindWidth, top + 22)))
    }
    let names = parameters.map(input.name).joined(separator: ", ")
    let item = Item(
      id, .optimizer, title: "\(kind) \(settings), holds \(names)",
      classes: here?.isStepping == true ? ["now"] : [], frame: box, shapes: shapes,
      children: here == nil ? [] : rows.flatMap { note($0, box) })
    return here == nil ? item.paled(theme) : item
  }

  /// What happened to a row's parameter, level with its slot.
  private func note(_ row: ConnectionState.Row, _ box: Rect) -> [Item] {
    let name = input.name(row.tensor)
    var lines: [(text: String, title: String, color: Color)] = []
    if let former = row.formerName {
      let now = input.moment.names[BoundName(name: former)]
      if case .tensor(let other)? = now {
        lines.append(
          (
            "stale: \(former) is \(other) now", "stale: the name \(former) now refers to \(other)",
            theme.wrong.color
          ))
      } else {
        lines.append(
          ("stale: \(former) is gone", "stale: no name refers to \(row.tensor) any more", theme.wrong.color))
      }
    }
    if let reason = row.update?.skipped {
      lines.append(("skipped: \(reason)", "step() skipped \(name): \(reason)", theme.wrong.color))
    } else if let update = row.update, !update.formula.isEmpty {
      lines.append((typographic(update.formula), "the rule: \(update.formula)", theme.update.color))
    }
    guard let line = lines.first else { return [] }
    let style = theme.codeSmall
    let shown = input.measuring.shortened(line.text, style, width: box.width - 24)
    return [
      Item(
        "note.\(row.tensor)", line.color == theme.wrong.color ? .fault : .update, title: line.title,
        shapes: [
          .text(
            shown, style, line.color,
            at: Point(box.minX + 12, style.baseline(centeredAt: plan.gradientSlot(row.lane).midY)))
        ])
    ]
  }

  /// `lr = 0.001`, and what else departs from nothing.
  static func settings(_ groups: [ParameterGroup]) -> String {
    guard let first = groups.first else { return "" }
    var parts: [String] = []
    for attribute in first.hyperparameters {
      switch attribute.value {
      case .bool, .none, .string: continue
      case .double(0), .int(0): continue
      default: break
      }
      guard ["lr", "momentum", "weight_decay", "betas", "alpha"].contains(attribute.name) else { continue }
      let same = groups.allSatisfy { $0[attribute.name] == attribute.value }
      parts.append("\(attribute.name) = \(same ? attribute.value.text : "by group")")
    }
    return parts.joined(separator: "  ")
  }
}
