import Recordings

/// Sums, means or maxima of bags of embeddings, without the embeddings themselves.
extension Ops {
  enum BagMode: String { case sum, mean, max }

  /// - Parameters:
  ///   - index: rows of bags `[b, n]`, or all in a row with `offsets` where each bag begins.
  static func embeddingBag(
    _ index: Tensor, _ w: Tensor, _ offsets: Tensor?, _ mode: BagMode, weights: Tensor?, lastOffset: Bool,
    padding: Int?, byFrequency: Bool = false
  ) throws -> Tensor {
    try checkBags(index, w, offsets, mode, weights: weights, byFrequency: byFrequency)
    guard !index.dtype.isFloatingPoint, index.dtype != .bool else {
      throw TorchError.runtime(
        "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got "
          + "torch.\(index.dtype.scalarName)Tensor instead (while checking arguments for embedding_bag)")
    }
    let places = index.numbers().map { Int($0.integer) }
    var starts: [Int]
    if index.dim == 2 {
      starts = (0..<index.shape[0]).map { $0 * index.shape[1] }
    } else {
      starts = (offsets?.numbers() ?? []).map { Int($0.integer) }
      if let first = starts.first, first != 0 {
        throw TorchError.runtime(
          "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, got "
            + "\(first)")
      }
      if let last = starts.last, last > places.count {
        throw TorchError.runtime(
          "offsets[-1] can not be greater than input's length(\(places.count)) but got offsets[-1] of \(last)"
        )
      }
      if lastOffset, !starts.isEmpty { starts.removeLast() }
    }
    let (rows, width) = (w.shape[0], w.shape[1])
    for (k, i) in places.enumerated() where i < 0 || i >= rows {
      throw TorchError.runtime(
        "Index \(k) of input takes value \(i) which is not in the valid range [0, \(rows))")
    }
    let ends = starts.dropFirst() + [places.count]
    guard zip(starts, ends).allSatisfy({ $0 <= $1 }) else {
      throw TorchError.runtime("embedding_bag: offsets must not decrease")
    }
    let pad = padding.map { $0 < 0 ? $0 + rows : $0 }
    let bags = zip(starts, ends).map { from, to in (from..<to).filter { places[$0] != pad } }
    let factors = weights?.numbers().map(\.double)
    let count = starts.count
    // A bag without factors has an edge for them that leads nowhere.
    let second = try weights ?? Tensor(zeros: [0], w.dtype)
    return try Call("embedding_bag", weights.map { [w, $0] } ?? [w]) {
      let out = try Tensor(zeros: [count, width], w.dtype, device: w.device)
      let values = w.numbers().map(\.double)
      let isFloat = w.dtype != .float64
      func rounded(_ d: Double) -> Double { isFloat ? Double(Float(d)) : d }
      var results = [Double](repeating: 0, count: count * width)
      for (b, bag) in bags.enumerated() {
        for j in 0..<width {
          var sum = 0.0
          for (n, k) in bag.enumerated() {
            let v = values[places[k] * width + j]
            if mode == .max {
              sum = n == 0 || v > sum ? v : sum
            } else {
              sum = rounded(sum + (factors.map { $0[k] * v } ?? v))
            }
          }
          results[b * width + j] = mode == .mean && !bag.isEmpty ? rounded(sum / Double(bag.count)) : sum
        }
      }
      out.setRaw(results.map(Number.double))
      return out
    } derivative: {
      Derivative(
        name: "EmbeddingBagBackward0", edges: [w, second],
        saved: [("weight", w)] + (weights.map { [("per_sample_weights" as StaticString, $0)] } ?? []),
        label: "bags",
        rule: { p in
          let (g, w) = (try p.grad, try p.saved(0))
          // PyTorch cannot differentiate it again.
          func once(_ slope: @autoclosure () throws -> Tensor) throws -> Tensor {
            let value = try Context.current.quietly { try slope() }
            return try undifferentiable(
              "_embedding_bag_backward", value, of: [g, factors == nil ? wrap(.int(0)) : p.saved(1)],
              node: "EmbeddingBagBackwardBackward0",
              because: TorchError(
                .notImplemented, "the derivative for '_embedding_bag_backward' is not implemented."))
          }
          // The bags' gradients, once for each of their members.
          let members = bags.enumerated().flatMap { b, bag in bag.map { (bag: b, place: $0) } }
          if mode == .max {
            let values = w.numbers().map(\.double)
            var (from, to) = ([Int](), [Int]())
            for (b, bag) in bags.enumerated() where !bag.isEmpty {
              for j in 0..<width {
                let best = bag.reduce(bag[0]) {
                  values[places[$1] * width + j] > values[places[$0] * width + j] ? $1 : $0
                }
                from.append(b * width + j)
                to.append(places[best] * width + j)
              }
            }
            let picked = try gathered("index", g, [from.count], from, node: "IndexBackward0", label: "[ ]")
            return [try once(scattered(picked, w.shape, to, back: "embedding_bag_backward")), nil]
          }
          let from = members.flatMap { m in (0..<width).map { m.bag * width + $0 } }
          let to = members.flatMap { m in (0..<width).map { places[m.place] * width + $0 } }
          let spread = try gathered(
            "index", g, [members.count, width], from, node: "IndexBackward0", label: "[ ]")
          let scale = try Tensor(zeros: [members.count, 1], g.dtype)
          let divisors = byFrequency ? frequencies(places) : [:]
          scale.setRaw(
            members.map { m in
              let share = (factors?[m.place] ?? 1) / (divisors[places[m.place]] ?? 1)
              return .double(mode == .mean ? share / Double(bags[m.bag].count) : share)
            })
          var all: [Tensor?] = [
            try p.ifNeeded(0) {
              try once(scattered(mul(spread, scale), w.shape, to, back: "embedding_bag_backward"))
            }
          ]
          if factors != nil {
            all.append(
              try p.ifNeeded(1) {
                let rows = try gathered(
                  "index", w, [members.count, width], to, node: "IndexBackward0", label: "[ ]")
                let dots = try sum(mul(spread, rows), dim: [1])
                let slope = try scattered(
                  dots, index.shape, members.map(\.place), back: "embedding_bag_backward")
                return try undifferentiable("_embedding_bag_per_sample_weights_backward", slope, of: [g, w])
              })
          }
          return factors == nil ? all + [nil] : all
        })
    }.run()
  }

