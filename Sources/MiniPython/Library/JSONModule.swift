/// Python's `json`: `dumps` and `loads`.
enum JSONModule {
  static func fill(_ m: ModuleObject) {
    m.set("JSONDecodeError", .object(JSONCoding.decodeError))
    JSONCoding.fill(m)
    func dumped(_ a: Arguments, _ i: Interpreter) throws -> Value {
      if let type = a.keyword("cls"), type.isGiven { return try JSONCoding.encoded(type, a, i) }
      let p = try a.bindWritten(
        "dumps", "obj", "*", "skipkeys?", "ensure_ascii?", "check_circular?", "allow_nan?", "cls?", "indent?",
        "separators?",
        "default?", "sort_keys?")
      var w = Writer(i: i)
      if let v = p[6] {
        if let s = v.object as? StringObject {
          w.indent = s.value
        } else if let n = try i.index(v) {
          w.indent = String(repeating: " ", count: max(0, min(n, 1000)))
        }
      }
      if w.indent != nil { w.itemSeparator = "," }
      if let s = p[7], s.object != nil {
        let pair = try i.array(s).map { try i.str($0) }
        if pair.count == 2 { (w.itemSeparator, w.keySeparator) = (pair[0], pair[1]) }
      }
      w.isASCII = try p[2].map(i.isTrue) ?? true
      w.sortsKeys = try p[9].map(i.isTrue) ?? false
      if let f = p[8], f.object != nil { w.fallback = f }
      try w.value(p[0] ?? .none, depth: 0)
      return .string(w.out)
    }
    m.function("dumps", dumped)
    func loaded(_ a: Arguments, _ i: Interpreter) throws -> Value {
      if let type = a.keyword("cls"), type.isGiven {
        let rest = a.keywords.filter { $0.name != "cls" && $0.name != "s" }
        let decoder = try i.call(type, Arguments([], keywords: rest))
        return try i.call(i.getAttribute(decoder, "decode"), Arguments(a.positional))
      }
      let p = try a.bindWritten(
        "loads", "s", "*", "object_hook?", "object_pairs_hook?", "parse_float?", "parse_int?",
        "parse_constant?")
      let v = p[0] ?? .none
      let text =
        (v.object as? BytesObject).map { String(decoding: $0.bytes, as: UTF8.self) }
        ?? (v.object as? StringObject)?.value
      guard let text else {
        throw Raise.type("the JSON object must be str, bytes or bytearray, not \(i.typeName(v))")
      }
      var reader = Reader(text: Array(text.unicodeScalars), i: i, hooks: JSONCoding.Hooks(Array(p[1...])))
      return try reader.document()
    }
    m.function("loads", loaded)
    m.function("load") { a, i in
      guard let source = a.positional.first ?? a.keyword("fp") else {
        throw Arguments.missing("load", ["fp"], "positional")
      }
      let text = try i.call(i.getAttribute(source, "read"))
      return try loaded(Arguments([text], keywords: a.keywords.filter { $0.name != "fp" }), i)
    }
    m.function("dump") { a, i in
      guard let target = a.positional.count > 1 ? a.positional[1] : a.keyword("fp") else {
        throw Raise.type("dump() missing 1 required positional argument: 'fp'")
      }
      let rest = a.keywords.filter { $0.name != "fp" }
      let text = try dumped(Arguments(Array(a.positional.prefix(1)), keywords: rest), i)
      _ = try i.call(i.getAttribute(target, "write"), Arguments([text]))
      return .none
    }
  }

  private struct Writer {
    let i: Interpreter
    var out = ""
    var indent: String?
    var itemSeparator = ", "
    var keySeparator = ": "
    var isASCII = true
    var sortsKeys = false
    var fallback: Value?
    /// How often `default` is asked for what it gave itself.
    var fallbacks = 0

