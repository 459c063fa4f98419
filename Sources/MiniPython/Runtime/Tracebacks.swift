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
      // CPython counts the bytes of the line here, not its characters.
      func bytes(_ column: Int) -> Int {
        let beyond = max(0, column - text.unicodeScalars.count)
        return text.unicodeScalars.prefix(max(0, column)).reduce(beyond) { $0 + UTF8.width($1) }
      }
      let start =
        problem.isPoint
        ? max(0, Int(problem.span.column) - indent) : bytes(Int(problem.span.column) - indent)
      let end =
        problem.span.endLine == problem.span.line
        ? max(start + 1, bytes(Int(problem.span.endColumn) - indent)) : text.utf8.count
      if !text.isEmpty || problem.type != "SyntaxError" {
        out += "    \(text.hasSuffix("\r") ? text.dropLast() : text)\n"
        if problem.showsCaret, problem.message != "unexpected indent" {
          let width = problem.type == "IndentationError" || problem.isPoint ? 1 : max(1, end - start)
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
      let message = spoken(e)
      var uncaught = UncaughtError(
        type: qualifiedType(e), message: message + (e.exception?.suggestion ?? ""),
        traceback: traceback(e, message),
        line: e.exception?.traceback.last?.span.line ?? 0)
      uncaught.hint = e.exception?.hint
      if e.classObject.isSubclass(of: Exceptions.type("FileNotFoundError")) {
        uncaught.hint = MemoryFiles.refusal
      }
      if let hook = (loadedModules["sys"]?.object as? ModuleObject)?.members["excepthook"],
        !(hook.object is NativeFunction)
      {
        let place = e.exception.flatMap { TracebackObject.of($0, self) }
        let given: [Value] = [.object(e.classObject), .object(e), place.map { .object($0) } ?? .none]
        do {
          _ = try call(hook, Arguments(given))
          (uncaught.traceback, uncaught.hint) = ("", nil)
        } catch let raise as Raise {
          uncaught.traceback =
            "Error in sys.excepthook:\n" + tracebackParts(raise.exception, chains: true).joined()
            + "\nOriginal exception was:\n" + uncaught.traceback
        } catch {}
      }
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

  /// The words of an exception in a traceback: of a syntax error without its place, which stands above.
  private func spoken(_ e: InstanceObject) -> String {
    if let p = e.exception?.arguments, syntaxPlace(p) != nil,
      e.classObject.isSubclass(of: Exceptions.type("SyntaxError")), let said = try? str(p[0])
    {
      return said
    }
    return (try? str(.object(e))) ?? "<exception str() failed>"
  }

  private func qualifiedType(_ e: InstanceObject) -> String {
    let c = e.classObject
    return c.module == "builtins" || c.module == "__main__"
      ? c.qualifiedName : "\(c.module).\(c.qualifiedName)"
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
    tracebackParts(e, chains: true, message).joined()
  }

  /// A traceback in the pieces that `traceback.format_exception` gives.
  ///
  /// - Parameter limit: so many entries of each, below zero so many of the last.
  func tracebackParts(
    _ e: InstanceObject, chains: Bool, _ said: String? = nil, limit: Int? = nil
  ) -> [String] {
    chainParts(e, chains: chains, said, limit, depth: 0)
  }

  /// - Parameter depth: how deep in a group it stands.
  func chainParts(
    _ e: InstanceObject, chains: Bool, _ said: String?, _ limit: Int?, depth: Int
  ) -> [String] {
    let message = said ?? spoken(e)
    var chain: [(InstanceObject, String)] = []
    var seen: Set<ObjectIdentifier> = []
    var current: InstanceObject? = e
    var link = ""
    while let one = current, seen.insert(ObjectIdentifier(one)).inserted, chain.count < 20 {
      chain.append((one, link))
      guard chains else { break }
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
    var out: [String] = []
    for (k, (one, _)) in chain.enumerated().reversed() {
      let words = one === e ? message : spoken(one)
      out +=
        one.exception?.group == nil
        ? single(one, words, limit).map { indented($0, depth: depth) }
        : groupParts(one, words, limit, depth: depth)
      if k > 0 { out.append(indented(chain[k].1, depth: depth)) }
    }
    return out
  }

  /// At most so many entries from the start; below zero, from the end.
  func within(_ limit: Int?, _ entries: [TracebackEntry]) -> [TracebackEntry] {
    guard let limit else { return entries }
    return Array(limit >= 0 ? entries.prefix(limit) : entries.suffix(Int(clamping: limit.magnitude)))
  }

  func single(_ e: InstanceObject, _ message: String, _ limit: Int?, group: String = "") -> [String] {
    let entries = within(limit, (e.exception?.traceback ?? []).reversed())
    let said = message + (e.exception?.suggestion ?? "")
    let line = said.isEmpty ? qualifiedType(e) : "\(qualifiedType(e)): \(said)"
    return (entries.isEmpty ? [] : ["\(group)Traceback (most recent call last):\n"]) + shownEntries(entries)
      + [line + "\n"] + (e.exception?.notes ?? []).map { $0 + "\n" }
  }

  /// Places, the outermost first, as a traceback shows them.
  func shownEntries(_ entries: [TracebackEntry]) -> [String] {
    var parts: [String] = []
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
        if isLast {
          parts.append("  [Previous line repeated \(repeats - 2) more time\(repeats == 3 ? "" : "s")]\n")
        }
        continue
      }
      if let file = entry.file {
        parts.append("  File \"\(file)\", line \(entry.span.line), in \(entry.function)\n")
        continue
      }
      var out = "  File \"\(program?.path ?? "<program>")\", line \(entry.span.line), in \(entry.function)\n"
      if let text = program?.line(entry.span.line) {
        out += "    \(text)\n"
        if let carets = carets(entry, text) { out += "    \(carets)\n" }
      }
      parts.append(out)
    }
    return parts
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
      func isSpace(_ k: Int) -> Bool { scalars[k] == " " || scalars[k] == "\t" || scalars[k] == "\u{C}" }
      if b < end, a >= 0, b <= length {
        // The operator stands between the operands, behind brackets; a bracket at its side counts as a part of it.
        let last = b
        var k = a
        while k < last {
          if isSpace(k) {
            k += 1
            continue
          }
          a = k
          b = k + 1
          if k + 1 < last, !isSpace(k + 1) { b += 1 }
          guard k + 1 < last, scalars[k] == ")" else { break }
          k += 1
        }
      } else {
        while a >= 0, a < length, scalars[a] != "[" { a += 1 }
      }
      if a >= start, b <= end, a < b {
        for k in start..<end where k < a || k >= b { marks[k - start] = "~" }
      }
    } else if start == 0, end == length {
      return nil
    }
    // What is two columns wide on a terminal gets two marks.
    let spaces = (0..<start).reduce(0) { $0 + scalars[$1].columns }
    return String(repeating: " ", count: spaces)
      + (start..<end).map { String(repeating: marks[$0 - start], count: scalars[$0].columns) }.joined()
  }
}

