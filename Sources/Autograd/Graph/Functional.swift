import Recordings

/// Derivatives of functions rather than of tensors: `torch.autograd.functional`.
///
/// Law: row `i` of a Jacobian is what backward gives from output `i` alone; without `createGraph` nothing that is
/// returned belongs to a graph. Source: https://docs.pytorch.org/docs/2.13/autograd.html#functional-higher-level-api
///
/// ```swift
/// let j = try Functional.jacobian(of: { [$0[0] * $0[0]] }, at: [Tensor([1, 2])])
/// // j[0][0] is tensor([[2., 0.], [0., 4.]])
/// ```
public enum Functional {
  public typealias Function = (_ inputs: [Tensor]) throws -> [Tensor]

  /// The derivative of each output by each input, `[output][input]`, of shape `output.shape + input.shape`.
  public static func jacobian(
    of f: Function, at inputs: [Tensor], createGraph: Bool = false, strict: Bool = false
  ) throws -> [[Tensor]] {
    try enablingGrad {
      let x = try prepared(inputs, createGraph: createGraph)
      let outputs = try f(x)
      if strict { try checkRequiresGrad(outputs) }
      let rows = try outputs.enumerated().map { i, out in
        var columns = x.map { _ in [Tensor]() }
        for j in 0..<out.count {
          let found: [Tensor?]
          if out.requiresGrad {
            let flat = try Ops.reshape(out, [-1])
            found = try grad(
              outputs: [try Ops.getItem(flat, .int(j))], inputs: x, retainGraph: true,
              createGraph: createGraph,
              allowUnused: true)
          } else {
            found = x.map { _ in nil }
          }
          for (k, g) in found.enumerated() {
            if g == nil, strict {
              throw TorchError.runtime(
                "Output \(i) of the user-provided function is independent of input \(k). This is not allowed in "
                  + "strict mode.")
            }
            columns[k].append(try g ?? Ops.zeros(x[k].shape, x[k].dtype))
          }
        }
        return try zip(columns, x).map { column, input in
          if column.isEmpty { return try Ops.zeros(out.shape + input.shape, input.dtype) }
          return try Ops.reshape(Ops.stack(column, 0), out.shape + input.shape)
        }
      }
      return createGraph ? rows : try rows.map { try $0.map(Ops.detach) }
    }
  }

  /// The second derivatives of a function with one output of one element, `[input][input]`.
  public static func hessian(
    of f: Function, at inputs: [Tensor], createGraph: Bool = false, strict: Bool = false
  ) throws -> [[Tensor]] {
    try jacobian(
      of: { x in
        let rows = try jacobian(
          of: { try single(f($0), "hessian") }, at: x, createGraph: true, strict: strict)[0]
        if strict, let k = rows.firstIndex(where: { !$0.requiresGrad }) {
          throw TorchError.runtime(
            "While computing the hessian, found that the jacobian of the user-provided function with respect to input "
              + "\(k) is independent of the input. This is not allowed in strict mode. You should ensure that your "
              + "function is twice differentiable and that the jacobian depends on the inputs (this would be violated by "
              + "a linear function for example).")
        }
        return rows
      }, at: inputs, createGraph: createGraph, strict: strict)
  }

  /// The outputs, and `vᵀ · J`, one tensor an input.
  public static func vjp(
    of f: Function, at inputs: [Tensor], v: [Tensor]?, createGraph: Bool = false, strict: Bool = false
  ) throws -> (outputs: [Tensor], product: [Tensor]) {
    let (x, outputs) = try enablingGrad {
      let x = try prepared(inputs, createGraph: createGraph)
      return (x, try f(x))
    }
    if strict { try checkRequiresGrad(outputs) }
    if let v {
      try validate(v, like: outputs)
    } else if outputs.count != 1 || outputs[0].count != 1 {
      throw TorchError.runtime(
        "The vector v can only be None if the user-provided function returns a single Tensor with a single element."
      )
    }
    let product = try gradients(outputs, x, v, createGraph: createGraph)
    return (try released(outputs, createGraph), try released(product, createGraph))
  }

