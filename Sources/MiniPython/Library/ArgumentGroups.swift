/// What `add_argument_group` and `add_mutually_exclusive_group` give: adds to the parser.
final class ArgumentGroup: Object {
  nonisolated(unsafe) private static let type = ClassObject("_ArgumentGroup", module: "argparse")
  private let parser: ArgumentParserObject
  private let section: Int?
  private var exclusive: Int?
  override var typeObject: ClassObject { ArgumentGroup.type }

  init(section a: Arguments, _ parser: ArgumentParserObject, _ i: Interpreter) throws {
    let p = try a.bindWritten("_ArgumentGroup.__init__", "title?", "description?", "*", "conflict_handler?")
    func text(_ k: Int) -> String? { (p[k]?.object as? StringObject)?.value }
    parser.sections.append((text(0), text(1)))
    self.parser = parser
    section = parser.sections.count - 1
  }

  init(exclusive a: Arguments, _ parser: ArgumentParserObject, _ section: Int?, _ i: Interpreter) throws {
    let p = try a.bindWritten("_MutuallyExclusiveGroup.__init__", "required?")
    parser.exclusives.append(try p[0].map(i.isTrue) ?? false)
    self.parser = parser
    self.section = section
    exclusive = parser.exclusives.count - 1
  }

  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    let (parser, section, exclusive) = (parser, section, exclusive)
    switch name {
    case "add_argument":
      return .object(
        NativeFunction(name) { a, i in
          try parser.declare(a, i, section: section, exclusive: exclusive)
          if exclusive != nil, parser.arguments.last?.isRequired == true {
            parser.arguments.removeLast()
            throw Raise.value("mutually exclusive arguments must be optional")
          }
          return .none
        })
    case "add_mutually_exclusive_group":
      return .object(
        NativeFunction(name) { a, i in .object(try ArgumentGroup(exclusive: a, parser, section, i)) })
    case "add_argument_group":
      return .object(NativeFunction(name) { a, i in .object(try ArgumentGroup(section: a, parser, i)) })
    case "title": return section.flatMap { parser.sections[$0].title }.map(Value.string) ?? Value.none
    default: return nil
    }
  }
}

/// What `add_subparsers` gives: commands, each with a parser of its own.
final class ArgumentCommands: Object {
  nonisolated(unsafe) private static let type = ClassObject("_SubParsersAction", module: "argparse")
  private unowned let parser: ArgumentParserObject
  private let prefix: String
  /// Where the name of the command goes; empty where nowhere.
  let dest: String
  private(set) var parsers: [(name: String, parser: ArgumentParserObject)] = []
  /// The commands that the help lists.
  private(set) var listed: [(heading: String, help: String)] = []
  var names: [String] { parsers.map(\.name) }
  override var typeObject: ClassObject { ArgumentCommands.type }

  init(_ parser: ArgumentParserObject, _ a: Arguments, _ i: Interpreter) throws {
    let p = try a.bindWritten(
      "ArgumentParser.add_subparsers", "*", "title?", "description?", "prog?", "parser_class?", "action?",
      "dest?", "required?", "help?", "metavar?")
    func text(_ k: Int) -> String? { (p[k]?.object as? StringObject)?.value }
    if parser.commands != nil {
      _ = parser.fail("cannot have multiple subparser arguments", i)
      throw Raise(Exceptions.make(Exceptions.type("SystemExit"), [.int(2)]))
    }
    self.parser = parser
    let places = try parser.arguments.filter(\.isPositional).map { $0.usage(try parser.choices($0, i)) }
    prefix = text(2) ?? ([parser.program] + places).joined(separator: " ")
    dest = text(5) ?? ""
    super.init()
    var one = DeclaredArgument(flags: [], dest: dest)
    (one.action, one.count, one.metavar, one.help) = ("command", .command, text(8), text(7))
    one.isRequired = try p[6].map(i.isTrue) ?? false
    if dest.isEmpty || dest == "==SUPPRESS==" { one.standard = .string("==SUPPRESS==") }
    if text(0) != nil || text(1) != nil {
      parser.sections.append((text(0) ?? "subcommands", text(1)))
      one.section = parser.sections.count - 1
    }
    parser.arguments.append(one)
    parser.commands = self
  }

  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    switch name {
    case "choices":
      return .object(DictObject.of(parsers.map { ($0.name, .object($0.parser)) }))
    case "add_parser":
      return .object(NativeFunction(name) { a, i in try self.add(a, i) })
    default: return nil
    }
  }

  private func add(_ a: Arguments, _ i: Interpreter) throws -> Value {
    guard let name = a.positional.first ?? a.keyword("name") else {
      throw Arguments.missing("_SubParsersAction.add_parser", ["name"], "positional")
    }
    let text = try StringMethods.text(name, i)
    let others = try a.keyword("aliases").map { try i.array($0).map(i.str) } ?? []
    var keywords = a.keywords.filter { !["name", "help", "aliases"].contains($0.name) }
    if a.keyword("prog") == nil { keywords.append(("prog", .string("\(prefix) \(text)"))) }
    let made = try i.call(.object(ArgparseModule.type), Arguments([], keywords: keywords))
    guard let own = made.object as? ArgumentParserObject else { return made }
    if let help = (a.keyword("help")?.object as? StringObject)?.value {
      listed.append((others.isEmpty ? text : "\(text) (\(others.joined(separator: ", ")))", help))
    }
    for name in [text] + others { parsers.append((name, own)) }
    return made
  }

  /// Reads the command and what follows it into the namespace; gives what is left over.
  func parse(_ name: String, _ words: [String], _ into: InstanceObject, _ i: Interpreter) throws -> [String] {
    guard let found = parsers.first(where: { $0.name == name }) else {
      let all = try names.map { try i.repr(.string($0)) }.joined(separator: ", ")
      let own = parser.arguments.first { $0.count == .command }
      throw parser.fail(
        "argument \(own.map(parser.title) ?? dest): invalid choice: \(try i.repr(.string(name))) (choose from \(all))",
        i)
    }
    if !dest.isEmpty, dest != "==SUPPRESS==" { into.set(dest, .string(name)) }
    let (made, rest) = try found.parser.parse(words, nil, i)
    if let made = made.object as? InstanceObject {
      for name in made.attributeOrder { into.set(name, made.own(name) ?? .none) }
    }
    return rest
  }
}
