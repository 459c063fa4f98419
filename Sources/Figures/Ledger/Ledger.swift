import Drawing
import Recordings

extension FigureKind {
  /// Line by line, what happened to each tensor's data and gradient.
  public static let ledger = FigureKind(
    name: "ledger", title: "The ledger",
    summary: "Line by line, what happened to each parameter's data and .grad?",
    draw: { (input) throws(FigureError) in try Ledger(input).scene },
    text: { (input) throws(FigureError) in try Ledger(input).text }, dot: nil,
    changes: { body in
      switch body {
      case .statement, .nameBound, .optimizerCreated, .gradientWritten, .gradientCleared, .parameterUpdated,
        .dataWritten, .backwardBegan, .raised, .nameUnbound:
        true
      default: false
      }
    })
}

/// The ledger at one instant.
private struct Ledger {
  let input: FigureInput
  let plan: LedgerPlan
  let lives: Lives

  init(_ input: FigureInput) throws(FigureError) {
    self.input = input
    lives = try input.lives()
    plan = try input.layouts.plan(try input.planKey("ledger"), input.options) {
      () throws(FigureError) -> LedgerPlan in
      try LedgerPlan.fitting(1500, input, window: input.options.rows)
    }
  }

  private var happened: ArraySlice<LedgerRow> { plan.rows.prefix { $0.after <= input.now } }

  private var title: String {
    typographic(happened.last?.headline ?? "Nothing has happened to any parameter yet")
  }

  private var subtitle: String {
    if happened.isEmpty { return "Rows appear as the program runs; a row per event that matters." }
    return "Each row is an event; what it changed is tinted. Reading down a column tells one tensor's story."
  }

  var scene: Scene {
    let page = Page(input, bodyWidth: plan.width, bodyHeight: plan.height)
    let table = LedgerTable(input: input, plan: plan, lives: lives, prefix: "ledger")
    return page.scene(
      title: title, subtitle: subtitle, description: "\(title). \(happened.last?.what ?? subtitle)",
      body: table.items(left: page.left + page.centering(plan.width), top: Page.bodyTop), legend: [])
  }

  var text: String {
    var out = "\(title)\n\(input.place)\n\n"
    let names = LedgerTable(input: input, plan: plan, lives: lives, prefix: "ledger").columnNames
    var table = [["line", "code"] + names.flatMap { ["\($0).data", "\($0).grad"] } + ["what happened"]]
    for row in happened.suffix(plan.window) {
      var cells = [row.line.map(String.init) ?? "", row.code]
      for cell in row.cells {
        cells.append(cell.data?.candidates.first ?? "")
        cells.append(cell.tensor == nil ? "" : cell.gradient?.candidates.first ?? "None")
      }
      table.append(cells + [row.what])
    }
    out += textTable(table)
    if plan.hiddenLanes > 0 { out += "… and \(plan.hiddenLanes) more parameters\n" }
    return out
  }
}
