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

  /// A tensor to differentiate by in its place: part of its graph where it has one, a leaf otherwise.
  public func asTransformInput() throws -> Tensor {
    if requiresGrad { return try Ops.aliasView(self) }
    let leaf = detach()
    try leaf.setRequiresGrad(true)
    return leaf
  }
}
