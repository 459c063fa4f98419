import Recordings

extension Player {
  /// Pages, predictions and steps in the order of the lesson.
  static func stops(_ run: LessonRun, _ steps: [EventStep]) -> [Stop] {
    let cells = LessonRun.cellOfEvent(run.recording, run.program)
    var byCell: [Int: [Int]] = [:]
    for (k, step) in steps.enumerated() { byCell[cells[step.head], default: []].append(k) }
    var stops: [Stop] = []
    var page = Page(prose: [], figure: nil)
    func flush() {
      if !page.prose.isEmpty || page.figure != nil { stops.append(.page(page)) }
      page = Page(prose: [], figure: nil)
    }
    var cell = 0
    var figure = 0
    var prediction = 0
    for block in run.lesson.blocks {
      switch block {
      case .prose(let prose): page.prose.append(prose)
      case .figure:
        page.figure = figure
        figure += 1
        flush()
      case .predict:
        flush()
        stops.append(.prediction(prediction))
        prediction += 1
      case .cell:
        let own = byCell[cell] ?? []
        cell += 1
        // A cell in which nothing happens does not break the page.
        if own.isEmpty { continue }
        flush()
        stops += own.map(Stop.step)
      case .output, .error: break
      }
    }
    flush()
    return stops
  }
}
