#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Elementary functions for files that do not import the C library.
enum Elementary {
  static func exp(_ x: Double) -> Double {
    #if canImport(Glibc)
      Glibc.exp(x)
    #elseif canImport(Musl)
      Musl.exp(x)
    #else
      Darwin.exp(x)
    #endif
  }
  static func log(_ x: Double) -> Double {
    #if canImport(Glibc)
      Glibc.log(x)
    #elseif canImport(Musl)
      Musl.log(x)
    #else
      Darwin.log(x)
    #endif
  }
}

/// `sys`, `time`, `warnings`: as far as they are safe and the same in every run.
enum SystemModules {
  static func sys(_ m: ModuleObject, _ i: Interpreter) {
    m.set("argv", .list([.string(i.program.map { $0.path == "<stdin>" ? "-" : $0.path } ?? "")]))
    m.set("maxsize", .int(.max))
    m.set("byteorder", .string("little"))
    m.set("platform", .string("linux"))
    m.set("executable", .string("backstep"))
    m.set("path", .list([]))
    m.missing = { name, i in
      guard name == "modules" else { return nil }
      return .object(DictObject.of(i.loadedModules.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
    }
    m.set("maxunicode", .int(0x10FFFF))
    m.set("hexversion", .int(0x030B_07F0))
    m.set("api_version", .int(1013))
    m.set("copyright", .string("Copyright (c) 2001-2023 Python Software Foundation."))
    m.set("prefix", .string("/usr/local"))
    m.set("exec_prefix", .string("/usr/local"))
    m.set("flags", .object(ModuleObject("sys.flags")))
    m.set("dont_write_bytecode", .bool(false))
    for (name, text) in [
      ("getdefaultencoding", "utf-8"), ("getfilesystemencoding", "utf-8"),
      ("getfilesystemencodeerrors", "surrogateescape"),
    ] { m.function(name) { _, _ in .string(text) } }
    m.function("getrefcount") { a, _ in
      _ = try a.positionalOnly("getrefcount", 1...1)
      return .int(2)
    }
    m.function("getswitchinterval") { _, _ in .float(0.005) }
    m.function("gettrace") { _, _ in .none }
    m.function("_getframe") { a, i in
      let depth = try a.positionalOnly("_getframe", 0...1).first.flatMap(i.index) ?? 0
      guard let found = FrameView.above(depth, i) else { throw Raise.value("call stack is not deep enough") }
      return .object(found)
    }
    for name in ["excepthook", "__excepthook__"] {
      m.function(name) { a, i in
        let p = try a.positionalOnly("excepthook", 3...3)
        if let e = p[1].object as? InstanceObject { i.errors(i.tracebackParts(e, chains: true).joined()) }
        return .none
      }
    }
    m.set("version", .string("3.11.7 (Backstep)"))
    if let info = try? NamedTuples.make(
      Arguments([.string("version_info"), .string("major minor micro releaselevel serial")]), i),
      let c = info.object as? ClassObject,
      let made = try? i.call(
        .object(c), Arguments([.int(3), .int(11), .int(7), .string("final"), .int(0)]))
    {
      c.method("__repr__") { v, _, i in
        let parts = try i.array(v).map(i.repr)
        let names = ["major", "minor", "micro", "releaselevel", "serial"]
        return .string("sys.version_info(\(zip(names, parts).map { "\($0)=\($1)" }.joined(separator: ", ")))")
      }
      m.set("version_info", made)
    }
    for (name, toErrors) in [("stdout", false), ("stderr", true)] {
      let stream = StandardStream("<\(name)>")
      stream.set("name", .string("<\(name)>"))
      stream.set("encoding", .string("utf-8"))
      stream.set("errors", .string(toErrors ? "backslashreplace" : "strict"))
      stream.set("closed", .bool(false))
      for (name, answer) in [("writable", true), ("readable", false), ("seekable", false)] {
        stream.function(name) { _, _ in .bool(answer) }
      }
      stream.function("fileno") { _, _ in .int(toErrors ? 2 : 1) }
      stream.function("reconfigure") { _, _ in .none }
      stream.function("writelines") { a, i in
        for line in try i.array(try a.positionalOnly("writelines", 1...1)[0]) {
          _ = try i.call(i.getAttribute(.object(stream), "write"), Arguments([line]))
        }
        return .none
      }
      stream.function("write") { a, i in
        let given = try a.positionalOnly("TextIOWrapper.write", 1...1)[0]
        guard given.object is StringObject else {
          throw Raise.type("write() argument must be str, not \(i.typeName(given))")
        }
        let text = try StringMethods.text(given, i)
        if toErrors { i.errors(text) } else { try i.write(text) }
        return .int(text.unicodeScalars.count)
      }
      stream.function("flush") { _, _ in .none }
      stream.function("isatty") { _, _ in .bool(false) }
      m.set(name, .object(stream))
      m.set("__\(name)__", .object(stream))
    }
    let input = InputStream("<stdin>")
    input.function("readline") { _, i in .string(i.input().map { $0 + "\n" } ?? "") }
    input.function("readlines") { _, i in .list(try i.array(.object(input))) }
    input.function("read") { _, i in .string(try i.array(.object(input)).map(i.str).joined()) }
    input.function("isatty") { _, _ in .bool(false) }
    m.set("stdin", .object(input))
    m.function("exit") { a, _ in throw Raise(Exceptions.make(Exceptions.type("SystemExit"), a.positional)) }
    m.function("getrecursionlimit") { _, i in .int(i.recursionLimit + i.nativeDepth) }
    m.function("setrecursionlimit") { a, i in
      guard let n = try i.index(try a.positionalOnly("setrecursionlimit", 1...1)[0]) else {
        throw Raise.type("an integer is required")
      }
      guard n > 0 else { throw Raise.value("recursion limit must be greater or equal than 1") }
      i.recursionLimit = min(n, Limits.deepest) - i.nativeDepth
      return .none
    }
    m.function("getsizeof") { a, i in
      let v = try a.positionalOnly("getsizeof", 1...2)[0]
      switch v.object {
      case let s as StringObject: return .int(49 + s.value.utf8.count)
      case let l as ListObject: return .int(56 + 8 * l.items.count)
      case let t as TupleObject: return .int(40 + 8 * t.items.count)
      case let d as DictObject: return .int(d.count == 0 ? 64 : 232 + 24 * max(0, d.count - 5))
      case nil:
        if case .int(0) = v { return .int(24) }
        if case .none = v { return .int(16) }
        if case .float = v { return .int(24) }
        return .int(28)
      default: return .int(48)
      }
    }
    m.function("intern") { a, _ in a.positional.first ?? .none }
    m.function("exc_info") { _, i in
      guard let e = i.frames.lazy.reversed().compactMap(\.handled.last).first else {
        return .tuple([.none, .none, .none])
      }
      let traceback = e.exception.flatMap { TracebackObject.of($0, i) }
      return .tuple([.object(e.classObject), .object(e), traceback.map { .object($0) } ?? .none])
    }
    structure(
      m, "float_info",
      [
        ("max", .float(.greatestFiniteMagnitude)), ("max_exp", .int(1024)), ("max_10_exp", .int(308)),
        ("min", .float(.leastNormalMagnitude)), ("min_exp", .int(-1021)), ("min_10_exp", .int(-307)),
        ("dig", .int(15)), ("mant_dig", .int(53)), ("epsilon", .float(.ulpOfOne)), ("radix", .int(2)),
        ("rounds", .int(1)),
      ], i)
    structure(
      m, "int_info",
      [
        ("bits_per_digit", .int(30)), ("sizeof_digit", .int(4)), ("default_max_str_digits", .int(4300)),
        ("str_digits_check_threshold", .int(640)),
      ], i)
    structure(
      m, "hash_info",
      [
        ("width", .int(64)), ("modulus", .int((1 << 61) - 1)), ("inf", .int(314159)), ("nan", .int(0)),
        ("imag", .int(1_000_003)), ("algorithm", .string("siphash13")), ("hash_bits", .int(64)),
        ("seed_bits", .int(128)), ("cutoff", .int(0)),
      ], i)
  }

  /// A tuple with names that shows itself as `sys.float_info(max=…)`.
  private static func structure(
    _ m: ModuleObject, _ name: String, _ fields: [(name: String, value: Value)], _ i: Interpreter
  ) {
    let names = fields.map(\.name).joined(separator: " ")
    guard let made = try? NamedTuples.make(Arguments([.string(name), .string(names)]), i),
      let c = made.object as? ClassObject, let v = try? i.call(made, Arguments(fields.map(\.value)))
    else { return }
    c.module = "sys"
    c.method("__repr__") { v, _, i in
      let parts = try zip(fields, i.array(v)).map { "\($0.name)=\(try i.repr($1))" }
      return .string("sys.\(name)(\(parts.joined(separator: ", ")))")
    }
    m.set(name, v)
  }

  /// `time`: a simulated clock, so that runs repeat to the byte.
  static func time(_ m: ModuleObject) {
    var now = 0.0
    for f in ["time", "perf_counter", "monotonic", "process_time"] {
      m.function(f) { _, _ in
        now += 0.001
        return .float(now)
      }
    }
    for f in ["time_ns", "perf_counter_ns", "monotonic_ns", "process_time_ns"] {
      m.function(f) { _, _ in
        now += 0.001
        return .int(Int(now * 1e9))
      }
    }
    m.function("sleep") { a, i in
      let v = try a.positionalOnly("time.sleep", 1...1)[0]
      guard let seconds = try i.floating(v) else {
        throw Raise.type("'\(i.typeName(v))' object cannot be interpreted as an integer")
      }
      guard seconds >= 0 else { throw Raise.value("sleep length must be non-negative") }
      now += seconds
      return .none
    }
    func fields(_ v: [Value], _ i: Interpreter) throws -> Value {
      let names = ["year", "mon", "mday", "hour", "min", "sec", "wday", "yday", "isdst"].map { "tm_" + $0 }
      let c = try NamedTuples.make(
        Arguments([.string("struct_time"), .list(names.map(Value.string))]), i)
      (c.object as? ClassObject)?.module = "time"
      (c.object as? ClassObject)?.method("__repr__") { v, _, i in
        let shown = try zip(names, i.array(v)).map { "\($0)=\(try i.repr($1))" }
        return .string("time.struct_time(\(shown.joined(separator: ", ")))")
      }
      return try i.call(c, Arguments(v))
    }
    for name in ["gmtime", "localtime"] {
      m.function(name) { a, i in
        let seconds = try a.positional.first.flatMap { $0.isGiven ? try i.floating($0) : nil } ?? now
        return try fields(date(seconds).map(Value.int), i)
      }
    }
    m.function("struct_time") { a, i in
      let v = try i.array(try a.positionalOnly("struct_time", 1...1)[0])
      guard v.count == 9 else {
        throw Raise.type("time.struct_time() takes a 9-sequence (\(v.count)-sequence given)")
      }
      return try fields(v, i)
    }
    m.set("timezone", .int(0))
    m.set("tzname", .tuple([.string("UTC"), .string("UTC")]))
    /// The moment as `datetime.datetime`, whose methods know all forms.
    func moment(_ given: Value?, _ i: Interpreter) throws -> Value {
      let v = try given.flatMap { $0.isGiven ? try i.array($0) : nil } ?? date(now).map(Value.int)
      let type = try i.getAttribute(i.importModule("datetime", leaf: true), "datetime")
      return try i.call(type, Arguments(Array(v.prefix(6))))
    }
    m.function("strftime") { a, i in
      let p = try a.positionalOnly("strftime", 1...2)
      return try i.callMethod(moment(p.count > 1 ? p[1] : nil, i), "strftime", Arguments([p[0]])) ?? .none
    }
    m.function("strptime") { a, i in
      let p = try a.positionalOnly("strptime", 1...2)
      let form = p.count > 1 ? p[1] : .string("%a %b %d %H:%M:%S %Y")
      let type = try i.getAttribute(i.importModule("datetime", leaf: true), "datetime")
      let made = try i.call(i.getAttribute(type, "strptime"), Arguments([p[0], form]))
      return try i.callMethod(made, "timetuple") ?? .none
    }
    m.function("asctime") { a, i in try i.callMethod(moment(a.positional.first, i), "ctime") ?? .none }
    m.function("ctime") { a, i in
      let seconds = try a.positional.first.flatMap { $0.isGiven ? try i.floating($0) : nil } ?? now
      return try i.callMethod(moment(.list(date(seconds).map(Value.int)), i), "ctime") ?? .none
    }
    m.function("mktime") { a, i in
      try i.callMethod(moment(try a.positionalOnly("mktime", 1...1)[0], i), "timestamp") ?? .none
    }
  }

  /// Year, month, day, hour, minute, second, day of the week, day of the year and summer time, in UTC.
  ///
  /// Source: E. M. Reingold, N. Dershowitz, Calendrical Calculations; years begin in March, so that leap days come last.
  static func date(_ seconds: Double) -> [Int] {
    let whole = Int(exactly: min(max(seconds, -1e11), 1e11).rounded(.down)) ?? 0
    let days = whole >= 0 ? whole / 86_400 : (whole - 86_399) / 86_400
    let rest = whole - days * 86_400
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][month - 1]
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    return [
      year, month, day, rest / 3600, rest % 3600 / 60, rest % 60, ((days + 3) % 7 + 7) % 7,
      before + day + (isLeap && month > 2 ? 1 : 0), 0,
    ]
  }

  static func warnings(_ m: ModuleObject) {
    m.function("warn") { a, i in
      let p = try a.bind("warn", "message", "category?", "stacklevel?", "source?")
      let message = p[0] ?? .none
      var category = p[1]?.object as? ClassObject ?? Exceptions.type("UserWarning")
      if let e = message.object as? InstanceObject, e.classObject.isSubclass(of: Exceptions.type("Warning")) {
        category = e.classObject
      }
      guard category.isSubclass(of: Exceptions.type("Warning")) else {
        throw Raise.type("category must be a Warning subclass, not '\(i.typeName(p[1] ?? .none))'")
      }
      try i.warnFromProgram(try i.str(message), category, level: try p[2].flatMap(i.index) ?? 1)
      return .none
    }
    func rule(_ action: Value?, _ message: Value?, _ category: Value?, _ i: Interpreter, appends: Bool) throws
    {
      let word = try i.str(action ?? .none)
      guard ["default", "error", "ignore", "always", "module", "once"].contains(word) else {
        throw Raise(
          Exceptions.make(
            Exceptions.type("AssertionError"), [.string("invalid action: \(try i.repr(action ?? .none))")]))
      }
      let made = WarningRule(
        action: word, message: try message.map(i.str) ?? "", category: category?.object as? ClassObject)
      if appends { i.warningRules.append(made) } else { i.warningRules.insert(made, at: 0) }
    }
    m.function("filterwarnings") { a, i in
      let p = try a.bind("filterwarnings", "action", "message?", "category?", "module?", "lineno?", "append?")
      try rule(p[0], p[1], p[2], i, appends: try p[5].map(i.isTrue) ?? false)
      return .none
    }
    m.function("simplefilter") { a, i in
      let p = try a.bind("simplefilter", "action", "category?", "lineno?", "append?")
      try rule(p[0], nil, p[1], i, appends: try p[3].map(i.isTrue) ?? false)
      return .none
    }
    m.function("resetwarnings") { _, i in
      i.warningRules = []
      return .none
    }
    m.function("catch_warnings") { a, i in
      .object(CatchWarnings(records: try a.keyword("record").map(i.isTrue) ?? false))
    }
  }
}

/// `sys.stdout` and `sys.stderr`.
private final class StandardStream: ModuleObject {
  nonisolated(unsafe) private static let type = ClassObject("TextIOWrapper", module: "_io")
  override var typeObject: ClassObject { StandardStream.type }
  override func repr(_ i: Interpreter) throws -> String {
    "<_io.TextIOWrapper name='\(name)' mode='w' encoding='utf-8'>"
  }
}

/// `sys.stdin`: its lines are what iterating over it gives.
private final class InputStream: ModuleObject {
  override func iterate(_ i: Interpreter) throws -> IteratorObject {
    ClosureIterator { i in i.input().map { .string($0 + "\n") } }
  }
}

/// One filter of `warnings`.
struct WarningRule {
  var action: String
  var message: String
  var category: ClassObject?
}

/// `warnings.catch_warnings()`: filters as they were come back at the end.
final class CatchWarnings: Object {
  override var isContext: Bool { true }
  nonisolated(unsafe) static let message = ClassObject("WarningMessage", module: "warnings")
  private let records: Bool
  private var saved: [WarningRule] = []
  private var outer: ListObject?
  init(records: Bool) { self.records = records }
  override func enter(_ i: Interpreter) throws -> Value? {
    saved = i.warningRules
    outer = i.caughtWarnings
    guard records else { return Value.none }
    let list = ListObject([])
    i.caughtWarnings = list
    return .object(list)
  }
  override func exit(_ exception: InstanceObject?, _ i: Interpreter) throws -> Bool {
    i.warningRules = saved
    if records { i.caughtWarnings = outer }
    return false
  }
}

extension Interpreter {
  /// `warnings.warn(…)`: by the filters, to standard error, to a list, or as an exception.
  func warnFromProgram(_ message: String, _ category: ClassObject, level: Int) throws {
    let action = warningAction(message, category)
    if action == "error" { throw Raise(Exceptions.make(category, [.string(message)])) }
    if isKept(message, category, action) { return }
    warn(message, category: category.name, level: level, always: action == "always")
  }

