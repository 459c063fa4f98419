import Drawing
import Recordings

/// A tensor as a grid of coloured cells, with numbers where they fit.
struct HeatGrid: Sendable {
  static let maximumNumbered = 16
  static let maximumCells = 48
  static let cellHeight = 28.0
  static let gap = 2.0
  static let blockGap = 8.0

  /// What each cell stands for: rows and columns of elements.
  let rows: Int
  let columns: Int
  /// After so many rows a gap shows that a leading dimension went on.
  let blockRows: Int
  /// Elements a cell averages, down and across; 1 by 1 for most.
  let pooling: (down: Int, across: Int)
  let cell: Size
  let hasNumbers: Bool
  /// Nothing but a summary was kept, or there is nothing to show.
  let isSummary: Bool
  let shape: [Int]

  /// - Parameters:
  ///   - characters: the widest number.
  ///   - advance: the width of a character.
  ///   - room: the widest a grid with numbers may be.
  init(shape: [Int], isWhole: Bool, characters: Int, advance: Double, room: Double) {
    self.shape = shape
    let count = elementCount(shape)
    guard isWhole, count > 0, count <= 1 << 20 else {
      (rows, columns, blockRows, pooling, cell) = (1, 1, 1, (1, 1), Size(190, 56))
      (hasNumbers, isSummary) = (false, true)
      return
    }
    var columns = shape.last ?? 1
    var rows = count / max(columns, 1)
    // A long vector is broken into rows, as a page breaks a line.
    if shape.count == 1, columns > Self.maximumNumbered {
      columns = min(32, columns)
      rows = (count + columns - 1) / columns
    }
    let width = max(34, Double(characters) * advance + 14)
    let fits = rows <= Self.maximumNumbered && columns <= Self.maximumNumbered
    isSummary = false
    if fits, Double(columns) * (width + Self.gap) <= room {
      hasNumbers = true
      pooling = (1, 1)
      cell = Size(width.rounded(.up), Self.cellHeight)
      self.rows = rows
      self.columns = columns
      blockRows = shape.count > 2 ? shape[shape.count - 2] : rows
      return
    }
    hasNumbers = false
    let down = (rows + Self.maximumCells - 1) / Self.maximumCells
    let across = (columns + Self.maximumCells - 1) / Self.maximumCells
    pooling = (down, across)
    self.rows = (rows + down - 1) / down
    self.columns = (columns + across - 1) / across
    blockRows = self.rows
    // A few long rows have the room that many would not.
    let room = self.rows <= 4 ? 400.0 : 240
    let side = min(22, max(4, room / Double(max(self.rows, self.columns))))
    cell = Size(side, side)
  }

  var spacing: Double { cell.width >= 12 ? Self.gap : 0 }

  /// Without the line of statistics below.
  var gridSize: Size {
    let blocks = hasNumbers && blockRows > 0 && blockRows < rows ? (rows - 1) / blockRows : 0
    return Size(
      Double(columns) * (cell.width + spacing) - spacing,
      Double(rows) * (cell.height + spacing) - spacing + Double(blocks) * Self.blockGap)
  }

  /// With it, where it is needed.
  var size: Size {
    let grid = gridSize
    return hasNumbers || isSummary ? grid : Size(max(grid.width, 190), grid.height + 40)
  }

