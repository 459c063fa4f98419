import Autograd
import MiniPython
import Recordings

/// `torch.nn.utils.parametrize` and `parametrizations`: a parameter that is a function of others, computed where it
/// is read.
enum Parametrizing {
  static func fill(_ m: ModuleObject) {
    m.set("ParametrizationList", .object(listClass))
    m.function("register_parametrization") { a, i in
      let p = try a.bind("register_parametrization", "module", "tensor_name", "parametrization", "unsafe?")
      let (module, name) = try WeightNormalizing.target(p, i)
      guard let made = p[2]?.object as? ModuleInstance else {
        throw Raise.type("\(OptimizerClass.typeText(p[2] ?? .none, i)) is not a Module subclass")
      }
      try register(made, on: module, name, i)
      return .object(module)
    }
    m.function("is_parametrized") { a, i in
      let p = try a.bind("is_parametrized", "module", "tensor_name?")
      guard let module = p[0]?.object as? ModuleInstance else { return .bool(false) }
      guard let name = p[1], !name.isNone else { return .bool(!module.parametrized.isEmpty) }
      return .bool(module.parametrized.contains(try i.str(name)))
    }
    m.function("remove_parametrizations") { a, i in
      let p = try a.bind("remove_parametrizations", "module", "tensor_name", "leave_parametrized?")
      let (module, name) = try WeightNormalizing.target(p, i)
      try remove(module, name, keepsValue: try p[2].map(i.isTrue) ?? true, i)
      return .object(module)
    }
    m.function("cached") { _, _ in .object(Cached()) }
  }

  static func fillReady(_ m: ModuleObject) {
    m.function("weight_norm") { a, i in
      let p = try a.bind("weight_norm", "module", "name?", "dim?")
      let (module, name) = try WeightNormalizing.target(p, i)
      let dim = try WeightNormalizing.axis(p[2], i)
      let made = ModuleInstance(weightNorm)
      made.isReady = true
      made.set("dim", .int(dim))
      try register(made, on: module, name, i)
      return .object(module)
    }
    m.function("spectral_norm") { a, i in
      let p = try a.bind("spectral_norm", "module", "name?", "n_power_iterations?", "eps?", "dim?")
      let (module, name) = try WeightNormalizing.target(p, i)
      let weight = Value.object(TensorObject.of(try WeightNormalizing.parameter(module, name).detach()))
      let isTurned = module.classObject.name.hasPrefix("ConvTranspose")
      let made = ModuleInstance(spectralNorm)
      made.isReady = true
      let dim = try p[4].flatMap { $0.isNone ? nil : try i.index($0) } ?? (isTurned ? 1 : 0)
      let eps = try p[3].flatMap(i.floating) ?? 1e-12
      made.set("dim", .int(dim))
      made.set("eps", .float(eps))
      made.set("n_power_iterations", .int(try p[2].flatMap(i.index) ?? 1))
      let iteration = PowerIteration(dim: dim, eps: eps)
      var (u, v) = try iteration.start(weight, i)
      made.putBuffer("_u", u)
      made.putBuffer("_v", v)
      for _ in 0..<15 { try iteration.round(try iteration.matrix(weight, i), &u, &v, uFirst: true, i) }
      try register(made, on: module, name, i)
      return .object(module)
    }
    m.function("orthogonal") { a, i in
      guard let module = try WrittenModules.make(WrittenModules.orthogonality.name, RunState.of(i), i),
        let made = try i.attribute(module, "orthogonal")
      else { return .none }
      return try i.call(made, a)
    }
  }

  private final class Cached: Object {
    override var isContext: Bool { true }
    override func enter(_ i: Interpreter) throws -> Value? {
      RunState.of(i).cachings += 1
      return Value.none
    }
    override func exit(_ exception: InstanceObject?, _ i: Interpreter) throws -> Bool {
      let state = RunState.of(i)
      state.cachings -= 1
      if state.cachings == 0 { state.cached = [:] }
      return false
    }
  }

