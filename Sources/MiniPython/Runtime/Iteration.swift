/// Iteration and unpacking.
extension Interpreter {
  // MARK: Iteration

  public func iterate(_ value: Value) throws -> IteratorObject {
    if value.object?.answersDunders == true, let method = type(of: value).lookup("__iter__"), !method.isGiven
    {
      throw Raise.type("'\(typeName(value))' object is not iterable")
    }
    if let object = value.object, object.answersDunders, let made = try callMethod(value, "__iter__") {
      if let iterator = made.object as? IteratorObject { return iterator }
      if made.object === object || made.object is InstanceObject {
        guard type(of: made).lookup("__next__") != nil else {
          throw Raise.type("iter() returned non-iterator of type '\(typeName(made))'")
        }
        return nextIterator(made)
      }
      throw Raise.type("iter() returned non-iterator of type '\(typeName(made))'")
    }
    switch value.object {
    case let iterator as IteratorObject: return iterator
    case let list as ListObject:
      var k = 0
      return ClosureIterator(Types.listIterator) { _ in
        guard k < list.items.count else { return nil }
        k += 1
        return list.items[k - 1]
      }
    case let tuple as TupleObject: return ClosureIterator(Types.tupleIterator, over: tuple.items)
    case let range as RangeObject:
      var k = 0
      return ClosureIterator(Types.rangeIterator) { _ in
        guard k < range.count else { return nil }
        k += 1
        return .int(range[k - 1])
      }
    case let string as StringObject:
      var k = 0
      let scalars = string.scalars
      return ClosureIterator(
        scalars.allSatisfy(\.isASCII) ? Types.asciiIterator : Types.stringIterator
      ) { _ in
        guard k < scalars.count else { return nil }
        k += 1
        return .string(String(scalars[k - 1]))
      }
    case let dict as DictObject: return entries(dict) { $0.key }
    case let set as SetObject: return try setIterator(set)
    case let bytes as BytesObject:
      return ClosureIterator(Types.bytesIterator, over: bytes.bytes.map { .int(Int($0)) })
    case let c as ClassObject where c.enumeration != nil:
      return ClosureIterator(over: c.enumeration?.canonical ?? [])
    case let instance as InstanceObject:
      if instance.classObject.lookup("__getitem__") != nil { return itemIterator(value) }
      return try instance.iterate(self)
    case let object?: return try object.iterate(self)
    case nil: throw Raise.type("'\(typeName(value))' object is not iterable")
    }
  }

  /// The entries of a dictionary, which must not change its size meanwhile.
  func entries(
    _ dict: DictObject, _ kind: String = "dictionary", _ pick: @escaping ((key: Value, value: Value)) -> Value
  ) -> IteratorObject {
    var k = 0
    let generation = dict.generation
    return ClosureIterator(Types.keyIterator) { _ in
      guard dict.generation == generation else {
        throw Raise.runtime("\(kind) changed size during iteration")
      }
      while k < dict.entries.count {
        k += 1
        if let entry = dict.entries[k - 1] { return pick(entry) }
      }
      return nil
    }
  }

  private func nextIterator(_ value: Value) -> IteratorObject {
    ClosureIterator { i in
      do {
        guard let next = try i.callMethod(value, "__next__") else {
          throw Raise.type("iter() returned non-iterator of type '\(i.typeName(value))'")
        }
        return next
      } catch let raise as Raise where raise.exception.classObject === Exceptions.type("StopIteration") {
        return nil
      }
    }
  }

  private func itemIterator(_ value: Value) -> IteratorObject {
    var k = 0
    return ClosureIterator { i in
      do {
        defer { k += 1 }
        return try i.getItem(value, .int(k))
      } catch let raise as Raise where raise.exception.classObject === Exceptions.type("IndexError") {
        return nil
      }
    }
  }

  /// All that an iterable hands out.
  public func array(_ value: Value) throws -> [Value] {
    switch value.object {
    case let list as ListObject: return list.items
    case let tuple as TupleObject: return tuple.items
    default: break
    }
    let iterator = try iterate(value)
    var out: [Value] = []
    while let next = try iterator.next(self) {
      out.append(next)
      if out.count > limits.elements { throw Raise.named("MemoryError", "") }
      try countStep()
    }
    return out
  }

  /// As ``array(_:)``; a class of the program is asked for its length beforehand, as `list` and `tuple` do.
  func sizedArray(_ value: Value) throws -> [Value] {
    guard value.object is InstanceObject, type(of: value).lookup("__len__")?.object is FunctionObject else {
      return try array(value)
    }
    let iterator = try iterate(value)
    do { _ = try length(value) } catch let raise as Raise {
      guard raise.exception.classObject === Exceptions.type("TypeError") else { throw raise }
    }
    return try array(.object(iterator))
  }

  // MARK: Unpacking

  func unpack(_ count: Int, _ frame: Frame) throws {
    let items = try unpackable(frame.pop(), limit: count)
    guard items.count == count else {
      throw Raise.value(
        items.count > count
          ? "too many values to unpack (expected \(count))"
          : "not enough values to unpack (expected \(count), got \(items.count))")
    }
    for item in items.reversed() { frame.push(item) }
  }

  func unpackStarred(_ before: Int, _ after: Int, _ frame: Frame) throws {
    let items = try unpackable(frame.pop(), limit: .max)
    guard items.count >= before + after else {
      throw Raise.value(
        "not enough values to unpack (expected at least \(before + after), got \(items.count))")
    }
    for item in items.suffix(after).reversed() { frame.push(item) }
    frame.push(.list(Array(items[before..<(items.count - after)])))
    for item in items.prefix(before).reversed() { frame.push(item) }
  }

  /// At most one more than `limit`, so that an endless generator is seen to be too long.
  private func unpackable(_ value: Value, limit: Int) throws -> [Value] {
    if value.object is ListObject || value.object is TupleObject { return try array(value) }
    let iterator: IteratorObject
    do { iterator = try iterate(value) } catch let raise as Raise {
      if raise.exception.classObject === Exceptions.type("TypeError"),
        value.object == nil || !(value.object is InstanceObject)
      {
        if let text = (raise.exception.exception?.arguments.first?.object as? StringObject)?.value,
          text.hasSuffix("is not iterable")
        {
          throw Raise.type("cannot unpack non-iterable \(typeName(value)) object")
        }
      }
      throw raise
    }
    var out: [Value] = []
    while out.count <= limit, let next = try iterator.next(self) { out.append(next) }
    return out
  }
}
