import Autograd
import MiniPython
import Recordings

/// `nn.Sequential`, `nn.ModuleList`, `nn.ModuleDict`, `nn.ParameterList`, `nn.ParameterDict`.
enum ModuleContainers {
  nonisolated(unsafe) static let all: [ClassObject] = [
    sequential, moduleList, moduleDict, ParameterContainers.list, ParameterContainers.dictionary,
  ]

  static func makeClass(_ name: String) -> ClassObject {
    ClassObject(name, bases: [ModuleClass.module], module: "torch.nn.modules.container")
  }
  static func start(_ v: Value) throws -> ModuleInstance {
    let m = try ModuleClass.me(v)
    m.isReady = true
    return m
  }

  private static func append(_ value: Value, to m: ModuleInstance, _ i: Interpreter) throws {
    m.adopt("\(m.core.children.count)", try checked(value, i))
  }
  private static func checked(_ value: Value, _ i: Interpreter) throws -> Value {
    guard value.object is ModuleInstance else {
      throw Raise.type("\(OptimizerClass.typeText(value, i)) is not a Module subclass")
    }
    return value
  }

  static func place(_ k: Int, _ count: Int) throws -> Int {
    let at = k < 0 ? k + count : k
    guard at >= 0, at < count else { throw Raise.index("index \(k) is out of range") }
    return at
  }

  /// What the two numbered containers do alike.
  private static func fill(_ c: ClassObject) {
    func renumber(_ m: ModuleInstance, _ items: [Value]) {
      m.setChildren(items.enumerated().map { ("\($0)", $1) })
    }
    c.method("__len__") { v, _, _ in .int(try ModuleClass.me(v).core.children.count) }
    c.method("__iter__") { v, _, _ in
      .object(ClosureIterator(over: try ModuleClass.me(v).children.map(\.value)))
    }
    c.method("__getitem__") { v, a, i in
      let m = try ModuleClass.me(v)
      let key = try a.positionalOnly("__getitem__", 1...1)[0]
      let children = m.children
      if let slice = key.object as? SliceObject {
        let made = ModuleInstance(m.classObject)
        made.isReady = true
        made.core.isTraining = m.isTraining
        let (start, count, step) = try slice.resolve(children.count, i)
        for k in 0..<count where children.indices.contains(start + k * step) {
          let child = children[start + k * step]
          made.adopt(m.classObject.isSubclass(of: sequential) ? child.name : "\(k)", child.value)
        }
        return .object(made)
      }
      guard let k = try i.index(key) else {
        throw Raise.type("'\(i.typeName(key))' object cannot be interpreted as an integer")
      }
      return children[try place(k, children.count)].value
    }
    c.method("__setitem__") { v, a, i in
      let m = try ModuleClass.me(v)
      let p = try a.positionalOnly("__setitem__", 2...2)
      m.adopt(
        m.core.children[try place(try i.index(p[0]) ?? 0, m.core.children.count)].name, try checked(p[1], i))
      return .none
    }
    c.method("__delitem__") { v, a, i in
      let m = try ModuleClass.me(v)
      let at = try place(
        try i.index(try a.positionalOnly("__delitem__", 1...1)[0]) ?? 0, m.core.children.count)
      var items = m.children.map(\.value)
      items.remove(at: at)
      renumber(m, items)
      return .none
    }
    c.method("append") { v, a, i in
      try append(try a.positionalOnly("append", 1...1)[0], to: try ModuleClass.me(v), i)
      return v
    }
    c.method("extend") { v, a, i in
      for item in try i.array(try a.positionalOnly("extend", 1...1)[0]) {
        try append(item, to: try ModuleClass.me(v), i)
      }
      return v
    }
    c.method("insert") { v, a, i in
      let p = try a.bind("insert", "index", "module")
      let m = try ModuleClass.me(v)
      var items = m.children.map(\.value)
      let k = try p[0].flatMap(i.index) ?? 0
      items.insert(try checked(p[1] ?? .none, i), at: min(max(k < 0 ? k + items.count : k, 0), items.count))
      renumber(m, items)
      return m.classObject.isSubclass(of: sequential) ? v : .none
    }
    c.method("pop") { v, a, i in
      let m = try ModuleClass.me(v)
      var items = m.children.map(\.value)
      let k = try a.positionalOnly("pop", 0...1).first.flatMap { try i.index($0) } ?? -1
      let out = items.remove(at: try place(k, items.count))
      renumber(m, items)
      return out
    }
    c.method("__iadd__") { v, a, i in
      for item in try i.array(try a.positionalOnly("__iadd__", 1...1)[0]) {
        try append(item, to: try ModuleClass.me(v), i)
      }
      return v
    }
    c.method("__add__") { v, a, i in
      let m = try ModuleClass.me(v)
      let made = ModuleInstance(m.classObject)
      made.isReady = true
      for item in m.children.map(\.value) + (try i.array(try a.positionalOnly("__add__", 1...1)[0])) {
        try append(item, to: made, i)
      }
      return .object(made)
    }
  }

