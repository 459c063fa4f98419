internal import BigInt

/// `[[fill]align][sign][#][0][width][,][.precision][type]`.
struct FormatSpec {
  var fill: Character = " "
  var align: Character?
  var sign: Character = "-"
  var alternate = false
  var width = 0
  var grouping: Character?
  var precision: Int?
  var type: Character?

  init() {}

  init(_ text: String) throws {
    var rest = Array(text)[...]
    func isAlign(_ c: Character?) -> Bool { c == "<" || c == ">" || c == "^" || c == "=" }
    if rest.count > 1, isAlign(rest[rest.startIndex + 1]) {
      fill = rest[rest.startIndex]
      align = rest[rest.startIndex + 1]
      rest = rest.dropFirst(2)
    } else if isAlign(rest.first) {
      align = rest.removeFirst()
    }
    if let c = rest.first, c == "+" || c == "-" || c == " " {
      sign = c
      rest.removeFirst()
    }
    if rest.first == "#" {
      alternate = true
      rest.removeFirst()
    }
    if rest.first == "0" {
      if align == nil {
        fill = "0"
        align = "="
      }
      rest.removeFirst()
    }
    func number() throws -> Int? {
      var digits = ""
      while let c = rest.first, c.isASCII, c.isNumber {
        digits.append(c)
        rest.removeFirst()
      }
      guard !digits.isEmpty else { return nil }
      guard let n = Int(digits), n <= 1 << 20 else {
        throw Raise.value("Too many decimal digits in format string")
      }
      return n
    }
    width = try number() ?? 0
    if let c = rest.first, c == "," || c == "_" {
      grouping = c
      rest.removeFirst()
    }
    if rest.first == "." {
      rest.removeFirst()
      guard let p = try number() else { throw Raise.value("Format specifier missing precision") }
      precision = p
    }
    if let c = rest.first {
      type = c
      rest.removeFirst()
    }
    if !rest.isEmpty { throw Raise.value("Invalid format specifier '\(text)' for object of type 'str'") }
  }

  func apply(_ value: Value, _ i: Interpreter) throws -> String {
    switch value {
    case .object(let o):
      if let s = o as? StringObject { return try string(s.value) }
      if o is BigIntObject {
        if let t = type, "eEfFgG%".contains(t) { return try float(try i.floating(value) ?? 0) }
        return try integer(digits: try o.repr(i), i: i, value: value)
      }
      return try string(try i.str(value))
    case .bool(let b):
      if type == nil { return try string(b ? "True" : "False") }
      return try apply(.int(b ? 1 : 0), i)
    case .int(let n):
      if let t = type, "eEfFgG%".contains(t) { return try float(Double(n)) }
      return try integer(digits: "\(n)", i: i, value: value)
    case .float(let d): return try float(d)
    case .none, .unassigned: return try string("None")
    }
  }

  private func string(_ text: String) throws -> String {
    if let t = type, t != "s" { throw Raise.value("Unknown format code '\(t)' for object of type 'str'") }
    if align == "=", fill != "0" { throw Raise.value("'=' alignment not allowed in string format specifier") }
    let shown = precision.map { String(String.UnicodeScalarView(text.unicodeScalars.prefix($0))) } ?? text
    return pad("", shown, default: "<", isString: true)
  }

  private func integer(digits: String, i: Interpreter, value: Value) throws -> String {
    let isNegative = digits.hasPrefix("-")
    var body = isNegative ? String(digits.dropFirst()) : digits
    var prefix = isNegative ? "-" : sign == "-" ? "" : String(sign)
    switch type {
    case nil, "d", "n": break
    case "x", "X", "o", "b":
      guard let big = Integers.big(value) else { break }
      let radix = type == "b" ? 2 : type == "o" ? 8 : 16
      body = String(big.magnitude, radix: radix, uppercase: type == "X")
      if alternate, let type { prefix += "0\(type)" }
    case "c":
      guard let n = try i.index(value), let scalar = UInt32(exactly: n).flatMap(Unicode.Scalar.init) else {
        throw Raise.named("OverflowError", "%c arg not in range(0x110000)")
      }
      return pad("", String(scalar), default: "<", isString: true)
    case let t?: throw Raise.value("Unknown format code '\(t)' for object of type 'int'")
    }
    if precision != nil { throw Raise.value("Precision not allowed in integer format specifier") }
    return pad(prefix, grouped(body), default: ">", isString: false)
  }

  private func float(_ value: Double) throws -> String {
    let magnitude = value.magnitude
    var body: String
    let isUpper = type.map { $0.isUppercase } ?? false
    if value.isNaN || value.isInfinite {
      body = value.isNaN ? "nan" : "inf"
      if type == "%" { body += "%" }
    } else {
      switch type {
      case "f", "F": body = Numbers.printf("%.*f", precision ?? 6, magnitude)
      case "e", "E": body = Numbers.printf("%.*e", precision ?? 6, magnitude)
      case "g", "G": body = Numbers.printf(alternate ? "%#.*g" : "%.*g", precision ?? 6, magnitude)
      case "%": body = Numbers.printf("%.*f", precision ?? 6, magnitude * 100) + "%"
      case nil:
        if let precision {
          body = Numbers.printf("%.*g", max(precision, 1), magnitude)
          if !body.contains(".") && !body.contains("e") { body += ".0" }
        } else {
          body = Numbers.repr(magnitude)
        }
      case "n": body = Numbers.printf("%.*g", precision ?? 6, magnitude)
      case let t?: throw Raise.value("Unknown format code '\(t)' for object of type 'float'")
      }
    }
    if isUpper { body = body.uppercased() }
    let isNegative = value.sign == .minus && !value.isNaN
    let prefix = isNegative ? "-" : sign == "-" ? "" : String(sign)
    if grouping != nil {
      let end = body.firstIndex { !$0.isNumber } ?? body.endIndex
      body = grouped(String(body[..<end])) + body[end...]
    }
    return pad(prefix, body, default: ">", isString: false)
  }

  private func grouped(_ digits: String) -> String {
    guard let grouping else { return digits }
    let every = type == "x" || type == "b" || type == "o" || type == "X" ? 4 : 3
    var out: [Character] = []
    for (k, c) in digits.reversed().enumerated() {
      if k > 0, k % every == 0 { out.append(grouping) }
      out.append(c)
    }
    return String(out.reversed())
  }

  private func pad(_ prefix: String, _ body: String, default standard: Character, isString: Bool) -> String {
    let length = prefix.unicodeScalars.count + body.unicodeScalars.count
    guard length < width else { return prefix + body }
    let room = width - length
    func filling(_ count: Int) -> String { String(repeating: fill, count: count) }
    switch align ?? standard {
    case "<": return prefix + body + filling(room)
    case "^": return filling(room / 2) + prefix + body + filling(room - room / 2)
    case "=": return isString ? body + filling(room) : prefix + filling(room) + body
    default: return filling(room) + prefix + body
    }
  }
}
