internal import BigInt

/// The functions and classes that every program sees.
enum Builtins {
  static var names: [String] { table.keys.sorted() }
  /// What a misspelled name may have meant.
  static var suggestions: [String] {
    (names + [
      "True", "False", "None", "__name__", "__doc__", "__import__", "copyright", "credits", "license",
    ])
    .sorted()
  }

  nonisolated(unsafe) static let table: [String: Value] = {
    var t: [String: Value] = [
      "NotImplemented": .object(Types.notImplemented), "Ellipsis": .object(Types.ellipsis),
      "__debug__": .bool(true),
    ]
    for c in [
      Types.object, Types.type, Types.int, Types.bool, Types.float, Types.str, Types.list, Types.tuple,
      Types.dict,
      Types.set, Types.frozenset, Types.complex, Types.bytes, Types.bytearray, Types.range, Types.slice,
      Types.property,
      Types.staticmethod,
      Types.classmethod,
      Types.superType,
    ] { t[c.name] = .object(c) }
    for (name, type) in Exceptions.all { t[name] = .object(type) }
    for name in ["IOError", "EnvironmentError"] { t[name] = .object(Exceptions.type("OSError")) }
    for (name, body) in functions { t[name] = .object(NativeFunction(name, body)) }
    for (name, body) in iterating where classes[name] == nil { t[name] = .object(NativeFunction(name, body)) }
    for (name, c) in classes { t[name] = .object(c) }
    let refused = [
      ("nobody sits at the program's terminal", ["breakpoint", "help"]),
      ("async is not supported", ["aiter", "anext"]),
      ("memory is not laid open", ["memoryview"]),
    ]
    for (reason, names) in refused {
      for name in names {
        t[name] = .object(
          NativeFunction(name) { _, _ in
            throw Raise.named("NotImplementedError", "\(name)() is not available here: \(reason)")
          })
      }
    }
    return t
  }()

  /// Iterators that are classes of their own.
  nonisolated(unsafe) private static let classes = [
    "enumerate": Types.enumerate, "zip": Types.zip, "map": Types.map, "filter": Types.filter,
    "reversed": Types.reversed,
  ]
  /// What calling one of them makes.
  static func constructor(_ name: String) -> ((Arguments, Interpreter) throws -> Value)? {
    classes[name] == nil ? nil : iterating.first { $0.0 == name }?.1
  }

