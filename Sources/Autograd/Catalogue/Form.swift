import Recordings

/// One way to call a function, as PyTorch's parser of arguments knows it: names, types, what may be left out.
///
/// `(Tensor input, int dim, bool keepdim = False, *, torch.dtype dtype = None)`
struct Form: Sendable {
  struct Parameter: Sendable {
    let name: String
    let type: Substring
    let isOptional: Bool
    /// Whether `None` counts as left out.
    let allowsNone: Bool
    let isKeywordOnly: Bool
    /// Whether one whole number may stand for several.
    let isSized: Bool
  }

  let text: Substring
  let parameters: [Parameter]
  private let positionalCount: Int
  private let least: Int
  /// Whether sizes may be given one by one: `x.view(2, 3)`.
  private let takesSizesOneByOne: Bool

  /// - Parameter allDims: whether `dim=None` says every dimension, though it has no default.
  init(_ text: Substring, allDims: Bool = false) {
    self.text = text
    var parameters: [Parameter] = []
    var isKeywordOnly = false
    for part in Form.parts(text) {
      if part == "*" {
        isKeywordOnly = true
        continue
      }
      let sides = part.split(separator: "=", maxSplits: 1)
      let left = (sides.first ?? "").drop { $0 == " " }
      let words = left.split(separator: " ")
      let name = String(words.last ?? "")
      let type = words.dropLast().joined(separator: " ")
      parameters.append(
        Parameter(
          name: name, type: type == "ints" ? "tuple of ints" : Substring(type), isOptional: sides.count > 1,
          allowsNone: sides.count > 1 && sides[1].contains("None") || name == "rounding_mode"
            || name == "generator" || allDims && name == "dim" && type == "tuple of ints",
          isKeywordOnly: isKeywordOnly, isSized: type == "ints" || Form.sized.contains(name)))
    }
    self.parameters = parameters
    positionalCount = parameters.count { !$0.isKeywordOnly }
    least = parameters.count { !$0.isOptional }
    takesSizesOneByOne = positionalCount == 1 && parameters[0].type == "tuple of ints"
  }

  /// What a form asks for: `Tensor input`, `*`, `Number alpha = 1`.
  static func parts(_ form: Substring) -> [Substring] {
    form.dropFirst().dropLast().split(separator: ",").map { $0.drop { $0 == " " } }
  }

  private static let sized: Set = [
    "dim", "stride", "padding", "dilation", "kernel_size", "output_padding", "output_size", "shifts",
  ]
  /// NumPy's names, which PyTorch takes too.
  private static let aliases = [
    "dim": ["axis"], "keepdim": ["keepdims"], "input": ["x", "a", "x1"], "other": ["x2"],
  ]

  /// Whether a call has as many arguments as this form may have.
  func isPlausible(_ count: Int) -> Bool { count >= least && count <= parameters.count }

  /// Why a call does not fit.
  enum Problem {
    case tooMany
    /// From this parameter on.
    case missing(Int)
    /// The place is `nil` for what was given by name, the element that of a list.
    case wrong(Parameter, Argument, place: Int?, element: Int?)
    case unknownKeyword
    /// A list of tensors with something else in it.
    case refused(TorchError)
  }

  /// What is wrong with a call of this form; `nil` where it fits.
  ///
  /// - Parameter numbersAreTensors: whether a number may stand for a tensor, as in arithmetic.
  func problem(
    _ positional: [Argument], _ keywords: [(String, Argument)], numbersAreTensors: Bool
  ) -> Problem? {
    if positional.count > positionalCount, !takesSizesOneByOne { return .tooMany }
    var at = 0
    var left = keywords.count
    for (i, parameter) in parameters.enumerated() {
      var given: Argument?
      var isKeyword = false
      if at < positional.count {
        if parameter.isKeywordOnly { return .tooMany }
        given = positional[at]
      } else {
        isKeyword = true
        given = Form.keyword(parameter.name, keywords)
      }
      guard let value = given else {
        guard parameter.isOptional else { return .missing(i) }
        continue
      }
      if case .none = value, parameter.allowsNone {
      } else {
        switch parameter.fit(value, numbersAreTensors: numbersAreTensors) {
        case .fits: break
        case .refused(let error): return .refused(error)
        case .wrong(let element):
          if takesSizesOneByOne, !isKeyword {
            if Form.isWhole(value) {
              at = positional.count
              continue
            }
            if positional.count > 1 { return .tooMany }
          }
          return .wrong(parameter, value, place: isKeyword ? nil : at + 1, element: element)
        }
      }
      if isKeyword { left -= 1 } else { at += 1 }
    }
    return left > 0 ? .unknownKeyword : nil
  }

