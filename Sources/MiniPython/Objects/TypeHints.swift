/// `list[int]`, `Optional[str]`: a type hint, kept and shown, not enforced.
final class GenericAlias: Object {
  let origin: ClassObject
  let arguments: Value
  init(_ origin: ClassObject, _ arguments: Value) {
    self.origin = origin
    guard origin.module == "typing" else {
      self.arguments = arguments
      return
    }
    // `typing` takes `None` for its class.
    func named(_ v: Value) -> Value {
      switch v {
      case .none: return .object(Types.none)
      case .object(let o): return (o as? ListObject).map { .list($0.items.map(named)) } ?? v
      default: return v
      }
    }
    let isLiteral = origin.name == "Literal" || origin.name == "Annotated"
    let items = (arguments.object as? TupleObject)?.items
    self.arguments =
      isLiteral ? arguments : items.map { .tuple($0.map(named)) } ?? named(arguments)
  }

  /// Of a union its options, each once, unions inside taken apart; `nil` for other hints.
  var options: [Value]? {
    guard origin.module == "typing", origin.name == "Union" || origin.name == "Optional" else { return nil }
    let none: [Value] = origin.name == "Optional" ? [.object(Types.none)] : []
    var out: [Value] = []
    for v in ((arguments.object as? TupleObject)?.items ?? [arguments]) + none {
      for option in (v.object as? GenericAlias)?.options ?? (v.object as? UnionHint)?.options ?? [v]
      where !out.contains(where: { $0.isIdentical(to: option) }) {
        out.append(option)
      }
    }
    return out
  }

  override func compare(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    guard op == "==" || op == "!=", let b = other.object as? GenericAlias else { return nil }
    if let mine = options, let theirs = b.options {
      let same =
        try mine.count == theirs.count && mine.allSatisfy { x in try theirs.contains { try i.equal(x, $0) } }
      return .bool(same == (op == "=="))
    }
    let same = try origin === b.origin && i.equal(arguments, b.arguments)
    return .bool(same == (op == "=="))
  }
  override func hashKey(_ i: Interpreter) throws -> HashKey { .string("hint " + (try repr(i))) }
  nonisolated(unsafe) static let type = ClassObject("GenericAlias", module: "types")
  override var typeObject: ClassObject { GenericAlias.type }
  override func call(_ arguments: Arguments, _ i: Interpreter) throws -> Value {
    if origin.module == "typing" {
      if options != nil { throw Raise.type("Cannot instantiate typing.Union") }
      if let plain = TypeHint.plain[origin.name] {
        throw Raise.type("Type \(origin.name) cannot be instantiated; use \(plain.name)() instead")
      }
    }
    return try i.instantiate(origin, arguments)
  }
  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    switch name {
    case "__parameters__":
      .tuple(((arguments.object as? TupleObject)?.items ?? [arguments]).filter(TypeHint.isVariable))
    case "__origin__": .object(origin)
    case "__args__": arguments.object is TupleObject ? arguments : .tuple([arguments])
    default: try i.attribute(.object(origin), name)
    }
  }
  override func getItem(_ key: Value, _ i: Interpreter) throws -> Value { .object(self) }
  override func repr(_ i: Interpreter) throws -> String {
    if var options {
      let isNone: (Value) -> Bool = { $0.object === Types.none || !$0.isGiven }
      if options.count == 1, let only = options.first { return try TypeHint.text(only, i) }
      if options.count == 2, options.contains(where: isNone) {
        options.removeAll(where: isNone)
        return "typing.Optional[\(try options.map { try TypeHint.text($0, i) }.joined())]"
      }
      let shown = try options.map { isNone($0) ? "NoneType" : try TypeHint.text($0, i) }
      return "typing.Union[\(shown.joined(separator: ", "))]"
    }
    let items = (arguments.object as? TupleObject)?.items ?? [arguments]
    if items.isEmpty { return "\(origin.module == "builtins" ? "" : "\(origin.module).")\(origin.name)[()]" }
    if origin.module == "typing" {
      func text(_ v: Value) throws -> String {
        if let list = v.object as? ListObject {
          return "[\(try list.items.map(text).joined(separator: ", "))]"
        }
        return v.object === Types.none ? "NoneType" : try TypeHint.text(v, i)
      }
      return "typing.\(origin.name)[\(try items.map(text).joined(separator: ", "))]"
    }
    let shown = try items.map { try TypeHint.text($0, i) }.joined(separator: ", ")
    return "\(origin.module == "builtins" ? "" : "\(origin.module).")\(origin.name)[\(shown)]"
  }
  override func binary(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    op == "|" ? .object(UnionHint([.object(self), other])) : nil
  }
}

