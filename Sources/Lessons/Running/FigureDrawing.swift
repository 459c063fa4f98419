extension LessonEngine {
  /// Draws a lesson's figure into a file's bytes. Throws ``LessonError`` with the figure's line.
  public func draw(
    _ figure: FigureBlock, cellsAbove: Int, of run: LessonRun, format: String
  ) throws(LessonError) -> [UInt8] {
    let event = try run.events(for: figure, cellsAbove: cellsAbove)
    func failure(_ cause: LessonError.Cause) -> LessonError {
      LessonError(path: run.lesson.path, line: figure.line, cause: cause)
    }
    guard kinds.contains(figure.kind) else { throw failure(.unknownKind(figure.kind, known: kinds)) }
    do {
      return try draw(
        FigureRequest(
          recording: run.recording, event: event, kind: figure.kind, options: figure.options,
          alt: figure.alt, format: format))
    } catch {
      throw failure(.notDrawn(kind: figure.kind, reason: "\(error)"))
    }
  }
}