  private static func keyword(_ name: String, _ keywords: [(String, Argument)]) -> Argument? {
    guard !keywords.isEmpty else { return nil }
    if let found = keywords.first(where: { $0.0 == name }) { return found.1 }
    for alias in aliases[name] ?? [] {
      if let found = keywords.first(where: { $0.0 == alias }) { return found.1 }
    }
    return nil
  }

  /// A whole number, or what Python can take for one; a truth value is none.
  static func isWhole(_ a: Argument) -> Bool {
    switch a {
    case .int: true
    case .tensor(let t): t.count == 1 && !t.dtype.isFloatingPoint && t.dtype != .bool
    default: false
    }
  }

  /// The error in PyTorch's words.
  func error(
    _ problem: Problem, _ name: String, _ positional: [Argument], _ keywords: [(String, Argument)]
  ) -> TorchError {
    switch problem {
    case .refused(let error): return error
    case .tooMany:
      let count = positional.count
      if least != positionalCount {
        return .type(
          "\(name)() takes from \(least) to \(positionalCount) positional arguments but \(count) were given")
      }
      return .type(
        "\(name)() takes \(positionalCount) positional argument\(positionalCount == 1 ? "" : "s") but \(count) "
          + "\(count == 1 ? "was" : "were") given")
    case .missing(let first):
      let missing = parameters[first...].filter { !$0.isOptional }
      // PyTorch has the plural the wrong way round.
      return .type(
        "\(name)() missing \(missing.count) required positional argument\(missing.count == 1 ? "s" : ""): "
          + missing.map { "\"\($0.name)\"" }.joined(separator: ", "))
    case .wrong(let parameter, let value, let place, let element):
      let start = "\(name)(): argument '\(parameter.name)'\(place.map { " (position \($0))" } ?? "") must be "
      if place != nil, let element, let items = value.items, items.indices.contains(element) {
        return .type(
          "\(start)\(parameter.type), but found element of type \(items[element].typeName) at pos \(element)")
      }
      return .type("\(start)\(parameter.type), not \(value.typeName)")
    case .unknownKeyword:
      for (key, _) in keywords {
        guard let at = parameters.firstIndex(where: { $0.name == key }) else {
          return .type("\(name)() got an unexpected keyword argument '\(key)'")
        }
        if at < positional.count { return .type("\(name)() got multiple values for argument '\(key)'") }
      }
      return .type("invalid keyword arguments")
    }
  }
}

extension Form.Parameter {
  enum Fit {
    case fits
    /// The element that is wrong, where a list was given.
    case wrong(Int?)
    case refused(TorchError)
  }

  /// Whether an argument is of this parameter's type.
  func fit(_ a: Argument, numbersAreTensors: Bool) -> Fit {
    func yes(_ condition: Bool) -> Fit { condition ? .fits : .wrong(nil) }
    switch type {
    case "Tensor":
      switch a {
      case .tensor: return .fits
      case .int, .double, .bool: return yes(numbersAreTensors)
      default: return .wrong(nil)
      }
    case "Number", "float":
      switch a {
      case .int, .double, .bool: return .fits
      case .tensor(let t): return yes(t.dim == 0 && !t.requiresGrad)
      default: return .wrong(nil)
      }
    case "int":
      switch a {
      case .int: return .fits
      case .tensor(let t):
        return yes(t.dim == 0 && !t.requiresGrad && !t.dtype.isFloatingPoint && t.dtype != .bool)
      default: return .wrong(nil)
      }
    case "bool":
      if case .bool = a { return .fits }
      return .wrong(nil)
    case "str":
      if case .string = a { return .fits }
      return .wrong(nil)
    case "torch.dtype":
      if case .dtype = a { return .fits }
      return .wrong(nil)
    case "torch.device":
      switch a {
      case .device, .string, .int: return .fits
      default: return .wrong(nil)
      }
    case "torch.Generator":
      if case .generator = a { return .fits }
      return .wrong(nil)
    case "tuple of ints":
      if isSized, Form.isWhole(a) { return .fits }
      guard let items = a.items else { return .wrong(nil) }
      guard let first = items.first else { return .fits }
      return Form.isWhole(first) ? .fits : .wrong(0)
    case "tuple of Tensors":
      guard let items = a.items else { return .wrong(nil) }
      for (i, item) in items.enumerated() {
        if case .tensor = item { continue }
        return .refused(
          .type("expected Tensor as element \(i) in argument 0, but got \(item.typeName)"))
      }
      return .fits
    case "torch.Storage": return .wrong(nil)
    default: return .fits
    }
  }
}
