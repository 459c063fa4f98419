/// What is wrong with a pattern: `re.error`.
struct RegexProblem: Error {
  var message: String
  var at: Int
}

/// Reads a regular expression, as `re` has them.
struct RegexParser {
  private let text: [Unicode.Scalar]
  private var at = 0
  private var depth = 0
  private(set) var flags: RegexFlags
  private(set) var groupCount = 0
  private(set) var names: [(name: String, number: Int)] = []
  private var openGroups: Set<Int> = []

  init(_ text: [Unicode.Scalar], _ flags: RegexFlags) {
    self.text = text
    self.flags = flags
  }

  mutating func pattern() throws -> RegexNode {
    let node = try alternatives()
    if at < text.count { throw RegexProblem(message: "unbalanced parenthesis", at: at) }
    return node
  }

  private var peek: Unicode.Scalar? { at < text.count ? text[at] : nil }
  private mutating func take(_ c: Unicode.Scalar) -> Bool {
    guard peek == c else { return false }
    at += 1
    return true
  }
  private mutating func next() -> Unicode.Scalar? {
    guard let c = peek else { return nil }
    at += 1
    return c
  }
  private func problem(_ message: String, _ place: Int? = nil) -> RegexProblem {
    RegexProblem(message: message, at: place ?? at)
  }

  private mutating func alternatives() throws -> RegexNode {
    depth += 1
    defer { depth -= 1 }
    // As deep as the matcher may nest.
    guard depth <= 100 else { throw problem("nested too deeply") }
    var branches = [try branch()]
    while take("|") { branches.append(try branch()) }
    return branches.count == 1 ? branches[0] : .alternatives(branches)
  }

  private mutating func branch() throws -> RegexNode {
    var items: [RegexNode] = []
    while let c = peek, c != "|", c != ")" {
      if flags.contains(.verbose) {
        if c.isPythonSpace {
          at += 1
          continue
        }
        if c == "#" {
          while let c = next(), c != "\n" {}
          continue
        }
      }
      let start = at
      guard let item = try atom() else { continue }
      items.append(try repetition(of: item, start))
    }
    return items.count == 1 ? items[0] : .sequence(items)
  }

  private mutating func repetition(of item: RegexNode, _ start: Int) throws -> RegexNode {
    let here = at
    guard let (least, most) = try quantifier() else { return item }
    switch item {
    case .textStart, .lineStart: throw problem("nothing to repeat", here)
    default: break
    }
    let isLazy = take("?")
    let isPossessive = !isLazy && take("+")
    let again = at
    if try quantifier() != nil { throw problem("multiple repeat", again) }
    return .repeated(item, least: least, most: most, isLazy: isLazy, isPossessive: isPossessive)
  }

  /// `*`, `+`, `?`, `{2,3}`; `nil` where there is none.
  private mutating func quantifier() throws -> (Int, Int)? {
    let start = at
    if take("*") { return (0, .max) }
    if take("+") { return (1, .max) }
    if take("?") { return (0, 1) }
    guard take("{") else { return nil }
    if peek == "}" {
      at = start
      return nil
    }
    let low = number()
    var high = low
    if take(",") { high = number() } else if low == nil { high = nil }
    let hasComma = at > start + 1 && text[start + 1..<at].contains(",")
    guard take("}"), low != nil || hasComma else {
      // A brace that says nothing is a brace.
      at = start
      return nil
    }
    let (least, most) = (low ?? 0, hasComma ? high ?? .max : low ?? 0)
    guard least <= most else { throw problem("min repeat greater than max repeat", start + 1) }
    return (least, most)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let c = peek, ("0"..."9").contains(c) {
      let digit = Int(c.value) - 48
      value = min(1 << 32, (value ?? 0) * 10 + digit)
      at += 1
    }
    return value
  }

  /// One item; `nil` for a comment or flags.
  private mutating func atom() throws -> RegexNode? {
    let start = at
    guard let c = next() else { return nil }
    switch c {
    case ".": return .any
    case "^": return flags.contains(.multiline) ? .lineStart : .textStart
    case "$": return .lineEnd
    case "(": return try group(start)
    case "[": return .set(try characterSet(start))
    case "\\": return try escape(start)
    case "*", "+", "?": throw problem("nothing to repeat", start)
    case "{":
      at = start
      if try quantifier() != nil { throw problem("nothing to repeat", start) }
      at = start + 1
      return .scalar(c)
    default: return .scalar(c)
    }
  }

  // MARK: Groups

