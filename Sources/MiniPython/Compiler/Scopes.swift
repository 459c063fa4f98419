/// Which names a function binds, uses, and shares with those inside and around it.
final class ScopeInfo {
  enum Kind { case module, function, classBody }
  let kind: Kind
  var bound: [String] = []
  private var boundSet: Set<String> = []
  var used: Set<String> = []
  var globals: Set<String> = []
  var nonlocals: Set<String> = []
  var parameters: Set<String> = []
  var nonlocalSpans: [String: Span] = [:]
  var children: [ScopeInfo] = []
  var isGenerator = false
  var isComprehension = false
  weak var parent: ScopeInfo?
  /// Names it makes cells for.
  var cells: [String] = []
  /// Names whose cells it gets from around.
  var free: [String] = []

  init(_ kind: Kind) { self.kind = kind }

  func bind(_ name: String) {
    if globals.contains(name) || nonlocals.contains(name) {
      used.insert(name)
    } else if boundSet.insert(name).inserted {
      bound.append(name)
    }
  }
  func isBound(_ name: String) -> Bool { boundSet.contains(name) }

  /// Finds the cells: names of functions that functions inside them use. Called once on the module.
  func resolve(enclosing: [ScopeInfo] = []) throws {
    for child in children { try child.resolve(enclosing: enclosing + [self]) }
    var wanted = used.union(nonlocals)
    for child in children { wanted.formUnion(child.free) }
    let fromInside = Set(children.flatMap(\.free))
    guard kind != .module else { return }
    let functions = enclosing.filter { $0.kind == .function }
    for (name, span) in nonlocalSpans.sorted(by: { $0.key < $1.key })
    where !functions.contains(where: { $0.isBound(name) && !$0.globals.contains(name) }) {
      throw SyntaxProblem("no binding for nonlocal '\(name)' found", span)
    }
    for name in wanted.sorted() where !globals.contains(name) {
      if isBound(name), !nonlocals.contains(name), kind == .function {
        if fromInside.contains(name) { cells.append(name) }
      } else if functions.contains(where: {
        $0.isBound(name) && !$0.globals.contains(name) && !$0.nonlocals.contains(name)
      }),
        !(isBound(name) && kind == .classBody) || fromInside.contains(name)
      {
        free.append(name)
      }
    }
  }
}

/// Builds the scopes of a program.
struct ScopeBuilder {
  /// By function, lambda, comprehension or class node.
  var scopes: [ObjectIdentifier: ScopeInfo] = [:]
  /// Not so below `from __future__ import annotations`.
  var evaluatesHints = true

  mutating func module(_ body: [StatementNode]) throws -> ScopeInfo {
    let scope = ScopeInfo(.module)
    evaluatesHints = !body.contains {
      if case .importFrom("__future__", let names) = $0.kind {
        names.contains { $0.name == "annotations" }
      } else {
        false
      }
    }
    try statements(body, scope)
    try scope.resolve()
    return scope
  }

  private mutating func child(_ node: AnyObject, _ kind: ScopeInfo.Kind, of scope: ScopeInfo) -> ScopeInfo {
    let made = ScopeInfo(kind)
    made.parent = scope
    scopes[ObjectIdentifier(node)] = made
    scope.children.append(made)
    return made
  }

  private mutating func statements(_ body: [StatementNode], _ scope: ScopeInfo) throws {
    for statement in body { try self.statement(statement, scope) }
  }