  /// The grid, drawn.
  ///
  /// - Parameter scale: the magnitude that gets full colour.
  func item(
    _ id: String, _ title: String, _ value: Capture, scale: Double, at origin: Point, _ theme: Theme,
    _ measuring: some TextMeasuring
  ) -> Item {
    let frame = Rect(origin.x, origin.y, size.width, size.height)
    if isSummary { return summary(id, title, value, frame, theme, measuring) }
    guard let elements = value.elements else { return summary(id, title, value, frame, theme, measuring) }
    var shapes: [Shape] = []
    let texts = hasNumbers ? value.elementTexts : []
    let stride = shape.count == 1 && !hasNumbers ? min(32, shape.first ?? 1) : max(1, shape.last ?? 1)
    for row in 0..<rows {
      for column in 0..<columns {
        let (mean, index) = pooled(elements, row, column, stride)
        guard let index else { continue }
        let block = hasNumbers && blockRows > 0 ? Double(row / blockRows) * Self.blockGap : 0
        let box = Rect(
          origin.x + Double(column) * (cell.width + spacing),
          origin.y + Double(row) * (cell.height + spacing) + block, cell.width, cell.height)
        let fill = theme.heat(scale > 0 ? mean / scale : mean)
        // Cells near zero are near the background; a hairline keeps them cells.
        let edge = spacing > 0 ? Stroke(fill.mixed(with: theme.outline, 0.35), width: 0.75) : nil
        shapes.append(.rect(box, radius: spacing > 0 ? 3 : 0, fill: fill, stroke: edge))
        guard hasNumbers, index < texts.count else { continue }
        let text = typographic(texts[index])
        let style = measuring.fits(text, theme.codeSmall, width: box.width - 4) ? theme.codeSmall : .mono(9)
        guard measuring.fits(text, style, width: box.width - 2) else { continue }
        shapes.append(
          .text(
            text, style, theme.text(on: fill), at: Point(box.midX, style.baseline(centeredAt: box.midY)),
            anchor: .middle, room: box))
      }
    }
    let grid = gridSize
    if spacing == 0 {
      shapes.append(
        .rect(Rect(origin.x, origin.y, grid.width, grid.height), stroke: theme.hairlineStroke))
    }
    if !hasNumbers {
      for (line, text) in statistics(value).enumerated() {
        let shown = measuring.shortened(text, theme.label, width: size.width)
        shapes.append(
          .text(
            shown, theme.label, theme.secondary,
            at: Point(origin.x, origin.y + grid.height + 16 + Double(line) * 16)))
      }
    }
    return Item(id, .cell, title: title, frame: frame.inset(-1, -1), shapes: shapes)
  }

  /// A cell's mean and its first element; `nil` behind the last element.
  private func pooled(_ elements: Elements, _ row: Int, _ column: Int, _ stride: Int) -> (Double, Int?) {
    var sum = 0.0
    var count = 0
    var first: Int?
    for r in (row * pooling.down)..<((row + 1) * pooling.down) {
      for c in (column * pooling.across)..<((column + 1) * pooling.across) where c < stride {
        let index = r * stride + c
        guard index < elements.count else { continue }
        if first == nil { first = index }
        sum += elements.double(at: index)
        count += 1
      }
    }
    return (count > 0 ? sum / Double(count) : 0, first)
  }

  private func statistics(_ value: Capture) -> [String] {
    let s = value.statistics
    if s.isUnknown { return [shapeText(value.shape), "not kept"] }
    let pooled = pooling.down * pooling.across > 1 ? ", a cell is a mean" : ""
    return [
      "\(shapeText(value.shape)), norm \(typographic(scalarText(s.norm)))\(pooled)\(s.isThinned ? ", thinned" : "")",
      "from \(typographic(scalarText(s.minimum))) to \(typographic(scalarText(s.maximum)))",
    ]
  }

  private func summary(
    _ id: String, _ title: String, _ value: Capture, _ frame: Rect, _ theme: Theme,
    _ measuring: some TextMeasuring
  ) -> Item {
    var shapes: [Shape] = [.rect(frame, radius: 6, fill: theme.surface, stroke: theme.hairlineStroke)]
    let lines = value.count == 0 ? [shapeText(value.shape), "no elements"] : statistics(value)
    for (line, text) in lines.enumerated() {
      shapes.append(
        .text(
          measuring.shortened(text, theme.label, width: frame.width - 20), theme.label, theme.ink,
          at: Point(frame.minX + 10, frame.minY + 22 + Double(line) * 18)))
    }
    return Item(id, .cell, title: title, frame: frame, shapes: shapes)
  }
}
