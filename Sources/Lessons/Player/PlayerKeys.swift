import Recordings

/// What keys do.
extension Player {
  /// Does what a key asks for, and says what is left to the terminal.
  @discardableResult
  public mutating func handle(_ key: Key) -> Action {
    note = nil
    switch key {
    case .interrupt: return .quit
    case .suspend: return .suspend
    default: break
    }
    switch mode {
    case .help:
      mode = .steps
      return key == .character("q") ? .quit : .none
    case .line(let typed): lineKey(key, typed)
    case .answer(let typed): answerKey(key, typed)
    case .steps: return stepKey(key)
    }
    return .none
  }

  private mutating func stepKey(_ key: Key) -> Action {
    if case .prediction(let k) = stop, answers[k] == nil, case .character(let letter) = key,
      let choice = choice(letter, of: k)
    {
      answers[k] = choice
      // The explanation is below.
      scroll = maximalScroll
      return .none
    }
    switch key {
    case .right, .character("n"), .character(" "), .enter, .pageDown: forward(key)
    case .left, .character("p"), .backspace, .pageUp: back(key)
    case .down, .character("j"): scroll = min(scroll + 1, maximalScroll)
    case .up, .character("k"): scroll = max(0, scroll - 1)
    case .home, .character("<"): go(to: 0)
    case .end, .character(">"): go(to: stops.count - 1)
    case .character("b"): seekBackward(1)
    case .character("B"): seekBackward(-1)
    case .character("u"): seekUpdate(1)
    case .character("U"): seekUpdate(-1)
    case .character("g"): mode = .line("")
    case .character("?"), .character("h"): mode = .help
    case .character("f"): return figureAction()
    case .character("q"), .character("Q"), .endOfInput: return .quit
    default: break
    }
    return .none
  }

  /// On a long page, space and page down read on before they leave it.
  private mutating func forward(_ key: Key) {
    if key != .right, key != .character("n"), scroll < maximalScroll {
      scroll = min(scroll + max(1, pageHeight - 2), maximalScroll)
      return
    }
    if position + 1 >= stops.count {
      note = "This is the end of the lesson. q quits, < starts again."
      return
    }
    go(to: position + 1)
  }

  private mutating func back(_ key: Key) {
    if key == .pageUp, scroll > 0 {
      scroll = max(0, scroll - max(1, pageHeight - 2))
      return
    }
    if position == 0 {
      note = "This is the beginning."
      return
    }
    go(to: position - 1)
  }

  private func choice(_ letter: Character, of prediction: Int) -> String? {
    let choices = run.lesson.predictions[prediction].prediction.choices
    guard let ascii = letter.asciiValue else { return nil }
    let at = Int(ascii) - (letter.isNumber ? 49 : 97)
    return choices.indices.contains(at) ? choices[at] : nil
  }

  private mutating func lineKey(_ key: Key, _ typed: String) {
    switch key {
    case .character(let c) where c.isASCII && c.isNumber && typed.count < 6: mode = .line(typed + String(c))
    case .backspace: mode = typed.isEmpty ? .steps : .line(String(typed.dropLast()))
    case .enter:
      mode = .steps
      if let line = Int(typed) { go(toLine: line) }
    case .escape, .character("q"): mode = .steps
    default: break
    }
  }

  private mutating func answerKey(_ key: Key, _ typed: String) {
    switch key {
    case .character(let c) where typed.count < 200: mode = .answer(typed + String(c))
    case .backspace: mode = .answer(String(typed.dropLast()))
    case .enter:
      guard case .prediction(let k) = stop, !trimmed(typed).isEmpty else { return }
      answers[k] = trimmed(typed)
      mode = .steps
      scroll = maximalScroll
    case .escape: mode = .steps
    case .left, .right, .home, .end:
      mode = .steps
      _ = stepKey(key)
    default: break
    }
  }

  private mutating func figureAction() -> Action {
    guard let (figure, event) = figure else {
      note = "Nothing has happened yet: there is nothing to draw."
      return .none
    }
    return .figure(figure, event: event)
  }

  /// The page's own figure; else the one that says most about the step. `nil` before the first step.
  public var figure: (figure: FigureBlock, event: Int)? {
    if case .page(let page) = stop, let k = page.figure {
      let (figure, cellsAbove) = run.lesson.figures[k]
      if let event = try? run.events(for: figure, cellsAbove: cellsAbove) { return (figure, event) }
    }
    guard let k = step else { return nil }
    let step = steps[k]
    let isUpdate = isHead(step) { if case .parameterUpdated = $0 { true } else { false } }
    let kind = isUpdate ? "update" : step.phase == .update ? "connection" : "graph"
    let figure = FigureBlock(
      line: run.program.lessonLine(step.line) ?? 0, kind: kind, at: nil, options: [],
      caption: "step \(k + 1)", alt: "")
    return (figure, step.events.upperBound)
  }
}