  private mutating func statement(_ s: StatementNode, _ scope: ScopeInfo) throws {
    switch s.kind {
    case .expression(let e): try expression(e, scope)
    case .assign(let targets, let value):
      try expression(value, scope)
      for t in targets { try target(t, scope) }
    case .augmented(let t, _, let value):
      try expression(t, scope)
      try expression(value, scope)
      try target(t, scope)
    case .annotated(let t, let hint, let value):
      if scope.kind != .function, evaluatesHints { try expression(hint, scope) }
      if let value { try expression(value, scope) }
      if value == nil, case .name(let name) = t.kind, scope.kind != .function {
        // A bare hint binds nothing.
        scope.used.insert(name)
      } else {
        try target(t, scope)
      }
    case .delete(let targets): for t in targets { try target(t, scope) }
    case .pass, .break, .continue: break
    case .return(let value):
      guard scope.kind == .function else { throw SyntaxProblem("'return' outside function", s.span) }
      if let value { try expression(value, scope) }
    case .global(let names):
      for name in names {
        if scope.parameters.contains(name) {
          throw SyntaxProblem("name '\(name)' is parameter and global", s.span)
        }
        if scope.isBound(name) || scope.used.contains(name), scope.kind == .function {
          let how = scope.isBound(name) ? "assigned to" : "used"
          throw SyntaxProblem(
            "name '\(name)' is \(how) \(scope.isBound(name) ? "before" : "prior to") global declaration",
            s.span)
        }
        scope.globals.insert(name)
      }
    case .nonlocal(let names):
      guard scope.kind == .function else {
        throw SyntaxProblem("nonlocal declaration not allowed at module level", s.span)
      }
      for name in names {
        if scope.parameters.contains(name) {
          throw SyntaxProblem("name '\(name)' is parameter and nonlocal", s.span)
        }
        if scope.isBound(name) {
          throw SyntaxProblem("name '\(name)' is assigned to before nonlocal declaration", s.span)
        }
        scope.nonlocals.insert(name)
        scope.nonlocalSpans[name] = s.span
      }
    case .assert(let test, let message):
      try expression(test, scope)
      if let message { try expression(message, scope) }
    case .raise(let value, let cause):
      if let value { try expression(value, scope) }
      if let cause { try expression(cause, scope) }
    case .import(let modules):
      for m in modules { scope.bind(m.alias ?? String(m.module.split(separator: ".")[0])) }
    case .importFrom(_, let names): for n in names where n.name != "*" { scope.bind(n.alias ?? n.name) }
    case .if(let branches, let otherwise):
      for b in branches {
        try expression(b.test, scope)
        try statements(b.body, scope)
      }
      try statements(otherwise, scope)
    case .while(let test, let body, let otherwise):
      try expression(test, scope)
      try statements(body, scope)
      try statements(otherwise, scope)
    case .for(let t, let iterable, let body, let otherwise):
      try expression(iterable, scope)
      try target(t, scope)
      try statements(body, scope)
      try statements(otherwise, scope)
    case .with(let items, let body):
      for item in items {
        try expression(item.context, scope)
        if let t = item.target { try target(t, scope) }
      }
      try statements(body, scope)
    case .try(let body, let handlers, let otherwise, let finally):
      try statements(body, scope)
      for h in handlers {
        if let type = h.type { try expression(type, scope) }
        if let name = h.name { scope.bind(name) }
        try statements(h.body, scope)
      }
      try statements(otherwise, scope)
      try statements(finally, scope)
    case .match(let subject, let cases):
      try expression(subject, scope)
      for one in cases {
        for e in one.pattern.expressions { try expression(e, scope) }
        for name in one.pattern.names { scope.bind(name) }
        if let test = one.guardTest { try expression(test, scope) }
        try statements(one.body, scope)
      }
    case .function(let f):
      for d in f.decorators { try expression(d, scope) }
      scope.bind(f.name)
      if let hint = f.returns, evaluatesHints { try expression(hint, scope) }
      let inner = child(f, .function, of: scope)
      try parameters(f.parameters, inner, outer: scope)
      try statements(f.body, inner)
    case .class(let c):
      for d in c.decorators { try expression(d, scope) }
      for b in c.bases { try expression(b.value, scope) }
      scope.bind(c.name)
      let inner = child(c, .classBody, of: scope)
      try statements(c.body, inner)
    }
  }

  private mutating func parameters(_ p: Parameters, _ inner: ScopeInfo, outer: ScopeInfo) throws {
    for one in p.positional + p.keywordOnly {
      if let value = one.defaultValue { try expression(value, outer) }
      inner.bind(one.name)
      inner.parameters.insert(one.name)
    }
    if evaluatesHints { for (_, hint) in p.hints { try expression(hint, outer) } }
    if let star = p.star {
      inner.bind(star.name)
      inner.parameters.insert(star.name)
    }
    if let star = p.doubleStar {
      inner.bind(star.name)
      inner.parameters.insert(star.name)
    }
  }

