import ArgumentParser
import Recordings

/// `backstep graph`: the backward graphs of a run, for other programs.
struct Graph: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graph",
    abstract: "Print the backward graph before each backward() call, as JSON.")

  @OptionGroup var input: ProgramInput

  @Flag(help: "As JSON (the only form).")
  var json = false

  func run() throws {
    try reporting {
      let (recording, ending) = try input.recording()
      Console.write(BackwardGraph.json(BackwardGraph.all(in: recording)))
      try ending.leave()
    }
  }
}
