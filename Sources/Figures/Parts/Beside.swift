import Drawing

extension Path {
  /// The path beside this one, at the same distance all along, however it bends: ``parallel(_:)`` moves
  /// control points and is exact at the ends of a piece only, so the pieces are made short first.
  func beside(_ distance: Double) -> Path {
    guard let first = elements.first else { return self }
    var short = Path([first])
    for piece in pieces {
      if piece.isStraight {
        short.elements.append(.line(piece.p3))
        continue
      }
      var rest = piece
      for left in stride(from: 6.0, to: 1, by: -1) {
        let (head, tail) = rest.split(at: 1 / left)
        short.elements.append(.cubic(head.p1, head.p2, head.p3))
        rest = tail
      }
      short.elements.append(.cubic(rest.p1, rest.p2, rest.p3))
    }
    return short.parallel(distance)
  }
}

extension Cubic {
  /// De Casteljau: the two curves that make this one.
  fileprivate func split(at t: Double) -> (Cubic, Cubic) {
    let (a, b, c) = (p0.mixed(with: p1, t), p1.mixed(with: p2, t), p2.mixed(with: p3, t))
    let (d, e) = (a.mixed(with: b, t), b.mixed(with: c, t))
    let middle = d.mixed(with: e, t)
    return (Cubic(p0, a, d, middle), Cubic(middle, e, c, p3))
  }
}
