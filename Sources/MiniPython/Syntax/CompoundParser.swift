/// Compound statements: those with a block.
extension Parser {
  /// The indented body of a compound statement that began on `line`.
  mutating func block(of what: String, line: Int32) throws -> [StatementNode] {
    if !isOp(":"), token.kind != .newline,
      ["'if'", "'elif'", "'while'", "'with'", "'for'", "'except'", "class"].contains(where: what.hasPrefix)
    {
      throw invalid()
    }
    try expectOp(":")
    guard token.kind == .newline else {
      var out: [StatementNode] = []
      while true {
        if case .keyword(let word) = token.kind,
          ["if", "while", "for", "with", "try", "def", "class"].contains(word)
        {
          throw invalid()
        }
        out.append(try simple())
        if takeOp(";"), token.kind != .newline { continue }
        break
      }
      guard token.kind == .newline || token.kind == .end else { throw afterExpression(out.last) }
      if token.kind == .newline { at += 1 }
      return out
    }
    at += 1
    guard token.kind == .indent else {
      if token.kind == .end {
        // Nothing follows: CPython shows the line itself.
        let last = tokens[..<at].last { $0.kind != .newline && $0.kind != .dedent }?.span ?? token.span
        var problem = SyntaxProblem(
          "expected an indented block after \(what) on line \(line)", last, type: "IndentationError")
        problem.showsCaret = false
        throw problem
      }
      throw SyntaxProblem(
        "expected an indented block after \(what) on line \(line)", token.span, type: "IndentationError")
    }
    at += 1
    var out: [StatementNode] = []
    while token.kind != .dedent, token.kind != .end {
      if token.kind == .newline {
        at += 1
        continue
      }
      if token.kind == .indent {
        throw SyntaxProblem("unexpected indent", token.span, type: "IndentationError")
      }
      out += try statement()
    }
    if token.kind == .dedent { at += 1 }
    return out
  }

  mutating func compound(_ word: String, decorators: [Expression]) throws -> StatementNode {
    let start = token.span
    at += 1
    func node(_ kind: StatementNode.Kind) -> StatementNode {
      StatementNode(kind, start.through(previousLineEnd(start)))
    }
    func previousLineEnd(_ start: Span) -> Span { start }
    switch word {
    case "if":
      var branches: [(test: Expression, body: [StatementNode])] = []
      var otherwise: [StatementNode] = []
      var line = start.line
      var what = "'if' statement"
      while true {
        let test = try namedExpression()
        try refuseEquals(after: test)
        branches.append((test, try block(of: what, line: line)))
        line = token.span.line
        if takeKeyword("elif") {
          what = "'elif' statement"
          continue
        }
        if takeKeyword("else") { otherwise = try block(of: "'else' statement", line: line) }
        break
      }
      return StatementNode(.if(branches, otherwise: otherwise), start.through(branches[0].test.span))
    case "while":
      let test = try namedExpression()
      try refuseEquals(after: test)
      let body = try block(of: "'while' statement", line: start.line)
      return StatementNode(.while(test, body, otherwise: try elseBlock()), start.through(test.span))
    case "for":
      let target = try targetList()
      if case .compare(let left, let rest) = target.kind, rest.first?.op == "in" {
        // Read as `in` of the statement: what stands before it is the target.
        try Parser.checkTarget(left)
      } else {
        try Parser.checkTarget(target)
      }
      guard takeKeyword("in") else { throw invalid() }
      let iterable = try expressionList()
      let body = try block(of: "'for' statement", line: start.line)
      return StatementNode(
        .for(target, iterable, body, otherwise: try elseBlock()), start.through(iterable.span))
    case "with":
      let items = try withItems()
      let span = start.through(previous)
      return StatementNode(.with(items, try block(of: "'with' statement", line: start.line)), span)
    case "try": return try tryStatement(start)
    case "def":
      let name = try self.name()
      guard takeOp("(") else { throw SyntaxProblem("expected '('", token.span) }
      let parameters = try self.parameters(until: ")")
      try expectOp(")")
      let arrow = token.span
      let returns =
        takeOp("->") ? try isOp(":") ? { throw SyntaxProblem("expected ':'", arrow) }() : expression() : nil
      let span = start.through(previous)
      let body = try block(of: "function definition", line: start.line)
      return StatementNode(
        .function(
          FunctionNode(
            name: name, parameters: parameters, body: body, decorators: decorators, returns: returns)), span)
    default:
      let name = try self.name()
      var bases: [CallArgument] = []
      if takeOp("(") {
        bases = try arguments()
        guard takeOp(")") else { throw forgottenComma(after: bases.last?.value) }
      }
      let span = start.through(previous)
      let outer = className
      className = name
      defer { className = outer }
      let body = try block(of: "class definition", line: start.line)
      return StatementNode(
        .class(ClassNode(name: name, bases: bases, body: body, decorators: decorators)), span)
    }
  }

