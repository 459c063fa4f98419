/// `re.Pattern`.
final class RegexObject: Object {
  let program: RegexProgram
  let source: String
  init(_ program: RegexProgram, _ source: String) {
    self.program = program
    self.source = source
  }
  override var typeObject: ClassObject { RegexModule.patternType }

  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    switch name {
    case "pattern": return .string(source)
    case "flags": return .int(program.flags.union(.unicode).rawValue)
    case "groups": return .int(program.groupCount)
    case "groupindex":
      let d = DictObject()
      for (name, number) in program.names { try d.set(.string(name), .int(number), i) }
      return .object(d)
    default: return nil
    }
  }

  override func repr(_ i: Interpreter) throws -> String {
    let all: [(RegexFlags, String)] = [
      (.ignoresCase, "re.IGNORECASE"), (.multiline, "re.MULTILINE"), (.dotMatchesAll, "re.DOTALL"),
      (.verbose, "re.VERBOSE"), (.ascii, "re.ASCII"),
    ]
    let named = all.filter { program.flags.contains($0.0) }.map(\.1)
    let shown = try i.repr(.string(source))
    return "re.compile(\(shown)\(named.isEmpty ? "" : ", " + named.joined(separator: "|")))"
  }

  override func compare(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    guard let o = other.object as? RegexObject, op == "==" || op == "!=" else { return nil }
    return .bool((source == o.source && program.flags == o.program.flags) == (op == "=="))
  }
  override func hashKey(_ i: Interpreter) throws -> HashKey {
    .tuple([.string(source), .int(program.flags.rawValue)])
  }
}

/// `re.Match`.
final class RegexMatch: Object {
  let pattern: RegexObject
  let subject: Value
  let text: [Unicode.Scalar]
  /// Where groups begin and end, and the last one closed.
  let slots: [Int]
  let bounds: (from: Int, to: Int)
  init(
    _ pattern: RegexObject, _ subject: Value, _ text: [Unicode.Scalar], _ slots: [Int], _ bounds: (Int, Int)
  ) {
    self.pattern = pattern
    self.subject = subject
    self.text = text
    self.slots = slots
    self.bounds = bounds
  }
  override var typeObject: ClassObject { RegexModule.matchType }

  var start: Int { slots[0] }
  var end: Int { slots[1] }

  /// What a group matched; `nil` where it took no part.
  func group(_ k: Int) -> Value? {
    guard slots[2 * k] >= 0, slots[2 * k + 1] >= slots[2 * k] else { return nil }
    return StringMethods.value(Array(text[slots[2 * k]..<slots[2 * k + 1]]))
  }

  /// A group by number or name.
  func number(_ v: Value, _ i: Interpreter) throws -> Int {
    if let name = v.object as? StringObject,
      let known = pattern.program.names.first(where: { $0.name == name.value })
    {
      return known.number
    }
    if let k = try? i.index(v), (0...pattern.program.groupCount).contains(k) { return k }
    throw Raise.named("IndexError", "no such group")
  }

  override func getItem(_ key: Value, _ i: Interpreter) throws -> Value { group(try number(key, i)) ?? .none }

  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    switch name {
    case "re": return .object(pattern)
    case "string": return subject
    case "pos": return .int(bounds.from)
    case "endpos": return .int(bounds.to)
    case "lastindex":
      let last = slots[pattern.program.lastSlot]
      return last > 0 ? .int(last) : Value.none
    case "lastgroup":
      let last = slots[pattern.program.lastSlot]
      return pattern.program.names.first { $0.number == last }.map { .string($0.name) } ?? Value.none
    default: return nil
    }
  }

  override func repr(_ i: Interpreter) throws -> String {
    let whole = group(0) ?? .none
    return "<re.Match object; span=(\(start), \(end)), match=\(try i.repr(whole))>"
  }

  static func install(_ c: ClassObject) {
    func me(_ v: Value) throws -> RegexMatch {
      guard let m = v.object as? RegexMatch else {
        throw Raise.type("descriptor requires a 're.Match' object")
      }
      return m
    }
    c.method("group") { v, a, i in
      let m = try me(v)
      if a.positional.isEmpty { return m.group(0) ?? .none }
      let found = try a.positional.map { m.group(try m.number($0, i)) ?? .none }
      return found.count == 1 ? found[0] : .tuple(found)
    }
    c.method("groups") { v, a, _ in
      let m = try me(v)
      let standard = try a.bind("groups", "default?")[0] ?? .none
      return .tuple((0..<m.pattern.program.groupCount).map { m.group($0 + 1) ?? standard })
    }
    c.method("groupdict") { v, a, i in
      let m = try me(v)
      let standard = try a.bind("groupdict", "default?")[0] ?? .none
      let d = DictObject()
      for (name, number) in m.pattern.program.names {
        try d.set(.string(name), m.group(number) ?? standard, i)
      }
      return .object(d)
    }
    for (name, pick) in [("start", 0), ("end", 1), ("span", 2)] {
      c.method(name) { v, a, i in
        let m = try me(v)
        let k = try a.positionalOnly(name, 0...1).first.map { try m.number($0, i) } ?? 0
        let isSet = m.group(k) != nil
        let (from, to) = isSet ? (m.slots[2 * k], m.slots[2 * k + 1]) : (-1, -1)
        return pick == 0 ? .int(from) : pick == 1 ? .int(to) : .tuple([.int(from), .int(to)])
      }
    }
    c.method("expand") { v, a, i in
      let m = try me(v)
      let template = try ReplacementTemplate(
        StringMethods.scalars(a.positionalOnly("expand", 1...1)[0], i), m.pattern.program)
      return StringMethods.value(template.filled(m))
    }
  }
}

