import Autograd
import MiniPython

/// `GradientEdge`: a place in the graph, with or without the tensor that came from it.
final class GradientEdgeObject: NamedFields {
  /// Stands where the edge leads to.
  let tensor: Tensor

  init(_ t: Tensor) throws {
    guard t.requiresGrad, let (place, node) = try t.edgeTensor() else {
      throw Raise.runtime(
        "It is not possible to get the gradient edge for a Tensor that does not require gradients")
    }
    tensor = place
    super.init([
      ("node", .object(NodeObject.of(node))), ("output_nr", .int(place.outputNumber)),
      ("ownership_token", .none),
    ])
  }

  nonisolated(unsafe) static let type = ClassObject(
    "GradientEdge", bases: [Types.tuple], module: "torch.autograd.graph")
  override var typeObject: ClassObject { GradientEdgeObject.type }
}
