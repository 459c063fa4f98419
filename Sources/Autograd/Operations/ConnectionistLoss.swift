import Recordings

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Connectionist temporal classification: the probability of a text over all its alignments with a signal.
///
/// Source: Graves, Fernández, Gomez, Schmidhuber: Connectionist Temporal Classification (2006).
extension Ops {
  /// Scores of one sample: steps × classes, its labels, and how precisely numbers are kept.
  private struct Alignment {
    let steps: Int
    let labels: [Int]
    let blank: Int
    let classes: Int
    let isFloat: Bool
    /// The score of a class at a step.
    let score: (_ step: Int, _ label: Int) -> Double

    func exp(_ d: Double) -> Double { isFloat ? Double(C.expFloat(Float(d))) : C.exp(d) }
    func log(_ d: Double) -> Double { isFloat ? Double(C.logFloat(Float(d))) : C.log(d) }
    func rounded(_ d: Double) -> Double { isFloat ? Double(Float(d)) : d }
    /// Blank, first, blank, second, …, blank.
    func label(_ s: Int) -> Int { s % 2 == 0 ? blank : labels[s / 2] }
    var width: Int { 2 * labels.count + 1 }

    /// `log Σ exp`, of what two or three ways bring.
    func joined(_ all: [Double]) -> Double {
      var most = all.max() ?? -.infinity
      if most == -.infinity { most = 0 }
      let sum = all.reduce(0.0) { rounded($0 + exp(rounded($1 - most))) }
      return rounded(log(sum) + most)
    }

    /// Log-probabilities of all beginnings that end at a step in a place.
    func forward() -> [[Double]] {
      var rows = [[Double]](repeating: Array(repeating: -.infinity, count: width), count: steps)
      guard steps > 0 else { return rows }
      rows[0][0] = score(0, blank)
      if !labels.isEmpty { rows[0][1] = score(0, labels[0]) }
      for t in 1..<max(steps, 1) {
        for s in 0..<width {
          var ways = [rows[t - 1][s]]
          if s > 0 { ways.append(rows[t - 1][s - 1]) }
          if s > 1, label(s - 2) != label(s) { ways.append(rows[t - 1][s - 2]) }
          rows[t][s] = rounded(joined(ways) + score(t, label(s)))
        }
      }
      return rows
    }

    func loss(_ rows: [[Double]]) -> Double {
      guard let last = rows.last else { return labels.isEmpty ? 0 : .infinity }
      let ends = labels.isEmpty ? [last[0]] : [last[width - 1], last[width - 2]]
      return labels.isEmpty ? -last[0] : -joined(ends)
    }

    /// The slope of the loss in each score, for log-probabilities that came from a softmax.
    func slopes(_ alpha: [[Double]], _ loss: Double) -> [[Double]] {
      var out = [[Double]](repeating: Array(repeating: -.infinity, count: classes), count: steps)
      guard steps > 0 else { return out }
      var beta = [[Double]](repeating: Array(repeating: -.infinity, count: width), count: steps)
      let end = steps - 1
      beta[end][width - 1] = score(end, blank)
      if !labels.isEmpty { beta[end][width - 2] = score(end, labels[labels.count - 1]) }
      for t in stride(from: end, through: 0, by: -1) {
        for s in stride(from: width - 1, through: 0, by: -1) {
          if t < end {
            var ways = [beta[t + 1][s]]
            if s < width - 1 { ways.append(beta[t + 1][s + 1]) }
            if s < width - 2, label(s) != label(s + 2) { ways.append(beta[t + 1][s + 2]) }
            beta[t][s] = rounded(joined(ways) + score(t, label(s)))
          }
          if t == end, s < width - 2 { continue }
          let both = rounded(alpha[t][s] + beta[t][s])
          let k = label(s)
          out[t][k] = out[t][k] == -.infinity ? both : joined([out[t][k], both])
        }
      }
      for t in 0..<steps {
        for k in 0..<classes {
          let p = score(t, k)
          out[t][k] = rounded(
            exp(p) - exp(rounded(rounded(out[t][k] + loss) - p)))
        }
      }
      return out
    }
  }

  private static func lengths(_ a: Arguments, _ name: String) throws -> [Int] {
    if case .tensor(let t)? = a[name] {
      guard !t.dtype.isFloatingPoint, t.dtype != .bool else {
        throw TorchError.runtime("\(name) must be integral")
      }
      return t.numbers().map { Int($0.integer) }
    }
    return try a.ints(name)
  }

