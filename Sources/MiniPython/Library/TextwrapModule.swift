/// `textwrap`: paragraphs of a width.
enum TextwrapModule {
  static func fill(_ m: ModuleObject) {
    m.function("dedent") { a, i in
      .string(dedent(try StringMethods.text(try a.positionalOnly("dedent", 1...1)[0], i)))
    }
    m.function("indent") { a, i in
      let p = try a.bind("indent", "text", "prefix", "predicate?")
      let prefix = try StringMethods.text(p[1] ?? .none, i)
      var out = ""
      for line in lines(try StringMethods.text(p[0] ?? .none, i)) {
        let isWanted =
          try p[2].map { try i.isTrue(i.call($0, Arguments([.string(line)]))) }
          ?? !line.unicodeScalars.allSatisfy(\.isPythonSpace)
        out += isWanted ? prefix + line : line
      }
      return .string(out)
    }
    m.function("wrap") { a, i in .list(try wrapped("wrap", a, i).map { .string($0) }) }
    m.function("fill") { a, i in .string(try wrapped("fill", a, i).joined(separator: "\n")) }
    m.function("shorten") { a, i in
      let p = try a.bind("shorten", "text", "width", "placeholder?")
      let text = try StringMethods.text(p[0] ?? .none, i).unicodeScalars.split(
        whereSeparator: \.isPythonSpace
      )
      .map(String.init)
      let width = try p[1].flatMap(i.index) ?? 70
      let mark = try p[2].map { try StringMethods.text($0, i) } ?? " [...]"
      let whole = text.joined(separator: " ")
      if whole.unicodeScalars.count <= width { return .string(whole) }
      let bare = String(mark.unicodeScalars.drop(while: \.isPythonSpace))
      guard bare.unicodeScalars.count <= width else {
        throw Raise.value("placeholder too large for max width")
      }
      var kept = text
      while !kept.isEmpty {
        kept.removeLast()
        let line = kept.joined(separator: " ") + (kept.isEmpty ? bare : mark)
        if line.unicodeScalars.count <= width { return .string(line) }
      }
      return .string(bare)
    }
  }

  /// Lines with their ends.
  private static func lines(_ text: String) -> [String] {
    var (out, line) = ([String](), String.UnicodeScalarView())
    for c in text.unicodeScalars {
      line.append(c)
      if c == "\n" {
        out.append(String(line))
        line = String.UnicodeScalarView()
      }
    }
    if !line.isEmpty { out.append(String(line)) }
    return out
  }

  private static func dedent(_ text: String) -> String {
    let all = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    func margin(_ line: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
      line.prefix { $0 == " " || $0 == "\t" }
    }
    func isBlank(_ line: Substring.UnicodeScalarView) -> Bool { margin(line).count == line.count }
    var common: [Unicode.Scalar]?
    for line in all where !isBlank(line) {
      let here = Array(margin(line))
      guard let known = common else {
        common = here
        continue
      }
      common = Array(zip(known, here).prefix { $0 == $1 }.map(\.0))
    }
    let drop = common?.count ?? 0
    return all.map { isBlank($0) ? "" : String($0.dropFirst(drop)) }.joined(separator: "\n")
  }

  private static func wrapped(_ name: String, _ a: Arguments, _ i: Interpreter) throws -> [String] {
    let p = try a.bind(
      name, "text", "width?", "initial_indent?", "subsequent_indent?", "break_long_words?",
      "break_on_hyphens?",
      "drop_whitespace?", "replace_whitespace?", "expand_tabs?")
    let width = try p[1].flatMap(i.index) ?? 70
    guard width > 0 else { throw Raise.value("invalid width \(width) (must be > 0)") }
    let first = try p[2].map { try StringMethods.text($0, i) } ?? ""
    let later = try p[3].map { try StringMethods.text($0, i) } ?? ""
    let breaksWords = try p[4].map(i.isTrue) ?? true
    let breaksHyphens = try p[5].map(i.isTrue) ?? true
    var chunks = Array(
      pieces(Array(try StringMethods.text(p[0] ?? .none, i).unicodeScalars), breaksHyphens).reversed())
    var out: [String] = []
    while !chunks.isEmpty {
      try i.countStep()
      let indent = out.isEmpty ? first : later
      let room = max(1, width - indent.unicodeScalars.count)
      if !out.isEmpty, let last = chunks.last, isSpace(last) { chunks.removeLast() }
      var (line, length) = ([[Unicode.Scalar]](), 0)
      while let next = chunks.last, length + next.count <= room {
        line.append(next)
        length += next.count
        chunks.removeLast()
      }
      if let next = chunks.last, next.count > room {
        if breaksWords {
          let space = room - length
          if space > 0 {
            line.append(Array(next[..<space]))
            chunks[chunks.count - 1] = Array(next[space...])
          }
        } else if line.isEmpty {
          line.append(next)
          chunks.removeLast()
        }
      }
      if let last = line.last, isSpace(last) { line.removeLast() }
      guard !line.isEmpty else { continue }
      var text = indent
      for part in line { text.unicodeScalars.append(contentsOf: part) }
      out.append(text)
    }
    return out
  }

  private static func isSpace(_ chunk: [Unicode.Scalar]) -> Bool { chunk.allSatisfy(\.isPythonSpace) }

  /// Words and the blanks between them; a word may be parted behind its hyphens.
  private static func pieces(_ text: [Unicode.Scalar], _ breaksHyphens: Bool) -> [[Unicode.Scalar]] {
    var out: [[Unicode.Scalar]] = []
    var word: [Unicode.Scalar] = []
    func isLetter(_ c: Unicode.Scalar) -> Bool { c.isPythonAlpha || c == "_" }
    for (k, raw) in text.enumerated() {
      let c: Unicode.Scalar = raw.isPythonSpace && raw.value < 128 ? " " : raw
      let startsOther = word.last.map { ($0 == " ") != (c == " ") } ?? false
      // A hyphen between letters: two before it and two behind.
      let isBehindHyphen =
        breaksHyphens && word.last == "-" && word.count > 2 && isLetter(word[word.count - 2])
        && isLetter(word[word.count - 3]) && isLetter(c) && k + 1 < text.count && isLetter(text[k + 1])
      if startsOther || isBehindHyphen {
        out.append(word)
        word = []
      }
      word.append(c)
    }
    if !word.isEmpty { out.append(word) }
    return out
  }
}
