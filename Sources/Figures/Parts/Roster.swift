import OrderedCollections
import Recordings

/// The parameters of a moment: leaves that can receive a gradient, and whatever a named optimizer holds.
struct Roster {
  /// Optimizers a name refers to, or that no name has referred to yet.
  let optimizers: [OptimizerID]
  /// Parameters in the order of their creation.
  let parameters: [TensorID]
  /// The first optimizer that holds a parameter.
  let holder: [TensorID: OptimizerID]

  init(_ moment: Moment, _ everNamed: Set<OptimizerID>) {
    var named: Set<OptimizerID> = []
    var namedTensors: Set<TensorID> = []
    for referent in moment.names.values {
      if case .optimizer(let id) = referent { named.insert(id) }
      if case .tensor(let id) = referent { namedTensors.insert(id) }
    }
    optimizers = moment.optimizers.keys.filter { named.contains($0) || !everNamed.contains($0) }
    var holder: [TensorID: OptimizerID] = [:]
    for id in optimizers {
      for parameter in moment.optimizers[id]?.parameters ?? [] where holder[parameter] == nil {
        holder[parameter] = id
      }
    }
    self.holder = holder
    let leaves = namedTensors.filter { id in
      guard let tensor = moment.tensors[id], holder[id] == nil else { return false }
      return tensor.isLeaf && tensor.requiresGrad && moment.gradientOwners[id] == nil
    }
    parameters = (Array(holder.keys) + leaves).sorted()
  }

  /// The optimizers a name ever refers to.
  static func everNamed(_ recording: Recording) -> Set<OptimizerID> {
    var named: Set<OptimizerID> = []
    for event in recording.events {
      if case .nameBound(let bound) = event.body, case .optimizer(let id) = bound.referent {
        named.insert(id)
      }
    }
    return named
  }
}
