import ArgumentParser
import Drawing
import Figures
import Recordings
import Rendering

/// Which figure, and how it looks: shared by `draw` and `frames`.
struct FigureChoice: ParsableArguments {
  @Option(
    help: ArgumentHelp("\(FigureKind.catalogue.map(\.name).joined(separator: ", ")).", valueName: "kind"))
  var kind = "graph"

  @Option(
    help: ArgumentHelp("The tensor it is about, by name: its ancestors, its update.", valueName: "name"))
  var tensor: String?

  @Option(help: ArgumentHelp("auto, LR (left to right) or TB (top to bottom).", valueName: "direction"))
  var direction = "auto"

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "What boxes show: \(FigureOptions.Detail.named.map(\.name).joined(separator: ", ")).",
      valueName: "detail"))
  var detail: [String] = []

  @Flag(name: .customLong("grad-fn"), help: "The graph of grad_fn nodes alone, as torchviz draws it.")
  var gradFunctions = false

  @Option(help: ArgumentHelp("How many rows of a ledger are kept.", valueName: "n"))
  var rows = 16

  @Option(help: ArgumentHelp("Pixels a point, for PNG.", valueName: "factor"))
  var scale = 2.0

  func figureKind() throws -> FigureKind { try FigureKind.named(kind) }

  func options() throws -> FigureOptions {
    let known = FigureOptions.Direction.allCases
    guard let way = known.first(where: { $0.rawValue.lowercased() == direction.lowercased() }) else {
      throw Failure.unknownOption(
        option: "direction", value: direction, known: known.map(\.rawValue))
    }
    var flags: FigureOptions.Detail = detail.isEmpty ? .standard : []
    for name in detail.flatMap({ $0.split(separator: ",").map(String.init) }) {
      guard let found = FigureOptions.Detail.named.first(where: { $0.name == name }) else {
        throw Failure.unknownOption(
          option: "detail", value: name, known: FigureOptions.Detail.named.map(\.name))
      }
      flags.insert(found.flag)
    }
    guard scale > 0, scale <= 20 else { throw Failure.other("--scale must lie between 0 and 20") }
    guard rows >= 1 else { throw Failure.other("--rows must be at least 1") }
    return FigureOptions(
      tensor: tensor, direction: way, detail: flags, showsGradFunctions: gradFunctions, rows: rows)
  }
}

/// A format by name: those of scenes, and those that figures make themselves.
enum PictureFormat {
  case scene(OutputFormat)
  case dot
  case text

  static var names: [String] { OutputFormat.all.map(\.name) + ["dot", "text"] }

  /// - Parameters:
  ///   - name: what was asked for; `nil` to go by the ending of the file.
  ///   - live: real text in SVG instead of outlines.
  init(_ name: String?, path: String?, live: Bool) throws {
    let ending = path.flatMap { p in p.lastIndex(of: ".").map { String(p[p.index(after: $0)...]) } }
    let wanted = (name ?? (ending.map { $0 == "txt" ? "text" : $0 }) ?? "svg").lowercased()
    switch wanted {
    case "dot", "gv": self = .dot
    case "text": self = .text
    default:
      guard
        let format = OutputFormat.all.first(where: {
          $0.name == (live && wanted == "svg" ? OutputFormat.liveSVG.name : wanted)
        })
      else {
        throw Failure.unknownOption(option: "format", value: wanted, known: PictureFormat.names)
      }
      self = .scene(format)
    }
  }

  var fileExtension: String {
    switch self {
    case .scene(let format): format.fileExtension
    case .dot: "dot"
    case .text: "txt"
    }
  }
}

/// How SVG holds its text.
enum TextForm: String, ExpressibleByArgument, CaseIterable {
  case outlines, live
}

/// The renderer, with the note about missing fonts.
func makeRenderer() throws -> Renderer {
  let renderer = try Renderer()
  if let note = renderer.fonts.note { Console.note(note) }
  return renderer
}
