import Recordings

/// A lesson as plain text, for where there is no terminal: prose, cells, outputs, and the program's steps in
/// words.
public enum PlainPlayer {
  /// Writes the whole lesson.
  ///
  /// - Parameters:
  ///   - width: where prose is broken.
  ///   - write: takes the text, a piece at a time.
  public static func print(_ run: LessonRun, width: Int = 80, to write: (String) -> Void) {
    let player = Player(run)
    var stories = Stories(player)
    let lesson = run.lesson
    let about = "\(lesson.frontMatter.level.rawValue), \(lesson.frontMatter.minutes) minutes"
    let number = lesson.number.map { "\($0)  " } ?? ""
    write("\(number)\(printable(lesson.title))\n\(about)\n\n")
    for line in wrapped(printable(lesson.frontMatter.summary), to: width) { write(line + "\n") }
    var cell = 0
    var prediction = 0
    var figure = 0
    for block in lesson.blocks {
      switch block {
      case .prose(let prose): write("\n" + text(prose, width))
      case .cell(let code):
        write("\n" + self.cell(code, at: run.program.lines[cell]))
        for line in stories.steps(ofCell: cell, width: width) { write(line + "\n") }
        cell += 1
      case .output(let expected), .error(let expected):
        write("\n" + textLines(printable(closed(expected.text))).dropLast().map { "  » \($0)\n" }.joined())
      case .figure(let block):
        figure += 1
        write("\n")
        let caption = "Figure \(figure) (\(block.kind)). \(block.caption) \(block.alt)"
        for line in wrapped(printable(caption), to: width - 2) { write("  \(line)\n") }
      case .predict(let block):
        write("\n" + text(block, answer: try? run.answers[prediction].get(), width))
        prediction += 1
      }
    }
  }

  private static func cell(_ cell: Cell, at lines: Range<Int>) -> String {
    zip(lines, cell.code).map { number, code in
      let digits = "\(number)"
      return String(repeating: " ", count: max(0, 4 - digits.count)) + "\(digits)  \(printable(code))\n"
    }.joined()
  }

  private static func text(_ prose: Prose, _ width: Int) -> String {
    let text = printable(prose.text)
    func lines(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }
    switch prose.kind {
    case .heading(let level):
      let title = wrapped(text, to: width)
      let underline = String(
        repeating: level == 1 ? "=" : "-", count: title.map { columns(of: $0) }.max() ?? 0)
      return lines(title + [underline])
    case .paragraph: return lines(wrapped(text, to: width))
    case .quote: return lines(wrapped(text, to: width - 2).map { "> " + $0 })
    case .item(let marker, let depth):
      let margin = String(repeating: "  ", count: max(0, min(depth - 1, 6)))
      let gap = String(repeating: " ", count: columns(of: marker) + 1)
      let body = wrapped(text, to: width - columns(of: margin + gap))
      return lines(body.enumerated().map { margin + ($0 == 0 ? marker + " " : gap) + $1 })
    case .code: return lines(textLines(closed(text)).dropLast().map { "    " + $0 })
    }
  }

  private static func text(_ prediction: Prediction, answer: String?, _ width: Int) -> String {
    var out = "Predict\n"
    for line in wrapped(printable(prediction.question), to: width - 2) { out += "  \(line)\n" }
    if let code = prediction.code { for line in textLines(printable(code)) { out += "      \(line)\n" } }
    for (i, choice) in prediction.choices.enumerated() {
      out += "    \(UnicodeScalar(UInt8(97 + min(i, 25))))) \(printable(choice))\n"
    }
    let told =
      "Answer: \(answer.map { printable($0) } ?? "the program cannot say"). \(printable(prediction.explanation))"
    for line in wrapped(told, to: width - 2) { out += "  \(line)\n" }
    return out
  }

  /// The steps' words, cell by cell.
  private struct Stories {
    private let player: Player
    private let cells: [Int]
    private var timeline: Timeline

    init(_ player: Player) {
      self.player = player
      cells = LessonRun.cellOfEvent(player.run.recording, player.run.program)
      timeline = Timeline(player.run.recording)
    }

    mutating func steps(ofCell cell: Int, width: Int) -> [String] {
      var lines: [String] = []
      for (k, step) in player.steps.enumerated() where cells[step.head] == cell {
        let narrator = Narrator(
          step: step, recording: player.run.recording,
          before: timeline.moment(after: step.events.lowerBound),
          after: timeline.moment(after: step.events.upperBound), names: player.names)
        let mark = Player.mark(step.phase, isPast: true)
        let head = "  \(mark) \(k + 1), line \(step.line): "
        let body = wrapped(printable(narrator.words()), to: width - 6)
        if lines.isEmpty { lines.append("") }
        lines += wrapped(head + body.joined(separator: " "), to: width - 2, indent: "    ").enumerated().map {
          $0 == 0 ? "  \($1)" : $1
        }
      }
      return lines
    }
  }
}
