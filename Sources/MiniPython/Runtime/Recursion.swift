/// What CPython counts against its recursion limit beside frames of the program.
extension Interpreter {
  /// Runs what CPython counts as one call deeper, with its word for it: ` in comparison`.
  func nested<Result>(_ what: String, _ body: () throws -> Result) throws -> Result {
    guard frames.count < recursionLimit, nativeDepth < 5000 else {
      throw Raise.named("RecursionError", "maximum recursion depth exceeded\(what)")
    }
    // The limit is lowered, so that calls of functions need not look at a second number.
    recursionLimit -= 1
    nativeDepth += 1
    defer {
      recursionLimit += 1
      nativeDepth -= 1
    }
    return try body()
  }
}
