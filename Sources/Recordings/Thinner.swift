/// Keeps a recorder's values within a budget: the first round, every n-th and the last ones stay whole.
///
/// A round ends with an optimizer step; where none comes, with a statement after enough bytes. When the budget is
/// used up, rounds in the middle are thinned, and as rounds grow in number, n doubles: what is kept lies evenly over
/// the run, and the state in a kept round can be rebuilt, since the last writes before it of what it uses are kept
/// as well. Cost: each event is looked at a few times over a run, whatever its length.
struct Thinner {
  private struct Round {
    var index: Int
    var events: Range<Int>
    /// What its values take.
    var bytes: Int
    /// Events before it whose results it needs, and what those take.
    var entry: [Int] = []
    var entryBytes = 0
    var allBytes: Int { bytes + entryBytes }
  }

  private let budget: Int
  private let limit = CapturePolicy.smallCount
  /// Bytes captured since the last round ended.
  private var open = 0
  private var openStart = 0
  private var roundCount = 0
  private var stride = 1
  private var kept: [Round] = []
  /// The latest rounds, all whole.
  private var latest: [Round] = []
  private var heldBytes = 0
  private(set) var hasThinned = false

  /// For each storage the last event that tells what is in it, up to the end of ``latest``.
  private var writes: [StorageID: Int] = [:]
  private var storages: [TensorID: StorageID] = [:]
  private var gradients: [TensorID: TensorID] = [:]
  private var names: [BoundName: TensorID] = [:]

  init(budget: Int) { self.budget = max(budget, 1) }

  /// A value was kept whole.
  mutating func count(_ elements: Elements) {
    if elements.count > limit { open += elements.byteCount }
  }

  /// An event was appended: a round may end with it, and a budget.
  mutating func appended(_ events: inout ContiguousArray<Event>) {
    switch events[events.count - 1].body {
    case .stepEnded: break
    case .statement where open > budget / 8: break
    default: return
    }
    latest.append(Round(index: roundCount, events: openStart..<events.count, bytes: open))
    heldBytes += open
    roundCount += 1
    openStart = events.count
    open = 0
    if heldBytes > budget { thin(&events) }
  }

  /// What of `count` events is whole; `nil` where everything is.
  func thinning(of count: Int) -> Thinning? {
    guard hasThinned else { return nil }
    var whole: [Range<Int>] = []
    for range in kept.map(\.events) + latest.map(\.events) + [openStart..<count] where !range.isEmpty {
      if let last = whole.last, last.upperBound == range.lowerBound {
        whole[whole.count - 1] = last.lowerBound..<range.upperBound
      } else {
        whole.append(range)
      }
    }
    return Thinning(limit: limit, whole: whole)
  }

  private mutating func thin(_ events: inout ContiguousArray<Event>) {
    hasThinned = true
    // The last rounds stay as they are, within a quarter of the budget; at least one does.
    var tail = latest.count
    var tailBytes = 0
    while tail > 0, tail == latest.count || tailBytes + latest[tail - 1].bytes <= budget / 4 {
      tail -= 1
      tailBytes += latest[tail].bytes
    }
    // What the last rounds needed of others is judged anew.
    let formerEntries = latest.flatMap(\.entry)
    var dropped: [Round] = []
    for round in latest[..<tail] {
      let linked = linked(round, events)
      if round.index % stride == 0 { kept.append(linked) } else { dropped.append(linked) }
    }
    latest = linkedTail(latest[tail...], events)
    while kept.reduce(0, { $0 + $1.allBytes }) > budget / 2 {
      if kept.count == 1 {
        dropped += kept
        kept = []
      } else {
        stride &*= 2
        dropped += kept.filter { $0.index % stride != 0 }
        kept.removeAll { $0.index % stride != 0 }
      }
    }
    let stays = kept + latest
    let results = Set(stays.flatMap(\.entry))
    let ranges = stays.map(\.events)
    func judge(_ k: Int) {
      if Self.contains(ranges, k) { return }
      events[k].thin(over: limit, keepingResults: results.contains(k))
    }
    for round in dropped {
      round.events.forEach(judge)
      round.entry.forEach(judge)
    }
    formerEntries.forEach(judge)
    heldBytes = stays.reduce(0) { $0 + $1.allBytes }
  }

