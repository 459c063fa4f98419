import CKernels
public import Recordings

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What surrounds every operation: the recorder, the gradient mode, the random generator, the limits.
///
/// The only state that is not handed on as an argument; read once per operation. A context belongs to one
/// thread of execution.
///
/// ```swift
/// let context = Context(recorder: Recorder())
/// try context.run { try Tensor([1, 2], requiresGrad: true).sum().backward() }
/// ```
public final class Context: @unchecked Sendable {
  /// The context that ``run(_:)`` set, else one of this thread's own: threads never share one by accident.
  ///
  /// A thread's slot rather than a task-local value, as every operation asks; `run` never suspends.
  public static var current: Context {
    if let slot = ck_context() { return Unmanaged<Context>.fromOpaque(slot).takeUnretainedValue() }
    return ThreadDefault.context
  }

  /// The same for a body that neither keeps nor replaces it: nothing is counted.
  @inline(__always)
  static func withCurrent<R>(_ body: (Context) throws -> R) rethrows -> R {
    guard let slot = ck_context() else { return try body(current) }
    return try Unmanaged<Context>.fromOpaque(slot)._withUnsafeGuaranteedRef(body)
  }

  @exclusivity(unchecked) public var recorder: Recorder?
  /// Whether operations join the graph.
  @exclusivity(unchecked) public var gradMode = true
  /// The next free number for `data_ptr()`, in blocks of 64 bytes.
  @exclusivity(unchecked) var nextPlace: UInt32 = 1
  @exclusivity(unchecked) public var inferenceMode = false
  /// Whether backward rules that return NaN raise.
  public var anomaly = false { didSet { watch() } }
  /// What happens to tensors that nodes save; the last one counts.
  public var savedTensorHooks: [SavedTensorHooks] = [] { didSet { watch() } }
  /// Why hooks may not be set, where a program said so.
  public var savedTensorHooksRefusal: String?
  /// Whether operations must take the long way, which knows places and hooks.
  @exclusivity(unchecked) private(set) var isWatched = false
  private func watch() { isWatched = anomaly || !savedTensorHooks.isEmpty || isMapping }
  /// Whether `vmap` runs a function for one sample after another, and refuses its draws.
  @exclusivity(unchecked) var isMapping = false { didSet { watch() } }
  @exclusivity(unchecked) var refusesDraws = false
  /// Whether anomaly mode looks for NaN.
  @exclusivity(unchecked) public var checksNaN = true
  /// What `torch.get_default_dtype()` says.
  @exclusivity(unchecked) public var defaultDType = DType.float32
  /// The region of mixed precision that the program is in.
  @exclusivity(unchecked) public var autocast: Autocast?
  /// Where factories make tensors: `torch.set_default_device`.
  @exclusivity(unchecked) public var defaultDevice = "cpu"
  /// Whether a layer of an LSTM is one node, as the library makes it that PyTorch calls; else its steps are many.
  @exclusivity(unchecked) public var fusesRecurrence = true
  /// Whether the program was told that a call has the order of arguments of old; once is enough.
  var hasWarnedOfOldForm = false
  /// Devices a program may name beside `cpu`: `cuda` computes here, too, but knows its name.
  @exclusivity(unchecked) public var simulatedDevices: [String]
  /// The path of the module that runs: `net.fc1`.
  @exclusivity(unchecked) public var modulePath: [String] = []
  /// Names that nodes have instead of their own, while a view takes the place of what it is taken of.
  @exclusivity(unchecked) var nodeNames: [String: String]?
  /// Whether nodes keep the plain values of their rules, `grad_fn._saved_exponent`, also while nobody records.
  @exclusivity(unchecked) public var keepsAttributes = false
  /// Whether a backward pass that begins now is the library's own.
  @exclusivity(unchecked) public var isInnerPass = false
  /// Called with each warning; each text is told once a run.
  @exclusivity(unchecked) public var onWarning: ((_ type: String, _ message: String) -> Void)?
  /// Sees every tensor when it becomes known to the recorder; for tests of completeness.
  @exclusivity(unchecked) var onTensor: ((Tensor) -> Void)?
  /// Where the program is, for anomaly mode.
  @exclusivity(unchecked) public var traceback: (() -> String)?
  /// Told of each scheduler that is being made, before it sets its first rates.
  public var schedulerMade: ((Scheduler) -> Void)?
  public let generator: Generator
  let memory: MemoryMeter
  /// Where the next operation on this tensor writes its result, instead of into a new one.
  @exclusivity(unchecked) var destination: (target: Tensor, name: String)?
  /// Memory that backward passes use again and again.
  @exclusivity(unchecked) var passMemory: PassMemory?
  /// Whether a backward rule of the core runs: PyTorch writes those in C++, where a number beside a tensor is no
  /// tensor and has no edge.
  @exclusivity(unchecked) var isInRule = false
  /// The innermost backward pass under way, which sets and clears it.
  @exclusivity(unchecked) unowned(unsafe) var engine: Engine?
  /// How many backward passes are under way, one inside another.
  @exclusivity(unchecked) var runningPasses = 0
  @exclusivity(unchecked) private var warned: Set<String> = []

