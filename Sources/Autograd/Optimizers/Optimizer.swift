public import Recordings

/// Parameters that are updated with the same settings.
public struct ParameterSettings {
  public var parameters: [Tensor]
  /// `lr`, `momentum`, …, in PyTorch's order; a scheduler adds `initial_lr`.
  public var options: [NamedAttribute]

  public init(parameters: [Tensor], options: [NamedAttribute]) {
    self.parameters = parameters
    self.options = options
  }

  public subscript(name: String) -> Attribute? {
    get { options.first { $0.name == name }?.value }
    set {
      if let at = options.firstIndex(where: { $0.name == name }) {
        if let newValue { options[at].value = newValue } else { options.remove(at: at) }
      } else if let newValue {
        options.append(NamedAttribute(name, newValue))
      }
    }
  }

  func double(_ name: String) -> Double {
    switch self[name] {
    case .double(let d)?: d
    case .int(let i)?: Double(i)
    case .bool(let b)?: b ? 1 : 0
    default: 0
    }
  }
  func bool(_ name: String) -> Bool { self[name] == .bool(true) }
  func pair(_ name: String) -> (Double, Double) {
    guard case .list(let items)? = self[name], items.count == 2 else { return (0, 0) }
    func value(_ a: Attribute) -> Double {
      if case .double(let d) = a { d } else if case .int(let i) = a { Double(i) } else { 0 }
    }
    return (value(items[0]), value(items[1]))
  }
  mutating func setDouble(_ name: String, _ d: Double) { self[name] = .double(d) }
}

/// What an update rule reads and writes: one parameter in one step.
public struct Update {
  /// The parameter's value before, alone: no graph.
  public let value: Tensor
  public let gradient: Tensor
  public let group: ParameterSettings
  /// `optimizer.state[parameter]`, by PyTorch's names, in order.
  public var state: [(name: String, value: Tensor)]
  /// Every named quantity, in order of computation.
  public var terms: [(name: String, formula: String, value: Tensor)] = []
  /// How many in-place writes PyTorch makes to the parameter.
  public var writes = 1

  subscript(name: String) -> Tensor? {
    get { state.first { $0.name == name }?.value }
    set {
      if let at = state.firstIndex(where: { $0.name == name }) {
        if let newValue { state[at].value = newValue } else { state.remove(at: at) }
      } else if let newValue {
        state.append((name, newValue))
      }
    }
  }
  mutating func term(_ name: String, _ formula: String, _ value: Tensor) -> Tensor {
    terms.append((name, formula, value))
    return value
  }
}

/// A rule: pure arithmetic. The driver does the recording.
public protocol UpdateRule: Sendable {
  /// PyTorch's class: `SGD`.
  static var kind: String { get }
  /// The parameters of the constructor, in order, with defaults.
  static var defaults: [NamedAttribute] { get }
  /// Throws PyTorch's ValueErrors.
  static func check(_ group: ParameterSettings) throws
  /// As a formula with PyTorch's names: `x ← x − lr · grad`.
  static func formula(_ group: ParameterSettings) -> String
  /// The new value of the parameter.
  static func update(_ u: inout Update) throws -> Tensor
}

/// Updates parameters from their `.grad`: it holds the parameters, and knows no loss.
///
/// Law: a parameter whose `.grad` is `None` is skipped.
///
/// ```swift
/// let optimizer = try SGD([x], lr: 0.001)
/// try optimizer.step()
/// ```
open class Optimizer {
  public let rule: any UpdateRule.Type
  public private(set) var groups: [ParameterSettings]
  private var states: [ObjectIdentifier: [(name: String, value: Tensor)]] = [:]
  public let defaults: [NamedAttribute]
  public private(set) var stepCount = 0
  private var mark = RecordMark()
  /// For the binding.
  public var attachment: AnyObject?

  public var kind: String { rule.kind }

  /// - Parameters:
  ///   - groups: parameters with settings of their own; what is missing comes from `options`.
  ///   - options: what the constructor was called with; what is missing are PyTorch's defaults.
  public init(_ rule: any UpdateRule.Type, groups: [ParameterSettings], options: [NamedAttribute] = []) throws
  {
    self.rule = rule
    var all = ParameterSettings(parameters: [], options: rule.defaults)
    for o in options { all[o.name] = o.value }
    try rule.check(all)
    defaults = all.options
    self.groups = []
    if groups.isEmpty || (groups.count == 1 && groups[0].parameters.isEmpty && groups[0].options.isEmpty) {
      throw TorchError.value("optimizer got an empty parameter list")
    }
    for group in groups { try add(group) }
    announce()
  }

  private func add(_ group: ParameterSettings) throws {
    var full = ParameterSettings(parameters: group.parameters, options: defaults)
    for o in group.options { full[o.name] = o.value }
    for p in group.parameters {
      if let failure = p.failure { throw failure }
      guard p.isLeaf || p.retainsGrad else { throw TorchError.value("can't optimize a non-leaf Tensor") }
    }
    let held = Set(groups.flatMap(\.parameters).map(ObjectIdentifier.init))
    guard !group.parameters.contains(where: { held.contains(ObjectIdentifier($0)) }) else {
      throw TorchError.value("some parameters appear in more than one parameter group")
    }
    groups.append(full)
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

  /// Updates every parameter that has a gradient.
  open func step() throws {
    let context = Context.current
    let recorder = context.recorder
    stepCount += 1
    if let recorder {
      recorder.record(.stepBegan(StepBegan(optimizer: id(recorder), number: stepCount)))
    }
    for (g, group) in groups.enumerated() {
      for p in group.parameters { try update(p, g, group, context) }
    }
    if let recorder {
      recorder.record(.stepEnded(StepEnded(optimizer: id(recorder), number: stepCount)))
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
    let before = recorder.map { r in (r.id(of: p), r.capture(p), r.capture(grad)) }
    let raw = p.alias()
    raw.dtype = p.dtype
    let source = grad.alias()
    source.dtype = grad.dtype
    var u = Update(value: raw, gradient: source, group: group, state: state(of: p))
    try context.quietly {
      let new = try rule.update(&u)
      try copyElements(from: new, to: p)
    }
    p.counter.value += u.writes
    if !u.state.isEmpty { states[ObjectIdentifier(p)] = u.state }
    guard let recorder, let (id, value, gradient) = before else { return }
    recorder.record(
      .parameterUpdated(
        ParameterUpdated(
          optimizer: self.id(recorder), group: g, parameter: id, step: stepCount, before: value,
          gradient: gradient,
          terms: u.terms.map { Term(name: $0.name, formula: $0.formula, value: recorder.capture($0.value)) },
          after: recorder.capture(p), versionAfter: p.version,
          state: u.state.map { NamedCapture(name: $0.name, value: recorder.capture($0.value)) },
          formula: rule.formula(group))))
  }

  /// Empties the `.grad` of all parameters: to `None`, or to zeros.
  public func zeroGrad(setToNone: Bool = true) throws {
    for p in groups.flatMap(\.parameters) { try p.clearGrad(setToNone: setToNone, by: "zero_grad") }
  }
}
