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
  /// happened before it can be drawn. Call ``ProgramEnding/leave()`` when that is done.
  func recording() throws -> (recording: Recording, ending: ProgramEnding) {
    let bytes = try InputFile.bytes(program)
    if isRecording(bytes) {
      do {
        let recording = try Recording(decoding: bytes, salvaging: salvage)
        recording.noteThinning(program, isRecorded: true)
        return (recording, .status(0))
      } catch {
        throw Failure.other("\(program): \(error)")
      }
    }
    let source = try InputFile.text(bytes, path: program)
    let interrupt = Interrupt()
    InterruptSignal.stop(interrupt)
    let limits = limits.program
    // What a program prints is in its recording; the line with a question is shown to the one who answers it.
    var question = ""
    let run = ProgramRunner.record(
      source: source, path: program == "-" ? "<stdin>" : program, limits: limits.limits,
      policy: limits.policy, simulatedDevices: limits.simulatedDevices, memoryLimit: limits.memoryBytes,
      interrupt: interrupt,
      output: { question = String($0.split(separator: "\n", omittingEmptySubsequences: false).last ?? "") },
      input: {
        if Console.isTerminal(0) { Console.write(Array(question.utf8), to: 2) }
        return StandardInput.line(unless: interrupt)
      })
    let ending = ProgramEnding(run.outcome, interrupt)
    run.recording.noteThinning(program, isRecorded: false)
    if !run.errors.isEmpty { Console.write(Array(run.errors.utf8), to: 2) }
    if case .raised(let error) = run.outcome {
      if let hint = error.hint { Console.note(hint) }
      // A program that never began leaves nothing to draw.
      let began = run.recording.events.contains { if case .statement = $0.body { true } else { false } }
      if !began { try ending.leave() }
    }
    return (run.recording, ending)
  }

  private func isRecording(_ bytes: [UInt8]) -> Bool {
    program.hasSuffix(".jsonl") || (!program.hasSuffix(".py") && Recording.looksLikeRecording(bytes))
  }

  /// The program's name for files made from it.
  var name: String { stem(program) }
}

/// How a program ended, which is how the command ends that ran it.
enum ProgramEnding: Equatable {
  case status(Int32)
  /// By Ctrl-C.
  case interrupted

  /// From here on, Ctrl-C ends the process itself.
  init(_ outcome: Outcome, _ interrupt: Interrupt) {
    InterruptSignal.release()
    switch outcome {
    case .raised(let error) where error.type == "KeyboardInterrupt": self = .interrupted
    case .raised: self = .status(1)
    case .exited(let status): self = interrupt.isSet ? .interrupted : .status(status)
    case .finished: self = interrupt.isSet ? .interrupted : .status(0)
    }
  }

  /// Ends the command, once all is written: as CPython ends, after Ctrl-C by the signal itself, so that a shell
  /// sees it (status 130). Returns where the program ended well.
  func leave() throws {
    switch self {
    case .status(0): return
    case .status(let status): throw ExitCode(status)
    case .interrupted:
      InterruptSignal.end()
      throw ExitCode(130)
    }
  }
}

/// What a program may use, and how much of its values is kept: without options, the defaults.
struct ProgramLimits {
  var maxSteps: Int?
  var maxDepth = 1000
  var maxTime: Double?
  /// In megabytes.
  var maxMemory = 2048
  var maxOutput = 1 << 30
  var keepElements = 4096
  var keep = ValueBudget(bytes: CapturePolicy.standardBudget)
  var simulatesCUDA = false

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
  var simulatedDevices: [String] { simulatesCUDA ? ["cuda:0"] : [] }
  var policy: CapturePolicy { CapturePolicy(wholeLimit: keepElements, budget: keep.bytes) }
}

/// ``ProgramLimits`` as options of a command.
struct LimitOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Stop the program after so many steps.", valueName: "n"))
  var maxSteps: Int?
  @Option(help: ArgumentHelp("How deep calls may nest.", valueName: "n"))
  var maxDepth: Int = ProgramLimits().maxDepth
  @Option(help: ArgumentHelp("Stop the program after so many seconds.", valueName: "seconds"))
  var maxTime: Double?
  @Option(
    help: ArgumentHelp(
      "Megabytes that all tensors and arrays may take together, and any one list or text.", valueName: "n"))
  var maxMemory: Int = ProgramLimits().maxMemory
  @Option(help: ArgumentHelp("Stop the program after so many bytes of output.", valueName: "n"))
  var maxOutput: Int = ProgramLimits().maxOutput
  @Option(
    help: ArgumentHelp("Keep tensors of up to so many elements whole; summarise larger ones.", valueName: "n")
  )
  var keepElements: Int = ProgramLimits().keepElements
  @Option(
    help: ArgumentHelp(
      """
      Which values a recording keeps: \"whole\" for all, else so many megabytes; beyond them the first step, \
      every n-th and the last keep theirs, and elsewhere large ones are summarised. Events are always kept.
      """, valueName: "megabytes"))
  var keep: ValueBudget = ProgramLimits().keep
  @Flag(
    name: .customLong("simulate-cuda"),
    help: "Give the program a device cuda:0: a label with memory of its own; all is computed on the CPU.")
  var simulatesCUDA = false

  func validate() throws {
    let options = [
      ("--max-steps", maxSteps ?? 1), ("--max-depth", maxDepth), ("--max-output", maxOutput),
      ("--max-memory", maxMemory),
      ("--keep-elements", keepElements),
    ]
    if let maxTime, !(maxTime > 0) { throw ValidationError("--max-time must be more than 0") }
    for (name, value) in options where value < 1 { throw ValidationError("\(name) must be at least 1") }
  }

  var program: ProgramLimits {
    ProgramLimits(
      maxSteps: maxSteps, maxDepth: maxDepth, maxTime: maxTime, maxMemory: maxMemory, maxOutput: maxOutput,
      keepElements: keepElements, keep: keep, simulatesCUDA: simulatesCUDA)
  }
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
