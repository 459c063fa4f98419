/// `re`: regular expressions on texts, with CPython's syntax and rules.
enum RegexModule {
  nonisolated(unsafe) static let patternType: ClassObject = {
    let c = ClassObject("Pattern", module: "re")
    for (name, parameters, body) in functions {
      c.method(name) { v, a, i in
        guard let p = v.object as? RegexObject else {
          throw Raise.type("descriptor '\(name)' requires a 're.Pattern' object")
        }
        return try body(p, try a.bind(name, names: parameters), i)
      }
    }
    return c
  }()

  nonisolated(unsafe) static let matchType: ClassObject = {
    let c = ClassObject("Match", module: "re")
    RegexMatch.install(c)
    return c
  }()

  nonisolated(unsafe) static let error: ClassObject = ClassObject(
    "error", bases: [Exceptions.type("Exception")], module: "re")

  static func fill(_ m: ModuleObject) {
    let flags: [(String, String, RegexFlags)] = [
      ("I", "IGNORECASE", .ignoresCase), ("M", "MULTILINE", .multiline), ("S", "DOTALL", .dotMatchesAll),
      ("X", "VERBOSE", .verbose), ("A", "ASCII", .ascii), ("U", "UNICODE", .unicode),
    ]
    for (short, long, flag) in flags {
      m.set(short, .int(flag.rawValue))
      m.set(long, .int(flag.rawValue))
    }
    m.set("Pattern", .object(patternType))
    m.set("Match", .object(matchType))
    m.set("error", .object(error))
    // As CPython keeps them: a loop compiles its pattern once.
    var known: [HashKey: RegexObject] = [:]
    func compiled(_ v: Value, _ flags: Value?, _ i: Interpreter) throws -> RegexObject {
      if let p = v.object as? RegexObject {
        guard try flags.flatMap(i.index) ?? 0 == 0 else {
          throw Raise.value("cannot process flags argument with a compiled pattern")
        }
        return p
      }
      guard let source = v.object as? StringObject else {
        throw Raise.type("first argument must be string or compiled pattern")
      }
      let flags = RegexFlags(rawValue: try flags.flatMap(i.index) ?? 0)
      let key = HashKey.tuple([.string(source.value), .int(flags.rawValue)])
      if let p = known[key] { return p }
      let program: RegexProgram
      do { program = try RegexProgram(source.scalars, flags) } catch let problem as RegexProblem {
        throw raise(problem, source.scalars)
      }
      let p = RegexObject(program, source.value)
      if known.count >= 512 { known.removeAll() }
      known[key] = p
      return p
    }
    m.function("compile") { a, i in
      let p = try a.bind("compile", "pattern", "flags?")
      return .object(try compiled(p[0] ?? .none, p[1], i))
    }
    for (name, parameters, body) in functions {
      // The module's functions take flags where the methods take the part of the text to look at.
      let own = parameters.filter { $0 != "pos?" && $0 != "endpos?" }
      m.function(name) { a, i in
        let all = ["pattern"] + own
        // These are functions in Python there, and say so.
        let missing = all.dropFirst(a.positional.count).filter { !$0.hasSuffix("?") && a.keyword($0) == nil }
        if !missing.isEmpty { throw i.missingArguments(name, missing, "positional") }
        let p = try a.bind(name, names: all + ["flags?"])
        let pattern = try compiled(p[0] ?? .none, p.last ?? nil, i)
        return try body(pattern, Array(p[1...own.count]), i)
      }
    }
    m.function("escape") { a, i in
      var out = String.UnicodeScalarView()
      for c in try StringMethods.scalars(try a.positionalOnly("escape", 1...1)[0], i) {
        if "()[]{}?*+-|^$\\.&~# \t\n\r\u{B}\u{C}".unicodeScalars.contains(c) { out.append("\\") }
        out.append(c)
      }
      return .string(String(out))
    }
    m.function("purge") { _, _ in
      known.removeAll()
      return .none
    }
  }

  /// `re.error`, in CPython's words, with the place.
  static func raise(_ problem: RegexProblem, _ text: [Unicode.Scalar]) -> Raise {
    var message = problem.message
    if problem.at >= 0 {
      message += " at position \(problem.at)"
      if text.contains("\n") {
        let before = text.prefix(problem.at)
        let line = before.count { $0 == "\n" } + 1
        let column = problem.at - (before.lastIndex(of: "\n").map { $0 + 1 } ?? 0) + 1
        message += " (line \(line), column \(column))"
      }
    }
    let e = Exceptions.make(error, [.string(message)])
    e.set("msg", .string(problem.message))
    e.set("pattern", StringMethods.value(text))
    e.set("pos", problem.at >= 0 ? .int(problem.at) : .none)
    return Raise(e)
  }

  // MARK: What patterns do

  private typealias Body = (RegexObject, [Value?], Interpreter) throws -> Value

