/// The arguments of a call, unpacked by name and place; owner of all messages about them.
public struct Arguments {
  public var positional: [Value]
  public var keywords: [(name: String, value: Value)]

  public init(_ positional: [Value] = [], keywords: [(name: String, value: Value)] = []) {
    self.positional = positional
    self.keywords = keywords
  }

  public var isEmpty: Bool { positional.isEmpty && keywords.isEmpty }

  /// A keyword argument.
  public func keyword(_ name: String) -> Value? { keywords.first { $0.name == name }?.value }

  /// With a first argument before all others: `self`.
  public func prepending(_ value: Value) -> Arguments { Arguments([value] + positional, keywords: keywords) }

  /// Places the arguments by these names. A name that ends in `?` may be missing.
  ///
  /// Throws `TypeError` in CPython's words where one is missing, unknown or given twice.
  public func bind(_ function: String, _ names: String...) throws -> [Value?] {
    try bind(function, names: names)
  }

  public func bind(_ function: String, names: [String]) throws -> [Value?] {
    let required = names.count { !$0.hasSuffix("?") }
    var out = [Value?](repeating: nil, count: names.count)
    guard positional.count <= names.count else {
      if names.isEmpty { throw Raise.type("\(function)() takes no arguments (\(positional.count) given)") }
      let least = required == names.count ? "exactly" : "at most"
      throw Raise.type(
        "\(function)() takes \(least) \(names.count) argument\(names.count == 1 ? "" : "s") (\(positional.count) given)"
      )
    }
    for (k, value) in positional.enumerated() { out[k] = value }
    for (name, value) in keywords {
      guard let k = names.firstIndex(where: { $0 == name || $0 == name + "?" }) else {
        throw Raise.type("\(function)() got an unexpected keyword argument '\(name)'")
      }
      guard out[k] == nil else {
        throw Raise.type("\(function)() got multiple values for argument '\(name)'")
      }
      out[k] = value
    }
    for (k, name) in names.enumerated() where out[k] == nil && !name.hasSuffix("?") {
      throw Raise.type("\(function)() missing required argument '\(name)' (pos \(k + 1))")
    }
    return out
  }

  /// As ``bind(_:_:)``, in the words for functions that CPython's library, or PyTorch, has in Python.
  ///
  /// Names behind a `*` are given by name alone. A dot in the function's name says that it is a method, whose words
  /// count `self`: `Module.train() takes from 1 to 2 positional arguments but 3 were given`.
  public func bindWritten(_ function: String, _ names: String...) throws -> [Value?] {
    try bindWritten(function, names: names)
  }

  public func bindWritten(_ function: String, names: [String]) throws -> [Value?] {
    let placed = names.firstIndex(of: "*") ?? names.count
    let all = names.filter { $0 != "*" }
    var out = [Value?](repeating: nil, count: all.count)
    for (k, value) in positional.prefix(placed).enumerated() { out[k] = value }
    for (name, value) in keywords {
      guard let k = all.firstIndex(where: { $0 == name || $0 == name + "?" }) else {
        throw Raise.type("\(function)() got an unexpected keyword argument '\(name)'")
      }
      guard out[k] == nil else {
        throw Raise.type("\(function)() got multiple values for argument '\(name)'")
      }
      out[k] = value
    }
    if positional.count > placed {
      let own = function.contains(".") ? 1 : 0
      let least = all.prefix(placed).count { !$0.hasSuffix("?") } + own
      let (most, given) = (placed + own, positional.count + own)
      let takes = least < most ? "from \(least) to \(most)" : "\(most)"
      throw Raise.type(
        "\(function)() takes \(takes) positional argument\(most == 1 ? "" : "s") but \(given) \(given == 1 ? "was" : "were") given"
      )
    }
    let missing = all.indices.filter { out[$0] == nil && !all[$0].hasSuffix("?") }
    guard missing.isEmpty else {
      throw Arguments.missing(function, missing.map { all[$0] }, "positional")
    }
    return out
  }

  /// `f() missing 2 required positional arguments: 'a' and 'b'`.
  static func missing(_ function: String, _ names: [String], _ kind: String) -> Raise {
    let quoted = names.map { "'\($0)'" }
    let list =
      quoted.count == 1
      ? quoted[0]
      : quoted.count == 2
        ? "\(quoted[0]) and \(quoted[1])"
        : quoted.dropLast().joined(separator: ", ") + ", and \(quoted[quoted.count - 1])"
    return .type(
      "\(function)() missing \(names.count) required \(kind) argument\(names.count == 1 ? "" : "s"): \(list)")
  }

  /// Only positional arguments, so many.
  public func positionalOnly(_ function: String, _ range: ClosedRange<Int>) throws -> [Value] {
    if let keyword = keywords.first {
      _ = keyword
      throw Raise.type("\(function)() takes no keyword arguments")
    }
    guard range.contains(positional.count) else {
      let n = positional.count
      if range.lowerBound == range.upperBound {
        // As CPython's own unpacking says it: by number of arguments.
        let bare = function.split(separator: ".").last.map(String.init) ?? function
        if range.lowerBound > 1 {
          throw Raise.type("\(bare) expected \(range.lowerBound) arguments, got \(n)")
        }
        let want = range.lowerBound == 0 ? "no arguments" : "exactly one argument"
        throw Raise.type("\(function)() takes \(want) (\(n) given)")
      }
      let few = n < range.lowerBound
      let bound = few ? range.lowerBound : range.upperBound
      throw Raise.type(
        "\(function) expected at \(few ? "least" : "most") \(bound) argument\(bound == 1 ? "" : "s"), got \(n)"
      )
    }
    return positional
  }
}
