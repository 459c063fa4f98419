import Synchronization

/// What the frames of one recording share: positions, widths, rows; worked out once.
///
/// A cache serves one recording and one measurer.
public final class LayoutCache: Sendable {
  private let plans = Mutex<[PlanKey: any Sendable]>([:])

  public init() {}

  /// The plan under a key, made at the first call.
  func plan<Plan: Sendable>(
    _ kind: String, _ options: FigureOptions, _ make: () throws(FigureError) -> Plan
  ) throws(FigureError) -> Plan {
    let key = PlanKey(kind: kind, options: options)
    if let known = plans.withLock({ $0[key] }) as? Plan { return known }
    let made = try make()
    plans.withLock { $0[key] = made }
    return made
  }
}

private struct PlanKey: Hashable, Sendable {
  var kind: String
  var options: FigureOptions
}
