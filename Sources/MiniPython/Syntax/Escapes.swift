/// Decodes the escapes of a string literal.
func unescape(_ text: String, _ span: Span) throws -> String {
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
    case "x", "u", "U":
      let count = e == "x" ? 2 : e == "u" ? 4 : 8
      guard let value = number(count, 16), let scalar = Unicode.Scalar(value) else {
        let form = e == "x" ? "\\xXX" : e == "u" ? "\\uXXXX" : "\\UXXXXXXXX"
        throw SyntaxProblem(
          "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-1: truncated \(form) escape",
          span)
      }
      i += count
      out.append(scalar)
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
