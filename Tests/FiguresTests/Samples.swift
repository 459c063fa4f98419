import Recordings

/// The recordings the laws are tried on.
struct Sample: Sendable {
  var name: String
  var recording: Recording

  /// Every instant of a short recording; of a long one the first, the last and some between.
  var instants: [Int] {
    let count = recording.events.count
    if count <= 80 { return Array(0...count) }
    return Array(0...30) + stride(from: 31, to: count, by: max(1, count / 30)) + [count - 1, count]
  }

  static let all: [Sample] = [
    Sample(name: "the founding program", recording: FoundingProgram.recording),
    Sample(name: "nothing at all", recording: Recording(program: "empty.py", source: "", events: [])),
  ]
}
