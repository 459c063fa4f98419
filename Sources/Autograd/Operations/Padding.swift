import Recordings

/// Padding by what is in a tensor already: mirrored, repeated at the edge, going round.
extension Ops {
  enum PaddingMode: String { case reflect, replicate, circular }

  static func pad(_ t: Tensor, _ amounts: [Int], _ mode: PaddingMode) throws -> Tensor {
    let rank = amounts.count / 2
    guard amounts.count % 2 == 0 else { throw TorchError.runtime("Padding length must be divisible by 2") }
    guard rank <= t.dim else {
      throw TorchError.runtime(
        "Padding length should be less than or equal to two times the input dimension but got padding length "
          + "\(amounts.count) and input of dimension \(t.dim)")
    }
    guard (1...3).contains(rank), t.dim == rank + 1 || t.dim == rank + 2 else {
      throw TorchError(
        .notImplemented,
        """
        Padding size \(amounts.count) is not supported for \(t.dim)D input tensor.
        Supported combinations for non-constant padding:
          - 2D or 3D input: padding size = 2 (pads last dimension)
          - 3D or 4D input: padding size = 4 (pads last 2 dimensions)
          - 4D or 5D input: padding size = 6 (pads last 3 dimensions)
        """)
    }
    var out = t.shape
    for k in 0..<rank {
      let d = t.dim - 1 - k
      let (before, after) = (amounts[2 * k], amounts[2 * k + 1])
      if mode == .reflect, before >= t.shape[d] || after >= t.shape[d] {
        throw TorchError.runtime(
          "Argument #\(2 * rank + 2 - 2 * k == 4 ? 4 : 4 + 2 * k): Padding size should be less than the corresponding "
            + "input dimension, but got: padding (\(before), \(after)) at dimension \(d) of input "
            + listText(t.shape))
      }
      if mode == .circular, before > t.shape[d] || after > t.shape[d] {
        throw TorchError.runtime("Padding value causes wrapping around more than once.")
      }
      let (size, overflow) = t.shape[d].addingReportingOverflow(before &+ after)
      guard !overflow, size > 0 || (size == 0 && mode == .circular) else {
        throw TorchError.runtime(
          "input (\(["W", "H", "D"][k]): \(t.shape[d])) is too small. Calculated output "
            + "\(["W", "H", "D"][k]): \(size)")
      }
      out[d] = size
    }
    return mode == .circular ? try goingRound(t, amounts, out) : try fromWithin(t, amounts, out, mode, rank)
  }

  /// One node: each element is one of the input's.
  private static func fromWithin(
    _ t: Tensor, _ amounts: [Int], _ out: [Int], _ mode: PaddingMode, _ rank: Int
  ) throws -> Tensor {
    var at = [0]
    let strides = contiguousStrides(t.shape)
    for d in t.shape.indices {
      let k = t.dim - 1 - d
      let before = k < rank ? amounts[2 * k] : 0
      let n = t.shape[d]
      let places = (0..<out[d]).map { i -> Int in
        let p = i - before
        guard mode == .reflect else { return min(max(p, 0), n - 1) }
        return p < 0 ? -p : p >= n ? 2 * (n - 1) - p : p
      }
      at = at.flatMap { start in places.map { start + $0 * strides[d] } }
    }
    let name = mode == .reflect ? "Reflection" : "Replication"
    return try gathered(
      "\(mode == .reflect ? "reflection" : "replication")_pad\(rank)d", t, out, at,
      node: "\(name)Pad\(rank)DBackward0", label: "pad", again: "\(name)Pad\(rank)DBackwardBackward0")
  }

  /// The input in the middle, then each side copied from the other, the last dimension first.
  private static func goingRound(_ t: Tensor, _ amounts: [Int], _ out: [Int]) throws -> Tensor {
    let whole = try Context.current.quietly { try zeros(out, t.dtype, device: t.device) }
    var (inner, source) = (whole, t)
    for k in 0..<amounts.count / 2 {
      let d = t.dim - 1 - k
      let (before, after) = (amounts[2 * k], amounts[2 * k + 1])
      inner = try slice(inner, d, max(before, 0), out[d] - max(after, 0), 1)
      source = try slice(source, d, max(-before, 0), t.shape[d] - max(-after, 0), 1)
    }
    _ = try copyInto(inner, source)
    for k in 0..<amounts.count / 2 {
      let d = t.dim - 1 - k
      let (before, after) = (amounts[2 * k], amounts[2 * k + 1])
      if before > 0 {
        let end = out[d] - max(after, 0)
        _ = try copyInto(slice(whole, d, 0, before, 1), slice(whole, d, end - before, end, 1))
      }
      if after > 0 {
        let start = max(before, 0)
        _ = try copyInto(slice(whole, d, out[d] - after, out[d], 1), slice(whole, d, start, start + after, 1))
      }
    }
    return whole
  }

  static let paddingOperations = [
    Operation("pad(input, pad, mode='constant', value=None)", [.functional("pad")]) { a in
      let (t, amounts) = (try a.tensor("input"), try a.sizes("pad"))
      let mode = try a.string("mode", default: "constant")
      if let value = try a.optionalNumber("value") { try checkFits(value, t.dtype) }
      if mode == "constant" { return .tensor(try pad(t, amounts, a.optionalNumber("value")?.double ?? 0)) }
      guard let mode = PaddingMode(rawValue: mode) else {
        throw TorchError(.notImplemented, "Unrecognised padding mode \(mode)")
      }
      guard !a.has("value") else {
        throw TorchError.runtime(
          "Padding mode \"\(mode.rawValue)\" doesn't take in value argument")
      }
      return .tensor(try pad(t, amounts, mode))
    }
  ]
}
