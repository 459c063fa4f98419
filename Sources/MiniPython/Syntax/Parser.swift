internal import BigInt

/// Reads tokens into statements. Recursive descent with a depth limit, so that no nesting overflows the stack.
struct Parser {
  var tokens: [Token]
  var at = 0
  var depth = 0
  /// The class whose body is being read: `__name` means `_Class__name` there.
  var className: String?

  /// Deeper nesting than this is refused, as CPython's parser does.
  static let maximumDepth = 90

  init(_ tokens: [Token]) { self.tokens = tokens }

  static func program(_ bytes: [UInt8]) throws -> [StatementNode] {
    var parser = Parser(try Lexer.tokens(of: bytes))
    var body: [StatementNode] = []
    while parser.token.kind != .end {
      if parser.token.kind == .newline {
        parser.at += 1
        continue
      }
      if parser.token.kind == .indent {
        throw SyntaxProblem("unexpected indent", parser.token.span, type: "IndentationError")
      }
      body += try parser.statement()
    }
    return body
  }

  // MARK: Tokens

  var token: Token { tokens[min(at, tokens.count - 1)] }
  var nextToken: Token { tokens[min(at + 1, tokens.count - 1)] }
  var previous: Span { tokens[max(0, min(at, tokens.count) - 1)].span }

  func isOp(_ op: String) -> Bool { token.kind == .op(op) }
  func isKeyword(_ word: String) -> Bool { token.kind == .keyword(word) }

  mutating func takeOp(_ op: String) -> Bool {
    guard isOp(op) else { return false }
    at += 1
    return true
  }
  mutating func takeKeyword(_ word: String) -> Bool {
    guard isKeyword(word) else { return false }
    at += 1
    return true
  }
  func invalid() -> SyntaxProblem { SyntaxProblem("invalid syntax", token.span) }

  mutating func expectOp(_ op: String) throws {
    guard takeOp(op) else { throw op == ":" ? SyntaxProblem("expected ':'", token.span) : invalid() }
  }

  mutating func name() throws -> String {
    guard case .name(let name) = token.kind else { throw invalid() }
    at += 1
    return mangled(name)
  }

  /// A private name of a class.
  func mangled(_ name: String) -> String {
    guard let className, name.hasPrefix("__"), !name.hasSuffix("__") else { return name }
    let bare = className.drop { $0 == "_" }
    return bare.isEmpty ? name : "_\(bare)\(name)"
  }

  mutating func deeper<T>(_ body: (inout Parser) throws -> T) throws -> T {
    depth += 1
    guard depth < Parser.maximumDepth else {
      throw SyntaxProblem("too many nested parentheses", token.span)
    }
    defer { depth -= 1 }
    return try body(&self)
  }

  // MARK: Statements

  /// One line of simple statements, or one compound statement.
  mutating func statement() throws -> [StatementNode] {
    if case .keyword(let word) = token.kind {
      switch word {
      case "if", "while", "for", "with", "try", "def", "class":
        return [try deeper { try $0.compound(word, decorators: []) }]
      case "async": throw unsupported("async")
      default: break
      }
    }
    if isOp("@") { return [try decorated()] }
    if case .name("match") = token.kind, isMatchStatement() {
      return [try deeper { try $0.matchStatement() }]
    }
    var out: [StatementNode] = []
    while true {
      out.append(try simple())
      if takeOp(";") {
        if token.kind == .newline { break }
        continue
      }
      break
    }
    guard token.kind == .newline || token.kind == .end else { throw afterExpression(out.last) }
    if token.kind == .newline { at += 1 }
    return out
  }

  func unsupported(_ what: String) -> SyntaxProblem {
    SyntaxProblem("\(what) is valid Python, but is not supported here", token.span)
  }

  /// `match x:` at the end of a line, followed by an indented `case`.
  private func isMatchStatement() -> Bool {
    var k = at + 1
    while k < tokens.count, tokens[k].kind != .newline { k += 1 }
    guard k + 2 < tokens.count, tokens[k - 1].kind == .op(":"), k - 1 > at + 1 else { return false }
    return tokens[k + 1].kind == .indent && tokens[k + 2].kind == .name("case")
  }

  /// The message for a token that cannot follow a finished statement.
  private func afterExpression(_ statement: StatementNode?) -> SyntaxProblem {
    if case .expression(let e)? = statement?.kind {
      if case .name(let n) = e.kind, n == "print" || n == "exec" {
        return SyntaxProblem(
          "Missing parentheses in call to '\(n)'. Did you mean \(n)(...)?",
          e.span.through(tokens[max(at, 1)].span))
      }
    }
    if isOp("="), case .expression(let e)? = statement?.kind {
      return SyntaxProblem(
        "cannot assign to \(Parser.describe(e)) here. Maybe you meant '==' instead of '='?", e.span)
    }
    return invalid()
  }

