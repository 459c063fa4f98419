public import Recordings

/// Walking a module and all below it.
extension Module {
  /// This module and all below it, each once, with their paths from here.
  public func namedModules() -> [(name: String, module: Module)] {
    var seen: Set<ObjectIdentifier> = []
    var out: [(String, Module)] = []
    func visit(_ module: Module, _ prefix: String) {
      guard seen.insert(ObjectIdentifier(module)).inserted else { return }
      out.append((prefix, module))
      for case (let name, let child?) in module.children {
        visit(child, prefix.isEmpty ? name : "\(prefix).\(name)")
      }
    }
    visit(self, "")
    return out
  }

  /// All parameters, each once.
  public func namedParameters() -> [(name: String, tensor: Tensor)] {
    var seen: Set<ObjectIdentifier> = []
    return namedModules().flatMap { prefix, module in
      module.parameters.compactMap { name, value in
        guard let value, seen.insert(ObjectIdentifier(value)).inserted else { return nil }
        return (prefix.isEmpty ? name : "\(prefix).\(name)", value)
      }
    }
  }
  public func allParameters() -> [Tensor] { namedParameters().map(\.tensor) }

  public func namedBuffers() -> [(name: String, tensor: Tensor)] {
    var seen: Set<ObjectIdentifier> = []
    return namedModules().flatMap { prefix, module in
      module.buffers.compactMap { name, value, _ in
        guard let value, seen.insert(ObjectIdentifier(value)).inserted else { return nil }
        return (prefix.isEmpty ? name : "\(prefix).\(name)", value)
      }
    }
  }

  public func train(_ mode: Bool = true) { for (_, m) in namedModules() { m.isTraining = mode } }

  public func requireGrad(_ on: Bool) throws { for p in allParameters() { try p.setRequiresGrad(on) } }

  public func zeroGrad(setToNone: Bool = true) throws {
    for p in allParameters() { try p.clearGrad(setToNone: setToNone, by: "zero_grad") }
  }

  /// `module.to(…)`: parameters keep their identity, their data is swapped.
  public func move(dtype: DType?, device: String?) throws {
    for (_, m) in namedModules() {
      for case (_, let p?) in m.parameters { try move(p, dtype, device) }
      for case (_, let b?, _) in m.buffers { try move(b, dtype, device) }
    }
  }
  private func move(_ t: Tensor, _ dtype: DType?, _ device: String?) throws {
    let type = t.dtype.isFloatingPoint ? dtype ?? t.dtype : t.dtype
    guard type != t.dtype || (device ?? t.device) != t.device else { return }
    let context = Context.current
    let mode = context.gradMode
    context.gradMode = false
    defer { context.gradMode = mode }
    try t.asEmpty { try t.setData(try Ops.cast(t, type, device: device)) }
    if let grad = t.gradSlot { try grad.setData(try Ops.cast(grad, type, device: device)) }
  }

  /// As `repr` prints it.
  public var text: String {
    Module.text(
      typeName, (try? extraRepr) ?? "", children.map { ($0.name, $0.value?.text ?? "None") },
      isFolded: typeName == "ModuleList")
  }

  /// A module's repr: its name, what it says of itself, its children indented.
  ///
  /// - Parameter isFolded: runs of equal children become one line.
  public static func text(
    _ name: String, _ extraRepr: String, _ children: [(name: String, text: String)], isFolded: Bool = false
  ) -> String {
    let extra =
      extraRepr.isEmpty
      ? [] : extraRepr.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var lines: [String] = []
    var at = 0
    while at < children.count {
      var end = at
      while isFolded, end + 1 < children.count, children[end + 1].text == children[at].text { end += 1 }
      let body = indented(children[at].text)
      lines.append(
        end == at
          ? "(\(children[at].name)): \(body)"
          : "(\(children[at].name)-\(children[end].name)): \(end - at + 1) x \(body)")
      at = end + 1
    }
    if lines.isEmpty, extra.count <= 1 { return "\(name)(\(extra.first ?? ""))" }
    return "\(name)(\n  " + (extra + lines).joined(separator: "\n  ") + "\n)"
  }
  private static func indented(_ text: String) -> String { text.replacing("\n", with: "\n  ") }

  /// What `state_dict()` holds: parameters and persistent buffers by path; detached, sharing memory.
  public func stateEntries(prefix: String = "") throws -> [(name: String, tensor: Tensor)] {
    var out: [(String, Tensor)] = []
    for case (let name, let p?) in parameters { out.append((prefix + name, try Ops.detach(p))) }
    for case (let name, let b?, true) in buffers { out.append((prefix + name, try Ops.detach(b))) }
    for case (let name, let child?) in children {
      out += try child.stateEntries(prefix: "\(prefix)\(name).")
    }
    return out
  }

  /// Copies a saved value into a parameter or buffer, which takes its shape if it has none yet. Nothing is recorded.
  public static func restore(_ target: Tensor, from source: Tensor) throws {
    let context = Context.current
    let mode = context.gradMode
    context.gradMode = false
    defer { context.gradMode = mode }
    if target.isUninitialized {
      try target.materialize(try Tensor(zeros: source.shape, target.dtype, device: target.device))
    }
    _ = try Ops.copyInto(target, source)
  }
}
