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
  /// The row as a fact, for a title.
  var headline: String
  var isFault = false
  /// The data and gradient of each column's tensor, after the event.
  var cells: [Cell] = []

  struct Cell: Sendable {
    var tensor: TensorID?
    var data: Capture?
    var gradient: Capture?
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
