/// How much of the values a recorder keeps. It thins values, never events.
///
/// ```swift
/// Recorder(policy: CapturePolicy(budget: nil))        // all values, whatever they take
/// Recorder(policy: CapturePolicy(budget: 64 << 20))   // 64 MB of them, then as Thinning says
/// ```
public struct CapturePolicy: Sendable, Equatable {
  /// Storages of more elements than this are summarised at once.
  public var wholeLimit: Int
  /// Bytes that values of more than ``smallCount`` elements may take together before they are thinned
  /// (``Thinning``); `nil` for no bound.
  public var budget: Int?

  public init(wholeLimit: Int = 4096, budget: Int? = nil) {
    self.wholeLimit = wholeLimit
    self.budget = budget
  }

  /// Values of up to so many elements are never thinned.
  public static let smallCount = 64
  /// What commands use where nothing else is asked for: 32 MB.
  public static let standardBudget = 32 << 20
}
