import ArgumentParser
import Recordings
import Rendering

/// `backstep record`: every event of a run, as JSON Lines.
struct Record: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Run a program and write every event, one JSON object a line.")

  @OptionGroup var input: ProgramInput

  @Option(name: .shortAndLong, help: ArgumentHelp("Where to; - for standard output.", valueName: "file"))
  var output: String?

  func run() throws {
    try reporting {
      let (recording, ending) = try input.recording()
      let path = output ?? "output/\(input.name).jsonl"
      try Destination.write(recording.encoded(), to: path)
      try ending.leave()
    }
  }
}
