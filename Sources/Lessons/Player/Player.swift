import Recordings

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
  public internal(set) var position = 0
  /// What the reader answered, by prediction.
  public internal(set) var answers: [Int: String] = [:]
  /// How many lines of a page are scrolled away.
  public internal(set) var scroll = 0
  public internal(set) var mode: Mode = .steps
  /// The figure of this instant as text, shown where there is room; see ``figure``.
  public var picture: [String] = []
  /// A line for the reader, until the next key.
  public var note: String?
  public internal(set) var width = 80
  public internal(set) var height = 24

  private var timeline: Timeline
  let names: Names
  /// The state before and after the step that is shown.
  var before: Moment
  var after: Moment

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

  func isHead(_ step: EventStep, _ test: (Event.Body) -> Bool) -> Bool {
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
}
