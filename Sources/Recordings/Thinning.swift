/// Which values of a recording were given up to bound its size.
///
/// All events are there. In the stretches of ``whole``, which are the first step, every n-th step and the last
/// ones, all values are; elsewhere a value of more than ``limit`` elements is shape, statistics and first
/// elements, and says so.
public struct Thinning: Sendable, Equatable {
  /// Values of up to so many elements were kept everywhere.
  public var limit: Int
  /// Stretches of events that kept all their values, ascending.
  public var whole: [Range<Int>]

  public init(limit: Int, whole: [Range<Int>]) {
    self.limit = limit
    self.whole = whole
  }

  /// Whether all values are known after so many events.
  public func isWhole(at count: Int) -> Bool {
    count == 0 || whole.contains { $0.lowerBound < count && count <= $0.upperBound }
  }
}

extension Thinning: JSONField {
  public func write(to json: inout JSONWriter) {
    json.object {
      $0.field("limit", limit)
      $0.field("whole", whole.map { [$0.lowerBound, $0.upperBound] })
    }
  }
  public init(json: JSONValue) throws {
    let object = try JSONObject(json: json)
    let pairs: [[Int]] = try object.get("whole")
    self.init(limit: try object.get("limit"), whole: [])
    for pair in pairs {
      guard pair.count == 2, pair[0] >= 0, pair[0] <= pair[1] else {
        throw JSONError.wrongType(expected: "a first and a last event", found: "\(pair)")
      }
      whole.append(pair[0]..<pair[1])
    }
  }
}

extension Recording {
  /// The optimizer steps that ended in stretches kept whole, and how many there were; over all optimizers.
  public func wholeSteps() -> (steps: [Int], count: Int) {
    var steps: [Int] = []
    var count = 0
    for (k, event) in events.enumerated() {
      guard case .stepEnded = event.body else { continue }
      count += 1
      if thinning?.isWhole(at: k + 1) ?? true { steps.append(count) }
    }
    return (steps, count)
  }

  /// What was thinned, in words for a reader; `nil` where all values are there.
  ///
  /// `values of more than 64 elements are whole in steps 1, 129, 257, 996–1000 of 1000, elsewhere …`
  public var thinningNote: String? {
    guard let thinning else { return nil }
    let (steps, count) = wholeSteps()
    let place =
      count > 0
      ? "step\(steps.count == 1 ? "" : "s") \(Self.runs(steps)) of \(count)"
      : "events \(thinning.whole.map { "\($0.lowerBound + 1)–\($0.upperBound)" }.joined(separator: ", "))"
        + " of \(events.count)"
    return "values of more than \(thinning.limit) elements are whole in \(place);"
      + " elsewhere they are shape, statistics and first elements. No event is missing"
  }

  /// `1, 129, 996–1000`; many are shortened in the middle.
  static func runs(_ numbers: [Int]) -> String {
    var parts: [(Int, Int)] = []
    for n in numbers {
      if let last = parts.last, last.1 + 1 == n { parts[parts.count - 1].1 = n } else { parts.append((n, n)) }
    }
    var texts = parts.map {
      $0.0 == $0.1 ? "\($0.0)" : $0.0 + 1 == $0.1 ? "\($0.0), \($0.1)" : "\($0.0)–\($0.1)"
    }
    if texts.count > 8 { texts.replaceSubrange(4..<(texts.count - 2), with: ["…"]) }
    return texts.isEmpty ? "none" : texts.joined(separator: ", ")
  }
}
