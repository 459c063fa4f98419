/// `eval`, `exec` and `compile`: what a program reads while it runs.
///
/// A text without dictionaries of its own reads and writes the program's variables, as statements of the program
/// would. A text with dictionaries, or inside a function, gets a namespace: names of its own among the program's,
/// filled from the dictionaries before and copied back behind.
extension Interpreter {
  /// `eval(source, globals, locals)`.
  func evaluate(_ a: Arguments) throws -> Value {
    let p = try a.bind("eval", "source", "globals?", "locals?")
    let text = try textToRun(p[0] ?? .none, "eval", mode: "eval")
    return try run(text, Namespaces(globals: p[1], locals: p[2], function: "eval", self))
  }

  /// `exec(source, globals, locals)`.
  func executeText(_ a: Arguments) throws -> Value {
    let p = try a.bind("exec", "source", "globals?", "locals?")
    let text = try textToRun(p[0] ?? .none, "exec", mode: "exec")
    _ = try run(text, Namespaces(globals: p[1], locals: p[2], function: "exec", self))
    return .none
  }

  /// `compile(source, filename, mode)`.
  func compileText(_ a: Arguments) throws -> Value {
    let names = ["source", "filename", "mode", "flags?", "dont_inherit?", "optimize?"]
    let p = try a.bind("compile", names: names)
    let mode = try str(p[2] ?? .none)
    guard ["exec", "eval", "single"].contains(mode) else {
      throw Raise.value("compile() mode must be 'exec', 'eval' or 'single'")
    }
    guard let source = (p[0]?.object as? StringObject)?.value else {
      throw Raise.type("compile() arg 1 must be a string, bytes or AST object")
    }
    return .object(try read(source, file: str(p[1] ?? .none), mode: mode))
  }

  private func textToRun(_ v: Value, _ function: String, mode: String) throws -> TextObject {
    switch v.object {
    case let read as TextObject: return read
    case let s as StringObject: return try read(s.value, file: "<string>", mode: mode)
    case let b as BytesObject:
      return try read(String(decoding: b.bytes, as: UTF8.self), file: "<string>", mode: mode)
    default: throw Raise.type("\(function)() arg 1 must be a string, bytes or code object")
    }
  }

  private func read(_ source: String, file: String, mode: String) throws -> TextObject {
    let source = mode == "eval" ? String(source.drop { $0 == " " || $0 == "\t" }) : source
    do {
      let body = try Parser.program(Array(source.utf8)).body
      if mode == "eval" {
        guard let first = body.first, case .expression = first.kind else {
          throw SyntaxProblem(
            "invalid syntax", body.first?.span ?? Span(line: 1, column: 0, endLine: 1, endColumn: 0))
        }
        if body.count > 1 { throw SyntaxProblem("invalid syntax", body[1].span) }
      }
      return TextObject(body, mode: mode, file: file)
    } catch let problem as SyntaxProblem { throw raised(problem, source, file) }
  }

  /// The exception that a syntax error becomes where the program runs already.
  private func raised(_ problem: SyntaxProblem, _ source: String, _ file: String) -> Raise {
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    let at = Int(problem.span.line) - 1
    let place: [Value] = [
      .string(file), .int(Int(problem.span.line)), .int(Int(problem.span.column) + 1),
      .string(lines.indices.contains(at) ? String(lines[at]) : ""),
      .int(Int(problem.span.endLine)), .int(Int(problem.span.endColumn) + 1),
    ]
    return Raise(Exceptions.make(Exceptions.type(problem.type), [.string(problem.message), .tuple(place)]))
  }

  private func run(_ text: TextObject, _ namespaces: Namespaces) throws -> Value {
    let names = namespaces.names
    let code: Code
    do {
      if text.mode == "eval", case .expression(let e)? = text.body.first?.kind {
        code = try Compiler.expression(e, globals: names)
      } else {
        code = try Compiler.program(text.body, globals: names)
      }
    } catch let problem as SyntaxProblem { throw raised(problem, "", text.file) }
    code.file = text.file
    grow()
    namespaces.fill(self)
    // Also where the text ends in an exception, what it did until then stays.
    defer { namespaces.takeBack(self) }
    return try execute(Frame(code))
  }

  /// A name for one more namespace.
  func nameNamespace() -> String {
    namespaceCount += 1
    return "<text \(namespaceCount)>"
  }
}

/// What `compile` makes: a text, read.
final class TextObject: Object {
  let body: [StatementNode]
  let mode: String
  let file: String
  init(_ body: [StatementNode], mode: String, file: String) {
    (self.body, self.mode, self.file) = (body, mode, file)
  }
  nonisolated(unsafe) private static let type = ClassObject("code")
  override var typeObject: ClassObject { TextObject.type }
  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    switch name {
    case "co_filename": .string(file)
    case "co_name": .string("<module>")
    default: nil
    }
  }
  override func repr(_ i: Interpreter) throws -> String {
    "<code object <module>, file \"\(file)\", line \(body.first?.span.line ?? 1)>"
  }
}

/// Where a text finds its names, and where it leaves them.
private final class Namespaces {
  let names: GlobalNames
  private var given: [(name: String, value: Value)] = []
  private var target: DictObject?

  init(globals: Value?, locals: Value?, function: String, _ i: Interpreter) throws {
    func dictionary(_ v: Value?, _ what: String) throws -> DictObject? {
      guard let v, v.isGiven else { return nil }
      guard let d = v.object as? DictObject else {
        throw Raise.type(
          what == "globals"
            ? "\(function)() globals must be a dict, not \(i.typeName(v))" : "locals must be a mapping")
      }
      return d
    }
    let own = try dictionary(globals, "globals")
    let inner = try dictionary(locals, "locals")
    let around = i.localVariables
    guard own != nil || inner != nil || around != nil else {
      names = i.globalNames
      return
    }
    names = GlobalNames(namespace: i.nameNamespace(), within: i.globalNames)
    if let own {
      if own.get(.string("__builtins__")) == nil {
        let module = try i.importModule("builtins", leaf: true)
        own.set(.string("__builtins__"), .string("__builtins__"), module)
      }
      given = Namespaces.entries(own)
    } else {
      given = i.globalVariables + (around ?? [])
    }
    if let inner { given += Namespaces.entries(inner) }
    target = inner ?? own
  }

  private static func entries(_ d: DictObject) -> [(name: String, value: Value)] {
    d.entries.compactMap { entry in
      guard let entry, let name = (entry.key.object as? StringObject)?.value else { return nil }
      return (name, entry.value)
    }
  }

  /// The text begins: its names have their values.
  func fill(_ i: Interpreter) {
    for (name, value) in given {
      let slot = names.slot(name)
      i.grow()
      i.globals[slot] = value
    }
  }

  /// The text has ended: the dictionary gets what changed.
  func takeBack(_ i: Interpreter) {
    guard let target else { return }
    var before: [String: Value] = [:]
    for (name, value) in given { before[name] = value }
    for name in names.names {
      let value = i.globals[names.slot(name)]
      if case .unassigned = value {
        if before[name] != nil { _ = target.remove(.string(name)) }
      } else if before[name]?.isIdentical(to: value) != true {
        target.set(.string(name), .string(name), value)
      }
    }
  }
}
