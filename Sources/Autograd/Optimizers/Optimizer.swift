public import Recordings

/// Updates parameters from their `.grad`: it holds the parameters, and knows no loss.
///
/// Law: a parameter whose `.grad` is `None` is skipped.
///
/// ```swift
/// let optimizer = try SGD([x], lr: 0.001)
/// try optimizer.step()
/// ```
open class Optimizer {
  public let rule: any OptimizerType.Type
  public internal(set) var groups: [ParameterSettings]
  private var states: [ObjectIdentifier: [(name: String, value: Tensor)]] = [:]
  private var details: [ObjectIdentifier: [(name: String, value: StateValue)]] = [:]
  public let defaults: [NamedAttribute]
  public internal(set) var stepCount = 0
  private var mark = RecordMark()
  /// How many steps it had made when its first scheduler came.
  var scheduledAt: Int?
  /// For the binding.
  public var attachment: AnyObject?

  /// The class as a program sees it.
  public var kind: String

  /// - Parameters:
  ///   - groups: parameters with settings of their own; what is missing comes from `options`.
  ///   - options: what the constructor was called with; what is missing are PyTorch's defaults.
  public init(
    _ rule: any OptimizerType.Type, groups: [ParameterSettings], options: [NamedAttribute] = []
  ) throws {
    self.rule = rule
    kind = rule.kind
    var all = ParameterSettings(parameters: [], options: rule.defaults)
    for o in options { all[o.name] = o.value }
    try rule.check(all)
    all = rule.completed(all)
    defaults = all.options
    self.groups = []
    if groups.isEmpty {
      throw TorchError.value("optimizer got an empty parameter list")
    }
    for group in groups { try add(group) }
    try checkFlags()
    announce()
  }

  /// What only PyTorch's ways of computing have to do with: the numbers are the same in all.
  private func checkFlags() throws {
    let all = ParameterSettings(parameters: [], options: defaults)
    guard all.bool("fused") else { return }
    if all.bool("differentiable") { throw TorchError.runtime("`fused` does not support `differentiable`") }
    if all.bool("foreach") {
      throw TorchError.runtime("`fused` and `foreach` cannot be `True` together.")
    }
  }

  /// Refuses what PyTorch refuses when it steps: graphs to be recorded by the processor, writes to leaves in a graph.
  private func checkStep(_ p: Tensor, _ group: ParameterSettings) throws {
    if group.bool("capturable") {
      let what =
        switch rule.kind {
        case "ASGD": "params, mus, etas, and state_steps"
        case "NAdam": "params, mu_products and state_steps"
        default: "params and state_steps"
        }
      let last = rule.kind == "Adadelta" ? "" : ", 'xla'"
      throw TorchError(
        .assertion,
        "If capturable=True, \(what) must be on supported devices: ['cuda', 'xpu', 'hpu', 'privateuseone'\(last)]."
      )
    }
    if group.bool("differentiable"), p.requiresGrad, p.isLeaf {
      throw TorchError.runtime("a leaf Variable that requires grad is being used in an in-place operation.")
    }
  }

  private func add(_ group: ParameterSettings) throws {
    var full = ParameterSettings(parameters: group.parameters, options: group.options)
    for o in defaults where full[o.name] == nil { full[o.name] = o.value }
    for p in group.parameters {
      if let failure = p.failure, !p.isUninitialized { throw failure }
      guard p.isLeaf || p.retainsGrad || full.bool("differentiable") else {
        throw TorchError.value("can't optimize a non-leaf Tensor")
      }
    }
    let isNamed = group["param_names"] != nil
    if let first = groups.first, (first["param_names"] != nil) != isNamed {
      throw TorchError.value(
        "all optimizer param groups should be with/without names. cannot add param group "
          + (isNamed ? "with names" : "without names") + " to the optimizer")
    }
    let held = Set(groups.flatMap(\.parameters).map(ObjectIdentifier.init))
    if Set(group.parameters.map(ObjectIdentifier.init)).count < group.parameters.count {
      Context.current.warnHere(
        "UserWarning",
        "optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; see "
          + "github.com/pytorch/pytorch/issues/40967 for more information")
    }
    guard !group.parameters.contains(where: { held.contains(ObjectIdentifier($0)) }) else {
      throw TorchError.value("some parameters appear in more than one parameter group")
    }
    groups.append(full)
    guard let rule = rule as? any UpdateRule.Type else { return }
    for p in group.parameters {
      let state = try Context.current.quietly { try rule.start(p, full) }
      if !state.isEmpty { states[ObjectIdentifier(p)] = state }
    }
  }

