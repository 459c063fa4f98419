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

  /// The paths that lead to nothing here, in the order in which modules meet them: those of a module before those of
  /// its children.
  private func unexpected(_ paths: [String], prefix: String = "") -> [String] {
    let own = Set(
      parameters.compactMap { $0.1 == nil ? nil : $0.0 }
        + buffers.compactMap { $0.1 != nil && $0.2 ? $0.0 : nil })
    let below = Set(children.map(\.0))
    var out = paths.filter { path in
      let steps = path.dropFirst(prefix.count).split(
        separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
      return steps.count > 1 ? !below.contains(String(steps[0])) : !own.contains(String(steps.first ?? ""))
    }
    for case (let name, let child?) in children {
      let inner = "\(prefix)\(name)."
      out += child.unexpected(paths.filter { $0.hasPrefix(inner) }, prefix: inner)
    }
    return out
  }

  /// Copies values into parameters and buffers of the same names. Throws PyTorch's list of what does not fit.
  ///
  /// - Parameter version: of the module that had this path where the entries come from; `nil` where nothing is known of it.
  /// - Returns: names that were missing and names that were not expected, where `strict` is false.
  @discardableResult
  public func load(
    _ entries: [(name: String, tensor: Tensor)], strict: Bool = true,
    version: (String) -> Int? = { _ in 2 }, copies: Bool = true
  ) throws
    -> (missing: [String], unexpected: [String])
  {
    var own: [(name: String, tensor: Tensor)] = []
    func collect(_ module: Module, _ prefix: String) {
      for case (let name, let p?) in module.parameters { own.append((prefix + name, p)) }
      for case (let name, let b?, true) in module.buffers { own.append((prefix + name, b)) }
      for case (let name, let child?) in module.children { collect(child, "\(prefix)\(name).") }
    }
    collect(self, "")
    let given = Dictionary(entries.map { ($0.name, $0.tensor) }, uniquingKeysWith: { $1 })
    // What is older than a norm's counter, or says nothing of it, may lack it.
    let counter = "num_batches_tracked"
    let missing = own.map(\.name).filter { name in
      guard given[name] == nil else { return false }
      guard name == counter || name.hasSuffix("." + counter) else { return true }
      return (version(String(name.dropLast(counter.count + 1))) ?? 0) >= 2
    }
    let unexpected = unexpected(entries.map(\.name))
    var problems: [String] = []
    func quoted(_ names: [String]) -> String { names.map { "\"\($0)\"" }.joined(separator: ", ") }
    if strict {
      if !missing.isEmpty { problems.append("Missing key(s) in state_dict: \(quoted(missing)). ") }
      if !unexpected.isEmpty { problems.append("Unexpected key(s) in state_dict: \(quoted(unexpected)). ") }
    }
    let context = Context.current
    let mode = context.gradMode
    context.gradMode = false
    defer { context.gradMode = mode }
    for (name, target) in own {
      guard let source = given[name] else { continue }
      if source.isUninitialized { throw Tensor.uninitializedShape }
      if target.isUninitialized {
        try target.materialize(try Tensor(zeros: source.shape, target.dtype, device: target.device))
      }
      if source.shape != target.shape {
        problems.append(
          "size mismatch for \(name): copying a param with shape \(sizeText(source.shape)) from checkpoint, the "
            + "shape in current model is \(sizeText(target.shape)).")
      } else if copies {
        _ = try Ops.copyInto(target, source)
      }
    }
    guard problems.isEmpty else {
      throw TorchError.runtime(
        "Error(s) in loading state_dict for \(typeName):\n\t" + problems.joined(separator: "\n\t"))
    }
    return (missing, unexpected)
  }
}