/// `int | None`.
final class UnionHint: Object {
  let options: [Value]
  init(_ options: [Value]) { self.options = options.flatMap { ($0.object as? UnionHint)?.options ?? [$0] } }
  nonisolated(unsafe) static let type = ClassObject("UnionType", module: "types")
  override var typeObject: ClassObject { UnionHint.type }
  override func binary(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    op == "|" ? .object(UnionHint([.object(self), other])) : nil
  }
  override func reflected(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    op == "|" ? .object(UnionHint([other, .object(self)])) : nil
  }
  override func compare(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    guard op == "==" || op == "!=",
      let theirs = (other.object as? UnionHint)?.options ?? (other.object as? GenericAlias)?.options
    else { return nil }
    func same(_ a: Value, _ b: Value) throws -> Bool {
      let (x, y) = (a.isGiven ? a : .object(Types.none), b.isGiven ? b : .object(Types.none))
      return try x.isIdentical(to: y) || i.equal(x, y)
    }
    let isSame =
      try options.count == theirs.count
      && options.allSatisfy { mine in try theirs.contains { try same(mine, $0) } }
    return .bool(isSame == (op == "=="))
  }
  override func hashKey(_ i: Interpreter) throws -> HashKey {
    .string("union " + (try options.map { try TypeHint.text($0, i) }.sorted().joined(separator: " | ")))
  }
  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    name == "__args__" ? .tuple(options.map { $0.isGiven ? $0 : .object(Types.none) }) : nil
  }
  override func repr(_ i: Interpreter) throws -> String {
    try options.map { try TypeHint.text($0, i) }.joined(separator: " | ")
  }
}

/// `NewType("UserId", int)`: a name for a type; calling it gives back what it is given.
final class NewTypeObject: Object {
  nonisolated(unsafe) private static let type = ClassObject("NewType", module: "typing")
  private let name: String
  private let origin: Value
  init(_ name: String, _ origin: Value) { (self.name, self.origin) = (name, origin) }
  override var typeObject: ClassObject { NewTypeObject.type }
  override func repr(_ i: Interpreter) throws -> String { "__main__.\(name)" }
  override func getAttribute(_ attribute: String, _ i: Interpreter) throws -> Value? {
    switch attribute {
    case "__name__", "__qualname__": .string(name)
    case "__supertype__": origin
    case "__module__": .string("__main__")
    default: nil
    }
  }
  override func call(_ arguments: Arguments, _ i: Interpreter) throws -> Value {
    try arguments.bindWritten("NewType.__call__", "x")[0] ?? .none
  }
}

enum TypeHint {
  /// A `TypeVar`.
  static func isVariable(_ v: Value) -> Bool {
    guard let c = v.object as? ClassObject else { return false }
    return c.shown != nil && c.module == "typing"
  }

  /// The classes that names of `typing` stand for.
  nonisolated(unsafe) static let plain: [String: ClassObject] = [
    "List": Types.list, "Dict": Types.dict, "Tuple": Types.tuple, "Set": Types.set,
    "FrozenSet": Types.frozenset, "Type": Types.type, "Deque": DequeObject.type,
    "DefaultDict": Types.defaultDict,
  ]

  /// How many types these names of `typing` take.
  private static let counts: [String: Int] = [
    "List": 1, "Set": 1, "FrozenSet": 1, "Dict": 2, "Iterable": 1, "Iterator": 1, "Sequence": 1, "Mapping": 2,
    "MutableMapping": 2, "Type": 1, "Deque": 1, "DefaultDict": 2, "Counter": 1, "OrderedDict": 2,
    "Collection": 1, "Generator": 3, "KeysView": 1, "ValuesView": 1, "ItemsView": 2, "MutableSequence": 1,
    "MutableSet": 1, "Container": 1, "Reversible": 1,
  ]

