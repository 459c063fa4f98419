/// The members of a class that extends `Enum`.
public final class Enumeration {
  /// Members in order of definition, aliases left out.
  var canonical: [Value] = []
  /// Members of a flag that have several bits, or none.
  var combined: [Value] = []
  var byName: [String: Value] = [:]
  var nameOrder: [String] = []
  let isFlag: Bool
  /// Members by what they stand for, where that can be hashed.
  private let byValue = DictObject()
  init(isFlag: Bool) { self.isFlag = isFlag }

  /// The member of this value: found by hash; a value that has none is compared with all.
  func known(_ value: Value, _ i: Interpreter) throws -> Value? {
    if let place = try place(of: value, i) { return byValue.get(place) }
    return try (canonical + combined).first { try i.equal(EnumModule.value($0), value) }
  }

  /// Makes a member known by its value.
  func learn(_ member: Value, _ i: Interpreter) throws {
    let value = EnumModule.value(member)
    if let place = try place(of: value, i) { byValue.set(place, value, member) }
  }

  private func place(of value: Value, _ i: Interpreter) throws -> HashKey? {
    do { return try byValue.place(value, i) } catch let raise as Raise
      where raise.exception.classObject.isSubclass(of: Exceptions.type("TypeError"))
    { return nil }
  }

  /// `Color["RED"]`.
  func named(_ key: Value, _ c: ClassObject, _ i: Interpreter) throws -> Value {
    if let name = key.object as? StringObject, let member = byName[name.value] { return member }
    throw Raise(Exceptions.make(Exceptions.type("KeyError"), [key]))
  }

  /// `Color(1)`.
  func member(of value: Value, _ c: ClassObject, _ i: Interpreter) throws -> Value {
    if i.type(of: value) === c { return value }
    if let member = try known(value, i) { return member }
    if let hook = c.lookup("_missing_") {
      let found = try i.call(
        (hook.object as? MethodWrapper)?.function ?? hook, Arguments([.object(c), value]))
      if i.type(of: found) === c { return found }
    }
    if isFlag, let bits = try i.index(value) {
      let all = try canonical.reduce(0) { try $0 | (i.index(EnumModule.value($1)) ?? 0) }
      // What an `IntFlag` does not know it keeps; below zero, all but those bits.
      let known = bits < 0 && bits >= ~all ? all & bits : bits
      if known & ~all == 0 || c.isSubclass(of: EnumModule.intFlag) && known >= 0 {
        return try self.known(.int(known), i)
          ?? EnumModule.make(c, EnumModule.flagName(known, self, i), .int(known), i)
      }
      throw Raise.value(EnumModule.outside(bits, all, try i.repr(.object(c))))
    }
    throw Raise.value("\(try i.repr(value)) is not a valid \(c.name)")
  }
}

/// Python's `enum`: `Enum`, `ReprEnum`, `IntEnum`, `StrEnum`, `Flag`, `IntFlag`, `auto`, `unique`.
enum EnumModule {
  /// `auto()`, and what operators make of it: what it stands for is known once the class body is over.
  final class Auto: Object {
    var value: Value?
    /// `R | W` of two that are not known yet.
    var parts: (op: String, left: Value, right: Value)?
    override func binary(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
      let made = Auto()
      made.parts = (op, .object(self), other)
      return .object(made)
    }
    override func reflected(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
      let made = Auto()
      made.parts = (op, other, .object(self))
      return .object(made)
    }
    static func known(_ v: Value, _ i: Interpreter) throws -> Value {
      guard let auto = v.object as? Auto else { return v }
      if auto.value == nil, let (op, left, right) = auto.parts {
        auto.value = try i.binary(Int(Operators.number(op)), known(left, i), known(right, i))
      }
      return auto.value ?? .none
    }
  }

  /// `member(x)` and `nonmember(x)`: says of a value in the body what it is.
  final class Marked: Object {
    let value: Value
    let isMember: Bool
    init(_ value: Value, isMember: Bool) { (self.value, self.isMember) = (value, isMember) }
  }

