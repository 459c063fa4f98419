import Figures
import Recordings

/// Why the options of a figure block mean nothing.
enum FigureOptionError: Error, Equatable {
  case unknownOption(String)
  case unknownValue(option: String, value: String, known: [String])
  case unknownFormat(String)
}

extension FigureOptionError: CustomStringConvertible {
  var description: String {
    switch self {
    case .unknownOption(let name):
      "there is no option \"\(name)\"" + Self.hint(name, FigureOptions.names)
    case .unknownValue(let option, let value, let known):
      "the option \(option) cannot be \"\(value)\"" + Self.hint(value, known)
    case .unknownFormat(let name): "there is no format \"\(name)\""
    }
  }

  private static func hint(_ word: String, _ known: [String]) -> String {
    let near = nearest(to: word, among: known).map { "; did you mean \"\($0)\"?" } ?? "."
    return "\(near) Known: \(known.joined(separator: ", "))"
  }
}

extension FigureOptions {
  static let names = ["tensor", "direction", "detail", "view", "rows"]

  /// Reads what a figure block says: `direction: down`, `detail: values gradients`, `tensor: loss`,
  /// `view: grad_fn`, `rows: 8`.
  init(_ options: [FigureOption]) throws(FigureOptionError) {
    self.init()
    for option in options {
      let value = option.value
      func unknown(_ known: [String]) -> FigureOptionError {
        .unknownValue(option: option.name, value: value, known: known)
      }
      switch option.name {
      case "tensor": tensor = value
      case "direction":
        switch value {
        case "right", "LR": direction = .leftToRight
        case "down", "TB": direction = .topToBottom
        default: throw unknown(["right", "down"])
        }
      case "detail":
        var flags: Detail = []
        for word in value.split(whereSeparator: { $0 == " " || $0 == "," }) {
          guard let known = Detail.named.first(where: { $0.name == word }) else {
            throw unknown(Detail.named.map(\.name))
          }
          flags.insert(known.flag)
        }
        detail = flags
      case "view":
        guard value == "grad_fn" || value == "tensors" else { throw unknown(["tensors", "grad_fn"]) }
        showsGradFunctions = value == "grad_fn"
      case "rows":
        guard let count = Int(value), count >= 1 else { throw unknown(["a whole number from 1 up"]) }
        rows = count
      default: throw .unknownOption(option.name)
      }
    }
  }
}
