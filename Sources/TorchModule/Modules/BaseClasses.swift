import Autograd
import MiniPython

/// The classes between `Module` and the library's layers, which programs ask for by name: `_BatchNorm`, `_ConvNd`.
enum BaseClasses {
  nonisolated(unsafe) static let norm: ClassObject = {
    let c = make("_NormBase", "batchnorm")
    c.set("_version", .int(2))
    LayerParts.fillChecks(c)
    c.method("reset_running_stats") { v, _, i in
      let m = try ModuleClass.me(v)
      for (name, method) in [
        ("running_mean", "zero_"), ("running_var", "fill_"), ("num_batches_tracked", "zero_"),
      ] {
        guard let t = m.core.buffer(name) else { continue }
        _ = try Layers.call(
          .inPlaceMethod(method), [.object(TensorObject.of(t))] + (method == "fill_" ? [.int(1)] : []), i)
      }
      return .none
    }
    c.method("_load_from_state_dict") { v, a, i in
      // What is older than a norm's counter, or says nothing of it, may lack it.
      let known = a.positional.count > 2 ? a.positional[2].object as? DictObject : nil
      var version = 0
      if case .int(let n)? = known?.get(.string("version")) { version = n }
      if version < 2, let counter = try ModuleClass.me(v).core.buffer("num_batches_tracked"),
        let d = a.positional.first?.object as? DictObject
      {
        let key = (a.positional.dropFirst().first.flatMap(ModuleClass.text) ?? "") + "num_batches_tracked"
        if d.get(.string(key)) == nil {
          d.set(.string(key), .string(key), .object(TensorObject.of(counter)))
        }
      }
      try StateLoading.loadOwn(v, a, i)
      return .none
    }
    return c
  }()
  nonisolated(unsafe) static let batchNorm: ClassObject = {
    let c = make("_BatchNorm", "batchnorm", norm)
    c.method("forward") { v, a, i in
      let m = try ModuleClass.me(v)
      let x = try a.bindWritten("_BatchNorm.forward", "input")[0] ?? .none
      _ = try m.ask("_check_input_dim", PyArguments([x]), i)
      return Convert.value(try m.core.forward([try Convert.argument(x, i)], []))
    }
    return c
  }()
  nonisolated(unsafe) private static let instanceNorm = make("_InstanceNorm", "instancenorm", norm)
  nonisolated(unsafe) private static let conv: ClassObject = {
    let c = make("_ConvNd", "conv")
    LayerParts.fillConvolution(c)
    return c
  }()
  nonisolated(unsafe) private static let convTransposed = make("_ConvTransposeNd", "conv", conv)
  nonisolated(unsafe) private static let dropout = make("_DropoutNd", "dropout")
  nonisolated(unsafe) private static let loss = make("_Loss", "loss")
  nonisolated(unsafe) private static let weightedLoss = make("_WeightedLoss", "loss", loss)
  nonisolated(unsafe) private static let recurrent: ClassObject = {
    let c = make("RNNBase", "rnn")
    func weights(_ v: Value) throws -> [(name: String, value: Value)] {
      try ModuleClass.me(v).core.parameters.compactMap { p in
        p.value.map { (p.name, .object(TensorObject.of($0))) }
      }
    }
    c.property("_flat_weights_names") { v, _ in .list(try weights(v).map { .string($0.name) }) }
    c.property("_flat_weights") { v, _ in .list(try weights(v).map(\.value)) }
    c.property("_all_weights") { v, i in
      let names = try i.array(i.getAttribute(v, "_flat_weights_names"))
      let lists = try i.array(i.getAttribute(v, "all_weights"))
      var at = 0
      return .list(
        try lists.map { list in
          let count = try i.array(list).count
          defer { at += count }
          return .list(Array(names[at..<min(at + count, names.count)]))
        })
    }
    c.property("all_weights") { v, _ in
      // A list for each layer and direction: `weight_ih_l1_reverse` belongs to `l1_reverse`.
      var lists: [(end: Substring, items: [Value])] = []
      for (name, value) in try weights(v) {
        let end = name.firstRange(of: "_l").map { name[$0.upperBound...] } ?? ""
        if lists.last?.end == end {
          lists[lists.count - 1].items.append(value)
        } else {
          lists.append((end, [value]))
        }
      }
      return .list(lists.map { .list($0.items) })
    }
    return c
  }()
  nonisolated(unsafe) private static let recurrentCell = make("RNNCellBase", "rnn")
  /// Pooling and padding layers: one class for all dimensions each.
  nonisolated(unsafe) private static let families = [
    ("MaxPool", make("_MaxPoolNd", "pooling")), ("AvgPool", make("_AvgPoolNd", "pooling")),
    ("AdaptiveAvgPool", make("_AdaptiveAvgPoolNd", "pooling")),
    ("AdaptiveMaxPool", make("_AdaptiveMaxPoolNd", "pooling")), ("LPPool", make("_LPPoolNd", "pooling")),
    ("MaxUnpool", make("_MaxUnpoolNd", "pooling")), ("ConstantPad", make("_ConstantPadNd", "padding")),
    ("ReflectionPad", make("_ReflectionPadNd", "padding")),
    ("ReplicationPad", make("_ReplicationPadNd", "padding")),
    ("CircularPad", make("_CircularPadNd", "padding")), ("BatchNorm", batchNorm),
    ("InstanceNorm", instanceNorm), ("ConvTranspose", convTransposed), ("Conv", conv),
  ]

  private static func make(_ name: String, _ file: String, _ base: ClassObject? = nil) -> ClassObject {
    let c = ClassObject(name, bases: [base ?? ModuleClass.module], module: "torch.nn.modules.\(file)")
    if let kind = ModuleCatalogue.bases.first(where: { $0.name == name }) { Layers.fillStart(c, kind) }
    return c
  }

  /// All of them, for the modules they are imported from.
  static var all: [ClassObject] {
    [norm, dropout, loss, weightedLoss, recurrent, recurrentCell] + families.map(\.1)
  }

  /// What a layer's class derives from; `made` are the classes before it.
  static func parent(of kind: ModuleType, _ made: [ClassObject]) -> ClassObject {
    let other: [String: String] = [
      "ReLU6": "Hardtanh", "ZeroPad1d": "ConstantPad1d", "ZeroPad2d": "ConstantPad2d",
      "UpsamplingNearest2d": "Upsample", "UpsamplingBilinear2d": "Upsample",
    ]
    if let name = kind.lazyOf ?? other[kind.name], let known = made.first(where: { $0.name == name }) {
      return known
    }
    let weighted = ["NLLLoss", "CrossEntropyLoss", "BCELoss", "MultiLabelSoftMarginLoss", "MultiMarginLoss"]
    switch kind.file {
    case "loss": return weighted.contains(kind.name) ? weightedLoss : loss
    case "dropout": return dropout
    case "rnn": return kind.name.hasSuffix("Cell") ? recurrentCell : recurrent
    default:
      let stem = kind.name.dropLast(2)
      return families.first { kind.name.hasSuffix("d") && $0.0 == stem }?.1 ?? ModuleClass.module
    }
  }
}
