import OrderedCollections
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
    case (_, .page(let page)): rows += pageBody(page, width, bodyHeight)
    case (_, .prediction(let k)): rows += fill(predictionRows(k, width), bodyHeight)
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

  // MARK: Steps

  private func narrow(_ k: Int, _ width: Int, _ height: Int) -> [Row] {
    let step = steps[k]
    let table = tableRows(step, width, limit: 5)
    let told = wordRows(step, width)
    let words = Array(told.prefix(5))
    // Code gives way to words, down to five lines; output has what is left.
    let fixed = table.count + words.count + 3
    let output = outputRows(step, width)
    let outputHeight = min(max(1, output.count), max(1, min(3, height - fixed - 8)))
    let codeHeight = max(3, height - fixed - outputHeight)
    return codeRows(step, width, codeHeight) + [rule("Tensors", width)] + table + [
      rule("Step \(k + 1)", width)
    ]
      + words + [rule("Output", width)] + fill(Array(output.suffix(outputHeight)), outputHeight)
  }

  private func wide(_ k: Int, _ width: Int, _ height: Int) -> [Row] {
    let step = steps[k]
    let left = width * 46 / 100
    let right = width - left - 3
    let output = outputRows(step, left)
    let outputHeight = min(max(3, output.count), height / 3)
    let codeHeight = height - outputHeight - 1
    let leftRows =
      codeRows(step, left, codeHeight) + [rule("Output", left)]
      + fill(Array(output.suffix(outputHeight)), outputHeight)
    let table = tableRows(step, right, limit: max(5, height / 2))
    let rightRows = [Row()] + table + [Row(), rule("Step \(k + 1)", right)] + [Row()] + wordRows(step, right)
    let filled = fill(rightRows, height)
    return (0..<height).map { i in
      leftRows[i].fitted(to: left) + Row(" │ ", .dim) + filled[i].fitted(to: right)
    }
  }

  /// The program around the current line, which is marked; what has not run yet is pale.
  private func codeRows(_ step: EventStep, _ width: Int, _ height: Int) -> [Row] {
    let lines = textLines(run.program.source).dropLast()
    let digits = max(2, "\(lines.count)".count)
    let first = min(max(0, step.line - 1 - height / 2), max(0, lines.count - height))
    var ran: Set<Int> = []
    for event in run.recording.events.prefix(step.events.upperBound) {
      guard case .statement = event.body, let span = event.span else { continue }
      let first = Int(span.line)
      // The body of a loop or a function runs line by line.
      let isHeader = lines.indices.contains(first - 1) && trimmed(lines[first - 1]).last == ":"
      for line in first...max(first, isHeader ? first : min(Int(span.endLine), lines.count)) {
        ran.insert(line)
      }
    }
    let last = ran.max() ?? 0
    let rows = lines.indices.dropFirst(first).prefix(height).map { i -> Row in
      let number = String(repeating: " ", count: max(0, digits - "\(i + 1)".count)) + "\(i + 1)"
      let code = printable(lines[i])
      if i + 1 == step.line {
        let text = padded("▶ \(number)  \(code)", to: width)
        return Row(text, Style(step.phase, bold: true, tinted: true))
      }
      let isComment = code.drop { $0 == " " }.first == "#"
      let isPale = isComment ? i + 1 > last : !ran.contains(i + 1)
      return Row([Run("  \(number)  ", .dim), Run(code, isPale ? .dim : .plain)])
    }
    return fill(rows, height)
  }

  private func outputRows(_ step: EventStep, _ width: Int) -> [Row] {
    let text = after.output
    if text.isEmpty { return [Row(" (nothing so far)", .dim)] }
    let lines = textLines(text.hasSuffix("\n") ? String(text.dropLast()) : text)
    let fresh = textLines(before.output).count - 1
    return lines.enumerated().map { i, line in
      let isNew = i >= fresh && before.output != after.output
      return Row((isNew ? "▸" : " ") + clipped(printable(line), to: width - 1), isNew ? .bold : .plain)
    }
  }

  private func wordRows(_ step: EventStep, _ width: Int) -> [Row] {
    wrapped(printable(words), to: min(width - 2, 96)).map { Row(" \($0)") }
  }

  /// The table of tensors; what the step changed is marked.
  private func tableRows(_ step: EventStep, _ width: Int, limit: Int) -> [Row] {
    let table = table
    if table.rows.isEmpty { return [Row(" (no tensors yet)", .dim)] }
    var rows = table.rows
    var hidden = 0
    if rows.count > limit {
      // What changed is shown; of the rest, what was named first.
      let kept = Set(
        (rows.indices.filter { rows[$0].isChanged } + rows.indices.filter { !rows[$0].isChanged }).prefix(
          limit - 1))
      hidden = rows.count - kept.count
      rows = rows.indices.filter { kept.contains($0) }.map { rows[$0] }
    }
    let widths = columnWidths(rows, width)
    let styles: [Style] = [.dim, Style(.forward, bold: true), Style(.backward, bold: true), .dim, .dim]
    let head = Row(
      zip(TensorTable.titles, zip(widths, styles)).map { title, column in
        Run(" " + padded(title, to: column.0 - 1), column.1)
      })
    let body = rows.map { row in
      Row(
        zip(row.cells, widths).enumerated().flatMap { i, pair -> [Run] in
          let (cell, width) = pair
          let text = padded(printable(cell.text), to: width - 2)
          if cell.isChanged {
            return [Run("▸" + text, Style(step.phase, bold: true, tinted: true)), Run(" ")]
          }
          let style: Style = cell.isEmpty || i > 2 ? .dim : i == 0 ? .bold : .plain
          return [Run(" " + text, style), Run(" ")]
        })
    }
    return [head] + body + (hidden > 0 ? [Row(" … and \(hidden) more", .dim)] : []) + optimizerRows(step)
  }

  /// What each optimizer holds: it is as much a part of the picture as the tensors.
  private func optimizerRows(_ step: EventStep) -> [Row] {
    after.optimizers.prefix(2).map { id, optimizer in
      let name = after.names.first { $0.value == .optimizer(id) }?.key.name ?? "\(id)"
      let held = optimizer.parameters.prefix(8).map { names.name(of: $0, at: after.eventCount) }
      let more = optimizer.parameters.count > 8 ? ", …" : ""
      let rate = optimizer.groups.first?["lr"].map { ", lr \($0.text)" } ?? ""
      let text = printable("\(name)  \(optimizer.kind) holds [\(held.joined(separator: ", "))\(more)]\(rate)")
      if before.optimizers[id] == nil { return Row("▸" + text, Style(step.phase, bold: true, tinted: true)) }
      return Row(" " + text, Style(.update))
    }
  }

  /// Each column as wide as its texts; the widest give way where the screen is too narrow.
  private func columnWidths(_ rows: [TensorTable.TableRow], _ width: Int) -> [Int] {
    var widths = TensorTable.titles.map { columns(of: $0) + 2 }
    for row in rows {
      for (i, cell) in row.cells.enumerated() {
        widths[i] = max(widths[i], columns(of: printable(cell.text)) + 3)
      }
    }
    while widths.reduce(0, +) > width, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }),
      widths[widest] > 8
    {
      widths[widest] -= 1
    }
    return widths
  }
}
