/// Reads one JSON value from bytes.
///
/// Errors name the byte; nesting deeper than 64 is refused, so that no input overflows the stack.
struct JSONParser {
  private let bytes: ArraySlice<UInt8>
  private var at: Int
  private var depth = 0

  static func parse(_ bytes: ArraySlice<UInt8>) throws -> JSONValue {
    var parser = JSONParser(bytes)
    let value = try parser.value()
    parser.skipSpace()
    if parser.at < bytes.endIndex { throw parser.expected("the end of the line") }
    return value
  }

  private init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    at = bytes.startIndex
  }

  private var peek: UInt8? { at < bytes.endIndex ? bytes[at] : nil }

  private func expected(_ what: String) -> JSONError {
    at < bytes.endIndex ? .syntax(expected: what, byte: at - bytes.startIndex + 1) : .truncated
  }

  private mutating func skipSpace() {
    while let b = peek, b == 32 || b == 9 || b == 13 || b == 10 { at += 1 }
  }

  private mutating func expect(_ byte: UInt8, _ what: String) throws {
    skipSpace()
    guard peek == byte else { throw expected(what) }
    at += 1
  }

  private mutating func value() throws -> JSONValue {
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case .some(let b) where b == 45 || (b >= 48 && b <= 57): return number()
    default: throw expected("a value")
    }
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws -> JSONValue {
    for i in 0..<text.utf8CodeUnitCount {
      guard peek == text.utf8Start[i] else { throw expected("\(text)") }
      at += 1
    }
    return value
  }

  private mutating func number() -> JSONValue {
    let start = at
    while let b = peek,
      (b >= 48 && b <= 57) || b == 45 || b == 43 || b == 46 || b == UInt8(ascii: "e")
        || b == UInt8(ascii: "E")
    {
      at += 1
    }
    return .number(String(decoding: bytes[start..<at], as: UTF8.self))
  }

  private mutating func nested<T>(_ body: (inout JSONParser) throws -> T) throws -> T {
    depth += 1
    guard depth <= 64 else { throw JSONError.tooDeep }
    defer { depth -= 1 }
    at += 1
    return try body(&self)
  }

  private mutating func array() throws -> JSONValue {
    try nested { parser in
      var items: [JSONValue] = []
      parser.skipSpace()
      if parser.peek == UInt8(ascii: "]") {
        parser.at += 1
        return .array(items)
      }
      while true {
        items.append(try parser.value())
        parser.skipSpace()
        if parser.peek == UInt8(ascii: ",") {
          parser.at += 1
        } else {
          try parser.expect(UInt8(ascii: "]"), "a comma or ]")
          return .array(items)
        }
      }
    }
  }

  private mutating func object() throws -> JSONValue {
    try nested { parser in
      var fields: [(key: String, value: JSONValue)] = []
      parser.skipSpace()
      if parser.peek == UInt8(ascii: "}") {
        parser.at += 1
        return .object(fields)
      }
      while true {
        parser.skipSpace()
        guard parser.peek == UInt8(ascii: "\"") else { throw parser.expected("a key") }
        let key = try parser.string()
        try parser.expect(UInt8(ascii: ":"), "a colon")
        fields.append((key, try parser.value()))
        parser.skipSpace()
        if parser.peek == UInt8(ascii: ",") {
          parser.at += 1
        } else {
          try parser.expect(UInt8(ascii: "}"), "a comma or }")
          return .object(fields)
        }
      }
    }
  }

  private mutating func string() throws -> String {
    at += 1
    let start = at
    while let b = peek, b != 34, b != 92 { at += 1 }
    guard peek != nil else { throw JSONError.truncated }
    if peek == 34 {
      defer { at += 1 }
      return String(decoding: bytes[start..<at], as: UTF8.self)
    }
    var out = Array(bytes[start..<at])
    while let b = peek {
      at += 1
      if b == 34 { return String(decoding: out, as: UTF8.self) }
      guard b == 92 else {
        out.append(b)
        continue
      }
      guard let escape = peek else { throw JSONError.truncated }
      at += 1
      switch escape {
      case UInt8(ascii: "n"): out.append(10)
      case UInt8(ascii: "t"): out.append(9)
      case UInt8(ascii: "r"): out.append(13)
      case UInt8(ascii: "b"): out.append(8)
      case UInt8(ascii: "f"): out.append(12)
      case UInt8(ascii: "u"): out.append(contentsOf: String(try unicodeEscape()).utf8)
      case 34, 92, 47: out.append(escape)
      default:
        at -= 1
        throw expected("an escape")
      }
    }
    throw JSONError.truncated
  }

  private mutating func hex4() throws -> UInt32 {
    guard bytes.endIndex - at >= 4 else { throw JSONError.truncated }
    guard let value = UInt32(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16) else {
      throw expected("four hexadecimal digits")
    }
    at += 4
    return value
  }

  private mutating func unicodeEscape() throws -> Unicode.Scalar {
    var value = try hex4()
    if value >= 0xD800 && value < 0xDC00, bytes.endIndex - at >= 6, bytes[at] == 92,
      bytes[at + 1] == UInt8(ascii: "u")
    {
      at += 2
      let low = try hex4()
      if low >= 0xDC00 && low < 0xE000 { value = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00) }
    }
    return Unicode.Scalar(value) ?? "\u{FFFD}"
  }
}
