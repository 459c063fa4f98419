import Synchronization

/// Numbers that tell recorders of one process apart.
enum Serial {
  private static let last = Atomic<UInt32>(0)
  static func next() -> UInt32 { last.wrappingAdd(1, ordering: .relaxed).newValue }
}
