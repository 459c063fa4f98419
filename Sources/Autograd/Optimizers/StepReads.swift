public import Recordings

/// What a step looks up by name, in PyTorch's order: what is not there is a `KeyError`.
public struct StepReads: Sendable {
  /// Settings of a group: before its parameters, for those that have a gradient, and after.
  let before: [String]
  let each: [String]
  let after: [String]
  /// Entries of a state that has begun, some only where a setting asks for them.
  let state: [(name: String, setting: String?)]
  /// What loading a state dictionary gives to groups that lack it.
  let restored: [NamedAttribute]

  /// - Parameters:
  ///   - settings: `before | each | after`.
  ///   - state: names; `max_exp_avg_sq:amsgrad` where the setting is on.
  ///   - restored: names of settings that are `None`, or with what they are otherwise: `maximize=False`.
  init(_ settings: String = "||", state: String = "", restored: String = "") {
    func words(_ text: Substring) -> [String] { text.split(separator: " ").map(String.init) }
    let parts = settings.split(separator: "|", omittingEmptySubsequences: false)
    func part(_ i: Int) -> [String] { parts.indices.contains(i) ? words(parts[i]) : [] }
    (before, each, after) = (part(0), part(1), part(2))
    self.state = words(state[...]).map { word in
      let pair = word.split(separator: ":").map(String.init)
      return (pair.first ?? word, pair.count > 1 ? pair[1] : nil)
    }
    self.restored = words(restored[...]).map { word in
      let pair = word.split(separator: "=").map(String.init)
      return NamedAttribute(
        pair.first ?? word, pair.count < 2 ? .none : Int(pair[1]).map(Attribute.int) ?? .bool(false))
    }
  }

  /// Throws for the first name that is looked up in vain.
  func check(_ group: ParameterSettings, state: (Tensor) -> [(name: String, value: Tensor)]) throws {
    func demand(_ names: [String]) throws {
      for name in names where group[name] == nil { throw TorchError(.key, name) }
    }
    try demand(before)
    let live = group.parameters.filter { $0.gradSlot != nil }
    if !live.isEmpty { try demand(each) }
    for p in live {
      let kept = state(p)
      if kept.isEmpty { continue }
      for entry in self.state where entry.setting.map(group.bool) ?? true {
        if !kept.contains(where: { $0.name == entry.name }) { throw TorchError(.key, entry.name) }
      }
    }
    try demand(after)
  }
}

extension Optimizer {
  /// Throws where the state of a parameter has no count of steps, which loading looks at.
  public func checkLoaded() throws {
    guard let rule = rule as? any UpdateRule.Type, rule.reads.state.contains(where: { $0.name == "step" })
    else { return }
    for p in groups.flatMap(\.parameters) {
      let kept = state(of: p)
      if !kept.isEmpty, !kept.contains(where: { $0.name == "step" }) { throw TorchError(.key, "step") }
    }
  }

  /// The settings of a loaded group, with what PyTorch adds where an older dictionary lacks it.
  public func restored(_ options: [NamedAttribute]) -> [NamedAttribute] {
    guard let rule = rule as? any UpdateRule.Type else { return options }
    return options + rule.reads.restored.filter { new in !options.contains { $0.name == new.name } }
  }
}
