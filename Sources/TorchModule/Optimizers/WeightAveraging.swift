import Autograd
import MiniPython
import Recordings

/// `torch.optim.swa_utils`: models whose weights are the mean of those a training went through.
enum WeightAveraging {
  static func fill(_ m: ModuleObject) {
    m.set("AveragedModel", .object(averagedModel))
    m.set("SWALR", .object(SchedulerBinding.named("SWALR")))
    m.function("update_bn") { a, i in try updateNorms(a, i) }
    for (name, isMany) in [("get_ema_multi_avg_fn", true), ("get_ema_avg_fn", false)] {
      m.function(name) { a, i in
        let decay = try a.bind(name, "decay?")[0].flatMap(i.floating) ?? 0.999
        guard decay >= 0, decay <= 1 else {
          throw Raise.value(
            "Invalid decay value \(pythonRepr(decay)) provided. Please provide a value in [0,1] range.")
        }
        return .object(isMany ? many { _ in 1 - decay } : single { _ in 1 - decay })
      }
    }
    m.function("get_swa_multi_avg_fn") { _, _ in .object(many { 1 / ($0 + 1) }) }
    m.function("get_swa_avg_fn") { _, _ in .object(single { 1 / ($0 + 1) }) }
  }

  private static func number(_ v: Value, _ i: Interpreter) throws -> Double {
    try v.object?.toFloat(i) ?? i.floating(v) ?? 0
  }

  /// Moves all averages a part of the way to what is now, in place.
  private static func many(_ part: @escaping (Double) -> Double) -> NativeFunction {
    NativeFunction("update") { a, i in
      let p = try a.positionalOnly("update", 3...3)
      let weight = Value.float(part(try number(p[2], i)))
      try ModuleClass.withoutGraph {
        for (mean, new) in zip(try i.array(p[0]), try i.array(p[1])) {
          _ = try Layers.call(
            .inPlaceMethod("lerp_"), [mean, try Layers.call(.method("detach"), [new], i), weight], i)
        }
      }
      return .none
    }
  }
  /// The average after one more value.
  private static func single(_ part: @escaping (Double) -> Double) -> NativeFunction {
    NativeFunction("update") { a, i in
      let p = try a.positionalOnly("update", 3...3)
      let weight = part(try number(p[2], i))
      return try ModuleClass.withoutGraph {
        let kept = try Layers.call(.method("mul"), [p[0], .float(1 - weight)], i)
        let new = try Layers.call(.method("mul"), [p[1], .float(weight)], i)
        return try Layers.call(.method("add"), [kept, new], i)
      }
    }
  }

  nonisolated(unsafe) private static let averagedModel: ClassObject = {
    let c = ClassObject("AveragedModel", bases: [ModuleClass.module], module: "torch.optim.swa_utils")
    c.method("__init__") { v, a, i in
      let p = try a.bind(
        "AveragedModel.__init__", "model", "device?", "avg_fn?", "multi_avg_fn?", "use_buffers?")
      let m = try ModuleClass.me(v)
      m.isReady = true
      if let one = p[2], let many = p[3], !one.isNone, !many.isNone {
        throw Raise.named("AssertionError", "Only one of avg_fn and multi_avg_fn should be provided")
      }
      guard let model = p[0]?.object as? ModuleInstance else {
        throw Raise.attribute("'\(i.typeName(p[0] ?? .none))' object has no attribute 'to'")
      }
      m.adopt("module", .object(try model.deepCopy(i)))
      m.putBuffer("n_averaged", try Layers.call(.torch("tensor"), [.int(0)], i))
      m.set("avg_fn", p[2] ?? .none)
      m.set("multi_avg_fn", p[3] ?? .none)
      m.set("use_buffers", p[4] ?? .bool(false))
      return .none
    }
    c.method("forward") { v, a, i in try i.call(i.getAttribute(v, "module"), a) }
    c.method("update_parameters") { v, a, i in
      let p = try a.bind("update_parameters", "model")
      guard let model = p[0]?.object as? ModuleInstance,
        let inner = try ModuleClass.me(v).childModules.first(where: { $0.name == "module" })?.module
      else { throw Raise.attribute("'\(i.typeName(p[0] ?? .none))' object has no attribute 'parameters'") }
      try ModuleClass.withoutGraph { try update(v, inner, model, i) }
      return .none
    }
    return c
  }()

