/// `property`.
public final class PropertyObject: Object {
  var getter: Value = .none
  var setter: Value = .none
  var deleter: Value = .none
  let native: ((Value, Interpreter) throws -> Value)?
  /// `property(…, doc=…)`.
  var documentation: Value?
  init(getter: Value, setter: Value = .none, deleter: Value = .none) {
    self.getter = getter
    self.setter = setter
    self.deleter = deleter
    native = nil
  }
  init(native: @escaping (Value, Interpreter) throws -> Value) { self.native = native }
  public override var typeObject: ClassObject { Types.property }
  /// What the class shows of it, where that is more than the kind.
  var shown: String?
  public override func repr(_ i: Interpreter) throws -> String { try shown ?? super.repr(i) }
  public override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    switch name {
    case "fget": return getter
    case "fset": return setter
    case "fdel": return deleter
    case "__doc__": return try documentation ?? i.attribute(getter, "__doc__")
    case "setter", "getter", "deleter": break
    default: return nil
    }
    let (getter, setter, deleter) = (getter, setter, deleter)
    return .object(
      NativeFunction(name) { arguments, _ in
        let f = try arguments.positionalOnly(name, 1...1)[0]
        switch name {
        case "setter": return .object(PropertyObject(getter: getter, setter: f, deleter: deleter))
        case "deleter": return .object(PropertyObject(getter: getter, setter: setter, deleter: f))
        default: return .object(PropertyObject(getter: f, setter: setter, deleter: deleter))
        }
      })
  }
}

/// What a class shows of a name in its `__slots__`.
final class MemberDescriptor: Object {
  nonisolated(unsafe) private static let type = ClassObject("member_descriptor")
  private let name: String
  private let owner: String
  init(_ name: String, of owner: ClassObject) {
    self.name = name
    self.owner = owner.name
  }
  override var typeObject: ClassObject { MemberDescriptor.type }
  override func repr(_ i: Interpreter) throws -> String { "<member '\(name)' of '\(owner)' objects>" }
}

/// `staticmethod` and `classmethod`.
public final class MethodWrapper: Object {
  let function: Value
  let isStatic: Bool
  public init(_ function: Value, isStatic: Bool) {
    self.function = function
    self.isStatic = isStatic
  }
  public override var typeObject: ClassObject { isStatic ? Types.staticmethod : Types.classmethod }
}

/// A function that the host implements.
public final class NativeFunction: Object {
  public let name: String
  public let body: (Arguments, Interpreter) throws -> Value
  /// Takes the instance as its first argument when found on one.
  public let isMethod: Bool
  /// For methods: the body with the instance apart.
  var methodBody: ((Value, Arguments, Interpreter) throws -> Value)?
  /// Classes of the language and of the host live as long as the process.
  private let ownerName: String?
  private let shownOwner: String?
  var attributes: [String: Value] = [:]
  /// A special method of a built-in class.
  var isSlot = false
  /// Stands for a function that is written in the language where it comes from, and shows itself as one.
  public var isWritten = false
  var writtenOwner: String? { isWritten ? ownerName : nil }
  public init(
    _ name: String, owner: ClassObject? = nil, isMethod: Bool = false,
    _ body: @escaping (Arguments, Interpreter) throws -> Value
  ) {
    self.name = name
    ownerName = owner?.name
    shownOwner = owner?.methodOwner ?? owner?.name
    self.isMethod = isMethod
    self.body = body
  }
  public override var typeObject: ClassObject {
    isWritten
      ? Types.function
      : isSlot ? Types.wrapperDescriptor : isMethod ? Types.methodDescriptor : Types.builtinFunction
  }
  public override func call(_ arguments: Arguments, _ i: Interpreter) throws -> Value {
    try body(arguments, i)
  }
  /// Gives it an attribute, as `np.add.at`.
  public func put(_ name: String, _ value: Value) { attributes[name] = value }
  public override func repr(_ i: Interpreter) throws -> String {
    if isSlot, let shownOwner { return "<slot wrapper '\(name)' of '\(shownOwner)' objects>" }
    if isWritten { return "<function \(ownerName.map { "\($0)." } ?? "")\(name)>" }
    return shownOwner.map { "<method '\(name)' of '\($0)' objects>" } ?? "<built-in function \(name)>"
  }
  public override func getAttribute(_ attribute: String, _ i: Interpreter) throws -> Value? {
    if let own = attributes[attribute] { return own }
    return attribute == "__name__" || attribute == "__qualname__" ? .string(name) : nil
  }
  /// Methods of classes of the language and of the host are shared by all threads that run programs.
  public override func setAttribute(_ name: String, _ value: Value, _ i: Interpreter) throws -> Bool {
    guard ownerName == nil else { return false }
    attributes[name] = value
    return true
  }
}

