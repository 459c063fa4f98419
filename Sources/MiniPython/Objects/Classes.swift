/// A class: of the language, of the program, or of the host.
public final class ClassObject: Object {
  public let name: String
  public let bases: [ClassObject]
  /// Itself and its ancestors, in the order in which attributes are looked up (C3).
  public private(set) var mro: [ClassObject] = []
  /// Its own attributes, in the order of definition.
  public private(set) var attributes: [String: Value] = [:]
  public private(set) var attributeOrder: [String] = []
  /// Makes an instance: `Tensor(…)`. Inherited; `nil` for ordinary instances. Set where the class is made, never by a
  /// run: others may be calling it.
  public var make: ((ClassObject, Arguments, Interpreter) throws -> Value)?
  /// A new instance before its `__init__`, where that is an object of the host's: what `object.__new__` gives. Inherited.
  public var allocate: ((ClassObject) -> InstanceObject)?
  /// `isinstance(value, self)` where a host's class decides by something else than classes: `torch.FloatTensor`.
  public var accepts: ((Value) -> Bool)?
  /// The members, where it extends `Enum`.
  public var enumeration: Enumeration?
  /// What the run set on classes of the host, of which this may be one's descendant. Of a class of a program.
  var changes: ClassChanges? { didSet { found.removeAll() } }
  /// What the run put below a class of its own; asked of ``Kinship``.
  var relatives = Kinship.Relatives()
  /// The fields, where `@dataclass` was put on it.
  var dataclass: DataclassInfo?
  /// The fields, where it is a named tuple.
  var namedTuple: NamedTupleInfo?
  /// The names that `__slots__` allows, where all ancestors have it.
  var slots: Set<String>?
  /// Where its instances go for their `__del__`, where it has one.
  var finalizers: Finalizers?
  /// Whether it has a `__del__`; instances may be watched without.
  var hasFinalizer = false
  /// Those of its own.
  var ownSlots: [String]?
  /// With the classes and functions around it: `Outer.Inner`.
  public var qualifiedName: String {
    get { nestedName ?? name }
    set { nestedName = newValue }
  }
  private var nestedName: String?
  /// A protocol that `isinstance` asks for: what has its methods is one.
  var isCheckedByNames = false
  /// The type variables of a generic class: `T` of `class Stack(Generic[T])`.
  var typeParameters: [Value] = []
  /// What `type` says of the class.
  var metaclass: ClassObject {
    if let givenMetaclass { return givenMetaclass }
    if enumeration != nil { return EnumModule.metaclass }
    return isAbstractBase ? SmallModules.abstractMeta : Types.type
  }
  /// The program's own class of this class, where it has one.
  private(set) var givenMetaclass: ClassObject?
  /// From now on the metaclass answers for this class.
  func take(metaclass: ClassObject) {
    givenMetaclass = metaclass
    answersDunders = true
  }
  /// Says `metaclass=ABCMeta`.
  var isOfAbstractMeta = false
  /// Whether it refuses to make instances while methods are abstract.
  private var isAbstractBase: Bool {
    mro.contains {
      $0.isOfAbstractMeta || $0.isNamed("ABC", in: "abc") || $0.module == "collections.abc"
        || $0.isNamed("AbstractContextManager", in: "contextlib")
    }
  }
  /// Not so of a `TypedDict` with `total=False`.
  var isTotal = true
  /// Names `Protocol` as a base.
  var isProtocol = false
  public func isNamed(_ name: String, in module: String) -> Bool {
    self.name == name && self.module == module
  }
  /// Error messages name it with its module: `collections.deque`.
  public var shownWithModule = false
  /// The class that its methods show as theirs, where that is another: `torch._C.TensorBase`.
  public var methodOwner: String?
  /// Shown before the name in reprs: `torch.nn.modules.linear`.
  public var module = "__main__"

