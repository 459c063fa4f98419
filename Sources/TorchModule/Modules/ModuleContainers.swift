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
  /// As `add_module` does, which checks the name.
  private static func add(_ name: Value, _ value: Value, to m: ModuleInstance, _ i: Interpreter) throws {
    _ = try i.callMethod(.object(m), "add_module", PyArguments([name, value]))
  }
  /// What a loop can go over; a `TypeError` that names the container's method for anything else.
  static func items(_ v: Value, of method: String, words: String = "", _ i: Interpreter) throws -> [Value] {
    guard (try? i.iterate(v)) != nil else {
      throw Raise.type("\(method) should be called with an iterable\(words), but got \(i.typeName(v))")
    }
    return try i.array(v)
  }
  /// Keys and values of what `update` takes: of a dictionary, a container of the same kind, or pairs.
  static func pairs(
    _ v: Value, of name: String, owner: String, _ i: Interpreter
  ) throws -> [(key: Value, value: Value)] {
    if let d = v.object as? DictObject { return d.entries.compactMap { $0 } }
    if v.object is ModuleInstance, let all = try i.callMethod(v, "items") {
      return try i.array(all).map { pair in
        let two = try i.array(pair)
        return (two.first ?? .none, two.last ?? .none)
      }
    }
    return try items(v, of: "\(owner).update", words: " of key/value pairs", i).enumerated().map { k, pair in
      guard (try? i.iterate(pair)) != nil else {
        throw Raise.type("\(name) update sequence element #\(k) should be Iterable; is\(i.typeName(pair))")
      }
      let two = try i.array(pair)
      guard two.count == 2 else {
        throw Raise.value("\(name) update sequence element #\(k) has length \(two.count); 2 is required")
      }
      return (two[0], two[1])
    }
  }
  private static func checked(_ value: Value, _ i: Interpreter) throws -> Value {
    guard value.object is ModuleInstance || value.isNone else {
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
      m.table(.modules).flavor = .ordered
      return .none
    }
    c.method("append") { v, a, i in
      try append(try a.positionalOnly("append", 1...1)[0], to: try ModuleClass.me(v), i)
      return v
    }
    c.method("extend") { v, a, i in
      let given = try a.positionalOnly("extend", 1...1)[0]
      let isList = try ModuleClass.me(v).classObject.isSubclass(of: moduleList)
      for item in try isList ? items(given, of: "ModuleList.extend", i) : i.array(given) {
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
      m.table(.modules).flavor = .ordered
      return out
    }
    c.method("__iadd__") { v, a, i in
      let given = try a.positionalOnly("__iadd__", 1...1)[0]
      return try i.callMethod(v, "extend", PyArguments([given])) ?? v
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
      if a.positional.count == 1, let d = a.positional[0].object as? DictObject,
        d.typeObject === Types.orderedDict
      {
        for (key, value) in zip(d.keys, d.values) { try add(key, value, to: m, i) }
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
      if let given = try a.bindWritten("ModuleList.__init__", "modules?")[0], !given.isNone {
        for item in try items(given, of: "ModuleList.extend", i) { try append(item, to: m, i) }
      }
      return .none
    }
    fill(c)
    return c
  }()

  nonisolated(unsafe) static let moduleDict: ClassObject = {
    let c = makeClass("ModuleDict")
    func update(_ m: ModuleInstance, _ v: Value, _ i: Interpreter) throws {
      for (key, value) in try pairs(v, of: "ModuleDict", owner: "ModuleDict", i) {
        try i.setItem(.object(m), key, value)
      }
    }
    func view(_ v: Value) throws -> Value {
      OptimizerObject.dictionary(try ModuleClass.me(v).children.map { ($0.name, $0.value) })
    }
    c.method("__init__") { v, a, i in
      let m = try start(v)
      if let given = try a.bindWritten("ModuleDict.__init__", "modules?")[0], !given.isNone {
        try update(m, given, i)
      }
      return .none
    }
    c.method("__len__") { v, _, _ in .int(try ModuleClass.me(v).core.children.count) }
    c.method("__iter__") { v, _, _ in
      .object(ClosureIterator(over: try ModuleClass.me(v).core.children.map { .string($0.name) }))
    }
    c.method("__contains__") { v, a, i in
      .bool(try i.contains(view(v), try a.positionalOnly("__contains__", 1...1)[0]))
    }
    c.method("__getitem__") { v, a, i in
      try i.getItem(view(v), try a.positionalOnly("__getitem__", 1...1)[0])
    }
    c.method("__setitem__") { v, a, i in
      let p = try a.positionalOnly("__setitem__", 2...2)
      try add(p[0], p[1], to: try ModuleClass.me(v), i)
      return .none
    }
    for name in ["__delitem__", "pop"] {
      c.method(name) { v, a, i in
        let key = try a.positionalOnly(name, 1...1)[0]
        let out = try i.getItem(view(v), key)
        _ = try ModuleClass.me(v).deleteAttribute(try i.str(key), i)
        return name == "pop" ? out : .none
      }
    }
    c.method("clear") { v, _, _ in
      try ModuleClass.me(v).removeChildren()
      return .none
    }
    c.method("update") { v, a, i in
      try update(try ModuleClass.me(v), try a.positionalOnly("update", 1...1)[0], i)
      return .none
    }
    for name in ["keys", "values", "items"] {
      c.method(name) { v, _, i in try i.callMethod(view(v), name) ?? .none }
    }
    return c
  }()
}
