internal import BigInt

/// Reads tokens into statements. Recursive descent with a depth limit, so that no nesting overflows the stack.
struct Parser {
  var tokens: [Token]
  var at = 0
  var depth = 0
  /// The class whose body is being read: `__name` means `_Class__name` there.
  var className: String?

  /// Reading what a comprehension iterates over.
  var inIterable = false

  /// Deeper nesting than this is refused, as CPython's parser does.
  static let maximumDepth = 90

  init(_ tokens: [Token]) { self.tokens = tokens }

  /// The statements, with what CPython warns of while it reads.
  static func program(_ bytes: [UInt8]) throws -> (body: [StatementNode], notes: [SyntaxNote]) {
    let (tokens, unclosed, notes) = try Lexer.tokens(of: bytes)
    var parser = Parser(tokens)
    do {
      let body = try parser.file()
      if let unclosed { throw unclosed }
      return (body, notes)
    } catch let problem as SyntaxProblem {
      // A bracket that is never closed explains what goes wrong on later lines.
      guard let unclosed, parser.token.kind == .end || parser.token.span.line > unclosed.span.line else {
        throw problem
      }
      throw unclosed
    }
  }

  private mutating func file() throws -> [StatementNode] {
    var body: [StatementNode] = []
    var isPastFuture = false
    while token.kind != .end {
      if token.kind == .newline {
        at += 1
        continue
      }
      if token.kind == .indent {
        throw SyntaxProblem("unexpected indent", token.span, type: "IndentationError")
      }
      let made = try statement()
      for one in made {
        switch one.kind {
        case .importFrom(module: "__future__", _):
          guard !isPastFuture else {
            throw SyntaxProblem("from __future__ imports must occur at the beginning of the file", one.span)
          }
        case .expression(let e):
          if case .string = e.kind, body.isEmpty { continue }
          isPastFuture = true
        default: isPastFuture = true
        }
      }
      body += made
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
  func invalid() -> SyntaxProblem { atEnd("invalid syntax") ?? SyntaxProblem("invalid syntax", token.span) }

  /// At the end of the text CPython shows the last line, without a caret.
  func atEnd(_ message: String) -> SyntaxProblem? {
    guard token.kind == .end, at > 0, [.newline, .dedent].contains(tokens[at - 1].kind) else { return nil }
    guard let last = tokens[..<at].last(where: { $0.kind != .newline && $0.kind != .dedent }) else {
      return nil
    }
    var problem = SyntaxProblem(message, last.span)
    problem.showsCaret = false
    return problem
  }

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
    return tokens[k + 1].kind == .indent || tokens[k + 1].kind == .name("case")
  }

  /// The message for a token that cannot follow a finished statement.
  func afterExpression(_ statement: StatementNode?) -> SyntaxProblem {
    if case .expression(let e)? = statement?.kind {
      if case .name(let n) = e.kind, n == "print" || n == "exec" {
        var ahead = self
        let rest = try? ahead.starExpressionList()
        return SyntaxProblem(
          "Missing parentheses in call to '\(n)'. Did you mean \(n)(...)?",
          e.span.through(rest == nil ? token.span : ahead.previous))
      }
    }
    if case .expression(let e)? = statement?.kind, case .name("match") = e.kind {
      var ahead = self
      if (try? ahead.starExpressionList()) != nil, ahead.token.kind == .newline {
        return SyntaxProblem("expected ':'", ahead.token.span.widened)
      }
    }
    if isOp("="), case .expression(let e)? = statement?.kind {
      switch e.kind {
      case .yield, .yieldFrom: return SyntaxProblem("assignment to yield expression not possible", e.span)
      default: break
      }
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
      switch e.kind {
      case .yield where isAssignment && !e.isParenthesized,
        .yieldFrom where isAssignment && !e.isParenthesized:
        throw SyntaxProblem("assignment to yield expression not possible", e.span)
      default: break
      }
      var message = "cannot assign to \(describe(e))"
      if isAssignment { message += isSimple(e) ? " here. Maybe you meant '==' instead of '='?" : "" }
      throw SyntaxProblem(message, e.span)
    }
  }

  private static func isSimple(_ e: Expression) -> Bool {
    switch e.kind {
    case .true, .false, .none, .lambda, .conditional, .boolean, .compare, .unary("not", _): false
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
