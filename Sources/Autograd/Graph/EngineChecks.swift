import Recordings

extension Engine {
  /// Checks what a rule returned, and reduces broadcast gradients to the shape of their input.
  func validated(_ grads: [Tensor?], of node: Node) throws -> [Tensor?] {
    if node.isAccumulator { return [] }
    guard grads.count == node.next.count else {
      // A rule that is meant for more inputs than there are edges may return trailing nothing.
      guard grads.count > node.next.count, grads[node.next.count...].allSatisfy({ $0 == nil }) else {
        throw TorchError.runtime(
          "Function \(node.name) returned an invalid number of gradients - got \(grads.count), but expected "
            + "\(node.next.count)", nodes: [node])
      }
      return try validated(Array(grads.prefix(node.next.count)), of: node)
    }
    var out = grads
    for (i, edge) in node.next.enumerated() {
      guard let edge else {
        if grads[i] != nil { out[i] = nil }
        continue
      }
      guard let grad = grads[i] else { continue }
      let fit = try Engine.validated(
        grad, edge, "Function \(node.name) returned an invalid gradient at index \(i)")
      if fit !== grad { out[i] = fit }
      if context.anomaly, context.checksNaN, try Ops.containsNaN(grad) {
        throw TorchError.runtime(
          "Function '\(node.name)' returned nan values in its \(i)th output.", nodes: [node])
      }
    }
    return out
  }

  static func validated(
    _ grad: Tensor, _ edge: Node.Edge, _ place: @autoclosure () -> String
  ) throws -> Tensor {
    let node = edge.node
    let mayDiffer = !Context.current.simulatedDevices.isEmpty
    if !mayDiffer, edge.inputNumber == 0, node.firstAccepts(grad) { return grad }
    guard let wanted = node.output(edge.inputNumber) else { return grad }
    var grad = grad
    if grad.shape != wanted.shape {
      guard isExpandable(wanted.shape, to: grad.shape) else {
        throw TorchError.runtime(
          "\(place()) - got \(listText(grad.shape)) but expected shape compatible with \(listText(wanted.shape))",
          nodes: [edge.node])
      }
      grad = try Ops.sumToSize(grad, wanted.shape)
    }
    if grad.dtype != wanted.dtype { grad = try Ops.cast(grad, wanted.dtype) }
    if mayDiffer, grad.device != wanted.device {
      guard grad.dim == 0 else {
        throw TorchError.runtime(
          "\(place()) - expected device \(wanted.device) but got \(grad.device)", nodes: [edge.node])
      }
      grad = try Ops.cast(grad, grad.dtype, device: wanted.device)
    }
    return grad
  }

  private static func isExpandable(_ shape: [Int], to larger: [Int]) -> Bool {
    guard shape.count <= larger.count else { return false }
    return zip(shape.reversed(), larger.reversed()).allSatisfy { $0 == $1 || $0 == 1 }
  }
}

extension Node {
  /// Anomaly mode's answer to an error in backward: where forward made this node.
  func warnOfForward(_ context: Context) {
    guard context.anomaly else { return }
    context.warn(
      "UserWarning",
      place.map { "Error detected in \(name). Traceback of forward call that caused the error:\n\($0)" }
        ?? "Error detected in \(name). No forward pass information available. Enable detect anomaly during forward "
        + "pass for more information.")
  }
}

extension TorchError {
  /// The same error, naming the node at which it happened.
  func involving(_ node: Node) -> TorchError {
    var error = self
    if let id = node.recordID, !error.nodes.contains(id) { error.nodes.append(id) }
    return error
  }
}
