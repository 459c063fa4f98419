internal import BigInt

/// What calling a built-in class makes.
enum Constructors {
  static func of(_ c: ClassObject) -> ((Arguments, Interpreter) throws -> Value)? {
    guard !c.isDefined else { return nil }
    return table[c.name] ?? (c.module == "builtins" ? Builtins.constructor(c.name) : nil)
  }

  nonisolated(unsafe) private static let table: [String: (Arguments, Interpreter) throws -> Value] = [
    "object": { a, _ in
      if !a.isEmpty { throw Raise.type("object() takes no arguments") }
      return .object(InstanceObject(Types.object))
    },
    "type": { a, i in
      if a.positional.count == 3 {
        let p = a.positional
        let parents = try i.array(p[1]).compactMap { $0.object as? ClassObject }
        if let meta = try i.metaclass(named: nil, bases: parents) { return try i.makeClass(meta, a) }
        let c = try ClassObject(
          defining: try i.str(p[0]), bases: parents)
        c.module = "__main__"
        for entry in (p[2].object as? DictObject)?.entries ?? [] {
          if let entry { c.set(try i.str(entry.key), entry.value) }
        }
        try i.adopt(made: c)
        return .object(c)
      }
      guard a.positional.count == 1 else { throw Raise.type("type() takes 1 or 3 arguments") }
      if let c = a.positional[0].object as? ClassObject { return .object(c.metaclass) }
      return .object(i.type(of: a.positional[0]))
    },
    "int": { a, i in
      if let wrong = a.keywords.first(where: { $0.name != "base" }) {
        throw Raise.type("'\(wrong.name)' is an invalid keyword argument for int()")
      }
      let p = try a.bind("int", "x?", "base?")
      guard let v = p[0] else { return .int(0) }
      if let given = p[1] {
        let base = try StringMethods.integer(given, i)
        if let bytes = v.object as? BytesObject {
          return try parse(String(decoding: bytes.bytes, as: UTF8.self), base, v, i)
        }
        guard let s = v.object as? StringObject else {
          throw Raise.type("int() can't convert non-string with explicit base")
        }
        return try parse(s.value, base, v, i)
      }
      return try integer(v, i)
    },
    "bool": { a, i in
      let p = try a.positionalOnly("bool", 0...1)
      return .bool(try p.first.map(i.isTrue) ?? false)
    },
    "float": { a, i in
      let p = try a.positionalOnly("float", 0...1)
      guard let v = p.first else { return .float(0) }
      if let s = v.object as? StringObject {
        let text =
          ExactNumbers.plain(
            Subsequences.stripped(s.scalars, left: true, right: true, where: \.isPythonSpace))?.lowercased()
          ?? ""
        switch text {
        case "inf", "+inf", "infinity", "+infinity": return .float(.infinity)
        case "-inf", "-infinity": return .float(-.infinity)
        case "nan", "+nan", "-nan": return .float(.nan)
        default: break
        }
        guard let d = Double(text), !text.contains("x"), !text.contains("n") else {
          throw Raise.value("could not convert string to float: \(try i.repr(v))")
        }
        return .float(d)
      }
      if let b = v.object as? BytesObject {
        guard let d = Double(String(decoding: b.bytes, as: UTF8.self).trimmed) else {
          throw Raise.value("could not convert string to float: \(try i.repr(v))")
        }
        return .float(d)
      }
      if let d = try i.floating(v) { return .float(d) }
      if let result = try i.callMethod(v, "__float__") {
        guard case .float = result.unboxed else {
          throw Raise.type("\(i.typeName(v)).__float__ returned non-float (type \(i.typeName(result)))")
        }
        return result.unboxed
      }
      throw Raise.type("float() argument must be a string or a real number, not '\(i.typeName(v))'")
    },
    "str": { a, i in
      let p = try a.bind("str", "object?", "encoding?", "errors?")
      if let encoding = p[1] {
        guard encoding.object is StringObject else {
          throw Raise.type("str() argument 'encoding' must be str, not \(i.typeName(encoding))")
        }
        guard let bytes = p[0], bytes.object is BytesObject else {
          throw Raise.type("decoding to str: need a bytes-like object, \(i.typeName(p[0] ?? .none)) found")
        }
        let rest = p[2].map { [encoding, $0] } ?? [encoding]
        return try i.call(i.getAttribute(bytes, "decode"), Arguments(rest))
      }
      return .string(try p[0].map(i.str) ?? "")
    },
    "list": { a, i in .list(try a.positionalOnly("list", 0...1).first.map(i.sizedArray) ?? []) },
    "tuple": { a, i in .tuple(try a.positionalOnly("tuple", 0...1).first.map(i.sizedArray) ?? []) },
    "dict": { a, i in try dictionary(.plain, a, i) },
    "OrderedDict": { a, i in try dictionary(.ordered, a, i) },
    "defaultdict": { a, i in
      if let factory = a.positional.first, factory.isGiven, !i.isCallable(factory) {
        throw Raise.type("first argument must be callable or None")
      }
      return try dictionary(
        .defaulting(a.positional.first ?? .none),
        Arguments(Array(a.positional.dropFirst()), keywords: a.keywords), i)
    },
    "Counter": { a, i in
      if a.positional.count > 1 {
        throw Raise.type(
          "Counter.__init__() takes from 1 to 2 positional arguments but \(a.positional.count + 1) were given"
        )
      }
      let d = DictObject()
      d.flavor = .counter
      try CounterMethods.count(d, a, i, sign: 1)
      return .object(d)
    },
    "complex": { a, i in try ComplexObject.construct(a, i) },
    "bytes": { a, i in try BytesObject.construct(a, i) },
    "bytearray": { a, i in try BytesObject.construct(a, i, isMutable: true) },
    "deque": { a, i in
      let d = DequeObject()
      try d.fill(a, i)
      return .object(d)
    },
    "set": { a, i in try set(a, i, isFrozen: false) },
    "frozenset": { a, i in try set(a, i, isFrozen: true) },
    "range": { a, i in
      let p = try a.positionalOnly("range", 1...3).map { v -> Int in
        guard let k = try i.index(v) else {
          throw Raise.type("'\(i.typeName(v))' object cannot be interpreted as an integer")
        }
        return k
      }
      if p.count == 3, p[2] == 0 { throw Raise.value("range() arg 3 must not be zero") }
      return .object(p.count == 1 ? RangeObject(0, p[0], 1) : RangeObject(p[0], p[1], p.count > 2 ? p[2] : 1))
    },
    "slice": { a, _ in
      let p = try a.positionalOnly("slice", 1...3)
      return .object(
        p.count == 1 ? SliceObject(.none, p[0], .none) : SliceObject(p[0], p[1], p.count > 2 ? p[2] : .none))
    },
    "property": { a, _ in
      let p = try a.bind("property", "fget?", "fset?", "fdel?", "doc?")
      let made = PropertyObject(
        getter: p[0] ?? .none, setter: p[1] ?? .none, deleter: p[2] ?? .none)
      made.documentation = p[3]
      return .object(made)
    },
    "staticmethod": { a, _ in
      .object(MethodWrapper(try a.positionalOnly("staticmethod", 1...1)[0], isStatic: true))
    },
    "classmethod": { a, _ in
      .object(MethodWrapper(try a.positionalOnly("classmethod", 1...1)[0], isStatic: false))
    },
    "super": { a, i in
      let p = try a.positionalOnly("super", 0...2)
      guard p.count == 2 else { throw Raise.runtime("super(): no arguments") }
      var c = p[0].object as? ClassObject
      if c == nil {
        guard let frame = i.frames.last, let first = frame.code.signature.names.first else {
          throw Raise.runtime("super(): no arguments")
        }
        _ = first
        guard let handle = frame.function?.classHandle else {
          throw Raise.runtime("super(): __class__ cell not found")
        }
        guard let found = handle.object else { throw Raise.runtime("super(): empty __class__ cell") }
        c = found
      }
      guard let c else { throw Raise.runtime("super(): no arguments") }
      guard (p[1].object as? ClassObject)?.isSubclass(of: c) == true || i.type(of: p[1]).isSubclass(of: c)
      else {
        throw Raise.type("super(type, obj): obj must be an instance or subtype of type")
      }
      return .object(SuperObject(c, p[1]))
    },
  ]