  private mutating func decorated() throws -> StatementNode {
    var decorators: [Expression] = []
    while takeOp("@") {
      decorators.append(try namedExpression())
      guard token.kind == .newline else { throw invalid() }
      at += 1
    }
    guard case .keyword(let word) = token.kind, word == "def" || word == "class" else {
      if isKeyword("async") { throw unsupported("async") }
      throw invalid()
    }
    return try compound(word, decorators: decorators)
  }

  /// The indented body of a compound statement that began on `line`.
  mutating func block(of what: String, line: Int32) throws -> [StatementNode] {
    if !isOp(":"), token.kind != .newline,
      ["'if'", "'elif'", "'while'", "'with'", "class"].contains(where: what.hasPrefix)
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

  private mutating func compound(_ word: String, decorators: [Expression]) throws -> StatementNode {
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
        if isOp("=") {
          throw SyntaxProblem(
            "invalid syntax. Maybe you meant '==' or ':=' instead of '='?", test.span.through(nextToken.span))
        }
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
      let body = try block(of: "'while' statement", line: start.line)
      return StatementNode(.while(test, body, otherwise: try elseBlock()), start.through(test.span))
    case "for":
      let target = try targetList()
      try Parser.checkTarget(target)
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
      let returns = takeOp("->") ? try expression() : nil
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
        try expectOp(")")
      }
      for base in bases {
        guard case .keyword("metaclass") = base.kind else { continue }
        switch base.value.kind {
        case .name("ABCMeta"), .name("type"), .name("EnumMeta"), .attribute(_, "ABCMeta"),
          .attribute(_, "EnumMeta"):
          break
        default:
          throw SyntaxProblem("metaclasses are valid Python, but are not supported here", base.value.span)
        }
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
      if let items = try? parenthesizedItems(), isOp(":") { return items }
      at = start
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
      if isOp("*") { throw unsupported("except*") }
      var type: Expression?
      var name: String?
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
          type: type, name: name, body: try block(of: "'except' statement", line: span.line), span: span))
    }
    let elseLine = token.span.line
    if !handlers.isEmpty, takeKeyword("else") {
      otherwise = try block(of: "'else' statement", line: elseLine)
    }
    let finallyLine = token.span.line
    if takeKeyword("finally") { finally = try block(of: "'finally' statement", line: finallyLine) }
    if handlers.isEmpty, finally.isEmpty {
      throw SyntaxProblem("expected 'except' or 'finally' block", token.span)
    }
    return StatementNode(.try(body, handlers, otherwise: otherwise, finally: finally), start)
  }

  private mutating func simple() throws -> StatementNode {
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
    if isOp(".") || isOp("...") { throw SyntaxProblem("relative imports are not supported here", token.span) }
    let module = try dottedName()
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
      default: throw invalid()
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

  // MARK: Targets

  /// Whether an expression can be assigned to; otherwise CPython's message.
  static func checkTarget(_ e: Expression, isAssignment: Bool = false) throws {
    switch e.kind {
    case .name, .attribute, .subscripted: return
    case .starred(let inner):
      if isAssignment {
        throw SyntaxProblem("starred assignment target must be in a list or tuple", e.span)
      }
      try checkTarget(inner)
    case .tuple(let items), .list(let items):
      for item in items { try checkTarget(item) }
    default:
      var message = "cannot assign to \(describe(e))"
      if isAssignment { message += isSimple(e) ? " here. Maybe you meant '==' instead of '='?" : "" }
      throw SyntaxProblem(message, e.span)
    }
  }

  private static func isSimple(_ e: Expression) -> Bool {
    switch e.kind {
    case .true, .false, .none, .lambda, .conditional, .boolean: false
    default: true
    }
  }

  static func describe(_ e: Expression) -> String {
    switch e.kind {
    case .none: "None"
    case .true: "True"
    case .false: "False"
    case .ellipsis: "ellipsis"
    case .integer, .bigInteger, .float, .imaginary, .string, .bytes: "literal"
    case .joined: "f-string expression"
    case .call: "function call"
    case .unary, .binary, .boolean: "expression"
    case .compare: "comparison"
    case .conditional: "conditional expression"
    case .lambda: "lambda"
    case .dictionary: "dict literal"
    case .set: "set display"
    case .tuple: "tuple"
    case .list: "list"
    case .comprehension(let c):
      switch c.kind {
      case .list: "list comprehension"
      case .set: "set comprehension"
      case .dictionary: "dict comprehension"
      case .generator: "generator expression"
      }
    case .starred: "starred"
    case .walrus: "named expression"
    case .yield, .yieldFrom: "yield expression"
    case .name: "name"
    case .attribute: "attribute"
    case .subscripted, .slice: "subscript"
    }
  }
}
