import Recordings

/// `torch.optim.swa_utils.SWALR`: from the rate there is to a constant one.
extension SchedulerCatalogue {
  static let averaging: [SchedulerType] = [
    SchedulerType("SWALR(optimizer, swa_lr, anneal_epochs=10, anneal_strategy='cos', last_epoch=-1)") {
      a, _ in
      let optimizer = try a.optimizer()
      let rates: [Argument]
      if let items = a["swa_lr"]?.items {
        guard items.count == optimizer.groups.count else {
          throw TorchError.value(
            "swa_lr must have the same length as optimizer.param_groups. swa_lr has \(items.count) values, "
              + "param_groups has \(optimizer.groups.count).")
        }
        rates = items
      } else {
        rates = optimizer.groups.map { _ in a["swa_lr"] ?? .none }
      }
      for (k, rate) in rates.enumerated() {
        optimizer.setQuietly("swa_lr", .double(rate.number?.double ?? 0), group: k)
      }
      let strategy = try a.string("anneal_strategy", default: "cos")
      guard strategy == "cos" || strategy == "linear" else {
        throw TorchError.value("anneal_strategy must be one of 'cos' or 'linear', instead got \(strategy)")
      }
      let epochs = a.value("anneal_epochs", .int(10))
      guard case .int(let n) = epochs, n >= 0 else {
        throw TorchError.value(
          "anneal_epochs must be equal or greater than 0, got \(Modules.text(epochs))")
      }
      return try StepwiseScheduler.started(
        StepwiseScheduler(
          "SWALR", optimizer, [("_anneal_strategy", .string(strategy)), ("anneal_epochs", epochs)]
        ) { s in annealed(s) }, a)
    }
  ]

  private static func annealed(_ s: Scheduler) -> [Argument] {
    let epochs = s.int("anneal_epochs")
    var step = Double(s.int("_step_count") - 1)
    if epochs == 0 { step = max(1, step) }
    let isCosine = s.string("_anneal_strategy") == "cos"
    func part(_ step: Double) -> Double {
      let t = max(0, min(1, step / Double(max(1, epochs))))
      return isCosine ? (1 - C.cos(.pi * t)) / 2 : t
    }
    let (before, now) = (part(step - 1), part(step))
    return s.optimizer.groups.map { group in
      let (rate, end) = (group.double("lr"), group.double("swa_lr"))
      let first = before == 1 ? end : (rate - before * end) / (1 - before)
      return .double(end * now + first * (1 - now))
    }
  }
}
