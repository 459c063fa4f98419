/// A key that was pressed.
public enum Key: Sendable, Equatable {
  case character(Character)
  case left, right, up, down, home, end, pageUp, pageDown
  case enter, escape, backspace
  /// Control-C.
  case interrupt
  /// Control-Z.
  case suspend
  /// Control-L.
  case redraw
  /// Control-D, or the input is over.
  case endOfInput
  case unknown
}

/// Turns the bytes a terminal sends into keys. Sequences may arrive in pieces.
public struct KeyDecoder: Sendable {
  private var pending: [UInt8] = []

  public init() {}

  /// The keys that are complete.
  public mutating func decode(_ bytes: some Sequence<UInt8>) -> [Key] {
    pending += bytes
    var keys: [Key] = []
    while let (key, count) = Self.first(pending[...]) {
      keys.append(key)
      pending.removeFirst(min(count, pending.count))
    }
    return keys
  }

  /// No more bytes came for a while: a lone escape is the key itself.
  public mutating func flush() -> [Key] {
    if pending.isEmpty { return [] }
    let key: Key = pending == [27] ? .escape : .unknown
    pending = []
    return [key]
  }

  /// The first key and its length, or `nil` where more bytes are needed.
  private static func first(_ bytes: ArraySlice<UInt8>) -> (Key, Int)? {
    guard let byte = bytes.first else { return nil }
    switch byte {
    case 27: return escape(bytes)
    case 3: return (.interrupt, 1)
    case 4: return (.endOfInput, 1)
    case 8, 127: return (.backspace, 1)
    case 9: return (.right, 1)
    case 10, 13: return (.enter, 1)
    case 12: return (.redraw, 1)
    case 26: return (.suspend, 1)
    case 0..<32: return (.unknown, 1)
    case 32..<127: return (.character(Character(Unicode.Scalar(byte))), 1)
    default: return scalar(bytes)
    }
  }

  private static func scalar(_ bytes: ArraySlice<UInt8>) -> (Key, Int)? {
    let byte = bytes[bytes.startIndex]
    let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
    guard length > 1 else { return (.unknown, 1) }
    guard bytes.count >= length else { return nil }
    guard let text = String(validating: bytes.prefix(length), as: UTF8.self), let first = text.first else {
      return (.unknown, 1)
    }
    return (.character(first), length)
  }

  private static func escape(_ bytes: ArraySlice<UInt8>) -> (Key, Int)? {
    guard bytes.count >= 2 else { return nil }
    let start = bytes.startIndex
    let second = bytes[start + 1]
    if second == UInt8(ascii: "O") {
      guard bytes.count >= 3 else { return nil }
      return (final(bytes[start + 2], number: 0), 3)
    }
    guard second == UInt8(ascii: "[") else { return (.escape, 1) }
    // Modifiers follow the number: `1;5`.
    var number = 0
    var sawModifier = false
    var length = 2
    for byte in bytes.dropFirst(2) {
      length += 1
      if byte == UInt8(ascii: ";") {
        sawModifier = true
      } else if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
        if !sawModifier, number < 1000 { number = number * 10 + Int(byte - UInt8(ascii: "0")) }
      } else if byte >= 0x40, byte < 0x7F {
        return (final(byte, number: number), length)
      } else if byte < 0x20 || length > 32 {
        return (.unknown, length)
      }
    }
    return nil
  }

  private static func final(_ byte: UInt8, number: Int) -> Key {
    switch byte {
    case UInt8(ascii: "A"): return .up
    case UInt8(ascii: "B"): return .down
    case UInt8(ascii: "C"): return .right
    case UInt8(ascii: "D"): return .left
    case UInt8(ascii: "H"): return .home
    case UInt8(ascii: "F"): return .end
    case UInt8(ascii: "M"): return .enter
    case UInt8(ascii: "~"):
      switch number {
      case 1, 7: return .home
      case 4, 8: return .end
      case 5: return .pageUp
      case 6: return .pageDown
      default: return .unknown
      }
    default: return .unknown
    }
  }
}