  public init(
    _ name: String, bases: [ClassObject] = [], module: String = "builtins",
    make: ((ClassObject, Arguments, Interpreter) throws -> Value)? = nil
  ) {
    self.name = name
    self.bases = bases
    self.module = module
    self.make = make
    super.init()
    mro = ClassObject.linearize(self, bases) ?? [self]
  }

  /// A class of the program. Throws `TypeError` where the bases cannot be put in order.
  init(defining name: String, bases: [ClassObject]) throws {
    self.name = name
    self.bases = bases
    super.init()
    isProgram = true
    rootShape = Shape()
    // `object` is made when first asked for, and every class ends in it.
    _ = Types.object
    for (k, base) in bases.enumerated() where bases[..<k].contains(where: { $0 === base }) {
      throw Raise.type("duplicate base class \(base.name)")
    }
    // The orders of a chain of n classes take n² places.
    guard bases.allSatisfy({ $0.mro.count < 1000 }) else {
      throw Raise.named(
        "RecursionError", "maximum recursion depth exceeded: a class with a thousand ancestors")
    }
    guard let order = ClassObject.linearize(self, bases) else {
      let names = bases.map(\.name).joined(separator: ", ")
      throw Raise.type("Cannot create a consistent method resolution\norder (MRO) for bases \(names)")
    }
    mro = order
  }

  private static func linearize(_ c: ClassObject, _ bases: [ClassObject]) -> [ClassObject]? {
    // One base: its order, behind the class.
    if bases.count == 1 { return [c] + bases[0].mro }
    var lists = bases.map(\.mro) + [bases]
    var out = [c]
    while true {
      lists.removeAll(where: \.isEmpty)
      if lists.isEmpty { break }
      guard
        let head = lists.lazy.compactMap({ list in
          lists.contains { $0.dropFirst().contains { $0 === list[0] } } ? nil : list[0]
        }).first
      else { return nil }
      out.append(head)
      lists = lists.map { $0.filter { $0 !== head } }
    }
    // Every class is an object.
    if c.name != "object" || !bases.isEmpty, let object = Types.objectIfMade,
      !out.contains(where: { $0 === object }), c !== object
    {
      out.append(object)
    }
    return out
  }

  public override var typeObject: ClassObject { givenMetaclass ?? Types.type }

  /// ``make`` of the nearest class that has one.
  var inheritedMake: ((ClassObject, Arguments, Interpreter) throws -> Value)? {
    for c in mro { if let make = c.make { return make } }
    return nil
  }

  var inheritedAllocate: ((ClassObject) -> InstanceObject)? {
    for c in mro { if let allocate = c.allocate { return allocate } }
    return nil
  }

  var inheritedDataclass: DataclassInfo? { mro.lazy.compactMap(\.dataclass).first }
  var inheritedNamedTuple: NamedTupleInfo? { mro.lazy.compactMap(\.namedTuple).first }

  /// Names of methods that `@abstractmethod` left to be defined.
  var abstractNames: [String] {
    guard isAbstractBase else { return [] }
    var out: Set<String> = []
    for c in mro {
      for name in c.attributeOrder where c.attributes[name].map(ClassObject.isAbstract) == true {
        if lookup(name).map(ClassObject.isAbstract) == true { out.insert(name) }
      }
    }
    return out.sorted()
  }
  private static func isAbstract(_ v: Value) -> Bool {
    switch v.object {
    case let w as MethodWrapper: w.isAbstractMethod || w.function.object?.isAbstractMethod == true
    case let p as PropertyObject: p.isAbstractMethod || p.getter.object?.isAbstractMethod == true
    case let o?: o.isAbstractMethod
    case nil: false
    }
  }

  public override func binary(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    guard op == "|", ClassObject.isHint(other) else { return nil }
    return .object(UnionHint([.object(self), other]))
  }
  public override func reflected(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    guard op == "|", ClassObject.isHint(other) else { return nil }
    return .object(UnionHint([other, .object(self)]))
  }
  private static func isHint(_ v: Value) -> Bool {
    if case .none = v { return true }
    return v.object is ClassObject || v.object is GenericAlias || v.object is UnionHint
      || v.object is NewTypeObject
  }

