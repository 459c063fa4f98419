/// A place in time, as a person names it: `12`, `line 7`, `line 7:2`, `backward 2`, `step 1`, `start`, `end`.
public enum Instant: Sendable, Equatable {
  /// After so many events.
  case event(Int)
  /// After this line has run for the n-th time, all that it caused included.
  case line(Int, visit: Int)
  /// After the n-th backward pass.
  case backward(Int)
  /// After the n-th optimizer step.
  case step(Int)
  case start
  case end

  /// Reads what a person typed. Throws ``InstantError/unknown(text:)``.
  public init(_ text: String) throws(InstantError) {
    let words = text.lowercased().split { $0 == " " || $0 == "\t" }
    func number(_ word: Substring) throws(InstantError) -> Int {
      guard let value = Int(word), value >= 1 else { throw .unknown(text: text) }
      return value
    }
    switch (words.first, words.count) {
    case ("start", 1): self = .start
    case ("end", 1): self = .end
    case ("line", 2):
      let parts = words[1].split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count <= 2 else { throw .unknown(text: text) }
      self = .line(try number(parts[0]), visit: parts.count == 2 ? try number(parts[1]) : 1)
    case ("backward", 1): self = .backward(1)
    case ("backward", 2): self = .backward(try number(words[1]))
    case ("step", 1): self = .step(1)
    case ("step", 2): self = .step(try number(words[1]))
    case ("event", 2): self = .event(try number(words[1]))
    case (.some(let word), 1):
      guard let k = Int(word), k >= 0 else { throw .unknown(text: text) }
      self = .event(k)
    default: throw .unknown(text: text)
    }
  }

  /// How many events have happened at this instant of a recording. Throws ``InstantError``.
  public func resolve(in recording: Recording) throws(InstantError) -> Int {
    let events = recording.events
    switch self {
    case .start: return 0
    case .end: return events.count
    case .event(let k):
      guard k <= events.count else { throw .beyond(event: k, count: events.count) }
      return k
    case .line(let line, let visit): return try Self.afterLine(line, visit: visit, in: recording)
    case .backward(let n):
      return try Self.after(n, "backward", in: events) { if case .backwardEnded = $0 { true } else { false } }
    case .step(let n):
      return try Self.after(n, "step", in: events) { if case .stepEnded = $0 { true } else { false } }
    }
  }

  private static func after(
    _ n: Int, _ what: String, in events: ContiguousArray<Event>, _ isEnd: (Event.Body) -> Bool
  ) throws(InstantError) -> Int {
    var seen = 0
    for (k, event) in events.enumerated() where isEnd(event.body) {
      seen += 1
      if seen == n { return k + 1 }
    }
    throw .tooFew(what: what, asked: n, count: seen)
  }

  /// A line ends where the next statement of the same or a lower depth begins.
  private static func afterLine(
    _ line: Int, visit: Int, in recording: Recording
  ) throws(InstantError) -> Int {
    var seen = 0
    var openDepth: Int?
    for (k, event) in recording.events.enumerated() {
      guard case .statement(let statement) = event.body, let span = event.span else { continue }
      if let depth = openDepth, statement.depth <= depth { return k }
      if openDepth == nil, Int(span.line) == line {
        seen += 1
        if seen == visit { openDepth = statement.depth }
      }
    }
    if openDepth != nil { return recording.events.count }
    if seen > 0 { throw .tooFew(what: "line \(line)", asked: visit, count: seen) }
    throw .lineNeverRan(line: line, ran: ranLines(recording))
  }

  private static func ranLines(_ recording: Recording) -> [Int] {
    var lines: Set<Int> = []
    for event in recording.events {
      if case .statement = event.body, let span = event.span { lines.insert(Int(span.line)) }
    }
    return lines.sorted()
  }
}

/// Why an instant does not exist.
public enum InstantError: Error, Equatable, Sendable {
  case unknown(text: String)
  case beyond(event: Int, count: Int)
  case tooFew(what: String, asked: Int, count: Int)
  case lineNeverRan(line: Int, ran: [Int])
}

extension InstantError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknown(let text):
      let word = text.split(separator: " ").first.map(String.init) ?? text
      let hint = nearest(to: word, among: ["line", "backward", "step", "start", "end", "event"])
      return "unknown instant \"\(text)\"\(hint.map { ", did you mean \"\($0)\"?" } ?? ""). "
        + "An instant is an event number (12), \"line 7\", \"line 7:2\" (its second run), \"backward 1\","
        + " \"step 1\", \"start\" or \"end\""
    case .beyond(let event, let count): return "there is no event \(event): the recording has \(count)"
    case .tooFew(let what, let asked, let count):
      let times = count == 0 ? "never" : count == 1 ? "only once" : "only \(count) times"
      let hint = what == "backward" || what == "step" ? "\(what) \(asked)" : "run \(asked) of \(what)"
      return "there is no \(hint): it happens \(times)"
    case .lineNeverRan(let line, let ran):
      let shown = ran.map(String.init).joined(separator: ", ")
      return "line \(line) never ran. Lines that did: \(shown)"
    }
  }
}
