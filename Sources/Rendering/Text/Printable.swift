/// The string as one line that Pango, SVG, XML and PNG take: control characters, line separators and
/// noncharacters become `�`, tabs and newlines spaces; cut after `limit` characters.
func printable(_ string: String, limit: Int = .max) -> String {
  var out = String.UnicodeScalarView()
  var count = 0
  for scalar in string.unicodeScalars {
    if count == limit {
      out.append("…")
      break
    }
    count += 1
    switch scalar.value {
    case 0x09, 0x0A, 0x0D: out.append(" ")
    case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0xFFFE, 0xFFFF: out.append("\u{FFFD}")
    case let value where value & 0xFFFE == 0xFFFE: out.append("\u{FFFD}")
    default: out.append(scalar)
    }
  }
  return String(out)
}

/// Text for XML content and attributes in double quotes.
func xmlEscaped(_ string: String) -> String {
  var out = ""
  for scalar in printable(string).unicodeScalars {
    switch scalar {
    case "&": out += "&amp;"
    case "<": out += "&lt;"
    case ">": out += "&gt;"
    case "\"": out += "&quot;"
    default: out.unicodeScalars.append(scalar)
    }
  }
  return out
}
