/// A pattern as the machine matches it: names and expressions are places in lists.
indirect enum MatchPattern {
  case wildcard
  case capture(Int)
  case value(Int, isSingleton: Bool)
  case sequence([MatchPattern])
  case star(Int?)
  case mapping([(key: Int, pattern: MatchPattern)], rest: Int?)
  case instance(Int, [MatchPattern], [(name: String, pattern: MatchPattern)])
  case either([MatchPattern])
  case alias(MatchPattern, Int)

  init(_ node: PatternNode, _ names: [String], _ next: inout Int) {
    func place(_ n: String) -> Int { names.firstIndex(of: n) ?? 0 }
    switch node {
    case .wildcard: self = .wildcard
    case .capture(let n): self = .capture(place(n))
    case .star(let n): self = .star(n.map(place))
    case .value(_, let isSingleton):
      self = .value(next, isSingleton: isSingleton)
      next += 1
    case .sequence(let items):
      var made: [MatchPattern] = []
      for item in items { made.append(MatchPattern(item, names, &next)) }
      self = .sequence(made)
    case .either(let items):
      var made: [MatchPattern] = []
      for item in items { made.append(MatchPattern(item, names, &next)) }
      self = .either(made)
    case .mapping(let pairs, let rest):
      var made: [(key: Int, pattern: MatchPattern)] = []
      for pair in pairs {
        let key = next
        next += 1
        made.append((key, MatchPattern(pair.pattern, names, &next)))
      }
      self = .mapping(made, rest: rest.map(place))
    case .instance(_, let places, let named, _):
      let c = next
      next += 1
      var first: [MatchPattern] = []
      for p in places { first.append(MatchPattern(p, names, &next)) }
      var second: [(name: String, pattern: MatchPattern)] = []
      for p in named { second.append((p.name, MatchPattern(p.pattern, names, &next))) }
      self = .instance(c, first, second)
    case .alias(let inner, let n): self = .alias(MatchPattern(inner, names, &next), place(n))
    }
  }
}

extension Compiler {
  /// The subject lies on the stack while cases are tried, and is gone before a body runs.
  func matchStatement(_ subject: Expression, _ cases: [MatchCase]) throws {
    try expression(subject)
    let ends = Jumps()
    let base = depth
    for one in cases {
      span = one.span
      let names = one.pattern.names
      let leaves = one.pattern.expressions
      for e in leaves { try expression(e) }
      span = one.span
      emit(.buildTuple, leaves.count)
      var next = 0
      code.patterns.append((MatchPattern(one.pattern, names, &next), names.count, one.pattern.places))
      // Pops the expressions; pushes what was captured, and whether it matched.
      emit(.matchPattern, code.patterns.count - 1)
      let fails = emit(.jumpIfFalse)
      emit(.unpack, names.count)
      for name in names {
        span = one.span
        access(name, .store)
      }
      var guardFails: Int?
      if let test = one.guardTest { guardFails = try jump(unless: test, at: test.span.unmarked) }
      emit(.pop)
      try statements(one.body)
      ends.sites.append(emit(.jump))
      depth = base + 1
      patch(fails)
      emit(.pop)
      if let guardFails { patch(guardFails) }
      depth = base
    }
    emit(.pop)
    patch(ends)
  }
}

extension Interpreter {
  /// What a pattern captures from a value; `nil` where it does not match. What goes wrong is marked at the part at hand.
  func match(
    _ pattern: (pattern: MatchPattern, names: Int, places: [Span]), _ value: Value, _ leaves: [Value]
  ) throws -> [Value]? {
    var captured = [Value](repeating: .none, count: pattern.names)
    let around = matchedLeaf
    defer { matchedLeaf = around }
    do {
      return try matches(pattern.pattern, value, leaves, &captured) ? captured : nil
    } catch let raise as Raise {
      if pattern.places.indices.contains(matchedLeaf) { raisedPlace = pattern.places[matchedLeaf] }
      throw raise
    }
  }

  private func matches(_ p: MatchPattern, _ v: Value, _ leaves: [Value], _ out: inout [Value]) throws -> Bool
  {
    switch p {
    case .wildcard: return true
    case .capture(let k):
      out[k] = v
      return true
    case .value(let k, let isSingleton):
      matchedLeaf = k
      return isSingleton ? v.isIdentical(to: leaves[k]) : try equal(v, leaves[k])
    case .star: return true
    case .alias(let inner, let k):
      guard try matches(inner, v, leaves, &out) else { return false }
      out[k] = v
      return true
    case .either(let options):
      for option in options { if try matches(option, v, leaves, &out) { return true } }
      return false
    case .sequence(let items): return try matchesSequence(items, v, leaves, &out)
    case .mapping(let pairs, let rest):
      guard let d = v.object as? DictObject else { return false }
      let left = DictObject()
      for entry in d.entries { if let entry { try left.set(entry.key, entry.value, self) } }
      for pair in pairs {
        matchedLeaf = pair.key
        let key = try d.place(leaves[pair.key], self)
        guard let found = d.get(key), try matches(pair.pattern, found, leaves, &out) else { return false }
        try left.remove(leaves[pair.key], self)
      }
      if let rest { out[rest] = .object(left) }
      return true
    case .instance(let k, let places, let named):
      matchedLeaf = k
      func part(_ name: String) throws -> Value? {
        matchedLeaf = k
        return try attribute(v, name)
      }
      guard let c = leaves[k].object as? ClassObject else {
        throw Raise.type("called match pattern must be a type")
      }
      guard try isInstance(v, .object(c)) else { return false }
      if !places.isEmpty {
        if places.count == 1,
          ["int", "float", "str", "bool", "list", "tuple", "dict", "set", "bytes", "frozenset"].contains(
            c.name),
          c.module == "builtins"
        {
          return try matches(places[0], v, leaves, &out)
        }
        let allowed = (c.lookup("__match_args__")?.object as? TupleObject)?.items ?? []
        let most = c.lookup("__match_args__") == nil && Constructors.of(c) != nil ? 1 : allowed.count
        guard places.count <= allowed.count else {
          throw Raise.type(
            "\(c.name)() accepts \(most) positional sub-pattern\(most == 1 ? "" : "s") (\(places.count) given)"
          )
        }
        for (place, name) in zip(places, allowed) {
          guard let found = try part(str(name)), try matches(place, found, leaves, &out) else {
            return false
          }
        }
      }
      for (name, inner) in named {
        guard let found = try part(name), try matches(inner, found, leaves, &out) else {
          return false
        }
      }
      return true
    }
  }

  private func matchesSequence(
    _ items: [MatchPattern], _ v: Value, _ leaves: [Value], _ out: inout [Value]
  ) throws -> Bool {
    let isSequence =
      v.object is ListObject || v.object is TupleObject || v.object is RangeObject || v.object is DequeObject
    guard isSequence else { return false }
    let values = try array(v)
    guard let star = items.firstIndex(where: { if case .star = $0 { true } else { false } }) else {
      guard values.count == items.count else { return false }
      for (item, value) in zip(items, values) where try !matches(item, value, leaves, &out) { return false }
      return true
    }
    let after = items.count - star - 1
    guard values.count >= star + after else { return false }
    for k in 0..<star where try !matches(items[k], values[k], leaves, &out) { return false }
    for k in 0..<after where try !matches(items[star + 1 + k], values[values.count - after + k], leaves, &out)
    { return false }
    if case .star(let k?) = items[star] { out[k] = .list(Array(values[star..<(values.count - after)])) }
    return true
  }
}