  nonisolated(unsafe) static let sequential: ClassObject = {
    let c = makeClass("Sequential")
    c.method("__init__") { v, a, i in
      let m = try start(v)
      if let first = a.keywords.first {
        throw Raise.type(
          "\(m.classObject.name).__init__() got an unexpected keyword argument '\(first.name)'")
      }
      if a.positional.count == 1, let d = a.positional[0].object as? DictObject {
        for (key, value) in zip(d.keys, d.values) { m.adopt(try i.str(key), try checked(value, i)) }
      } else {
        for item in a.positional { try append(item, to: m, i) }
      }
      return .none
    }
    c.method("forward") { v, a, i in
      let m = try ModuleClass.me(v)
      guard a.positional.count + a.keywords.count == 1 else {
        let n = a.positional.count
        throw Raise.type(
          n == 0
            ? "Sequential.forward() missing 1 required positional argument: 'input'"
            : "Sequential.forward() takes 2 positional arguments but \(n + 1) were given")
      }
      var x = try a.bind("Sequential.forward", "input")[0] ?? .none
      for child in m.children { x = try i.call(child.value, PyArguments([x])) }
      return x
    }
    fill(c)
    /// The modules `n` times over; throws what PyTorch throws for no number and for less than once.
    func repeated(_ m: ModuleInstance, _ a: PyArguments, _ name: String, _ i: Interpreter) throws -> [Value] {
      let times = try a.positionalOnly(name, 1...1)[0]
      guard case .int(let n) = times else {
        throw Raise.type(
          "unsupported operand type(s) for *: \(try i.repr(.object(m.classObject))) and \(try i.repr(.object(i.type(of: times))))"
        )
      }
      guard n > 0 else {
        throw Raise.value(
          "Non-positive multiplication factor \(n) for \(try i.repr(.object(m.classObject)))")
      }
      let children = m.children.map(\.value)
      guard n * children.count < 100_000 else { throw Raise.named("MemoryError", "") }
      return (0..<n).flatMap { _ in children }
    }
    for name in ["__mul__", "__rmul__"] {
      c.method(name) { v, a, i in
        let m = try ModuleClass.me(v)
        let made = ModuleInstance(m.classObject)
        made.isReady = true
        for child in try repeated(m, a, name, i) { try append(child, to: made, i) }
        return .object(made)
      }
    }
    c.method("__imul__") { v, a, i in
      let m = try ModuleClass.me(v)
      for child in try repeated(m, a, "__imul__", i).dropFirst(m.children.count) {
        try append(child, to: m, i)
      }
      return v
    }
    return c
  }()

  nonisolated(unsafe) static let moduleList: ClassObject = {
    let c = makeClass("ModuleList")
    c.method("__init__") { v, a, i in
      let m = try start(v)
      if let items = try a.bind("ModuleList.__init__", "modules?")[0], items.object != nil {
        for item in try i.array(items) { try append(item, to: m, i) }
      }
      return .none
    }
    fill(c)
    return c
  }()

