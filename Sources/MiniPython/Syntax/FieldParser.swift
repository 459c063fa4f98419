/// Splits the body of an f-string into text and fields.
struct FieldParser {
  let text: [Unicode.Scalar]
  let raw: Bool
  var line: Int32
  var column: Int32
  let span: Span
  private var at = 0

  init(text: [Unicode.Scalar], raw: Bool, line: Int32, column: Int32, span: Span) {
    self.text = text
    self.raw = raw
    self.line = line
    self.column = column
    self.span = span
  }

  private mutating func next() -> Unicode.Scalar? {
    guard at < text.count else { return nil }
    let c = text[at]
    at += 1
    if c == "\n" {
      line += 1
      column = 0
    } else {
      column += 1
    }
    return c
  }

  private var peek: Unicode.Scalar? { at < text.count ? text[at] : nil }

  private func problem(_ message: String) -> SyntaxProblem { SyntaxProblem("f-string: \(message)", span) }

  /// - Parameter nested: inside a format specification, which ends at `}`.
  mutating func parts(nested: Bool, depth: Int = 0) throws -> [StringLiteral.Part] {
    guard depth < 2 else { throw problem("expressions nested too deeply") }
    var out: [StringLiteral.Part] = []
    var pending = ""
    func flush() throws {
      guard !pending.isEmpty else { return }
      out.append(.text(raw ? pending : try unescape(pending, span)))
      pending = ""
    }
    while let c = peek {
      if nested, c == "}" { break }
      _ = next()
      switch c {
      case "{" where peek == "{" && !nested:
        _ = next()
        pending += "{"
      case "{":
        try flush()
        out.append(try field(depth: depth))
      case "}":
        guard peek == "}" else { throw problem("single '}' is not allowed") }
        _ = next()
        pending += "}"
      default: pending.unicodeScalars.append(c)
      }
    }
    try flush()
    return out
  }

  private mutating func field(depth: Int) throws -> StringLiteral.Part {
    let (fieldLine, fieldColumn) = (line, column)
    var source = String.UnicodeScalarView()
    var open: [Unicode.Scalar] = []
    var quote: Unicode.Scalar?
    var debug: String?
    loop: while let c = peek {
      if c == "\\" { throw SyntaxProblem("f-string expression part cannot include a backslash", span) }
      if let q = quote {
        if c == q { quote = nil }
      } else {
        switch c {
        case "'", "\"": quote = c
        case "(", "[", "{": open.append(c)
        case ")", "]", "}":
          if c == "}", open.isEmpty { break loop }
          guard let opened = open.popLast() else { throw problem("unmatched '\(c)'") }
          guard (opened == "(" && c == ")") || (opened == "[" && c == "]") || (opened == "{" && c == "}")
          else {
            throw problem("closing parenthesis '\(c)' does not match opening parenthesis '\(opened)'")
          }
        case "!" where open.isEmpty && !(at + 1 < text.count && text[at + 1] == "="): break loop
        case ":" where open.isEmpty: break loop
        case "=" where open.isEmpty:
          let before = source.last
          let after = at + 1 < text.count ? text[at + 1] : " "
          if after != "=", before != "=", before != "!", before != "<", before != ">" {
            // `{x = }`: the text itself is shown, with its spaces.
            _ = next()
            var shown = source
            shown.append("=")
            while peek == " " {
              shown.append(" ")
              _ = next()
            }
            debug = String(shown)
            break loop
          }
        case "#": throw SyntaxProblem("f-string expression part cannot include '#'", span)
        default: break
        }
      }
      source.append(c)
      _ = next()
    }
    if peek == nil, quote != nil { throw problem("unterminated string") }
    if peek == nil, let opened = open.last { throw problem("unmatched '\(opened)'") }
    let expression = String(source)
    guard expression.unicodeScalars.contains(where: { $0 != " " && $0 != "\n" && $0 != "\t" }) else {
      throw problem(peek == nil ? "expecting '}'" : "empty expression not allowed")
    }
    var conversion: Character?
    if peek == "!" {
      _ = next()
      guard let c = next(), ["r", "s", "a"].contains(c) else {
        throw problem("invalid conversion character: expected 's', 'r', or 'a'")
      }
      conversion = Character(c)
    }
    var format: [StringLiteral.Part]?
    if peek == ":" {
      _ = next()
      format = try parts(nested: true, depth: depth + 1)
    }
    guard next() == "}" else { throw problem("expecting '}'") }
    if debug != nil, conversion == nil, format == nil { conversion = "r" }
    return .field(
      source: expression, line: fieldLine, column: fieldColumn, conversion: conversion, format: format,
      debug: debug)
  }
}
