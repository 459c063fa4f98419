import OrderedCollections

/// Why a tensor holds what it holds: what it was computed from, and what was written into it since.
struct WhyValue {
  let history: WhyHistory
  let name: String
  let tensor: TensorID
  let last: Int
  /// How many of the tensors it was computed from are told.
  private static let ancestorCount = 16

  func explained() -> Why {
    let value = history.moment.value(of: tensor)
    var why = Why(heading: "\(name) = \(value?.told ?? "unknown") \(history.instant)")
    let writes = writes()
    let shown = writes.suffix(last)
    if let k = history.created[tensor] { why.entries.append(history.entry(k, creation(k))) }
    if shown.count < writes.count {
      let hidden = writes.count - shown.count
      why.notes.append(
        "\(hidden) earlier write\(hidden == 1 ? "" : "s"), the first in \(history.line(writes[0])),"
          + " stand\(hidden == 1 ? "s" : "") between its creation and those told here.")
    }
    why.entries += shown.map { history.entry($0, lines($0)) }
    return why
  }

  /// The events since its creation that changed its elements.
  private func writes() -> [Int] {
    var out: [Int] = []
    var storages: [TensorID: StorageID] = [:]
    for k in 0..<history.count {
      switch history.recording.events[k].body {
      case .tensorCreated(let e): storages[e.tensor] = e.storage
      case .tensorChanged(let e):
        if let from = e.dataFrom {
          storages[e.tensor] = storages[from]
          if e.tensor == tensor { out.append(k) }
        }
      case .dataWritten(let e):
        if e.tensor == tensor || storages[tensor].map({ storages[e.tensor] == $0 }) ?? false { out.append(k) }
      case .parameterUpdated(let e): if e.parameter == tensor { out.append(k) }
      default: continue
      }
    }
    return out
  }

  private func lines(_ k: Int) -> [Why.Line] {
    switch history.recording.events[k].body {
    case .dataWritten(let e):
      let through =
        e.tensor == tensor ? "" : " through \(history.name(e.tensor, at: k + 1)), which shares its memory"
      let change = "\(e.before.map { "\($0.told) → " } ?? "")\(e.after.told)"
      return [
        Why.Line(
          "\(e.by) wrote it in place\(through): \(change), version \(e.versionBefore) → \(e.versionAfter)")
      ]
    case .tensorChanged(let e):
      let from = e.dataFrom.map { history.name($0, at: k + 1) } ?? "another tensor"
      return [Why.Line("it took over the data of \(from)")]
    case .parameterUpdated(let e): return update(e)
    default: return []
    }
  }

  private func update(_ e: ParameterUpdated) -> [Why.Line] {
    let kind = history.moment.optimizers[e.optimizer]?.kind ?? "\(e.optimizer)"
    if let skipped = e.skipped { return [Why.Line("step \(e.step) of \(kind) skipped it: \(skipped)")] }
    var lines = [
      Why.Line(
        "step \(e.step) of \(kind) updated it: \(e.before?.told ?? "?") → \(e.after?.told ?? "?"),"
          + " version \(e.versionAfter)")
    ]
    if !e.formula.isEmpty { lines.append(Why.Line(e.formula, indent: 1)) }
    if let gradient = e.gradient {
      lines.append(Why.Line("grad = \(gradient.told), read from \(name).grad", indent: 1))
    }
    for term in e.terms {
      let how = term.formula == term.name || term.formula.isEmpty ? "" : " = \(term.formula)"
      lines.append(Why.Line("\(term.name)\(how) = \(term.value.told)", indent: 1))
    }
    return lines
  }

  /// How it was made, and below that how what it was made of was.
  private func creation(_ k: Int) -> [Why.Line] {
    guard case .tensorCreated(let e) = history.recording.events[k].body else { return [] }
    var lines = [Why.Line(made(e))]
    let above = ancestors()
    if above.isEmpty { return lines }
    lines.append(Why.Line("from what came before:"))
    let end = k
    let shown = above.elided(to: Self.ancestorCount)
    func tell(_ k: Int) -> Why.Line {
      guard case .tensorCreated(let e) = history.recording.events[k].body else { return Why.Line("") }
      let text = "\(history.line(k)): \(history.name(e.tensor, at: k + 1)), \(made(e))"
      return Why.Line(text + changes(e.tensor, from: k, to: end), indent: 1)
    }
    lines += shown.first.map(tell)
    if shown.hidden > 0 { lines.append(Why.Line("… \(shown.hidden) more tensors …", indent: 1)) }
    return lines + shown.last.map(tell)
  }

  /// `; written 3 times since, last in line 9`.
  private func changes(_ id: TensorID, from: Int, to: Int) -> String {
    let writes = (history.written[id] ?? []).filter { $0 > from && $0 < to }
    guard let last = writes.last else { return "" }
    return
      "; written \(writes.count == 1 ? "once" : "\(writes.count) times") since, last in \(history.line(last))"
  }

  private func made(_ e: TensorCreated) -> String {
    let value: String
    if let content = e.content, e.offset == 0, e.strides.isEmpty {
      value = Capture(shape: e.shape, dtype: e.dtype, content: content).told
    } else {
      // It was told with the storage, which may have been written since.
      value = "\(Story.shape(e.shape)), a view"
    }
    guard let origin = e.origin else { return "made as \(value)" }
    let inputs = origin.inputs.map { history.name($0, at: history.created[$0].map { $0 + 1 }) }
    let node = history.moment.nodes.values.first { $0.recorded.outputs.contains(e.tensor) }?.recorded
    let label = node.flatMap { $0.label.isEmpty ? nil : " (\($0.label))" } ?? ""
    let of = inputs.isEmpty ? "" : " of \(inputs.joined(separator: ", "))"
    return "made by \(origin.operation)\(of)\(label): \(value)"
  }

  /// The creations of all tensors it was computed from, in order of time.
  private func ancestors() -> [Int] {
    var seen: Set<TensorID> = [tensor]
    var open = [tensor]
    var out: [Int] = []
    while let id = open.popLast() {
      guard let k = history.created[id], case .tensorCreated(let e) = history.recording.events[k].body else {
        continue
      }
      if id != tensor { out.append(k) }
      for input in e.origin?.inputs ?? [] where seen.insert(input).inserted { open.append(input) }
    }
    return out.sorted()
  }
}
