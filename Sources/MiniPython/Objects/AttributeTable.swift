import Synchronization

/// The names of an instance's attributes in the order in which they came, shared by all instances of a class
/// that got theirs in this order: "hidden classes".
///
/// Law: two instances with the same shape have each attribute at the same place, so that an instruction that
/// found it once finds it again without a search. Source: Chambers, Ungar, Lee: An efficient implementation
/// of Self, OOPSLA 1989.
final class Shape {
  let names: [String]
  /// A number that no other shape has; another one after the class has changed. Instructions compare it, so that
  /// they count no references. The memory belongs to the shape.
  let key: UnsafeMutablePointer<Int>
  private var larger: [String: Shape] = [:]
  private var order: [Shape] = []

  init(names: [String] = []) {
    self.names = names
    key = .allocate(capacity: 1)
    key.initialize(to: ShapeKeys.next())
  }

  deinit { key.deallocate() }

  func place(_ name: String) -> Int? { names.firstIndex(of: name) }

  /// The shape with one name more; `nil` where a table of names is better.
  func adding(_ name: String) -> Shape? {
    if let known = larger[name] { return known }
    guard names.count < 24, larger.count < 64 else { return nil }
    let made = Shape(names: names + [name])
    larger[name] = made
    order.append(made)
    return made
  }

  /// What instructions remember of these shapes holds no longer.
  func renumber() {
    key.pointee = ShapeKeys.next()
    for shape in order { shape.renumber() }
  }
}

/// Numbers for shapes and classes; each is given once.
enum ShapeKeys {
  private static let last = Atomic<Int>(0)
  static func next() -> Int { last.wrappingAdd(1, ordering: .relaxed).newValue }
}

/// An instance's attributes by name, where their order is its own: many, or some were deleted.
final class LooseNames {
  var places: [String: Int] = [:]
  var names: [String] = []
  /// A dictionary of the program's that `self.__dict__ = …` put in the place of its own.
  var items: DictObject?
}

/// What an instruction that names an attribute found the last time.
struct AttributeCache {
  /// Of the shape, of the class for objects without attributes of their own, or of the module; 0 is nobody's.
  var key = 0
  /// Where the attribute lies; -1 where `found` is it, -2 where it is the host's property, -3 where `found` is a
  /// module's function, which takes no receiver.
  var place = 0
  /// A method or a value of the class.
  var found: Value = .none
  /// For an assignment that adds the name: the shape afterwards.
  var next: Shape?
}

/// The attributes of an instance in a row; as an array, but without its counting of references.
struct ValueRow: ~Copyable {
  private(set) var count = 0
  private var capacity = 0
  private var memory: UnsafeMutablePointer<Value>?

  /// Law: `at` is below `count`, as the shape says.
  subscript(at: Int) -> Value {
    @inline(__always) get { memory?[at] ?? .none }
    @inline(__always) nonmutating set { memory?[at] = newValue }
  }

  @inline(__always)
  mutating func append(_ value: consuming Value) {
    if count == capacity { grow() }
    if let memory { (memory + count).initialize(to: value) }
    count &+= 1
  }

  private mutating func grow() {
    let larger = max(4, capacity * 2)
    let new = UnsafeMutablePointer<Value>.allocate(capacity: larger)
    if let memory {
      new.moveInitialize(from: memory, count: count)
      memory.deallocate()
    }
    (memory, capacity) = (new, larger)
  }

  mutating func remove(at place: Int) {
    guard let memory, place < count else { return }
    for k in place..<count - 1 { memory[k] = memory[k + 1] }
    count -= 1
    (memory + count).deinitialize(count: 1)
  }

  deinit {
    guard let memory else { return }
    if DeepRelease.enter() {
      memory.deinitialize(count: count)
      DeepRelease.leave()
    } else {
      DeepRelease.putAside(Array(UnsafeBufferPointer(start: memory, count: count)))
      memory.deinitialize(count: count)
    }
    memory.deallocate()
  }
}

/// Read access to an instance's attributes by name.
public struct AttributeView {
  let instance: InstanceObject
  public subscript(name: String) -> Value? { instance.own(name) }
}

extension InstanceObject {
  /// By name; the order is ``attributeOrder``.
  public var attributes: AttributeView { AttributeView(instance: self) }
  public var attributeOrder: [String] {
    if let items = loose?.items { return items.keys.compactMap { ($0.object as? StringObject)?.value } }
    return loose?.names ?? shape?.names ?? []
  }

  private func place(_ name: String) -> Int? {
    if let loose { return loose.places[name] }
    return shape?.place(name)
  }

  func own(_ name: String) -> Value? {
    if let items = loose?.items { return items.get(.string(name)) }
    return place(name).map { values[$0] }
  }

