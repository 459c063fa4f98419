internal import BigInt

/// `"…" % values`.
extension Interpreter {
  func percentFormat(_ format: String, _ values: Value, isBytes: Bool = false) throws -> String {
    var formatter = PercentFormatter(Array(format.unicodeScalars), values, self)
    formatter.kind = isBytes ? "bytes" : "string"
    return try formatter.run()
  }
}

/// Goes through a format string once, taking a value at each directive.
private struct PercentFormatter {
  let text: [Unicode.Scalar]
  let values: Value
  let i: Interpreter
  let arguments: [Value]
  var used = 0
  var at = 0
  var out = ""
  /// What is formatted, for messages.
  var kind = "string"

  init(_ text: [Unicode.Scalar], _ values: Value, _ i: Interpreter) {
    self.text = text
    self.values = values
    self.i = i
    arguments = (values.object as? TupleObject)?.items ?? [values]
  }

  /// A mapping is what has items by key and is no text or tuple.
  var isMapping: Bool {
    switch values.object {
    case nil, is TupleObject, is StringObject: false
    case is DictObject, is ListObject, is BytesObject: true
    case let o?: o.answersDunders && i.type(of: values).lookup("__getitem__") != nil
    }
  }

  mutating func run() throws -> String {
    while at < text.count {
      let c = text[at]
      at += 1
      if c == "%" { try directive() } else { out.unicodeScalars.append(c) }
      try i.checkSize(out.utf8.count, 0)
    }
    let isConsumed = isMapping || used >= arguments.count
    if !isConsumed { throw Raise.type("not all arguments converted during \(kind) formatting") }
    return out
  }

  mutating func next() throws -> Value {
    guard used < arguments.count else { throw Raise.type("not enough arguments for format string") }
    used += 1
    return arguments[used - 1]
  }

  mutating func scalar() throws -> Unicode.Scalar {
    guard at < text.count else { throw Raise.value("incomplete format") }
    at += 1
    return text[at - 1]
  }

  mutating func directive() throws {
    var spec = FormatSpec()
    spec.align = ">"
    var kind = try scalar()
    var named: Value?
    if kind == "(" {
      guard isMapping else { throw Raise.type("format requires a mapping") }
      var (open, key) = (1, "")
      while true {
        guard at < text.count else { throw Raise.value("incomplete format key") }
        let c = text[at]
        at += 1
        if c == "(" { open += 1 }
        if c == ")" { open -= 1 }
        if open == 0 { break }
        key.unicodeScalars.append(c)
      }
      named = try i.getItem(values, .string(key))
      kind = try scalar()
    }
    var isZero = false
    flags: while true {
      switch kind {
      case "-": spec.align = "<"
      case "+": spec.sign = "+"
      case " ": if spec.sign != "+" { spec.sign = " " }
      case "0": isZero = true
      case "#": spec.alternate = true
      default: break flags
      }
      kind = try scalar()
    }
    spec.width = try number(&kind, &spec)
    if kind == "." {
      kind = try scalar()
      var ignored = FormatSpec()
      spec.precision = max(0, try number(&kind, &ignored))
    }
    while kind == "h" || kind == "l" || kind == "L" { kind = try scalar() }
    if isZero, spec.align != "<", !"sracb".unicodeScalars.contains(kind) {
      spec.fill = "0"
      spec.align = "="
    }
    if kind == "%" {
      out += "%"
      return
    }
    let value = try named ?? next()
    if named != nil { used = max(used, 0) }
    try convert(value, kind, &spec)
  }

  mutating func number(_ kind: inout Unicode.Scalar, _ spec: inout FormatSpec) throws -> Int {
    if kind == "*" {
      let given = try next()
      guard let n = try i.index(given) else { throw Raise.type("* wants int") }
      kind = try scalar()
      if n < 0 { spec.align = "<" }
      guard n.magnitude <= 1 << 26 else {
        throw Raise.named("OverflowError", "Python int too large to convert to C int")
      }
      return abs(n)
    }
    var n = 0
    while ("0"..."9").contains(kind) {
      n = n * 10 + Int(kind.value - 48)
      guard n <= 1 << 26 else { throw Raise.value("width too big") }
      kind = try scalar()
    }
    return n
  }

