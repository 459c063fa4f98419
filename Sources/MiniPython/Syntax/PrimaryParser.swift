internal import BigInt

/// Primaries: names, calls, subscripts, displays.
extension Parser {
  mutating func primary() throws -> Expression {
    let start = token.span
    var e = try atom()
    while true {
      guard e.depth < 1000 else { throw SyntaxProblem("the expression is too long", e.span) }
      if takeOp(".") {
        let name = try self.name()
        e = Expression(.attribute(e, name), start.through(previous), depth: e.depth + 1)
      } else if isOp("(") {
        at += 1
        let arguments = try deeper { try $0.arguments() }
        guard takeOp(")") else { throw forgottenComma(after: arguments.last?.value) }
        e = Expression(
          .call(e, arguments), start.through(previous),
          depth: max(e.depth, arguments.map(\.value.depth).max() ?? 0) + 1)
      } else if isOp("[") {
        at += 1
        let index = try deeper { try $0.subscriptIndex() }
        guard takeOp("]") else { throw forgottenComma() }
        e = Expression(.subscripted(e, index), start.through(previous), depth: max(e.depth, index.depth) + 1)
      } else {
        return e
      }
    }
  }

  /// Two expressions side by side inside brackets.
  func forgottenComma(after e: Expression? = nil) -> SyntaxProblem {
    if let e, tokens[max(0, at - 1)].span.endColumn == e.span.endColumn,
      token.span.line != e.span.endLine
        || tokens[max(0, at - 1)].kind == .op(")") || tokens[max(0, at - 1)].kind == .op("]")
    {
      var probe = self
      if let b = try? probe.expression() {
        return SyntaxProblem("invalid syntax. Perhaps you forgot a comma?", e.span.through(b.span))
      }
    }
    switch token.kind {
    case .name, .integer, .float, .string, .keyword("None"), .keyword("True"), .keyword("False"):
      if at > 0 {
        switch tokens[at - 1].kind {
        case .name, .integer, .float, .string, .op(")"), .op("]"), .op("}"):
          // Strings side by side are one.
          var first = at - 1
          while first > 0, case .string = tokens[first].kind, case .string = tokens[first - 1].kind {
            first -= 1
          }
          return SyntaxProblem(
            "invalid syntax. Perhaps you forgot a comma?", tokens[first].span.through(token.span))
        default: break
        }
      }
    default: break
    }
    return invalid()
  }

  mutating func arguments() throws -> [CallArgument] {
    var out: [CallArgument] = []
    var sawKeyword = false
    var late: String?
    while !isOp(")") {
      let start = token.span
      if takeOp("**") {
        out.append(CallArgument(kind: .doubleStar, value: try expression()))
        sawKeyword = true
      } else if isOp("*") {
        if out.contains(where: { if case .doubleStar = $0.kind { true } else { false } }) {
          throw SyntaxProblem("iterable argument unpacking follows keyword argument unpacking", token.span)
        }
        at += 1
        out.append(CallArgument(kind: .star, value: try expression()))
      } else if case .name(let name) = token.kind, nextToken.kind == .op("=") {
        at += 2
        if out.contains(where: { if case .keyword(let other) = $0.kind { other == name } else { false } }) {
          let value = try expression()
          throw SyntaxProblem("keyword argument repeated: \(name)", start.through(value.span))
        }
        out.append(CallArgument(kind: .keyword(mangled(name)), value: try expression()))
        sawKeyword = true
      } else {
        let value = try namedExpression()
        if isKeyword("for") || isKeyword("async") {
          let open = previousBracket(start)
          var generator = try comprehension(.generator, value, nil, start: start)
          if out.isEmpty, isOp(")") {
            // The brackets of the call are the generator's own.
            generator = Expression(generator.kind, open.through(token.span), depth: generator.depth)
          }
          if !out.isEmpty || isOp(",") && !(nextToken.kind == .op(")")) {
            throw SyntaxProblem(
              "Generator expression must be parenthesized", value.span.through(generator.span))
          }
          out.append(CallArgument(kind: .positional, value: generator))
        } else {
          if isOp("=") {
            switch value.kind {
            case .true, .false, .none:
              throw SyntaxProblem(
                "cannot assign to \(Parser.describe(value))", value.span.through(token.span))
            default: break
            }
            throw SyntaxProblem(
              "expression cannot contain assignment, perhaps you meant \"==\"?",
              value.span.through(token.span))
          }
          if sawKeyword {
            let unpacks = out.contains { if case .doubleStar = $0.kind { true } else { false } }
            late =
              "positional argument follows keyword argument" + (unpacks ? " unpacking" : "")
          }
          out.append(CallArgument(kind: .positional, value: value))
        }
      }
      if !takeOp(",") { break }
    }
    if let late { throw SyntaxProblem(late, token.span) }
    return out
  }

