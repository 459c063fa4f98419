/// What a value is: `callable`, `isinstance`.
extension Interpreter {
  /// What `callable` says.
  public func isCallable(_ v: Value) -> Bool {
    switch v.object {
    case is FunctionObject, is NewTypeObject, is NativeFunction, is BoundMethod, is ClassObject,
      is PartialObject,
      is CachedFunction, is DispatchObject:
      true
    case let o? where o.answersDunders: type(of: v).lookup("__call__") != nil
    case let o?: o.isCallable
    case nil: false
    }
  }

  /// Runs a repr's body unless the value's repr is under way already.
  func showing(_ v: Value, else short: String, _ body: () throws -> String) throws -> String {
    guard let o = v.object else { return try body() }
    let id = ObjectIdentifier(o)
    guard !beingShown.contains(id) else { return short }
    beingShown.insert(id)
    defer { beingShown.remove(id) }
    return try body()
  }

  /// Whether a value is an instance of a class or of one of a tuple of classes.
  public func isInstance(_ value: Value, _ type: Value) throws -> Bool {
    if let c = type.object as? ClassObject {
      if let own = c.givenMetaclass?.lookup("__instancecheck__") {
        return try isTrue(call(own, Arguments([type, value])))
      }
      if self.type(of: value).isSubclass(of: c) || c === Types.object { return true }
      if let accepts = c.accepts { return accepts(value) }
      if kinship.hasRegistered, kinship.isSubclass(self.type(of: value), of: c) { return true }
      if let own = value.object as? ClassObject, own.metaclass.isSubclass(of: c) { return true }
      if c.isCheckedByNames {
        let hinted = (c.attributes["__annotations__"]?.object as? DictObject)?.entries.compactMap {
          ($0?.key.object as? StringObject)?.value
        }
        let plain: Set<String> = [
          "__module__", "__doc__", "__annotations__", "__init__", "__new__", "__slots__", "__class_getitem__",
          "__init_subclass__", "__dict__", "__qualname__", "__orig_bases__", "__parameters__",
        ]
        return try (c.attributeOrder + (hinted ?? [])).filter { !plain.contains($0) }
          .allSatisfy { try attribute(value, $0) != nil }
      }
      if c.isProtocol {
        throw Raise.type("Instance and class checks can only be used with @runtime_checkable protocols")
      }
      if c.module == "numbers" { return isNumber(value, c.name) }
      if c.module == "collections.abc" || c.module == "typing" { return try isAbstractly(value, c.name) }
      return false
    }
    if let union = type.object as? UnionHint {
      return try union.options.contains {
        if case .none = $0 {
          if case .none = value { true } else { false }
        } else {
          try isInstance(value, $0)
        }
      }
    }
    if let alias = type.object as? GenericAlias {
      switch alias.origin.name {
      case "Union", "Optional":
        let none: [Value] = alias.origin.name == "Optional" ? [.object(Types.none)] : []
        let options = (alias.arguments.object as? TupleObject)?.items ?? [alias.arguments]
        return try (options + none).contains {
          try isInstance(value, $0.isGiven ? $0 : .object(Types.none))
        }
      default:
        throw Raise.type(
          alias.origin.module == "typing"
            ? "Subscripted generics cannot be used with class and instance checks"
            : "isinstance() argument 2 cannot be a parameterized generic")
      }
    }
    if let tuple = type.object as? TupleObject {
      return try tuple.items.contains { try isInstance(value, $0) }
    }
    throw Raise.type("isinstance() arg 2 must be a type, a tuple of types, or a union")
  }

  /// `isinstance(value, numbers.Real)` and its like.
  private func isNumber(_ value: Value, _ name: String) -> Bool {
    let levels = ["Integral", "Rational", "Real", "Complex", "Number"]
    let own: String
    switch value.unboxed {
    case .int, .bool: own = "Integral"
    case .float: own = "Real"
    case .none, .unassigned: return false
    case .object(let o):
      let c = type(of: value)
      switch (o, c.module, c.name) {
      case (is BigIntObject, _, _): own = "Integral"
      case (is ComplexObject, _, _): own = "Complex"
      case (_, "fractions", "Fraction"): own = "Rational"
      case (_, "decimal", "Decimal"): own = "Number"
      case (_, "numpy", let n) where n.hasPrefix("int") || n.hasPrefix("uint"): own = "Integral"
      case (_, "numpy", let n) where n.hasPrefix("float"): own = "Real"
      default: return false
      }
    }
    return (levels.firstIndex(of: own) ?? 9) <= (levels.firstIndex(of: name) ?? -1)
  }

  /// `isinstance(value, collections.abc.Iterable)` and its like.
  func isAbstractly(_ value: Value, _ name: String) throws -> Bool {
    func has(_ method: String) throws -> Bool { try attribute(value, method) != nil }
    if type(of: value).mro.contains(where: { $0.isNamed(name, in: "collections.abc") }) { return true }
    switch name {
    case "Callable": return isCallable(value)
    case "Iterable", "Collection", "Container":
      if value.object is IteratorObject { return name == "Iterable" }
      return try has("__iter__")
    case "Iterator": return try value.object is IteratorObject || has("__next__")
    case "Generator": return value.object is GeneratorObject
    case "Sized": return try has("__len__")
    case "Hashable": return (try? hashKey(value)) != nil
    case "Sequence", "MutableSequence":
      if value.object is ListObject { return true }
      return name == "Sequence"
        && (value.object is TupleObject || value.object is StringObject || value.object is RangeObject)
    case "Mapping", "MutableMapping", "Dict", "DefaultDict", "OrderedDict": return value.object is DictObject
    case "List": return value.object is ListObject
    case "Tuple": return value.object is TupleObject
    case "Set", "MutableSet": return value.object is SetObject
    default: return false
    }
  }
}
