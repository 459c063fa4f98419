/// Runs programs: holds the globals, the limits, and the doors to the outside.
///
/// ```swift
/// let program = try Program.compile(source: bytes, path: "p.py")
/// let outcome = Interpreter(output: { print($0, terminator: "") }).run(program)
/// ```
public final class Interpreter {
  /// Gives the module of this name, or `nil`: `torch`, `torch.nn`.
  @exclusivity(unchecked) public var modules: (String, Interpreter) throws -> Value?
  /// Names of modules that exist, for hints.
  @exclusivity(unchecked) public var moduleNames: [String]
  @exclusivity(unchecked) public var output: (String) -> Void
  @exclusivity(unchecked) public var errors: (String) -> Void
  @exclusivity(unchecked) public var input: () -> String?
  public let limits: Limits
  public weak var observer: (any Observer)? {
    didSet { isObserved = observer != nil }
  }
  /// Asked for every instruction, where a weak reference would be slow.
  @exclusivity(unchecked) private(set) var isObserved = false

  /// What waits for its `__del__`.
  @exclusivity(unchecked) let finalizers = Finalizers()
  /// What the program put below other classes.
  let kinship = Kinship()
  /// What the program set on classes of the host.
  let changes = ClassChanges()
  /// Whether a program may set attributes on this class of the host.
  @exclusivity(unchecked) public var opensClass: (ClassObject) -> Bool = { _ in false }
  /// What `atexit` runs.
  @exclusivity(unchecked) var exitCalls: [Value] = []
  /// The program's files, which are memory.
  public let files = MemoryFiles()

  /// What the host keeps for this run.
  @exclusivity(unchecked) public var hostState: AnyObject?

  @exclusivity(unchecked) var globals: [Value] = []
  @exclusivity(unchecked) var globalNames = GlobalNames()
  @exclusivity(unchecked) var program: Program?
  let frames = FrameStack()
  @exclusivity(unchecked) var steps = 0
  /// When the program began, for the limit of time.
  @exclusivity(unchecked) private var began: ContinuousClock.Instant?
  /// As `sys.setrecursionlimit` has it, less ``nativeDepth``.
  @exclusivity(unchecked) public internal(set) var recursionLimit: Int
  /// The filters of `warnings`, the latest first.
  @exclusivity(unchecked) var warningRules: [WarningRule] = []
  /// Where `catch_warnings(record=True)` gathers.
  @exclusivity(unchecked) var caughtWarnings: ListObject?
  @exclusivity(unchecked) private var identities = 0
  /// How many texts have run with names of their own.
  @exclusivity(unchecked) var namespaceCount = 0
  /// No warnings meanwhile: `with np.errstate(…)`.
  @exclusivity(unchecked) public var silencesWarnings = false
  /// How many runs of the machine lie on the native stack.
  @exclusivity(unchecked) var nesting = 0
  /// What CPython counts against the recursion limit beside frames, see ``nested(_:_:)``.
  @exclusivity(unchecked) var nativeDepth = 0
  /// The expression of a pattern that is being compared, by its number.
  @exclusivity(unchecked) var matchedLeaf = 0
  /// Where a traceback marks what is being raised, if not at the instruction.
  @exclusivity(unchecked) var raisedPlace: Span?
  @exclusivity(unchecked) var outputBytes = 0
  @exclusivity(unchecked) private var diversion: ((String) -> Void)?
  @exclusivity(unchecked) var loadedModules: [String: Value] = [:]
  /// Set from anywhere to stop the program with `KeyboardInterrupt`.
  public let interrupt: Interrupt

  public init(
    modules: @escaping (String, Interpreter) throws -> Value? = { _, _ in nil }, moduleNames: [String] = [],
    output: @escaping (String) -> Void, errors: @escaping (String) -> Void = { _ in },
    input: @escaping () -> String? = { nil }, limits: Limits = Limits(), observer: (any Observer)? = nil,
    interrupt: Interrupt = Interrupt()
  ) {
    self.modules = modules
    self.moduleNames = moduleNames
    self.output = output
    self.errors = errors
    self.input = input
    self.limits = limits
    recursionLimit = limits.callDepth
    self.observer = observer
    isObserved = observer != nil
    self.interrupt = interrupt
  }

