import Autograd
import MiniPython

extension Layers {
  /// Layers for images and batches.
  nonisolated(unsafe) static let otherLayers: [Layer] = [
    Layer(
      name: "Conv2d", file: "conv",
      parameters: [
        ("in_channels", nil), ("out_channels", nil), ("kernel_size", nil), ("stride", .int(1)),
        ("padding", .int(0)), ("dilation", .int(1)), ("groups", .int(1)), ("bias", .bool(true)),
        ("padding_mode", .string("zeros")),
      ],
      shown: { m, i in
        var text = "\(try i.repr(setting(m, "in_channels"))), \(try i.repr(setting(m, "out_channels")))"
        text += ", kernel_size=\(try i.repr(setting(m, "kernel_size")))"
        text += ", stride=\(try i.repr(setting(m, "stride")))"
        for (name, plain) in [("padding", 0), ("dilation", 1)] {
          if try pair(setting(m, name), i) != [plain, plain] {
            text += ", \(name)=\(try i.repr(setting(m, name)))"
          }
        }
        if try whole(m, "groups", i) != 1 { text += ", groups=\(try whole(m, "groups", i))" }
        return try m.getAttribute("bias", i)?.object == nil ? text + ", bias=False" : text
      },
      prepare: { m, i in
        for name in ["kernel_size", "stride", "padding", "dilation"]
        where !(setting(m, name).object is StringObject) {
          m.set(name, .tuple(try pair(setting(m, name), i).map(Value.int)))
        }
        let (inputs, outputs) = (try whole(m, "in_channels", i), try whole(m, "out_channels", i))
        let groups = max(1, try whole(m, "groups", i))
        guard inputs % groups == 0 else { throw Raise.value("in_channels must be divisible by groups") }
        let kernel = try pair(setting(m, "kernel_size"), i)
        let shape = [outputs, inputs / groups] + kernel
        let fan = shape.dropFirst().reduce((1, false)) { sum, n in
          let (product, overflow) = sum.0.multipliedReportingOverflow(by: n)
          return (product, sum.1 || overflow)
        }
        guard !fan.1 else { throw Raise.runtime("Storage size calculation overflowed with sizes=\(shape)") }
        try weightAndBias(m, shape, fanIn: fan.0, outputs: outputs, i)
      },
      forward: { m, a, i in
        try call(
          .functional("conv2d"),
          [one(a, m), tensor(m, "weight", i), tensor(m, "bias", i)]
            + ["stride", "padding", "dilation", "groups"].map { setting(m, $0) }, i)
      }),
    pool("MaxPool2d", "max_pool2d"), pool("AvgPool2d", "avg_pool2d"),
    Layer(
      name: "BatchNorm1d", file: "batchnorm",
      parameters: [
        ("num_features", nil), ("eps", .float(1e-5)), ("momentum", .float(0.1)), ("affine", .bool(true)),
        ("track_running_stats", .bool(true)),
      ],
      shown: { m, i in
        let rest = try list(["eps", "momentum", "affine"])(m, i)
        return
          "\(try i.repr(setting(m, "num_features"))), \(rest), bias=\(flag(m, "affine") ? "True" : "False"), track_running_stats=\(try i.repr(setting(m, "track_running_stats")))"
      },
      prepare: { m, i in
        let n = [try whole(m, "num_features", i)]
        m.putParameter("weight", flag(m, "affine") ? try constant("ones", n, i) : .none)
        m.putParameter("bias", flag(m, "affine") ? try constant("zeros", n, i) : .none)
        let tracks = flag(m, "track_running_stats")
        m.putBuffer("running_mean", tracks ? try filled("zeros", n, i) : .none)
        m.putBuffer("running_var", tracks ? try filled("ones", n, i) : .none)
        m.putBuffer(
          "num_batches_tracked", tracks ? try call(.torch("tensor"), [.int(0)], i) : .none)
      },
      forward: { m, a, i in
        let counter = try tensor(m, "num_batches_tracked", i)
        if m.isTraining, counter.object != nil {
          _ = try call(.inPlaceMethod("add_"), [counter, .int(1)], i)
        }
        let usesBatch = try m.isTraining || tensor(m, "running_mean", i).object == nil
        return try call(
          .functional("batch_norm"),
          [
            one(a, m), tensor(m, "running_mean", i), tensor(m, "running_var", i), tensor(m, "weight", i),
            tensor(m, "bias", i), .bool(usesBatch), setting(m, "momentum"), setting(m, "eps"),
          ], i)
      }),
  ]

  private static func pool(_ name: String, _ function: String) -> Layer {
    let isMax = name == "MaxPool2d"
    return Layer(
      name: name, file: "pooling",
      parameters: [("kernel_size", nil), ("stride", Value.none), ("padding", .int(0))]
        + (isMax
          ? [("dilation", .int(1)), ("return_indices", .bool(false)), ("ceil_mode", .bool(false))] : []),
      shown: list(["kernel_size", "stride", "padding"] + (isMax ? ["dilation", "ceil_mode"] : [])),
      prepare: { m, _ in if isNone(setting(m, "stride")) { m.set("stride", setting(m, "kernel_size")) } },
      forward: { m, a, i in
        try call(
          .functional(function),
          [one(a, m), setting(m, "kernel_size"), setting(m, "stride"), setting(m, "padding")], i)
      })
  }

  /// One number for both directions, or two.
  static func pair(_ v: Value, _ i: Interpreter) throws -> [Int] {
    if let k = try i.index(v) { return [k, k] }
    if v.object is StringObject { return [] }
    return try i.array(v).map { try i.index($0) ?? 0 }
  }
}
