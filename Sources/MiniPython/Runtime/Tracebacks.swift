/// What a program that failed says: CPython's traceback, the exception's class and message.
public struct UncaughtError: Error, Sendable {
  /// `RuntimeError`.
  public var type: String
  public var message: String
  /// All that CPython prints on standard error, line ends included.
  public var traceback: String
  /// The line that raised it.
  public var line: Int32 = 0
  /// A limit ended the program, no exception.
  public var isLimit = false
  /// What helps, beyond CPython's words.
  public var hint: String?

  init(type: String, message: String, traceback: String, line: Int32 = 0) {
    self.type = type
    self.message = message
    self.traceback = traceback
    self.line = line
  }

  /// Type and message on one line, as the last line of a traceback.
  public var summary: String { message.isEmpty ? type : "\(type): \(message)" }

  init(_ problem: SyntaxProblem, path: String, source: String) {
    type = problem.type
    message = problem.message
    line = problem.span.line
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    var out = "  File \"\(path)\", line \(problem.span.line)\n"
    let at = Int(problem.span.line) - 1
    if lines.indices.contains(at) {
      let full = problem.shownText.map { $0[...] } ?? lines[at]
      let text = full.drop { $0 == " " || $0 == "\t" || $0 == "\u{C}" }
      let indent = full.unicodeScalars.count - text.unicodeScalars.count
      let start = max(0, Int(problem.span.column) - indent)
      let end =
        problem.span.endLine == problem.span.line
        ? max(start + 1, Int(problem.span.endColumn) - indent) : text.unicodeScalars.count
      if !text.isEmpty || problem.type != "SyntaxError" {
        out += "    \(text.hasSuffix("\r") ? text.dropLast() : text)\n"
        if problem.showsCaret, problem.message != "unexpected indent" {
          let width = problem.type == "IndentationError" ? 1 : max(1, end - start)
          out += "    " + String(repeating: " ", count: start) + String(repeating: "^", count: width) + "\n"
        }
      }
    }
    traceback = out + "\(type): \(message)\n"
  }
}

extension Interpreter {
  func outcome(of error: any Error) -> Outcome {
    if let raise = error as? Raise {
      let e = raise.exception
      if e.classObject.isSubclass(of: Exceptions.type("SystemExit")) { return .exited(exitStatus(e)) }
      observer?.raised(e, isUncaught: true, self)
      let message = (try? str(.object(e))) ?? "<exception str() failed>"
      var uncaught = UncaughtError(
        type: qualifiedType(e), message: message + (e.exception?.suggestion ?? ""),
        traceback: traceback(e, message),
        line: e.exception?.traceback.last?.span.line ?? 0)
      uncaught.hint = e.exception?.hint
      return .raised(uncaught)
    }
    let text: String
    switch error {
    case LimitReached.steps(let n):
      text = "the program was stopped after \(n) steps (--max-steps changes the limit)"
    case LimitReached.output(let n):
      text = "the program was stopped after \(n) bytes of output (--max-output changes the limit)"
    case LimitReached.memory(let bytes):
      text =
        "the program was stopped when it held \(bytes >> 20) megabytes, twice what --max-memory says of one value"
    case LimitReached.time(let s):
      text = "the program was stopped after \(Numbers.repr(s)) seconds (--max-time changes the limit)"
    default: text = "\(error)"
    }
    var place = ""
    if let line = stopSpan?.line, let path = program?.path {
      place = "  File \"\(path)\", line \(line)\n" + (program?.line(line).map { "    \($0)\n" } ?? "")
    }
    var stopped = UncaughtError(
      type: "LimitReached", message: text, traceback: place + "LimitReached: \(text)\n",
      line: stopSpan?.line ?? 0)
    stopped.isLimit = true
    return .raised(stopped)
  }

  private func qualifiedType(_ e: InstanceObject) -> String {
    let c = e.classObject
    return c.module == "builtins"
      ? c.name
      : c.module == "__main__"
        ? "__main__.\(c.name)".replacingFirst("__main__.", with: "") : "\(c.module).\(c.name)"
  }

