import Autograd
import MiniPython

/// `torch.utils.data`: data sets, samplers, the loader.
enum DataNamespace {
  static func fill(_ m: ModuleObject) {
    for c in Datasets.all + Samplers.all { m.set(c.name, .object(c)) }
    m.set("DataLoader", .object(DataLoader.type))
    m.function("default_collate") { a, i in
      try Collate.batch(try a.positionalOnly("default_collate", 1...1)[0], i)
    }
    m.function("random_split") { a, i in try Datasets.randomSplit(a, i) }
    m.function("get_worker_info") { _, _ in .none }
  }

  /// A class whose instances keep what its `__init__` sets.
  static func makeClass(_ name: String, _ bases: [ClassObject] = [], file: String) -> ClassObject {
    ClassObject(name, bases: bases, module: "torch.utils.data.\(file)")
  }

  static func me(_ v: Value) throws -> InstanceObject {
    guard let o = v.object as? InstanceObject else { throw Raise.type("expected an instance") }
    return o
  }
  static func attribute(_ v: Value, _ name: String, _ i: Interpreter) throws -> Value {
    try i.getAttribute(v, name)
  }

  /// The generator a program gave, or the one all share.
  static func generator(_ v: Value?) -> Generator {
    (v?.object as? GeneratorHandle)?.generator ?? Context.current.generator
  }

  static func isNone(_ v: Value?) -> Bool {
    switch v {
    case nil, .none?: true
    default: false
    }
  }
}
