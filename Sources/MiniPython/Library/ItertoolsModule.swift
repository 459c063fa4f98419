/// Python's `itertools`: every iterator hands out its values on demand.
enum ItertoolsModule {
  private static func lazily(_ body: @escaping (Interpreter) throws -> Value?) -> Value {
    .object(ClosureIterator(body))
  }

  nonisolated(unsafe) private static let types: [String: ClassObject] = Dictionary(
    uniqueKeysWithValues: [
      "chain", "count", "cycle", "repeat", "zip_longest", "accumulate", "islice", "takewhile", "dropwhile",
      "filterfalse", "compress", "starmap", "pairwise", "groupby", "product", "combinations",
      "combinations_with_replacement", "permutations",
    ].map { ($0, ClassObject($0, module: "itertools")) })

  /// The class of this name.
  static func type(_ name: String) -> ClassObject { types[name] ?? Types.iterator }

  /// Puts a class there whose calls make its iterators.
  private static func define(
    _ m: ModuleObject, _ name: String, _ body: @escaping (Arguments, Interpreter) throws -> Value
  ) {
    let c = type(name)
    c.make = { _, a, i in
      let made = try body(a, i)
      (made.object as? ClosureIterator)?.maker = c
      return made
    }
    m.set(name, .object(c))
  }

  static func fill(_ m: ModuleObject) {
    endless(m)
    joining(m)
    choosing(m)
    combining(m)
  }

  private static func endless(_ m: ModuleObject) {
    define(m, "count") { a, i in
      let p = try a.bind("count", "start?", "step?")
      var k = p[0] ?? .int(0)
      let step = p[1] ?? .int(1)
      for v in [k, step] where try i.floating(v) == nil && !(v.object is ComplexObject) {
        throw Raise.type("a number is required")
      }
      let made = ClosureIterator { i in
        defer { k = (try? i.binary(0, k, step)) ?? k }
        return k
      }
      made.shown = { i in
        let isOne = if case .int(1) = step { true } else { false }
        return "count(\(try i.repr(k))\(isOne ? "" : ", \(try i.repr(step))"))"
      }
      return .object(made)
    }
    define(m, "cycle") { a, i in
      let iterator = try i.iterate(try a.positionalOnly("cycle", 1...1)[0])
      var (saved, k, isSpent): ([Value], Int, Bool) = ([], 0, false)
      return lazily { i in
        if !isSpent {
          if let next = try iterator.next(i) {
            guard saved.count < i.limits.elements else { throw Raise.named("MemoryError", "") }
            saved.append(next)
            return next
          }
          isSpent = true
        }
        guard !saved.isEmpty else { return nil }
        defer { k += 1 }
        return saved[k % saved.count]
      }
    }
    define(m, "repeat") { a, i in
      let p = try a.bind("repeat", "object", "times?")
      var left = try p[1].flatMap(i.index) ?? .max
      let isEndless = p[1] == nil
      let made = ClosureIterator { _ in
        guard left > 0 else { return nil }
        if !isEndless { left -= 1 }
        return p[0]
      }
      made.shown = { i in
        "repeat(\(try i.repr(p[0] ?? .none))\(isEndless ? "" : ", \(max(0, left))"))"
      }
      return .object(made)
    }
  }

