import Yams

/// The keys of one small YAML mapping, each with the line of the lesson where it stands.
///
/// Reads are total: what is wrong is collected as ``LessonError``s with their lines, and `nil` is returned.
struct YAMLFields {
  private let path: String
  private let place: LessonError.Place
  /// The line before the YAML's first.
  private let offset: Int
  private var entries: [(key: String, value: Yams.Node, line: Int)] = []
  private(set) var errors: [LessonError] = []
  private var known: [String] = []
  /// It is no mapping at all: one message is enough.
  private var isBroken = false

  /// More than any lesson needs, and far from what a parser of nested YAML may choke on.
  private static let limit = 64 << 10

  /// - Parameter offset: the number of lines above the YAML's first.
  init(_ text: String, path: String, offset: Int, place: LessonError.Place) {
    self.path = path
    self.place = place
    self.offset = offset
    do {
      guard text.utf8.count <= Self.limit, Self.depth(text) <= 32 else {
        throw Problem.tooLarge
      }
      guard let node = try Yams.compose(yaml: text) else { return }
      guard case .mapping(let mapping) = node else {
        fail(.notMapping(place: place), at: offset + 1)
        return
      }
      for (key, value) in mapping {
        let line = offset + (key.mark?.line ?? 1)
        entries.append((key.scalar?.string ?? "?", value, line))
      }
    } catch let error as YamlError {
      let (problem, line) = Self.describe(error)
      fail(.yaml(problem: problem), at: offset + line)
    } catch {
      fail(.yaml(problem: "it is too large or nested too deeply"), at: offset + 1)
    }
    isBroken = !errors.isEmpty
  }

  private enum Problem: Error { case tooLarge }

  /// How deeply brackets and dashes could nest at most.
  private static func depth(_ text: String) -> Int {
    var open = 0
    var deepest = 0
    for line in text.utf8.split(separator: 10) {
      var dashes = 0
      var inIndent = true
      for byte in line {
        switch byte {
        case UInt8(ascii: "["), UInt8(ascii: "{"): open += 1
        case UInt8(ascii: "]"), UInt8(ascii: "}"): open = max(0, open - 1)
        case UInt8(ascii: "-"), UInt8(ascii: "?"): if inIndent { dashes += 1 }
        case UInt8(ascii: " "): break
        default: inIndent = false
        }
        deepest = max(deepest, open + dashes)
      }
    }
    return deepest
  }

  private static func describe(_ error: YamlError) -> (String, Int) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      (problem, max(1, mark.line))
    case .duplicatedKeysInMapping(let keys, let context):
      ("\(keys.sorted().joined(separator: ", ")) occurs twice", max(1, context.mark.line))
    default: ("it cannot be read", 1)
    }
  }

  private mutating func fail(_ cause: LessonError.Cause, at line: Int) {
    errors.append(LessonError(path: path, line: line, cause: cause))
  }

  /// The line of a key; the line above the YAML where it does not occur.
  func line(of key: String) -> Int { entries.first { $0.key == key }?.line ?? offset }

  private mutating func entry(_ key: String) -> (key: String, value: Yams.Node, line: Int)? {
    known.append(key)
    return entries.first { $0.key == key }
  }

  /// A text; numbers and words that YAML knows count as text, lists and mappings do not.
  mutating func string(_ key: String) -> String? {
    guard let entry = entry(key) else { return nil }
    guard case .scalar(let scalar) = entry.value else {
      let fix = "text. Put it in quotes: \(key): \"[1., 2.]\""
      fail(.wrongType(key: key, expected: fix, found: Self.kind(entry.value)), at: entry.line)
      return nil
    }
    let text = trimmed(scalar.string)
    if text.isEmpty {
      fail(.emptyValue(key: key), at: entry.line)
      return nil
    }
    return text
  }

  /// A text that must be there.
  mutating func required(_ key: String) -> String? {
    let before = errors.count
    if let text = string(key) { return text }
    if errors.count == before, !isBroken { fail(.missingKey(key, place: place), at: max(1, offset)) }
    return nil
  }

  /// A whole number from 1 up that must be there.
  mutating func requiredCount(_ key: String) -> Int? {
    guard let entry = entry(key) else {
      if !isBroken { fail(.missingKey(key, place: place), at: max(1, offset)) }
      return nil
    }
    guard case .scalar(let scalar) = entry.value, let value = Int(scalar.string), value >= 1 else {
      let found = entry.value.scalar.map { "\"\($0.string)\"" } ?? Self.kind(entry.value)
      fail(.wrongType(key: key, expected: "a whole number from 1 up", found: found), at: entry.line)
      return nil
    }
    return value
  }

  /// A list of texts; empty where the key does not occur.
  mutating func strings(_ key: String) -> [String] {
    guard let entry = entry(key) else { return [] }
    guard case .sequence(let items) = entry.value else {
      fail(.wrongType(key: key, expected: "a list", found: Self.kind(entry.value)), at: entry.line)
      return []
    }
    var out: [String] = []
    for item in items {
      guard case .scalar(let scalar) = item else {
        let line = offset + (item.mark?.line ?? (entry.line - offset))
        let expected = "a list of texts. Put each in quotes: - \"[1., 2.]\""
        fail(.wrongType(key: key, expected: expected, found: "\(Self.kind(item)) in it"), at: line)
        continue
      }
      out.append(trimmed(scalar.string))
    }
    return out
  }

  /// A mapping of texts, in order.
  mutating func pairs(_ key: String) -> [(String, String)] {
    guard let entry = entry(key) else { return [] }
    guard case .mapping(let mapping) = entry.value else {
      let expected = "a mapping, such as {direction: right}"
      fail(.wrongType(key: key, expected: expected, found: Self.kind(entry.value)), at: entry.line)
      return []
    }
    var out: [(String, String)] = []
    for (name, value) in mapping {
      guard let name = name.scalar?.string, let text = value.scalar?.string else {
        let expected = "a mapping of texts"
        fail(.wrongType(key: key, expected: expected, found: "\(Self.kind(value)) in it"), at: entry.line)
        continue
      }
      out.append((name, text))
    }
    return out
  }

  /// Call after all reads: keys that none asked for are errors.
  mutating func finish() -> [LessonError] {
    for entry in entries where !known.contains(entry.key) {
      fail(.unknownKey(entry.key, place: place, known: known), at: entry.line)
    }
    return errors
  }

  private static func kind(_ node: Yams.Node) -> String {
    switch node {
    case .scalar: "a single value"
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .alias: "an alias"
    }
  }
}
