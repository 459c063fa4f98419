/// What a scene must never do, as values a test can print.
public enum SceneProblem: Hashable, Sendable, CustomStringConvertible {
  case duplicateID(String)
  case malformedID(String)
  case notFinite(id: String)
  case itemOutsideScene(id: String, by: Double)
  case textOutsideScene(id: String, text: String, by: Double)
  /// A text reaches beyond its own room or the frame of an item around it.
  case textOutsideBox(id: String, text: String, box: String, by: Double)
  case textsOverlap(id: String, text: String, otherID: String, other: String)
  /// An edge runs through a text.
  case lineThroughText(line: String, id: String, text: String)

  public var description: String {
    switch self {
    case .duplicateID(let id): return "the id \(id) occurs twice"
    case .malformedID(let id): return "the id \(quoted(id)) is not made of letters, digits, '.', '_', '-'"
    case .notFinite(let id): return "\(id) has a coordinate that is not a number"
    case .itemOutsideScene(let id, let by): return "\(id) leaves the scene by \(decimal(by, 1))"
    case .textOutsideScene(let id, let text, let by):
      return "the text \(quoted(text)) of \(id) leaves the scene by \(decimal(by, 1))"
    case .textOutsideBox(let id, let text, let box, let by):
      return "the text \(quoted(text)) of \(id) leaves the box of \(box) by \(decimal(by, 1))"
    case .textsOverlap(let id, let text, let otherID, let other):
      return "the text \(quoted(text)) of \(id) overlaps \(quoted(other)) of \(otherID)"
    case .lineThroughText(let line, let id, let text):
      return "the line of \(line) runs through the text \(quoted(text)) of \(id)"
    }
  }
}

extension Scene {
  /// Everything wrong with the geometry: texts over texts, texts or shapes beyond their place, lines
  /// through texts, ids twice. A figure's test expects none.
  ///
  /// Shapes are measured without the width of their strokes; half a point is forgiven everywhere.
  public func problems(measuring measurer: some TextMeasuring) -> [SceneProblem] {
    var found: [SceneProblem] = []
    var seen: Set<String> = []
    var texts: [PlacedText] = []
    var lines: [(id: String, path: Path)] = []
    let page = Rect(0, 0, size.width, size.height)

    func visit(_ item: Item, _ frames: [(id: String, rect: Rect)]) {
      if !seen.insert(item.id).inserted { found.append(.duplicateID(item.id)) }
      if !item.id.isSceneID { found.append(.malformedID(item.id)) }
      var frames = frames
      if let frame = item.frame { frames.append((item.id, frame)) }
      var finite = item.frame?.isFinite ?? true
      var beyond = item.frame.map { $0.excess(over: page) } ?? 0
      for shape in item.shapes {
        if case .text(let text) = shape {
          let box = measurer.box(text)
          guard box.isFinite else {
            finite = false
            continue
          }
          if !text.string.allSatisfy({ $0 == " " }) {
            texts.append(PlacedText(id: item.id, string: text.string, box: box))
          }
          let out = box.excess(over: page)
          if out > 0.5 { found.append(.textOutsideScene(id: item.id, text: text.string, by: out)) }
          for (name, rect) in frames + (text.room.map { [("its room", $0)] } ?? []) {
            let by = box.excess(over: rect)
            if by > 0.5 {
              found.append(.textOutsideBox(id: item.id, text: text.string, box: name, by: by))
            }
          }
        } else if let bounds = shape.bounds {
          if bounds.isFinite { beyond = max(beyond, bounds.excess(over: page)) } else { finite = false }
          if case .arrow(let arrow) = shape { lines.append((item.id, arrow.path)) }
        }
      }
      if !finite { found.append(.notFinite(id: item.id)) }
      if beyond > 0.5 { found.append(.itemOutsideScene(id: item.id, by: beyond)) }
      for child in item.children { visit(child, frames) }
    }
    for item in items { visit(item, []) }
    found += overlaps(texts)
    for (id, path) in lines where path.bounds?.isFinite == true {
      for text in texts where text.box.inset(1, 1).isCrossed(by: path) {
        found.append(.lineThroughText(line: id, id: text.id, text: text.string))
      }
    }
    return found
  }

  /// Overlapping pairs, by a sweep from top to bottom: a table of a thousand cells is quick.
  private func overlaps(_ texts: [PlacedText]) -> [SceneProblem] {
    var found: [SceneProblem] = []
    let order = texts.indices.sorted { (texts[$0].box.minY, $0) < (texts[$1].box.minY, $1) }
    var open: [Int] = []
    for index in order {
      let text = texts[index]
      open.removeAll { texts[$0].box.maxY < text.box.minY }
      for other in open where texts[other].box.overlaps(text.box, tolerance: 0.5) {
        let (a, b) = (texts[min(other, index)], texts[max(other, index)])
        found.append(.textsOverlap(id: a.id, text: a.string, otherID: b.id, other: b.string))
      }
      open.append(index)
    }
    return found
  }
}

private struct PlacedText {
  var id: String
  var string: String
  var box: Rect
}

extension Shape {
  /// The box around the shape without its stroke; `nil` for texts (which need measuring) and empty paths.
  public var bounds: Rect? {
    switch self {
    case .rectangle(let shape): return shape.rect
    case .ellipse(let shape): return shape.rect
    case .path(let shape): return shape.path.bounds
    case .arrow(let arrow):
      return arrow.heads.compactMap(\.bounds).reduce(arrow.path.bounds) { $0?.union($1) ?? $1 }
    case .text: return nil
    }
  }
}

extension Rect {
  /// How far this box reaches beyond `other` on its worst side; 0 when it does not.
  fileprivate func excess(over other: Rect) -> Double {
    max(0, other.minX - minX, maxX - other.maxX, other.minY - minY, maxY - other.maxY)
  }

  /// Whether any part of the path lies inside.
  fileprivate func isCrossed(by path: Path) -> Bool {
    guard width > 0, height > 0, let bounds = path.bounds, overlaps(bounds.inset(-0.01, -0.01)) else {
      return false
    }
    let points = path.flattened()
    for (a, b) in zip(points, points.dropFirst()) where isCrossed(from: a, to: b) { return true }
    return false
  }

  /// Liang–Barsky: the part of the segment inside all four sides is not empty.
  private func isCrossed(from a: Point, to b: Point) -> Bool {
    var (low, high) = (0.0, 1.0)
    let (dx, dy) = (b.x - a.x, b.y - a.y)
    for (p, q) in [(-dx, a.x - minX), (dx, maxX - a.x), (-dy, a.y - minY), (dy, maxY - a.y)] {
      if p == 0 {
        if q < 0 { return false }
      } else if p < 0 {
        low = max(low, q / p)
      } else {
        high = min(high, q / p)
      }
    }
    return low < high
  }
}

extension String {
  fileprivate var isSceneID: Bool {
    !isEmpty
      && utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
          return true
        default: return false
        }
      }
  }
}
