/// An object: the door through which a host's values join the language.
///
/// A host subclasses it and overrides what its objects can do; each method's default is "cannot", with
/// CPython's words. The interpreter switches over syntax only.
///
/// ```swift
/// final class TensorObject: Object {
///   override var typeObject: ClassObject { tensorClass }
///   override func binary(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? { … }
/// }
/// ```
open class Object {
  public init() {}

  /// Where a program's class extends a built-in one: that class, and the instance's attributes.
  public final var extra: Subclassed? {
    didSet { shapeKey = nil }
  }
  /// Classes of the program may have given it `__len__`, `__add__` and their like.
  @exclusivity(unchecked) public final var answersDunders = false
  /// Says where attributes and methods lie: objects with the same number behind it have them at the same places.
  /// Of the shape for instances; ``ClassObject/methodKey`` for built-in classes whose objects have no attributes.
  @exclusivity(unchecked) public final var shapeKey: UnsafeMutablePointer<Int>?
  /// Its operators are the host's alone: on the left it is asked before anything else.
  @exclusivity(unchecked) public final var isArithmetic = false
  /// `@abstractmethod`: a class that still has it makes no instances.
  @exclusivity(unchecked) final var isAbstractMethod = false
  /// What `id` gave, once asked.
  @exclusivity(unchecked) public final var identity = 0

  /// The class, as `type(x)` gives it.
  open var typeObject: ClassObject { Types.object }
  public var typeName: String { extra?.classObject.name ?? typeObject.name }
  /// As messages about what an object cannot do name its class: `collections.deque`.
  final var titleInMessages: String {
    let c = extra?.classObject ?? typeObject
    return c.shownWithModule ? "\(c.module).\(c.name)" : c.name
  }

  /// An attribute beyond those of the class; `nil` where there is none.
  open func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? { nil }
  /// False where attributes cannot be set.
  open func setAttribute(_ name: String, _ value: Value, _ i: Interpreter) throws -> Bool { false }
  open func deleteAttribute(_ name: String, _ i: Interpreter) throws -> Bool { false }
  /// What `dir` lists beyond the class's own.
  open var attributeNames: [String] { [] }

  /// What `callable(x)` says of objects that are no functions of the language.
  open var isCallable: Bool { false }

  open func call(_ arguments: Arguments, _ i: Interpreter) throws -> Value {
    throw Raise.type("'\(titleInMessages)' object is not callable")
  }

