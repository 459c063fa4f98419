import Recordings

/// Elements taken from places, and put back there by the gradient: what indexing, pooling and sorting share.
extension Ops {
  /// Elements at positions of the contiguous tensor; gradients go back to the same places.
  static func gathered(
    _ op: String, _ t: Tensor, _ shape: [Int], _ at: [Int], node: String, label: String,
    attributes: [NamedAttribute] = [], saving: [(name: StaticString, tensor: Tensor?)] = [],
    savesIndices: Bool = true, again: String? = nil, order: Tensor? = nil, details: [NamedAttribute] = []
  ) throws -> Tensor {
    let from = t.shape
    return try Call(op, [t]) {
      let source = try t.contiguousData()
      let out = try Tensor(zeros: shape, t.dtype, device: t.device)
      struct Body: ScalarBody {
        let (source, out): (Tensor, Tensor)
        let at: [Int]
        func run<T: Scalar>(_: T.Type) {
          let (p, r) = (source.pointer(T.self), out.pointer(T.self))
          for (k, i) in at.enumerated() { r[k] = p[i] }
        }
      }
      try t.dtype.dispatch(Body(source: source, out: out, at: at))
      return try order.map { try ElementOrder.laidOut(out, as: $0) } ?? out
    } derivative: {
      // The places are kept by the rule; what is saved stands for them, so that it can be freed.
      let saved =
        savesIndices && saving.isEmpty ? [("indices" as StaticString, try? wrap(.int(at.count)))] : saving
      return Derivative(
        name: node, saved: saved + (again == nil ? [] : [("self" as StaticString, t)]),
        attributes: attributes, details: details, label: label,
        rule: { p in
          if let again {
            let kept = try p.saved(saved.count)
            return [
              try backwardOperation(
                again, p.grad, [kept],
                adjoint: { g, _ in
                  if op == "max_pool2d" || op == "max_pool3d" {
                    // PyTorch gathers along all places of an image or a volume at once.
                    let rank = op == "max_pool2d" ? 2 : 3
                    let flat = try view(g, Array(from.dropLast(rank)) + [from.suffix(rank).reduce(1, *)])
                    let out = Array(shape.dropLast(rank)) + [shape.suffix(rank).reduce(1, *)]
                    return try view(
                      gathered("gather", flat, out, at, node: "GatherBackward0", label: "gather"), shape)
                  }
                  return try gathered(op, g, shape, at, node: node, label: label, again: again)
                }
              ) { g, _ in
                try scattered(g, from, at, back: "\(op)_backward")
              }
            ]
          }
          return [try scattered(p.grad, from, at, back: "\(op)_backward")]
        })
    }.run()
  }

  /// What PyTorch's backward formulas use.
  private struct Scattering {
    let node: String
    /// How often it writes into zeros, which are the first operand there.
    var writes = 1
    /// How the gradient of its gradient is gathered: the operation, and what gives it its shape.
    var again = "index"
    var shaping = Shaping.none
    enum Shaping { case none, expand, view }
  }
  private static let scatterings: [String: Scattering] = {
    var all = [
      "index": Scattering(node: "IndexPutImplBackward0"),
      "gather": Scattering(node: "ScatterAddBackward0", again: "gather"),
      "cummax": Scattering(node: "ScatterAddBackward0", writes: 2, again: "gather"),
      "cummin": Scattering(node: "ScatterAddBackward0", writes: 2, again: "gather"),
      "index_select": Scattering(
        node: "IndexAddBackward0", again: "index_select", shaping: .expand),
      "take": Scattering(node: "PutBackward0", again: "take", shaping: .view),
      "masked_select": Scattering(node: "MaskedScatterBackward0", again: "masked_scatter_backward"),
      "embedding": Scattering(
        node: "EmbeddingDenseBackwardBackward0", writes: 0, again: "index_select",
        shaping: .view),
      "flip": Scattering(node: "FlipBackward0", writes: 0, again: "flip"),
      "roll": Scattering(node: "RollBackward0", writes: 0, again: "roll"),
      "unfold": Scattering(node: "UnfoldBackwardBackward0", writes: 0, again: "unfold"),
    ]
    for name in ["max", "min", "median", "nanmedian", "kthvalue", "mode", "sort", "topk"] {
      all[name] = Scattering(node: "ScatterBackward0", writes: 2, again: "gather")
    }
    return Dictionary(uniqueKeysWithValues: all.map { ("\($0.key)_backward", $0.value) })
  }()
  private static let gatherNodes = [
    "index": "IndexBackward0", "gather": "GatherBackward0", "index_select": "IndexSelectBackward0",
    "take": "TakeBackward0", "masked_scatter_backward": "MaskedScatterBackwardBackward0",
    "flip": "FlipBackward0",
    "roll": "RollBackward0", "unfold": "UnfoldBackward0",
  ]

  /// Zeros of a shape, with elements added at positions.
  /// - Parameter shares: what part of each is added; its derivative, as PyTorch's, knows only which are none.
  static func scattered(
    _ g: Tensor, _ shape: [Int], _ at: [Int], back: String, shares: Tensor? = nil
  ) throws -> Tensor {
    let small = g.shape
    let kind = scatterings[back] ?? Scattering(node: "IndexPutBackward0", writes: 0)
    let edges = kind.writes > 0 && Context.current.recordsGraph ? [try zeros([0], g.dtype), g] : [g]
    return try Call(back, [g]) {
      let part = try shares.map { s in try Context.current.quietly { try mul(g, s) } } ?? g
      let source = try part.contiguousData()
      let out = try Tensor(zeros: shape, g.dtype, device: g.device)
      struct Body: ScalarBody {
        let (source, out): (Tensor, Tensor)
        let at: [Int]
        func run<T: Scalar>(_: T.Type) {
          let (p, r) = (source.pointer(T.self), out.pointer(T.self))
          for (k, i) in at.enumerated() { r[i] = T.add(r[i], p[k]) }
        }
      }
      try g.dtype.dispatch(Body(source: source, out: out, at: at))
      return out.written(kind.writes)
    } derivative: {
      Derivative(
        name: kind.node, edges: edges,
        rule: { p in
          var g = try gathered(
            kind.again, p.grad, small, at, node: gatherNodes[kind.again] ?? "IndexBackward0", label: "[ ]")
          switch kind.shaping {
          case .none: break
          case .expand: g = try expand(g, small)
          case .view: g = try view(g, small)
          }
          if let shares, shares.numbers().contains(where: { $0.double == 0 }) {
            let mask = try Tensor(zeros: shares.shape, g.dtype)
            mask.setRaw(shares.numbers().map { .int($0.double == 0 ? 0 : 1) })
            g = try mul(g, mask)
          }
          return edges.count == 2 ? [nil, g] : [g]
        })
    }.run()
  }
}
