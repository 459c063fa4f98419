import Autograd
import MiniPython
import Recordings

/// `weight_norm` and `spectral_norm` of `torch.nn.utils`: a weight computed anew before every `forward`.
enum WeightNormalizing {
  static func fill(_ m: ModuleObject) {
    m.function("weight_norm") { a, i in
      let p = try a.bind("weight_norm", "module", "name?", "dim?")
      i.warn(
        "`torch.nn.utils.weight_norm` is deprecated in favor of `torch.nn.utils.parametrizations.weight_norm`.",
        category: "FutureWarning")
      let (module, name) = try target(p, i)
      let dim = try axis(p[2], i)
      let weight = try parameter(module, name)
      _ = try module.deleteAttribute(name, i)
      try module.putParameter(name + "_g", fresh(WeightNorms.norms(weight.detach(), dim)))
      try module.putParameter(name + "_v", fresh(weight))
      try install(
        Norm(name, "weight_norm") { module, _ in
          guard let g = module.core.parameter(name + "_g"), let v = module.core.parameter(name + "_v") else {
            throw Raise.attribute("'\(module.classObject.name)' object has no attribute '\(name)_g'")
          }
          return .object(TensorObject.of(try WeightNorms.weight(v, g, dim)))
        }, on: module, i)
      return .object(module)
    }
    m.function("spectral_norm") { a, i in
      let p = try a.bind("spectral_norm", "module", "name?", "n_power_iterations?", "eps?", "dim?")
      let (module, name) = try target(p, i)
      let rounds = try p[2].flatMap(i.index) ?? 1
      guard rounds > 0 else {
        throw Raise.value(
          "Expected n_power_iterations to be positive, but got n_power_iterations=\(rounds)")
      }
      let eps = try p[3].flatMap(i.floating) ?? 1e-12
      let weight = try parameter(module, name)
      let isTurned = module.classObject.name.hasPrefix("ConvTranspose")
      let dim = try p[4].flatMap { $0.isNone ? nil : try i.index($0) } ?? (isTurned ? 1 : 0)
      let iteration = PowerIteration(dim: dim, eps: eps)
      let start = try iteration.start(.object(TensorObject.of(weight.detach())), i)
      _ = try module.deleteAttribute(name, i)
      module.putParameter(name + "_orig", .object(TensorObject.of(weight)))
      module.putBuffer(name + "_u", start.u)
      module.putBuffer(name + "_v", start.v)
      try install(
        Norm(name, "spectral_norm") { module, i in
          let me = Value.object(module)
          let original = try i.getAttribute(me, name + "_orig")
          var (u, v) = (try i.getAttribute(me, name + "_u"), try i.getAttribute(me, name + "_v"))
          let matrix = try iteration.matrix(original, isOld: true, i)
          if module.isTraining {
            for _ in 0..<rounds { try iteration.round(matrix, &u, &v, uFirst: false, i) }
          }
          return try iteration.divided(original, matrix, u, v, i)
        }, on: module, first: .object(TensorObject.of(weight.detach())), i)
      return .object(module)
    }
    for kind in ["weight_norm", "spectral_norm"] {
      m.function("remove_" + kind) { a, i in
        let p = try a.bind("remove_" + kind, "module", "name?")
        let (module, name) = try target(p, i)
        guard let at = module.norms.firstIndex(where: { $0.kind == kind && $0.name == name }) else {
          throw Raise.value("\(kind) of '\(name)' not found in \(try i.repr(.object(module)))")
        }
        let norm = module.norms.remove(at: at)
        let weight = try ModuleClass.withoutGraph { try norm.compute(module, i) }
        _ = try i.callMethod(norm.handle, "remove")
        for end in ["_g", "_v", "_orig", "_u"] where try i.attribute(.object(module), name + end) != nil {
          _ = try module.deleteAttribute(name + end, i)
        }
        _ = try module.deleteAttribute(name, i)
        if let t = weight.object as? TensorObject { module.putParameter(name, try fresh(t.tensor)) }
        return .object(module)
      }
    }
  }

  /// One weight that is computed.
  final class Norm {
    let name: String
    let kind: String
    let compute: (ModuleInstance, Interpreter) throws -> Value
    var handle = Value.none
    init(
      _ name: String, _ kind: String, _ compute: @escaping (ModuleInstance, Interpreter) throws -> Value
    ) {
      self.name = name
      self.kind = kind
      self.compute = compute
    }
  }

