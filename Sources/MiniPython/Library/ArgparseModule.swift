/// `argparse`: options of a program. A program here is given none, so that each has its default; `parse_args([...])`
/// reads a list.
enum ArgparseModule {
  static func fill(_ m: ModuleObject) {
    m.set("ArgumentParser", .object(parserType))
    m.set("Namespace", .object(namespace))
    m.set("BooleanOptionalAction", .object(booleanAction))
    m.set("ArgumentTypeError", .object(typeError))
    m.set(
      "ArgumentError",
      .object(ClassObject("ArgumentError", bases: [Exceptions.type("Exception")], module: "argparse")))
    m.set("SUPPRESS", .string("==SUPPRESS=="))
    for (name, count) in [
      ("REMAINDER", "..."), ("ZERO_OR_MORE", "*"), ("ONE_OR_MORE", "+"), ("OPTIONAL", "?"),
    ] {
      m.set(name, .string(count))
    }
    for name in formatters { m.set(name, .object(ClassObject(name, module: "argparse"))) }
  }

  private static let formatters = [
    "HelpFormatter", "ArgumentDefaultsHelpFormatter", "RawTextHelpFormatter", "RawDescriptionHelpFormatter",
    "MetavarTypeHelpFormatter",
  ]
  nonisolated(unsafe) static let booleanAction = ClassObject("BooleanOptionalAction", module: "argparse")
  nonisolated(unsafe) static let typeError = ClassObject(
    "ArgumentTypeError", bases: [Exceptions.type("Exception")], module: "argparse")

  nonisolated(unsafe) static let namespace = attributesClass("Namespace", module: "argparse")
  /// `types.SimpleNamespace`.
  nonisolated(unsafe) static let simpleNamespace = attributesClass(
    "SimpleNamespace", module: "types", shown: "namespace")

  /// A class whose instances are their attributes: shown, and compared by them.
  private static func attributesClass(_ name: String, module: String, shown: String? = nil) -> ClassObject {
    let c = ClassObject(name, module: module)
    c.shownWithModule = module == "types"
    let shown = shown ?? name
    func me(_ v: Value) throws -> InstanceObject {
      guard let n = v.object as? InstanceObject else {
        throw Raise.type("descriptor requires a '\(name)' object")
      }
      return n
    }
    c.method("__init__") { v, a, _ in
      let n = try me(v)
      _ = try Arguments(a.positional).positionalOnly("\(name).__init__", 0...0)
      for (name, value) in a.keywords { n.set(name, value) }
      return .none
    }
    c.method("__repr__") { v, _, i in
      let n = try me(v)
      return .string(
        try i.showing(v, else: "\(shown)(...)") {
          let parts = try n.attributeOrder.map { "\($0)=\(try i.repr(n.own($0) ?? .none))" }
          return "\(shown)(\(parts.joined(separator: ", ")))"
        })
    }
    c.method("__eq__") { v, a, i in
      let (n, o) = (try me(v), try a.positionalOnly("__eq__", 1...1)[0].object as? InstanceObject)
      guard let o, o.classObject === n.classObject else { return .object(Types.notImplemented) }
      guard Set(n.attributeOrder) == Set(o.attributeOrder) else { return .bool(false) }
      return .bool(try n.attributeOrder.allSatisfy { try i.equal(n.own($0) ?? .none, o.own($0) ?? .none) })
    }
    c.method("__contains__") { v, a, _ in
      let name = try a.positionalOnly("__contains__", 1...1)[0].object as? StringObject
      return .bool(try me(v).attributeOrder.contains { $0 == name?.value })
    }
    return c
  }

  nonisolated(unsafe) private static let parserType: ClassObject = {
    let c = ClassObject("ArgumentParser", module: "argparse")
    c.make = { _, a, i in
      let names = [
        "prog?", "usage?", "description?", "epilog?", "parents?", "formatter_class?", "prefix_chars?",
        "fromfile_prefix_chars?", "argument_default?", "conflict_handler?", "add_help?", "allow_abbrev?",
        "exit_on_error?",
      ]
      let p = try a.bind("ArgumentParser.__init__", names: names)
      let path = i.program?.path ?? ""
      let name = path.split(separator: "/").last.map(String.init) ?? path
      let made = ArgumentParserObject(
        program: (p[0]?.object as? StringObject)?.value ?? name, hasHelp: try p[10].map(i.isTrue) ?? true)
      func text(_ k: Int) -> String? { (p[k]?.object as? StringObject)?.value }
      (made.customUsage, made.description, made.epilog) = (text(1), text(2), text(3))
      made.formatter = (p[5]?.object as? ClassObject)?.name ?? "HelpFormatter"
      for parent in try p[4].flatMap({ $0.isGiven ? try i.array($0) : nil }) ?? [] {
        if let parent = parent.object as? ArgumentParserObject { made.inherit(parent) }
      }
      return .object(made)
    }
    ArgumentParserObject.install(c)
    return c
  }()

  static var type: ClassObject { parserType }
}

/// One option or positional argument of a parser.
struct DeclaredArgument {
  /// `nargs=argparse.REMAINDER`.
  var isRemainder = false
  enum Count: Equatable {
    case one, optional, any, some
    case exactly(Int)
    /// The name of a command and all that follows it.
    case command
    case none
  }
  var flags: [String]
  var dest: String
  var action = "store"
  var count = Count.one
  var const = Value.none
  var standard = Value.none
  var type: Value?
  var choices: Value?
  var isRequired = false
  var metavar: String?
  /// Where each value has a name of its own.
  var metavars: [String] = []
  var help: String?
  /// `==SUPPRESS==`: shown nowhere.
  var isHidden: Bool { help == "==SUPPRESS==" }
  /// The section of the help, and the group of which one alone may be given.
  var section: Int?
  var exclusive: Int?
  var version: String?
  var isPositional: Bool { flags.isEmpty }
  /// As errors name it.
  var name: String { isPositional ? metavar ?? dest : flags.joined(separator: "/") }

  /// Its values as the usage and the help show them.
  func values(_ choices: [String]?) -> String {
    let shown =
      metavar ?? choices.map { "{\($0.joined(separator: ","))}" } ?? (isPositional ? dest : dest.uppercased())
    switch count {
    case .one: return shown
    case .optional: return "[\(shown)]"
    case .any: return "[\(shown) ...]"
    case .some: return "\(shown) [\(shown) ...]"
    case .exactly(let n):
      if metavars.count == n { return metavars.joined(separator: " ") }
      return Array(repeating: shown, count: min(max(n, 0), 100)).joined(separator: " ")
    case .command: return "\(shown) ..."
    case .none: return ""
    }
  }

  /// As the usage shows it.
  func usage(_ choices: [String]?, bare: Bool = false) -> String {
    let values = values(choices)
    if isPositional { return values }
    let flag = action == "boolean" ? flags.joined(separator: " | ") : flags[0]
    let text = values.isEmpty ? flag : "\(flag) \(values)"
    return isRequired || bare ? text : "[\(text)]"
  }

  /// As the help lists it: `-l LR, --lr LR`.
  func heading(_ choices: [String]?) -> String {
    if isPositional {
      return metavar ?? choices.map { "{\($0.joined(separator: ","))}" } ?? dest
    }
    let values = values(choices)
    return flags.map { values.isEmpty ? $0 : "\($0) \(values)" }.joined(separator: ", ")
  }
}
