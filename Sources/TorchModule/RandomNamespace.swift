import Autograd
import MiniPython

/// `torch.random`: the generator that all draws take from, by other names.
enum RandomNamespace {
  static func fill(_ m: ModuleObject, like torch: ModuleObject) {
    for name in ["manual_seed", "initial_seed", "get_rng_state", "set_rng_state"] {
      if let f = torch.members[name] { m.set(name, f) }
    }
    m.function("seed") { _, _ in seed() }
    m.set("default_generator", .object(GeneratorHandle.of(Context.current.generator)))
    m.function("fork_rng") { a, i in
      let p = try a.bind("fork_rng", "devices?", "enabled?", "device_type?")
      return .object(ForkedGenerator(isOn: try p[1].map(i.isTrue) ?? true))
    }
    torch.function("seed") { _, _ in seed() }
    if let same = m.members["default_generator"] { torch.set("default_generator", same) }
    torch.set("random", .object(m))
  }

  private static func seed() -> Value { .unsigned(Context.current.generator.reseed()) }
}

/// `with torch.random.fork_rng():` puts the generator back at the end.
private final class ForkedGenerator: Object {
  private let isOn: Bool
  private var before: [Autograd.Generator.State] = []
  init(isOn: Bool) { self.isOn = isOn }
  nonisolated(unsafe) private static let type = ClassObject("_GeneratorContextManager", module: "contextlib")
  override var typeObject: ClassObject { ForkedGenerator.type }
  override var isContext: Bool { true }
  override var exitResult: Value { .bool(false) }
  override func enter(_ i: Interpreter) throws -> Value? {
    before.append(Context.current.generator.snapshot)
    return Value.none
  }
  override var isCallable: Bool { true }
  override func call(_ a: PyArguments, _ i: Interpreter) throws -> Value {
    let isOn = isOn
    return try i.decorating(a.positionalOnly("inner", 1...1)[0]) { _ in .object(ForkedGenerator(isOn: isOn)) }
  }
  override func exit(_ exception: InstanceObject?, _ i: Interpreter) throws -> Bool {
    if let state = before.popLast(), isOn { Context.current.generator.snapshot = state }
    return false
  }
}
