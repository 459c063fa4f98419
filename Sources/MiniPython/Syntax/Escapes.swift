/// Decodes the escapes of a string literal.
func unescape(_ text: String, _ span: Span, isBytes: Bool = false) throws -> String {
  guard text.utf8.contains(92) else { return text }
  var out = String.UnicodeScalarView()
  let scalars = Array(text.unicodeScalars)
  var i = 0
  func number(_ count: Int, _ radix: Int) -> UInt32? {
    guard i + count <= scalars.count else { return nil }
    var digits = String.UnicodeScalarView()
    digits.append(contentsOf: scalars[i..<i + count])
    return UInt32(String(digits), radix: radix)
  }
  /// Positions are those of the decoder's input, where what is not ASCII stands as `\UXXXXXXXX`.
  func broken(from first: Int, through last: Int, _ what: String) -> SyntaxProblem {
    func place(_ k: Int) -> Int { scalars[..<k].reduce(0) { $0 + ($1.isASCII ? 1 : 10) } }
    return SyntaxProblem(
      "(unicode error) 'unicodeescape' codec can't decode bytes in position \(place(first))-\(place(last)): \(what)",
      span)
  }
  while i < scalars.count {
    let c = scalars[i]
    i += 1
    guard c == "\\", i < scalars.count else {
      out.append(c)
      continue
    }
    let e = scalars[i]
    i += 1
    switch e {
    case "n": out.append("\n")
    case "t": out.append("\t")
    case "r": out.append("\r")
    case "\\", "'", "\"": out.append(e)
    case "\n": break
    case "a": out.append("\u{7}")
    case "b": out.append("\u{8}")
    case "f": out.append("\u{C}")
    case "v": out.append("\u{B}")
    case "u" where isBytes, "U" where isBytes, "N" where isBytes:
      out.append("\\")
      out.append(e)
    case "x", "u", "U":
      let count = e == "x" ? 2 : e == "u" ? 4 : 8
      let digits = scalars[i...].prefix(count).prefix { $0.properties.isASCIIHexDigit }.count
      guard digits == count, let value = number(count, 16) else {
        if isBytes { throw SyntaxProblem("(value error) invalid \\x escape at position \(i - 2)", span) }
        let form = e == "x" ? "\\xXX" : e == "u" ? "\\uXXXX" : "\\UXXXXXXXX"
        throw broken(from: i - 2, through: i + digits - 1, "truncated \(form) escape")
      }
      guard value <= 0x10FFFF else {
        throw broken(from: i - 2, through: i + digits - 1, "illegal Unicode character")
      }
      i += count
      // Half of a pair of surrogates is no character here.
      out.append(Unicode.Scalar(value) ?? "\u{FFFD}")
    case "N":
      guard i < scalars.count, scalars[i] == "{", let close = scalars[i...].firstIndex(of: "}"), close > i + 1
      else { throw broken(from: i - 2, through: i - 1, "malformed \\N character escape") }
      var name = String.UnicodeScalarView()
      name.append(contentsOf: scalars[i + 1..<close])
      guard let scalar = CharacterNames.scalar(String(name)) else {
        throw broken(from: i - 2, through: close, "unknown Unicode character name")
      }
      out.append(scalar)
      i = close + 1
    case "0"..."7":
      var value = e.value - 48
      var n = 1
      while n < 3, i < scalars.count, scalars[i].value >= 48, scalars[i].value < 56 {
        value = value * 8 + scalars[i].value - 48
        i += 1
        n += 1
      }
      out.append(Unicode.Scalar(value) ?? "\u{FFFD}")
    default:
      out.append("\\")
      out.append(e)
    }
  }
  return String(out)
}

/// `\N{GREEK SMALL LETTER ALPHA}`.
enum CharacterNames {
  static func scalar(_ name: String) -> Unicode.Scalar? {
    let wanted = name.uppercased()
    for value in UInt32(0x20)...0x1FBFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      if scalar.properties.name == wanted || scalar.properties.nameAlias == wanted { return scalar }
    }
    return nil
  }
}