  /// `add_param_group`
  public func addGroup(_ group: ParameterSettings) throws {
    try add(group)
    announce()
  }

  private func announce() {
    guard let recorder = Context.current.recorder else { return }
    let ids = groups.map { g in g.parameters.map { recorder.id(of: $0) } }
    let id = self.id(recorder)
    let told = zip(groups, ids).map { ParameterGroup(parameters: $1, hyperparameters: $0.options) }
    recorder.record(.optimizerCreated(OptimizerCreated(optimizer: id, type: kind, groups: told)))
  }

  func id(_ recorder: Recorder) -> OptimizerID {
    if mark.serial != recorder.serial {
      mark = RecordMark(serial: recorder.serial, id: recorder.newOptimizerID().rawValue)
    }
    return OptimizerID(mark.id)
  }
  /// The identity a recorder gave to it.
  public var recordID: OptimizerID? { mark.id == 0 ? nil : OptimizerID(mark.id) }

  /// Changes a setting of a group: `optimizer.param_groups[0]["lr"] = 0.1`.
  public func set(_ name: String, _ value: Attribute, group: Int, scheduler: String = "") {
    guard groups.indices.contains(group) else { return }
    let before = groups[group].double(name)
    groups[group][name] = value
    guard let recorder = Context.current.recorder else { return }
    if name == "lr" {
      recorder.record(
        .learningRateChanged(
          LearningRateChanged(
            optimizer: id(recorder), group: group, scheduler: scheduler, before: before,
            after: groups[group].double("lr"))))
    } else {
      announce()
    }
  }

  /// Tells the recorder what the groups are now.
  func tellGroups() { announce() }

  /// As `repr` prints it.
  public var text: String {
    var out = "\(kind) ("
    for (k, group) in groups.enumerated() {
      out += "\nParameter Group \(k)\n"
      for option in group.options.sorted(by: { $0.name < $1.name }) {
        out += "    \(option.name): \(option.value.text)\n"
      }
    }
    return out + ")"
  }

  func setQuietly(_ name: String, _ value: Attribute, group: Int) {
    if groups.indices.contains(group) { groups[group][name] = value }
  }

  /// `optimizer.state[parameter]`
  public func state(of parameter: Tensor) -> [(name: String, value: Tensor)] {
    states[ObjectIdentifier(parameter)] ?? []
  }
  public func setState(of parameter: Tensor, _ state: [(name: String, value: Tensor)]) {
    states[ObjectIdentifier(parameter)] = state
  }
  /// All of `optimizer.state[parameter]`, where it is more than tensors.
  public func details(of parameter: Tensor) -> [(name: String, value: StateValue)] {
    details[ObjectIdentifier(parameter)] ?? state(of: parameter).map { ($0.name, .tensor($0.value)) }
  }
  func setDetails(of parameter: Tensor, _ all: [(name: String, value: StateValue)]) {
    details[ObjectIdentifier(parameter)] = all
  }

  var optimizerID: OptimizerID { Context.current.recorder.map { id($0) } ?? OptimizerID(0) }

  /// Replaces a group's settings as `load_state_dict` does.
  public func replaceSettings(_ options: [NamedAttribute], group: Int) {
    guard groups.indices.contains(group) else { return }
    groups[group].options = options
    announce()
  }

  /// Replaces all groups: what a program made of the list `param_groups`.
  public func replaceGroups(_ all: [ParameterSettings]) {
    groups = all
    announce()
  }

  /// Replaces the parameters of a group: `param_groups[0]["params"] = [w]`.
  public func replaceParameters(_ parameters: [Tensor], group: Int) {
    guard groups.indices.contains(group) else { return }
    groups[group].parameters = parameters
    announce()
  }

  /// A step that the program's own class makes: two events around it.
  public func running<R>(_ body: () throws -> R) rethrows -> R {
    let recorder = Context.current.recorder
    stepCount += 1
    if let recorder {
      recorder.record(.stepBegan(StepBegan(optimizer: id(recorder), number: stepCount)))
    }
    defer {
      if let recorder {
        recorder.record(.stepEnded(StepEnded(optimizer: id(recorder), number: stepCount)))
      }
    }
    return try body()
  }

  /// Evaluates a closure, then updates every parameter that has a gradient.
  open func step(closure: () throws -> Double) throws {
    _ = try closure()
    try step()
  }

