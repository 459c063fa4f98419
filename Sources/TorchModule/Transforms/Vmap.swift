import Autograd
import MiniPython

/// `torch.vmap`: a function of one sample, run for each of a batch; what it gives is stacked.
enum Vmap {
  static func fill(_ m: ModuleObject) {
    m.function("vmap") { a, i in
      let p = try a.bind("vmap", "func", "in_dims?", "out_dims?", "randomness?", "chunk_size?")
      let (f, inDims, outDims) = (p[0] ?? .none, p[1] ?? .int(0), p[2] ?? .int(0))
      let randomness = (p[3]?.object as? StringObject)?.value ?? "error"
      guard ["error", "different", "same"].contains(randomness) else {
        throw Raise.runtime(
          "Only allowed values for randomness are 'error', 'different', or 'same'. Got \(randomness)")
      }
      return .object(
        NativeFunction("wrapped") { a, i in try run(f, inDims, outDims, draws: randomness, a, i) })
    }
  }

  private static func name(_ f: Value, _ i: Interpreter) -> String {
    if let name = (try? i.attribute(f, "__name__"))?.object as? StringObject { return name.value }
    return (try? i.repr(f)) ?? "?"
  }

  private static func run(
    _ f: Value, _ inDims: Value, _ outDims: Value, draws: String, _ a: PyArguments, _ i: Interpreter
  ) throws -> Value {
    let shown = "vmap(\(name(f, i)), in_dims=\(try i.repr(inDims)), ...)(<inputs>): "
    if case .int = inDims {
    } else if !(inDims.object is TupleObject) {
      throw Raise.value(
        shown
          + "expected `in_dims` to be int or a (potentially nested) tuple matching the structure of inputs, got: "
          + "\(PyTree.typeText(inDims, i)).")
    }
    guard !a.positional.isEmpty else {
      throw Raise.value(
        "vmap(\(name(f, i)))(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to vmap over "
          + "a function with no inputs. The latter is unsupported.")
    }
    let inputs = Value.tuple(a.positional)
    let leaves = try PyTree.leaves(inputs, i)
    guard let dims = try spread(inDims, over: inputs, i) else {
      throw Raise.value(
        shown + "in_dims is not compatible with the structure of `inputs`. in_dims has structure "
          + "\(structure(inDims, i)) but inputs has structure \(structure(inputs, i)).")
    }
    var sizes: [Int] = []
    var places: [Int?] = []
    for (leaf, dim) in zip(leaves, dims) {
      guard !dim.isNone else {
        places.append(nil)
        continue
      }
      guard case .int(let d) = dim else {
        throw Raise.value(
          shown
            + "Got in_dim=\(try i.repr(dim)) for an input but in_dim must be either an integer dimension or None."
        )
      }
      guard let t = (leaf.object as? TensorObject)?.tensor else {
        throw Raise.value(
          shown
            + "Got in_dim=\(d) for an input but the input is of type \(PyTree.typeText(leaf, i)). We cannot "
            + "vmap over non-Tensor arguments, please use None as the respective in_dim")
      }
      guard d >= -t.dim, d < t.dim else {
        throw Raise.value(
          shown
            + "Got in_dim=\(d) for some input, but that input is a Tensor of dimensionality \(t.dim) so expected "
            + "in_dim to satisfy -\(t.dim) <= in_dim < \(t.dim).")
      }
      places.append(d < 0 ? d + t.dim : d)
      sizes.append(t.shape[d < 0 ? d + t.dim : d])
    }
    guard let size = sizes.first else { throw Raise.value("vmap: Expected at least one Tensor to vmap over") }
    guard sizes.allSatisfy({ $0 == size }) else {
      throw Raise.value(
        "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes "
          + "[\(sizes.map(String.init).joined(separator: ", "))] for the mapped dimension")
    }
    let (context, state) = (Context.current, RunState.of(i))
    let start = context.generator.snapshot
    let once = MappedText(
      zip(leaves, places).compactMap { leaf, d in
        d.flatMap { d in (leaf.object as? TensorObject).map { ($0.tensor, d) } }
      })
    var results: [Value] = []
    var failure: (any Error)?
    for k in 0..<size {
      if draws == "same" { context.generator.snapshot = start }
      var at = 0
      let sample = try PyTree.map(inputs, i) { leaf in
        defer { at += 1 }
        guard let d = places[at] else { return leaf }
        let made = try Layers.call(.method("select"), [leaf, .int(d), .int(k)], i)
        if let t = (made.object as? TensorObject)?.tensor {
          t.isSample = true
          once.begin(t, in: k)
        }
        return made
      }
      do {
        try context.mapping(refusingDraws: draws == "error") {
          try state.transforming(.map(once)) {
            let (outer, outerDivert) = (once, i.divert)
            i.divert = { outer.say($0) }
            defer { i.divert = outerDivert }
            results.append(
              try i.call(f, PyArguments((sample.object as? TupleObject)?.items ?? [], keywords: a.keywords)))
          }
        }
      } catch {
        failure = failure ?? error
        // What was printed before shows all samples.
        guard once.isWaiting, error is Raise || error is TorchError else { break }
      }
    }
    try once.tell(i)
    if let failure { throw failure }
    return try stacked(results, outDims, name(f, i), i)
  }

