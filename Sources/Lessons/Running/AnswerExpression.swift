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
