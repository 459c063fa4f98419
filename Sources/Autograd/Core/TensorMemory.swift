import Recordings

extension Tensor {
  /// Where the first element lies: `data_ptr()`.
  ///
  /// Not the machine's address but a number of the same kind, given in the order of asking, so that a program prints
  /// the same on every run: equal where memory is shared, and one element's width apart for its neighbour. Zero where
  /// there are no elements.
  public var dataPointer: Int {
    count == 0 ? 0 : storagePointer + offset * dtype.byteCount
  }

  /// Where the memory begins that this tensor shares with its views.
  public var storagePointer: Int {
    guard storage.count > 0 else { return 0 }
    let context = Context.current
    if storage.place == 0 {
      let blocks = max(1, (storage.count * dtype.byteCount + 63) / 64)
      storage.place = context.nextPlace
      context.nextPlace = context.nextPlace &+ UInt32(clamping: blocks)
    }
    return 0x5580_0000_0000 + Int(storage.place) * 64
  }

  /// Counts the version up as a write would, without one: what was saved before is stale then.
  public func incrementVersion() throws {
    if let failure { throw failure }
    try write(by: "increment_version", .current) {}
  }

  /// All the memory of a tensor as a vector that shares it, with a version of its own: what a `storage()` reads.
  public func wholeStorage() throws -> Tensor {
    if let failure { throw failure }
    let out = Tensor(
      storage: storage, shape: [storage.count], strides: [1], offset: 0, device: device,
      counter: VersionCounter(), dtype: dtype)
    if let recorder = Context.current.recorder {
      recorder.record(
        .tensorDerived(
          TensorDerived(way: .data, from: recorder.id(of: self), to: recorder.id(of: out))))
    }
    return out
  }
}
