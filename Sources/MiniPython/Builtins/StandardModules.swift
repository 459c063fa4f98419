#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The modules of Python's own library that programs may import.
enum StandardModules {
  static let names = [
    "collections", "copy", "functools", "itertools", "math", "sys", "time", "typing", "warnings",
    "__future__",
  ]

  static func make(_ name: String, _ i: Interpreter) throws -> Value? {
    let m = ModuleObject(name)
    switch name {
    case "math": math(m)
    case "collections":
      for c in [Types.orderedDict, Types.defaultDict, Types.counter] { m.set(c.name, .object(c)) }
    case "copy":
      m.function("copy") { a, i in try copied(try a.positionalOnly("copy", 1...1)[0], deep: false, i) }
      m.function("deepcopy") { a, i in try copied(try a.positionalOnly("deepcopy", 1...1)[0], deep: true, i) }
    case "functools": functools(m)
    case "itertools": itertools(m)
    case "time":
      // A simulated clock: runs repeat to the byte.
      var now = 0.0
      for f in ["time", "perf_counter", "monotonic", "process_time"] {
        m.function(f) { _, _ in
          now += 0.001
          return .float(now)
        }
      }
      m.function("sleep") { a, i in
        now += try a.positional.first.flatMap(i.floating) ?? 0
        return .none
      }
    case "typing", "__future__":
      for n in [
        "Any", "List", "Dict", "Tuple", "Optional", "Union", "Callable", "Iterable", "Iterator", "Sequence",
        "Type", "Set", "annotations",
      ] {
        m.set(n, .object(ClassObject(n, module: "typing")))
      }
    case "sys":
      m.set("argv", .list([.string(i.program?.path ?? "")]))
      m.set("maxsize", .int(.max))
      m.set("version", .string("3.11.7"))
      m.set("stderr", .object(ModuleObject("<stderr>")))
      m.set("stdout", .object(ModuleObject("<stdout>")))
      m.function("exit") { a, _ in throw Raise(Exceptions.make(Exceptions.type("SystemExit"), a.positional)) }
      m.function("getrecursionlimit") { _, i in .int(i.limits.callDepth) }
    case "warnings":
      m.function("filterwarnings") { _, _ in .none }
      m.function("simplefilter") { _, _ in .none }
      m.function("warn") { a, i in
        let category =
          a.positional.count > 1
          ? (a.positional[1].object as? ClassObject)?.name ?? "UserWarning" : "UserWarning"
        i.warn(try i.str(a.positional.first ?? .none), category: category)
        return .none
      }
    default: return nil
    }
    return .object(m)
  }