  static func ctcLoss(_ a: Arguments) throws -> Tensor {
    let (given, targets) = (try a.tensor("log_probs"), try a.tensor("targets"))
    let (blank, r) = (try a.int("blank", default: 0), try reduction(a))
    let x = given.dim == 2 ? try unsqueeze(given, 1) : given
    guard x.dim == 3 else { throw TorchError.runtime("ctc_loss: expected log_probs of 2 or 3 dimensions") }
    guard x.dtype.isFloatingPoint else { throw TorchError.notImplemented("ctc_loss_cpu", x.dtype) }
    let (steps, batch, classes) = (x.shape[0], x.shape[1], x.shape[2])
    guard blank >= 0, blank < classes else { throw TorchError.runtime("blank must be in label range") }
    let (inputs, sizes) = (try lengths(a, "input_lengths"), try lengths(a, "target_lengths"))
    guard inputs.count == batch else {
      throw TorchError.runtime("input_lengths must be of size batch_size")
    }
    guard sizes.count == batch else {
      throw TorchError.runtime("target_lengths must be of size batch_size")
    }
    for (b, n) in inputs.enumerated() {
      guard n >= 0 else {
        throw TorchError.runtime(
          "Expected input_lengths to have value at least 0, but got value \(n) (while checking arguments for ctc_loss_allocate_outputs)"
        )
      }
      guard n <= steps else {
        throw TorchError.runtime(
          "Expected input_lengths to have value at most \(steps), but got value \(n) (while checking arguments for ctc_loss_allocate_outputs)"
        )
      }
      guard sizes[b] >= 0 else {
        throw TorchError.runtime(
          "Expected target_lengths to have value at least 0, but got value \(sizes[b]) (while checking arguments for ctc_loss_allocate_outputs)"
        )
      }
    }
    let all = targets.numbers().map { Int($0.integer) }
    guard all.allSatisfy({ $0 >= 0 && $0 < classes }) else {
      throw TorchError.runtime("targets must be in label range")
    }
    var labels: [[Int]] = []
    if targets.dim == 2 {
      guard targets.shape[0] == batch, (sizes.max() ?? 0) <= targets.shape[1] else {
        throw TorchError.runtime(
          "Expected tensor to have size at least \(sizes.max() ?? 0) at dimension 1, but got size \(targets.shape[1]) for argument "
            + "#2 'targets' (while checking arguments for ctc_loss_allocate_outputs)")
      }
      labels = (0..<batch).map { b in Array(all[(b * targets.shape[1])..<(b * targets.shape[1] + sizes[b])]) }
    } else {
      guard sizes.reduce(0, &+) == all.count else {
        throw TorchError.runtime(
          "Expected tensor to have size \(sizes.reduce(0, &+)) at dimension 0, but got size \(all.count) for argument "
            + "#2 'targets' (while checking arguments for ctc_loss_allocate_outputs)")
      }
      var at = 0
      for n in sizes {
        labels.append(Array(all[at..<at + n]))
        at += n
      }
    }
    let isZeroing = try a.bool("zero_infinity")
    var each = try alignedLoss(x, labels, inputs, blank, zeroing: isZeroing)
    if isZeroing {
      each = try whereSelect(compare(each, n(Double.infinity), .eq), n(0), each)
    }
    let out: Tensor
    switch r {
    case .none: out = each
    case .sum: out = try sum(each)
    case .mean:
      let counts = try Tensor(zeros: [batch], each.dtype)
      counts.setRaw(sizes.map { .double(Double(max($0, 1))) })
      out = try mean(div(each, created(counts, "to")))
    }
    return given.dim == 2 && r == .none ? try squeeze(out, 0) : out
  }

  private static func alignedLoss(
    _ x: Tensor, _ labels: [[Int]], _ lengths: [Int], _ blank: Int, zeroing: Bool
  ) throws -> Tensor {
    let (steps, batch, classes) = (x.shape[0], x.shape[1], x.shape[2])
    let values = x.numbers().map(\.double)
    let samples = (0..<batch).map { b in
      Alignment(
        steps: lengths[b], labels: labels[b], blank: blank, classes: classes, isFloat: x.dtype == .float32
      ) { t, k in values[(t * batch + b) * classes + k] }
    }
    let alphas = samples.map { $0.forward() }
    let losses = zip(samples, alphas).map { $0.loss($1) }
    return try Call("ctc_loss", [x]) {
      let out = try Tensor(zeros: [batch], x.dtype, device: x.device)
      out.setRaw(losses.map(Number.double))
      return out
    } derivative: {
      Derivative(
        name: "CtcLossBackward0", saved: [("log_probs", x)],
        attributes: [NamedAttribute("blank", .int(blank))], label: "CTC",
        rule: { p in
          let g = try p.grad
          _ = try p.saved(0)
          let out = try Context.current.quietly {
            let slope = try Tensor(zeros: x.shape, x.dtype, device: x.device)
            let factors = g.numbers().map(\.double)
            var numbers = [Double](repeating: 0, count: steps * batch * classes)
            for (b, sample) in samples.enumerated() where !(zeroing && losses[b] == .infinity) {
              for (t, row) in sample.slopes(alphas[b], losses[b]).enumerated() {
                for (k, d) in row.enumerated() {
                  numbers[(t * batch + b) * classes + k] = sample.rounded(d * factors[b])
                }
              }
            }
            slope.setRaw(numbers.map(Number.double))
            return slope
          }
          return [try undifferentiable("_ctc_loss_backward", out, of: [g, x])]
        })
    }.run()
  }

  static let connectionistLossOperations = [
    Operation(
      "ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0, reduction='mean', zero_infinity=False)",
      [.functional("ctc_loss")]
    ) { a in .tensor(try ctcLoss(a)) }
  ]
}
