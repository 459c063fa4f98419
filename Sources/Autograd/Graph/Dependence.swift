extension Tensor {
  /// Whether its graph leads to a leaf that requires grad and is none of these.
  ///
  /// What a transformation of functions gives back depends on copies of its own inputs; where it depends on nothing
  /// else, it leaves the graph.
  public func dependsOnLeaves(beyond own: [Tensor]) -> Bool {
    guard let gradFn else { return leafRequiresGrad && !own.contains { $0 === self } }
    var seen: Set<ObjectIdentifier> = [ObjectIdentifier(gradFn)]
    var open = [gradFn]
    while let node = open.popLast() {
      if let leaf = node.accumulatedVariable, !own.contains(where: { $0 === leaf }) { return true }
      for case let edge? in node.edges where seen.insert(ObjectIdentifier(edge.node)).inserted {
        open.append(edge.node)
      }
    }
    return false
  }

  /// What stands for this tensor's place in the graph, whatever becomes of the tensor, and the node there.
  public func edgeTensor() throws -> (Tensor, Node)? {
    guard let node = try currentGradFn() else {
      return leafRequiresGrad ? (self, gradAccumulator()) : nil
    }
    let place = alias()
    place.dtype = dtype
    place.gradFn = node
    place.outputNumber = outputNumber
    return (place, node)
  }

  /// Whether any of some tensors took part in computing it.
  public func dependsOn(anyOf sources: [Tensor]) -> Bool {
    if sources.contains(where: { $0 === self }) { return true }
    guard let gradFn else { return false }
    var seen: Set<ObjectIdentifier> = [ObjectIdentifier(gradFn)]
    var open = [gradFn]
    while let node = open.popLast() {
      if sources.contains(where: { s in
        node === s.gradFn || node.accumulatedVariable.map { $0 === s } ?? false
      }) {
        return true
      }
      for case let edge? in node.edges where seen.insert(ObjectIdentifier(edge.node)).inserted {
        open.append(edge.node)
      }
    }
    return false
  }

  /// A tensor to differentiate by in its place: part of its graph where it has one, a leaf otherwise.
  public func asTransformInput() throws -> Tensor {
    if requiresGrad { return try Ops.aliasView(self) }
    let leaf = detach()
    leaf.isSample = isSample
    try leaf.setRequiresGrad(true)
    return leaf
  }
}