  private static func math(_ m: ModuleObject) {
    m.set("pi", .float(.pi))
    m.set("e", .float(2.718281828459045))
    m.set("tau", .float(2 * .pi))
    m.set("inf", .float(.infinity))
    m.set("nan", .float(.nan))
    func number(_ v: Value, _ i: Interpreter) throws -> Double {
      guard let d = try i.floating(v) else { throw Raise.type("must be real number, not \(i.typeName(v))") }
      return d
    }
    let plain: [(String, (Double) -> Double)] = [
      ("sin", sin), ("cos", cos), ("tan", tan), ("asin", asin), ("acos", acos), ("atan", atan),
      ("sinh", sinh), ("cosh", cosh),
      ("tanh", tanh), ("exp", exp), ("expm1", expm1), ("sqrt", { $0.squareRoot() }), ("log1p", log1p),
      ("log2", log2), ("log10", log10),
      ("fabs", { abs($0) }), ("erf", erf), ("degrees", { $0 * 180 / .pi }), ("radians", { $0 * .pi / 180 }),
      ("gamma", tgamma),
    ]
    for (name, f) in plain {
      m.function(name) { a, i in
        let x = try number(try a.positionalOnly("math.\(name)", 1...1)[0], i)
        let y = f(x)
        if y.isNaN, !x.isNaN || (name.hasPrefix("log") && x <= 0) || (y.isInfinite && name.hasPrefix("log")) {
          throw Raise.value("math domain error")
        }
        if y.isInfinite, x.isFinite {
          if name.hasPrefix("log") { throw Raise.value("math domain error") }
          throw Raise.named("OverflowError", "math range error")
        }
        return .float(y)
      }
    }
    m.function("log") { a, i in
      let p = try a.positionalOnly("log", 1...2)
      let x = try number(p[0], i)
      guard x > 0 else { throw Raise.value("math domain error") }
      return .float(p.count > 1 ? naturalLog(x) / naturalLog(try number(p[1], i)) : naturalLog(x))
    }
    for (name, f) in [
      ("pow", pow), ("atan2", atan2), ("fmod", fmod), ("hypot", hypot), ("copysign", copysign),
    ] as [(String, (Double, Double) -> Double)] {
      m.function(name) { a, i in
        let p = try a.positionalOnly(name, 2...2)
        return .float(f(try number(p[0], i), try number(p[1], i)))
      }
    }
    for (name, rule) in [("floor", FloatingPointRoundingRule.down), ("ceil", .up), ("trunc", .towardZero)] {
      m.function(name) { a, i in
        let v = try a.positionalOnly("math.\(name)", 1...1)[0]
        if case .int = v { return v }
        return try Constructors.integer(.float(try number(v, i).rounded(rule)), i)
      }
    }
    m.function("isnan") { a, i in .bool(try number(try a.positionalOnly("isnan", 1...1)[0], i).isNaN) }
    m.function("isinf") { a, i in .bool(try number(try a.positionalOnly("isinf", 1...1)[0], i).isInfinite) }
    m.function("isfinite") { a, i in .bool(try number(try a.positionalOnly("isfinite", 1...1)[0], i).isFinite)
    }
    m.function("isclose") { a, i in
      let (x, y) = (
        try number(a.positional.first ?? .none, i), try number(a.positional.dropFirst().first ?? .none, i)
      )
      let relative = try a.keyword("rel_tol").flatMap(i.floating) ?? 1e-9
      let absolute = try a.keyword("abs_tol").flatMap(i.floating) ?? 0
      return .bool(x == y || abs(x - y) <= max(relative * max(abs(x), abs(y)), absolute))
    }
    m.function("factorial") { a, i in
      guard let n = try i.index(try a.positionalOnly("factorial", 1...1)[0]) else {
        throw Raise.type("'float' object cannot be interpreted as an integer")
      }
      guard n >= 0 else { throw Raise.value("factorial() not defined for negative values") }
      guard n < 20_000 else {
        throw Raise.named("OverflowError", "factorial() argument should not exceed 20000")
      }
      var out = Value.int(1)
      for k in stride(from: 2, through: n, by: 1) { out = try i.binary(2, out, .int(k)) }
      return out
    }
    m.function("gcd") { a, i in
      var g = 0
      for v in a.positional {
        var (x, y) = (g, abs(try i.index(v) ?? 0))
        while y != 0 { (x, y) = (y, x % y) }
        g = x
      }
      return .int(g)
    }
    m.function("prod") { a, i in
      var out = Value.int(1)
      for v in try i.array(a.positional.first ?? .none) { out = try i.binary(2, out, v) }
      return out
    }
    m.function("comb") { a, i in
      let p = try a.positionalOnly("comb", 2...2).map { try i.index($0) ?? 0 }
      var out = Value.int(1)
      for k in 0..<max(0, min(p[1], 20_000)) {
        out = try i.binary(4, i.binary(2, out, .int(p[0] - k)), .int(k + 1))
      }
      return out
    }
    m.function("fsum") { a, i in
      .float(try i.array(a.positional.first ?? .none).reduce(0.0) { $0 + (try number($1, i)) })
    }
  }

  private static func naturalLog(_ x: Double) -> Double { log(x) }

