/// A lesson's cells as one program, and the way back from its lines to the lesson's.
///
/// Law: cell after cell with one empty line between; `lines[cell]` are the program's lines of a cell.
public struct LessonProgram: Sendable, Equatable {
  public let source: String
  /// The program's lines of each cell, counted from 1.
  public let lines: [Range<Int>]
  /// Where each cell's first line stands in the lesson.
  private let starts: [Int]

  public init(cells: [Cell]) {
    var source = ""
    var lines: [Range<Int>] = []
    var next = 1
    for cell in cells {
      if !source.isEmpty {
        source += "\n"
        next += 1
      }
      for line in cell.code { source += line + "\n" }
      lines.append(next..<next + cell.code.count)
      next += cell.code.count
    }
    self.source = source
    self.lines = lines
    starts = cells.map { $0.line + 1 }
  }

  /// Which cell a line of the program belongs to.
  public func cell(ofLine line: Int) -> Int? { lines.firstIndex { $0.contains(line) } }

  /// Where a line of the program stands in the lesson.
  public func lessonLine(_ line: Int) -> Int? {
    cell(ofLine: line).map { starts[$0] + line - lines[$0].lowerBound }
  }
}
