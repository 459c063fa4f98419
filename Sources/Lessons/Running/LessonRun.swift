public import Recordings

/// A lesson whose program has run: what each cell printed, and where its figures and answers are found.
public struct LessonRun: Sendable {
  public let lesson: Lesson
  public let program: LessonProgram
  public let recording: Recording
  /// What each cell printed.
  public let outputs: [String]
  /// The error that ended the program, and the cell where it did.
  public let raised: (error: Raised, cell: Int)?
  /// For each cell, how many events have happened when it is over.
  public let ends: [Int]
  /// The predictions' answers, in order.
  public let answers: [Result<String, LessonError>]

  /// Runs a lesson. Throws where its program cannot even start.
  public init(_ lesson: Lesson, with engine: LessonEngine) throws(LessonErrors) {
    let program = LessonProgram(cells: lesson.cells)
    let run = engine.run(program.source, "\(lesson.name).py")
    if !run.succeeded, !run.recording.events.contains(where: { $0.isUncaughtError }) {
      throw LessonErrors([
        LessonError(path: lesson.path, line: 0, cause: .refused(message: run.errors))
      ])
    }
    self.init(lesson, program, run.recording, engine)
  }

  /// A recording to be played like a lesson: its program is the one cell, and there is no prose.
  public init(playing recording: Recording) {
    let lesson = Lesson(program: recording.source, path: recording.program)
    self.init(lesson, LessonProgram(cells: lesson.cells), recording, nil)
  }

  private init(_ lesson: Lesson, _ program: LessonProgram, _ recording: Recording, _ engine: LessonEngine?) {
    let cells = Self.cellOfEvent(recording, program)
    var outputs = [String](repeating: "", count: lesson.cells.count)
    var ends = [Int](repeating: 0, count: lesson.cells.count)
    var raised: (Raised, Int)?
    for (k, event) in recording.events.enumerated() {
      let cell = cells[k]
      guard outputs.indices.contains(cell) else { continue }
      if case .printed(let printed) = event.body { outputs[cell] += printed.text }
      if case .raised(let error) = event.body, error.isUncaught { raised = (error, cell) }
      ends[cell] = k + 1
    }
    // A cell that causes no event ends where the one before it does.
    for cell in ends.indices.dropFirst() where ends[cell] < ends[cell - 1] { ends[cell] = ends[cell - 1] }
    self.lesson = lesson
    self.program = program
    self.recording = recording
    self.outputs = outputs
    self.ends = ends
    self.raised = raised
    answers = lesson.predictions.compactMap { item in
      engine.map { Self.answer(item.prediction, cellsAbove: item.cellsAbove, lesson, recording, ends, $0) }
    }
  }

  /// The cell that runs at each event: that of the outermost statement.
  static func cellOfEvent(_ recording: Recording, _ program: LessonProgram) -> [Int] {
    var cell = 0
    var hasBegun = false
    return recording.events.map { event in
      if case .statement = event.body { hasBegun = true }
      // A program that cannot be read runs no statement; its error knows the line.
      if event.isUncaughtError, !hasBegun, let span = event.span {
        cell = program.cell(ofLine: Int(span.line)) ?? cell
      }
      if case .statement(let statement) = event.body, statement.depth == 0, let span = event.span {
        cell = program.cell(ofLine: Int(span.line)) ?? cell
      }
      return cell
    }
  }

  /// How many events have happened when so many cells are over.
  public func events(afterCells count: Int) -> Int {
    guard count > 0, !ends.isEmpty else { return 0 }
    return ends[min(count, ends.count) - 1]
  }

  /// How many events have happened where a figure looks. Throws ``LessonError``.
  public func events(for figure: FigureBlock, cellsAbove: Int) throws(LessonError) -> Int {
    guard let at = figure.at else { return events(afterCells: cellsAbove) }
    do { return try Instant(at).resolve(in: recording) } catch {
      throw LessonError(path: lesson.path, line: figure.line, cause: .badInstant("\(error)"))
    }
  }

  private static func answer(
    _ prediction: Prediction, cellsAbove: Int, _ lesson: Lesson, _ recording: Recording, _ ends: [Int],
    _ engine: LessonEngine
  ) -> Result<String, LessonError> {
    func failure(_ cause: LessonError.Cause) -> Result<String, LessonError> {
      .failure(LessonError(path: lesson.path, line: prediction.line, cause: cause))
    }
    var recording = recording
    var event = ends.isEmpty ? 0 : ends[min(cellsAbove, ends.count - 1)]
    if let code = prediction.code {
      var cells = Array(lesson.cells.prefix(cellsAbove))
      let lines = textLines(code).map(String.init)
      cells.append(Cell(line: prediction.line, endLine: prediction.line, code: lines))
      let run = engine.run(LessonProgram(cells: cells).source, "\(lesson.name).py")
      guard run.succeeded else { return failure(.refused(message: run.errors)) }
      recording = run.recording
      event = recording.events.count
    }
    if let at = prediction.at {
      do { event = try Instant(at).resolve(in: recording) } catch { return failure(.badInstant("\(error)")) }
    }
    var timeline = Timeline(recording)
    do {
      return .success(try AnswerExpression(prediction.answer).answer(at: timeline.moment(after: event)))
    } catch {
      return failure(.badAnswer(expression: prediction.answer, problem: error))
    }
  }
}

extension Lesson {
  /// Runs the lesson's program.
  public func run(with engine: LessonEngine) throws(LessonErrors) -> LessonRun {
    try LessonRun(self, with: engine)
  }
}

extension Event {
  var isUncaughtError: Bool {
    if case .raised(let error) = body { error.isUncaught } else { false }
  }
}
