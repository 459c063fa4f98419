import Recordings

/// The gradients of a layer of an LSTM where they may be differentiated again.
extension Modules {
  /// Backpropagation through time, step by step, in the order of the formula that PyTorch uses under `create_graph`.
  ///
  /// - Parameters:
  ///   - grads: of all outputs, of the last hidden state and of the last cell state.
  ///   - kept: the input, two weights, two biases, which are empty where there are none, and the states before.
  static func lstmSlopes(
    _ grads: [Tensor?], _ kept: [Tensor], hasBias: Bool, isReversed: Bool, _ isNeeded: (Int) -> Bool
  ) throws -> [Tensor?] {
    let (x, wx, wh) = (kept[0], kept[1], kept[2])
    // Where there are no biases PyTorch adds nothing all the same.
    let (bx, bh) =
      hasBias
      ? (kept[3], kept[4]) : (try Ops.zeros([wx.shape[0]], wx.dtype), try Ops.zeros([wx.shape[0]], wx.dtype))
    let length = x.shape[0]
    let order = isReversed ? Array((0..<length).reversed()) : Array(0..<length)
    func rows(_ t: Int) throws -> Tensor { try Ops.select(x, 0, t) }
    // What the steps computed, once more.
    var states = [(h: kept[5], c: kept[6])]
    var parts: [[Tensor]] = []
    for (k, t) in order.enumerated() {
      let all = try Ops.add(
        gateSums(rows(t), wx, bx), gateSums(states[k].h, wh, bh))
      let chunks = try gateChunks(all, 4)
      let now = try chunks.enumerated().map { try $0 == 2 ? Ops.tanh($1) : Ops.sigmoid($1) }
      guard now.count == 4 else { throw TorchError.runtime("LSTM: gates do not fit") }
      parts.append(now)
      let c = try Ops.add(Ops.mul(now[1], states[k].c), Ops.mul(now[0], now[2]))
      states.append((try Ops.mul(now[3], Ops.tanh(c)), c))
    }
    let one = try Ops.n(1)
    /// `1 − a · a`, and `1 − a`.
    func slopeOfTanh(_ a: Tensor, _ b: Tensor) throws -> Tensor { try Ops.sub(one, Ops.mul(a, b)) }
    func throughSigmoid(_ g: Tensor, _ s: Tensor) throws -> Tensor {
      try Ops.mul(Ops.mul(g, s), Ops.sub(one, s))
    }
    let outputs = try grads[0].map { try Ops.contiguous($0) }
    var gradH = try grads[1].map { try Ops.contiguous($0) } ?? Ops.zerosLike(kept[5])
    var gradC = try grads[2].map { try Ops.contiguous($0) } ?? Ops.zerosLike(kept[6])
    let nothing = try Ops.zerosLike(kept[5])
    var (dx, dWx, dWh, db): ([Tensor?], Tensor?, Tensor?, Tensor?) = (
      Array(repeating: nil, count: length), nil, nil, nil
    )
    for (k, t) in order.enumerated().reversed() {
      let (i, f, g, o) = (parts[k][0], parts[k][1], parts[k][2], parts[k][3])
      let c = states[k + 1].c
      let newH = try Ops.add(outputs.map { try Ops.select($0, 0, t) } ?? nothing, gradH)
      // The one that C++ computes last of its arguments is made first.
      let (second, first) = (try Ops.tanh(c), try Ops.tanh(c))
      let d = try Ops.add(gradC, Ops.mul(Ops.mul(newH, o), slopeOfTanh(first, second)))
      let (dg, di) = (try Ops.mul(d, i), try Ops.mul(d, g))
      let before = try Ops.mul(d, f)
      let df = try Ops.mul(d, states[k].c)
      let dO = try throughSigmoid(Ops.mul(newH, Ops.tanh(c)), o)
      let insideG = try Ops.mul(dg, slopeOfTanh(g, g))
      let insideF = try throughSigmoid(df, f)
      let all = try Ops.cat([throughSigmoid(di, i), insideF, insideG, dO], 1)
      let sums = try Ops.sum(all, dim: [0])
      dx[t] = try Ops.unsqueeze(Ops.mm(all, wx), 0)
      gradH = try Ops.mm(all, wh)
      gradC = before
      let (forX, forH) = (
        try Ops.mm(Ops.transpose(all, 0, 1), rows(t)), try Ops.mm(Ops.transpose(all, 0, 1), states[k].h)
      )
      db = try db.map { try Ops.add($0, sums) } ?? sums
      dWx = try dWx.map { try Ops.add($0, forX) } ?? forX
      dWh = try dWh.map { try Ops.add($0, forH) } ?? forH
    }
    let all = [try Ops.cat(dx.compactMap(\.self), 0), dWx, dWh, db, db, gradH, gradC]
    return all.enumerated().map { isNeeded($0) ? $1 : nil }
  }
}
