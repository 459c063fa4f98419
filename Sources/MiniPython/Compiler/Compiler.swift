internal import BigInt

/// Turns the syntax tree of one function, class body, comprehension or program into ``Code``.
final class Compiler {
  let code: Code
  let scope: ScopeInfo
  let scopes: [ObjectIdentifier: ScopeInfo]
  let parent: Compiler?
  let globals: GlobalNames
  private var localIndex: [String: Int] = [:]
  private var cellIndex: [String: Int] = [:]
  private var nameIndex: [String: Int] = [:]
  private var intIndex: [Int: Int] = [:]
  private var stringIndex: [HashKey: Int] = [:]
  /// How high the value stack is here.
  var depth = 0
  var blocks: [Block] = []
  var span = Span(line: 1, column: 0, endLine: 1, endColumn: 0)

  /// What a `return`, `break` or `continue` passes on its way out.
  enum Block {
    case loop(continueTarget: Int, breaks: Jumps, isFor: Bool)
    case finally([StatementNode])
    case with
    case handler(name: String?)
    /// Nothing leaves it by `return`, `break` or `continue`.
    case groupHandler
  }
  final class Jumps { var sites: [Int] = [] }

  init(
    code: Code, scope: ScopeInfo, scopes: [ObjectIdentifier: ScopeInfo], parent: Compiler?,
    globals: GlobalNames
  ) {
    self.code = code
    self.scope = scope
    self.scopes = scopes
    self.parent = parent
    self.globals = globals
    code.library = globals.library
    if scope.kind == .function {
      for name in scope.bound where !scope.cells.contains(name) { _ = local(name) }
    }
    code.cellNames = scope.cells + scope.free
    code.ownCellCount = scope.cells.count
    for (k, name) in code.cellNames.enumerated() { cellIndex[name] = k }
    code.freeSources = scope.free.map { parent?.cellIndex[$0] ?? 0 }
    code.isGenerator = scope.isGenerator
    code.usesClass = scope.kind == .function && scope.used.contains("__class__")
  }

  static func program(_ body: [StatementNode], globals: GlobalNames) throws -> Code {
    var builder = ScopeBuilder()
    let scope = try builder.module(body)
    globals.evaluatesHints = builder.evaluatesHints
    let code = Code(name: "<module>", qualifiedName: "<module>")
    let compiler = Compiler(code: code, scope: scope, scopes: builder.scopes, parent: nil, globals: globals)
    if case .expression(let e)? = body.first?.kind, case .string(let text) = e.kind {
      code.documentation = text
    }
    try compiler.statements(body)
    compiler.emit(.none)
    compiler.emit(.returnValue)
    return code
  }

  /// One expression, whose value the code returns.
  static func expression(_ e: Expression, globals: GlobalNames) throws -> Code {
    var builder = ScopeBuilder()
    let scope = try builder.module([StatementNode(.expression(e), e.span)])
    let code = Code(name: "<module>", qualifiedName: "<module>")
    let compiler = Compiler(code: code, scope: scope, scopes: builder.scopes, parent: nil, globals: globals)
    try compiler.expression(e)
    compiler.emit(.returnValue)
    return code
  }

  // MARK: Emitting

  private static func effect(_ op: Instruction.Op, _ a: Int, _ b: Int) -> Int {
    switch op {
    case .constant, .none, .loadLocal, .loadCell, .loadClass, .loadGlobal, .loadName, .dup, .importModule,
      .importFrom:
      1
    case .dup2: 2
    case .storeLocal, .storeCell, .storeGlobal, .storeName, .pop, .returnValue, .jumpIfFalse, .jumpIfTrue,
      .listAppend, .setAdd, .listExtend, .setUpdate, .dictMerge, .binary, .inPlace, .compare, .identity,
      .contains, .getItem, .deleteAttribute, .importStar, .matchException:
      op == .matchException ? 0 : -1
    case .dictSet, .storeAttribute, .deleteItem: -2
    case .setItem: -3
    case .buildList, .buildTuple, .buildSet, .buildString: 1 - a
    case .buildDict: 1 - 2 * a
    case .buildSlice: -2
    case .formatValue: b == 1 ? -1 : 0
    case .call: -a
    case .callKeywords: -a
    case .callSpread: -2
    case .loadMethod: 1
    case .callMethod: -a - 1
    case .makeFunction: 1 - b
    case .buildClass: -(a >> 1) - (a & 1)
    case .annotate, .setHints: -1
    case .hint: b == 0 ? 0 : -1
    case .matchPattern: 1
    case .forNext: 1
    case .unpack: a - 1
    case .unpackStarred: a + b
    case .raise: -a
    case .assertFailed: -a
    case .enterWith: 1
    case .exitWith, .takeGroup, .leaveGroup: -1
    case .loadGroup: 1
    default: 0
    }
  }

