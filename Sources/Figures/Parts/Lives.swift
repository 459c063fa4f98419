import OrderedCollections
import Recordings

/// From when to when each parameter and optimizer of a recording matters, and its place among the others.
///
/// A place that one left is given to the next: in a loop that makes a new `x` each time, all of them
/// stand in one row.
struct Lives: Sendable {
  struct Life: Sendable {
    var first: Int
    var last: Int
    /// Its row, from 0.
    var lane: Int
  }
  private(set) var parameters: OrderedDictionary<TensorID, Life> = [:]
  private(set) var laneCount = 0
  let everNamed: Set<OptimizerID>

  init(_ recording: Recording) {
    everNamed = Roster.everNamed(recording)
    var moment = Moment()
    var holders: [TensorID: OptimizerID] = [:]
    var order: [TensorID] = []
    var living: [TensorID] = []
    for event in recording.events {
      moment.apply(event)
      guard Lives.matters(event.body) else { continue }
      let roster = Roster(moment, everNamed)
      for id in roster.parameters {
        if parameters[id] == nil {
          parameters[id] = Life(first: moment.eventCount, last: .max, lane: -1)
          order.append(id)
        }
        parameters[id]?.last = .max
        if holders[id] == nil { holders[id] = roster.holder[id] }
      }
      let still = Set(roster.parameters)
      for id in living where !still.contains(id) { parameters[id]?.last = moment.eventCount - 1 }
      living = roster.parameters
    }
    // Parameters of one optimizer stand together; those no optimizer ever holds stand last.
    let rank: (TensorID) -> Int32 = { holders[$0]?.rawValue ?? .max }
    let sorted = order.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
    var ends: [Int] = []
    for (_, id) in sorted {
      guard let life = parameters[id] else { continue }
      let free = ends.indices.filter { ends[$0] < life.first }
      let lane = free.last ?? ends.count
      if lane == ends.count { ends.append(life.last) } else { ends[lane] = life.last }
      parameters[id]?.lane = lane
    }
    laneCount = ends.count
  }

  /// Who stands in a row after `k` events: whoever lives then, else, pale, the next to come there.
  func occupant(of lane: Int, at k: Int) -> TensorID? {
    let all = parameters.filter { $0.value.lane == lane }
    return all.first { $0.value.first <= k && k <= $0.value.last }?.key
      ?? all.filter { $0.value.first > k }.min { $0.value.first < $1.value.first }?.key
  }

  /// Who lives in a row after `k` events.
  func living(in lane: Int, at k: Int) -> TensorID? {
    parameters.first { $0.value.lane == lane && $0.value.first <= k && k <= $0.value.last }?.key
  }

  private static func matters(_ body: Event.Body) -> Bool {
    switch body {
    case .nameBound, .nameUnbound, .optimizerCreated, .tensorChanged: true
    default: false
    }
  }
}