  /// 2 GiB, in bytes.
  public static let standardMemoryLimit = 2 << 30

  /// - Parameter memoryLimit: bytes that all living tensors may take together.
  public init(
    recorder: Recorder? = nil, seed: UInt64 = Generator.defaultSeed,
    memoryLimit: Int = Context.standardMemoryLimit,
    simulatedDevices: [String] = []
  ) {
    self.recorder = recorder
    self.simulatedDevices = simulatedDevices
    generator = Generator(seed: seed)
    memory = MemoryMeter(limit: memoryLimit)
  }

  fileprivate init(generator: Generator) {
    simulatedDevices = []
    self.generator = generator
    memory = MemoryMeter(limit: Context.standardMemoryLimit)
  }

  /// A context with the same generator and limits.
  public init(copying other: Context) {
    recorder = other.recorder
    gradMode = other.gradMode
    inferenceMode = other.inferenceMode
    anomaly = other.anomaly
    savedTensorHooks = other.savedTensorHooks
    savedTensorHooksRefusal = other.savedTensorHooksRefusal
    isMapping = other.isMapping
    refusesDraws = other.refusesDraws
    isWatched = other.isWatched
    checksNaN = other.checksNaN
    defaultDType = other.defaultDType
    fusesRecurrence = other.fusesRecurrence
    simulatedDevices = other.simulatedDevices
    modulePath = other.modulePath
    keepsAttributes = other.keepsAttributes
    onWarning = other.onWarning
    onTensor = other.onTensor
    traceback = other.traceback
    generator = other.generator
    memory = other.memory
  }

  /// Runs a body as a program's own line: what the program wrote as a number is a tensor in its graph.
  func outsideRules<T>(_ body: () throws -> T) rethrows -> T {
    let inside = isInRule
    isInRule = false
    defer { isInRule = inside }
    return try body()
  }

  /// Runs a body inside this context.
  public func run<R>(_ body: () throws -> R) rethrows -> R {
    let before = ck_context()
    ck_set_context(Unmanaged.passUnretained(self).toOpaque())
    defer { ck_set_context(before) }
    return try withExtendedLifetime(self) { try body() }
  }

  /// Whether operations join the graph now.
  public var recordsGraph: Bool { gradMode && !inferenceMode }

  var gradientMode: GradientMode { inferenceMode ? .inference : gradMode ? .on : .off }

  /// Sets the mode, and tells the recorder where it changes.
  public func setGradMode(_ on: Bool, inference: Bool = false) {
    let before = gradientMode
    gradMode = on
    inferenceMode = inference
    if let recorder, gradientMode != before {
      recorder.record(.gradientMode(GradientModeChanged(mode: gradientMode)))
    }
  }

  /// Warns, once for each text.
  public func warn(_ type: String = "UserWarning", _ message: String) {
    guard warned.insert(message).inserted else { return }
    recorder?.record(.warned(Warned(type: type, message: message)))
    onWarning?(type, message)
  }

  /// Warns as Python code does: once for each place, which whoever shows it knows.
  public func warnHere(_ type: String = "UserWarning", _ message: String) {
    if let recorder, warned.insert("\(recorder.span.map { "\($0.line)" } ?? "")|\(message)").inserted {
      recorder.record(.warned(Warned(type: type, message: message)))
    }
    onWarning?(type, message)
  }

  /// Runs internals that neither join the graph nor are recorded.
  func quietly<R>(_ body: () throws -> R) rethrows -> R {
    let saved = (recorder, gradMode)
    recorder = nil
    gradMode = false
    defer { (recorder, gradMode) = saved }
    return try body()
  }
}

/// Runs a body without joining the graph: `with torch.no_grad():`.
public func withNoGrad<R>(_ body: () throws -> R) rethrows -> R {
  let context = Context(copying: .current)
  context.setGradMode(false)
  defer { context.setGradMode(Context.current.gradMode, inference: Context.current.inferenceMode) }
  return try context.run(body)
}

/// A context for each thread that set none; all draw from one generator.
private enum ThreadDefault {
  private static let generator = Generator()
  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key) { pointer in
      #if canImport(Darwin)
        Unmanaged<Context>.fromOpaque(pointer).release()
      #else
        if let pointer { Unmanaged<Context>.fromOpaque(pointer).release() }
      #endif
    }
    return key
  }()

  static var context: Context {
    if let pointer = pthread_getspecific(key) {
      return Unmanaged<Context>.fromOpaque(pointer).takeUnretainedValue()
    }
    let made = Context(generator: generator)
    let pointer = Unmanaged.passRetained(made).toOpaque()
    pthread_setspecific(key, pointer)
    if ck_context() == nil { ck_set_context(pointer) }
    return made
  }
}
