internal import BigInt

/// Expressions.
extension Compiler {
  func expression(_ e: Expression) throws {
    switch e.kind {
    case .none: emit(.none)
    case .true: constant(.bool(true))
    case .false: constant(.bool(false))
    case .ellipsis: constant(.object(Types.ellipsis))
    case .integer(let i): constant(.int(i))
    case .bigInteger(let b): constant(Integers.value(b))
    case .float(let d): constant(.float(d))
    case .imaginary(let d): constant(.object(ComplexObject(0, d)))
    case .bytes(let b): constant(.object(BytesObject(b)))
    case .string(let s): constant(.string(s))
    case .joined(let parts): try joined(parts, e.span)
    case .name(let name):
      span = e.span
      access(name, .load)
    case .attribute, .subscripted, .call, .binary: try spine(e)
    case .slice(let a, let b, let c):
      for part in [a, b, c] { if let part { try expression(part) } else { emit(.none) } }
      span = e.span
      emit(.buildSlice)
    case .unary(let op, let inner):
      if op == "-" {
        // A negative literal is a constant.
        if case .integer(let i) = inner.kind { return constant(.int(-i)) }
        if case .float(let d) = inner.kind { return constant(.float(-d)) }
      }
      try expression(inner)
      span = e.span
      if op == "not" { emit(.not) } else { emit(.unary, op == "-" ? 0 : op == "+" ? 1 : 2) }
    case .boolean(let isAnd, let items): try boolean(isAnd, items, at: e.span)
    case .compare(let first, let rest): try compare(first, rest, e.span)
    case .conditional(let test, let then, let otherwise):
      let skip = try jump(unless: test, at: e.span)
      try expression(then)
      let over = emit(.jump)
      depth -= 1
      patch(skip)
      try expression(otherwise)
      patch(over)
    case .lambda(let p, let body):
      span = e.span
      try makeFunction(e, name: "<lambda>", parameters: p) { inner in
        try inner.expression(body)
        inner.emit(.returnValue)
      }
    case .tuple(let items): try sequence(items, .buildTuple, e.span)
    case .list(let items): try sequence(items, .buildList, e.span)
    case .set(let items): try sequence(items, .buildSet, e.span)
    case .dictionary(let pairs): try dictionary(pairs, e.span)
    case .comprehension(let c): try comprehension(e, c)
    case .starred(let inner): throw SyntaxProblem("can't use starred expression here", inner.span)
    case .walrus(let name, let value):
      try expression(value)
      emit(.dup)
      span = e.span
      access(name, .store)
    case .yield(let value):
      if let value { try expression(value) } else { emit(.none) }
      span = e.span
      emit(.yieldValue)
    case .yieldFrom(let value):
      try expression(value)
      span = e.span
      emit(.iterate)
      emit(.yieldFrom)
    }
  }

  /// A jump taken where the test is false. What goes wrong with the truth of a value is marked where CPython marks it: at
  /// the whole expression; a statement has no carets.
  func jump(unless test: Expression, at place: Span) throws -> Int {
    try truth(of: test, at: place)
    return emit(.jumpIfFalse)
  }

  /// The value of a test, with the place of what asks for its truth: from a comparison on, that comparison.
  func truth(of test: Expression, at place: Span) throws {
    var place = place
    try tested(test, &place)
    span = place
  }

  private func tested(_ test: Expression, _ place: inout Span) throws {
    switch test.kind {
    case .boolean(let isAnd, let items):
      let ends = Jumps()
      for (k, item) in items.enumerated() {
        try tested(item, &place)
        if k < items.count - 1 {
          span = place
          ends.sites.append(emit(isAnd ? .jumpIfFalseOrPop : .jumpIfTrueOrPop))
          depth -= 1
        }
      }
      patch(ends)
    case .unary("not", let inner):
      try tested(inner, &place)
      span = place
      emit(.not)
    case .compare:
      try expression(test)
      place = test.span
    default: try expression(test)
    }
  }