    mutating func value(_ v: Value, depth: Int) throws {
      guard depth < 200 else { throw Raise.value("Circular reference detected") }
      switch v.unboxed {
      case .none, .unassigned: out += "null"
      case .bool(let b): out += b ? "true" : "false"
      case .int(let k): out += "\(k)"
      case .float(let d):
        out += d.isNaN ? "NaN" : d.isInfinite ? (d < 0 ? "-Infinity" : "Infinity") : Numbers.repr(d)
      case .object(let o):
        switch o {
        case let s as StringObject: string(s.value)
        case let b as BigIntObject: out += try b.repr(i)
        case let l as ListObject: try list(l.items, depth)
        case let t as TupleObject: try list(t.items, depth)
        case let d as DictObject: try dictionary(d, depth)
        default:
          guard let fallback else {
            throw Raise.type("Object of type \(i.typeName(v)) is not JSON serializable")
          }
          fallbacks += 1
          guard fallbacks < 200 else { throw Raise.value("Circular reference detected") }
          try value(i.call(fallback, Arguments([v])), depth: depth)
          fallbacks -= 1
        }
      }
    }

    private mutating func line(_ depth: Int) {
      if let indent { out += "\n" + String(repeating: indent, count: depth) }
    }

    private mutating func list(_ items: [Value], _ depth: Int) throws {
      if items.isEmpty {
        out += "[]"
        return
      }
      out += "["
      for (k, item) in items.enumerated() {
        if k > 0 { out += itemSeparator }
        line(depth + 1)
        try value(item, depth: depth + 1)
      }
      line(depth)
      out += "]"
    }

    private mutating func dictionary(_ d: DictObject, _ depth: Int) throws {
      var entries = d.entries.compactMap { $0 }
      if entries.isEmpty {
        out += "{}"
        return
      }
      if sortsKeys {
        let keys = try Methods.sort(entries.map(\.key), Arguments(), i)
        entries = try keys.map { ($0, try d.get($0, i) ?? .none) }
      }
      out += "{"
      for (k, entry) in entries.enumerated() {
        if k > 0 { out += itemSeparator }
        line(depth + 1)
        switch entry.key.unboxed {
        case .none: string("null")
        case .bool(let b): string(b ? "true" : "false")
        case .int, .float: string(try i.repr(entry.key.unboxed))
        default:
          guard let s = entry.key.object as? StringObject else {
            throw Raise.type("keys must be str, int, float, bool or None, not \(i.typeName(entry.key))")
          }
          string(s.value)
        }
        out += keySeparator
        try value(entry.value, depth: depth + 1)
      }
      line(depth)
      out += "}"
    }

    private mutating func string(_ s: String) {
      out += "\""
      for c in s.unicodeScalars {
        switch c {
        case "\"": out += "\\\""
        case "\\": out += "\\\\"
        case "\n": out += "\\n"
        case "\r": out += "\\r"
        case "\t": out += "\\t"
        case "\u{8}": out += "\\b"
        case "\u{C}": out += "\\f"
        case _ where c.value < 32 || (isASCII && c.value > 126):
          for unit in String(c).utf16 {
            let hex = String(unit, radix: 16)
            out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
          }
        default: out.unicodeScalars.append(c)
        }
      }
      out += "\""
    }
  }

  private struct Reader {
    let text: [Unicode.Scalar]
    let i: Interpreter
    let hooks: JSONCoding.Hooks
    var at = 0

    private func problem(_ message: String, _ at: Int) -> Raise {
      JSONCoding.problem(message, text, at)
    }
    private mutating func blanks() {
      while at < text.count, [" ", "\n", "\t", "\r"].contains(text[at]) { at += 1 }
    }

    mutating func document() throws -> Value {
      blanks()
      let v = try value(0)
      blanks()
      guard at == text.count else { throw problem("Extra data", at) }
      return v
    }

    private mutating func takes(_ word: String) -> Bool {
      let scalars = Array(word.unicodeScalars)
      guard at + scalars.count <= text.count, Array(text[at..<at + scalars.count]) == scalars else {
        return false
      }
      at += scalars.count
      return true
    }

