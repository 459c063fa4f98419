import Drawing
import OrderedCollections
import Recordings

extension FigureKind {
  /// Who writes `.grad`, who reads it, who holds which parameter?
  public static let connection = FigureKind(
    name: "connection", title: "The connection",
    summary: "Who writes .grad, who reads it, who holds which parameter?",
    draw: { (input) throws(FigureError) in try Connection(input).scene },
    text: { (input) throws(FigureError) in try Connection(input).text }, dot: nil,
    changes: { body in
      switch body {
      case .moduleEntered, .moduleLeft, .printed, .warned, .gradientMode, .tensorDerived: false
      default: true
      }
    })
}

/// Three rooms and the ledger below, at one instant.
private struct Connection {
  let input: FigureInput
  let plan: ConnectionPlan
  let state: ConnectionState

  init(_ input: FigureInput) throws(FigureError) {
    self.input = input
    plan = try input.layouts.plan(try input.planKey("connection"), input.options) {
      () throws(FigureError) -> ConnectionPlan in
      try ConnectionPlan(input)
    }
    state = ConnectionState(input, plan)
  }

  var scene: Scene {
    let page = Page(input, bodyWidth: plan.bodyWidth, bodyHeight: plan.bodyHeight)
    let parameters = ParametersRoom(input: input, plan: plan, state: state)
    let table = LedgerTable(
      input: input, plan: plan.strip, lives: plan.lives, prefix: "ledger", right: page.right)
    let rooms = [
      AutogradRoom(input: input, plan: plan, state: state).item, parameters.item,
      OptimizerRoom(input: input, plan: plan, state: state).item,
    ]
    return page.scene(
      title: title, subtitle: subtitle, description: ([title + "."] + sentences).joined(separator: " "),
      body: rooms + parameters.arrows + table.items(left: page.left, top: plan.stripTop), legend: legend)
  }

  private var legend: [LegendEntry] {
    var entries: [LegendEntry] = []
    if state.rows.contains(where: { $0.isHere && $0.gradient == nil }) { entries.append(.emptySlot) }
    if state.rows.contains(where: \.isWritten) { entries.append(.backward) }
    if state.rows.contains(where: \.isUpdated) { entries.append(.update) }
    if state.rows.contains(where: \.isFaulty) { entries.append(.wrong) }
    return entries
  }

  /// The names of some rows: `x`, `x and y`, `w and 3 more`.
  private func names(_ rows: [ConnectionState.Row], suffix: String = "") -> String {
    let names = rows.map { ($0.formerName ?? input.name($0.tensor)) + suffix }
    if names.count <= 2 { return names.joined(separator: " and ") }
    return "\(names[0]) and \(names.count - 1) more"
  }

  private var title: String {
    let here = state.rows.filter(\.isHere)
    if let raised = input.moment.raised, raised.isUncaught { return "The program ended with \(raised.type)" }
    let stale = here.filter(\.isStale)
    if !stale.isEmpty { return "The optimizer holds a tensor that is no longer \(names(stale))" }
    let skipped = here.filter(\.isSkipped)
    if !skipped.isEmpty { return "step() skipped \(names(skipped)): grad is None" }
    if here.contains(where: \.isUpdated) { return "The connection is the .grad slot" }
    let written = here.filter(\.isWritten)
    if !written.isEmpty {
      return "backward() wrote \(names(written, suffix: ".grad")); no optimizer has read it yet"
    }
    let unheld = here.filter(\.isUnheld)
    if !unheld.isEmpty { return "No optimizer holds \(names(unheld))" }
    if here.isEmpty { return "No parameter exists yet" }
    let set = here.filter { $0.gradient != nil }
    if !set.isEmpty {
      let isZero = set.allSatisfy { $0.gradient?.statistics.norm == 0 }
      let what = isZero ? "zero; the next backward() adds to it" : "not what backward() wrote"
      return "\(names(set, suffix: ".grad")) \(set.count == 1 ? "is" : "are") \(what)"
    }
    return "\(names(here, suffix: ".grad")) \(here.count == 1 ? "is" : "are") None until backward() writes"
  }

  private var subtitle: String {
    let here = state.rows.filter(\.isHere)
    if let raised = input.moment.raised, raised.isUncaught { return raised.message }
    if here.contains(where: \.isStale) {
      return
        "Optimizers hold objects, not names: step() changes the old object, the program uses the new one."
    }
    if here.contains(where: \.isSkipped) {
      return "step() passes over a parameter whose slot is empty, silently."
    }
    if here.contains(where: \.isUnheld) && !here.contains(where: \.isUpdated) {
      return "step() changes only the parameters it was given; the others keep their data."
    }
    if here.isEmpty { return "Three rooms that will share one thing: the .grad slot of each parameter." }
    return "backward() writes it, step() reads it; neither knows about the other."
  }

  /// What the rows say, one sentence each.
  private var sentences: [String] {
    state.rows.filter(\.isHere).map { row in
      let name = row.formerName.map { "\(row.tensor) (formerly \($0))" } ?? input.name(row.tensor)
      var parts = ["\(name): data \(row.data.map { typographic($0.inline()) } ?? "unknown")"]
      parts.append("grad \(row.gradient.map { typographic($0.inline()) } ?? "None")")
      if row.isWritten { parts.append("written by backward()") }
      if let reason = row.update?.skipped { parts.append("skipped by step(): \(reason)") }
      if row.isUpdated { parts.append("read and updated by step()") }
      if row.isHeld, let holder = row.holder {
        parts.append("held by \(input.moment.optimizers[holder]?.kind ?? "optimizer") (\(holder))")
      }
      if row.isStale { parts.append("stale: the name refers to something else") }
      if row.isUnheld { parts.append("held by no optimizer") }
      return parts.joined(separator: ", ") + "."
    }
  }

  var text: String {
    var out = "\(title)\n\(subtitle)\n\(input.place)\n\n"
    var table = [["parameter", "id", "data", "grad", "① written", "held by", "②③ step()"]]
    for row in state.rows where row.isHere {
      let holder = row.holder.flatMap { input.moment.optimizers[$0] }?.kind
      table.append([
        row.formerName.map { "formerly \($0)" } ?? input.name(row.tensor), "\(row.tensor)",
        row.data?.candidates.first ?? "", row.gradient?.candidates.first ?? "None",
        row.isWritten ? "by backward()" : "no", row.isStale ? "\(holder ?? "") (stale)" : holder ?? "nobody",
        row.update.map { $0.skipped.map { "skipped: \($0)" } ?? "read and updated" } ?? "not yet",
      ])
    }
    out += table.count > 1 ? textTable(table) : "No parameter yet.\n"
    if plan.hiddenLanes > 0 { out += "… and \(plan.hiddenLanes) more parameters\n" }
    return out
  }
}