  private mutating func target(_ e: Expression, _ scope: ScopeInfo) throws {
    switch e.kind {
    case .name(let name): scope.bind(name)
    case .tuple(let items), .list(let items): for item in items { try target(item, scope) }
    case .starred(let inner): try target(inner, scope)
    default: try expression(e, scope)
    }
  }

  private mutating func expression(_ e: Expression, _ scope: ScopeInfo) throws {
    switch e.kind {
    case .none, .true, .false, .ellipsis, .integer, .bigInteger, .float, .imaginary, .string, .bytes: break
    case .joined(let parts): try joined(parts, scope)
    case .name(let name): scope.used.insert(name)
    case .attribute(let base, _): try expression(base, scope)
    case .subscripted(let base, let index):
      try expression(base, scope)
      try expression(index, scope)
    case .slice(let a, let b, let c):
      for part in [a, b, c] { if let part { try expression(part, scope) } }
    case .call(let f, let arguments):
      try expression(f, scope)
      if case .name("super") = f.kind { scope.used.insert("__class__") }
      for a in arguments { try expression(a.value, scope) }
    case .unary(_, let inner), .starred(let inner): try expression(inner, scope)
    case .binary(_, let a, let b):
      try expression(a, scope)
      try expression(b, scope)
    case .boolean(_, let items), .tuple(let items), .list(let items), .set(let items):
      for item in items { try expression(item, scope) }
    case .compare(let first, let rest):
      try expression(first, scope)
      for r in rest { try expression(r.right, scope) }
    case .conditional(let test, let then, let otherwise):
      for part in [test, then, otherwise] { try expression(part, scope) }
    case .lambda(let p, let body):
      let inner = child(e, .function, of: scope)
      try parameters(p, inner, outer: scope)
      try expression(body, inner)
    case .dictionary(let pairs):
      for p in pairs {
        if let key = p.key { try expression(key, scope) }
        try expression(p.value, scope)
      }
    case .comprehension(let c):
      try expression(c.clauses[0].iterable, scope)
      let inner = child(e, .function, of: scope)
      inner.isComprehension = true
      for (k, clause) in c.clauses.enumerated() {
        if k > 0 { try expression(clause.iterable, inner) }
        try target(clause.target, inner)
        for condition in clause.conditions { try expression(condition, inner) }
      }
      try expression(c.element, inner)
      if let value = c.value { try expression(value, inner) }
    case .walrus(let name, let value):
      try expression(value, scope)
      // In a comprehension it binds a name of the function around.
      var (owner, between): (ScopeInfo, [ScopeInfo]) = (scope, [])
      while owner.isComprehension, let around = owner.parent {
        between.append(owner)
        owner = around
      }
      owner.bind(name)
      for inner in between {
        if inner.isBound(name) {
          throw SyntaxProblem(
            "assignment expression cannot rebind comprehension iteration variable '\(name)'",
            Span(
              line: e.span.line, column: e.span.column, endLine: e.span.line,
              endColumn: e.span.column + Int32(name.unicodeScalars.count)))
        }
        if owner.kind == .function, !owner.globals.contains(name) {
          inner.nonlocals.insert(name)
        } else {
          inner.globals.insert(name)
        }
        inner.used.insert(name)
      }
    case .yield(let value):
      guard scope.kind == .function else { throw SyntaxProblem("'yield' outside function", e.span) }
      scope.isGenerator = true
      if let value { try expression(value, scope) }
    case .yieldFrom(let value):
      guard scope.kind == .function else { throw SyntaxProblem("'yield' outside function", e.span) }
      scope.isGenerator = true
      try expression(value, scope)
    }
  }

  private mutating func joined(_ parts: [JoinedPart], _ scope: ScopeInfo) throws {
    for part in parts {
      if case .field(let e, _, let format) = part.kind {
        try expression(e, scope)
        try joined(format, scope)
      }
    }
  }
}
