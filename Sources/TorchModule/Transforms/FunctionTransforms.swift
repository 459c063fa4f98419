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
        let (f, argnums, hasAux) = (p[0] ?? .none, p[1] ?? .int(0), try p[2].map(i.isTrue) ?? false)
        let inner =
          name == "hessian"
          ? Value.object(
            NativeFunction("wrapper_fn") { a, i in try jacobian(of: f, argnums, forward: false, a, i) }) : f
        return .object(
          NativeFunction("wrapper_fn") { a, i in
            try jacobian(of: inner, argnums, forward: isForward, hasAux: hasAux, a, i)
          })
      }
    }
    m.function("vjp") { a, i in
      guard let f = a.positional.first else {
        throw Raise.type("vjp() missing 1 required positional argument: 'func'")
      }
      if let (name, _) = a.keywords.first(where: { $0.name != "has_aux" }) {
        throw Raise.type("vjp() got an unexpected keyword argument '\(name)'")
      }
      let hasAux = try a.keyword("has_aux").map(i.isTrue) ?? false
      let level = try Level(Array(a.positional.dropFirst()), i)
      let result = try level.run { try i.call(f, PyArguments(level.arguments)) }
      let (out, aux) = try parted(result, hasAux, "vjp(f, *primals)", level, i)
      let outputs = try PyTree.tensors(out, i)
      guard !outputs.isEmpty else {
        throw Raise.runtime(
          "vjp(f, *primals): Expected output of f to be a Tensor or Tensors, got \(PyTree.typeText(out, i))")
      }
      let product = NativeFunction("wrapper") { a, i in
        let p = try a.bind("wrapper", "cotangents", "retain_graph?", "create_graph?")
        for case let flag? in p.dropFirst() {
          guard let t = (flag.object as? TensorObject)?.tensor, t.count != 1 else { continue }
          throw Raise.type("only integer tensors of a single element can be converted to an index")
        }
        let cotangents = p[0] ?? .none
        let (own, other) = (try PyTree.outline(cotangents, i), try PyTree.outline(out, i))
        let seeds = try PyTree.tensors(cotangents, i)
        guard own == other, seeds.count == outputs.count else {
          throw Raise.runtime(
            "Expected pytree structure of cotangents to be the same as pytree structure of outputs to the function. "
              + "cotangents: \(own), primal output: \(other)")
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
      return .tuple([try level.leave(out, i), .object(product)] + (hasAux ? [aux] : []))
    }
    m.function("jvp") { a, i in
      let p = try a.bind("jvp", "func", "primals", "tangents", "strict?", "has_aux?")
      guard let primals = (p[1]?.object as? TupleObject)?.items else {
        throw Raise.runtime(
          "jvp(f, primals, tangents): Expected primals to be a tuple. E.g. it should be valid to call f(*primals)."
        )
      }
      let hasAux = try p[4].map(i.isTrue) ?? false
      for leaf in try PyTree.leaves(.tuple(primals), i) where !(leaf.object is TensorObject) {
        throw Raise.runtime(
          "jvp(f, primals, tangents): Expected primals to only contain Tensors, got \(PyTree.typeText(leaf, i))"
        )
      }
      let line = try Linearized(p[0] ?? .none, primals, hasAux: hasAux, i)
      let tangents = try PyTree.tensors(p[2] ?? .none, i)
      guard tangents.count == line.level.inputs.count else {
        throw Raise.runtime(
          "jvp(f, primals, tangents): Expected primals and tangents to have the same python structure.")
      }
      let slopes = try line.product(tangents, i)
      return .tuple([try line.level.leave(line.out, i), slopes] + (hasAux ? [line.aux] : []))
    }
    m.function("linearize") { a, i in
      guard let f = a.positional.first else {
        throw Raise.type("linearize() missing 1 required positional argument: 'func'")
      }
      let primals = Array(a.positional.dropFirst())
      let line = try Linearized(f, primals, hasAux: false, i)
      let product = NativeFunction("jvp_fn") { a, i in
        let (given, wanted) = (Value.tuple(a.positional), Value.tuple(primals))
        let (own, other) = (Vmap.structure(given, i), Vmap.structure(wanted, i))
        guard own == other else {
          throw Raise.runtime(
            "Expected the tangents \(own) to have the same argspec as the primals \(other)")
        }
        let tangents = try PyTree.tensors(given, i)
        for (k, (t, x)) in zip(tangents, line.level.inputs).enumerated() where t.shape != x.shape {
          throw Raise.runtime(
            "tangent:\(k) with shape \(try i.repr(.object(SizeObject(t.shape)))) in flattened pytree doesn't match the "
              + "shape \(try i.repr(.object(SizeObject(x.shape)))) of the corresponding primal.")
        }
        return try line.product(tangents, i)
      }
      return .tuple([try line.level.leave(line.out, i), .object(product)])
    }
    Vmap.fill(m)
    FunctionalCalls.fill(m)
  }

  /// What a function with `has_aux` gave: its output, and what it gave beside that, as the outer level sees it.
  private static func parted(
    _ result: Value, _ hasAux: Bool, _ words: String, _ level: Level, _ i: Interpreter
  ) throws -> (out: Value, aux: Value) {
    guard hasAux else { return (result, .none) }
    guard let pair = (result.object as? TupleObject)?.items, pair.count == 2 else {
      throw Raise.runtime(
        "\(words): output of function f should be a tuple: (output, aux) if has_aux is True")
    }
    for leaf in try PyTree.leaves(pair[1], i) where !(leaf.object is TensorObject) {
      throw Raise.runtime("Expected tensors, got unsupported type \(PyTree.typeText(leaf, i))")
    }
    return (pair[0], try level.leave(pair[1], i))
  }

  /// A function at a point, ready to be multiplied by tangents: backward twice, the slope of the first pass by its seeds.
  private struct Linearized {
    let level: Level
    let out: Value
    let aux: Value
    private let seeds: [Tensor]
    private let slope: [Tensor]

    init(_ f: Value, _ primals: [Value], hasAux: Bool, _ i: Interpreter) throws {
      let level = try Level(primals, i)
      self.level = level
      let result = try level.run { try i.call(f, PyArguments(level.arguments)) }
      (out, aux) = try parted(result, hasAux, "jvp(f, primals, tangents)", level, i)
      let outputs = try PyTree.tensors(out, i)
      seeds = try outputs.map { out in
        let one = try Tensor.ones(like: out)
        try one.setRequiresGrad(true)
        return one
      }
      slope = try grads(outputs, level.inputs, seeds)
    }

    func product(_ tangents: [Tensor], _ i: Interpreter) throws -> Value {
      var found = try level.run { try grads(slope, seeds, tangents) }.makeIterator()
      return try PyTree.map(out, i) { leaf in
        guard leaf.object is TensorObject, let t = found.next() else { return leaf }
        return try level.leave(t, beside: seeds)
      }
    }
  }

  // MARK: Levels

  /// One transformation under way: its copies of the inputs.
  final class Level {
    let inputs: [Tensor]
    private(set) var arguments: [Value] = []
    private let state: RunState
    /// What the copies are of.
    private let originals: [Tensor]
    /// Whether gradients were on outside.
    private let isWatched: Bool
    /// How many of PyTorch's levels it is.
    private let depth: Int

    init(_ arguments: [Value], at places: [Int]? = nil, depth: Int = 1, _ i: Interpreter) throws {
      var inputs: [Tensor] = []
      var originals: [Tensor] = []
      state = RunState.of(i)
      self.depth = depth
      let context = Context.current
      let mode = context.gradMode
      isWatched = mode
      context.setGradMode(true, inference: context.inferenceMode)
      defer { context.setGradMode(mode, inference: context.inferenceMode) }
      self.arguments = try arguments.enumerated().map { k, argument in
        if let places, !places.contains(k) { return argument }
        return try PyTree.map(argument, i) { leaf in
          guard let t = (leaf.object as? TensorObject)?.tensor else {
            throw Raise.value(
              "Thing passed to transform API must be Tensor, got \(PyTree.typeText(leaf, i))")
          }
          let copy = try t.asTransformInput()
          inputs.append(copy)
          originals.append(t)
          return .object(TensorObject.of(copy))
        }
      }
      self.inputs = inputs
      self.originals = originals
    }

    /// What a copy is of.
    func original(of t: Tensor) -> Tensor? {
      inputs.firstIndex { $0 === t }.map { originals[$0] }
    }
    /// Whether the level differentiates by what a tensor was computed from.
    func tracks(_ t: Tensor) -> Bool { t.requiresGrad && t.dependsOn(anyOf: inputs) }

    /// Runs with gradients on, whatever the mode outside.
    func run<R>(_ body: () throws -> R) throws -> R {
      let context = Context.current
      let mode = context.gradMode
      context.setGradMode(true, inference: context.inferenceMode)
      defer { context.setGradMode(mode, inference: context.inferenceMode) }
      return try state.transforming(.level(self), depth: depth, body)
    }

    /// A result as the outer level sees it.
    func leave(_ t: Tensor, beside more: [Tensor] = []) throws -> Value {
      let isSeen = isWatched && t.dependsOnLeaves(beyond: inputs + more)
      guard t.requiresGrad, !isSeen else {
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
      (out, aux) = try parted(out, hasAux, "grad_and_value(f)(*args)", level, i)
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
    of f: Value, _ argnums: Value, forward: Bool, hasAux: Bool = false, _ a: PyArguments, _ i: Interpreter
  ) throws -> Value {
    let (at, isTuple) = try places(argnums, a.positional.count, i)
    if forward {
      // PyTorch asks for the number of elements first.
      for leaf in try at.flatMap({ try PyTree.leaves(a.positional[$0], i) }) {
        _ = try i.getAttribute(leaf, "numel")
      }
    }
    // PyTorch maps over the columns.
    let level = try Level(a.positional, at: at, depth: forward ? 2 : 1, i)
    return try level.run {
      let result = try i.call(f, PyArguments(level.arguments, keywords: a.keywords))
      let (out, aux) = try parted(
        result, hasAux, forward ? "jvp(f, primals, tangents)" : "vjp(f, *primals)", level, i)
      guard try !PyTree.tensors(out, i).isEmpty else {
        throw Raise.runtime(
          "vjp(f, *primals): Expected output of f to be a Tensor or Tensors, got \(PyTree.typeText(out, i))")
      }
      let found = try PyTree.map(out, i) { leaf in
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
      return hasAux ? .tuple([found, aux]) : found
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