/// A method found on an instance: the function with its first argument.
public final class BoundMethod: Object {
  public let receiver: Value
  public let function: Value
  public init(_ receiver: Value, _ function: Value) {
    self.receiver = receiver
    self.function = function
  }
  public override var typeObject: ClassObject { isBuiltIn ? Types.builtinFunction : Types.method }
  private var isBuiltIn: Bool {
    guard let f = function.object as? NativeFunction else { return false }
    return !f.isWritten && owner == nil
  }
  /// The class of the host's that has the function; there, methods are as if written in the language.
  private var owner: ClassObject? {
    guard let type = (receiver.object as? InstanceObject)?.classObject, type.module != "builtins" else {
      return nil
    }
    let name = (function.object as? NativeFunction)?.name ?? ""
    let owner = type.mro.first { $0.attributes[name]?.isIdentical(to: function) == true }
    return owner?.module == "builtins" ? nil : owner
  }
  public override func call(_ arguments: Arguments, _ i: Interpreter) throws -> Value {
    try i.call(function, arguments.prepending(receiver))
  }
  public override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    if name == "__self__" { return receiver }
    // A built-in method is an object of its own; of one written in the language, the function answers.
    if isBuiltIn { return try function.object?.getAttribute(name, i) }
    return name == "__func__" ? function : try i.getAttribute(function, name)
  }
  public override func repr(_ i: Interpreter) throws -> String {
    guard let f = function.object as? FunctionObject else {
      let native = function.object as? NativeFunction
      let name = native?.name ?? "?"
      if let owner = owner?.name ?? native?.writtenOwner {
        return "<bound method \(owner).\(name) of \(try i.repr(receiver))>"
      }
      return "<built-in method \(name) of \(i.typeName(receiver)) object>"
    }
    return "<bound method \(f.code.qualifiedName) of \(try i.repr(receiver))>"
  }
  public override func compare(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    guard let b = other.object as? BoundMethod, op == "==" || op == "!=" else { return nil }
    let same = b.receiver.isIdentical(to: receiver) && b.function.isIdentical(to: function)
    return .bool(same == (op == "=="))
  }
}

/// `f.__code__`, as far as programs look at it.
final class CodeView: Object {
  private let code: Code
  init(_ code: Code) { self.code = code }
  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    let s = code.signature
    func names(_ list: some Sequence<String>) -> Value { .tuple(list.map(Value.string)) }
    return switch name {
    case "co_argcount": .int(s.positionalCount)
    case "co_posonlyargcount": .int(s.positionalOnly)
    case "co_kwonlyargcount": .int(s.keywordOnlyCount)
    // Optimized, with locals of its own; then what CPython has bits for.
    case "co_flags": .int(3 | (s.hasStar ? 4 : 0) | (s.hasDoubleStar ? 8 : 0) | (code.isGenerator ? 32 : 0))
    case "co_varnames": names(code.localNames)
    case "co_nlocals": .int(code.localNames.count)
    case "co_cellvars": names(code.cellNames.prefix(code.ownCellCount))
    case "co_freevars": names(code.cellNames.dropFirst(code.ownCellCount))
    case "co_name": .string(code.name)
    case "co_qualname": .string(code.qualifiedName)
    case "co_filename": .string(i.program?.path ?? "<program>")
    case "co_firstlineno": .int(Int(code.firstSpan.line))
    default: nil
    }
  }
  nonisolated(unsafe) private static let type = ClassObject("code")
  override var typeObject: ClassObject { CodeView.type }
  override func repr(_ i: Interpreter) throws -> String {
    let path = i.program?.path ?? "<program>"
    return "<code object \(code.name), file \"\(path)\", line \(code.firstSpan.line)>"
  }
}

