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
  private var passes: [Int] = []

  init(_ recording: Recording) {
    for (index, event) in recording.events.enumerated() {
      let k = index + 1
      switch event.body {
      case .backwardBegan(let began): if began.accumulates { passes.append(k) }
      case .gradientWritten(let written):
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

  /// The last update, made or skipped, that no later backward pass has made history.
  func freshUpdate(_ tensor: TensorID, at k: Int) -> ParameterUpdated? {
    for (at, touch) in (touches[tensor] ?? []).reversed() where at <= k {
      guard case .updated(let update) = touch else { continue }
      return passes.contains { $0 > at && $0 <= k } ? nil : update
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