  private static func dictionary(
    _ flavor: DictObject.Flavor, _ a: Arguments, _ i: Interpreter
  ) throws -> Value {
    if a.positional.count > 1 {
      throw Raise.type("dict expected at most 1 argument, got \(a.positional.count)")
    }
    let d = DictObject()
    d.flavor = flavor
    try DictMethods.update(d, a, i)
    return .object(d)
  }

  private static func set(_ a: Arguments, _ i: Interpreter, isFrozen: Bool) throws -> Value {
    let s = SetObject(isFrozen: isFrozen)
    let source = try a.positionalOnly(isFrozen ? "frozenset" : "set", 0...1).first
    if let other = source?.object as? SetObject, !other.answersDunders {
      return .object(other.copied(isFrozen: isFrozen))
    }
    // Of a dictionary it knows beforehand how many there are.
    if let dict = source?.object as? DictObject, dict.count >= 5, dict.count < SetTable.limit {
      s.table = SetTable()
      s.table?.reserve(dict.count)
    }
    for item in try source.map(i.array) ?? [] { try s.add(item, i) }
    return .object(s)
  }

  /// `int(v)`.
  static func integer(_ v: Value, _ i: Interpreter) throws -> Value {
    switch v {
    case .int: return v
    case .bool(let b): return .int(b ? 1 : 0)
    case .float(let d):
      if let k = Int(exactly: d.rounded(.towardZero)) { return .int(k) }
      if d.isNaN { throw Raise.value("cannot convert float NaN to integer") }
      guard d.isFinite else { throw Raise.named("OverflowError", "cannot convert float infinity to integer") }
      return Integers.value(BigInt(d))
    case .object(let o):
      if let s = o as? StringObject { return try parse(s.value, 10, v, i) }
      if let b = o as? BytesObject { return try parse(String(decoding: b.bytes, as: UTF8.self), 10, v, i) }
      if o is BigIntObject { return v }
      if let k = try o.toInt(i) { return .int(k) }
      for name in ["__int__", "__index__"] {
        guard let result = try i.callMethod(v, name) else { continue }
        guard let whole = Integers.big(result.unboxed) else {
          throw Raise.type("\(name) returned non-int (type \(i.typeName(result)))")
        }
        return Integers.value(whole)
      }
      let inner = v.unboxed
      if inner.object !== o { return try integer(inner, i) }
    case .none, .unassigned: break
    }
    throw Raise.type(
      "int() argument must be a string, a bytes-like object or a real number, not '\(i.typeName(v))'")
  }

  private static func parse(_ text: String, _ base: Int, _ v: Value, _ i: Interpreter) throws -> Value {
    guard base == 0 || (2...36).contains(base) else {
      throw Raise.value("int() base must be >= 2 and <= 36, or 0")
    }
    let scalars = Array(text.unicodeScalars)
    if scalars.count > 4300, base & (base - 1) != 0 {
      let digits = scalars.count { $0.isPythonDigit }
      if digits > 4300 {
        throw Raise.value(
          "Exceeds the limit (4300 digits) for integer string conversion: value has \(digits) digits; use sys.set_int_max_str_digits() to increase the limit"
        )
      }
    }
    guard let big = ExactNumbers.integer(scalars, base) else {
      throw Raise.value("invalid literal for int() with base \(base): \(try i.repr(v))")
    }
    return Integers.value(big)
  }
}

extension String {
  var trimmed: String {
    var rest = self[...].drop(while: \.isWhitespace)
    while let last = rest.last, last.isWhitespace { rest = rest.dropLast() }
    return String(rest)
  }
}
