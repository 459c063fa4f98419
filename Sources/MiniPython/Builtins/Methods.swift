internal import BigInt

/// The methods of the built-in classes.
enum Methods {
  static func install(in c: ClassObject) -> ClassObject {
    switch c.name {
    case "str": StringMethods.install(c)
    case "list": list(c)
    case "tuple": tuple(c)
    case "dict": DictMethods.install(c)
    case "set", "frozenset": set(c)
    case "int":
      c.method("bit_length") { me, _, _ in .int(Integers.big(me).map { $0.magnitude.bitWidth } ?? 0) }
      // Of a truth value as well.
      func plain(_ me: Value) -> Value { if case .bool(let b) = me { .int(b ? 1 : 0) } else { me } }
      c.property("real") { me, _ in plain(me) }
      c.property("numerator") { me, _ in plain(me) }
      c.property("denominator") { _, _ in .int(1) }
      c.property("imag") { _, _ in .int(0) }
      c.method("conjugate") { me, _, _ in plain(me) }
      c.method("as_integer_ratio") { me, _, _ in .tuple([plain(me), .int(1)]) }
      c.method("bit_count") { me, _, _ in
        .int(Integers.big(me).map { $0.magnitude.words.reduce(0) { $0 + $1.nonzeroBitCount } } ?? 0)
      }
      c.method("to_bytes") { me, a, i in
        let p = try a.bind("to_bytes", "length?", "byteorder?", "signed?")
        let length = try p[0].flatMap(i.index) ?? 1
        let isSigned = try p[2].map(i.isTrue) ?? false
        guard length >= 0 else { throw Raise.value("length argument must be non-negative") }
        guard length <= 1 << 20, var b = Integers.big(me) else { throw Raise.named("MemoryError", "") }
        guard isSigned || b.sign == .plus else {
          throw Raise.named("OverflowError", "can't convert negative int to unsigned")
        }
        if isSigned, b.sign == .minus {
          b += BigInt(1) << (8 * length)
          guard b >= BigInt(1) << max(0, 8 * length - 1) else {
            throw Raise.named("OverflowError", "int too big to convert")
          }
        } else if isSigned, b >= BigInt(1) << max(0, 8 * length - 1) {
          throw Raise.named("OverflowError", "int too big to convert")
        }
        var out: [UInt8] = []
        for _ in 0..<length {
          out.append(UInt8(truncatingIfNeeded: b & 255))
          b >>= 8
        }
        guard b.isZero else { throw Raise.named("OverflowError", "int too big to convert") }
        let isLittle = try isLittleEndian(p[1], "to_bytes", i)
        return .object(BytesObject(isLittle ? out : out.reversed()))
      }
      c.set(
        "from_bytes",
        .object(
          MethodWrapper(
            .object(
              NativeFunction("from_bytes") { a, i in
                let p = try a.bind("from_bytes", "bytes", "byteorder?", "signed?")
                let isLittle = try isLittleEndian(p[1], "from_bytes", i)
                guard
                  let bytes =
                    (try BytesObject.construct(Arguments([p[0] ?? .none]), i).object as? BytesObject)?.bytes
                else { return .int(0) }
                var b = (isLittle ? bytes.reversed() : bytes).reduce(BigInt(0)) { ($0 << 8) | BigInt($1) }
                if try p[2].map(i.isTrue) ?? false, b >= BigInt(1) << max(0, 8 * bytes.count - 1),
                  !bytes.isEmpty
                {
                  b -= BigInt(1) << (8 * bytes.count)
                }
                return Integers.value(b)
              }), isStatic: true)))
    case "float":
      c.method("is_integer") { me, _, i in
        .bool(try i.floating(me).map { $0 == $0.rounded() && $0.isFinite } ?? false)
      }
      c.property("real") { me, _ in me }
      c.property("imag") { _, _ in .float(0) }
      c.method("conjugate") { me, _, _ in me }
      c.method("as_integer_ratio") { me, _, i in
        let d = try i.floating(me) ?? 0
        guard d.isFinite else {
          throw Raise.named("OverflowError", "cannot convert Infinity to integer ratio")
        }
        let (top, bottom) = ExactNumbers.fraction(d)
        return .tuple([Integers.value(top), Integers.value(bottom)])
      }
      c.method("hex") { me, _, i in .string(hexText(try i.floating(me) ?? 0)) }
      c.set(
        "fromhex",
        .object(
          MethodWrapper(
            .object(
              NativeFunction("fromhex") { a, i in
                .float(
                  try ExactNumbers.fromHex(
                    StringMethods.text(try a.positionalOnly("float.fromhex", 1...1)[0], i)))
              }), isStatic: true)))
    case "complex": ComplexObject.install(c)
    case "bytes", "bytearray": BytesMethods.install(c)
    case "generator": generator(c)
    case "range": range(c)
    default: break
    }
    return c
  }

