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
    // Written in the language: read when first asked for.
    m.missing = { name, i in
      guard name == "TextWrapper" else { return nil }
      return try i.attribute(i.importModule("_textwrap_wrapper", leaf: true), name)
    }
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
      "break_on_hyphens?", "drop_whitespace?", "replace_whitespace?", "expand_tabs?", "tabsize?",
      "max_lines?",
      "placeholder?", "fix_sentence_endings?")
    let width = try p[1].flatMap(i.index) ?? 70
    guard width > 0 else { throw Raise.value("invalid width \(width) (must be > 0)") }
    let first = try p[2].map { try StringMethods.text($0, i) } ?? ""
    let later = try p[3].map { try StringMethods.text($0, i) } ?? ""
    let breaksWords = try p[4].map(i.isTrue) ?? true
    let breaksHyphens = try p[5].map(i.isTrue) ?? true
    let dropsSpace = try p[6].map(i.isTrue) ?? true
    let mark = Array(try (p[11].map { try StringMethods.text($0, i) } ?? " [...]").unicodeScalars)
    let bareMark = Array(mark.drop(while: \.isPythonSpace))
    let most = try p[10].flatMap { $0.isGiven ? try i.index($0) : nil }
    if let most, (most > 1 ? later : first).unicodeScalars.count + bareMark.count > width {
      throw Raise.value("placeholder too large for max width")
    }
    var text = Array(try StringMethods.text(p[0] ?? .none, i).unicodeScalars)
    if try p[8].map(i.isTrue) ?? true { text = expanded(text, try p[9].flatMap(i.index) ?? 8) }
    if try p[7].map(i.isTrue) ?? true { text = text.map { isBlank($0) ? " " : $0 } }
    var chunks = Array(pieces(text, breaksHyphens).reversed())
    if try p[12].map(i.isTrue) ?? false { endSentences(&chunks) }
    var out: [String] = []
    func add(_ indent: String, _ line: [[Unicode.Scalar]]) {
      var text = indent
      for part in line { text.unicodeScalars.append(contentsOf: part) }
      out.append(text)
    }
    while !chunks.isEmpty {
      try i.countStep()
      let indent = out.isEmpty ? first : later
      let space = width - indent.unicodeScalars.count
      let room = max(1, space)
      if dropsSpace, !out.isEmpty, let last = chunks.last, isSpace(last) { chunks.removeLast() }
      var (line, length) = ([[Unicode.Scalar]](), 0)
      while let next = chunks.last, length + next.count <= space {
        line.append(next)
        length += next.count
        chunks.removeLast()
      }
      if let next = chunks.last, next.count > space {
        if breaksWords {
          let rest = room - length
          if rest > 0 {
            let cut = hyphenCut(next, rest, breaksHyphens)
            line.append(Array(next[..<cut]))
            length += cut
            chunks[chunks.count - 1] = Array(next[cut...])
          }
        } else if line.isEmpty {
          line.append(next)
          length += next.count
          chunks.removeLast()
        }
      }
      if dropsSpace, let last = line.last, isSpace(last) {
        length -= last.count
        line.removeLast()
      }
      guard !line.isEmpty else { continue }
      let isLast = chunks.isEmpty || dropsSpace && chunks.count == 1 && isSpace(chunks[0])
      if most == nil || out.count + 1 < most ?? 0 || isLast && length <= space {
        add(indent, line)
        continue
      }
      // No more lines: room for the mark is made at the end of this one, or of the one before.
      while let last = line.last {
        if !isSpace(last), length + mark.count <= space {
          add(indent, line + [mark])
          return out
        }
        length -= last.count
        line.removeLast()
      }
      if let previous = out.last {
        let kept = Array(previous.unicodeScalars.reversed().drop(while: \.isPythonSpace).reversed())
        if kept.count + mark.count <= width {
          out.removeLast()
          add("", [kept, mark])
          return out
        }
      }
      add(indent, [bareMark])
      return out
    }
    return out
  }

  /// A word that is too long breaks behind a hyphen where there is one in reach.
  private static func hyphenCut(_ word: [Unicode.Scalar], _ room: Int, _ breaksHyphens: Bool) -> Int {
    guard breaksHyphens, word.count > room, let hyphen = word[..<room].lastIndex(of: "-"), hyphen > 0,
      word[..<hyphen].contains(where: { $0 != "-" })
    else { return min(room, word.count) }
    return hyphen + 1
  }

  private static func isBlank(_ c: Unicode.Scalar) -> Bool { c == " " || (9...13).contains(c.value) }
  private static func isSpace(_ chunk: [Unicode.Scalar]) -> Bool { chunk.allSatisfy(\.isPythonSpace) }

  private static func expanded(_ text: [Unicode.Scalar], _ size: Int) -> [Unicode.Scalar] {
    var (out, column) = ([Unicode.Scalar](), 0)
    for c in text {
      if c == "\t" {
        guard size > 0 else { continue }
        let count = min(size, 1 << 10) - column % min(size, 1 << 10)
        out += Array(repeating: " ", count: count)
        column += count
      } else {
        out.append(c)
        column = c == "\n" || c == "\r" ? 0 : column + 1
      }
    }
    return out
  }

  /// Two blanks behind the end of a sentence; the chunks stand in reverse order.
  private static func endSentences(_ chunks: inout [[Unicode.Scalar]]) {
    for k in chunks.indices.dropFirst() where chunks[k - 1] == [" "] {
      let word = chunks[k].reversed().drop { $0 == "\"" || $0 == "'" }
      guard let end = word.first, end == "." || end == "!" || end == "?", let letter = word.dropFirst().first,
        ("a"..."z").contains(letter)
      else { continue }
      chunks[k - 1] = [" ", " "]
    }
  }

  /// Words and the blanks between them; a word may be parted behind its hyphens.
  private static func pieces(_ text: [Unicode.Scalar], _ breaksHyphens: Bool) -> [[Unicode.Scalar]] {
    var out: [[Unicode.Scalar]] = []
    var word: [Unicode.Scalar] = []
    func isLetter(_ c: Unicode.Scalar) -> Bool { c.isPythonAlpha || c == "_" }
    for (k, c) in text.enumerated() {
      let startsOther = word.last.map { isBlank($0) != isBlank(c) } ?? false
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