  nonisolated(unsafe) static let base = install(ClassObject("Enum", module: "enum"))
  /// Its members show themselves as the values they are, but for `repr`.
  nonisolated(unsafe) static let reprEnum = ClassObject("ReprEnum", bases: [base], module: "enum")
  nonisolated(unsafe) static let intEnum = ClassObject(
    "IntEnum", bases: [Types.int, reprEnum], module: "enum")
  nonisolated(unsafe) static let strEnum = ClassObject(
    "StrEnum", bases: [Types.str, reprEnum], module: "enum")
  nonisolated(unsafe) static let flag = installFlag(ClassObject("Flag", bases: [base], module: "enum"))
  nonisolated(unsafe) static let intFlag = ClassObject(
    "IntFlag", bases: [Types.int, reprEnum, flag], module: "enum")

  nonisolated(unsafe) static let metaclass = ClassObject("EnumType", bases: [Types.type], module: "enum")

  static func fill(_ m: ModuleObject) {
    m.set("EnumType", .object(metaclass))
    m.set("EnumMeta", .object(metaclass))
    for c in [base, reprEnum, intEnum, strEnum, flag, intFlag] {
      c.enumeration = Enumeration(isFlag: c.isSubclass(of: flag))
      m.set(c.name, .object(c))
    }
    m.set("property", .object(Types.property))
    m.function("member") { a, _ in .object(Marked(try a.positionalOnly("member", 1...1)[0], isMember: true)) }
    m.function("nonmember") { a, _ in
      .object(Marked(try a.positionalOnly("nonmember", 1...1)[0], isMember: false))
    }
    m.function("auto") { _, _ in .object(Auto()) }
    m.function("unique") { a, i in
      let v = try a.positionalOnly("unique", 1...1)[0]
      if let c = v.object as? ClassObject, let e = c.enumeration {
        let aliases = e.nameOrder.compactMap { name -> String? in
          guard let member = e.byName[name], EnumModule.name(member) != name else { return nil }
          return "\(name) -> \(EnumModule.name(member))"
        }
        if !aliases.isEmpty {
          throw Raise.value("duplicate values found in \(try i.repr(v)): \(aliases.joined(separator: ", "))")
        }
      }
      return v
    }
  }

  /// A flag's bits that no member has, and those that there are, one below the other.
  fileprivate static func outside(_ bits: Int, _ all: Int, _ shown: String) -> String {
    func width(_ n: Int) -> Int { Int.bitWidth - (n < 0 ? ~n : n).leadingZeroBitCount }
    let most = max(width(bits), width(all))
    func text(_ n: Int) -> String {
      let digits = (0..<most).reversed().map { n >> $0 & 1 == 1 ? "1" : "0" }.joined()
      return "0b\(n < 0 ? 1 : 0) \(digits)"
    }
    return "\(shown) invalid value \(bits)\n    given \(text(bits))\n  allowed \(text(all))"
  }

  static func name(_ member: Value) -> String {
    (kept("_name_", member)?.object as? StringObject)?.value ?? ""
  }
  static func value(_ member: Value) -> Value { kept("_value_", member) ?? .none }

  /// What a member keeps: in itself, or beside the string or tuple that it is.
  private static func kept(_ name: String, _ member: Value) -> Value? {
    guard let object = member.object else { return nil }
    return object.extra?.attributes[name] ?? (object as? InstanceObject)?.attributes[name]
  }
  private static func keep(_ name: String, _ value: Value, _ member: Value) {
    if let extra = member.object?.extra { return extra.set(name, value) }
    (member.object as? InstanceObject)?.set(name, value)
  }

  /// A member: an object of the built-in class that is mixed in, where there is one.
  static func make(_ c: ClassObject, _ name: String?, _ value: Value, _ i: Interpreter) throws -> Value {
    let made: Value
    var value = value
    let parts = (value.object as? TupleObject)?.items
    if let new = c.lookup("__new__") {
      made = try i.call(
        (new.object as? MethodWrapper)?.function ?? new, Arguments([.object(c)] + (parts ?? [value])))
      value = kept("_value_", made) ?? value
    } else if let base = c.builtinBase, let native = Constructors.of(base) {
      let arguments = Arguments(base === Types.tuple ? [value] : parts ?? [value])
      made = try i.makeExtending(c, base, arguments)
      value = try native(arguments, i)
    } else {
      made = .object(InstanceObject(c))
    }
    keep("_name_", name.map(Value.string) ?? .none, made)
    keep("_value_", value, made)
    return made
  }