  public func set(_ name: String, _ value: Value) {
    if let items = loose?.items { return items.set(.string(name), .string(name), value) }
    if let at = place(name) {
      values[at] = value
      return
    }
    if let next = shape?.adding(name) {
      take(next)
    } else {
      let names = loosen()
      names.places[name] = values.count
      names.names.append(name)
    }
    values.append(value)
  }

  /// Gives the instance a table of names of its own.
  @discardableResult func loosen() -> LooseNames {
    if let loose { return loose }
    let made = LooseNames()
    made.names = shape?.names ?? []
    for (k, name) in made.names.enumerated() { made.places[name] = k }
    loose = made
    take(nil)
    return made
  }

  @discardableResult public func removeOwn(_ name: String) -> Bool {
    if let items = loose?.items { return items.remove(.string(name)) != nil }
    guard let at = place(name) else { return false }
    let names = loosen()
    names.names.remove(at: at)
    values.remove(at: at)
    names.places = [:]
    for (k, name) in names.names.enumerated() { names.places[name] = k }
    return true
  }
}

// MARK: What instructions remember

extension Interpreter {
  /// Whether an attribute of a class leaves those of its instances alone: no property, no descriptor.
  private func isPlain(_ inClass: Value?) -> Bool {
    guard let object = inClass?.object else { return true }
    return !(object is PropertyObject) && !(object is CachedProperty) && !object.answersDunders
  }

  /// `value.name`, remembering where it was.
  func getAttribute(_ value: Value, _ name: String, _ cache: inout AttributeCache) throws -> Value {
    let found = try getAttribute(value, name)
    if let module = value.object as? ModuleObject, let member = module.member(name) {
      cache = AttributeCache(key: module.key, place: -1, found: member)
      return found
    }
    if let object = value.object, let key = object.shapeKey, object.extra == nil, !(object is InstanceObject),
      changes.isEmpty, let property = object.typeObject.lookup(name),
      (property.object as? PropertyObject)?.native != nil
    {
      cache = AttributeCache(key: key.pointee, place: -2, found: property)
      return found
    }
    guard let instance = value.object as? InstanceObject, instance.extra == nil, let shape = instance.shape,
      instance.classObject.lookup("__getattribute__") == nil
    else { return found }
    let inClass = instance.classObject.lookup(name)
    if let at = shape.place(name), isPlain(inClass) {
      cache = AttributeCache(key: shape.key.pointee, place: at)
    } else if let inClass, shape.place(name) == nil, isPlain(inClass), instance.isOrdinary,
      !(inClass.object is FunctionObject || inClass.object is NativeFunction
        || inClass.object is MethodWrapper)
    {
      cache = AttributeCache(key: shape.key.pointee, place: -1, found: inClass)
    }
    return found
  }

  /// The function behind `value.name(…)`, remembering it.
  func method(_ value: Value, _ name: String, _ cache: inout AttributeCache) throws -> (Value, Bool) {
    let (function, takesReceiver) = try method(value, name)
    if let module = value.object as? ModuleObject, let member = module.member(name) {
      cache = AttributeCache(key: module.key, place: -3, found: member)
      return (function, takesReceiver)
    }
    guard takesReceiver, let object = value.object, let key = object.shapeKey, object.extra == nil else {
      return (function, takesReceiver)
    }
    if let instance = object as? InstanceObject {
      guard instance.isOrdinary, instance.shape?.place(name) == nil else { return (function, takesReceiver) }
    } else if !changes.isEmpty {
      // The numbers of the host's classes stay when the run changes them.
      return (function, takesReceiver)
    }
    cache = AttributeCache(key: key.pointee, place: -1, found: function)
    return (function, takesReceiver)
  }

  /// `target.name = value`, remembering where it went.
  func setAttribute(_ target: Value, _ name: String, _ value: Value, _ cache: inout AttributeCache) throws {
    if let object = target.object, !(object is InstanceObject), let key = object.shapeKey {
      let (before, type) = (key.pointee, object.typeObject)
      try setAttribute(target, name, value)
      if object.shapeKey == key, key.pointee == before, object.extra == nil, type.enumeration == nil,
        type.lookup("__setattr__")?.object is FunctionObject == false,
        (type.lookup(name)?.object as? PropertyObject)?.native != nil
      {
        cache = AttributeCache(key: before, place: -2)
      }
      return
    }
    guard let instance = target.object as? InstanceObject, instance.isOrdinary, instance.extra == nil,
      let before = instance.shape, name != "__class__", name != "__dict__", instance.classObject.slots == nil,
      isPlain(instance.classObject.lookup(name)), instance.classObject.lookup("__setattr__") == nil
    else { return try setAttribute(target, name, value) }
    try setAttribute(target, name, value)
    guard let after = instance.shape, let at = after.place(name) else { return }
    cache = AttributeCache(key: before.key.pointee, place: at, next: after === before ? nil : after)
  }
}
