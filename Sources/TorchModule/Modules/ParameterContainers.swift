import Autograd
import MiniPython
import Recordings

/// `nn.ParameterList` and `nn.ParameterDict`: their entries are attributes, tensors among them parameters.
enum ParameterContainers {
  private static func parameter(_ v: Value) throws -> Value {
    guard let t = v.object as? TensorObject, !t.tensor.isParameter else { return v }
    return .object(TensorObject.of(try Tensor.parameter(t.tensor)))
  }
  private static func put(_ name: String, _ v: Value, in m: ModuleInstance, _ i: Interpreter) throws {
    try m.assign(name, try parameter(v), i)
  }

  /// What stands on the lines of the entries.
  private static func text(_ entries: [ModuleInstance.Entry], isList: Bool, _ i: Interpreter) -> Value {
    func line(_ v: Value) -> String {
      guard let t = (v.object as? TensorObject)?.tensor else { return "Object of type: \(i.typeName(v))" }
      let size = t.shape.map(String.init).joined(separator: "x")
      let kind = t.isParameter ? "Parameter" : "Tensor"
      let type = isList ? t.dtype.torchName : ModuleClass.tensorTypeText(t)
      return "\(kind) containing: [\(type) of size \(size)]"
    }
    return .string(entries.map { "  (\($0.name)): \(line($0.value))" }.joined(separator: "\n"))
  }

  // MARK: ParameterList

  /// Named by their places.
  private static func entries(_ m: ModuleInstance, _ i: Interpreter) throws -> [ModuleInstance.Entry] {
    var out: [ModuleInstance.Entry] = []
    while let value = try m.getAttribute("\(out.count)", i) { out.append(("\(out.count)", value)) }
    return out
  }

  nonisolated(unsafe) static let list: ClassObject = {
    let c = ModuleContainers.makeClass("ParameterList")
    func add(_ v: Value, to m: ModuleInstance, _ i: Interpreter) throws {
      try put("\(try entries(m, i).count)", v, in: m, i)
    }
    func extend(_ m: ModuleInstance, _ given: Value, _ i: Interpreter) throws {
      guard !(given.object is TensorObject) else {
        throw Raise.type(
          "ParameterList.extend should be called with an iterable, but got \(i.typeName(given))")
      }
      for item in try ModuleContainers.items(given, of: "ParameterList.extend", i) { try add(item, to: m, i) }
    }
    c.method("__init__") { v, a, i in
      let m = try ModuleContainers.start(v)
      if let values = try a.bindWritten("ParameterList.__init__", "values?")[0], !values.isNone {
        try extend(m, values, i)
      }
      return .none
    }
    c.method("__len__") { v, _, i in .int(try entries(try ModuleClass.me(v), i).count) }
    c.method("__iter__") { v, _, i in
      .object(ClosureIterator(over: try entries(try ModuleClass.me(v), i).map(\.value)))
    }
    c.method("__getitem__") { v, a, i in
      let all = try entries(try ModuleClass.me(v), i)
      let key = try a.positionalOnly("__getitem__", 1...1)[0]
      if key.object is SliceObject {
        let part = try i.getItem(.list(all.map(\.value)), key)
        return try i.call(.object(i.type(of: v)), PyArguments([part]))
      }
      return all[try ModuleContainers.place(try i.index(key) ?? 0, all.count)].value
    }
    c.method("__setitem__") { v, a, i in
      let p = try a.positionalOnly("__setitem__", 2...2)
      let m = try ModuleClass.me(v)
      let at = try ModuleContainers.place(try i.index(p[0]) ?? 0, try entries(m, i).count)
      try put("\(at)", p[1], in: m, i)
      return .none
    }
    c.method("append") { v, a, i in
      try add(try a.bindWritten("ParameterList.append", "value")[0] ?? .none, to: try ModuleClass.me(v), i)
      return v
    }
    c.method("extend") { v, a, i in
      try extend(
        try ModuleClass.me(v), try a.bindWritten("ParameterList.extend", "values")[0] ?? .none, i)
      return v
    }
    c.method("__iadd__") { v, a, i in
      try i.callMethod(v, "extend", PyArguments(try a.positionalOnly("__iadd__", 1...1))) ?? v
    }
    c.method("extra_repr") { v, _, i in text(try entries(try ModuleClass.me(v), i), isList: true, i) }
    return c
  }()

  // MARK: ParameterDict

  /// The names in order: `_keys`, as PyTorch has it.
  private static func keys(_ m: ModuleInstance) -> DictObject {
    if let known = m.attributes["_keys"]?.object as? DictObject { return known }
    let made = DictObject()
    m.set("_keys", .object(made))
    return made
  }
  private static func name(_ key: Value, _ i: Interpreter) throws -> String {
    if let s = key.object as? StringObject { return s.value }
    throw Raise.type(
      "Index given to ParameterDict cannot be used as a key as it is not a string (type is "
        + "'\(i.typeName(key))'). Open an issue on github if you need non-string keys.")
  }
  private static func entry(_ v: Value, _ key: Value, _ i: Interpreter) throws -> Value {
    try i.getAttribute(v, try name(key, i))
  }
  private static func set(_ key: Value, _ value: Value, in m: ModuleInstance, _ i: Interpreter) throws {
    let name = try name(key, i)
    keys(m).set(.string(name), .string(name), .none)
    try put(name, value, in: m, i)
  }
  private static func view(_ v: Value, _ i: Interpreter) throws -> Value {
    let out = DictObject()
    for key in keys(try ModuleClass.me(v)).keys { try out.set(key, entry(v, key, i), i) }
    return .object(out)
  }
  private static func remove(_ name: String, from m: ModuleInstance, _ i: Interpreter) throws {
    keys(m).remove(.string(name))
    _ = try m.deleteAttribute(name, i)
  }

