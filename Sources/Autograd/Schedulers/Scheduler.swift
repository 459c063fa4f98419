import Recordings

/// Changes an optimizer's learning rates, epoch by epoch.
///
/// Law: all that determines the rates to come is in ``attributes``, by PyTorch's names, so that a saved
/// scheduler goes on where it was.
open class Scheduler {
  /// The class as a program sees it.
  public var kind: String
  /// The class of the library.
  public let signatureName: String
  public let optimizer: Optimizer
  /// What PyTorch keeps in the instance's dictionary, in its order.
  public var attributes: [(name: String, value: Argument)]
  /// Whether the first rates are being set.
  public internal(set) var isInitial = false
  /// For the binding.
  public weak var attachment: AnyObject?
  /// What a program's own class does in the place of ``rates()`` and of the first ``step(epoch:)``.
  public var ownRates: (() throws -> [Argument])?
  public var ownStep: (() throws -> Void)?

  /// - Parameter attributes: what the class itself keeps; base rates and counts follow.
  public init(
    _ kind: String, _ optimizer: Optimizer, _ attributes: [(name: String, value: Argument)] = []
  ) {
    self.kind = kind
    signatureName = kind
    self.optimizer = optimizer
    self.attributes = attributes
    Context.current.schedulerMade?(self)
  }

  /// Notes the base rates, and sets the first.
  public func start(lastEpoch: Int = -1) throws {
    for (k, group) in optimizer.groups.enumerated() {
      if lastEpoch == -1 {
        if group["initial_lr"] == nil {
          optimizer.setQuietly("initial_lr", group["lr"] ?? .double(0), group: k)
        }
      } else if group["initial_lr"] == nil {
        throw TorchError(
          .key,
          "param 'initial_lr' is not specified in param_groups[\(k)] when resuming scheduler with last_epoch >= 0.\n"
            + "This typically happens when:\n1. You're trying to resume training from a checkpoint but haven't "
            + "properly loaded the optimizer state\n2. You're using last_epoch >= 0 for a fresh training run (not "
            + "recommended)")
      }
    }
    optimizer.tellGroups()
    self["base_lrs"] = .list(optimizer.groups.map { Argument($0["initial_lr"] ?? .none) })
    self["last_epoch"] = .int(lastEpoch)
    if optimizer.scheduledAt == nil { optimizer.scheduledAt = optimizer.stepCount }
    try initialStep()
  }

  /// The first step, which sets the rates to begin with.
  func initialStep() throws {
    self["_step_count"] = .int(0)
    isInitial = true
    self["_is_initial"] = .bool(false)
    self["_get_lr_called_within_step"] = .bool(false)
    defer { isInitial = false }
    if let ownStep { try ownStep() } else { try step() }
  }

  // MARK: Attributes

  public subscript(name: String) -> Argument? {
    get { attributes.first { $0.name == name }?.value }
    set {
      if let at = attributes.firstIndex(where: { $0.name == name }) {
        if let newValue { attributes[at].value = newValue } else { attributes.remove(at: at) }
      } else if let newValue {
        attributes.append((name, newValue))
      }
    }
  }
  func double(_ name: String) -> Double { self[name]?.number?.double ?? 0 }
  func int(_ name: String) -> Int {
    switch self[name] {
    case .int(let i)?: i
    case .double(let d)?: Int(exactly: d.rounded(.down)) ?? 0
    case .bool(let b)?: b ? 1 : 0
    default: 0
    }
  }
  func string(_ name: String) -> String { if case .string(let s)? = self[name] { s } else { "" } }
  func flag(_ name: String) -> Bool { if case .bool(true)? = self[name] { true } else { false } }
  func list(_ name: String) -> [Double] { (self[name]?.items ?? []).map { $0.number?.double ?? 0 } }

  public var lastEpoch: Int {
    get { int("last_epoch") }
    set { self["last_epoch"] = .int(newValue) }
  }
  /// What the groups began with.
  var baseRates: [Argument] { self["base_lrs"]?.items ?? [] }
  /// What `get_last_lr()` says.
  public var lastRates: [Argument] { self["_last_lr"]?.items ?? [] }

  // MARK: Rates

  /// The rates in force.
  var current: [Argument] { optimizer.groups.map { Argument($0["lr"] ?? .none) } }
  /// The rates in force, times a factor.
  func scaled(_ factor: Double) -> [Argument] {
    optimizer.groups.map { .double($0.double("lr") * factor) }
  }
  /// A function of each base rate.
  func fromBase(_ f: (Double) -> Double) -> [Argument] {
    baseRates.map { .double(f($0.number?.double ?? 0)) }
  }

