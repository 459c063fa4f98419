/// Text to bytes and back.
enum Encodings {
  enum Codec: Equatable {
    case utf8, ascii, latin1
    /// Two or four bytes a unit; `order` as it is named, `nil` where a mark says it.
    case wide(size: Int, isBig: Bool?)
    /// With a mark in front.
    case marked
    var name: String {
      switch self {
      case .utf8: "utf-8"
      case .ascii: "ascii"
      case .latin1: "latin-1"
      case .wide(let size, let isBig):
        "utf-\(size * 8)" + (isBig.map { $0 ? "-be" : "-le" } ?? "")
      case .marked: "utf-8"
      }
    }
  }

  static func codec(_ v: Value?, _ function: String, _ i: Interpreter) throws -> Codec {
    guard let v else { return .utf8 }
    guard let s = v.object as? StringObject else {
      throw Raise.type("\(function)() argument 'encoding' must be str, not \(i.typeName(v))")
    }
    switch s.value.lowercased().replacingAll("_", with: "-") {
    case "utf-8", "utf8", "u8", "cp65001": return .utf8
    case "ascii", "us-ascii", "646": return .ascii
    case "latin-1", "latin1", "iso-8859-1", "iso8859-1", "l1", "8859", "cp819": return .latin1
    case "utf-8-sig": return .marked
    case "utf-16", "utf16", "u16": return .wide(size: 2, isBig: nil)
    case "utf-16-le", "utf-16le": return .wide(size: 2, isBig: false)
    case "utf-16-be", "utf-16be": return .wide(size: 2, isBig: true)
    case "utf-32", "utf32", "u32": return .wide(size: 4, isBig: nil)
    case "utf-32-le", "utf-32le": return .wide(size: 4, isBig: false)
    case "utf-32-be", "utf-32be": return .wide(size: 4, isBig: true)
    default: throw Raise.named("LookupError", "unknown encoding: \(s.value)")
    }
  }

  private static func units(_ text: [Unicode.Scalar], _ size: Int, _ isBig: Bool?) -> [UInt8] {
    let mark: [UInt32] = isBig == nil ? [0xFEFF] : []
    let units =
      size == 4
      ? text.map(\.value) : String(String.UnicodeScalarView(text)).utf16.map { UInt32($0) }
    return (mark + units).flatMap { unit in
      (0..<size).map { k in UInt8(truncatingIfNeeded: unit >> UInt32(8 * (isBig == true ? size - 1 - k : k)))
      }
    }
  }

  private static func text(_ bytes: [UInt8], _ size: Int, _ isBig: Bool?, _ codec: Codec) throws -> String {
    func fail(_ from: Int, _ to: Int, _ why: String) -> Raise {
      Raise(
        Exceptions.make(
          Exceptions.type("UnicodeDecodeError"),
          [.string(codec.name), .object(BytesObject(bytes)), .int(from), .int(to), .string(why)]))
    }
    guard bytes.count % size == 0 else {
      throw fail(bytes.count - bytes.count % size, bytes.count, "truncated data")
    }
    func units(_ big: Bool) -> [UInt32] {
      stride(from: 0, to: bytes.count, by: size).map { at in
        (0..<size).reduce(0) { $0 << 8 | UInt32(bytes[at + (big ? $1 : size - 1 - $1)]) }
      }
    }
    var found = units(isBig ?? false)
    if isBig == nil {
      if found.first == 0xFEFF {
        found.removeFirst()
      } else if let first = units(true).first, first == 0xFEFF {
        found = Array(units(true).dropFirst())
      }
    }
    if size == 4 {
      var out = String.UnicodeScalarView()
      for (k, unit) in found.enumerated() {
        guard let c = Unicode.Scalar(unit) else {
          throw fail(4 * k, 4 * k + 4, "code point not in range(0x110000)")
        }
        out.append(c)
      }
      return String(out)
    }
    return String(decoding: found.map { UInt16(truncatingIfNeeded: $0) }, as: UTF16.self)
  }

