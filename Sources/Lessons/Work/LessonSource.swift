/// A lesson that has not been read yet.
public struct LessonSource: Sendable {
  public enum Text: Sendable {
    case file
    case known(String)
  }
  /// Where it is, for messages.
  public let path: String
  let text: Text

  public init(path: String, text: Text) {
    self.path = path
    self.text = text
  }

  public var name: LessonName { LessonName(path: path) }

  /// Reads and parses it. Throws all that is wrong with it.
  public func lesson() throws(LessonErrors) -> Lesson {
    switch text {
    case .known(let text): return try Lesson(parsing: text, path: path)
    case .file:
      let text: String
      do { text = try TextFile.text(of: path) } catch { throw LessonErrors([error]) }
      return try Lesson(parsing: text, path: path)
    }
  }
}
