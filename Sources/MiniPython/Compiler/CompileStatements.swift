/// Statements.
extension Compiler {
  func statements(_ body: [StatementNode]) throws {
    for s in body { try statement(s) }
  }

  private func statement(_ s: StatementNode) throws {
    span = s.span
    if code.library == nil { emit(.statement) }
    switch s.kind {
    case .expression(let e):
      if case .string = e.kind { return }
      try expression(e)
      emit(.pop)
    case .assign(let targets, let value):
      try expression(value)
      for (k, target) in targets.enumerated() {
        if k < targets.count - 1 { emit(.dup) }
        try store(target)
      }
    case .augmented(let target, let op, let value): try augmented(target, op, value, s.span)
    case .annotated(let target, let hint, let value):
      if let value {
        try expression(value)
        try store(target)
      }
      if scope.kind == .classBody, case .name(let name) = target.kind {
        if globals.evaluatesHints { try self.hint(hint) } else { constant(.string(hint.asText)) }
        span = s.span
        emit(.annotate, self.name(name))
      } else if scope.kind == .module, globals.evaluatesHints {
        try self.hint(hint)
        emit(.pop)
      }
    case .delete(let targets): for target in targets { try delete(target) }
    case .pass, .global, .nonlocal: break
    case .break:
      guard let level = loopLevel() else { throw SyntaxProblem("'break' outside loop", s.span) }
      try unwind(to: level + 1, keepingTop: false)
      if case .loop(_, let breaks, let isFor) = blocks[level] {
        if isFor {
          emit(.pop)
          depth += 1
        }
        breaks.sites.append(emit(.jump))
      }
    case .continue:
      guard let level = loopLevel() else { throw SyntaxProblem("'continue' not properly in loop", s.span) }
      try unwind(to: level + 1, keepingTop: false)
      if case .loop(let target, _, _) = blocks[level] { emit(.jump, target) }
    case .return(let value):
      if let value { try expression(value) } else { emit(.none) }
      span = s.span
      try unwind(to: 0, keepingTop: true)
      emit(.returnValue)
    case .assert(let test, let message):
      checkAssertion(test, s.span)
      try truth(of: test, at: s.span.unmarked)
      let ok = emit(.jumpIfTrue)
      if let message { try expression(message) }
      // CPython marks the last comparison of the test; a whole statement has no carets.
      span = Compiler.lastComparison(test)?.span ?? s.span.unmarked
      emit(.assertFailed, message == nil ? 0 : 1)
      patch(ok)
    case .raise(let value, let cause):
      if let value { try expression(value) }
      if let cause { try expression(cause) }
      span = s.span
      emit(.raise, (value == nil ? 0 : 1) + (cause == nil ? 0 : 1))
    case .import(let modules):
      for m in modules {
        emit(.importModule, name(m.module), m.alias == nil ? 0 : 1)
        access(m.alias ?? String(m.module.split(separator: ".")[0]), .store)
      }
    case .importFrom(let module, let names):
      emit(.importModule, name(module), 1)
      for n in names {
        if n.name == "*" {
          guard scope.kind == .module else {
            throw SyntaxProblem(
              "import * only allowed at module level",
              Span(
                line: s.span.endLine, column: s.span.endColumn - 1, endLine: s.span.endLine,
                endColumn: s.span.endColumn))
          }
          emit(.importStar)
          return
        }
        emit(.importFrom, name(n.name))
        access(n.alias ?? n.name, .store)
      }
      emit(.pop)
    case .if(let branches, let otherwise):
      let ends = Jumps()
      for (k, branch) in branches.enumerated() {
        if k > 0 { span = branch.test.span }
        let skip = try jump(unless: branch.test, at: (k > 0 ? branch.test.span : s.span).unmarked)
        try statements(branch.body)
        if k < branches.count - 1 || !otherwise.isEmpty { ends.sites.append(emit(.jump)) }
        patch(skip)
      }
      try statements(otherwise)
      patch(ends)
    case .while(let test, let body, let otherwise): try whileLoop(test, body, otherwise, s.span.unmarked)
    case .for(let target, let iterable, let body, let otherwise):
      try forLoop(target, iterable, body, otherwise, s.span)
    case .with(let items, let body): try with(items[...], body, s.span)
    case .try(let body, let handlers, let otherwise, let finally):
      try tryStatement(body, handlers, otherwise, finally)
    case .match(let subject, let cases): try matchStatement(subject, cases)
    case .function(let f): try function(f)
    case .class(let c): try classStatement(c)
    }
  }

  private func loopLevel() -> Int? {
    blocks.lastIndex { if case .loop = $0 { true } else { false } }
  }

