import OrderedCollections
import Recordings

/// Words for what the forward pass does: tensors made, data written.
extension Narrator {
  func made(_ e: TensorCreated) -> String {
    let parameters = step.events.compactMap { k -> TensorID? in
      guard recording.events.indices.contains(k), case .tensorCreated(let made) = recording.events[k].body
      else { return nil }
      return made.isParameter ? made.tensor : nil
    }
    if parameters.count > 1 {
      return "A module makes its parameters: \(list(parameters.map(subject))). Each is a leaf that requires a"
        + " gradient, and each slot .grad is empty."
    }
    let value = after.value(of: e.tensor)?.inline() ?? Story.shape(e.shape)
    let isDerived = companions.contains {
      if case .tensorDerived(let d) = $0 { d.to == e.tensor } else { false }
    }
    if isDerived || e.origin?.inputs.isEmpty == false { return computed(e, value) }
    let name = subject(e.tensor)
    if e.requiresGrad, e.isLeaf {
      return
        "\(name) is made: \(value). It requires a gradient, and no operation computed it, so it is a leaf."
        + " It owns a slot, \(name).grad, which is still empty: None."
    }
    return "\(name) is made: \(value). It requires no gradient: to autograd it is a constant."
  }

  private func computed(_ e: TensorCreated, _ value: String) -> String {
    let name = subject(e.tensor)
    let node = companions.lazy.compactMap { body -> NodeRecorded? in
      if case .nodeRecorded(let node) = body, node.outputs.contains(e.tensor) { node } else { nil }
    }.first
    guard let node else { return withoutGraph(e, name, value) }
    let sources = e.origin?.inputs.filter { after.tensors[$0]?.requiresGrad == true }.map { input($0) } ?? []
    let needing = distinct(sources)
    let targets = node.next.compactMap { edge in
      edge.flatMap { after.nodes[$0.node]?.recorded }.map { target in
        target.variable.map { "AccumulateGrad, the writer of \(input($0)).grad" } ?? target.gradFn
      }
    }
    let expression = formula(node, node.inputs.isEmpty ? e.origin?.inputs ?? [] : node.inputs, depth: 4)
    let what = expression == name ? "\(name) is computed" : "\(name) = \(expression) is computed"
    let verb = needing.count == 1 ? "requires" : "require"
    let why = needing.isEmpty ? "Since a gradient is required," : "Since \(list(needing)) \(verb) a gradient,"
    var text = "\(what): \(value). \(why) it remembers how it came about: its grad_fn is \(node.gradFn)"
    text += targets.isEmpty ? "." : ", which points to \(list(distinct(targets)))."
    return text
  }

  private func distinct(_ items: [String]) -> [String] {
    var seen: Set<String> = []
    return items.filter { seen.insert($0).inserted }
  }

  private func withoutGraph(_ e: TensorCreated, _ name: String, _ value: String) -> String {
    let sources = e.origin?.inputs ?? []
    for case .tensorDerived(let derived) in companions where derived.to == e.tensor {
      switch derived.way {
      case .detach:
        return
          "\(name) is \(self.name(derived.from)) cut from the graph: \(value). The two share their data, but no"
          + " gradient will pass from one to the other."
      case .clone: return "\(name) is a copy of \(self.name(derived.from)): \(value)."
      case .data:
        return
          "\(name) is the data of \(self.name(derived.from)), behind autograd's back: \(value). It shares the memory,"
          + " not the version counter."
      case .move: return "\(name) is \(self.name(derived.from)) on another device: \(value)."
      case .view:
        return "\(name) looks at the data of \(self.name(derived.from)): \(value). Nothing is copied."
      }
    }
    let made = "\(name) is computed: \(value)."
    if after.gradientMode != .on { return made + " Gradient mode is off, so it does not remember how." }
    if sources.contains(where: { after.tensors[$0]?.requiresGrad == true }) {
      return made + " No gradient can flow through this operation: the graph ends here."
    }
    return made + " Nothing it depends on requires a gradient, so the graph does not grow."
  }

  func written(_ e: DataWritten) -> String {
    let name = subject(e.tensor)
    let change =
      e.before.map { "\($0.inline()) becomes \(e.after.inline())" } ?? "it is now \(e.after.inline())"
    var text =
      "\(e.by) writes into \(name) in place: \(change). The tensor is the same; its version goes from"
      + " \(e.versionBefore) to \(e.versionAfter)."
    let savers = before.nodes.values.filter { node in
      !node.isFreed
        && node.recorded.saved.contains { saved in
          saved.tensor.flatMap { before.tensors[$0]?.counter } == before.tensors[e.tensor]?.counter
            && saved.tensor != nil
        }
    }
    if let saver = savers.first {
      text += " \(saver.recorded.gradFn) had saved the old value, and backward will notice."
    }
    return text
  }
}
