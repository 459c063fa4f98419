import OrderedCollections
import Recordings

/// Words for what the backward pass does: gradients walk the graph and are written into slots.
extension Narrator {
  private var root: String {
    list(after.backward?.began.roots.map(name) ?? [])
  }

  func began(_ e: BackwardBegan) -> String {
    let root = list(e.roots.map(name))
    let isScalar = e.seed?.shape.isEmpty ?? true
    var text =
      isScalar
      ? "backward() begins at \(root) with the derivative that needs no thought: ∂\(root)/∂\(root) is"
        + " \(e.seed?.inline() ?? "1.")."
      : "backward() begins at \(root) with the gradient it was given: \(e.seed?.inline() ?? "")."
    text += " From here it walks the graph back, node by node, and applies the chain rule at each."
    if !e.accumulates { text += " It returns what it finds and writes no .grad." }
    if e.retainGraph { text += " The graph is kept for another pass." }
    return text
  }

  func visited(_ e: NodeVisited) -> String {
    guard let node = after.nodes[e.node]?.recorded else { return "Backward reaches \(e.node)." }
    let made = node.outputs.first.map(subject)
    let incoming = e.incoming.compactMap { $0?.inline() }
    // What one edge carries is a part of the derivative where several lead to the same tensor.
    let outgoing = zip(node.next.indices, e.outgoing).compactMap { k, gradient -> String? in
      guard let gradient else { return nil }
      let target = node.inputs.indices.contains(k) ? " towards \(input(node.inputs[k]))" : ""
      return gradient.inline() + target
    }
    var text = "Backward reaches \(node.gradFn)\(made.map { ", which made \($0)" } ?? ""). It receives "
    let whole = made.map { $0.contains(where: { " ^".contains($0) }) ? "(\($0))" : $0 }
    text += incoming.isEmpty ? "no gradient" : "\(whole.map { "∂\(root)/∂\($0) = " } ?? "")\(list(incoming))"
    text += outgoing.isEmpty ? " and passes nothing on." : " and passes on \(list(outgoing))."
    if e.hooks > 0 { text += " \(e.hooks) hook\(e.hooks == 1 ? "" : "s") ran here." }
    if companions.contains(where: { if case .buffersFreed = $0 { true } else { false } }) {
      text += " Then it frees what it had saved."
    }
    return text
  }

  func slotWritten(_ e: GradientWritten) -> String {
    let name = name(e.tensor)
    guard let node = e.node else {
      return
        "The program itself puts \(e.after.inline()) into \(name).grad. No backward pass was needed for that."
    }
    let isLeaf = before.nodes[node]?.recorded.variable != nil
    if !isLeaf {
      return
        "\(name) is no leaf, but it was asked to retain its gradient: \(name).grad becomes \(e.after.inline())."
    }
    let start = "AccumulateGrad writes the gradient that reached \(name) into \(name).grad."
    guard let held = e.before else {
      return
        "\(start) It was None, so it becomes \(e.after.inline()); had it held a value, the two would be added."
    }
    let sum = "\(held.inline()) + \(e.contribution?.inline() ?? "None") = \(e.after.inline())"
    return "\(start) It already held a gradient, so the two are added: \(sum)."
  }

  func slotCleared(_ e: GradientCleared) -> String {
    let name = name(e.tensor)
    if e.by == "assignment", !e.toZeros {
      return
        "The program puts None into \(name).grad. \(e.before.map { "It held \($0.inline())." } ?? "It was empty already.")"
    }
    let held = e.before.map { "It held \($0.inline()), and " } ?? "It was empty already, and "
    if e.toZeros {
      return
        "\(e.by) fills \(name).grad with zeros. \(held)now holds zeros, which is not the same as None: an"
        + " optimizer will still read it."
    }
    let end = e.before == nil ? "stays so." : "is None again."
    return "\(e.by) empties \(name).grad. \(held)\(end)"
  }
}
