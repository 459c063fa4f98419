import Autograd
import MiniPython

extension Layers {
  /// Losses: their settings go to the function of the same name.
  nonisolated(unsafe) static let lossLayers: [Layer] = [
    loss("MSELoss", "mse_loss", []), loss("L1Loss", "l1_loss", []),
    loss(
      "CrossEntropyLoss", "cross_entropy",
      [("weight", .none), ("ignore_index", .int(-100)), ("label_smoothing", .float(0))]),
    loss("NLLLoss", "nll_loss", [("weight", .none), ("ignore_index", .int(-100))]),
    loss("BCELoss", "binary_cross_entropy", [("weight", .none)]),
    loss(
      "BCEWithLogitsLoss", "binary_cross_entropy_with_logits", [("weight", .none), ("pos_weight", .none)]),
    loss("SmoothL1Loss", "smooth_l1_loss", [("beta", .float(1))]),
    loss("HuberLoss", "huber_loss", [("delta", .float(1))]),
  ]

  private static func loss(_ name: String, _ function: String, _ own: [(String, Value)]) -> Layer {
    // `weight` comes first, `reduction` before what newer releases added.
    let first = own.filter { $0.0 == "weight" }
    let last = own.filter { ["label_smoothing", "pos_weight", "beta", "delta"].contains($0.0) }
    let middle = own.filter { $0.0 == "ignore_index" }
    let leading: [(name: String, value: Value?)] = first.map { ($0.0, $0.1) }
    let old: [(name: String, value: Value?)] =
      name == "HuberLoss"
      ? [] : [("size_average", Value.none)] + middle.map { ($0.0, $0.1) } + [("reduce", Value.none)]
    return Layer(
      name: name, file: "loss",
      parameters: leading + old + [("reduction", .string("mean"))] + last.map { ($0.0, $0.1) },
      forward: { m, a, i in
        let p = try a.bind("\(name).forward", "input", "target")
        let settings = own.filter { setting(m, $0.0).object != nil || !isNone(setting(m, $0.0)) }
        return try call(
          .functional(function), [p[0] ?? .none, p[1] ?? .none],
          settings.map { ($0.0, setting(m, $0.0)) } + [("reduction", setting(m, "reduction"))], i)
      })
  }
  static func isNone(_ v: Value) -> Bool { if case .none = v { true } else { false } }
}