  /// The outputs, and `J · v`, one tensor an output; by differentiating `vᵀ · J` by `v`.
  public static func jvp(
    of f: Function, at inputs: [Tensor], v: [Tensor]?, createGraph: Bool = false, strict: Bool = false
  ) throws -> (outputs: [Tensor], product: [Tensor]) {
    if v == nil, inputs.count != 1 || inputs[0].count != 1 {
      throw TorchError.runtime(
        "The vector v can only be None if the input to the user-provided function is a single Tensor with a single "
          + "element.")
    }
    return try enablingGrad {
      let x = try prepared(inputs, createGraph: createGraph)
      if let v { try validate(v, like: x) }
      let outputs = try f(x)
      if strict { try checkRequiresGrad(outputs) }
      let dummies = try outputs.map { out in
        let zero = try Ops.zeros(out.shape, out.dtype)
        try zero.setRequiresGrad(true)
        return zero
      }
      let inner = try gradients(outputs, x, dummies, createGraph: true)
      let product = try gradients(inner, dummies, v, createGraph: createGraph)
      return (try released(outputs, createGraph), try released(product, createGraph))
    }
  }

  /// The output, and `vᵀ · H`.
  public static func vhp(
    of f: Function, at inputs: [Tensor], v: [Tensor]?, createGraph: Bool = false, strict: Bool = false
  ) throws -> (outputs: [Tensor], product: [Tensor]) {
    if v == nil, inputs.count != 1 || inputs[0].count != 1 {
      throw TorchError.runtime(
        "The vector v can only be None if the input to the user-provided function is a single Tensor with a single "
          + "element.")
    }
    return try enablingGrad {
      let x = try prepared(inputs, createGraph: createGraph)
      if let v { try validate(v, like: x) }
      let outputs = try single(f(x), "vhp")
      let slope = try gradients(outputs, x, nil, createGraph: true)
      let product = try gradients(slope, x, v, createGraph: createGraph)
      return (try released(outputs, createGraph), try released(product, createGraph))
    }
  }

  // MARK: Steps

  private static func enablingGrad<R>(_ body: () throws -> R) rethrows -> R {
    let context = Context.current
    let saved = (context.gradMode, context.inferenceMode)
    context.setGradMode(true)
    defer { context.setGradMode(saved.0, inference: saved.1) }
    return try body()
  }

  /// Tensors of their own, so that inputs the function captures are not taken for its arguments.
  private static func prepared(_ inputs: [Tensor], createGraph: Bool) throws -> [Tensor] {
    try inputs.map { t in
      if createGraph, t.requiresGrad { return try Ops.view(t, t.shape) }
      let out = try Ops.detach(t)
      try out.setRequiresGrad(true)
      return out
    }
  }

  private static func single(_ outputs: [Tensor], _ name: String) throws -> [Tensor] {
    guard outputs.count == 1 else {
      throw TorchError.runtime("The function given to \(name) should return a single Tensor")
    }
    guard outputs[0].count == 1 else {
      throw TorchError.runtime(
        "The Tensor returned by the function given to \(name) should contain a single element")
    }
    return [try Ops.reshape(outputs[0], [])]
  }

  /// `grad` of those outputs that depend on anything; zeros where an input is not used.
  private static func gradients(
    _ outputs: [Tensor], _ inputs: [Tensor], _ v: [Tensor]?, createGraph: Bool
  ) throws -> [Tensor] {
    let live = outputs.indices.filter { outputs[$0].requiresGrad }
    guard !live.isEmpty else { return try inputs.map { try Ops.zeros($0.shape, $0.dtype) } }
    let found = try grad(
      outputs: live.map { outputs[$0] }, inputs: inputs, gradOutputs: v.map { v in live.map { v[$0] } },
      createGraph: createGraph, allowUnused: true)
    return try zip(found, inputs).map { try $0 ?? Ops.zeros($1.shape, $1.dtype) }
  }

