import OrderedCollections
import Recordings

/// What a prediction asks for, read off a ``Moment``: `x`, `x.grad`, `x.grad[0]`, `w.grad_fn`,
/// `x.requires_grad`, `optim.lr`, `output`.
///
/// Small on purpose: what it cannot say, a `code:` that prints can, with `output` (the last line printed).
struct AnswerExpression {
  private enum Part {
    case attribute(String)
    case index(Int)
  }
  private let name: String
  private let parts: [Part]

  /// The attributes of a tensor that can be asked for.
  static let attributes = [
    "data", "grad", "grad_fn", "shape", "dtype", "requires_grad", "is_leaf", "_version",
  ]

  /// Throws ``AnswerError``.
  init(_ text: String) throws(AnswerError) {
    var rest = Substring(text)
    func word() -> String {
      let run = rest.prefix { $0 == "_" || ($0.isASCII && ($0.isLetter || $0.isNumber)) }
      rest = rest.dropFirst(run.count)
      return String(run)
    }
    name = word()
    guard let first = name.first, !first.isNumber else { throw .syntax(found: text) }
    var parts: [Part] = []
    while let next = rest.first {
      rest = rest.dropFirst()
      switch next {
      case ".":
        let attribute = word()
        if attribute.isEmpty { throw .syntax(found: text) }
        parts.append(.attribute(attribute))
      case "[":
        guard let close = rest.firstIndex(of: "]"), let index = Int(rest[..<close]) else {
          throw .syntax(found: text)
        }
        parts.append(.index(index))
        rest = rest[rest.index(after: close)...]
      default: throw .syntax(found: text)
      }
    }
    self.parts = parts
  }

  private enum Value {
    case none
    case capture(Capture)
    case tensor(TensorID)
    case optimizer(OptimizerID)
    case text(String)
  }

  /// The answer as a reader would type it: `[100., 100.]`, `None`, `True`, `MulBackward0`.
  func answer(at moment: Moment) throws(AnswerError) -> String {
    var value: Value
    if name == "output", parts.isEmpty {
      guard let line = moment.output.split(separator: "\n").last else { throw .nothingPrinted }
      return String(line)
    }
    // A module's parameter has a name with dots: `net.fc1.weight`.
    var name = name
    var parts = parts[...]
    while case .module = moment.names[BoundName(name: name)], case .attribute(let next) = parts.first {
      name += ".\(next)"
      parts = parts.dropFirst()
    }
    switch moment.names[BoundName(name: name)] {
    case .tensor(let id): value = .tensor(id)
    case .optimizer(let id): value = .optimizer(id)
    case .value(let text): value = .text(text)
    case .module(let type): value = .text(type)
    case nil: throw .noName(name, known: moment.names.keys.filter(\.scope.isEmpty).map(\.name))
    }
    for part in parts { value = try Self.step(value, part, moment) }
    return Self.text(value, moment)
  }

  private static func step(_ value: Value, _ part: Part, _ moment: Moment) throws(AnswerError) -> Value {
    switch (value, part) {
    case (.tensor(let id), .attribute(let name)): return try attribute(name, of: id, moment)
    case (.optimizer(let id), .attribute(let name)):
      let names = moment.optimizers[id]?.groups.first?.hyperparameters ?? []
      guard let found = names.first(where: { $0.name == name }) else {
        throw .noAttribute(name, known: names.map(\.name))
      }
      return .text(found.value.text)
    case (.tensor(let id), .index(let index)):
      guard let capture = moment.value(of: id) else { throw .tooLarge }
      return try element(index, of: capture)
    case (.capture(let capture), .index(let index)): return try element(index, of: capture)
    case (.none, _): throw .ofNone
    default: throw .notATensor
    }
  }

  private static func attribute(
    _ name: String, of id: TensorID, _ moment: Moment
  ) throws(AnswerError) -> Value {
    guard let tensor = moment.tensors[id] else { throw .notATensor }
    func truth(_ value: Bool) -> Value { .text(value ? "True" : "False") }
    switch name {
    case "data": return .tensor(id)
    case "grad": return tensor.grad.map(Value.tensor) ?? .none
    case "grad_fn":
      return tensor.gradFn.flatMap { moment.nodes[$0] }.map { .text($0.recorded.gradFn) } ?? .none
    case "shape": return .text(Story.shape(tensor.shape))
    case "dtype": return .text(tensor.dtype.torchName)
    case "requires_grad": return truth(tensor.requiresGrad)
    case "is_leaf": return truth(tensor.isLeaf)
    case "_version": return .text("\(moment.version(of: id) ?? 0)")
    default: throw .noAttribute(name, known: attributes)
    }
  }

  private static func element(_ index: Int, of capture: Capture) throws(AnswerError) -> Value {
    guard let elements = capture.elements, let size = capture.shape.first else { throw .noElement(index) }
    let row = size > 0 ? elements.count / size : 0
    let at = index < 0 ? index &+ size : index
    guard at >= 0, at < size else { throw .noElement(index) }
    let picked = elements.picking(Array(at * row..<(at + 1) * row))
    return .capture(
      Capture(shape: Array(capture.shape.dropFirst()), dtype: capture.dtype, content: .whole(picked)))
  }

  private static func text(_ value: Value, _ moment: Moment) -> String {
    switch value {
    case .none: "None"
    case .capture(let capture): capture.inline()
    case .tensor(let id): moment.value(of: id)?.inline() ?? "\(id)"
    case .optimizer(let id): moment.optimizers[id]?.kind ?? "\(id)"
    case .text(let text): text
    }
  }
}

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

/// Whether two answers say the same: numbers by value, `tensor(…)` and spacing left aside.
///
/// ```swift
/// sameAnswer("tensor([200., 200.])", "[200, 200]")  // true
/// ```
public func sameAnswer(_ a: String, _ b: String) -> Bool {
  let x = answerTokens(a)
  let y = answerTokens(b)
  return !x.isEmpty && x.count == y.count
    && zip(x, y).allSatisfy { p, q in
      guard let u = Double(p), let v = Double(q) else { return p == q }
      // PyTorch prints four digits, and so may the reader.
      return u == v || (u.isNaN && v.isNaN) || abs(u - v) <= 5e-5 * max(abs(u), abs(v))
    }
}

/// Words, numbers and brackets.
private func answerTokens(_ text: String) -> [String] {
  var body = trimmed(text)
  for wrapper in ["torch.Size(", "tensor("] where body.hasPrefix(wrapper) && body.hasSuffix(")") {
    body = String(body.dropFirst(wrapper.count).dropLast())
    if let comma = body.firstRange(of: ", requires_grad") { body = String(body[..<comma.lowerBound]) }
    if let comma = body.firstRange(of: ", grad_fn") { body = String(body[..<comma.lowerBound]) }
  }
  var tokens: [String] = []
  var word = ""
  func flush() {
    if !word.isEmpty { tokens.append(word) }
    word = ""
  }
  for character in body.replacing("−", with: "-") {
    switch character {
    case "[", "]", "(", ")":
      flush()
      tokens.append(String(character))
    case ",", " ", "\t", "\n": flush()
    default: word.append(character)
    }
  }
  flush()
  // `100.` is a number to Python, not to Swift.
  return tokens.map { $0.hasSuffix(".") && Double($0.dropLast()) != nil ? String($0.dropLast()) : $0 }
}
