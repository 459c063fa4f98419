/// Groups of exceptions: how they are made and taken apart, and what `except*` does with them.
enum ExceptionGroups {
  static let names = ["BaseExceptionGroup", "ExceptionGroup"]

  static func isGroup(_ c: ClassObject) -> Bool { c.isSubclass(of: Exceptions.type(names[0])) }

  /// What a group holds.
  struct Contents {
    let message: Value
    let members: [InstanceObject]
  }

  /// The methods and properties of `BaseExceptionGroup`.
  static func fill(_ c: ClassObject) {
    c.property("message") { me, _ in contents(me)?.message ?? .none }
    c.property("exceptions") { me, _ in .tuple((contents(me)?.members ?? []).map { .object($0) }) }
    c.method("derive") { me, a, i in
      let members = try a.positionalOnly("derive", 1...1)
      return try i.instantiate(
        Exceptions.type(names[0]), Arguments([contents(me)?.message ?? .none] + members))
    }
    c.method("split") { me, a, i in
      let test = try condition(a.positionalOnly("split", 1...1)[0])
      guard let group = me.object as? InstanceObject else { return .none }
      let parts = try split(group, i) { try test($0, i) }
      return .tuple([parts.match, parts.rest].map { $0.map { .object($0) } ?? .none })
    }
    c.method("subgroup") { me, a, i in
      let test = try condition(a.positionalOnly("subgroup", 1...1)[0])
      guard let group = me.object as? InstanceObject else { return .none }
      return try split(group, i) { try test($0, i) }.match.map { .object($0) } ?? .none
    }
  }

  private static func contents(_ v: Value) -> Contents? {
    (v.object as? InstanceObject)?.exception?.group
  }

  /// `ExceptionGroup(message, exceptions)`, with CPython's complaints.
  static func make(_ c: ClassObject, _ arguments: [Value], _ i: Interpreter) throws -> InstanceObject {
    guard arguments.count == 2 else {
      throw Raise.type("BaseExceptionGroup.__new__() takes exactly 2 arguments (\(arguments.count) given)")
    }
    guard arguments[0].object is StringObject else {
      throw Raise.type("BaseExceptionGroup.__new__() argument 1 must be str, not \(i.typeName(arguments[0]))")
    }
    guard let sequence = arguments[1].object, sequence is ListObject || sequence is TupleObject else {
      throw Raise.type("second argument (exceptions) must be a sequence")
    }
    let items = try i.array(arguments[1])
    if items.isEmpty { throw Raise.value("second argument (exceptions) must be a non-empty sequence") }
    var members: [InstanceObject] = []
    for (k, item) in items.enumerated() {
      guard let e = item.object as? InstanceObject, e.isException else {
        throw Raise.value("Item \(k) of second argument (exceptions) is not an exception")
      }
      members.append(e)
    }
    let (base, plain) = (Exceptions.type(names[0]), Exceptions.type(names[1]))
    var exact = c
    if !members.allSatisfy({ $0.classObject.isSubclass(of: Exceptions.type("Exception")) }) {
      if c.isSubclass(of: plain) { throw Raise.type("Cannot nest BaseExceptions in an ExceptionGroup") }
      if c.isSubclass(of: Exceptions.type("Exception")) {
        throw Raise.type("Cannot nest BaseExceptions in '\(c.name)'")
      }
    } else if c === base {
      exact = plain
    }
    let made = Exceptions.make(exact, arguments)
    made.exception?.group = Contents(message: arguments[0], members: members)
    return made
  }

  /// The test that an argument of `split` or `subgroup` stands for.
  private static func condition(
    _ v: Value
  ) throws -> (InstanceObject, Interpreter) throws -> Bool {
    func isType(_ v: Value) -> Bool { (v.object as? ClassObject)?.isSubclass(of: Exceptions.base) == true }
    if isType(v) || (v.object as? TupleObject)?.items.allSatisfy(isType) == true {
      return { try $1.matches($0, v) }
    }
    guard v.object is FunctionObject || v.object is BoundMethod || v.object is NativeFunction else {
      throw Raise.type("expected a function, exception type or tuple of exception types")
    }
    return { try $1.isTrue($1.call(v, Arguments([.object($0)]))) }
  }

  /// What of an exception passes a test and what does not, each in groups as it lay.
  static func split(
    _ e: InstanceObject, _ i: Interpreter, _ test: (InstanceObject) throws -> Bool
  ) throws -> (match: InstanceObject?, rest: InstanceObject?) {
    if try test(e) { return (e, nil) }
    guard let group = e.exception?.group else { return (nil, e) }
    var (matches, others): ([InstanceObject], [InstanceObject]) = ([], [])
    for member in group.members {
      let parts = try split(member, i, test)
      if let match = parts.match { matches.append(match) }
      if let rest = parts.rest { others.append(rest) }
    }
    if matches.isEmpty { return (nil, e) }
    return (try derived(e, matches, i), others.isEmpty ? nil : try derived(e, others, i))
  }

