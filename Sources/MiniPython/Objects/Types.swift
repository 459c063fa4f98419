/// The built-in classes.
///
/// They are made once a process and never changed by programs: setting an attribute of one is refused.
public enum Types {
  nonisolated(unsafe) static var objectIfMade: ClassObject?
  nonisolated(unsafe) public static let object: ClassObject = {
    let c = ClassObject("object")
    objectIfMade = c
    return c
  }()
  private static func make(
    _ name: String, _ bases: [ClassObject] = [], module: String = "builtins", isShownWithModule: Bool = false,
    make: ((ClassObject, Arguments, Interpreter) throws -> Value)? = nil
  ) -> ClassObject {
    _ = object
    let c = ClassObject(name, bases: bases, module: module, make: make)
    c.shownWithModule = isShownWithModule
    return c
  }
  nonisolated(unsafe) public static let type = make("type")
  nonisolated(unsafe) public static let none = make("NoneType")
  nonisolated(unsafe) public static let int = Methods.install(in: make("int"))
  nonisolated(unsafe) public static let bool = make("bool", [int])
  nonisolated(unsafe) public static let float = Methods.install(in: make("float"))
  nonisolated(unsafe) public static let complex = Methods.install(in: make("complex"))
  nonisolated(unsafe) public static let bytes = Methods.install(in: make("bytes"))
  nonisolated(unsafe) public static let bytearray = Methods.install(in: make("bytearray"))
  nonisolated(unsafe) public static let str = Methods.install(in: make("str"))
  nonisolated(unsafe) public static let list = Methods.install(in: make("list"))
  /// For every list, without asking the class.
  nonisolated(unsafe) static let listMethods = list.methodKey
  nonisolated(unsafe) public static let tuple = Methods.install(in: make("tuple"))
  nonisolated(unsafe) public static let dict = Methods.install(in: make("dict"))
  /// For every dictionary that is no more than one.
  nonisolated(unsafe) static let dictMethods = dict.methodKey
  nonisolated(unsafe) public static let orderedDict = DictMethods.installOrdered(
    make("OrderedDict", [dict], module: "collections", isShownWithModule: true))
  nonisolated(unsafe) public static let defaultDict = make(
    "defaultdict", [dict], module: "collections", isShownWithModule: true)
  nonisolated(unsafe) public static let counter = CounterMethods.install(
    make("Counter", [dict], module: "collections"))
  nonisolated(unsafe) public static let set = Methods.install(in: make("set"))
  nonisolated(unsafe) public static let frozenset = Methods.install(in: make("frozenset"))
  nonisolated(unsafe) public static let range = Methods.install(in: make("range"))
  nonisolated(unsafe) public static let slice = make("slice")
  nonisolated(unsafe) public static let iterator = make("iterator")
  // Those that programs meet by name.
  nonisolated(unsafe) static let enumerate = make("enumerate")
  nonisolated(unsafe) static let zip = make("zip")
  nonisolated(unsafe) static let map = make("map")
  nonisolated(unsafe) static let filter = make("filter")
  nonisolated(unsafe) static let reversed = make("reversed")
  nonisolated(unsafe) static let listIterator = make("list_iterator")
  nonisolated(unsafe) static let listReverseIterator = make("list_reverseiterator")
  nonisolated(unsafe) static let tupleIterator = make("tuple_iterator")
  nonisolated(unsafe) static let rangeIterator = make("range_iterator")
  nonisolated(unsafe) static let stringIterator = make("str_iterator")
  nonisolated(unsafe) static let asciiIterator = make("str_ascii_iterator")
  nonisolated(unsafe) static let bytesIterator = make("bytes_iterator")
  nonisolated(unsafe) static let setIterator = make("set_iterator")
  nonisolated(unsafe) static let keyIterator = make("dict_keyiterator")
  nonisolated(unsafe) static let callableIterator = make("callable_iterator")
  nonisolated(unsafe) public static let generator = Methods.install(in: make("generator"))
  nonisolated(unsafe) public static let function = make("function")
  nonisolated(unsafe) public static let builtinFunction = make("builtin_function_or_method")
  nonisolated(unsafe) public static let methodDescriptor = make("method_descriptor")
  nonisolated(unsafe) static let wrapperDescriptor = make("wrapper_descriptor")
  nonisolated(unsafe) public static let method = make("method") { _, a, i in
    let p = try a.positionalOnly("method", 2...2)
    guard i.isCallable(p[0]) else { throw Raise.type("first argument must be callable") }
    guard p[1].isGiven else { throw Raise.type("self must not be None") }
    return .object(BoundMethod(p[1], p[0]))
  }
  nonisolated(unsafe) public static let module = make("module")
  nonisolated(unsafe) public static let property = make("property")
  nonisolated(unsafe) public static let staticmethod = make("staticmethod")
  nonisolated(unsafe) public static let classmethod = make("classmethod")
  nonisolated(unsafe) public static let superType = make("super")
  nonisolated(unsafe) public static let ellipsisType = make("ellipsis")
  nonisolated(unsafe) public static let notImplementedType = make("NotImplementedType")
  nonisolated(unsafe) public static let ellipsis = SingletonObject("Ellipsis", ellipsisType)
  nonisolated(unsafe) public static let notImplemented = SingletonObject("NotImplemented", notImplementedType)
}