  /// `0x1.8000000000000p+1`: always 13 digits, the exponent in decimal.
  private static func hexText(_ d: Double) -> String {
    if !d.isFinite { return d.isNaN ? "nan" : d < 0 ? "-inf" : "inf" }
    let sign = d.sign == .minus ? "-" : ""
    if d == 0 { return "\(sign)0x0.0p+0" }
    let digits = String(d.significandBitPattern, radix: 16)
    let zeros = String(repeating: "0", count: max(0, 13 - digits.count))
    let exponent = d.isNormal ? Int(d.exponent) : -1022
    return "\(sign)0x\(d.isNormal ? 1 : 0).\(zeros)\(digits)p\(exponent < 0 ? "-" : "+")\(exponent.magnitude)"
  }

  private static func isLittleEndian(_ v: Value?, _ name: String, _ i: Interpreter) throws -> Bool {
    guard let v else { return false }
    guard let s = v.object as? StringObject else {
      throw Raise.type("\(name)() argument 'byteorder' must be str, not \(i.typeName(v))")
    }
    guard s.value == "little" || s.value == "big" else {
      throw Raise.value("byteorder must be either 'little' or 'big'")
    }
    return s.value == "little"
  }

  static func sort(_ items: [Value], _ arguments: Arguments, _ i: Interpreter) throws -> [Value] {
    for k in arguments.keywords where k.name != "key" && k.name != "reverse" {
      throw Raise.type("'\(k.name)' is an invalid keyword argument for sort()")
    }
    let reverse = try arguments.keyword("reverse").map(i.isTrue) ?? false
    var keyed: [(key: Value, value: Value, at: Int)] = []
    let key = arguments.keyword("key")
    for (k, item) in items.enumerated() {
      if let key, key.isGiven {
        keyed.append((try i.call(key, Arguments([item])), item, k))
      } else {
        keyed.append((item, item, k))
      }
    }
    func less(_ x: Value, _ y: Value) throws -> Bool { try i.isTrue(i.compare(2, x, y)) }
    if reverse { keyed.reverse() }
    if keyed.count < 64 {
      try insertionSort(&keyed) { try less($0.key, $1.key) }
    } else {
      // Swift's sort is stable in practice but does not promise it: the place decides between equals.
      for k in keyed.indices { keyed[k].at = k }
      try keyed.sort { a, b in
        if try less(a.key, b.key) { return true }
        if try less(b.key, a.key) { return false }
        return a.at < b.at
      }
    }
    if reverse { keyed.reverse() }
    return keyed.map(\.value)
  }

