/// The names of an instance's attributes in the order in which they came, shared by all instances of a class
/// that got theirs in this order: "hidden classes".
///
/// Law: two instances with the same shape have each attribute at the same place, so that an instruction that
/// found it once finds it again without a search. Source: Chambers, Ungar, Lee: An efficient implementation
/// of Self, OOPSLA 1989.
final class Shape {
  let names: [String]
  let family: ShapeFamily
  private var larger: [String: Shape] = [:]

  init(names: [String] = [], family: ShapeFamily) {
    self.names = names
    self.family = family
  }

  func place(_ name: String) -> Int? { names.firstIndex(of: name) }

  /// The shape with one name more; `nil` where a table of names is better.
  func adding(_ name: String) -> Shape? {
    if let known = larger[name] { return known }
    guard names.count < 24, larger.count < 64 else { return nil }
    let made = Shape(names: names + [name], family: family)
    larger[name] = made
    return made
  }
}

/// The shapes of one class. The version changes when the class or an ancestor does.
final class ShapeFamily {
  var version = 0
}

/// An instance's attributes by name, where their order is its own: many, or some were deleted.
final class LooseNames {
  var places: [String: Int] = [:]
  var names: [String] = []
}

/// What an instruction that names an attribute found the last time.
struct AttributeCache {
  var shape: Shape?
  var version = 0
  /// Where the attribute lies; -1 where `found` is it.
  var place = 0
  /// A method or a value of the class.
  var found: Value = .none
  /// For an assignment that adds the name: the shape afterwards.
  var next: Shape?
}

/// Read access to an instance's attributes by name.
public struct AttributeView {
  let instance: InstanceObject
  public subscript(name: String) -> Value? { instance.own(name) }
}

extension InstanceObject {
  /// By name; the order is ``attributeOrder``.
  public var attributes: AttributeView { AttributeView(instance: self) }
  public var attributeOrder: [String] { loose?.names ?? shape?.names ?? [] }

  private func place(_ name: String) -> Int? {
    if let loose { return loose.places[name] }
    return shape?.place(name)
  }

  func own(_ name: String) -> Value? { place(name).map { values[$0] } }

  public func set(_ name: String, _ value: Value) {
    if let at = place(name) {
      values[at] = value
      return
    }
    if let next = shape?.adding(name) {
      shape = next
    } else {
      let names = loosen()
      names.places[name] = values.count
      names.names.append(name)
    }
    values.append(value)
  }

  /// Gives the instance a table of names of its own.
  private func loosen() -> LooseNames {
    if let loose { return loose }
    let made = LooseNames()
    made.names = shape?.names ?? []
    for (k, name) in made.names.enumerated() { made.places[name] = k }
    loose = made
    shape = nil
    return made
  }

  @discardableResult public func removeOwn(_ name: String) -> Bool {
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
    guard let instance = value.object as? InstanceObject, instance.extra == nil, let shape = instance.shape
    else { return found }
    let inClass = instance.classObject.lookup(name)
    if let at = shape.place(name), isPlain(inClass) {
      cache = AttributeCache(shape: shape, version: shape.family.version, place: at)
    } else if let inClass, shape.place(name) == nil, isPlain(inClass), instance.isOrdinary,
      !(inClass.object is FunctionObject || inClass.object is NativeFunction || inClass.object is MethodWrapper)
    {
      cache = AttributeCache(shape: shape, version: shape.family.version, place: -1, found: inClass)
    }
    return found
  }

  /// The function behind `value.name(…)`, remembering it.
  func method(_ value: Value, _ name: String, _ cache: inout AttributeCache) throws -> (Value, Bool) {
    let (function, takesReceiver) = try method(value, name)
    if takesReceiver, let instance = value.object as? InstanceObject, instance.isOrdinary,
      instance.extra == nil, let shape = instance.shape, shape.place(name) == nil
    {
      cache = AttributeCache(shape: shape, version: shape.family.version, place: -1, found: function)
    }
    return (function, takesReceiver)
  }

  /// `target.name = value`, remembering where it went.
  func setAttribute(_ target: Value, _ name: String, _ value: Value, _ cache: inout AttributeCache) throws {
    guard let instance = target.object as? InstanceObject, instance.isOrdinary, instance.extra == nil,
      let before = instance.shape, name != "__class__", name != "__dict__", instance.classObject.slots == nil,
      isPlain(instance.classObject.lookup(name)), instance.classObject.lookup("__setattr__") == nil
    else { return try setAttribute(target, name, value) }
    try setAttribute(target, name, value)
    guard let after = instance.shape, let at = after.place(name) else { return }
    cache = AttributeCache(
      shape: before, version: before.family.version, place: at, next: after === before ? nil : after)
  }
}
