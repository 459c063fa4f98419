internal import BigInt

/// Expressions, from the loosest to the tightest binding.
extension Parser {
  /// `a, *b, c` as a tuple, or one expression.
  mutating func starExpressionList() throws -> Expression {
    if isKeyword("yield") { return try yieldExpression() }
    let start = token.span
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
    return tuple(items, from: start)
  }

  mutating func expressionList() throws -> Expression { try starExpressionList() }

  /// The target of `for` and `del`: binds tighter than `in`.
  mutating func targetList() throws -> Expression {
    let start = token.span
    let first = try starTarget()
    guard isOp(",") else { return first }
    var items = [first]
    while takeOp(",") {
      if startsNoExpression || isKeyword("in") { break }
      items.append(try starTarget())
    }
    return tuple(items, from: start)
  }

  mutating func starTarget() throws -> Expression {
    let start = token.span
    if takeOp("*") {
      let inner = try bitOr()
      return Expression(.starred(inner), start.through(previous), depth: inner.depth + 1)
    }
    return try bitOr()
  }

  mutating func starItem(isBracketed: Bool = true) throws -> Expression {
    let start = token.span
    if takeOp("*") {
      let inner = try bitOr()
      return Expression(.starred(inner), start.through(previous), depth: inner.depth + 1)
    }
    guard isBracketed else { return try expression() }
    let item = try namedExpression()
    try refuseEquals(after: item)
    if isOp(":=") {
      throw SyntaxProblem("cannot use assignment expressions with \(Parser.describe(item))", item.span)
    }
    return item
  }

  /// `=` where `==` was meant: inside brackets, and in the test of `if` and `while`.
  func refuseEquals(after item: Expression) throws {
    guard isOp("=") else { return }
    switch item.kind {
    case .name:
      throw SyntaxProblem(
        "invalid syntax. Maybe you meant '==' or ':=' instead of '='?", item.span.through(nextToken.span))
    case .tuple, .list, .true, .false, .none, .compare, .boolean, .conditional, .lambda, .unary("not", _):
      break
    default:
      throw SyntaxProblem(
        "cannot assign to \(Parser.describe(item)) here. Maybe you meant '==' instead of '='?", item.span)
    }
  }

