/// Names that nothing binds, and imports.
extension Interpreter {
  func builtin(_ name: String) throws -> Value {
    if let value = Builtins.table[name] { return value }
    // A module of the library has its names among the program's.
    if let dot = name.lastIndex(of: ".") {
      let own = String(name[name.index(after: dot)...])
      if let value = Builtins.table[own] { return value }
      throw nameError(own)
    }
    throw nameError(name)
  }

  func nameError(_ name: String) -> Raise {
    let e = Exceptions.make("NameError", "name '\(name)' is not defined")
    e.exception?.named["name"] = .string(name)
    // The names of the function first, then the program's, then Python's.
    let locals = frames.last.map { $0.code.localNames + $0.code.cellNames } ?? []
    for known in [locals, globalVariables.map(\.name), Builtins.suggestions] where known.count < 750 {
      guard let near = Suggestions.nearest(to: name, among: known) else { continue }
      e.exception?.suggestion = ". Did you mean: '\(near)'?"
      break
    }
    return Raise(e)
  }

  func unboundLocal(_ name: String) -> Raise {
    .named(
      "UnboundLocalError", "cannot access local variable '\(name)' where it is not associated with a value")
  }

  func unboundCell(_ frame: Frame, _ k: Int) -> Raise {
    let name = frame.code.cellNames[k]
    if k < frame.code.ownCellCount { return unboundLocal(name) }
    return .named(
      "NameError",
      "cannot access free variable '\(name)' where it is not associated with a value in enclosing scope")
  }

  /// - Parameter leaf: `import a.b as c` and `from a.b import …` mean `b`; plain `import a.b` means `a`.
  func importModule(_ path: String, leaf: Bool) throws -> Value {
    let parts = path.split(separator: ".").map(String.init)
    let whole = try load(path)
    return leaf || parts.count == 1 ? whole : try load(parts[0])
  }

  private func load(_ path: String) throws -> Value {
    if let known = loadedModules[path] { return known }
    if path.hasPrefix(".") {
      throw Raise.named("ImportError", "attempted relative import with no known parent package")
    }
    if let module = try LibraryCatalogue.make(path, self) ?? WrittenLibrary.make(path, self)
      ?? modules(path, self)
    {
      loadedModules[path] = module
      return module
    }
    let top = path.split(separator: ".").first.map(String.init) ?? path
    if top != path, (try? load(top)) != nil {
      let isPlain =
        (LibraryCatalogue.names + WrittenLibrary.names).contains(top)
        && !["collections", "importlib", "concurrent"].contains(top)
      let e = Exceptions.make(
        "ModuleNotFoundError", "No module named '\(path)'" + (isPlain ? "; '\(top)' is not a package" : ""))
      e.exception?.named["name"] = .string(path)
      throw Raise(e)
    }
    let e = Exceptions.make("ModuleNotFoundError", "No module named '\(top)'")
    e.exception?.named["name"] = .string(top)
    let names = (LibraryCatalogue.names + WrittenLibrary.names + moduleNames).filter { !$0.hasPrefix("_") }
      .sorted()
    e.exception?.hint = "modules that exist here: " + names.joined(separator: ", ")
    throw Raise(e)
  }

  func importMember(_ module: Value, _ name: String) throws -> Value {
    if let found = try attribute(module, name) { return found }
    let path = (module.object as? ModuleObject)?.name ?? typeName(module)
    if let inner = try? load("\(path).\(name)") { return inner }
    let e = Exceptions.make(
      "ImportError", "cannot import name '\(name)' from '\(path)' (unknown location)")
    e.exception?.named["name"] = .string(path)
    throw Raise(e)
  }

  func importAll(_ module: Value) throws {
    for name in module.object?.attributeNames ?? [] where !name.hasPrefix("_") {
      if let value = try attribute(module, name) { setGlobal(name, value) }
    }
  }
}
