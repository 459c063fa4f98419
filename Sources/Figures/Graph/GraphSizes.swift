import Drawing
import Recordings

/// How many characters the widest value of each box takes, over a whole recording.
struct ValueWidths: Sendable {
  private var data: [TensorID: Int] = [:]
  private var shapes: [TensorID: [Int]] = [:]
  private var leafGradients: [TensorID: Int] = [:]
  private var gradients: [NodeID: [Int]] = [:]

  init(_ recording: Recording) {
    func count(_ value: Capture?) -> Int {
      guard let value else { return 4 }
      // Longer ones are shown by their first elements or in summary, in the widest room there is.
      return value.count > 16 ? 32 : value.candidates.first?.count ?? 0
    }
    for event in recording.events {
      switch event.body {
      case .tensorCreated(let created):
        let value = created.content.map { Capture(shape: created.shape, dtype: created.dtype, content: $0) }
        widen(&data, created.tensor, count(value))
        shapes[created.tensor] = created.shape
      case .dataWritten(let written): widen(&data, written.tensor, count(written.after))
      case .parameterUpdated(let update): widen(&data, update.parameter, count(update.after))
      case .gradientWritten(let written): widen(&leafGradients, written.tensor, count(written.after))
      case .nodeVisited(let visited):
        let now = visited.incoming.map(count)
        let known = gradients[visited.node] ?? []
        gradients[visited.node] = now.indices.map { max(now[$0], $0 < known.count ? known[$0] : 0) }
      default: break
      }
    }
  }

  private func widen(_ widths: inout [TensorID: Int], _ tensor: TensorID, _ width: Int) {
    if width > widths[tensor] ?? 0 { widths[tensor] = width }
  }
  func data(_ tensor: TensorID?) -> Int { tensor.flatMap { data[$0] } ?? 4 }
  func shape(_ tensor: TensorID) -> [Int] { shapes[tensor] ?? [] }
  func gradient(_ leaf: TensorID) -> Int { leafGradients[leaf] ?? 4 }
  func gradient(_ node: NodeID, _ output: Int) -> Int {
    guard let all = gradients[node], all.indices.contains(output) else { return 2 }
    return all[output]
  }
}

/// How large a box is, and what room its mark takes beside it.
struct BoxSize: Sendable {
  var width: Double
  var height: Double
  var markWidth: Double

  func union(_ other: BoxSize) -> BoxSize {
    BoxSize(
      width: max(width, other.width), height: max(height, other.height),
      markWidth: max(markWidth, other.markWidth))
  }
}

/// Measures the boxes of a graph.
struct BoxMeasurer {
  static let markHeight = 24.0
  static let rowHeight = 30.0
  static let valueRow = 22.0
  let input: FigureInput
  let passes: Passes
  let widths: ValueWidths
  private let advance: Double
  private let small: Double

  init(_ input: FigureInput, _ passes: Passes, _ widths: ValueWidths) {
    self.input = input
    self.passes = passes
    self.widths = widths
    advance = input.measuring.width("0", input.theme.codeStrong)
    small = input.measuring.width("0", input.theme.codeSmall)
  }

  private var detail: FigureOptions.Detail { input.options.detail }

