/// What a piece of text on the screen is, in the language of the figures. The painter finds the colour.
public struct Style: Sendable, Equatable {
  public var phase: Phase
  public var isBold: Bool
  public var isDim: Bool
  /// Set off by a background.
  public var isTinted: Bool

  public init(_ phase: Phase = .neutral, bold: Bool = false, dim: Bool = false, tinted: Bool = false) {
    self.phase = phase
    isBold = bold
    isDim = dim
    isTinted = tinted
  }

  public static let plain = Style()
  public static let bold = Style(bold: true)
  public static let dim = Style(dim: true)
}

/// Who acts: the three actors of the figures, and what goes wrong.
public enum Phase: String, Sendable, CaseIterable {
  case neutral, forward, backward, update, wrong
}

/// Text in one style.
public struct Run: Sendable, Equatable {
  public var text: String
  public var style: Style
  public init(_ text: String, _ style: Style = .plain) {
    self.text = text
    self.style = style
  }
}

/// One line of a screen.
public struct Row: Sendable, Equatable {
  public var runs: [Run]
  public init(_ runs: [Run] = []) { self.runs = runs }
  public init(_ text: String, _ style: Style = .plain) { runs = [Run(text, style)] }

  /// Without styles.
  public var text: String { runs.map(\.text).joined() }

  /// Cut or filled to exactly so many columns.
  public func fitted(to width: Int) -> Row {
    var out: [Run] = []
    var used = 0
    for run in runs {
      let w = columns(of: run.text)
      if used + w > width {
        let cut = clipped(run.text, to: width - used)
        out.append(Run(cut, run.style))
        used += columns(of: cut)
        break
      }
      out.append(run)
      used += w
    }
    if used < width { out.append(Run(String(repeating: " ", count: width - used))) }
    return Row(out)
  }

  static func + (a: Row, b: Row) -> Row { Row(a.runs + b.runs) }
}

/// A full picture of the terminal: `height` rows of exactly `width` columns.
public struct Screen: Sendable, Equatable {
  public let width: Int
  public let height: Int
  public let rows: [Row]

  /// Rows that are missing are empty; those too many are left out.
  public init(width: Int, height: Int, rows: [Row]) {
    self.width = width
    self.height = height
    self.rows = (0..<max(0, height)).map { ($0 < rows.count ? rows[$0] : Row()).fitted(to: width) }
  }

  /// What a reader without colours sees, a line each, spaces at the ends gone.
  public var text: String {
    rows.map { row in
      var text = Substring(row.text)
      while text.last == " " { text.removeLast() }
      return String(text)
    }.joined(separator: "\n")
  }
}
