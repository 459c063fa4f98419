/// A lesson: prose, one program in cells, and what is to be seen of it.
///
/// A Markdown file, readable on any Git host as it is. ``Lesson/init(parsing:path:)`` reads it,
/// ``LessonRun`` runs its program, ``LessonChecker`` verifies every claim it makes.
public struct Lesson: Sendable, Equatable {
  /// Where it was read from, for messages: `lessons/01-the-grad-slot.md`.
  public let path: String
  /// The text as it stands in the file.
  public let text: String
  public let frontMatter: FrontMatter
  /// In the order of the file.
  public let blocks: [LessonBlock]
  /// The images its prose shows, for those who read it on a Git host.
  public let images: [ImageLink]

  init(path: String, text: String, frontMatter: FrontMatter, blocks: [LessonBlock], images: [ImageLink]) {
    self.path = path
    self.text = text
    self.frontMatter = frontMatter
    self.blocks = blocks
    self.images = images
  }

  /// A program as a lesson: one cell, no prose.
  public init(program source: String, path: String) {
    var code = textLines(source).map(String.init)
    if code.last?.isEmpty ?? false { code.removeLast() }
    let front = FrontMatter(title: LessonName(path: path).name, summary: "", level: .beginner, minutes: 1)
    let cell = Cell(line: 0, endLine: code.count + 1, code: code)
    self.init(path: path, text: source, frontMatter: front, blocks: [.cell(cell)], images: [])
  }

  public var title: String { frontMatter.title }

  /// The file's name without its ending: `01-the-grad-slot`.
  public var name: String { LessonName(path: path).name }
  /// The number at the start of the name; a mere program has none.
  public var number: Int? { path.hasSuffix(".md") ? LessonName(path: path).number : nil }

  /// The cells, in order.
  public var cells: [Cell] {
    blocks.compactMap { if case .cell(let cell) = $0 { cell } else { nil } }
  }

  /// The figures, in order, each with how many cells stand above it.
  public var figures: [(figure: FigureBlock, cellsAbove: Int)] {
    counted { if case .figure(let figure) = $0 { figure } else { nil } }
  }

  /// The predictions, in order, each with how many cells stand above it.
  public var predictions: [(prediction: Prediction, cellsAbove: Int)] {
    counted { if case .predict(let prediction) = $0 { prediction } else { nil } }
  }

  private func counted<T>(_ pick: (LessonBlock) -> T?) -> [(T, Int)] {
    var cells = 0
    var out: [(T, Int)] = []
    for block in blocks {
      if case .cell = block { cells += 1 }
      if let item = pick(block) { out.append((item, cells)) }
    }
    return out
  }
}

/// An image in a lesson's prose, relative to the lesson.
public struct ImageLink: Sendable, Equatable {
  public var target: String
  public var line: Int
}

/// What stands at a lesson's head.
public struct FrontMatter: Sendable, Equatable {
  public var title: String
  /// One sentence for a list of lessons.
  public var summary: String
  public var level: Level
  /// How long it takes.
  public var minutes: Int

  public enum Level: String, Sendable, CaseIterable {
    case beginner, intermediate, advanced
  }
}

/// The parts of a lesson's file name: `01-the-grad-slot.md`.
public struct LessonName: Sendable, Equatable {
  /// `01-the-grad-slot`
  public let name: String
  /// 1
  public let number: Int?
  /// `the-grad-slot`
  public let slug: String

  public init(path: String) {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    name = file.hasSuffix(".md") ? String(file.dropLast(3)) : file
    let digits = name.prefix { $0.isASCII && $0.isNumber }
    let rest = name.dropFirst(digits.count)
    if let value = Int(digits), rest.hasPrefix("-") {
      number = value
      slug = String(rest.dropFirst())
    } else {
      number = nil
      slug = name
    }
  }
}
