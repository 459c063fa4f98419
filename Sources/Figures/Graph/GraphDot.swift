import Drawing
import GraphLayout
import OrderedCollections
import Recordings

/// The graph as a DOT file that says the same as the picture.
struct GraphDot {
  let figure: GraphFigure
  let title: String

  var text: String {
    let input = figure.input
    let theme = input.theme
    var dot = DotGraph(
      title: title, direction: figure.painter?.isAcross ?? true ? .leftToRight : .topToBottom,
      attributes: [("fontname", "Inter"), ("labelloc", "t")],
      nodeDefaults: [
        ("fontname", "JetBrains Mono"), ("fontsize", "12"), ("shape", "box"), ("style", "rounded"),
      ],
      edgeDefaults: [("color", theme.forward.color.hex)])
    guard let painter = figure.painter else { return dot.text }
    for (index, box) in painter.model.boxes.enumerated() {
      var attributes: [DotGraph.Attribute] = [("id", painter.key(box))]
      let label: String
      switch box {
      case .leaf(let tensor, _):
        let gradient = input.moment.gradient(of: tensor)
        label = lines(
          input.name(tensor), input.moment.value(of: tensor).map { "data \(short($0))" },
          painter.isNodesOnly ? nil : "grad \(gradient.map(short) ?? "None")")
        attributes += [("color", theme.forward.color.hex), ("penwidth", "1.6")]
        if gradient == nil { attributes += [("style", "rounded,dashed")] }
      case .constant(let tensor):
        label = lines(input.name(tensor), input.moment.value(of: tensor).map(short))
        attributes += [("color", theme.hairline.hex)]
      case .operation(let node):
        let recorded = painter.passes.nodes[node]
        let name = recorded.map(painter.measurer.nodeLabel) ?? ""
        let order = painter.isVisited(node) ? input.moment.nodes[node]?.visitOrder.map { "\($0)." } : nil
        label = lines(name, name == recorded?.gradFn ? nil : recorded?.gradFn, order)
        attributes += [("style", "rounded,filled"), ("fillcolor", theme.surface.hex)]
      case .accumulator:
        label = "AccumulateGrad"
        attributes += [("color", theme.backward.color.hex)]
      case .value(let node, let number, let tensor):
        let value = painter.isRecorded(node) ? tensor.flatMap { input.moment.value(of: $0) } : nil
        label = lines(
          painter.title(box), value.map(short),
          painter.gradient(of: node, output: number).map { "gradient \(short($0))" })
        if painter.model.roots.contains(index) { attributes += [("penwidth", "1.8")] }
      }
      dot.addNode(label: label, attributes: attributes)
    }
    for line in painter.model.lines {
      dot.addEdge(from: line.tail, to: line.head)
      guard !painter.isNodesOnly, painter.isFlowing(line) else { continue }
      dot.addEdge(
        from: line.head, to: line.tail,
        attributes: [("color", theme.backward.color.hex), ("style", "dashed"), ("constraint", "false")])
    }
    return dot.text
  }

  private func lines(_ parts: String?...) -> String { parts.compactMap { $0 }.joined(separator: "\n") }
  private func short(_ value: Capture) -> String { typographic(value.inline()) }
}
