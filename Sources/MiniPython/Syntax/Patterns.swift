/// A pattern of a `case`, as written.
indirect enum PatternNode {
  case wildcard
  case capture(String)
  /// Compared with `==`; with `is` for `None`, `True`, `False`.
  case value(Expression, isSingleton: Bool)
  case sequence([PatternNode])
  /// `*rest` inside a sequence; `nil` for `*_`.
  case star(String?)
  case mapping([(key: Expression, pattern: PatternNode)], rest: String?)
  case instance(Expression, [PatternNode], [(name: String, pattern: PatternNode)], Span)
  case either([PatternNode])
  case alias(PatternNode, String)
}

struct MatchCase {
  var pattern: PatternNode
  var guardTest: Expression?
  var body: [StatementNode]
  var span: Span
}

extension PatternNode {
  /// The names it binds, in order, each once.
  var names: [String] {
    var out: [String] = []
    func add(_ name: String) { if !out.contains(name) { out.append(name) } }
    func walk(_ p: PatternNode) {
      switch p {
      case .wildcard, .value, .star(nil): break
      case .capture(let n), .star(let n?): add(n)
      case .sequence(let items), .either(let items): for item in items { walk(item) }
      case .mapping(let pairs, let rest):
        for pair in pairs { walk(pair.pattern) }
        if let rest { add(rest) }
      case .instance(_, let places, let named, _):
        for place in places { walk(place) }
        for n in named { walk(n.pattern) }
      case .alias(let inner, let n):
        walk(inner)
        add(n)
      }
    }
    walk(self)
    return out
  }

  /// A name that two parts of the same alternative bind; `nil` where there is none.
  var firstRepeated: String? {
    func walk(_ p: PatternNode, _ seen: inout Set<String>) -> String? {
      func take(_ name: String) -> String? { seen.insert(name).inserted ? nil : name }
      func all(_ items: [PatternNode]) -> String? {
        for item in items { if let found = walk(item, &seen) { return found } }
        return nil
      }
      switch p {
      case .wildcard, .value, .star(nil): return nil
      case .capture(let n), .star(let n?): return take(n)
      case .sequence(let items): return all(items)
      case .mapping(let pairs, let rest): return all(pairs.map(\.pattern)) ?? rest.flatMap(take)
      case .instance(_, let places, let named, _): return all(places + named.map(\.pattern))
      case .either(let items):
        let before = seen
        for item in items {
          var own = before
          if let found = walk(item, &own) { return found }
          seen.formUnion(own)
        }
        return nil
      case .alias(let inner, let n): return walk(inner, &seen) ?? take(n)
      }
    }
    var seen: Set<String> = []
    return walk(self, &seen)
  }

  /// The expressions it compares with, in order.
  var expressions: [Expression] {
    switch self {
    case .wildcard, .capture, .star: []
    case .value(let e, _): [e]
    case .sequence(let items), .either(let items): items.flatMap(\.expressions)
    case .mapping(let pairs, _): pairs.flatMap { [$0.key] + $0.pattern.expressions }
    case .instance(let c, let places, let named, _):
      [c] + places.flatMap(\.expressions) + named.flatMap { $0.pattern.expressions }
    case .alias(let inner, _): inner.expressions
    }
  }

  /// Where each of the expressions is marked when something goes wrong with it: a class with its whole pattern.
  var places: [Span] {
    switch self {
    case .wildcard, .capture, .star: []
    case .value(let e, _): [e.span]
    case .sequence(let items), .either(let items): items.flatMap(\.places)
    case .mapping(let pairs, _): pairs.flatMap { [$0.key.span] + $0.pattern.places }
    case .instance(_, let places, let named, let span):
      [span] + places.flatMap(\.places) + named.flatMap { $0.pattern.places }
    case .alias(let inner, _): inner.places
    }
  }

  /// Matches everything: no case may follow.
  var isIrrefutable: Bool {
    switch self {
    case .wildcard, .capture: true
    case .alias(let inner, _): inner.isIrrefutable
    case .either(let items): items.last?.isIrrefutable ?? false
    default: false
    }
  }
}

extension Parser {
  /// `match` with its cases.
  mutating func matchStatement() throws -> StatementNode {
    let start = token.span
    at += 1
    let subject = try starExpressionList()
    try expectOp(":")
    guard token.kind == .newline else { throw invalid() }
    at += 1
    guard token.kind == .indent else {
      throw SyntaxProblem(
        "expected an indented block after 'match' statement on line \(start.line)", token.span,
        type: "IndentationError")
    }
    at += 1
    var cases: [MatchCase] = []
    while token.kind != .dedent, token.kind != .end {
      guard case .name("case") = token.kind else { throw invalid() }
      let span = token.span
      at += 1
      let patternStart = token.span
      let pattern = try deeper { try $0.openPattern() }
      if let twice = pattern.firstRepeated {
        let place = tokens[..<at].last { $0.kind == .name(twice) }?.span ?? patternStart
        throw SyntaxProblem("multiple assignments to name '\(twice)' in pattern", place)
      }
      let test = takeKeyword("if") ? try namedExpression() : nil
      if let last = cases.last, last.pattern.isIrrefutable, last.guardTest == nil {
        let what: String
        if case .capture(let n) = last.pattern { what = "name capture '\(n)'" } else { what = "wildcard" }
        throw SyntaxProblem("\(what) makes remaining patterns unreachable", last.span)
      }
      cases.append(
        MatchCase(
          pattern: pattern, guardTest: test, body: try block(of: "'case' statement", line: span.line),
          span: patternStart))
    }
    if token.kind == .dedent { at += 1 }
    return StatementNode(.match(subject, cases), start.through(subject.span))
  }

