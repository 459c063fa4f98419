import Foundation
import Recordings
import Testing

@testable import Lessons

@Suite struct WorkTests {
  static func check(_ text: String, _ engine: LessonEngine = Fixture.engine) -> LessonChecker.Report {
    LessonChecker(engine: engine).check(LessonSource(path: "l.md", text: .known(text)))
  }

  /// Lesson 1 with a change.
  static func lesson(_ old: String, _ new: String) throws -> String {
    let text = try Fixture.lesson1().text
    #expect(text.contains(old))
    return text.replacing(old, with: new)
  }

  @Test func `Lesson 1 holds`() throws {
    let report = Self.check(try Fixture.lesson1().text)
    #expect(report.description == "✓ l.md: 2 outputs, 5 figures, 1 prediction")
    #expect(report.updatedText == nil)
  }

  @Test func `A wrong output is reported with both texts, and mended`() throws {
    let text = try Self.lesson("```output\nNone\n", "```output\nNought\n")
    let report = Self.check(text)
    #expect(
      report.description.contains(
        """
        : the output differs
          expected:
            Nought
            tensor([100., 100.])
          found:
            None
            tensor([100., 100.])
        """))
    #expect(report.updatedText == (try Fixture.lesson1().text))
  }

  @Test func `A missing output is reported and added, a needless one goes`() throws {
    let original = try Fixture.lesson1().text
    let without = try Self.lesson("\n```output\nNone\ntensor([100., 100.])\n```\n", "")
    #expect(Self.check(without).errors.count == 1)
    #expect(Self.check(without).updatedText == original)
    let needless = try Self.lesson("loss = y.sum()\n```\n", "loss = y.sum()\n```\n\n```output\n1\n```\n")
    #expect(Self.check(needless).errors.count == 1)
    #expect(Self.check(needless).updatedText == original)
  }

  @Test func `An uncaught error is reported at its line unless the lesson expects it`() throws {
    let r = Recorder()
    let f = Fixture.Writer(recorder: r)
    f.line(1)
    f.line(2)
    r.record(.raised(Raised(type: "RuntimeError", message: "no", isUncaught: true)))
    let engine = Fixture.engine(answering: Recording(program: "p", source: "", events: r.events))
    let text = FormatTests.head + "```python\na\nb\n```\n"
    #expect(
      Self.check(text, engine).errors.map(\.description) == [
        "l.md:9: the program ends with RuntimeError: no\n  Mend it, or add an error block below the cell"
      ])
    #expect(Self.check(text + "```error\nRuntimeError: no\n```\n", engine).isSound)
    let wrong = Self.check(text + "```error\nRuntimeError: yes\n```\n", engine)
    #expect(wrong.errors.map(\.line) == [11])
    #expect(wrong.updatedText == text + "```error\nRuntimeError: no\n```\n")
  }

  @Test func `A program that cannot be read is reported at its line`() throws {
    let r = Recorder()
    r.span = SourceSpan(line: 3, column: 0, endLine: 3, endColumn: 0)
    r.record(.raised(Raised(type: "SyntaxError", message: "invalid syntax", isUncaught: true)))
    let engine = Fixture.engine(answering: Recording(program: "p", source: "", events: r.events))
    let text = FormatTests.head + "```python\na\n```\n\n```python\nb c\n```\n"
    let report = Self.check(text, engine)
    #expect(report.errors.map(\.line) == [12])
    #expect(report.description.contains("l.md:12: the program ends with SyntaxError: invalid syntax"))
  }

  @Test func `Figures and instants that do not exist are reported at their lines`() throws {
    let report = Self.check(try Self.lesson("kind: ledger", "kind: leger"))
    #expect(report.errors.count == 1)
    #expect(
      report.description.contains("unknown kind of figure \"leger\"; did you mean \"ledger\"? Kinds: graph,")
    )
    let never = Self.check(try Self.lesson("kind: ledger", "kind: ledger\nat: backward 2"))
    #expect(never.description.contains("there is no backward 2: it happens only once"))
  }

  @Test func `Exactly one choice must be right`() throws {
    let none = Self.check(try Self.lesson("\"[0.9, 1.9]\"", "\"[0.8, 1.8]\""))
    #expect(
      none.description.contains("no choice is right: the answer is [0.9000, 1.9000]; choices: [1., 2.] | "))
    let two = Self.check(try Self.lesson("\"[100., 100.]\"", "\"[0.900, 1.900]\""))
    #expect(two.description.contains("2 choices are right"))
  }

  @Test func `Figures are exported under names that sort`() throws {
    let files = try LessonExporter(engine: Fixture.engine).files(
      of: Fixture.lesson1(), formats: ["svg", "live-svg"])
    #expect(
      files.map(\.name).prefix(4) == [
        "01-the-grad-slot-1-graph.svg", "01-the-grad-slot-1-graph.live.svg",
        "01-the-grad-slot-2-graph.svg", "01-the-grad-slot-2-graph.live.svg",
      ])
    #expect(files.count == 10)
    let run = try Fixture.lesson1().run(with: Fixture.engine)
    #expect(String(decoding: files[0].bytes, as: UTF8.self) == "<graph at \(run.ends[2])>")
  }

  /// A lesson file in a folder of its own.
  static func withFile(_ text: String, _ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try text.write(toFile: folder + "/01-l.md", atomically: true, encoding: .utf8)
    try body(folder)
  }

  /// Writes as the real engine does.
  static let writing: LessonEngine = {
    var engine = Fixture.engine
    engine.write = { path, bytes in try Data(bytes).write(to: URL(filePath: path)) }
    return engine
  }()

  @Test func `Updating writes the outputs and finds the lesson sound`() throws {
    let text = try Self.lesson("```output\nNone\n", "```output\nNought\n")
    try Self.withFile(text) { folder in
      let sources = try LessonCatalog.select([folder], folder: nil)
      let checker = LessonChecker(engine: Self.writing)
      var said: [String] = []
      #expect(!checker.check(sources, update: false) { said.append($0) })
      #expect(checker.check(sources, update: true) { said.append($0) })
      #expect(said.count == 3)
      #expect(said[1] == "✎ \(folder)/01-l.md: outputs written")
      #expect(said[2] == "✓ \(folder)/01-l.md: 2 outputs, 5 figures, 1 prediction")
      let written = try TextFile.text(of: folder + "/01-l.md")
      #expect(try written == Fixture.lesson1().text)
    }
  }

  @Test func `A lesson that cannot be written says so`() throws {
    let text = try Self.lesson("```output\nNone\n", "```output\nNought\n")
    let source = LessonSource(path: "l.md", text: .known(text))
    var said = ""
    #expect(!LessonChecker(engine: Self.writing).check([source], update: true) { said += $0 })
    #expect(said.contains("l.md: cannot be written: it is inside the binary. Name a folder of lessons"))
    try Self.withFile(text) { folder in
      struct Full: Error, CustomStringConvertible { let description = "no space left on device" }
      var engine = Fixture.engine
      engine.write = { _, _ in throw Full() }
      let sources = try LessonCatalog.select([folder + "/01-l.md"], folder: nil)
      var said = ""
      #expect(!LessonChecker(engine: engine).check(sources, update: true) { said += $0 })
      #expect(said.contains("01-l.md: cannot be written: no space left on device"))
      #expect(try TextFile.text(of: folder + "/01-l.md") == text)
    }
  }

  @Test func `An image in the prose must exist`() throws {
    try Self.withFile(try Fixture.lesson1().text + "\n![a graph](../pictures/none.svg)\n") { folder in
      let report = LessonChecker(engine: Fixture.engine).check(
        LessonSource(path: folder + "/01-l.md", text: .file))
      #expect(report.errors.map(\.cause) == [.missingImage("../pictures/none.svg")])
    }
  }

  @Test func `Exporting writes every file and says which`() throws {
    try Self.withFile("") { folder in
      var paths: [String] = []
      try LessonExporter(engine: Self.writing).export(
        Fixture.lesson1(), to: folder, formats: ["svg"], each: { paths.append($0) })
      #expect(paths.count == 5)
      #expect(paths.first == folder + "/01-the-grad-slot-1-graph.svg")
      #expect(paths.allSatisfy(TextFile.exists))
    }
    #expect(throws: LessonErrors.self) {
      try LessonExporter(engine: Self.writing).export(
        Fixture.lesson1(), to: "/nowhere/at/all", formats: ["svg"], each: { _ in })
    }
  }

  @Test func `An unknown format brings a suggestion`() throws {
    #expect {
      try LessonExporter(engine: Fixture.engine).files(of: Fixture.lesson1(), formats: ["svgg"])
    } throws: { error in
      "\(error)" == "the format cannot be \"svgg\"; did you mean \"svg\"? It is one of: svg, live-svg"
    }
  }

  @Test func `Folders on the way to a file are made`() throws {
    try Self.withFile("") { folder in
      try LessonEngine.standard().write(folder + "/a/b/c.svg", [65])
      #expect(try TextFile.text(of: folder + "/a/b/c.svg") == "A")
      #expect(throws: (any Error).self) {
        try LessonEngine.standard().write(folder + "/a/b/c.svg/d.svg", [65])
      }
    }
  }

  @Test func `The list tells number, title, level, minutes and summary`() throws {
    let listing = LessonCatalog.embedded.listing()
    #expect(
      listing.hasPrefix(
        "  1  What connects backward() and step()?  (beginner, 10 min)\n     Neither call mentions the other. They meet"
      )
    )
    #expect(textLines(listing).allSatisfy { columns(of: $0) <= 80 })
    try Self.withFile("no lesson") { folder in
      let listing = try LessonCatalog.load(folder: folder).listing()
      #expect(listing.contains("     \(folder)/01-l.md:1: a lesson begins"))
    }
  }
}