  mutating func convert(_ value: Value, _ kind: Unicode.Scalar, _ spec: inout FormatSpec) throws {
    switch kind {
    case "s" where self.kind == "bytes", "b" where self.kind == "bytes":
      var bytes = value.object as? BytesObject
      if bytes == nil { bytes = try i.callMethod(value, "__bytes__")?.object as? BytesObject }
      guard let bytes else {
        throw Raise.type(
          "%b requires a bytes-like object, or an object that implements __bytes__, not '\(i.typeName(value))'"
        )
      }
      spec.type = "s"
      (spec.sign, spec.alternate) = ("-", false)
      out += try spec.apply(
        .string(String(String.UnicodeScalarView(bytes.bytes.map(Unicode.Scalar.init)))), i)
    case "s", "r", "a":
      let shown = kind == "s" ? try i.str(value) : try i.repr(value)
      spec.type = "s"
      (spec.sign, spec.alternate) = ("-", false)
      let isEscaped = kind == "a" || self.kind == "bytes"
      out += try spec.apply(.string(isEscaped ? Numbers.ascii(shown) : shown), i)
    case "d", "i", "u", "x", "X", "o":
      let isDecimal = kind == "d" || kind == "i" || kind == "u"
      guard let whole = try integer(value, isDecimal) else {
        throw Raise.type(
          "%\(kind) format: \(isDecimal ? "a real number" : "an integer") is required, not \(i.typeName(value))"
        )
      }
      spec.type = isDecimal ? "d" : Character(kind)
      if isDecimal { spec.alternate = false }
      // A precision is a least number of digits.
      if let digits = spec.precision {
        var plain = FormatSpec()
        (plain.type, plain.alternate, plain.sign) = (spec.type, spec.alternate, spec.sign)
        let prefix =
          (spec.sign != "-" || (Integers.big(whole)?.sign == .minus) ? 1 : 0) + (spec.alternate ? 2 : 0)
        (plain.fill, plain.align, plain.width) = ("0", "=", digits + prefix)
        let shown = try plain.apply(whole, i)
        var outer = FormatSpec()
        (outer.width, outer.align) = (spec.width, spec.align == "<" ? "<" : ">")
        out += try outer.apply(.string(shown), i)
      } else {
        out += try spec.apply(whole, i)
      }
    case "f", "F", "e", "E", "g", "G":
      guard let d = try i.floating(value) ?? dunderFloat(value) else {
        throw Raise.type("must be real number, not \(i.typeName(value))")
      }
      spec.type = Character(kind)
      out += try spec.apply(.float(d), i)
    case "c":
      spec.type = "s"
      if self.kind == "bytes" {
        let only = (value.object as? BytesObject).flatMap { $0.bytes.count == 1 ? $0.bytes.first : nil }
        guard let byte = try only ?? i.index(value).flatMap({ UInt8(exactly: $0) }) else {
          throw Raise.type("%c requires an integer in range(256) or a single byte")
        }
        out += try spec.apply(.string(String(Unicode.Scalar(byte))), i)
      } else if let s = value.object as? StringObject {
        guard s.scalars.count == 1 else { throw Raise.type("%c requires int or char") }
        out += try spec.apply(value, i)
      } else {
        guard let k = try i.index(value) else { throw Raise.type("%c requires int or char") }
        guard let scalar = UInt32(exactly: k).flatMap(Unicode.Scalar.init) else {
          throw Raise.named("OverflowError", "%c arg not in range(0x110000)")
        }
        out += try spec.apply(.string(String(scalar)), i)
      }
    default:
      throw Raise.value(
        "unsupported format character '\((32..<127).contains(kind.value) ? String(kind) : "?")' (0x\(String(kind.value, radix: 16))) at index \(at - 1)"
      )
    }
  }

  private func dunderFloat(_ value: Value) throws -> Double? {
    try i.callMethod(value, "__float__").flatMap { try i.floating($0) }
  }

  private func integer(_ value: Value, _ isDecimal: Bool) throws -> Value? {
    switch value {
    case .int, .bool: return try i.index(value).map(Value.int)
    case .float: return isDecimal ? try Constructors.integer(value, i) : nil
    case .object(let o):
      if o is BigIntObject { return value }
      if o is StringObject || o is BytesObject { return nil }
      if isDecimal {
        if let made = try i.callMethod(value, "__int__") { return made }
        if let k = try o.toInt(i) { return .int(k) }
      }
      if let k = try i.index(value) { return .int(k) }
      if isDecimal {
        if let d = try i.floating(value) { return try Constructors.integer(.float(d), i) }
      }
      return nil
    default: return nil
    }
  }
}