  nonisolated(unsafe) private static let functions: [(String, (Arguments, Interpreter) throws -> Value)] = [
    ("print", printing),
    ("len", { a, i in .int(try i.length(try a.positionalOnly("len", 1...1)[0])) }),
    (
      "abs",
      { a, i in
        let v = try a.positionalOnly("abs", 1...1)[0]
        switch v {
        case .int(let k) where k != .min: return .int(abs(k))
        case .float(let d): return .float(abs(d))
        case .bool(let b): return .int(b ? 1 : 0)
        default:
          if let big = Integers.big(v) { return Integers.value(big.sign == .minus ? -big : big) }
          if let result = try i.callMethod(v, "__abs__") { return result }
          if let method = try i.attribute(v, "abs") { return try i.call(method) }
          throw Raise.type("bad operand type for abs(): '\(i.typeName(v))'")
        }
      }
    ),
    ("round", rounding),
    (
      "pow",
      { a, i in
        var p = try a.bind("pow", "base", "exp", "mod?").compactMap { $0 }
        if p.count == 3, !p[2].isGiven { p.removeLast() }
        if p.count == 3 {
          if p[0].object is InstanceObject,
            let result = try i.callMethod(p[0], "__pow__", Arguments([p[1], p[2]]))
          {
            return result
          }
          guard let base = Integers.big(p[0]), let exponent = Integers.big(p[1]),
            let modulus = Integers.big(p[2])
          else {
            let isNumber = { (v: Value) in
              if case .float = v { true } else { Integers.big(v) != nil || v.object is ComplexObject }
            }
            if p.contains(where: { $0.object is ComplexObject }) { throw Raise.value("complex modulo") }
            let isFloat = { (v: Value) in if case .float = v { true } else { false } }
            if !p.allSatisfy(isNumber), !p.contains(where: isFloat) {
              throw Raise.type(
                "unsupported operand type(s) for ** or pow(): "
                  + p.map { "'\(i.typeName($0))'" }.joined(separator: ", "))
            }
            throw Raise.type("pow() 3rd argument not allowed unless all arguments are integers")
          }
          guard !modulus.isZero else { throw Raise.value("pow() 3rd argument cannot be 0") }
          return try Integers.modularPower(base, exponent, modulus: modulus)
        }
        return try i.binary(6, p[0], p[1])
      }
    ),
    (
      "divmod",
      { a, i in
        let p = try a.positionalOnly("divmod", 2...2)
        return try i.divmod(p[0], p[1])
      }
    ),
    (
      "repr",
      { a, i in
        let v = try a.positionalOnly("repr", 1...1)[0]
        return .string(try i.nested(" while calling a Python object") { try i.repr(v) })
      }
    ),
    (
      "ascii",
      { a, i in
        .string(Numbers.ascii(try i.repr(try a.positionalOnly("ascii", 1...1)[0])))
      }
    ),
    (
      "format",
      { a, i in
        let p = try a.positionalOnly("format", 1...2)
        guard p.count > 1 else { return .string(try i.format(p[0], "")) }
        guard let spec = p[1].object as? StringObject else {
          throw Raise.type("format() argument 2 must be str, not \(i.typeName(p[1]))")
        }
        return .string(try i.format(p[0], spec.value))
      }
    ),
    (
      "id",
      { a, i in .int(i.identity(try a.positionalOnly("id", 1...1)[0])) }
    ),
    (
      "hash",
      { a, i in .int(try i.hash(try a.positionalOnly("hash", 1...1)[0])) }
    ),
    (
      "callable",
      { a, i in .bool(i.isCallable(try a.positionalOnly("callable", 1...1)[0])) }
    ),
    (
      "isinstance",
      { a, i in
        let p = try a.positionalOnly("isinstance", 2...2)
        return .bool(try i.isInstance(p[0], p[1]))
      }
    ),
    (
      "issubclass",
      { a, i in
        let p = try a.positionalOnly("issubclass", 2...2)
        guard let c = p[0].object as? ClassObject else {
          throw Raise.type("issubclass() arg 1 must be a class")
        }
        let options =
          (p[1].object as? TupleObject)?.items ?? (p[1].object as? UnionHint)?.options ?? [p[1]]
        for option in options where !(option.object is ClassObject) {
          if case .none = option, p[1].object is UnionHint { continue }
          throw Raise.type("issubclass() arg 2 must be a class, a tuple of classes, or a union")
        }
        return .bool(
          options.contains { option in
            guard let parent = option.object as? ClassObject else { return false }
            return i.kinship.isSubclass(c, of: parent)
              || TypeHint.isSubclass(c, abstract: parent)
          })
      }
    ),
    (
      "getattr",
      { a, i in
        let p = try a.positionalOnly("getattr", 2...3)
        let name = try attributeName(p[1], i)
        if p.count == 2 { return try i.getAttribute(p[0], name) }
        do { return try i.attribute(p[0], name) ?? p[2] } catch let raise as Raise
          where raise.exception.classObject === Exceptions.type("AttributeError")
        {
          return p[2]
        }
      }
    ),
    (
      "setattr",
      { a, i in
        let p = try a.positionalOnly("setattr", 3...3)
        try i.setAttribute(p[0], try attributeName(p[1], i), p[2])
        return .none
      }
    ),
    (
      "hasattr",
      { a, i in
        let p = try a.positionalOnly("hasattr", 2...2)
        do { return .bool(try i.attribute(p[0], try attributeName(p[1], i)) != nil) } catch let raise
          as Raise
          where raise.exception.classObject === Exceptions.type("AttributeError")
        {
          return .bool(false)
        }
      }
    ),
    (
      "delattr",
      { a, i in
        let p = try a.positionalOnly("delattr", 2...2)
        try i.deleteAttribute(p[0], try attributeName(p[1], i))
        return .none
      }
    ),
    (
      "vars",
      { a, i in
        let p = try a.positionalOnly("vars", 0...1)
        if let v = p.first {
          guard let d = try i.attribute(v, "__dict__") else {
            throw Raise.type("vars() argument must have __dict__ attribute")
          }
          return d
        }
        return localsDictionary(i)
      }
    ),
    ("globals", { _, i in globalsDictionary(i) }),
    ("eval", { a, i in try i.evaluate(a) }),
    ("exec", { a, i in try i.executeText(a) }),
    ("compile", { a, i in try i.compileText(a) }),
    (
      "__import__",
      { a, i in
        let p = try a.bind("__import__", "name", "globals?", "locals?", "fromlist?", "level?")
        guard let name = (p[0]?.object as? StringObject)?.value else {
          throw Raise.type("__import__() argument 1 must be str, not \(i.typeName(p[0] ?? .none))")
        }
        return try i.importModule(name, leaf: p[3].map(i.isTrue) ?? false)
      }
    ),
    (
      "locals",
      { a, i in
        _ = try a.positionalOnly("locals", 0...0)
        return localsDictionary(i)
      }
    ),
    (
      "dir",
      { a, i in
        guard let v = a.positional.first else {
          return .list((i.localVariables ?? i.globalVariables).map(\.name).sorted().map(Value.string))
        }
        return try i.namesOf(v)
      }
    ),
    (
      "chr",
      { a, i in
        let k = try StringMethods.integer(try a.positionalOnly("chr", 1...1)[0], i)
        guard let scalar = UInt32(exactly: k).flatMap(Unicode.Scalar.init) else {
          throw Raise.value("chr() arg not in range(0x110000)")
        }
        return .string(String(scalar))
      }
    ),
    (
      "ord",
      { a, i in
        let v = try a.positionalOnly("ord", 1...1)[0]
        if let b = v.object as? BytesObject, b.bytes.count == 1 { return .int(Int(b.bytes[0])) }
        if let b = v.object as? BytesObject {
          throw Raise.type("ord() expected a character, but string of length \(b.bytes.count) found")
        }
        guard let s = (v.object as? StringObject)?.scalars else {
          throw Raise.type("ord() expected string of length 1, but \(i.typeName(v)) found")
        }
        guard s.count == 1, let only = s.first else {
          throw Raise.type("ord() expected a character, but string of length \(s.count) found")
        }
        return .int(Int(only.value))
      }
    ),
    ("bin", { a, i in .string(try radix("bin", "#b", a, i)) }),
    ("hex", { a, i in .string(try radix("hex", "#x", a, i)) }),
    ("oct", { a, i in .string(try radix("oct", "#o", a, i)) }),
    (
      "input",
      { a, i in
        if let prompt = try a.positionalOnly("input", 0...1).first { try i.write(try i.str(prompt)) }
        guard let line = i.input() else {
          try i.checkClock()
          throw Raise.named("EOFError", "EOF when reading a line")
        }
        return .string(line)
      }
    ),
    (
      "open",
      { a, i in
        guard !a.positional.isEmpty || a.keyword("file") != nil else {
          throw Raise.type("open() missing required argument 'file' (pos 1)")
        }
        return try i.call(i.getAttribute(i.importModule("io", leaf: true), "open"), a)
      }
    ),
    ("exit", { a, _ in throw Raise(Exceptions.make(Exceptions.type("SystemExit"), a.positional)) }),
    ("quit", { a, _ in throw Raise(Exceptions.make(Exceptions.type("SystemExit"), a.positional)) }),
  ]

