import Drawing
import Figures
import Recordings
import Rendering
import Synchronization

extension LessonEngine {
  /// The real engine: figures from the catalogue, drawn with the fonts at hand, files written whole.
  ///
  /// - Parameter run: runs a program's text under a name and records it.
  public static func standard(
    run: @escaping @Sendable (_ source: String, _ name: String) -> ProgramRun
  ) -> LessonEngine {
    let studio = Studio()
    return LessonEngine(
      run: run, kinds: FigureKind.catalogue.map(\.name),
      formats: OutputFormat.all.map { Format($0) } + [
        Format("text", ending: "txt"), Format("dot", ending: "dot"),
      ],
      draw: { try studio.draw($0) },
      write: { path, bytes in try AtomicFile.write(bytes, makingFoldersTo: path) })
  }
}

extension LessonEngine.Format {
  /// `live-svg` ends in `live.svg`, so that it does not overwrite `svg`.
  fileprivate init(_ format: OutputFormat) {
    let ending = format.fileExtension
    let isVariant = format.name != ending && format.name.hasSuffix("-" + ending)
    self.init(format.name, ending: isVariant ? format.name.dropLast(ending.count + 1) + "." + ending : ending)
  }
}

/// Draws figures; finds the fonts once, when the first is drawn.
private final class Studio: Sendable {
  private let renderer = Mutex<Renderer?>(nil)

  func draw(_ request: FigureRequest) throws -> [UInt8] {
    let renderer = try renderer.withLock { known in
      if let known { return known }
      let made = try Renderer()
      known = made
      return made
    }
    let kind = try FigureKind.named(request.kind)
    let input = FigureInput(
      recording: request.recording, at: request.event, measuring: renderer,
      options: try FigureOptions(request.options))
    switch request.format {
    case "text": return Array(try kind.text(input).utf8)
    case "dot": return Array(try kind.dotText(input).utf8)
    default:
      guard let format = OutputFormat.all.first(where: { $0.name == request.format }) else {
        throw FigureOptionError.unknownFormat(request.format)
      }
      var scene = try kind.draw(input)
      if !request.alt.isEmpty { scene.description = request.alt }
      return try format.paint(renderer, RenderJob(scene))
    }
  }
}