/// The built-in exception classes and their instances.
public enum Exceptions {
  private static let tree: [(String, String)] = [
    ("BaseException", ""), ("Exception", "BaseException"), ("SystemExit", "BaseException"),
    ("KeyboardInterrupt", "BaseException"), ("GeneratorExit", "BaseException"),
    ("StopIteration", "Exception"), ("ArithmeticError", "Exception"),
    ("ZeroDivisionError", "ArithmeticError"), ("OverflowError", "ArithmeticError"),
    ("FloatingPointError", "ArithmeticError"), ("AssertionError", "Exception"),
    ("AttributeError", "Exception"), ("EOFError", "Exception"), ("ImportError", "Exception"),
    ("ModuleNotFoundError", "ImportError"), ("LookupError", "Exception"), ("IndexError", "LookupError"),
    ("KeyError", "LookupError"), ("MemoryError", "Exception"), ("NameError", "Exception"),
    ("UnboundLocalError", "NameError"), ("OSError", "Exception"), ("FileNotFoundError", "OSError"),
    ("PermissionError", "OSError"), ("TimeoutError", "OSError"), ("ReferenceError", "Exception"),
    ("RuntimeError", "Exception"), ("NotImplementedError", "RuntimeError"),
    ("RecursionError", "RuntimeError"), ("OutOfMemoryError", "RuntimeError"), ("SyntaxError", "Exception"),
    ("IndentationError", "SyntaxError"), ("TabError", "IndentationError"), ("TypeError", "Exception"),
    ("ValueError", "Exception"), ("UnicodeError", "ValueError"), ("UnicodeDecodeError", "UnicodeError"),
    ("UnicodeEncodeError", "UnicodeError"), ("BufferError", "Exception"), ("FileExistsError", "OSError"),
    ("ConnectionError", "OSError"), ("IsADirectoryError", "OSError"), ("NotADirectoryError", "OSError"),
    ("InterruptedError", "OSError"), ("StopAsyncIteration", "Exception"), ("SystemError", "Exception"),
    ("Warning", "Exception"), ("UserWarning", "Warning"), ("DeprecationWarning", "Warning"),
    ("FutureWarning", "Warning"), ("RuntimeWarning", "Warning"), ("SyntaxWarning", "Warning"),
    ("PendingDeprecationWarning", "Warning"), ("ImportWarning", "Warning"), ("UnicodeWarning", "Warning"),
    ("BytesWarning", "Warning"), ("ResourceWarning", "Warning"), ("EncodingWarning", "Warning"),
    ("BlockingIOError", "OSError"), ("ChildProcessError", "OSError"), ("ProcessLookupError", "OSError"),
    ("BrokenPipeError", "ConnectionError"), ("ConnectionAbortedError", "ConnectionError"),
    ("ConnectionRefusedError", "ConnectionError"), ("ConnectionResetError", "ConnectionError"),
    ("UnicodeTranslateError", "UnicodeError"), ("BaseExceptionGroup", "BaseException"),
    ("ExceptionGroup", "BaseExceptionGroup"),
  ]

  /// All of them, in order.
  nonisolated(unsafe) static let all: [(name: String, type: ClassObject)] = {
    var made: [String: ClassObject] = [:]
    var out: [(name: String, type: ClassObject)] = []
    for (name, base) in tree {
      let second = name == "ExceptionGroup" ? made["Exception"] : nil
      let c = ClassObject(name, bases: [made[base] ?? Types.object] + [second].compactMap { $0 })
      if name == "BaseExceptionGroup" { ExceptionGroups.fill(c) }
      made[name] = c
      out.append((name, c))
    }
    return out
  }()
  nonisolated(unsafe) private static let byName: [String: ClassObject] = Dictionary(
    uniqueKeysWithValues: all.map { ($0.name, $0.type) })

  /// The class of this name; `RuntimeError` where there is none.
  public static func type(_ name: String) -> ClassObject {
    byName[name] ?? byName["Exception"] ?? Types.object
  }
  public static var base: ClassObject { type("BaseException") }

  /// An exception with a message.
  public static func make(_ name: String, _ message: String) -> InstanceObject {
    make(type(name), [.string(message)])
  }
  /// A class of the host's own below a built-in one: `GradcheckError`.
  public static func derived(_ name: String, from base: String, module: String) -> ClassObject {
    ClassObject(name, bases: [type(base)], module: module)
  }
  /// An exception of a host's class.
  public static func make(_ type: ClassObject, _ message: String) -> InstanceObject {
    make(type, [.string(message)])
  }
  public static func make(_ type: ClassObject, _ arguments: [Value]) -> InstanceObject {
    let e = InstanceObject(type)
    e.payload = ExceptionState(arguments)
    return e
  }
}

/// What an exception carries beyond its attributes.
final class ExceptionState {
  var arguments: [Value]
  /// The frames it passed, innermost first.
  var traceback: [TracebackEntry] = []
  var cause: InstanceObject?
  var context: InstanceObject?
  var suppressesContext = false
  /// What helps, beyond CPython's words.
  var hint: String?
  /// `. Did you mean: 'x'?`: part of the traceback, not of the message.
  var suggestion = ""
  /// `e.name`, `e.obj`, `e.path`.
  var named: [String: Value] = [:]
  /// `add_note(…)`.
  var notes: [String] = []
  /// Of a group: its message and its members.
  var group: ExceptionGroups.Contents?
  /// On its way on from a handler: the frame at hand is in the traceback already.
  var isReraised = false
  init(_ arguments: [Value]) { self.arguments = arguments }
  /// The message, where it is a text.
  var text: String { (arguments.first?.object as? StringObject)?.value ?? "" }
}

struct TracebackEntry {
  var function: String
  var span: Span
  var anchors: Anchors?
  /// Of code that stands in no file: `<string>`.
  var file: String?
}

extension InstanceObject {
  var exception: ExceptionState? { payload as? ExceptionState }
  public var isException: Bool { classObject.isSubclass(of: Exceptions.base) }
}
