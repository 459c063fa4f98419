/// `bytes`, and `bytearray`, which can change.
public final class BytesObject: Object {
  public internal(set) var bytes: [UInt8]
  /// A `bytearray`.
  let isMutable: Bool
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
    isMutable = false
  }
  init(_ bytes: [UInt8], isMutable: Bool) {
    self.bytes = bytes
    self.isMutable = isMutable
  }
  public override var typeObject: ClassObject { isMutable ? Types.bytearray : Types.bytes }
  public override func length(_ i: Interpreter) throws -> Int? { bytes.count }

  /// Bytes of the same kind.
  func like(_ bytes: [UInt8]) -> Value { .object(BytesObject(bytes, isMutable: isMutable)) }

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
    out += String(Character(Unicode.Scalar(quote)))
    return isMutable ? "bytearray(\(out))" : out
  }

  public override func binary(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    if op == "+" {
      guard let b = other.object as? BytesObject else {
        throw Raise.type("can't concat \(i.typeName(other)) to \(typeName)")
      }
      try i.checkSize(bytes.count, b.bytes.count)
      return like(bytes + b.bytes)
    }
    if op == "*" {
      guard let n = try i.index(other) else {
        throw Raise.type("can't multiply sequence by non-int of type '\(i.typeName(other))'")
      }
      return try repeated(n, i)
    }
    if op == "%" {
      let text = try i.percentFormat(
        String(String.UnicodeScalarView(bytes.map(Unicode.Scalar.init))), other, isBytes: true)
      return like(text.unicodeScalars.flatMap { $0.value < 256 ? [UInt8($0.value)] : Array(String($0).utf8) })
    }
    return nil
  }
  public override func reflected(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    guard op == "*", let n = try i.index(other) else { return nil }
    return try repeated(n, i)
  }
  private func repeated(_ n: Int, _ i: Interpreter) throws -> Value {
    let (total, overflow) = bytes.count.multipliedReportingOverflow(by: max(0, n))
    guard !overflow, total <= i.limits.elements else { throw Raise.named("MemoryError", "") }
    return like(Array([[UInt8]](repeating: bytes, count: max(0, n)).joined()))
  }
  public override func inPlace(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    guard isMutable, op == "+" else { return nil }
    let more = try BytesObject.of(other, i)
    try i.checkSize(bytes.count, more.count)
    bytes += more
    return .object(self)
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

  private static func byte(_ v: Value, _ i: Interpreter, _ what: String) throws -> UInt8 {
    guard let b = UInt8(exactly: try StringMethods.integer(v, i)) else {
      throw Raise.value("\(what) must be in range(0, 256)")
    }
    return b
  }

  public override func setItem(_ key: Value, _ value: Value, _ i: Interpreter) throws {
    guard isMutable else { throw Raise.type("'bytes' object does not support item assignment") }
    if let slice = key.object as? SliceObject {
      let (start, count, step) = try slice.resolve(bytes.count, i)
      let new = try BytesObject.of(value, i)
      if step == 1 { return bytes.replaceSubrange(start..<start + count, with: new) }
      guard new.count == count else {
        throw Raise.value("attempt to assign bytes of size \(new.count) to extended slice of size \(count)")
      }
      for k in 0..<count { bytes[start + k * step] = new[k] }
      return
    }
    guard let k = try i.index(key) else {
      throw Raise.type("bytearray indices must be integers or slices, not \(i.typeName(key))")
    }
    let at = k < 0 ? k &+ bytes.count : k
    guard bytes.indices.contains(at) else { throw Raise.index("bytearray index out of range") }
    bytes[at] = try BytesObject.byte(value, i, "byte")
  }

  static func of(_ v: Value?, _ i: Interpreter) throws -> [UInt8] {
    guard let b = v?.object as? BytesObject else {
      throw Raise.type("a bytes-like object is required, not '\(v.map { i.typeName($0) } ?? "NoneType")'")
    }
    return b.bytes
  }

  /// `bytes(…)` and `bytearray(…)`.
  static func construct(_ a: Arguments, _ i: Interpreter, isMutable: Bool = false) throws -> Value {
    let name = isMutable ? "bytearray" : "bytes"
    func made(_ bytes: [UInt8]) -> Value { .object(BytesObject(bytes, isMutable: isMutable)) }
    let p = try a.bind(name, "source?", "encoding?", "errors?")
    guard let v = p[0] else { return made([]) }
    if let s = v.object as? StringObject {
      guard p[1] != nil else { throw Raise.type("string argument without an encoding") }
      return made(try Encodings.encode(s.scalars, p[1], p[2], i))
    }
    if let b = v.object as? BytesObject { return isMutable || b.isMutable ? made(b.bytes) : .object(b) }
    if v.object?.answersDunders == true, let made = try i.callMethod(v, "__bytes__") {
      guard made.object is BytesObject else {
        throw Raise.type("__bytes__ returned non-bytes (type \(i.typeName(made)))")
      }
      return made
    }
    if let n = try i.index(v) {
      guard n >= 0 else { throw Raise.value("negative count") }
      guard n <= i.limits.elements else { throw Raise.named("MemoryError", "") }
      return made([UInt8](repeating: 0, count: n))
    }
    let items: [Value]
    do { items = try i.array(v) } catch let raise as Raise {
      if raise.exception.exception?.text.hasSuffix("is not iterable") == true {
        throw Raise.type("cannot convert '\(i.typeName(v))' object to \(name)")
      }
      throw raise
    }
    return made(try items.map { try byte($0, i, isMutable ? "byte" : "bytes") })
  }
}
