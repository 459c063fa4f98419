/// What a run set on classes of the host: `nn.Module.summary = f`.
///
/// Law: those classes are shared by all threads that run programs, so nothing is written into them. What the run set
/// lies here, beside them, and is found before their own.
final class ClassChanges {
  /// By class, which is kept alive, so that no other takes its place.
  private var kept: [ObjectIdentifier: (owner: ClassObject, own: [String: Value])] = [:]
  /// Most programs set nothing.
  private(set) var isEmpty = true
  /// The objects whose changed `__repr__` or `__str__` runs: it may ask for the one of before.
  fileprivate var beingShown: Set<ObjectIdentifier> = []

  /// What the run set on this very class.
  func own(_ c: ClassObject, _ name: String) -> Value? {
    isEmpty ? nil : kept[ObjectIdentifier(c)]?.own[name]
  }
  fileprivate func set(_ c: ClassObject, _ name: String, _ value: Value) {
    kept[ObjectIdentifier(c), default: (c, [:])].own[name] = value
    isEmpty = false
  }
  fileprivate func remove(_ c: ClassObject, _ name: String) -> Bool {
    kept[ObjectIdentifier(c)]?.own.removeValue(forKey: name) != nil
  }
}

extension Interpreter {
  /// An attribute of the class or its ancestors, with what the run set on them.
  func lookup(_ name: String, in c: ClassObject) -> Value? {
    if changes.isEmpty || c.isProgram { return c.lookup(name) }
    for parent in c.mro {
      if let found = changes.own(parent, name) ?? parent.attributes[name] { return found }
    }
    return nil
  }

  /// Whether the program may set this on a class of the host. What an operator or a call asks is read from the class
  /// itself, so it stays.
  private func mayChange(_ c: ClassObject, _ name: String) -> Bool {
    opensClass(c) && (!name.hasPrefix("__") || name == "__repr__" || name == "__str__")
  }

  /// `nn.Module.summary = f`; false where the class does not allow it.
  func change(_ c: ClassObject, _ name: String, _ value: Value) -> Bool {
    guard mayChange(c, name) else { return false }
    changes.set(c, name, value)
    forgetLookups()
    return true
  }

  /// `del nn.Module.summary`.
  func revert(_ c: ClassObject, _ name: String) -> Bool {
    guard changes.remove(c, name) else { return false }
    forgetLookups()
    return true
  }

  /// What the program's classes and instructions remember of before does not hold any more.
  private func forgetLookups() {
    kinship.forgetLookups()
    program?.code.forgetAttributes()
  }

  /// The text of an object of a class whose `__repr__` or `__str__` the run set; `nil` for all others.
  func changedText(_ names: [String], _ value: Value) throws -> String? {
    guard !changes.isEmpty, let object = value.object, !(object is StringObject) else { return nil }
    let type = type(of: value)
    let id = ObjectIdentifier(object)
    guard !type.isProgram, !changes.beingShown.contains(id) else { return nil }
    for name in names {
      guard let method = type.mro.lazy.compactMap({ self.changes.own($0, name) }).first else { continue }
      changes.beingShown.insert(id)
      defer { changes.beingShown.remove(id) }
      return try text(call(method, Arguments([value])), name)
    }
    return nil
  }
}
