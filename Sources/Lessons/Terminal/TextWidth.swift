/// How many columns a terminal gives to a text: wide characters take two, combining ones none.
public func columns(of text: some StringProtocol) -> Int {
  var width = 0
  for character in text { width += columns(of: character) }
  return width
}

/// The columns of one character as a reader sees it, a cluster of scalars.
func columns(of character: Character) -> Int {
  if let ascii = character.asciiValue { return ascii < 32 || ascii == 127 ? 0 : 1 }
  var width = 0
  for scalar in character.unicodeScalars {
    // A variation selector asks for the emoji form, which is wide.
    if scalar.value == 0xFE0F { return 2 }
    width = max(width, columns(of: scalar))
  }
  return width
}

private func columns(of scalar: Unicode.Scalar) -> Int {
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .format, .control, .lineSeparator, .paragraphSeparator: return 0
  default: break
  }
  if scalar.properties.isEmojiPresentation { return 2 }
  return wideRanges.contains { $0.contains(scalar.value) } ? 2 : 1
}

/// East Asian Wide and Fullwidth (UAX 11).
private let wideRanges: [ClosedRange<UInt32>] = [
  0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
  0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60,
  0xFFE0...0xFFE6, 0x16FE0...0x18CFF, 0x1B000...0x1B2FF, 0x20000...0x3FFFD,
]

/// The text without characters that would command the terminal; tabs become spaces.
public func printable(_ text: some StringProtocol) -> String {
  var out = ""
  for scalar in text.unicodeScalars {
    if scalar == "\t" {
      out += String(repeating: " ", count: 4)
    } else if scalar == "\n" {
      out += "\n"
    } else if scalar == "\r" {
      continue
    } else if scalar.properties.generalCategory == .control || isDirectional(scalar) {
      out += "\u{FFFD}"
    } else {
      out.unicodeScalars.append(scalar)
    }
  }
  return out
}

/// Marks that reorder what stands beside them.
private func isDirectional(_ scalar: Unicode.Scalar) -> Bool {
  (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
}

/// The text cut to a number of columns; `…` stands for what is gone.
func clipped(_ text: String, to width: Int) -> String {
  if columns(of: text) <= width { return text }
  if width <= 0 { return "" }
  var out = ""
  var used = 0
  for character in text {
    let w = columns(of: character)
    if used + w > width - 1 { break }
    out.append(character)
    used += w
  }
  return out + "…"
}

/// The text filled with spaces, or cut, to exactly so many columns.
func padded(_ text: String, to width: Int) -> String {
  let cut = clipped(text, to: width)
  return cut + String(repeating: " ", count: max(0, width - columns(of: cut)))
}

/// Breaks a text into lines of at most so many columns, at spaces where it can.
///
/// - Parameter indent: put before every line but the first.
func wrapped(_ text: String, to width: Int, indent: String = "") -> [String] {
  guard width > 0 else { return [] }
  var lines: [String] = []
  for paragraph in textLines(text) {
    var line = ""
    var used = 0
    for word in words(of: paragraph) {
      let w = columns(of: word)
      if used > 0, used + 1 + w > width {
        lines.append(line)
        line = indent
        used = columns(of: indent)
        // The indent is no word: nothing is put between.
        append(word, w, glue: false)
      } else {
        append(word, w, glue: !line.isEmpty && line != indent)
      }
    }
    lines.append(line)

    func append(_ word: Substring, _ w: Int, glue: Bool) {
      if glue {
        line += " "
        used += 1
      }
      if used + w <= width {
        line += word
        used += w
        return
      }
      // A word longer than the line is cut.
      for character in word {
        let c = columns(of: character)
        if used + c > width, used > 0 {
          lines.append(line)
          line = ""
          used = 0
        }
        line.append(character)
        used += c
      }
    }
  }
  return lines
}

/// The words of a line; a short list in brackets, `[1., 2.]`, is one.
private func words(of line: Substring) -> [Substring] {
  var out: [Substring] = []
  var start = line.startIndex
  var open: String.Index?
  for i in line.indices {
    switch line[i] {
    case "[": open = i
    case "]": open = nil
    case " ":
      if let from = open, line[from...].prefix(32).contains("]") { continue }
      if start < i { out.append(line[start..<i]) }
      start = line.index(after: i)
    default: break
    }
  }
  if start < line.endIndex { out.append(line[start...]) }
  return out
}
