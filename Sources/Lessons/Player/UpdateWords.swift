import OrderedCollections
import Recordings

/// Words for what an optimizer does: it holds a list, reads slots, writes parameters.
extension Narrator {
  func optimizerMade(_ e: OptimizerCreated) -> String {
    let held = e.groups.flatMap(\.parameters)
    let rate = e.groups.first?["lr"].map { ", and lr = \($0.text)" } ?? ""
    let isSame =
      held.count == 1
      ? "the tensor \(name(held[0])) itself, not a copy" : "\(list(held.map(name))), not copies"
    return
      "\(e.type) is made. It is given a list that holds \(isSame)\(rate). It is told nothing of a loss or a graph."
  }

  func stepBegan(_ e: StepBegan) -> String {
    let held = before.optimizers[e.optimizer]?.parameters ?? []
    let slots = held.map { "\(name($0)).grad" }
    return "step() begins. The optimizer goes through its list, \(list(held.map(name))), and looks into"
      + " \(list(slots)). It looks nowhere else."
  }

  func updated(_ e: ParameterUpdated) -> String {
    let name = name(e.parameter)
    if let reason = e.skipped {
      return
        "\(name) is skipped: \(reason == "grad is None" ? "\(name).grad is None" : reason). step() does not ask why."
    }
    let kind = before.optimizers[e.optimizer]?.kind ?? "The optimizer"
    var text = e.gradient.map { "\(kind) finds \(name).grad = \($0.inline()) and " } ?? "\(kind) "
    text += e.formula.isEmpty ? "applies its rule in place" : "applies \(e.formula) in place"
    if let before = e.before, let after = e.after { text += ": \(before.inline()) becomes \(after.inline())" }
    text += "."
    let terms = e.terms.prefix(4).map { "\($0.name) = \($0.value.inline())" }
    if !terms.isEmpty { text += " Here \(list(terms))." }
    return text + " It is the same tensor as before, with new numbers."
  }
}
