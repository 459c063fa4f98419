/// `find`, `split`, `strip`, `replace` and their like.
enum StringSearch {
  private typealias Text = Subsequences<Unicode.Scalar>

  /// `start` and `end` as slices have them.
  static func bounds(_ p: ArraySlice<Value>, _ count: Int, _ i: Interpreter) throws -> (start: Int, end: Int)
  {
    func bound(_ k: Int, _ standard: Int) throws -> Int {
      guard k < p.count, p[p.startIndex + k].isGiven else { return standard }
      guard let n = try i.index(p[p.startIndex + k]) else {
        throw Raise.type("slice indices must be integers or None or have an __index__ method")
      }
      return n < 0 ? max(0, n &+ count) : n
    }
    return (try bound(0, 0), min(try bound(1, count), count))
  }

  static func install(_ c: ClassObject) {
    for (name, last) in [("find", false), ("rfind", true), ("index", false), ("rindex", true)] {
      c.method(name) { v, a, i in
        let p = try few(a, name)
        let part = try StringMethods.argument(p[0], i)
        let whole = try StringMethods.scalars(v, i)
        let (start, end) = try bounds(p.dropFirst(), whole.count, i)
        let at = Text.place(of: part, in: whole, from: start, to: end, last: last)
        if at == nil, name.hasSuffix("index") { throw Raise.value("substring not found") }
        return .int(at ?? -1)
      }
    }
    c.method("count") { v, a, i in
      let p = try few(a, "count")
      let part = try StringMethods.argument(p[0], i)
      let whole = try StringMethods.scalars(v, i)
      let (start, end) = try bounds(p.dropFirst(), whole.count, i)
      if part.isEmpty { return .int(start <= end ? end - start + 1 : 0) }
      return .int(Text.places(of: part, in: whole, from: start, to: end).count)
    }
    for name in ["startswith", "endswith"] {
      c.method(name) { v, a, i in
        let p = try few(a, name)
        let whole = try StringMethods.scalars(v, i)
        let (start, end) = try bounds(p.dropFirst(), whole.count, i)
        let options = (p[0].object as? TupleObject)?.items
        for option in options ?? [p[0]] {
          guard let part = (option.object as? StringObject)?.scalars else {
            throw Raise.type(
              options != nil
                ? "tuple for \(name) must only contain str, not \(i.typeName(option))"
                : "\(name) first arg must be str or a tuple of str, not \(i.typeName(option))")
          }
          guard start <= end, part.count <= end - start else { continue }
          let piece = whole[start..<end]
          if (name == "startswith" ? piece.prefix(part.count) : piece.suffix(part.count)).elementsEqual(part)
          {
            return .bool(true)
          }
        }
        return .bool(false)
      }
    }
    c.method("replace") { v, a, i in
      let p = try a.positionalOnly("replace", 2...3)
      let old = try StringMethods.argument(p[0], i, "replace() argument 1 must be str")
      let new = try StringMethods.argument(p[1], i, "replace() argument 2 must be str")
      let most = p.count > 2 ? try StringMethods.integer(p[2], i) : -1
      let whole = try StringMethods.scalars(v, i)
      if new.count > old.count {
        let (size, overflow) = (whole.count + 1).multipliedReportingOverflow(by: new.count)
        if overflow || (size > i.limits.elements && old.count < 2) { throw Raise.named("MemoryError", "") }
      }
      return StringMethods.value(Text.replacing(old, with: new, in: whole, most: most))
    }
    stripping(c)
    splitting(c)
  }

  /// One to three arguments, in the words of `find`.
  private static func few(_ a: Arguments, _ name: String) throws -> [Value] {
    if a.positional.isEmpty { throw Raise.type("\(name)() takes at least 1 argument (0 given)") }
    if a.positional.count > 3 {
      throw Raise.type("\(name)() takes at most 3 arguments (\(a.positional.count) given)")
    }
    if !a.keywords.isEmpty { throw Raise.type("str.\(name)() takes no keyword arguments") }
    return a.positional
  }

  private static func stripping(_ c: ClassObject) {
    for (name, left, right) in [("strip", true, true), ("lstrip", true, false), ("rstrip", false, true)] {
      c.method(name) { v, a, i in
        let p = try a.positionalOnly(name, 0...1)
        let whole = try StringMethods.scalars(v, i)
        guard let given = p.first, given.isGiven else {
          return StringMethods.value(Text.stripped(whole, left: left, right: right, where: \.isPythonSpace))
        }
        guard let set = (given.object as? StringObject).map({ Set($0.scalars) }) else {
          throw Raise.type("\(name) arg must be None or str")
        }
        return StringMethods.value(Text.stripped(whole, left: left, right: right, where: set.contains))
      }
    }
    for name in ["removeprefix", "removesuffix"] {
      c.method(name) { v, a, i in
        let part = try StringMethods.argument(
          try a.positionalOnly("str.\(name)", 1...1)[0], i, "\(name)() argument must be str")
        let s = try StringMethods.scalars(v, i)
        if name == "removeprefix" {
          return s.starts(with: part) ? StringMethods.value(Array(s.dropFirst(part.count))) : v
        }
        return s.suffix(part.count).elementsEqual(part) ? StringMethods.value(s.dropLast(part.count)) : v
      }
    }
  }

