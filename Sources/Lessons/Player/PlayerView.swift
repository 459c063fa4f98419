import Recordings

extension Player {
  /// The smallest terminal the player can be used in.
  public static let minimalSize = (width: 80, height: 24)
  /// From this width on, code and tensors stand side by side.
  static let wideWidth = 110

  /// The picture for the terminal's size.
  public var screen: Screen { screen(width: width, height: height) }

  /// The picture for a size.
  public func screen(width: Int, height: Int) -> Screen {
    let minimal = Player.minimalSize
    guard width >= minimal.width, height >= minimal.height else {
      let rows = [
        Row("This terminal is \(width)×\(height)."),
        Row("The player needs \(minimal.width)×\(minimal.height)."),
        Row("Make it larger, or press q."),
      ]
      return Screen(width: max(0, width), height: max(0, height), rows: rows)
    }
    var rows = [header(width), rule("", width)]
    let bodyHeight = height - 4
    switch (mode, stop) {
    case (.help, _): rows += fill(help, bodyHeight)
    case (_, .page), (_, .prediction): rows += readingBody(width, bodyHeight)
    case (_, .step(let k)):
      rows += width >= Player.wideWidth ? wide(k, width, bodyHeight) : narrow(k, width, bodyHeight)
    case (_, nil): rows += fill([Row("This lesson is empty.")], bodyHeight)
    }
    rows += [track(width), hints(width)]
    return Screen(width: width, height: height, rows: rows)
  }

  // MARK: Frame

  private func header(_ width: Int) -> Row {
    let number = run.lesson.number.map { "\($0)  " } ?? ""
    let place =
      switch stop {
      case .step(let k): "step \(k + 1) / \(steps.count)"
      case .page: "reading \(position + 1) / \(stops.count)"
      case .prediction: "your turn"
      case nil: ""
      }
    let left = " " + number + printable(run.lesson.title)
    return Row([
      Run(padded(left, to: width - columns(of: place) - 2), .bold), Run(" \(place) ", .dim),
    ])
  }

  /// A line across, with a word on it.
  func rule(_ title: String, _ width: Int) -> Row {
    if title.isEmpty { return Row(String(repeating: "─", count: width), .dim) }
    let rest = max(0, width - columns(of: title) - 4)
    return Row([
      Run("─ ", .dim), Run(title, Style(dim: true)), Run(" " + String(repeating: "─", count: rest + 1), .dim),
    ])
  }

  /// Exactly so many rows.
  func fill(_ rows: [Row], _ count: Int) -> [Row] {
    (0..<max(0, count)).map { $0 < rows.count ? rows[$0] : Row() }
  }

  /// One mark a step, in the shape and colour of its actor; hollow where it is yet to come.
  private func track(_ width: Int) -> Row {
    guard !steps.isEmpty else { return Row() }
    let current = step ?? -1
    let label = current >= 0 ? steps[current].phase : .neutral
    let word = label == .neutral ? "" : " \(label.rawValue)"
    let room = width - 4 - columns(of: word)
    let spacing = steps.count * 2 <= room ? 2 : 1
    let fitting = max(1, room / spacing)
    let from = min(max(0, current - fitting / 2), max(0, steps.count - fitting))
    let to = min(steps.count, from + fitting)
    var runs = [Run(from > 0 ? "…" : " ", .dim)]
    for k in from..<to {
      let isNow = k == current
      let mark = Player.mark(steps[k].phase, isPast: k <= current)
      let style = k <= current ? Style(steps[k].phase, bold: isNow, tinted: isNow) : .dim
      if spacing == 2 { runs.append(Run(" ")) }
      runs.append(Run(mark, style))
    }
    if to < steps.count { runs.append(Run("…", .dim)) }
    runs.append(Run(" " + word, Style(label, bold: true)))
    return Row(runs)
  }

  static func mark(_ phase: Phase, isPast: Bool) -> String {
    switch phase {
    case .neutral: isPast ? "•" : "·"
    case .forward: isPast ? "●" : "○"
    case .backward: isPast ? "◆" : "◇"
    case .update: isPast ? "■" : "□"
    case .wrong: isPast ? "✖" : "×"
    }
  }

  private func hints(_ width: Int) -> Row {
    if let note { return Row(" " + printable(note), Style(bold: true)) }
    switch mode {
    case .line(let typed):
      return Row([Run(" Go to line: ", .bold), Run(typed + "▏"), Run("   Enter goes, Esc stays", .dim)])
    case .answer: return Row(" Type your answer, then Enter.   ← → go on without one", .dim)
    case .help: return Row(" any key goes back", .dim)
    case .steps: break
    }
    if case .prediction(let k) = stop, answers[k] == nil {
      return Row(" Press the letter of your answer.   → goes on without one   ? help   q quit", .dim)
    }
    return Row(" ← → step   b backward   u update   g line   f figure   ? help   q quit", .dim)
  }

  private var help: [Row] {
    let keys: [(String, String)] = [
      ("→ n space", "the next step"), ("← p", "the step before"),
      ("b B", "the next backward pass, the one before"),
      ("u U", "the next optimizer step, the one before"), ("g", "go to a line of the program"),
      ("Home <", "the beginning"), ("End >", "the end"), ("↑ ↓", "scroll a long page"),
      ("f", "draw the figure of this instant and open it"), ("a b c …", "answer a question"),
      ("q", "quit"),
    ]
    let legend = Phase.allCases.filter { $0 != .neutral }.map { phase in
      Run("  \(Player.mark(phase, isPast: true)) \(phase.rawValue)", Style(phase))
    }
    return [Row(), Row("  Keys", .bold), Row()]
      + keys.map { Row([Run("  " + padded($0.0, to: 14), .bold), Run($0.1)]) }
      + [Row(), Row("  Colours and marks", .bold), Row(legend)]
      + [
        Row([
          Run("  ▸", .bold), Run(" this step changed it   "), Run("–", .dim), Run(" there is nothing there"),
        ])
      ]
  }
}