  /// As CPython sorts short lists: a run at the head, then each item put in by halving. The same pairs are compared
  /// in the same order, which programs can see.
  private static func insertionSort<Item>(_ items: inout [Item], _ less: (Item, Item) throws -> Bool) throws {
    guard items.count > 1 else { return }
    var run = 2
    if try less(items[1], items[0]) {
      while run < items.count, try less(items[run], items[run - 1]) { run += 1 }
      items[..<run].reverse()
    } else {
      while run < items.count, try !less(items[run], items[run - 1]) { run += 1 }
    }
    while run < items.count {
      let pivot = items[run]
      var (low, high) = (0, run)
      while low < high {
        let middle = (low + high) / 2
        if try less(pivot, items[middle]) { high = middle } else { low = middle + 1 }
      }
      items.remove(at: run)
      items.insert(pivot, at: low)
      run += 1
    }
  }

  private static func list(_ c: ClassObject) {
    func me(_ v: Value) throws -> ListObject {
      guard let l = v.object as? ListObject else { throw Raise.type("descriptor requires a 'list' object") }
      return l
    }
    c.method("append") { v, a, i in
      let list = try me(v)
      guard a.keywords.isEmpty, a.positional.count == 1 else {
        throw Raise.type("list.append() takes exactly one argument (\(a.positional.count) given)")
      }
      if list.items.count >= i.limits.elements { throw Raise.named("MemoryError", "") }
      list.items.append(a.positional[0])
      return .none
    }
    c.method("extend") { v, a, i in
      let more = try i.array(try a.positionalOnly("list.extend", 1...1)[0])
      try i.checkSize(try me(v).items.count, more.count)
      try me(v).items += more
      return .none
    }
    c.method("insert") { v, a, i in
      let p = try a.positionalOnly("insert", 2...2)
      let list = try me(v)
      let k = try StringMethods.integer(p[0], i)
      if p[0].object is BigIntObject {
        throw Raise.named("OverflowError", "Python int too large to convert to C ssize_t")
      }
      try i.checkSize(list.items.count, 1)
      list.items.insert(p[1], at: min(max(k < 0 ? k &+ list.items.count : k, 0), list.items.count))
      return .none
    }
    c.method("pop") { v, a, i in
      let list = try me(v)
      let p = try a.positionalOnly("pop", 0...1)
      let k = try p.first.map { try StringMethods.integer($0, i) } ?? -1
      guard !list.items.isEmpty else { throw Raise.index("pop from empty list") }
      let at = k < 0 ? k + list.items.count : k
      guard list.items.indices.contains(at) else { throw Raise.index("pop index out of range") }
      return list.items.remove(at: at)
    }
    c.method("remove") { v, a, i in
      let list = try me(v)
      let item = try a.positionalOnly("list.remove", 1...1)[0]
      guard let k = try list.items.firstIndex(where: { try i.equal($0, item) }) else {
        throw Raise.value("list.remove(x): x not in list")
      }
      list.items.remove(at: k)
      return .none
    }
    c.method("clear") { v, a, _ in
      _ = try a.positionalOnly("list.clear", 0...0)
      try me(v).items = []
      return .none
    }
    c.method("copy") { v, a, _ in
      _ = try a.positionalOnly("list.copy", 0...0)
      return .list(try me(v).items)
    }
    c.method("reverse") { v, a, _ in
      _ = try a.positionalOnly("list.reverse", 0...0)
      try me(v).items.reverse()
      return .none
    }
    c.method("sort") { v, a, i in
      let list = try me(v)
      if !a.positional.isEmpty { throw Raise.type("sort() takes no positional arguments") }
      list.items = try sort(list.items, a, i)
      return .none
    }
    searching(c) { try me($0).items }
  }