  private static func scalars(_ v: Value?, _ i: Interpreter) throws -> [Unicode.Scalar] {
    guard let s = v?.object as? StringObject else {
      if v?.object is BytesObject { throw Raise.type("cannot use a string pattern on a bytes-like object") }
      throw Raise.type("expected string or bytes-like object, got '\(i.typeName(v ?? .none))'")
    }
    return s.scalars
  }

  private static func one(_ mode: RegexMatcher.Mode) -> Body {
    { pattern, p, i in
      let text = try scalars(p[0], i)
      let from = try p.count > 1 ? p[1].flatMap(i.index) : nil
      let to = try p.count > 2 ? p[2].flatMap(i.index) : nil
      let bounds = (min(max(0, from ?? 0), text.count), min(max(0, to ?? text.count), text.count))
      var matcher = RegexMatcher(pattern.program, text, end: bounds.1, i)
      guard let slots = try matcher.find(from: bounds.0, mode) else { return .none }
      return .object(RegexMatch(pattern, p[0] ?? .none, text, slots, bounds))
    }
  }

  /// All matches one after another, until told to stop.
  private static func each(
    _ pattern: RegexObject, _ subject: Value?, _ i: Interpreter, _ body: (RegexMatch) throws -> Bool
  ) throws {
    let text = try scalars(subject, i)
    var matcher = RegexMatcher(pattern.program, text, end: text.count, i)
    var (at, isAdvancing) = (0, false)
    while let slots = try matcher.find(from: at, .search, advancing: isAdvancing) {
      let m = RegexMatch(pattern, subject ?? .none, text, slots, (0, text.count))
      (at, isAdvancing) = (m.end, m.end == m.start)
      guard try body(m) else { return }
    }
  }

  private static func substitute(
    _ pattern: RegexObject, _ p: [Value?], _ i: Interpreter
  ) throws -> (Value, Int) {
    let most = try p[2].flatMap(i.index) ?? 0
    let text = try scalars(p[1], i)
    var out: [Unicode.Scalar] = []
    var (from, count) = (0, 0)
    let replacement = p[0] ?? .none
    let template =
      try (replacement.object as? StringObject).map { try ReplacementTemplate($0.scalars, pattern.program) }
    try each(pattern, p[1], i) { m in
      out += text[from..<m.start]
      if let template {
        out += template.filled(m)
      } else {
        out += try scalars(try i.call(replacement, Arguments([.object(m)])), i)
      }
      guard out.count <= i.limits.elements else { throw Raise.named("MemoryError", "") }
      from = m.end
      count += 1
      return count != most
    }
    out += text[from...]
    return (StringMethods.value(out), count)
  }

  private static func found(_ m: RegexMatch) -> Value {
    let n = m.pattern.program.groupCount
    let parts = (n == 0 ? [0] : Array(1...n)).map { m.group($0) ?? .string("") }
    return parts.count == 1 ? parts[0] : .tuple(parts)
  }

  nonisolated(unsafe) private static let functions: [(String, [String], Body)] = [
    ("match", ["string", "pos?", "endpos?"], one(.match)),
    ("search", ["string", "pos?", "endpos?"], one(.search)),
    ("fullmatch", ["string", "pos?", "endpos?"], one(.full)),
    (
      "findall", ["string"],
      { pattern, p, i in
        var out: [Value] = []
        try each(pattern, p[0], i) { m in
          out.append(found(m))
          return true
        }
        return .list(out)
      }
    ),
    (
      "finditer", ["string"],
      { pattern, p, i in
        let text = try scalars(p[0], i)
        var matcher = RegexMatcher(pattern.program, text, end: text.count, i)
        var (at, isAdvancing) = (0, false)
        return .object(
          ClosureIterator { _ in
            guard let slots = try matcher.find(from: at, .search, advancing: isAdvancing) else {
              at = text.count + 1
              return nil
            }
            let m = RegexMatch(pattern, p[0] ?? .none, text, slots, (0, text.count))
            (at, isAdvancing) = (m.end, m.end == m.start)
            return .object(m)
          })
      }
    ),
    (
      "split", ["string", "maxsplit?"],
      { pattern, p, i in
        let most = try p[1].flatMap(i.index) ?? 0
        let text = try scalars(p[0], i)
        var out: [Value] = []
        var (from, count) = (0, 0)
        guard most >= 0 else { return .list([p[0] ?? .none]) }
        try each(pattern, p[0], i) { m in
          out.append(StringMethods.value(Array(text[from..<m.start])))
          for k in 0..<pattern.program.groupCount { out.append(m.group(k + 1) ?? .none) }
          from = m.end
          count += 1
          return count != most
        }
        out.append(StringMethods.value(Array(text[from...])))
        return .list(out)
      }
    ),
    ("sub", ["repl", "string", "count?"], { try substitute($0, $1, $2).0 }),
    (
      "subn", ["repl", "string", "count?"],
      {
        let (text, count) = try substitute($0, $1, $2)
        return .tuple([text, .int(count)])
      }
    ),
  ]
}
