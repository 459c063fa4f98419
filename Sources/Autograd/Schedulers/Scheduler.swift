public import Recordings

/// Changes an optimizer's learning rates, step by step.
///
/// ```swift
/// let scheduler = try Scheduler.step(optimizer, stepSize: 30)
/// try scheduler.step()
/// ```
open class Scheduler {
  /// The learning rate of a group for the epoch that begins; sees the rate in force.
  public typealias Rule = (_ scheduler: Scheduler, _ group: Int) throws -> Double

  public let kind: String
  public let optimizer: Optimizer
  public internal(set) var lastEpoch = -1
  /// What the groups began with.
  public let baseRates: [Double]
  /// What `get_last_lr()` says.
  public internal(set) var lastRates: [Double] = []
  private let rule: Rule
  private var stepCount = 0
  /// For the binding.
  public var attachment: AnyObject?

  public init(_ kind: String, _ optimizer: Optimizer, rule: @escaping Rule) throws {
    self.kind = kind
    self.optimizer = optimizer
    self.rule = rule
    for (i, group) in optimizer.groups.enumerated() where group["initial_lr"] == nil {
      optimizer.setQuietly("initial_lr", .double(group.double("lr")), group: i)
    }
    baseRates = optimizer.groups.map { $0.double("initial_lr") }
    try advance()
  }

  /// The rate in force in a group.
  func rate(_ group: Int) -> Double {
    optimizer.groups.indices.contains(group) ? optimizer.groups[group].double("lr") : 0
  }

  private func advance() throws {
    lastEpoch += 1
    stepCount += 1
    let rates = try optimizer.groups.indices.map { try rule(self, $0) }
    for (i, new) in rates.enumerated() where new != rate(i) {
      optimizer.set("lr", .double(new), group: i, scheduler: kind)
    }
    lastRates = rates
  }

  /// One epoch on.
  open func step() throws {
    if stepCount == 1, optimizer.stepCount == 0 {
      Context.current.warn(
        "UserWarning",
        "Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and later, you should "
          + "call them in the opposite order: `optimizer.step()` before `lr_scheduler.step()`.  Failure to do this "
          + "will result in PyTorch skipping the first value of the learning rate schedule. See more details at "
          + "https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate")
    }
    try advance()
  }
}

/// A class of `torch.optim.lr_scheduler`.
public struct SchedulerType: Sendable {
  public let name: String
  /// With the optimizer first.
  public let signature: Signature
  /// Calls a function of the program with an epoch: what `LambdaLR` needs.
  public typealias Evaluate = (_ function: Argument, _ epoch: Int) throws -> Double
  let make: @Sendable (Arguments, Optimizer, @escaping Evaluate) throws -> Scheduler

  init(
    _ signature: String,
    _ make: @escaping @Sendable (Arguments, Optimizer, @escaping Evaluate) throws -> Scheduler
  ) {
    self.signature = Signature(signature)
    name = self.signature.name
    self.make = make
  }

  /// Makes one as `StepLR(optimizer, step_size=30)` does; the optimizer comes apart from the arguments.
  public func callAsFunction(
    _ optimizer: Optimizer, _ positional: [Argument], _ keywords: [(String, Argument)] = [],
    evaluate: @escaping Evaluate = { _, _ in 1 }
  ) throws -> Scheduler {
    let first = Argument.other(optimizer, type: optimizer.kind)
    return try make(
      Arguments(signature, [first] + positional, keywords, isMethod: false), optimizer, evaluate)
  }
}
