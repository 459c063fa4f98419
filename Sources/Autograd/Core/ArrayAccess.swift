public import Recordings

/// Plain access to a tensor's memory, for arrays that share it: `torch.from_numpy`, `tensor.numpy()`.
extension Tensor {
  /// A tensor of row-major numbers that no recorder hears of until it meets one.
  ///
  /// Throws `RuntimeError` where there is not enough memory.
  public static func plain(_ shape: [Int], _ numbers: [Number], _ dtype: DType) throws -> Tensor {
    let out = try Tensor(zeros: shape, dtype)
    out.setRaw(numbers)
    return out
  }

  /// Says that NumPy has the memory, too.
  public func shareMemory() { storage.isShared = true }

  /// Another tensor on the same memory; `nil` where it would reach outside.
  public func plainView(shape: [Int], strides: [Int], offset: Int) -> Tensor? {
    guard shape.count == strides.count, shape.allSatisfy({ $0 >= 0 }) else { return nil }
    if !shape.contains(0) {
      var (low, high) = (offset, offset)
      for (n, step) in zip(shape, strides) {
        if step < 0 { low += (n - 1) * step } else { high += (n - 1) * step }
      }
      guard low >= 0, high < storage.count else { return nil }
    }
    return Tensor(
      storage: storage, shape: shape, strides: strides, offset: offset, device: device, counter: counter)
  }

  /// Whether both lie in one memory.
  public func sharesMemory(with other: Tensor) -> Bool { storage === other.storage }

  /// Writes numbers at places of the memory, as an array's assignment does.
  ///
  /// A recorder that knows the memory is told, as of any write.
  public func plainWrite(_ numbers: [Number], at positions: [Int]) throws {
    let whole = Tensor(storage: storage, shape: [storage.count], counter: counter)
    if let recorder = Context.current.recorder, storage.mark.serial == recorder.serial {
      var values = whole.numbers()
      for (n, p) in zip(numbers, positions) where values.indices.contains(p) { values[p] = n }
      let source = try Tensor.plain([storage.count], values, dtype)
      _ = try withNoGrad { try Ops.copyInto(whole, source) }
      return
    }
    // One element tensors would cost too much: place by place.
    let one = Tensor(storage: storage, shape: [])
    for (n, p) in zip(numbers, positions) where p >= 0 && p < storage.count {
      one.offset = p
      one.setRaw([n])
    }
  }

  /// Places of all elements in the memory, row-major.
  public var positions: [Int] { storagePositions(shape: shape, strides: strides, offset: offset) }
}
