/// Items, length, membership, hashing.
extension Interpreter {
  public func getItem(_ base: Value, _ key: Value) throws -> Value {
    guard let object = base.object else {
      throw Raise.type("'\(typeName(base))' object is not subscriptable")
    }
    if object.answersDunders, let result = try callMethod(base, "__getitem__", Arguments([key])) {
      return result
    }
    switch object {
    case let list as ListObject:
      if case .int(let k) = key, k >= 0, k < list.items.count { return list.items[k] }
      if let slice = key.object as? SliceObject { return .list(try pick(list.items, slice)) }
      return list.items[try position(key, list.items.count, "list")]
    case let tuple as TupleObject:
      if let slice = key.object as? SliceObject { return .tuple(try pick(tuple.items, slice)) }
      return tuple.items[try position(key, tuple.items.count, "tuple")]
    case let dict as DictObject:
      if let value = try dict.get(key, self) { return value }
      if dict.extra != nil, let made = try callMethod(base, "__missing__", Arguments([key])) { return made }
      if case .defaulting(let factory) = dict.flavor {
        if case .none = factory { throw Raise(Exceptions.make(Exceptions.type("KeyError"), [key])) }
        let made = try call(factory)
        try dict.set(key, made, self)
        return made
      }
      if case .counter = dict.flavor { return .int(0) }
      throw Raise(Exceptions.make(Exceptions.type("KeyError"), [key]))
    case let string as StringObject:
      let scalars = string.scalars
      if let slice = key.object as? SliceObject {
        let (start, count, step) = try slice.resolve(scalars.count, self)
        var out = String.UnicodeScalarView()
        for k in 0..<count { out.append(scalars[start + k * step]) }
        return .string(String(out))
      }
      return .string(String(scalars[try position(key, scalars.count, "string")]))
    case let range as RangeObject:
      if let slice = key.object as? SliceObject {
        let (start, stop, _, step) = try slice.bounds(range.count, self)
        return .object(
          RangeObject(
            range.start &+ start &* range.step, range.start &+ stop &* range.step, step &* range.step))
      }
      return .int(range[try position(key, range.count, "range object")])
    case let bytes as BytesObject:
      if let slice = key.object as? SliceObject {
        let (start, count, step) = try slice.resolve(bytes.bytes.count, self)
        return bytes.like((0..<count).map { bytes.bytes[start + $0 * step] })
      }
      if !bytes.isMutable, let k = try index(key), k < -bytes.bytes.count || k >= bytes.bytes.count {
        throw Raise.index("index out of range")
      }
      return .int(
        Int(bytes.bytes[try position(key, bytes.bytes.count, bytes.isMutable ? "bytearray" : "byte")]))
    case let c as ClassObject:
      if let members = c.enumeration { return try members.named(key, c, self) }
      if let method = c.lookup("__class_getitem__") {
        let function = (method.object as? MethodWrapper)?.function ?? method
        return try call(function, Arguments([base, key]))
      }
      if ["int", "float", "str", "bool", "bytes", "bytearray", "complex", "range", "object", "slice"]
        .contains(c.name),
        c.module == "builtins"
      {
        throw Raise.type("type '\(c.name)' is not subscriptable")
      }
      // `list[int]`: type hints are kept, not enforced.
      return try TypeHint.subscripted(c, key, self)
    default: return try object.getItem(key, self)
    }
  }

  private func pick(_ items: [Value], _ slice: SliceObject) throws -> [Value] {
    let (start, count, step) = try slice.resolve(items.count, self)
    if step == 1 { return Array(items[start..<start + count]) }
    return (0..<count).map { items[start + $0 * step] }
  }

  private func position(_ key: Value, _ count: Int, _ what: String, assigning: Bool = false) throws -> Int {
    guard let k = try index(key) else {
      let name =
        what == "string"
        ? "string indices must be integers, not '\(typeName(key))'"
        : "\(what == "range object" ? "range" : what) indices must be integers or slices, not \(typeName(key))"
      throw Raise.type(name)
    }
    let at = k < 0 ? k + count : k
    guard at >= 0, at < count else {
      throw Raise.index("\(what) \(assigning ? "assignment " : "")index out of range")
    }
    return at
  }

