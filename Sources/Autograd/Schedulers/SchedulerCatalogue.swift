/// Every scheduler, once.
public enum SchedulerCatalogue {
  public static let all: [SchedulerType] =
    stepwise + smooth + averaging + [
      SchedulerType(
        "CyclicLR(optimizer, base_lr, max_lr, step_size_up=2000, step_size_down=None, mode='triangular', gamma=1.0, "
          + "scale_fn=None, scale_mode='cycle', cycle_momentum=True, base_momentum=0.8, max_momentum=0.9, "
          + "last_epoch=-1)"
      ) { a, evaluate in try CyclicLR(a, evaluate) },
      SchedulerType(
        "OneCycleLR(optimizer, max_lr, total_steps=None, epochs=None, steps_per_epoch=None, pct_start=0.3, "
          + "anneal_strategy='cos', cycle_momentum=True, base_momentum=0.85, max_momentum=0.95, div_factor=25.0, "
          + "final_div_factor=10000.0, three_phase=False, last_epoch=-1)"
      ) { a, _ in try OneCycleLR(a) },
      SchedulerType("ChainedScheduler(schedulers, optimizer=None)") { a, _ in try ChainedScheduler(a) },
      SchedulerType("SequentialLR(optimizer, schedulers, milestones, last_epoch=-1)") { a, _ in
        try SequentialLR(a)
      },
      SchedulerType(
        "ReduceLROnPlateau(optimizer, mode='min', factor=0.1, patience=10, threshold=0.0001, threshold_mode='rel', "
          + "cooldown=0, min_lr=0, eps=1e-08)"
      ) { a, _ in try PlateauScheduler(a) },
    ]

  private static let byName: [String: SchedulerType] = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  public static subscript(name: String) -> SchedulerType? { byName[name] }
}
