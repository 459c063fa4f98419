extension Interpreter {
  /// Where the program is now, as a traceback shows it: a line for each call under way, outermost first.
  public func stackText() -> String {
    frames.filter { $0.pc > 0 }.map { frame in
      let line = frame.currentSpan.line
      let text = program?.line(line).map { "    \($0)\n" } ?? ""
      return "  File \"\(program?.path ?? "<program>")\", line \(line), in \(frame.code.name)\n" + text
    }.joined()
  }
}
