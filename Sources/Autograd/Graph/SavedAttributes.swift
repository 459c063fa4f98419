import Recordings

/// What PyTorch's nodes keep under which names: `dir(y.grad_fn)` lists them, `_saved_self_sym_sizes` reads them.
///
/// A node here keeps what its rule needs; what PyTorch keeps besides is looked up in this table where a program looks
/// into its nodes.
public enum SavedAttributes {
  private enum Source {
    /// A saved tensor, or an attribute that the operation tells itself.
    case own
    case value(Attribute)
    /// Of an input: its shape, its strides where it needs a gradient, how many elements it has, its first size.
    case sizes(Int)
    case strides(Int)
    case count(Int)
    case first(Int)
  }

  /// A line a node: its names, with `=` what it is unless the operation says otherwise, with `@` what it is of an input.
  private static let text = """
    AddBackward0 alpha=1
    SubBackward0 alpha=1
    RsubBackward1 alpha=1
    MulBackward0 other self
    DivBackward0 other self
    DivBackward2 other rounding_mode self
    NegBackward0
    PowBackward0 exponent self
    PowBackward1 exponent result self
    PowBackward2 exponent result self
    SoftplusBackward0 beta=1 self threshold=20
    EluBackward0 alpha input_scale=1 scale=1 self
    HardtanhBackward0 max_val=1.0 min_val=-1.0 self
    LogSigmoidBackward0 buffer self
    SoftshrinkBackward0 lambd=0.5 self
    HardshrinkBackward0 lambd=0.5 self
    ClampBackward1 max=None min=None self
    SumBackward0 self_sym_sizes@sizes0
    SumBackward1 dim keepdim self_sym_sizes@sizes0
    MeanBackward0 self_sym_numel@count0 self_sym_sizes@sizes0
    MeanBackward1 dim keepdim self_sym_numel@count0 self_sym_sizes@sizes0
    ProdBackward0 result self
    ProdBackward1 dim keepdim=False result self
    MaxBackward0 dim indices keepdim=False self_sym_sizes@sizes0
    MinBackward0 dim indices keepdim=False self_sym_sizes@sizes0
    MaxBackward1 result self
    MinBackward1 result self
    AmaxBackward0 dim keepdim=False result self
    AminBackward0 dim keepdim=False result self
    StdBackward0 correction dim=None keepdim=False result self
    VarBackward0 correction dim=None keepdim=False self
    LinalgVectorNormBackward0 dim=None keepdim=False ord result self
    LogsumexpBackward0 dim keepdim=False result self
    SoftmaxBackward0 dim result
    LogSoftmaxBackward0 dim result
    CumsumBackward0 dim
    CumprodBackward0 dim result self
    SortBackward0 dim indices self_sym_sizes@sizes0
    TopkBackward0 dim indices self_sym_sizes@sizes0
    GatherBackward0 dim index self sparse_grad=False
    IndexBackward0 indices self_sym_sizes@sizes0
    MaskedFillBackward0 mask
    MaskedSelectBackward0 mask self
    WhereBackward0 condition
    SelectBackward0 dim index self_sym_sizes@sizes0
    SliceBackward0 dim end self_sym_sizes@sizes0 start step
    IndexSelectBackward0 dim index self_sym_sizes@sizes0
    ViewBackward0 self_sym_sizes@sizes0
    UnsafeViewBackward0 self_sym_sizes@sizes0
    TBackward0
    TransposeBackward0 dim0 dim1
    PermuteBackward0 dims
    ExpandBackward0 self_sym_sizes@sizes0
    RepeatBackward0 repeats self_sym_sizes@sizes0
    UnsqueezeBackward0 dim
    SqueezeBackward0 self_sym_sizes@sizes0
    SqueezeBackward1 dim self_sym_sizes@sizes0
    CatBackward0 dim
    StackBackward0 dim
    SplitBackward0 dim self_sym_sizes@sizes0 split_size
    SplitWithSizesBackward0 dim self_sym_sizes@sizes0 split_sizes
    MedianBackward1 dim indices keepdim=False self_sym_sizes@sizes0
    KthvalueBackward0 dim indices keepdim=False self_sym_sizes@sizes0
    ModeBackward0 dim indices keepdim=False self_sym_sizes@sizes0
    SqueezeBackward4 dim self_sym_sizes@sizes0
    ReshapeAliasBackward0 self_sym_sizes@sizes0
    DiagEmbedBackward0 dim1=-2 dim2=-1 offset=0
    UnbindBackward0 dim
    CloneBackward0
    ToCopyBackward0
    FlipBackward0 dims
    RollBackward0 dims shifts
    TrilBackward0 diagonal
    TriuBackward0 diagonal
    DiagonalBackward0 dim1=0 dim2=1 offset=0 self_sym_sizes@sizes0
    TraceBackward0 self_sym_sizes@sizes0
    UnfoldBackward0 dimension self_sym_sizes@sizes0 size step
    MmBackward0 mat2 mat2_sym_sizes@sizes1 mat2_sym_strides@strides1 self self_sym_sizes@sizes0 self_sym_strides@strides0
    MvBackward0 self vec
    DotBackward0 self tensor
    BmmBackward0 mat2 self
    AddmmBackward0 alpha=1 beta=1 mat1 mat1_sym_sizes@sizes1 mat1_sym_strides@strides1 mat2 mat2_sym_sizes@sizes2 \
    mat2_sym_strides@strides2
    BaddbmmBackward0 alpha=1 batch1 batch2 beta=1
    MseLossBackward0 reduction self target
    SmoothL1LossBackward0 beta=1.0 reduction self target
    HuberLossBackward0 delta=1.0 reduction self target
    BinaryCrossEntropyBackward0 reduction self target weight=None
    BinaryCrossEntropyWithLogitsBackward0 pos_weight=None reduction self target weight=None
    NllLossBackward0 ignore_index reduction self target total_weight weight=None
    EmbeddingBackward0 indices padding_idx=-1 scale_grad_by_freq=False sparse=False \
    weight_sym_argsize_0@first0
    NativeLayerNormBackward0 bias input normalized_shape result1 result2 weight
    NativeBatchNormBackward0 eps input result1 result2 running_mean running_var training weight
    ConvolutionBackward0 bias_sym_sizes_opt dilation groups input output_padding padding stride transposed=False weight
    MaxPool2DWithIndicesBackward0 ceil_mode=False dilation kernel_size padding result1 self stride
    AvgPool2DBackward0 ceil_mode=False count_include_pad=True divisor_override=None kernel_size padding self stride
    ConstantPadNdBackward0 pad
    GluBackward0 dim self
    ThresholdBackward0 self threshold
    ScatterBackward1 dim index
    ScatterAddBackward0 dim index
    LogcumsumexpBackward0 dim result self
    NansumBackward0 dim=None keepdim=False self
    LogitBackward0 eps=None self
    LinalgDetBackward0 A LU pivots result
    """

