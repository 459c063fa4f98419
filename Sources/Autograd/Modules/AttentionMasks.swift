import Recordings

/// Which places attention must not look at: a mask for pairs of positions, and one for keys that are padding.
///
/// Both are added to the scores; of booleans, `True` becomes −∞.
struct AttentionMasks {
  private var pairs: Tensor?
  private var padding: Tensor?

  /// Throws where queries, keys, values and masks have dimensions that do not go together.
  static func checkDimensions(
    _ q: Tensor, _ k: Tensor, _ v: Tensor, _ x: Arguments, heads: Int
  ) throws {
    func refuse(_ message: String) -> TorchError { TorchError(.assertion, message) }
    guard q.dim == 2 || q.dim == 3 else {
      throw refuse("query should be unbatched 2D or batched 3D tensor but received \(q.dim)-D query tensor")
    }
    let isBatch = q.dim == 3
    let what = "For \(isBatch ? "batched (3-D)" : "unbatched (2-D)") `query`, expected"
    guard k.dim == q.dim, v.dim == q.dim else {
      throw refuse(
        "\(what) `key` and `value` to be \(q.dim)-D but found \(k.dim)-D and \(v.dim)-D tensors respectively")
    }
    if let mask = try x.optionalTensor("key_padding_mask"), mask.dim != q.dim - 1 {
      throw refuse(
        "\(what) `key_padding_mask` to be `None` or \(q.dim - 1)-D but found \(mask.dim)-D tensor instead")
    }
    guard let mask = try x.optionalTensor("attn_mask") else { return }
    guard mask.dim == 2 || mask.dim == 3 else {
      throw refuse(
        "\(what) `attn_mask` to be `None`, 2-D or 3-D but found \(mask.dim)-D tensor instead")
    }
    let wanted = [heads, q.shape[0], k.shape[0]]
    if !isBatch, mask.dim == 3, mask.shape != wanted {
      throw refuse(
        "Expected `attn_mask` shape to be (\(wanted.map(String.init).joined(separator: ", "))) but got "
          + sizeText(mask.shape))
    }
  }

  /// The masks of a call, of this dtype.
  init(_ x: Arguments, dtype: DType, isBatch: Bool) throws {
    func additive(_ name: String) throws -> Tensor? {
      guard let mask = try x.optionalTensor(name) else { return nil }
      if mask.dtype.isFloatingPoint { return mask }
      guard mask.dtype == .bool else {
        throw TorchError(.assertion, "only bool and floating types of \(name) are supported")
      }
      let zeros = try Ops.full(mask.shape, .double(0), dtype, op: "zeros_like")
      let filled = try Modules.call("masked_fill", [.tensor(zeros), .tensor(mask), .double(-.infinity)])
      if case .tensor(let t) = filled { return t }
      return nil
    }
    padding = try additive("key_padding_mask")
    pairs = try additive("attn_mask")
    if try x.bool("is_causal"), pairs == nil {
      throw TorchError.runtime(
        "Need attn_mask if specifying the is_causal hint. You may use the Transformer module method "
          + "`generate_square_subsequent_mask` to create this mask.")
    }
    if let one = padding, !isBatch { padding = try Ops.unsqueeze(one, 0) }
  }

  /// The mask for pairs with three dimensions. Throws where its size, or that of the padding, is wrong.
  func checked(length: Int, source: Int, batch: Int, heads: Int) throws -> Tensor? {
    var grid = pairs
    if let mask = pairs {
      let wanted = (mask.dim == 2 ? [] : [batch * heads]) + [length, source]
      guard mask.shape == wanted else {
        throw TorchError.runtime(
          "The shape of the \(mask.dim)D attn_mask is \(sizeText(mask.shape)), but should be "
            + "(\(wanted.map(String.init).joined(separator: ", "))).")
      }
      grid = mask.dim == 2 ? try Ops.unsqueeze(mask, 0) : mask
    }
    if let padding {
      for (k, wanted) in [batch, source].enumerated() where padding.shape[k] != wanted {
        throw TorchError(
          .assertion, "Expected key_padded_mask.shape[\(k)] to be \(wanted), but got \(padding.shape[k])")
      }
    }
    return grid
  }

  /// Both in one, as it is added to (batch × heads, length, source); `nil` where there is none.
  func joined(_ grid: Tensor?, batch: Int, heads: Int, source: Int) throws -> Tensor? {
    guard let padding else { return grid }
    let wide = try Ops.expand(Ops.view(padding, [batch, 1, 1, source]), [-1, heads, -1, -1])
    let rows = try Ops.reshape(wide, [batch * heads, 1, source])
    return try grid.map { try Ops.add($0, rows) } ?? rows
  }
}
