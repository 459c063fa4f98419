/// The help of a parser, arranged as `argparse.HelpFormatter` arranges it on eighty columns.
extension ArgumentParserObject {
  private static let width = 78

  /// How errors name an argument; commands without a name by their choices.
  func title(_ one: DeclaredArgument) -> String {
    guard one.count == .command, one.metavar == nil, one.dest.isEmpty else { return one.name }
    return "{\((commands?.names ?? []).joined(separator: ","))}"
  }

  private func wrapped(_ text: String, _ width: Int, _ i: Interpreter) throws -> [String] {
    let wrap = try i.getAttribute(i.importModule("textwrap", leaf: true), "wrap")
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return try i.array(i.call(wrap, Arguments([.string(words), .int(width)]))).map(i.str)
  }

  /// A text of its own: a description, a version.
  func filled(_ text: String, _ i: Interpreter) throws -> String {
    let text = text.replacingProgram(program)
    if formatter.hasPrefix("Raw") { return text }
    return try wrapped(text, Self.width, i).joined(separator: "\n")
  }

  private func help(of one: DeclaredArgument, _ i: Interpreter) throws -> String {
    var text = one.help ?? ""
    let isShown = one.count == .optional || one.count == .any || !one.isPositional
    if formatter == "ArgumentDefaultsHelpFormatter", !text.isEmpty, !text.contains("%(default)"), isShown,
      !["help", "version"].contains(one.action),
      (one.standard.object as? StringObject)?.value != "==SUPPRESS=="
    {
      text += " (default: %(default)s)"
    }
    guard text.contains("%") else { return text }
    func shown(_ v: Value) throws -> Value {
      try v.object.flatMap { _ in try i.attribute(v, "__name__") } ?? v
    }
    let all = try choices(one, i)
    let values = DictObject.of([
      ("prog", .string(program)), ("default", try shown(one.standard)), ("dest", .string(one.dest)),
      ("type", try shown(one.type ?? .none)), ("const", one.const),
      ("choices", all.map { .string($0.joined(separator: ", ")) } ?? .none),
      ("metavar", one.metavar.map(Value.string) ?? .none), ("required", .bool(one.isRequired)),
      ("help", .string(one.help ?? "")),
    ])
    return try i.str(i.binary(Int(Operators.number("%")), .string(text), .object(values)))
  }

  /// A line of the list, with its help beside or below it.
  private func entry(
    _ heading: String, _ help: String, _ indent: Int, _ column: Int, _ i: Interpreter
  ) throws -> String {
    let start = String(repeating: " ", count: indent) + heading
    guard help.contains(where: { !$0.isWhitespace }) else { return start + "\n" }
    let room = max(Self.width - column, 11)
    let lines =
      formatter == "RawTextHelpFormatter"
      ? help.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      : try wrapped(help, room, i)
    let margin = String(repeating: " ", count: column)
    let fits = heading.count <= column - indent - 2
    let gap = String(repeating: " ", count: max(0, column - indent - heading.count))
    let first = fits ? start + gap + (lines.first ?? "") : start
    let others = (fits ? Array(lines.dropFirst()) : lines).map { margin + $0 }
    return ([first] + others).joined(separator: "\n") + "\n"
  }

  func helpText(_ i: Interpreter) throws -> String {
    let visible = arguments.filter { !$0.isHidden }
    var longest = 0
    for one in visible {
      longest = max(longest, one.heading(try choices(one, i)).count)
      if one.count == .command {
        longest = commands?.listed.map(\.heading.count).reduce(longest, max) ?? longest
      }
    }
    let column = min(longest + 4, 24)
    func list(_ items: [DeclaredArgument]) throws -> String {
      var out = ""
      for one in items {
        out += try entry(one.heading(choices(one, i)), help(of: one, i), 2, column, i)
        guard one.count == .command else { continue }
        for (heading, help) in commands?.listed ?? [] { out += try entry(heading, help, 4, column, i) }
      }
      return out
    }
    var blocks = [try usage(i)]
    if let description { blocks.append(try filled(description, i) + "\n") }
    let plain = visible.filter { $0.section == nil }
    for (title, items) in [
      ("positional arguments", plain.filter(\.isPositional)), ("options", plain.filter { !$0.isPositional }),
    ] where !items.isEmpty {
      blocks.append("\(title):\n" + (try list(items)))
    }
    for (k, section) in sections.enumerated() {
      let items = visible.filter { $0.section == k }
      var body: [String] = []
      if let text = section.description {
        let lines = try formatter.hasPrefix("Raw") ? [text] : wrapped(text, Self.width - 2, i)
        body.append(lines.map { "  " + $0 }.joined(separator: "\n") + "\n")
      }
      if !items.isEmpty { body.append(try list(items)) }
      if body.isEmpty { continue }
      blocks.append((section.title.map { "\($0):\n" } ?? "") + body.joined(separator: "\n"))
    }
    if let epilog { blocks.append(try filled(epilog, i) + "\n") }
    return blocks.joined(separator: "\n")
  }
}

extension String {
  /// With the program's name where `%(prog)s` stands.
  func replacingProgram(_ name: String) -> String {
    var parts: [Substring] = []
    var rest = self[...]
    while let place = rest.firstRange(of: "%(prog)s") {
      parts += [rest[..<place.lowerBound], name[...]]
      rest = rest[place.upperBound...]
    }
    return (parts + [rest]).joined()
  }
}
