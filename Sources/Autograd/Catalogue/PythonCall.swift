/// What CPython says of arguments that do not fit a function written in Python: classes, `forward`.
enum PythonCall {
  /// Throws `TypeError` where positional or keyword arguments do not fit; `self` is counted as CPython does.
  static func check(
    _ function: String, _ signature: Signature, _ positional: Int, _ keywords: [String]
  ) throws {
    let taken = signature.parameters.filter { !$0.isKeywordOnly }
    let isVariadic = signature.parameters.contains(where: \.isVariadic)
    if positional > taken.count, !isVariadic {
      let least = taken.count { $0.defaultText == nil } + 1
      let most = taken.count + 1
      let range = least == most ? "\(most)" : "from \(least) to \(most)"
      throw TorchError.type(
        "\(function)() takes \(range) positional argument\(most == 1 ? "" : "s") but \(positional + 1) were given"
      )
    }
    for key in keywords {
      guard let at = signature.parameters.firstIndex(where: { $0.name == key }) else {
        throw TorchError.type("\(function)() got an unexpected keyword argument '\(key)'")
      }
      if at < positional, !isVariadic {
        throw TorchError.type("\(function)() got multiple values for argument '\(key)'")
      }
    }
    let missing = taken.dropFirst(positional).filter { p in
      p.defaultText == nil && !p.isVariadic && !keywords.contains(p.name)
    }
    if !missing.isEmpty { throw TorchError.type(missingText("\(function)()", missing.map(\.name))) }
  }
}