  /// A plain dictionary is taken in the order of its keys.
  private static func update(_ m: ModuleInstance, _ v: Value, _ i: Interpreter) throws {
    var pairs = try ModuleContainers.pairs(v, of: "ParameterDict", owner: "ParametersDict", i)
    if let d = v.object as? DictObject, d.typeObject !== Types.orderedDict {
      let sorted = Value.list(pairs.map(\.key))
      _ = try i.callMethod(sorted, "sort")
      pairs = try i.array(sorted).map { ($0, try i.getItem(v, $0)) }
    }
    for (key, value) in pairs { try set(key, value, in: m, i) }
  }

  nonisolated(unsafe) static let dictionary: ClassObject = {
    let c = ModuleContainers.makeClass("ParameterDict")
    c.method("__init__") { v, a, i in
      let m = try ModuleContainers.start(v)
      _ = keys(m)
      if let given = try a.bindWritten("ParameterDict.__init__", "parameters?")[0], !given.isNone {
        try update(m, given, i)
      }
      return .none
    }
    c.method("__len__") { v, _, _ in .int(keys(try ModuleClass.me(v)).count) }
    c.method("__iter__") { v, _, _ in .object(ClosureIterator(over: keys(try ModuleClass.me(v)).keys)) }
    c.method("__reversed__") { v, _, _ in
      .object(ClosureIterator(over: keys(try ModuleClass.me(v)).keys.reversed()))
    }
    c.method("__contains__") { v, a, i in
      let key = try a.positionalOnly("__contains__", 1...1)[0]
      return .bool(try keys(try ModuleClass.me(v)).get(key, i) != nil)
    }
    c.method("__getitem__") { v, a, i in try entry(v, try a.positionalOnly("__getitem__", 1...1)[0], i) }
    c.method("__setitem__") { v, a, i in
      let p = try a.positionalOnly("__setitem__", 2...2)
      try set(p[0], p[1], in: try ModuleClass.me(v), i)
      return .none
    }
    for method in ["__delitem__", "pop"] {
      c.method(method) { v, a, i in
        let key = try a.positionalOnly(method, 1...1)[0]
        let m = try ModuleClass.me(v)
        let out = method == "pop" ? try entry(v, key, i) : .none
        guard try keys(m).get(key, i) != nil else {
          throw Raise(Exceptions.make(Exceptions.type("KeyError"), [key]))
        }
        try remove(try name(key, i), from: m, i)
        return out
      }
    }
    c.method("popitem") { v, _, i in
      let m = try ModuleClass.me(v)
      guard let last = keys(m).keys.last else {
        throw Raise(Exceptions.make(Exceptions.type("KeyError"), [.string("dictionary is empty")]))
      }
      let out = try entry(v, last, i)
      try remove(try name(last, i), from: m, i)
      return .tuple([last, out])
    }
    c.method("clear") { v, _, i in
      let m = try ModuleClass.me(v)
      for key in keys(m).keys { try remove(try name(key, i), from: m, i) }
      return .none
    }
    c.method("update") { v, a, i in
      try update(try ModuleClass.me(v), try a.positionalOnly("update", 1...1)[0], i)
      return .none
    }
    c.method("get") { v, a, i in
      let p = try a.bindWritten("ParameterDict.get", "key", "default?")
      let key = p[0] ?? .none
      return try keys(try ModuleClass.me(v)).get(key, i) == nil ? p[1] ?? .none : entry(v, key, i)
    }
    c.method("setdefault") { v, a, i in
      let p = try a.bindWritten("ParameterDict.setdefault", "key", "default?")
      let (m, key) = (try ModuleClass.me(v), p[0] ?? .none)
      if try keys(m).get(key, i) == nil { try set(key, p[1] ?? .none, in: m, i) }
      return try entry(v, key, i)
    }
    c.method("copy") { v, _, i in
      let made = ModuleInstance(try ModuleClass.me(v).classObject)
      made.isReady = true
      for key in keys(try ModuleClass.me(v)).keys { try set(key, entry(v, key, i), in: made, i) }
      return .object(made)
    }
    for name in ["keys", "values", "items"] {
      c.method(name) { v, _, i in try i.callMethod(view(v, i), name) ?? .none }
    }
    c.method("extra_repr") { v, _, i in
      let m = try ModuleClass.me(v)
      return text(try keys(m).keys.map { (try name($0, i), try entry(v, $0, i)) }, isList: false, i)
    }
    return c
  }()
}
