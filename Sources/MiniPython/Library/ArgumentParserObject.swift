/// `argparse.ArgumentParser`.
final class ArgumentParserObject: Object {
  let program: String
  var arguments: [DeclaredArgument] = []
  private let hasHelp: Bool
  var customUsage: String?
  var description: String?
  var epilog: String?
  /// The class that arranges the help.
  var formatter = "HelpFormatter"
  /// Sections of the help beyond the two that every parser has.
  var sections: [(title: String?, description: String?)] = []
  /// Groups of which one argument may be given, and whether one must be.
  var exclusives: [Bool] = []
  /// What `add_subparsers` made.
  var commands: ArgumentCommands?
  private var defaults: [(name: String, value: Value)] = []
  init(program: String, hasHelp: Bool) {
    self.program = program
    self.hasHelp = hasHelp
    if hasHelp {
      arguments.append(DeclaredArgument(flags: ["-h", "--help"], dest: "help", action: "help", count: .none))
      arguments[0].help = "show this help message and exit"
    }
  }

  /// `parents=[…]`: has their arguments too.
  func inherit(_ parent: ArgumentParserObject) {
    let (sections, exclusives) = (sections.count, exclusives.count)
    for var one in parent.arguments where one.action != "help" {
      one.section = one.section.map { $0 + sections }
      one.exclusive = one.exclusive.map { $0 + exclusives }
      arguments.append(one)
    }
    self.sections += parent.sections
    self.exclusives += parent.exclusives
    defaults += parent.defaults
  }

  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    switch name {
    case "prog": .string(program)
    case "description": description.map(Value.string) ?? Value.none
    case "epilog": epilog.map(Value.string) ?? Value.none
    case "usage": customUsage.map(Value.string) ?? Value.none
    default: nil
    }
  }
  override var typeObject: ClassObject { ArgparseModule.type }

  static func install(_ c: ClassObject) {
    func me(_ v: Value) throws -> ArgumentParserObject {
      guard let p = v.object as? ArgumentParserObject else {
        throw Raise.type("descriptor requires an 'ArgumentParser' object")
      }
      return p
    }
    c.method("add_argument") { v, a, i in
      try me(v).declare(a, i)
      return .none
    }
    c.method("add_argument_group") { v, a, i in .object(try ArgumentGroup(section: a, me(v), i)) }
    c.method("add_mutually_exclusive_group") { v, a, i in
      .object(try ArgumentGroup(exclusive: a, me(v), nil, i))
    }
    c.method("add_subparsers") { v, a, i in .object(try ArgumentCommands(me(v), a, i)) }
    c.method("set_defaults") { v, a, _ in
      let p = try me(v)
      for (name, value) in a.keywords {
        for k in p.arguments.indices where p.arguments[k].dest == name { p.arguments[k].standard = value }
        p.defaults.append((name, value))
      }
      return .none
    }
    c.method("get_default") { v, a, i in
      let p = try me(v)
      let name = try StringMethods.text(try a.positionalOnly("get_default", 1...1)[0], i)
      return p.arguments.first { $0.dest == name }?.standard ?? p.defaults.last { $0.name == name }?.value
        ?? .none
    }
    for name in ["parse_args", "parse_known_args"] {
      c.method(name) { v, a, i in
        let p = try a.bind(name, "args?", "namespace?")
        let words =
          try p[0].map { value -> [Value] in
            if case .none = value { return [] }
            return try i.array(value)
          } ?? []
        let (made, rest) = try me(v).parse(try words.map { try StringMethods.text($0, i) }, p[1], i)
        if name == "parse_args" {
          if !rest.isEmpty {
            throw try me(v).fail("unrecognized arguments: \(rest.joined(separator: " "))", i)
          }
          return made
        }
        return .tuple([made, .list(rest.map { .string($0) })])
      }
    }
    c.method("format_usage") { v, _, i in .string(try me(v).usage(i)) }
    c.method("format_help") { v, _, i in .string(try me(v).helpText(i)) }
    for name in ["print_usage", "print_help"] {
      c.method(name) { v, a, i in
        let text = try name == "print_help" ? me(v).helpText(i) : me(v).usage(i)
        guard let file = try a.bindWritten("ArgumentParser.\(name)", "file?")[0], file.isGiven else {
          try i.say(text)
          return .none
        }
        return try i.call(i.getAttribute(file, "write"), Arguments([.string(text)]))
      }
    }
    c.method("exit") { _, a, i in
      let p = try a.bindWritten("ArgumentParser.exit", "status?", "message?")
      if let text = p[1], text.isGiven { try i.say(i.str(text), toErrors: true) }
      throw Raise(Exceptions.make(Exceptions.type("SystemExit"), [p[0] ?? .int(0)]))
    }
    c.method("error") { v, a, i in
      throw try me(v).fail(StringMethods.text(a.positionalOnly("error", 1...1)[0], i), i)
    }
  }

  // MARK: Declaring

  func declare(
    _ a: Arguments, _ i: Interpreter, section: Int? = nil, exclusive: Int? = nil
  ) throws {
    let names = try a.positional.map { try StringMethods.text($0, i) }
    let known = [
      "action", "nargs", "const", "default", "type", "choices", "required", "help", "metavar", "dest",
      "version",
    ]
    if let odd = a.keywords.first(where: { !known.contains($0.name) }) {
      throw Raise.type("_StoreAction.__init__() got an unexpected keyword argument '\(odd.name)'")
    }
    func text(_ name: String) -> String? { (a.keyword(name)?.object as? StringObject)?.value }
    let flags = names.filter { $0.hasPrefix("-") }
    if flags.count != names.count, !flags.isEmpty || names.count > 1 {
      throw Raise.value(
        "invalid option string '\(names.first { !$0.hasPrefix("-") } ?? "")': must start with a character '-'"
      )
    }
    if let twice = flags.first(where: { f in arguments.contains { $0.flags.contains(f) } }) {
      throw Raise.named(
        "ArgumentError", "argument \(flags.joined(separator: "/")): conflicting option string: \(twice)")
    }
    let long = flags.first { $0.hasPrefix("--") } ?? flags.first
    var dest = text("dest") ?? long.map { String($0.drop { $0 == "-" }) } ?? names.first ?? ""
    if !flags.isEmpty { dest = String(dest.map { $0 == "-" ? "_" : $0 }) }
    guard !dest.isEmpty else {
      throw Raise.type("add_argument() missing 1 required positional argument: 'dest'")
    }
    var one = DeclaredArgument(flags: flags, dest: dest)
    one.action =
      text("action") ?? (a.keyword("action")?.object === ArgparseModule.booleanAction ? "boolean" : "store")
    one.const = a.keyword("const") ?? .none
    one.metavar = text("metavar")
    if let several = a.keyword("metavar")?.object as? TupleObject {
      one.metavars = try several.items.map(i.str)
    }
    one.help = text("help")
    one.version = text("version")
    (one.section, one.exclusive) = (section, exclusive)
    one.type = a.keyword("type").flatMap { if case .none = $0 { nil } else { $0 } }
    one.choices = a.keyword("choices").flatMap { if case .none = $0 { nil } else { $0 } }
    if let type = one.type, !i.isCallable(type) { throw Raise.value("\(try i.repr(type)) is not callable") }
    switch (a.keyword("nargs").map { $0 }, text("nargs")) {
    case (_, "?"): one.count = .optional
    case (_, "..."):
      one.count = .any
      one.isRemainder = true
    case (_, "*"): one.count = .any
    case (_, "+"): one.count = .some
    case (let n?, nil): if let n = try i.index(n) { one.count = .exactly(n) }
    default: break
    }
    switch one.action {
    case "store", "append", "extend": break
    case "store_true": (one.count, one.const, one.standard) = (.none, .bool(true), .bool(false))
    case "store_false": (one.count, one.const, one.standard) = (.none, .bool(false), .bool(true))
    case "version":
      one.count = .none
      one.standard = .string("==SUPPRESS==")
      if a.keyword("help") == nil { one.help = "show program's version number and exit" }
    case "store_const", "append_const", "count", "help": one.count = .none
    case "boolean":
      one.count = .none
      one.flags += flags.filter { $0.hasPrefix("--") }.map { "--no-" + $0.dropFirst(2) }
    default: throw Raise.value("unknown action \"\(one.action)\"")
    }
    if let standard = a.keyword("default") { one.standard = standard }
    if let known = defaults.last(where: { $0.name == dest }) { one.standard = known.value }
    one.isRequired = try a.keyword("required").map(i.isTrue) ?? false
    if one.isPositional {
      one.isRequired = one.count != .optional && (one.count != .any || a.keyword("default") == nil)
    }
    arguments.append(one)
  }

  // MARK: Reading

  private func isNegativeNumber(_ word: String) -> Bool { word.hasPrefix("-") && Double(word) != nil }

  private func isFlag(_ word: String) -> Bool {
    word.hasPrefix("-") && word != "-" && !isNegativeNumber(word) && !word.contains(" ")
  }

  func parse(_ words: [String], _ into: Value?, _ i: Interpreter) throws -> (Value, [String]) {
    let made: InstanceObject
    if let given = into?.object as? InstanceObject {
      made = given
    } else {
      made = InstanceObject(ArgparseModule.namespace)
    }
    for one in arguments where one.action != "help" && made.own(one.dest) == nil {
      if (one.standard.object as? StringObject)?.value == "==SUPPRESS==" { continue }
      made.set(one.dest, one.standard)
    }
    for (name, value) in defaults where made.own(name) == nil { made.set(name, value) }
    var (loose, rest, seen): ([String], [String], Set<String>) = ([], [], [])
    var chosen: [Int: DeclaredArgument] = [:]
    // How many words stand before the name of a command.
    let before = commands.map { _ in arguments.prefix { $0.count != .command }.count(where: \.isPositional) }
    let places = arguments.filter { $0.isPositional && $0.count != .command }
    var k = 0
    while k < words.count {
      let word = words[k]
      k += 1
      if word == "--" {
        loose += words[k...]
        break
      }
      guard isFlag(word) else {
        if let commands, loose.count == before {
          seen.insert(commands.dest)
          rest += try commands.parse(word, Array(words[k...]), made, i)
          break
        }
        loose.append(word)
        // What stands behind the others is all the rest, flags included.
        if let last = places.firstIndex(where: \.isRemainder), loose.count >= last {
          loose += words[k...]
          break
        }
        continue
      }
      guard var (one, flag, inline) = try find(word, i) else {
        rest.append(word)
        continue
      }
      // `-vvq`: several flags written as one.
      while one.count == .none, flag.count == 2, !flag.hasPrefix("--"), let more = inline,
        let first = more.first
      {
        guard let next = arguments.first(where: { $0.flags.contains("-\(first)") }) else { break }
        try exclude(one, &chosen, i)
        seen.insert(one.dest)
        try apply(one, flag, [], made, i)
        (one, flag, inline) = (next, "-\(first)", more.count > 1 ? String(more.dropFirst()) : nil)
      }
      try exclude(one, &chosen, i)
      seen.insert(one.dest)
      var given: [String] = []
      if one.count == .none {
        if let inline { throw fail("argument \(one.name): ignored explicit argument '\(inline)'", i) }
      } else if let inline {
        given = [inline]
      } else {
        let most =
          switch one.count {
          case .one, .optional: 1
          case .exactly(let n): n
          default: Int.max
          }
        while given.count < most, k < words.count, !isFlag(words[k]), words[k] != "--" {
          given.append(words[k])
          k += 1
        }
      }
      try apply(one, flag, given, made, i)
    }
    rest += try positionals(loose, made, &seen, i)
    let missing = arguments.filter { $0.isRequired && !seen.contains($0.dest) }.map(title)
    if !missing.isEmpty {
      throw fail("the following arguments are required: \(missing.joined(separator: ", "))", i)
    }
    for (k, isNeeded) in exclusives.enumerated() where isNeeded && chosen[k] == nil {
      let names = arguments.filter { $0.exclusive == k && !$0.isHidden }.map(\.name)
      throw fail("one of the arguments \(names.joined(separator: " ")) is required", i)
    }
    // Defaults that are texts are read as if they were given.
    for one in arguments where !seen.contains(one.dest) && one.action == "store" {
      if let text = one.standard.object as? StringObject, text.value != "==SUPPRESS==", one.type != nil {
        made.set(one.dest, try convert(one, text.value, i))
      }
    }
    return (.object(made), rest)
  }

  /// Refuses a second argument of a group of which one may be given.
  private func exclude(
    _ one: DeclaredArgument, _ chosen: inout [Int: DeclaredArgument], _ i: Interpreter
  ) throws {
    guard let group = one.exclusive else { return }
    if let other = chosen[group], other.flags != one.flags {
      throw fail("argument \(one.name): not allowed with argument \(other.name)", i)
    }
    chosen[group] = one
  }

  /// The option a word names, and what stands behind its `=`.
  private func find(_ word: String, _ i: Interpreter) throws -> (DeclaredArgument, String, String?)? {
    if let one = arguments.first(where: { $0.flags.contains(word) }) { return (one, word, nil) }
    var (name, inline) = (word, String?.none)
    if let equals = word.firstIndex(of: "=") {
      name = String(word[..<equals])
      inline = String(word[word.index(after: equals)...])
    }
    if let one = arguments.first(where: { $0.flags.contains(name) }) { return (one, name, inline) }
    if name.hasPrefix("--") {
      let near = arguments.flatMap { one in one.flags.filter { $0.hasPrefix(name) }.map { (one, $0) } }
      if near.count > 1 {
        throw fail(
          "ambiguous option: \(word) could match \(near.map(\.1).joined(separator: ", "))", i)
      }
      return near.first.map { ($0.0, $0.1, inline) }
    }
    let short = String(word.prefix(2))
    return arguments.first { $0.flags.contains(short) }
      .map { ($0, short, String(word.dropFirst(2))) }
  }

  private func positionals(
    _ words: [String], _ made: InstanceObject, _ seen: inout Set<String>, _ i: Interpreter
  ) throws -> [String] {
    let waiting = arguments.filter { $0.isPositional && $0.count != .command }
    func least(_ one: DeclaredArgument) -> Int {
      switch one.count {
      case .one, .some: 1
      case .exactly(let n): n
      default: 0
      }
    }
    var at = 0
    for (k, one) in waiting.enumerated() {
      let later = waiting[(k + 1)...].reduce(0) { $0 + least($1) }
      let free = max(0, words.count - at - later)
      let most =
        switch one.count {
        case .one, .optional: 1
        case .exactly(let n): n
        default: Int.max
        }
      let count = min(free, most)
      guard count >= least(one) else { break }
      if count > 0 || one.count == .any {
        seen.insert(one.dest)
        if count > 0 || { if case .none = one.standard { true } else { false } }() {
          try apply(one, one.dest, Array(words[at..<(at + count)]), made, i)
        }
      }
      at += count
    }
    return Array(words[at...])
  }

  private func apply(
    _ one: DeclaredArgument, _ flag: String, _ given: [String], _ made: InstanceObject, _ i: Interpreter
  ) throws {
    var value: Value
    switch one.count {
    case .none: value = one.const
    case .one:
      guard let word = given.first else { throw fail("argument \(one.name): expected one argument", i) }
      value = try convert(one, word, i)
    case .optional: value = try given.first.map { try convert(one, $0, i) } ?? one.const
    case .some where given.isEmpty: throw fail("argument \(one.name): expected at least one argument", i)
    case .exactly(let n) where given.count != n:
      throw fail("argument \(one.name): expected \(n) argument\(n == 1 ? "" : "s")", i)
    default: value = .list(try given.map { try convert(one, $0, i) })
    }
    switch one.action {
    case "append", "append_const", "extend":
      var all: [Value] = []
      if let before = made.own(one.dest), before.object != nil { all = try i.array(before) }
      all += one.action == "extend" ? try i.array(value) : [value]
      value = .list(all)
    case "count":
      let before = try made.own(one.dest).flatMap(i.index) ?? 0
      value = .int(before &+ 1)
    case "boolean": value = .bool(!flag.hasPrefix("--no-"))
    case "help":
      try i.say(helpText(i))
      throw Raise(Exceptions.make(Exceptions.type("SystemExit"), [.int(0)]))
    case "version":
      try i.say(filled(one.version ?? "", i) + "\n")
      throw Raise(Exceptions.make(Exceptions.type("SystemExit"), [.int(0)]))
    default: break
    }
    made.set(one.dest, value)
  }

  private func convert(_ one: DeclaredArgument, _ word: String, _ i: Interpreter) throws -> Value {
    var value = Value.string(word)
    if let type = one.type {
      do { value = try i.call(type, Arguments([value])) } catch let raise as Raise {
        let kind = raise.exception.classObject
        if kind.isSubclass(of: ArgparseModule.typeError) {
          throw fail("argument \(one.name): \(try i.str(.object(raise.exception)))", i)
        }
        guard
          kind.isSubclass(of: Exceptions.type("ValueError"))
            || kind.isSubclass(of: Exceptions.type("TypeError"))
        else { throw raise }
        let name = try i.attribute(type, "__name__").map(i.str) ?? i.repr(type)
        throw fail("argument \(one.name): invalid \(name) value: \(try i.repr(.string(word)))", i)
      }
    }
    if let choices = one.choices, try !i.contains(choices, value) {
      let all = try i.array(choices).map(i.repr).joined(separator: ", ")
      throw fail("argument \(one.name): invalid choice: \(try i.repr(value)) (choose from \(all))", i)
    }
    return value
  }

  // MARK: Saying

  func fail(_ message: String, _ i: Interpreter) -> Raise {
    do {
      try i.say((try? usage(i)) ?? "", toErrors: true)
      try i.say("\(program): error: \(message)\n", toErrors: true)
    } catch {
      if let raise = error as? Raise { return raise }
    }
    return Raise(Exceptions.make(Exceptions.type("SystemExit"), [.int(2)]))
  }

  func choices(_ one: DeclaredArgument, _ i: Interpreter) throws -> [String]? {
    if one.count == .command { return commands?.names ?? [] }
    return try one.choices.map { try i.array($0).map(i.str) }
  }

  /// The options as the usage shows them, those of which one may be given together.
  private func optionParts(_ i: Interpreter) throws -> [String] {
    let options = arguments.filter { !$0.isPositional && !$0.isHidden }
    var out: [String] = []
    var k = 0
    while k < options.count {
      let one = options[k]
      let size = one.exclusive.map { g in options[k...].prefix { $0.exclusive == g }.count } ?? 1
      guard let group = one.exclusive, size == options.count(where: { $0.exclusive == group }) else {
        out.append(one.usage(try choices(one, i)))
        k += 1
        continue
      }
      let inner = try options[k..<(k + size)].map { $0.usage(try choices($0, i), bare: true) }
      let text = inner.joined(separator: " | ")
      out.append(exclusives[group] ? (size > 1 ? "(\(text))" : text) : "[\(text)]")
      k += size
    }
    return out
  }

  /// `usage: p.py [-h] [--lr LR]`, wrapped as CPython wraps it on eighty columns.
  func usage(_ i: Interpreter) throws -> String {
    if let customUsage { return "usage: " + customUsage.replacingProgram(program) + "\n" }
    let options = try optionParts(i).flatMap(ArgumentParserObject.pieces)
    let places = try arguments.filter { $0.isPositional && !$0.isHidden }
      .map { $0.usage(try choices($0, i)) }.flatMap(ArgumentParserObject.pieces)
    let prefix = "usage: "
    let line = ([program] + options + places).joined(separator: " ")
    let width = 78
    guard prefix.count + line.count > width else { return prefix + line + "\n" }
    let isWide = Double(prefix.count + program.count) > 0.75 * Double(width)
    let indent = String(repeating: " ", count: isWide ? prefix.count : prefix.count + program.count + 1)
    func lines(_ parts: [String], from used: Int) -> [String] {
      var (out, now, length): ([String], [String], Int) = ([], [], used)
      for part in parts {
        if length + 1 + part.count > width, !now.isEmpty {
          out.append(indent + now.joined(separator: " "))
          now = []
          length = indent.count - 1
        }
        now.append(part)
        length += part.count + 1
      }
      if !now.isEmpty { out.append(indent + now.joined(separator: " ")) }
      return out
    }
    var out: [String]
    if isWide {
      out = [program] + lines(options + places, from: indent.count - 1)
    } else {
      out = lines([program] + (options.isEmpty ? places : options), from: prefix.count - 1)
      if let first = out.first { out[0] = String(first.dropFirst(indent.count)) }
      if !options.isEmpty { out += lines(places, from: indent.count - 1) }
    }
    return prefix + out.joined(separator: "\n") + "\n"
  }

  /// What may stand on a line of its own: words, and what brackets hold together.
  private static func pieces(_ text: String) -> [String] {
    var (out, depth): ([String], Int) = ([], 0)
    for word in text.split(separator: " ") {
      if depth > 0, let last = out.popLast() {
        out.append(last + " " + word)
      } else {
        out.append(String(word))
      }
      depth += word.count { "[(".contains($0) } - word.count { "])".contains($0) }
    }
    return out
  }
}
