import Recordings

extension LessonError: CustomStringConvertible {
  /// `lessons/01-the-grad-slot.md:12: unknown key "tittle" in the front matter; did you mean "title"?`
  public var description: String {
    let place = line > 0 ? "\(path):\(line)" : path
    return place.isEmpty ? cause.text : "\(place): \(cause.text)"
  }
}

extension LessonError.Cause {
  /// The message, without the place.
  var text: String {
    switch self {
    case .unreadable(let reason): "cannot be read: \(reason)"
    case .notUTF8: "is not UTF-8 text. Save it as UTF-8"
    case .unwritable(let reason): "cannot be written: \(reason)"
    case .noFolder: "is not a folder"
    case .noLessons: "holds no lessons. A lesson's file is named like 01-the-grad-slot.md"
    case .noLesson(let asked, let known):
      "there is no lesson \"\(asked)\"" + Self.hint(asked, known, "Lessons")
    case .ambiguous(let asked, let matches):
      "\"\(asked)\" may mean \(matches.joined(separator: " or ")). Say which"
    case .noFrontMatter:
      "a lesson begins with front matter: a line ---, then title, summary, level and minutes, then a line ---"
    case .frontMatterNotClosed: "the front matter is not closed: a line --- is missing"
    case .yaml(let problem): "this is not YAML: \(problem)"
    case .notMapping(let place): "\(place.text) should be lines of the form key: value"
    case .unknownKey(let key, let place, let known):
      "unknown key \"\(key)\" in \(place.text)" + Self.hint(key, known, "Known")
    case .missingKey(let key, let place): "\(place.text) needs a line \"\(key): …\""
    case .wrongType(let key, let expected, let found): "\(key) should be \(expected), found \(found)"
    case .emptyValue(let key): "\(key) is empty. Say something"
    case .unknownWord(let key, let found, let known):
      "\(key) cannot be \"\(found)\"" + Self.hint(found, known, "It is one of")
    case .unknownBlock(let word, let known):
      "unknown block \"\(word)\"" + Self.hint(word, known, "Blocks that mean something")
    case .nestedBlock(let word):
      "a \(word) block inside a list or quotation is not seen. Move it to the left margin"
    case .strayOutput(let word):
      "this \(word) block follows no cell. Put it below the python block it belongs to"
    case .secondOutput(let word):
      "the cell above has \(word == "error" ? "an" : "a second") \(word) block already"
    case .emptyCell: "this python block is empty. Write a statement or remove the block"
    case .noCells: "a lesson needs at least one python block"
    case .cellAfterError:
      "this cell never runs: the program ends with the error above. Catch the error with try, or end here"
    case .duplicateChoice(let choice): "the choice \"\(choice)\" occurs twice"
    case .tooFewChoices(let count):
      "\(count) choice\(count == 1 ? "" : "s"): give at least two, or none for free input"
    case .whatIfWithoutCell: "code: asks \"what if\" of the cells above, but there are none"
    case .raised(let type, let message):
      "the program ends with \(type): \(message)\n  Mend it, or add an error block below the cell"
    case .refused(let message): "the program does not run:\n\(Self.indented(message))"
    case .differs(let what, let expected, let found):
      "the \(what) differs\n  expected:\n\(Self.indented(expected))\n  found:\n\(Self.indented(found))"
        + "\n  --update writes what was found"
    case .unexpectedOutput(let found):
      "this cell prints, but no output block follows it. It prints:\n\(Self.indented(found))"
        + "\n  --update adds the block"
    case .missingError(let expected):
      "this cell should end the program with an error, but does not\n  expected:\n\(Self.indented(expected))"
    case .badInstant(let problem): problem
    case .unknownKind(let kind, let known):
      "unknown kind of figure \"\(kind)\"" + Self.hint(kind, known, "Kinds")
    case .notDrawn(let kind, let reason): "the figure \(kind) cannot be drawn: \(reason)"
    case .badAnswer(let expression, let problem): "the answer \(expression) cannot be computed: \(problem)"
    case .rightChoices(let count, let answer, let choices):
      (count == 0 ? "no choice is right" : "\(count) choices are right") + ": the answer is \(answer); "
        + "choices: \(choices.joined(separator: " | "))"
    case .missingImage(let target): "the image \(target) does not exist"
    }
  }

  private static func hint(_ word: String, _ known: [String], _ what: String) -> String {
    let list = known.isEmpty ? "" : "\(what): \(known.joined(separator: ", "))"
    if let near = nearest(to: word, among: known) { return "; did you mean \"\(near)\"? \(list)" }
    return list.isEmpty ? "" : ". \(list)"
  }

  private static func indented(_ text: String) -> String {
    let body = text.hasSuffix("\n") ? text.dropLast() : text[...]
    if body.isEmpty { return "    (nothing)" }
    return body.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
      .joined(separator: "\n")
  }
}

extension LessonError.Place {
  var text: String {
    switch self {
    case .frontMatter: "the front matter"
    case .figure: "a figure block"
    case .predict: "a predict block"
    }
  }
}
