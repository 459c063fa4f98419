/// One thing that happened, with the source place that caused it.
public struct Event: Sendable, Equatable {
  /// The statement or expression of the program that caused it; `nil` outside any.
  public var span: SourceSpan?
  public var body: Body

  public init(span: SourceSpan?, body: consuming Body) {
    self.span = span
    self.body = body
  }

  /// The catalogue of events, in the order of a program's life; each is at home in the folder `Events`.
  ///
  /// The large ones are boxed: an event in the log stays small, and small events need no allocation.
  public enum Body: Sendable, Equatable {
    case statement(Statement)
    indirect case nameBound(NameBound)
    indirect case nameUnbound(NameUnbound)
    indirect case tensorCreated(TensorCreated)
    indirect case tensorDerived(TensorDerived)
    indirect case tensorChanged(TensorChanged)
    indirect case dataWritten(DataWritten)
    indirect case nodeRecorded(NodeRecorded)
    case gradientMode(GradientModeChanged)
    indirect case backwardBegan(BackwardBegan)
    indirect case nodeVisited(NodeVisited)
    indirect case gradientWritten(GradientWritten)
    indirect case gradientCleared(GradientCleared)
    case buffersFreed(BuffersFreed)
    case backwardEnded(BackwardEnded)
    indirect case optimizerCreated(OptimizerCreated)
    case stepBegan(StepBegan)
    indirect case parameterUpdated(ParameterUpdated)
    case stepEnded(StepEnded)
    indirect case learningRateChanged(LearningRateChanged)
    indirect case moduleEntered(ModuleEntered)
    case moduleLeft(ModuleLeft)
    case printed(Printed)
    indirect case plotted(Plotted)
    indirect case warned(Warned)
    indirect case raised(Raised)
  }
}

/// What every event can do: be written, be read, act on a ``Moment``, and be told in words.
public protocol EventPayload: Sendable, Equatable {
  /// The name on disk.
  static var kind: StaticString { get }
  /// Wraps it for the log.
  static func body(_ payload: Self) -> Event.Body
  /// Writes its fields into an open object.
  func encode(into json: inout JSONWriter)
  init(from json: JSONObject) throws
  /// What it changes.
  func apply(to moment: inout Moment)
  /// One line for a reader, or `nil` where there is nothing to say.
  func tell(_ story: Story) -> String?
  /// Gives each value it carries to someone who may thin it; see ``Thinning``.
  mutating func visitValues(_ visit: (inout Content, ValueRole) -> Void)
  /// The tensors it speaks of, whose values a reader of this event may ask for.
  var tensors: [TensorID] { get }
}

/// What a value in an event is for.
public enum ValueRole: Sendable {
  /// The state from here on: what was written, what was created, an optimizer's state.
  case result
  /// What the event read, or computed on the way.
  case detail
}

extension EventPayload {
  public mutating func visitValues(_ visit: (inout Content, ValueRole) -> Void) {}
  public var tensors: [TensorID] { [] }
}

extension Capture? {
  mutating func visit(_ role: ValueRole, _ visit: (inout Content, ValueRole) -> Void) {
    guard var capture = self else { return }
    self = nil
    visit(&capture.content, role)
    self = capture
  }
}

extension Event.Body {
  /// The event as what all events have in common.
  public var payload: any EventPayload {
    switch self {
    case .statement(let e): e
    case .nameBound(let e): e
    case .nameUnbound(let e): e
    case .tensorCreated(let e): e
    case .tensorDerived(let e): e
    case .tensorChanged(let e): e
    case .dataWritten(let e): e
    case .nodeRecorded(let e): e
    case .gradientMode(let e): e
    case .backwardBegan(let e): e
    case .nodeVisited(let e): e
    case .gradientWritten(let e): e
    case .gradientCleared(let e): e
    case .buffersFreed(let e): e
    case .backwardEnded(let e): e
    case .optimizerCreated(let e): e
    case .stepBegan(let e): e
    case .parameterUpdated(let e): e
    case .stepEnded(let e): e
    case .learningRateChanged(let e): e
    case .moduleEntered(let e): e
    case .moduleLeft(let e): e
    case .printed(let e): e
    case .plotted(let e): e
    case .warned(let e): e
    case .raised(let e): e
    }
  }

  /// Every kind of event, by its name on disk.
  static let catalogue: [any EventPayload.Type] = [
    Statement.self, NameBound.self, NameUnbound.self, TensorCreated.self, TensorDerived.self,
    TensorChanged.self, DataWritten.self, NodeRecorded.self, GradientModeChanged.self,
    BackwardBegan.self, NodeVisited.self, GradientWritten.self, GradientCleared.self,
    BuffersFreed.self, BackwardEnded.self, OptimizerCreated.self, StepBegan.self,
    ParameterUpdated.self, StepEnded.self, LearningRateChanged.self, ModuleEntered.self,
    ModuleLeft.self, Printed.self, Plotted.self, Warned.self, Raised.self,
  ]

  /// The names of all kinds, on disk.
  public static var catalogueKinds: [String] { catalogue.map { "\($0.kind)" } }

  private static let byKind: [String: any EventPayload.Type] = Dictionary(
    catalogue.map { ("\($0.kind)", $0) }, uniquingKeysWith: { first, _ in first })

  /// The type that reads a kind of event.
  static func payloadType(_ kind: String) -> (any EventPayload.Type)? { byKind[kind] }
}

extension EventPayload {
  static func read(_ json: JSONObject) throws -> Event.Body { body(try Self(from: json)) }
}

extension Moment {
  /// Lets one more event happen.
  public mutating func apply(_ event: Event) {
    if case .statement = event.body { statement = event.span }
    event.body.payload.apply(to: &self)
    eventCount += 1
  }
}
