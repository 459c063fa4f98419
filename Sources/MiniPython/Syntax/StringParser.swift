/// String literals side by side, and what stands in their braces.
extension Parser {
  mutating func strings() throws -> Expression {
    let start = token.span
    var parts: [JoinedPart] = []
    var isFormatted = false
    var plain = ""
    while case .string(let literal) = token.kind {
      if literal.isBytes {
        guard parts.isEmpty else { throw mixedBytes() }
        return try bytesLiteral()
      }
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

  private mutating func mixedBytes() -> SyntaxProblem {
    while case .string = token.kind { at += 1 }
    return SyntaxProblem(
      "cannot mix bytes and nonbytes literals", token.kind == .newline ? token.span.widened : token.span)
  }

  private mutating func bytesLiteral() throws -> Expression {
    let start = token.span
    var bytes: [UInt8] = []
    while case .string(let literal) = token.kind {
      guard literal.isBytes else { throw mixedBytes() }
      if let failure = literal.failure {
        while case .string = token.kind { at += 1 }
        throw SyntaxProblem(failure, token.kind == .newline ? token.span.widened : token.span)
      }
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
          guard p.shownText == nil, p.span.line == line,
            p.message.hasPrefix("invalid syntax") || p.message == "expected ':'"
              || p.message == "can't use starred expression here"
          else { return p }
          let shift = 1 - column
          var q = SyntaxProblem(
            "f-string: "
              + (p.message == "expected ':'"
                ? "invalid syntax" : p.message.replacingFirst("can't use", with: "cannot use")),
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
}