  private func exitStatus(_ e: InstanceObject) -> Int32 {
    switch e.exception?.arguments.first {
    case nil, .some(.none): return 0
    case .some(.int(let k)): return Int32(truncatingIfNeeded: k & 255)
    case .some(let other):
      errors(((try? str(other)) ?? "") + "\n")
      return 1
    }
  }

  private func traceback(_ e: InstanceObject, _ message: String) -> String {
    var chain: [(InstanceObject, String)] = []
    var seen: Set<ObjectIdentifier> = []
    var current: InstanceObject? = e
    var link = ""
    while let one = current, seen.insert(ObjectIdentifier(one)).inserted, chain.count < 20 {
      chain.append((one, link))
      if let cause = one.exception?.cause {
        current = cause
        link = "\nThe above exception was the direct cause of the following exception:\n\n"
      } else if one.exception?.suppressesContext == false, let context = one.exception?.context {
        current = context
        link = "\nDuring handling of the above exception, another exception occurred:\n\n"
      } else {
        current = nil
      }
    }
    var out = ""
    for (k, (one, _)) in chain.enumerated().reversed() {
      let said = one === e ? message : (try? str(.object(one))) ?? ""
      out += single(one, said)
      if k > 0 { out += chain[k].1 }
    }
    return out
  }

  private func single(_ e: InstanceObject, _ message: String) -> String {
    let entries = Array((e.exception?.traceback ?? []).reversed())
    var out = entries.isEmpty ? "" : "Traceback (most recent call last):\n"
    var repeats = 0
    for (k, entry) in entries.enumerated() {
      // CPython folds what repeats more than three times.
      let isRepeat =
        k > 0 && entries[k - 1].function == entry.function && entries[k - 1].span.line == entry.span.line
      repeats = isRepeat ? repeats + 1 : 0
      if repeats >= 3 {
        let isLast =
          k + 1 == entries.count || entries[k + 1].function != entry.function
          || entries[k + 1].span.line != entry.span.line
        if isLast { out += "  [Previous line repeated \(repeats - 2) more time\(repeats == 3 ? "" : "s")]\n" }
        continue
      }
      out += "  File \"\(program?.path ?? "<program>")\", line \(entry.span.line), in \(entry.function)\n"
      if let text = program?.line(entry.span.line) {
        out += "    \(text)\n"
        if let carets = carets(entry, text) { out += "    \(carets)\n" }
      }
    }
    let said = message + (e.exception?.suggestion ?? "")
    let lines = said.isEmpty ? qualifiedType(e) : "\(qualifiedType(e)): \(said)"
    let notes = (e.exception?.notes ?? []).map { $0 + "\n" }.joined()
    return out + lines + "\n" + notes
  }

  /// The line of carets under an expression; `nil` where it would cover the whole line.
  private func carets(_ entry: TracebackEntry, _ text: String) -> String? {
    let full = program?.fullLine(entry.span.line) ?? ""
    let indent =
      full.unicodeScalars.count - full.drop { $0 == " " || $0 == "\t" || $0 == "\u{C}" }.unicodeScalars.count
    let length = text.unicodeScalars.count
    let start = Int(entry.span.column) - indent
    let end = entry.span.endLine == entry.span.line ? Int(entry.span.endColumn) - indent : length
    guard start >= 0, end > start, end <= length else { return nil }
    let scalars = Array(text.unicodeScalars)
    var marks = [Character](repeating: "^", count: end - start)
    if let anchors = entry.anchors, entry.span.endLine == entry.span.line {
      var (a, b) = (Int(anchors.start) - indent, Int(anchors.end) - indent)
      // Between the operands lies the operator with spaces and brackets around it.
      func isPadding(_ k: Int) -> Bool {
        scalars[k] == " " || scalars[k] == "\t" || scalars[k] == ")" || scalars[k] == "("
      }
      if b < end {
        while a < b, a < length, isPadding(a) { a += 1 }
        while b > a + 1, b - 1 < length, isPadding(b - 1) { b -= 1 }
      }
      if a >= start, b <= end, a < b {
        for k in start..<end where k < a || k >= b { marks[k - start] = "~" }
      }
    } else if start == 0, end == length {
      return nil
    }
    return String(repeating: " ", count: start) + String(marks)
  }
}