extension Unicode.Scalar {
  /// How many columns a terminal gives it: two for what East Asian Width calls wide.
  fileprivate var columns: Int {
    guard value >= 0x1100 else { return 1 }
    let wide: [ClosedRange<UInt32>] = [
      0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x23E9...0x23EC, 0x25FD...0x25FE, 0x2614...0x2615,
      0x2648...0x2653, 0x26AA...0x26AB, 0x26BD...0x26BE, 0x2705...0x2705, 0x270A...0x270B, 0x2728...0x2728,
      0x274C...0x274C, 0x2753...0x2755, 0x2757...0x2757, 0x2795...0x2797, 0x2B1B...0x2B1C, 0x2B50...0x2B50,
      0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
      0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F320,
      0x1F32D...0x1F335, 0x1F337...0x1F37C, 0x1F37E...0x1F393, 0x1F3A0...0x1F3CA, 0x1F3E0...0x1F3F0,
      0x1F400...0x1F43E, 0x1F440...0x1F440, 0x1F442...0x1F4FC, 0x1F4FF...0x1F53D, 0x1F550...0x1F567,
      0x1F5FB...0x1F64F, 0x1F680...0x1F6C5, 0x1F7E0...0x1F7EB, 0x1F90C...0x1F93A, 0x1F93C...0x1F945,
      0x1F947...0x1FAFF, 0x20000...0x3FFFD,
    ]
    return wide.contains { $0.contains(value) } ? 2 : 1
  }
}
