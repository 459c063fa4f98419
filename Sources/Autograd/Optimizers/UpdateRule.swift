public import Recordings

/// An optimizer's class: its constructor, its settings, its formula.
public protocol OptimizerType: Sendable {
  /// PyTorch's class: `SGD`.
  static var kind: String { get }
  /// The file of `torch.optim` that PyTorch defines it in: `adam`.
  static var file: String { get }
  /// The constructor's parameters after `params`, in order, by name; `*` comes before those that go by name only.
  static var constructor: String { get }
  /// The settings of a group, in PyTorch's order, with defaults.
  static var defaults: [NamedAttribute] { get }
  /// Throws PyTorch's ValueErrors.
  static func check(_ group: ParameterSettings) throws
  /// Settings that follow from others.
  static func completed(_ group: ParameterSettings) -> ParameterSettings
  /// As a formula with PyTorch's names: `x ← x − lr · grad`.
  static func formula(_ group: ParameterSettings) -> String
  static func make(_ groups: [ParameterSettings], _ options: [NamedAttribute]) throws -> Optimizer
}

extension OptimizerType {
  public static var file: String { kind.lowercased() }
  public static func completed(_ group: ParameterSettings) -> ParameterSettings { group }
  public static func make(_ groups: [ParameterSettings], _ options: [NamedAttribute]) throws -> Optimizer {
    try Optimizer(Self.self, groups: groups, options: options)
  }
  /// The constructor's parameters, and how many of them go by place.
  public static var parameters: (names: [String], positional: Int) {
    let words = constructor.split(separator: ",").map { String($0.drop { $0 == " " }) }
    let names = words.filter { $0 != "*" }
    return (names, words.firstIndex(of: "*") ?? names.count)
  }
}

/// A rule: pure arithmetic. The driver does the recording.
public protocol UpdateRule: OptimizerType {
  /// The state that is there before the first step; empty for most.
  static func start(_ parameter: Tensor, _ group: ParameterSettings) throws -> [(name: String, value: Tensor)]
  /// The new value of the parameter.
  static func update(_ u: inout Update) throws -> Tensor
  /// What a step looks up by name.
  static var reads: StepReads { get }
  /// How many writes PyTorch makes of a step to an entry of the state.
  static func writes(_ name: String, isFirst: Bool) -> Int
}

extension UpdateRule {
  public static var reads: StepReads { StepReads() }
  public static func writes(_ name: String, isFirst: Bool) -> Int {
    // A mean of squares is scaled, then added to.
    ["exp_avg_sq", "exp_inf", "square_avg", "acc_delta", "step_size"].contains(name) ? 2 : 1
  }
  public static func start(
    _ parameter: Tensor, _ group: ParameterSettings
  ) throws -> [(name: String, value: Tensor)] { [] }
}

/// What `optimizer.state[parameter]` can hold.
public indirect enum StateValue {
  case tensor(Tensor)
  case number(Number)
  case list([StateValue])
  case none
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
  /// Whether anyone listens: terms that the rule itself does not need are computed only then.
  public var isTold = false

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
  /// Names a quantity that the rule goes on with.
  mutating func term(_ name: String, _ formula: String, _ value: Tensor) -> Tensor {
    if isTold { terms.append((name, formula, value)) }
    return value
  }
  /// Names a quantity that only the recording needs.
  mutating func note(_ name: String, _ formula: String, _ value: @autoclosure () throws -> Tensor) throws {
    if isTold { terms.append((name, formula, try value())) }
  }
}
