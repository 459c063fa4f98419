/// `copy.copy` and `copy.deepcopy`.
enum Copying {
  /// What was copied already, so that shared and circular parts stay so.
  struct Memo {
    var made: [ObjectIdentifier: Value] = [:]
    /// Keeps the originals alive, so that no other object takes their place.
    var kept: [Object] = []
    let dictionary = DictObject()
  }

  static func shallow(_ v: Value, _ i: Interpreter) throws -> Value {
    guard let object = v.object else { return v }
    if object.answersDunders, let result = try i.callMethod(v, "__copy__") { return result }
    if let made = try reduced(v, i) { return made }
    try refuse(object, i)
    switch object {
    case let l as ListObject: return adopt(ListObject(l.items), l)
    case let d as DictObject:
      let out = d.copy()
      out.attributes = d.attributes
      return adopt(out, d)
    case let s as SetObject where !s.isFrozen: return adopt(s.copied(isFrozen: false), s)
    case let d as DequeObject: return DequeObject.made(Array(d.values), d.limit)
    case let instance as InstanceObject where !(instance.classObject.enumeration != nil):
      if let method = try i.attribute(v, "__copy__") { return try i.call(method) }
      let out = InstanceObject(instance.classObject)
      out.payload = instance.payload
      if try restore(out, from: instance, i, { $0 }) { return .object(out) }
      for name in instance.attributeOrder { out.set(name, instance.attributes[name] ?? .none) }
      return .object(out)
    case is StringObject, is TupleObject, is InstanceObject: return v
    default:
      if let method = try i.attribute(v, "__copy__") { return try i.call(method) }
      return v
    }
  }

  /// What has a state that nobody can copy.
  private static func refuse(_ object: Object, _ i: Interpreter) throws {
    guard object is GeneratorObject || object is ModuleObject else { return }
    throw Raise.type("cannot pickle '\(object.typeName)' object")
  }

  /// By the program's own `__reduce__`; `nil` where its class has none.
  private static func reduced(_ v: Value, _ i: Interpreter) throws -> Value? {
    guard v.object?.answersDunders == true, i.type(of: v).lookup("__reduce__") != nil,
      let parts = try i.callMethod(v, "__reduce__")?.object as? TupleObject, parts.items.count >= 2
    else { return nil }
    let made = try i.call(parts.items[0], Arguments(i.array(parts.items[1])))
    if parts.items.count > 2, let state = parts.items[2].object as? DictObject {
      for entry in state.entries {
        if let entry { try i.setPlainAttribute(made, try i.str(entry.key), entry.value) }
      }
    }
    return made
  }

  /// `copy.deepcopy(v)`.
  static func deep(_ v: Value, _ i: Interpreter) throws -> Value {
    var memo = Memo()
    return try deep(v, &memo, i, depth: 0)
  }

  private static func adopt(_ copy: Object, _ original: Object) -> Value {
    if let extra = original.extra {
      let made = Subclassed(extra.classObject)
      for name in extra.attributeOrder { made.set(name, extra.attributes[name] ?? .none) }
      copy.extra = made
      copy.answersDunders = true
    }
    return .object(copy)
  }

  /// The attributes of a copied instance of a program's list, dictionary or set are copies as well.
  private static func renew(_ copy: Object, _ inner: (Value) throws -> Value) throws {
    guard let extra = copy.extra else { return }
    for name in extra.attributeOrder { extra.attributes[name] = try inner(extra.attributes[name] ?? .none) }
  }

  /// By the program's own `__getstate__` and `__setstate__`; false where the class has neither.
  private static func restore(
    _ out: InstanceObject, from v: InstanceObject, _ i: Interpreter, _ copy: (Value) throws -> Value
  ) throws -> Bool {
    let (getter, setter) = (v.classObject.lookup("__getstate__"), v.classObject.lookup("__setstate__"))
    guard getter?.object is FunctionObject || setter?.object is FunctionObject else { return false }
    let own = Value.object(
      DictObject.of(v.attributeOrder.map { ($0, v.attributes[$0] ?? .none) }))
    let state = try copy(i.callMethod(.object(v), "__getstate__") ?? own)
    if try i.callMethod(.object(out), "__setstate__", Arguments([state])) != nil { return true }
    for entry in (state.object as? DictObject)?.entries ?? [] {
      if let entry { out.set(try i.str(entry.key), entry.value) }
    }
    return true
  }

  static func deep(_ v: Value, _ memo: inout Memo, _ i: Interpreter, depth: Int) throws -> Value {
    guard depth < 900 else { throw Raise.named("RecursionError", "maximum recursion depth exceeded") }
    guard let object = v.object, !(object is StringObject), !(object is FunctionObject),
      !(object is ClassObject)
    else { return v }
    let id = ObjectIdentifier(object)
    if let known = memo.made[id] { return known }
    memo.kept.append(object)
    if object.answersDunders, let method = i.type(of: v).lookup("__deepcopy__") {
      let result = try i.call(method, Arguments([v, .object(memo.dictionary)]))
      memo.made[id] = result
      return result
    }
    try refuse(object, i)
    if let made = try reduced(v, i) {
      memo.made[id] = made
      return made
    }
    func inner(_ x: Value) throws -> Value { try deep(x, &memo, i, depth: depth + 1) }
    switch object {
    case let l as ListObject:
      let out = ListObject([])
      let made = adopt(out, l)
      memo.made[id] = made
      for item in l.items { out.items.append(try inner(item)) }
      try renew(out, inner)
      return made
    case let t as TupleObject:
      let items = try t.items.map(inner)
      if zip(items, t.items).allSatisfy({ $0.isIdentical(to: $1) }) { return v }
      let made = adopt(TupleObject(items), t)
      memo.made[id] = made
      return made
    case let d as DictObject:
      let out = DictObject()
      out.flavor = d.flavor
      let made = adopt(out, d)
      memo.made[id] = made
      for entry in d.entries {
        guard let entry else { continue }
        let key = try inner(entry.key)
        try out.set(key, try inner(entry.value), i)
      }
      out.attributes = try d.attributes?.mapValues(inner)
      try renew(out, inner)
      return made
    case let s as SetObject:
      let out = SetObject(isFrozen: s.isFrozen)
      for item in s.items.keys {
        let copy = try inner(item)
        try out.add(copy, i)
      }
      let made = adopt(out, s)
      memo.made[id] = made
      try renew(out, inner)
      return made
    case let d as DequeObject: return DequeObject.made(try d.values.map(inner), d.limit)
    case let instance as InstanceObject where instance.classObject.enumeration == nil:
      if let method = try i.attribute(v, "__deepcopy__") {
        let made = try i.call(method, Arguments([.object(memo.dictionary)]))
        memo.made[id] = made
        return made
      }
      let out = InstanceObject(instance.classObject)
      memo.made[id] = .object(out)
      out.payload = instance.payload
      if try restore(out, from: instance, i, inner) { return .object(out) }
      for name in instance.attributeOrder { out.set(name, try inner(instance.attributes[name] ?? .none)) }
      return .object(out)
    case is InstanceObject: return v
    default:
      guard let method = try i.attribute(v, "__deepcopy__") else { return v }
      let made = try i.call(method, Arguments([.object(memo.dictionary)]))
      memo.made[id] = made
      return made
    }
  }
}