  /// By how much each row's gradient is divided.
  ///
  /// As PyTorch has it: the row that is the n-th of those asked for takes the frequency of the row at the n-th place
  /// of all indices, sorted, which may be another row.
  private static func frequencies(_ places: [Int]) -> [Int: Double] {
    let sorted = places.sorted()
    var counts: [Int: Int] = [:]
    for i in sorted { counts[i, default: 0] += 1 }
    var (out, at, n) = ([Int: Double](), 0, 0)
    while at < sorted.count {
      out[sorted[at]] = Double(counts[sorted[n]] ?? 1)
      at += counts[sorted[at]] ?? 1
      n += 1
    }
    return out
  }

  /// What is wrong with the arguments, in PyTorch's order.
  private static func checkBags(
    _ index: Tensor, _ w: Tensor, _ offsets: Tensor?, _ mode: BagMode, weights: Tensor?, byFrequency: Bool
  ) throws {
    if let weights, weights.shape != index.shape {
      throw TorchError.value(
        "embedding_bag: If per_sample_weights (\(sizeText(weights.shape))) is not None, then it must have the same shape "
          + "as the input (\(sizeText(index.shape)))")
    }
    guard w.dim == 2 else {
      throw TorchError.value("weight has to be a 2D Tensor, but got Tensor of dimension \(w.dim)")
    }
    switch index.dim {
    case 2:
      guard offsets == nil else {
        throw TorchError.value(
          "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length sequences. "
            + "However, found offsets of type <class 'torch.Tensor'>")
      }
    case 1:
      guard let offsets else { throw TorchError.value("offsets has to be a 1D Tensor but got None") }
      guard offsets.dim == 1 else { throw TorchError.value("offsets has to be a 1D Tensor") }
    default:
      throw TorchError.value("input has to be 1D or 2D Tensor, but got Tensor of dimension \(index.dim)")
    }
    if mode == .max, byFrequency {
      throw TorchError.value("max mode does not support scaling the gradient by the frequency")
    }
    if weights != nil, mode != .sum {
      throw TorchError(
        .notImplemented,
        "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got "
          + "mode='\(mode.rawValue)'). Please open a feature request on GitHub.")
    }
  }

