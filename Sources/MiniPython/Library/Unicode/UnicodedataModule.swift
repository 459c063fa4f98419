/// `unicodedata`: what is known of each character.
enum UnicodedataModule {
  static func fill(_ m: ModuleObject) {
    m.set("unidata_version", .string("14.0.0"))
    func character(
      _ a: Arguments, _ name: String, _ most: Int, _ i: Interpreter
    ) throws -> (
      Unicode.Scalar, Value?
    ) {
      let p = try a.positionalOnly(name, 1...most)
      guard let text = p[0].object as? StringObject else {
        let place = most > 1 ? "argument 1" : "argument"
        throw Raise.type("\(name)() \(place) must be a unicode character, not \(i.typeName(p[0]))")
      }
      guard let only = text.scalars.first, text.scalars.count == 1 else {
        throw Raise.type("\(name)() argument\(most > 1 ? " 1" : "") must be a unicode character, not str")
      }
      return (only, p.count > 1 ? p[1] : nil)
    }
    m.function("normalize") { a, i in
      let p = try a.positionalOnly("normalize", 2...2)
      for (k, v) in p.enumerated() where !(v.object is StringObject) {
        throw Raise.type("normalize() argument \(k + 1) must be str, not \(i.typeName(v))")
      }
      let text = try StringMethods.argument(p[1], i, "normalize() argument 2 must be str")
      guard let made = NormalForms.normalize(text, try i.str(p[0])) else {
        throw Raise.value("invalid normalization form")
      }
      return .string(made)
    }
    m.function("is_normalized") { a, i in
      let p = try a.positionalOnly("is_normalized", 2...2)
      let text = try StringMethods.argument(p[1], i, "is_normalized() argument 2 must be str")
      guard let made = NormalForms.normalize(text, try i.str(p[0])) else {
        throw Raise.value("invalid normalization form")
      }
      return .bool(made.unicodeScalars.elementsEqual(text))
    }
    m.function("category") { a, i in
      .string(category(try character(a, "category", 1, i).0.properties.generalCategory))
    }
    m.function("combining") { a, i in
      .int(Int(try character(a, "combining", 1, i).0.properties.canonicalCombiningClass.rawValue))
    }
    m.function("decomposition") { a, i in
      let parts = NormalForms.decomposition(try character(a, "decomposition", 1, i).0)
      return .string(parts.map(hexadecimal).joined(separator: " "))
    }
    m.function("mirrored") { a, i in
      .int(try character(a, "mirrored", 1, i).0.properties.isBidiMirrored ? 1 : 0)
    }
    m.function("name") { a, i in
      let (c, standard) = try character(a, "name", 2, i)
      if let name = c.properties.name { return .string(name) }
      if let standard { return standard }
      throw Raise.value("no such name")
    }
    m.function("lookup") { a, i in
      let name = try i.str(try a.positionalOnly("lookup", 1...1)[0])
      guard let found = CharacterNames.scalar(name) else {
        throw Raise.named("KeyError", "undefined character name '\(name)'")
      }
      return .string(String(Character(found)))
    }
    for (name, words) in [
      ("decimal", "not a decimal"), ("digit", "not a digit"), ("numeric", "not a numeric character"),
    ] {
      m.function(name) { a, i in
        let (c, standard) = try character(a, name, 2, i)
        let kind = c.properties.numericType
        let fits = name == "numeric" || kind == .decimal || name == "digit" && kind == .digit
        if fits, kind != nil, let value = c.properties.numericValue {
          return name == "numeric" ? .float(value) : .int(Int(exactly: value) ?? 0)
        }
        if let standard { return standard }
        throw Raise.value(words)
      }
    }
  }

  private static func hexadecimal(_ n: UInt32) -> String {
    let digits = String(n, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  private static func category(_ c: Unicode.GeneralCategory) -> String {
    switch c {
    case .uppercaseLetter: "Lu"
    case .lowercaseLetter: "Ll"
    case .titlecaseLetter: "Lt"
    case .modifierLetter: "Lm"
    case .otherLetter: "Lo"
    case .nonspacingMark: "Mn"
    case .spacingMark: "Mc"
    case .enclosingMark: "Me"
    case .decimalNumber: "Nd"
    case .letterNumber: "Nl"
    case .otherNumber: "No"
    case .connectorPunctuation: "Pc"
    case .dashPunctuation: "Pd"
    case .openPunctuation: "Ps"
    case .closePunctuation: "Pe"
    case .initialPunctuation: "Pi"
    case .finalPunctuation: "Pf"
    case .otherPunctuation: "Po"
    case .mathSymbol: "Sm"
    case .currencySymbol: "Sc"
    case .modifierSymbol: "Sk"
    case .otherSymbol: "So"
    case .spaceSeparator: "Zs"
    case .lineSeparator: "Zl"
    case .paragraphSeparator: "Zp"
    case .control: "Cc"
    case .format: "Cf"
    case .surrogate: "Cs"
    case .privateUse: "Co"
    case .unassigned: "Cn"
    @unknown default: "Cn"
    }
  }
}
