import Testing

@testable import Lessons

@Suite struct FormatTests {
  static let head = "---\ntitle: T\nsummary: S\nlevel: beginner\nminutes: 5\n---\n"

  static func problems(_ text: String) -> [String] {
    do {
      _ = try Lesson(parsing: text, path: "l.md")
      return []
    } catch {
      return error.errors.map(\.description)
    }
  }

  @Test func `Blocks are read in order, with their lines`() throws {
    let text =
      Self.head + """
        # Heading

        Some *prose* with `code`,
        folded. ![a picture](../output/gallery/a.png)

        1. first
        2. second

        ```python
        x = 1
        print(x)
        ```

        ```output
        1
        ```

        ```figure
        kind: graph
        options: {direction: down}
        caption: C
        alt: A
        ```

            indented code

        """
    let lesson = try Lesson(parsing: text, path: "02-two.md")
    #expect(lesson.frontMatter == FrontMatter(title: "T", summary: "S", level: .beginner, minutes: 5))
    #expect(lesson.number == 2)
    #expect(
      lesson.blocks == [
        .prose(Prose(line: 7, kind: .heading(level: 1), text: "Heading")),
        .prose(Prose(line: 9, kind: .paragraph, text: "Some prose with `code`, folded.")),
        .prose(Prose(line: 12, kind: .item(marker: "1.", depth: 1), text: "first")),
        .prose(Prose(line: 13, kind: .item(marker: "2.", depth: 1), text: "second")),
        .cell(Cell(line: 15, endLine: 18, code: ["x = 1", "print(x)"])),
        .output(Expected(line: 20, endLine: 22, text: "1\n")),
        .figure(
          FigureBlock(
            line: 24, kind: "graph", at: nil, options: [FigureOption(name: "direction", value: "down")],
            caption: "C", alt: "A")),
        .prose(Prose(line: 31, kind: .code, text: "indented code\n")),
      ])
    #expect(lesson.images == [ImageLink(target: "../output/gallery/a.png", line: 9)])
  }

  @Test func `A prediction is read, folded text and all`() throws {
    let text =
      Self.head + """
        ```predict
        question: >
          What is
          x?
        answer: x.grad
        at: backward 2
        choices: ["[1., 2.]", None]
        explanation: Because.
        ```
        ```python
        x = 1
        ```

        """
    let lesson = try Lesson(parsing: text, path: "l.md")
    #expect(
      lesson.predictions.map(\.prediction) == [
        Prediction(
          line: 7, question: "What is x?", answer: "x.grad", at: "backward 2", code: nil,
          choices: ["[1., 2.]", "None"], explanation: "Because.")
      ])
  }

  @Test func `Windows line ends read the same`() throws {
    let text = Self.head + "Prose.\n\n```python\nx = 1\n```\n"
    let unix = try Lesson(parsing: text, path: "l.md")
    let windows = try Lesson(parsing: text.replacing("\n", with: "\r\n"), path: "l.md")
    #expect(unix.blocks == windows.blocks)
    #expect(unix.frontMatter == windows.frontMatter)
  }

  static let cell = "```python\nx = 1\n```\n"

  @Test(arguments: [
    (
      "no head\n",
      "l.md:1: a lesson begins with front matter: a line ---, then title, summary, level and minutes, then a line ---"
    ),
    ("---\ntitle: T\n", "l.md:1: the front matter is not closed: a line --- is missing"),
    (
      "---\ntittle: T\nsummary: S\nlevel: beginner\nminutes: 5\n---\n" + cell,
      "l.md:1: the front matter needs a line \"title: …\"\nl.md:2: unknown key \"tittle\" in the front matter; did you mean \"title\"? Known: title, summary, level, minutes"
    ),
    (
      "---\ntitle: T\nsummary: S\nlevel: beginer\nminutes: 5\n---\n" + cell,
      "l.md:4: level cannot be \"beginer\"; did you mean \"beginner\"? It is one of: beginner, intermediate, advanced"
    ),
    (
      "---\ntitle: T\nsummary: S\nlevel: beginner\nminutes: soon\n---\n" + cell,
      "l.md:5: minutes should be a whole number from 1 up, found \"soon\""
    ),
    (
      "---\ntitle: [T]\nsummary: S\nlevel: beginner\nminutes: 5\n---\n" + cell,
      "l.md:2: title should be text. Put it in quotes: title: \"[1., 2.]\", found a list"
    ),
    ("---\ntitle: [T\n---\n" + cell, "l.md:3: this is not YAML: did not find expected ',' or ']'"),
    (head + "Prose.\n", "l.md: a lesson needs at least one python block"),
    (
      head + "```pyton\nx = 1\n```\n" + cell,
      "l.md:7: unknown block \"pyton\"; did you mean \"python\"? Blocks that mean something: python, output, error, figure, predict"
    ),
    (
      head + "```output\n1\n```\n" + cell,
      "l.md:7: this output block follows no cell. Put it below the python block it belongs to"
    ),
    (
      head + "- item\n\n  ```python\n  x = 1\n  ```\n\n" + cell,
      "l.md:9: a python block inside a list or quotation is not seen. Move it to the left margin"
    ),
    (
      head + cell + "```error\nE: e\n```\n" + cell,
      "l.md:13: this cell never runs: the program ends with the error above. Catch the error with try, or end here"
    ),
    (
      head + cell + "```figure\nkind: graph\ncaption: C\n```\n",
      "l.md:10: a figure block needs a line \"alt: …\""
    ),
    (
      head + cell + "```figure\nkind: graph\ncaption: C\nalt: A\nat: lin 7\n```\n",
      "l.md:14: unknown instant \"lin 7\", did you mean \"line\"?. An instant is an event number (12), \"line 7\", \"line 7:2\" (its second run), \"backward 1\", \"step 1\", \"start\" or \"end\""
    ),
    (
      head + cell + "```predict\nquestion: Q\nanswer: x +\nchoices: [a]\nexplanation: E\n```\n",
      "l.md:12: the answer x + cannot be computed: \"x +\" should be a name with attributes, such as x.grad or x.grad[0]. Anything else: let code: print it and ask for output\nl.md:13: 1 choice: give at least two, or none for free input"
    ),
    (
      head + cell
        + "```predict\nquestion: Q\nanswer: x\nchoices:\n  - [1., 2.]\n  - b\nexplanation: E\n```\n",
      "l.md:14: choices should be a list of texts. Put each in quotes: - \"[1., 2.]\", found a list in it"
    ),
  ])
  func `What is wrong is said with its line`(text: String, message: String) {
    #expect(Self.problems(text).joined(separator: "\n") == message)
  }

  @Test func `Nothing that is loaded can trap`() {
    let deep = String(repeating: "[", count: 50_000)
    #expect(!Self.problems("---\n" + deep + "\n---\n").isEmpty)
    #expect(!Self.problems("---\n" + String(repeating: "- ", count: 20_000) + "\n---\n").isEmpty)
    _ = Self.problems(Self.head + String(repeating: "> ", count: 20_000) + "x\n" + Self.cell)
    _ = Self.problems(Self.head + String(repeating: "*a **b ", count: 20_000) + "\n" + Self.cell)
    _ = Self.problems(Self.head + "\0\u{1B}[2J```\n" + Self.cell)
    let lesson = (try? Fixture.lesson1().text) ?? ""
    let scalars = Array(lesson.unicodeScalars)
    for cut in stride(from: 0, to: scalars.count, by: 37) {
      var text = String.UnicodeScalarView()
      text.append(contentsOf: scalars[..<cut])
      _ = Self.problems(String(text))
    }
  }
}
