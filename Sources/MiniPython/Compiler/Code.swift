/// What the machine executes for a function, a class body, a comprehension or a whole program.
final class Code {
  let name: String
  let qualifiedName: String
  var instructions: [Instruction] = []
  /// Where each instruction comes from.
  var spans: [Span] = []
  /// For binary operations, subscripts and calls: where CPython puts its carets.
  var anchors: [Int: Anchors] = [:]
  var constants: [Value] = []
  var names: [String] = []
  var codes: [Code] = []
  /// Patterns of `case`, with how many names each binds, and where their expressions are marked.
  var patterns: [(pattern: MatchPattern, names: Int, places: [Span])] = []
  var keywordNames: [[String]] = []
  /// Where to go when something is raised.
  var handlers: [HandlerEntry] = []
  var localNames: [String] = []
  /// Parameters that are cells: (local, cell).
  var parameterCells: [(local: Int, cell: Int)] = []
  /// Names of the cells it makes, then of those it gets.
  var cellNames: [String] = []
  var ownCellCount = 0
  /// Where the cells it gets lie in the frame that makes the function.
  var freeSources: [Int] = []
  var signature = Signature()
  var isGenerator = false
  /// The module of the library it belongs to; `nil` for the program's own.
  var library: String?
  /// Of a text that the program runs: `<string>`.
  var file: String?
  var isClassBody = false
  /// It says `super()` or `__class__`.
  var usesClass = false
  var documentation: String?
  /// Where its text begins, without an extent.
  var firstSpan = Span(line: 1, column: 0, endLine: 1, endColumn: 0)
  var maximumStack = 0

  /// What the machine reads, made when a first frame runs it; by then nothing above changes any more.
  struct Sealed {
    let program: UnsafeMutablePointer<Instruction>
    let caches: UnsafeMutablePointer<AttributeCache>
    let constants: UnsafeMutablePointer<Value>
  }
  @exclusivity(unchecked) private var sealed: Sealed?
  private var cacheCount = 0
  @exclusivity(unchecked) private(set) var localCount = 0
  @exclusivity(unchecked) private(set) var hasCells = false
  @exclusivity(unchecked) private(set) var hasParameterCells = false
  /// Parameters that a plain call fills in order; -1 where there are other kinds.
  @exclusivity(unchecked) private(set) var plainParameters = -1

  /// Gives the instructions that name attributes their memory.
  @inline(__always)
  func seal() -> Sealed {
    if let sealed { return sealed }
    return makeSealed()
  }

  @inline(never)
  private func makeSealed() -> Sealed {
    let copy = UnsafeMutablePointer<Instruction>.allocate(capacity: max(instructions.count, 1))
    copy.initialize(from: instructions, count: instructions.count)
    for k in 0..<instructions.count {
      switch copy[k].op {
      case .loadAttribute, .storeAttribute, .loadMethod:
        copy[k].b = Int32(truncatingIfNeeded: cacheCount)
        cacheCount += 1
      default: break
      }
    }
    fusePairs(copy)
    let memory = UnsafeMutablePointer<AttributeCache>.allocate(capacity: max(cacheCount, 1))
    memory.initialize(repeating: AttributeCache(), count: cacheCount)
    let values = UnsafeMutablePointer<Value>.allocate(capacity: max(constants.count, 1))
    values.initialize(from: constants, count: constants.count)
    hasCells = !cellNames.isEmpty
    hasParameterCells = !parameterCells.isEmpty
    localCount = localNames.count
    if !signature.hasStar, !signature.hasDoubleStar, signature.keywordOnlyCount == 0, !isGenerator {
      plainParameters = signature.positionalCount
    }
    let made = Sealed(program: copy, caches: memory, constants: values)
    sealed = made
    return made
  }

  /// Forgets where attributes were found, here and in what is defined inside.
  func forgetAttributes() {
    sealed?.caches.update(repeating: AttributeCache(), count: cacheCount)
    for code in codes { code.forgetAttributes() }
  }