  private static func copied(_ v: Value, deep: Bool, _ i: Interpreter, depth: Int = 0) throws -> Value {
    guard depth < 200 else { throw Raise.named("RecursionError", "maximum recursion depth exceeded") }
    func inner(_ x: Value) throws -> Value { deep ? try copied(x, deep: true, i, depth: depth + 1) : x }
    switch v.object {
    case let l as ListObject: return .list(try l.items.map(inner))
    case let t as TupleObject: return .tuple(try t.items.map(inner))
    case let d as DictObject:
      let out = d.copy()
      if deep {
        for entry in d.entries {
          if let entry { out.set(try i.hashKey(entry.key), entry.key, try inner(entry.value)) }
        }
      }
      return .object(out)
    case let s as SetObject: return .object(SetObject(s.items.copy(), isFrozen: s.isFrozen))
    case let instance as InstanceObject:
      if let result = try i.callMethod(
        v, deep ? "__deepcopy__" : "__copy__", Arguments(deep ? [.object(DictObject())] : []))
      {
        return result
      }
      let out = InstanceObject(instance.classObject)
      for name in instance.attributeOrder { out.set(name, try inner(instance.attributes[name] ?? .none)) }
      out.payload = instance.payload
      return .object(out)
    case .some:
      if let method = try i.attribute(v, deep ? "__deepcopy__" : "__copy__") {
        return try i.call(method, Arguments(deep ? [.object(DictObject())] : []))
      }
      return v
    default: return v
    }
  }

  private static func functools(_ m: ModuleObject) {
    m.function("reduce") { a, i in
      let p = try a.positionalOnly("reduce", 2...3)
      var items = try i.array(p[1])[...]
      guard var total = p.count > 2 ? p[2] : items.popFirst() else {
        throw Raise.type("reduce() of empty iterable with no initial value")
      }
      for item in items { total = try i.call(p[0], Arguments([total, item])) }
      return total
    }
    m.function("partial") { a, _ in
      guard let f = a.positional.first else { throw Raise.type("type 'partial' takes at least one argument") }
      let (fixed, named) = (Array(a.positional.dropFirst()), a.keywords)
      return .object(
        NativeFunction("partial") { b, i in
          let keywords = named.filter { n in !b.keywords.contains { $0.name == n.name } } + b.keywords
          return try i.call(f, Arguments(fixed + b.positional, keywords: keywords))
        })
    }
    m.function("wraps") { _, _ in
      .object(NativeFunction("wraps") { a, _ in try a.positionalOnly("wraps", 1...1)[0] })
    }
    for name in ["lru_cache", "cache"] {
      m.function(name) { a, _ in
        func caching(_ f: Value) -> Value {
          let known = DictObject()
          return .object(
            NativeFunction("cached") { b, i in
              let key = try i.hashKey(
                .tuple(b.positional + b.keywords.flatMap { [.string($0.name), $0.value] }))
              if let value = known.get(key) { return value }
              let value = try i.call(f, b)
              known.set(key, .none, value)
              return value
            })
        }
        if let f = a.positional.first, f.object is FunctionObject { return caching(f) }
        return .object(
          NativeFunction("lru_cache") { b, _ in caching(try b.positionalOnly("lru_cache", 1...1)[0]) })
      }
    }
  }

