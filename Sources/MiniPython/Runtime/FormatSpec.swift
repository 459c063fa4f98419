internal import BigInt

/// `[[fill]align][sign][#][0][width][,][.precision][type]`.
struct FormatSpec {
  var fill: Character = " "
  var align: Character?
  var sign: Character = "-"
  /// A sign was asked for, even the default one.
  var hasSign = false
  var isFilled = false
  /// The type of the value, for messages.
  var owner = "int"
  /// `z`: no negative zeros.
  var coercesZero = false
  var alternate = false
  var width = 0
  var grouping: Character?
  var precision: Int?
  var type: Character?

  init() {}

  /// - Parameters:
  ///   - text: the specification.
  ///   - isText: for a string, which zeros fill from the right.
  init(_ text: String, isText: Bool = false, of type: String = "int") throws {
    owner = type
    var rest = Array(text.unicodeScalars)[...]
    func isAlign(_ c: Unicode.Scalar?) -> Bool { c == "<" || c == ">" || c == "^" || c == "=" }
    if rest.count > 1, isAlign(rest[rest.startIndex + 1]) {
      fill = Character(rest[rest.startIndex])
      align = Character(rest[rest.startIndex + 1])
      isFilled = true
      rest = rest.dropFirst(2)
    } else if isAlign(rest.first) {
      align = Character(rest.removeFirst())
    }
    if let c = rest.first, c == "+" || c == "-" || c == " " {
      sign = Character(c)
      hasSign = true
      rest.removeFirst()
    }
    if rest.first == "z" {
      coercesZero = true
      rest.removeFirst()
    }
    if rest.first == "#" {
      alternate = true
      rest.removeFirst()
    }
    if rest.first == "0", !isFilled {
      fill = "0"
      if align == nil, !isText { align = "=" }
      rest.removeFirst()
    }
    func number() throws -> Int? {
      var n: Int?
      while let c = rest.first, ("0"..."9").contains(c) {
        let (m, over) = (n ?? 0).multipliedReportingOverflow(by: 10)
        guard !over, m <= 1 << 40 else { throw Raise.value("Too many decimal digits in format string") }
        n = m + Int(c.value - 48)
        rest.removeFirst()
      }
      return n
    }
    width = try number() ?? 0
    if rest.first == "," {
      grouping = ","
      rest.removeFirst()
    }
    if rest.first == "_" {
      if grouping != nil { throw Raise.value("Cannot specify both ',' and '_'.") }
      grouping = "_"
      rest.removeFirst()
    }
    if rest.first == ",", grouping == "_" { throw Raise.value("Cannot specify both ',' and '_'.") }
    if rest.first == "." {
      rest.removeFirst()
      guard let p = try number() else { throw Raise.value("Format specifier missing precision") }
      precision = p
    }
    if rest.count > 1 { throw Raise.value("Invalid format specifier '\(text)' for object of type '\(type)'") }
    self.type = rest.first.map { Character($0) }
    if let grouping, let t = rest.first {
      let isFine =
        "defgEG%F".unicodeScalars.contains(t) || ("boxX".unicodeScalars.contains(t) && grouping == "_")
      if !isFine {
        let shown = (33..<128).contains(t.value) ? String(t) : "\\x" + String(t.value, radix: 16)
        throw Raise.value("Cannot specify '\(grouping)' with '\(shown)'.")
      }
    }
    // What would not fit is refused before it is made.
    if width > 1 << 27 || (precision ?? 0) > 1 << 27 { throw Raise.named("MemoryError", "") }
  }

  func apply(_ value: Value, _ i: Interpreter) throws -> String {
    switch value {
    case .object(let o):
      if let s = o as? StringObject { return try string(s.value) }
      if o is BigIntObject {
        if let t = type, "eEfFgG%".contains(t) {
          let d = try i.floating(value) ?? 0
          if d.isInfinite { throw Raise.named("OverflowError", "int too large to convert to float") }
          return try float(d, of: "int")
        }
        return try integer(digits: try o.repr(i), i: i, value: value)
      }
      return try string(try i.str(value))
    case .bool(let b): return try apply(.int(b ? 1 : 0), i)
    case .int(let n):
      if let t = type, "eEfFgG%".contains(t) { return try float(Double(n), of: "int") }
      return try integer(digits: "\(n)", i: i, value: value)
    case .float(let d): return try float(d, of: "float")
    case .none, .unassigned: return try string("None")
    }
  }

  private func unknown(_ t: Character, _ type: String) -> Raise {
    let c = t.unicodeScalars.first?.value ?? 0
    let shown = (33..<128).contains(c) ? String(t) : "\\x" + String(c, radix: 16)
    return .value("Unknown format code '\(shown)' for object of type '\(type)'")
  }

