internal import BigInt

/// Expressions, from the loosest to the tightest binding.
extension Parser {
  /// `a, *b, c` as a tuple, or one expression.
  mutating func starExpressionList() throws -> Expression {
    if isKeyword("yield") { return try yieldExpression() }
    let first = try starItem(isBracketed: false)
    guard isOp(",") else {
      if case .starred = first.kind {
        throw SyntaxProblem(
          isOp("=")
            ? "starred assignment target must be in a list or tuple" : "can't use starred expression here",
          first.span)
      }
      return first
    }
    var items = [first]
    while takeOp(",") {
      if startsNoExpression { break }
      items.append(try starItem(isBracketed: false))
    }
    return tuple(items)
  }

  mutating func expressionList() throws -> Expression { try starExpressionList() }

  /// The target of `for` and `del`: binds tighter than `in`.
  mutating func targetList() throws -> Expression {
    let first = try starTarget()
    guard isOp(",") else { return first }
    var items = [first]
    while takeOp(",") {
      if startsNoExpression || isKeyword("in") { break }
      items.append(try starTarget())
    }
    return tuple(items)
  }

  mutating func starTarget() throws -> Expression {
    let start = token.span
    if takeOp("*") {
      let inner = try bitOr()
      return Expression(.starred(inner), start.through(inner.span), depth: inner.depth + 1)
    }
    return try bitOr()
  }

  private mutating func starItem(isBracketed: Bool = true) throws -> Expression {
    let start = token.span
    if takeOp("*") {
      let inner = try bitOr()
      return Expression(.starred(inner), start.through(inner.span), depth: inner.depth + 1)
    }
    let item = try namedExpression()
    guard isBracketed else { return item }
    if isOp("=") {
      switch item.kind {
      case .name:
        throw SyntaxProblem(
          "invalid syntax. Maybe you meant '==' or ':=' instead of '='?", item.span.through(nextToken.span))
      case .tuple, .list, .true, .false, .none: break
      default:
        throw SyntaxProblem(
          "cannot assign to \(Parser.describe(item)) here. Maybe you meant '==' instead of '='?", item.span)
      }
    }
    if isOp(":=") {
      throw SyntaxProblem("cannot use assignment expressions with \(Parser.describe(item))", item.span)
    }
    return item
  }

  private func tuple(_ items: [Expression]) -> Expression {
    Expression(.tuple(items), items[0].span.through(previous), depth: (items.map(\.depth).max() ?? 0) + 1)
  }

  private var startsNoExpression: Bool {
    switch token.kind {
    case .newline, .end, .dedent, .indent: true
    case .op(let op):
      [")", "]", "}", "=", ":", ";"].contains(op)
        || (op.hasSuffix("=") && op.count > 1 && op != "==" && op != ":=")
    default: false
    }
  }

  mutating func yieldExpression() throws -> Expression {
    let start = token.span
    at += 1
    if takeKeyword("from") {
      let inner = try expression()
      return Expression(.yieldFrom(inner), start.through(inner.span), depth: inner.depth + 1)
    }
    if startsNoExpression || isStatementEnd { return Expression(.yield(nil), start) }
    let inner = try starExpressionList()
    return Expression(.yield(inner), start.through(inner.span), depth: inner.depth + 1)
  }

  /// `name := value`, or an expression.
  mutating func namedExpression() throws -> Expression {
    if case .name(let name) = token.kind, nextToken.kind == .op(":=") {
      let start = token.span
      at += 2
      let value = try expression()
      return Expression(.walrus(mangled(name), value), start.through(value.span), depth: value.depth + 1)
    }
    return try expression()
  }

  mutating func expression() throws -> Expression {
    try deeper { parser in
      if parser.isKeyword("lambda") { return try parser.lambda() }
      let then = try parser.orTest()
      guard parser.isKeyword("if") else { return then }
      parser.at += 1
      let test = try parser.orTest()
      guard parser.takeKeyword("else") else {
        throw SyntaxProblem("expected 'else' after 'if' expression", then.span.through(test.span))
      }
      let otherwise = try parser.expression()
      return Expression(
        .conditional(test: test, then: then, otherwise: otherwise), then.span.through(otherwise.span),
        depth: max(then.depth, test.depth, otherwise.depth) + 1)
    }
  }

