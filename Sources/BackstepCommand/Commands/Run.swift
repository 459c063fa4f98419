import ArgumentParser
import MiniPython
import Recordings
import Rendering
import TorchModule

/// `backstep run`: prints what PyTorch prints.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a program: print what PyTorch prints.")

  @Argument(help: "A program (.py), or - for standard input.")
  var program: String

  @Option(help: ArgumentHelp("Write a recording of the run as well.", valueName: "file"))
  var record: String?

  @OptionGroup var limits: LimitOptions

  func run() throws { try Run.run(program, record: record, limits: limits.program) }

  /// Without options there is nothing to parse: the parser's tables of types are a fifth of the time to the first
  /// line. Returns `nil` where the arguments are anything but `run` and a file's name.
  static func fileAlone(_ arguments: [String]) -> String? {
    guard arguments.count == 3, arguments[1] == configuration.commandName, !arguments[2].isEmpty,
      !arguments[2].hasPrefix("-")
    else { return nil }
    return arguments[2]
  }

  static func run(_ program: String, record: String?, limits: ProgramLimits) throws {
    let bytes = try reporting { try InputFile.bytes(program) }
    if program.hasSuffix(".jsonl") {
      throw report(Failure.recordingNeedsProgram(command: "run", path: program))
    }
    let source = try reporting { try InputFile.text(bytes, path: program) }
    let path = program == "-" ? "<stdin>" : program
    let recorder = record.map { _ in Recorder(policy: limits.policy) }
    let interrupt = Interrupt()
    InterruptSignal.stop(interrupt)
    let runner = ProgramRunner(
      recorder: recorder, limits: limits.limits, simulatedDevices: limits.simulatedDevices,
      memoryLimit: limits.memoryBytes, interrupt: interrupt)
    let output = OutputBuffer()
    let outcome = runner.run(
      source: source, path: path, output: { output.write($0) },
      errors: {
        output.flush()
        Console.write(Array($0.utf8), to: 2)
      }, input: { StandardInput.line(unless: interrupt) })
    output.flush()
    let ending = ProgramEnding(outcome, interrupt)
    if let record, let recorder {
      let recording = recorder.recording(program: path, source: source)
      recording.noteThinning(record, isRecorded: false)
      try reporting { try AtomicFile.write(recording.encoded(), makingFoldersTo: record) }
    }
    if case .raised(let error) = outcome {
      // The exception is the last word, as CPython leaves it.
      if let hint = error.hint { Console.note(hint) }
      Console.write(Array(error.traceback.utf8), to: 2)
    }
    try ending.leave()
  }
}
