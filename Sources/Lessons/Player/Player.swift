public import Recordings

/// The player's model: where the reader is in a lesson, and what a key does. A value; it draws nothing and
/// knows no terminal.
///
/// ```swift
/// var player = Player(run)
/// player.handle(.right)
/// print(player.screen(width: 80, height: 24).text)
/// ```
public struct Player: Sendable {
  public let run: LessonRun
  /// Where one can stop, in the order of the lesson.
  public let stops: [Stop]
  /// The steps of the program; stops refer to them.
  public let steps: [EventStep]
  /// The stop that is shown.
  public private(set) var position = 0
  /// What the reader answered, by prediction.
  public private(set) var answers: [Int: String] = [:]
  /// How many lines of a page are scrolled away.
  public private(set) var scroll = 0
  public private(set) var mode: Mode = .steps
  /// A line for the reader, until the next key.
  public var note: String?
  public private(set) var width = 80
  public private(set) var height = 24

  private var timeline: Timeline
  let names: Names
  /// The state before and after the step that is shown.
  private(set) var before: Moment
  private(set) var after: Moment

  /// A place to stop.
  public enum Stop: Sendable, Equatable {
    /// Something to read.
    case page(Page)
    /// A question, by number.
    case prediction(Int)
    /// A step of the program, by number.
    case step(Int)
  }

  /// Prose, and the figure at its end.
  public struct Page: Sendable, Equatable {
    public var prose: [Prose]
    /// Which figure of the lesson.
    public var figure: Int?
  }

  public enum Mode: Sendable, Equatable {
    case steps
    case help
    /// Typing a line number.
    case line(String)
    /// Typing an answer.
    case answer(String)
  }

  /// What the terminal must do after a key.
  public enum Action: Sendable, Equatable {
    case none, quit, suspend
    /// Draw this figure and show it.
    case figure(FigureBlock, event: Int)
  }

  public init(_ run: LessonRun) {
    self.run = run
    steps = StepFinder.steps(of: run.recording)
    stops = Player.stops(run, steps)
    timeline = Timeline(run.recording)
    names = Names(run.recording)
    before = Moment()
    after = Moment()
    seek()
  }

  /// The step that is shown, or the last one passed; `nil` before the first.
  public var step: Int? {
    for stop in stops.prefix(position + 1).reversed() {
      if case .step(let k) = stop { return k }
    }
    return nil
  }

  public var stop: Stop? { stops.indices.contains(position) ? stops[position] : nil }

  /// The words for the step that is shown.
  public var words: String {
    guard case .step(let k) = stop else { return "" }
    return Narrator(step: steps[k], recording: run.recording, before: before, after: after, names: names)
      .words()
  }

  /// The tensors at the step that is shown.
  public var table: TensorTable { TensorTable(before: before, after: after, names: names) }

  // MARK: Moving

  /// Goes to a stop; clamped to what there is.
  public mutating func go(to stop: Int) {
    position = min(max(stop, 0), max(0, stops.count - 1))
    scroll = 0
    mode = .steps
    if case .prediction(let k) = self.stop, answers[k] == nil,
      run.lesson.predictions[k].prediction.choices.isEmpty
    {
      mode = .answer("")
    }
    seek()
  }

  /// Computes the states around the step that is shown.
  private mutating func seek() {
    guard let k = step else {
      before = Moment()
      after = before
      return
    }
    after = timeline.moment(after: steps[k].events.upperBound)
    if case .step = stop {
      before = timeline.moment(after: steps[k].events.lowerBound)
    } else {
      // Between steps nothing is changing.
      before = after
    }
  }

  /// Goes to the next stop, forwards or backwards, at which a step satisfies a condition.
  private mutating func seek(_ direction: Int, what: String, _ matches: (Event.Body) -> Bool) {
    var at = position + direction
    while stops.indices.contains(at) {
      if case .step(let k) = stops[at], isHead(steps[k], matches) { return go(to: at) }
      at += direction
    }
    note = "No \(direction > 0 ? "further" : "earlier") \(what)."
  }