  /// `index` and `count`.
  private static func searching(_ c: ClassObject, _ items: @escaping (Value) throws -> [Value]) {
    c.method("index") { v, a, i in
      let p = try a.positionalOnly("index", 1...3)
      let (item, all) = (p[0], try items(v))
      func bound(_ k: Int, _ standard: Int) throws -> Int {
        guard k < p.count else { return standard }
        guard let n = try i.index(p[k]) else {
          throw Raise.type("slice indices must be integers or have an __index__ method")
        }
        return min(max(n < 0 ? n &+ all.count : n, 0), all.count)
      }
      let start = try bound(1, 0)
      let end = max(start, try bound(2, all.count))
      guard let k = try all[start..<end].firstIndex(where: { try i.equal($0, item) }) else {
        throw Raise.value(
          c.name == "list" ? "\(try i.repr(item)) is not in list" : "tuple.index(x): x not in tuple")
      }
      return .int(k)
    }
    c.method("count") { v, a, i in
      let item = try a.positionalOnly("\(c.name).count", 1...1)[0]
      return .int(try items(v).reduce(0) { try i.equal($1, item) ? $0 + 1 : $0 })
    }
  }

  private static func tuple(_ c: ClassObject) {
    searching(c) { ($0.object as? TupleObject)?.items ?? [] }
  }

  private static func set(_ c: ClassObject) {
    func me(_ v: Value) throws -> SetObject {
      guard let s = v.object as? SetObject else { throw Raise.type("descriptor requires a 'set' object") }
      return s
    }
    func other(_ a: Arguments, _ i: Interpreter) throws -> SetObject {
      // A set is taken as it lies.
      if a.positional.count == 1, let set = a.positional[0].object as? SetObject { return set }
      let made = SetObject()
      for source in a.positional {
        for item in try i.array(source) { try made.add(item, i) }
      }
      return made
    }
    if c.name == "set" { changingSet(c, me, other) }
    c.method("copy") { v, _, _ in .object(try me(v).copied(isFrozen: try me(v).isFrozen)) }
    for (name, op) in [("union", 9), ("intersection", 8), ("difference", 1), ("symmetric_difference", 10)] {
      c.method(name) { v, a, i in
        if op == 10 { _ = try a.positionalOnly("\(c.name).\(name)", 1...1) }
        var made = try me(v)
        if a.positional.isEmpty { made = made.copied(isFrozen: made.isFrozen) }
        for source in a.positional {
          made = try i.setOperation(op, made, try other(Arguments([source]), i))?.object as? SetObject ?? made
        }
        return .object(made)
      }
    }
    for (name, op) in [("issubset", 3), ("issuperset", 5)] {
      c.method(name) { v, a, i in
        _ = try a.positionalOnly("\(c.name).\(name)", 1...1)
        return try i.compare(op, v, .object(try other(a, i)))
      }
    }
    c.method("isdisjoint") { v, a, i in
      _ = try a.positionalOnly("\(c.name).isdisjoint", 1...1)
      let shared = try i.setOperation(8, try me(v), try other(a, i))?.object as? SetObject
      return .bool(shared?.items.count == 0)
    }
  }

  private static func changingSet(
    _ c: ClassObject, _ me: @escaping (Value) throws -> SetObject,
    _ other: @escaping (Arguments, Interpreter) throws -> SetObject
  ) {
    c.method("add") { v, a, i in
      let item = try a.positionalOnly("set.add", 1...1)[0]
      try me(v).add(item, i)
      return .none
    }
    c.method("discard") { v, a, i in
      let s = try me(v)
      _ = s.discard(try i.elementKey(try a.positionalOnly("set.discard", 1...1)[0], in: s))
      return .none
    }
    c.method("remove") { v, a, i in
      let item = try a.positionalOnly("set.remove", 1...1)[0]
      let s = try me(v)
      guard s.discard(try i.elementKey(item, in: s)) else {
        throw Raise(Exceptions.make(Exceptions.type("KeyError"), [item]))
      }
      return .none
    }
    c.method("update") { v, a, i in
      for source in a.positional {
        if let set = source.object as? SetObject {
          let (me, all) = (try me(v), set.ordered)
          let merged = me.currentTable.flatMap { mine in
            set.currentTable.flatMap { SetTable.operate(9, mine, $0, inPlace: true) }
          }
          for item in all { try me.add(item, i) }
          me.table = merged
        } else {
          for item in try i.array(source) { try me(v).add(item, i) }
        }
      }
      return .none
    }
    c.method("clear") { v, a, _ in
      _ = try a.positionalOnly("set.clear", 0...0)
      try me(v).items.removeAll()
      try me(v).table = nil
      return .none
    }
    c.method("pop") { v, a, i in
      _ = try a.positionalOnly("set.pop", 0...0)
      let s = try me(v)
      s.table = s.currentTable
      guard let first = s.table?.pop() ?? s.items.keys.first else {
        throw Raise(Exceptions.make(Exceptions.type("KeyError"), [.string("pop from an empty set")]))
      }
      try s.items.remove(first, i)
      return first
    }
    for (name, op) in [
      ("intersection_update", 8), ("difference_update", 1), ("symmetric_difference_update", 10),
    ] {
      c.method(name) { v, a, i in
        for source in a.positional {
          if let result = try i.setOperation(op, try me(v), try other(Arguments([source]), i), inPlace: true)?
            .object
            as? SetObject
          {
            try me(v).become(result)
          }
        }
        return .none
      }
    }
  }

