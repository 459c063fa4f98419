import Recordings

/// Verifies every claim a lesson makes: outputs and errors match, figures draw, each prediction has exactly
/// one right answer, images in the prose exist.
public struct LessonChecker {
  private let engine: LessonEngine

  public init(engine: LessonEngine) { self.engine = engine }

  /// What was found out about a lesson.
  public struct Report: Sendable {
    public var path: String
    public var title: String
    public var errors: [LessonError]
    public var outputs = 0
    public var figures = 0
    public var predictions = 0
    /// The lesson's text with its outputs as they are, where that differs from the file.
    public var updatedText: String?

    public var isSound: Bool { errors.isEmpty }
  }

  /// Checks one lesson. Never throws: what is wrong is in the report.
  public func check(_ source: LessonSource) -> Report {
    var report = Report(path: source.path, title: source.name.name, errors: [])
    do {
      let lesson = try source.lesson()
      report.title = lesson.title
      let run = try lesson.run(with: engine)
      checkOutputs(run, &report)
      checkFigures(run, &report)
      checkPredictions(run, &report)
      if case .file = source.text { checkImages(lesson, &report) }
      let updated = OutputUpdate.apply(to: run)
      if updated != lesson.text { report.updatedText = updated }
    } catch {
      report.errors += error.errors
    }
    report.errors.sort { $0.line < $1.line }
    return report
  }

  /// Checks lessons one after the other. Returns whether all are sound.
  ///
  /// - Parameters:
  ///   - update: write the outputs as they are into the lessons' files first.
  ///   - say: takes the report, a lesson at a time.
  public func check(_ sources: [LessonSource], update: Bool, say: (String) -> Void) -> Bool {
    var sound = true
    for source in sources {
      var report = check(source)
      if update, let text = report.updatedText {
        do {
          guard case .file = source.text else { throw NotAFile() }
          try engine.write(source.path, Array(text.utf8))
          say("✎ \(source.path): outputs written")
          report = check(source)
        } catch {
          let cause = LessonError.Cause.unwritable(reason: "\(error)")
          report.errors.append(LessonError(path: source.path, line: 0, cause: cause))
        }
      }
      say(report.description)
      sound = sound && report.isSound
    }
    return sound
  }

  private struct NotAFile: Error, CustomStringConvertible {
    var description: String { "it is inside the binary. Name a folder of lessons" }
  }

  private func checkOutputs(_ run: LessonRun, _ report: inout Report) {
    let path = run.lesson.path
    func fail(_ line: Int, _ cause: LessonError.Cause) {
      report.errors.append(LessonError(path: path, line: line, cause: cause))
    }
    for (k, cell) in run.lesson.annotatedCells.enumerated() {
      let found = run.outputs[k]
      if let output = cell.output {
        report.outputs += 1
        if output.text != closed(found) {
          fail(output.line, .differs(what: "output", expected: output.text, found: found))
        }
      } else if !found.isEmpty {
        fail(cell.cell.line, .unexpectedOutput(found: found))
      }
      let raised = run.raised.flatMap { $0.cell == k ? $0.error : nil }
      if let error = cell.error {
        report.outputs += 1
        guard let raised else {
          fail(error.line, .missingError(expected: error.text))
          continue
        }
        if error.text != closed(raised.text) {
          fail(error.line, .differs(what: "error", expected: error.text, found: raised.text))
        }
      } else if let raised {
        fail(
          run.lastLine.flatMap(run.program.lessonLine) ?? cell.cell.line,
          .raised(type: raised.type, message: raised.message))
      }
    }
  }

  private func checkFigures(_ run: LessonRun, _ report: inout Report) {
    for (figure, cellsAbove) in run.lesson.figures {
      report.figures += 1
      do {
        _ = try engine.draw(figure, cellsAbove: cellsAbove, of: run, format: "svg")
      } catch {
        report.errors.append(error)
      }
    }
  }

  private func checkPredictions(_ run: LessonRun, _ report: inout Report) {
    for (item, answer) in zip(run.lesson.predictions, run.answers) {
      report.predictions += 1
      switch answer {
      case .failure(let error): report.errors.append(error)
      case .success(let answer):
        let choices = item.prediction.choices
        let right = choices.filter { sameAnswer($0, answer) }.count
        if !choices.isEmpty, right != 1 {
          report.errors.append(
            LessonError(
              path: run.lesson.path, line: item.prediction.line,
              cause: .rightChoices(count: right, answer: answer, choices: choices)))
        }
      }
    }
  }

  private func checkImages(_ lesson: Lesson, _ report: inout Report) {
    let folder = lesson.path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    for image in lesson.images where !image.target.contains(":") {
      let path = (folder + [Substring(image.target)]).joined(separator: "/")
      if !TextFile.exists(path) {
        report.errors.append(
          LessonError(path: lesson.path, line: image.line, cause: .missingImage(image.target)))
      }
    }
  }
}

extension LessonChecker.Report: CustomStringConvertible {
  /// One line where all is well; else each error with its place.
  public var description: String {
    func count(_ n: Int, _ what: String) -> String { "\(n) \(what)\(n == 1 ? "" : "s")" }
    if isSound {
      return "✓ \(path): \(count(outputs, "output")), \(count(figures, "figure")),"
        + " \(count(predictions, "prediction"))"
    }
    return (["✗ \(path): \(count(errors.count, "error"))"] + errors.map(\.description))
      .joined(separator: "\n")
  }
}

/// With a line end, unless empty.
func closed(_ text: String) -> String { text.isEmpty || text.hasSuffix("\n") ? text : text + "\n" }

extension Raised {
  /// As the last line of a traceback: `RuntimeError: …`.
  var text: String { message.isEmpty ? type : "\(type): \(message)" }
}

extension LessonRun {
  /// The program's line where the error arose that ended it; else the one that ran last.
  var lastLine: Int? {
    let raised = recording.events.last { $0.isUncaughtError }?.span.map { Int($0.line) }
    if let raised, program.cell(ofLine: raised) != nil { return raised }
    return recording.events.last { if case .statement = $0.body { true } else { false } }?.span.map {
      Int($0.line)
    }
  }
}
