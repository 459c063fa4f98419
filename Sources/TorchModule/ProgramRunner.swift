public import Autograd
public import MiniPython
public import Recordings

/// Runs a program of the language with `torch` in it.
///
/// ```swift
/// let recorder = Recorder()
/// let outcome = ProgramRunner(recorder: recorder).run(source: text, path: "p.py") { print($0, terminator: "") }
/// ```
public struct ProgramRunner {
  public var recorder: Recorder?
  public var limits: Limits
  /// Devices a program may name beside `cpu`.
  public var simulatedDevices: [String]
  /// Bytes that all living tensors may take together.
  public var memoryLimit: Int
  public var interrupt: Interrupt
  /// For tests: sees the run's surroundings before it begins.
  var prepare: ((Context, Interpreter) -> Void)?

  public init(
    recorder: Recorder? = nil, limits: Limits = Limits(), simulatedDevices: [String] = [],
    memoryLimit: Int = Context.standardMemoryLimit, interrupt: Interrupt = Interrupt()
  ) {
    self.recorder = recorder
    self.limits = limits
    self.simulatedDevices = simulatedDevices
    self.memoryLimit = memoryLimit
    self.interrupt = interrupt
  }

  /// Runs to the end. Nothing that a program does throws out of here.
  ///
  /// - Parameters:
  ///   - path: the program's name, as tracebacks show it.
  ///   - output: takes what is printed; `errors`: warnings, as they come. A traceback is in the outcome.
  public func run(
    source: String, path: String, output: @escaping (String) -> Void,
    errors: @escaping (String) -> Void = { _ in }, input: @escaping () -> String? = { nil }
  ) -> Outcome {
    LargeStack.run {
      switch Program.compile(source: source, path: path) {
      case .failure(let error):
        record(error)
        return .raised(error)
      case .success(let program):
        let outcome = run(
          program, keepsAttributes: source.contains("_saved"), output: output, errors: errors, input: input)
        // Exceptions are recorded as they pass; a limit is none.
        if case .raised(let error) = outcome, error.isLimit { record(error) }
        return outcome
      }
    }
  }

  private func record(_ error: UncaughtError) {
    recorder?.span = SourceSpan(line: error.line, column: 0, endLine: error.line, endColumn: 0)
    recorder?.record(.raised(Raised(type: error.type, message: error.message, isUncaught: true)))
  }

  /// - Parameter keepsAttributes: whether the program looks into its nodes.
  private func run(
    _ program: Program, keepsAttributes: Bool, output: @escaping (String) -> Void,
    errors: @escaping (String) -> Void,
    input: @escaping () -> String?
  ) -> Outcome {
    let observer = recorder.map(ProgramRecorder.init)
    let interpreter = Interpreter(
      modules: { path, i in
        if path.hasPrefix("torch.utils.tensorboard") {
          // It is there, and imports first of all a package that is not.
          throw Raise.named("ModuleNotFoundError", "No module named 'tensorboard'")
        }
        return try WrittenModules.make(path, RunState.of(i), i) ?? Namespaces.module(path, RunState.of(i))
      },
      moduleNames: ["torch", "numpy", "matplotlib", "backstep"], output: output,
      errors: errors, input: input, limits: limits, observer: observer, interrupt: interrupt)
    observer?.interpreter = interpreter
    // Those that PyTorch writes in Python; it refuses the others, as they do here.
    interpreter.opensClass = { $0.module.hasPrefix("torch.") || $0.isNamed("Tensor", in: "torch") }
    let context = Context(
      recorder: recorder, memoryLimit: memoryLimit, simulatedDevices: simulatedDevices)
    context.keepsAttributes = keepsAttributes
    context.onWarning = { type, message in interpreter.warn(message, category: type, isRecorded: true) }
    prepare?(context, interpreter)
    return context.run { interpreter.run(program) }
  }

  /// Runs a program and gives its recording, with what it wrote on standard error.
  public static func record(
    source: String, path: String, limits: Limits = Limits(), policy: CapturePolicy = CapturePolicy(),
    simulatedDevices: [String] = [], memoryLimit: Int = Context.standardMemoryLimit,
    interrupt: Interrupt = Interrupt(),
    output: @escaping (String) -> Void = { _ in }, input: @escaping () -> String? = { nil }
  ) -> (recording: Recording, outcome: Outcome, errors: String) {
    let recorder = Recorder(policy: policy)
    var errors = ""
    let runner = ProgramRunner(
      recorder: recorder, limits: limits, simulatedDevices: simulatedDevices, memoryLimit: memoryLimit,
      interrupt: interrupt)
    let outcome = runner.run(
      source: source, path: path, output: output, errors: { errors += $0 }, input: input)
    if case .raised(let error) = outcome { errors += error.traceback }
    let recording = recorder.recording(program: path, source: source)
    return (recording, outcome, errors)
  }
}
