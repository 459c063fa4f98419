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
      of: Fixture.lesson1(), formats: ["svg", "png"])
    #expect(
      files.map(\.name).prefix(4) == [
        "01-the-grad-slot-1-graph.svg", "01-the-grad-slot-1-graph.png",
        "01-the-grad-slot-2-graph.svg", "01-the-grad-slot-2-graph.png",
      ])
    #expect(files.count == 10)
    let run = try Fixture.lesson1().run(with: Fixture.engine)
    #expect(String(decoding: files[0].bytes, as: UTF8.self) == "<graph at \(run.ends[2])>")
  }
}