  nonisolated(unsafe) static let moduleDict: ClassObject = {
    let c = makeClass("ModuleDict")
    func update(_ m: ModuleInstance, _ v: Value, _ i: Interpreter) throws {
      if let d = v.object as? DictObject {
        for entry in d.entries { if let entry { m.adopt(try i.str(entry.key), try checked(entry.value, i)) } }
      } else if let other = v.object as? ModuleInstance {
        for (name, child) in other.children { m.adopt(name, child) }
      } else {
        for pair in try i.array(v) {
          let two = try i.array(pair)
          guard two.count == 2 else {
            throw Raise.value("ModuleDict update sequence element has length \(two.count); 2 is required")
          }
          m.adopt(try i.str(two[0]), try checked(two[1], i))
        }
      }
    }
    func key(_ a: PyArguments, _ name: String, _ i: Interpreter) throws -> String {
      try i.str(try a.positionalOnly(name, 1...1)[0])
    }
    func child(_ m: ModuleInstance, _ name: String) throws -> Value {
      guard let found = m.children.first(where: { $0.name == name }) else {
        throw Raise(Exceptions.make("KeyError", name))
      }
      return found.value
    }
    c.method("__init__") { v, a, i in
      let m = try start(v)
      if let given = try a.bind("ModuleDict.__init__", "modules?")[0], given.object != nil {
        try update(m, given, i)
      }
      return .none
    }
    c.method("__len__") { v, _, _ in .int(try ModuleClass.me(v).core.children.count) }
    c.method("__iter__") { v, _, _ in
      .object(ClosureIterator(over: try ModuleClass.me(v).core.children.map { .string($0.name) }))
    }
    c.method("__contains__") { v, a, i in
      let name = try key(a, "__contains__", i)
      return .bool(try ModuleClass.me(v).core.children.contains { $0.name == name })
    }
    c.method("__getitem__") { v, a, i in try child(try ModuleClass.me(v), try key(a, "__getitem__", i)) }
    c.method("__setitem__") { v, a, i in
      let p = try a.positionalOnly("__setitem__", 2...2)
      try ModuleClass.me(v).adopt(try i.str(p[0]), try checked(p[1], i))
      return .none
    }
    c.method("__delitem__") { v, a, i in
      let (m, name) = (try ModuleClass.me(v), try key(a, "__delitem__", i))
      _ = try child(m, name)
      _ = try m.deleteAttribute(name, i)
      return .none
    }
    c.method("pop") { v, a, i in
      let (m, name) = (try ModuleClass.me(v), try key(a, "pop", i))
      let out = try child(m, name)
      _ = try m.deleteAttribute(name, i)
      return out
    }
    c.method("clear") { v, _, _ in
      try ModuleClass.me(v).removeChildren()
      return .none
    }
    c.method("update") { v, a, i in
      try update(try ModuleClass.me(v), try a.positionalOnly("update", 1...1)[0], i)
      return .none
    }
    func view(_ v: Value, _ name: String, _ i: Interpreter) throws -> Value {
      let d = OptimizerObject.dictionary(try ModuleClass.me(v).children.map { ($0.name, $0.value) })
      return try i.callMethod(d, name) ?? .none
    }
    for name in ["keys", "values", "items"] { c.method(name) { v, _, i in try view(v, name, i) } }
    return c
  }()
}

/// Containers of parameters.
enum ParameterContainers {
  private static func parameter(_ v: Value) throws -> Value {
    guard let t = v.object as? TensorObject, !t.tensor.isParameter else { return v }
    return .object(TensorObject.of(try Tensor.parameter(t.tensor)))
  }

