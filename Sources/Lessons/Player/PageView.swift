import Recordings

/// Pages and predictions: what is read between the steps.
extension Player {
  /// Rows of the body.
  var pageHeight: Int { max(1, height - 4) }

  /// How far what is read can be scrolled.
  var maximalScroll: Int { max(0, readingRows(width).count - pageHeight) }

  /// What is read between the steps: a page, or a question.
  private func readingRows(_ width: Int) -> [Row] {
    switch stop {
    case .page(let page): pageRows(page, width)
    case .prediction(let k): predictionRows(k, width)
    default: []
    }
  }

  func readingBody(_ width: Int, _ height: Int) -> [Row] {
    let rows = readingRows(width)
    var shown = fill(Array(rows.dropFirst(scroll)), height)
    if rows.count - scroll > height, let last = shown.indices.last {
      shown[last] = Row("    ↓ space reads on", .dim)
    }
    return shown
  }

  private func pageRows(_ page: Page, _ width: Int) -> [Row] {
    let measure = min(width - 8, 84)
    var rows = [Row()]
    for prose in page.prose { rows += proseRows(prose, measure) }
    if let k = page.figure {
      let figure = run.lesson.figures[k].figure
      rows.append(
        Row([
          Run("    ▣ Figure \(k + 1) ", Style(bold: true)), Run(" \(figure.kind), press f to open it", .dim),
        ]))
      rows += wrapped(printable(figure.caption), to: measure - 2).map { Row("      " + $0) }
    }
    while rows.last?.text.isEmpty ?? false { rows.removeLast() }
    return rows
  }

  private func proseRows(_ prose: Prose, _ measure: Int) -> [Row] {
    let text = printable(prose.text)
    switch prose.kind {
    case .heading(let level):
      let lines = wrapped(text, to: measure).map { Row("    " + $0, .bold) }
      return level == 1 ? lines + [Row()] : lines + [Row()]
    case .paragraph: return wrapped(text, to: measure).map { codeRow("    ", $0) } + [Row()]
    case .quote: return wrapped(text, to: measure - 2).map { codeRow("    │ ", $0) } + [Row()]
    case .item(let marker, let depth):
      let margin = String(repeating: "  ", count: max(0, min(depth - 1, 6)))
      let gap = String(repeating: " ", count: columns(of: marker) + 1)
      let lines = wrapped(text, to: measure - columns(of: margin) - columns(of: gap))
      return lines.enumerated().map { i, line in
        codeRow("    \(margin)\(i == 0 ? marker + " " : gap)", line)
      } + [Row()]
    case .code:
      let lines = textLines(text.hasSuffix("\n") ? String(text.dropLast()) : text)
      return lines.map { Row("        " + $0, Style(.forward)) } + [Row()]
    }
  }

  /// Code between backticks stands out. A span that was broken over lines stays as it is.
  private func codeRow(_ margin: String, _ line: String) -> Row {
    let parts = line.split(separator: "`", omittingEmptySubsequences: false)
    guard parts.count % 2 == 1 else { return Row(margin + line) }
    return Row(
      [Run(margin)]
        + parts.enumerated().map { i, part in i % 2 == 1 ? Run(String(part), .bold) : Run(String(part)) })
  }

  private func predictionRows(_ k: Int, _ width: Int) -> [Row] {
    let prediction = run.lesson.predictions[k].prediction
    let measure = min(width - 8, 84)
    var rows = [Row(), Row("    Predict", Style(.backward, bold: true)), Row()]
    rows += wrapped(printable(prediction.question), to: measure).map { Row("    " + $0) }
    if let code = prediction.code {
      rows.append(Row())
      rows += textLines(printable(code)).map { Row("        " + $0, Style(.forward)) }
    }
    rows.append(Row())
    let given = answers[k]
    let right = try? run.answers[k].get()
    for (i, choice) in prediction.choices.enumerated() {
      let letter = String(UnicodeScalar(UInt8(97 + min(i, 25))))
      let isRight = right.map { sameAnswer(choice, $0) } ?? false
      let isGiven = given == choice
      let mark = given == nil ? "  " : isRight ? "✓ " : isGiven ? "✗ " : "  "
      let style: Style =
        given == nil
        ? .plain : isRight ? Style(.update, bold: true) : isGiven ? Style(.wrong, bold: true) : .dim
      rows.append(Row("    \(mark)\(letter))  \(printable(choice))", style))
    }
    if prediction.choices.isEmpty {
      if case .answer(let typed) = mode { rows.append(Row("    > \(printable(typed))▏", .bold)) }
      if let given { rows.append(Row("    > \(printable(given))", .bold)) }
    }
    guard let given else { return rows }
    rows.append(Row())
    if let right {
      let isRight = sameAnswer(given, right)
      rows.append(
        isRight
          ? Row("    Right.", Style(.update, bold: true))
          : Row("    Not so. The program says: \(printable(right))", Style(.wrong, bold: true)))
    } else {
      rows.append(Row("    The program cannot say.", Style(.wrong, bold: true)))
    }
    return rows + [Row()] + wrapped(printable(prediction.explanation), to: measure).map { Row("    " + $0) }
  }
}