  /// The bracket before the first argument.
  private func previousBracket(_ start: Span) -> Span {
    tokens[..<at].last { $0.kind == .op("(") && $0.span.line <= start.line }?.span ?? start
  }

  private mutating func subscriptIndex() throws -> Expression {
    let start = token.span
    let first = try sliceItem()
    guard isOp(",") else { return first }
    var items = [first]
    while takeOp(",") {
      if isOp("]") { break }
      items.append(try sliceItem())
    }
    return tuple(items, from: start)
  }

  private mutating func sliceItem() throws -> Expression {
    let start = token.span
    if isOp("*") { return try starItem() }
    var lower: Expression?
    if !isOp(":") {
      let value = try namedExpression()
      guard isOp(":") else { return value }
      lower = value
    }
    try expectOp(":")
    var upper: Expression?
    var step: Expression?
    if !isOp(":"), !isOp("]"), !isOp(",") { upper = try expression() }
    if takeOp(":"), !isOp("]"), !isOp(",") { step = try expression() }
    let deepest = max(lower?.depth ?? 0, upper?.depth ?? 0, step?.depth ?? 0) + 1
    return Expression(.slice(lower, upper, step), start.through(previous), depth: deepest)
  }

  private mutating func atom() throws -> Expression {
    let t = token
    switch t.kind {
    case .name(let name):
      at += 1
      return Expression(.name(mangled(name)), t.span)
    case .integer(let digits, let radix):
      at += 1
      if let small = Int(digits, radix: radix) { return Expression(.integer(small), t.span) }
      guard digits.utf8.count <= 4300 || radix != 10 else {
        throw SyntaxProblem(
          "Exceeds the limit (4300 digits) for integer string conversion: value has \(digits.utf8.count) digits; use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer literals to avoid decimal conversion limits.",
          t.span)
      }
      return Expression(.bigInteger(BigInt(digits, radix: radix) ?? 0), t.span)
    case .float(let value):
      at += 1
      return Expression(.float(value), t.span)
    case .imaginary(let value):
      at += 1
      return Expression(.imaginary(value), t.span)
    case .string: return try strings()
    case .keyword("None"):
      at += 1
      return Expression(.none, t.span)
    case .keyword("True"):
      at += 1
      return Expression(.true, t.span)
    case .keyword("False"):
      at += 1
      return Expression(.false, t.span)
    case .op("..."):
      at += 1
      return Expression(.ellipsis, t.span)
    case .op("("): return try deeper { try $0.parenthesized() }
    case .op("["): return try deeper { try $0.listDisplay() }
    case .op("{"): return try deeper { try $0.braces() }
    default: throw invalid()
    }
  }

  private mutating func parenthesized() throws -> Expression {
    let start = token.span
    at += 1
    if takeOp(")") { return parenthesized(Expression(.tuple([]), start.through(previous))) }
    if isKeyword("yield") {
      let e = try yieldExpression()
      guard takeOp(")") else { throw invalid() }
      return parenthesized(e)
    }
    let first = try starItem()
    if isKeyword("for") || isKeyword("async") {
      let e = try comprehension(.generator, first, nil, start: start)
      guard takeOp(")") else { throw invalid() }
      return parenthesized(Expression(e.kind, start.through(previous), depth: e.depth))
    }
    if isOp(",") {
      var items = [first]
      while takeOp(",") {
        if isOp(")") { break }
        items.append(try starItem())
      }
      guard takeOp(")") else { throw forgottenComma(after: items.last) }
      return parenthesized(
        Expression(.tuple(items), start.through(previous), depth: (items.map(\.depth).max() ?? 0) + 1))
    }
    guard takeOp(")") else { throw forgottenComma(after: first) }
    if case .starred = first.kind { throw SyntaxProblem("cannot use starred expression here", first.span) }
    return parenthesized(first)
  }

  private func parenthesized(_ e: Expression) -> Expression {
    e.isParenthesized = true
    return e
  }

  private mutating func listDisplay() throws -> Expression {
    let start = token.span
    at += 1
    if takeOp("]") { return Expression(.list([]), start.through(previous)) }
    let first = try starItem()
    if isKeyword("for") || isKeyword("async") {
      let e = try comprehension(.list, first, nil, start: start)
      guard takeOp("]") else { throw invalid() }
      return Expression(e.kind, start.through(previous), depth: e.depth)
    }
    var items = [first]
    while takeOp(",") {
      if isOp("]") { break }
      items.append(try starItem())
    }
    try refuseBareTarget(items)
    guard takeOp("]") else { throw forgottenComma(after: items.last) }
    return Expression(.list(items), start.through(previous), depth: (items.map(\.depth).max() ?? 0) + 1)
  }