  /// The place that runs now.
  public var currentSpan: Span? {
    guard let frame = frames.last(where: { $0.code.library == nil }) else { return nil }
    let at = max(0, frame.pc - 1)
    return frame.code.spans.indices.contains(at) ? frame.code.spans[at] : nil
  }

  /// How many calls deep; 0 at the top of the program.
  public var depth: Int { max(0, frames.count - 1) }

  /// The function that runs, and its name; empty at the top.
  public var currentFunction: String { frames.count > 1 ? frames[frames.count - 1].code.name : "" }

  /// Names and values of a program's global variables, in the order in which the program mentions them.
  public var globalVariables: [(name: String, value: Value)] {
    zip(globalNames.names, globals).compactMap { name, value in
      if case .unassigned = value { nil } else { name.contains(".") ? nil : (name, value) }
    }
  }

  /// Whether what runs is a module of the library that is written in the language.
  public var runsLibrary: Bool { frames.last?.code.library != nil }

  /// Runs a program to its end.
  public func run(_ program: Program) -> Outcome {
    self.program = program
    globalNames = program.globalNames
    globals = Array(repeating: .unassigned, count: globalNames.names.count)
    bind("__name__", .string("__main__"))
    bind("__doc__", program.code.documentation.map(Value.string) ?? .none)
    bind("__file__", .string(program.path))
    if limits.seconds != nil { began = ContinuousClock.now }
    for note in program.globalNames.notes {
      warn(note.message, category: "SyntaxWarning", always: true, line: note.line)
    }
    let ended: Outcome
    do {
      _ = try execute(Frame(program.code))
      ended = .finished
    } catch {
      frames.cut(to: 0)
      ended = outcome(of: error)
    }
    runExitCalls()
    finalizeGlobals()
    return ended
  }

  func bind(_ name: String, _ value: Value) {
    let slot = globalNames.slot(name)
    grow()
    globals[slot] = value
  }

  /// Imports can mention names that no statement did.
  func grow() {
    while globals.count < globalNames.names.count { globals.append(.unassigned) }
  }

  func setGlobal(_ name: String, _ value: Value) {
    bind(name, value)
  }

  /// Where a limit ended the program.
  var stopSpan: Span?

  /// Counts what happens outside a program's own statements: a value that `sum(itertools.count())` takes.
  @inline(__always)
  func countStep() throws {
    steps &+= 1
    if steps & 4095 == 0 { try checkSteps() }
  }

  @inline(never)
  private func checkSteps() throws {
    if steps > limits.steps { throw LimitReached.steps(limits.steps) }
    try checkClock()
  }

  /// Asked now and then: has the program run too long, or was it told to stop?
  func checkClock() throws {
    if interrupt.isSet {
      interrupt.clear()
      throw Raise(Exceptions.make(Exceptions.type("KeyboardInterrupt"), []))
    }
    if let bytes = limits.memoryBytes, ProcessMemory.resident > bytes { throw LimitReached.memory(bytes) }
    guard let seconds = limits.seconds, let began else { return }
    if ContinuousClock.now - began > .seconds(seconds) { throw LimitReached.time(seconds) }
  }

  /// Takes what is written to standard output, while a host holds it back.
  public var divert: ((String) -> Void)? {
    get { diversion }
    set { diversion = newValue }
  }

  /// Writes to standard output, within the limit.
  public func write(_ text: String) throws {
    if let divert { return divert(text) }
    outputBytes += text.utf8.count
    guard outputBytes <= limits.outputBytes else {
      throw LimitReached.output(limits.outputBytes)
    }
    output(text)
    observer?.printed(text, self)
  }

  /// `id(v)`: small numbers in the order of asking; CPython's are addresses.
  public func identity(_ v: Value) -> Int {
    switch v {
    case .int(let k): return 0x5000_0000 &+ (k &* 32 & 0x0FFF_FFFF)
    case .bool(let b): return b ? 0x4000_0020 : 0x4000_0000
    case .none, .unassigned: return 0x4000_0040
    case .float(let d): return Int(truncatingIfNeeded: d.bitPattern >> 16)
    case .object(let o):
      if o.identity == 0 {
        identities += 1
        o.identity = 0x7F00_0000_0000 + identities * 48
      }
      return o.identity
    }
  }

