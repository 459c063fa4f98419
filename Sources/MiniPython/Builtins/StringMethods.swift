/// The methods of `str`.
enum StringMethods {
  static func text(_ v: Value, _ i: Interpreter) throws -> String {
    guard let s = v.object as? StringObject else { throw Raise.type("expected a str, not \(i.typeName(v))") }
    return s.value
  }

  private static func isSpace(_ c: Character) -> Bool { c.isWhitespace }

  static func install(_ c: ClassObject) {
    func simple(_ name: String, _ body: @escaping (String) -> Value) {
      c.method(name) { v, a, i in
        _ = try a.positionalOnly("str.\(name)", 0...0)
        return body(try text(v, i))
      }
    }
    simple("upper") { .string($0.uppercased()) }
    simple("lower") { .string($0.lowercased()) }
    simple("casefold") { .string($0.lowercased()) }
    simple("capitalize") { .string($0.prefix(1).uppercased() + $0.dropFirst().lowercased()) }
    simple("title") { s in
      var previousIsLetter = false
      return .string(
        String(
          s.flatMap { c -> String in
            defer { previousIsLetter = c.isLetter }
            return previousIsLetter ? c.lowercased() : c.uppercased()
          }))
    }
    simple("swapcase") { .string(String($0.flatMap { $0.isUppercase ? $0.lowercased() : $0.uppercased() })) }
    simple("isdigit") { .bool(!$0.isEmpty && $0.allSatisfy { $0.isWholeNumber }) }
    simple("isnumeric") { .bool(!$0.isEmpty && $0.allSatisfy(\.isNumber)) }
    simple("isdecimal") { .bool(!$0.isEmpty && $0.allSatisfy { $0.isWholeNumber }) }
    simple("isalpha") { .bool(!$0.isEmpty && $0.allSatisfy(\.isLetter)) }
    simple("isalnum") { .bool(!$0.isEmpty && $0.allSatisfy { $0.isLetter || $0.isNumber }) }
    simple("isspace") { .bool(!$0.isEmpty && $0.allSatisfy(isSpace)) }
    simple("isupper") { s in .bool(s.contains(where: \.isUppercase) && !s.contains(where: \.isLowercase)) }
    simple("islower") { s in .bool(s.contains(where: \.isLowercase) && !s.contains(where: \.isUppercase)) }
    simple("isidentifier") { s in
      .bool(
        !s.isEmpty && s.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } && !(s.first?.isNumber ?? true)
      )
    }
    stripping(c)
    searching(c)
    splitting(c)
    padding(c)
    c.method("replace") { v, a, i in
      let p = try a.positionalOnly("replace", 2...3)
      let (s, old, new) = (try text(v, i), try text(p[0], i), try text(p[1], i))
      let most = p.count > 2 ? try i.index(p[2]) ?? -1 : -1
      return .string(replace(s, old, new, most))
    }
    c.method("join") { v, a, i in
      let items = try i.array(try a.positionalOnly("str.join", 1...1)[0])
      var parts: [String] = []
      for (k, item) in items.enumerated() {
        guard let s = item.object as? StringObject else {
          throw Raise.type("sequence item \(k): expected str instance, \(i.typeName(item)) found")
        }
        parts.append(s.value)
      }
      return .string(parts.joined(separator: try text(v, i)))
    }
    c.method("format") { v, a, i in
      var automatic = 0
      return .string(try Template.apply(try text(v, i), a, &automatic, i))
    }
    c.method("encode") { v, a, i in
      let p = try a.bind("encode", "encoding?", "errors?")
      let s = try text(v, i)
      let encoding = (p[0]?.object as? StringObject)?.value.lowercased() ?? "utf-8"
      switch encoding {
      case "utf-8", "utf8": return .object(BytesObject(Array(s.utf8)))
      case "ascii", "latin-1", "latin1":
        let most: UInt32 = encoding == "ascii" ? 127 : 255
        let strict = (p[1]?.object as? StringObject).map { $0.value == "strict" } ?? true
        var out: [UInt8] = []
        for (k, c) in s.unicodeScalars.enumerated() {
          if c.value <= most {
            out.append(UInt8(c.value))
          } else if strict {
            let hex = String(c.value, radix: 16)
            throw Raise.named(
              "UnicodeEncodeError",
              "'\(encoding == "ascii" ? "ascii" : "latin-1")' codec can't encode character '\\\(c.value < 256 ? "x" : "u" + String(repeating: "0", count: max(0, 4 - hex.count)))\(hex)' in position \(k): ordinal not in range(\(most + 1))"
            )
          } else if (p[1]?.object as? StringObject)?.value == "replace" {
            out.append(63)
          }
        }
        return .object(BytesObject(out))
      default: throw Raise.named("LookupError", "unknown encoding: \(encoding)")
      }
    }
  }

  private static func replace(_ s: String, _ old: String, _ new: String, _ most: Int) -> String {
    if old.isEmpty {
      guard most != 0 else { return s }
      return new + s.map { "\($0)\(new)" }.joined()
    }
    var out = ""
    var rest = s[...]
    var left = most
    while left != 0, let range = rest.firstRange(of: old) {
      out += rest[..<range.lowerBound]
      out += new
      rest = rest[range.upperBound...]
      left -= 1
    }
    return out + rest
  }

  private static func stripping(_ c: ClassObject) {
    for (name, left, right) in [("strip", true, true), ("lstrip", true, false), ("rstrip", false, true)] {
      c.method(name) { v, a, i in
        let p = try a.positionalOnly(name, 0...1)
        let s = try text(v, i)
        var set: Set<Character>?
        if let first = p.first, first.object != nil { set = Set(try text(first, i)) }
        func goes(_ ch: Character) -> Bool { set?.contains(ch) ?? isSpace(ch) }
        var rest = s[...]
        if left { rest = rest.drop(while: goes) }
        if right { while let last = rest.last, goes(last) { rest = rest.dropLast() } }
        return .string(String(rest))
      }
    }
    c.method("removeprefix") { v, a, i in
      let (s, p) = (try text(v, i), try text(try a.positionalOnly("removeprefix", 1...1)[0], i))
      return .string(s.hasPrefix(p) ? String(s.dropFirst(p.count)) : s)
    }
    c.method("removesuffix") { v, a, i in
      let (s, p) = (try text(v, i), try text(try a.positionalOnly("removesuffix", 1...1)[0], i))
      return .string(s.hasSuffix(p) ? String(s.dropLast(p.count)) : s)
    }
  }

  private static func searching(_ c: ClassObject) {
    func place(_ s: String, _ part: String, last: Bool) -> Int {
      let (a, b) = (Array(s.unicodeScalars), Array(part.unicodeScalars))
      guard b.count <= a.count else { return -1 }
      let places = Array(0...(a.count - b.count))
      return (last ? places.reversed() : places).first { Array(a[$0..<$0 + b.count]) == b } ?? -1
    }
    for (name, last) in [("find", false), ("rfind", true), ("index", false), ("rindex", true)] {
      c.method(name) { v, a, i in
        let part = try text(try a.positionalOnly(name, 1...3)[0], i)
        let at = place(try text(v, i), part, last: last)
        if at < 0, name.hasSuffix("index") { throw Raise.value("substring not found") }
        return .int(at)
      }
    }
    c.method("count") { v, a, i in
      let (s, part) = (try text(v, i), try text(try a.positionalOnly("count", 1...1)[0], i))
      if part.isEmpty { return .int(s.unicodeScalars.count + 1) }
      return .int(s.ranges(of: part).count)
    }
    for name in ["startswith", "endswith"] {
      c.method(name) { v, a, i in
        let p = try a.positionalOnly(name, 1...3)
        let s = try text(v, i)
        let options = (p[0].object as? TupleObject)?.items ?? [p[0]]
        return .bool(
          try options.contains {
            guard let part = ($0.object as? StringObject)?.value else {
              throw Raise.type("\(name) first arg must be str or a tuple of str, not \(i.typeName($0))")
            }
            return name == "startswith" ? s.hasPrefix(part) : s.hasSuffix(part)
          })
      }
    }
  }

  private static func splitting(_ c: ClassObject) {
    for name in ["split", "rsplit"] {
      c.method(name) { v, a, i in
        let p = try a.bind(name, "sep?", "maxsplit?")
        let s = try text(v, i)
        let most = try p[1].flatMap(i.index) ?? -1
        guard let separator = p[0], separator.object != nil else {
          var parts = s.split(whereSeparator: isSpace).map(String.init)
          if most >= 0, parts.count > most + 1 {
            parts = s.split(maxSplits: most, whereSeparator: isSpace).map { String($0.drop(while: isSpace)) }
          }
          return .list(parts.map(Value.string))
        }
        let by = try text(separator, i)
        guard !by.isEmpty else { throw Raise.value("empty separator") }
        var parts: [String] = []
        var rest = s[...]
        if name == "split" {
          while most < 0 || parts.count < most, let range = rest.firstRange(of: by) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
          }
          parts.append(String(rest))
        } else {
          while most < 0 || parts.count < most, let range = rest.ranges(of: by).last {
            parts.insert(String(rest[range.upperBound...]), at: 0)
            rest = rest[..<range.lowerBound]
          }
          parts.insert(String(rest), at: 0)
        }
        return .list(parts.map(Value.string))
      }
    }
    c.method("splitlines") { v, _, i in
      var lines = try text(v, i).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map {
        Value.string(String($0))
      }
      if let last = lines.last?.object as? StringObject, last.value.isEmpty { lines.removeLast() }
      return .list(lines)
    }
    for name in ["partition", "rpartition"] {
      c.method(name) { v, a, i in
        let (s, by) = (try text(v, i), try text(try a.positionalOnly(name, 1...1)[0], i))
        guard let range = name == "partition" ? s.firstRange(of: by) : s.ranges(of: by).last else {
          return .tuple(name == "partition" ? [v, .string(""), .string("")] : [.string(""), .string(""), v])
        }
        return .tuple([
          .string(String(s[..<range.lowerBound])), .string(by), .string(String(s[range.upperBound...])),
        ])
      }
    }
  }

  private static func padding(_ c: ClassObject) {
    for (name, align) in [("ljust", "<"), ("rjust", ">"), ("center", "^")] as [(String, Character)] {
      c.method(name) { v, a, i in
        let p = try a.positionalOnly(name, 1...2)
        var spec = FormatSpec()
        spec.align = align
        spec.width = min(try i.index(p[0]) ?? 0, i.limits.elements)
        if p.count > 1 { spec.fill = try text(p[1], i).first ?? " " }
        return .string(try spec.apply(v, i))
      }
    }
    c.method("zfill") { v, a, i in
      let s = try text(v, i)
      let width = min(try i.index(try a.positionalOnly("zfill", 1...1)[0]) ?? 0, i.limits.elements)
      let sign = s.hasPrefix("-") || s.hasPrefix("+") ? String(s.prefix(1)) : ""
      let body = s.dropFirst(sign.count)
      return .string(sign + String(repeating: "0", count: max(0, width - s.count)) + body)
    }
    c.method("expandtabs") { v, a, i in
      let size = min(try a.bind("expandtabs", "tabsize?")[0].flatMap(i.index) ?? 8, 1000)
      var (out, column) = ("", 0)
      for c in try text(v, i).unicodeScalars {
        if c == "\t" {
          let room = size > 0 ? size - column % size : 0
          out += String(repeating: " ", count: room)
          column += room
        } else {
          out.unicodeScalars.append(c)
          column = c == "\n" || c == "\r" ? 0 : column + 1
        }
      }
      return .string(out)
    }
  }
}