  private func boolean(_ isAnd: Bool, _ items: [Expression], at place: Span) throws {
    let ends = Jumps()
    for (k, item) in items.enumerated() {
      try expression(item)
      if k < items.count - 1 {
        span = place
        ends.sites.append(emit(isAnd ? .jumpIfFalseOrPop : .jumpIfTrueOrPop))
        depth -= 1
      }
    }
    patch(ends)
  }

  /// Operations that lean left can be a thousand deep: walk down their left spine, then emit upward.
  private func spine(_ e: Expression) throws {
    var chain = [e]
    var base = e
    while true {
      let left: Expression?
      switch base.kind {
      case .attribute(let inner, _), .subscripted(let inner, _): left = inner
      case .binary(_, let inner, _): left = inner
      case .call(let f, let arguments):
        if case .attribute(let receiver, _) = f.kind, isPlain(arguments) {
          left = receiver
        } else {
          left = f
        }
      default: left = nil
      }
      guard let next = left else { break }
      base = next
      chain.append(next)
    }
    chain.removeLast()
    try expression(base)
    for node in chain.reversed() { try spineStep(node) }
  }

  private func isPlain(_ arguments: [CallArgument]) -> Bool {
    arguments.allSatisfy { if case .positional = $0.kind { true } else { false } }
  }

  private func spineStep(_ e: Expression) throws {
    switch e.kind {
    case .attribute(_, let attribute):
      span = attributeSpan(e.span, of: e, attribute)
      emit(.loadAttribute, name(attribute))
    case .subscripted(let base, let index):
      checkSubscripted(base, index, e.span)
      try expression(index)
      span = e.span
      code.anchors[here] = Anchors(start: base.span.endColumn, end: e.span.endColumn)
      emit(.getItem)
    case .binary(let op, let left, let right):
      try expression(right)
      span = e.span
      anchor(left.span, right.span, extra: 0)
      emit(.binary, Int(Operators.number(op)))
    case .call(let f, let arguments):
      checkCalled(f, e.span)
      if case .attribute(_, let method) = f.kind, isPlain(arguments) {
        span = attributeSpan(f.span, of: f, method)
        emit(.loadMethod, name(method))
        for a in arguments { try expression(a.value) }
        span = attributeSpan(e.span, of: f, method)
        emit(.callMethod, arguments.count)
      } else {
        try call(f, arguments, e.span)
      }
    default: break
    }
  }

  /// An attribute on a later line than what it is taken of is marked from its own name on.
  func attributeSpan(_ whole: Span, of e: Expression, _ name: String) -> Span {
    let length = Int32(name.unicodeScalars.count)
    guard whole.line != e.span.endLine, length <= e.span.endColumn else { return whole }
    return Span(
      line: e.span.endLine, column: e.span.endColumn - length, endLine: whole.endLine,
      endColumn: whole.endColumn)
  }

  /// CPython marks the operator: `~~^~~`.
  func anchor(_ left: Span, _ right: Span, extra: Int32) {
    guard left.endLine == right.line else { return }
    code.anchors[here] = Anchors(start: left.endColumn, end: right.column)
  }

  private func call(_ f: Expression, _ arguments: [CallArgument], _ at: Span) throws {
    if case .name("super") = f.kind, arguments.isEmpty,
      scope.isBound("self") || !code.localNames.isEmpty || !code.parameterCells.isEmpty
    {
      // `super()` means the class around and the first parameter.
      emit(.none)
      if let first = code.signature.names.first { access(first, .load) } else { emit(.none) }
      span = at
      emit(.call, 2)
      return
    }
    let isSpread = arguments.contains {
      switch $0.kind {
      case .star, .doubleStar: true
      default: false
      }
    }
    if isSpread {
      let plain = arguments.count {
        if case .positional = $0.kind { true } else if case .star = $0.kind { true } else { false }
      }
      emit(.buildList, 0)
      for a in arguments {
        switch a.kind {
        case .positional:
          try expression(a.value)
          emit(.listAppend, 1)
        case .star:
          try expression(a.value)
          span = at
          // A star alone is named with the function.
          emit(.listExtend, 0, plain == 1 ? 1 : 0)
        default: break
        }
      }
      emit(.buildDict, 0)
      var merged = false
      for a in arguments {
        switch a.kind {
        case .keyword(let key):
          // Behind `**names` it may be there already.
          if merged { emit(.buildDict) }
          constant(.string(key))
          try expression(a.value)
          emit(.dictSet, 1)
          if merged {
            span = at
            emit(.dictMerge, 0, 1)
          }
        case .doubleStar:
          merged = true
          try expression(a.value)
          span = at
          emit(.dictMerge, 0, 1)
        default: break
        }
      }
      span = at
      emit(.callSpread)
      return
    }
    var keywords: [String] = []
    for a in arguments {
      try expression(a.value)
      if case .keyword(let key) = a.kind { keywords.append(key) }
    }
    if case .attribute(_, let method) = f.kind {
      span = attributeSpan(at, of: f, method)
    } else {
      span = at
    }
    if keywords.isEmpty {
      emit(.call, arguments.count)
    } else {
      code.keywordNames.append(keywords)
      emit(.callKeywords, arguments.count, code.keywordNames.count - 1)
    }
  }

