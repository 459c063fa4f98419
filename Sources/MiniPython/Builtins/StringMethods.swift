/// The methods of `str`.
enum StringMethods {
  static func text(_ v: Value, _ i: Interpreter) throws -> String {
    guard let s = v.unboxed.object as? StringObject else {
      throw Raise.type("expected a str, not \(i.typeName(v))")
    }
    return s.value
  }

  /// The code points of `self`.
  static func scalars(_ v: Value, _ i: Interpreter) throws -> [Unicode.Scalar] {
    guard let s = v.unboxed.object as? StringObject else {
      throw Raise.type("descriptor requires a 'str' object but received '\(i.typeName(v))'")
    }
    return s.scalars
  }

  static func value(_ scalars: [Unicode.Scalar]) -> Value {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return .string(String(view))
  }

  /// An argument that must be a string, with this complaint where it is none.
  static func argument(
    _ v: Value, _ i: Interpreter, _ complaint: String = "must be str"
  ) throws -> [Unicode.Scalar] {
    guard let s = v.unboxed.object as? StringObject else {
      throw Raise.type("\(complaint), not \(i.typeName(v))")
    }
    return s.scalars
  }

  /// An argument that must be an integer.
  static func integer(_ v: Value, _ i: Interpreter) throws -> Int {
    guard let k = try i.index(v) else {
      throw Raise.type("'\(i.typeName(v))' object cannot be interpreted as an integer")
    }
    return k
  }

  static func install(_ c: ClassObject) {
    kinds(c)
    StringSearch.install(c)
    StringPadding.install(c)
    c.method("join") { v, a, i in
      let given = try a.positionalOnly("str.join", 1...1)[0]
      let items: [Value]
      do { items = try i.array(given) } catch let raise as Raise {
        if raise.exception.exception?.text.hasSuffix("object is not iterable") == true {
          throw Raise.type("can only join an iterable")
        }
        throw raise
      }
      var parts: [String] = []
      var size = 0
      for (k, item) in items.enumerated() {
        guard let s = item.object as? StringObject else {
          throw Raise.type("sequence item \(k): expected str instance, \(i.typeName(item)) found")
        }
        size += s.value.utf8.count
        parts.append(s.value)
      }
      let separator = try text(v, i)
      try i.checkSize(size, parts.count.multipliedReportingOverflow(by: separator.utf8.count).partialValue)
      return .string(parts.joined(separator: separator))
    }
    c.method("format") { v, a, i in
      var template = Template(positional: a.positional) { name in
        guard let found = a.keyword(name) else {
          throw Raise(Exceptions.make(Exceptions.type("KeyError"), [.string(name)]))
        }
        return found
      }
      return .string(try template.apply(try scalars(v, i), i))
    }
    c.method("format_map") { v, a, i in
      let mapping = try a.positionalOnly("str.format_map", 1...1)[0]
      var template = Template(positional: nil) { try i.getItem(mapping, .string($0)) }
      return .string(try template.apply(try scalars(v, i), i))
    }
    c.method("encode") { v, a, i in
      let p = try a.bind("encode", "encoding?", "errors?")
      return .object(BytesObject(try Encodings.encode(try scalars(v, i), p[0], p[1], i)))
    }
    c.method("translate") { v, a, i in
      let table = try a.positionalOnly("str.translate", 1...1)[0]
      var out = ""
      for scalar in try scalars(v, i) {
        let found: Value
        do { found = try i.getItem(table, .int(Int(scalar.value))) } catch let raise as Raise
          where raise.exception.classObject.isSubclass(of: Exceptions.type("LookupError"))
        {
          out.unicodeScalars.append(scalar)
          continue
        }
        switch found {
        case .none: continue
        case .int(let k):
          guard let other = UInt32(exactly: k).flatMap(Unicode.Scalar.init) else {
            throw Raise.value("character mapping must be in range(0x110000)")
          }
          out.unicodeScalars.append(other)
        case .object(let o as StringObject): out += o.value
        default: throw Raise.type("character mapping must return integer, None or str")
        }
      }
      return .string(out)
    }
    c.set(
      "maketrans", .object(MethodWrapper(.object(NativeFunction("maketrans", maketrans)), isStatic: true)))
  }

  private static func maketrans(_ a: Arguments, _ i: Interpreter) throws -> Value {
    let p = try a.positionalOnly("maketrans", 1...3)
    let out = DictObject()
    func set(_ key: Unicode.Scalar, _ value: Value) {
      out.set(.int(Int(key.value)), .int(Int(key.value)), value)
    }
    if p.count == 1 {
      guard let mapping = p[0].object as? DictObject else {
        throw Raise.type("if you give only one argument to maketrans it must be a dict")
      }
      for entry in mapping.entries.compactMap({ $0 }) {
        if let s = entry.key.object as? StringObject {
          guard s.scalars.count == 1 else {
            throw Raise.value("string keys in translate table must be of length 1")
          }
          set(s.scalars[0], entry.value)
        } else {
          try out.set(entry.key, entry.value, i)
        }
      }
      return .object(out)
    }
    let from = try argument(
      p[0], i, "first maketrans argument must be a string if there is a second argument")
    let to = try argument(p[1], i)
    guard from.count == to.count else {
      throw Raise.value("the first two maketrans arguments must have equal length")
    }
    for (x, y) in zip(from, to) { set(x, .int(Int(y.value))) }
    if p.count > 2 { for x in try argument(p[2], i) { set(x, .none) } }
    return .object(out)
  }

  /// Cases, and what kind of characters there are.
  private static func kinds(_ c: ClassObject) {
    func simple(_ name: String, _ body: @escaping ([Unicode.Scalar]) -> Value) {
      c.method(name) { v, a, i in
        _ = try a.positionalOnly("str.\(name)", 0...0)
        return body(try scalars(v, i))
      }
    }
    simple("upper") { .string(Casing.upper($0)) }
    simple("lower") { .string(Casing.lower($0)) }
    simple("casefold") { .string(Casing.fold($0)) }
    simple("capitalize") { s in
      .string((s.first?.properties.titlecaseMapping ?? "") + Casing.lower(Array(s.dropFirst())))
    }
    simple("title") { .string(Casing.title($0)) }
    simple("swapcase") { .string(Casing.swap($0)) }
    func all(_ name: String, _ test: @escaping (Unicode.Scalar) -> Bool) {
      simple(name) { .bool(!$0.isEmpty && $0.allSatisfy(test)) }
    }
    all("isdigit", \.isPythonDigit)
    all("isnumeric", \.isPythonNumeric)
    all("isdecimal", \.isPythonDecimal)
    all("isalpha", \.isPythonAlpha)
    all("isalnum") { $0.isPythonAlpha || $0.isPythonNumeric }
    all("isspace", \.isPythonSpace)
    simple("isascii") { .bool($0.allSatisfy(\.isASCII)) }
    simple("isprintable") { .bool($0.allSatisfy(\.isPythonPrintable)) }
    simple("istitle") { .bool(Casing.isTitle($0)) }
    simple("isupper") { s in
      .bool(s.contains(where: \.isPythonUpper) && !s.contains { $0.isPythonLower || $0.isPythonTitle })
    }
    simple("islower") { s in
      .bool(s.contains(where: \.isPythonLower) && !s.contains { $0.isPythonUpper || $0.isPythonTitle })
    }
    simple("isidentifier") { s in
      guard let first = s.first, first == "_" || first.properties.isXIDStart else { return .bool(false) }
      return .bool(s.dropFirst().allSatisfy { $0 == "_" || $0.properties.isXIDContinue })
    }
  }
}