    private mutating func value(_ depth: Int) throws -> Value {
      guard depth < 500 else {
        throw Raise.named(
          "RecursionError",
          "maximum recursion depth exceeded while decoding a JSON array from a unicode string")
      }
      guard at < text.count else { throw problem("Expecting value", at) }
      switch text[at] {
      case "\"":
        at += 1
        return .string(try string())
      case "[":
        at += 1
        var items: [Value] = []
        blanks()
        if takes("]") { return .list([]) }
        while true {
          blanks()
          items.append(try value(depth + 1))
          blanks()
          if takes("]") { return .list(items) }
          guard takes(",") else { throw problem("Expecting ',' delimiter", at) }
        }
      case "{":
        at += 1
        let d = DictObject()
        var all: [(key: Value, value: Value)] = []
        blanks()
        if takes("}") { return try hooks.made(d, all, i) }
        while true {
          blanks()
          guard takes("\"") else {
            throw problem("Expecting property name enclosed in double quotes", at)
          }
          let key = try string()
          blanks()
          guard takes(":") else { throw problem("Expecting ':' delimiter", at) }
          blanks()
          let item = try value(depth + 1)
          if hooks.pairs != nil { all.append((.string(key), item)) }
          d.set(.string(key), .string(key), item)
          blanks()
          if takes("}") { return try hooks.made(d, all, i) }
          guard takes(",") else { throw problem("Expecting ',' delimiter", at) }
        }
      default:
        if takes("null") { return .none }
        if takes("true") { return .bool(true) }
        if takes("false") { return .bool(false) }
        for (word, number) in [("NaN", Double.nan), ("Infinity", .infinity), ("-Infinity", -.infinity)]
        where takes(word) {
          return try hooks.constant.map { try i.call($0, Arguments([.string(word)])) } ?? .float(number)
        }
        return try number()
      }
    }

    private mutating func number() throws -> Value {
      let start = at
      var isFloat = false
      while at < text.count, "+-0123456789.eE".unicodeScalars.contains(text[at]) {
        if text[at] == "." || text[at] == "e" || text[at] == "E" { isFloat = true }
        at += 1
      }
      var body = String.UnicodeScalarView()
      body.append(contentsOf: text[start..<at])
      let shown = String(body)
      if isFloat, let d = Double(shown) {
        return try hooks.float.map { try i.call($0, Arguments([.string(shown)])) } ?? .float(d)
      }
      guard !shown.isEmpty, shown != "-", !shown.hasPrefix("+"), !isFloat,
        let made = try? Constructors.integer(.string(shown), i)
      else {
        at = start
        throw problem("Expecting value", start)
      }
      if let hook = hooks.int { return try i.call(hook, Arguments([.string(shown)])) }
      return made
    }

    private mutating func string() throws -> String {
      let start = at - 1
      var out = String.UnicodeScalarView()
      while at < text.count {
        let c = text[at]
        at += 1
        if c == "\"" { return String(out) }
        if c.value < 32 { throw problem("Invalid control character at", at - 1) }
        guard c == "\\" else {
          out.append(c)
          continue
        }
        guard at < text.count else { break }
        let e = text[at]
        at += 1
        switch e {
        case "n": out.append("\n")
        case "t": out.append("\t")
        case "r": out.append("\r")
        case "b": out.append("\u{8}")
        case "f": out.append("\u{C}")
        case "\"", "\\", "/": out.append(e)
        case "u":
          func unit() -> UInt32? {
            guard at + 4 <= text.count else { return nil }
            var digits = String.UnicodeScalarView()
            digits.append(contentsOf: text[at..<at + 4])
            at += 4
            return UInt32(String(digits), radix: 16)
          }
          guard var code = unit() else { throw problem("Invalid \\uXXXX escape", at) }
          if (0xD800..<0xDC00).contains(code), takes("\\u"), let low = unit() {
            code = 0x10000 + ((code - 0xD800) << 10) + (low &- 0xDC00) & 0x3FF
          }
          out.append(Unicode.Scalar(code) ?? "\u{FFFD}")
        default: throw problem("Invalid \\escape", at - 2)
        }
      }
      throw problem("Unterminated string starting at", start)
    }
  }
}
