import Drawing
import Recordings

/// Numbers as PyTorch prints them, with a true minus sign.
func typographic(_ text: String) -> String {
  guard text.utf8.contains(UInt8(ascii: "-")) else { return text }
  return String(text.map { $0 == "-" ? "−" : $0 })
}

/// A shape as Python prints the tuple: `(2,)`, `()`.
func shapeText(_ shape: [Int]) -> String { Story.shape(shape) }

extension Capture {
  /// The fullest text that fits: all numbers, the first of a vector, range and norm, the shape.
  func fitting(_ width: Double, _ style: TextStyle, _ measuring: some TextMeasuring) -> String {
    for text in candidates where measuring.fits(text, style, width: width) { return text }
    return measuring.shortened(shapeText(shape), style, width: width)
  }

  /// Texts from the fullest to the shortest.
  var candidates: [String] {
    var all: [String] = []
    if let elements, elements.count <= 64 { all.append(typographic(inline(limit: 64))) }
    if shape.count == 1, elements != nil {
      let texts = (elements?.count ?? 0) <= 4096 ? elementTexts : []
      for kept in stride(from: min(5, texts.count - 1), through: 1, by: -1) where kept >= 1 {
        all.append(typographic("[" + texts.prefix(kept).joined(separator: ", ") + ", …]"))
      }
    }
    if shape.isEmpty { return all }
    if shape.count > 1, let elements, elements.count > 1, elements.count <= 4096 {
      let texts = elementTexts
      for kept in stride(from: min(6, texts.count - 1), through: 1, by: -1) {
        all.append(typographic(elided(texts, keeping: kept)))
      }
    }
    let whole = typographic(inline(limit: 0))
    all.append(whole)
    let summary = statistics
    if summary.norm.isFinite {
      all.append(
        "\(shapeText(shape)) norm \(typographic(scalarText(summary.norm)))\(isThinned ? ", thinned" : "")")
    }
    if isThinned { all.append("\(shapeText(shape)), thinned") }
    all.append(shapeText(shape))
    return all
  }

  /// The brackets of a tensor around its first elements: `[[1., 2., …], …]`.
  private func elided(_ texts: [String], keeping kept: Int) -> String {
    var at = 0
    func level(_ d: Int) -> String {
      if d == shape.count {
        defer { at += 1 }
        return texts[at]
      }
      var parts: [String] = []
      for _ in 0..<shape[d] {
        if at >= kept {
          parts.append("…")
          break
        }
        parts.append(level(d + 1))
      }
      return "[" + parts.joined(separator: ", ") + "]"
    }
    return level(0)
  }

  /// Range and norm, measured or as recorded.
  var statistics: Summary {
    if case .summary(let summary) = content { return summary }
    return Summary(of: elements ?? .double([]))
  }
}

/// A number alone, as PyTorch prints a scalar of it.
func scalarText(_ value: Double) -> String {
  Capture(shape: [], dtype: .float64, content: .whole(.double([value]))).inline()
}
