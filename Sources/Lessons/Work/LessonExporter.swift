/// A lesson's figures as files.
public struct LessonExporter {
  private let engine: LessonEngine

  public init(engine: LessonEngine) { self.engine = engine }

  /// A figure's file name and content.
  public struct File: Sendable, Equatable {
    /// `01-the-grad-slot-1-graph.svg`
    public var name: String
    public var bytes: [UInt8]
  }

  /// All figures of a lesson in each of the formats, in the order of the lesson. Throws what cannot be drawn.
  public func files(of lesson: Lesson, formats: [String]) throws(LessonErrors) -> [File] {
    var chosen: [LessonEngine.Format] = []
    for name in formats {
      guard let format = engine.formats.first(where: { $0.name == name }) else {
        let cause = LessonError.Cause.unknownWord(
          key: "the format", found: name, known: engine.formats.map(\.name))
        throw LessonErrors([LessonError(path: "", line: 0, cause: cause)])
      }
      chosen.append(format)
    }
    let run = try lesson.run(with: engine)
    var files: [File] = []
    for (k, item) in lesson.figures.enumerated() {
      for format in chosen {
        do {
          let bytes = try engine.draw(item.figure, cellsAbove: item.cellsAbove, of: run, format: format.name)
          files.append(
            File(name: "\(lesson.name)-\(k + 1)-\(item.figure.kind).\(format.ending)", bytes: bytes))
        } catch {
          throw LessonErrors([error])
        }
      }
    }
    return files
  }

  /// Writes all figures of a lesson into a folder.
  ///
  /// - Parameter each: called with each file's path once it is written.
  public func export(
    _ lesson: Lesson, to folder: String, formats: [String], each: (String) -> Void
  ) throws(LessonErrors) {
    // All are drawn before the first is written.
    for file in try files(of: lesson, formats: formats) {
      let path = folder.isEmpty || folder.hasSuffix("/") ? folder + file.name : "\(folder)/\(file.name)"
      do { try engine.write(path, file.bytes) } catch {
        throw LessonErrors([LessonError(path: path, line: 0, cause: .unwritable(reason: "\(error)"))])
      }
      each(path)
    }
  }
}
