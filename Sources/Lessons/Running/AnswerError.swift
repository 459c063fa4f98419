import Recordings

/// Why an answer cannot be computed.
public enum AnswerError: Error, Sendable, Equatable {
  case syntax(found: String)
  case noName(String, known: [String])
  case noAttribute(String, known: [String])
  case noElement(Int)
  case notATensor
  case ofNone
  case tooLarge
  case nothingPrinted
  case neverEvaluated(String)
}

extension AnswerError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .syntax(let found):
      "\"\(found)\" should be a name with attributes, such as x.grad or x.grad[0]. Anything else: let code:"
        + " print it and ask for output"
    case .noName(let name, let known):
      "nothing is named \(name) at that instant" + hint(name, known, "Names")
    case .noAttribute(let name, let known):
      "there is no attribute \(name)" + hint(name, known, "Known")
    case .noElement(let index): "there is no element \(index)"
    case .notATensor: "that is no tensor"
    case .ofNone: "None has no attributes: at that instant the slot is empty"
    case .tooLarge: "the tensor is too large for its values to be kept"
    case .nothingPrinted: "nothing is printed by then"
    case .neverEvaluated(let why): why
    }
  }

  private func hint(_ word: String, _ known: [String], _ what: String) -> String {
    let list = known.isEmpty ? "" : "\(what): \(known.joined(separator: ", "))"
    // One letter is as near to any other.
    if word.count > 1, let near = nearest(to: word, among: known) { return "; did you mean \(near)? \(list)" }
    return list.isEmpty ? "" : ". \(list)"
  }
}
