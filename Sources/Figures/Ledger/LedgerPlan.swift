import Drawing
import OrderedCollections
import Recordings

/// What all frames of a ledger share: rows, columns, widths.
struct LedgerPlan: Sendable {
  static let rowHeight = 26.0
  static let headHeight = 30.0
  static let columnGap = 18.0
  static let maximumColumns = 3

  var rows: [LedgerRow]
  /// The rows of parameters that have columns of their own.
  var lanes: [Int]
  /// How many parameters have none.
  var hiddenLanes: Int
  var window: Int
  var codeWidth: Double
  var dataWidths: [Double]
  var gradientWidths: [Double]
  var whatWidth: Double

  /// The ledger with as many parameters' columns as a width allows, at least one.
  static func fitting(_ width: Double, _ input: FigureInput, window: Int) throws(FigureError) -> LedgerPlan {
    for lanes in stride(from: maximumColumns, through: 2, by: -1) {
      let plan = try LedgerPlan(input, window: window, maximumLanes: lanes)
      if plan.width <= width { return plan }
    }
    return try LedgerPlan(input, window: window, maximumLanes: 1)
  }

  /// - Parameter maximumLanes: how many parameters get columns.
  init(_ input: FigureInput, window: Int, maximumLanes: Int) throws(FigureError) {
    let lives = try input.lives()
    var lanes = Array(0..<lives.laneCount)
    if let wanted = input.options.tensor {
      let id = try input.tensor(called: wanted)
      if let lane = lives.parameters[id]?.lane { lanes = [lane] }
    }
    hiddenLanes = max(0, lanes.count - maximumLanes)
    let shown = Array(lanes.prefix(maximumLanes))
    self.lanes = shown
    var reader = LedgerReader(input.recording, input.names, lives, lanes: shown)
    let all = reader.read()
    rows = all
    self.window = min(max(1, window), max(1, all.count))
    let theme = input.theme
    let measuring = input.measuring
    func widest(_ texts: some Sequence<String>, _ style: TextStyle, _ least: Double, _ most: Double) -> Double
    {
      // Equal lengths in a monospaced face are equally wide: the longest texts are enough.
      var longest: [Int: String] = [:]
      for text in texts { longest[text.utf8.count] = text }
      let top = longest.keys.sorted(by: >).prefix(8).compactMap { longest[$0] }
      return min(most, max(least, top.map { measuring.width($0, style) }.max() ?? 0)).rounded(.up)
    }
    codeWidth = widest(all.map(\.code), theme.codeSmall, 60, 250)
    whatWidth = widest(all.map(\.what), theme.codeSmall, 150, 400)
    dataWidths = shown.indices.map { lane in
      widest(all.compactMap { $0.cells[lane].data?.candidates.first }, theme.codeSmall, 70, 190) + 12
    }
    gradientWidths = shown.indices.map { lane in
      widest(all.compactMap { $0.cells[lane].gradient?.candidates.first }, theme.codeSmall, 70, 190) + 12
    }
  }

  /// The columns from left to right: line, code, data and gradient of each parameter, what happened.
  func columns(from left: Double) -> Columns {
    var x = left
    func take(_ width: Double) -> Double {
      defer { x += width + LedgerPlan.columnGap }
      return x
    }
    let line = take(34)
    let code = take(codeWidth)
    var data: [Double] = []
    var gradient: [Double] = []
    for lane in lanes.indices {
      data.append(take(dataWidths[lane]))
      gradient.append(take(gradientWidths[lane]))
    }
    let what = take(whatWidth)
    return Columns(
      line: line, code: code, data: data, gradient: gradient, what: what, end: x - LedgerPlan.columnGap)
  }

  struct Columns {
    var line: Double
    var code: Double
    var data: [Double]
    var gradient: [Double]
    var what: Double
    var end: Double
  }

  var width: Double { columns(from: 0).end }
  var height: Double {
    LedgerPlan.headHeight + Double(window) * LedgerPlan.rowHeight + (hiddenLanes > 0 ? 22 : 0)
  }
}

extension FigureInput {
  /// The lives of the recording's parameters, read once.
  func lives() throws(FigureError) -> Lives {
    let recording = recording
    return try layouts.plan("lives", FigureOptions()) { () throws(FigureError) -> Lives in Lives(recording) }
  }

  /// What a plan is kept under: a name may mean another tensor at another instant.
  func planKey(_ kind: String) throws(FigureError) -> String {
    guard let name = options.tensor else { return kind }
    return "\(kind).\(try tensor(called: name))"
  }

  /// The tensor a reader means: a name in force, an id, or a name it had.
  func tensor(called text: String) throws(FigureError) -> TensorID {
    for (name, referent) in moment.names where name.name == text {
      if case .tensor(let id) = referent { return id }
    }
    var known: [String] = []
    var match: TensorID?
    for event in recording.events {
      if case .tensorCreated(let created) = event.body, "\(created.tensor)" == text { return created.tensor }
      guard case .nameBound(let bound) = event.body, case .tensor(let id) = bound.referent else { continue }
      if bound.name == text { match = id }
      if !known.contains(bound.name) { known.append(bound.name) }
    }
    if let match { return match }
    throw .unknownTensor(name: text, known: known)
  }
}