  /// `get_lr()`: the rates for the epoch that begins.
  open func rates() throws -> [Argument] { throw TorchError(.notImplemented, "") }
  /// The rates of an epoch without those before it, where there is such a formula.
  open func closedForm() throws -> [Argument]? { nil }

  func set(_ rates: [Argument]) {
    for (k, rate) in rates.enumerated() where optimizer.groups.indices.contains(k) {
      let new: Attribute
      switch rate {
      case .int(let i): new = .int(i)
      case .tensor(let t): new = .double((try? t.item().double) ?? 0)
      default: new = .double(rate.number?.double ?? 0)
      }
      if optimizer.groups[k]["lr"] != new { optimizer.set("lr", new, group: k, scheduler: kind) }
    }
    self["_last_lr"] = .list(current)
  }

  func update(epoch: Int? = nil) throws {
    if let epoch {
      lastEpoch = epoch
      set(try closedForm() ?? nextRates())
    } else {
      lastEpoch += 1
      set(try nextRates())
    }
  }
  func nextRates() throws -> [Argument] { try ownRates?() ?? rates() }

  /// One epoch on, or to an epoch.
  open func step(epoch: Number? = nil) throws {
    warnOfOrder()
    self["_step_count"] = .int(int("_step_count") + 1)
    guard let epoch else { return try update() }
    warnOfEpoch()
    try update(epoch: Int(exactly: epoch.double.rounded(.down)) ?? 0)
  }

  func warnOfOrder() {
    guard int("_step_count") == 1, let since = optimizer.scheduledAt, optimizer.stepCount <= since else {
      return
    }
    Context.current.warnHere(
      "UserWarning",
      "Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and later, you should "
        + "call them in the opposite order: `optimizer.step()` before `lr_scheduler.step()`.  Failure to do this "
        + "will result in PyTorch skipping the first value of the learning rate schedule. See more details at "
        + "https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate")
  }
  func warnOfEpoch() {
    Context.current.warnHere(
      "UserWarning",
      "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. Please "
        + "use `scheduler.step()` to step the scheduler. During the deprecation, if epoch is different from None, "
        + "the closed form is used instead of the new chainable form, where available. Please open an issue if you "
        + "are unable to replicate your use case: https://github.com/pytorch/pytorch/issues/new/choose.")
  }

  /// `state_dict()`
  open var saved: [(name: String, value: Argument)] { attributes }
  /// `load_state_dict`
  open func load(_ entries: [(name: String, value: Argument)]) {
    for e in entries { self[e.name] = e.value }
  }
}

extension Argument {
  init(_ a: Attribute) {
    switch a {
    case .none: self = .none
    case .bool(let b): self = .bool(b)
    case .int(let i): self = .int(i)
    case .double(let d): self = .double(d)
    case .string(let s): self = .string(s)
    case .list(let items): self = .list(items.map { Argument($0) })
    }
  }
}

/// A class of `torch.optim.lr_scheduler`.
public struct SchedulerType: Sendable {
  public let name: String
  /// With the optimizer, where it takes one.
  public let signature: Signature
  /// Calls a function of the program: what `LambdaLR` needs.
  public typealias Evaluate = (_ function: Argument, _ argument: Argument) throws -> Argument
  let make: @Sendable (Arguments, @escaping Evaluate) throws -> Scheduler

  init(
    _ signature: String, _ make: @escaping @Sendable (Arguments, @escaping Evaluate) throws -> Scheduler
  ) {
    self.signature = Signature(signature)
    name = self.signature.name
    self.make = make
  }

  /// Makes one as `StepLR(optimizer, step_size=30)` does; optimizers and schedulers come as `.other`.
  public func callAsFunction(
    _ positional: [Argument], _ keywords: [(String, Argument)] = [],
    evaluate: @escaping Evaluate = { _, _ in .int(1) }
  ) throws -> Scheduler {
    try PythonCall.check("\(name).__init__", signature, positional.count, keywords.map(\.0))
    return try make(Arguments(signature, positional, keywords, isMethod: false), evaluate)
  }
}

extension Arguments {
  func optimizer() throws -> Optimizer {
    guard case .other(let object, let type)? = self["optimizer"] else {
      throw TorchError.type("\(self["optimizer"]?.typeName ?? "NoneType") is not an Optimizer")
    }
    guard let optimizer = object as? Optimizer else { throw TorchError.type("\(type) is not an Optimizer") }
    return optimizer
  }
  var lastEpoch: Int { (try? int("last_epoch", default: -1)) ?? -1 }
  /// An argument as given, or its default.
  func value(_ name: String, _ fallback: Argument) -> Argument {
    has(name) ? self[name] ?? fallback : fallback
  }
}