  private func string(_ text: String) throws -> String {
    if let t = type, t != "s" { throw unknown(t, owner == "int" ? "str" : owner) }
    if hasSign {
      throw Raise.value("\(sign == " " ? "Space" : "Sign") not allowed in string format specifier")
    }
    if coercesZero { throw Raise.value("Negative zero coercion (z) not allowed in string format specifier") }
    if alternate { throw Raise.value("Alternate form (#) not allowed in string format specifier") }
    if align == "=" { throw Raise.value("'=' alignment not allowed in string format specifier") }
    if let grouping { throw Raise.value("Cannot specify '\(grouping)' with 's'.") }
    let shown = precision.map { String(String.UnicodeScalarView(text.unicodeScalars.prefix($0))) } ?? text
    return pad("", shown, default: "<", isString: true)
  }

  private func integer(digits: String, i: Interpreter, value: Value) throws -> String {
    let isNegative = digits.hasPrefix("-")
    var body = isNegative ? String(digits.dropFirst()) : digits
    var prefix = isNegative ? "-" : sign == "-" ? "" : String(sign)
    if let t = type, !"dnxXobc".contains(t) { throw unknown(t, owner) }
    if precision != nil { throw Raise.value("Precision not allowed in integer format specifier") }
    if coercesZero {
      throw Raise.value("Negative zero coercion (z) not allowed in integer format specifier")
    }
    switch type {
    case "x", "X", "o", "b":
      guard let big = Integers.big(value) else { break }
      let radix = type == "b" ? 2 : type == "o" ? 8 : 16
      body = String(big.magnitude, radix: radix, uppercase: type == "X")
      if alternate, let type { prefix += "0\(type)" }
    case "c":
      if hasSign { throw Raise.value("Sign not allowed with integer format specifier 'c'") }
      if alternate { throw Raise.value("Alternate form (#) not allowed with integer format specifier 'c'") }
      guard let n = try i.index(value), let scalar = UInt32(exactly: n).flatMap(Unicode.Scalar.init) else {
        throw Raise.named("OverflowError", "%c arg not in range(0x110000)")
      }
      return pad("", String(scalar), default: ">", isString: false)
    default: break
    }
    return pad(prefix, grouped(body, "", after: prefix), default: ">", isString: false)
  }

  private func float(_ value: Double, of owner: String) throws -> String {
    let magnitude = value.magnitude
    var body: String
    let isUpper = type == "E" || type == "F" || type == "G"
    let digits = min(precision ?? 6, 1 << 20)
    let flag = alternate ? "#" : ""
    if value.isNaN || value.isInfinite {
      if let t = type, !"eEfFgG%n".contains(t) { throw unknown(t, owner) }
      body = value.isNaN ? "nan" : "inf"
      if type == "%" { body += "%" }
    } else {
      switch type {
      case "f", "F": body = Numbers.printf("%\(flag).*f", digits, magnitude)
      case "e", "E": body = Numbers.printf("%\(flag).*e", digits, magnitude)
      case "g", "G", "n": body = Numbers.printf("%\(flag).*g", digits, magnitude)
      case "%": body = Numbers.printf("%\(flag).*f", digits, magnitude * 100) + "%"
      case nil:
        if precision != nil {
          body = Numbers.general(magnitude, max(digits, 1))
        } else {
          body = Numbers.repr(magnitude)
        }
      case let t?: throw unknown(t, owner)
      }
    }
    if isUpper { body = body.uppercased() }
    var isNegative = value.sign == .minus && !value.isNaN
    if coercesZero, isNegative, !body.contains(where: { ("1"..."9").contains($0) || $0 == "i" }) {
      isNegative = false
    }
    let prefix = isNegative ? "-" : sign == "-" ? "" : String(sign)
    let end = body.firstIndex { !$0.isNumber } ?? body.endIndex
    let whole = String(body[..<end])
    if !whole.isEmpty { body = grouped(whole, String(body[end...]), after: prefix) }
    return pad(prefix, body, default: ">", isString: false)
  }

  /// The digits in groups, and what follows them. Zeros that fill are grouped as well.
  private func grouped(_ digits: String, _ tail: String, after prefix: String) -> String {
    guard let grouping else { return digits + tail }
    let every = type == "x" || type == "b" || type == "o" || type == "X" ? 4 : 3
    var all = Array(digits.utf8)
    if fill == "0", align == "=" {
      let room = width - prefix.utf8.count - tail.utf8.count
      // So many digits that, with what divides them, they fill the room.
      var needed = max(1, room - room / every - 1)
      while needed + (needed - 1) / every < room { needed += 1 }
      if needed > all.count { all = [UInt8](repeating: 48, count: needed - all.count) + all }
    }
    var out: [UInt8] = []
    let mark = grouping.utf8.first ?? 44
    for (k, c) in all.enumerated() {
      if k > 0, (all.count - k) % every == 0 { out.append(mark) }
      out.append(c)
    }
    return String(decoding: out, as: UTF8.self) + tail
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
