/// Builtins that go through an iterable: `sum`, `zip`, `sorted`.
extension Builtins {
  private static func extreme(_ name: String, _ op: Int) -> (Arguments, Interpreter) throws -> Value {
    { a, i in
      var key: Value?
      var fallback: Value?
      for (k, v) in a.keywords {
        switch k {
        case "key": key = v.isGiven ? v : nil
        case "default": fallback = v
        default: throw Raise.type("\(name)() got an unexpected keyword argument '\(k)'")
        }
      }
      guard !a.positional.isEmpty else { throw Raise.type("\(name) expected at least 1 argument, got 0") }
      if fallback != nil, a.positional.count > 1 {
        throw Raise.type("Cannot specify a default for \(name)() with multiple positional arguments")
      }
      let items = a.positional.count == 1 ? try i.array(a.positional[0]) : a.positional
      guard var best = items.first else {
        if let fallback { return fallback }
        throw Raise.value("\(name)() arg is an empty sequence")
      }
      var bestKey = try key.map { try i.call($0, Arguments([best])) } ?? best
      for item in items.dropFirst() {
        let itemKey = try key.map { try i.call($0, Arguments([item])) } ?? item
        if try i.isTrue(i.compare(op, itemKey, bestKey)) { (best, bestKey) = (item, itemKey) }
      }
      return best
    }
  }