  private func compare(_ first: Expression, _ rest: [(op: String, right: Expression)], _ at: Span) throws {
    checkIdentity(first, rest, at)
    try expression(first)
    let ends = Jumps()
    for (k, part) in rest.enumerated() {
      try expression(part.right)
      let isLast = k == rest.count - 1
      if !isLast {
        emit(.dup)
        emit(.rot3)
      }
      span = at
      switch part.op {
      case "is", "is not": emit(.identity, part.op == "is" ? 0 : 1)
      case "in", "not in": emit(.contains, part.op == "in" ? 0 : 1)
      default: emit(.compare, Int(Operators.comparison(part.op)))
      }
      if !isLast {
        ends.sites.append(emit(.jumpIfFalseOrPop))
        depth -= 1
      }
    }
    guard !ends.sites.isEmpty else { return }
    let over = emit(.jump)
    patch(ends)
    // Here lie the right operand and the false result.
    emit(.rot2)
    emit(.pop)
    depth += 1
    patch(over)
  }

  private func sequence(_ items: [Expression], _ op: Instruction.Op, _ at: Span) throws {
    let hasStar = items.contains { if case .starred = $0.kind { true } else { false } }
    // Long displays would need as much stack: they are built piece by piece.
    guard hasStar || items.count > 64 else {
      for item in items { try expression(item) }
      span = at
      emit(op, items.count, op == .buildSet && items.count > 2 && items.allSatisfy(\.isConstant) ? 1 : 0)
      return
    }
    emit(op == .buildSet ? .buildSet : .buildList, 0)
    for item in items {
      if case .starred(let inner) = item.kind {
        try expression(inner)
        span = at
        emit(op == .buildSet ? .setUpdate : .listExtend)
      } else {
        try expression(item)
        emit(op == .buildSet ? .setAdd : .listAppend, 1)
      }
    }
    span = at
    if op == .buildTuple { emit(.listToTuple) }
  }

  private func dictionary(_ pairs: [(key: Expression?, value: Expression)], _ at: Span) throws {
    emit(.buildDict, 0)
    for pair in pairs {
      if let key = pair.key {
        try expression(key)
        try expression(pair.value)
        span = at
        emit(.dictSet, 1)
      } else {
        try expression(pair.value)
        span = at
        emit(.dictMerge)
      }
    }
  }

  private func joined(_ parts: [JoinedPart], _ at: Span) throws {
    var count = 0
    for part in parts {
      switch part.kind {
      case .text(let text): constant(.string(text))
      case .field(let e, let conversion, let format):
        try expression(e)
        if !format.isEmpty { try joined(format, at) }
        span = at
        let kind = conversion == "r" ? 1 : conversion == "s" ? 2 : conversion == "a" ? 3 : 0
        emit(.formatValue, kind, format.isEmpty ? 0 : 1)
      }
      count += 1
    }
    span = at
    emit(.buildString, count)
  }