  /// - Parameter isRoot: backward begins at it.
  func size(_ box: GraphModel.Box, isRoot: Bool, at k: Int) -> BoxSize {
    let theme = input.theme
    switch box {
    case .leaf(let tensor, _):
      let head = headWidth(
        tensor, facts: max(factsWidth("now v00, graph used v00"), factsWidth(leafFacts(tensor))), at: k)
      if input.options.showsGradFunctions { return BoxSize(width: head, height: 30, markWidth: 0) }
      let value = Double(max(widths.data(tensor), widths.gradient(tensor)))
      let row = 28 + LeafCard.labelWidth + min(value * advance, 210)
      let rows = (detail.contains(.values) ? 1.0 : 0) + (detail.contains(.gradients) ? 1 : 0)
      return BoxSize(
        width: max(head, rows > 0 ? row : 0).rounded(.up), height: 27 + rows * Self.rowHeight + 7,
        markWidth: mark("writes .grad"))
    case .constant(let tensor):
      let row = detail.contains(.values) ? 24 + min(Double(widths.data(tensor)) * small, 190) : 0
      let facts = detail.contains(.shapes) ? factsWidth("(000, 000)") : 0
      return BoxSize(
        width: max(headWidth(tensor, facts: facts, at: k), row).rounded(.up),
        height: 27 + (detail.contains(.values) ? Self.valueRow + 3 : 0), markWidth: 0)
    case .value(let node, let number, let tensor):
      let facts = detail.contains(.shapes) ? factsWidth("(000, 000)") : 0
      let head = tensor.map { headWidth($0, facts: facts, at: k) } ?? 90
      var rows = 0.0
      var row = 0.0
      if detail.contains(.values) {
        rows += 1
        row = 24 + min(Double(widths.data(tensor)) * advance, 200)
      }
      if detail.contains(.gradients) && !input.options.showsGradFunctions {
        rows += 1
        row = max(row, 24 + 7 * small + 6 + min(Double(widths.gradient(node, number)) * small, 180))
      }
      return BoxSize(
        width: max(head, row).rounded(.up), height: 27 + rows * Self.valueRow + (rows > 0 ? 5 : 0),
        markWidth: isRoot && !input.options.showsGradFunctions ? mark("seed ones (000,)") : 0)
    case .operation(let id):
      let node = passes.nodes[id]
      let label = node.map(nodeLabel) ?? ""
      let word = node.map { backwardWord(gradFn: $0.gradFn, label: $0.label) } ?? ""
      var width = input.measuring.width(label, theme.codeStrong)
      let showsName = detail.contains(.gradFunctions) || input.options.showsGradFunctions
      if showsName, let node { width = max(width, input.measuring.width(node.gradFn, theme.codeTiny)) }
      let saved = node.map(savedText) ?? ""
      if !saved.isEmpty { width = max(width, input.measuring.width(saved, theme.codeTiny)) }
      let height = (showsName && !input.options.showsGradFunctions ? 44.0 : 34) + (saved.isEmpty ? 0 : 14)
      return BoxSize(width: min(max(84, width + 36), 190).rounded(.up), height: height, markWidth: mark(word))
    case .accumulator:
      let width = input.measuring.width("AccumulateGrad", theme.codeTiny)
      return BoxSize(width: (width + 28).rounded(.up), height: 28, markWidth: mark(""))
    }
  }

  private func leafFacts(_ tensor: TensorID) -> String {
    return "leaf · \(shapeText(widths.shape(tensor))) float32"
  }

  /// What stands large in a pill.
  func nodeLabel(_ node: NodeRecorded) -> String {
    if input.options.showsGradFunctions { return node.gradFn }
    return node.label.isEmpty
      ? (node.operation.isEmpty ? node.gradFn : node.operation) : typographic(node.label)
  }

  /// `saved self v0, other v1`, where a reader asked for it.
  func savedText(_ node: NodeRecorded) -> String {
    guard detail.contains(.saved), !node.saved.isEmpty else { return "" }
    let parts = node.saved.map { saved in
      let version = detail.contains(.versions) ? saved.version.map { " v\($0)" } ?? "" : ""
      return saved.name + version
    }
    return "saved \(parts.joined(separator: ", "))"
  }

  private func mark(_ words: String) -> Double {
    NumberedMark(number: 88, words: words).width(input.measuring, input.theme) + 6
  }
  private func factsWidth(_ facts: String) -> Double { input.measuring.width(facts, input.theme.caption) }

  private func headWidth(_ tensor: TensorID, facts: Double, at k: Int) -> Double {
    let name = input.names.name(of: tensor, at: k)
    return 24 + min(input.measuring.width(name, input.theme.codeStrong), 150) + (facts > 0 ? 12 + facts : 0)
  }
}