  mutating func braces() throws -> Expression {
    let start = token.span
    at += 1
    if takeOp("}") { return Expression(.dictionary([]), start.through(previous)) }
    var pairs: [(key: Expression?, value: Expression)] = []
    var items: [Expression] = []
    var isDictionary = false
    while !isOp("}") {
      if takeOp("**") {
        isDictionary = true
        let stars = previous
        pairs.append((nil, try bitOr()))
        if pairs.count == 1, isKeyword("for") {
          throw SyntaxProblem("dict unpacking cannot be used in dict comprehension", stars)
        }
      } else {
        if isDictionary, isOp("*") { throw invalid() }
        let key = try starItem()
        if items.isEmpty, takeOp(":") {
          isDictionary = true
          if isOp("}") || isOp(",") {
            throw SyntaxProblem("expression expected after dictionary key and ':'", previous)
          }
          if isOp("*") {
            let star = try starItem()
            throw SyntaxProblem("cannot use a starred expression in a dictionary value", star.span)
          }
          let value = try expression()
          if pairs.isEmpty, isKeyword("for") {
            let e = try comprehension(.dictionary, key, value, start: start)
            guard takeOp("}") else { throw invalid() }
            return Expression(e.kind, start.through(previous), depth: e.depth)
          }
          pairs.append((key, value))
        } else {
          guard !isDictionary else {
            throw SyntaxProblem(
              "':' expected after dictionary key",
              Span(
                line: previous.endLine, column: previous.endColumn - 1, endLine: previous.endLine,
                endColumn: previous.endColumn))
          }
          if items.isEmpty, isKeyword("for") {
            let e = try comprehension(.set, key, nil, start: start)
            guard takeOp("}") else { throw invalid() }
            return Expression(e.kind, start.through(previous), depth: e.depth)
          }
          items.append(key)
        }
      }
      if !takeOp(",") { break }
    }
    try refuseBareTarget(items)
    guard takeOp("}") else { throw forgottenComma(after: pairs.last?.value ?? items.last) }
    let span = start.through(previous)
    if isDictionary {
      let deepest = pairs.map { max($0.key?.depth ?? 0, $0.value.depth) }.max() ?? 0
      return Expression(.dictionary(pairs), span, depth: deepest + 1)
    }
    return Expression(.set(items), span, depth: (items.map(\.depth).max() ?? 0) + 1)
  }

  /// `[x, y for x in z]`: the pair wants brackets of its own.
  private func refuseBareTarget(_ items: [Expression]) throws {
    guard items.count > 1, isKeyword("for"), let last = items.last else { return }
    throw SyntaxProblem(
      "did you forget parentheses around the comprehension target?", items[0].span.through(last.span))
  }

  private mutating func comprehension(
    _ kind: Comprehension.Kind, _ element: Expression, _ value: Expression?, start: Span
  ) throws -> Expression {
    if case .starred = element.kind {
      throw SyntaxProblem("iterable unpacking cannot be used in comprehension", element.span)
    }
    var clauses: [Comprehension.Clause] = []
    while isKeyword("for") {
      at += 1
      let target = try targetList()
      try Parser.checkTarget(target)
      guard takeKeyword("in") else { throw forgottenComma() }
      let outer = inIterable
      inIterable = true
      let iterable = try orTestPublic()
      inIterable = outer
      var conditions: [Expression] = []
      while takeKeyword("if") { conditions.append(try orTestPublic()) }
      clauses.append(Comprehension.Clause(target: target, iterable: iterable, conditions: conditions))
    }
    if isKeyword("async") { throw unsupported("async") }
    let deepest = clauses.map { max($0.iterable.depth, $0.conditions.map(\.depth).max() ?? 0) }.max() ?? 0
    return Expression(
      .comprehension(Comprehension(kind: kind, element: element, value: value, clauses: clauses)),
      start.through(previous), depth: max(element.depth, value?.depth ?? 0, deepest) + 1)
  }

  /// Conditions and iterables of comprehensions: no bare conditional expression, but lambda and walrus.
  private mutating func orTestPublic() throws -> Expression {
    if isKeyword("lambda") { return try expression() }
    if case .name = token.kind, nextToken.kind == .op(":=") { return try namedExpression() }
    return try deeper { try $0.orTest() }
  }
}