  private static func checkCount(_ name: String, _ given: [Value], _ i: Interpreter) throws {
    if let wanted = counts[name], given.count != wanted {
      let word = given.count > wanted ? "many" : "few"
      throw Raise.type(
        "Too \(word) arguments for typing.\(name); actual \(given.count), expected \(wanted)")
    }
    switch name {
    case "Optional" where given.count != 1:
      throw Raise.type("typing.Optional requires a single type. Got \(try i.repr(.tuple(given))).")
    case "Union" where given.isEmpty: throw Raise.type("Cannot take a Union of no types.")
    case "Callable":
      guard given.count != 2 else { return }
      throw Raise.type("Callable must be used as Callable[[arg, ...], result].")
    default: break
    }
  }

  /// `List[int]`; a union of one type is that type.
  static func subscripted(_ c: ClassObject, _ key: Value, _ i: Interpreter) throws -> Value {
    if c.isDefined, c.module == "__main__" {
      guard c.mro.contains(where: { !$0.typeParameters.isEmpty || !$0.isDefined && $0 !== Types.object })
      else {
        throw Raise.type("type '\(c.name)' is not subscriptable")
      }
      let wanted = c.typeParameters.count
      let given = (key.object as? TupleObject)?.items.count ?? 1
      if wanted > 0, given != wanted {
        let word = given > wanted ? "many" : "few"
        throw Raise.type(
          "Too \(word) arguments for \(try i.repr(.object(c))); actual \(given), expected \(wanted)")
      }
    }
    let given = (key.object as? TupleObject)?.items ?? [key]
    if c.module == "typing" { try checkCount(c.name, given, i) }
    let made = GenericAlias(c, key)
    if let options = made.options, options.count == 1 {
      return options[0].isGiven ? options[0] : .object(Types.none)
    }
    return .object(made)
  }

  static func text(_ v: Value, _ i: Interpreter) throws -> String {
    if case .none = v { return "None" }
    if let list = v.object as? ListObject {
      return "[" + (try list.items.map { try text($0, i) }).joined(separator: ", ") + "]"
    }
    if let c = v.object as? ClassObject {
      if let shown = c.shown { return shown }
      if c === Types.none { return "None" }
      return c.module == "builtins" ? c.name : "\(c.module).\(c.qualifiedName)"
    }
    return v.object === Types.ellipsis ? "..." : try i.repr(v)
  }

  /// `issubclass(list, collections.abc.Sequence)`: what CPython registers, and what has the methods.
  static func isSubclass(_ c: ClassObject, abstract: ClassObject) -> Bool {
    guard abstract.module == "collections.abc" || abstract.module == "typing" else { return false }
    func extends(_ types: [ClassObject]) -> Bool { types.contains { c.isSubclass(of: $0) } }
    func has(_ name: String) -> Bool {
      c.lookup(name) != nil || c.mro.contains { DefaultDunders.find(name, in: $0) != nil }
    }
    switch abstract.name {
    case "Sequence", "Reversible":
      return extends([Types.list, Types.tuple, Types.str, Types.range, Types.bytes, Types.bytearray])
    case "MutableSequence", "List": return extends([Types.list, Types.bytearray, DequeObject.type])
    case "Mapping", "MutableMapping", "Dict": return extends([Types.dict])
    case "Set": return extends([Types.set, Types.frozenset])
    case "MutableSet": return extends([Types.set])
    case "Tuple": return extends([Types.tuple])
    case "Iterable": return has("__iter__")
    case "Iterator": return has("__next__")
    case "Sized": return has("__len__")
    case "Container": return has("__contains__")
    case "Collection": return has("__len__") && has("__iter__") && has("__contains__")
    case "Callable": return has("__call__")
    case "Hashable":
      return c.lookup("__hash__").map(\.isGiven) ?? !extends([Types.list, Types.dict, Types.set])
    default: return false
    }
  }

  /// Names of `typing`, each a class that hints can subscript.
  static let names = [
    "Any", "List", "Dict", "Tuple", "Set", "FrozenSet", "Optional", "Union", "Callable", "Iterable",
    "Iterator",
    "Generator", "Sequence", "Mapping", "MutableMapping", "Type", "ClassVar", "Final", "Literal", "Annotated",
    "Deque", "DefaultDict", "Counter", "OrderedDict", "Hashable", "Sized", "Collection", "Self", "Text",
    "NoReturn",
    "Protocol", "Generic", "Awaitable", "Coroutine", "AsyncIterator", "SupportsFloat", "SupportsInt", "Never",
    "TypeAlias", "Concatenate", "Reversible", "Container", "KeysView", "ValuesView", "ItemsView",
    "MutableSequence",
    "MutableSet", "AnyStr", "LiteralString", "IO", "Required", "NotRequired", "TypeGuard", "Unpack",
  ]

