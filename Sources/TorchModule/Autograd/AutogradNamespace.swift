import Autograd
import MiniPython

/// `torch.autograd`.
enum AutogradNamespace {
  static func fill(_ m: ModuleObject) {
    m.set("Function", .object(FunctionClass.type))
    for name in ["no_grad", "enable_grad", "inference_mode", "set_grad_enabled"] {
      m.set(name, .object(GradientModeObject.make(name)))
    }
    AnomalyMode.fill(m)
    FunctionalNamespace.checks(m)
    m.function("Variable") { a, i in
      let p = try a.bind("Variable", "data", "requires_grad?", "volatile?")
      let t = try Convert.tensor(p[0], "Variable", "data", i)
      let out = t.detach()
      if let on = p[1], try i.isTrue(on) { try out.setRequiresGrad(true) }
      return .object(TensorObject.of(out))
    }
    m.function("grad") { a, i in
      let p = try a.bind(
        "grad", "outputs", "inputs", "grad_outputs?", "retain_graph?", "create_graph?", "only_inputs?",
        "allow_unused?", "is_grads_batched?", "materialize_grads?")
      let outputs = try Convert.tensors(p[0], "grad", "outputs", i)
      let inputs = try Convert.tensors(p[1], "grad", "inputs", i)
      var seeds: [Tensor?]?
      if let g = p[2], g.object != nil {
        if let one = g.object as? TensorObject {
          seeds = [one.tensor]
        } else {
          seeds = try i.array(g).map { ($0.object as? TensorObject)?.tensor }
        }
      }
      var retain: Bool?
      if let r = p[3] { if case .none = r {} else { retain = try i.isTrue(r) } }
      let found = try grad(
        outputs: outputs, inputs: inputs, gradOutputs: seeds, retainGraph: retain,
        createGraph: try p[4].map(i.isTrue) ?? false, allowUnused: try p[6].map(i.isTrue) ?? false,
        materializeGrads: try p[8].map(i.isTrue) ?? false)
      return .tuple(found.map { $0.map { .object(TensorObject.of($0)) } ?? .none })
    }
    m.function("backward") { a, i in
      let p = try a.bind("backward", "tensors", "grad_tensors?", "retain_graph?", "create_graph?")
      let tensors = try Convert.tensors(p[0], "backward", "tensors", i)
      var seeds: [Tensor?] = tensors.map { _ in nil }
      if let g = p[1], g.object != nil {
        if let one = g.object as? TensorObject {
          seeds = [one.tensor]
        } else {
          seeds = try i.array(g).map { ($0.object as? TensorObject)?.tensor }
        }
      }
      try backward(
        tensors, gradients: seeds, retainGraph: try p[2].map(i.isTrue),
        createGraph: try p[3].map(i.isTrue) ?? false)
      return .none
    }
  }
}
