import Recordings

/// A class of `torch.nn`: its constructor's parameters, and how it is made.
public struct ModuleType: Sendable {
  public let name: String
  public let signature: Signature
  /// The file of `torch.nn.modules` that PyTorch defines it in: `linear`.
  public internal(set) var file = ""
  /// The class it becomes once it has seen its input: `Linear` of `LazyLinear`.
  public internal(set) var lazyOf: String?
  /// The function that takes the arguments, as messages name it.
  internal(set) var initializer: String
  /// Functions it is made of; without them it is not there.
  let needs: [String]
  let make: @Sendable (Arguments, _ name: String) throws -> Module

  init(
    _ signature: String, needs: [String] = [], initializer: String? = nil,
    _ make: @escaping @Sendable (Arguments, _ name: String) throws -> Module
  ) {
    self.signature = Signature(signature)
    self.needs = needs
    name = self.signature.name
    self.initializer = initializer ?? "\(name).__init__"
    self.make = make
  }

  /// Makes a module as `nn.Linear(2, 3)` does. Throws ``TorchError``.
  public func callAsFunction(_ positional: [Argument], _ keywords: [(String, Argument)] = []) throws -> Module
  {
    // `*args, **kwargs` take anything.
    if signature.parameters.contains(where: \.isVariadic) {
      return try make(try Arguments(signature, [], [], isMethod: true), name)
    }
    try PythonCall.check(initializer, signature, positional.count, keywords.map(\.0))
    return try make(try Arguments(signature, positional, keywords, isMethod: true), name)
  }
}

/// Every class of `torch.nn` that computes, once. Containers and `Module` itself are Python's business.
public enum ModuleCatalogue {
  public static let all: [ModuleType] = files.flatMap { file, types in
    types.filter { $0.needs.allSatisfy(Modules.exists) }.map { type in
      var type = type
      if !file.isEmpty { type.file = file }
      if type.initializer == "\(type.name).__init__", let owner = owner(of: type) {
        type.initializer = "\(owner).__init__"
      }
      return type
    }
  }

  /// The class whose `__init__` makes it, where a family shares one.
  private static func owner(of type: ModuleType) -> String? {
    if type.file == "dropout" { return "_DropoutNd" }
    let name = type.name
    let stem = name.hasSuffix("d") ? String(name.dropLast(2)) : name
    switch stem {
    case "BatchNorm", "InstanceNorm": return "_" + stem
    case "LazyBatchNorm", "LazyInstanceNorm": return "_LazyNormBase"
    case "MaxPool", "LPPool", "AdaptiveAvgPool", "AdaptiveMaxPool": return "_\(stem)Nd"
    case "MSELoss", "L1Loss", "SoftMarginLoss", "MultiLabelMarginLoss": return "_Loss"
    case "BCELoss", "MultiLabelSoftMarginLoss": return "_WeightedLoss"
    default: return nil
    }
  }

  /// By the file of `torch.nn.modules` that they are in; none for those that hide it.
  private static let files: [(file: String, types: [ModuleType])] = [
    ("linear", Modules.linear), ("sparse", Modules.embedding + Modules.embeddingBags),
    ("conv", Modules.convolution),
    ("pooling", Modules.pooling), ("batchnorm", Modules.batchNorms),
    ("normalization", Modules.normalization), ("dropout", Modules.dropouts),
    ("activation", Modules.activations + Modules.attention), ("rnn", Modules.recurrent),
    ("flatten", Modules.shaping), ("distance", Modules.distances), ("loss", Modules.losses),
    ("padding", Modules.paddings), ("pixelshuffle", Modules.pixelShuffles),
    ("channelshuffle", Modules.channelShuffles),

    ("upsampling", Modules.upsamplings), ("fold", Modules.foldings), ("instancenorm", Modules.instanceNorms),
    ("transformer", Modules.transformerLayers), ("", Modules.lazy),
  ]

  /// Classes that others derive from, which programs derive theirs from as well.
  public static let bases =
    [
      Modules.batchNorm(0, "_BatchNorm"), Modules.batchNorm(0, "_NormBase"), Modules.convBase,
      Modules.dropout("_DropoutNd", "dropout"),
    ] + Modules.lossBases

  /// `_conv_forward` of a convolution.
  public static func convolve(
    _ m: Module, _ input: Argument, _ weight: Argument, _ bias: Argument
  ) throws -> OperationResult { try Modules.convolve(m, input, weight, bias) }

