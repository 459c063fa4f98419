/// A regular expression, as read: what a position of the text is asked for.
indirect enum RegexNode {
  case empty
  case scalar(Unicode.Scalar)
  case set(RegexSet)
  /// `.`: anything but the end of a line, or anything at all.
  case any
  case sequence([RegexNode])
  case alternatives([RegexNode])
  case group(RegexNode, number: Int)
  case backreference(Int)
  case repeated(RegexNode, least: Int, most: Int, isLazy: Bool, isPossessive: Bool)
  /// `(?=…)`, `(?!…)`, `(?<=…)`, `(?<!…)`; behind with the width it looks back.
  case look(RegexNode, behind: Int?, isNegative: Bool)
  /// `(?>…)`.
  case atomic(RegexNode)
  /// `(?(1)yes|no)`.
  case conditional(group: Int, yes: RegexNode, no: RegexNode)
  /// `(?i:…)`: other flags inside.
  case flagged(RegexNode, RegexFlags)
  case textStart, textEnd, lineStart, lineEnd, wordEdge, noWordEdge

  /// How many characters it matches at least and at most.
  var width: ClosedRange<Int> {
    switch self {
    case .empty, .look, .textStart, .textEnd, .lineStart, .lineEnd, .wordEdge, .noWordEdge: return 0...0
    case .scalar, .set, .any: return 1...1
    case .sequence(let nodes):
      return nodes.reduce(0...0) {
        let w = $1.width
        return ($0.lowerBound + w.lowerBound)...Self.sum($0.upperBound, w.upperBound)
      }
    case .alternatives(let nodes):
      let widths = nodes.map(\.width)
      return (widths.map(\.lowerBound).min() ?? 0)...(widths.map(\.upperBound).max() ?? 0)
    case .group(let node, _), .atomic(let node), .flagged(let node, _): return node.width
    case .backreference: return 0...Self.endless
    case .conditional(_, let yes, let no):
      let (a, b) = (yes.width, no.width)
      return min(a.lowerBound, b.lowerBound)...max(a.upperBound, b.upperBound)
    case .repeated(let node, let least, let most, _, _):
      let w = node.width
      return Self.product(w.lowerBound, least)...Self.product(w.upperBound, most)
    }
  }

  static let endless = 1 << 40
  private static func sum(_ a: Int, _ b: Int) -> Int { min(endless, a + b) }
  private static func product(_ a: Int, _ b: Int) -> Int {
    let (p, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? endless : min(endless, p)
  }
}

/// What `re.compile` takes beside the pattern.
struct RegexFlags: OptionSet {
  let rawValue: Int
  static let ignoresCase = RegexFlags(rawValue: 2)
  static let multiline = RegexFlags(rawValue: 8)
  static let dotMatchesAll = RegexFlags(rawValue: 16)
  static let unicode = RegexFlags(rawValue: 32)
  static let verbose = RegexFlags(rawValue: 64)
  static let ascii = RegexFlags(rawValue: 256)
}

/// `[a-z_]`, `\d`.
struct RegexSet {
  enum Kind { case digit, space, word }
  var ranges: [ClosedRange<UInt32>] = []
  var kinds: [(kind: Kind, isNegative: Bool)] = []
  var isNegative = false

  func contains(_ c: Unicode.Scalar, _ flags: RegexFlags) -> Bool {
    var found = has(c, flags)
    if !found, flags.contains(.ignoresCase) {
      found = RegexSet.cases(c).contains { has($0, flags) }
    }
    return found != isNegative
  }

  private func has(_ c: Unicode.Scalar, _ flags: RegexFlags) -> Bool {
    if ranges.contains(where: { $0.contains(c.value) }) { return true }
    for (kind, isNegative) in kinds where RegexSet.isOf(kind, c, flags) != isNegative { return true }
    return false
  }

  static func isOf(_ kind: Kind, _ c: Unicode.Scalar, _ flags: RegexFlags) -> Bool {
    if c.value < 128 || flags.contains(.ascii) {
      guard c.value < 128 else { return false }
      switch kind {
      case .digit: return (48...57).contains(c.value)
      case .space:
        return c.value == 32 || (9...13).contains(c.value)
          || (28...31).contains(c.value) && !flags.contains(.ascii)
      case .word:
        return (48...57).contains(c.value) || (65...90).contains(c.value) || (97...122).contains(c.value)
          || c.value == 95
      }
    }
    switch kind {
    case .digit: return c.isPythonDecimal
    case .space: return c.isPythonSpace
    case .word: return c.isPythonAlpha || c.isPythonNumeric
    }
  }

  /// The other cases of a character.
  static func cases(_ c: Unicode.Scalar) -> [Unicode.Scalar] {
    if c.value < 128 {
      switch c.value {
      case 65...90: return [Unicode.Scalar(UInt8(c.value + 32))]
      case 97...122: return [Unicode.Scalar(UInt8(c.value - 32))]
      default: return []
      }
    }
    let forms = [c.properties.lowercaseMapping, c.properties.uppercaseMapping]
    return forms.compactMap { $0.unicodeScalars.count == 1 ? $0.unicodeScalars.first : nil }.filter {
      $0 != c
    }
  }
}