  static let embeddingBagOperations = [
    Operation(
      "embedding_bag(input, weight, offsets=None, max_norm=None, norm_type=2, scale_grad_by_freq=False, mode='mean', sparse=False, per_sample_weights=None, include_last_offset=False, padding_idx=None)",
      [.functional("embedding_bag")]
    ) { a in
      let word = try a.string("mode", default: "mean")
      guard let mode = BagMode(rawValue: word) else {
        throw TorchError.value("mode has to be one of sum, mean or max")
      }
      var (index, w) = (try a.tensor("input"), try a.tensor("weight"))
      if w.dtype == .int64, index.dtype.isFloatingPoint {
        Context.current.warnHere(
          "UserWarning",
          "Argument order of nn.functional.embedding_bag was changed. Usage `embedding_bag(weight, input, ...)` is "
            + "deprecated, and should now be `embedding_bag(input, weight, ...)`.")
        (index, w) = (w, index)
      }
      if mode == .max, try a.bool("sparse") {
        throw TorchError.value("max mode does not support sparse weights")
      }
      try warnWhole(a)
      if a.has("max_norm"), w.dim == 2, !index.dtype.isFloatingPoint {
        try renormalize(w, index, most: a.double("max_norm"), p: a.double("norm_type", default: 2))
      }
      return .tensor(
        try embeddingBag(
          index, w, a.optionalTensor("offsets"), mode,
          weights: a.optionalTensor("per_sample_weights"), lastOffset: a.bool("include_last_offset"),
          padding: a.optionalInt("padding_idx"), byFrequency: a.bool("scale_grad_by_freq")))
    },
    Operation(
      "randint_like(input, low, high=None, *, generator=None, dtype=None, device=None, requires_grad=False)",
      [.torch("randint_like")]
    ) { a in
      let t = try a.tensor("input")
      let (first, second) = (try a.int("low"), try a.optionalInt("high"))
      let (low, high, dtype) = (second == nil ? 0 : first, second ?? first, try a.dtype() ?? t.dtype)
      try checkRandint(low, high, dtype)
      let out = try Tensor(zeros: t.shape, dtype)
      ElementOrder.followDensely(out, t)
      randintFill(out, low, high, try a.generator())
      return .tensor(try created(out, "randint_like", requiresGrad: a.bool("requires_grad")))
    },
    Operation.both(
      "vdot(input, other)",
      body: { a in
        .tensor(
          try composed("vdot", "VdotBackward0", [a.tensor("input"), a.tensor("other")]) {
            try dot($0[0], $0[1])
          })
      }),
    Operation.both(
      "addr(input, vec1, vec2, *, beta=1, alpha=1)",
      body: { a in
        let (beta, alpha) = (
          try a.number("beta", default: .int(1)), try a.number("alpha", default: .int(1))
        )
        let all = [try a.tensor("input"), try a.tensor("vec1"), try a.tensor("vec2")]
        guard all[1].dim == 1, all[2].dim == 1 else {
          throw TorchError.runtime(
            "addr: Expected 1-D argument vec1 and vec2, but got \(all[1].dim)-D and \(all[2].dim)-D")
        }
        if !resultType(all).isFloatingPoint {
          for (name, number) in [("beta", beta), ("alpha", alpha)] {
            if case .double = number {
              throw TorchError.runtime(
                "For integral input tensors, argument \(name) must not be a floating point number.")
            }
          }
        }
        func slopes(_ g: Tensor, _ t: [Tensor]) throws -> [Tensor?] {
          func times(_ t: Tensor, _ n: Number) throws -> Tensor { n == .int(1) ? t : try mul(t, wrap(n)) }
          return [try times(g, beta), try times(mv(g, t[2]), alpha), try times(mv(Ops.t(g), t[1]), alpha)]
        }
        return .tensor(
          try composed("addr", "AddrBackward0", all, slopes: slopes) {
            let product = try mul(mul(unsqueeze($0[1], 1), $0[2]), wrap(alpha))
            let sum = try add(mul($0[0], wrap(beta)), product)
            return resultType(all) == .bool ? try cast(sum, .bool) : sum
          })
      }),
    Operation("chain_matmul(*matrices)", [.torch("chain_matmul")]) { a in
      .tensor(try chain(a.tensors("matrices")))
    },
    Operation("multi_dot(tensors)", [.linalg("multi_dot")]) { a in .tensor(try chain(a.tensors("tensors"))) },
  ]

