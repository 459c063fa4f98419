/// Everything that happened while a program ran: a header and an append-only list of events.
///
/// A value, independent of the run that made it: a recording on disk can be drawn next year, and one made
/// by another recorder draws exactly like one made here.
public struct Recording: Sendable, Equatable {
  /// The newest format this version reads and the one it writes.
  public static let formatVersion = 1

  /// The program's name, as the user gave it: `program.py`.
  public var program: String
  /// The program's text.
  public var source: String
  /// Values of larger storages were summarised.
  public var policy: CapturePolicy
  /// Which values were given up to bound its size; `nil` where none were.
  public var thinning: Thinning?
  public var events: ContiguousArray<Event>

  public init(
    program: String, source: String, policy: CapturePolicy = CapturePolicy(), thinning: Thinning? = nil,
    events: ContiguousArray<Event>
  ) {
    self.program = program
    self.source = source
    self.policy = policy
    self.thinning = thinning
    self.events = events
  }

  /// The program's lines; `lines[0]` is line 1.
  public var lines: [Substring] {
    source.split(separator: "\n", omittingEmptySubsequences: false).map {
      $0.hasSuffix("\r") ? $0.dropLast() : $0
    }
  }

  /// The text of a line, counted from 1; empty where there is none.
  public func line(_ number: Int32) -> String {
    let all = lines
    guard number >= 1, Int(number) <= all.count else { return "" }
    return String(all[Int(number) - 1])
  }
}
