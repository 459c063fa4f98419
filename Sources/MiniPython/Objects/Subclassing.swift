/// What an instance of a program's subclass of a built-in class has beyond the built-in: its class, its attributes.
public final class Subclassed {
  public let classObject: ClassObject
  public var attributes: [String: Value] = [:]
  public var attributeOrder: [String] = []
  /// `self.__dict__ = self` of a dictionary: its items are its attributes.
  var isItsItems = false
  init(_ classObject: ClassObject) { self.classObject = classObject }

  func set(_ name: String, _ value: Value) {
    if attributes.updateValue(value, forKey: name) == nil { attributeOrder.append(name) }
  }
}

/// An instance of a program's subclass of `int`, `float` or `bool`-like classes: the number it is.
final class BoxedNumber {
  let value: Value
  init(_ value: Value) { self.value = value }
}

extension Object {
  /// Makes it an instance of a program's class that extends the host's.
  public func extend(as c: ClassObject) {
    extra = Subclassed(c)
    answersDunders = true
  }

  /// The dictionary itself, where its items are its attributes.
  var attributeItems: DictObject? { extra?.isItsItems == true ? self as? DictObject : nil }
}

extension ClassObject {
  /// The built-in class that instances of this program's class extend: `list` for `class Stack(list)`.
  var builtinBase: ClassObject? {
    mro.first { !$0.isDefined && $0 !== Types.object && Constructors.of($0) != nil }
  }
}

extension Value {
  /// The number inside an instance of a subclass of `int` or `float`; any other value as it is.
  public var unboxed: Value {
    guard case .object(let o) = self, o.answersDunders, let instance = o as? InstanceObject,
      let box = instance.payload as? BoxedNumber
    else { return self }
    return box.value
  }
}

extension Interpreter {
  /// An instance of a program's class that extends a built-in one, before its `__init__`.
  func makeExtending(_ c: ClassObject, _ base: ClassObject, _ arguments: Arguments) throws -> Value {
    guard let native = Constructors.of(base) else { return .object(InstanceObject(c)) }
    let isFilledLater = ["list", "dict", "set", "OrderedDict", "defaultdict", "Counter", "deque"].contains(
      base.name)
    let made = try native(isFilledLater ? Arguments() : arguments, self)
    let value = made.unboxed
    guard let object = value.object, !(object is BigIntObject) else {
      let instance = InstanceObject(c)
      instance.payload = BoxedNumber(value)
      return .object(instance)
    }
    // A tuple or string given as it is must not become ours: copy.
    let own: Object
    switch object {
    case let t as TupleObject: own = TupleObject(t.items)
    case let s as StringObject: own = StringObject(s.value)
    default: own = object
    }
    own.extra = Subclassed(c)
    own.answersDunders = true
    return .object(own)
  }

  /// `super().__init__(…)` of a subclass of a built-in class: fills it.
  func fill(_ object: Object, _ arguments: Arguments) throws {
    switch object {
    case let list as ListObject:
      list.items = try arguments.positionalOnly("list", 0...1).first.map(array) ?? []
    case let dict as DictObject:
      if case .defaulting = dict.flavor, let factory = arguments.positional.first {
        dict.flavor = .defaulting(factory)
        try DictMethods.update(
          dict, Arguments(Array(arguments.positional.dropFirst()), keywords: arguments.keywords), self)
      } else if case .counter = dict.flavor {
        try CounterMethods.count(dict, arguments, self, sign: 1)
      } else {
        try DictMethods.update(dict, arguments, self)
      }
    case let set as SetObject:
      for item in try arguments.positionalOnly("set", 0...1).first.map(array) ?? [] {
        try set.add(item, self)
      }
    case let deque as DequeObject: try deque.fill(arguments, self)
    case let instance as InstanceObject:
      instance.exception?.arguments = arguments.positional
    default: break
    }
  }

  /// A method that a class of the program defines over a built-in one's; `nil` where there is none.
  func programMethod(_ object: Object, _ name: String) -> Value? {
    guard object.answersDunders else { return nil }
    return type(of: .object(object)).lookup(name)
  }
}