  /// Those that stand for a class of `collections.abc`.
  static let abstractNames: Set<String> = [
    "Callable", "Iterable", "Iterator", "Generator", "Sequence", "Mapping", "MutableMapping", "Hashable",
    "Sized", "Collection", "Reversible", "Container", "KeysView", "ValuesView", "ItemsView",
    "MutableSequence", "MutableSet",
  ]

  /// `typing.TypedDict`: calling what extends it makes a plain dictionary.
  nonisolated(unsafe) static let typedDictionary: ClassObject = {
    let c = ClassObject("TypedDict", module: "typing")
    c.make = { c, a, i in
      // `TypedDict("D", {"a": int})` is a class itself.
      if c.isNamed("TypedDict", in: "typing"), let name = a.positional.first?.object as? StringObject {
        let made = try ClassObject(defining: name.value, bases: [c])
        made.set("__annotations__", a.positional.count > 1 ? a.positional[1] : .object(DictObject()))
        return .object(made)
      }
      let made = DictObject()
      try DictMethods.update(made, a, i)
      return .object(made)
    }
    return c
  }()

  static func fill(_ m: ModuleObject) {
    for n in names { m.set(n, .object(ClassObject(n, module: "typing"))) }
    m.set("TYPE_CHECKING", .bool(false))
    m.function("TypeVar") { a, _ in
      let name = (a.positional.first?.object as? StringObject)?.value ?? "T"
      let c = ClassObject(name, module: "typing")
      let sign =
        a.keyword("covariant").map { if case .bool(true) = $0 { "+" } else { "~" } }
        ?? a.keyword("contravariant").map { if case .bool(true) = $0 { "-" } else { "~" } } ?? "~"
      c.shown = sign + name
      let constraints = Array(a.positional.dropFirst())
      if constraints.count == 1 { throw Raise.type("A single constraint is not allowed") }
      c.set("__constraints__", .tuple(constraints))
      c.set("__bound__", a.keyword("bound") ?? .none)
      c.set("__covariant__", .bool(sign == "+"))
      c.set("__contravariant__", .bool(sign == "-"))
      return .object(c)
    }
    m.function("get_origin") { a, _ in
      if a.positional.first?.object is UnionHint { return .object(UnionHint.type) }
      guard let alias = a.positional.first?.object as? GenericAlias else {
        let c = a.positional.first?.object as? ClassObject
        return c.flatMap { $0.module == "typing" ? TypeHint.plain[$0.name] : nil }.map { .object($0) }
          ?? .none
      }
      if alias.origin.name == "Optional", let union = m.members["Union"] { return union }
      return .object(TypeHint.plain[alias.origin.name] ?? alias.origin)
    }
    m.function("get_args") { a, _ in
      if let union = a.positional.first?.object as? UnionHint {
        return .tuple(union.options.map { $0.isGiven ? $0 : .object(Types.none) })
      }
      guard let alias = a.positional.first?.object as? GenericAlias else { return .tuple([]) }
      return .tuple(alias.options ?? (alias.arguments.object as? TupleObject)?.items ?? [alias.arguments])
    }
    m.function("ParamSpec") { a, _ in
      .object(ClassObject((a.positional.first?.object as? StringObject)?.value ?? "P", module: "typing"))
    }
    m.function("NewType") { a, i in
      let p = try a.bindWritten("NewType.__init__", "name", "tp")
      return .object(NewTypeObject(try i.str(p[0] ?? .none), p[1] ?? .none))
    }
    m.function("cast") { a, _ in a.positional.count > 1 ? a.positional[1] : .none }
    m.function("runtime_checkable") { a, _ in
      (a.positional.first?.object as? ClassObject)?.isCheckedByNames = true
      return a.positional.first ?? .none
    }
    for name in ["overload", "final", "no_type_check", "override"] {
      m.function(name) { a, _ in a.positional.first ?? .none }
    }
    m.function("get_type_hints") { a, i in
      let p = try a.bindWritten("get_type_hints", "obj", "globalns?", "localns?", "include_extras?")
      return try i.typeHints(of: p[0] ?? .none, keepsExtras: p[3].map(i.isTrue) ?? false)
    }
    m.set("NamedTuple", .object(NamedTuples.base))
    m.set("TypedDict", .object(typedDictionary))
  }
}
