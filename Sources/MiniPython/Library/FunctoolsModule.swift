/// `functools.partial(f, …)`: a function with some of its arguments.
final class PartialObject: Object {
  let function: Value
  let fixed: Arguments
  init(_ function: Value, _ fixed: Arguments) {
    self.function = function
    self.fixed = fixed
  }
  nonisolated(unsafe) static let type = ClassObject("partial", module: "functools") { _, a, i in
    guard let f = a.positional.first else { throw Raise.type("type 'partial' takes at least one argument") }
    guard i.isCallable(f) else { throw Raise.type("the first argument must be callable") }
    return .object(PartialObject(f, Arguments(Array(a.positional.dropFirst()), keywords: a.keywords)))
  }
  override var typeObject: ClassObject { PartialObject.type }
  override func call(_ a: Arguments, _ i: Interpreter) throws -> Value {
    let kept = fixed.keywords.map { known in (known.name, a.keyword(known.name) ?? known.value) }
    let new = a.keywords.filter { k in !fixed.keywords.contains { $0.name == k.name } }
    return try i.call(function, Arguments(fixed.positional + a.positional, keywords: kept + new))
  }
  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    switch name {
    case "func": return function
    case "args": return .tuple(fixed.positional)
    case "keywords":
      let d = DictObject()
      for (name, value) in fixed.keywords { d.set(.string(name), .string(name), value) }
      return .object(d)
    default: return nil
    }
  }
  override func repr(_ i: Interpreter) throws -> String {
    let parts =
      [try i.repr(function)] + (try fixed.positional.map(i.repr))
      + (try fixed.keywords.map { "\($0.name)=\(try i.repr($0.value))" })
    return "functools.partial(\(parts.joined(separator: ", ")))"
  }
}

/// A function that `lru_cache` remembers the results of.
final class CachedFunction: Object {
  let function: Value
  let limit: Int?
  private let known = DictObject()
  private var (hits, misses) = (0, 0)
  var attributes: [String: Value] = [:]
  private let isTyped: Bool
  init(_ function: Value, limit: Int?, isTyped: Bool) {
    self.function = function
    self.limit = limit
    self.isTyped = isTyped
  }
  nonisolated(unsafe) private static let type = ClassObject("_lru_cache_wrapper", module: "functools")
  override var typeObject: ClassObject { CachedFunction.type }

  /// The arguments as one key: a single text or whole number as it is, so that `f(1)` and `f(1.0)` are remembered apart.
  private func arguments(_ a: Arguments, _ i: Interpreter) -> Value {
    if !isTyped, a.keywords.isEmpty, a.positional.count == 1 {
      let one = a.positional[0]
      if case .int = one { return one }
      if let text = one.object as? StringObject, !text.answersDunders { return one }
    }
    var items = a.positional
    if !a.keywords.isEmpty { items.append(.object(CachedFunction.mark)) }
    for k in a.keywords { items += [.string(k.name), k.value] }
    if isTyped { items += (a.positional + a.keywords.map(\.value)).map { .object(i.type(of: $0)) } }
    return .tuple(items)
  }
  nonisolated(unsafe) private static let mark = ClassObject("object")

  override func call(_ a: Arguments, _ i: Interpreter) throws -> Value {
    let given = arguments(a, i)
    let key = try known.place(given, i)
    if let value = known.get(key) {
      hits += 1
      if limit != nil {
        // The latest used stands last.
        known.remove(key)
        known.set(key, given, value)
      }
      return value
    }
    misses += 1
    let value = try i.call(function, a)
    if let limit {
      if limit == 0 { return value }
      if known.count >= limit { known.removeOldest() }
    }
    known.set(key, given, value)
    return value
  }
  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    switch name {
    case "__wrapped__": return attributes[name] ?? function
    case "cache_parameters":
      return .object(
        NativeFunction(name) { _, _ in
          .object(
            DictObject.of([("maxsize", self.limit.map(Value.int) ?? .none), ("typed", .bool(false))]))
        })
    case "cache_clear":
      return .object(
        NativeFunction(name) { _, _ in
          self.known.removeAll()
          (self.hits, self.misses) = (0, 0)
          return .none
        })
    case "cache_info":
      return .object(
        NativeFunction(name) { _, i in
          let c = try NamedTuples.make(
            Arguments([.string("CacheInfo"), .string("hits misses maxsize currsize")]), i)
          return try i.call(
            c,
            Arguments([
              .int(self.hits), .int(self.misses), self.limit.map(Value.int) ?? .none, .int(self.known.count),
            ]))
        })
    default: return try attributes[name] ?? i.attribute(function, name)
    }
  }
  override func setAttribute(_ name: String, _ value: Value, _ i: Interpreter) throws -> Bool {
    attributes[name] = value
    return true
  }
  override func repr(_ i: Interpreter) throws -> String {
    "<functools._lru_cache_wrapper object>"
  }
}