  private static let table: [String: [(name: String, source: Source)]] = {
    var made: [String: [(name: String, source: Source)]] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      guard let node = words.first else { continue }
      made[node] = words.dropFirst().map(entry)
    }
    return made
  }()

  private static func entry(_ word: String) -> (name: String, source: Source) {
    if let at = word.firstIndex(of: "=") {
      return (String(word[..<at]), .value(literal(String(word[word.index(after: at)...]))))
    }
    guard let at = word.firstIndex(of: "@") else { return (word, .own) }
    let what = word[word.index(after: at)...]
    let input = what.last.flatMap { Int(String($0)) } ?? 0
    let source: Source =
      switch what.dropLast() {
      case "sizes": .sizes(input)
      case "strides": .strides(input)
      case "count": .count(input)
      default: .first(input)
      }
    return (String(word[..<at]), source)
  }

  private static func literal(_ text: String) -> Attribute {
    switch text {
    case "None": .none
    case "True": .bool(true)
    case "False": .bool(false)
    default: Int(text).map(Attribute.int) ?? Double(text).map(Attribute.double) ?? .string(text)
    }
  }

  /// Whether what is kept under a name is a number of either kind, which keeps its sign.
  public static func areScalars(_ name: String) -> Bool { scalars.contains(name) }
  private static let scalars: Set = [
    "alpha", "beta", "correction", "exponent", "input_scale", "lambd", "max", "max_val", "min", "min_val",
    "negative_slope", "ord", "other", "p", "scale", "self", "threshold", "value", "weight",
  ]

  /// The names of a node; `nil` where the table does not know it.
  static func names(of node: String) -> [String]? { table[node]?.map(\.name) }

  /// What an operation tells of itself, and what the table adds.
  static func completed(_ own: [NamedAttribute], for node: String, _ inputs: [Tensor]) -> [NamedAttribute] {
    var out = own
    for (name, source) in table[node] ?? [] where !own.contains(where: { $0.name == name }) {
      func input(_ k: Int) -> Tensor? { inputs.indices.contains(k) ? inputs[k] : nil }
      func list(_ numbers: [Int]?) -> Attribute { .list((numbers ?? []).map(Attribute.int)) }
      let value: Attribute? =
        switch source {
        case .own: nil
        case .value(let value): value
        case .sizes(let k): list(input(k)?.shape)
        case .strides(let k): list(input(k).flatMap { $0.requiresGrad ? $0.strides : nil })
        case .count(let k): .int(input(k)?.count ?? 0)
        case .first(let k): .int(input(k)?.shape.first ?? 0)
        }
      if let value { out.append(NamedAttribute(name, value)) }
    }
    return out
  }
}

extension Attribute {
  /// A number as it was most likely written: a whole one without a point.
  static func whole(_ d: Double) -> Attribute { Int(exactly: d).map(Attribute.int) ?? .double(d) }
}

extension NamedAttribute {
  /// Dimensions that were reduced.
  static func dims(_ all: [Int]) -> NamedAttribute { NamedAttribute("dim", .list(all.map(Attribute.int))) }
}

extension Node {
  /// The names under which it keeps things, as PyTorch has them, in order: `self` is read as `_saved_self`.
  public var savedNames: [String] {
    if let known = SavedAttributes.names(of: name) { return known }
    return Set(attributes.map(\.name) + saved.indices.map { saved[$0].name }).sorted()
  }

  /// All that is kept under a name that several tensors share.
  public final func allSaved(named name: String) throws -> [Tensor?] {
    try saved.indices.filter { saved[$0].name == name }.map { saved[$0].isNone ? nil : try savedTensor($0) }
  }
}
