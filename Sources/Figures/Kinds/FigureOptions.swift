/// What a reader may choose about a figure.
public struct FigureOptions: Hashable, Sendable {
  /// Which way time runs in a graph.
  public enum Direction: String, Hashable, Sendable, CaseIterable {
    /// Across where that fits a page, else down.
    case automatic = "auto"
    case leftToRight = "LR"
    case topToBottom = "TB"
  }

  /// What a graph writes into its boxes.
  public struct Detail: OptionSet, Hashable, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    public static let shapes = Detail(rawValue: 1)
    public static let values = Detail(rawValue: 2)
    public static let gradients = Detail(rawValue: 4)
    public static let saved = Detail(rawValue: 8)
    public static let versions = Detail(rawValue: 16)
    /// The `grad_fn` names under the symbols.
    public static let gradFunctions = Detail(rawValue: 32)
    /// What a figure shows unless told otherwise.
    public static let standard: Detail = [.shapes, .values, .gradients, .gradFunctions]
    /// Every flag with the name it has on the command line.
    public static let named: [(name: String, flag: Detail)] = [
      ("shapes", .shapes), ("values", .values), ("gradients", .gradients), ("saved", .saved),
      ("versions", .versions), ("grad_fn", .gradFunctions),
    ]
  }

  /// The tensor a figure is about, by name or id; in a graph, only its ancestors are drawn.
  public var tensor: String?
  public var direction: Direction
  public var detail: Detail
  /// PyTorch's own view of a graph: `grad_fn` nodes and leaves, as torchviz draws it.
  public var showsGradFunctions: Bool
  /// How many rows of a ledger are kept, the latest.
  public var rows: Int
  /// The graph is refused above this many boxes.
  public var boxLimit: Int

  public init(
    tensor: String? = nil, direction: Direction = .automatic, detail: Detail = .standard,
    showsGradFunctions: Bool = false, rows: Int = 16, boxLimit: Int = 300
  ) {
    self.tensor = tensor
    self.direction = direction
    self.detail = detail
    self.showsGradFunctions = showsGradFunctions
    self.rows = rows
    self.boxLimit = boxLimit
  }
}
