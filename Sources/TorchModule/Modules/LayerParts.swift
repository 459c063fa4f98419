import Autograd
import MiniPython

/// Methods that the layers of the library are made of, and that programs override: `_conv_forward`,
/// `_check_input_dim`.
enum LayerParts {
  /// Whether the class has `reset_parameters`.
  static func hasReset(_ kind: ModuleType) -> Bool {
    switch kind.file {
    case "sparse", "conv", "batchnorm", "instancenorm", "rnn": return true
    default:
      return kind.lazyOf != nil
        || [
          "Linear", "Bilinear", "PReLU", "LayerNorm", "GroupNorm", "RMSNorm", "_BatchNorm", "_NormBase",
          "_ConvNd",
        ].contains(kind.name)
    }
  }

  /// The program's own method that `forward` of a layer calls.
  private static func own(_ m: ModuleInstance, _ name: String) -> Bool {
    m.attributes[name] != nil || m.classObject.lookup(name)?.object is FunctionObject
  }

  /// `forward` by way of a program's own part of it; `nil` where it has none, or where it only checks.
  static func forward(
    _ m: ModuleInstance, _ kind: ModuleType, _ a: PyArguments, _ i: Interpreter
  ) throws -> Value? {
    switch kind.file {
    case "conv" where own(m, "_conv_forward"):
      let x = try a.bindWritten("\(kind.name).forward", "input")[0] ?? .none
      let (weight, bias) = (
        try i.getAttribute(.object(m), "weight"), try i.getAttribute(.object(m), "bias")
      )
      return try m.ask("_conv_forward", PyArguments([x, weight, bias]), i)
    case "batchnorm" where own(m, "_check_input_dim"), "instancenorm" where own(m, "_check_input_dim"):
      _ = try m.ask("_check_input_dim", PyArguments(Array(a.positional.prefix(1))), i)
      (m.core as? Layer)?.checksInput = false
      return nil
    default: return nil
    }
  }

  /// The methods themselves, for `super()._conv_forward(…)`.
  static func fillConvolution(_ c: ClassObject) {
    c.method("_conv_forward") { v, a, i in
      let p = try a.bindWritten("_ConvNd._conv_forward", "input", "weight", "bias")
      let given = try p.map { try Convert.argument($0 ?? .none, i) }
      return Convert.value(
        try ModuleCatalogue.convolve(ModuleClass.me(v).core, given[0], given[1], given[2]))
    }
    // As `F.pad` wants the padding: the last dimension first, both sides.
    c.property("_reversed_padding_repeated_twice") { v, i in
      let padding = try i.getAttribute(v, "padding")
      func whole(_ name: String) throws -> [Int] {
        try i.array(i.getAttribute(v, name)).compactMap { if case .int(let k) = $0 { k } else { nil } }
      }
      guard let word = ModuleClass.text(padding) else {
        return .list(try whole("padding").reversed().flatMap { [Value.int($0), .int($0)] })
      }
      let spans = try zip(whole("kernel_size"), whole("dilation")).reversed()
      return .list(
        spans.flatMap { kernel, dilation in
          let total = word == "same" ? dilation * (kernel - 1) : 0
          return [Value.int(total / 2), .int(total - total / 2)]
        })
    }
    c.property("transposed") { v, _ in
      let names = try ModuleClass.me(v).classObject.mro.map(\.name)
      return .bool(names.contains("_ConvTransposeNd"))
    }
  }

  static func fillChecks(_ c: ClassObject) {
    c.method("_check_input_dim") { v, a, i in
      let x = try a.bindWritten("\(c.name)._check_input_dim", "input")[0] ?? .none
      guard let dim = (x.object as? TensorObject)?.tensor.dim else { return .none }
      let name = try ModuleClass.me(v).classObject.mro.first { $0.module.hasPrefix("torch.") }?.name ?? ""
      guard let rank = name.dropLast().last.flatMap({ Int(String($0)) }) else {
        throw Raise.named("NotImplementedError", "")
      }
      let isBatch = name.hasPrefix("BatchNorm")
      let low = isBatch && rank > 1 ? rank + 2 : rank + 1
      guard dim == low || dim == rank + 2 else {
        let words = low == rank + 2 ? "\(low)D" : "\(low)D or \(rank + 2)D"
        throw Raise.value("expected \(words) input (got \(dim)D input)")
      }
      return .none
    }
  }
}
