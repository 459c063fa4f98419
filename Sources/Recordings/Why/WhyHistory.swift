import OrderedCollections

/// A recording up to an instant, read once, with what explanations ask of it.
struct WhyHistory {
  let recording: Recording
  /// How many events have happened.
  let count: Int
  let moment: Moment
  let names: Names
  /// The event that recorded a node, and the one that created a tensor; counted from 0.
  private(set) var recorded: [NodeID: Int] = [:]
  private(set) var created: [TensorID: Int] = [:]
  /// The events that wrote into a tensor itself.
  private(set) var written: [TensorID: [Int]] = [:]

  init(_ recording: Recording, at k: Int) {
    self.recording = recording
    count = min(max(k, 0), recording.events.count)
    names = Names(recording)
    var moment = Moment()
    for k in 0..<count {
      switch recording.events[k].body {
      case .nodeRecorded(let e): if recorded[e.node] == nil { recorded[e.node] = k }
      case .tensorCreated(let e): if created[e.tensor] == nil { created[e.tensor] = k }
      case .dataWritten(let e): written[e.tensor, default: []].append(k)
      case .parameterUpdated(let e): if e.skipped == nil { written[e.parameter, default: []].append(k) }
      default: break
      }
      moment.apply(recording.events[k])
    }
    self.moment = moment
  }

  func name(_ tensor: TensorID, at k: Int? = nil) -> String { names.name(of: tensor, at: k ?? count) }

  /// `12:1  (event 23)  loss.backward()`.
  func place(_ k: Int) -> String {
    guard recording.events.indices.contains(k), let span = recording.events[k].span else {
      return "outside the program"
    }
    let code = recording.line(span.line).drop { $0 == " " || $0 == "\t" }
    return "\(span.line):\(span.column + 1)  (event \(k + 1))  \(code)"
  }
  /// `line 12`.
  func line(_ k: Int) -> String {
    guard recording.events.indices.contains(k), let span = recording.events[k].span else { return "" }
    return "line \(span.line)"
  }

  func entry(_ k: Int, _ lines: [Why.Line]) -> Why.Entry {
    Why.Entry(event: k + 1, place: place(k), lines: lines)
  }

  /// `after event 12 of 37`.
  var instant: String { "after event \(count) of \(recording.events.count)" }

  /// Where a name is first bound to a tensor, over the whole recording.
  func firstBinding(of name: String) -> (event: Int, place: String)? {
    for (k, event) in recording.events.enumerated() {
      if case .nameBound(let e) = event.body, e.name == name, case .tensor = e.referent {
        return (k + 1, line(k))
      }
    }
    return nil
  }

  /// `MulBackward0 (line 5)`; for a node whose code has a label, with it.
  func words(_ node: NodeID) -> String {
    guard let state = moment.nodes[node] else { return "\(node)" }
    if let variable = state.recorded.variable { return "AccumulateGrad for \(name(variable))" }
    let place = recorded[node].map { ", \(line($0))" } ?? ""
    let label = state.recorded.label.isEmpty ? "" : " (\(state.recorded.label)\(place))"
    return "\(state.recorded.gradFn)\(label.isEmpty && !place.isEmpty ? " (\(place.dropFirst(2)))" : label)"
  }
}

extension Capture {
  /// The numbers, shortly: at most eight are spelled out.
  var told: String { inline(limit: 8) }
}

extension Array {
  /// The first and the last of many, and how many lie between.
  func elided(to limit: Int) -> (first: ArraySlice<Element>, hidden: Int, last: ArraySlice<Element>) {
    guard count > limit else { return (self[...], 0, []) }
    return (prefix(limit / 2), count - limit, suffix(limit - limit / 2))
  }
}
