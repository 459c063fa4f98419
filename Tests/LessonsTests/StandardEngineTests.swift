import Figures
import Foundation
import Recordings
import Rendering
import Testing

@testable import Lessons

@Suite struct StandardEngineTests {
  /// The real engine but for the runner.
  static let engine = LessonEngine.standard { source, _ in
    let isKnown = source == Fixture.source
    return ProgramRun(
      recording: isKnown ? Fixture.recording : Recording(program: "p", source: source, events: []),
      errors: isKnown ? "" : "unknown", succeeded: isKnown)
  }

  @Test(arguments: FigureKind.catalogue.map(\.name))
  func `Every kind of figure is drawn at every step, in every scene format and as text`(kind: String) throws {
    let engine = Self.engine
    let player = Player(LessonRun(playing: Fixture.recording))
    for step in player.steps {
      let request = FigureRequest(
        recording: Fixture.recording, event: step.events.upperBound, kind: kind, alt: "Seen.", format: "text")
      #expect(!(try engine.draw(request)).isEmpty)
    }
    for format in OutputFormat.all.map(\.name) {
      let request = FigureRequest(
        recording: Fixture.recording, event: Fixture.recording.events.count, kind: kind, alt: "Seen.",
        format: format)
      let bytes = try engine.draw(request)
      #expect(bytes.count > 100)
      #expect(try engine.draw(request) == bytes)
      if format == "live-svg" { #expect(String(decoding: bytes, as: UTF8.self).contains("Seen.")) }
    }
  }

  @Test func `Formats have endings of their own`() {
    let endings = Self.engine.formats.map(\.ending)
    #expect(Set(endings).count == endings.count)
    #expect(Self.engine.formats.first { $0.name == "live-svg" }?.ending == "live.svg")
  }

  @Test(arguments: [
    ("direction", "up", "the option direction cannot be \"up\". Known: right, down"),
    ("detail", "values gradient", "the option detail cannot be \"values gradient\""),
    ("directon", "down", "there is no option \"directon\"; did you mean \"direction\"?"),
    ("rows", "0", "the option rows cannot be \"0\""),
    ("view", "torch", "the option view cannot be \"torch\""),
  ])
  func `An option that means nothing says so`(name: String, value: String, message: String) {
    #expect {
      try FigureOptions([FigureOption(name: name, value: value)])
    } throws: { "\($0)".hasPrefix(message) }
  }

  @Test func `Options are read`() throws {
    let options = try FigureOptions([
      FigureOption(name: "direction", value: "down"), FigureOption(name: "tensor", value: "loss"),
      FigureOption(name: "detail", value: "values, gradients"), FigureOption(name: "view", value: "grad_fn"),
      FigureOption(name: "rows", value: "8"),
    ])
    #expect(
      options
        == FigureOptions(
          tensor: "loss", direction: .topToBottom, detail: [.values, .gradients], showsGradFunctions: true,
          rows: 8))
  }

  /// Everything real.
  static let real = LessonEngine.standard()

  @Test(arguments: LessonCatalog.embedded.sources.map(\.path))
  func `Every lesson holds, run and drawn for real`(path: String) throws {
    let report = LessonChecker(engine: Self.real).check(
      try LessonCatalog.embedded.find(LessonName(path: path).name))
    #expect(report.errors.map(\.description) == [])
    #expect(report.updatedText == nil)
  }

  @Test func `The recording written by hand tells what the core records`() throws {
    let run = try Fixture.lesson1().run(with: Self.real)
    let told = Story.lines(of: run.recording).map(\.text)
    #expect(told == Story.lines(of: Fixture.recording).map(\.text))
  }

  /// A lesson of one cell, run for real.
  static func words(_ code: String) throws -> [String] {
    let lesson = Lesson(program: code, path: "p.py")
    var player = Player(try lesson.run(with: real))
    return player.stops.indices.map {
      player.go(to: $0)
      return player.words
    }
  }

  @Test func `Intermediates without a name are called what they were computed as`() throws {
    let words = try Self.words(
      """
      import torch
      t = torch.tensor([4., 1.], requires_grad=True)
      loss = t[0] ** 2 + 3 * t[1] ** 2
      loss.backward()
      """)
    #expect(words[4].hasPrefix("t[1]^2 is computed: 1. Since t[1] requires a gradient,"))
    #expect(
      words[6].hasPrefix("loss = t[0]^2 + (3 · t[1]^2) is computed: 19. Since t[0]^2 and 3 · t[1]^2 require"))
    #expect(
      words.contains {
        $0.contains("which made t[1]^2. It receives ∂loss/∂(t[1]^2) = 3. and passes on 6. towards t[1].")
      })
    #expect(words.contains { $0.hasSuffix("and passes on [0., 6.] towards t.") })
  }

  @Test func `Rebinding, detaching and clearing are told for real`() throws {
    let words = try Self.words(
      """
      import torch
      x = torch.tensor([1., 2.], requires_grad=True)
      z = x.detach()
      (x * x).sum().backward()
      x.grad.zero_()
      x.grad = None
      x = x - 0.5
      """)
    #expect(words[1].hasPrefix("z is x cut from the graph: [1., 2.]."))
    #expect(words.contains { $0.hasPrefix("zero_ writes into x.grad in place: [2., 4.] becomes [0., 0.].") })
    #expect(words.contains("The program puts None into x.grad. It held [0., 0.]."))
    #expect(
      words.last?.hasPrefix("x = x − 0.5 is computed: [0.5000, 1.5000]. Since x requires a gradient,") == true
    )
    #expect(
      words.last?.hasSuffix("The name x now refers to this new tensor, no longer to the one before.") == true)
  }

  @Test func `An error ends a lesson where the lesson says so`() throws {
    let text =
      FormatTests.head
      + "```python\nimport torch\na = torch.tensor(2.0, requires_grad=True)\na.backward()\na.detach().backward()\n```\n"
    let engine = Self.real
    let report = LessonChecker(engine: engine).check(LessonSource(path: "l.md", text: .known(text)))
    #expect(report.errors.map(\.line) == [11])
    let message = "RuntimeError: element 0 of tensors does not require grad and does not have a grad_fn"
    let sound = text + "\n```error\n\(message)\n```\n"
    #expect(LessonChecker(engine: engine).check(LessonSource(path: "l.md", text: .known(sound))).errors == [])
  }

  @Test func `A what-if question is answered by running it`() throws {
    let text =
      try Fixture.lesson1().text
        + """

        ```predict
        question: And if we run forward and backward once more, without clearing?
        code: |
          y = 100*x
          y.sum().backward()
        answer: x.grad
        choices: ["[100., 100.]", "[200., 200.]", "None"]
        explanation: It is added.
        ```

        """
    let run = try Lesson(parsing: text, path: "01-l.md").run(with: Self.real)
    #expect(try run.answers[1].get() == "[200., 200.]")
    #expect(
      LessonChecker(engine: Self.real).check(LessonSource(path: "01-l.md", text: .known(text))).errors == [])
  }
}
