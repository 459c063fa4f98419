/// Something wrong with a lesson: where, what, and what mends it.
public struct LessonError: Error, Sendable, Equatable {
  /// The lesson's file, as the user knows it.
  public var path: String
  /// From 1; 0 where it is about the whole file.
  public var line: Int
  public var cause: Cause

  public init(path: String, line: Int, cause: Cause) {
    self.path = path
    self.line = line
    self.cause = cause
  }

  /// What is wrong. The words are in `LessonErrorText.swift`.
  public enum Cause: Sendable, Equatable {
    // Files.
    case unreadable(reason: String)
    case notUTF8
    case unwritable(reason: String)
    case noFolder
    case noLessons
    case noLesson(asked: String, known: [String])
    case ambiguous(asked: String, matches: [String])
    // The format.
    case noFrontMatter
    case frontMatterNotClosed
    case yaml(problem: String)
    case notMapping(place: Place)
    case unknownKey(String, place: Place, known: [String])
    case missingKey(String, place: Place)
    case wrongType(key: String, expected: String, found: String)
    case emptyValue(key: String)
    case unknownWord(key: String, found: String, known: [String])
    case unknownBlock(String, known: [String])
    case nestedBlock(String)
    case strayOutput(String)
    case secondOutput(String)
    case emptyCell
    case noCells
    case cellAfterError
    case duplicateChoice(String)
    case tooFewChoices(Int)
    case whatIfWithoutCell
    // Running.
    case raised(type: String, message: String)
    case refused(message: String)
    case differs(what: String, expected: String, found: String)
    case unexpectedOutput(found: String)
    case missingError(expected: String)
    case badInstant(String)
    case unknownKind(String, known: [String])
    case notDrawn(kind: String, reason: String)
    case badAnswer(expression: String, problem: AnswerError)
    case rightChoices(count: Int, answer: String, choices: [String])
    case missingImage(String)
  }

  /// Which YAML a key belongs to.
  public enum Place: String, Sendable, Equatable {
    case frontMatter, figure, predict
  }
}

/// All that is wrong with a lesson.
public struct LessonErrors: Error, Sendable, Equatable {
  public let errors: [LessonError]
  public init(_ errors: [LessonError]) { self.errors = errors }
}

extension LessonErrors: CustomStringConvertible {
  public var description: String { errors.map(\.description).joined(separator: "\n") }
}
