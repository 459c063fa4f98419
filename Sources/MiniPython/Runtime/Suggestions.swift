/// CPython's "Did you mean".
enum Suggestions {
  /// The candidate nearest to a name, by CPython's costs: a change of case costs 1, any other edit 2; at most a
  /// third of the letters may differ.
  static func nearest(to name: String, among candidates: [String]) -> String? {
    let wanted = Array(name.utf8)
    guard wanted.count <= 40 else { return nil }
    var best: (cost: Int, name: String)?
    for candidate in candidates where candidate != name {
      let other = Array(candidate.utf8)
      guard other.count <= 40 else { continue }
      let limit = min((wanted.count + other.count + 3) * 2 / 6, best.map { $0.cost - 1 } ?? .max)
      let cost = distance(wanted, other)
      if cost <= limit, cost < best?.cost ?? .max { best = (cost, candidate) }
    }
    return best?.name
  }

  private static func substitution(_ a: UInt8, _ b: UInt8) -> Int {
    if a == b { return 0 }
    func lower(_ c: UInt8) -> UInt8 { c >= 65 && c <= 90 ? c + 32 : c }
    return lower(a) == lower(b) ? 1 : 2
  }

  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    if a.isEmpty || b.isEmpty { return 2 * max(a.count, b.count) }
    var row = (0...b.count).map { $0 * 2 }
    for i in 1...a.count {
      var diagonal = row[0]
      row[0] = i * 2
      for j in 1...b.count {
        let cost = min(diagonal + substitution(a[i - 1], b[j - 1]), row[j] + 2, row[j - 1] + 2)
        diagonal = row[j]
        row[j] = cost
      }
    }
    return row[b.count]
  }
}
