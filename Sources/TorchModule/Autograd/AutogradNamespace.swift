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
    m.set("graph", .object(GraphNamespace.module()))
    FunctionalNamespace.checks(m)
    m.set("Variable", .object(variable))
    m.function("grad") { a, i in
      if a.positional.isEmpty, a.keywords.isEmpty {
        throw Raise.type("grad() missing 2 required positional arguments: 'outputs' and 'inputs'")
      }
      if a.positional.count == 1, !a.keywords.contains(where: { $0.name == "inputs" }) {
        throw Raise.type("grad() missing 1 required positional argument: 'inputs'")
      }
      let p = try a.bind(
        "grad", "outputs", "inputs", "grad_outputs?", "retain_graph?", "create_graph?", "only_inputs?",
        "allow_unused?", "is_grads_batched?", "materialize_grads?")
      let outputs = try Convert.tensors(places(p[0], i), "grad", "outputs", i)
      // Once: `model.parameters()` can be walked only once.
      let keys = try p[1]?.object is DictObject ? i.array(p[1] ?? .none) : nil
      let given = try places(
        keys.map { try Value.tuple($0.map { try i.getItem(p[1] ?? .none, $0) }) } ?? p[1], i)
      for input in (given.object as? TupleObject)?.items ?? [] where !(input.object is TensorObject) {
        throw Raise.runtime("all inputs have to be Tensors or GradientEdges, but got \(i.typeName(input))")
      }
      let inputs = try Convert.tensors(given, "grad", "inputs", i)
      let seeds: [Tensor?]? = try p[2].flatMap { $0.isNone ? nil : try AutogradNamespace.seeds($0, i) }
      let retain: Bool? = try p[3].flatMap { $0.isNone ? nil : try AutogradNamespace.flag($0, i) }
      let materializes = try p[8].map(i.isTrue) ?? false
      if materializes, let allow = p[6], !allow.isNone, try !i.isTrue(allow) {
        throw Raise.value(
          "Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False."
        )
      }
      if try p[7].map(i.isTrue) ?? false, let seeds {
        return try batched(
          outputs, inputs, seeds, createGraph: p[4].map(i.isTrue) ?? false, retain: retain,
          allowUnused: materializes || (p[6].map(i.isTrue) ?? false))
      }
      let found = try grad(
        outputs: outputs, inputs: inputs, gradOutputs: seeds, retainGraph: retain,
        createGraph: try p[4].map(i.isTrue) ?? false, allowUnused: try p[6].map(i.isTrue) ?? false,
        materializeGrads: try p[8].map(i.isTrue) ?? false)
      let values = found.map { g -> Value in g.map { .object(TensorObject.of($0)) } ?? .none }
      guard let keys else { return .tuple(values) }
      let named = DictObject()
      for (key, value) in zip(keys, values) { try i.setItem(.object(named), key, value) }
      return .object(named)
    }
    m.function("backward") { a, i in
      try RunState.of(i).checkOutside(TransformRefusals.backward)
      let p = try a.bind(
        "backward", "tensors", "grad_tensors?", "retain_graph?", "create_graph?", "grad_variables?",
        "inputs?")
      let tensors = try Convert.tensors(places(p[0], i), "backward", "tensors", i)
      func seeds(_ v: Value?) throws -> [Tensor?]? {
        try v.flatMap { $0.isNone ? nil : try AutogradNamespace.seeds($0, i) }
      }
      // The gradients' name of old.
      let (new, old) = (try seeds(p[1]), try seeds(p[4]))
      if new != nil, old != nil {
        throw Raise.runtime(
          "`grad_tensors` and `grad_variables` (deprecated) arguments both passed to backward(). Please only use "
            + "`grad_tensors`.")
      }
      let given = new ?? old
      let seeds = given ?? tensors.map { _ in nil }
      try backward(
        tensors, gradients: seeds,
        retainGraph: try p[2].flatMap { $0.isNone ? nil : try AutogradNamespace.flag($0, i) },
        createGraph: try p[3].map(i.isTrue) ?? false,
        inputs: try p[5].flatMap {
          $0.isNone ? nil : try Convert.tensors(places($0, i), "backward", "inputs", i)
        })
      return .none
    }
  }

  /// `Variable`: what tensors were called once. All tensors are instances.
  nonisolated(unsafe) private static let variable: ClassObject = {
    let c = ClassObject("Variable", module: "torch.autograd.variable")
    c.make = { _, a, i in
      let p = try a.bind("Variable", "data", "requires_grad?", "volatile?")
      let t = try Convert.tensor(p[0], "Variable", "data", i)
      let out = t.detach()
      if let on = p[1], try i.isTrue(on) { try out.setRequiresGrad(true) }
      return .object(TensorObject.of(out))
    }
    c.accepts = { $0.object is TensorObject }
    return c
  }()

  /// Tensors, edges of the graph standing for theirs.
  private static func places(_ v: Value?, _ i: Interpreter) throws -> Value {
    func place(_ v: Value) -> Value {
      (v.object as? GradientEdgeObject).map { .object(TensorObject.of($0.tensor)) } ?? v
    }
    guard let v, !(v.object is TensorObject), !(v.object is GradientEdgeObject), !v.isNone else {
      return place(v ?? .none)
    }
    return .tuple(try i.array(v).map(place))
  }

  /// Gradients to begin with: one tensor, or several of which some may be missing.
  static func seeds(_ v: Value, _ i: Interpreter) throws -> [Tensor?] {
    if let one = v.object as? TensorObject { return [one.tensor] }
    return try i.array(v).map { item in
      if item.isNone { return nil }
      guard let t = item.object as? TensorObject else {
        throw Raise.type("gradients can be either Tensors or None, but got \(i.typeName(item))")
      }
      return t.tensor
    }
  }

  /// A flag as the engine takes it: a number will do.
  static func flag(_ v: Value, _ i: Interpreter) throws -> Bool {
    switch v {
    case .bool(let on): return on
    case .int(let k): return k != 0
    default: throw Raise.type("'\(i.typeName(v))' object cannot be interpreted as an integer")
    }
  }

  private static func row(_ t: Tensor, _ k: Int) throws -> Tensor {
    guard case .tensor(let out)? = try OperationCatalogue["select"]?.call([.tensor(t), .int(0), .int(k)])
    else {
      return t
    }
    return out
  }

  /// `is_grads_batched`: a pass for each row of the gradients, whose results are stacked.
  private static func batched(
    _ outputs: [Tensor], _ inputs: [Tensor], _ seeds: [Tensor?], createGraph: Bool, retain: Bool?,
    allowUnused: Bool
  ) throws -> Value {
    for (k, (out, seed)) in zip(outputs, seeds).enumerated() {
      guard let seed, Array(seed.shape.dropFirst()) != out.shape else { continue }
      func text(_ shape: [Int]) -> String {
        "torch.Size([\(shape.map(String.init).joined(separator: ", "))])"
      }
      throw TorchError(
        .runtime,
        "If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the batch dimension. "
          + "The sizes of the remaining dimensions are expected to match the shape of corresponding output, but a "
          + "mismatch was detected: grad_output[\(k)] has a shape of \(text(Array(seed.shape.dropFirst(2)))) and output[\(k)] has a shape "
          + "of \(text(out.shape)). If you only want some tensors in `grad_output` to be considered batched, consider "
          + "using vmap.")
    }
    let count = seeds.lazy.compactMap { $0?.shape.first }.first ?? 0
    var rows: [[Tensor?]] = []
    for k in 0..<count {
      rows.append(
        try grad(
          outputs: outputs, inputs: inputs, gradOutputs: try seeds.map { try $0.map { try row($0, k) } },
          retainGraph: k + 1 < count ? true : retain, createGraph: createGraph, allowUnused: allowUnused))
    }
    return .tuple(
      try inputs.indices.map { j in
        let column = rows.compactMap { $0[j] }
        guard column.count == count, count > 0, let stack = OperationCatalogue["stack"] else { return .none }
        return Convert.value(try stack.call([.list(column.map { .tensor($0) })]))
      })
  }
}
