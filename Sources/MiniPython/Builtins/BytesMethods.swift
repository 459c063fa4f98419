/// The methods of `bytes` and `bytearray`.
enum BytesMethods {
  private typealias Run = Subsequences<UInt8>

  private static func me(_ v: Value) throws -> BytesObject {
    guard let b = v.object as? BytesObject else { throw Raise.type("descriptor requires a 'bytes' object") }
    return b
  }
  private static func isSpace(_ b: UInt8) -> Bool { b == 32 || (9...13).contains(b) }

  static func install(_ c: ClassObject) {
    c.method("decode") { v, a, i in
      let p = try a.bind("decode", "encoding?", "errors?")
      return .string(try Encodings.decode(try me(v).bytes, p[0], p[1], i))
    }
    c.method("hex") { v, a, i in
      let p = try a.bind("hex", "sep?", "bytes_per_sep?")
      let digits = try me(v).bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
      guard let given = p[0] else { return .string(digits.joined()) }
      let separator: [Unicode.Scalar]
      switch given.object {
      case let s as StringObject: separator = s.scalars
      case let b as BytesObject: separator = b.bytes.map(Unicode.Scalar.init)
      default: throw Raise.type("sep must be str or bytes.")
      }
      guard let mark = separator.first, separator.count == 1 else {
        throw Raise.value("sep must be length 1.")
      }
      guard mark.isASCII else { throw Raise.value("sep must be ASCII.") }
      let group = try p[1].map { try StringMethods.integer($0, i) } ?? 1
      guard group != 0, group != .min else { return .string(digits.joined()) }
      // Groups are counted from the right, below zero from the left.
      let first = group > 0 ? digits.count % group : 0
      var out = ""
      for (k, pair) in digits.enumerated() {
        if k > 0, (k - first) % abs(group) == 0 { out.unicodeScalars.append(mark) }
        out += pair
      }
      return .string(out)
    }
    c.set(
      "fromhex",
      .object(
        MethodWrapper(
          .object(
            NativeFunction("fromhex") { a, i in
              let text = try StringMethods.argument(
                try a.positionalOnly("bytes.fromhex", 1...1)[0], i, "fromhex() argument must be str")
              var (out, at): ([UInt8], Int) = ([], 0)
              while at < text.count {
                if text[at].isPythonSpace {
                  at += 1
                  continue
                }
                for k in 0..<2 where at + k >= text.count || Int(String(text[at + k]), radix: 16) == nil {
                  throw Raise.value("non-hexadecimal number found in fromhex() arg at position \(at + k)")
                }
                out.append(UInt8(String(text[at]) + String(text[at + 1]), radix: 16) ?? 0)
                at += 2
              }
              return .object(BytesObject(out, isMutable: c.name == "bytearray"))
            }), isStatic: true)))
    for (name, isEnd) in [("startswith", false), ("endswith", true)] {
      c.method(name) { v, a, i in
        let given = try a.positionalOnly(name, 1...3)
        let b = try me(v).bytes
        for option in (given[0].object as? TupleObject)?.items ?? [given[0]] {
          guard let p = (option.object as? BytesObject)?.bytes else {
            throw Raise.type("\(name) first arg must be bytes or a tuple of bytes, not \(i.typeName(option))")
          }
          if isEnd ? b.suffix(p.count).elementsEqual(p) : b.starts(with: p) { return .bool(true) }
        }
        return .bool(false)
      }
    }
    for (name, last) in [("find", false), ("rfind", true), ("index", false), ("rindex", true)] {
      c.method(name) { v, a, i in
        let p = try a.positionalOnly(name, 1...3)
        let b = try me(v).bytes
        let (start, end) = try StringSearch.bounds(p.dropFirst(), b.count, i)
        let at = Run.place(of: try part(p[0], i), in: b, from: start, to: end, last: last)
        if at == nil, name.hasSuffix("index") { throw Raise.value("subsection not found") }
        return .int(at ?? -1)
      }
    }
    c.method("count") { v, a, i in
      let p = try a.positionalOnly("count", 1...3)
      let b = try me(v).bytes
      let (start, end) = try StringSearch.bounds(p.dropFirst(), b.count, i)
      let wanted = try part(p[0], i)
      if wanted.isEmpty { return .int(start <= end ? end - start + 1 : 0) }
      return .int(Run.places(of: wanted, in: b, from: start, to: end).count)
    }
    for (name, fromRight) in [("split", false), ("rsplit", true)] {
      c.method(name) { v, a, i in
        let p = try a.bind(name, "sep?", "maxsplit?")
        let b = try me(v)
        let most = try p[1].map { try StringMethods.integer($0, i) } ?? -1
        guard let by = p[0], by.isGiven else {
          return .list(Run.words(b.bytes, most: most, fromRight: fromRight, where: isSpace).map(b.like))
        }
        let separator = try BytesObject.of(by, i)
        guard !separator.isEmpty else { throw Raise.value("empty separator") }
        return .list(Run.split(b.bytes, by: separator, most: most, fromRight: fromRight).map(b.like))
      }
    }
    c.method("splitlines") { v, a, i in
      let keep = try a.bind("splitlines", "keepends?")[0].map(i.isTrue) ?? false
      let b = try me(v)
      return .list(
        Run.lines(
          b.bytes, keepEnds: keep, isEnd: { $0 == 10 || $0 == 13 }, isReturn: { $0 == 13 },
          isNewline: { $0 == 10 }
        ).map(b.like))
    }
    c.method("join") { v, a, i in
      let parts = try i.array(try a.positionalOnly("join", 1...1)[0]).enumerated().map { k, item in
        guard let b = item.object as? BytesObject else {
          throw Raise.type("sequence item \(k): expected a bytes-like object, \(i.typeName(item)) found")
        }
        return b.bytes
      }
      return try me(v).like(Array(parts.joined(separator: try me(v).bytes)))
    }
    c.method("upper") { v, _, _ in
      try me(v).like(try me(v).bytes.map { (97...122).contains($0) ? $0 - 32 : $0 })
    }
    c.method("lower") { v, _, _ in
      try me(v).like(try me(v).bytes.map { (65...90).contains($0) ? $0 + 32 : $0 })
    }
    for (name, left, right) in [("strip", true, true), ("lstrip", true, false), ("rstrip", false, true)] {
      c.method(name) { v, a, i in
        let p = try a.positionalOnly(name, 0...1)
        let set = try p.first.flatMap { $0.isGiven ? Set(try BytesObject.of($0, i)) : nil }
        return try me(v).like(
          Run.stripped(try me(v).bytes, left: left, right: right) { set?.contains($0) ?? isSpace($0) })
      }
    }
    c.method("replace") { v, a, i in
      let p = try a.positionalOnly("replace", 2...3)
      let most = p.count > 2 ? try StringMethods.integer(p[2], i) : -1
      return try me(v).like(
        Run.replacing(
          try BytesObject.of(p[0], i), with: try BytesObject.of(p[1], i), in: try me(v).bytes, most: most))
    }
    for (name, last) in [("partition", false), ("rpartition", true)] {
      c.method(name) { v, a, i in
        let (b, wanted) = (try me(v), try BytesObject.of(try a.positionalOnly(name, 1...1)[0], i))
        guard !wanted.isEmpty else { throw Raise.value("empty separator") }
        guard let at = Run.place(of: wanted, in: b.bytes, from: 0, to: b.bytes.count, last: last) else {
          return .tuple(
            last ? [b.like([]), b.like([]), b.like(b.bytes)] : [b.like(b.bytes), b.like([]), b.like([])])
        }
        return .tuple([
          b.like(Array(b.bytes[..<at])), b.like(wanted), b.like(Array(b.bytes[(at + wanted.count)...])),
        ])
      }
    }
    for (name, isEnd) in [("removeprefix", false), ("removesuffix", true)] {
      c.method(name) { v, a, i in
        let (b, part) = (try me(v), try BytesObject.of(try a.positionalOnly(name, 1...1)[0], i))
        if isEnd, !part.isEmpty, b.bytes.suffix(part.count).elementsEqual(part) {
          return b.like(Array(b.bytes.dropLast(part.count)))
        }
        if !isEnd, b.bytes.starts(with: part) { return b.like(Array(b.bytes.dropFirst(part.count))) }
        return b.like(b.bytes)
      }
    }
    for (name, left, right) in [("ljust", false, true), ("rjust", true, false), ("center", true, true)] {
      c.method(name) { v, a, i in
        let p = try a.positionalOnly(name, 1...2)
        let b = try me(v)
        let fill = try p.count > 1 ? BytesObject.of(p[1], i) : [32]
        guard let mark = fill.first, fill.count == 1 else {
          throw Raise.type("\(name)() argument 2 must be a byte string of length 1, not bytes")
        }
        let width = try StringMethods.integer(p[0], i)
        guard width > b.bytes.count else { return b.like(b.bytes) }
        try i.checkSize(width, 1)
        let pad = width - b.bytes.count
        // Of an odd rest the half on the left is the larger where the width is odd.
        let before = left && right ? pad / 2 + (pad & width & 1) : left ? pad : 0
        return b.like(
          [UInt8](repeating: mark, count: before) + b.bytes + [UInt8](repeating: mark, count: pad - before))
      }
    }
    func all(_ name: String, _ test: @escaping (UInt8) -> Bool) {
      c.method(name) { v, _, _ in .bool(try !me(v).bytes.isEmpty && me(v).bytes.allSatisfy(test)) }
    }
    c.method("zfill") { v, a, i in
      let b = try me(v)
      let width = try StringMethods.integer(try a.positionalOnly("bytes.zfill", 1...1)[0], i)
      guard width > b.bytes.count else { return b.like(b.bytes) }
      try i.checkSize(width, 1)
      let sign = b.bytes.first.map { $0 == 43 || $0 == 45 } ?? false ? 1 : 0
      let zeros = [UInt8](repeating: 48, count: width - b.bytes.count)
      return b.like(b.bytes.prefix(sign) + zeros + b.bytes.dropFirst(sign))
    }
    c.method("swapcase") { v, _, _ in
      try me(v).like(try me(v).bytes.map { (65...90).contains($0 & 0xDF) ? $0 ^ 32 : $0 })
    }
    for (name, isTitle) in [("title", true), ("capitalize", false)] {
      c.method(name) { v, _, _ in
        var isFirst = true
        return try me(v).like(
          try me(v).bytes.map { b in
            let isLetter = (65...90).contains(b & 0xDF)
            let out = isLetter ? (isFirst ? b & 0xDF : b | 32) : b
            isFirst = isTitle && !isLetter
            return out
          })
      }
    }
    c.method("isascii") { v, _, _ in .bool(try me(v).bytes.allSatisfy { $0 < 128 }) }
    for (name, wanted) in [("isupper", UInt8(0)), ("islower", UInt8(32))] {
      c.method(name) { v, _, _ in
        let letters = try me(v).bytes.filter { (65...90).contains($0 & 0xDF) }
        return .bool(!letters.isEmpty && letters.allSatisfy { $0 & 32 == wanted })
      }
    }
    all("isdigit") { (48...57).contains($0) }
    all("isalpha") { (65...90).contains($0 & 0xDF) }
    all("isalnum") { (48...57).contains($0) || (65...90).contains($0 & 0xDF) }
    all("isspace", isSpace)
    if c.name == "bytearray" { changing(c) }
  }

