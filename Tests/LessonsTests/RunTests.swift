import Recordings
import Testing

@testable import Lessons

@Suite struct RunTests {
  @Test func `Each cell knows what it printed and where it ends`() throws {
    let run = try Fixture.lesson1().run(with: Fixture.engine)
    #expect(
      run.outputs == [
        "", "", "", "None\ntensor([100., 100.])\n",
        "tensor([1., 2.], requires_grad=True)\ntensor([0.9000, 1.9000], requires_grad=True)\n",
      ])
    #expect(run.ends.last == run.recording.events.count)
    #expect(run.ends == run.ends.sorted())
  }

  @Test func `A refused program is an error of the lesson`() throws {
    let lesson = try Lesson(parsing: FormatTests.head + FormatTests.cell, path: "l.md")
    #expect(throws: LessonErrors.self) { try lesson.run(with: Fixture.engine) }
  }

  @Test(arguments: [
    ("x", "[1., 2.]"), ("x.grad", "[100., 100.]"), ("x.grad[0]", "100."), ("x.grad[-1]", "100."),
    ("x.data[1]", "2."), ("y.grad_fn", "MulBackward0"), ("x.grad_fn", "None"), ("loss", "300."),
    ("x.requires_grad", "True"), ("y.is_leaf", "False"), ("x.shape", "(2,)"), ("y.dtype", "torch.float32"),
    ("x._version", "0"), ("output", "None"),
  ])
  func `An answer is read off the instant`(expression: String, answer: String) throws {
    var timeline = Timeline(Fixture.recording)
    let moment = timeline.moment(after: try Instant("backward 1").resolve(in: Fixture.recording))
    #expect(try AnswerExpression(expression).answer(at: moment) == answer)
  }

  @Test func `A hyperparameter is an answer too`() throws {
    var timeline = Timeline(Fixture.recording)
    #expect(try AnswerExpression("optim.lr").answer(at: timeline.moment(after: .max)) == "0.001")
  }

  @Test(arguments: [
    ("z", AnswerError.noName("z", known: ["x", "y", "loss"])),
    ("x.grda", .noAttribute("grda", known: AnswerExpression.attributes)),
    ("x[2]", .noElement(2)), ("loss[0]", .noElement(0)), ("x.grad_fn.name", .ofNone),
  ])
  func `An answer that cannot be computed says why`(expression: String, error: AnswerError) {
    var timeline = Timeline(Fixture.recording)
    let moment = timeline.moment(after: 14)
    #expect(throws: error) { try AnswerExpression(expression).answer(at: moment) }
  }

  @Test(arguments: [
    ("[0.9, 1.9]", "[0.9000, 1.9000]", true), ("tensor([200., 200.])", "[200, 200]", true),
    ("tensor([1., 2.], requires_grad=True)", "[1., 2.]", true), ("None", "None", true),
    ("−1", "-1.", true), ("[1.,2.]", "[1., 2.]", true), ("torch.Size([2])", "[2]", true),
    ("[1., 2.]", "[1., 2.1]", false), ("1.", "[1.]", false), ("", "", false), ("none", "None", false),
  ])
  func `Answers are compared by what they say`(a: String, b: String, same: Bool) {
    #expect(sameAnswer(a, b) == same)
  }

  @Test func `What-if code runs after the cells above and is answered at its end`() throws {
    let text =
      FormatTests.head + """
        ```python
        x = 1
        ```
        ```predict
        question: Q
        code: |
          loss.backward()
        answer: x.grad
        explanation: E
        ```

        """
    let seen = Seen()
    let engine = LessonEngine(
      run: { source, _ in
        seen.add(source)
        return ProgramRun(recording: Fixture.recording)
      }, kinds: [], formats: [], draw: { _ in [] }, write: { _, _ in })
    let run = try Lesson(parsing: text, path: "l.md").run(with: engine)
    #expect(seen.all == ["x = 1\n", "x = 1\n\nloss.backward()\n"])
    #expect(try run.answers[0].get() == "[100., 100.]")
  }
}

/// The programs an engine was asked to run.
private final class Seen: @unchecked Sendable {
  private(set) var all: [String] = []
  func add(_ source: String) { all.append(source) }
}
