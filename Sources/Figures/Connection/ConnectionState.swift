import OrderedCollections
import Recordings

/// What a connection shows of one instant: a row per parameter, decided before anything is drawn.
struct ConnectionState {
  struct Row {
    var lane: Int
    var tensor: TensorID
    /// It has been created and still matters; otherwise it is to come.
    var isHere: Bool
    var data: Capture?
    var gradient: Capture?
    /// The node that writes its slot, in the graph that is shown.
    var accumulator: NodeID?
    /// What is in the slot came from `backward`.
    var isWritten: Bool
    var update: ParameterUpdated?
    var holder: OptimizerID?
    /// The optimizer that holds it is there.
    var isHeld: Bool
    /// The name it lost while an optimizer still holds it.
    var formerName: String?
    /// An optimizer is there, and none holds it.
    var isUnheld: Bool

    var isStale: Bool { formerName != nil && isHeld }
    var isSkipped: Bool { update?.skipped != nil }
    var isUpdated: Bool { update.map { $0.skipped == nil } ?? false }
    var isFaulty: Bool { isStale || isUnheld || isSkipped }
  }
  var rows: [Row]
  var pass: Pass?
  /// A pass over the shown graph has begun.
  var passBegan: Bool

  init(_ input: FigureInput, _ plan: ConnectionPlan) {
    let k = input.now
    let moment = input.moment
    let roster = Roster(moment, plan.lives.everNamed)
    pass = plan.passes.current(at: k)
    passBegan = pass?.began.map { $0 <= k } ?? false
    var accumulators: [TensorID: NodeID] = [:]
    for id in pass?.nodes ?? [] {
      if let variable = plan.passes.nodes[id]?.variable { accumulators[variable] = id }
    }
    rows = (0..<plan.lanes).compactMap { lane in
      guard let tensor = plan.lives.occupant(of: lane, at: k), let life = plan.lives.parameters[tensor] else {
        return nil
      }
      let isHere = life.first <= k
      let holder = roster.holder[tensor]
      let future = plan.futureHolder[tensor].flatMap { moment.optimizers[$0] == nil ? $0 : nil }
      return Row(
        lane: lane, tensor: tensor, isHere: isHere, data: isHere ? moment.value(of: tensor) : nil,
        gradient: isHere ? moment.gradient(of: tensor) : nil, accumulator: accumulators[tensor],
        isWritten: isHere && moment.tensors[tensor]?.grad != nil && plan.history.isAccumulated(tensor, at: k),
        update: isHere ? plan.history.freshUpdate(tensor, at: k) : nil, holder: holder ?? future,
        isHeld: holder != nil, formerName: isHere ? input.names.formerName(of: tensor, at: k) : nil,
        isUnheld: isHere && holder == nil && future == nil && !roster.optimizers.isEmpty)
    }
  }
}
