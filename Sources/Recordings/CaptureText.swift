extension Capture {
  /// The numbers on one line, as PyTorch prints them but for the padding: `[1., 2.]`, `300.`,
  /// `[[1., 2.], [3., 4.]]`; larger tensors give their shape and norm.
  ///
  /// - Parameter limit: how many elements are spelled out.
  public func inline(limit: Int = 16) -> String {
    guard case .whole(let elements) = content else {
      if case .summary(let s) = content {
        if s.isUnknown { return "\(Story.shape(shape)), thinned, not kept" }
        let format = NumberFormat(of: .double([s.minimum, s.maximum, s.norm]))
        return "\(Story.shape(shape)) from \(format.text(s.minimum)) to \(format.text(s.maximum)),"
          + " norm \(format.text(s.norm))\(s.isThinned ? ", thinned" : "")"
      }
      return Story.shape(shape)
    }
    guard elements.count <= limit else {
      let s = Summary(of: elements)
      let format = NumberFormat(of: .double([s.minimum, s.maximum, s.norm]))
      return "\(Story.shape(shape)) from \(format.text(s.minimum)) to \(format.text(s.maximum)),"
        + " norm \(format.text(s.norm))"
    }
    return nested(elementTexts)
  }

  /// Each element's text in the common format, row-major; empty where only a summary was kept.
  public var elementTexts: [String] {
    guard let elements else { return [] }
    let format = NumberFormat(of: elements)
    return (0..<elements.count).map { format.text(elements, at: $0) }
  }

  private func nested(_ texts: [String]) -> String {
    if shape.isEmpty { return texts.first ?? "" }
    var at = 0
    func level(_ d: Int) -> String {
      if d == shape.count {
        defer { at += 1 }
        return at < texts.count ? texts[at] : ""
      }
      if shape[d] == 0 { return "[]" }
      return "[" + (0..<shape[d]).map { _ in level(d + 1) }.joined(separator: ", ") + "]"
    }
    return level(0)
  }
}
