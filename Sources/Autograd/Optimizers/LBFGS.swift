public import Recordings

/// L-BFGS: a quasi-Newton step that remembers the last steps and how they changed the gradient.
///
/// Liu and Nocedal, 1989: `x ← x + t d`, `d = −H g`, where the two-loop recursion multiplies by `H` with what
/// the pairs `s = t d`, `y = g − g₋₁` say. It evaluates the loss several times a step: it needs a closure.
public enum LBFGSRule: OptimizerType {
  public static let kind = "LBFGS"
  public static let constructor =
    "lr, max_iter, max_eval, tolerance_grad, tolerance_change, history_size, line_search_fn"
  public static let defaults = [
    NamedAttribute("lr", .int(1)), NamedAttribute("max_iter", .int(20)), NamedAttribute("max_eval", .none),
    NamedAttribute("tolerance_grad", .double(1e-7)), NamedAttribute("tolerance_change", .double(1e-9)),
    NamedAttribute("history_size", .int(100)), NamedAttribute("line_search_fn", .none),
  ]

  public static func check(_ group: ParameterSettings) throws {
    try group.checkNonNegative("lr", "learning rate")
  }
  /// `max_eval` is a quarter more than `max_iter` where it is not given.
  public static func completed(_ group: ParameterSettings) -> ParameterSettings {
    var out = group
    if group["max_eval"] == Attribute.none {
      let (most, overflow) = group.int("max_iter").multipliedReportingOverflow(by: 5)
      out["max_eval"] = .int(overflow ? .max : Int((Double(most) / 4).rounded(.down)))
    }
    return out
  }
  public static func formula(_ group: ParameterSettings) -> String { "x ← x + t · d" }
  public static func make(_ groups: [ParameterSettings], _ options: [NamedAttribute]) throws -> Optimizer {
    try LBFGS(LBFGSRule.self, groups: groups, options: options)
  }
}

/// `torch.optim.LBFGS`
public final class LBFGS: Optimizer {
  /// What it remembers between steps, by PyTorch's names.
  struct Memory {
    var evaluations = 0
    var iterations = 0
    var direction: Tensor?
    var length = MixedNumber(0)
    /// `y`: how the gradient changed; `s`: how the parameters did; `1 / (y · s)`.
    var pairs: [(y: Tensor, s: Tensor, ro: Tensor)] = []
    var scale: Tensor?
    var lastGradient: Tensor?
    var lastLoss = 0.0
    var weights: [Tensor?] = []
    var hasEnded = false
  }
  private(set) var memory: Memory?

  public override init(
    _ rule: any OptimizerType.Type, groups: [ParameterSettings], options: [NamedAttribute] = []
  ) throws {
    try super.init(rule, groups: groups, options: options)
    guard self.groups.count == 1 else {
      throw TorchError.value("LBFGS doesn't support per-parameter options (parameter groups)")
    }
  }

  private var parameters: [Tensor] { groups.first?.parameters ?? [] }

  public override func step() throws {
    throw TorchError.type("LBFGS.step() missing 1 required positional argument: 'closure'")
  }