  nonisolated(unsafe) static let iterating: [(String, (Arguments, Interpreter) throws -> Value)] = [
    ("min", extreme("min", 2)), ("max", extreme("max", 4)),
    (
      "sum",
      { a, i in
        if a.positional.isEmpty { throw Raise.type("sum() takes at least 1 positional argument (0 given)") }
        let p = try a.bind("sum", "iterable", "start?")
        var total = p[1] ?? .int(0)
        switch total.object {
        case is StringObject: throw Raise.type("sum() can't sum strings [use ''.join(seq) instead]")
        case let b as BytesObject:
          throw Raise.type(
            "sum() can't sum \(b.isMutable ? "bytearray" : "bytes") [use b''.join(seq) instead]")
        default: break
        }
        let iterator = try i.iterate(p[0] ?? .none)
        while let next = try iterator.next(i) { total = try i.binary(0, total, next) }
        return total
      }
    ),
    (
      "any",
      { a, i in
        let iterator = try i.iterate(try a.positionalOnly("any", 1...1)[0])
        while let next = try iterator.next(i) { if try i.isTrue(next) { return .bool(true) } }
        return .bool(false)
      }
    ),
    (
      "all",
      { a, i in
        let iterator = try i.iterate(try a.positionalOnly("all", 1...1)[0])
        while let next = try iterator.next(i) { if try !i.isTrue(next) { return .bool(false) } }
        return .bool(true)
      }
    ),
    (
      "sorted",
      { a, i in
        guard a.positional.count == 1 else {
          throw Raise.type("sorted expected 1 argument, got \(a.positional.count)")
        }
        return .list(try Methods.sort(try i.array(a.positional[0]), a, i))
      }
    ),
    (
      "reversed",
      { a, i in
        guard a.positional.count == 1 else {
          throw Raise.type("reversed expected 1 argument, got \(a.positional.count)")
        }
        let v = a.positional[0]
        if let made = try i.callMethod(v, "__reversed__") { return made }
        if v.object is InstanceObject, i.type(of: v).lookup("__getitem__") != nil,
          let count = try i.callMethod(v, "__len__").flatMap({ try i.index($0) })
        {
          var at = count
          return .object(
            ClosureIterator(Types.reversed) { i in
              at -= 1
              return at < 0 ? nil : try i.getItem(v, .int(at))
            })
        }
        if let view = v.object as? ViewObject {
          return .object(ClosureIterator(over: try i.array(.object(view)).reversed()))
        }
        if let e = (v.object as? ClassObject)?.enumeration {
          return .object(ClosureIterator(over: e.canonical.reversed()))
        }
        guard
          v.object is ListObject || v.object is TupleObject || v.object is RangeObject
            || v.object is StringObject || v.object is DictObject || v.object is BytesObject
            || i.type(of: v).isSubclass(of: Types.tuple)
        else {
          throw Raise.type("'\(i.typeName(v))' object is not reversible")
        }
        return .object(
          ClosureIterator(
            v.object is ListObject
              ? Types.listReverseIterator : v.object is RangeObject ? Types.rangeIterator : Types.reversed,
            over: try i.array(v).reversed()))
      }
    ),
    (
      "enumerate",
      { a, i in
        if a.isEmpty { throw Raise.type("enumerate() missing required argument 'iterable'") }
        let p = try a.bind("enumerate", "iterable", "start?")
        let iterator = try i.iterate(p[0] ?? .none)
        var k = try p[1].map { try StringMethods.integer($0, i) } ?? 0
        return .object(
          ClosureIterator(Types.enumerate) { i in
            guard let next = try iterator.next(i) else { return nil }
            defer { k &+= 1 }
            return .tuple([.int(k), next])
          })
      }
    ),
    (
      "zip",
      { a, i in
        let strict = try a.keyword("strict").map(i.isTrue) ?? false
        let iterators = try a.positional.map(i.iterate)
        return .object(
          ClosureIterator(Types.zip) { i in
            guard !iterators.isEmpty else { return nil }
            var out: [Value] = []
            for (k, iterator) in iterators.enumerated() {
              guard let next = try iterator.next(i) else {
                if strict, k > 0 {
                  throw Raise.value(
                    "zip() argument \(k + 1) is shorter than argument\(k == 1 ? " 1" : "s 1-\(k)")")
                }
                if strict {
                  for (j, other) in iterators.enumerated().dropFirst() where try other.next(i) != nil {
                    throw Raise.value(
                      "zip() argument \(j + 1) is longer than argument\(j == 1 ? " 1" : "s 1-\(j)")")
                  }
                }
                return nil
              }
              out.append(next)
            }
            return .tuple(out)
          })
      }
    ),
    (
      "map",
      { a, i in
        guard a.positional.count >= 2 else { throw Raise.type("map() must have at least two arguments.") }
        let function = a.positional[0]
        let iterators = try a.positional.dropFirst().map(i.iterate)
        return .object(
          ClosureIterator(Types.map) { i in
            var values: [Value] = []
            for iterator in iterators {
              guard let next = try iterator.next(i) else { return nil }
              values.append(next)
            }
            return try i.call(function, Arguments(values))
          })
      }
    ),
    (
      "filter",
      { a, i in
        let p = try a.positionalOnly("filter", 2...2)
        let iterator = try i.iterate(p[1])
        return .object(
          ClosureIterator(Types.filter) { i in
            while let next = try iterator.next(i) {
              let keep = p[0].isGiven ? try i.call(p[0], Arguments([next])) : next
              if try i.isTrue(keep) { return next }
            }
            return nil
          })
      }
    ),
    (
      "iter",
      { a, i in
        let p = try a.positionalOnly("iter", 1...2)
        guard p.count == 2 else { return .object(try i.iterate(p[0])) }
        return .object(
          ClosureIterator { i in
            let next = try i.call(p[0])
            return try i.equal(next, p[1]) ? nil : next
          })
      }
    ),
    (
      "next",
      { a, i in
        let p = try a.positionalOnly("next", 1...2)
        if let iterator = p[0].object as? IteratorObject {
          if let value = try iterator.next(i) { return value }
          if let g = iterator as? GeneratorObject, g.result.isGiven {
            let result = g.result
            g.result = .none
            if p.count > 1 { return p[1] }
            throw Raise(Exceptions.make(Exceptions.type("StopIteration"), [result]))
          }
        } else if p[0].object is InstanceObject, i.type(of: p[0]).lookup("__next__") == nil {
          throw Raise.type("'\(i.typeName(p[0]))' object is not an iterator")
        } else if p[0].object is InstanceObject, let value = try stopping(p[0], passesOn: p.count == 1, i) {
          return value
        } else if !(p[0].object is InstanceObject) {
          throw Raise.type("'\(i.typeName(p[0]))' object is not an iterator")
        }
        guard p.count > 1 else { throw Raise(Exceptions.make(Exceptions.type("StopIteration"), [])) }
        return p[1]
      }
    ),
  ]

  private static func stopping(_ v: Value, passesOn: Bool, _ i: Interpreter) throws -> Value? {
    do { return try i.callMethod(v, "__next__") } catch let raise as Raise
      where raise.exception.classObject === Exceptions.type("StopIteration")
    {
      if passesOn { throw raise }
      return nil
    }
  }
}
