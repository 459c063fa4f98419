/// `typing.get_type_hints`: hints that are texts become what they say.
extension Interpreter {
  func typeHints(of v: Value, keepsExtras: Bool) throws -> Value {
    let out = DictObject()
    // A class has those of its ancestors as well.
    let owners = (v.object as? ClassObject).map { $0.mro.reversed().map { Value.object($0) } } ?? [v]
    for owner in owners {
      let own: Value?
      if let c = owner.object as? ClassObject {
        own = c.attributes["__annotations__"]
      } else {
        own = try attribute(owner, "__annotations__")
      }
      for entry in (own?.object as? DictObject)?.entries ?? [] {
        if let entry { try out.set(entry.key, hint(entry.value, keepsExtras), self) }
      }
    }
    return .object(out)
  }

  private func hint(_ v: Value, _ keepsExtras: Bool) throws -> Value {
    guard let object = v.object else { return v.isGiven ? v : .object(Types.none) }
    if let text = object as? StringObject { return try hint(stated(text.value), keepsExtras) }
    guard let alias = object as? GenericAlias, alias.origin.name != "Literal" else { return v }
    let parts = (alias.arguments.object as? TupleObject)?.items ?? [alias.arguments]
    if alias.origin.isNamed("Annotated", in: "typing") {
      return keepsExtras ? v : try hint(parts.first ?? .none, keepsExtras)
    }
    let made = try parts.map { try hint($0, keepsExtras) }
    if zip(parts, made).allSatisfy({ $0.isIdentical(to: $1) }) { return v }
    return .object(GenericAlias(alias.origin, made.count == 1 ? made[0] : .tuple(made)))
  }

  /// What a text says as an expression of names, attributes, items and unions.
  private func stated(_ text: String) throws -> Value {
    guard let first = try? Parser.program(Array(text.utf8)).body.first, case .expression(let e) = first.kind
    else {
      throw Raise.named(
        "SyntaxError", "Forward reference must be an expression -- got \(Numbers.quoted(text))")
    }
    do { return try value(of: e) } catch let raise as Raise {
      let span = Span(line: 1, column: 0, endLine: 1, endColumn: 0)
      raise.exception.exception?.traceback.append(
        TracebackEntry(function: "<module>", span: span, anchors: nil, file: "<string>"))
      throw raise
    }
  }

  private func value(of e: Expression) throws -> Value {
    switch e.kind {
    case .none: return .none
    case .true: return .bool(true)
    case .false: return .bool(false)
    case .integer(let k): return .int(k)
    case .string(let s): return .string(s)
    case .ellipsis: return .object(Types.ellipsis)
    case .name(let name):
      if let k = globalNames.names.firstIndex(of: name), globals.indices.contains(k) {
        if case .unassigned = globals[k] {} else { return globals[k] }
      }
      if let known = Builtins.table[name] { return known }
      throw Raise.named("NameError", "name '\(name)' is not defined")
    case .attribute(let base, let name): return try getAttribute(value(of: base), name)
    case .subscripted(let base, let index): return try getItem(value(of: base), value(of: index))
    case .binary("|", let left, let right): return try binary(9, value(of: left), value(of: right))
    case .tuple(let items): return .tuple(try items.map(value))
    case .list(let items): return .list(try items.map(value))
    default: throw Raise.type("a type hint names a type")
    }
  }
}