  /// What stands on the line of an entry.
  private static func line(_ v: Value, isList: Bool, _ i: Interpreter) throws -> String {
    guard let t = (v.object as? TensorObject)?.tensor else {
      return "Object of type: \(i.typeName(v))"
    }
    let size = t.shape.map(String.init).joined(separator: "x")
    let kind = t.isParameter ? "Parameter" : "Tensor"
    let type = isList ? t.dtype.torchName : ModuleClass.tensorTypeText(t)
    return "\(kind) containing: [\(type) of size \(size)]"
  }
  private static func text(_ m: ModuleInstance, isList: Bool, _ i: Interpreter) throws -> Value {
    .string(
      try m.parameters.map { "  (\($0.name)): \(try line($0.value, isList: isList, i))" }.joined(
        separator: "\n"))
  }

  nonisolated(unsafe) static let list: ClassObject = {
    let c = ModuleContainers.makeClass("ParameterList")
    func add(_ v: Value, to m: ModuleInstance) throws {
      m.putParameter("\(m.core.parameters.count)", try parameter(v))
    }
    c.method("__init__") { v, a, i in
      let m = try ModuleContainers.start(v)
      if let values = try a.bind("ParameterList.__init__", "values?")[0], values.object != nil {
        for item in try i.array(values) { try add(item, to: m) }
      }
      return .none
    }
    c.method("__len__") { v, _, _ in .int(try ModuleClass.me(v).core.parameters.count) }
    c.method("__iter__") { v, _, _ in
      .object(ClosureIterator(over: try ModuleClass.me(v).parameters.map(\.value)))
    }
    c.method("__getitem__") { v, a, i in
      let m = try ModuleClass.me(v)
      let key = try a.positionalOnly("__getitem__", 1...1)[0]
      if key.object is SliceObject { return try i.getItem(.list(m.parameters.map(\.value)), key) }
      return m.parameters[try ModuleContainers.place(try i.index(key) ?? 0, m.core.parameters.count)].value
    }
    c.method("__setitem__") { v, a, i in
      let p = try a.positionalOnly("__setitem__", 2...2)
      let m = try ModuleClass.me(v)
      let at = try ModuleContainers.place(try i.index(p[0]) ?? 0, m.core.parameters.count)
      m.putParameter(m.core.parameters[at].name, try parameter(p[1]))
      return .none
    }
    c.method("append") { v, a, _ in
      try add(try a.positionalOnly("append", 1...1)[0], to: try ModuleClass.me(v))
      return v
    }
    c.method("extend") { v, a, i in
      for item in try i.array(try a.positionalOnly("extend", 1...1)[0]) {
        try add(item, to: try ModuleClass.me(v))
      }
      return v
    }
    c.method("pop") { v, a, i in
      let m = try ModuleClass.me(v)
      let k = try a.positionalOnly("pop", 0...1).first.flatMap { try i.index($0) } ?? -1
      var items = m.parameters
      let out = items.remove(at: try ModuleContainers.place(k, items.count)).value
      for entry in m.parameters { _ = try m.deleteAttribute(entry.name, i) }
      for (at, item) in items.enumerated() { m.putParameter("\(at)", item.value) }
      return out
    }
    c.method("extra_repr") { v, _, i in try text(try ModuleClass.me(v), isList: true, i) }
    return c
  }()

