import Autograd
import MiniPython
import Recordings

/// `torch.func`: functions made of functions, `grad`, `vjp`, `jvp`, `jacrev`, `hessian` and their like.
///
/// Each level differentiates by copies of its inputs; what it gives back leaves the graph unless it depends on
/// something else that requires grad, an outer level's copies among it.
/// Source: https://docs.pytorch.org/docs/2.13/func.api.html
enum FunctionTransforms {
  static func fill(_ m: ModuleObject) {
    for name in ["grad", "grad_and_value"] {
      m.function(name) { a, i in
        let p = try a.bind(name, "func", "argnums?", "has_aux?")
        let (f, argnums, hasAux) = (p[0] ?? .none, p[1] ?? .int(0), try p[2].map(i.isTrue) ?? false)
        return .object(
          NativeFunction("wrapper") { a, i in
            let (slope, value, aux) = try slopes(of: f, argnums, hasAux, a, i)
            if name == "grad" { return hasAux ? .tuple([slope, aux]) : slope }
            return .tuple([slope, hasAux ? .tuple([value, aux]) : value])
          })
      }
    }
    for name in ["jacrev", "jacfwd", "hessian"] {
      let isForward = name != "jacrev"
      m.function(name) { a, i in
        let p = try a.bind(name, "func", "argnums?", "has_aux?", "chunk_size?", "randomness?")
        let (f, argnums) = (p[0] ?? .none, p[1] ?? .int(0))
        let inner =
          name == "hessian"
          ? Value.object(
            NativeFunction("wrapper_fn") { a, i in try jacobian(of: f, argnums, forward: false, a, i) }) : f
        return .object(
          NativeFunction("wrapper_fn") { a, i in try jacobian(of: inner, argnums, forward: isForward, a, i) })
      }
    }
    m.function("vjp") { a, i in
      guard let f = a.positional.first else {
        throw Raise.type("vjp() missing 1 required positional argument: 'func'")
      }
      let level = try Level(Array(a.positional.dropFirst()), i)
      let out = try level.run { try i.call(f, PyArguments(level.arguments)) }
      let outputs = try PyTree.tensors(out, i)
      guard !outputs.isEmpty else {
        throw Raise.runtime(
          "vjp(f, *primals): Expected output of f to be a Tensor or Tensors, got \(PyTree.typeText(out, i))")
      }
      let product = NativeFunction("wrapper") { a, i in
        let seeds = try a.positional.flatMap { try PyTree.tensors($0, i) }
        guard seeds.count == outputs.count else {
          throw Raise.runtime(
            "Expected pytree structure of cotangents to be the same as pytree structure of outputs to the function."
          )
        }
        var found = try grads(outputs, level.inputs, seeds).makeIterator()
        return .tuple(
          try level.arguments.map { argument in
            try PyTree.map(argument, i) { leaf in
              guard leaf.object is TensorObject, let g = found.next() else { return leaf }
              return try level.leave(g)
            }
          })
      }
      return .tuple([try level.leave(out, i), .object(product)])
    }
    m.function("jvp") { a, i in
      let p = try a.bind("jvp", "func", "primals", "tangents", "strict?", "has_aux?")
      guard let primals = (p[1]?.object as? TupleObject)?.items else {
        throw Raise.runtime(
          "jvp(f, primals, tangents): Expected primals to be a tuple. E.g. it should be valid to call f(*primals)."
        )
      }
      let level = try Level(primals, i)
      let out = try level.run { try i.call(p[0] ?? .none, PyArguments(level.arguments)) }
      let outputs = try PyTree.tensors(out, i)
      let tangents = try PyTree.tensors(p[2] ?? .none, i)
      guard tangents.count == level.inputs.count else {
        throw Raise.runtime(
          "jvp(f, primals, tangents): Expected primals and tangents to have the same python structure.")
      }
      // Backward twice: the slope of the first pass by its seeds.
      let seeds = try outputs.map { out in
        let zero = try Tensor.ones(like: out)
        try zero.setRequiresGrad(true)
        return zero
      }
      let inner = try grads(outputs, level.inputs, seeds)
      let product = try level.run { try grads(inner, seeds, tangents) }
      var found = product.makeIterator()
      let slopes = try PyTree.map(out, i) { leaf in
        guard leaf.object is TensorObject, let t = found.next() else { return leaf }
        return try level.leave(t, beside: seeds)
      }
      return .tuple([try level.leave(out, i), slopes])
    }
    Vmap.fill(m)
    FunctionalCalls.fill(m)
  }

