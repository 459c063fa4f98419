/// `"{} {name:>4}".format(…)`.
struct Template {
  /// `nil` for `format_map`, which has none.
  let positional: [Value]?
  let named: (String) throws -> Value
  private var automatic = 0
  private enum Numbering { case open, automatic, manual }
  private var numbering = Numbering.open

  init(positional: [Value]?, named: @escaping (String) throws -> Value) {
    self.positional = positional
    self.named = named
  }

  mutating func apply(_ text: [Unicode.Scalar], _ i: Interpreter, depth: Int = 0) throws -> String {
    guard depth < 2 else { throw Raise.value("Max string recursion exceeded") }
    var out = ""
    var at = 0
    while at < text.count {
      let c = text[at]
      at += 1
      if c == "{" || c == "}", at < text.count, text[at] == c {
        out.unicodeScalars.append(c)
        at += 1
        continue
      }
      if c == "}" { throw Raise.value("Single '}' encountered in format string") }
      guard c == "{" else {
        out.unicodeScalars.append(c)
        continue
      }
      guard at < text.count else { throw Raise.value("Single '{' encountered in format string") }
      let field = try Field(text, &at)
      var value = try look(field.name, i)
      switch field.conversion {
      case nil: break
      case "r": value = .string(try i.repr(value))
      case "s": value = .string(try i.str(value))
      case "a": value = .string(Numbers.ascii(try i.repr(value)))
      case let c?: throw Raise.value("Unknown conversion specifier \(c)")
      }
      let spec = String(String.UnicodeScalarView(field.spec))
      out += try i.format(value, field.isNested ? apply(field.spec, i, depth: depth + 1) : spec)
      try i.checkSize(out.utf8.count, 0)
    }
    return out
  }

  /// What stands between the braces.
  private struct Field {
    var name: [Unicode.Scalar] = []
    var conversion: Unicode.Scalar?
    var spec: [Unicode.Scalar] = []
    var isNested = false

    init(_ text: [Unicode.Scalar], _ at: inout Int) throws {
      var c: Unicode.Scalar = " "
      let start = at
      search: while at < text.count {
        c = text[at]
        at += 1
        switch c {
        case "{": throw Raise.value("unexpected '{' in field name")
        case "[": while at < text.count, text[at] != "]" { at += 1 }
        case "}", ":", "!": break search
        default: break
        }
      }
      guard c == "}" || c == ":" || c == "!" else { throw Raise.value("expected '}' before end of string") }
      name = Array(text[start..<(at - 1)])
      if c == "}" { return }
      if c == "!" {
        guard at < text.count else {
          throw Raise.value("end of string while looking for conversion specifier")
        }
        conversion = text[at]
        at += 1
        if at < text.count {
          c = text[at]
          at += 1
          if c == "}" { return }
          if c != ":" { throw Raise.value("expected ':' after conversion specifier") }
        }
      }
      var open = 1
      while at < text.count {
        c = text[at]
        at += 1
        if c == "{" {
          open += 1
          isNested = true
        } else if c == "}" {
          open -= 1
          if open == 0 { return }
        }
        spec.append(c)
      }
      throw Raise.value("unmatched '{' in format spec")
    }
  }

  private mutating func look(_ path: [Unicode.Scalar], _ i: Interpreter) throws -> Value {
    let head = path.prefix { $0 != "." && $0 != "[" }
    let name = String(String.UnicodeScalarView(head))
    var value: Value
    if head.isEmpty || head.allSatisfy({ ("0"..."9").contains($0) }) {
      let kind: Numbering = head.isEmpty ? .automatic : .manual
      if numbering != .open, numbering != kind {
        throw Raise.value(
          kind == .manual
            ? "cannot switch from automatic field numbering to manual field specification"
            : "cannot switch from manual field specification to automatic field numbering")
      }
      numbering = kind
      guard let k = head.isEmpty ? automatic : Int(name) else {
        throw Raise.value("Too many decimal digits in format string")
      }
      if head.isEmpty { automatic += 1 }
      guard let positional else { throw Raise.value("Format string contains positional fields") }
      guard positional.indices.contains(k) else {
        throw Raise.index("Replacement index \(k) out of range for positional args tuple")
      }
      value = positional[k]
    } else {
      value = try named(name)
    }
    var rest = path.dropFirst(head.count)
    while let c = rest.first {
      rest = rest.dropFirst()
      switch c {
      case ".":
        let attribute = rest.prefix { $0 != "." && $0 != "[" }
        if attribute.isEmpty { throw Raise.value("Empty attribute in format string") }
        value = try i.getAttribute(value, String(String.UnicodeScalarView(attribute)))
        rest = rest.dropFirst(attribute.count)
      case "[":
        let key = rest.prefix { $0 != "]" }
        guard key.endIndex < rest.endIndex else { throw Raise.value("Missing ']' in format string") }
        if key.isEmpty { throw Raise.value("Empty attribute in format string") }
        let text = String(String.UnicodeScalarView(key))
        let isNumber = key.allSatisfy { ("0"..."9").contains($0) }
        value = try i.getItem(value, (isNumber ? Int(text) : nil).map(Value.int) ?? .string(text))
        rest = rest.dropFirst(key.count + 1)
      default: throw Raise.value("Only '.' or '[' may follow ']' in format field specifier")
      }
    }
    return value
  }
}