  private mutating func lambda() throws -> Expression {
    let start = token.span
    at += 1
    let parameters = try self.parameters(until: ":")
    try expectOp(":")
    let body = try expression()
    return Expression(.lambda(parameters, body), start.through(body.span), depth: body.depth + 1)
  }

  private mutating func boolean(
    _ word: String, _ next: (inout Parser) throws -> Expression
  ) throws -> Expression {
    let first = try next(&self)
    guard isKeyword(word) else { return first }
    var items = [first]
    while takeKeyword(word) { items.append(try next(&self)) }
    return Expression(
      .boolean(isAnd: word == "and", items), first.span.through(previous),
      depth: (items.map(\.depth).max() ?? 0) + 1)
  }

  private mutating func orTest() throws -> Expression {
    try boolean("or") { try $0.boolean("and") { try $0.notTest() } }
  }

  private mutating func notTest() throws -> Expression {
    let start = token.span
    if takeKeyword("not") {
      let inner = try deeper { try $0.notTest() }
      return Expression(.unary("not", inner), start.through(inner.span), depth: inner.depth + 1)
    }
    return try comparison()
  }

  private mutating func comparison() throws -> Expression {
    let first = try bitOr()
    var rest: [(op: String, right: Expression)] = []
    while true {
      var op: String?
      switch token.kind {
      case .op(let o) where ["==", "!=", "<", ">", "<=", ">="].contains(o): op = o
      case .keyword("in"): op = "in"
      case .keyword("is"): op = nextToken.kind == .keyword("not") ? "is not" : "is"
      case .keyword("not"): if nextToken.kind == .keyword("in") { op = "not in" }
      default: break
      }
      guard let op else { break }
      at += op.contains(" ") ? 2 : 1
      rest.append((op, try bitOr()))
    }
    if rest.isEmpty { return first }
    return Expression(
      .compare(first, rest), first.span.through(previous),
      depth: max(first.depth, rest.map(\.right.depth).max() ?? 0) + 1)
  }

  private static let levels: [Set<String>] = [
    ["|"], ["^"], ["&"], ["<<", ">>"], ["+", "-"], ["*", "/", "//", "%", "@"],
  ]

  mutating func bitOr() throws -> Expression { try binary(0) }
  mutating func sum() throws -> Expression { try binary(4) }

  private mutating func binary(_ level: Int) throws -> Expression {
    if level == Parser.levels.count { return try unary() }
    var left = try binary(level + 1)
    while case .op(let op) = token.kind, Parser.levels[level].contains(op) {
      at += 1
      let right = try binary(level + 1)
      let deepest = max(left.depth, right.depth) + 1
      guard deepest < 1000 else { throw SyntaxProblem("the expression is too long", left.span) }
      left = Expression(.binary(op, left, right), left.span.through(right.span), depth: deepest)
    }
    return left
  }

  private mutating func unary() throws -> Expression {
    let start = token.span
    for op in ["-", "+", "~"] where takeOp(op) {
      let inner = try deeper { try $0.unary() }
      return Expression(.unary(op, inner), start.through(inner.span), depth: inner.depth + 1)
    }
    return try power()
  }

  private mutating func power() throws -> Expression {
    if isKeyword("await") { throw unsupported("await") }
    let base = try primary()
    guard takeOp("**") else { return base }
    let exponent = try deeper { try $0.unary() }
    return Expression(
      .binary("**", base, exponent), base.span.through(exponent.span),
      depth: max(base.depth, exponent.depth) + 1)
  }

  // MARK: Primaries