  // MARK: Levels

  /// One transformation under way: its copies of the inputs.
  final class Level {
    let inputs: [Tensor]
    private(set) var arguments: [Value] = []
    private let state: RunState

    init(_ arguments: [Value], at places: [Int]? = nil, _ i: Interpreter) throws {
      var inputs: [Tensor] = []
      state = RunState.of(i)
      let context = Context.current
      let mode = context.gradMode
      context.setGradMode(true, inference: context.inferenceMode)
      defer { context.setGradMode(mode, inference: context.inferenceMode) }
      self.arguments = try arguments.enumerated().map { k, argument in
        if let places, !places.contains(k) { return argument }
        return try PyTree.map(argument, i) { leaf in
          guard let t = (leaf.object as? TensorObject)?.tensor else { return leaf }
          let copy = try t.asTransformInput()
          inputs.append(copy)
          return .object(TensorObject.of(copy))
        }
      }
      self.inputs = inputs
    }

    /// Runs with gradients on, whatever the mode outside.
    func run<R>(_ body: () throws -> R) throws -> R {
      let context = Context.current
      let mode = context.gradMode
      context.setGradMode(true, inference: context.inferenceMode)
      defer { context.setGradMode(mode, inference: context.inferenceMode) }
      return try state.transforming(mapping: false, body)
    }

    /// A result as the outer level sees it.
    func leave(_ t: Tensor, beside more: [Tensor] = []) throws -> Value {
      guard t.requiresGrad, !t.dependsOnLeaves(beyond: inputs + more) else {
        return .object(TensorObject.of(t))
      }
      return .object(TensorObject.of(t.detach()))
    }
    func leave(_ v: Value, _ i: Interpreter) throws -> Value {
      try PyTree.map(v, i) { leaf in
        guard let t = (leaf.object as? TensorObject)?.tensor else { return leaf }
        return try leave(t)
      }
    }
  }

  /// Gradients by all inputs, zeros where there are none, ready for another level.
  private static func grads(_ outputs: [Tensor], _ inputs: [Tensor], _ seeds: [Tensor]?) throws -> [Tensor] {
    let live = outputs.indices.filter { outputs[$0].requiresGrad }
    guard !live.isEmpty else { return try inputs.map { try zeros($0) } }
    let found = try grad(
      outputs: live.map { outputs[$0] }, inputs: inputs, gradOutputs: seeds.map { s in live.map { s[$0] } },
      retainGraph: true, createGraph: true, allowUnused: true)
    return try zip(found, inputs).map { try $0 ?? zeros($1) }
  }
  private static func zeros(_ t: Tensor) throws -> Tensor {
    guard case .tensor(let out)? = try OperationCatalogue["zeros_like"]?.call([.tensor(t)]) else { return t }
    return out
  }

  /// Which positional arguments to differentiate by, and whether the result is a tuple of them.
  private static func places(
    _ argnums: Value, _ count: Int, _ i: Interpreter
  ) throws -> ([Int], isTuple: Bool) {
    func place(_ v: Value) throws -> Int {
      guard case .int(let k) = v else {
        throw Raise.runtime("argnum must be int, got: \(PyTree.typeText(v, i))")
      }
      guard k >= -count, k < count else {
        throw Raise.runtime("Got argnum=\(k), but only \(count) positional inputs")
      }
      return k < 0 ? k + count : k
    }
    if let tuple = argnums.object as? TupleObject {
      if tuple.items.isEmpty { throw Raise.runtime("argnums must be non-empty") }
      return (try tuple.items.map(place), true)
    }
    guard case .int = argnums else {
      throw Raise.runtime(
        "argnums must be int or Tuple[int, ...], got: \(PyTree.typeText(argnums, i))")
    }
    return ([try place(argnums)], false)
  }

