import Autograd
import MiniPython
import Recordings

/// `nn.TripletMarginWithDistanceLoss` and its function: the distance is the program's own function.
enum TripletClass {
  static func fill(_ m: ModuleObject) {
    m.function("triplet_margin_with_distance_loss") { a, i in
      let p = try a.bind(
        "triplet_margin_with_distance_loss", "anchor", "positive", "negative", "distance_function?",
        "margin?",
        "swap?", "reduction?")
      return try loss(
        [p[0], p[1], p[2]].map { $0 ?? .none }, distance: p[3], margin: p[4], swap: p[5], reduction: p[6], i)
    }
  }

  private static func isPositive(_ margin: Value?) -> Bool {
    switch margin {
    case .int(let n)?: n > 0
    case .float(let d)?: d > 0
    default: true
    }
  }

  private static func loss(
    _ inputs: [Value], distance: Value?, margin: Value?, swap: Value?, reduction: Value?, _ i: Interpreter
  ) throws -> Value {
    let word = try reduction.map { try i.str($0) } ?? "mean"
    guard ["mean", "sum", "none"].contains(word) else {
      throw Raise.value("\(word) is not a valid value for reduction")
    }
    guard isPositive(margin) else {
      throw Raise.value("margin must be greater than 0, got \(try i.str(margin ?? .none))")
    }
    let dims = try inputs.map { try Convert.tensor($0, "triplet_margin_with_distance_loss", "anchor", i).dim }
    guard Set(dims).count == 1 else {
      throw Raise.runtime(
        "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: "
          + "anchor \(dims[0])D, positive \(dims[1])D, and negative \(dims[2])D inputs")
    }
    func apart(_ a: Value, _ b: Value) throws -> Value {
      if let distance, !DataNamespace.isNone(distance) { return try i.call(distance, PyArguments([a, b])) }
      return try Layers.call(.torch("pairwise_distance"), [a, b], i)
    }
    let near = try apart(inputs[0], inputs[1])
    var far = try apart(inputs[0], inputs[2])
    if try swap.map(i.isTrue) ?? false {
      far = try Layers.call(.torch("minimum"), [far, try apart(inputs[1], inputs[2])], i)
    }
    let wide = try Layers.call(.torch("add"), [near, margin ?? .float(1)], i)
    let excess = try Layers.call(.torch("sub"), [wide, far], i)
    let terms = try Layers.call(.torch("clamp_min"), [excess, .int(0)], i)
    return word == "none" ? terms : try Layers.call(.torch(word), [terms], i)
  }

  nonisolated(unsafe) static let all: [ClassObject] = [
    {
      let name = "TripletMarginWithDistanceLoss"
      let c = ClassObject(name, bases: [ModuleClass.module], module: "torch.nn.modules.loss")
      c.method("__init__") { v, a, i in
        let m = try ModuleContainers.start(v)
        let p = try a.bindWritten(
          "\(name).__init__", "*", "distance_function?", "margin?", "swap?", "reduction?")
        guard isPositive(p[1]) else {
          throw Raise.value(
            "\(name): expected margin to be greater than 0, got \(try i.str(p[1] ?? .none)) instead")
        }
        var distance = p[0] ?? .none
        if DataNamespace.isNone(distance) {
          distance = try i.call(.object(Layers.type("PairwiseDistance")), PyArguments([]))
        }
        _ = try m.setAttribute("reduction", p[3] ?? .string("mean"), i)
        try m.assign("distance_function", distance, i)
        _ = try m.setAttribute("margin", p[1] ?? .float(1), i)
        _ = try m.setAttribute("swap", p[2] ?? .bool(false), i)
        return .none
      }
      c.method("forward") { v, a, i in
        let p = try a.bindWritten("\(name).forward", "anchor", "positive", "negative")
        func setting(_ key: String) throws -> Value { try i.getAttribute(v, key) }
        return try loss(
          p.map { $0 ?? .none }, distance: setting("distance_function"), margin: setting("margin"),
          swap: setting("swap"), reduction: setting("reduction"), i)
      }
      return c
    }()
  ]
}