  nonisolated(unsafe) static let dictionary: ClassObject = {
    let c = ModuleContainers.makeClass("ParameterDict")
    func update(_ m: ModuleInstance, _ v: Value, _ i: Interpreter) throws {
      if let d = v.object as? DictObject {
        for entry in d.entries {
          if let entry { m.putParameter(try i.str(entry.key), try parameter(entry.value)) }
        }
      } else if let other = v.object as? ModuleInstance {
        for (name, value) in other.parameters { m.putParameter(name, value) }
      } else {
        for pair in try i.array(v) {
          let two = try i.array(pair)
          guard two.count == 2 else {
            throw Raise.value("ParameterDict update sequence element has length \(two.count); 2 is required")
          }
          m.putParameter(try i.str(two[0]), try parameter(two[1]))
        }
      }
    }
    func value(_ m: ModuleInstance, _ name: String) throws -> Value {
      guard let found = m.parameters.first(where: { $0.name == name }) else {
        throw Raise(Exceptions.make("KeyError", name))
      }
      return found.value
    }
    c.method("__init__") { v, a, i in
      let m = try ModuleContainers.start(v)
      if let given = try a.bind("ParameterDict.__init__", "parameters?")[0], given.object != nil {
        try update(m, given, i)
      }
      return .none
    }
    c.method("__len__") { v, _, _ in .int(try ModuleClass.me(v).core.parameters.count) }
    c.method("__iter__") { v, _, _ in
      .object(ClosureIterator(over: try ModuleClass.me(v).core.parameters.map { .string($0.name) }))
    }
    c.method("__contains__") { v, a, i in
      let name = try i.str(try a.positionalOnly("__contains__", 1...1)[0])
      return .bool(try ModuleClass.me(v).core.parameters.contains { $0.name == name })
    }
    c.method("__getitem__") { v, a, i in
      try value(try ModuleClass.me(v), try i.str(try a.positionalOnly("__getitem__", 1...1)[0]))
    }
    c.method("__setitem__") { v, a, i in
      let p = try a.positionalOnly("__setitem__", 2...2)
      try ModuleClass.me(v).putParameter(try i.str(p[0]), try parameter(p[1]))
      return .none
    }
    for name in ["__delitem__", "pop"] {
      c.method(name) { v, a, i in
        let (m, key) = (try ModuleClass.me(v), try i.str(try a.positionalOnly(name, 1...1)[0]))
        let out = try value(m, key)
        _ = try m.deleteAttribute(key, i)
        return name == "pop" ? out : .none
      }
    }
    c.method("update") { v, a, i in
      try update(try ModuleClass.me(v), try a.positionalOnly("update", 1...1)[0], i)
      return .none
    }
    c.method("get") { v, a, i in
      let p = try a.bind("get", "key", "default?")
      let key = try i.str(p[0] ?? .none)
      return try ModuleClass.me(v).parameters.first { $0.name == key }?.value ?? p[1] ?? .none
    }
    c.method("setdefault") { v, a, i in
      let p = try a.bind("setdefault", "key", "default?")
      let (m, key) = (try ModuleClass.me(v), try i.str(p[0] ?? .none))
      if !m.parameters.contains(where: { $0.name == key }) {
        m.putParameter(key, try parameter(p[1] ?? .none))
      }
      return try value(m, key)
    }
    c.method("popitem") { v, _, i in
      let m = try ModuleClass.me(v)
      guard let last = m.parameters.last else {
        throw Raise(Exceptions.make("KeyError", "dictionary is empty"))
      }
      _ = try m.deleteAttribute(last.name, i)
      return .tuple([.string(last.name), last.value])
    }
    c.method("clear") { v, _, i in
      let m = try ModuleClass.me(v)
      for entry in m.parameters { _ = try m.deleteAttribute(entry.name, i) }
      return .none
    }
    c.method("copy") { v, _, _ in
      let made = ModuleInstance(try ModuleClass.me(v).classObject)
      made.isReady = true
      for entry in try ModuleClass.me(v).parameters { made.putParameter(entry.name, entry.value) }
      return .object(made)
    }
    c.method("__reversed__") { v, _, _ in
      .object(ClosureIterator(over: try ModuleClass.me(v).parameters.reversed().map { .string($0.name) }))
    }
    for name in ["keys", "values", "items"] {
      c.method(name) { v, _, i in
        let d = OptimizerObject.dictionary(try ModuleClass.me(v).parameters.map { ($0.name, $0.value) })
        return try i.callMethod(d, name) ?? .none
      }
    }
    c.method("extra_repr") { v, _, i in try text(try ModuleClass.me(v), isList: false, i) }
    return c
  }()
}
