import Drawing
import OrderedCollections
import Recordings

extension FigureKind {
  /// How one optimizer step made the new parameter.
  public static let update = FigureKind(
    name: "update", title: "The update",
    summary: "How did one optimizer step make the new parameter: before − step = after, term by term?",
    draw: { (input) throws(FigureError) in try UpdateFigure(input).scene },
    text: { (input) throws(FigureError) in try UpdateFigure(input).text }, dot: nil,
    changes: { body in
      switch body {
      case .parameterUpdated, .optimizerCreated: true
      default: false
      }
    })
}

/// The latest update at one instant.
private struct UpdateFigure {
  let input: FigureInput
  let plan: UpdatePlan
  let record: UpdateRecord?
  private var theme: Theme { input.theme }

  init(_ input: FigureInput) throws(FigureError) {
    self.input = input
    let plan = try input.layouts.plan(try input.planKey("update"), input.options) {
      () throws(FigureError) -> UpdatePlan in
      try UpdatePlan(input)
    }
    self.plan = plan
    record = plan.updates.last { $0.k <= input.now }
  }

  private var name: String {
    record.map { input.names.name(of: $0.update.parameter, at: $0.k) } ?? ""
  }

  private var title: String {
    guard let record else { return "No optimizer step has happened yet" }
    if let reason = record.update.skipped { return "\(record.kind) skipped \(name): \(reason)" }
    return "\(record.kind) updated \(name)"
  }

  private var subtitle: String {
    guard let record else {
      return input.moment.optimizers.isEmpty
        ? "step() belongs to an optimizer, and there is none."
        : "step() will read each .grad and write each .data."
    }
    if record.update.skipped != nil {
      return "step() leaves a parameter as it is when there is no gradient to read."
    }
    let parts = ["step \(record.update.step)", record.settings, typographic(record.update.formula)]
    return parts.filter { !$0.isEmpty }.joined(separator: " · ")
  }

  var scene: Scene {
    var size = plan.size
    if !input.isFrame { size = record.flatMap { plan.layouts[$0.update.parameter]?.size } ?? size }
    let page = Page(input, bodyWidth: max(size.width, 480), bodyHeight: max(size.height, 100) + 10)
    return page.scene(
      title: title, subtitle: subtitle, description: ([title + "."] + sentences).joined(separator: " "),
      body: body(page), legend: [])
  }

  private func body(_ page: Page) -> [Item] {
    let origin = Point(page.left, Page.bodyTop + 4)
    guard let record else {
      return [note("No parameter has been changed by step().", theme.secondary, origin)]
    }
    if let reason = record.update.skipped { return skipped(record, reason, origin, page) }
    guard let layout = plan.layouts[record.update.parameter] else { return [] }
    let quantities = plan.quantities(record, input)
    let pair = [quantities.first { $0.id == "before" }, quantities.first { $0.id == "after" }].compactMap {
      $0
    }
    let shared = pair.map { magnitude($0.value) }.max() ?? 1
    var items: [Item] = []
    for (id, grid, at, width) in layout.grids {
      guard let quantity = quantities.first(where: { $0.id == id }) else { continue }
      let scale = quantity.part == .before || quantity.part == .after ? shared : magnitude(quantity.value)
      items.append(item(quantity, grid, at.moved(origin.x, origin.y), width, scale))
    }
    for (symbol, after, at) in layout.operators where quantities.contains(where: { $0.id == after }) {
      let place = at.moved(origin.x, origin.y)
      let style = TextStyle.mono(20, .bold)
      items.append(
        Item(
          "operator.\(after)", .note, title: symbol,
          shapes: [
            .text(
              symbol, style, theme.secondary, at: Point(place.x, style.baseline(centeredAt: place.y)),
              anchor: .middle)
          ]))
    }
    if let y = layout.ruleY {
      items.append(
        Item(
          "rule", .note, title: "below: what was read and computed",
          shapes: [
            .line(Point(page.left, origin.y + y), Point(page.right, origin.y + y), theme.hairlineStroke)
          ]))
    }
    return items
  }

  private func magnitude(_ value: Capture) -> Double {
    let s = value.statistics
    let most = max(s.minimum.magnitude, s.maximum.magnitude)
    return most.isFinite && most > 0 ? most : 1
  }

  private func item(
    _ quantity: UpdateQuantity, _ grid: HeatGrid, _ at: Point, _ width: Double, _ scale: Double
  ) -> Item {
    let color: Color
    let role: Role
    switch quantity.part {
    case .before, .after: (color, role) = (theme.forward.color, .parameter)
    case .gradient: (color, role) = (theme.backward.color, .gradient)
    case .step, .term: (color, role) = (theme.update.color, .update)
    }
    let measuring = input.measuring
    let heading = measuring.shortenedInside(quantity.heading, theme.codeStrong, width: width)
    let caption = measuring.shortened(quantity.caption, theme.label, width: width)
    var shapes: [Shape] = [.text(heading, theme.codeStrong, color, at: at.moved(0, -26))]
    if !caption.isEmpty { shapes.append(.text(caption, theme.label, theme.secondary, at: at.moved(0, -9))) }
    let full = "\(quantity.heading), \(quantity.caption): \(typographic(quantity.value.inline()))"
    return Item(
      "update.\(quantity.id)", role, title: full, shapes: shapes,
      children: [
        grid.item(
          "update.\(quantity.id).grid", full, quantity.value, scale: scale, at: at, theme, measuring)
      ])
  }

  private func skipped(_ record: UpdateRecord, _ reason: String, _ origin: Point, _ page: Page) -> [Item] {
    let box = Rect(origin.x, origin.y + 8, page.right - page.left, 78)
    let value = record.update.before ?? input.moment.value(of: record.update.parameter)
    let first = "\(name) stays as it was"
    let second = value.map { $0.fitting(box.width - 40, theme.code, input.measuring) } ?? ""
    return [
      Item(
        "update.skipped", .fault, title: "\(name) was skipped: \(reason)", frame: box,
        shapes: [
          .rect(box, radius: 9, fill: theme.wrong.tint, stroke: theme.wrong.stroke.width(1.4)),
          .text(
            input.measuring.shortenedInside("\(first): \(reason)", theme.heading, width: box.width - 40),
            theme.heading, theme.wrong.color, at: Point(box.minX + 20, box.minY + 32)),
          .text(second, theme.code, theme.ink, at: Point(box.minX + 20, box.minY + 57)),
        ])
    ]
  }

  private func note(_ text: String, _ color: Color, _ origin: Point) -> Item {
    Item(
      "update.empty", .note, title: text, shapes: [.text(text, theme.body, color, at: origin.moved(0, 24))])
  }

  private var sentences: [String] {
    guard let record, record.update.skipped == nil else { return [subtitle] }
    return plan.quantities(record, input).map {
      "\($0.heading), \($0.caption): \(typographic($0.value.inline()))."
    }
  }

  var text: String {
    var out = "\(title)\n\(subtitle)\n\(input.place)\n\n"
    guard let record else { return out + "No parameter has been changed by step().\n" }
    if record.update.skipped != nil {
      let value = record.update.before ?? input.moment.value(of: record.update.parameter)
      return out + "\(name) stays \(value?.candidates.first ?? "as it was")\n"
    }
    var table = [["quantity", "how", "value"]]
    for quantity in plan.quantities(record, input) {
      table.append([quantity.heading, quantity.caption, quantity.value.candidates.first ?? ""])
    }
    out += textTable(table)
    return out
  }
}
