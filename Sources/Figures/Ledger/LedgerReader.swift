import OrderedCollections
import Recordings

/// Reads the rows of a ledger from a recording: one pass.
struct LedgerReader {
  private let recording: Recording
  private let names: Names
  private let lives: Lives
  private let lanes: [Int]
  /// The parameters that have columns.
  private let shown: Set<TensorID>
  private let lines: [Substring]

  private var moment = Moment()
  private var rows: [LedgerRow] = []
  private var introduced: Set<TensorID> = []
  // Operations of one statement stand in one row, told once the statement is over.
  private var operations: [String] = []
  private var operationSpan: SourceSpan?

  /// - Parameter lanes: the rows of parameters that have columns.
  init(_ recording: Recording, _ names: Names, _ lives: Lives, lanes: [Int]) {
    self.recording = recording
    self.names = names
    self.lives = lives
    self.lanes = lanes
    shown = Set(lives.parameters.filter { lanes.contains($0.value.lane) }.map(\.key))
    lines = recording.lines
  }

  /// All rows: what happened to the parameters shown, and what went wrong with any.
  mutating func read() -> [LedgerRow] {
    for event in recording.events {
      switch event.body {
      case .statement, .backwardBegan: flush()
      default: break
      }
      // Asked before the event takes it away; a copy of the whole state would cost a copy an event.
      let gradient: TensorID? =
        if case .gradientCleared(let cleared) = event.body { moment.tensors[cleared.tensor]?.grad } else {
          nil
        }
      moment.apply(event)
      tell(event, clears: gradient)
    }
    flush()
    return rows
  }

  private mutating func tell(_ event: Event, clears gradient: TensorID?) {
    let span = event.span ?? moment.statement
    switch event.body {
    case .nodeRecorded(let node) where node.variable == nil:
      operations.append(node.label.isEmpty ? node.gradFn : typographic(node.label))
      operationSpan = span
    case .nameBound(let bound):
      guard case .tensor(let id) = bound.referent, shown.contains(id), introduced.insert(id).inserted else {
        return
      }
      let shape = shapeText(moment.tensors[id]?.shape ?? [])
      add(
        span, id, .data, "\(bound.name) is a leaf of shape \(shape)",
        "\(bound.name) is there; its .grad is None")
    case .gradientWritten(let written) where shown.contains(written.tensor):
      let name = name(written.tensor)
      add(
        span, written.tensor, .gradient, sentence(written),
        written.node == nil ? "The program set \(name).grad" : "backward() wrote \(name).grad")
    case .gradientCleared(let cleared) where shown.contains(cleared.tensor) && gradient != nil:
      let result = cleared.toZeros ? "zeros" : "None"
      add(
        span, cleared.tensor, .gradient, "\(cleared.by): .grad → \(result)",
        "\(name(cleared.tensor)).grad is \(result) again")
    case .optimizerCreated(let created):
      let held = created.groups.flatMap(\.parameters)
      let list = held.prefix(4).map(name).joined(separator: ", ") + (held.count > 4 ? ", …" : "")
      let what = "\(created.type) holds \(held.isEmpty ? "nothing" : list)"
      add(span, nil, .nothing, what, "\(what); no value has changed")
    case .parameterUpdated(let update): tell(update, span)
    case .dataWritten(let written):
      let change = "\(short(written.before, "…")) → \(short(written.after, "…"))"
      if shown.contains(written.tensor) {
        add(
          span, written.tensor, .data, "\(written.by): \(change)",
          "\(written.by) wrote \(name(written.tensor)) in place")
      } else if let owner = moment.gradientOwners[written.tensor], shown.contains(owner) {
        add(
          span, owner, .gradient, "\(written.by): \(change)",
          "\(written.by) wrote \(name(owner)).grad in place")
      }
    case .raised(let raised):
      let what = raised.summary
      add(span, nil, .nothing, what, what, fault: true)
    default: break
    }
  }

  private mutating func tell(_ update: ParameterUpdated, _ span: SourceSpan?) {
    let name = name(update.parameter)
    let isShown = shown.contains(update.parameter)
    if let skipped = update.skipped {
      let who = isShown && lanes.count == 1 ? "" : "\(name) is "
      add(
        span, update.parameter, .nothing, "\(who)skipped: \(skipped)", "step() skipped \(name): \(skipped)",
        fault: true)
    } else if isShown {
      add(span, update.parameter, .data, update.equation(moment), "step() changed \(name)")
    }
  }

  private func name(_ tensor: TensorID) -> String { names.name(of: tensor, at: moment.eventCount) }

  private func short(_ value: Capture?, _ otherwise: String) -> String {
    value.map { typographic($0.inline(limit: 6)) } ?? otherwise
  }

  private mutating func flush() {
    guard !operations.isEmpty else { return }
    let first = operations.prefix(4).joined(separator: " → ") + (operations.count > 4 ? " → …" : "")
    let count = operations.count > 4 ? " (\(operations.count) nodes)" : ""
    operations = []
    add(
      operationSpan, nil, .nothing, "graph: \(first)\(count)", "The graph is recorded; that writes no .grad")
  }

  private mutating func add(
    _ span: SourceSpan?, _ tensor: TensorID?, _ touch: LedgerRow.Touch, _ what: String, _ headline: String,
    fault: Bool = false
  ) {
    let cells = lanes.map { lane in
      let tensor = lives.living(in: lane, at: moment.eventCount)
      return LedgerRow.Cell(
        tensor: tensor, data: tensor.flatMap(moment.value(of:)),
        gradient: tensor.flatMap(moment.gradient(of:)))
    }
    var code = ""
    if let line = span?.line, line >= 1, Int(line) <= lines.count {
      code = String(lines[Int(line) - 1].drop { $0 == " " || $0 == "\t" })
    }
    rows.append(
      LedgerRow(
        after: moment.eventCount, line: span?.line, code: code, tensor: tensor, touch: touch, what: what,
        headline: headline, isFault: fault, cells: cells))
  }

  private func sentence(_ written: GradientWritten) -> String {
    let before = short(written.before, "None")
    if written.node == nil { return "assigned: \(before) → \(short(written.after, "None"))" }
    guard written.before != nil, let contribution = written.contribution else {
      return "AccumulateGrad: \(before) → \(short(written.after, "None"))"
    }
    return "AccumulateGrad: \(before) + \(short(contribution, "None"))"
  }
}
