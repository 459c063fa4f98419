import ArgumentParser
import MiniPython
import Recordings
import TorchModule

/// The PROGRAM argument that most commands take, and how it becomes a recording.
struct ProgramInput: ParsableArguments {
  @Argument(help: "A program (.py), a recording (.jsonl), or - for standard input.")
  var program: String

  @Flag(help: "Open a recording that was cut off, as far as it is intact.")
  var salvage = false

  @OptionGroup var limits: LimitOptions

  /// Reads a recording, or runs a program and records it. A program's own error is told, not thrown: what
  /// happened before it can be drawn.
  func recording() throws -> (recording: Recording, failed: Bool) {
    let bytes = try InputFile.bytes(program)
    if isRecording(bytes) {
      do {
        let recording = try Recording(decoding: bytes, salvaging: salvage)
        recording.noteThinning(program, isRecorded: true)
        return (recording, false)
      } catch {
        throw Failure.other("\(program): \(error)")
      }
    }
    let source = try InputFile.text(bytes, path: program)
    let run = ProgramRunner.record(
      source: source, path: program == "-" ? "<stdin>" : program, limits: limits.limits, policy: limits.policy
    )
    run.recording.noteThinning(program, isRecorded: false)
    if !run.errors.isEmpty { Console.write(Array(run.errors.utf8), to: 2) }
    guard case .raised = run.outcome else { return (run.recording, false) }
    // A program that never began leaves nothing to draw.
    let began = run.recording.events.contains { if case .statement = $0.body { true } else { false } }
    guard began else { throw ExitCode(1) }
    return (run.recording, true)
  }

  private func isRecording(_ bytes: [UInt8]) -> Bool {
    program.hasSuffix(".jsonl") || (!program.hasSuffix(".py") && Recording.looksLikeRecording(bytes))
  }

  /// The program's name for files made from it.
  var name: String { stem(program) }
}

/// What a program may use, and how much of its values is kept.
struct LimitOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Stop the program after so many steps.", valueName: "n"))
  var maxSteps: Int?
  @Option(help: ArgumentHelp("How deep calls may nest.", valueName: "n"))
  var maxDepth: Int = 1000
  @Option(help: ArgumentHelp("Stop the program after so many seconds.", valueName: "seconds"))
  var maxTime: Double?
  @Option(
    help: ArgumentHelp(
      "Megabytes that all tensors and arrays may take together, and any one list or text.", valueName: "n"))
  var maxMemory: Int = 2048
  @Option(help: ArgumentHelp("Stop the program after so many bytes of output.", valueName: "n"))
  var maxOutput: Int = 1 << 30
  @Option(
    help: ArgumentHelp("Keep tensors of up to so many elements whole; summarise larger ones.", valueName: "n")
  )
  var keepElements: Int = 4096
  @Option(
    help: ArgumentHelp(
      """
      Which values a recording keeps: \"whole\" for all, else so many megabytes; beyond them the first step, \
      every n-th and the last keep theirs, and elsewhere large ones are summarised. Events are always kept.
      """, valueName: "megabytes"))
  var keep: ValueBudget = ValueBudget(bytes: CapturePolicy.standardBudget)

  func validate() throws {
    let options = [
      ("--max-steps", maxSteps ?? 1), ("--max-depth", maxDepth), ("--max-output", maxOutput),
      ("--max-memory", maxMemory),
      ("--keep-elements", keepElements),
    ]
    if let maxTime, !(maxTime > 0) { throw ValidationError("--max-time must be more than 0") }
    for (name, value) in options where value < 1 { throw ValidationError("\(name) must be at least 1") }
  }

  var limits: Limits {
    var limits = Limits()
    if let maxSteps { limits.steps = maxSteps }
    limits.callDepth = maxDepth
    limits.outputBytes = maxOutput
    limits.seconds = maxTime
    limits.memoryBytes = memoryBytes < Int.max / 2 ? memoryBytes * 2 : nil
    limits.elements = min(limits.elements, memoryBytes / 16)
    return limits
  }
  /// Bytes, without overflow.
  var memoryBytes: Int { maxMemory < 1 << 40 ? maxMemory << 20 : Int.max }
  var policy: CapturePolicy { CapturePolicy(wholeLimit: keepElements, budget: keep.bytes) }
}

/// How many bytes of values a recording keeps; all where `nil`.
struct ValueBudget: ExpressibleByArgument {
  var bytes: Int?
  init(bytes: Int?) { self.bytes = bytes }
  init?(argument: String) {
    if argument == "whole" {
      bytes = nil
    } else if let megabytes = Int(argument), megabytes >= 1, megabytes < 1 << 40 {
      bytes = megabytes << 20
    } else {
      return nil
    }
  }
  var defaultValueDescription: String { bytes.map { "\($0 >> 20)" } ?? "whole" }
}

extension Recording {
  /// Says on standard error which values are not there, and what helps.
  func noteThinning(_ program: String, isRecorded: Bool) {
    guard let thinningNote else { return }
    let fix = isRecorded ? "recorded with --keep whole, it has them all" : "--keep whole keeps all values"
    Console.note("\(program): \(thinningNote); \(fix)")
  }
}
