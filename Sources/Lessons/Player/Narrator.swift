import OrderedCollections
import Recordings

/// What happens in a step, in words for a student: longer than the story's line, and it says why.
///
/// Each family of events has its words in a file of its own.
struct Narrator {
  let step: EventStep
  let recording: Recording
  let before: Moment
  let after: Moment
  let names: Names

  /// The step's words.
  func words() -> String {
    // A number may end in a point, and so may a sentence; one is enough.
    told().replacing("..", with: ".")
  }

  private func told() -> String {
    guard recording.events.indices.contains(step.head) else { return "" }
    let body = recording.events[step.head].body
    return switch body {
    case .tensorCreated(let e): made(e) + rebound()
    case .nameBound(let e): bound(e)
    case .dataWritten(let e): written(e)
    case .backwardBegan(let e): began(e)
    case .nodeVisited(let e): visited(e)
    case .gradientWritten(let e): slotWritten(e)
    case .gradientCleared(let e): slotCleared(e)
    case .optimizerCreated(let e): optimizerMade(e)
    case .stepBegan(let e): stepBegan(e)
    case .parameterUpdated(let e): updated(e)
    case .gradientMode(let e): modeChanged(e)
    case .printed: printed()
    case .nameUnbound(let e):
      "The name \(e.name ?? "") is gone. Its tensor lives on if something else holds it."
    case .raised(let e): raised(e)
    case .warned(let e): "Python warns, and goes on. \(e.type): \(e.message)"
    default: told(body)
    }
  }

  /// The story's line, as a sentence.
  private func told(_ body: Event.Body) -> String {
    let story = Story(after: after, names: names)
    guard let line = body.payload.tell(story) else { return "" }
    return line.hasSuffix(".") ? line : line + "."
  }

  /// The events of the step but for its head.
  var companions: [Event.Body] {
    step.events.compactMap { k in
      k != step.head && recording.events.indices.contains(k) ? recording.events[k].body : nil
    }
  }

  func name(_ tensor: TensorID) -> String { names.name(of: tensor, at: after.eventCount) }

  /// `x`, `x.grad`, or for a tensor the program never named what it was computed as: `theta[0]^2`.
  func subject(_ tensor: TensorID) -> String {
    let known = name(tensor)
    if known != "\(tensor)" { return known }
    return expression(tensor, depth: 3) ?? "an intermediate without a name"
  }

  /// What a tensor was before this step: an operation's input, whose name the step may give to its output.
  func input(_ tensor: TensorID, depth: Int = 3) -> String {
    let known = names.name(of: tensor, at: before.eventCount)
    if known != "\(tensor)" { return known }
    return expression(tensor, depth: depth) ?? "(…)"
  }

  /// How a tensor was computed, from the formula of its node; `nil` where no node made it.
  private func expression(_ tensor: TensorID, depth: Int) -> String? {
    guard depth > 0, let id = after.tensors[tensor]?.gradFn, let node = after.nodes[id]?.recorded else {
      return nil
    }
    return formula(node, node.inputs, depth: depth)
  }

  /// `100 · x`, from the node's formula; else label and input: `Σ y`; else `operation(x, y)`.
  func formula(_ node: NodeRecorded, _ inputs: [TensorID], depth: Int) -> String {
    let names = inputs.map { tensor -> String in
      let text = input(tensor, depth: depth - 1)
      // What has spaces is kept together where it is a part of something.
      return text.contains(" ") && inputs.count + node.formula.utf8.count > 3 ? "(\(text))" : text
    }
    if node.formula.isEmpty {
      if node.label.isEmpty || names.count != 1 {
        return "\(node.operation)(\(names.joined(separator: ", ")))"
      }
      return "\(node.label) \(names[0])"
    }
    var text = node.formula
    for (k, name) in names.enumerated().reversed() { text = text.replacing("$\(k)", with: name) }
    return text
  }

  func list(_ items: [String]) -> String {
    switch items.count {
    case 0: return "nothing"
    case 1: return items[0]
    case 2...4: return items.dropLast().joined(separator: ", ") + " and " + items[items.count - 1]
    default: return items.prefix(3).joined(separator: ", ") + " and \(items.count - 3) more"
    }
  }

  /// What a name that was taken over referred to before.
  private func rebound() -> String {
    for case .nameBound(let bound) in companions where bound.scope.isEmpty {
      let name = BoundName(name: bound.name)
      guard case .tensor(let old) = before.names[name], case .tensor(let new) = bound.referent, old != new
      else { continue }
      let holders = after.optimizers.values.filter { $0.parameters.contains(old) }.map(\.kind)
      let warning = holders.isEmpty ? "" : " \(holders[0]) still holds the old one."
      return " The name \(bound.name) now refers to this new tensor, no longer to the one before.\(warning)"
    }
    return ""
  }

  private func bound(_ e: NameBound) -> String {
    switch e.referent {
    case .tensor(let id):
      let others = after.names(of: id).map(\.name).filter { $0 != e.name }
      guard let other = others.first else { return "The name \(e.name) now refers to the tensor \(id)." }
      return
        "\(e.name) is another name for the tensor \(other). Nothing is copied: there is one tensor, with one .grad slot."
    case .optimizer(let id):
      return "\(e.name) refers to the optimizer \(after.optimizers[id]?.kind ?? "\(id)")."
    case .module(let type):
      let parameters = after.names.keys.filter { $0.name.hasPrefix(e.name + ".") }.map(\.name)
      let owned =
        parameters.isEmpty ? "" : " Its parameters are \(list(parameters)): leaves, with empty .grad slots."
      return "\(e.name) is a \(type).\(owned)"
    case .value(let text): return "\(e.name) = \(text)"
    }
  }

  private func modeChanged(_ e: GradientModeChanged) -> String {
    switch e.mode {
    case .on: "Gradient mode is on again: operations join the graph."
    case .off: "Gradient mode is off: what is computed from here on leaves no trace in the graph."
    case .inference: "Inference mode: what is computed from here on can never join a graph."
    }
  }

  private func printed() -> String {
    var text = ""
    for k in step.events where recording.events.indices.contains(k) {
      if case .printed(let e) = recording.events[k].body { text += e.text }
    }
    let lines = textLines(text).filter { !$0.isEmpty }
    guard lines.count == 1, let line = lines.first else {
      return lines.isEmpty ? "The program prints an empty line." : "The program prints \(lines.count) lines."
    }
    return "The program prints \(line)"
  }

  private func raised(_ e: Raised) -> String {
    let what = e.message.isEmpty ? e.type : "\(e.type): \(e.message)"
    let end = what.last.map { ".!?".contains($0) } ?? false ? "" : "."
    let fate =
      e.isUncaught ? "Nothing catches it: the program ends here." : "The program catches it and goes on."
    return "\(what)\(end) \(fate)"
  }
}
