extension RecordingError: CustomStringConvertible {
  /// The message for a reader: what was found, where, and what helps.
  public var description: String {
    switch self {
    case .empty: "the recording is empty"
    case .notARecording:
      "not a recording: the first line should be {\"format\":\"\(Recording.formatName)\", …}"
    case .newer(let version):
      "the recording has format version \(version); this backstep reads up to version"
        + " \(Recording.formatVersion). A newer backstep is needed"
    case .unknownEvent(let kind, let line):
      "line \(line): unknown event \"\(kind)\"\(Self.hint(kind)). A newer backstep may know it"
    case .malformed(let line, let cause): "line \(line): \(cause)"
    case .truncated(let line, let intact):
      "the recording is cut off in line \(line); \(intact) event\(intact == 1 ? " is" : "s are") intact."
        + " --salvage opens them"
    case .wrongCount(let stated, let found):
      "the last line speaks of \(stated) events, the file holds \(found): lines are missing or doubled"
    case .afterEnd(let line): "line \(line): more follows after the last line"
    }
  }

  private static func hint(_ kind: String) -> String {
    let names = Event.Body.catalogue.map { "\($0.kind)" }
    return nearest(to: kind, among: names).map { ", did you mean \"\($0)\"?" } ?? ""
  }
}

extension JSONError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .syntax(let expected, let byte): "expected \(expected) at byte \(byte)"
    case .truncated: "the line ends inside a value"
    case .tooDeep: "values are nested too deeply"
    case .missing(let key): "\"\(key)\" is missing"
    case .wrongType(let expected, let found): "expected \(expected), found \(found)"
    }
  }
}

/// The candidate closest to a word, if it is close enough to have been meant: at most a third of the
/// word's letters differ.
///
/// ```swift
/// nearest(to: "grpah", among: ["graph", "ledger"])  // "graph"
/// ```
public func nearest(to word: String, among candidates: [String]) -> String? {
  let limit = max(1, word.count / 3)
  var best: (distance: Int, name: String)?
  for name in candidates {
    let distance = editDistance(Array(word.lowercased()), Array(name.lowercased()))
    if distance <= limit, distance < best?.distance ?? .max { best = (distance, name) }
  }
  return best?.name
}

/// Levenshtein's distance, with a swap of neighbours counted once.
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
  var beforeLast = [Int](repeating: 0, count: b.count + 1)
  var last = Array(0...b.count)
  for i in 1...a.count {
    var row = [i]
    for j in 1...b.count {
      var cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { cost = min(cost, beforeLast[j - 2] + 1) }
      row.append(cost)
    }
    beforeLast = last
    last = row
  }
  return last[b.count]
}