  /// `module.weight = value` where the weight is computed: the original becomes what gives this value.
  static func assign(_ module: ModuleInstance, _ name: String, _ value: Value, _ i: Interpreter) throws {
    guard let list = list(module, name) else { return }
    try ModuleClass.withoutGraph {
      var value = value
      for (_, made) in list.childModules.reversed() {
        guard made.classObject.lookup("right_inverse") != nil,
          let found = try i.callMethod(.object(made), "right_inverse", PyArguments([value]))
        else {
          throw Raise.runtime("parametrization \(made.classObject.name) does not implement right_inverse.")
        }
        value = found
      }
      let parts = value.object is TupleObject ? try i.array(value) : [value]
      let originals = list.core.parameters.compactMap(\.value)
      guard parts.count == originals.count else {
        throw Raise.value(
          "'right_inverse' must return a sequence of tensors of length \(originals.count). Got a sequence of length "
            + "\(parts.count).")
      }
      for (original, part) in zip(originals, parts) {
        guard let t = (part.object as? TensorObject)?.tensor else {
          throw Raise.value("`right_inverse` should return a tensor. Got \(i.typeName(part))")
        }
        guard t.dtype == original.dtype else {
          throw Raise.value(
            "The tensor `parametrization.original` and the tensor returned by `right_inverse` must have the same dtype"
          )
        }
        try original.setData(t)
      }
    }
  }

  nonisolated(unsafe) private static let listClass: ClassObject = {
    let c = ClassObject(
      "ParametrizationList", bases: [ModuleContainers.moduleList], module: "torch.nn.utils.parametrize")
    c.method("forward") { v, _, i in
      let m = try ModuleClass.me(v)
      let originals = m.parameters.map(\.value)
      var x: Value?
      for child in m.children {
        x = try i.call(child.value, PyArguments(x.map { [$0] } ?? originals))
      }
      return x ?? originals.first ?? .none
    }
    return c
  }()

  nonisolated(unsafe) private static let weightNorm: ClassObject = {
    let c = ClassObject("_WeightNorm", bases: [ModuleClass.module], module: "torch.nn.utils.parametrizations")
    func dim(_ v: Value, _ i: Interpreter) throws -> Int { try i.index(i.getAttribute(v, "dim")) ?? 0 }
    c.method("forward") { v, a, i in
      let p = try a.bind("forward", "weight_g", "weight_v")
      let g = try Convert.tensor(p[0], "forward", "weight_g", i)
      return .object(
        TensorObject.of(
          try WeightNorms.weight(try Convert.tensor(p[1], "forward", "weight_v", i), g, try dim(v, i))))
    }
    c.method("right_inverse") { v, a, i in
      let w = try Convert.tensor(try a.bind("right_inverse", "weight")[0], "right_inverse", "weight", i)
      return .tuple([
        .object(TensorObject.of(try WeightNorms.norms(w, try dim(v, i)))), .object(TensorObject.of(w)),
      ])
    }
    return c
  }()

  nonisolated(unsafe) private static let spectralNorm: ClassObject = {
    let c = ClassObject(
      "_SpectralNorm", bases: [ModuleClass.module], module: "torch.nn.utils.parametrizations")
    c.method("forward") { v, a, i in
      let m = try ModuleClass.me(v)
      let weight = try a.bind("forward", "weight")[0] ?? .none
      let iteration = PowerIteration(
        dim: try i.index(i.getAttribute(v, "dim")) ?? 0,
        eps: try i.floating(i.getAttribute(v, "eps")) ?? 1e-12)
      let matrix = try iteration.matrix(weight, i)
      var (u, w) = (try i.getAttribute(v, "_u"), try i.getAttribute(v, "_v"))
      if m.isTraining {
        for _ in 0..<(try i.index(i.getAttribute(v, "n_power_iterations")) ?? 1) {
          try iteration.round(matrix, &u, &w, uFirst: true, i)
        }
      }
      return try iteration.divided(weight, matrix, u, w, by: "vdot", i)
    }
    return c
  }()

  // MARK: Registering

  private static func list(_ module: ModuleInstance, _ name: String) -> ModuleInstance? {
    module.childModules.first { $0.name == "parametrizations" }?.module.childModules.first {
      $0.name == name
    }?
    .module
  }