  /// - Parameter first: what stands in the weight's place until the first `forward`; else it is computed.
  private static func install(
    _ norm: Norm, on module: ModuleInstance, first: Value? = nil, _ i: Interpreter
  ) throws {
    guard !module.norms.contains(where: { $0.name == norm.name && $0.kind == norm.kind }) else {
      throw Raise.runtime("Cannot register two \(norm.kind) hooks on the same parameter \(norm.name)")
    }
    try module.assign(norm.name, first ?? norm.compute(module, i), i)
    norm.handle = module.hooks.forwardPre.add(
      .object(
        NativeFunction("compute_weight") { a, i in
          guard let module = a.positional.first?.object as? ModuleInstance else { return .none }
          try module.assign(norm.name, norm.compute(module, i), i)
          return .none
        }))
    module.norms.append(norm)
  }

  static func target(_ p: [Value?], _ i: Interpreter) throws -> (ModuleInstance, String) {
    guard let module = p[0]?.object as? ModuleInstance else {
      throw Raise.attribute("'\(i.typeName(p[0] ?? .none))' object has no attribute '_forward_pre_hooks'")
    }
    return (module, try p[1].map(i.str) ?? "weight")
  }
  static func axis(_ v: Value?, _ i: Interpreter) throws -> Int {
    guard let v else { return 0 }
    return v.isNone ? -1 : try i.index(v) ?? 0
  }
  static func parameter(_ m: ModuleInstance, _ name: String) throws -> Tensor {
    guard let found = m.core.parameters.first(where: { $0.name == name })?.value else {
      throw Raise.attribute("'\(m.classObject.name)' object has no attribute '\(name)'")
    }
    return found
  }
  static func fresh(_ t: Tensor) throws -> Value {
    .object(TensorObject.of(try Tensor.parameter(t.detach())))
  }
}

/// The largest singular value of a matrix, by the power method.
struct PowerIteration {
  let dim: Int
  let eps: Double

  private func normalized(_ v: Value, _ i: Interpreter) throws -> Value {
    try Layers.call(.functional("normalize"), [v], [("dim", .int(0)), ("eps", .float(eps))], i)
  }
  private func mv(_ a: Value, _ b: Value, _ i: Interpreter) throws -> Value {
    try Layers.call(.torch("mv"), [a, b], i)
  }

  /// The weight as a matrix: the axis of the outputs first.
  ///
  /// - Parameter isOld: the older norm takes a view of what is a matrix already.
  func matrix(_ weight: Value, isOld: Bool = false, _ i: Interpreter) throws -> Value {
    var w = weight
    let rank = (weight.object as? TensorObject)?.tensor.dim ?? 0
    if dim != 0 {
      let order = [dim] + (0..<rank).filter { $0 != dim }
      w = try Layers.call(.method("permute"), [w, .tuple(order.map(Value.int))], i)
    }
    if isOld {
      let rows = (w.object as? TensorObject)?.tensor.shape.first ?? 0
      return try Layers.call(.method("reshape"), [w, .tuple([.int(rows), .int(-1)])], i)
    }
    return rank == 2 ? w : try Layers.call(.method("flatten"), [w, .int(1)], i)
  }

  /// Two vectors to begin with.
  func start(_ weight: Value, _ i: Interpreter) throws -> (u: Value, v: Value) {
    let matrix = try matrix(weight, i)
    let shape = (matrix.object as? TensorObject)?.tensor.shape ?? [0, 0]
    func vector(_ n: Int) throws -> Value {
      try normalized(try Layers.call(.torch("randn"), [.int(n)], i), i)
    }
    return (try vector(shape[0]), try vector(shape.last ?? 0))
  }

  func round(_ matrix: Value, _ u: inout Value, _ v: inout Value, uFirst: Bool, _ i: Interpreter) throws {
    try ModuleClass.withoutGraph {
      let plain = try Layers.call(.method("detach"), [matrix], i)
      let turned = try Layers.call(.method("t"), [plain], i)
      func write(_ new: Value, _ old: Value) throws {
        _ = try Layers.call(.inPlaceMethod("copy_"), [old, new], i)
      }
      if uFirst { try write(normalized(mv(plain, v, i), i), u) }
      try write(normalized(mv(turned, u, i), i), v)
      if !uFirst { try write(normalized(mv(plain, v, i), i), u) }
    }
  }

  /// - Parameter product: the older and the newer norm call the product of vectors differently.
  func divided(
    _ weight: Value, _ matrix: Value, _ u: Value, _ v: Value, by product: String = "dot", _ i: Interpreter
  ) throws -> Value {
    let (u, v) = (try Layers.call(.method("clone"), [u], i), try Layers.call(.method("clone"), [v], i))
    let sigma = try Layers.call(.torch(product), [u, mv(matrix, v, i)], i)
    return try Layers.call(.method("div"), [weight, sigma], i)
  }
}