  private static func update(
    _ v: Value, _ mine: ModuleInstance, _ model: ModuleInstance, _ i: Interpreter
  ) throws {
    let withBuffers = try i.isTrue(i.getAttribute(v, "use_buffers"))
    func all(_ m: ModuleInstance) -> [Value] {
      (m.tensors(.parameters) + (withBuffers ? m.tensors(.buffers) : [])).map {
        .object(TensorObject.of($0.1))
      }
    }
    func copy(_ from: Value, _ to: Value) throws {
      _ = try Layers.call(.inPlaceMethod("copy_"), [to, try Layers.call(.method("detach"), [from], i)], i)
    }
    let (means, news) = (all(mine), all(model))
    let counter = try i.getAttribute(v, "n_averaged")
    let many = try i.getAttribute(v, "multi_avg_fn")
    let one = try i.getAttribute(v, "avg_fn")
    if try number(counter, i) == 0 {
      for (mean, new) in zip(means, news) { try copy(new, mean) }
    } else if !one.isNone {
      for (mean, new) in zip(means, news) {
        let plain = [mean, new].map { v in (try? Layers.call(.method("detach"), [v], i)) ?? v }
        try copy(try i.call(one, PyArguments(plain + [counter])), mean)
      }
    } else {
      let function = many.isNone ? Value.object(WeightAveraging.many { 1 / ($0 + 1) }) : many
      let plain = try means.map { try Layers.call(.method("detach"), [$0], i) }
      let fresh = try news.map { try Layers.call(.method("detach"), [$0], i) }
      _ = try i.call(function, PyArguments([.list(plain), .list(fresh), counter]))
    }
    if !withBuffers {
      for (mean, new) in zip(mine.tensors(.buffers), model.tensors(.buffers)) {
        try copy(.object(TensorObject.of(new.1)), .object(TensorObject.of(mean.1)))
      }
    }
    _ = try Layers.call(.inPlaceMethod("add_"), [counter, .int(1)], i)
  }

  /// `update_bn`: the running statistics of batch normalizations, from all batches alike.
  private static func updateNorms(_ a: PyArguments, _ i: Interpreter) throws -> Value {
    let p = try a.bind("update_bn", "loader", "model", "device?")
    guard let model = p[1]?.object as? ModuleInstance else {
      throw Raise.attribute("'\(i.typeName(p[1] ?? .none))' object has no attribute 'modules'")
    }
    let norms = model.tree().map(\.module).filter { $0.classObject.isSubclass(of: BaseClasses.batchNorm) }
    guard !norms.isEmpty else { return .none }
    var momenta: [Value] = []
    for norm in norms {
      _ = try i.callMethod(.object(norm), "reset_running_stats")
      momenta.append(try i.getAttribute(.object(norm), "momentum"))
      try i.setAttribute(.object(norm), "momentum", .none)
    }
    let wasTraining = model.isTraining
    _ = try i.callMethod(.object(model), "train")
    try ModuleClass.withoutGraph {
      for batch in try i.array(p[0] ?? .none) {
        var input =
          batch.object is ListObject || batch.object is TupleObject ? try i.getItem(batch, .int(0)) : batch
        if let device = p[2], !device.isNone {
          input = try i.callMethod(input, "to", PyArguments([device])) ?? input
        }
        _ = try i.call(.object(model), PyArguments([input]))
      }
    }
    for (norm, momentum) in zip(norms, momenta) { try i.setAttribute(.object(norm), "momentum", momentum) }
    _ = try i.callMethod(.object(model), "train", PyArguments([.bool(wasTraining)]))
    return .none
  }
}