  static func encode(
    _ text: [Unicode.Scalar], _ encoding: Value?, _ errors: Value?, _ i: Interpreter
  ) throws -> [UInt8] {
    let codec = try codec(encoding, "encode", i)
    var out: [UInt8] = []
    if case .wide(let size, let isBig) = codec { return units(text, size, isBig) }
    if codec == .utf8 || codec == .marked {
      if codec == .marked { out = [0xEF, 0xBB, 0xBF] }
      for c in text { out += Array(String(c).utf8) }
      return out
    }
    let most: UInt32 = codec == .ascii ? 127 : 255
    let handling = (errors?.object as? StringObject)?.value ?? "strict"
    for (k, c) in text.enumerated() {
      if c.value <= most {
        out.append(UInt8(truncatingIfNeeded: c.value))
        continue
      }
      switch handling {
      case "ignore": break
      case "replace": out.append(63)
      case "backslashreplace": out += Array(c.escaped.utf8)
      case "xmlcharrefreplace": out += Array("&#\(c.value);".utf8)
      case "strict":
        let end = text[k...].firstIndex { $0.value <= most } ?? text.count
        throw Raise(
          Exceptions.make(
            Exceptions.type("UnicodeEncodeError"),
            [
              .string(codec.name), .string(String(String.UnicodeScalarView(text))), .int(k), .int(end),
              .string("ordinal not in range(\(most + 1))"),
            ]))
      default: throw Raise.named("LookupError", "unknown error handler name '\(handling)'")
      }
    }
    return out
  }

  static func decode(
    _ bytes: [UInt8], _ encoding: Value?, _ errors: Value?, _ i: Interpreter
  ) throws -> String {
    let codec = try codec(encoding, "decode", i)
    let handling = (errors?.object as? StringObject)?.value ?? "strict"
    var out = String.UnicodeScalarView()
    func fail(_ from: Int, _ to: Int, _ why: String) throws {
      switch handling {
      case "ignore": break
      case "replace": out.append("\u{FFFD}")
      case "backslashreplace":
        for b in bytes[from..<to] { out.append(contentsOf: Unicode.Scalar(b).escaped.unicodeScalars) }
      case "strict":
        throw Raise(
          Exceptions.make(
            Exceptions.type("UnicodeDecodeError"),
            [
              .string(codec.name), .object(BytesObject(bytes)), .int(from), .int(max(to, from + 1)),
              .string(why),
            ]))
      default: throw Raise.named("LookupError", "unknown error handler name '\(handling)'")
      }
    }
    if case .wide(let size, let isBig) = codec { return try self.text(bytes, size, isBig, codec) }
    var at = codec == .marked && bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while at < bytes.count {
      let b = bytes[at]
      if b < 128 || codec == .latin1 {
        out.append(Unicode.Scalar(b))
        at += 1
      } else if codec == .ascii {
        try fail(at, at + 1, "ordinal not in range(128)")
        at += 1
      } else {
        // A lead byte fixes how many follow, and the range of the first of them.
        let (more, least, most): (Int, UInt8, UInt8) =
          switch b {
          case 0xC2...0xDF: (1, 0x80, 0xBF)
          case 0xE0: (2, 0xA0, 0xBF)
          case 0xED: (2, 0x80, 0x9F)
          case 0xE1...0xEF: (2, 0x80, 0xBF)
          case 0xF0: (3, 0x90, 0xBF)
          case 0xF1...0xF3: (3, 0x80, 0xBF)
          case 0xF4: (3, 0x80, 0x8F)
          default: (0, 0, 0)
          }
        var good = 0
        while good < more, at + 1 + good < bytes.count,
          ((good == 0 ? least : 0x80)...(good == 0 ? most : 0xBF)).contains(bytes[at + 1 + good])
        { good += 1 }
        if more > 0, good == more {
          out.append(contentsOf: String(decoding: bytes[at...(at + more)], as: UTF8.self).unicodeScalars)
          at += more + 1
        } else {
          let isCut = more > 0 && at + 1 + good >= bytes.count
          try fail(
            at, at + 1 + good,
            more == 0 ? "invalid start byte" : isCut ? "unexpected end of data" : "invalid continuation byte")
          at += 1 + good
        }
      }
    }
    return String(out)
  }
}

extension String {
  func replacingAll(_ part: Character, with other: Character) -> String {
    String(map { $0 == part ? other : $0 })
  }
}
