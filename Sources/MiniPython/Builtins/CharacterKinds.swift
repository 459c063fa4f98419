/// What CPython knows of a code point: its kind and its other cases.
extension Unicode.Scalar {
  var isPythonSpace: Bool { (0x1C...0x1F).contains(value) || properties.isWhitespace }
  var isPythonAlpha: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }
  var isPythonDecimal: Bool { properties.numericType == .decimal }
  var isPythonDigit: Bool { properties.numericType == .decimal || properties.numericType == .digit }
  var isPythonNumeric: Bool { properties.numericType != nil }
  var isPythonUpper: Bool { properties.isUppercase }
  var isPythonLower: Bool { properties.isLowercase }
  var isPythonTitle: Bool { properties.generalCategory == .titlecaseLetter }
  /// Where words of a title go on.
  var isPythonCased: Bool { isPythonUpper || isPythonLower || isPythonTitle }

  /// What `repr` shows as it is.
  var isPythonPrintable: Bool {
    if value < 127 { return value >= 32 }
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
      .spaceSeparator:
      return false
    default: return true
    }
  }

  /// The end of a line for `splitlines`.
  var isPythonLineEnd: Bool {
    switch value {
    case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }

  /// As an escape of source text.
  var escaped: String {
    let hex = String(value, radix: 16)
    let (letter, width) = value < 256 ? ("x", 2) : value < 65536 ? ("u", 4) : ("U", 8)
    return "\\\(letter)" + String(repeating: "0", count: width - hex.utf8.count) + hex
  }
}

/// The cases of a whole text.
enum Casing {
  static func lower(_ text: [Unicode.Scalar]) -> String {
    var out = ""
    for (k, c) in text.enumerated() {
      if c == "Σ" {
        // A sigma that ends a word has a form of its own.
        let before = text[..<k].last { !$0.properties.isCaseIgnorable }.map(\.properties.isCased) ?? false
        let after =
          text[(k + 1)...].first { !$0.properties.isCaseIgnorable }.map(\.properties.isCased) ?? false
        out += before && !after ? "ς" : "σ"
      } else {
        out += c.properties.lowercaseMapping
      }
    }
    return out
  }

  static func upper(_ text: [Unicode.Scalar]) -> String {
    text.map(\.properties.uppercaseMapping).joined()
  }

  static func fold(_ text: [Unicode.Scalar]) -> String {
    text.map { c in
      switch c.value {
      case 0xDF, 0x1E9E: "ss"
      case 0x3C2: "σ"
      case 0x17F: "s"
      case 0xFB00...0xFB06: c.properties.uppercaseMapping.lowercased()
      default: c.properties.lowercaseMapping
      }
    }.joined()
  }

  static func title(_ text: [Unicode.Scalar]) -> String {
    var wasCased = false
    return text.map { c in
      defer { wasCased = c.isPythonCased }
      return wasCased ? c.properties.lowercaseMapping : c.properties.titlecaseMapping
    }.joined()
  }

  static func swap(_ text: [Unicode.Scalar]) -> String {
    text.map { c in
      c.isPythonUpper
        ? c.properties.lowercaseMapping : c.isPythonLower ? c.properties.uppercaseMapping : String(c)
    }.joined()
  }

  static func isTitle(_ text: [Unicode.Scalar]) -> Bool {
    var (wasCased, found) = (false, false)
    for c in text {
      if c.isPythonUpper || c.isPythonTitle {
        if wasCased { return false }
        (wasCased, found) = (true, true)
      } else if c.isPythonLower {
        if !wasCased { return false }
        found = true
      } else {
        wasCased = false
      }
    }
    return found
  }
}