  public func setItem(_ base: Value, _ key: Value, _ value: Value) throws {
    guard let object = base.object else {
      throw Raise.type("'\(typeName(base))' object does not support item assignment")
    }
    if object.answersDunders, try callMethod(base, "__setitem__", Arguments([key, value])) != nil { return }
    switch object {
    case let list as ListObject:
      if case .int(let k) = key, k >= 0, k < list.items.count {
        list.items[k] = value
        return
      }
      if let slice = key.object as? SliceObject {
        let (start, count, step) = try slice.resolve(list.items.count, self)
        let new: [Value]
        do { new = try array(value) } catch let raise as Raise {
          guard raise.exception.exception?.text.hasSuffix("object is not iterable") == true else {
            throw raise
          }
          throw Raise.type(
            step == 1 ? "can only assign an iterable" : "must assign iterable to extended slice")
        }
        if step == 1 { return list.items.replaceSubrange(start..<start + count, with: new) }
        guard new.count == count else {
          throw Raise.value(
            "attempt to assign sequence of size \(new.count) to extended slice of size \(count)")
        }
        for k in 0..<count { list.items[start + k * step] = new[k] }
        return
      }
      list.items[try position(key, list.items.count, "list", assigning: true)] = value
    case let dict as DictObject: try dict.set(key, value, self)
    default: try object.setItem(key, value, self)
    }
  }

  func deleteItem(_ base: Value, _ key: Value) throws {
    if let object = base.object, object.answersDunders,
      try callMethod(base, "__delitem__", Arguments([key])) != nil
    {
      return
    }
    switch base.object {
    case let list as ListObject:
      if let slice = key.object as? SliceObject {
        let (start, count, step) = try slice.resolve(list.items.count, self)
        let gone = Set((0..<count).map { start + $0 * step })
        list.items = list.items.enumerated().filter { !gone.contains($0.offset) }.map(\.element)
        return
      }
      list.items.remove(at: try position(key, list.items.count, "list", assigning: true))
    case let dict as DictObject:
      guard try dict.remove(key, self) != nil else {
        if case .counter = dict.flavor { return }
        throw Raise(Exceptions.make(Exceptions.type("KeyError"), [key]))
      }
    case let object?: try object.deleteItem(key, self)
    case nil: throw Raise.type("'\(typeName(base))' object does not support item deletion")
    }
  }

  public func length(_ value: Value) throws -> Int {
    if let object = value.object, object.answersDunders, let result = try callMethod(value, "__len__") {
      guard let n = try index(result) else {
        throw Raise.type("'\(typeName(result))' object cannot be interpreted as an integer")
      }
      guard n >= 0 else { throw Raise.value("__len__() should return >= 0") }
      return n
    }
    switch value.object {
    case let b as BytesObject: return b.bytes.count
    case let c as ClassObject where c.enumeration != nil: return c.enumeration?.canonical.count ?? 0
    case let m as InstanceObject where m.classObject.enumeration?.isFlag == true:
      return try array(value).count
    case let s as StringObject: return s.scalars.count
    case let l as ListObject: return l.items.count
    case let t as TupleObject: return t.items.count
    case let d as DictObject: return d.count
    case let s as SetObject: return s.items.count
    case let r as RangeObject: return r.count
    case let object?: if let n = try object.length(self) { return n }
    case nil: break
    }
    throw Raise.type("object of type '\(typeName(value))' has no len()")
  }