  private static func radix(_ name: String, _ spec: String, _ a: Arguments, _ i: Interpreter) throws -> String
  {
    let v = try a.positionalOnly(name, 1...1)[0]
    if let big = Integers.big(v.unboxed) { return try FormatSpec(spec).apply(Integers.value(big), i) }
    return try FormatSpec(spec).apply(.int(try StringMethods.integer(v, i)), i)
  }

  /// The name of an attribute, as `getattr` takes it.
  private static func attributeName(_ v: Value, _ i: Interpreter, _ name: String = "") throws -> String {
    guard let s = v.object as? StringObject else {
      throw Raise.type("\(name)attribute name must be string, not '\(i.typeName(v))'")
    }
    return s.value
  }

  private static func globalsDictionary(_ i: Interpreter) -> Value {
    let d = DictObject()
    for (name, value) in i.globalVariables { d.set(.string(name), .string(name), value) }
    return .object(d)
  }

  private static func localsDictionary(_ i: Interpreter) -> Value {
    i.localVariables.map { .object(DictObject.of($0.map { (key: $0.name, value: $0.value) })) }
      ?? globalsDictionary(i)
  }

  private static func printing(_ a: Arguments, _ i: Interpreter) throws -> Value {
    var separator = " "
    var end = "\n"
    var file: Value?
    for (name, value) in a.keywords {
      switch name {
      case "sep", "end":
        guard value.isGiven else { continue }
        guard let text = value.object as? StringObject else {
          throw Raise.type("\(name) must be None or a string, not \(i.typeName(value))")
        }
        if name == "sep" { separator = text.value } else { end = text.value }
      case "flush": break
      case "file": file = value.isGiven ? value : nil
      default: throw Raise.type("'\(name)' is an invalid keyword argument for print()")
      }
    }
    // `sys.stdout = …` sends everything elsewhere.
    let assigned = (i.loadedModules["sys"]?.object as? ModuleObject)?.members["stdout"]
    let target = file ?? assigned
    let stream = target?.object as? ModuleObject
    if let target, stream?.name.hasPrefix("<std") != true {
      // Piece by piece, as the target's `write` sees it.
      let write = try i.getAttribute(target, "write")
      for (k, v) in a.positional.enumerated() {
        if k > 0 { _ = try i.call(write, Arguments([.string(separator)])) }
        _ = try i.call(write, Arguments([.string(i.str(v))]))
      }
      _ = try i.call(write, Arguments([.string(end)]))
      return .none
    }
    let parts = try i.nested(" while calling a Python object") { try a.positional.map(i.str) }
    let text = parts.joined(separator: separator) + end
    if stream?.name == "<stderr>" { i.errors(text) } else { try i.write(text) }
    return .none
  }