  private func whileLoop(
    _ test: Expression, _ body: [StatementNode], _ otherwise: [StatementNode], _ place: Span
  ) throws {
    let start = here
    let exit = try jump(unless: test, at: place)
    let breaks = Jumps()
    blocks.append(.loop(continueTarget: start, breaks: breaks, isFor: false))
    try statements(body)
    blocks.removeLast()
    emit(.jump, start)
    patch(exit)
    try statements(otherwise)
    patch(breaks)
  }

  private func forLoop(
    _ target: Expression, _ iterable: Expression, _ body: [StatementNode], _ otherwise: [StatementNode],
    _ at: Span
  ) throws {
    try expression(iterable)
    span = iterable.span.unmarked
    emit(.iterate)
    let start = here
    let next = emit(.forNext)
    try store(target)
    let breaks = Jumps()
    blocks.append(.loop(continueTarget: start, breaks: breaks, isFor: true))
    try statements(body)
    blocks.removeLast()
    emit(.jump, start)
    patch(next)
    // The machine popped the iterator when it was spent.
    depth -= 1
    try statements(otherwise)
    patch(breaks)
  }

  /// The comparison that decides a test, by way of `not`, `and`, `or` and conditionals.
  static func lastComparison(_ e: Expression) -> Expression? {
    switch e.kind {
    case .compare: e
    case .unary("not", let inner): lastComparison(inner)
    case .boolean(_, let items): items.reversed().lazy.compactMap(lastComparison).first
    case .conditional(let test, let then, let otherwise):
      lastComparison(otherwise) ?? lastComparison(then) ?? lastComparison(test)
    default: nil
    }
  }

  private func with(
    _ items: ArraySlice<(context: Expression, target: Expression?)>, _ body: [StatementNode], _ at: Span
  ) throws {
    guard let item = items.first else { return try statements(body) }
    try expression(item.context)
    span = item.context.span.unmarked
    let base = depth - 1
    emit(.enterWith)
    blocks.append(.with)
    let range = try guarded {
      if let target = item.target { try store(target) } else { emit(.pop) }
      try with(items.dropFirst(), body, at)
    }
    blocks.removeLast()
    span = at.unmarked
    emit(.exitWith)
    let over = emit(.jump)
    addHandler(range, stackDepth: base + 1)
    // Stack: the manager, the exception.
    depth = base + 2
    code.maximumStack = max(code.maximumStack, depth)
    emit(.exitWithException)
    depth = base
    patch(over)
  }

  /// The handlers of `except*`: each takes its part of what was raised; what is left goes on behind the last.
  private func groupHandlers(_ handlers: [Handler]) throws {
    let base = depth - 1
    emit(.enterGroup)
    for h in handlers {
      span = h.span
      if let type = h.type { try expression(type) }
      span = h.span
      emit(.matchGroup)
      let skip = emit(.jumpIfFalse)
      emit(.loadGroup)
      if let name = h.name { access(name, .store) } else { emit(.pop) }
      blocks.append(.groupHandler)
      let handled = try guarded { try statements(h.body) }
      blocks.removeLast()
      let over = emit(.jump)
      addHandler(handled, stackDepth: base + 1)
      depth = base + 2
      code.maximumStack = max(code.maximumStack, depth)
      emit(.takeGroup)
      patch(over)
      emit(.leaveHandler)
      if let name = h.name { clear(name) }
      patch(skip)
    }
    emit(.leaveGroup)
  }

