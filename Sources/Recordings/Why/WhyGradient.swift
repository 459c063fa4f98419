import OrderedCollections

/// Why a `.grad` slot holds what it holds: what backward passes brought to it since it was empty, and by which path.
struct WhyGradient {
  let history: WhyHistory
  let name: String
  let tensor: TensorID
  let last: Int
  /// How many nodes of a path are told.
  private static let pathLength = 16

  func explained() -> Why {
    let moment = history.moment
    let value = moment.gradient(of: tensor)
    var why = Why(heading: "\(name).grad \(value.map { "= \($0.told)" } ?? "is None") \(history.instant)")
    let chain = writes()
    if chain.isEmpty || value == nil { why.notes = notes(chain) }
    let shown = chain.suffix(last)
    if shown.count < chain.count {
      let first = history.line(chain[0])
      why.notes.append(
        "\(chain.count - shown.count) earlier writes since it was empty, the first in \(first),"
          + " are not told here.")
    }
    why.entries = shown.map { history.entry($0, lines($0)) }
    return why
  }

  /// The events that made what is in the slot: from the last time it was None or assigned.
  private func writes() -> [Int] {
    var chain: [Int] = []
    var slot: TensorID?
    var storages: [TensorID: StorageID] = [:]
    for k in 0..<history.count {
      switch history.recording.events[k].body {
      case .tensorCreated(let e): storages[e.tensor] = e.storage
      case .gradientWritten(let e) where e.tensor == tensor:
        if e.node == nil { chain = [] }
        slot = e.grad
        chain.append(k)
      case .gradientCleared(let e) where e.tensor == tensor:
        chain = [k]
        if !e.toZeros { slot = nil }
      case .dataWritten(let e):
        guard let slot, e.tensor == slot || storages[e.tensor] == storages[slot] else { continue }
        chain.append(k)
      default: continue
      }
    }
    return chain
  }

  private func notes(_ chain: [Int]) -> [String] {
    guard let state = history.moment.tensors[tensor] else { return [] }
    if !chain.isEmpty { return ["Nothing has written it since."] }
    if !state.requiresGrad {
      return ["\(name) does not require grad: no backward pass will ever write its .grad."]
    }
    if !state.isLeaf, !state.retainsGrad {
      let passing = state.passingGradient.map { " In the last pass \($0.told) came by." } ?? ""
      return [
        "\(name) is no leaf: its gradient flows on to what it was made of and is not kept."
          + " \(name).retain_grad() keeps it.\(passing)"
      ]
    }
    let passes = history.moment.backwardCount
    return [
      passes == 0
        ? "No backward pass has run yet." : "No backward pass so far has reached \(name) (\(passes) ran)."
    ]
  }

  private func lines(_ k: Int) -> [Why.Line] {
    switch history.recording.events[k].body {
    case .gradientCleared(let e):
      let was = e.before.map { "; it was \($0.told)" } ?? ""
      return [Why.Line("\(e.by) set it to \(e.toZeros ? "zeros" : "None")\(was)")]
    case .dataWritten(let e):
      return [Why.Line("\(e.by) wrote it in place: \(e.before.map { "\($0.told) → " } ?? "")\(e.after.told)")]
    case .gradientWritten(let e): return written(e, at: k)
    default: return []
    }
  }

  private func written(_ e: GradientWritten, at k: Int) -> [Why.Line] {
    guard let node = e.node else {
      return [Why.Line("the program assigned it: \(e.before?.told ?? "None") → \(e.after.told)")]
    }
    let isLeaf = history.moment.nodes[node]?.recorded.variable != nil
    let writer = isLeaf ? "AccumulateGrad for \(name)" : "retain_grad at \(history.words(node))"
    var lines: [Why.Line] = []
    if let before = e.before {
      lines.append(
        Why.Line("\(writer) added to it: \(before.told) + \(e.contribution?.told ?? "?") = \(e.after.told)"))
    } else {
      lines.append(Why.Line("\(writer) wrote it: None → \(e.after.told)"))
    }
    return lines + path(to: node, at: k)
  }

  /// What the pass sent on toward a node, from the roots down.
  private func path(to node: NodeID, at k: Int) -> [Why.Line] {
    var visits: [NodeVisited] = []
    var began: BackwardBegan?
    var passes = 0
    for event in history.recording.events[0...k] {
      switch event.body {
      case .backwardBegan(let e):
        visits = []
        began = e
        passes += 1
      case .nodeVisited(let e): visits.append(e)
      default: break
      }
    }
    guard let began else { return [] }
    var needed: Set<NodeID> = [node]
    var onPath: [NodeVisited] = []
    for visit in visits.reversed() {
      let next = history.moment.nodes[visit.node]?.recorded.next ?? []
      guard visit.node == node || next.contains(where: { $0.map { needed.contains($0.node) } ?? false })
      else {
        continue
      }
      needed.insert(visit.node)
      onPath.append(visit)
    }
    onPath.reverse()
    let roots = began.roots.map { history.name($0, at: k) }.joined(separator: ", ")
    var lines = [
      Why.Line(
        "backward pass \(passes) brought it from \(roots)\(began.seed.map { ", seed \($0.told)" } ?? ""):")
    ]
    let shown = onPath.elided(to: Self.pathLength)
    lines += shown.first.map { step($0, needed) }
    if shown.hidden > 0 { lines.append(Why.Line("… \(shown.hidden) more nodes …", indent: 1)) }
    return lines + shown.last.map { step($0, needed) }
  }

  private func step(_ visit: NodeVisited, _ needed: Set<NodeID>) -> Why.Line {
    let incoming = visit.incoming.compactMap { $0?.told }.joined(separator: ", ")
    let next = history.moment.nodes[visit.node]?.recorded.next ?? []
    var sent: [String] = []
    for (edge, gradient) in zip(next, visit.outgoing) {
      guard let edge, needed.contains(edge.node), let gradient else { continue }
      sent.append(gradient.told)
    }
    // What goes on twice is summed where it arrives.
    let on = sent.isEmpty ? "" : " → \(sent.joined(separator: " and "))"
    let hooks = visit.hooks > 0 ? ", \(visit.hooks) hook\(visit.hooks == 1 ? "" : "s") ran" : ""
    return Why.Line("\(visit.order). \(history.words(visit.node)): \(incoming)\(on)\(hooks)", indent: 1)
  }
}
