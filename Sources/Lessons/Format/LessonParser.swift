import Recordings

extension Lesson {
  /// The fenced blocks that mean something, by the word behind the fence.
  public static let blockWords = ["python", "output", "error", "figure", "predict"]

  /// Reads a lesson. Throws all that is wrong with it, each with its line.
  ///
  /// - Parameter path: where the text comes from, for messages.
  public init(parsing text: String, path: String) throws(LessonErrors) {
    var parser = LessonParser(path: path)
    let parsed = parser.parse(text)
    guard let parsed, parser.errors.isEmpty else {
      let errors = parser.errors.sorted { $0.line < $1.line }
      throw LessonErrors(errors)
    }
    self.init(path: path, text: text, frontMatter: parsed.0, blocks: parsed.1, images: parsed.2)
  }
}

private struct LessonParser {
  let path: String
  var errors: [LessonError] = []
  private var blocks: [LessonBlock] = []
  private var cellHasOutput = false
  private var cellHasError = false
  private var sawCell = false
  private var sawError = false

  init(path: String) { self.path = path }

  private mutating func fail(_ cause: LessonError.Cause, at line: Int) {
    errors.append(LessonError(path: path, line: line, cause: cause))
  }

  mutating func parse(_ text: String) -> (FrontMatter, [LessonBlock], [ImageLink])? {
    let lines = textLines(text)
    guard lines.first.map({ trimmed($0) }) == "---" else {
      fail(.noFrontMatter, at: 1)
      return nil
    }
    guard let close = lines.dropFirst().firstIndex(where: { trimmed($0) == "---" }) else {
      fail(.frontMatterNotClosed, at: 1)
      return nil
    }
    let front = frontMatter(lines[1..<close].joined(separator: "\n"))
    let body = lines[(close + 1)...].joined(separator: "\n")
    let (parts, images) = MarkdownBlock.parse(body, offset: close + 1)
    for part in parts { add(part) }
    if !sawCell { fail(.noCells, at: 0) }
    return front.map { ($0, blocks, images.map { ImageLink(target: $0.0, line: $0.1) }) }
  }

  private mutating func frontMatter(_ yaml: String) -> FrontMatter? {
    var fields = YAMLFields(yaml, path: path, offset: 1, place: .frontMatter)
    let title = fields.required("title")
    let summary = fields.required("summary")
    let levelWord = fields.required("level")
    let minutes = fields.requiredCount("minutes")
    let line = fields.line(of: "level")
    errors += fields.finish()
    guard let title, let summary, let levelWord, let minutes else { return nil }
    guard let level = FrontMatter.Level(rawValue: levelWord) else {
      let known = FrontMatter.Level.allCases.map(\.rawValue)
      fail(.unknownWord(key: "level", found: levelWord, known: known), at: line)
      return nil
    }
    return FrontMatter(title: title, summary: summary, level: level, minutes: minutes)
  }

  private mutating func add(_ part: MarkdownBlock) {
    switch part.content {
    case .prose(let prose): blocks += prose.map(LessonBlock.prose)
    case .nested(let word, let prose):
      if Lesson.blockWords.contains(word) { fail(.nestedBlock(word), at: part.line) }
      blocks.append(.prose(prose))
    case .fence(let word, let literal): fence(word, literal, part)
    }
  }

  private mutating func fence(_ word: String, _ literal: String, _ part: MarkdownBlock) {
    switch word {
    case "python": cell(literal, part)
    case "output", "error": expected(word, literal, part)
    case "figure": figure(literal, part)
    case "predict": predict(literal, part)
    default:
      // Other code is prose, unless it is a slip of the pen.
      if nearest(to: word, among: Lesson.blockWords) != nil, word.utf8.count > 3 {
        fail(.unknownBlock(word, known: Lesson.blockWords), at: part.line)
      }
      blocks.append(.prose(Prose(line: part.line, kind: .code, text: literal)))
    }
  }

  private mutating func cell(_ literal: String, _ part: MarkdownBlock) {
    var code = textLines(literal).map(String.init)
    if code.last?.isEmpty ?? false { code.removeLast() }
    if code.allSatisfy({ trimmed($0).isEmpty }) { fail(.emptyCell, at: part.line) }
    if sawError { fail(.cellAfterError, at: part.line) }
    sawCell = true
    cellHasOutput = false
    cellHasError = false
    blocks.append(.cell(Cell(line: part.line, endLine: part.endLine, code: code)))
  }

  private mutating func expected(_ word: String, _ literal: String, _ part: MarkdownBlock) {
    let isError = word == "error"
    if !sawCell { fail(.strayOutput(word), at: part.line) }
    if cellHasError || (!isError && cellHasOutput) { fail(.secondOutput(word), at: part.line) }
    if isError { cellHasError = true } else { cellHasOutput = true }
    sawError = sawError || isError
    let block = Expected(line: part.line, endLine: part.endLine, text: literal)
    blocks.append(isError ? .error(block) : .output(block))
  }

  private mutating func instant(_ text: String?, at line: Int) {
    guard let text else { return }
    do { _ = try Instant(text) } catch { fail(.badInstant("\(error)"), at: line) }
  }

  private mutating func figure(_ literal: String, _ part: MarkdownBlock) {
    var fields = YAMLFields(literal, path: path, offset: part.line, place: .figure)
    let kind = fields.required("kind")
    let at = fields.string("at")
    let options = fields.pairs("options").map(FigureOption.init(name:value:))
    let caption = fields.required("caption")
    let alt = fields.required("alt")
    instant(at, at: fields.line(of: "at"))
    errors += fields.finish()
    guard let kind, let caption, let alt else { return }
    blocks.append(
      .figure(
        FigureBlock(
          line: part.line, kind: kind, at: at, options: options, caption: folded(caption), alt: folded(alt))))
  }

  private mutating func predict(_ literal: String, _ part: MarkdownBlock) {
    var fields = YAMLFields(literal, path: path, offset: part.line, place: .predict)
    let question = fields.required("question")
    let answer = fields.required("answer")
    let at = fields.string("at")
    let code = fields.string("code")
    let choices = fields.strings("choices")
    let explanation = fields.required("explanation")
    instant(at, at: fields.line(of: "at"))
    if choices.count == 1, fields.errors.isEmpty { fail(.tooFewChoices(1), at: fields.line(of: "choices")) }
    if code != nil, !sawCell { fail(.whatIfWithoutCell, at: fields.line(of: "code")) }
    var seen: Set<String> = []
    for choice in choices where !seen.insert(choice).inserted {
      fail(.duplicateChoice(choice), at: fields.line(of: "choices"))
    }
    errors += fields.finish()
    guard let question, let answer, let explanation else { return }
    do { _ = try AnswerExpression(answer) } catch {
      fail(.badAnswer(expression: answer, problem: error), at: fields.line(of: "answer"))
    }
    blocks.append(
      .predict(
        Prediction(
          line: part.line, question: folded(question), answer: answer, at: at, code: code, choices: choices,
          explanation: folded(explanation))))
  }

  /// One paragraph: line ends are spaces.
  private func folded(_ text: String) -> String {
    text.split { $0 == "\n" }.map { trimmed($0) }.joined(separator: " ")
  }
}
