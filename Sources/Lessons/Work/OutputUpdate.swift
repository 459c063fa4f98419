/// Rewrites a lesson's output and error blocks with what the program does.
enum OutputUpdate {
  /// The lesson's text with every block as it should be; missing blocks are added below their cells, and
  /// blocks of cells that print nothing go.
  static func apply(to run: LessonRun) -> String {
    let text = run.lesson.text
    let ending = text.utf8.split(separator: 10, maxSplits: 1).first?.last == 13 ? "\r\n" : "\n"
    var lines = textLines(text).map(String.init)
    var edits: [(lines: Range<Int>, new: [String])] = []
    for (k, cell) in run.lesson.annotatedCells.enumerated() {
      let raised = run.raised.flatMap { $0.cell == k ? $0.error.text : nil } ?? ""
      var below = cell.cell.endLine
      for (word, block, found) in [("output", cell.output, run.outputs[k]), ("error", cell.error, raised)] {
        let fence = block.flatMap { lines.indices.contains($0.line - 1) ? lines[$0.line - 1] : nil }
        let new = found.isEmpty ? [] : fenced(closed(found), word: word, like: fence)
        if let block {
          if block.text == closed(found) {
            below = block.endLine
            continue
          }
          // An emptied block goes together with the empty line above it.
          let from = found.isEmpty && block.line >= 2 ? block.line - 2 : block.line - 1
          edits.append((from..<min(block.endLine, lines.count), new))
          below = block.endLine
        } else if !found.isEmpty, word == "output" {
          edits.append((below..<below, [""] + new))
        }
      }
    }
    for edit in edits.sorted(by: { $0.lines.lowerBound > $1.lines.lowerBound })
    where edit.lines.upperBound <= lines.count {
      lines.replaceSubrange(edit.lines, with: edit.new)
    }
    return lines.joined(separator: ending)
  }

  /// A block whose fence is longer than any in its text.
  private static func fenced(_ text: String, word: String, like fence: String?) -> [String] {
    var longest = 2
    for line in textLines(text) {
      longest = max(longest, line.drop { $0 == " " }.prefix { $0 == "`" }.count)
    }
    let ticks = String(repeating: "`", count: max(longest + 1, fence?.prefix { $0 == "`" }.count ?? 3))
    return ["\(ticks)\(word)"]
      + textLines(text).dropLast().map(String.init)
      + [ticks]
  }
}

/// A cell with what it must print and raise.
struct AnnotatedCell {
  var cell: Cell
  var output: Expected?
  var error: Expected?
}

extension Lesson {
  /// The cells, each with the blocks that follow it.
  var annotatedCells: [AnnotatedCell] {
    var out: [AnnotatedCell] = []
    for block in blocks {
      switch block {
      case .cell(let cell): out.append(AnnotatedCell(cell: cell))
      case .output(let expected): if !out.isEmpty { out[out.count - 1].output = expected }
      case .error(let expected): if !out.isEmpty { out[out.count - 1].error = expected }
      default: break
      }
    }
    return out
  }
}