  private static func chain(_ all: [Tensor]) throws -> Tensor {
    guard let first = all.first, all.count >= 2 else {
      throw TorchError.runtime("multi_dot(): expected at least 2 tensors but got \(all.count)")
    }
    // Vectors at the ends are matrices of one row, or one column.
    var factors = all
    if first.dim == 1 { factors[0] = try unsqueeze(first, 0) }
    if let last = all.last, last.dim == 1 { factors[all.count - 1] = try unsqueeze(last, -1) }
    for m in factors where m.dim != 2 {
      throw TorchError.runtime(
        "multi_dot(): tensor \(factors.firstIndex { $0 === m } ?? 0) must be 2D but got \(m.dim)D")
    }
    for (left, right) in zip(factors, factors.dropFirst()) where left.shape[1] != right.shape[0] {
      let at = factors.firstIndex { $0 === left } ?? 0
      throw TorchError.runtime(
        "multi_dot(): tensors \(at) and \(at + 1) with shapes \(listText(left.shape)) and \(listText(right.shape)) "
          + "cannot be multiplied")
    }
    let product = try cheapest(factors)
    let shape = (first.dim == 1 ? [] : [product.shape[0]]) + (all.last?.dim == 1 ? [] : [product.shape[1]])
    return try view(product, shape)
  }

  /// Put in parentheses so that the fewest numbers are multiplied; of three, the first two where it is the same.
  ///
  /// Source: Cormen, Leiserson, Rivest, Stein: Introduction to Algorithms, matrix-chain multiplication.
  private static func cheapest(_ all: [Tensor]) throws -> Tensor {
    let sizes = all.map { Double($0.shape[0]) } + [Double(all.last?.shape[1] ?? 1)]
    if all.count == 3 {
      let (a, b, c, d) = (sizes[0], sizes[1], sizes[2], sizes[3])
      return a * c * (b + d) <= b * d * (a + c)
        ? try mm(mm(all[0], all[1]), all[2]) : try mm(all[0], mm(all[1], all[2]))
    }
    let n = all.count
    var cost = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
    var cut = [[Int]](repeating: [Int](repeating: 0, count: n), count: n)
    for length in stride(from: 1, to: n, by: 1) {
      for i in 0..<n - length {
        let j = i + length
        cost[i][j] = .infinity
        for k in i..<j {
          let q = cost[i][k] + cost[k + 1][j] + sizes[i] * sizes[k + 1] * sizes[j + 1]
          if q < cost[i][j] { (cost[i][j], cut[i][j]) = (q, k) }
        }
      }
    }
    func product(_ i: Int, _ j: Int) throws -> Tensor {
      i == j ? all[i] : try mm(product(i, cut[i][j]), product(cut[i][j] + 1, j))
    }
    return try product(0, n - 1)
  }
}
