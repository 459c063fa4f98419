import MiniPython

/// Functions of `torch.nn.functional` that PyTorch writes in Python as calls of a method: what is no tensor is told
/// that it has no such method.
enum FunctionalChecks {
  private static let methods = [
    "sigmoid": "sigmoid", "tanh": "tanh", "normalize": "norm", "softmax": "softmax",
    "log_softmax": "log_softmax",
    "softmin": "softmax",
  ]

  /// `torch.NAME` that are written in Python, too.
  static func checkTorch(_ name: String, _ a: PyArguments, _ i: Interpreter) throws {
    if name == "split", a.positional.count + a.keywords.count < 2 {
      throw Raise.type("split() missing 1 required positional argument: 'split_size_or_sections'")
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