  public func isSubclass(of other: ClassObject) -> Bool { mro.contains { $0 === other } }

  /// An attribute of the class or its ancestors.
  public func lookup(_ name: String) -> Value? {
    guard isProgram else { return search(name) }
    if let known = found[name] { return known }
    let value = search(name)
    found.updateValue(value, forKey: name)
    return value
  }

  private func search(_ name: String) -> Value? {
    for c in mro { if let value = changes?.own(c, name) ?? c.attributes[name] { return value } }
    return nil
  }

  /// Of a program or of a module written in the language, not of the host.
  var isDefined: Bool { isProgram || module == "__main__" }

  /// A class of a program, which one thread alone uses: it remembers what was looked up.
  private(set) var isProgram = false
  private var found: [String: Value?] = [:]
  /// The shape of an instance without attributes; only classes of a program share shapes.
  private(set) var rootShape: Shape?
  /// Whether a call of it makes a plain instance and runs `__init__`, once asked.
  private var plain: (isPlain: Bool, initializer: FunctionObject?)?

  /// What was looked up holds no longer, for it and those below.
  func forget() {
    found.removeAll()
    plain = nil
    rootShape?.renumber()
    for c in relatives.classes { c.forget() }
  }

  /// The `__init__` to run where a call of this class does no more than make an instance and run it.
  var plainInitializer: FunctionObject? {
    if let plain { return plain.initializer }
    var function: FunctionObject?
    if isProgram, givenMetaclass == nil, inheritedMake == nil, Constructors.of(self) == nil,
      inheritedNamedTuple == nil,
      enumeration == nil, abstractNames.isEmpty, lookup("__new__") == nil, builtinBase == nil, !isProtocol,
      !isSubclass(of: Exceptions.base)
    {
      function = lookup("__init__")?.object as? FunctionObject
    }
    plain = (function != nil, function)
    return function
  }

  /// Where functions find the class they were defined in, which they do not keep alive.
  var handle: ClassHandle {
    if let madeHandle { return madeHandle }
    let made = ClassHandle()
    take(made)
    return made
  }
  /// Takes the handle that the functions of its body have: from now on they find their class.
  func take(_ handle: ClassHandle) {
    handle.object = self
    madeHandle = handle
  }
  private var madeHandle: ClassHandle?

  /// For objects of a built-in class that have no attributes of their own: their ``Object/shapeKey``.
  public let methodKey: UnsafeMutablePointer<Int> = {
    let made = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    made.initialize(to: ShapeKeys.next())
    return made
  }()

  deinit {
    madeHandle?.object = nil
    methodKey.deallocate()
  }

  public func set(_ name: String, _ value: Value) {
    if attributes.updateValue(value, forKey: name) == nil { attributeOrder.append(name) }
    if isProgram { forget() } else { methodKey.pointee = ShapeKeys.next() }
  }

  public func remove(_ name: String) -> Bool {
    guard attributes.removeValue(forKey: name) != nil else { return false }
    attributeOrder.removeAll { $0 == name }
    if isProgram { forget() }
    return true
  }

  /// Adds a method that the host implements; its first argument is the instance.
  public func method(_ name: String, _ body: @escaping (Value, Arguments, Interpreter) throws -> Value) {
    let function = NativeFunction(name, owner: self, isMethod: true) { [className = self.name] arguments, i in
      guard let first = arguments.positional.first else {
        throw Raise.type("unbound method \(className).\(name)() needs an argument")
      }
      return try body(
        first, Arguments(Array(arguments.positional.dropFirst()), keywords: arguments.keywords), i)
    }
    function.methodBody = body
    set(name, .object(function))
  }