  /// One step: up to `max_iter` iterations, each of which may evaluate the closure.
  ///
  /// - Parameter closure: clears the gradients, computes the loss and goes backward; gives the loss.
  public override func step(closure: () throws -> Double) throws {
    let context = Context.current
    stepCount += 1
    context.recorder?.record(.stepBegan(StepBegan(optimizer: optimizerID, number: stepCount)))
    defer { context.recorder?.record(.stepEnded(StepEnded(optimizer: optimizerID, number: stepCount))) }
    guard let group = groups.first, let first = parameters.first else { return }
    let (lr, tolerance, change) = (
      group.double("lr"), group.double("tolerance_grad"), group.double("tolerance_change")
    )
    let (most, mostEvaluations, history) = (
      group.int("max_iter"), group.int("max_eval"), group.int("history_size")
    )
    var m = memory ?? Memory()
    memory = m
    func evaluate() throws -> Double {
      let mode = context.gradMode
      context.setGradMode(true, inference: context.inferenceMode)
      defer { context.setGradMode(mode, inference: context.inferenceMode) }
      return try closure()
    }
    var loss = try evaluate()
    var current = 1
    m.evaluations += 1
    var g = try flatGradient()
    func isFlat() throws -> Bool { try size(g) <= Double(Float(tolerance)) }
    defer {
      memory = m
      publish(m, first)
    }
    if try isFlat() { return }
    var n = 0
    while n < most {
      n += 1
      m.iterations += 1
      try context.quietly { try direct(&m, g, history) }
      guard let d = m.direction else { return }
      m.lastGradient = g
      m.lastLoss = loss
      if m.iterations == 1 {
        let total = try context.quietly { try Ops.sum(Ops.magnitude(g)).item().double }
        let inverse = MixedNumber(1) / MixedNumber(tensor: total)
        m.length = MixedNumber.least(MixedNumber(1), inverse) * MixedNumber(lr)
      } else {
        m.length = MixedNumber(lr)
      }
      let slope = try product(g, d)
      if slope > MixedNumber(-change) { break }
      var used = 0
      var isOptimal = false
      if case .string(let search)? = group["line_search_fn"] {
        guard search == "strong_wolfe" else { throw TorchError.runtime("only 'strong_wolfe' is supported") }
        let start = try parameters.map { try context.quietly { [p = $0] in try Ops.copyOf(p) } }
        let found = try StrongWolfe.search(
          from: .init(t: MixedNumber(0), loss: loss, gradient: g, slope: slope), t: m.length,
          directionSize: MixedNumber(tensor: try size(d)), most: mostEvaluations - current,
          evaluate: { t in
            try self.move(d, t, context, isSearch: true)
            let loss = try evaluate()
            let gradient = try self.flatGradient()
            for (p, old) in zip(self.parameters, start) {
              try p.write(by: "line search", context) { try copyElements(from: old, to: p) }
            }
            return (loss, gradient)
          }, slope: { try self.product($0, d) })
        (loss, g, m.length, used) = (found.point.loss, found.point.gradient, found.point.t, found.evaluations)
        try move(d, m.length, context, isSearch: false)
        isOptimal = try isFlat()
      } else {
        try move(d, m.length, context, isSearch: false)
        if n != most {
          loss = try evaluate()
          g = try flatGradient()
          isOptimal = try isFlat()
          used = 1
        }
      }
      current += used
      m.evaluations += used
      if n == most || current >= mostEvaluations || isOptimal { break }
      let moved = try context.quietly { try size(Ops.mul(d, m.length.value)) }
      if moved <= Double(Float(change)) || (loss - m.lastLoss).magnitude < change { break }
    }
    m.hasEnded = true
  }

  /// The direction: −H g by the two-loop recursion.
  private func direct(_ m: inout Memory, _ g: Tensor, _ history: Int) throws {
    guard m.iterations > 1, let last = m.lastGradient, let d = m.direction else {
      m.direction = try Ops.neg(g)
      (m.pairs, m.scale) = ([], nil)
      return
    }
    let y = try Ops.addScaled(g, last, -1)
    let s = try Ops.mul(d, m.length.value)
    let ys = try Ops.dot(y, s)
    if try ys.item().double > Double(Float(1e-10)) {
      if m.pairs.count >= max(history, 1) { m.pairs.removeFirst() }
      m.pairs.append((y, s, try Ops.reciprocal(ys)))
      m.scale = try Ops.div(ys, Ops.dot(y, y))
    }
    if m.weights.isEmpty { m.weights = Array(repeating: nil, count: min(max(history, 0), 10_000)) }
    var q = try Ops.neg(g)
    var weights: [Double] = Array(repeating: 0, count: m.pairs.count)
    for (i, pair) in m.pairs.enumerated().reversed() {
      let a = try Ops.mul(Ops.dot(pair.s, q), pair.ro)
      weights[i] = try a.item().double
      if m.weights.indices.contains(i) { m.weights[i] = a }
      q = try Ops.addScaled(q, pair.y, -weights[i])
    }
    var r = try m.scale.map { try Ops.mul(q, $0) } ?? Ops.mul(q, 1)
    for (i, pair) in m.pairs.enumerated() {
      let b = try Ops.mul(Ops.dot(pair.y, r), pair.ro).item().double
      r = try Ops.addScaled(r, pair.s, Double(Float(weights[i]) - Float(b)))
    }
    m.direction = r
  }