  /// `self op other`; `nil` where the operands do not go together.
  open func binary(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? { nil }
  /// `other op self`, asked where the left operand gave up.
  open func reflected(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? { nil }
  /// `self op= other`; `nil` to fall back to ``binary(_:_:_:)``.
  open func inPlace(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? { nil }
  /// `-self`, `+self`, `~self`.
  open func unary(_ op: String, _ i: Interpreter) throws -> Value? { nil }
  /// `self op other` for `==`, `!=`, `<`, `<=`, `>`, `>=`; `nil` where not comparable.
  open func compare(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? { nil }

  open func getItem(_ key: Value, _ i: Interpreter) throws -> Value {
    throw Raise.type("'\(titleInMessages)' object is not subscriptable")
  }
  open func setItem(_ key: Value, _ value: Value, _ i: Interpreter) throws {
    throw Raise.type("'\(titleInMessages)' object does not support item assignment")
  }
  open func deleteItem(_ key: Value, _ i: Interpreter) throws {
    // CPython words it by the protocol that the class half implements.
    let isSequence =
      self is TupleObject || self is StringObject || self is BytesObject || self is RangeObject
      || self is InstanceObject && Integers.big(key) != nil
    throw Raise.type(
      "'\(titleInMessages)' object \(isSequence ? "doesn't" : "does not") support item deletion")
  }
  open func iterate(_ i: Interpreter) throws -> IteratorObject {
    throw Raise.type("'\(titleInMessages)' object is not iterable")
  }
  /// `nil` where it has no length.
  open func length(_ i: Interpreter) throws -> Int? { nil }
  /// `nil` to search by iterating.
  open func contains(_ item: Value, _ i: Interpreter) throws -> Bool? { nil }
  open func isTrue(_ i: Interpreter) throws -> Bool { try length(i).map { $0 > 0 } ?? true }
  open func repr(_ i: Interpreter) throws -> String {
    let type = typeObject
    return type.module == "builtins" || type.module.isEmpty
      ? "<\(type.name) object>" : "<\(type.module).\(type.qualifiedName) object>"
  }
  open func str(_ i: Interpreter) throws -> String { try repr(i) }
  open func format(_ spec: String, _ i: Interpreter) throws -> String {
    if spec.isEmpty { return try str(i) }
    let type = typeObject
    let shown = type.shownWithModule ? "\(type.module).\(type.name)" : typeName
    throw Raise.type("unsupported format string passed to \(shown).__format__")
  }
  /// The key under which it lies in dictionaries and sets.
  open func hashKey(_ i: Interpreter) throws -> HashKey { .identity(ObjectIdentifier(self)) }
  /// Whether `hash` gives what `id` does.
  open var hashesAsIdentity: Bool { false }
  open func toFloat(_ i: Interpreter) throws -> Double? { nil }
  /// For `int(x)`.
  open func toInt(_ i: Interpreter) throws -> Int? { nil }
  /// For indices and sizes: only true integers.
  open func toIndex(_ i: Interpreter) throws -> Int? { nil }
  /// Whether `with` takes it, for who asks by name.
  open var isContext: Bool { false }
  /// `with self as …`; `nil` where it is no context manager.
  open func enter(_ i: Interpreter) throws -> Value? { nil }
  /// What `__exit__` gives, called by hand, where it swallows nothing.
  open var exitResult: Value { .none }
  /// Ends a `with`; true swallows the exception.
  open func exit(_ exception: InstanceObject?, _ i: Interpreter) throws -> Bool { false }
}

/// What equal keys share.
public enum HashKey: Hashable {
  case none
  case int(Int)
  case float(Double)
  case string(String)
  case tuple([HashKey])
  case identity(ObjectIdentifier)
  /// A host's own key.
  case custom(AnyHashable)
  /// Of a class with a `__hash__` of its own, or holding one: whether two are equal only the classes know, see ``DictObject/place(_:_:)``.
  case asked(Asked)

  /// Which object it is, and what its `__hash__` said.
  public struct Asked: Hashable, @unchecked Sendable {
    let identity: AnyHashable
    let hash: Int
  }

  var isAsked: Bool { if case .asked = self { true } else { false } }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .none: hasher.combine(0)
    case .int(let x): hasher.combine(x)
    case .float(let x): hasher.combine(x)
    case .string(let x): hasher.combine(x)
    case .tuple(let x): hasher.combine(x)
    case .identity(let x): hasher.combine(x)
    case .custom(let x): hasher.combine(x)
    case .asked(let x): hasher.combine(x.identity)
    }
  }

  /// Texts are equal where their code points are; Swift's own equality is canonical equivalence.
  public static func == (a: HashKey, b: HashKey) -> Bool {
    switch (a, b) {
    case (.string(let x), .string(let y)): x == y && x.utf8.elementsEqual(y.utf8)
    case (.int(let x), .int(let y)): x == y
    case (.none, .none): true
    // What is not a number is found again where it is the same one.
    case (.float(let x), .float(let y)): x == y || x.isNaN && x.bitPattern == y.bitPattern
    case (.tuple(let x), .tuple(let y)): x == y
    case (.identity(let x), .identity(let y)): x == y
    case (.custom(let x), .custom(let y)): x == y
    case (.asked(let x), .asked(let y)): x.identity == y.identity
    default: false
    }
  }
}

/// An iterator: hands out values until it is spent.
open class IteratorObject: Object {
  open override var typeObject: ClassObject { Types.iterator }
  /// The next value, or `nil` where there is none.
  open func next(_ i: Interpreter) throws -> Value? { nil }
  open override func iterate(_ i: Interpreter) throws -> IteratorObject { self }
}

/// An iterator over what a closure hands out.
public final class ClosureIterator: IteratorObject {
  private let body: (Interpreter) throws -> Value?
  private let type: ClassObject
  /// The class that made it, where that was called by name; what `repr` says, where that is more than the class.
  var maker: ClassObject?
  var shown: ((Interpreter) throws -> String)?
  public override var typeObject: ClassObject { maker ?? type }
  public override func repr(_ i: Interpreter) throws -> String {
    if let shown { return try shown(i) }
    return try super.repr(i)
  }
  public init(_ body: @escaping (Interpreter) throws -> Value?) {
    self.body = body
    type = Types.iterator
  }
  /// Of a class of its own: `zip`, `list_iterator`.
  init(_ type: ClassObject, _ body: @escaping (Interpreter) throws -> Value?) {
    self.body = body
    self.type = type
  }
  public override func next(_ i: Interpreter) throws -> Value? {
    try i.countStep()
    return try body(i)
  }

  /// Over an array as it is now, for a program a generator of this name.
  public static func generator(_ name: String, over items: [Value]) -> ClosureIterator {
    let made = ClosureIterator(Types.generator, over: items)
    made.shown = { _ in "<generator object \(name)>" }
    return made
  }

  /// Over an array as it is now.
  public convenience init(over items: [Value]) { self.init(Types.iterator, over: items) }
  convenience init(_ type: ClassObject, over items: [Value]) {
    var at = 0
    self.init(type) { _ in
      guard at < items.count else { return nil }
      at += 1
      return items[at - 1]
    }
  }
}
