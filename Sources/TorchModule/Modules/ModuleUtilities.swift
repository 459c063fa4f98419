import Autograd
import MiniPython
import Recordings

/// What `torch.nn.utils` has beyond the clipping of gradients, and `torch.save`, which is refused.
enum ModuleUtilities {
  static func fill(_ m: ModuleObject) {
    m.function("parameters_to_vector") { a, i in
      let p = try a.bind("parameters_to_vector", "parameters")
      let rows = try i.array(p[0] ?? .none).map { try Layers.call(.method("view"), [$0, .int(-1)], i) }
      return try Layers.call(.torch("cat"), [.list(rows)], i)
    }
    m.function("vector_to_parameters") { a, i in
      let p = try a.bind("vector_to_parameters", "vec", "parameters")
      guard let vector = p[0], vector.object is TensorObject else {
        throw Raise.type("expected torch.Tensor, but got: \(OptimizerClass.typeText(p[0] ?? .none, i))")
      }
      var at = 0
      for item in try i.array(p[1] ?? .none) {
        let target = try Convert.tensor(item, "vector_to_parameters", "parameters", i)
        // What is left, where the vector is too short: its size is then refused.
        let left = ((vector.object as? TensorObject)?.tensor.shape.first ?? 0) - at
        let part = try Layers.call(
          .method("narrow"), [vector, .int(0), .int(at), .int(min(target.count, max(left, 0)))], i)
        let shaped = try Layers.call(.method("view"), [part, .tuple(target.shape.map(Value.int))], i)
        at += target.count
        if let t = shaped.object as? TensorObject { try target.setData(t.tensor) }
      }
      return .none
    }
    m.function("skip_init") { a, i in
      guard let kind = a.positional.first else {
        throw Raise.type("skip_init() missing 1 required positional argument: 'module_cls'")
      }
      // Values that nobody set: those a fresh module draws are as good as any.
      let generator = Context.current.generator
      let before = generator.snapshot
      defer { generator.snapshot = before }
      return try i.call(kind, PyArguments(Array(a.positional.dropFirst()), keywords: a.keywords))
    }
    m.function("clip_grad_norm") { a, i in
      i.warn(
        "`torch.nn.utils.clip_grad_norm` is now deprecated in favor of `torch.nn.utils.clip_grad_norm_`.",
        category: "FutureWarning")
      return try i.call(i.getAttribute(.object(m), "clip_grad_norm_"), a)
    }
    WeightNormalizing.fill(m)
  }
}