  private static let byName: [String: ModuleType] = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  public static subscript(name: String) -> ModuleType? { byName[name] }
}

/// The modules, by family.
enum Modules {
  /// A parameter with values drawn or set outside graph and record.
  static func parameter(_ shape: [Int], _ a: Arguments, _ fill: (Tensor) throws -> Void) throws -> Tensor {
    let values = try Context.current.quietly {
      let t = try Tensor(
        zeros: Ops.checked(shape), a.dtype() ?? Context.current.defaultDType, device: a.device())
      try Ops.checkCanRequireGrad(t.dtype)
      try fill(t)
      return t
    }
    values.isParameter = true
    values.leafRequiresGrad = true
    values.isInference = Context.current.inferenceMode
    // Its initialiser wrote it once.
    values.counter.value = 1
    if let recorder = Context.current.recorder {
      _ = recorder.id(of: values, origin: Origin(operation: "Parameter"))
    }
    return values
  }
  static func buffer(_ shape: [Int], _ value: Int, _ dtype: DType = .float32) throws -> Tensor {
    try Ops.full(shape, .int(value), dtype, op: "buffer")
  }

  /// `kaiming_uniform_(a=√5)`, as linear and convolutional layers start.
  static func startUniform(_ t: Tensor, fan: Int) {
    guard fan > 0 else { return }
    // √5 squared is not quite 5, there and here.
    let slope = 5.0.squareRoot()
    let gain = (2 / (1 + slope * slope)).squareRoot()
    let bound = 3.0.squareRoot() * (gain / Double(fan).squareRoot())
    Ops.uniformFill(t, -bound, bound, Context.current.generator)
  }
  static func startBias(_ t: Tensor, fan: Int) {
    guard fan > 0 else { return }
    let bound = 1 / Double(fan).squareRoot()
    Ops.uniformFill(t, -bound, bound, Context.current.generator)
  }

  static func pythonBool(_ b: Bool) -> String { b ? "True" : "False" }
  /// `2` or `(2, 3)`, as given.
  static func text(_ a: Argument?) -> String {
    switch a {
    case .int(let i)?: "\(i)"
    case .double(let d)?: pythonRepr(d)
    case .bool(let b)?: pythonBool(b)
    case .string(let s)?: s
    // As `format` does: the number of a tensor of no dimensions.
    case .tensor(let t)?:
      switch t.shape.isEmpty ? try? t.item() : nil {
      case .bool(let b)?: pythonBool(b)
      case .int(let i)?: "\(i)"
      case .double(let d)?: pythonRepr(d)
      case nil: t.text()
      }
    case .list(let items)?, .tuple(let items)?:
      items.count == 1 ? "(\(text(items[0])),)" : "(\(items.map { text($0) }.joined(separator: ", ")))"
    default: "None"
    }
  }
  static func tuple(_ a: [Int]) -> Argument { .tuple(a.map(Argument.int)) }
  static func argument(_ t: Tensor?) -> Argument { t.map(Argument.tensor) ?? .none }

  static func exists(_ function: String) -> Bool {
    OperationCatalogue[.functional(function)] != nil || OperationCatalogue[.torch(function)] != nil
  }

  /// The default value of a parameter, from its signature.
  static func fallback(_ signature: Signature, _ name: String) -> Argument {
    guard let word = signature.parameters.first(where: { $0.name == name })?.defaultText else { return .none }
    if word == "True" || word == "False" { return .bool(word == "True") }
    if let i = Int(word) { return .int(i) }
    if let d = Double(word) { return .double(d) }
    if word.hasPrefix("'") { return .string(String(word.dropFirst().dropLast())) }
    return .none
  }
  /// The settings of these names, as given or by default.
  static func settings(_ a: Arguments, _ names: [String]) -> [(name: String, value: Argument)] {
    names.map { ($0, a[$0] ?? fallback(a.signature, $0)) }
  }
  /// `p=0.5, inplace=False`
  static func shown(_ m: Layer, _ names: [String]) -> String {
    names.map { "\($0)=\(text(m[$0]))" }.joined(separator: ", ")
  }

  /// Calls an operation of `torch.nn.functional`, or of `torch`.
  static func call(
    _ name: String, _ positional: [Argument], _ keywords: [(String, Argument)] = []
  ) throws
    -> OperationResult
  {
    guard let operation = OperationCatalogue[.functional(name)] ?? OperationCatalogue[.torch(name)] else {
      throw TorchError(.notImplemented, "\(name) is not available here")
    }
    return try operation.call(positional, keywords)
  }
}