  /// Lets the first of two instructions do the work of both, where they often follow one another: going from one
  /// instruction to the next costs as much as most of them. The second stays, for those who jump to it.
  private func fusePairs(_ program: UnsafeMutablePointer<Instruction>) {
    for k in 0..<max(instructions.count - 1, 0) {
      switch (program[k].op, program[k + 1].op) {
      case (.loadLocal, .loadLocal): program[k].op = .loadLocals
      case (.loadLocal, .constant): program[k].op = .loadLocalConstant
      case (.loadGlobal, .constant): program[k].op = .loadGlobalConstant
      case (.compare, .jumpIfFalse): program[k].op = .compareJump
      default: continue
      }
      program[k].b = program[k + 1].a
    }
  }

  /// The last line that an instruction comes from, here or in a function inside.
  var lastLine: Int32 {
    let own = spans.reduce(firstSpan.line) { max($0, $1.endLine) }
    return codes.reduce(own) { max($0, $1.lastLine) }
  }

  /// Of a class body: whether a function in it asks for the class around it.
  var hasUsersOfClass: Bool {
    codes.contains { $0.usesClass || !$0.isClassBody && $0.hasUsersOfClass }
  }

  /// The body of the class of this name, the last of several.
  func classBody(_ name: String) -> Code? {
    for code in codes.reversed() {
      if code.isClassBody, code.qualifiedName == name { return code }
      if let inner = code.classBody(name) { return inner }
    }
    return nil
  }

  deinit {
    guard let sealed else { return }
    sealed.program.deallocate()
    sealed.caches.deinitialize(count: cacheCount)
    sealed.caches.deallocate()
    sealed.constants.deinitialize(count: constants.count)
    sealed.constants.deallocate()
  }

  init(name: String, qualifiedName: String) {
    self.name = name
    self.qualifiedName = qualifiedName
  }

  struct Signature {
    var positionalOnly = 0
    var positionalCount = 0
    var keywordOnlyCount = 0
    var hasStar = false
    var hasDoubleStar = false
    /// Names of all parameters, in the order of the locals.
    var names: [String] = []
    var defaultCount = 0
    var keywordDefaults: [String] = []
  }
}

struct HandlerEntry {
  var start: Int
  var end: Int
  var target: Int
  var stackDepth: Int
}

/// The middle of a highlighted expression: `~~~^~~`.
public struct Anchors: Equatable, Sendable {
  public var start: Int32
  public var end: Int32
}

struct Instruction {
  enum Op: UInt8 {
    case constant, none, loadLocal, storeLocal, deleteLocal, loadCell, storeCell, deleteCell, loadClass
    case loadGlobal, storeGlobal, deleteGlobal, loadName, storeName, deleteName
    case loadAttribute, storeAttribute, deleteAttribute, getItem, setItem, deleteItem
    case binary, inPlace, unary, not, compare, identity, contains
    case jump, jumpIfFalse, jumpIfTrue, jumpIfFalseOrPop, jumpIfTrueOrPop
    case pop, dup, dup2, rot2, rot3
    case buildList, buildTuple, buildSet, buildDict, buildSlice, buildString, formatValue
    case listAppend, setAdd, dictSet, listExtend, setUpdate, dictMerge, listToTuple
    case call, callKeywords, callSpread, loadMethod, callMethod
    case makeFunction, buildClass, returnValue, yieldValue, yieldFrom, iterate, forNext
    case unpack, unpackStarred, raise, reraise, assertFailed
    case matchException, enterHandler, leaveHandler
    case enterGroup, matchGroup, loadGroup, takeGroup, leaveGroup
    case enterWith, exitWith, exitWithException
    case importModule, importFrom, importStar, statement, annotate, setHints, hint, matchPattern
    // Two in one, made of pairs when the code is sealed; `b` is the second's operand.
    case loadLocals, loadLocalConstant, loadGlobalConstant, compareJump
  }
  var op: Op
  var a: Int32 = 0
  var b: Int32 = 0
}

/// The binary operators, in the order of their numbers.
enum Operators {
  static let names = ["+", "-", "*", "/", "//", "%", "**", "@", "&", "|", "^", "<<", ">>"]
  static let comparisons = ["==", "!=", "<", "<=", ">", ">="]
  static func number(_ op: String) -> Int32 { Int32(names.firstIndex(of: op) ?? 0) }
  static func comparison(_ op: String) -> Int32 { Int32(comparisons.firstIndex(of: op) ?? 0) }
  static let dunders: [String: String] = [
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow",
    "@": "matmul", "&": "and", "|": "or", "^": "xor", "<<": "lshift", ">>": "rshift", "==": "eq",
    "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge",
  ]
}
