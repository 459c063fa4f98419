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
  ///
  /// - Parameter vectorize: every row comes from all outputs, zeros where it is another's, as PyTorch's batch of rows.
  public static func jacobian(
    of f: Function, at inputs: [Tensor], createGraph: Bool = false, strict: Bool = false,
    vectorize: Bool = false
  ) throws -> [[Tensor]] {
    try enablingGrad {
      let x = try prepared(inputs, createGraph: createGraph)
      let outputs = try f(x)
      if strict { try check(outputs, .outputs) }
      let rows = try outputs.enumerated().map { i, out in
        var columns = x.map { _ in [Tensor]() }
        for j in 0..<out.count {
          let found: [Tensor?]
          if vectorize {
            let flat = try outputs.map { try Ops.reshape($0, [-1]) }
            let seeds = try flat.enumerated().map { k, t in
              try k == i ? unit(j, like: t) : Ops.zeros(t.shape, t.dtype)
            }
            found = try slopes(flat, x, seeds, retainGraph: true, createGraph: createGraph)
          } else {
            let flat = try Ops.reshape(out, [-1])
            found = try slopes(
              [Ops.getItem(flat, .int(j))], x, nil, retainGraph: true, createGraph: createGraph)
          }
          for (k, g) in found.enumerated() {
            if g == nil, strict {
              throw TorchError.runtime(
                "Output \(i) of the user-provided function is independent of input \(k). \(notAllowed).")
            }
            if let g, strict, createGraph, !g.requiresGrad {
              throw TorchError.runtime(Stage.back.isConstant(i))
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
    of f: Function, at inputs: [Tensor], createGraph: Bool = false, strict: Bool = false,
    vectorize: Bool = false
  ) throws -> [[Tensor]] {
    try jacobian(
      of: { x in
        let rows = try jacobian(
          of: { x in
            let outputs = try f(x)
            if strict { try check(outputs, .outputs) }
            return [try Ops.reshape(single(outputs, "hessian"), [])]
          }, at: x, createGraph: true)[0]
        if strict { try check(rows, .jacobian) }
        return rows
      }, at: inputs, createGraph: createGraph, strict: strict, vectorize: vectorize)
  }

  /// The outputs, and `vᵀ · J`, one tensor an input.
  public static func vjp(
    of f: Function, at inputs: [Tensor], v: [Tensor]?, createGraph: Bool = false, strict: Bool = false
  ) throws -> (outputs: [Tensor], product: [Tensor]) {
    let (x, outputs) = try enablingGrad {
      let x = try prepared(inputs, createGraph: createGraph)
      let outputs = try f(x)
      if strict { try check(outputs, .outputs) }
      return (x, outputs)
    }
    if let v {
      try validate(v, like: outputs)
    } else if outputs.count != 1 || outputs[0].count != 1 {
      throw TorchError.runtime(
        "The vector v can only be None if the user-provided function returns a single Tensor with a single element."
      )
    }
    let found = try slopes(outputs, x, v, createGraph: createGraph)
    let product = try filled(found, x, .back, createGraph: createGraph, strict: strict)
    return (try released(outputs, createGraph), try released(product, createGraph))
  }

  /// The outputs, and `J · v`, one tensor an output; by differentiating `vᵀ · J` by `v`.
  public static func jvp(
    of f: Function, at inputs: [Tensor], v: [Tensor]?, createGraph: Bool = false, strict: Bool = false
  ) throws -> (outputs: [Tensor], product: [Tensor]) {
    try checkVector(v, inputs)
    return try enablingGrad {
      let x = try prepared(inputs, createGraph: createGraph)
      if let v { try validate(v, like: x) }
      let outputs = try f(x)
      if strict { try check(outputs, .outputs) }
      let dummies = try dummies(like: outputs)
      let inner = try slopes(outputs, x, dummies, createGraph: true)
      if strict { try check(inner, .gradients) }
      let found = try slopes(inner, dummies, v, createGraph: createGraph)
      let product = try filled(found, outputs, .backTrick, createGraph: createGraph, strict: strict)
      return (try released(outputs, createGraph), try released(product, createGraph))
    }
  }

  /// The output, and `vᵀ · H`.
  public static func vhp(
    of f: Function, at inputs: [Tensor], v: [Tensor]?, createGraph: Bool = false, strict: Bool = false
  ) throws -> (outputs: [Tensor], product: [Tensor]) {
    try checkVector(v, inputs)
    return try enablingGrad {
      let x = try prepared(inputs, createGraph: createGraph)
      if let v { try validate(v, like: x) }
      let (outputs, slope) = try slope(of: f, x, "vhp", strict: strict)
      let found = try slopes(slope, x, v, createGraph: createGraph)
      let product = try filled(found, x, .doubleBack, createGraph: createGraph, strict: strict)
      return (try released(outputs, createGraph), try released(product, createGraph))
    }
  }

  /// The output, and `H · v`; by differentiating `vᵀ · H` by `v`.
  public static func hvp(
    of f: Function, at inputs: [Tensor], v: [Tensor]?, createGraph: Bool = false, strict: Bool = false
  ) throws -> (outputs: [Tensor], product: [Tensor]) {
    try checkVector(v, inputs)
    return try enablingGrad {
      let x = try prepared(inputs, createGraph: createGraph)
      if let v { try validate(v, like: x) }
      let (outputs, slope) = try slope(of: f, x, "hvp", strict: strict)
      let dummies = try dummies(like: x)
      let inner = try slopes(slope, x, dummies, createGraph: true)
      if strict { try check(slope, .hessian) }
      let found = try slopes(inner, dummies, v, createGraph: createGraph)
      let product = try filled(found, x, .doubleBackTrick, createGraph: createGraph, strict: strict)
      return (try released(outputs, createGraph), try released(product, createGraph))
    }
  }

  // MARK: Steps

  /// One element of an output, 1 among zeros.
  fileprivate static func unit(_ j: Int, like out: Tensor) throws -> Tensor {
    try Context.current.quietly {
      Tensor(shape: out.shape, (0..<out.count).map { $0 == j ? 1 : 0 }, dtype: out.dtype)
    }
  }

  /// The one output of a function, and its slope, ready to be differentiated.
  private static func slope(
    of f: Function, _ x: [Tensor], _ name: String, strict: Bool
  ) throws -> (outputs: [Tensor], slope: [Tensor?]) {
    let outputs = try f(x)
    if strict { try check(outputs, .outputs) }
    let only = try single(outputs, name)
    let slope = try slopes([only], x, nil, createGraph: true)
    if strict { try check(slope, .jacobian) }
    return ([only], slope)
  }

  /// What a result is linear in: its value does not matter.
  private static func dummies(like tensors: [Tensor]) throws -> [Tensor] {
    try tensors.map { t in
      let zero = try Ops.zeros(t.shape, t.dtype)
      try zero.setRequiresGrad(true)
      return zero
    }
  }

  private static func checkVector(_ v: [Tensor]?, _ inputs: [Tensor]) throws {
    guard v == nil, inputs.count != 1 || inputs[0].count != 1 else { return }
    throw TorchError.runtime(
      "The vector v can only be None if the input to the user-provided function is a single Tensor with a single "
        + "element.")
  }

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

  private static func single(_ outputs: [Tensor], _ name: String) throws -> Tensor {
    guard outputs.count == 1 else {
      throw TorchError.runtime("The function given to \(name) should return a single Tensor")
    }
    guard outputs[0].count == 1 else {
      throw TorchError.runtime(
        "The Tensor returned by the function given to \(name) should contain a single element")
    }
    return outputs[0]
  }

  /// `grad` of those outputs that depend on anything.
  private static func slopes(
    _ outputs: [Tensor?], _ inputs: [Tensor], _ v: [Tensor]?, retainGraph: Bool? = nil, createGraph: Bool
  ) throws -> [Tensor?] {
    let live = outputs.indices.filter { outputs[$0]?.requiresGrad == true }
    guard !live.isEmpty else { return inputs.map { _ in nil } }
    return try grad(
      outputs: live.compactMap { outputs[$0] }, inputs: inputs,
      gradOutputs: v.map { v in live.map { v[$0] } },
      retainGraph: retainGraph, createGraph: createGraph, allowUnused: true)
  }

  /// Zeros where a gradient does not exist, which strict mode refuses.
  private static func filled(
    _ grads: [Tensor?], _ like: [Tensor], _ stage: Stage, createGraph: Bool, strict: Bool
  ) throws -> [Tensor] {
    try zip(grads, like).enumerated().map { i, pair in
      guard let g = pair.0 else {
        if strict { throw TorchError.runtime(stage.isIndependent(i)) }
        return try Ops.zeros(pair.1.shape, pair.1.dtype)
      }
      if strict, createGraph, !g.requiresGrad { throw TorchError.runtime(stage.isConstant(i)) }
      return g
    }
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
    guard outputs.contains(where: \.requiresGrad) else {
      for (o, out) in outputs.enumerated() {
        for (k, input) in inputs.enumerated() where input.requiresGrad && input.dtype.isFloatingPoint {
          let numerical = try slopes(of: f, at: inputs, input: k, output: o, count: out.count)
          if numerical.contains(where: { $0 != 0 }) {
            return "Numerical gradient for function expected to be zero"
          }
        }
      }
      return nil
    }
    let live = outputs.filter(\.requiresGrad)
    let checked = inputs.enumerated().filter { $0.element.requiresGrad && $0.element.dtype.isFloatingPoint }
    let targets = checked.map(\.element)
    let numerical = try checked.map { k, _ in
      try live.indices.map { o in
        try slopes(of: f, at: inputs, input: k, output: o, count: live[o].count)
      }
    }
    for (o, out) in live.enumerated() {
      var analytical = targets.map { [Double](repeating: 0, count: $0.count * out.count) }
      // Twice, as PyTorch does, which looks whether both agree.
      for _ in 0..<2 {
        for j in 0..<out.count {
          let found = try grad(
            outputs: [out], inputs: targets, gradOutputs: [Functional.unit(j, like: out)], retainGraph: true,
            allowUnused: true)
          for (n, g) in found.enumerated() {
            for (i, value) in (g?.numbers() ?? []).enumerated() {
              analytical[n][i * out.count + j] = value.double
            }
          }
        }
      }
      for (n, (k, input)) in checked.enumerated() {
        let agrees = zip(analytical[n], numerical[n][o]).allSatisfy { a, n in
          abs(a - n) <= atol + rtol * abs(n) || a == n
        }
        if agrees { continue }
        let shape = [input.count, out.count]
        let (left, right) = Context.current.quietly {
          (
            Tensor(shape: shape, numerical[n][o], dtype: out.dtype),
            Tensor(shape: shape, analytical[n], dtype: input.dtype)
          )
        }
        return "Jacobian mismatch for output \(o) with respect to input \(k),\nnumerical:\(left.text())\n"
          + "analytical:\(right.text())\n"
      }
    }
    func slopesOfNothing(_ outputs: [Tensor]) throws -> [Tensor?] {
      try grad(
        outputs: outputs, inputs: targets, gradOutputs: outputs.map { try Ops.zeros($0.shape, $0.dtype) },
        retainGraph: true, allowUnused: true)
    }
    if try slopesOfNothing(live).contains(where: { $0?.numbers().contains { $0.double != 0 } ?? false }) {
      return "backward not multiplied by grad_output"
    }
    // What a rule makes of gradients that are not there: of all outputs, then of each.
    let runs = try (0..<(live.count > 1 ? live.count + 1 : 1)).map { _ in
      try f(inputs).filter(\.requiresGrad)
    }
    for run in runs where !run.isEmpty { _ = try slopesOfNothing(run) }
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
        var moved = values
        moved[i] += h
        var copies = inputs
        // A gradient is a function, too: the copy takes part in its graph.
        copies[k] = Tensor(shape: inputs[k].shape, moved, dtype: inputs[k].dtype, requiresGrad: true)
        let all = try f(copies)
        let live = all.contains(where: \.requiresGrad) ? all.filter(\.requiresGrad) : all
        return live.indices.contains(o) ? live[o].numbers().map(\.double) : []
      }
      let (down, up) = (try moved(-eps), try moved(eps))
      out += zip(up, down).map { ($0 - $1) / (2 * eps) }
    }
    return out
  }
}