  private mutating func primary() throws -> Expression {
    var e = try atom()
    while true {
      guard e.depth < 1000 else { throw SyntaxProblem("the expression is too long", e.span) }
      if takeOp(".") {
        let name = try self.name()
        e = Expression(.attribute(e, name), e.span.through(previous), depth: e.depth + 1)
      } else if isOp("(") {
        at += 1
        let arguments = try deeper { try $0.arguments() }
        guard takeOp(")") else { throw forgottenComma() }
        e = Expression(
          .call(e, arguments), e.span.through(previous),
          depth: max(e.depth, arguments.map(\.value.depth).max() ?? 0) + 1)
      } else if isOp("[") {
        at += 1
        let index = try deeper { try $0.subscriptIndex() }
        guard takeOp("]") else { throw forgottenComma() }
        e = Expression(.subscripted(e, index), e.span.through(previous), depth: max(e.depth, index.depth) + 1)
      } else {
        return e
      }
    }
  }

  /// Two expressions side by side inside brackets.
  func forgottenComma() -> SyntaxProblem {
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
      } else if takeOp("*") {
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
          let generator = try comprehension(.generator, value, nil, start: value.span)
          if !out.isEmpty || isOp(",") && !(nextToken.kind == .op(")")) {
            throw SyntaxProblem("Generator expression must be parenthesized", generator.span)
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

  private mutating func subscriptIndex() throws -> Expression {
    let first = try sliceItem()
    guard isOp(",") else { return first }
    var items = [first]
    while takeOp(",") {
      if isOp("]") { break }
      items.append(try sliceItem())
    }
    return tuple(items)
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
      guard takeOp(")") else { throw forgottenComma() }
      return parenthesized(
        Expression(.tuple(items), start.through(previous), depth: (items.map(\.depth).max() ?? 0) + 1))
    }
    guard takeOp(")") else { throw forgottenComma() }
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
    guard takeOp("]") else { throw forgottenComma() }
    return Expression(.list(items), start.through(previous), depth: (items.map(\.depth).max() ?? 0) + 1)
  }

  private mutating func braces() throws -> Expression {
    let start = token.span
    at += 1
    if takeOp("}") { return Expression(.dictionary([]), start.through(previous)) }
    var pairs: [(key: Expression?, value: Expression)] = []
    var items: [Expression] = []
    var isDictionary = false
    while !isOp("}") {
      if takeOp("**") {
        isDictionary = true
        pairs.append((nil, try bitOr()))
      } else {
        let key = try starItem()
        if items.isEmpty, takeOp(":") {
          isDictionary = true
          if isOp("}") || isOp(",") {
            throw SyntaxProblem("expression expected after dictionary key and ':'", previous)
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
    guard takeOp("}") else { throw forgottenComma() }
    let span = start.through(previous)
    if isDictionary {
      let deepest = pairs.map { max($0.key?.depth ?? 0, $0.value.depth) }.max() ?? 0
      return Expression(.dictionary(pairs), span, depth: deepest + 1)
    }
    return Expression(.set(items), span, depth: (items.map(\.depth).max() ?? 0) + 1)
  }

  private mutating func comprehension(
    _ kind: Comprehension.Kind, _ element: Expression, _ value: Expression?, start: Span
  ) throws -> Expression {
    var clauses: [Comprehension.Clause] = []
    while isKeyword("for") {
      at += 1
      let target = try targetList()
      try Parser.checkTarget(target)
      guard takeKeyword("in") else { throw invalid() }
      let iterable = try orTestPublic()
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

  // MARK: Strings

  private mutating func strings() throws -> Expression {
    let start = token.span
    var parts: [JoinedPart] = []
    var isFormatted = false
    var plain = ""
    while case .string(let literal) = token.kind {
      if literal.isBytes { return try bytesLiteral() }
      isFormatted = isFormatted || literal.isFormatted
      if let failure = literal.failure {
        while case .string = token.kind { at += 1 }
        throw SyntaxProblem(failure, token.kind == .newline ? token.span.widened : token.span)
      }
      if literal.isFormatted {
        parts += try joined(literal.parts)
      } else {
        plain += literal.plain
        parts.append(JoinedPart(kind: .text(literal.plain)))
      }
      at += 1
    }
    let span = start.through(previous)
    return isFormatted ? Expression(.joined(parts), span, depth: 2) : Expression(.string(plain), span)
  }

  private mutating func bytesLiteral() throws -> Expression {
    let start = token.span
    var bytes: [UInt8] = []
    while case .string(let literal) = token.kind {
      guard literal.isBytes else { throw SyntaxProblem("cannot mix bytes and nonbytes literals", start) }
      for scalar in literal.plain.unicodeScalars {
        guard let b = UInt8(exactly: scalar.value) else {
          throw SyntaxProblem("bytes can only contain ASCII literal characters", token.span)
        }
        bytes.append(b)
      }
      at += 1
    }
    return Expression(.bytes(bytes), start.through(previous))
  }

  private func joined(_ parts: [StringLiteral.Part]) throws -> [JoinedPart] {
    var out: [JoinedPart] = []
    for part in parts {
      switch part {
      case .text(let text): out.append(JoinedPart(kind: .text(text)))
      case .field(let source, let line, let column, let conversion, let format, let debug):
        if let debug { out.append(JoinedPart(kind: .text(debug))) }
        var parser = Parser(try Lexer.tokens(ofField: source, line: line, column: column))
        parser.depth = depth + 1
        parser.className = className
        // CPython reads the field in parentheses, by itself.
        func shown(_ p: SyntaxProblem) -> SyntaxProblem {
          guard p.shownText == nil, p.span.line == line, p.message.hasPrefix("invalid syntax") else {
            return p
          }
          let shift = 1 - column
          var q = SyntaxProblem(
            "f-string: " + p.message,
            Span(
              line: line, column: p.span.column + shift, endLine: line, endColumn: p.span.endColumn + shift))
          q.shownText = "(\(source))"
          return q
        }
        let e: Expression
        do { e = try parser.starExpressionList() } catch let p as SyntaxProblem { throw shown(p) }
        guard parser.token.kind == .end || parser.token.kind == .newline else {
          throw shown(parser.forgottenComma())
        }
        out.append(JoinedPart(kind: .field(e, conversion: conversion, format: try joined(format ?? []))))
      }
    }
    return out
  }

  // MARK: Parameters

  mutating func parameters(until close: String) throws -> Parameters {
    var out = Parameters()
    var afterStar = false
    var seen: Set<String> = []
    func one(_ parser: inout Parser) throws -> Parameters.Parameter {
      let span = parser.token.span
      let name = try parser.name()
      guard seen.insert(name).inserted else {
        throw SyntaxProblem("duplicate argument '\(name)' in function definition", span)
      }
      let annotation = close == ")" && parser.takeOp(":") ? try parser.expression() : nil
      return Parameters.Parameter(name: name, defaultValue: nil, annotation: annotation, span: span)
    }
    while !isOp(close) {
      if takeOp("**") {
        out.doubleStar = try one(&self)
      } else if isOp("*") {
        let star = token.span
        at += 1
        if afterStar { throw SyntaxProblem("* argument may appear only once", star) }
        afterStar = true
        if !isOp(",") && !isOp(close) { out.star = try one(&self) }
        if isOp(close), out.star == nil { throw SyntaxProblem("named arguments must follow bare *", star) }
      } else if takeOp("/") {
        out.positionalOnly = out.positional.count
      } else {
        var parameter = try one(&self)
        if takeOp("=") { parameter.defaultValue = try expression() }
        if afterStar {
          out.keywordOnly.append(parameter)
        } else {
          if parameter.defaultValue == nil, out.positional.last?.defaultValue != nil {
            throw SyntaxProblem("non-default argument follows default argument", parameter.span)
          }
          out.positional.append(parameter)
        }
      }
      if !takeOp(",") { break }
    }
    return out
  }
}
