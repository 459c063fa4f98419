/// Turns the text into tokens, with CPython 3.11's indentation rules and messages.
struct Lexer {
  private let bytes: [UInt8]
  private var at = 0
  private var line: Int32 = 1
  /// Scalars since the start of the line.
  private var column: Int32 = 0
  private var brackets: [(byte: UInt8, span: Span)] = []
  private var indents: [Int] = [0]
  private var narrowIndents = [0]
  private var tokens: [Token] = []

  static let keywords: Set<String> = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
  ]
  private static let operators: [String] = [
    "**=", "//=", ">>=", "<<=", "...", "!=", "<>", "->", ":=", "+=", "-=", "*=", "/=", "%=", "@=", "&=", "|=",
    "^=", "==", "<=", ">=", "//", "**", "<<", ">>", "+", "-", "*", "/", "%", "@", "&", "|", "^", "~", "<",
    ">", "(", ")", "[", "]", "{", "}", ",", ":", ".", ";", "=",
  ]
  private static let operatorBytes: [[UInt8]] = operators.map { Array($0.utf8) }

  init(_ bytes: [UInt8], line: Int32 = 1, column: Int32 = 0, bracketed: Bool = false) {
    self.bytes = bytes
    self.line = line
    self.column = column
    if bracketed { brackets.append((0, Span(line: line, column: column, endLine: line, endColumn: column))) }
  }

  ///
  /// With what to say of a bracket that is never closed.
  static func tokens(of bytes: [UInt8]) throws -> ([Token], unclosed: SyntaxProblem?, notes: [SyntaxNote]) {
    var lexer = Lexer(bytes)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { lexer.at = 3 }
    let tokens = try lexer.all()
    return (tokens, lexer.unclosed, lexer.notes)
  }

  private var unclosed: SyntaxProblem?
  private var notes: [SyntaxNote] = []

  /// Tokens of an expression inside an f-string.
  static func tokens(ofField text: String, line: Int32, column: Int32) throws -> [Token] {
    var lexer = Lexer(Array(text.utf8), line: line, column: column, bracketed: true)
    return try lexer.all()
  }

  private var peek: UInt8 { at < bytes.count ? bytes[at] : 0 }
  private func peek(_ k: Int) -> UInt8 { at + k < bytes.count ? bytes[at + k] : 0 }

  private func here(_ length: Int32 = 0) -> Span {
    Span(line: line, column: column, endLine: line, endColumn: column + length)
  }

  private mutating func advance() {
    let b = bytes[at]
    at += 1
    if b == 10 {
      line += 1
      column = 0
    } else if b & 0xC0 != 0x80 {
      column += 1
    }
  }

  private mutating func all() throws -> [Token] {
    var isLineStart = brackets.isEmpty
    while true {
      if isLineStart && brackets.isEmpty {
        if try !indentation() { break }
        isLineStart = false
      }
      skipBlanks()
      if at >= bytes.count { break }
      let b = peek
      switch b {
      case 10, 13:
        if b == 13, peek(1) == 10 { at += 1 }
        if brackets.isEmpty {
          add(.newline, here(1))
          isLineStart = true
        }
        if peek == 13 {
          at += 1
          line += 1
          column = 0
        } else {
          advance()
        }
      case UInt8(ascii: "#"):
        while at < bytes.count, peek != 10 { advance() }
      case UInt8(ascii: "\\"):
        var k = 1
        if peek(k) == 13 { k += 1 }
        guard peek(k) == 10 else {
          if at + k >= bytes.count { throw SyntaxProblem("unexpected EOF while parsing", here(1)) }
          advance()
          throw SyntaxProblem("unexpected character after line continuation character", here(1))
        }
        let place = here(1)
        for _ in 0...k { advance() }
        if at >= bytes.count {
          var problem = SyntaxProblem(
            "unexpected EOF while parsing",
            Span(line: place.line, column: place.column + 1, endLine: place.line, endColumn: place.column + 2)
          )
          problem.showsCaret = place.column > 0
          throw problem
        }
      default: try word(b)
      }
    }
    if let open = brackets.first(where: { $0.byte != 0 }) {
      let last = brackets.last ?? open
      unclosed = SyntaxProblem("'\(Character(Unicode.Scalar(last.byte)))' was never closed", last.span)
    }
    if let last = tokens.last, last.kind != .newline, brackets.isEmpty { add(.newline, here()) }
    while indents.count > 1 {
      indents.removeLast()
      add(.dedent, here())
    }
    add(.end, here())
    return tokens
  }

  private mutating func add(_ kind: Token.Kind, _ span: Span) { tokens.append(Token(kind: kind, span: span)) }

  private mutating func skipBlanks() {
    while at < bytes.count, peek == 32 || peek == 9 || peek == 12 { advance() }
  }

  /// Compares a line's indentation with the open blocks. False at the end of the text.
  private mutating func indentation() throws -> Bool {
    while true {
      var (width, narrow) = (0, 0)
      while at < bytes.count, peek == 32 || peek == 9 || peek == 12 {
        (width, narrow) = peek == 12 ? (0, 0) : (peek == 9 ? (width / 8 + 1) * 8 : width + 1, narrow + 1)
        advance()
      }
      if at >= bytes.count { return false }
      if peek == 13, peek(1) == 10 { at += 1 }
      if peek == 10 {
        advance()
        continue
      }
      if peek == UInt8(ascii: "#") {
        while at < bytes.count, peek != 10 { advance() }
        continue
      }
      let current = indents[indents.count - 1]
      // Tabs count eight columns, or one: both ways the lines must nest alike.
      func mixed() -> SyntaxProblem {
        var problem = SyntaxProblem(
          "inconsistent use of tabs and spaces in indentation", here(), type: "TabError")
        problem.showsCaret = false
        return problem
      }
      if width == current, narrow != narrowIndents.last { throw mixed() }
      if width > current, narrow <= narrowIndents.last ?? 0 { throw mixed() }
      if width > current {
        guard indents.count < 100 else {
          throw SyntaxProblem("too many levels of indentation", here(), type: "IndentationError")
        }
        indents.append(width)
        narrowIndents.append(narrow)
        add(.indent, here())
      } else {
        while width < indents[indents.count - 1] {
          indents.removeLast()
          narrowIndents.removeLast()
          add(.dedent, here())
        }
        if width != indents[indents.count - 1] {
          let length = Int32(bytes[at...].prefix { $0 != 10 }.count { $0 & 0xC0 != 0x80 })
          throw SyntaxProblem(
            "unindent does not match any outer indentation level",
            Span(line: line, column: column + length, endLine: line, endColumn: column + length + 1),
            type: "IndentationError")
        }
      }
      return true
    }
  }

  private mutating func word(_ b: UInt8) throws {
    if isNameStart(b) {
      let start = at
      let from = here()
      while at < bytes.count, isNameStart(peek) || isDigit(peek) { advance() }
      let text = String(decoding: bytes[start..<at], as: UTF8.self)
      if peek == 34 || peek == 39, text.utf8.count <= 2,
        let prefix = Prefix(text.lowercased())
      {
        return try string(prefix, from: from)
      }
      let span = Span(line: from.line, column: from.column, endLine: line, endColumn: column)
      if b >= 0x80 || text.utf8.contains(where: { $0 >= 0x80 }) {
        for (k, scalar) in text.unicodeScalars.enumerated()
        where !(scalar == "_" || scalar.properties.isXIDContinue) {
          let place = from.column + Int32(k)
          var problem = SyntaxProblem(
            "invalid character '\(scalar)' (U+\(hex(scalar.value)))",
            Span(line: from.line, column: place, endLine: line, endColumn: place + 1))
          problem.isPoint = true
          throw problem
        }
      }
      return add(Lexer.keywords.contains(text) ? .keyword(text) : .name(text), span)
    }
    if isDigit(b) || (b == UInt8(ascii: ".") && isDigit(peek(1))) { return try number() }
    if b == 34 || b == 39 { return try string(Prefix("") ?? Prefix.none, from: here()) }
    for op in Lexer.operatorBytes where bytes[at...].starts(with: op) {
      let span = here(Int32(op.count))
      try bracket(op, span)
      for _ in op { advance() }
      return add(.op(String(decoding: op, as: UTF8.self)), span)
    }
    if b == UInt8(ascii: "!") || b == UInt8(ascii: "$") || b == UInt8(ascii: "?") || b == UInt8(ascii: "`") {
      throw SyntaxProblem("invalid syntax", here(1))
    }
    throw SyntaxProblem("invalid non-printable character U+\(hex(UInt32(b)))", here(1))
  }

  private func hex(_ v: UInt32) -> String {
    let text = String(v, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - text.count)) + text
  }

  private mutating func bracket(_ op: [UInt8], _ span: Span) throws {
    guard op.count == 1 else { return }
    switch op[0] {
    case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
      guard brackets.count < 200 else { throw SyntaxProblem("too many nested parentheses", span) }
      brackets.append((op[0], span))
    case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
      let close = Character(Unicode.Scalar(op[0]))
      guard let open = brackets.last, open.byte != 0 else {
        throw SyntaxProblem("unmatched '\(close)'", span)
      }
      let pairs: [UInt8: UInt8] = [40: 41, 91: 93, 123: 125]
      guard pairs[open.byte] == op[0] else {
        let opened = Character(Unicode.Scalar(open.byte))
        let onLine = open.span.line == span.line ? "" : " on line \(open.span.line)"
        throw SyntaxProblem(
          "closing parenthesis '\(close)' does not match opening parenthesis '\(opened)'\(onLine)", span)
      }
      brackets.removeLast()
    default: break
    }
  }

  private func isDigit(_ b: UInt8) -> Bool { b >= 48 && b <= 57 }
  /// Whether the character here, beyond ASCII, may begin a name.
  private func startsName() -> Bool {
    String(decoding: bytes[at..<min(at + 4, bytes.count)], as: UTF8.self).unicodeScalars.first?.properties
      .isXIDStart
      ?? false
  }

  private func isNameStart(_ b: UInt8) -> Bool {
    (b >= 97 && b <= 122) || (b >= 65 && b <= 90) || b == 95 || b >= 0x80
  }

  // MARK: Numbers

  /// Whether one of the keywords that may follow a number stands here: CPython warns, and reads it.
  private func followsKeyword() -> Bool {
    let rest = bytes[at..<min(at + 4, bytes.count)]
    return ["and", "else", "for", "if", "in", "is", "or", "not"].contains { rest.starts(with: $0.utf8) }
  }

  private mutating func note(_ literal: String) {
    notes.append(SyntaxNote(line: line, message: "invalid \(literal) literal"))
  }

  private mutating func number() throws {
    let start = at
    let from = here()
    func text(_ lexer: Lexer) -> String {
      String(decoding: lexer.bytes[start..<lexer.at].filter { $0 != 95 }, as: UTF8.self)
    }
    func span(_ lexer: Lexer) -> Span {
      Span(line: from.line, column: from.column, endLine: lexer.line, endColumn: lexer.column)
    }
    if peek == 48, let radix = [120: 16, 88: 16, 98: 2, 66: 2, 111: 8, 79: 8][Int(peek(1))] {
      advance()
      advance()
      func isValid(_ b: UInt8) -> Bool {
        b == 95 || (b < 128 && Character(Unicode.Scalar(b)).hexDigitValue.map { $0 < radix } ?? false)
      }
      while isValid(peek) { advance() }
      if at > start + 2, followsKeyword() {
        note(radix == 16 ? "hexadecimal" : radix == 8 ? "octal" : "binary")
      } else {
        while isDigit(peek) || isNameStart(peek) { advance() }
      }
      let digits = String(text(self).dropFirst(2))
      guard !digits.isEmpty, digits.allSatisfy({ $0.hexDigitValue.map { $0 < radix } ?? false }) else {
        let name = radix == 16 ? "hexadecimal" : radix == 8 ? "octal" : "binary"
        throw badDigit(Array(bytes[start..<at]), name, radix, from)
      }
      return add(.integer(digits, radix: radix), span(self))
    }
    func digits(_ lexer: inout Lexer) {
      while lexer.isDigit(lexer.peek) || (lexer.peek == 95 && lexer.isDigit(lexer.peek(1))) {
        lexer.advance()
      }
    }
    digits(&self)
    var isFloat = false
    if peek == UInt8(ascii: ".") {
      isFloat = true
      advance()
      digits(&self)
    }
    if peek | 32 == UInt8(ascii: "e"),
      isDigit(peek(1)) || ((peek(1) == 43 || peek(1) == 45) && isDigit(peek(2)))
    {
      isFloat = true
      advance()
      advance()
      digits(&self)
    }
    if peek | 32 == UInt8(ascii: "j") {
      let value = Double(text(self)) ?? 0
      advance()
      if followsKeyword() {
        note("imaginary")
      } else if isNameStart(peek) || isDigit(peek) {
        throw SyntaxProblem(
          "invalid imaginary literal",
          Span(line: from.line, column: column - 1, endLine: line, endColumn: column))
      }
      return add(.imaginary(value), span(self))
    }
    if peek == 95 {
      advance()
      throw SyntaxProblem(
        "invalid decimal literal",
        Span(line: from.line, column: max(0, column - 1), endLine: line, endColumn: column))
    }
    if isNameStart(peek), peek < 128 || startsName() {
      // `1if x else y` is allowed; `1abc` is not.
      if followsKeyword() {
        note("decimal")
      } else {
        // Of `1e+` the sign is marked.
        if peek | 32 == UInt8(ascii: "e"), peek(1) == 43 || peek(1) == 45 { column += 2 }
        throw SyntaxProblem(
          "invalid decimal literal",
          Span(line: from.line, column: max(0, column - 1), endLine: line, endColumn: column))
      }
    }
    if isFloat { return add(.float(Double(text(self)) ?? .infinity), span(self)) }
    let digitsText = text(self)
    if digitsText.count > 1, digitsText.first == "0", digitsText.contains(where: { $0 != "0" }) {
      throw SyntaxProblem(
        "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers",
        Span(
          line: from.line, column: from.column, endLine: line,
          endColumn: from.column + Int32(bytes[start..<at].prefix { $0 == 48 || $0 == 95 }.count)))
    }
    add(.integer(digitsText, radix: 10), span(self))
  }

  /// The digit that a hexadecimal, octal or binary literal cannot have.
  private func badDigit(_ text: [UInt8], _ name: String, _ radix: Int, _ from: Span) -> SyntaxProblem {
    var k = 2
    func value(_ b: UInt8) -> Int? { Character(Unicode.Scalar(b)).hexDigitValue }
    while k < text.count, text[k] == 95 || (value(text[k]) ?? 99) < radix { k += 1 }
    func at(_ place: Int) -> Span {
      let column = from.column + Int32(place)
      return Span(line: from.line, column: column, endLine: from.line, endColumn: column + 1)
    }
    if k < text.count, isDigit(text[k]) {
      return SyntaxProblem(
        "invalid digit '\(Character(Unicode.Scalar(text[k])))' in \(name) literal", at(k))
    }
    return SyntaxProblem("invalid \(name) literal", at(k - 1))
  }

  // MARK: Strings

  struct Prefix {
    var raw = false, formatted = false, bytes = false
    static let none = Prefix()
    init() {}
    init?(_ text: String) {
      switch text {
      case "": break
      case "r": raw = true
      case "f": formatted = true
      case "b": bytes = true
      case "u": break
      case "fr", "rf": (raw, formatted) = (true, true)
      case "br", "rb": (raw, bytes) = (true, true)
      default: return nil
      }
    }
  }

  private mutating func string(_ prefix: Prefix, from: Span) throws {
    let quote = peek
    let isTriple = peek(1) == quote && peek(2) == quote
    let quoteCount = isTriple ? 3 : 1
    for _ in 0..<quoteCount { advance() }
    let bodyLine = line
    let bodyColumn = column
    let start = at
    while true {
      guard at < bytes.count else {
        throw SyntaxProblem(
          isTriple
            ? "unterminated triple-quoted string literal (detected at line \(bytes.last == 10 ? line - 1 : line))"
            : "unterminated string literal (detected at line \(from.line))",
          Span(line: from.line, column: from.column, endLine: from.line, endColumn: from.column + 1))
      }
      if peek == 92 {
        advance()
        if at < bytes.count { advance() }
        continue
      }
      if peek == 10, !isTriple {
        throw SyntaxProblem(
          "unterminated string literal (detected at line \(line))",
          Span(line: from.line, column: from.column, endLine: from.line, endColumn: from.column + 1))
      }
      if peek == quote, !isTriple || (peek(1) == quote && peek(2) == quote) { break }
      advance()
    }
    let body = String(decoding: bytes[start..<at], as: UTF8.self)
    for _ in 0..<quoteCount { advance() }
    let span = Span(line: from.line, column: from.column, endLine: line, endColumn: column)
    var literal: StringLiteral
    if prefix.formatted {
      var fields = FieldParser(
        text: Array(body.unicodeScalars), raw: prefix.raw, line: bodyLine, column: bodyColumn, span: span)
      do {
        literal = StringLiteral(parts: try fields.parts(nested: false), isFormatted: true)
      } catch let problem as SyntaxProblem
        where problem.message.hasPrefix("f-string") || problem.message.hasPrefix("(unicode")
      {
        literal = StringLiteral(parts: [], failure: problem.message, isFormatted: true)
      }
    } else {
      if prefix.bytes, body.utf8.contains(where: { $0 >= 0x80 }) {
        throw SyntaxProblem("bytes can only contain ASCII literal characters", span)
      }
      do {
        let text = prefix.raw ? body : try unescape(body, span, isBytes: prefix.bytes)
        literal = StringLiteral(parts: [.text(text)], isFormatted: false)
      } catch let problem as SyntaxProblem {
        literal = StringLiteral(parts: [], failure: problem.message, isFormatted: false)
      }
    }
    literal.isBytes = prefix.bytes
    add(.string(literal), span)
  }
}
