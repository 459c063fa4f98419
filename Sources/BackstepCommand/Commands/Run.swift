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

  func run() throws {
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
      Console.write(Array(error.traceback.utf8), to: 2)
      if let hint = error.hint { Console.note(hint) }
    }
    try ending.leave()
  }
}