  /// Updates every parameter that has a gradient.
  open func step() throws {
    let context = Context.current
    let recorder = context.recorder
    stepCount += 1
    if let recorder {
      recorder.record(.stepBegan(StepBegan(optimizer: id(recorder), number: stepCount)))
    }
    for (g, group) in groups.enumerated() {
      if let rule = rule as? any UpdateRule.Type { try rule.reads.check(group, state: state(of:)) }
      for p in group.parameters { try update(p, g, group, context) }
    }
    if let recorder {
      recorder.record(.stepEnded(StepEnded(optimizer: id(recorder), number: stepCount)))
    }
  }

  /// A model that was moved after the first step has left the optimizer's state behind.
  private func checkDevices(_ p: Tensor) throws {
    for (name, value) in state(of: p) where name != "step" && value.device != p.device {
      throw TorchError.runtime(
        "Tensors of the same index must be on the same device and the same dtype except `step` tensors that can be CPU "
          + "and float32/64, and optimizer states that can be bfloat16 for mixed-precision training",
        tensors: [p, value])
    }
  }

  private func update(_ p: Tensor, _ g: Int, _ group: ParameterSettings, _ context: Context) throws {
    let recorder = context.recorder
    guard let grad = p.gradSlot else {
      if let recorder {
        recorder.record(
          .parameterUpdated(
            ParameterUpdated(
              optimizer: id(recorder), group: g, parameter: recorder.id(of: p), step: stepCount,
              skipped: "grad is None")))
      }
      return
    }
    guard let rule = rule as? any UpdateRule.Type else {
      throw TorchError(.notImplemented, "")
    }
    try checkStep(p, group)
    if !context.simulatedDevices.isEmpty { try checkDevices(p) }
    let before = recorder.map { r in (r.id(of: p), r.capture(p), r.capture(grad)) }
    // What a recorder meets has an identity of its own; else the tensors themselves will do.
    let raw = recorder == nil ? p : p.alias()
    raw.dtype = p.dtype
    let source = recorder == nil ? grad : grad.alias()
    source.dtype = grad.dtype
    var u = Update(value: raw, gradient: source, group: group, state: state(of: p))
    u.isTold = recorder != nil
    let new = try context.quietly { try rule.update(&u) }
    let terms = recorder.map { r in
      u.terms.map { Term(name: $0.name, formula: $0.formula, value: r.capture($0.value)) }
    }
    // The state first: whoever holds one of its tensors sees a write of its own.
    if !u.state.isEmpty { try keep(&u, p, rule, context) }
    try copyElements(from: new, to: p)
    p.countWrites(u.writes)
    guard let recorder, let (id, value, gradient) = before else { return }
    recorder.record(
      .parameterUpdated(
        ParameterUpdated(
          optimizer: self.id(recorder), group: g, parameter: id, step: stepCount, before: value,
          gradient: gradient,
          terms: terms ?? [],
          after: recorder.capture(p), versionAfter: p.version,
          state: u.state.map { NamedCapture(name: $0.name, value: recorder.capture($0.value)) },
          formula: rule.formula(group))))
    p.recordViewsMadeAnew(recorder)
  }

  /// Writes the new state into the tensors that held the old, as PyTorch's in-place rules do.
  private func keep(
    _ u: inout Update, _ p: Tensor, _ rule: any UpdateRule.Type, _ context: Context
  ) throws {
    let old = state(of: p)
    for (k, entry) in u.state.enumerated() {
      guard let kept = old.first(where: { $0.name == entry.name })?.value else {
        entry.value.countWrites(rule.writes(entry.name, isFirst: true))
        continue
      }
      guard kept !== entry.value, kept.shape == entry.value.shape, kept.dtype == entry.value.dtype
      else { continue }
      let times = rule.writes(entry.name, isFirst: false)
      if let recorder = context.recorder, recorder.isKnown(kept) {
        try kept.write(by: "step", context, times: times) { try copyElements(from: entry.value, to: kept) }
      } else {
        try copyElements(from: entry.value, to: kept)
        kept.countWrites(times)
      }
      u.state[k].value = kept
    }
    states[ObjectIdentifier(p)] = u.state
  }

  /// Empties the `.grad` of all parameters: to `None`, or to zeros.
  public func zeroGrad(setToNone: Bool = true) throws {
    for p in groups.flatMap(\.parameters) { try p.clearGrad(setToNone: setToNone, by: "zero_grad") }
  }
}
