/// `unicodedata.normalize`: text in one of Unicode's four normal forms.
///
/// Source: The Unicode Standard 14.0, chapter 3.11, and 3.12 for Hangul.
enum NormalForms {
  /// What a character is made of, and whether that is made into it again.
  private static let canonical: (parts: [UInt32: [UInt32]], pairs: [UInt64: UInt32]) = {
    var (parts, pairs): ([UInt32: [UInt32]], [UInt64: UInt32]) = ([:], [:])
    for entry in CanonicalDecompositions.text.split(separator: ";") {
      guard let mark = entry.firstIndex(where: { $0 == "=" || $0 == "!" }),
        let whole = UInt32(entry[..<mark], radix: 16)
      else { continue }
      let made = numbers(entry[entry.index(after: mark)...])
      parts[whole] = made
      if entry[mark] == "=", made.count == 2 { pairs[pair(made[0], made[1])] = whole }
    }
    return (parts, pairs)
  }()

  private static let compatible: [UInt32: [UInt32]] = {
    var parts: [UInt32: [UInt32]] = [:]
    for entry in CompatibleDecompositions.text.split(separator: ";") {
      guard let mark = entry.firstIndex(of: "="), let whole = UInt32(entry[..<mark], radix: 16) else {
        continue
      }
      parts[whole] = numbers(entry[entry.index(after: mark)...])
    }
    for entry in CompatibleDecompositions.runs.split(separator: ";") {
      let fields = entry.split { $0 == "=" || $0 == "+" }
      guard fields.count == 3, let first = UInt32(fields[0], radix: 16),
        let target = UInt32(fields[1], radix: 16), let count = UInt32(fields[2])
      else { continue }
      for k in 0..<count { parts[first &+ k] = [target &+ k] }
    }
    return parts
  }()

  private static func numbers(_ text: Substring) -> [UInt32] {
    text.split(separator: " ").compactMap { UInt32($0, radix: 16) }
  }
  private static func pair(_ a: UInt32, _ b: UInt32) -> UInt64 { UInt64(a) << 32 | UInt64(b) }

  /// The text in the form `NFC`, `NFD`, `NFKC` or `NFKD`; `nil` for any other name.
  static func normalize(_ text: [Unicode.Scalar], _ form: String) -> String? {
    guard ["NFC", "NFD", "NFKC", "NFKD"].contains(form) else { return nil }
    var out: [UInt32] = []
    for c in text { decompose(c.value, form.contains("K"), &out) }
    sortMarks(&out)
    if form.hasSuffix("C") { out = composed(out) }
    var made = String.UnicodeScalarView()
    made.append(contentsOf: out.compactMap(Unicode.Scalar.init))
    return String(made)
  }

  /// One step, as `unicodedata.decomposition` shows it; empty where there is none.
  static func decomposition(_ c: Unicode.Scalar) -> [UInt32] {
    canonical.parts[c.value] ?? compatible[c.value] ?? []
  }

  private static func decompose(_ c: UInt32, _ isCompatible: Bool, _ out: inout [UInt32]) {
    if c < 0xA0 { return out.append(c) }
    if (0xAC00...0xD7A3).contains(c) {
      let place = c - 0xAC00
      out += [0x1100 + place / 588, 0x1161 + place % 588 / 28]
      if place % 28 != 0 { out.append(0x11A7 + place % 28) }
      return
    }
    guard let parts = canonical.parts[c] ?? (isCompatible ? compatible[c] : nil) else { return out.append(c) }
    for part in parts { decompose(part, isCompatible, &out) }
  }

  private static func order(_ c: UInt32) -> UInt8 {
    c < 0x300 ? 0 : Unicode.Scalar(c)?.properties.canonicalCombiningClass.rawValue ?? 0
  }

  /// Marks on one letter, in the order of their classes; those of a class stay as they are.
  private static func sortMarks(_ text: inout [UInt32]) {
    for k in text.indices.dropFirst() {
      let mark = order(text[k])
      guard mark != 0 else { continue }
      var at = k
      while at > 0, order(text[at - 1]) > mark {
        text.swapAt(at, at - 1)
        at -= 1
      }
    }
  }

  private static func composed(_ text: [UInt32]) -> [UInt32] {
    var out: [UInt32] = []
    var starter: Int?
    var last: UInt8 = 0
    for c in text {
      let mark = order(c)
      // Nothing may stand between that keeps the two apart.
      let isFree = starter.map { $0 == out.count - 1 || last < mark && last != 0 } ?? false
      if let at = starter, isFree, let whole = join(out[at], c) {
        out[at] = whole
        continue
      }
      if mark == 0 { starter = out.count }
      last = mark
      out.append(c)
    }
    return out
  }

  private static func join(_ a: UInt32, _ b: UInt32) -> UInt32? {
    if (0x1100...0x1112).contains(a), (0x1161...0x1175).contains(b) {
      return 0xAC00 + ((a - 0x1100) * 21 + b - 0x1161) * 28
    }
    if (0xAC00...0xD7A3).contains(a), (a - 0xAC00) % 28 == 0, (0x11A8...0x11C2).contains(b) {
      return a + b - 0x11A7
    }
    return canonical.pairs[pair(a, b)]
  }
}