  /// A byte or a run of them to look for.
  private static func part(_ v: Value, _ i: Interpreter) throws -> [UInt8] {
    if v.object is BytesObject { return try BytesObject.of(v, i) }
    guard let k = try i.index(v) else {
      throw Raise.type("argument should be integer or bytes-like object, not '\(i.typeName(v))'")
    }
    guard let b = UInt8(exactly: k) else { throw Raise.value("byte must be in range(0, 256)") }
    return [b]
  }

  private static func changing(_ c: ClassObject) {
    func byte(_ v: Value, _ i: Interpreter) throws -> UInt8 {
      guard let b = UInt8(exactly: try StringMethods.integer(v, i)) else {
        throw Raise.value("byte must be in range(0, 256)")
      }
      return b
    }
    c.method("append") { v, a, i in
      let b = try me(v)
      try i.checkSize(b.bytes.count, 1)
      b.bytes.append(try byte(try a.positionalOnly("bytearray.append", 1...1)[0], i))
      return .none
    }
    c.method("extend") { v, a, i in
      let more = try i.array(try a.positionalOnly("bytearray.extend", 1...1)[0]).map { try byte($0, i) }
      try i.checkSize(try me(v).bytes.count, more.count)
      try me(v).bytes += more
      return .none
    }
    c.method("pop") { v, a, i in
      let p = try a.positionalOnly("pop", 0...1)
      let b = try me(v)
      guard !b.bytes.isEmpty else { throw Raise.index("pop from empty bytearray") }
      let k = try p.first.map { try StringMethods.integer($0, i) } ?? -1
      let at = k < 0 ? k &+ b.bytes.count : k
      guard b.bytes.indices.contains(at) else { throw Raise.index("pop index out of range") }
      return .int(Int(b.bytes.remove(at: at)))
    }
    c.method("clear") { v, _, _ in
      try me(v).bytes = []
      return .none
    }
    c.method("insert") { v, a, i in
      let p = try a.positionalOnly("insert", 2...2)
      let b = try me(v)
      try i.checkSize(b.bytes.count, 1)
      let k = try StringMethods.integer(p[0], i)
      let at = min(max(k < 0 ? k &+ b.bytes.count : k, 0), b.bytes.count)
      b.bytes.insert(try byte(p[1], i), at: at)
      return .none
    }
    c.method("remove") { v, a, i in
      let wanted = try byte(try a.positionalOnly("bytearray.remove", 1...1)[0], i)
      guard let at = try me(v).bytes.firstIndex(of: wanted) else {
        throw Raise.value("value not found in bytearray")
      }
      try me(v).bytes.remove(at: at)
      return .none
    }
    c.method("copy") { v, _, _ in try me(v).like(try me(v).bytes) }
    c.method("reverse") { v, _, _ in
      try me(v).bytes.reverse()
      return .none
    }
  }
}
