/// `bytes`.
public final class BytesObject: Object {
  public let bytes: [UInt8]
  public init(_ bytes: [UInt8]) { self.bytes = bytes }
  public override var typeObject: ClassObject { Types.bytes }
  public override func length(_ i: Interpreter) throws -> Int? { bytes.count }
  public override func repr(_ i: Interpreter) throws -> String {
    let quote: UInt8 = bytes.contains(39) && !bytes.contains(34) ? 34 : 39
    var out = "b\(Character(Unicode.Scalar(quote)))"
    for b in bytes {
      switch b {
      case 10: out += "\\n"
      case 9: out += "\\t"
      case 13: out += "\\r"
      case 92: out += "\\\\"
      case quote: out += "\\\(Character(Unicode.Scalar(b)))"
      case 32..<127: out.unicodeScalars.append(Unicode.Scalar(b))
      default: out += "\\x" + (b < 16 ? "0" : "") + String(b, radix: 16)
      }
    }
    return out + String(Character(Unicode.Scalar(quote)))
  }
  public override func binary(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    if op == "+" {
      guard let b = other.object as? BytesObject else {
        throw Raise.type("can't concat \(i.typeName(other)) to bytes")
      }
      guard bytes.count + b.bytes.count <= i.limits.elements else { throw Raise.named("MemoryError", "") }
      return .object(BytesObject(bytes + b.bytes))
    }
    if op == "*", let n = try i.index(other) {
      let (total, overflow) = bytes.count.multipliedReportingOverflow(by: max(0, n))
      guard !overflow, total <= i.limits.elements else { throw Raise.named("MemoryError", "") }
      return .object(BytesObject(Array([[UInt8]](repeating: bytes, count: max(0, n)).joined())))
    }
    return nil
  }
  public override func compare(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    guard let b = other.object as? BytesObject else { return nil }
    switch op {
    case "==": return .bool(bytes == b.bytes)
    case "!=": return .bool(bytes != b.bytes)
    case "<": return .bool(bytes.lexicographicallyPrecedes(b.bytes))
    case ">": return .bool(b.bytes.lexicographicallyPrecedes(bytes))
    case "<=": return .bool(!b.bytes.lexicographicallyPrecedes(bytes))
    default: return .bool(!bytes.lexicographicallyPrecedes(b.bytes))
    }
  }

  /// Where `part` first lies.
  func find(_ part: [UInt8], from start: Int, to end: Int) -> Int? {
    guard start + part.count <= end else { return nil }
    return (start...(end - part.count)).first { bytes[$0..<$0 + part.count].elementsEqual(part) }
  }

  static func of(_ v: Value?, _ i: Interpreter) throws -> [UInt8] {
    guard let b = v?.object as? BytesObject else {
      throw Raise.type("a bytes-like object is required, not '\(v.map { i.typeName($0) } ?? "NoneType")'")
    }
    return b.bytes
  }

  /// `bytes(…)`.
  static func construct(_ a: Arguments, _ i: Interpreter) throws -> Value {
    let p = try a.bind("bytes", "source?", "encoding?", "errors?")
    guard let v = p[0] else { return .object(BytesObject([])) }
    if let s = v.object as? StringObject {
      guard p[1] != nil else { throw Raise.type("string argument without an encoding") }
      return .object(BytesObject(Array(s.value.utf8)))
    }
    if let b = v.object as? BytesObject { return .object(b) }
    if let n = try i.index(v) {
      guard n >= 0 else { throw Raise.value("negative count") }
      guard n <= i.limits.elements else { throw Raise.named("MemoryError", "") }
      return .object(BytesObject([UInt8](repeating: 0, count: n)))
    }
    return .object(
      BytesObject(
        try i.array(v).map {
          guard let k = try i.index($0) else {
            throw Raise.type("'\(i.typeName($0))' object cannot be interpreted as an integer")
          }
          guard let b = UInt8(exactly: k) else { throw Raise.value("bytes must be in range(0, 256)") }
          return b
        }))
  }