  /// Warns as CPython does: place, category, the line; each place once.
  ///
  /// - Parameters:
  ///   - isRecorded: whoever warns has told the recorder already.
  ///   - level: how many calls up the place is, as `stacklevel`.
  ///   - always: also where this place warned before.
  public func warn(
    _ message: String, category: String = "UserWarning", isRecorded: Bool = false, level: Int = 1,
    always: Bool = false, line given: Int32? = nil
  ) {
    if silencesWarnings || keepsWarning(message, category) { return }
    let running = frames.filter { $0.pc > 0 && $0.code.library == nil }
    let at = running.isEmpty ? nil : running[max(0, running.count - max(1, level))]
    let line = given ?? at?.currentSpan.line ?? 0
    guard warned.insert("\(line)|\(category)|\(message)").inserted || always else { return }
    let source = program?.line(line).map { "\n  \($0)" } ?? ""
    errors("\(program?.path ?? "<program>"):\(line): \(category): \(message)\(source)\n")
    if !isRecorded { observer?.warned(category, message, self) }
  }
  private var warned: Set<String> = []
  /// Containers whose repr is being made, so that one inside itself is cut short.
  var beingShown: Set<ObjectIdentifier> = []
}

/// A compiled program.
public final class Program {
  public let path: String
  public let source: String
  let code: Code
  let globalNames = GlobalNames()
  private let lines: [Substring]

  /// Reads and compiles. Throws ``SyntaxProblem``.
  public init(source: String, path: String) throws {
    self.path = path
    self.source = source
    lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    let read = try Parser.program(Array(source.utf8))
    globalNames.notes = read.notes
    code = try Compiler.program(read.body, globals: globalNames)
  }

  public static func compile(source: String, path: String) -> Result<Program, UncaughtError> {
    do { return .success(try Program(source: source, path: path)) } catch let problem as SyntaxProblem {
      return .failure(UncaughtError(problem, path: path, source: source))
    } catch {
      return .failure(
        UncaughtError(type: "SyntaxError", message: "\(error)", traceback: "SyntaxError: \(error)\n"))
    }
  }

  /// A line without its indentation.
  func line(_ number: Int32) -> String? {
    guard number >= 1, Int(number) <= lines.count else { return nil }
    let text = lines[Int(number) - 1].drop { $0 == " " || $0 == "\t" || $0 == "\u{C}" }
    return text.isEmpty ? nil : String(text.hasSuffix("\r") ? text.dropLast() : text)
  }

  func fullLine(_ number: Int32) -> Substring {
    guard number >= 1, Int(number) <= lines.count else { return "" }
    return lines[Int(number) - 1]
  }
}

/// How a run ended.
public enum Outcome {
  case finished
  case raised(UncaughtError)
  /// `sys.exit(code)`.
  case exited(Int32)
}

/// What a program may use.
public struct Limits: Sendable {
  public var steps = Int.max
  /// As CPython's recursion limit.
  public var callDepth = 1000
  public var outputBytes = 1 << 30
  /// Elements of one list, characters of one string.
  public var elements = 1 << 27
  /// Seconds of wall time; `nil` for no limit.
  public var seconds: Double?
  /// Bytes that the whole process may hold; `nil` for no limit.
  public var memoryBytes: Int?
  /// As deep as `sys.setrecursionlimit` may go.
  public static let deepest = 20_000
  public init() {}
}

/// A limit that ended the program; no handler of the program sees it.
enum LimitReached: Error {
  case steps(Int)
  case output(Int)
  case time(Double)
  case memory(Int)
}

/// Follows a run; each method is called before or after what it names.
public protocol Observer: AnyObject {
  func statement(_ span: Span, depth: Int, function: String)
  func bound(_ name: String, _ value: Value, scope: String, _ i: Interpreter)
  func unbound(_ name: String?, scope: String, _ i: Interpreter)
  func printed(_ text: String, _ i: Interpreter)
  func warned(_ category: String, _ message: String, _ i: Interpreter)
  func raised(_ exception: InstanceObject, isUncaught: Bool, _ i: Interpreter)
}