  private mutating func group(_ start: Int) throws -> RegexNode? {
    guard take("?") else { return try capture(nil, start) }
    guard let c = next() else { throw problem("unexpected end of pattern") }
    switch c {
    case ":": return try closed(alternatives(), start)
    case ">": return .atomic(try closed(alternatives(), start))
    case "#":
      while let c = next() { if c == ")" { return nil } }
      throw problem("missing ), unterminated comment", start)
    case "=", "!": return .look(try closed(alternatives(), start), behind: nil, isNegative: c == "!")
    case "<":
      guard let kind = next() else { throw problem("unexpected end of pattern") }
      guard kind == "=" || kind == "!" else {
        throw problem("unknown extension ?<\(String(kind))", start + 1)
      }
      let node = try closed(alternatives(), start)
      guard node.width.lowerBound == node.width.upperBound else {
        throw problem("look-behind requires fixed-width pattern", -1)
      }
      return .look(node, behind: node.width.lowerBound, isNegative: kind == "!")
    case "P":
      if take("<") {
        let name = try groupName(until: ">")
        if let known = names.first(where: { $0.name == name }) {
          throw problem(
            "redefinition of group name '\(name)' as group \(groupCount + 1); was group \(known.number)",
            start + 4)
        }
        return try capture(name, start)
      }
      if take("=") {
        let place = at
        return try reference(named: groupName(until: ")"), place)
      }
      guard let odd = next() else { throw problem("unexpected end of pattern") }
      throw problem("unknown extension ?P\(String(odd))", start + 1)
    case "(": return try conditional(start)
    default:
      at -= 1
      return try flagGroup(start)
    }
  }

  private mutating func capture(_ name: String?, _ start: Int) throws -> RegexNode {
    groupCount += 1
    let number = groupCount
    if let name { names.append((name, number)) }
    openGroups.insert(number)
    let node = try closed(alternatives(), start)
    openGroups.remove(number)
    return .group(node, number: number)
  }

  private mutating func closed(_ node: RegexNode, _ start: Int) throws -> RegexNode {
    guard take(")") else { throw problem("missing ), unterminated subpattern", start) }
    return node
  }

  private mutating func groupName(until end: Unicode.Scalar) throws -> String {
    let start = at
    var name = ""
    while let c = next() {
      if c == end {
        guard !name.isEmpty else { throw problem("missing group name", start) }
        guard name.unicodeScalars.first.map({ $0 == "_" || $0.properties.isXIDStart }) == true,
          name.unicodeScalars.allSatisfy({ $0 == "_" || $0.properties.isXIDContinue })
        else { throw problem("bad character in group name '\(name)'", start) }
        return name
      }
      name.unicodeScalars.append(c)
    }
    throw problem(
      name.isEmpty ? "missing group name" : "missing \(String(end)), unterminated name", start)
  }

  private func reference(named name: String, _ place: Int) throws -> RegexNode {
    guard let number = names.first(where: { $0.name == name })?.number else {
      throw problem("unknown group name '\(name)'", place)
    }
    guard !openGroups.contains(number) else { throw problem("cannot refer to an open group", place) }
    return .backreference(number)
  }

  private mutating func conditional(_ start: Int) throws -> RegexNode {
    let place = at
    var name = ""
    while let c = next(), c != ")" { name.unicodeScalars.append(c) }
    guard let number = Int(name) ?? names.first(where: { $0.name == name })?.number else {
      throw problem("unknown group name '\(name)'", place)
    }
    guard number >= 1 else { throw problem("bad group number", place) }
    let yes = try branch()
    let no = take("|") ? try branch() : .empty
    if peek == "|" { throw problem("conditional backref with more than two branches") }
    return try closed(.conditional(group: number, yes: yes, no: no), start)
  }

  /// `(?i)` at the start, `(?i:…)`, `(?-i:…)`.
  private mutating func flagGroup(_ start: Int) throws -> RegexNode? {
    var (added, removed, isRemoving) = (RegexFlags(), RegexFlags(), false)
    while let c = next() {
      switch c {
      case "i", "m", "s", "x", "a", "u", "L":
        let flag: RegexFlags =
          switch c {
          case "i": .ignoresCase
          case "m": .multiline
          case "s": .dotMatchesAll
          case "x": .verbose
          case "a": .ascii
          default: .unicode
          }
        if isRemoving { removed.insert(flag) } else { added.insert(flag) }
      case "-": isRemoving = true
      case ")":
        guard start == 0 else { throw problem("global flags not at the start of the expression", start) }
        flags.formUnion(added)
        return nil
      case ":":
        let before = flags
        flags = flags.union(added).subtracting(removed)
        let inside = flags
        let node = try closed(alternatives(), start)
        flags = before
        return .flagged(node, inside)
      default: throw problem("unknown extension ?\(String(c))", start + 1)
      }
    }
    throw problem("missing -, : or )")
  }

  // MARK: Escapes and sets

  private static let kinds: [Unicode.Scalar: (RegexSet.Kind, Bool)] = [
    "d": (.digit, false), "D": (.digit, true), "s": (.space, false), "S": (.space, true), "w": (.word, false),
    "W": (.word, true),
  ]