  private static func stacked(
    _ results: [Value], _ outDims: Value, _ name: String, _ i: Interpreter
  ) throws -> Value {
    guard let first = results.first else { return .none }
    let columns = try results.map { try PyTree.leaves($0, i) }
    guard let dims = try spread(outDims, over: first, i) else {
      throw Raise.value(
        "vmap(\(name), ..., out_dims=\(try i.repr(outDims)))(<inputs>): out_dims is not compatible with the structure of "
          + "`outputs`. out_dims has structure \(structure(outDims, i)) but outputs has structure "
          + "\(structure(first, i)).")
    }
    var at = 0
    return try PyTree.map(first, i) { leaf in
      defer { at += 1 }
      guard case .int(let d) = dims[at] else { return leaf }
      guard leaf.object is TensorObject else {
        throw Raise.value(
          "vmap(\(name), ...): `\(name)` must only return Tensors, got type \(PyTree.typeText(leaf, i)). Did you "
            + "mean to set out_dims= to None for output?")
      }
      return try Layers.call(.torch("stack"), [.list(columns.map { $0[at] }), .int(d)], i)
    }
  }

  /// One dimension a leaf: a number, or `None`, stands for all below it. `nil` where the containers differ.
  private static func spread(_ dims: Value, over tree: Value, _ i: Interpreter) throws -> [Value]? {
    func parts(_ v: Value) throws -> [Value]? {
      switch v.object {
      case let t as TupleObject: return t.items
      case let l as ListObject: return l.items
      case is DictObject: return try i.array(v).map { try i.getItem(v, $0) }
      default: return nil
      }
    }
    guard let own = try parts(dims) else { return try PyTree.leaves(tree, i).map { _ in dims } }
    // A tuple of one stands for a single output.
    guard let below = try parts(tree) else { return own.count == 1 ? own : nil }
    guard below.count == own.count else { return nil }
    var out: [Value] = []
    for (d, part) in zip(own, below) {
      guard let some = try spread(d, over: part, i) else { return nil }
      out += some
    }
    return out
  }

  /// As PyTorch writes the shape of nested containers.
  static func structure(_ v: Value, _ i: Interpreter) -> String {
    let (kind, items): (String, [Value])
    switch v.object {
    case let t as TupleObject: (kind, items) = ("tuple", t.items)
    case let l as ListObject: (kind, items) = ("list", l.items)
    default: return "*"
    }
    return "TreeSpec(\(kind), None, [\(items.map { structure($0, i) }.joined(separator: ",\n  "))])"
  }
}
