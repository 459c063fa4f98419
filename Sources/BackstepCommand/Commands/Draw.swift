import ArgumentParser
import Figures
import Recordings
import Rendering

/// `backstep draw`: one figure of one instant.
struct Draw: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draw",
    abstract: "Draw a figure of a run at one instant.",
    discussion: "Kinds:\n"
      + FigureKind.catalogue.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))

  @OptionGroup var input: ProgramInput
  @OptionGroup var choice: FigureChoice

  @Option(
    help: ArgumentHelp(
      "When: 12 (an event), \"line 7\", \"line 7:2\", \"backward 1\", \"step 1\", start, end.",
      valueName: "instant"))
  var at = "end"

  @Option(
    help: ArgumentHelp(
      "\(PictureFormat.names.joined(separator: ", ")); by the ending of the file where left out.",
      valueName: "format"))
  var format: String?

  @Option(
    help: "In SVG: outlines look the same everywhere; live text can be selected, styled and read aloud.")
  var text: TextForm = .outlines

  @Option(name: .shortAndLong, help: ArgumentHelp("Where to; - for standard output.", valueName: "file"))
  var output: String?

  func run() throws {
    try reporting {
      // What was asked for is checked before anything runs.
      let kind = try choice.figureKind()
      let options = try choice.options()
      let form = try PictureFormat(format, path: output, live: text == .live)
      let instant = try Instant(at)
      let (recording, ending) = try input.recording()
      let k = try instant.resolve(in: recording)
      let renderer = try makeRenderer()
      let figure = FigureInput(recording: recording, at: k, measuring: renderer, options: options)
      let bytes: [UInt8]
      switch form {
      case .scene(let format):
        bytes = try format.paint(renderer, RenderJob(try kind.draw(figure), scale: choice.scale))
      case .dot: bytes = Array(try kind.dotText(figure).utf8)
      case .text: bytes = Array(try kind.text(figure).utf8)
      }
      // Text is for reading at once.
      let standard: String
      if case .text = form {
        standard = "-"
      } else {
        standard = "output/\(input.name)-\(kind.name).\(form.fileExtension)"
      }
      try Destination.write(bytes, to: output ?? standard)
      try ending.leave()
    }
  }
}