  private static func itertools(_ m: ModuleObject) {
    m.function("count") { a, i in
      var k = a.positional.first ?? .int(0)
      let step = a.positional.count > 1 ? a.positional[1] : .int(1)
      return .object(
        ClosureIterator { i in
          defer { k = (try? i.binary(0, k, step)) ?? k }
          return k
        })
    }
    m.function("cycle") { a, i in
      let items = try i.array(try a.positionalOnly("cycle", 1...1)[0])
      var k = 0
      return .object(
        ClosureIterator { _ in
          guard !items.isEmpty else { return nil }
          defer { k += 1 }
          return items[k % items.count]
        })
    }
    m.function("repeat") { a, i in
      let p = try a.bind("repeat", "object", "times?")
      var left = try p[1].flatMap(i.index) ?? .max
      return .object(
        ClosureIterator { _ in
          guard left > 0 else { return nil }
          left -= 1
          return p[0]
        })
    }
    m.function("chain") { a, i in
      var sources = a.positional[...]
      var current: IteratorObject?
      return .object(
        ClosureIterator { i in
          while true {
            if let next = try current?.next(i) { return next }
            guard let source = sources.popFirst() else { return nil }
            current = try i.iterate(source)
          }
        })
    }
    m.function("islice") { a, i in
      let p = try a.positionalOnly("islice", 2...4)
      let iterator = try i.iterate(p[0])
      let bounds = try p.dropFirst().map(i.index)
      var at = 0
      var next = bounds.count > 1 ? bounds[0] ?? 0 : 0
      let stop = (bounds.count > 1 ? bounds[1] : bounds[0]) ?? .max
      let step = max(1, bounds.count > 2 ? bounds[2] ?? 1 : 1)
      return .object(
        ClosureIterator { i in
          guard next < stop else { return nil }
          while at < next {
            guard try iterator.next(i) != nil else { return nil }
            at += 1
          }
          at += 1
          next += step
          return try iterator.next(i)
        })
    }
    m.function("product") { a, i in
      var pools = try a.positional.map(i.array)
      if let times = try a.keyword("repeat").flatMap(i.index) {
        pools = Array([[[Value]]](repeating: pools, count: max(0, min(times, 20))).joined())
      }
      var out: [[Value]] = [[]]
      for pool in pools {
        guard out.count * max(1, pool.count) <= i.limits.elements else {
          throw Raise.named("MemoryError", "")
        }
        out = out.flatMap { head in pool.map { head + [$0] } }
      }
      return .object(ClosureIterator(over: out.map(Value.tuple)))
    }
    func choose(_ items: [Value], _ r: Int) -> [[Value]] {
      if r == 0 { return [[]] }
      guard items.count >= r else { return [] }
      return items.indices.flatMap { k in choose(Array(items[(k + 1)...]), r - 1).map { [items[k]] + $0 } }
    }
    func arrange(_ items: [Value], _ r: Int) -> [[Value]] {
      if r == 0 { return [[]] }
      return items.indices.flatMap { k -> [[Value]] in
        var rest = items
        let one = rest.remove(at: k)
        return arrange(rest, r - 1).map { [one] + $0 }
      }
    }
    for (name, make) in [("combinations", choose), ("permutations", arrange)]
      as [(String, ([Value], Int) -> [[Value]])]
    {
      m.function(name) { a, i in
        let p = try a.bind(name, "iterable", "r?")
        let items = try i.array(p[0] ?? .none)
        guard items.count <= 12 else { throw Raise.named("MemoryError", "") }
        return .object(
          ClosureIterator(
            over: make(items, min(max(0, try p[1].flatMap(i.index) ?? items.count), items.count + 1)).map(
              Value.tuple)))
      }
    }
    m.function("zip_longest") { a, i in
      let lists = try a.positional.map(i.array)
      let fill = a.keyword("fillvalue") ?? .none
      let longest = lists.map(\.count).max() ?? 0
      return .object(
        ClosureIterator(over: (0..<longest).map { k in .tuple(lists.map { k < $0.count ? $0[k] : fill }) }))
    }
    m.function("accumulate") { a, i in
      let items = try i.array(a.positional.first ?? .none)
      var out: [Value] = []
      for item in items {
        guard let last = out.last else {
          out.append(item)
          continue
        }
        out.append(
          a.positional.count > 1
            ? try i.call(a.positional[1], Arguments([last, item])) : try i.binary(0, last, item))
      }
      return .object(ClosureIterator(over: out))
    }
  }
}