  private static func generator(_ c: ClassObject) {
    func me(_ v: Value) throws -> GeneratorObject {
      guard let g = v.object as? GeneratorObject else {
        throw Raise.type("descriptor requires a 'generator' object")
      }
      return g
    }
    func advance(_ g: GeneratorObject, _ sent: Value, _ i: Interpreter) throws -> Value {
      if let value = try i.resume(g, sending: sent) { return value }
      let result = g.result
      g.result = .none
      throw Raise(Exceptions.make(Exceptions.type("StopIteration"), result.isGiven ? [result] : []))
    }
    c.method("__next__") { v, _, i in
      // What the library hands out as a generator only steps.
      if let plain = v.object as? ClosureIterator {
        if let value = try plain.next(i) { return value }
        throw Raise(Exceptions.make(Exceptions.type("StopIteration"), []))
      }
      return try advance(me(v), .none, i)
    }
    c.method("send") { v, a, i in try advance(me(v), try a.positionalOnly("send", 1...1)[0], i) }
    c.method("close") { v, _, i in
      let g = try me(v)
      try i.close(g)
      return .none
    }
    c.method("throw") { v, a, i in
      let p = try a.positionalOnly("throw", 1...3)
      var raised = p[0]
      if let c = raised.object as? ClassObject, p.count > 1 {
        raised = try i.call(.object(c), Arguments([p[1]]))
      }
      let g = try me(v)
      let before = (raised.object as? InstanceObject)?.exception?.context
      let e = try i.raise(raised, nil, g.frame).exception
      // What is thrown in is not raised while something else is handled.
      e.exception?.context = before
      if let value = try i.resume(g, sending: .none, raising: e) { return value }
      let result = g.result
      g.result = .none
      throw Raise(Exceptions.make(Exceptions.type("StopIteration"), result.isGiven ? [result] : []))
    }
  }

  private static func range(_ c: ClassObject) {
    func me(_ v: Value) throws -> RangeObject {
      guard let r = v.object as? RangeObject else { throw Raise.type("descriptor requires a 'range' object") }
      return r
    }
    c.property("start") { v, _ in .int(try me(v).start) }
    c.property("stop") { v, _ in .int(try me(v).stop) }
    c.property("step") { v, _ in .int(try me(v).step) }
    c.method("count") { v, a, i in
      .int(try i.contains(v, try a.positionalOnly("range.count", 1...1)[0]) ? 1 : 0)
    }
    c.method("index") { v, a, i in
      let item = try a.positionalOnly("range.index", 1...1)[0]
      guard try i.contains(v, item), let k = try i.index(item) else {
        throw Raise.value("\(try i.repr(item)) is not in range")
      }
      return .int((k &- (try me(v).start)) / (try me(v).step))
    }
  }
}
