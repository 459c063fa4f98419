/// How wide a line is and how far it reaches above and below its baseline, in points.
public struct TextMetrics: Hashable, Sendable {
  public var width: Double
  public var ascent: Double
  public var descent: Double

  public init(width: Double, ascent: Double, descent: Double) {
    self.width = width
    self.ascent = ascent
    self.descent = descent
  }

  public var height: Double { ascent + descent }
}

/// Measures text. Figures are handed one, so that they do not depend on the machine.
///
/// Law: the same string in the same style always measures the same, and width is never negative.
public protocol TextMeasuring {
  func measure(_ string: String, _ style: TextStyle) -> TextMetrics
}

extension TextMeasuring {
  public func width(_ string: String, _ style: TextStyle) -> Double { measure(string, style).width }

  public func width(_ runs: [TextRun]) -> Double {
    runs.reduce(0) { $0 + measure($1.string, $1.style).width }
  }

  public func fits(_ string: String, _ style: TextStyle, width: Double) -> Bool {
    self.width(string, style) <= width
  }

  /// The box of a line, from the top of its capitals to below its descenders.
  public func box(_ text: Text) -> Rect {
    let width = self.width(text.runs)
    let size = text.runs.map(\.style.size).max() ?? 0
    let left: Double
    switch text.anchor {
    case .start: left = text.position.x
    case .middle: left = text.position.x - width / 2
    case .end: left = text.position.x - width
    }
    return Rect(left, text.position.y - size * 0.76, width, size * 0.98)
  }

  /// The string, or as much of its start as fits with `…` behind it. Empty if not even `…` fits.
  public func shortened(_ string: String, _ style: TextStyle, width: Double) -> String {
    if fits(string, style, width: width) { return string }
    let characters = Array(string)
    return longest(upTo: characters.count) { count in
      let text = String(characters[..<count]) + "…"
      return self.fits(text, style, width: width) ? text : nil
    }
  }

  /// The string, or its start and its end around `…`: for names that differ in their ends.
  public func shortenedInside(_ string: String, _ style: TextStyle, width: Double) -> String {
    if fits(string, style, width: width) { return string }
    let characters = Array(string)
    return longest(upTo: characters.count) { count in
      let head = String(characters[..<(count - count / 2)])
      let text = head + "…" + String(characters[(characters.count - count / 2)...])
      return self.fits(text, style, width: width) ? text : nil
    }
  }

  /// Lines of at most `width`, broken at spaces and, where a word is too long, inside it. At most
  /// `maxLines`; what does not fit ends in `…`. Newlines in the string start a new line.
  public func wrapped(
    _ string: String, _ style: TextStyle, width: Double, maxLines: Int = .max
  )
    -> [String]
  {
    guard maxLines > 0 else { return [] }
    var lines: [String] = []
    for paragraph in string.split(separator: "\n", omittingEmptySubsequences: false) {
      var line = ""
      for word in paragraph.split(separator: " ", omittingEmptySubsequences: false) {
        let candidate = line.isEmpty ? String(word) : line + " " + word
        if fits(candidate, style, width: width) {
          line = candidate
          continue
        }
        if !line.isEmpty { lines.append(line) }
        line = String(word)
        while lines.count <= maxLines, line.count > 1, !fits(line, style, width: width) {
          let characters = Array(line)
          let head = longest(upTo: characters.count - 1) { count in
            let text = String(characters[..<max(count, 1)])
            return count <= 1 || self.fits(text, style, width: width) ? text : nil
          }
          lines.append(head)
          line = String(characters[head.count...])
        }
        // Nobody reads on: what is left need not be measured.
        if lines.count > maxLines { break }
      }
      lines.append(line)
      if lines.count > maxLines { break }
    }
    guard lines.count > maxLines else { return lines }
    let last = lines[maxLines - 1] + "…"
    return lines.prefix(maxLines - 1) + [shortened(last, style, width: width)]
  }

  /// The longest text `make` accepts, by halving: making is monotonous in the count.
  private func longest(upTo limit: Int, _ make: (Int) -> String?) -> String {
    var best = ""
    var (low, high) = (0, limit)
    while low <= high {
      let middle = (low + high) / 2
      if let text = make(middle) {
        best = text
        low = middle + 1
      } else {
        high = middle - 1
      }
    }
    return best
  }
}

/// Measures by counting: every character is equally wide, wide ones twice, combining ones not at all.
///
/// The same on every machine, with no font at all; figures measured with it can be compared as text
/// anywhere.
public struct FixedAdvanceMeasurer: TextMeasuring, Sendable {
  public init() {}

  public func measure(_ string: String, _ style: TextStyle) -> TextMetrics {
    var columns = 0
    for scalar in string.unicodeScalars { columns += FixedAdvanceMeasurer.columns(scalar.value) }
    let bold = style.weight.rawValue >= TextStyle.Weight.semibold.rawValue
    let advance = style.family == .mono ? 0.6 : bold ? 0.58 : 0.55
    return TextMetrics(
      width: Double(columns) * advance * style.size, ascent: style.size * 0.95, descent: style.size * 0.25)
  }

  private static func columns(_ value: UInt32) -> Int {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0x300..<0x370, 0x200B...0x200F, 0x20D0..<0x2100, 0xFE00...0xFE0F: return 0
    case 0x1100..<0x1160, 0x2E80..<0xA4D0, 0xAC00..<0xD7A4, 0xF900..<0xFB00, 0xFE30..<0xFE50,
      0xFF00..<0xFF61, 0x1F300..<0x1F700, 0x1F900..<0x1FB00, 0x20000..<0x40000:
      return 2
    default: return 1
    }
  }
}
