import OrderedCollections

/// A backward pass begins at its roots.
public struct BackwardBegan: EventPayload {
  public var roots: [TensorID]
  /// What reaches the first root: ones for a scalar.
  public var seed: Capture?
  public var retainGraph: Bool
  public var createGraph: Bool
  /// `backward` writes `.grad`; `autograd.grad` returns gradients and writes none.
  public var accumulates: Bool
  /// Whether a function of the library runs it for itself, as a checkpoint does.
  public var isInner: Bool

  public init(
    roots: [TensorID], seed: Capture?, retainGraph: Bool = false, createGraph: Bool = false,
    accumulates: Bool = true, isInner: Bool = false
  ) {
    self.roots = roots
    self.seed = seed
    self.retainGraph = retainGraph
    self.createGraph = createGraph
    self.accumulates = accumulates
    self.isInner = isInner
  }

  public static let kind: StaticString = "backward_began"
  public static func body(_ e: Self) -> Event.Body { .backwardBegan(e) }

  public func encode(into json: inout JSONWriter) {
    json.field("roots", roots)
    json.field("seed", ifPresent: seed)
    json.flag("retain_graph", retainGraph)
    json.flag("create_graph", createGraph)
    json.flag("accumulates", accumulates)
    json.flag("inner", isInner)
  }
  public init(from json: JSONObject) throws {
    roots = try json.get("roots")
    seed = try json.getIfPresent("seed")
    retainGraph = try json.flag("retain_graph")
    createGraph = try json.flag("create_graph")
    accumulates = try json.flag("accumulates")
    isInner = try json.flag("inner")
  }

  public func apply(to moment: inout Moment) {
    moment.backwardCount += 1
    moment.backward = BackwardState(number: moment.backwardCount, began: self)
  }

  public mutating func visitValues(_ visit: (inout Content, ValueRole) -> Void) {
    seed.visit(.detail, visit)
  }
  public var tensors: [TensorID] { roots }

  public func tell(_ story: Story) -> String? {
    let roots = roots.map(story.name).joined(separator: ", ")
    let seed = seed.map { " with ∂\(roots)/∂\(roots) = \($0.inline())" } ?? ""
    var notes: [String] = []
    if retainGraph { notes.append("the graph is kept") }
    if createGraph { notes.append("the pass itself is recorded") }
    let tail = notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))"
    return "backward from \(roots) begins\(seed)\(tail)"
  }
}

/// A backward pass is over.
public struct BackwardEnded: EventPayload {
  public init() {}
  public static let kind: StaticString = "backward_ended"
  public static func body(_ e: Self) -> Event.Body { .backwardEnded(e) }
  public func encode(into json: inout JSONWriter) {}
  public init(from json: JSONObject) throws {}
  public func apply(to moment: inout Moment) { moment.backward?.isRunning = false }
  public func tell(_ story: Story) -> String? { "backward ends" }
}
