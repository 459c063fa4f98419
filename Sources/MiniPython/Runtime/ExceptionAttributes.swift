/// What exceptions carry by name: `e.args`, `e.errno`, `e.__traceback__`.
extension Interpreter {
  /// The attribute; `nil` where an exception of its class has none.
  func exceptionAttribute(_ name: String, _ value: Value, _ state: ExceptionState) -> Value? {
    let c = type(of: value)
    func extends(_ type: String) -> Bool { c.isSubclass(of: Exceptions.type(type)) }
    func argument(_ k: Int) -> Value { state.arguments.indices.contains(k) ? state.arguments[k] : .none }
    switch name {
    case "args":
      return .tuple(
        extends("OSError") && state.arguments.count == 3 ? Array(state.arguments.prefix(2)) : state.arguments)
    case "__traceback__": return TracebackObject.of(state, self).map { .object($0) } ?? Value.none
    case "__suppress_context__": return .bool(state.suppressesContext)
    case "__cause__": return state.cause.map { .object($0) } ?? Value.none
    case "__context__": return state.context.map { .object($0) } ?? Value.none
    case "__notes__": return state.notes.isEmpty ? nil : .list(state.notes.map(Value.string))
    case "add_note":
      return .object(
        NativeFunction(name) { a, i in
          let note = try a.positionalOnly(name, 1...1)[0]
          guard let text = note.object as? StringObject else {
            throw Raise.type("note must be a str, not '\(i.typeName(note))'")
          }
          state.notes.append(text.value)
          return .none
        })
    case "with_traceback": return .object(NativeFunction(name) { _, _ in value })
    case "value": return extends("StopIteration") ? argument(0) : nil
    case "code": return extends("SystemExit") ? argument(0) : nil
    case _ where Interpreter.syntaxNames.contains(name) && extends("SyntaxError"):
      guard let k = Interpreter.syntaxNames.firstIndex(of: name), k < 6,
        let place = syntaxPlace(state.arguments)
      else {
        return Value.none
      }
      return place[k]
    case "msg": return extends("ImportError") || extends("SyntaxError") ? argument(0) : nil
    case "name" where extends("NameError") || extends("AttributeError") || extends("ImportError"),
      "obj" where extends("AttributeError"), "path" where extends("ImportError"):
      return state.named[name] ?? Value.none
    case "errno", "strerror", "filename":
      guard extends("OSError") else { return nil }
      let isFull = state.arguments.count > 1
      return isFull ? argument(name == "errno" ? 0 : name == "strerror" ? 1 : 2) : Value.none
    case "encoding", "object", "start", "end", "reason":
      guard extends("UnicodeDecodeError") || extends("UnicodeEncodeError") else { return nil }
      let names = ["encoding", "object", "start", "end", "reason"]
      return argument(names.firstIndex(of: name) ?? 0)
    default: return nil
    }
  }

  private static let syntaxNames = [
    "filename", "lineno", "offset", "text", "end_lineno", "end_offset", "print_file_and_line",
  ]

  /// The exception classes that have a `__str__` of their own.
  static let sayers: Set<String> = [
    "BaseException", "BaseExceptionGroup", "KeyError", "OSError", "SyntaxError", "UnicodeDecodeError",
    "UnicodeEncodeError",
  ]

  /// What the first class from this one on that has words of its own says of an exception.
  func said(by state: ExceptionState, _ c: ClassObject) throws -> String {
    let p = state.arguments
    let sayer = c.mro.first {
      !$0.isDefined && $0.module == "builtins" && Interpreter.sayers.contains($0.name)
    }
    switch sayer?.name {
    case "KeyError" where p.count == 1: return try repr(p[0])
    case "OSError" where (2...3).contains(p.count):
      let what = "[Errno \(try str(p[0]))] \(try str(p[1]))"
      return p.count == 3 ? what + ": \(try repr(p[2]))" : what
    case "BaseExceptionGroup":
      guard let group = state.group else { break }
      let count = group.members.count
      return "\(try str(group.message)) (\(count) sub-exception\(count > 1 ? "s" : ""))"
    case "SyntaxError":
      guard let place = syntaxPlace(p) else { break }
      let file = (place[0].object as? StringObject)?.value.split(separator: "/").last
      let line = Integers.big(place[1]) != nil ? "line \(try str(place[1]))" : nil
      let parts = [file.map(String.init), line].compactMap { $0 }
      return try str(p[0]) + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))")
    default: if let text = try unicodeMessage(c, p) { return text }
    }
    switch p.count {
    case 0: return ""
    case 1: return try str(p[0])
    default: return try repr(.tuple(p))
    }
  }

  /// File, line, column, text and end, of `SyntaxError(message, (…))`.
  func syntaxPlace(_ p: [Value]) -> [Value]? {
    guard p.count == 2, let place = p[1].object as? TupleObject,
      place.items.count == 4 || place.items.count == 6
    else { return nil }
    return place.items + [Value](repeating: .none, count: 6 - place.items.count)
  }

  /// As `str` shows a `UnicodeError` of five arguments; `nil` for any other exception.
  func unicodeMessage(_ c: ClassObject, _ p: [Value]) throws -> String? {
    guard p.count == 5, case .int(let start) = p[2], case .int(let end) = p[3] else { return nil }
    let (codec, reason) = (try str(p[0]), try str(p[4]))
    let isOne = end &- start == 1
    let several = "in position \(start)-\(end &- 1): \(reason)"
    if c.isSubclass(of: Exceptions.type("UnicodeDecodeError")) {
      guard isOne, let bytes = (p[1].object as? BytesObject)?.bytes, bytes.indices.contains(start) else {
        return "'\(codec)' codec can't decode bytes \(several)"
      }
      let hex = String(bytes[start], radix: 16)
      return
        "'\(codec)' codec can't decode byte 0x\(hex.utf8.count < 2 ? "0" : "")\(hex) in position \(start): \(reason)"
    }
    if c.isSubclass(of: Exceptions.type("UnicodeEncodeError")) {
      guard isOne, let text = (p[1].object as? StringObject)?.scalars, text.indices.contains(start) else {
        return "'\(codec)' codec can't encode characters \(several)"
      }
      return
        "'\(codec)' codec can't encode character '\(text[start].escaped)' in position \(start): \(reason)"
    }
    return nil
  }

  /// The class that `OSError(number, …)` makes an instance of.
  static func systemError(_ arguments: [Value]) -> ClassObject? {
    guard arguments.count > 1, case .int(let number) = arguments[0] else { return nil }
    let names = [
      1: "PermissionError", 2: "FileNotFoundError", 3: "ProcessLookupError", 4: "InterruptedError",
      10: "ChildProcessError", 11: "BlockingIOError", 13: "PermissionError", 17: "FileExistsError",
      20: "NotADirectoryError", 21: "IsADirectoryError", 32: "BrokenPipeError", 103: "ConnectionAbortedError",
      104: "ConnectionResetError", 110: "TimeoutError", 111: "ConnectionRefusedError",
    ]
    return names[number].map(Exceptions.type)
  }
}