  static func install(_ c: ClassObject) {
    func me(_ v: Value) throws -> BytesObject {
      guard let b = v.object as? BytesObject else { throw Raise.type("descriptor requires a 'bytes' object") }
      return b
    }
    c.method("decode") { v, a, i in
      let p = try a.bind("decode", "encoding?", "errors?")
      let bytes = try me(v).bytes
      let ignores = (p[1]?.object as? StringObject).map { $0.value != "strict" } ?? false
      let isASCII = (p[0]?.object as? StringObject)?.value.lowercased() == "ascii"
      if let text = String(validating: bytes, as: UTF8.self), !isASCII || bytes.allSatisfy({ $0 < 128 }) {
        return .string(text)
      }
      if ignores { return .string(String(decoding: bytes, as: UTF8.self)) }
      let at =
        bytes.indices.first { String(validating: bytes[...$0], as: UTF8.self) == nil && bytes[$0] >= 128 }
        ?? 0
      throw Raise.named(
        "UnicodeDecodeError",
        "'\(isASCII ? "ascii" : "utf-8")' codec can't decode byte 0x\(String(bytes[at], radix: 16)) in position \(at): "
          + (isASCII ? "ordinal not in range(128)" : "invalid start byte"))
    }
    c.method("hex") { v, _, _ in
      .string(try me(v).bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    }
    for (name, isEnd) in [("startswith", false), ("endswith", true)] {
      c.method(name) { v, a, i in
        let (b, p) = (try me(v).bytes, try of(try a.positionalOnly(name, 1...1)[0], i))
        return .bool(isEnd ? b.suffix(p.count).elementsEqual(p) : b.prefix(p.count).elementsEqual(p))
      }
    }
    c.method("find") { v, a, i in
      let b = try me(v)
      return .int(b.find(try of(try a.positionalOnly("find", 1...1)[0], i), from: 0, to: b.bytes.count) ?? -1)
    }
    c.method("count") { v, a, i in
      let b = try me(v)
      let part = try of(try a.positionalOnly("count", 1...1)[0], i)
      if part.isEmpty { return .int(b.bytes.count + 1) }
      var (n, at) = (0, 0)
      while let k = b.find(part, from: at, to: b.bytes.count) {
        n += 1
        at = k + part.count
      }
      return .int(n)
    }
    c.method("split") { v, a, i in
      let by = try a.positionalOnly("split", 0...1).first.map { try of($0, i) }
      let b = try me(v)
      guard let by, !by.isEmpty else {
        return .list(
          b.bytes.split { $0 == 32 || (9...13).contains($0) }.map { .object(BytesObject(Array($0))) })
      }
      var (out, at): ([Value], Int) = ([], 0)
      while let k = b.find(by, from: at, to: b.bytes.count) {
        out.append(.object(BytesObject(Array(b.bytes[at..<k]))))
        at = k + by.count
      }
      return .list(out + [.object(BytesObject(Array(b.bytes[at...])))])
    }
    c.method("join") { v, a, i in
      let parts = try i.array(try a.positionalOnly("join", 1...1)[0]).map { try of($0, i) }
      return .object(BytesObject(Array(parts.joined(separator: try me(v).bytes))))
    }
    c.method("upper") { v, _, _ in
      .object(BytesObject(try me(v).bytes.map { (97...122).contains($0) ? $0 - 32 : $0 }))
    }
    c.method("lower") { v, _, _ in
      .object(BytesObject(try me(v).bytes.map { (65...90).contains($0) ? $0 + 32 : $0 }))
    }
    c.method("strip") { v, _, _ in
      func isSpace(_ b: UInt8) -> Bool { b == 32 || (9...13).contains(b) }
      let rest = try me(v).bytes.drop(while: isSpace)
      return .object(BytesObject(Array(Array(rest.reversed()).drop(while: isSpace).reversed())))
    }
    c.method("replace") { v, a, i in
      let p = try a.positionalOnly("replace", 2...2).map { try of($0, i) }
      let b = try me(v)
      guard !p[0].isEmpty else { return v }
      var (out, at): ([UInt8], Int) = ([], 0)
      while let k = b.find(p[0], from: at, to: b.bytes.count) {
        out += b.bytes[at..<k] + p[1]
        at = k + p[0].count
      }
      return .object(BytesObject(out + b.bytes[at...]))
    }
  }
}
