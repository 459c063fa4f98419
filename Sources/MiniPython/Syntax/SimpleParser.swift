/// Simple statements: those on one line.
extension Parser {
  mutating func simple() throws -> StatementNode {
    let start = token.span
    func node(_ kind: StatementNode.Kind, _ parser: Parser) -> StatementNode {
      StatementNode(kind, start.through(parser.previous))
    }
    if case .keyword(let word) = token.kind {
      switch word {
      case "pass", "break", "continue":
        at += 1
        return node(word == "pass" ? .pass : word == "break" ? .break : .continue, self)
      case "return":
        at += 1
        let value = isStatementEnd ? nil : try starExpressionList()
        return node(.return(value), self)
      case "global", "nonlocal":
        at += 1
        var names = [try name()]
        while takeOp(",") { names.append(try name()) }
        return node(word == "global" ? .global(names) : .nonlocal(names), self)
      case "del":
        at += 1
        let target = try targetList()
        let targets: [Expression]
        if case .tuple(let items) = target.kind { targets = items } else { targets = [target] }
        for target in targets {
          switch target.kind {
          case .name, .attribute, .subscripted, .tuple, .list: break
          default: throw SyntaxProblem("cannot delete \(Parser.describe(target))", target.span)
          }
        }
        return node(.delete(targets), self)
      case "assert":
        at += 1
        let test = try expression()
        let message = takeOp(",") ? try expression() : nil
        return node(.assert(test, message), self)
      case "raise":
        at += 1
        if isStatementEnd { return node(.raise(nil, nil), self) }
        let value = try expression()
        let cause = takeKeyword("from") ? try expression() : nil
        return node(.raise(value, cause), self)
      case "import": return try importStatement(start)
      case "from": return try importFrom(start)
      case "else", "elif", "except", "finally", "as", "in", "is", "and", "or": throw invalid()
      default: break
      }
    }
    return try expressionStatement(start)
  }

  var isStatementEnd: Bool { token.kind == .newline || token.kind == .end || isOp(";") }

  private mutating func dottedName() throws -> String {
    var text = try name()
    while takeOp(".") { text += "." + (try name()) }
    return text
  }

  private mutating func importStatement(_ start: Span) throws -> StatementNode {
    at += 1
    var modules: [(module: String, alias: String?)] = []
    repeat {
      let module = try dottedName()
      modules.append((module, takeKeyword("as") ? try name() : nil))
    } while takeOp(",")
    return StatementNode(.import(modules), start.through(previous))
  }

  private mutating func importFrom(_ start: Span) throws -> StatementNode {
    at += 1
    var module = ""
    while isOp(".") || isOp("...") {
      module += isOp(".") ? "." : "..."
      at += 1
    }
    if module.isEmpty || !isKeyword("import") { module += try dottedName() }
    guard takeKeyword("import") else { throw invalid() }
    if takeOp("*") {
      return StatementNode(.importFrom(module: module, [("*", nil)]), start.through(previous))
    }
    let parenthesized = takeOp("(")
    var names: [(name: String, alias: String?)] = []
    while true {
      if parenthesized, isOp(")") { break }
      let name = try self.name()
      names.append((name, takeKeyword("as") ? try self.name() : nil))
      if !takeOp(",") { break }
      if !parenthesized, token.kind == .newline || token.kind == .end {
        throw SyntaxProblem(
          "trailing comma not allowed without surrounding parentheses", token.span.widened)
      }
    }
    if parenthesized { try expectOp(")") }
    if names.isEmpty { throw invalid() }
    if module == "__future__" {
      let known = [
        "annotations", "nested_scopes", "generators", "division", "absolute_import", "with_statement",
        "print_function", "unicode_literals", "barry_as_FLUFL", "generator_stop",
      ]
      if names.contains(where: { $0.name == "braces" }) {
        throw SyntaxProblem(
          "not a chance",
          Span(line: start.line, column: start.column, endLine: start.line, endColumn: start.column + 1))
      }
      for n in names where !known.contains(n.name) {
        throw SyntaxProblem(
          "future feature \(n.name) is not defined",
          Span(line: start.line, column: start.column, endLine: start.line, endColumn: start.column + 1))
      }
    }
    return StatementNode(.importFrom(module: module, names), start.through(previous))
  }

  private static let augmented: Set<String> = [
    "+=", "-=", "*=", "/=", "//=", "%=", "@=", "**=", "&=", "|=", "^=", ">>=", "<<=",
  ]

  private mutating func expressionStatement(_ start: Span) throws -> StatementNode {
    if case .name = token.kind, nextToken.kind == .op(":=") {
      at += 1
      throw invalid()
    }
    let first = try starExpressionList()
    if case .op(let op) = token.kind, Parser.augmented.contains(op) {
      at += 1
      switch first.kind {
      case .name, .attribute, .subscripted: break
      default:
        throw SyntaxProblem(
          "'\(Parser.describe(first))' is an illegal expression for augmented assignment", first.span)
      }
      let value = isKeyword("yield") ? try yieldExpression() : try starExpressionList()
      return StatementNode(.augmented(first, String(op.dropLast()), value), start.through(previous))
    }
    if isOp(":") {
      switch first.kind {
      case .name, .attribute, .subscripted: break
      case .tuple, .list:
        var place = first.span
        if case .tuple(let items) = first.kind, !first.isParenthesized, let item = items.first {
          place = item.span
        }
        throw SyntaxProblem("only single target (not \(Parser.describe(first))) can be annotated", place)
      default: throw SyntaxProblem("illegal target for annotation", first.span)
      }
      at += 1
      let annotation = try expression()
      let value = takeOp("=") ? try starExpressionList() : nil
      return StatementNode(.annotated(first, annotation, value), start.through(previous))
    }
    var targets: [Expression] = []
    var value = first
    while isOp("=") {
      try Parser.checkTarget(value, isAssignment: true)
      at += 1
      targets.append(value)
      value = isKeyword("yield") ? try yieldExpression() : try starExpressionList()
    }
    if targets.isEmpty { return StatementNode(.expression(value), start.through(previous)) }
    return StatementNode(.assign(targets, value), start.through(previous))
  }
}