/// What `sub` puts in: `\1`, `\g<name>`, and plain text.
struct ReplacementTemplate {
  private enum Part {
    case text([Unicode.Scalar])
    case group(Int)
  }
  private var parts: [Part] = []

  init(_ text: [Unicode.Scalar], _ program: RegexProgram) throws {
    var plain: [Unicode.Scalar] = []
    var k = 0
    func problem(_ message: String, _ at: Int) -> Raise {
      RegexModule.raise(RegexProblem(message: message, at: at), text)
    }
    func group(_ number: Int, _ at: Int) throws -> Part {
      guard number <= program.groupCount else { throw problem("invalid group reference \(number)", at) }
      return .group(number)
    }
    while k < text.count {
      let c = text[k]
      guard c == "\\", k + 1 < text.count else {
        if c == "\\" { throw problem("bad escape (end of pattern)", k) }
        plain.append(c)
        k += 1
        continue
      }
      let d = text[k + 1]
      let start = k
      k += 2
      switch d {
      case "g":
        guard k < text.count, text[k] == "<" else { throw problem("missing <", k) }
        guard let close = text[k...].firstIndex(of: ">") else {
          throw problem(
            k + 1 < text.count ? "missing >, unterminated name" : "missing group name", k + 1)
        }
        var name = ""
        name.unicodeScalars.append(contentsOf: text[(k + 1)..<close])
        guard !name.isEmpty else { throw problem("missing group name", k + 1) }
        let found: Part
        if let number = Int(name) {
          found = try group(number, k + 1)
        } else if let known = program.names.first(where: { $0.name == name }) {
          found = .group(known.number)
        } else {
          throw Raise.named("IndexError", "unknown group name '\(name)'")
        }
        parts += [.text(plain), found]
        plain = []
        k = close + 1
      case "0":
        plain.append("\0")
      case "1"..."9":
        var number = Int(d.value) - 48
        if k < text.count, ("0"..."9").contains(text[k]) {
          number = number * 10 + Int(text[k].value) - 48
          k += 1
        }
        parts += [.text(plain), try group(number, start + 1)]
        plain = []
      default:
        if let c = Self.escapes[d] {
          plain.append(c)
        } else if d.value < 128, d.isPythonAlpha {
          throw problem("bad escape \\\(String(d))", start)
        } else {
          plain += [c, d]
          if d == "\\" { plain.removeLast() }
        }
      }
    }
    parts.append(.text(plain))
  }

  private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
    "n": "\n", "t": "\t", "r": "\r", "f": "\u{C}", "v": "\u{B}", "a": "\u{7}", "b": "\u{8}",
  ]

  func filled(_ m: RegexMatch) -> [Unicode.Scalar] {
    var out: [Unicode.Scalar] = []
    for part in parts {
      switch part {
      case .text(let t): out += t
      case .group(let k):
        let (a, b) = (m.slots[2 * k], m.slots[2 * k + 1])
        if a >= 0, b >= a { out += m.text[a..<b] }
      }
    }
    return out
  }
}
