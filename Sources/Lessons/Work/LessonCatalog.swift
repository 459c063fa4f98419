import Recordings

/// The lessons at hand: those of a folder, or those that travel inside the binary.
///
/// ```swift
/// let catalog = try LessonCatalog.discover(folder: nil)
/// let lesson = try catalog.find("1").lesson()
/// ```
public struct LessonCatalog: Sendable {
  /// In order of number, then name.
  public let sources: [LessonSource]
  /// Where they are from: a folder, or `nil` for the binary.
  public let folder: String?

  init(sources: [LessonSource], folder: String?) {
    self.sources = sources.sorted {
      ($0.name.number ?? .max, $0.name.name) < ($1.name.number ?? .max, $1.name.name)
    }
    self.folder = folder
  }

  /// The lessons inside the binary.
  public static var embedded: LessonCatalog {
    LessonCatalog(
      sources: EmbeddedLessons.files.filter { isLesson($0.name) }.map {
        LessonSource(path: "lessons/\($0.name)", text: .known($0.text))
      }, folder: nil)
  }

  /// The lessons of a folder: files named like `01-the-grad-slot.md`. Throws where there is none.
  public static func load(folder: String) throws(LessonError) -> LessonCatalog {
    guard let names = TextFile.names(in: folder) else {
      throw LessonError(
        path: folder, line: 0,
        cause: TextFile.exists(folder) ? .noFolder : .unreadable(reason: "no such folder"))
    }
    let files = names.filter(isLesson)
    if files.isEmpty { throw LessonError(path: folder, line: 0, cause: .noLessons) }
    let base = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    return LessonCatalog(
      sources: files.map { LessonSource(path: "\(base)/\($0)", text: .file) }, folder: folder)
  }

  /// The folder that was asked for; else a folder `lessons` at hand; else those inside the binary.
  public static func discover(folder: String?) throws(LessonError) -> LessonCatalog {
    if let folder { return try load(folder: folder) }
    if let atHand = try? load(folder: "lessons") { return atHand }
    return embedded
  }

  private static func isLesson(_ file: String) -> Bool {
    file.hasSuffix(".md") && LessonName(path: file).number != nil
  }

  /// The lesson with a number (`1`), a name (`the-grad-slot`), the beginning of one, or a path to a file.
  /// Throws with what it may have meant.
  public func find(_ asked: String) throws(LessonError) -> LessonSource {
    if asked.hasSuffix(".md") || asked.contains("/") {
      if TextFile.exists(asked) { return LessonSource(path: asked, text: .file) }
    }
    let wanted = LessonName(path: asked).name.lowercased()
    if let number = Int(wanted), let match = sources.first(where: { $0.name.number == number }) {
      return match
    }
    if let match = sources.first(where: { $0.name.name == wanted || $0.name.slug == wanted }) { return match }
    let partial = sources.filter {
      !wanted.isEmpty && ($0.name.name.hasPrefix(wanted) || $0.name.slug.contains(wanted))
    }
    if partial.count == 1 { return partial[0] }
    if partial.count > 1 {
      throw LessonError(
        path: "", line: 0, cause: .ambiguous(asked: asked, matches: partial.map(\.name.name)))
    }
    let known = sources.flatMap { source in
      [source.name.number.map { "\($0)" }, source.name.slug].compactMap { $0 }
    }
    throw LessonError(path: "", line: 0, cause: .noLesson(asked: asked, known: known))
  }
}

extension LessonCatalog {
  /// The lessons that arguments name: a folder stands for all its lessons, anything else for one; none stands for
  /// all at hand.
  public static func select(_ arguments: [String], folder: String?) throws(LessonError) -> [LessonSource] {
    if arguments.isEmpty { return try discover(folder: folder).sources }
    var sources: [LessonSource] = []
    for argument in arguments {
      if TextFile.names(in: argument) != nil {
        sources += try load(folder: argument).sources
      } else {
        sources.append(try discover(folder: folder).find(argument))
      }
    }
    return sources
  }

  /// The list for a reader: number, title, level, minutes; what it is about below. A lesson that cannot be
  /// read says why.
  public func listing(width: Int = 80) -> String {
    var out = ""
    for source in sources {
      let number = source.name.number.map { "\($0)" } ?? "–"
      let margin = String(repeating: " ", count: max(0, 3 - columns(of: number))) + number + "  "
      do {
        let front = try source.lesson().frontMatter
        out += "\(margin)\(printable(front.title))  (\(front.level.rawValue), \(front.minutes) min)\n"
        for line in wrapped(printable(front.summary), to: width - 5) { out += "     \(line)\n" }
      } catch {
        out += "\(margin)\(source.name.name)\n"
        for line in textLines(error.description) { out += "     \(line)\n" }
      }
    }
    return out
  }
}
