/// The members of a class that extends `Enum`.
public final class Enumeration {
  /// Members in order of definition, aliases left out.
  var canonical: [Value] = []
  var byName: [String: Value] = [:]
  var nameOrder: [String] = []
  let isFlag: Bool
  init(isFlag: Bool) { self.isFlag = isFlag }

  /// `Color["RED"]`.
  func named(_ key: Value, _ c: ClassObject, _ i: Interpreter) throws -> Value {
    if let name = key.object as? StringObject, let member = byName[name.value] { return member }
    throw Raise(Exceptions.make(Exceptions.type("KeyError"), [key]))
  }

  /// `Color(1)`.
  func member(of value: Value, _ c: ClassObject, _ i: Interpreter) throws -> Value {
    if i.type(of: value) === c { return value }
    for member in canonical where try i.equal(EnumModule.value(member), value) { return member }
    if let hook = c.lookup("_missing_") {
      let found = try i.call(
        (hook.object as? MethodWrapper)?.function ?? hook, Arguments([.object(c), value]))
      if i.type(of: found) === c { return found }
    }
    if isFlag, let bits = try i.index(value) {
      let all = try canonical.reduce(0) { try $0 | (i.index(EnumModule.value($1)) ?? 0) }
      if bits & ~all == 0 { return EnumModule.make(c, EnumModule.flagName(bits, self, i), .int(bits)) }
    }
    throw Raise.value("\(try i.repr(value)) is not a valid \(c.name)")
  }
}

/// Python's `enum`: `Enum`, `IntEnum`, `StrEnum`, `Flag`, `IntFlag`, `auto`, `unique`.
enum EnumModule {
  final class Auto: Object {}

  nonisolated(unsafe) static let base = install(ClassObject("Enum", module: "enum"))
  nonisolated(unsafe) static let intEnum = ClassObject("IntEnum", bases: [Types.int, base], module: "enum")
  nonisolated(unsafe) static let strEnum = ClassObject("StrEnum", bases: [Types.str, base], module: "enum")
  nonisolated(unsafe) static let flag = ClassObject("Flag", bases: [base], module: "enum")
  nonisolated(unsafe) static let intFlag = ClassObject("IntFlag", bases: [Types.int, flag], module: "enum")

  static func fill(_ m: ModuleObject) {
    for c in [base, intEnum, strEnum, flag, intFlag] { m.set(c.name, .object(c)) }
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

  static func name(_ member: Value) -> String {
    ((member.object as? InstanceObject)?.attributes["_name_"]?.object as? StringObject)?.value ?? ""
  }
  static func value(_ member: Value) -> Value {
    (member.object as? InstanceObject)?.attributes["_value_"] ?? .none
  }

  static func make(_ c: ClassObject, _ name: String?, _ value: Value) -> Value {
    let made = InstanceObject(c)
    made.set("_name_", name.map(Value.string) ?? .none)
    made.set("_value_", value)
    if c.isSubclass(of: Types.int) || c.isSubclass(of: Types.float) || c.isSubclass(of: Types.str) {
      made.payload = BoxedNumber(value)
    }
    return .object(made)
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
    var last: Value?
    for name in order where !(name.hasPrefix("_") && name.hasSuffix("_")) {
      guard var value = c.attributes[name], isMember(value) else { continue }
      if value.object is Auto {
        if c.isSubclass(of: strEnum) {
          value = .string(name.lowercased())
        } else if isFlag {
          value = .int(
            try last.flatMap(i.index).map { 1 << min(62, Int.bitWidth - $0.leadingZeroBitCount) } ?? 1)
        } else {
          value = try last.map { try i.binary(0, $0, .int(1)) } ?? .int(1)
        }
      }
      last = value
      let known = try made.canonical.first { try i.equal(EnumModule.value($0), value) }
      let member = known ?? make(c, name, value)
      if known == nil {
        if let initializer = c.lookup("__init__") {
          let arguments = (value.object as? TupleObject)?.items ?? [value]
          _ = try i.call(initializer, Arguments([member] + arguments))
        }
        made.canonical.append(member)
      }
      made.byName[name] = member
      made.nameOrder.append(name)
      c.set(name, member)
    }
    c.enumeration = made
  }

  private static func isMember(_ v: Value) -> Bool {
    switch v.object {
    case is FunctionObject, is MethodWrapper, is PropertyObject, is NativeFunction: false
    default: true
    }
  }

  private static func install(_ c: ClassObject) -> ClassObject {
    c.property("name") { v, _ in (v.object as? InstanceObject)?.attributes["_name_"] ?? .none }
    c.property("value") { v, _ in value(v) }
    c.method("__repr__") { v, _, i in
      let type = i.type(of: v)
      let shown = try i.repr(value(v))
      return .string(name(v).isEmpty ? "<\(type.name): \(shown)>" : "<\(type.name).\(name(v)): \(shown)>")
    }
    func text(_ v: Value, _ i: Interpreter) throws -> String {
      let type = i.type(of: v)
      if type.isSubclass(of: Types.int) || type.isSubclass(of: Types.str) { return try i.str(value(v)) }
      return name(v).isEmpty ? "\(type.name)(\(try i.repr(value(v))))" : "\(type.name).\(name(v))"
    }
    c.method("__str__") { v, _, i in .string(try text(v, i)) }
    c.method("__format__") { v, a, i in
      let spec = try StringMethods.text(a.positional.first ?? .string(""), i)
      let type = i.type(of: v)
      if type.isSubclass(of: Types.int) || type.isSubclass(of: Types.str) {
        return .string(try i.format(value(v), spec))
      }
      return .string(try i.format(.string(i.str(v)), spec))
    }
    c.method("__hash__") { v, _, i in .int(Hashing.text(name(v))) }
    for (word, op) in [("or", 9), ("and", 8), ("xor", 10)] {
      c.method("__\(word)__") { v, a, i in
        let type = i.type(of: v)
        let other = a.positional.first ?? .none
        guard type.isSubclass(of: flag), let e = type.enumeration,
          case .int(let bits) = try i.binary(op, value(v), i.type(of: other) === type ? value(other) : other)
        else { return .object(Types.notImplemented) }
        return try e.canonical.first { try i.equal(value($0), .int(bits)) }
          ?? make(type, flagName(bits, e, i), .int(bits))
      }
    }
    c.method("__invert__") { v, _, i in
      let type = i.type(of: v)
      guard let e = type.enumeration, case .int(let bits) = value(v) else { return v }
      let all = try e.canonical.reduce(0) { try $0 | (i.index(value($1)) ?? 0) }
      return try e.member(of: .int(all & ~bits), type, i)
    }
    c.method("__bool__") { v, _, i in
      let type = i.type(of: v)
      return .bool(
        type.isSubclass(of: flag) || type.isSubclass(of: Types.int) ? try i.isTrue(value(v)) : true)
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