  static func rounding(_ a: Arguments, _ i: Interpreter) throws -> Value {
    let p = try a.bind("round", "number", "ndigits?")
    let v = (p[0] ?? .none).unboxed
    // Beyond what any number has, more digits change nothing.
    let digits = try p[1].flatMap { $0.isGiven ? max(try StringMethods.integer($0, i), -20_000) : nil }
    if let whole = Integers.big(v) {
      guard let digits, digits < 0 else { return Integers.value(whole) }
      guard digits > -10_000 else { return .int(0) }
      return Integers.value(Integers.rounded(whole, to: BigInt(10).power(-digits)))
    }
    switch v {
    case .float(let d):
      guard let digits else { return try Constructors.integer(.float(d.rounded(.toNearestOrEven)), i) }
      if !d.isFinite || digits > 300 { return v }
      if digits < 0 {
        var scale = 1.0
        if digits < -308 { return .float(0 * d) }
        for _ in 0..<(-digits) { scale *= 10 }
        return .float((d / scale).rounded(.toNearestOrEven) * scale)
      }
      // Correctly rounded: by way of the decimal digits.
      return .float(Double(Numbers.printf("%.*f", digits, d)) ?? d)
    default:
      if let result = try i.callMethod(v, "__round__", Arguments(Array(a.positional.dropFirst()))) {
        return result
      }
      throw Raise.type("type \(i.typeName(v)) doesn't define __round__ method")
    }
  }
}
