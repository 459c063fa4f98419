public import Drawing
import Recordings

/// A kind of figure: a question and the functions that answer it, in every form.
///
///     let kind = try FigureKind.named("connection")
///     let scene = try kind.draw(FigureInput(recording: recording, at: 14, measuring: measurer))
public struct FigureKind: Sendable {
  /// What the command line calls it.
  public let name: String
  public let title: String
  /// The question it answers.
  public let summary: String
  public let draw: @Sendable (FigureInput) throws(FigureError) -> Scene
  /// The same for terminals and screen readers.
  public let text: @Sendable (FigureInput) throws(FigureError) -> String
  /// The same as a DOT file, where it is a graph.
  public let dot: (@Sendable (FigureInput) throws(FigureError) -> String)?
  /// Whether the picture may differ after such an event.
  let changes: @Sendable (Event.Body) -> Bool

  /// Every kind, in the order help lists them.
  public static let catalogue: [FigureKind] = [.connection, .graph, .ledger, .update]

  /// The kind of this name. Throws ``FigureError/unknownKind(name:)``.
  public static func named(_ name: String) throws(FigureError) -> FigureKind {
    guard let kind = catalogue.first(where: { $0.name == name }) else { throw .unknownKind(name: name) }
    return kind
  }

  /// The DOT form. Throws ``FigureError/noForm(kind:format:)`` where the kind is no graph.
  public func dotText(_ input: FigureInput) throws(FigureError) -> String {
    guard let dot else { throw .noForm(kind: name, format: "dot") }
    return try dot(input)
  }
}