  private mutating func escape(_ start: Int) throws -> RegexNode {
    guard let c = next() else { throw problem("bad escape (end of pattern)", start) }
    if let (kind, isNegative) = Self.kinds[c] { return .set(RegexSet(kinds: [(kind, isNegative)])) }
    switch c {
    case "A": return .textStart
    case "Z": return .textEnd
    case "b": return .wordEdge
    case "B": return .noWordEdge
    case "1"..."9":
      at -= 1
      var digits = [Int(c.value) - 48]
      at += 1
      if let d = peek, ("0"..."9").contains(d) {
        digits.append(Int(d.value) - 48)
        at += 1
      }
      let number = digits.reduce(0) { $0 * 10 + $1 }
      guard number <= groupCount else { throw problem("invalid group reference \(number)", start + 1) }
      guard !openGroups.contains(number) else { throw problem("cannot refer to an open group", start) }
      return .backreference(number)
    default: return .scalar(try character(c, start))
    }
  }

  /// An escaped character.
  private mutating func character(_ c: Unicode.Scalar, _ start: Int) throws -> Unicode.Scalar {
    switch c {
    case "n": return "\n"
    case "t": return "\t"
    case "r": return "\r"
    case "f": return "\u{C}"
    case "v": return "\u{B}"
    case "a": return "\u{7}"
    case "0": return try octal(start)
    case "x": return try hexadecimal(2, start)
    case "u": return try hexadecimal(4, start)
    case "U": return try hexadecimal(8, start)
    default:
      if c.value < 128, c.isPythonAlpha || ("0"..."9").contains(c) {
        throw problem("bad escape \\\(String(c))", start)
      }
      return c
    }
  }

  private mutating func octal(_ start: Int) throws -> Unicode.Scalar {
    var value: UInt32 = 0
    for _ in 0..<2 {
      guard let d = peek, ("0"..."7").contains(d) else { break }
      value = value * 8 + d.value - 48
      at += 1
    }
    return Unicode.Scalar(value) ?? "\0"
  }

  private mutating func hexadecimal(_ count: Int, _ start: Int) throws -> Unicode.Scalar {
    let from = at
    while at < min(text.count, from + count), text[at].properties.isASCIIHexDigit { at += 1 }
    var digits = ""
    digits.unicodeScalars.append(contentsOf: text[from..<at])
    guard at == from + count, let value = UInt32(digits, radix: 16), let c = Unicode.Scalar(value) else {
      let letter = text[start + 1]
      throw problem("incomplete escape \\\(String(letter))\(digits)", start)
    }
    return c
  }

  private mutating func characterSet(_ start: Int) throws -> RegexSet {
    var set = RegexSet()
    set.isNegative = take("^")
    var isFirst = true
    while true {
      let place = at
      guard let c = next() else { throw problem("unterminated character set", start) }
      if c == "]", !isFirst { return set }
      isFirst = false
      guard let low = try setItem(c, place, &set) else {
        if peek == "-", at + 1 < text.count, text[at + 1] != "]" {
          let end = min(text.count, at + 2)
          throw problem("bad character range \(Self.spell(text[place..<end]))", place)
        }
        continue
      }
      guard peek == "-", at + 1 < text.count, text[at + 1] != "]" else {
        set.ranges.append(low.value...low.value)
        continue
      }
      at += 1
      let highPlace = at
      guard let d = next() else { throw problem("unterminated character set", start) }
      var scratch = RegexSet()
      guard let high = try setItem(d, highPlace, &scratch), low.value <= high.value else {
        throw problem("bad character range \(Self.spell(text[place..<at]))", place)
      }
      set.ranges.append(low.value...high.value)
    }
  }

  private static func spell(_ part: ArraySlice<Unicode.Scalar>) -> String {
    var out = ""
    out.unicodeScalars.append(contentsOf: part)
    return out
  }

  /// A character of a set; `nil` for a class, which joins the set.
  private mutating func setItem(
    _ c: Unicode.Scalar, _ place: Int, _ set: inout RegexSet
  ) throws -> Unicode.Scalar? {
    guard c == "\\" else { return c }
    guard let d = next() else { throw problem("bad escape (end of pattern)", place) }
    if let kind = Self.kinds[d] {
      set.kinds.append(kind)
      return nil
    }
    if d == "b" { return "\u{8}" }
    if ("0"..."7").contains(d) {
      at -= 1
      var value: UInt32 = 0
      for _ in 0..<3 {
        guard let o = peek, ("0"..."7").contains(o) else { break }
        value = value * 8 + o.value - 48
        at += 1
      }
      return Unicode.Scalar(value)
    }
    return try character(d, place)
  }
}