  private mutating func openPattern() throws -> PatternNode {
    let first = try starOrPattern()
    guard isOp(",") else {
      if case .star = first { throw invalid() }
      return first
    }
    var items = [first]
    while takeOp(",") {
      if isOp(":") || isKeyword("if") { break }
      items.append(try starOrPattern())
    }
    return .sequence(items)
  }

  private mutating func starOrPattern() throws -> PatternNode {
    if takeOp("*") {
      let n = try name()
      return .star(n == "_" ? nil : n)
    }
    return try asPattern()
  }

  private mutating func asPattern() throws -> PatternNode {
    let start = token.span
    let first = try deeper { try $0.closedPattern() }
    var options = [first]
    var places = [start]
    while takeOp("|") {
      places.append(token.span)
      options.append(try deeper { try $0.closedPattern() })
    }
    if options.count > 1 {
      for (k, option) in options.enumerated().dropLast() where option.isIrrefutable {
        let what = if case .capture(let n) = option { "name capture '\(n)'" } else { "wildcard" }
        throw SyntaxProblem("\(what) makes remaining patterns unreachable", places[k])
      }
      let names = Set(options[0].names)
      if options.contains(where: { Set($0.names) != names }) {
        throw SyntaxProblem("alternative patterns bind different names", previous)
      }
    }
    var out = options.count == 1 ? first : .either(options)
    if takeKeyword("as") {
      let n = try name()
      if n == "_" { throw SyntaxProblem("cannot use '_' as a target", previous) }
      out = .alias(out, n)
    }
    return out
  }

  private mutating func closedPattern() throws -> PatternNode {
    let start = token.span
    switch token.kind {
    case .keyword("None"), .keyword("True"), .keyword("False"):
      let word = token.kind
      at += 1
      let kind: Expression.Kind = word == .keyword("None") ? .none : word == .keyword("True") ? .true : .false
      return .value(Expression(kind, start), isSingleton: true)
    case .integer, .float, .imaginary, .string, .op("-"):
      if isOp("-") {
        switch nextToken.kind {
        case .integer, .float, .imaginary: break
        default: throw SyntaxProblem("invalid syntax", nextToken.span)
        }
      }
      let value = try sum()
      if case .binary(let op, let left, let right) = value.kind {
        guard op == "+" || op == "-", left.isSignedNumber else {
          throw SyntaxProblem("invalid syntax", right.span)
        }
        guard case .imaginary = right.kind else {
          throw SyntaxProblem("imaginary number required in complex literal", right.span)
        }
      }
      return .value(value, isSingleton: false)
    case .op("("):
      at += 1
      if takeOp(")") { return .sequence([]) }
      let first = try starOrPattern()
      if isOp(",") {
        var items = [first]
        while takeOp(",") {
          if isOp(")") { break }
          items.append(try starOrPattern())
        }
        try expectOp(")")
        try refuseTwoStars(items, start.through(previous))
        return .sequence(items)
      }
      try expectOp(")")
      if case .star = first { return .sequence([first]) }
      return first
    case .op("["):
      at += 1
      var items: [PatternNode] = []
      while !isOp("]") {
        items.append(try starOrPattern())
        if !takeOp(",") { break }
      }
      try expectOp("]")
      try refuseTwoStars(items, start.through(previous))
      return .sequence(items)
    case .op("{"): return try mappingPattern()
    case .name(let n):
      at += 1
      if !isOp("."), !isOp("(") { return n == "_" ? .wildcard : .capture(n) }
      var e = Expression(.name(n), start)
      while takeOp(".") {
        let attribute = try name()
        e = Expression(.attribute(e, attribute), start.through(previous), depth: e.depth + 1)
      }
      guard takeOp("(") else { return .value(e, isSingleton: false) }
      return try instancePattern(e)
    default: throw invalid()
    }
  }

  private func refuseTwoStars(_ items: [PatternNode], _ span: Span) throws {
    let stars = items.count { if case .star = $0 { true } else { false } }
    if stars > 1 { throw SyntaxProblem("multiple starred names in sequence pattern", span) }
  }

  private mutating func mappingPattern() throws -> PatternNode {
    at += 1
    var pairs: [(key: Expression, pattern: PatternNode)] = []
    var rest: String?
    while !isOp("}") {
      if takeOp("**") {
        rest = try name()
        if isOp(","), nextToken.kind != .op("}") { throw SyntaxProblem("invalid syntax", nextToken.span) }
      } else {
        let key: Expression
        if isKeyword("None") || isKeyword("True") || isKeyword("False") {
          key = try expression()
        } else {
          key = try sum()
        }
        guard takeOp(":") else { throw invalid() }
        pairs.append((key, try asPattern()))
      }
      if !takeOp(",") { break }
    }
    try expectOp("}")
    return .mapping(pairs, rest: rest)
  }

  private mutating func instancePattern(_ c: Expression) throws -> PatternNode {
    var places: [PatternNode] = []
    var named: [(name: String, pattern: PatternNode)] = []
    while !isOp(")") {
      if case .name(let n) = token.kind, nextToken.kind == .op("=") {
        at += 2
        named.append((n, try asPattern()))
      } else {
        if !named.isEmpty { throw SyntaxProblem("positional patterns follow keyword patterns", token.span) }
        places.append(try asPattern())
      }
      if !takeOp(",") { break }
    }
    try expectOp(")")
    return .instance(c, places, named, c.span.through(previous))
  }
}