  /// Whether one of these ascending ranges holds `k`.
  private static func contains(_ ranges: [Range<Int>], _ k: Int) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound <= k { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].contains(k)
  }

  /// A round with the earlier events that it needs. To be called with all rounds in order.
  private mutating func linked(_ round: Round, _ events: ContiguousArray<Event>) -> Round {
    var needed: Set<Int> = []
    for k in round.events {
      need(events[k].body, &needed, before: round.events.lowerBound)
      note(events[k].body, at: k)
    }
    return Self.entering(round, needed, events)
  }

  /// The last rounds: what they need, and what has a name and may be asked for at the end, enters with the first.
  private func linkedTail(_ rounds: ArraySlice<Round>, _ events: ContiguousArray<Event>) -> [Round] {
    guard let start = rounds.first?.events.lowerBound else { return [] }
    var needed: Set<Int> = []
    for id in names.values {
      for value in [id, gradients[id] ?? id] {
        if let k = storages[value].flatMap({ writes[$0] }) { needed.insert(k) }
      }
    }
    for round in rounds { for k in round.events { need(events[k].body, &needed, before: start) } }
    return rounds.enumerated().map { Self.entering($1, $0 == 0 ? needed : [], events) }
  }

  private static func entering(_ round: Round, _ needed: Set<Int>, _ events: ContiguousArray<Event>) -> Round
  {
    var round = round
    round.entry = needed.sorted()
    round.entryBytes = round.entry.reduce(0) { $0 + events[$1].resultBytes(over: CapturePolicy.smallCount) }
    return round
  }

  /// Adds the events that tell what is in the storages an event speaks of.
  private func need(_ body: Event.Body, _ needed: inout Set<Int>, before start: Int) {
    if case .tensorCreated(let e) = body {
      if e.content == nil, let k = writes[e.storage], k < start { needed.insert(k) }
      return
    }
    var tensors = body.payload.tensors
    if case .gradientCleared(let e) = body, let grad = gradients[e.tensor] { tensors.append(grad) }
    for id in tensors {
      if let k = storages[id].flatMap({ writes[$0] }), k < start { needed.insert(k) }
    }
  }

  private mutating func note(_ body: Event.Body, at k: Int) {
    switch body {
    case .tensorCreated(let e):
      guard e.storageCount > limit else { return }
      storages[e.tensor] = e.storage
      if e.content != nil { writes[e.storage] = k }
    case .tensorChanged(let e): if let from = e.dataFrom { storages[e.tensor] = storages[from] }
    case .dataWritten(let e): if let s = storages[e.tensor] { writes[s] = k }
    case .gradientWritten(let e):
      gradients[e.tensor] = e.grad
      if let s = storages[e.grad] { writes[s] = k }
    case .parameterUpdated(let e): if e.after != nil, let s = storages[e.parameter] { writes[s] = k }
    case .nameBound(let e):
      let name = BoundName(scope: e.scope, name: e.name)
      if case .tensor(let id) = e.referent { names[name] = id } else { names[name] = nil }
    case .nameUnbound(let e):
      if let name = e.name {
        names[BoundName(scope: e.scope, name: name)] = nil
      } else {
        names = names.filter { $0.key.scope != e.scope }
      }
    default: break
    }
  }
}

extension Elements {
  /// What they take in memory.
  var byteCount: Int {
    switch self {
    case .single(let a): a.count * 4
    case .double(let a): a.count * 8
    case .integer(let a): a.count * 8
    case .bool(let a): a.count
    }
  }
}

extension Content {
  /// Gives up all but shape, statistics and first elements.
  mutating func thin(over limit: Int) {
    guard case .whole(let elements) = self, elements.count > limit else { return }
    var summary = Summary(of: elements)
    summary.isThinned = true
    self = .summary(summary)
  }
}

extension Event {
  /// Thins its values of more than `limit` elements.
  mutating func thin(over limit: Int, keepingResults: Bool) {
    func thinned<P: EventPayload>(_ payload: P) -> Event.Body {
      var payload = payload
      payload.visitValues { content, role in
        if !(keepingResults && role == .result) { content.thin(over: limit) }
      }
      return P.body(payload)
    }
    switch body {
    case .tensorCreated, .dataWritten, .backwardBegan, .nodeVisited, .gradientWritten, .gradientCleared,
      .parameterUpdated:
      body = thinned(body.payload)
    default: return
    }
  }

  /// What its results of more than `limit` elements take.
  func resultBytes(over limit: Int) -> Int {
    var bytes = 0
    var payload = body.payload
    payload.visitValues { content, role in
      if role == .result, case .whole(let e) = content, e.count > limit { bytes += e.byteCount }
    }
    return bytes
  }
}
