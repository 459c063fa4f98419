import Recordings

/// Rows of all sequences that go on, step after step of time.
public enum SequencePacking {
  /// - Parameters:
  ///   - input: time × batch × …, the longest sequences first; batch × time × … where `isBatchFirst`.
  ///   - sizes: how many sequences go on at each step.
  public static func pack(_ input: Tensor, _ sizes: [Int], isBatchFirst: Bool = false) throws -> Tensor {
    try Ops.composed("_pack_padded_sequence", "PackPaddedSequenceBackward0", [input], label: "pack") { x in
      try Ops.cat(
        sizes.enumerated().map { step, size in
          try Ops.slice(Ops.select(x[0], isBatchFirst ? 1 : 0, step), 0, 0, size, 1)
        }, 0)
    }
  }
}
