import Recordings

/// A few events that are shown as one: what a reader calls a step.
public struct EventStep: Sendable, Equatable {
  /// Its events: all that happened since the step before it.
  public var events: Range<Int>
  /// The event that it is about.
  public var head: Int
  /// The program's line that caused it; 0 where none did.
  public var line: Int
  public var phase: Phase
}

/// Finds the steps of a recording: one for each event worth showing, the rest joined to its neighbours.
///
/// Law: the steps' events follow one another without gaps, from the first event to the last.
struct StepFinder {
  private enum Part {
    /// Worth showing.
    case head(Phase)
    /// Belongs to the step before it, while the same statement runs.
    case trailing
    /// Belongs to the step after it.
    case leading
  }

  private var steps: [EventStep] = []
  private var sawStatement = false
  private var inBackward = false
  private var inStep = false
  private var accumulators: Set<NodeID> = []
  /// Leaves that require gradients, and what lies in their slots: writing them in place is an update.
  private var learnables: Set<TensorID> = []
  private var lastHead: Event.Body?

  static func steps(of recording: Recording) -> [EventStep] {
    var finder = StepFinder()
    for (k, event) in recording.events.enumerated() { finder.add(event, k) }
    if let last = finder.steps.indices.last {
      let start = finder.steps[last].events.lowerBound
      finder.steps[last].events = start..<recording.events.count
    }
    return finder.steps
  }

  private mutating func add(_ event: Event, _ k: Int) {
    let part = part(of: event.body)
    switch part {
    case .head(let phase):
      let start = steps.last?.events.upperBound ?? 0
      let line = event.span.map { Int($0.line) } ?? steps.last?.line ?? 0
      steps.append(EventStep(events: start..<k + 1, head: k, line: line, phase: phase))
      sawStatement = false
      lastHead = event.body
    case .trailing:
      if !sawStatement, let last = steps.indices.last {
        steps[last].events = steps[last].events.lowerBound..<k + 1
      }
    case .leading: break
    }
    remember(event.body)
  }

  private mutating func remember(_ body: Event.Body) {
    switch body {
    case .statement: sawStatement = true
    case .nodeRecorded(let node): if node.variable != nil { accumulators.insert(node.node) }
    case .tensorCreated(let tensor):
      if tensor.requiresGrad, tensor.isLeaf { learnables.insert(tensor.tensor) }
    case .gradientWritten(let e): learnables.insert(e.grad)
    case .backwardBegan: inBackward = true
    case .backwardEnded: inBackward = false
    case .stepBegan: inStep = true
    case .stepEnded: inStep = false
    default: break
    }
  }

  private func part(of body: Event.Body) -> Part {
    switch body {
    case .statement, .moduleEntered: .leading
    case .moduleLeft, .buffersFreed, .backwardEnded, .stepEnded: .trailing
    case .tensorCreated(let e): created(e)
    case .nodeRecorded, .tensorDerived: continuesCreation ? .trailing : .leading
    case .nameBound(let e): bound(e)
    case .nameUnbound(let e): e.name == nil || !e.scope.isEmpty ? .trailing : .head(.neutral)
    case .tensorChanged: inBackward || inStep ? .leading : continuesCreation ? .trailing : .head(.neutral)
    case .dataWritten(let e):
      inBackward || inStep ? .leading : .head(learnables.contains(e.tensor) ? .update : .forward)
    case .gradientMode: inBackward || inStep ? .leading : .head(.neutral)
    case .backwardBegan: .head(.backward)
    case .nodeVisited(let e): accumulators.contains(e.node) ? .leading : .head(.backward)
    case .gradientWritten: .head(.backward)
    case .gradientCleared, .optimizerCreated, .stepBegan, .parameterUpdated, .learningRateChanged:
      .head(.update)
    case .plotted: .trailing
    case .printed:
      if case .printed = lastHead, !sawStatement { .trailing } else { .head(.neutral) }
    case .warned, .raised: .head(.wrong)
    }
  }

  private var continuesCreation: Bool {
    guard !sawStatement else { return false }
    switch lastHead {
    case .tensorCreated, .dataWritten: return true
    default: return false
    }
  }

  private func created(_ e: TensorCreated) -> Part {
    if inBackward || inStep { return .leading }
    // The parameters of a module come together.
    if e.isParameter, !sawStatement, case .tensorCreated(let last) = lastHead, last.isParameter {
      return .trailing
    }
    return .head(.forward)
  }

  private func bound(_ e: NameBound) -> Part {
    if !e.scope.isEmpty { return .leading }
    switch e.referent {
    case .tensor(let id):
      // A module's parameter was told with the module.
      if e.name.contains(".") { return .trailing }
      if !sawStatement, case .tensorCreated(let last) = lastHead, last.tensor == id { return .trailing }
      if !sawStatement, case .dataWritten(let last) = lastHead, last.tensor == id { return .trailing }
      return .head(.neutral)
    case .optimizer:
      if case .optimizerCreated = lastHead, !sawStatement { return .trailing }
      return .head(.neutral)
    case .module: return .head(.forward)
    // Modules, functions and classes of Python itself: `<module 'torch'>`.
    case .value(let text): return text.hasPrefix("<") ? .leading : .head(.neutral)
    }
  }
}
