/// What a part of a figure is, for style sheets, screen readers and tests.
public struct Role: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
  public let rawValue: String

  public init(rawValue: String) { self.rawValue = rawValue }
  public init(stringLiteral value: String) { rawValue = value }

  public static let heading: Role = "heading"
  public static let note: Role = "note"
  public static let legend: Role = "legend"
  /// A box drawn around others: a room, a module, a panel.
  public static let group: Role = "group"
  public static let tensor: Role = "tensor"
  public static let operation: Role = "operation"
  /// A forward arrow.
  public static let edge: Role = "edge"
  /// A gradient arrow, slot or value.
  public static let gradient: Role = "gradient"
  public static let parameter: Role = "parameter"
  public static let optimizer: Role = "optimizer"
  /// What an optimizer reads or writes.
  public static let update: Role = "update"
  /// What is cut, stale, freed or refused.
  public static let fault: Role = "fault"
  public static let table: Role = "table"
  public static let row: Role = "row"
  public static let cell: Role = "cell"
  public static let axis: Role = "axis"
  public static let series: Role = "series"
  public static let code: Role = "code"
}

/// A part of a figure that means something: shapes of its own, then parts inside it.
///
/// Shapes are drawn first, in order, then children over them. Law: an id occurs once in a scene and
/// is made of letters, digits, `.`, `_` and `-`, as in `tensor.t1.grad`.
///
///     Item("tensor.t1", .tensor, title: "x, a leaf of shape (2,)", shapes: [card, name])
public struct Item: Hashable, Sendable {
  public var id: String
  public var role: Role
  /// What it is, in words a person can read; empty for parts that only decorate.
  public var title: String
  /// States a style sheet can address: "now", "pale", "stale", "leaf" ….
  public var classes: [String]
  /// From 0 to 1, for shapes and children together.
  public var opacity: Double
  /// The box it fills: for links and pointers, and the texts inside must stay in it.
  public var frame: Rect?
  public var shapes: [Shape]
  public var children: [Item]

  public init(
    _ id: String, _ role: Role, title: String = "", classes: [String] = [], opacity: Double = 1,
    frame: Rect? = nil, shapes: [Shape] = [], children: [Item] = []
  ) {
    self.id = id
    self.role = role
    self.title = title
    self.classes = classes
    self.opacity = opacity
    self.frame = frame
    self.shapes = shapes
    self.children = children
  }

  /// The same item moved, with all that is in it.
  public func moved(_ dx: Double, _ dy: Double) -> Item {
    var copy = self
    copy.frame = frame?.moved(dx, dy)
    copy.shapes = shapes.map { $0.moved(dx, dy) }
    copy.children = children.map { $0.moved(dx, dy) }
    return copy
  }
}

extension Shape {
  /// The same shape moved.
  public func moved(_ dx: Double, _ dy: Double) -> Shape {
    switch self {
    case .rectangle(var shape):
      shape.rect = shape.rect.moved(dx, dy)
      return .rectangle(shape)
    case .ellipse(var shape):
      shape.rect = shape.rect.moved(dx, dy)
      return .ellipse(shape)
    case .path(var shape):
      shape.path = shape.path.moved(dx, dy)
      return .path(shape)
    case .arrow(var arrow):
      arrow.path = arrow.path.moved(dx, dy)
      return .arrow(arrow)
    case .text(var text):
      text.position = text.position.moved(dx, dy)
      text.room = text.room?.moved(dx, dy)
      return .text(text)
    }
  }
}
