#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How many colours a terminal has.
public enum ColorDepth: Sendable, Equatable, CaseIterable {
  case none, sixteen, twoHundredFiftySix, millions

  /// What the environment promises: `NO_COLOR`, `COLORTERM`, `TERM`.
  public static func detect(_ variable: (String) -> String? = environment) -> ColorDepth {
    if let no = variable("NO_COLOR"), !no.isEmpty { return .none }
    let term = variable("TERM") ?? ""
    if term.isEmpty || term == "dumb" { return .none }
    if let color = variable("COLORTERM"), color == "truecolor" || color == "24bit" { return .millions }
    if term.contains("256") { return .twoHundredFiftySix }
    return .sixteen
  }
}

/// A variable of the process's environment.
public func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

/// Turns a screen into the bytes that draw it.
struct Painter {
  let depth: ColorDepth

  /// One frame, drawn over the last: nothing is cleared first, so that nothing flickers.
  func frame(_ screen: Screen) -> String {
    // The terminal may hold the picture back until the frame is whole.
    var out = "\u{1B}[?2026h\u{1B}[H"
    for (k, row) in screen.rows.enumerated() {
      if k > 0 { out += "\r\n" }
      out += text(row)
    }
    return out + "\u{1B}[?2026l"
  }

  /// A row with its colours.
  func text(_ row: Row) -> String {
    var out = ""
    var current = Style.plain
    for run in row.runs where !run.text.isEmpty {
      if run.style != current {
        out += code(run.style)
        current = run.style
      }
      out += run.text
    }
    return current == .plain ? out : out + "\u{1B}[0m"
  }

  private func code(_ style: Style) -> String {
    var parts = ["0"]
    if style.isBold { parts.append("1") }
    if depth == .none {
      if style.isDim { parts.append("2") }
      if style.isTinted { parts.append("7") }
    } else {
      let colour = Palette.of(style.phase)
      if style.isTinted {
        parts += tint(colour)
      } else if style.phase != .neutral {
        parts.append(foreground(colour))
      } else if style.isDim {
        parts.append(depth == .sixteen ? "2" : foreground(Palette.secondary))
      }
    }
    return "\u{1B}[\(parts.joined(separator: ";"))m"
  }

  private func foreground(_ c: Palette) -> String {
    switch depth {
    case .none: "39"
    case .sixteen: c.basic
    case .twoHundredFiftySix: "38;5;\(c.indexed)"
    case .millions: "38;2;\(c.rgb.0);\(c.rgb.1);\(c.rgb.2)"
    }
  }

  /// Ink on the actor's pale ground: legible whatever the terminal's own ground is.
  private func tint(_ c: Palette) -> [String] {
    switch depth {
    case .none, .sixteen: c.basic == "39" ? ["7"] : ["7", c.basic]
    case .twoHundredFiftySix: ["38;5;\(c.inkIndexed)", "48;5;\(c.groundIndexed)"]
    case .millions:
      [
        "38;2;\(c.ink.0);\(c.ink.1);\(c.ink.2)", "48;2;\(c.ground.0);\(c.ground.1);\(c.ground.2)",
      ]
    }
  }
}

/// An actor's colours. Ink and ground are those of the figures' light theme; text on the terminal's own
/// ground, which may be black or white, takes a middle tone of the same hue.
private struct Palette {
  var rgb: (Int, Int, Int)
  var ink: (Int, Int, Int)
  var ground: (Int, Int, Int)
  var indexed: Int
  var inkIndexed: Int
  var groundIndexed: Int
  var basic: String

  static func of(_ phase: Phase) -> Palette {
    switch phase {
    case .neutral:
      Palette(
        rgb: (128, 134, 145), ink: (27, 31, 36), ground: (229, 232, 236), indexed: 102, inkIndexed: 234,
        groundIndexed: 254, basic: "39")
    case .forward:
      Palette(
        rgb: (46, 134, 207), ink: (11, 99, 165), ground: (232, 241, 250), indexed: 32, inkIndexed: 25,
        groundIndexed: 195, basic: "94")
    case .backward:
      Palette(
        rgb: (224, 86, 32), ink: (194, 65, 12), ground: (253, 238, 228), indexed: 166, inkIndexed: 130,
        groundIndexed: 230, basic: "33")
    case .update:
      Palette(
        rgb: (22, 150, 112), ink: (11, 122, 91), ground: (227, 245, 238), indexed: 35, inkIndexed: 29,
        groundIndexed: 194, basic: "32")
    case .wrong:
      Palette(
        rgb: (224, 62, 50), ink: (180, 35, 24), ground: (254, 228, 226), indexed: 160, inkIndexed: 124,
        groundIndexed: 224, basic: "31")
    }
  }
  static let secondary = of(.neutral)
}
