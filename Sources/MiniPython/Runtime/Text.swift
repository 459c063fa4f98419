#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `repr`, `str` and `format`.
extension Interpreter {
  public func str(_ value: Value) throws -> String {
    guard let o = value.object else { return try repr(value) }
    if let s = o as? StringObject, s.extra == nil { return s.value }
    return try nested(" while getting the str of an object") { try str(o, value) }
  }

  private func str(_ o: Object, _ value: Value) throws -> String {
    if let changed = try changedText(["__str__", "__repr__"], value) { return changed }
    if let extra = value.object?.extra, value.object?.answersDunders == true {
      if let method = extra.classObject.lookup("__str__") ?? extra.classObject.lookup("__repr__"),
        !(value.object is StringObject && extra.classObject.lookup("__str__") == nil)
      {
        return try text(call(method, Arguments([value])), "__str__")
      }
    }
    switch o {
    case let s as StringObject: return s.value
    case let instance as InstanceObject:
      if let method = instance.classObject.lookup("__str__") {
        return try text(call(method, Arguments([value])), "__str__")
      }
      if let state = instance.exception { return try said(by: state, instance.classObject) }
      if let box = instance.payload as? BoxedNumber, instance.classObject.lookup("__repr__") == nil {
        return try str(box.value)
      }
      if instance.classObject.lookup("__repr__") == nil { return try instance.str(self) }
      return try repr(o, value)
    case is ListObject, is TupleObject, is DictObject, is SetObject, is RangeObject, is SliceObject:
      return try repr(o, value)
    default: return try o.str(self)
    }
  }

  func text(_ value: Value, _ method: String) throws -> String {
    guard let s = value.object as? StringObject else {
      throw Raise.type("\(method) returned non-string (type \(typeName(value)))")
    }
    return s.value
  }

  public func repr(_ value: Value) throws -> String {
    switch value {
    case .none, .unassigned: return "None"
    case .bool(let b): return b ? "True" : "False"
    case .int(let i): return "\(i)"
    case .float(let d): return Numbers.repr(d)
    case .object(let o):
      return try nested(" while getting the repr of an object") { try repr(o, value) }
    }
  }

  private func repr(_ o: Object, _ value: Value) throws -> String {
    func inside(_ body: () throws -> String) throws -> String {
      // The dictionary of an object's attributes is made each time anew.
      let id =
        (o as? DictObject).flatMap {
          $0.isOwned && $0.part == 0 ? $0.owner.map { ObjectIdentifier($0) } : nil
        }
        ?? ObjectIdentifier(o)
      guard !beingShown.contains(id) else {
        return o is ListObject ? "[...]" : o is TupleObject ? "(...)" : "{...}"
      }
      beingShown.insert(id)
      defer { beingShown.remove(id) }
      return try body()
    }
    if let changed = try changedText(["__repr__"], value) { return changed }
    if o.answersDunders, o.extra != nil, let method = type(of: value).lookup("__repr__") {
      return try text(call(method, Arguments([value])), "__repr__")
    }
    switch o {
    case let s as StringObject: return Numbers.quoted(s.value)
    case let l as ListObject:
      return try inside { "[" + (try l.items.map(repr)).joined(separator: ", ") + "]" }
    case let t as TupleObject:
      return try inside {
        let items = try t.items.map(repr)
        return items.count == 1 ? "(\(items[0]),)" : "(" + items.joined(separator: ", ") + ")"
      }
    case let d as DictObject:
      return try inside {
        if case .ordered = d.flavor {
          // CPython 3.11 prints pairs.
          let pairs = try d.entries.compactMap {
            try $0.map { "(\(try repr($0.key)), \(try repr($0.value)))" }
          }
          return pairs.isEmpty ? "\(d.typeName)()" : "\(d.typeName)([" + pairs.joined(separator: ", ") + "])"
        }
        var entries = d.entries.compactMap { $0 }
        if case .counter = d.flavor { entries = try sortedByCount(entries) }
        let body =
          "{" + (try entries.map { "\(try repr($0.key)): \(try repr($0.value))" }).joined(separator: ", ")
          + "}"
        switch d.flavor {
        case .counter: return entries.isEmpty ? "\(d.typeName)()" : "\(d.typeName)(\(body))"
        case .defaulting(let factory): return "\(d.typeName)(\(try repr(factory)), \(body))"
        default: return body
        }
      }
    case let s as SetObject:
      if s.items.count == 0 { return "\(s.typeName)()" }
      return try inside {
        let body = "{" + (try s.ordered.map(repr)).joined(separator: ", ") + "}"
        return s.isFrozen || s.extra != nil ? "\(s.typeName)(\(body))" : body
      }
    case let r as RangeObject:
      return r.step == 1 ? "range(\(r.start), \(r.stop))" : "range(\(r.start), \(r.stop), \(r.step))"
    case let s as SliceObject: return "slice(\(try repr(s.start)), \(try repr(s.stop)), \(try repr(s.step)))"
    case let instance as InstanceObject:
      if let method = instance.classObject.lookup("__repr__") {
        return try text(call(method, Arguments([value])), "__repr__")
      }
      if let box = instance.payload as? BoxedNumber { return try repr(box.value) }
      if let state = instance.exception {
        return "\(instance.classObject.name)(" + (try state.arguments.map(repr)).joined(separator: ", ") + ")"
      }
      return "<\(instance.classObject.module).\(instance.classObject.qualifiedName) object>"
    default: return try o.repr(self)
    }
  }

