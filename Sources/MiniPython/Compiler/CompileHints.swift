/// Type hints: evaluated where the function is made, so that a name that is not defined is an error there.
extension Compiler {
  /// The hints of the function on top of the stack.
  func hints(of f: FunctionNode) throws {
    var all = f.parameters.hints
    if let returns = f.returns { all.append(("return", returns)) }
    guard !all.isEmpty else { return }
    emit(.buildDict)
    for (name, hint) in all {
      constant(.string(name))
      // Below `from __future__ import annotations` it is kept as text.
      if globals.evaluatesHints { try self.hint(hint) } else { constant(.string(hint.asText)) }
      emit(.dictSet, 1)
    }
    emit(.setHints)
  }

  /// A hint may name parts of `torch` that do not exist here: only its names must.
  func hint(_ e: Expression) throws {
    switch e.kind {
    case .attribute(let base, let attribute):
      try hint(base)
      span = e.span
      emit(.hint, name(attribute), 0)
    case .subscripted(let base, let index):
      try hint(base)
      try hint(index)
      span = e.span
      emit(.hint, 0, 1)
    case .binary("|", let left, let right):
      try hint(left)
      try hint(right)
      span = e.span
      emit(.hint, 0, 2)
    case .tuple(let items) where !items.contains(where: \.isStarred):
      for item in items { try hint(item) }
      emit(.buildTuple, items.count)
    case .list(let items) where !items.contains(where: \.isStarred):
      for item in items { try hint(item) }
      emit(.buildList, items.count)
    default: try expression(e)
    }
  }
}

extension Expression {
  /// The text that `__annotations__` keeps of a hint that is not evaluated.
  var asText: String {
    func list(_ items: [Expression]) -> String { items.map(\.asText).joined(separator: ", ") }
    switch kind {
    case .none: return "None"
    case .true: return "True"
    case .false: return "False"
    case .ellipsis: return "..."
    case .integer(let k): return "\(k)"
    case .float(let d): return Numbers.repr(d)
    case .string(let s): return Numbers.quoted(s)
    case .name(let name): return name
    case .attribute(let base, let name): return "\(base.asText).\(name)"
    case .subscripted(let base, let index):
      if case .tuple(let items) = index.kind, !items.isEmpty { return "\(base.asText)[\(list(items))]" }
      return "\(base.asText)[\(index.asText)]"
    case .binary(let op, let left, let right): return "\(left.asText) \(op) \(right.asText)"
    case .unary(let op, let inner): return op + inner.asText
    case .list(let items): return "[\(list(items))]"
    case .tuple(let items): return items.count == 1 ? "(\(list(items)),)" : "(\(list(items)))"
    case .call(let f, let arguments):
      let given = arguments.map { a in
        switch a.kind {
        case .positional: a.value.asText
        case .keyword(let name): "\(name)=\(a.value.asText)"
        case .star: "*\(a.value.asText)"
        case .doubleStar: "**\(a.value.asText)"
        }
      }
      return "\(f.asText)(\(given.joined(separator: ", ")))"
    default: return ""
    }
  }
  fileprivate var isStarred: Bool { if case .starred = kind { true } else { false } }
}

extension Interpreter {
  /// A step of a hint: attribute, item or union; `None` where it cannot be made.
  func hintPart(_ kind: Int, _ base: Value, _ part: Value, _ names: [String], _ name: Int) -> Value {
    let found: Value?
    switch kind {
    case 0: found = try? attribute(base, names[name])
    case 1: found = try? getItem(base, part)
    default: found = try? binary(9, base, part)
    }
    return found ?? Value.none
  }
}