  private static func splitting(_ c: ClassObject) {
    for (name, fromRight) in [("split", false), ("rsplit", true)] {
      c.method(name) { v, a, i in
        let p = try a.bind(name, "sep?", "maxsplit?")
        let whole = try StringMethods.scalars(v, i)
        let most = try p[1].map { try StringMethods.integer($0, i) } ?? -1
        guard let separator = p[0], separator.isGiven else {
          return .list(
            Text.words(whole, most: most, fromRight: fromRight, where: \.isPythonSpace).map(
              StringMethods.value))
        }
        let by = try StringMethods.argument(separator, i, "must be str or None")
        guard !by.isEmpty else { throw Raise.value("empty separator") }
        return .list(Text.split(whole, by: by, most: most, fromRight: fromRight).map(StringMethods.value))
      }
    }
    c.method("splitlines") { v, a, i in
      let keep = try a.bind("splitlines", "keepends?")[0].map(i.isTrue) ?? false
      return .list(
        Text.lines(
          try StringMethods.scalars(v, i), keepEnds: keep, isEnd: \.isPythonLineEnd, isReturn: { $0 == "\r" },
          isNewline: { $0 == "\n" }
        ).map(StringMethods.value))
    }
    for name in ["partition", "rpartition"] {
      c.method(name) { v, a, i in
        let by = try StringMethods.argument(try a.positionalOnly("str.\(name)", 1...1)[0], i)
        guard !by.isEmpty else { throw Raise.value("empty separator") }
        let s = try StringMethods.scalars(v, i)
        guard let at = Text.place(of: by, in: s, from: 0, to: s.count, last: name == "rpartition") else {
          return .tuple(name == "partition" ? [v, .string(""), .string("")] : [.string(""), .string(""), v])
        }
        return .tuple([
          StringMethods.value(Array(s[..<at])), StringMethods.value(by),
          StringMethods.value(Array(s[(at + by.count)...])),
        ])
      }
    }
  }
}

/// `ljust`, `center`, `zfill` and `expandtabs`.
enum StringPadding {
  static func install(_ c: ClassObject) {
    for name in ["ljust", "rjust", "center"] {
      c.method(name) { v, a, i in
        let p = try a.positionalOnly(name, 1...2)
        let s = try StringMethods.scalars(v, i)
        let width = try StringMethods.integer(p[0], i)
        var fill: Unicode.Scalar = " "
        if p.count > 1 {
          guard let given = p[1].object as? StringObject else {
            throw Raise.type("The fill character must be a unicode character, not \(i.typeName(p[1]))")
          }
          guard given.scalars.count == 1 else {
            throw Raise.type("The fill character must be exactly one character long")
          }
          fill = given.scalars[0]
        }
        guard width > s.count else { return v }
        guard width <= i.limits.elements else { throw Raise.named("MemoryError", "") }
        let room = width - s.count
        // As CPython centres: the odd space goes left where the width is odd.
        let left = name == "ljust" ? 0 : name == "rjust" ? room : room / 2 + (room & width & 1)
        return StringMethods.value(
          [Unicode.Scalar](repeating: fill, count: left) + s
            + [Unicode.Scalar](repeating: fill, count: room - left))
      }
    }
    c.method("zfill") { v, a, i in
      let s = try StringMethods.scalars(v, i)
      let width = try StringMethods.integer(try a.positionalOnly("str.zfill", 1...1)[0], i)
      guard width > s.count else { return v }
      guard width <= i.limits.elements else { throw Raise.named("MemoryError", "") }
      let signs = s.first == "-" || s.first == "+" ? 1 : 0
      return StringMethods.value(
        s.prefix(signs) + [Unicode.Scalar](repeating: "0", count: width - s.count) + s.dropFirst(signs))
    }
    c.method("expandtabs") { v, a, i in
      let size = try a.bind("expandtabs", "tabsize?")[0].map { try StringMethods.integer($0, i) } ?? 8
      var (out, column) = ("", 0)
      for c in try StringMethods.scalars(v, i) {
        if c == "\t" {
          let room = size > 0 ? size - column % size : 0
          guard room <= i.limits.elements, out.utf8.count <= i.limits.elements else {
            throw Raise.named("OverflowError", "result too long")
          }
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

extension Value {
  /// Anything but `None`.
  var isGiven: Bool { if case .none = self { false } else { true } }
}