  /// A group like this one, of these.
  private static func derived(
    _ e: InstanceObject, _ members: [InstanceObject], _ i: Interpreter
  ) throws -> InstanceObject? {
    let list = Value.list(members.map { .object($0) })
    guard let made = try i.callMethod(.object(e), "derive", Arguments([list]))?.object as? InstanceObject,
      isGroup(made.classObject)
    else { throw Raise.type("derive must return an instance of BaseExceptionGroup") }
    if let (from, to) = e.exception.flatMap({ a in made.exception.map { (a, $0) } }) {
      (to.traceback, to.notes) = (from.traceback, from.notes)
      (to.cause, to.context, to.suppressesContext) = (from.cause, from.context, from.suppressesContext)
    }
    return made
  }

  /// An exception that is in no group, for the handlers of `except*`; or several, raised by them.
  fileprivate static func wrapped(_ members: Value, _ i: Interpreter) throws -> InstanceObject {
    try make(Exceptions.type(names[0]), [.string(""), members], i)
  }
}

/// How far the handlers of a `try … except*` have come.
final class GroupHandling: Object {
  let original: InstanceObject
  /// What no handler has taken.
  var rest: InstanceObject?
  /// What the handler at hand has.
  var current: InstanceObject? {
    didSet { places = current?.exception?.traceback.count ?? 0 }
  }
  /// How long its traceback was: a bare `raise` leaves it so.
  private var places = 0
  /// What the handlers raised, and of that which was taken and given back by a bare `raise`.
  var raised: [InstanceObject] = []
  var givenBack: [InstanceObject] = []

  init(_ original: InstanceObject) {
    self.original = original
    rest = original
  }

  /// Whether a handler for these types takes anything; ``current`` is what.
  func matches(_ type: Value, _ i: Interpreter) throws -> Bool {
    for one in (type.object as? TupleObject)?.items ?? [type] {
      if let c = one.object as? ClassObject, ExceptionGroups.isGroup(c) {
        throw Raise.type("catching ExceptionGroup with except* is not allowed. Use except instead.")
      }
    }
    guard let left = rest else { return false }
    let parts = try ExceptionGroups.split(left, i) {
      try $0.exception?.group == nil && i.matches($0, type)
    }
    guard let match = parts.match else { return false }
    rest = parts.rest
    current =
      match.exception?.group == nil
      ? try ExceptionGroups.wrapped(.tuple([.object(match)]), i) : match
    return true
  }

  /// Takes what a handler raised.
  func take(_ e: InstanceObject) {
    if e === current, e.exception?.traceback.count == places {
      givenBack.append(e)
    } else {
      raised.append(e)
    }
  }

  /// What goes on when all handlers are through; `nil` where all is done.
  func outcome(_ i: Interpreter) throws -> InstanceObject? {
    if original.exception?.group == nil { return raised.first ?? givenBack.first ?? rest }
    let kept = givenBack + [rest].compactMap { $0 }
    var all = raised
    if !kept.isEmpty {
      var leaves: Set<ObjectIdentifier> = []
      func collect(_ e: InstanceObject) {
        guard let members = e.exception?.group?.members else {
          leaves.insert(ObjectIdentifier(e))
          return
        }
        for member in members { collect(member) }
      }
      for e in kept { collect(e) }
      let back = try ExceptionGroups.split(original, i) {
        $0.exception?.group == nil && leaves.contains(ObjectIdentifier($0))
      }
      if let match = back.match { all.append(match) }
    }
    return all.count < 2 ? all.first : try ExceptionGroups.wrapped(.list(all.map { .object($0) }), i)
  }
}

extension Interpreter {
  /// The traceback of a group with its members', in a tree.
  func groupParts(
    _ e: InstanceObject, _ message: String, _ limit: Int?, depth: Int
  ) -> [String] {
    guard let members = e.exception?.group?.members else { return [] }
    let isOutermost = depth == 0
    let own = isOutermost ? 1 : depth
    var out: [String] = []
    for (k, part) in single(e, message, limit, group: "Exception Group ").enumerated() {
      let mark = isOutermost && k == 0 && part.hasPrefix("Exception Group ") ? "+" : "|"
      out.append(indented(part, depth: own, mark))
    }
    let shown = members.prefix(15)
    for (k, member) in shown.enumerated() {
      out.append(groupLine(k == 0 ? "+-" : "  ", "\(k + 1)", own))
      out += nestedParts(member, limit, depth: own + 1)
    }
    if members.count > shown.count {
      let more = members.count - shown.count
      out.append(groupLine("  ", "...", own))
      out.append(indented("and \(more) more exception\(more > 1 ? "s" : "")\n", depth: own + 1, "|"))
    }
    // A group that ends another closes it, too.
    if members.count > shown.count || shown.last?.exception?.group == nil {
      out.append(String(repeating: " ", count: 2 * (own + 1)) + "+------------------------------------\n")
    }
    return out
  }

  private func groupLine(_ start: String, _ title: String, _ depth: Int) -> String {
    String(repeating: " ", count: 2 * depth) + start + "+---------------- \(title) ----------------\n"
  }

  private func nestedParts(_ e: InstanceObject, _ limit: Int?, depth: Int) -> [String] {
    chainParts(e, chains: true, nil, limit, depth: depth)
  }

  /// Every line behind a margin.
  func indented(_ text: String, depth: Int, _ mark: String = "|") -> String {
    guard depth > 0 else { return text }
    let margin = String(repeating: " ", count: 2 * depth) + mark + " "
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let isEnded = lines.last?.isEmpty == true
    if isEnded { lines.removeLast() }
    return lines.map { margin + $0 }.joined(separator: "\n") + (isEnded ? "\n" : "")
  }
}
