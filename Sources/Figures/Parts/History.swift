import Recordings

/// Who touched a tensor's data and gradient, and when: one pass over a recording.
struct History: Sendable {
  enum Touch: Sendable {
    /// `backward` wrote or added to `.grad`; the program assigned it.
    case accumulated, assigned
    case cleared
    case updated(ParameterUpdated)
  }
  private var touches: [TensorID: [(k: Int, touch: Touch)]] = [:]

  init(_ recording: Recording) {
    var owners: [TensorID: TensorID] = [:]
    for (index, event) in recording.events.enumerated() {
      let k = index + 1
      switch event.body {
      case .dataWritten(let written):
        // `x.grad.zero_()`: what is in the slot now is not what backward put there.
        if let owner = owners[written.tensor] { touches[owner, default: []].append((k, .assigned)) }
      case .gradientWritten(let written):
        owners[written.grad] = written.tensor
        touches[written.tensor, default: []].append((k, written.node == nil ? .assigned : .accumulated))
      case .gradientCleared(let cleared): touches[cleared.tensor, default: []].append((k, .cleared))
      case .parameterUpdated(let update): touches[update.parameter, default: []].append((k, .updated(update)))
      default: break
      }
    }
  }

  /// Whether what stands in `.grad` after `k` events was written by `backward`.
  func isAccumulated(_ tensor: TensorID, at k: Int) -> Bool {
    for (at, touch) in (touches[tensor] ?? []).reversed() where at <= k {
      switch touch {
      case .accumulated: return true
      case .assigned, .cleared: return false
      case .updated: continue
      }
    }
    return false
  }

  /// The last update, made or skipped, unless its slot has been written anew since.
  func freshUpdate(_ tensor: TensorID, at k: Int) -> ParameterUpdated? {
    for (at, touch) in (touches[tensor] ?? []).reversed() where at <= k {
      switch touch {
      case .updated(let update): return update
      case .accumulated: return nil
      case .assigned, .cleared: continue
      }
    }
    return nil
  }
}

extension FigureInput {
  /// The touches of the recording, read once.
  func history() throws(FigureError) -> History {
    let recording = recording
    return try layouts.plan("history", FigureOptions()) { () throws(FigureError) -> History in
      History(recording)
    }
  }
}
