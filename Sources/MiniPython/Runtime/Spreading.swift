/// `*items` and `**names` in calls and displays.
extension Interpreter {
  /// - Parameter callee: the function, where the star stands alone in a call: CPython names it then.
  func spread(_ source: Value, into list: ListObject?, callee: Value?) throws {
    let more: [Value]
    do { more = try array(source) } catch let raise as Raise {
      guard raise.exception.exception?.text.hasSuffix("object is not iterable") == true,
        type(of: source).lookup("__iter__") == nil
      else { throw raise }
      throw Raise.type(
        callee.map { "\(calleeName($0)) argument after * must be an iterable, not \(typeName(source))" }
          ?? "Value after * must be an iterable, not \(typeName(source))")
    }
    guard let list else { return }
    try checkSize(list.items.count, more.count)
    list.items += more
  }

  /// - Parameter callee: the function, in a call; names given twice are refused there.
  func merge(_ source: Value, into dict: DictObject?, callee: Value?) throws {
    guard let dict else { return }
    var entries: [(key: Value, value: Value)] = []
    if let from = source.object as? DictObject, !from.iteratesItself {
      entries = from.entries.compactMap { $0 }
    } else if source.object != nil, let keys = try callMethod(source, "keys") {
      entries = try array(keys).map { ($0, try getItem(source, $0)) }
    } else {
      throw Raise.type(
        callee.map { "\(calleeName($0)) argument after ** must be a mapping, not \(typeName(source))" }
          ?? "'\(typeName(source))' object is not a mapping")
    }
    for (key, value) in entries {
      let hash = try dict.place(key, self)
      if let callee, dict.get(hash) != nil {
        throw Raise.type(
          "\(calleeName(callee)) got multiple values for keyword argument '\(try str(key))'")
      }
      dict.set(hash, key, value)
    }
  }

  /// `__main__.f()`, `print()`.
  private func calleeName(_ callee: Value) -> String {
    switch callee.object {
    case let f as FunctionObject: "__main__.\(f.code.qualifiedName)()"
    case let m as BoundMethod:
      (m.function.object as? FunctionObject).map { "__main__.\($0.code.qualifiedName)()" }
        ?? "\(typeName(callee)) object"
    case let f as NativeFunction: "\(f.name)()"
    case let c as ClassObject: c.module == "builtins" ? "\(c.name)()" : "\(c.module).\(c.qualifiedName)()"
    default: "\(typeName(callee)) object"
    }
  }
}
