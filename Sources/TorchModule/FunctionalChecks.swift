import MiniPython

/// Functions of `torch.nn.functional` that PyTorch writes in Python as calls of a method: what is no tensor is told
/// that it has no such method.
enum FunctionalChecks {
  private static let methods = [
    "sigmoid": "sigmoid", "tanh": "tanh", "normalize": "norm", "softmax": "softmax",
    "log_softmax": "log_softmax",
    "softmin": "softmax",
  ]

  /// Functions of `torch` whose sizes are one tuple, though the method takes them one by one.
  static let tupled = [
    "flip": "dims", "permute": "dims", "reshape": "shape", "tile": "dims", "broadcast_to": "size",
  ]

  /// `torch.NAME` that are written in Python, too, or take less than the method does.
  static func checked(_ name: String) -> Bool { name == "split" || name == "norm" || tupled[name] != nil }
  static func checkTorch(_ name: String, _ a: PyArguments, _ i: Interpreter) throws {
    if name == "split", a.positional.count + a.keywords.count < 2 {
      throw Raise.type("split() missing 1 required positional argument: 'split_size_or_sections'")
    }
    if let sizes = tupled[name], a.positional.count > 1 {
      if a.positional.count > 2 {
        throw Raise.type("\(name)() takes 2 positional arguments but \(a.positional.count) were given")
      }
      switch a.positional[1] {
      case .int, .bool, .float, .none:
        throw Raise.type(
          "\(name)(): argument '\(sizes)' (position 2) must be tuple of ints, not \(i.typeName(a.positional[1]))"
        )
      default: break
      }
    }
    if name == "norm", let first = a.positional.first, !(first.object is TensorObject),
      !(first.object is ArrayObject)
    {
      throw Raise.attribute("'\(i.typeName(first))' object has no attribute 'layout'")
    }
  }

  static func check(_ name: String, _ a: PyArguments, _ i: Interpreter) throws {
    guard var method = methods[name] else { return }
    guard let first = a.positional.first ?? a.keyword("input") else {
      throw Raise.type("\(name)() missing 1 required positional argument: 'input'")
    }
    if first.object is TensorObject || first.object is ArrayObject { return }
    // Without a dimension it is asked for the number of them first.
    if method.hasSuffix("softmax"), a.positional.count < 2, a.keyword("dim") == nil { method = "dim" }
    throw Raise.attribute("'\(i.typeName(first))' object has no attribute '\(method)'")
  }
}