  @discardableResult func emit(_ op: Instruction.Op, _ a: Int = 0, _ b: Int = 0) -> Int {
    code.instructions.append(
      Instruction(op: op, a: Int32(truncatingIfNeeded: a), b: Int32(truncatingIfNeeded: b)))
    code.spans.append(span)
    depth += Compiler.effect(op, a, b)
    code.maximumStack = max(code.maximumStack, depth)
    return code.instructions.count - 1
  }

  var here: Int { code.instructions.count }
  func patch(_ site: Int) { code.instructions[site].a = Int32(here) }
  func patch(_ jumps: Jumps) { for site in jumps.sites { patch(site) } }

  func constant(_ value: Value) {
    let k: Int
    switch value {
    case .int(let i):
      if let known = intIndex[i] {
        k = known
      } else {
        k = code.constants.count
        intIndex[i] = k
        code.constants.append(value)
      }
    default:
      if let s = value.object as? StringObject, let known = stringIndex[.string(s.value)] {
        k = known
      } else {
        k = code.constants.count
        if let s = value.object as? StringObject { stringIndex[.string(s.value)] = k }
        code.constants.append(value)
      }
    }
    emit(.constant, k)
  }

  func name(_ text: String) -> Int {
    if let k = nameIndex[text] { return k }
    nameIndex[text] = code.names.count
    code.names.append(text)
    return code.names.count - 1
  }

  private func local(_ name: String) -> Int {
    if let k = localIndex[name] { return k }
    localIndex[name] = code.localNames.count
    code.localNames.append(name)
    return code.localNames.count - 1
  }

  // MARK: Names

  enum Access { case load, store, delete }

  private var isInsideClass: Bool {
    var at = parent
    while let around = at {
      if around.scope.kind == .classBody { return true }
      at = around.parent
    }
    return false
  }

  func access(_ name: String, _ how: Access) {
    func op(_ load: Instruction.Op, _ store: Instruction.Op, _ delete: Instruction.Op) -> Instruction.Op {
      how == .load ? load : how == .store ? store : delete
    }
    if let cell = cellIndex[name],
      !(scope.kind == .classBody && how != .load && !scope.nonlocals.contains(name))
    {
      emit(op(.loadCell, .storeCell, .deleteCell), cell)
    } else if name == "__class__", how == .load, scope.kind == .function, !scope.isBound(name),
      isInsideClass
    {
      emit(.loadClass)
    } else if scope.kind == .function, scope.isBound(name), !scope.globals.contains(name) {
      emit(op(.loadLocal, .storeLocal, .deleteLocal), local(name))
    } else if scope.kind == .classBody, scope.isBound(name), !scope.globals.contains(name) {
      emit(op(.loadName, .storeName, .deleteName), self.name(name), globals.slot(name))
    } else {
      emit(op(.loadGlobal, .storeGlobal, .deleteGlobal), globals.slot(name))
    }
  }

  // MARK: Functions

  func makeFunction(
    _ node: AnyObject, name: String, parameters: Parameters, _ body: (Compiler) throws -> Void
  ) throws {
    var count = 0
    for p in parameters.positional {
      if let value = p.defaultValue {
        try expression(value)
        count += 1
      }
    }
    let positionalDefaults = count
    var keywordDefaults: [String] = []
    for p in parameters.keywordOnly {
      if let value = p.defaultValue {
        try expression(value)
        keywordDefaults.append(p.name)
        count += 1
      }
    }
    guard let inner = scopes[ObjectIdentifier(node)] else { return }
    let prefix =
      scope.kind == .module
      ? "" : scope.kind == .classBody ? "\(code.qualifiedName)." : "\(code.qualifiedName).<locals>."
    let made = Code(name: name, qualifiedName: prefix + name)
    let compiler = Compiler(code: made, scope: inner, scopes: scopes, parent: self, globals: globals)
    // Parameters are the first locals, in the order of the signature.
    compiler.reserve(parameters)
    made.firstSpan = span.unmarked
    made.signature.defaultCount = positionalDefaults
    made.signature.keywordDefaults = keywordDefaults
    compiler.span = span
    try body(compiler)
    code.codes.append(made)
    emit(.makeFunction, code.codes.count - 1, count)
  }