  static func flagName(_ bits: Int, _ e: Enumeration, _ i: Interpreter) -> String? {
    let parts = e.canonical.compactMap { member -> String? in
      guard case .int(let v) = value(member), v != 0, v & (v - 1) == 0, v & bits == v else { return nil }
      return name(member)
    }
    return parts.isEmpty ? nil : parts.joined(separator: "|")
  }

  /// Turns the names of a class body into members.
  static func complete(_ c: ClassObject, _ order: [String], _ i: Interpreter) throws {
    let isFlag = c.isSubclass(of: flag)
    let made = Enumeration(isFlag: isFlag)
    for parent in c.bases {
      if let e = parent.enumeration, !e.canonical.isEmpty {
        throw Raise.type("<enum '\(c.name)'> cannot extend \(try i.repr(.object(parent)))")
      }
    }
    var seen: [Value] = []
    for name in order where !(name.hasPrefix("_") && name.hasSuffix("_")) {
      guard var value = c.attributes[name], isMember(value) else { continue }
      if let marked = value.object as? Marked {
        value = marked.value
        if !marked.isMember {
          c.set(name, value)
          continue
        }
      }
      if let auto = value.object as? Auto {
        if auto.parts == nil, auto.value == nil { auto.value = try next(name, seen, c, isFlag: isFlag, i) }
        value = try Auto.known(value, i)
      } else if let parts = value.object as? TupleObject, parts.items.contains(where: { $0.object is Auto }) {
        value = .tuple(
          try parts.items.map { part in
            if let auto = part.object as? Auto, auto.parts == nil, auto.value == nil {
              auto.value = try next(name, seen, c, isFlag: isFlag, i)
            }
            return try Auto.known(part, i)
          })
      }
      let given = value
      var member = try make(c, name, given, i)
      value = EnumModule.value(member)
      seen.append(given)
      if let known = try made.known(value, i) {
        member = known
      } else {
        if let initializer = c.lookup("__init__") {
          let arguments = (given.object as? TupleObject)?.items ?? [given]
          _ = try i.call(initializer, Arguments([member] + arguments))
        }
        try made.learn(member, i)
        // What flags combine stands for its parts, among which it is not counted.
        let isCombined =
          if isFlag, case .int(let bits) = value { bits == 0 || bits & (bits &- 1) != 0 } else { false }
        if isCombined { made.combined.append(member) } else { made.canonical.append(member) }
      }
      made.byName[name] = member
      made.nameOrder.append(name)
      c.set(name, member)
    }
    c.enumeration = made
  }

  /// What `auto()` gives the next member.
  private static func next(
    _ name: String, _ seen: [Value], _ c: ClassObject, isFlag: Bool, _ i: Interpreter
  ) throws -> Value {
    if let own = c.lookup("_generate_next_value_") {
      return try i.call(
        (own.object as? MethodWrapper)?.function ?? own,
        Arguments([.string(name), .int(1), .int(seen.count), .list(seen)]))
    }
    if c.isSubclass(of: strEnum) { return .string(name.lowercased()) }
    let whole = try seen.reversed().lazy.compactMap(i.index)
    if isFlag {
      return .int(whole.max().map { $0 <= 0 ? 1 : 1 << min(62, Int.bitWidth - $0.leadingZeroBitCount) } ?? 1)
    }
    return .int((whole.first ?? 0) &+ 1)
  }

  private static func isMember(_ v: Value) -> Bool {
    switch v.object {
    case is FunctionObject, is MethodWrapper, is PropertyObject, is NativeFunction: false
    default: true
    }
  }

  /// `Enum("Color", "RED GREEN")`: a class made by a call.
  static func made(_ base: ClassObject, _ a: Arguments, _ i: Interpreter) throws -> Value {
    let p = try a.bind("EnumType.__call__", "value", "names", "module?", "qualname?", "type?", "start?")
    let c = try ClassObject(defining: try StringMethods.text(p[0] ?? .none, i), bases: [base])
    let start = try p[5].flatMap(i.index) ?? 1
    var pairs: [(String, Value)] = []
    if let text = p[1]?.object as? StringObject {
      pairs = text.value.split { $0 == "," || $0.isWhitespace }.map { (String($0), .none) }
    } else if let d = p[1]?.object as? DictObject {
      pairs = try d.entries.compactMap { $0 }.map { (try StringMethods.text($0.key, i), $0.value) }
    } else {
      pairs = try i.array(p[1] ?? .none).map { item in
        let parts = (item.object as? TupleObject)?.items ?? (item.object as? ListObject)?.items ?? [item]
        return (try StringMethods.text(parts.first ?? .none, i), parts.count > 1 ? parts[1] : .none)
      }
    }
    for (k, (name, value)) in pairs.enumerated() {
      let given = value.isGiven ? value : base.isSubclass(of: flag) ? .object(Auto()) : .int(start + k)
      c.set(name, given)
    }
    try i.adopt(made: c)
    return .object(c)
  }