  private static func register(
    _ made: ModuleInstance, on module: ModuleInstance, _ name: String, _ i: Interpreter
  ) throws {
    made.core.isTraining = module.isTraining
    if module.parametrized.contains(name), let list = list(module, name) {
      list.adopt("\(list.core.children.count)", .object(made))
      return
    }
    guard let original = module.core.parameters.first(where: { $0.name == name })?.value else {
      throw Raise.value(
        "Module '\(try i.repr(.object(module)))' does not have a parameter, a buffer, or a parametrized element with name '\(name)'"
      )
    }
    let list = ModuleInstance(listClass)
    list.isReady = true
    var parts: [Value] = []
    var isSplit = false
    if made.classObject.lookup("right_inverse") != nil {
      let plain = Value.object(TensorObject.of(original.detach()))
      let found = try ModuleClass.withoutGraph {
        try i.callMethod(.object(made), "right_inverse", PyArguments([plain])) ?? plain
      }
      isSplit = found.object is TupleObject
      parts = isSplit ? try i.array(found) : [found]
    }
    list.adopt("0", .object(made))
    if isSplit {
      for (k, part) in parts.enumerated() {
        if let t = part.object as? TensorObject {
          list.putParameter("original\(k)", try WeightNormalizing.fresh(t.tensor))
        }
      }
    } else {
      if let t = (parts.first?.object as? TensorObject)?.tensor { try original.setData(t) }
      list.putParameter("original", .object(TensorObject.of(original)))
    }
    _ = try module.deleteAttribute(name, i)
    if module.parametrized.isEmpty {
      let all = try i.call(.object(ModuleContainers.moduleDict), PyArguments([]))
      module.adopt("parametrizations", all)
      module.become(
        ClassObject(
          "Parametrized\(module.classObject.name)", bases: [module.classObject],
          module: "torch.nn.utils.parametrize"))
    }
    module.childModules.first { $0.name == "parametrizations" }?.module.adopt(name, .object(list))
    module.parametrized.append(name)
  }

  private static func remove(
    _ module: ModuleInstance, _ name: String, keepsValue: Bool, _ i: Interpreter
  ) throws {
    guard module.parametrized.contains(name), let list = list(module, name) else {
      throw Raise.value("Module \(try i.repr(.object(module))) does not have a parametrization on \(name)")
    }
    let originals = list.core.parameters.compactMap(\.value)
    guard keepsValue || originals.count == 1 else {
      throw Raise.value(
        "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a sequence of tensors."
      )
    }
    let value = try ModuleClass.withoutGraph { try module.computed(name, i) }
    module.parametrized.removeAll { $0 == name }
    if let all = module.childModules.first(where: { $0.name == "parametrizations" })?.module {
      _ = try all.deleteAttribute(name, i)
      if module.parametrized.isEmpty {
        _ = try module.deleteAttribute("parametrizations", i)
        if let base = module.classObject.bases.first { module.become(base) }
      }
    }
    if originals.count == 1, let first = originals.first {
      if keepsValue, let t = (value?.object as? TensorObject)?.tensor { try first.setData(t) }
      module.putParameter(name, .object(TensorObject.of(first)))
    } else if let t = (value?.object as? TensorObject)?.tensor {
      module.putParameter(name, try WeightNormalizing.fresh(t))
    }
  }
}

extension ModuleInstance {
  /// A computed tensor of a module.
  struct TensorName: Hashable {
    var module: ObjectIdentifier
    var name: String
  }

  /// A parametrized tensor as it is now.
  func computed(_ name: String, _ i: Interpreter) throws -> Value? {
    guard parametrized.contains(name),
      let all = childModules.first(where: { $0.name == "parametrizations" })?.module,
      let list = all.childModules.first(where: { $0.name == name })?.module
    else { return nil }
    let state = RunState.of(i)
    guard state.cachings > 0 else { return try i.call(.object(list), PyArguments([])) }
    let key = TensorName(module: ObjectIdentifier(list), name: name)
    if let known = state.cached[key] { return known }
    let made = try i.call(.object(list), PyArguments([]))
    state.cached[key] = made
    return made
  }

  /// Runs a body with all parametrized tensors computed once.
  func withComputed<R>(_ i: Interpreter, _ body: () throws -> R) throws -> R {
    guard !parametrized.isEmpty else { return try body() }
    for name in parametrized {
      core.computed[name] = (try computed(name, i)?.object as? TensorObject)?.tensor
    }
    defer { for name in parametrized { core.computed[name] = nil } }
    return try body()
  }
}
