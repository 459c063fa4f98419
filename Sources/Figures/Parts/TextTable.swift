/// Columns of text, each as wide as its widest cell; the first row is underlined.
func textTable(_ rows: [[String]]) -> String {
  let columns = rows.map(\.count).max() ?? 0
  let widths = (0..<columns).map { column in
    rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
  }
  func line(_ cells: [String]) -> String {
    var out = ""
    for (column, cell) in cells.enumerated() {
      out += cell
      if column + 1 < cells.count {
        out += String(repeating: " ", count: max(0, widths[column] - cell.count) + 2)
      }
    }
    while out.last == " " { out.removeLast() }
    return out + "\n"
  }
  guard let head = rows.first else { return "" }
  let rule = String(repeating: "─", count: widths.reduce(0, +) + 2 * max(0, columns - 1)) + "\n"
  return line(head) + rule + rows.dropFirst().map(line).joined()
}
