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

/// A tuple of a class of its own, whose places have names.
class NamedFields: Object {
  private let items: [(name: String, value: Value)]
  init(_ items: [(name: String, value: Value)]) { self.items = items }
  private var tuple: Value { .tuple(items.map(\.value)) }
  override func repr(_ i: Interpreter) throws -> String {
    "\(typeObject.name)(\(try items.map { "\($0.name)=\(try i.repr($0.value))" }.joined(separator: ", ")))"
  }
  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    items.first { $0.name == name }?.value
  }
  override func length(_ i: Interpreter) throws -> Int? { items.count }
  override func iterate(_ i: Interpreter) throws -> IteratorObject { try i.iterate(tuple) }
  override func getItem(_ key: Value, _ i: Interpreter) throws -> Value { try i.getItem(tuple, key) }
  override func compare(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    try tuple.object?.compare(op, (other.object as? NamedFields)?.tuple ?? other, i)
  }
}
