/// The lines of two texts side by side: what left, what came, what stayed.
struct TextDifference {
  enum Line: Equatable {
    case same(String)
    case removed(String)
    case added(String)
  }

  var lines: [Line]

  init(_ before: String, _ after: String) {
    let a = before.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let b = after.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let difference = b.difference(from: a)
    var removed: Set<Int> = []
    var added: Set<Int> = []
    for change in difference {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): added.insert(offset)
      }
    }
    lines = []
    var (i, j) = (0, 0)
    while i < a.count || j < b.count {
      if i < a.count, removed.contains(i) {
        lines.append(.removed(a[i]))
        i += 1
      } else if j < b.count, added.contains(j) {
        lines.append(.added(b[j]))
        j += 1
      } else if i < a.count {
        lines.append(.same(a[i]))
        i += 1
        j += 1
      } else {
        break
      }
    }
  }

  var changes: Int { lines.count { if case .same = $0 { false } else { true } } }

  /// The first changed lines, with `-` and `+`, for the message of a failing test.
  func excerpt(_ limit: Int = 12) -> String {
    var out: [String] = []
    for line in lines {
      switch line {
      case .same: continue
      case .removed(let text): out.append("- \(text)")
      case .added(let text): out.append("+ \(text)")
      }
    }
    let shown = out.prefix(limit).joined(separator: "\n")
    return out.count > limit ? shown + "\n… and \(out.count - limit) more lines" : shown
  }
}