  private static func joining(_ m: ModuleObject) {
    func chained(_ sources: IteratorObject) -> Value {
      var current: IteratorObject?
      return lazily { i in
        while true {
          if let next = try current?.next(i) { return next }
          guard let source = try sources.next(i) else { return nil }
          current = try i.iterate(source)
        }
      }
    }
    let chain = type("chain")
    func isChain(_ v: Value) -> Value {
      (v.object as? ClosureIterator)?.maker = chain
      return v
    }
    chain.make = { _, a, _ in
      if let first = a.keywords.first {
        _ = first
        throw Raise.type("chain() takes no keyword arguments")
      }
      return isChain(chained(ClosureIterator(over: a.positional)))
    }
    chain.set(
      "from_iterable",
      .object(
        MethodWrapper(
          .object(
            NativeFunction("from_iterable") { a, i in
              isChain(chained(try i.iterate(try a.positionalOnly("from_iterable", 1...1)[0])))
            }), isStatic: true)))
    m.set("chain", .object(chain))
    define(m, "zip_longest") { a, i in
      var iterators: [IteratorObject?] = try a.positional.map(i.iterate)
      let fill = a.keyword("fillvalue") ?? .none
      guard a.keywords.allSatisfy({ $0.name == "fillvalue" }) else {
        throw Raise.type("zip_longest() got an unexpected keyword argument")
      }
      return lazily { i in
        var out: [Value] = []
        for k in iterators.indices {
          if let next = try iterators[k]?.next(i) {
            out.append(next)
          } else {
            iterators[k] = nil
            out.append(fill)
          }
        }
        return iterators.allSatisfy { $0 == nil } ? nil : .tuple(out)
      }
    }
    define(m, "accumulate") { a, i in
      let p = try a.bind("accumulate", "iterable", "func?", "initial?")
      let iterator = try i.iterate(p[0] ?? .none)
      var total: Value?
      var pending = p[2].flatMap { v -> Value? in if case .none = v { nil } else { v } }
      return lazily { i in
        if let first = pending {
          pending = nil
          total = first
          return first
        }
        guard let next = try iterator.next(i) else { return nil }
        guard let known = total else {
          total = next
          return next
        }
        let made: Value
        if let f = p[1], f.object != nil {
          made = try i.call(f, Arguments([known, next]))
        } else {
          made = try i.binary(0, known, next)
        }
        total = made
        return made
      }
    }
    m.function("tee") { a, i in
      let p = try a.positionalOnly("tee", 1...2)
      let iterator = try i.iterate(p[0])
      let shared = ListObject([])
      return .tuple(
        (0..<max(0, min(try p.dropFirst().first.flatMap(i.index) ?? 2, 1000))).map { _ in
          var k = 0
          return lazily { i in
            if k == shared.items.count {
              guard let next = try iterator.next(i) else { return nil }
              shared.items.append(next)
            }
            k += 1
            return shared.items[k - 1]
          }
        })
    }
  }

  private static func choosing(_ m: ModuleObject) {
    define(m, "islice") { a, i in
      let p = try a.positionalOnly("islice", 2...4)
      let iterator = try i.iterate(p[0])
      let bounds = try p.dropFirst().map { v -> Int? in
        if case .none = v { return nil }
        guard let k = try i.index(v), k >= 0 else {
          throw Raise.value(
            p.count == 2
              ? "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize."
              : "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.")
        }
        return k
      }
      if bounds.count > 2, bounds[2] == 0 {
        throw Raise.value("Step for islice() must be a positive integer or None.")
      }
      var at = 0
      var next = bounds.count > 1 ? bounds[0] ?? 0 : 0
      let stop = (bounds.count > 1 ? bounds[1] : bounds[0]) ?? .max
      let step = max(1, bounds.count > 2 ? bounds[2] ?? 1 : 1)
      return lazily { i in
        guard next < stop else { return nil }
        while at < next {
          guard try iterator.next(i) != nil else { return nil }
          at += 1
        }
        at += 1
        next += step
        return try iterator.next(i)
      }
    }
    for (name, whileTrue) in [("takewhile", true), ("dropwhile", false)] {
      define(m, name) { a, i in
        let p = try a.positionalOnly(name, 2...2)
        let iterator = try i.iterate(p[1])
        var isOver = false
        return lazily { i in
          if isOver { return whileTrue ? nil : try iterator.next(i) }
          while let next = try iterator.next(i) {
            if try i.isTrue(i.call(p[0], Arguments([next]))) {
              if whileTrue { return next }
            } else {
              isOver = true
              return whileTrue ? nil : next
            }
          }
          return nil
        }
      }
    }
    define(m, "filterfalse") { a, i in
      let p = try a.positionalOnly("filterfalse", 2...2)
      let iterator = try i.iterate(p[1])
      return lazily { i in
        while let next = try iterator.next(i) {
          if try !i.isTrue(p[0].object == nil ? next : i.call(p[0], Arguments([next]))) { return next }
        }
        return nil
      }
    }
    define(m, "compress") { a, i in
      let p = try a.bind("compress", "data", "selectors")
      let (data, selectors) = (try i.iterate(p[0] ?? .none), try i.iterate(p[1] ?? .none))
      return lazily { i in
        while let next = try data.next(i), let keep = try selectors.next(i) {
          if try i.isTrue(keep) { return next }
        }
        return nil
      }
    }
    define(m, "starmap") { a, i in
      let p = try a.positionalOnly("starmap", 2...2)
      let iterator = try i.iterate(p[1])
      return lazily { i in
        guard let next = try iterator.next(i) else { return nil }
        return try i.call(p[0], Arguments(i.array(next)))
      }
    }
    define(m, "pairwise") { a, i in
      let iterator = try i.iterate(try a.positionalOnly("pairwise", 1...1)[0])
      var previous: Value?
      return lazily { i in
        if previous == nil { previous = try iterator.next(i) }
        guard let first = previous, let next = try iterator.next(i) else { return nil }
        previous = next
        return .tuple([first, next])
      }
    }
    define(m, "groupby") { a, i in
      let p = try a.bind("groupby", "iterable", "key?")
      let iterator = try i.iterate(p[0] ?? .none)
      func key(_ v: Value) throws -> Value {
        if let f = p[1], f.object != nil { return try i.call(f, Arguments([v])) }
        return v
      }
      var pending: (key: Value, value: Value)?
      var current: Value?
      func advance() throws {
        pending = try iterator.next(i).map { (try key($0), $0) }
      }
      var isStarted = false
      return lazily { i in
        if !isStarted {
          isStarted = true
          try advance()
        }
        // Skip what the last group left.
        while let known = current, let next = pending, try i.equal(known, next.key) { try advance() }
        guard let first = pending else { return nil }
        current = first.key
        let groupKey = first.key
        return .tuple([
          first.key,
          lazily { i in
            guard let next = pending, try i.equal(groupKey, next.key) else { return nil }
            try advance()
            return next.value
          },
        ])
      }
    }
  }

