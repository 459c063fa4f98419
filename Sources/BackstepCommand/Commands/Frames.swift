import ArgumentParser
import Figures
import Recordings
import Rendering

/// `backstep frames`: one figure an instant, as numbered files or one PDF.
struct Frames: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "frames",
    abstract: "Draw one figure an instant; nothing moves from frame to frame.",
    discussion:
      "-o FILE.pdf makes one PDF with a page a frame and an outline; -o FOLDER makes numbered files.")

  @OptionGroup var input: ProgramInput
  @OptionGroup var choice: FigureChoice

  @Option(help: ArgumentHelp("svg, live-svg, png; pdf for one file.", valueName: "format"))
  var format: String?

  @Option(help: "In SVG: outlines or live text.")
  var text: TextForm = .outlines

  @Option(
    name: .shortAndLong, help: ArgumentHelp("A folder, or a file that ends in .pdf.", valueName: "path"))
  var output: String?

  func run() throws {
    try reporting {
      let kind = try choice.figureKind()
      let options = try choice.options()
      let isDocument = output?.hasSuffix(".pdf") ?? (format == "pdf")
      let form = try PictureFormat(format ?? (isDocument ? "pdf" : "svg"), path: nil, live: text == .live)
      guard case .scene(let format) = form else {
        throw Failure.unknownOption(
          option: "format", value: self.format ?? "", known: OutputFormat.all.map(\.name))
      }
      let (recording, ending) = try input.recording()
      let renderer = try makeRenderer()
      var film = FigureFilm(recording: recording, kind: kind, measuring: renderer, options: options)
      let base = output ?? "output/\(input.name)-\(kind.name)" + (isDocument ? ".pdf" : "")
      if isDocument {
        try document(&film, format, renderer, recording, to: base)
      } else {
        try files(&film, format, renderer, in: base)
      }
      try ending.leave()
    }
  }

  private func files(
    _ film: inout FigureFilm, _ format: OutputFormat, _ renderer: Renderer, in folder: String
  ) throws {
    var progress = Progress("drawing", total: film.instants.count)
    let width = max(3, "\(film.instants.count)".count)
    for (n, k) in film.instants.enumerated() {
      let number = "\(n + 1)"
      let name = String(repeating: "0", count: width - number.count) + number
      let bytes = try format.paint(renderer, RenderJob(try film.scene(at: k), scale: choice.scale))
      try Destination.write(bytes, to: "\(folder)/\(name).\(format.fileExtension)", saying: false)
      progress.update(n + 1)
    }
    progress.finish()
    Console.write("\(folder)/ (\(film.instants.count) frames)\n")
  }

  private func document(
    _ film: inout FigureFilm, _ format: OutputFormat, _ renderer: Renderer, _ recording: Recording,
    to path: String
  ) throws {
    guard format.takesPages else {
      throw Failure.other("\(format.name) holds one picture: name a folder, or use pdf")
    }
    var pages: [Page] = []
    var progress = Progress("drawing", total: film.instants.count)
    for (n, k) in film.instants.enumerated() {
      let scene = try film.scene(at: k)
      let event = k > 0 ? recording.events[k - 1] : nil
      let line = event?.span.map { "line \($0.line): \(recording.line($0.line).trimmingSpaces)" }
      pages.append(
        Page(
          scene, outline: line.map { "\(n + 1). \($0)" } ?? "\(n + 1). before anything happened",
          label: "\(n + 1)",
          documentTitle: "\(recording.program): \(film.kind.title)"))
      progress.update(n + 1)
    }
    let bytes = try format.paint(renderer, RenderJob(pages, scale: choice.scale))
    progress.finish()
    try Destination.write(bytes, to: path)
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    var rest = self[...].drop { $0 == " " || $0 == "\t" }
    while rest.last == " " { rest = rest.dropLast() }
    return String(rest)
  }
}
