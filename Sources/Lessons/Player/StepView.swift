import OrderedCollections
import Recordings

/// A step of the program: code, tensors, words, output.
extension Player {
  func narrow(_ k: Int, _ width: Int, _ height: Int) -> [Row] {
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

  func wide(_ k: Int, _ width: Int, _ height: Int) -> [Row] {
    let step = steps[k]
    let left = width * 46 / 100
    let right = width - left - 3
    let table = tableRows(step, right, limit: max(5, height / 2))
    let rightRows = [Row()] + table + [Row(), rule("Step \(k + 1)", right), Row()] + wordRows(step, right)
    let output = outputRows(step, left)
    let outputHeight = min(max(3, output.count), height / 3)
    let lines = textLines(run.program.source).count
    // The figure goes below, as text, where all of it fits and leaves room for the code around this line.
    let picture = pictureRows(width, height - max(min(lines, 12) + 1 + outputHeight, rightRows.count))
    let upper = height - picture.count
    let leftRows = fill(
      codeRows(step, left, min(lines, upper - outputHeight - 1)) + [rule("Output", left)]
        + fill(Array(output.suffix(outputHeight)), outputHeight), upper)
    let filled = fill(rightRows, upper)
    return (0..<upper).map { i in
      leftRows[i].fitted(to: left) + Row(" │ ", .dim) + filled[i].fitted(to: right)
    } + picture
  }

  private func pictureRows(_ width: Int, _ room: Int) -> [Row] {
    guard !picture.isEmpty, picture.count + 1 <= room, picture.allSatisfy({ columns(of: $0) < width }) else {
      return []
    }
    return [rule("Figure", width)] + picture.map { Row(" " + printable($0)) }
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
    var widths = TensorTable.titles.map { columns(of: $0) + 3 }
    for row in rows {
      for (i, cell) in row.cells.enumerated() {
        widths[i] = max(widths[i], columns(of: printable(cell.text)) + 3)
      }
    }
    // Gaps are two wide where there is room, else one.
    for i in widths.indices.reversed() where widths.reduce(0, +) > width { widths[i] -= 1 }
    while widths.reduce(0, +) > width, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }),
      widths[widest] > 8
    {
      widths[widest] -= 1
    }
    return widths
  }
}
