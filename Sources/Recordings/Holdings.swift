import OrderedCollections

/// What optimizers hold, against what the program can still reach by name.
extension Moment {
  /// Parameters that an optimizer holds and to which no name of the program leads any more: updating them
  /// changes nothing that anyone uses.
  ///
  /// Law: empty where the program's own names still lead to all of them.
  public func strayParameters(of optimizer: OptimizerID) -> [TensorID] {
    guard let groups = optimizers[optimizer]?.groups else { return [] }
    var named: Set<TensorID> = []
    for case .tensor(let id) in names.values { named.insert(id) }
    return groups.flatMap(\.parameters).filter { !named.contains($0) }
  }

  /// Parameters with a name that no optimizer holds: nothing will update them. Empty without an optimizer.
  public var unheldParameters: [TensorID] {
    guard !optimizers.isEmpty else { return [] }
    let held = Set(optimizers.values.flatMap { $0.groups.flatMap(\.parameters) })
    var out: [TensorID] = []
    for case .tensor(let id) in names.values where !held.contains(id) && !out.contains(id) {
      guard let t = tensors[id], t.isParameter, t.requiresGrad else { continue }
      out.append(id)
    }
    return out
  }
}