  func tuple(_ items: [Expression], from start: Span) -> Expression {
    Expression(.tuple(items), start.through(previous), depth: (items.map(\.depth).max() ?? 0) + 1)
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
      return Expression(.yieldFrom(inner), start.through(previous), depth: inner.depth + 1)
    }
    if startsNoExpression || isStatementEnd { return Expression(.yield(nil), start) }
    let inner = try starExpressionList()
    return Expression(.yield(inner), start.through(previous), depth: inner.depth + 1)
  }

  /// `name := value`, or an expression.
  mutating func namedExpression() throws -> Expression {
    if case .name(let name) = token.kind, nextToken.kind == .op(":=") {
      let start = token.span
      at += 2
      let value = try expression()
      if inIterable {
        throw SyntaxProblem(
          "assignment expression cannot be used in a comprehension iterable expression",
          start.through(previous))
      }
      return Expression(.walrus(mangled(name), value), start.through(previous), depth: value.depth + 1)
    }
    return try expression()
  }

  mutating func expression() throws -> Expression {
    try deeper { parser in
      if parser.isKeyword("lambda") { return try parser.lambda() }
      let start = parser.token.span
      let then = try parser.orTest()
      guard parser.isKeyword("if") else { return then }
      parser.at += 1
      let test = try parser.orTest()
      guard parser.takeKeyword("else") else {
        throw SyntaxProblem("expected 'else' after 'if' expression", start.through(parser.previous))
      }
      let otherwise = try parser.expression()
      return Expression(
        .conditional(test: test, then: then, otherwise: otherwise), start.through(parser.previous),
        depth: max(then.depth, test.depth, otherwise.depth) + 1)
    }
  }

  mutating func lambda() throws -> Expression {
    let start = token.span
    at += 1
    let parameters = try self.parameters(until: ":")
    guard takeOp(":") else { throw invalid() }
    let body = try expression()
    return Expression(.lambda(parameters, body), start.through(previous), depth: body.depth + 1)
  }

  private mutating func boolean(
    _ word: String, _ next: (inout Parser) throws -> Expression
  ) throws -> Expression {
    let start = token.span
    let first = try next(&self)
    guard isKeyword(word) else { return first }
    var items = [first]
    while takeKeyword(word) { items.append(try next(&self)) }
    return Expression(
      .boolean(isAnd: word == "and", items), start.through(previous),
      depth: (items.map(\.depth).max() ?? 0) + 1)
  }

  mutating func orTest() throws -> Expression {
    try boolean("or") { try $0.boolean("and") { try $0.notTest() } }
  }

  private mutating func notTest() throws -> Expression {
    let start = token.span
    if takeKeyword("not") {
      let inner = try deeper { try $0.notTest() }
      return Expression(.unary("not", inner), start.through(previous), depth: inner.depth + 1)
    }
    return try comparison()
  }

  private mutating func comparison() throws -> Expression {
    let start = token.span
    let first = try bitOr()
    var rest: [(op: String, right: Expression)] = []
    while true {
      var op: String?
      switch token.kind {
      case .op(let o) where ["==", "!=", "<", ">", "<=", ">="].contains(o): op = o
      case .keyword("in"): op = "in"
      case .keyword("is"): op = nextToken.kind == .keyword("not") ? "is not" : "is"
      case .keyword("not"):
        guard nextToken.kind == .keyword("in") else { throw SyntaxProblem("invalid syntax", nextToken.span) }
        op = "not in"
      default: break
      }
      guard let op else { break }
      at += op.contains(" ") ? 2 : 1
      rest.append((op, try bitOr()))
    }
    if rest.isEmpty { return first }
    return Expression(
      .compare(first, rest), start.through(previous),
      depth: max(first.depth, rest.map(\.right.depth).max() ?? 0) + 1)
  }

  private static let levels: [Set<String>] = [
    ["|"], ["^"], ["&"], ["<<", ">>"], ["+", "-"], ["*", "/", "//", "%", "@"],
  ]

  mutating func bitOr() throws -> Expression { try binary(0) }
  mutating func sum() throws -> Expression { try binary(4) }

  private mutating func binary(_ level: Int) throws -> Expression {
    if level == Parser.levels.count { return try unary() }
    let start = token.span
    var left = try binary(level + 1)
    while case .op(let op) = token.kind, Parser.levels[level].contains(op) {
      at += 1
      let right = try binary(level + 1)
      let deepest = max(left.depth, right.depth) + 1
      guard deepest < 1000 else { throw SyntaxProblem("the expression is too long", left.span) }
      left = Expression(.binary(op, left, right), start.through(previous), depth: deepest)
    }
    return left
  }

  private mutating func unary() throws -> Expression {
    let start = token.span
    for op in ["-", "+", "~"] where takeOp(op) {
      let inner = try deeper { try $0.unary() }
      return Expression(.unary(op, inner), start.through(previous), depth: inner.depth + 1)
    }
    return try power()
  }

  private mutating func power() throws -> Expression {
    if isKeyword("await") { throw unsupported("await") }
    let start = token.span
    let base = try primary()
    guard takeOp("**") else { return base }
    let exponent = try deeper { try $0.unary() }
    return Expression(
      .binary("**", base, exponent), start.through(previous),
      depth: max(base.depth, exponent.depth) + 1)
  }

  // MARK: Parameters

  /// Where `(a, b)` among the parameters ends; `nil` for anything else in brackets.
  private func parenthesizedNames() -> Span? {
    for t in tokens[min(at + 1, tokens.count)...] {
      switch t.kind {
      case .name, .op(","): continue
      case .op(")"): return t.span
      default: return nil
      }
    }
    return nil
  }

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
        if isOp(","), nextToken.kind != .op(close) {
          throw SyntaxProblem("arguments cannot follow var-keyword argument", nextToken.span)
        }
      } else if isOp("*") {
        let star = token.span
        at += 1
        if afterStar { throw SyntaxProblem("* argument may appear only once", star) }
        afterStar = true
        if !isOp(",") && !isOp(close) { out.star = try one(&self) }
        if out.star == nil,
          isOp(close) || isOp(",") && (nextToken.kind == .op("**") || nextToken.kind == .op(close))
        {
          throw SyntaxProblem("named arguments must follow bare *", star)
        }
      } else if isOp("("), let closing = parenthesizedNames() {
        throw SyntaxProblem(
          "\(close == ")" ? "Function" : "Lambda expression") parameters cannot be parenthesized",
          token.span.through(closing))
      } else if takeOp("/") {
        guard out.positionalOnly == 0 else { throw SyntaxProblem("/ may appear only once", previous) }
        guard !out.positional.isEmpty else {
          throw SyntaxProblem("at least one argument must precede /", previous)
        }
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
