import Synchronization

/// A flag that stops a running program from another thread or a signal handler.
public final class Interrupt: Sendable {
  private let flag = Atomic<Bool>(false)
  public init() {}
  public func set() { flag.store(true, ordering: .relaxed) }
  public func clear() { flag.store(false, ordering: .relaxed) }
  public var isSet: Bool { flag.load(ordering: .relaxed) }
}