  private func isHead(_ step: EventStep, _ test: (Event.Body) -> Bool) -> Bool {
    run.recording.events.indices.contains(step.head) && test(run.recording.events[step.head].body)
  }

  mutating func seekBackward(_ direction: Int) {
    seek(direction, what: "backward pass") { if case .backwardBegan = $0 { true } else { false } }
  }

  mutating func seekUpdate(_ direction: Int) {
    seek(direction, what: "optimizer step") { if case .stepBegan = $0 { true } else { false } }
  }

  /// Goes to the first step of a program line, or of the next line that has one.
  public mutating func go(toLine line: Int) {
    let lined = stops.indices.filter { if case .step = stops[$0] { true } else { false } }
    func lineOf(_ at: Int) -> Int { if case .step(let k) = stops[at] { steps[k].line } else { 0 } }
    if let exact = lined.first(where: { lineOf($0) == line }) { return go(to: exact) }
    guard let next = lined.filter({ lineOf($0) > line }).min(by: { lineOf($0) < lineOf($1) }) else {
      note = "Nothing happens at line \(line) or below."
      return
    }
    go(to: next)
    note = "Nothing happens at line \(line); this is line \(lineOf(next))."
  }

  /// The terminal has this size now.
  public mutating func resize(width: Int, height: Int) {
    self.width = width
    self.height = height
    scroll = min(scroll, maximalScroll)
  }

  // MARK: Keys

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
    case .escape: mode = .steps
    case .left, .right, .home, .end:
      mode = .steps
      _ = stepKey(key)
    default: break
    }
  }

  /// The page's own figure; else what says most about the step.
  private mutating func figureAction() -> Action {
    if case .page(let page) = stop, let k = page.figure {
      let (figure, cellsAbove) = run.lesson.figures[k]
      if let event = try? run.events(for: figure, cellsAbove: cellsAbove) {
        return .figure(figure, event: event)
      }
    }
    guard let k = step else {
      note = "Nothing has happened yet: there is nothing to draw."
      return .none
    }
    let step = steps[k]
    let isUpdate = isHead(step) { if case .parameterUpdated = $0 { true } else { false } }
    let kind = isUpdate ? "update" : step.phase == .update ? "connection" : "graph"
    let figure = FigureBlock(
      line: run.program.lessonLine(step.line) ?? 0, kind: kind, at: nil, options: [],
      caption: "step \(k + 1)", alt: "")
    return .figure(figure, event: step.events.upperBound)
  }
}

extension Player {
  /// Pages, predictions and steps in the order of the lesson.
  private static func stops(_ run: LessonRun, _ steps: [EventStep]) -> [Stop] {
    let cells = LessonRun.cellOfEvent(run.recording, run.program)
    var byCell: [Int: [Int]] = [:]
    for (k, step) in steps.enumerated() { byCell[cells[step.head], default: []].append(k) }
    var stops: [Stop] = []
    var page = Page(prose: [], figure: nil)
    func flush() {
      if !page.prose.isEmpty || page.figure != nil { stops.append(.page(page)) }
      page = Page(prose: [], figure: nil)
    }
    var cell = 0
    var figure = 0
    var prediction = 0
    for block in run.lesson.blocks {
      switch block {
      case .prose(let prose): page.prose.append(prose)
      case .figure:
        page.figure = figure
        figure += 1
        flush()
      case .predict:
        flush()
        stops.append(.prediction(prediction))
        prediction += 1
      case .cell:
        let own = byCell[cell] ?? []
        cell += 1
        // A cell in which nothing happens does not break the page.
        if own.isEmpty { continue }
        flush()
        stops += own.map(Stop.step)
      case .output, .error: break
      }
    }
    flush()
    return stops
  }
}
