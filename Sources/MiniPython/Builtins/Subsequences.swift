/// Finding, counting, replacing and splitting, for text (code points) and bytes alike.
enum Subsequences<Element: Equatable> {
  /// How long the longest proper prefix is that ends at each place: what makes the search linear.
  private static func borders(_ part: [Element]) -> [Int] {
    var out = [Int](repeating: 0, count: part.count)
    var k = 0
    for at in part.indices.dropFirst() {
      while k > 0, part[at] != part[k] { k = out[k - 1] }
      if part[at] == part[k] { k += 1 }
      out[at] = k
    }
    return out
  }

  /// Where `part` lies between `start` and `end`, first places first, none overlapping another; at most so many.
  static func places(
    of part: [Element], in whole: [Element], from start: Int = 0, to end: Int? = nil, most: Int = .max
  ) -> [Int] {
    let end = min(end ?? whole.count, whole.count)
    guard !part.isEmpty, start >= 0, start <= end, part.count <= end - start, most > 0 else { return [] }
    var found: [Int] = []
    if part.count == 1 {
      let only = part[0]
      for at in start..<end where whole[at] == only {
        found.append(at)
        if found.count == most { break }
      }
      return found
    }
    let border = borders(part)
    var k = 0
    for at in start..<end {
      while k > 0, whole[at] != part[k] { k = border[k - 1] }
      if whole[at] == part[k] { k += 1 }
      if k == part.count {
        found.append(at + 1 - k)
        if found.count == most { break }
        k = 0
      }
    }
    return found
  }

  /// The first place, or the last; `nil` where there is none. An empty part lies everywhere.
  static func place(
    of part: [Element], in whole: [Element], from start: Int, to end: Int, last: Bool
  ) -> Int? {
    guard start <= end, start <= whole.count else { return nil }
    if part.isEmpty { return last ? end : start }
    if !last { return places(of: part, in: whole, from: start, to: end, most: 1).first }
    let mirrored = Array(whole[start..<end].reversed())
    return places(of: part.reversed(), in: mirrored, most: 1).first.map { end - $0 - part.count }
  }

  static func replacing(
    _ old: [Element], with new: [Element], in whole: [Element], most: Int
  ) -> [Element] {
    let most = most < 0 ? Int.max : most
    var out: [Element] = []
    if old.isEmpty {
      for (k, element) in whole.enumerated() {
        if k < most { out += new }
        out.append(element)
      }
      if whole.count < most { out += new }
      return out
    }
    var at = 0
    for place in places(of: old, in: whole, most: most) {
      out += whole[at..<place] + new
      at = place + old.count
    }
    return out + whole[at...]
  }

  /// The pieces between the places of `by`.
  static func split(_ whole: [Element], by: [Element], most: Int, fromRight: Bool) -> [[Element]] {
    if fromRight {
      let pieces = split(whole.reversed(), by: by.reversed(), most: most, fromRight: false)
      return pieces.reversed().map { $0.reversed() }
    }
    var (out, at): ([[Element]], Int) = ([], 0)
    for place in places(of: by, in: whole, most: most < 0 ? .max : most) {
      out.append(Array(whole[at..<place]))
      at = place + by.count
    }
    return out + [Array(whole[at...])]
  }

  /// The runs between elements of this kind (spaces).
  static func words(
    _ whole: [Element], most: Int, fromRight: Bool, where isSpace: (Element) -> Bool
  ) -> [[Element]] {
    if fromRight {
      let pieces = words(whole.reversed(), most: most, fromRight: false, where: isSpace)
      return pieces.reversed().map { $0.reversed() }
    }
    var (out, rest): ([[Element]], ArraySlice<Element>) = ([], whole.drop(while: isSpace))
    while !rest.isEmpty {
      if most >= 0, out.count == most {
        out.append(Array(rest))
        break
      }
      let word = rest.prefix { !isSpace($0) }
      out.append(Array(word))
      rest = rest[word.endIndex...].drop(while: isSpace)
    }
    return out
  }

  static func stripped(
    _ whole: [Element], left: Bool, right: Bool, where goes: (Element) -> Bool
  ) -> [Element] {
    var rest = whole[...]
    if left { rest = rest.drop(while: goes) }
    if right { while let last = rest.last, goes(last) { rest.removeLast() } }
    return Array(rest)
  }

  /// Lines, at the ends that this kind of sequence knows.
  static func lines(
    _ whole: [Element], keepEnds: Bool, isEnd: (Element) -> Bool, isReturn: (Element) -> Bool,
    isNewline: (Element) -> Bool
  ) -> [[Element]] {
    var (out, at): ([[Element]], Int) = ([], 0)
    while at < whole.count {
      var end = at
      while end < whole.count, !isEnd(whole[end]) { end += 1 }
      var next = min(end + 1, whole.count)
      if end < whole.count, isReturn(whole[end]), next < whole.count, isNewline(whole[next]) { next += 1 }
      out.append(Array(whole[at..<(keepEnds ? next : end)]))
      at = next
    }
    return out
  }
}