/// `sys._getframe()`: what was under way when it was asked for.
final class FrameView: Object {
  nonisolated(unsafe) private static let type = ClassObject("frame")
  private let code: Code
  private let line: Int
  private let locals: Value
  private let back: FrameView?
  init(_ code: Code, line: Int, locals: Value, back: FrameView?) {
    (self.code, self.line, self.locals, self.back) = (code, line, locals, back)
  }
  override var typeObject: ClassObject { FrameView.type }
  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    switch name {
    case "f_code": .object(CodeView(code))
    case "f_lineno": .int(line)
    case "f_locals": locals
    case "f_globals": .object(DictObject.of(i.globalVariables.map { ($0.name, $0.value) }))
    case "f_back": back.map { .object($0) } ?? Value.none
    default: nil
    }
  }
  override func repr(_ i: Interpreter) throws -> String {
    let path = i.program?.path ?? "<program>"
    return "<frame, file '\(path)', line \(line), code \(code.name)>"
  }

  /// So many calls above the innermost one of the program; `nil` where there are not as many.
  static func above(_ depth: Int, _ i: Interpreter) -> FrameView? {
    var found: FrameView?
    let own = i.frames.filter { $0.code.library == nil }
    guard depth >= 0, depth < own.count else { return nil }
    for frame in own.dropLast(depth) {
      let named = i.localVariables(of: frame) ?? i.globalVariables
      found = FrameView(
        frame.code, line: Int(frame.currentSpan.line),
        locals: .object(DictObject.of(named.map { ($0.name, $0.value) })), back: found)
    }
    return found
  }
}

/// An entry of `f.__closure__`.
final class CellView: Object {
  nonisolated(unsafe) private static let type = ClassObject("cell")
  private let cell: Cell
  init(_ cell: Cell) { self.cell = cell }
  override var typeObject: ClassObject { CellView.type }
  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    guard name == "cell_contents" else { return nil }
    if case .unassigned = cell.value { throw Raise.value("Cell is empty") }
    return cell.value
  }
}

/// A function of the program, with what it closes over.
public final class FunctionObject: Object {
  let code: Code
  let cells: [Cell]
  let defaults: [Value]
  let keywordDefaults: [String: Value]
  var attributes: [String: Value] = [:]
  /// Leads to the class whose body it stands in, itself or by way of functions around it: for `super()`.
  var classHandle: ClassHandle?
  let defaultCount: Int
  /// Whether a call makes a generator.
  public var isGenerator: Bool { code.isGenerator }
  init(code: Code, cells: [Cell], defaults: [Value], keywordDefaults: [String: Value]) {
    self.code = code
    self.cells = cells
    self.defaults = defaults
    defaultCount = defaults.count
    self.keywordDefaults = keywordDefaults
  }
  public override var typeObject: ClassObject { Types.function }
  public override func call(_ arguments: Arguments, _ i: Interpreter) throws -> Value {
    try i.run(function: self, arguments)
  }
  public override func repr(_ i: Interpreter) throws -> String { "<function \(code.qualifiedName)>" }
  public override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    switch name {
    case "__name__": attributes[name] ?? .string(code.name)
    case "__qualname__": attributes[name] ?? .string(code.qualifiedName)
    case "__doc__": attributes[name] ?? code.documentation.map(Value.string) ?? Value.none
    case "__module__": .string(code.library ?? "__main__")
    case "__dict__":
      .object(
        DictObject.of(
          attributes.filter { !["__annotations__", "__doc__", "__name__", "__qualname__"].contains($0.key) }
            .sorted { $0.key < $1.key }))
    case "__get__":
      .object(
        NativeFunction("__get__") { a, _ in
          let p = try a.positionalOnly("__get__", 1...2)
          return p[0].isGiven ? .object(BoundMethod(p[0], .object(self))) : .object(self)
        })
    case "__annotations__": attributes[name] ?? .object(DictObject())
    case "__kwdefaults__":
      keywordDefaults.isEmpty
        ? Value.none : .object(DictObject.of(keywordDefaults.sorted { $0.key < $1.key }))
    case "__closure__": cells.isEmpty ? Value.none : .tuple(cells.map { .object(CellView($0)) })
    case "__globals__": .object(DictObject.of(i.globalVariables.map { ($0.name, $0.value) }))
    case "__wrapped__": attributes[name]
    case "__code__": .object(CodeView(code))
    case "__defaults__": defaults.isEmpty ? Value.none : .tuple(defaults)
    default: attributes[name]
    }
  }
  public override var attributeNames: [String] { Array(attributes.keys) }
  public override func setAttribute(_ name: String, _ value: Value, _ i: Interpreter) throws -> Bool {
    attributes[name] = value
    return true
  }
}

/// A variable shared between a function and those inside it.
final class Cell {
  var value: Value
  init(_ value: Value = .unassigned) { self.value = value }
  deinit {
    guard case .object = value else { return }
    guard DeepRelease.enter() else { return DeepRelease.putAside([value]) }
    value = .none
    DeepRelease.leave()
  }
}
