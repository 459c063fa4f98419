import Autograd
import MiniPython

/// `nn.Sequential` and `nn.ModuleList`: modules in order, by number.
enum ModuleContainers {
  nonisolated(unsafe) static let all: [ClassObject] = [sequential, moduleList]

  private static func start(_ v: Value) throws -> ModuleInstance {
    let m = try ModuleClass.me(v)
    m.isReady = true
    m.set("training", .bool(true))
    return m
  }

  private static func append(_ value: Value, to m: ModuleInstance, _ i: Interpreter) throws {
    guard value.object is ModuleInstance else {
      throw Raise.type("\(try name(of: value, i)) is not a Module subclass")
    }
    m.adopt("\(m.children.count)", value)
  }
  private static func name(of v: Value, _ i: Interpreter) throws -> String {
    v.object is ClassObject
      ? try i.repr(v) : "torch.\(i.typeName(v))".replacing("torch.Tensor", with: "torch.FloatTensor")
  }

  private static func fill(_ c: ClassObject, container: String) {
    c.method("__len__") { v, _, _ in .int(try ModuleClass.me(v).children.count) }
    c.method("__iter__") { v, _, _ in
      .object(ClosureIterator(over: try ModuleClass.me(v).children.map(\.value)))
    }
    c.method("__getitem__") { v, a, i in
      let m = try ModuleClass.me(v)
      let key = try a.positionalOnly("__getitem__", 1...1)[0]
      if let slice = key.object as? SliceObject {
        let made = ModuleInstance(m.classObject)
        made.isReady = true
        made.set("training", .bool(m.isTraining))
        let (start, count, step) = try slice.resolve(m.children.count, i)
        for k in 0..<count where m.children.indices.contains(start + k * step) {
          let child = m.children[start + k * step]
          made.adopt(container == "Sequential" ? child.name : "\(k)", child.value)
        }
        return .object(made)
      }
      guard let k = try i.index(key) else {
        throw Raise.type("'\(i.typeName(key))' object cannot be interpreted as an integer")
      }
      return m.children[try place(k, m)].value
    }
    c.method("__setitem__") { v, a, i in
      let m = try ModuleClass.me(v)
      let p = try a.positionalOnly("__setitem__", 2...2)
      m.adopt(m.children[try place(try i.index(p[0]) ?? 0, m)].name, p[1])
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
  }

  private static func place(_ k: Int, _ m: ModuleInstance) throws -> Int {
    let at = k < 0 ? k + m.children.count : k
    guard m.children.indices.contains(at) else { throw Raise.index("index \(k) is out of range") }
    return at
  }

  nonisolated(unsafe) private static let sequential: ClassObject = {
    let c = ClassObject("Sequential", bases: [ModuleClass.module], module: "torch.nn.modules.container")
    c.method("__init__") { v, a, i in
      let m = try start(v)
      if a.positional.count == 1, let d = a.positional[0].object as? DictObject {
        for (key, value) in zip(d.keys, d.values) { m.adopt(try i.str(key), value) }
      } else {
        for item in a.positional { try append(item, to: m, i) }
      }
      return .none
    }
    c.method("forward") { v, a, i in
      var x = try a.bind("Sequential.forward", "input")[0] ?? .none
      for child in try ModuleClass.me(v).children { x = try i.call(child.value, PyArguments([x])) }
      return x
    }
    fill(c, container: "Sequential")
    return c
  }()

  nonisolated(unsafe) private static let moduleList: ClassObject = {
    let c = ClassObject("ModuleList", bases: [ModuleClass.module], module: "torch.nn.modules.container")
    c.method("__init__") { v, a, i in
      let m = try start(v)
      if let items = try a.bind("ModuleList.__init__", "modules?")[0], items.object != nil {
        for item in try i.array(items) { try append(item, to: m, i) }
      }
      return .none
    }
    fill(c, container: "ModuleList")
    return c
  }()
}
