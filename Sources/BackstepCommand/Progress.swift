/// A progress bar on standard error, for work that takes longer than a second while a person watches.
struct Progress {
  private let total: Int
  private let what: String
  private let start = ContinuousClock.now
  private var shown = -1

  init(_ what: String, total: Int) {
    self.what = what
    self.total = total
  }

  /// So many are done. Draws only when the picture changes.
  mutating func update(_ done: Int) {
    guard total > 0, Console.isWatched, ContinuousClock.now - start > .seconds(1) else { return }
    let width = 30
    let filled = done * width / total
    guard filled != shown else { return }
    shown = filled
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    Console.write(Array("\r\(what) \(bar) \(done) of \(total)".utf8), to: 2)
  }

  /// Takes the bar away.
  mutating func finish() {
    if shown >= 0 { Console.write(Array("\r\u{1B}[K".utf8), to: 2) }
    shown = -1
  }
}