  private func comprehension(_ e: Expression, _ c: Comprehension) throws {
    let name =
      switch c.kind {
      case .list: "<listcomp>"
      case .set: "<setcomp>"
      case .dictionary: "<dictcomp>"
      case .generator: "<genexpr>"
      }
    guard let info = scopes[ObjectIdentifier(e)] else { return }
    // The outermost iterable is evaluated outside and handed in.
    info.bind(".0")
    if c.kind == .generator { info.isGenerator = true }
    span = e.span
    let parameter = Parameters.Parameter(name: ".0", defaultValue: nil, annotation: nil, span: e.span)
    var parameters = Parameters()
    parameters.positional = [parameter]
    try makeFunction(e, name: name, parameters: parameters) { inner in
      switch c.kind {
      case .list: inner.emit(.buildList, 0)
      case .set: inner.emit(.buildSet, 0)
      case .dictionary: inner.emit(.buildDict, 0)
      case .generator: break
      }
      try inner.clauses(c, 0, e.span)
      if c.kind == .generator { inner.emit(.none) }
      inner.emit(.returnValue)
    }
    try expression(c.clauses[0].iterable)
    span = e.span
    emit(.iterate)
    emit(.call, 1)
  }

  private func clauses(_ c: Comprehension, _ k: Int, _ place: Span) throws {
    guard k < c.clauses.count else {
      try expression(c.element)
      switch c.kind {
      case .list: emit(.listAppend, c.clauses.count + 1)
      case .set: emit(.setAdd, c.clauses.count + 1)
      case .dictionary:
        if let value = c.value { try expression(value) }
        emit(.dictSet, c.clauses.count + 1)
      case .generator:
        span = c.element.span
        emit(.yieldValue)
        emit(.pop)
      }
      return
    }
    let clause = c.clauses[k]
    if k == 0 {
      access(".0", .load)
    } else {
      try expression(clause.iterable)
      span = place
      emit(.iterate)
    }
    let start = here
    span = place
    let next = emit(.forNext)
    try store(clause.target)
    for condition in clause.conditions {
      let skip = try jump(unless: condition, at: place)
      code.instructions[skip].a = Int32(start)
    }
    try clauses(c, k + 1, place)
    emit(.jump, start)
    patch(next)
    depth -= 1
  }

  // MARK: Targets

  func store(_ e: Expression) throws {
    switch e.kind {
    case .name(let name):
      span = e.span
      access(name, .store)
    case .attribute(let base, let attribute):
      try expression(base)
      span = attributeSpan(e.span, of: e, attribute)
      emit(.storeAttribute, name(attribute))
    case .subscripted(let base, let index):
      try expression(base)
      try expression(index)
      span = e.span
      code.anchors[here] = Anchors(start: base.span.endColumn, end: e.span.endColumn)
      emit(.setItem)
    case .tuple(let items), .list(let items):
      let stars = items.indices.filter { if case .starred = items[$0].kind { true } else { false } }
      guard stars.count <= 1 else {
        throw SyntaxProblem("multiple starred expressions in assignment", e.span)
      }
      span = e.span
      if let star = stars.first {
        emit(.unpackStarred, star, items.count - star - 1)
      } else {
        emit(.unpack, items.count)
      }
      for item in items {
        if case .starred(let inner) = item.kind { try store(inner) } else { try store(item) }
      }
    case .starred: throw SyntaxProblem("starred assignment target must be in a list or tuple", e.span)
    default: throw SyntaxProblem("cannot assign to \(Parser.describe(e))", e.span)
    }
  }

  func delete(_ e: Expression) throws {
    switch e.kind {
    case .name(let name):
      span = e.span
      access(name, .delete)
    case .attribute(let base, let attribute):
      try expression(base)
      span = attributeSpan(e.span, of: e, attribute)
      emit(.deleteAttribute, name(attribute))
    case .subscripted(let base, let index):
      try expression(base)
      try expression(index)
      span = e.span
      code.anchors[here] = Anchors(start: base.span.endColumn, end: e.span.endColumn)
      emit(.deleteItem)
    case .tuple(let items), .list(let items): for item in items { try delete(item) }
    default: throw SyntaxProblem("cannot delete \(Parser.describe(e))", e.span)
    }
  }
}
