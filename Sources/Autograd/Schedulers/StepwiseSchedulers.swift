/// Schedulers that multiply the rate at given epochs, or by a function of the program.
final class StepwiseScheduler: Scheduler {
  private let rule: (Scheduler) throws -> [Argument]
  private let closed: ((Scheduler) throws -> [Argument])?

  init(
    _ kind: String, _ optimizer: Optimizer, _ attributes: [(name: String, value: Argument)],
    closed: ((Scheduler) throws -> [Argument])? = nil, _ rule: @escaping (Scheduler) throws -> [Argument]
  ) {
    self.rule = rule
    self.closed = closed
    super.init(kind, optimizer, attributes)
  }
  override func rates() throws -> [Argument] { try rule(self) }
  override func closedForm() throws -> [Argument]? { try closed?(self) }

  static func started(_ s: Scheduler, _ a: Arguments) throws -> Scheduler {
    try s.start(lastEpoch: a.lastEpoch)
    return s
  }
  static func divided(_ a: Double, by b: Double, _ words: String = "division by zero") throws -> Double {
    guard b != 0 else { throw TorchError(.zeroDivision, words) }
    return a / b
  }
}

extension SchedulerCatalogue {
  static let stepwise: [SchedulerType] = [
    SchedulerType("StepLR(optimizer, step_size, gamma=0.1, last_epoch=-1)") { a, _ in
      func size(_ s: Scheduler) throws -> Int {
        guard s.int("step_size") != 0 else { throw TorchError(.zeroDivision, "integer modulo by zero") }
        return s.int("step_size")
      }
      let attributes = [
        ("step_size", a.value("step_size", .none)), ("gamma", a.value("gamma", .double(0.1))),
      ]
      return try StepwiseScheduler.started(
        StepwiseScheduler(
          "StepLR", a.optimizer(), attributes,
          closed: { s in
            let power = Double(try s.lastEpoch / size(s))
            return s.fromBase { $0 * C.pow(s.double("gamma"), power) }
          }
        ) { s in
          try s.lastEpoch == 0 || s.lastEpoch % size(s) != 0 ? s.current : s.scaled(s.double("gamma"))
        }, a)
    },
    SchedulerType("MultiStepLR(optimizer, milestones, gamma=0.1, last_epoch=-1)") { a, _ in
      guard let milestones = a["milestones"]?.items else {
        throw TorchError.type("'\(a["milestones"]?.typeName ?? "NoneType")' object is not iterable")
      }
      func hits(_ s: Scheduler) -> Int { s.list("milestones").count { $0 == Double(s.lastEpoch) } }
      return try StepwiseScheduler.started(
        StepwiseScheduler(
          "MultiStepLR", a.optimizer(),
          [("milestones", .list(milestones)), ("gamma", a.value("gamma", .double(0.1)))],
          closed: { s in
            let passed = s.list("milestones").count { $0 <= Double(s.lastEpoch) }
            return s.fromBase { $0 * C.pow(s.double("gamma"), Double(passed)) }
          }
        ) { s in hits(s) == 0 ? s.current : s.scaled(C.pow(s.double("gamma"), Double(hits(s)))) }, a)
    },
    SchedulerType("ConstantLR(optimizer, factor=0.3333333333333333, total_iters=5, last_epoch=-1)") { a, _ in
      let factor = try a.double("factor", default: 1.0 / 3)
      guard factor <= 1, factor >= 0 else {
        throw TorchError.value("Constant multiplicative factor expected to be between 0 and 1.")
      }
      return try StepwiseScheduler.started(
        StepwiseScheduler(
          "ConstantLR", a.optimizer(),
          [
            ("factor", a.value("factor", .double(1.0 / 3))), ("total_iters", a.value("total_iters", .int(5))),
          ],
          closed: { s in
            let f = s.double("factor")
            return s.fromBase { $0 * (f + (s.lastEpoch >= s.int("total_iters") ? 1 : 0) * (1 - f)) }
          }
        ) { s in
          if s.lastEpoch == 0 { return s.scaled(s.double("factor")) }
          if s.lastEpoch != s.int("total_iters") { return s.current }
          return s.scaled(try StepwiseScheduler.divided(1, by: s.double("factor"), "float division by zero"))
        }, a)
    },
    SchedulerType("ExponentialLR(optimizer, gamma, last_epoch=-1)") { a, _ in
      try StepwiseScheduler.started(
        StepwiseScheduler(
          "ExponentialLR", a.optimizer(), [("gamma", a.value("gamma", .none))],
          closed: { s in s.fromBase { $0 * C.pow(s.double("gamma"), Double(s.lastEpoch)) } }
        ) { s in s.isInitial ? s.current : s.scaled(s.double("gamma")) }, a)
    },
    SchedulerType("LambdaLR(optimizer, lr_lambda, last_epoch=-1)") { a, evaluate in
      let functions = try lambdas(a)
      return try StepwiseScheduler.started(
        StepwiseScheduler("LambdaLR", a.optimizer(), []) { s in
          try zip(functions, s.baseRates).map { f, base in product(base, try evaluate(f, .int(s.lastEpoch))) }
        }, a)
    },
    SchedulerType("MultiplicativeLR(optimizer, lr_lambda, last_epoch=-1)") { a, evaluate in
      let functions = try lambdas(a)
      for f in functions {
        guard case .other = f else {
          throw TorchError.type("lr_lambda should be a function, but got \(f.typeName)")
        }
      }
      return try StepwiseScheduler.started(
        StepwiseScheduler("MultiplicativeLR", a.optimizer(), []) { s in
          if s.isInitial { return s.current }
          return try zip(functions, s.current).map { f, rate in
            product(rate, try evaluate(f, .int(s.lastEpoch)))
          }
        }, a)
    },
  ]

  private static func lambdas(_ a: Arguments) throws -> [Argument] {
    let groups = try a.optimizer().groups.count
    guard let several = a["lr_lambda"]?.items else {
      return Array(repeating: a["lr_lambda"] ?? .none, count: groups)
    }
    guard several.count == groups else {
      throw TorchError.value("Expected \(groups) lr_lambdas, but got \(several.count)")
    }
    return several
  }
  /// As Python multiplies: whole numbers stay whole.
  private static func product(_ a: Argument, _ b: Argument) -> Argument {
    if case .int(let x) = a, case .int(let y) = b {
      let (value, overflow) = x.multipliedReportingOverflow(by: y)
      return overflow ? .double(Double(x) * Double(y)) : .int(value)
    }
    return .double((a.number?.double ?? .nan) * (b.number?.double ?? .nan))
  }
}