  private static func released(_ tensors: [Tensor], _ createGraph: Bool) throws -> [Tensor] {
    createGraph ? tensors : try tensors.map(Ops.detach)
  }

  private static func validate(_ v: [Tensor], like others: [Tensor]) throws {
    guard v.count == others.count else {
      throw TorchError.runtime(
        others.count > 1
          ? "v is a tuple of invalid length: should be \(others.count) but got \(v.count)."
          : "The given v should contain a single Tensor.")
    }
    for (i, (a, b)) in zip(v, others).enumerated() where a.shape != b.shape {
      throw TorchError.runtime(
        "\(others.count > 1 ? "Entry \(i) in " : "")v has invalid size: should be \(sizeText(b.shape)) but got "
          + "\(sizeText(a.shape)).", tensors: [a])
    }
  }

  private static func checkRequiresGrad(_ outputs: [Tensor]) throws {
    for (i, out) in outputs.enumerated() where !out.requiresGrad {
      throw TorchError.runtime(
        "Output \(i) of the user-provided function does not require gradients. The outputs must be computed in a "
          + "differentiable manner from the input when running in strict mode.", tensors: [out])
    }
  }
}

/// Compares gradients with central differences: `torch.autograd.gradcheck`.
///
/// Source: https://docs.pytorch.org/docs/2.13/generated/torch.autograd.gradcheck.gradcheck.html
public struct GradientCheck {
  public var eps = 1e-6
  public var atol = 1e-5
  public var rtol = 0.001
  public init() {}

  /// What does not agree, in PyTorch's words; `nil` where all does.
  public func problem(of f: Functional.Function, at inputs: [Tensor]) throws -> String? {
    let outputs = try f(inputs)
    for (o, out) in outputs.enumerated() where out.dtype.isFloatingPoint {
      for (k, input) in inputs.enumerated() where input.requiresGrad && input.dtype.isFloatingPoint {
        let numerical = try slopes(of: f, at: inputs, input: k, output: o, count: out.count)
        var analytical = [Double](repeating: 0, count: input.count * out.count)
        if out.requiresGrad {
          let flat = try Ops.reshape(out, [-1])
          for j in 0..<out.count {
            let g = try grad(
              outputs: [try Ops.getItem(flat, .int(j))], inputs: [input], retainGraph: true, allowUnused: true
            )[0]
            for (i, value) in (g?.numbers() ?? []).enumerated() {
              analytical[i * out.count + j] = value.double
            }
          }
        }
        let agrees = zip(analytical, numerical).allSatisfy { a, n in
          abs(a - n) <= atol + rtol * abs(n) || a == n
        }
        if !agrees {
          let shape = [input.count, out.count]
          let (n, a) = Context.current.quietly {
            (
              Tensor(shape: shape, numerical, dtype: out.dtype),
              Tensor(shape: shape, analytical, dtype: out.dtype)
            )
          }
          return "Jacobian mismatch for output \(o) with respect to input \(k),\nnumerical:\(n.text())\n"
            + "analytical:\(a.text())\n"
        }
      }
    }
    return nil
  }

  /// Central differences, row-major `[input element][output element]`.
  private func slopes(
    of f: Functional.Function, at inputs: [Tensor], input k: Int, output o: Int, count: Int
  ) throws -> [Double] {
    var out: [Double] = []
    let values = inputs[k].numbers().map(\.double)
    for i in values.indices {
      func moved(_ h: Double) throws -> [Double] {
        var all = values
        all[i] += h
        var copies = inputs
        // A gradient is a function, too: the copy takes part in its graph.
        copies[k] = Tensor(shape: inputs[k].shape, all, dtype: inputs[k].dtype, requiresGrad: true)
        return try f(copies)[o].numbers().map(\.double)
      }
      let (up, down) = (try moved(eps), try moved(-eps))
      out += zip(up, down).map { ($0 - $1) / (2 * eps) }
    }
    return out
  }
}