  private static func install(_ c: ClassObject) -> ClassObject {
    c.property("name") { v, _ in kept("_name_", v) ?? .none }
    c.property("value") { v, _ in value(v) }
    c.method("__setattr__") { v, a, i in
      let pair = try a.positionalOnly("__setattr__", 2...2)
      let key = try i.str(pair[0])
      if key == "name" || key == "value" {
        throw Raise.attribute("<enum 'Enum'> cannot set attribute '\(key)'")
      }
      try i.setPlainAttribute(v, key, pair[1])
      return .none
    }
    c.method("__repr__") { v, _, i in
      let type = i.type(of: v)
      let shown = try i.repr(value(v))
      return .string(name(v).isEmpty ? "<\(type.name): \(shown)>" : "<\(type.name).\(name(v)): \(shown)>")
    }
    c.method("__str__") { v, _, i in
      let type = i.type(of: v)
      if isShownAsValue(type) { return .string(try i.str(value(v))) }
      return .string(
        name(v).isEmpty ? "\(type.name)(\(try i.repr(value(v))))" : "\(type.name).\(name(v))")
    }
    c.method("__format__") { v, a, i in
      let spec = try StringMethods.text(a.positional.first ?? .string(""), i)
      let type = i.type(of: v)
      guard isShownAsValue(type), !spec.isEmpty else { return .string(try i.format(.string(i.str(v)), spec)) }
      let isText = type.isSubclass(of: Types.str)
      return .string(try FormatSpec(spec, isText: isText, of: type.name).apply(value(v), i))
    }
    c.method("__hash__") { v, _, i in
      .int(i.type(of: v).builtinBase == nil ? Hashing.text(name(v)) : try i.hash(value(v)))
    }
    return c
  }

  /// Whether `str` and `format` are those of the class that is mixed in.
  private static func isShownAsValue(_ type: ClassObject) -> Bool {
    type.isSubclass(of: reprEnum) && type.builtinBase != nil
  }

  /// What flags can do beside: they are combined, taken apart and searched.
  private static func installFlag(_ c: ClassObject) -> ClassObject {
    for (word, op) in [("or", 9), ("and", 8), ("xor", 10)] {
      c.method("__\(word)__") { v, a, i in
        let type = i.type(of: v)
        let other = a.positional.first ?? .none
        guard type.isSubclass(of: flag), let e = type.enumeration,
          case .int(let bits) = try i.binary(op, value(v), i.type(of: other) === type ? value(other) : other)
        else { return .object(Types.notImplemented) }
        return try e.known(.int(bits), i) ?? make(type, flagName(bits, e, i), .int(bits), i)
      }
    }
    c.method("__invert__") { v, _, i in
      let type = i.type(of: v)
      guard let e = type.enumeration, case .int(let bits) = value(v) else { return v }
      let all = try e.canonical.reduce(0) { try $0 | (i.index(value($1)) ?? 0) }
      return try e.member(of: .int(all & ~bits), type, i)
    }
    c.method("__bool__") { v, _, i in .bool(try i.isTrue(value(v))) }
    c.method("__iter__") { v, _, i in
      let type = i.type(of: v)
      guard type.isSubclass(of: flag), let e = type.enumeration, case .int(let bits) = value(v) else {
        throw Raise.type("'\(type.name)' object is not iterable")
      }
      return .object(
        ClosureIterator(
          over: e.canonical.filter { if case .int(let own) = value($0) { own & bits != 0 } else { false } }))
    }
    c.method("__contains__") { v, a, i in
      guard case .int(let mine) = value(v), case .int(let other) = value(a.positional.first ?? .none) else {
        throw Raise.type("unsupported operand type(s) for 'in'")
      }
      return .bool(mine & other == other)
    }
    return c
  }
}