/// Python's `functools`.
enum FunctoolsModule {
  /// Makes a wrapper look like what it wraps.
  static func wrap(_ target: Value, as source: Value, _ i: Interpreter) throws -> Value {
    for name in ["__module__", "__name__", "__qualname__", "__doc__"] {
      if let value = try i.attribute(source, name) { try i.setAttribute(target, name, value) }
    }
    if let f = source.object as? FunctionObject {
      if let hints = f.attributes["__annotations__"] { try i.setAttribute(target, "__annotations__", hints) }
      for (name, value) in f.attributes.sorted(by: { $0.key < $1.key }) where !name.hasPrefix("__") {
        try i.setAttribute(target, name, value)
      }
    }
    try i.setAttribute(target, "__wrapped__", source)
    return target
  }

  static func fill(_ m: ModuleObject) {
    m.function("reduce") { a, i in
      let p = try a.positionalOnly("reduce", 2...3)
      let iterator = try i.iterate(p[1])
      guard var total = p.count > 2 ? p[2] : try iterator.next(i) else {
        throw Raise.type("reduce() of empty iterable with no initial value")
      }
      while let item = try iterator.next(i) { total = try i.call(p[0], Arguments([total, item])) }
      return total
    }
    m.set("partial", .object(PartialObject.type))
    m.function("wraps") { a, _ in
      guard let source = a.positional.first else {
        throw Raise.type("wraps() missing 1 required positional argument: 'wrapped'")
      }
      return .object(
        NativeFunction("wraps") { b, i in
          try wrap(try b.positionalOnly("wraps", 1...1)[0], as: source, i)
        })
    }
    m.function("update_wrapper") { a, i in
      let p = try a.bind("update_wrapper", "wrapper", "wrapped", "assigned?", "updated?")
      return try wrap(p[0] ?? .none, as: p[1] ?? .none, i)
    }
    for name in ["lru_cache", "cache"] {
      m.function(name) { a, i in
        if let f = a.positional.first, i.isCallable(f) {
          return .object(CachedFunction(f, limit: name == "cache" ? nil : 128, isTyped: false))
        }
        let p = try a.bind(name, "maxsize?", "typed?")
        var limit: Int? = 128
        if let given = p[0] { limit = try i.index(given) }
        let bound = limit.map { max(0, $0) }
        let isTyped = try p[1].map(i.isTrue) ?? false
        return .object(
          NativeFunction("decorating_function") { b, _ in
            .object(CachedFunction(try b.positionalOnly(name, 1...1)[0], limit: bound, isTyped: isTyped))
          })
      }
    }
    m.function("cmp_to_key") { a, _ in
      let compare = try a.positionalOnly("cmp_to_key", 1...1)[0]
      let c = ClassObject("KeyWrapper", module: "functools")
      c.method("__lt__") { v, b, i in
        let (x, y) = (
          (v.object as? InstanceObject)?.attributes["obj"],
          (b.positional.first?.object as? InstanceObject)?.attributes["obj"]
        )
        return try i.compare(2, i.call(compare, Arguments([x ?? .none, y ?? .none])), .int(0))
      }
      return .object(
        NativeFunction("K") { b, _ in
          let made = InstanceObject(c)
          made.set("obj", try b.positionalOnly("K", 1...1)[0])
          return .object(made)
        })
    }
    m.function("total_ordering") { a, _ in
      let v = try a.positionalOnly("total_ordering", 1...1)[0]
      guard let c = v.object as? ClassObject else { return v }
      let roots = ["__lt__", "__gt__", "__le__", "__ge__"].filter { c.lookup($0) != nil }
      guard let root = roots.first else {
        throw Raise.value("must define at least one ordering operation: < > <= >=")
      }
      func ask(_ x: Value, _ y: Value, _ i: Interpreter) throws -> (less: Bool, same: Bool) {
        let same = try i.isTrue(i.compare(0, x, y))
        let answer = try i.isTrue(try i.callMethod(x, root, Arguments([y])) ?? .bool(false))
        switch root {
        case "__lt__": return (answer, same)
        case "__le__": return (answer && !same, same)
        case "__gt__": return (!answer && !same, same)
        default: return (!answer, same)
        }
      }
      let tests: [(String, (Bool, Bool) -> Bool)] = [
        ("__lt__", { less, _ in less }), ("__le__", { $0 || $1 }), ("__gt__", { !$0 && !$1 }),
        ("__ge__", { less, _ in !less }),
      ]
      for (name, test) in tests where c.lookup(name) == nil {
        c.method(name) { x, b, i in
          let (less, same) = try ask(x, try b.positionalOnly(name, 1...1)[0], i)
          return .bool(test(less, same))
        }
      }
      return v
    }
    m.function("singledispatch") { a, _ in
      .object(DispatchObject(try a.positionalOnly("singledispatch", 1...1)[0], isOfMethod: false))
    }
    m.set("singledispatchmethod", .object(DispatchObject.methodType))
    m.set("partialmethod", .object(PartialMethodObject.type))
    m.set("cached_property", .object(CachedProperty.type))
  }
}

/// `functools.cached_property`: runs once an instance; the value then hides it.
final class CachedProperty: Object {
  let function: Value
  init(_ function: Value) { self.function = function }
  nonisolated(unsafe) static let type = ClassObject("cached_property", module: "functools") { _, a, _ in
    .object(CachedProperty(try a.positionalOnly("cached_property", 1...1)[0]))
  }
  override var typeObject: ClassObject { CachedProperty.type }
}
