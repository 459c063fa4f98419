/// The instants of a recording, with checkpoints, so that seeking is not a replay from the start.
///
/// Law: `timeline.moment(after: k)` equals applying the first `k` events to an empty ``Moment``.
/// Cost: at most ``interval`` events are applied a seek, once the place has been passed before.
public struct Timeline: Sendable {
  public let recording: Recording
  /// How many events lie between two checkpoints.
  public let interval: Int
  private var checkpoints: [Moment]

  /// - Parameter interval: at least 256 events, and at most 64 checkpoints, since each may be as large as
  ///   the state.
  public init(_ recording: Recording, interval: Int? = nil) {
    self.recording = recording
    self.interval = max(1, interval ?? max(256, recording.events.count / 64))
    checkpoints = [Moment()]
  }

  /// The number of events: the last instant.
  public var count: Int { recording.events.count }

  /// The state after the first `k` events; `k` is clamped to what there is.
  public mutating func moment(after k: Int) -> Moment {
    let target = min(max(k, 0), count)
    var moment = checkpoints[min(target / interval, checkpoints.count - 1)]
    while moment.eventCount < target {
      moment.apply(recording.events[moment.eventCount])
      if moment.eventCount == checkpoints.count * interval { checkpoints.append(moment) }
    }
    return moment
  }
}
