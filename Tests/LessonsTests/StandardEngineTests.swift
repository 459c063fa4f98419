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
}
