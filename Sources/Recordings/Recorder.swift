/// Collects the events of one running program, and hands out ids in order of creation.
///
/// Law 2: recording changes nothing; whoever has no recorder pays one branch. A recorder belongs to one
/// thread of execution; recorders of concurrent runs know nothing of one another.
///
/// ```swift
/// let recorder = Recorder()
/// recorder.record(.printed(Printed(text: "None\n")))
/// let recording = recorder.recording(program: "p.py", source: text)
/// ```
public final class Recorder {
  public private(set) var events: ContiguousArray<Event> = []
  /// The place in the program that causes what is recorded next.
  public var span: SourceSpan?
  public let policy: CapturePolicy
  /// Called after each event, for those who follow along.
  public var onEvent: ((Event) -> Void)?
  /// Tells recorders apart within a process; appears in no output.
  public let serial: UInt32

  private var thinner: Thinner?
  private var tensorCount: Int32 = 0
  private var nodeCount: Int32 = 0
  private var storageCount: Int32 = 0
  private var counterCount: Int32 = 0
  private var optimizerCount: Int32 = 0

  public init(policy: CapturePolicy = CapturePolicy(), reservingEvents count: Int = 0) {
    self.policy = policy
    thinner = policy.budget.map { Thinner(budget: $0) }
    serial = Serial.next()
    events.reserveCapacity(count)
  }

  /// Appends an event, caused by the current ``span``.
  public func record(_ body: consuming Event.Body) {
    if onEvent == nil {
      events.append(Event(span: span, body: body))
    } else {
      let event = Event(span: span, body: body)
      events.append(event)
      onEvent?(event)
    }
    if thinner != nil { thinner?.appended(&events) }
  }

  /// To be told of each value that is kept whole: it counts against the budget of the ``policy``.
  public func countValue(_ elements: Elements) {
    if thinner != nil { thinner?.count(elements) }
  }

  /// What was recorded so far, as a value.
  public func recording(program: String, source: String) -> Recording {
    Recording(
      program: program, source: source, policy: CapturePolicy(wholeLimit: policy.wholeLimit),
      thinning: thinner?.thinning(of: events.count),
      events: events)
  }

  public func newTensorID() -> TensorID { TensorID(Self.count(&tensorCount)) }
  public func newNodeID() -> NodeID { NodeID(Self.count(&nodeCount)) }
  public func newStorageID() -> StorageID { StorageID(Self.count(&storageCount)) }
  public func newCounterID() -> CounterID { CounterID(Self.count(&counterCount)) }
  public func newOptimizerID() -> OptimizerID { OptimizerID(Self.count(&optimizerCount)) }

  private static func count(_ counter: inout Int32) -> Int32 {
    counter &+= 1
    return counter
  }
}
