import OrderedCollections
import Recordings

/// One event that matters, as a row of the ledger.
struct LedgerRow: Sendable {
  enum Touch: Sendable { case nothing, data, gradient }
  /// After how many events it stands.
  var after: Int
  var line: Int32?
  var code: String
  /// Whose data or gradient it changed.
  var tensor: TensorID?
  var touch: Touch
  var what: String
  var isFault = false
  /// The data and gradient of each column's tensor, after the event.
  var cells: [Cell] = []

  struct Cell: Sendable {
    var tensor: TensorID?
    var data: Capture?
    var gradient: Capture?
  }
}

extension LedgerRow {
  /// The rows of a whole recording about these rows of parameters.
  static func all(_ recording: Recording, lives: Lives, lanes: [Int]) -> [LedgerRow] {
    let tensors = Set(lives.parameters.filter { lanes.contains($0.value.lane) }.map(\.key))
    var rows: [LedgerRow] = []
    var moment = Moment()
    let lines = recording.lines
    var created: Set<TensorID> = []
    // Operations of one statement stand in one row, told once the statement is over.
    var operations: [String] = []
    var operationSpan: SourceSpan?
    func code(_ span: SourceSpan?) -> String {
      guard let line = span?.line, line >= 1, Int(line) <= lines.count else { return "" }
      return String(lines[Int(line) - 1].drop { $0 == " " || $0 == "\t" })
    }
    func add(_ span: SourceSpan?, _ tensor: TensorID?, _ touch: Touch, _ what: String, fault: Bool = false) {
      let cells = lanes.map { lane in
        let tensor = lives.living(in: lane, at: moment.eventCount)
        return Cell(
          tensor: tensor, data: tensor.flatMap(moment.value(of:)),
          gradient: tensor.flatMap(moment.gradient(of:)))
      }
      rows.append(
        LedgerRow(
          after: moment.eventCount, line: span?.line, code: code(span), tensor: tensor, touch: touch,
          what: what, isFault: fault, cells: cells))
    }
    func flush() {
      guard !operations.isEmpty else { return }
      let shown = operations.prefix(4).joined(separator: " → ") + (operations.count > 4 ? " → …" : "")
      let count = operations.count > 4 ? " (\(operations.count) nodes)" : ""
      add(operationSpan, nil, .nothing, "graph: \(shown)\(count)")
      operations = []
    }
    for event in recording.events {
      let span = event.span ?? moment.statement
      if case .nodeRecorded = event.body {} else if case .statement = event.body { flush() }
      if case .backwardBegan = event.body { flush() }
      // Asked before the event takes it away; a copy of the whole state would cost a copy an event.
      var clearsNothing = false
      if case .gradientCleared(let cleared) = event.body {
        clearsNothing = moment.tensors[cleared.tensor]?.grad == nil
      }
      moment.apply(event)
      switch event.body {
      case .nodeRecorded(let node) where node.variable == nil:
        operations.append(node.label.isEmpty ? node.gradFn : node.label)
        operationSpan = span
      case .nameBound(let bound):
        guard case .tensor(let id) = bound.referent, tensors.contains(id), created.insert(id).inserted else {
          continue
        }
        add(span, id, .data, "\(bound.name) is a leaf of shape \(shapeText(moment.tensors[id]?.shape ?? []))")
      case .gradientWritten(let written) where tensors.contains(written.tensor):
        add(span, written.tensor, .gradient, LedgerRow.sentence(written))
      case .gradientCleared(let cleared) where tensors.contains(cleared.tensor):
        guard !clearsNothing else { continue }
        add(span, cleared.tensor, .gradient, "\(cleared.by): → \(cleared.toZeros ? "zeros" : "None")")
      case .parameterUpdated(let update) where tensors.contains(update.parameter):
        if let skipped = update.skipped {
          add(span, update.parameter, .nothing, "skipped: \(skipped)", fault: true)
        } else {
          add(span, update.parameter, .data, update.equation(moment))
        }
      case .dataWritten(let written) where tensors.contains(written.tensor):
        add(span, written.tensor, .data, "\(written.by) writes in place")
      case .raised(let raised):
        add(span, nil, .nothing, "\(raised.type): \(raised.message)", fault: true)
      default: break
      }
    }
    flush()
    return rows
  }

  private static func sentence(_ written: GradientWritten) -> String {
    let after = typographic(written.after.inline(limit: 6))
    let before = written.before.map { typographic($0.inline(limit: 6)) } ?? "None"
    if written.node == nil { return "assigned: \(before) → \(after)" }
    guard written.before != nil, let contribution = written.contribution else {
      return "AccumulateGrad: \(before) → \(after)"
    }
    return "AccumulateGrad: \(before) + \(typographic(contribution.inline(limit: 6)))"
  }
}

extension ParameterUpdated {
  /// The learning rate in force when the update was made.
  func learningRate(_ moment: Moment) -> Double? {
    guard let groups = moment.optimizers[optimizer]?.groups, groups.indices.contains(group) else {
      return nil
    }
    switch groups[group]["lr"] {
    case .double(let lr): return lr
    case .int(let lr): return Double(lr)
    default: return nil
    }
  }

  /// `[1., 2.] − 0.001 × [100., 100.]` where the rule is that, else `before − step`, else `before → after`.
  func equation(_ moment: Moment) -> String {
    guard let before, let after else { return "updated" }
    let start = typographic(before.inline(limit: 6))
    if let lr = learningRate(moment), let gradient, after.isClose(to: before, minus: lr, times: gradient) {
      return "\(start) − \(pythonRepr(lr)) × \(typographic(gradient.inline(limit: 6)))"
    }
    if let step = terms.last, after.isClose(to: before, minus: 1, times: step.value) {
      return "\(start) − \(typographic(step.value.inline(limit: 6)))"
    }
    return "\(start) → \(typographic(after.inline(limit: 6)))"
  }
}

extension Capture {
  /// Whether this is `a − factor · b`, element by element, up to rounding.
  func isClose(to a: Capture, minus factor: Double, times b: Capture) -> Bool {
    guard let mine = elements, let a = a.elements, let b = b.elements, mine.count == a.count,
      a.count == b.count
    else { return false }
    return (0..<mine.count).allSatisfy { i in
      let expected = a.double(at: i) - factor * b.double(at: i)
      let scale = max(a.double(at: i).magnitude, (factor * b.double(at: i)).magnitude)
      return (mine.double(at: i) - expected).magnitude <= 1e-6 * scale + 1e-12
    }
  }
}