  /// What the program's filters say about a warning: `ignore`, `error`, `always`, …
  private func warningAction(_ message: String, _ category: ClassObject) -> String {
    let rule = warningRules.first { rule in
      (rule.message.isEmpty
        || message.lowercased().hasPrefix(rule.message.lowercased().filter { $0 != "." && $0 != "*" }))
        && (rule.category.map(category.isSubclass) ?? true)
    }
    return rule?.action ?? "default"
  }

  /// Whether a warning goes nowhere, or to the list that a program gathers them in.
  private func isKept(_ message: String, _ category: ClassObject, _ action: String) -> Bool {
    if action == "ignore" { return true }
    guard let caught = caughtWarnings else { return false }
    let made = InstanceObject(CatchWarnings.message)
    made.set("message", .object(Exceptions.make(category, [.string(message)])))
    made.set("category", .object(category))
    made.set("lineno", .int(Int(currentSpan?.line ?? 0)))
    made.set("filename", .string(program?.path ?? ""))
    caught.items.append(.object(made))
    return true
  }

  /// Whether the program's filters keep a library's warning to itself.
  func keepsWarning(_ message: String, _ category: String) -> Bool {
    guard caughtWarnings != nil || !warningRules.isEmpty else { return false }
    let type = Exceptions.type(category)
    return isKept(message, type, warningAction(message, type))
  }
}
