import Drawing
import Recordings

/// Draws the rows of a ledger that are known at an instant.
struct LedgerTable {
  let input: FigureInput
  let plan: LedgerPlan
  let lives: Lives
  /// Ids start with it.
  let prefix: String
  /// How far the rule under the head reaches.
  var right: Double?

  private var theme: Theme { input.theme }

  /// The rows in view: the last ones that happened, or all where they fit.
  var window: ArraySlice<LedgerRow> {
    if plan.rows.count <= plan.window { return plan.rows[...] }
    let happened = plan.rows.prefix { $0.after <= input.now }.count
    let end = max(happened, plan.window)
    return plan.rows[(end - plan.window)..<end]
  }

  func items(left: Double, top: Double) -> [Item] {
    let columns = plan.columns(from: left)
    var items = [head(columns, left, top)]
    let current = plan.rows.lastIndex { $0.after <= input.now }
    let first = window.startIndex
    for (place, index) in window.indices.enumerated() {
      let y = top + LedgerPlan.headHeight + Double(place) * LedgerPlan.rowHeight
      items.append(
        row(
          plan.rows[index], index, columns, y, isCurrent: index == current,
          repeats: index > first && plan.rows[index - 1].line == plan.rows[index].line))
    }
    if plan.hiddenLanes > 0 {
      let text =
        "\(plan.hiddenLanes) more parameter\(plan.hiddenLanes == 1 ? " has" : "s have") no column here"
      let y = top + LedgerPlan.headHeight + Double(plan.window) * LedgerPlan.rowHeight + 14
      items.append(
        Item(
          "\(prefix).more", .note, title: text,
          shapes: [
            .text(text, theme.label, theme.secondary, at: Point(left, theme.label.baseline(centeredAt: y)))
          ]))
    }
    return items
  }

  /// What the columns' tensors are called; two of one name are told apart by their ids.
  var columnNames: [String] {
    let tensors = plan.lanes.map { lives.occupant(of: $0, at: input.now) }
    let names = tensors.map { $0.map(input.name) ?? "" }
    return zip(tensors, names).map { tensor, name in
      names.filter { $0 == name }.count > 1 ? "\(name) (\(tensor.map { "\($0)" } ?? "?"))" : name
    }
  }

  private func head(_ columns: LedgerPlan.Columns, _ left: Double, _ top: Double) -> Item {
    let baseline = theme.label.baseline(centeredAt: top + 12)
    var shapes: [Shape] = [
      .text("line", theme.label, theme.secondary, at: Point(columns.line + 30, baseline), anchor: .end),
      .text("code", theme.label, theme.secondary, at: Point(columns.code, baseline)),
      .text("what happened", theme.label, theme.secondary, at: Point(columns.what, baseline)),
      .line(
        Point(left, top + LedgerPlan.headHeight - 4),
        Point(max(columns.end, right ?? 0), top + LedgerPlan.headHeight - 4), theme.hairlineStroke),
    ]
    let style = TextStyle.mono(11.5, .bold)
    let names = columnNames
    for place in plan.lanes.indices {
      let name = names[place]
      for (x, width, suffix, color) in [
        (columns.data[place], plan.dataWidths[place], ".data", theme.forward.color),
        (columns.gradient[place], plan.gradientWidths[place], ".grad", theme.backward.color),
      ] {
        let room = width - 6 - input.measuring.width(suffix, style)
        let shown = input.measuring.shortenedInside(name, style, width: room) + suffix
        shapes.append(.text(shown, style, color, at: Point(x + 6, baseline)))
      }
    }
    return Item("\(prefix).head", .table, title: "the columns of the ledger", shapes: shapes)
  }

  private func row(
    _ row: LedgerRow, _ index: Int, _ columns: LedgerPlan.Columns, _ y: Double, isCurrent: Bool,
    repeats: Bool
  ) -> Item {
    let happened = row.after <= input.now
    let middle = y + LedgerPlan.rowHeight / 2
    let style = theme.codeSmall
    let strong = TextStyle.mono(11.5, .bold)
    let baseline = style.baseline(centeredAt: middle)
    let id = "\(prefix).row\(index + 1)"
    var shapes: [Shape] = []
    if isCurrent {
      shapes.append(
        .rect(Rect(columns.line - 8, y + 4, 3, LedgerPlan.rowHeight - 8), radius: 1.5, fill: theme.ink))
    }
    // Several events of one line: the line is told once, but for the one that counts now.
    if let line = row.line, !repeats || isCurrent {
      shapes.append(
        .text("\(line)", style, theme.secondary, at: Point(columns.line + 30, baseline), anchor: .end))
    }
    let code = input.measuring.shortened(row.code, isCurrent ? strong : style, width: plan.codeWidth)
    if !repeats || isCurrent {
      shapes.append(.text(code, isCurrent ? strong : style, theme.ink, at: Point(columns.code, baseline)))
    }
    var children: [Item] = []
    if happened {
      let what = input.measuring.shortened(row.what, style, width: plan.whatWidth)
      let color = row.isFault ? theme.wrong.color : theme.ink
      shapes.append(.text(what, style, color, at: Point(columns.what, baseline)))
      for (place, cell) in row.cells.enumerated() {
        guard let tensor = cell.tensor else { continue }
        let name = input.name(tensor)
        let mine = row.tensor == tensor
        let changes = (data: mine && row.touch == .data, gradient: mine && row.touch == .gradient)
        children.append(
          self.cell(
            "\(id).\(tensor).data", "\(name).data", cell.data, changes.data, theme.forward,
            Rect(columns.data[place], y + 2, plan.dataWidths[place], LedgerPlan.rowHeight - 4)))
        children.append(
          self.cell(
            "\(id).\(tensor).grad", "\(name).grad", cell.gradient, changes.gradient, theme.backward,
            Rect(columns.gradient[place], y + 2, plan.gradientWidths[place], LedgerPlan.rowHeight - 4)))
      }
    }
    let line = row.line.map { "line \($0), " } ?? ""
    let item = Item(
      id, .row, title: happened ? "\(line)\(row.code): \(row.what)" : "\(line)\(row.code): not yet",
      classes: isCurrent ? ["now"] : [], shapes: shapes, children: children)
    return happened ? item : item.paled(theme)
  }

  private func cell(
    _ id: String, _ name: String, _ value: Capture?, _ changed: Bool, _ actor: Actor, _ box: Rect
  ) -> Item {
    let style = changed ? TextStyle.mono(11.5, .bold) : theme.codeSmall
    let text = value.map { $0.fitting(box.width - 12, style, input.measuring) } ?? "None"
    let color = changed ? actor.color : value == nil ? theme.secondary : theme.ink
    var shapes: [Shape] = []
    if changed { shapes.append(.rect(box, radius: 4, fill: actor.tint)) }
    shapes.append(
      .text(text, style, color, at: Point(box.minX + 6, style.baseline(centeredAt: box.midY)), room: box))
    return Item(
      id, .cell, title: "\(name) = \(value.map { typographic($0.inline()) } ?? "None")",
      classes: changed ? ["changed"] : [], frame: box, shapes: shapes)
  }
}
