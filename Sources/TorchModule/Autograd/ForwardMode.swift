import Autograd
import MiniPython
import Recordings

/// `torch.autograd.forward_ad`: tensors that carry a tangent along.
///
/// The tangent of a result is computed when it is asked for: backward twice, the slope of the first pass by its seed.
enum ForwardMode {
  /// A tensor that was given a tangent.
  struct Dual {
    let input: Tensor
    let tangent: Tensor
  }

  static func fill(_ m: ModuleObject) {
    m.set("UnpackedDualTensor", .object(Unpacked.type))
    m.function("enter_dual_level") { _, i in try enter(i) }
    m.function("exit_dual_level") { _, i in
      RunState.of(i).duals = nil
      return .none
    }
    m.set("dual_level", .object(Level.type))
    m.function("make_dual") { a, i in
      let p = try a.bindWritten("make_dual", "tensor", "tangent", "*", "level?")
      let state = RunState.of(i)
      guard state.duals != nil else {
        throw Raise.runtime(
          "Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first."
        )
      }
      for value in p.prefix(2) { _ = try i.getAttribute(value ?? .none, "is_floating_point") }
      let (t, tangent) = (
        try Convert.tensor(p[0], "make_dual", "tensor", i),
        try Convert.tensor(p[1], "make_dual", "tangent", i)
      )
      for (name, value) in [("primal", t), ("tangent", tangent)] where !value.dtype.isFloatingPoint {
        throw Raise.value(
          "Expected \(name) to be floating point or complex, but got: \(value.dtype.torchName)")
      }
      guard t.shape == tangent.shape else {
        func text(_ shape: [Int]) -> String { "[\(shape.map(String.init).joined(separator: ", "))]" }
        throw Raise.runtime(
          "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not "
            + "supported. Tensor is of size \(text(t.shape)) while the given forward gradient is of size "
            + "\(text(tangent.shape)).")
      }
      let input = try t.asTransformInput()
      state.duals?.append(Dual(input: input, tangent: tangent))
      return .object(TensorObject.of(input))
    }
    m.function("unpack_dual") { a, i in
      let p = try a.bindWritten("unpack_dual", "tensor", "*", "level?")
      let t = try Convert.tensor(p[0], "unpack_dual", "tensor", i)
      guard let (primal, tangent) = try unpacked(t, i) else {
        return .object(Unpacked([("primal", .object(TensorObject.of(t))), ("tangent", .none)]))
      }
      return .object(
        Unpacked([
          ("primal", .object(TensorObject.of(primal))), ("tangent", .object(TensorObject.of(tangent))),
        ]))
    }
  }

  private static func enter(_ i: Interpreter) throws -> Value {
    let state = RunState.of(i)
    guard state.duals == nil else {
      throw Raise.runtime("Nested forward mode AD is not supported at the moment")
    }
    state.duals = []
    return .int(0)
  }

  /// A tensor without and with its tangent; `nil` where it has none.
  private static func unpacked(_ t: Tensor, _ i: Interpreter) throws -> (primal: Tensor, tangent: Tensor)? {
    guard let duals = RunState.of(i).duals, t.requiresGrad else { return nil }
    let inputs = duals.map(\.input)
    if let own = duals.first(where: { $0.input === t }) { return (t.detach(), own.tangent) }
    guard t.dependsOn(anyOf: inputs) else { return nil }
    let seed = try Tensor.ones(like: t)
    try seed.setRequiresGrad(true)
    let inner = try grad(
      outputs: [t], inputs: inputs, gradOutputs: [seed], retainGraph: true, createGraph: true,
      allowUnused: true)
    let live = inner.indices.filter { inner[$0]?.requiresGrad == true }
    let found = try grad(
      outputs: live.compactMap { inner[$0] }, inputs: [seed], gradOutputs: live.map { duals[$0].tangent },
      retainGraph: true, createGraph: true, allowUnused: true, materializeGrads: true)
    func left(_ t: Tensor) -> Tensor { t.dependsOnLeaves(beyond: inputs + [seed]) ? t : t.detach() }
    return (left(t), left(found.first.flatMap { $0 } ?? t))
  }

  /// `tensor([1.], tangent=tensor([2.]))`; `nil` where a tensor has no tangent.
  static func text(of t: Tensor, _ i: Interpreter) -> String? {
    guard let (primal, tangent) = try? unpacked(t, i) else { return nil }
    let options = RunState.of(i).printOptions
    return "\(primal.text(options).dropLast()), tangent=\(tangent.text(options)))"
  }

  private final class Unpacked: NamedFields {
    nonisolated(unsafe) static let type = ClassObject(
      "UnpackedDualTensor", bases: [Types.tuple], module: "torch.autograd.forward_ad")
    override var typeObject: ClassObject { Unpacked.type }
  }

  /// `with forward_ad.dual_level():`
  private final class Level: Object {
    nonisolated(unsafe) static let type: ClassObject = {
      let c = ClassObject("dual_level", module: "torch.autograd.forward_ad")
      c.make = { _, _, _ in .object(Level()) }
      return c
    }()
    override var typeObject: ClassObject { Level.type }
    override var isContext: Bool { true }
    override func enter(_ i: Interpreter) throws -> Value? { try ForwardMode.enter(i) }
    override func exit(_ exception: InstanceObject?, _ i: Interpreter) throws -> Bool {
      RunState.of(i).duals = nil
      return false
    }
  }
}