  private func reserve(_ p: Parameters) {
    let names =
      p.positional.map(\.name) + p.keywordOnly.map(\.name)
      + [p.star?.name, p.doubleStar?.name].compactMap { $0 }
    let rest = code.localNames.filter { !names.contains($0) }
    code.localNames = names + rest
    localIndex = [:]
    for (k, name) in code.localNames.enumerated() { localIndex[name] = k }
    for (k, name) in names.enumerated() {
      if let cell = cellIndex[name] { code.parameterCells.append((k, cell)) }
    }
    code.signature.positionalOnly = p.positionalOnly
    code.signature.positionalCount = p.positional.count
    code.signature.keywordOnlyCount = p.keywordOnly.count
    code.signature.hasStar = p.star != nil
    code.signature.hasDoubleStar = p.doubleStar != nil
    code.signature.names = names
  }

  // MARK: Leaving blocks

  /// Emits what must happen between here and the block at `level`: `finally` bodies, `__exit__`, pops.
  ///
  /// - Parameter keepingTop: a value on top of the stack must survive.
  func unwind(to level: Int, keepingTop: Bool) throws {
    let (savedBlocks, savedDepth) = (blocks, depth)
    while blocks.count > level {
      let block = blocks.removeLast()
      switch block {
      case .loop(_, _, let isFor):
        if isFor {
          if keepingTop { emit(.rot2) }
          emit(.pop)
        }
      case .with:
        if keepingTop { emit(.rot2) }
        emit(.exitWith)
      case .finally(let body): try statements(body)
      case .handler(let name):
        emit(.leaveHandler)
        if let name { clear(name) }
      case .groupHandler:
        throw SyntaxProblem(
          "'break', 'continue' and 'return' cannot appear in an except* block", span)
      }
    }
    blocks = savedBlocks
    depth = savedDepth
  }

  /// The name of `except E as name` is gone after its handler.
  func clear(_ name: String) {
    emit(.none)
    access(name, .store)
    access(name, .delete)
  }

  /// Guards what `body` emits: whatever is raised there goes to `handler` with the stack cut to its height here.
  func guarded(_ body: () throws -> Void) rethrows -> (start: Int, end: Int) {
    let start = here
    try body()
    return (start, here)
  }

  func addHandler(_ range: (start: Int, end: Int), stackDepth: Int) {
    if range.end > range.start {
      code.handlers.append(
        HandlerEntry(start: range.start, end: range.end, target: here, stackDepth: stackDepth))
    }
  }
}

/// The names of the program's global variables, each with its slot.
public final class GlobalNames {
  private(set) var names: [String] = []
  /// What the compiler warns of.
  var notes: [SyntaxNote] = []
  /// Not so below `from __future__ import annotations`.
  var evaluatesHints = true
  private var slots: [String: Int] = [:]
  /// For a module of the library that is written in the language: its name, and the program's names, among which
  /// its own stand as `fractions.gcd`.
  let library: String?
  private let program: GlobalNames?
  /// What stands before its own names among the program's.
  private let prefix: String?
  init() { (library, prefix, program) = (nil, nil, nil) }
  init(library: String, within program: GlobalNames) {
    (self.library, prefix, self.program) = (library, library, program)
  }
  /// For a text that the program runs with names of its own.
  init(namespace: String, within program: GlobalNames) {
    (library, prefix, self.program) = (nil, namespace, program)
  }
  func slot(_ name: String) -> Int {
    if let k = slots[name] { return k }
    if let prefix, let program {
      let k = program.slot("\(prefix).\(name)")
      slots[name] = k
      names.append(name)
      return k
    }
    slots[name] = names.count
    names.append(name)
    return names.count - 1
  }
}
