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
      let open = String(repeating: "[", count: shape.count)
      let close = "]" + String(repeating: ", …]", count: shape.count - 1)
      let row = min(shape.last ?? 1, texts.count)
      for kept in stride(from: min(4, row), through: 1, by: -1) {
        let more = kept < row ? ", …" : ""
        all.append(typographic(open + texts.prefix(kept).joined(separator: ", ") + more + close))
      }
    }
    let whole = typographic(inline(limit: 0))
    all.append(whole)
    let summary = statistics
    if summary.norm.isFinite {
      all.append("\(shapeText(shape)) norm \(typographic(scalarText(summary.norm)))")
    }
    all.append(shapeText(shape))
    return all
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