  private func product(_ a: Tensor, _ b: Tensor) throws -> MixedNumber {
    let value = try Context.current.quietly { try Ops.dot(a, b).item().double }
    return a.dtype == .float64 ? MixedNumber(value) : MixedNumber(tensor: value)
  }
  private func size(_ t: Tensor) throws -> Double {
    t.numbers().reduce(0) { $1.double.isNaN ? .nan : max($0, $1.double.magnitude) }
  }

  /// All gradients in one row; zeros where there is none.
  private func flatGradient() throws -> Tensor {
    try Context.current.quietly {
      let parts = try parameters.map { p in
        try p.gradSlot.map { try Ops.copyOf($0.contiguousData()) }?.alias(
          shape: [p.count], strides: [1], offset: 0) ?? Tensor(zeros: [p.count], p.dtype, device: p.device)
      }
      return parts.count == 1 ? parts[0] : try Ops.cat(parts, 0)
    }
  }

  /// `x ← x + t d`, told as an update or, in a search, as a write.
  private func move(_ d: Tensor, _ t: MixedNumber, _ context: Context, isSearch: Bool) throws {
    var at = 0
    for p in parameters {
      let part = d.alias(shape: p.shape, strides: contiguousStrides(p.shape), offset: at)
      at += p.count
      let new = try context.quietly { try Ops.addScaled(p.alias(), part, t.value) }
      if isSearch {
        try p.write(by: "line search", context) { try copyElements(from: new, to: p) }
        continue
      }
      let told = context.recorder.map { r in (r.id(of: p), r.capture(p), p.gradSlot.map { r.capture($0) }) }
      try copyElements(from: new, to: p)
      p.countWrites()
      guard let recorder = context.recorder, let (id, before, gradient) = told else { continue }
      recorder.record(
        .parameterUpdated(
          ParameterUpdated(
            optimizer: optimizerID, group: 0, parameter: id, step: stepCount, before: before,
            gradient: gradient,
            terms: [
              Term(name: "d", formula: "−H · grad", value: recorder.capture(part)),
              Term(
                name: "t", formula: "step length",
                value: recorder.capture(
                  try context.quietly { try Ops.quietFull([], t.value, p.dtype, "cpu") })),
            ], after: recorder.capture(p), versionAfter: p.version, state: [], formula: "x ← x + t · d")))
    }
  }

  /// `state[first parameter]`, as PyTorch lays it down.
  private func publish(_ m: Memory, _ first: Tensor) {
    var out: [(name: String, value: StateValue)] = [
      ("func_evals", .number(.int(m.evaluations))), ("n_iter", .number(.int(m.iterations))),
    ]
    func number(_ n: MixedNumber) -> StateValue {
      guard n.isTensor, let t = try? Tensor(zeros: [], .float32) else {
        // Python's own 0 where the search went nowhere, and the rate as it was given.
        if n.value == 0 { return .number(.int(0)) }
        if case .int(let k)? = groups.first?["lr"], Double(k) == n.value { return .number(.int(k)) }
        return .number(.double(n.value))
      }
      t.setRaw([.double(n.value)])
      return .tensor(t)
    }
    if !m.weights.isEmpty { out.append(("al", .list(m.weights.map { $0.map(StateValue.tensor) ?? .none }))) }
    if m.hasEnded {
      out.append(("d", m.direction.map(StateValue.tensor) ?? .none))
      out.append(("t", number(m.length)))
      out.append(("old_dirs", .list(m.pairs.map { .tensor($0.y) })))
      out.append(("old_stps", .list(m.pairs.map { .tensor($0.s) })))
      out.append(("ro", .list(m.pairs.map { .tensor($0.ro) })))
      out.append(("H_diag", m.scale.map(StateValue.tensor) ?? .number(.int(1))))
      out.append(("prev_flat_grad", m.lastGradient.map(StateValue.tensor) ?? .none))
      out.append(("prev_loss", .number(.double(m.lastLoss))))
    }
    setDetails(of: first, out)
  }
}