  private static func slopes(
    of f: Value, _ argnums: Value, _ hasAux: Bool, _ a: PyArguments, _ i: Interpreter
  ) throws -> (slope: Value, value: Value, aux: Value) {
    let (at, isTuple) = try places(argnums, a.positional.count, i)
    let level = try Level(a.positional, at: at, i)
    return try level.run {
      var out = try i.call(f, PyArguments(level.arguments, keywords: a.keywords))
      var aux = Value.none
      if hasAux {
        guard let pair = (out.object as? TupleObject)?.items, pair.count == 2 else {
          throw Raise.runtime(
            "grad_and_value(f)(*args): output of function f should be a tuple: (output, aux) if has_aux is True"
          )
        }
        for leaf in try PyTree.leaves(pair[1], i) where !(leaf.object is TensorObject) {
          throw Raise.runtime("Expected tensors, got unsupported type \(PyTree.typeText(leaf, i))")
        }
        (out, aux) = (pair[0], try level.leave(pair[1], i))
      }
      guard let y = (out.object as? TensorObject)?.tensor else {
        throw Raise.runtime(
          "grad_and_value(f)(*args): Expected f(*args) to return a Tensor, got \(PyTree.typeText(out, i))")
      }
      guard y.dim == 0 else {
        throw Raise.runtime(
          "grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor with \(y.dim) dims. "
            + "Maybe you wanted to use the vjp or jacrev APIs instead?")
      }
      var found = try grads([y], level.inputs, nil).makeIterator()
      let all = try at.sorted().map { k in
        (
          k,
          try PyTree.map(level.arguments[k], i) { leaf in
            guard leaf.object is TensorObject, let g = found.next() else { return leaf }
            return try level.leave(g)
          }
        )
      }
      let ordered = at.map { k in all.first { $0.0 == k }?.1 ?? .none }
      return (isTuple ? .tuple(ordered) : ordered[0], try level.leave(y), aux)
    }
  }

  private static func jacobian(
    of f: Value, _ argnums: Value, forward: Bool, _ a: PyArguments, _ i: Interpreter
  ) throws -> Value {
    let (at, isTuple) = try places(argnums, a.positional.count, i)
    let level = try Level(a.positional, at: at, i)
    return try level.run {
      let out = try i.call(f, PyArguments(level.arguments, keywords: a.keywords))
      guard try !PyTree.tensors(out, i).isEmpty else {
        throw Raise.runtime(
          "vjp(f, *primals): Expected output of f to be a Tensor or Tensors, got \(PyTree.typeText(out, i))")
      }
      return try PyTree.map(out, i) { leaf in
        guard let y = (leaf.object as? TensorObject)?.tensor else { return leaf }
        // Forward, each element of an input gives a column; backward, each of the output a row.
        let rows = forward ? [] : try (0..<y.count).map { try grads([y], level.inputs, [oneHot($0, y)]) }
        let seed = try Tensor.ones(like: y)
        if forward { try seed.setRequiresGrad(true) }
        let pulled = forward ? try grads([y], level.inputs, [seed]) : []
        var next = 0
        let all = try at.sorted().map { k in
          (
            k,
            try PyTree.map(level.arguments[k], i) { leaf in
              guard let x = (leaf.object as? TensorObject)?.tensor else { return leaf }
              defer { next += 1 }
              let parts =
                forward
                ? try (0..<x.count).map { try grads([pulled[next]], [seed], [oneHot($0, x)])[0] }
                : rows.map { $0[next] }
              let list = Argument.list(parts.map { .tensor($0) })
              guard !parts.isEmpty,
                case .tensor(let stacked)? = try OperationCatalogue["stack"]?.call(
                  [list, .int(forward ? -1 : 0)]),
                case .tensor(let shaped)? = try OperationCatalogue["reshape"]?.call(
                  [.tensor(stacked), .tuple((y.shape + x.shape).map(Argument.int))])
              else { return leaf }
              return try level.leave(shaped, beside: [seed])
            }
          )
        }
        let ordered = at.map { k in all.first { $0.0 == k }?.1 ?? .none }
        return isTuple ? .tuple(ordered) : ordered[0]
      }
    }
  }

  private static func oneHot(_ k: Int, _ y: Tensor) throws -> Tensor {
    let list = (0..<y.count).map { Argument.double($0 == k ? 1 : 0) }
    guard
      case .tensor(let t)? = try OperationCatalogue["tensor"]?.call(
        [.list(list)], [("dtype", .dtype(y.dtype))]),
      case .tensor(let shaped)? = try OperationCatalogue["reshape"]?.call(
        [.tensor(t), .tuple(y.shape.map(Argument.int))])
    else { return y }
    return shaped
  }
}