/// `"{} {name:>4}".format(…)`.
enum Template {
  static func apply(
    _ template: String, _ a: Arguments, _ automatic: inout Int, _ i: Interpreter, depth: Int = 0
  ) throws -> String {
    guard depth < 3 else { throw Raise.value("Max string recursion exceeded") }
    var out = ""
    let text = Array(template.unicodeScalars)
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
      var field = String.UnicodeScalarView()
      var level = 1
      while at < text.count {
        if text[at] == "{" { level += 1 }
        if text[at] == "}" {
          level -= 1
          if level == 0 { break }
        }
        field.append(text[at])
        at += 1
      }
      guard at < text.count else {
        throw Raise.value(
          field.isEmpty ? "Single '{' encountered in format string" : "expected '}' before end of string")
      }
      at += 1
      var name = String(field)
      var spec = ""
      if let colon = name.firstIndex(of: ":") {
        spec = String(name[name.index(after: colon)...])
        name = String(name[..<colon])
      }
      var conversion: Character?
      if let bang = name.firstIndex(of: "!") {
        conversion = name[name.index(after: bang)...].first
        name = String(name[..<bang])
      }
      var value = try look(name, a, &automatic, i)
      if conversion == "r" {
        value = .string(try i.repr(value))
      } else if conversion == "s" {
        value = .string(try i.str(value))
      }
      if spec.contains("{") { spec = try apply(spec, a, &automatic, i, depth: depth + 1) }
      out += try i.format(value, spec)
    }
    return out
  }

  private static func look(
    _ path: String, _ a: Arguments, _ automatic: inout Int, _ i: Interpreter
  ) throws -> Value {
    let head = path.prefix { $0 != "." && $0 != "[" }
    var value: Value
    if head.isEmpty {
      guard automatic < a.positional.count else {
        throw Raise.index("Replacement index \(automatic) out of range for positional args tuple")
      }
      value = a.positional[automatic]
      automatic += 1
    } else if let k = Int(head) {
      guard a.positional.indices.contains(k) else {
        throw Raise.index("Replacement index \(k) out of range for positional args tuple")
      }
      value = a.positional[k]
    } else {
      guard let found = a.keyword(String(head)) else {
        throw Raise(Exceptions.make(Exceptions.type("KeyError"), [.string(String(head))]))
      }
      value = found
    }
    var rest = path.dropFirst(head.count)
    while let c = rest.first {
      rest = rest.dropFirst()
      if c == "." {
        let name = rest.prefix { $0 != "." && $0 != "[" }
        value = try i.getAttribute(value, String(name))
        rest = rest.dropFirst(name.count)
      } else {
        let key = rest.prefix { $0 != "]" }
        value = try i.getItem(value, Int(key).map(Value.int) ?? .string(String(key)))
        rest = rest.dropFirst(key.count + 1)
      }
    }
    return value
  }
}
