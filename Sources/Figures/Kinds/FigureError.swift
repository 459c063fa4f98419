public import GraphLayout
import Recordings

/// Why a figure was not drawn.
public enum FigureError: Error, Sendable, Equatable {
  /// No figure kind has this name.
  case unknownKind(name: String)
  /// No tensor of the recording has this name or id; `known` are those that could be meant.
  case unknownTensor(name: String, known: [String])
  /// More boxes than a page can show.
  case tooManyBoxes(count: Int, limit: Int)
  /// The layout engine refused.
  case layout(LayoutError)
  /// The kind has no form in this format.
  case noForm(kind: String, format: String)
}

extension FigureError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownKind(let name):
      let names = FigureKind.catalogue.map(\.name)
      let hint = nearest(to: name, among: names).map { ", did you mean \"\($0)\"?" } ?? "."
      return "unknown figure kind \"\(name)\"\(hint) The kinds are \(names.joined(separator: ", "))"
    case .unknownTensor(let name, let known):
      let hint = nearest(to: name, among: known).map { ", did you mean \"\($0)\"?" } ?? "."
      let list = known.isEmpty ? "" : " Tensors with a name: \(known.prefix(12).joined(separator: ", "))"
      return "no tensor is called \"\(name)\"\(hint)\(list)"
    case .tooManyBoxes(let count, let limit):
      return "the graph has \(count) boxes, more than the \(limit) a page can show;"
        + " draw the ancestors of one tensor only, the grad_fn view, or an earlier instant"
    case .layout(let error): return error.description
    case .noForm(let kind, let format): return "the figure kind \"\(kind)\" has no \(format) form"
    }
  }
}