  private func tryStatement(
    _ body: [StatementNode], _ handlers: [Handler], _ otherwise: [StatementNode], _ finally: [StatementNode]
  ) throws {
    let base = depth
    if !finally.isEmpty { blocks.append(.finally(finally)) }
    let whole = try guarded {
      let tried = try guarded { try statements(body) }
      if handlers.isEmpty { return }
      let ends = Jumps()
      try statements(otherwise)
      ends.sites.append(emit(.jump))
      addHandler(tried, stackDepth: base)
      depth = base + 1
      code.maximumStack = max(code.maximumStack, depth + 1)
      emit(.enterHandler)
      if handlers[0].isGroup {
        try groupHandlers(handlers)
        patch(ends)
        return
      }
      for (k, h) in handlers.enumerated() {
        if h.type == nil, k < handlers.count - 1 {
          throw SyntaxProblem(
            "default 'except:' must be last",
            Span(line: h.span.line, column: h.span.column, endLine: h.span.line + 1, endColumn: 0))
        }
        span = h.span
        var skip: Int?
        if let type = h.type {
          try expression(type)
          span = h.span
          emit(.matchException)
          skip = emit(.jumpIfFalse)
        }
        if let name = h.name {
          access(name, .store)
        } else {
          emit(.pop)
        }
        blocks.append(.handler(name: h.name))
        let handled = try guarded { try statements(h.body) }
        blocks.removeLast()
        emit(.leaveHandler)
        if let name = h.name { clear(name) }
        ends.sites.append(emit(.jump))
        // Raised inside the handler: leave it, then on.
        addHandler(handled, stackDepth: base)
        depth = base + 1
        emit(.leaveHandler)
        emit(.reraise)
        depth = base + 1
        if let skip { patch(skip) }
      }
      emit(.leaveHandler)
      emit(.reraise)
      depth = base
      patch(ends)
    }
    guard !finally.isEmpty else { return }
    blocks.removeLast()
    try statements(finally)
    let over = emit(.jump)
    addHandler(whole, stackDepth: base)
    depth = base + 1
    code.maximumStack = max(code.maximumStack, depth + 1)
    emit(.enterHandler)
    let inFinally = try guarded { try statements(finally) }
    emit(.leaveHandler)
    emit(.reraise)
    addHandler(inFinally, stackDepth: base + 1)
    depth = base + 2
    emit(.leaveHandler)
    emit(.reraise)
    depth = base
    patch(over)
  }

  private func function(_ f: FunctionNode) throws {
    let at = span
    for d in f.decorators { try expression(d) }
    span = at
    try makeFunction(f, name: f.name, parameters: f.parameters) { inner in
      if case .expression(let e)? = f.body.first?.kind, case .string(let text) = e.kind {
        inner.code.documentation = text
      }
      try inner.statements(f.body)
      inner.emit(.none)
      inner.emit(.returnValue)
    }
    try hints(of: f)
    span = at
    for d in f.decorators.reversed() {
      span = d.span
      emit(.call, 1)
    }
    span = at
    access(f.name, .store)
  }

  private func classStatement(_ c: ClassNode) throws {
    let at = span
    for d in c.decorators { try expression(d) }
    let keywords = c.bases.compactMap { base -> (String, Expression)? in
      if case .keyword(let name) = base.kind { (name, base.value) } else { nil }
    }
    let parents = c.bases.filter { if case .positional = $0.kind { true } else { false } }
    for base in parents { try expression(base.value) }
    if !keywords.isEmpty {
      emit(.buildDict, 0)
      for (name, value) in keywords {
        constant(.string(name))
        try expression(value)
        emit(.dictSet, 1)
      }
    }
    guard let inner = scopes[ObjectIdentifier(c)] else { return }
    let prefix =
      scope.kind == .module
      ? "" : scope.kind == .classBody ? "\(code.qualifiedName)." : "\(code.qualifiedName).<locals>."
    let made = Code(name: c.name, qualifiedName: prefix + c.name)
    made.isClassBody = true
    made.firstSpan = at.unmarked
    let compiler = Compiler(code: made, scope: inner, scopes: scopes, parent: self, globals: globals)
    if case .expression(let e)? = c.body.first?.kind, case .string(let text) = e.kind {
      made.documentation = text
    }
    compiler.span = span
    try compiler.statements(c.body)
    compiler.emit(.none)
    compiler.emit(.returnValue)
    code.codes.append(made)
    emit(.makeFunction, code.codes.count - 1, 0)
    span = at.unmarked
    emit(.buildClass, parents.count * 2 + (keywords.isEmpty ? 0 : 1), name(c.name))
    for d in c.decorators.reversed() {
      span = d.span
      emit(.call, 1)
    }
    span = at
    access(c.name, .store)
  }

  private func augmented(_ target: Expression, _ op: String, _ value: Expression, _ at: Span) throws {
    let number = Int(Operators.number(op))
    func operate() throws {
      try expression(value)
      span = at
      emit(.inPlace, number)
    }
    switch target.kind {
    case .attribute(let base, let attribute):
      try expression(base)
      emit(.dup)
      span = target.span
      emit(.loadAttribute, name(attribute))
      try operate()
      emit(.rot2)
      span = target.span
      emit(.storeAttribute, name(attribute))
    case .subscripted(let base, let index):
      try expression(base)
      try expression(index)
      emit(.dup2)
      span = target.span
      let marks = Anchors(start: base.span.endColumn, end: target.span.endColumn)
      code.anchors[here] = marks
      emit(.getItem)
      try operate()
      emit(.rot3)
      span = target.span
      code.anchors[here] = marks
      emit(.setItem)
    default:
      try expression(target)
      try operate()
      try store(target)
    }
  }
}
