import Autograd
import MiniPython

extension Layers {
  /// Layers that apply one function, without parameters.
  nonisolated(unsafe) static let activationLayers: [Layer] = [
    plain("Sigmoid", .torch("sigmoid")), plain("Tanh", .torch("tanh")),
    Layer(
      name: "ReLU", file: "activation", parameters: [("inplace", .bool(false))],
      shown: { m, _ in flag(m, "inplace") ? "inplace=True" : "" },
      forward: { m, a, i in
        flag(m, "inplace")
          ? try call(.inPlaceMethod("relu_"), [one(a, m)], i)
          : try call(.functional("relu"), [one(a, m)], i)
      }),
    Layer(
      name: "LeakyReLU", file: "activation",
      parameters: [("negative_slope", .float(0.01)), ("inplace", .bool(false))],
      shown: list(["negative_slope"]),
      forward: { m, a, i in
        try call(.functional("leaky_relu"), [one(a, m), setting(m, "negative_slope")], i)
      }),
    Layer(
      name: "GELU", file: "activation", parameters: [("approximate", .string("none"))],
      shown: list(["approximate"]),
      forward: { m, a, i in
        try call(.functional("gelu"), [one(a, m)], [("approximate", setting(m, "approximate"))], i)
      }),
    alongDim("Softmax", "softmax"), alongDim("LogSoftmax", "log_softmax"),
    Layer(
      name: "Dropout", file: "dropout", parameters: [("p", .float(0.5)), ("inplace", .bool(false))],
      shown: list(["p", "inplace"]),
      prepare: { m, i in
        let p = try i.floating(setting(m, "p")) ?? 0
        guard 0 <= p, p <= 1 else {
          throw Raise.value(
            "dropout probability has to be between 0 and 1, but got \(try i.repr(setting(m, "p")))")
        }
      },
      forward: { m, a, i in
        try call(.functional("dropout"), [one(a, m), setting(m, "p"), .bool(m.isTraining)], i)
      }),
    Layer(
      name: "Flatten", file: "flatten", parameters: [("start_dim", .int(1)), ("end_dim", .int(-1))],
      shown: list(["start_dim", "end_dim"]),
      forward: { m, a, i in
        try call(.method("flatten"), [one(a, m), setting(m, "start_dim"), setting(m, "end_dim")], i)
      }),
  ]

  private static func plain(_ name: String, _ home: Operation.Home) -> Layer {
    Layer(
      name: name, file: "activation", parameters: [], forward: { m, a, i in try call(home, [one(a, m)], i) })
  }
  private static func alongDim(_ name: String, _ function: String) -> Layer {
    Layer(
      name: name, file: "activation", parameters: [("dim", Value.none)], shown: list(["dim"]),
      forward: { m, a, i in try call(.functional(function), [one(a, m)], [("dim", setting(m, "dim"))], i) })
  }
}