  private mutating func elseBlock() throws -> [StatementNode] {
    let line = token.span.line
    return takeKeyword("else") ? try block(of: "'else' statement", line: line) : []
  }

  private mutating func withItems() throws -> [(context: Expression, target: Expression?)] {
    // `with (a as b, c):` — parentheses around items, not around an expression.
    let start = at
    if takeOp("(") {
      var farthest: (at: Int, problem: SyntaxProblem)?
      do {
        let items = try parenthesizedItems()
        if isOp(":") { return items }
      } catch let problem as SyntaxProblem { farthest = (at, problem) }
      at = start
      if let farthest {
        // Of the two readings, the one that came farther says what is wrong.
        var other = self
        if (try? other.expression()) == nil, other.at < farthest.at {
          throw farthest.problem.message == "expected ')'"
            ? farthest.problem
            : SyntaxProblem("invalid syntax", tokens[min(farthest.at, tokens.count - 1)].span)
        }
      }
    }
    var items: [(context: Expression, target: Expression?)] = []
    repeat {
      let context = try expression()
      var target: Expression?
      if takeKeyword("as") {
        let written = try starTarget()
        try Parser.checkTarget(written)
        target = written
      }
      items.append((context, target))
    } while takeOp(",")
    return items
  }

  private mutating func parenthesizedItems() throws -> [(context: Expression, target: Expression?)] {
    var items: [(context: Expression, target: Expression?)] = []
    var sawTarget = false
    while !isOp(")") {
      let context = try expression()
      var target: Expression?
      if takeKeyword("as") {
        sawTarget = true
        target = try starTarget()
      }
      items.append((context, target))
      if !takeOp(",") { break }
    }
    try expectOp(")")
    guard sawTarget else { throw invalid() }
    return items
  }

  private mutating func tryStatement(_ start: Span) throws -> StatementNode {
    let body = try block(of: "'try' statement", line: start.line)
    var handlers: [Handler] = []
    var otherwise: [StatementNode] = []
    var finally: [StatementNode] = []
    while isKeyword("except") {
      let span = token.span
      at += 1
      let isGroup = takeOp("*")
      var type: Expression?
      var name: String?
      if isGroup, isOp(":") {
        throw SyntaxProblem("expected one or more exception types", token.span)
      }
      if !isOp(":") {
        let written = try expression()
        if isOp(",") {
          throw SyntaxProblem(
            "multiple exception types must be parenthesized", written.span.through(nextToken.span))
        }
        type = written
        if takeKeyword("as") { name = try self.name() }
      }
      handlers.append(
        Handler(
          type: type, name: name, body: try block(of: "'except' statement", line: span.line), span: span,
          isGroup: isGroup))
      if handlers[0].isGroup != isGroup {
        throw SyntaxProblem("cannot have both 'except' and 'except*' on the same 'try'", span)
      }
    }
    let elseLine = token.span.line
    if !handlers.isEmpty, takeKeyword("else") {
      otherwise = try block(of: "'else' statement", line: elseLine)
    }
    let finallyLine = token.span.line
    if takeKeyword("finally") { finally = try block(of: "'finally' statement", line: finallyLine) }
    if handlers.isEmpty, finally.isEmpty {
      let message = "expected 'except' or 'finally' block"
      throw atEnd(message) ?? SyntaxProblem(message, token.span)
    }
    return StatementNode(.try(body, handlers, otherwise: otherwise, finally: finally), start)
  }
}