  /// Adds a read-only property that the host implements.
  public func property(_ name: String, _ get: @escaping (Value, Interpreter) throws -> Value) {
    set(name, .object(PropertyObject(native: get)))
  }

  /// As ``property(_:_:)``, with what the class shows of it.
  func documented(_ name: String, _ shown: String, _ get: @escaping (Value, Interpreter) throws -> Value) {
    let made = PropertyObject(native: get)
    made.shown = shown
    set(name, .object(made))
  }

  public override func call(_ arguments: Arguments, _ i: Interpreter) throws -> Value {
    try i.instantiate(self, arguments)
  }

  /// What a type variable shows of itself: `~T`.
  var shown: String?

  public override func repr(_ i: Interpreter) throws -> String {
    if let shown { return shown }
    if let given = givenMetaclass?.lookup("__repr__") {
      return try i.str(i.call(given, Arguments([.object(self)])))
    }
    if let enumeration { return "<\(enumeration.isFlag ? "flag" : "enum") '\(name)'>" }
    // Hints show themselves by name.
    if module == "typing", !["NamedTuple"].contains(name) { return "typing.\(name)" }
    return "<class '\(module == "builtins" || module.isEmpty ? "" : "\(module).")\(qualifiedName)'>"
  }
}

/// A reference that does not keep the class: it clears itself when the class goes. It is CPython's cell `__class__`:
/// empty until the class is made.
///
/// No weak one: those would make every count of references to the class slower.
final class ClassHandle {
  fileprivate(set) unowned(unsafe) var object: ClassObject?
}

/// An instance of a class of the program (or of an exception class).
open class InstanceObject: Object {
  @exclusivity(unchecked) public private(set) final var classObject: ClassObject
  /// The attributes, at the places that the shape or `loose` says.
  final var values = ValueRow()
  final var loose: LooseNames?
  /// `nil` where the names are loose, and for instances of built-in classes.
  private(set) final var shape: Shape?
  final func take(_ shape: Shape?) {
    self.shape = shape
    shapeKey = shape?.key
  }
  /// What `__dict__` holds beside the attributes, before them: of host classes.
  open var hiddenAttributes: [(name: String, value: Value)] { [] }
  /// What a host class keeps with each instance.
  public var payload: AnyObject?
  /// Of a class of the program, with no attributes but those it was given.
  final var isOrdinary: Bool { Swift.type(of: self) == InstanceObject.self }

  public init(_ classObject: ClassObject) {
    self.classObject = classObject
    super.init()
    answersDunders = true
    take(classObject.rootShape)
  }
  /// Its `__del__` has run.
  private final var isFinalized = false

  deinit {
    guard let queue = classObject.finalizers else { return }
    queue.gone(ObjectIdentifier(self))
    guard !isFinalized, isOrdinary, classObject.hasFinalizer else { return }
    // What it was lives on in another object until its `__del__` has run.
    let last = InstanceObject(classObject)
    swap(&last.values, &values)
    last.loose = loose
    last.take(shape)
    last.isFinalized = true
    queue.add(last)
  }

  open override var typeObject: ClassObject { classObject }
  open override var attributeNames: [String] { attributeOrder }

  /// Goes on as an instance of another class; its attributes stay.
  public final func become(_ other: ClassObject) {
    // What instructions remember of its class goes with the shape.
    loosen()
    classObject = other
  }

  open override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? { own(name) }
  open override func setAttribute(_ name: String, _ value: Value, _ i: Interpreter) throws -> Bool {
    set(name, value)
    return true
  }
  open override func deleteAttribute(_ name: String, _ i: Interpreter) throws -> Bool { removeOwn(name) }
  /// A program wrote to a table of this object, or took a name out of it; the table changes after this.
  ///
  /// - Parameter part: which table: 0 is `__dict__`, the others are the host's.
  open func write(_ name: String, _ value: Value?, part: Int) {
    if let value { set(name, value) } else { removeOwn(name) }
  }
}