  private static func combining(_ m: ModuleObject) {
    define(m, "product") { a, i in
      var pools = try a.positional.map(i.array)
      if let times = try a.keyword("repeat").flatMap(i.index) {
        guard times >= 0 else { throw Raise.value("repeat argument cannot be negative") }
        guard times <= 1000 else { throw Raise.named("MemoryError", "") }
        pools = Array([[[Value]]](repeating: pools, count: max(0, times)).joined())
      }
      var indices: [Int]? = pools.contains(where: \.isEmpty) ? nil : pools.map { _ in 0 }
      return lazily { _ in
        guard let now = indices else { return nil }
        var next = now
        var k = pools.count - 1
        while k >= 0 {
          next[k] += 1
          if next[k] < pools[k].count { break }
          next[k] = 0
          k -= 1
        }
        indices = k < 0 ? nil : next
        return .tuple(zip(pools, now).map { $0[$1] })
      }
    }
    func size(_ v: Value?, _ i: Interpreter) throws -> Int? {
      guard let v, v.isGiven else { return nil }
      guard let r = try i.index(v) else { throw Raise.type("Expected int as r") }
      guard r >= 0 else { throw Raise.value("r must be non-negative") }
      return r
    }
    for (name, replaces) in [("combinations", false), ("combinations_with_replacement", true)] {
      define(m, name) { a, i in
        let p = try a.bind(name, "iterable", "r")
        let pool = try i.array(p[0] ?? .none)
        let r = try size(p[1], i) ?? 0
        var indices: [Int]? =
          (replaces ? pool.isEmpty && r > 0 : r > pool.count) ? nil : (0..<r).map { replaces ? 0 : $0 }
        return lazily { _ in
          guard let now = indices else { return nil }
          let n = pool.count
          if let k = now.indices.last(where: { now[$0] != (replaces ? n - 1 : $0 + n - r) }) {
            var next = now
            next[k] += 1
            for j in stride(from: k + 1, to: r, by: 1) { next[j] = replaces ? next[k] : next[j - 1] + 1 }
            indices = next
          } else {
            indices = nil
          }
          return .tuple(now.map { pool[$0] })
        }
      }
    }
    define(m, "permutations") { a, i in
      let p = try a.bind("permutations", "iterable", "r?")
      let pool = try i.array(p[0] ?? .none)
      let n = pool.count
      let r = try size(p[1], i) ?? n
      guard r <= n else { return .object(ClosureIterator(over: [])) }
      var indices = Array(0..<n)
      var cycles = (0..<r).map { n - $0 }
      var isFirst = true
      var isOver = false
      return lazily { _ in
        if isOver { return nil }
        if isFirst {
          isFirst = false
          return .tuple(indices.prefix(r).map { pool[$0] })
        }
        for k in stride(from: r - 1, through: 0, by: -1) {
          cycles[k] -= 1
          if cycles[k] == 0 {
            indices.append(indices.remove(at: k))
            cycles[k] = n - k
          } else {
            indices.swapAt(k, n - cycles[k])
            return .tuple(indices.prefix(r).map { pool[$0] })
          }
        }
        isOver = true
        return nil
      }
    }
  }
}
