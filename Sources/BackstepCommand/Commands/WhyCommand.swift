import ArgumentParser
import Recordings

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `backstep why`: the writes and contributions that made a value.
struct WhyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why", abstract: "Explain a value: the chain of writes and contributions that made it.",
    discussion:
      "NAME is a tensor's name, a parameter's path or an id, with or without .grad: x, net.0.weight.grad.")

  @OptionGroup var input: ProgramInput

  @Argument(help: "What to explain: x, x.grad, net.0.weight.grad.")
  var name: String

  @Option(
    help: ArgumentHelp(
      "When: 12 (an event), \"line 7\", \"line 7:2\", \"backward 1\", \"step 1\", start, end.",
      valueName: "instant"))
  var at = "end"

  @Option(help: ArgumentHelp("How many writes are told, the latest.", valueName: "n"))
  var last = 6

  @Option(help: ArgumentHelp("Characters a line; the terminal's where left out.", valueName: "n"))
  var width: Int?

  func validate() throws {
    if last < 1 { throw ValidationError("--last must be at least 1") }
    if let width, width < 40 { throw ValidationError("--width must be at least 40") }
  }

  func run() throws {
    try reporting {
      let instant = try Instant(at)
      let (recording, ending) = try input.recording()
      let k = try instant.resolve(in: recording)
      let why = try Why(WhyTarget(name), in: recording, at: k, last: last)
      Console.write(why.text(width: width ?? Self.terminalWidth))
      try ending.leave()
    }
  }

  private static var terminalWidth: Int {
    var size = winsize()
    guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
    return max(40, Int(size.ws_col))
  }
}