  public func contains(_ container: Value, _ item: Value) throws -> Bool {
    if let object = container.object, object.answersDunders,
      let result = try callMethod(container, "__contains__", Arguments([item]))
    {
      return try isTrue(result)
    }
    switch container.object {
    case let b as BytesObject:
      if let part = item.object as? BytesObject {
        return Subsequences.place(of: part.bytes, in: b.bytes, from: 0, to: b.bytes.count, last: false) != nil
      }
      guard let k = try index(item) else {
        throw Raise.type("a bytes-like object is required, not '\(typeName(item))'")
      }
      guard (0...255).contains(k) else {
        throw Raise.value("byte must be in range(0, 256)")
      }
      return b.bytes.contains(UInt8(k))
    case let s as StringObject:
      guard let part = item.object as? StringObject else {
        throw Raise.type("'in <string>' requires string as left operand, not \(typeName(item))")
      }
      return part.value.isEmpty
        || Subsequences.place(of: part.scalars, in: s.scalars, from: 0, to: s.scalars.count, last: false)
          != nil
    case let d as DictObject: return try d.get(item, self) != nil
    case let s as SetObject: return s.items.get(try elementKey(item, in: s)) != nil
    case let r as RangeObject:
      guard let k = try index(item) else { return false }
      let offset = k &- r.start
      return r.count > 0 && offset % r.step == 0 && offset / r.step >= 0 && offset / r.step < r.count
    case let object?: if let result = try object.contains(item, self) { return result }
    case nil: throw Raise.type("argument of type '\(typeName(container))' is not iterable")
    }
    let iterator: IteratorObject
    if let c = container.object as? ClassObject, c.enumeration != nil, type(of: item).enumeration == nil {
      warn(
        "in 3.12 __contains__ will no longer raise TypeError, but will return True or\n"
          + "False depending on whether the value is a member or the value of a member",
        category: "DeprecationWarning", level: 1, always: false)
      throw Raise.type(
        "unsupported operand type(s) for 'in': '\(typeName(item))' and 'EnumType'")
    }
    do { iterator = try iterate(container) } catch is Raise {
      throw Raise.type("argument of type '\(typeName(container))' is not iterable")
    }
    while let next = try iterator.next(self) { if try equal(next, item) { return true } }
    return false
  }

  public func hashKey(_ value: Value) throws -> HashKey {
    switch value {
    case .none, .unassigned: return .none
    case .bool(let b): return .int(b ? 1 : 0)
    case .int(let i): return .int(i)
    case .float(let d): return Int(exactly: d).map(HashKey.int) ?? .float(d)
    case .object(let o):
      if o.answersDunders, let own = try ownHash(o) { return own }
      switch o {
      case let s as StringObject: return .string(s.value)
      case let t as TupleObject:
        let keys = try t.items.map(hashKey)
        guard keys.contains(where: \.isAsked) else { return .tuple(keys) }
        return .asked(HashKey.Asked(identity: AnyHashable(keys), hash: Hashing.tuple(keys.map(\.stated))))
      case is ListObject, is DictObject, is SliceObject: throw Raise.type("unhashable type: '\(o.typeName)'")
      case let s as SetObject:
        guard s.isFrozen else { throw Raise.type("unhashable type: 'set'") }
        let keys = Set(try s.items.keys.map(hashKey))
        guard keys.contains(where: \.isAsked) else { return .custom(AnyHashable(keys)) }
        return .asked(
          HashKey.Asked(identity: AnyHashable(keys), hash: Hashing.frozenset(keys.map(\.stated))))
      case let c as ComplexObject:
        return c.im == 0 ? try hashKey(.float(c.re)) : .custom(AnyHashable([c.re, c.im]))
      case let b as BytesObject:
        if b.isMutable { throw Raise.type("unhashable type: 'bytearray'") }
        return .custom(AnyHashable(b.bytes))
      default: return try o.hashKey(self)
      }
    }
  }

  /// The key of an instance of a program's class, where the class says something about it; `nil` where it does not.
  private func ownHash(_ o: Object) throws -> HashKey? {
    let value = Value.object(o)
    let own = type(of: value).lookup("__hash__")
    if let own, !own.isGiven { throw Raise.type("unhashable type: '\(typeName(value))'") }
    let isWritten = own?.object is FunctionObject
    if let instance = o as? InstanceObject {
      if let box = instance.payload as? BoxedNumber, !isWritten { return try hashKey(box.value) }
      if instance.classObject.enumeration != nil, !isWritten { return nil }
    } else if !isWritten {
      return nil
    }
    guard let result = try callMethod(value, "__hash__") else { return nil }
    return .asked(
      HashKey.Asked(identity: AnyHashable(ObjectIdentifier(o)), hash: try Hashing.stated(result)))
  }

  /// The key under which a set looks for an element: a set stands for the frozen one.
  func elementKey(_ value: Value, in set: SetObject) throws -> HashKey {
    if let s = value.object as? SetObject, !s.isFrozen, !s.answersDunders {
      return try set.items.place(.object(SetObject(s.items, isFrozen: true)), self)
    }
    return try set.items.place(value, self)
  }
}
