/// A place in the text: line from 1, columns in Unicode scalars from 0, the end not included.
public struct Span: Hashable, Sendable {
  public var line: Int32
  public var column: Int32
  public var endLine: Int32
  public var endColumn: Int32

  public init(line: Int32, column: Int32, endLine: Int32, endColumn: Int32) {
    self.line = line
    self.column = column
    self.endLine = endLine
    self.endColumn = endColumn
  }

  /// The same line without an extent: tracebacks put no carets under it.
  var unmarked: Span { Span(line: line, column: column, endLine: line, endColumn: column) }

  /// At least one column wide, for the end of a line.
  var widened: Span {
    endLine == line && endColumn <= column
      ? Span(line: line, column: column, endLine: line, endColumn: column + 1) : self
  }

  /// From the start of one span to the end of another.
  func through(_ other: Span) -> Span {
    Span(line: line, column: column, endLine: other.endLine, endColumn: other.endColumn)
  }
}

/// A word of the language.
struct Token {
  enum Kind: Equatable {
    case name(String)
    case keyword(String)
    case integer(String, radix: Int)
    case float(Double)
    case imaginary(Double)
    case string(StringLiteral)
    case op(String)
    case newline, indent, dedent, end
  }
  var kind: Kind
  var span: Span
}

/// A string literal as written: its decoded text, or for an f-string its parts.
struct StringLiteral: Equatable {
  enum Part: Equatable {
    case text(String)
    /// The source of an expression, with where it stands, conversion and format.
    case field(
      source: String, line: Int32, column: Int32, conversion: Character?, format: [Part]?, debug: String?)
  }
  var parts: [Part]
  /// What is wrong with an f-string; said once the token behind it is known, which CPython marks.
  var failure: String?
  var isFormatted: Bool
  var isBytes = false

  var plain: String {
    parts.map { if case .text(let t) = $0 { t } else { "" } }.joined()
  }
}

/// The text is not a program.
public struct SyntaxProblem: Error, Equatable, Sendable {
  /// `SyntaxError`, `IndentationError`, `TabError`.
  public var type: String
  public var message: String
  public var span: Span
  /// Shown in place of the program's line: the part of an f-string that was read by itself.
  var shownText: String?
  var showsCaret = true
  /// One caret, however many bytes the character has.
  var isPoint = false
  init(_ message: String, _ span: Span, type: String = "SyntaxError") {
    self.type = type
    self.message = message
    self.span = span
  }
}