  func sortedByCount(_ entries: [(key: Value, value: Value)]) throws -> [(key: Value, value: Value)] {
    // A stable sort by falling count.
    try entries.enumerated().sorted { a, b in
      if try isTrue(compare(4, a.element.value, b.element.value)) { return true }
      if try isTrue(compare(4, b.element.value, a.element.value)) { return false }
      return a.offset < b.offset
    }.map(\.element)
  }

  /// `format(value, spec)`.
  public func format(_ value: Value, _ spec: String) throws -> String {
    if let extra = value.object?.extra, let method = extra.classObject.lookup("__format__") {
      return try text(call(method, Arguments([value, .string(spec)])), "__format__")
    }
    if let o = value.object, o.answersDunders, type(of: value).lookup("__format__") == nil {
      let inner = value.unboxed
      if inner.object !== o { return try spec.isEmpty ? str(value) : format(inner, spec) }
    }
    switch value {
    case .int, .float, .bool:
      if spec.isEmpty { return try str(value) }
      return try FormatSpec(spec, of: typeName(value)).apply(value, self)
    case .none, .unassigned:
      if spec.isEmpty { return "None" }
      throw Raise.type("unsupported format string passed to NoneType.__format__")
    case .object(let o):
      if let s = o as? StringObject {
        return try spec.isEmpty ? s.value : FormatSpec(spec, isText: true, of: "str").apply(value, self)
      }
      if o is BigIntObject { return try FormatSpec(spec).apply(value, self) }
      if o is InstanceObject, let method = o.typeObject.lookup("__format__") {
        return try text(call(method, Arguments([value, .string(spec)])), "__format__")
      }
      if o is ListObject || o is TupleObject || o is DictObject || o is SetObject || o is InstanceObject
        || o is RangeObject || o is SliceObject || o is ClassObject && spec.isEmpty == false
      {
        if spec.isEmpty { return try nested(" while calling a Python object") { try str(value) } }
        throw Raise.type("unsupported format string passed to \(typeName(value)).__format__")
      }
      return try o.format(spec, self)
    }
  }
}

/// Texts of numbers and strings.
enum Numbers {
  /// As CPython's `repr`: the shortest digits, exponents from 1e16 on.
  static func repr(_ d: Double) -> String {
    if d.isNaN { return "nan" }
    if d.isInfinite { return d < 0 ? "-inf" : "inf" }
    let text = d.description
    guard let e = text.firstIndex(of: "e") else { return text }
    var mantissa = String(text[..<e])
    if mantissa.hasSuffix(".0") { mantissa.removeLast(2) }
    return mantissa + text[e...]
  }

  /// A string as source text.
  static func quoted(_ s: String) -> String {
    let quote: Character = s.contains("'") && !s.contains("\"") ? "\"" : "'"
    var out = String(quote)
    for scalar in s.unicodeScalars {
      switch scalar {
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case "\r": out += "\\r"
      case "\\": out += "\\\\"
      case _ where Character(scalar) == quote: out += "\\\(quote)"
      case _ where !scalar.isPythonPrintable: out += scalar.escaped
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + String(quote)
  }

  /// With everything beyond ASCII escaped.
  static func ascii(_ text: String) -> String {
    text.unicodeScalars.map { $0.isASCII ? String($0) : $0.escaped }.joined()
  }

  /// `str` with so many significant digits: `%g`, but with a decimal point or an exponent at all times.
  static func general(_ magnitude: Double, _ digits: Int) -> String {
    let scientific = printf("%.*e", digits - 1, magnitude)
    let exponent =
      scientific.lastIndex(of: "e").flatMap { Int(scientific[scientific.index(after: $0)...]) } ?? 0
    // One place of the digits belongs to the zero behind the point.
    if exponent < -4 || exponent >= digits - 1 {
      let end = scientific.lastIndex(of: "e") ?? scientific.endIndex
      var mantissa = String(scientific[..<end])
      if mantissa.contains(".") {
        while mantissa.hasSuffix("0") { mantissa.removeLast() }
        if mantissa.hasSuffix(".") { mantissa.removeLast() }
      }
      return mantissa + scientific[end...]
    }
    let body = printf("%.*g", digits, magnitude)
    return body.contains(".") ? body : body + ".0"
  }

  static func printf(_ format: String, _ precision: Int, _ value: Double) -> String {
    let capacity = 512 + min(max(precision, 0), 4096)
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
      let count = withVaList([Int32(clamping: min(precision, 4096)), value]) {
        vsnprintf(buffer.baseAddress, capacity, format, $0)
      }
      return String(
        decoding: buffer[0..<max(0, min(Int(count), capacity - 1))].map { UInt8(bitPattern: $0) },
        as: UTF8.self)
    }
  }
}
