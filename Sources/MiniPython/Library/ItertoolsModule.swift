/// Python's `itertools`: every iterator hands out its values on demand.
enum ItertoolsModule {
  private static func lazily(_ body: @escaping (Interpreter) throws -> Value?) -> Value {
    .object(ClosureIterator(body))
  }

  static func fill(_ m: ModuleObject) {
    endless(m)
    joining(m)
    choosing(m)
    combining(m)
  }

  private static func endless(_ m: ModuleObject) {
    m.function("count") { a, i in
      let p = try a.bind("count", "start?", "step?")
      var k = p[0] ?? .int(0)
      let step = p[1] ?? .int(1)
      return lazily { i in
        defer { k = (try? i.binary(0, k, step)) ?? k }
        return k
      }
    }
    m.function("cycle") { a, i in
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
    m.function("repeat") { a, i in
      let p = try a.bind("repeat", "object", "times?")
      var left = try p[1].flatMap(i.index) ?? .max
      return lazily { _ in
        guard left > 0 else { return nil }
        left -= 1
        return p[0]
      }
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
    let chain = ClassObject("chain", module: "itertools")
    chain.make = { _, a, _ in chained(ClosureIterator(over: a.positional)) }
    chain.set(
      "from_iterable",
      .object(
        MethodWrapper(
          .object(
            NativeFunction("from_iterable") { a, i in
              chained(try i.iterate(try a.positionalOnly("from_iterable", 1...1)[0]))
            }), isStatic: true)))
    m.set("chain", .object(chain))
    m.function("zip_longest") { a, i in
      var iterators: [IteratorObject?] = try a.positional.map(i.iterate)
      let fill = a.keyword("fillvalue") ?? .none
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
    m.function("accumulate") { a, i in
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
    m.function("islice") { a, i in
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
      m.function(name) { a, i in
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
    m.function("filterfalse") { a, i in
      let p = try a.positionalOnly("filterfalse", 2...2)
      let iterator = try i.iterate(p[1])
      return lazily { i in
        while let next = try iterator.next(i) {
          if try !i.isTrue(p[0].object == nil ? next : i.call(p[0], Arguments([next]))) { return next }
        }
        return nil
      }
    }
    m.function("compress") { a, i in
      let p = try a.bind("compress", "data", "selectors")
      let (data, selectors) = (try i.iterate(p[0] ?? .none), try i.iterate(p[1] ?? .none))
      return lazily { i in
        while let next = try data.next(i), let keep = try selectors.next(i) {
          if try i.isTrue(keep) { return next }
        }
        return nil
      }
    }
    m.function("starmap") { a, i in
      let p = try a.positionalOnly("starmap", 2...2)
      let iterator = try i.iterate(p[1])
      return lazily { i in
        guard let next = try iterator.next(i) else { return nil }
        return try i.call(p[0], Arguments(i.array(next)))
      }
    }
    m.function("pairwise") { a, i in
      let iterator = try i.iterate(try a.positionalOnly("pairwise", 1...1)[0])
      var previous: Value?
      return lazily { i in
        if previous == nil { previous = try iterator.next(i) }
        guard let first = previous, let next = try iterator.next(i) else { return nil }
        previous = next
        return .tuple([first, next])
      }
    }
    m.function("groupby") { a, i in
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
    m.function("product") { a, i in
      var pools = try a.positional.map(i.array)
      if let times = try a.keyword("repeat").flatMap(i.index) {
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
      guard let v, let r = try i.index(v) else { return nil }
      guard r >= 0 else { throw Raise.value("r must be non-negative") }
      return r
    }
    for (name, replaces) in [("combinations", false), ("combinations_with_replacement", true)] {
      m.function(name) { a, i in
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
    m.function("permutations") { a, i in
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
