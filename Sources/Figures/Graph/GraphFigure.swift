import Drawing
import OrderedCollections
import Recordings

extension FigureKind {
  /// What depends on what, what are the values, what gradient reached each place, in which order?
  public static let graph = FigureKind(
    name: "graph", title: "The graph",
    summary: "What depends on what, what are the values, what gradient reached each place, in which order?",
    draw: { (input) throws(FigureError) in try GraphFigure(input).scene },
    text: { (input) throws(FigureError) in try GraphFigure(input).text },
    dot: { (input) throws(FigureError) in try GraphFigure(input).dot },
    changes: { body in
      switch body {
      case .moduleEntered, .moduleLeft, .printed, .warned, .gradientMode, .tensorDerived: false
      default: true
      }
    })
}

/// The graph of one backward pass at one instant.
struct GraphFigure {
  let input: FigureInput
  let plan: GraphPlan
  let pass: Pass?
  let painter: GraphPainter?
  /// Of the page's body.
  let size: Size

  init(_ input: FigureInput) throws(FigureError) {
    self.input = input
    var wanted: TensorID?
    if let name = input.options.tensor { wanted = try input.tensor(called: name) }
    let plan = try input.layouts.plan(try input.planKey("graph"), input.options) {
      () throws(FigureError) -> GraphPlan in
      try GraphPlan(input)
    }
    self.plan = plan
    let passes = plan.passes
    let pass = wanted.map { passes.pass(of: $0) } ?? passes.current(at: input.now)
    self.pass = pass
    guard let pass, !pass.nodes.isEmpty else {
      painter = nil
      size = plan.size
      return
    }
    let limit = input.options.boxLimit
    guard pass.nodes.count <= limit else { throw .tooManyBoxes(count: pass.nodes.count, limit: limit) }
    let model = GraphModel(pass, passes, gradFunctions: input.options.showsGradFunctions)
    guard model.boxes.count <= limit, let placed = plan.placed[model.shape(passes)] else {
      throw .tooManyBoxes(count: model.boxes.count, limit: limit)
    }
    let number = wanted == nil && pass.began != nil ? passes.index(at: input.now).map { $0 + 1 } : nil
    size = input.isFrame ? plan.size : placed.size
    let spare = max(0, Page.minimumWidth - 2 * Page.margin - size.width)
    painter = GraphPainter(
      input: input, passes: passes, model: model, pass: pass, placed: placed, passNumber: number,
      measurer: BoxMeasurer(input, passes, plan.widths),
      offset: Point(
        Page.margin + (size.width - placed.size.width + spare) / 2,
        Page.bodyTop + 10 + (size.height - placed.size.height) / 2))
  }

  var scene: Scene {
    let page = Page(input, bodyWidth: size.width, bodyHeight: size.height + 16)
    var body = painter?.items ?? []
    if painter == nil {
      let text = "The program computes nothing that needs a gradient."
      body.append(
        Item(
          "graph.empty", .note, title: text,
          shapes: [
            .text(text, input.theme.body, input.theme.secondary, at: Point(page.left, Page.bodyTop + 30))
          ]))
    }
    return page.scene(
      title: title, subtitle: subtitle, description: "\(title). \(story.joined(separator: " "))", body: body,
      legend: legend)
  }

  private var legend: [LegendEntry] {
    guard let painter else { return [] }
    var entries: [LegendEntry] = []
    let operations = painter.pass.nodes.filter { painter.passes.nodes[$0]?.variable == nil }
    if operations.contains(where: painter.isRecorded) { entries.append(.forward) }
    if painter.isNodesOnly { return entries }
    if operations.contains(where: painter.isVisited) { entries.append(.backward) }
    let leaves = painter.model.boxes.compactMap { if case .leaf(let id, _) = $0 { id } else { nil } }
    let here = leaves.filter { input.moment.tensors[$0] != nil }
    if here.contains(where: { input.moment.tensors[$0]?.grad == nil }) { entries.append(.emptySlot) }
    if !newer.isEmpty { entries.append(LegendEntry(sample: .newer, text: "newer than what the graph used")) }
    return entries
  }

  /// Leaves whose data changed after the graph used it.
  private var newer: [TensorID] {
    guard let painter else { return [] }
    return painter.model.boxes.compactMap { box in
      guard case .leaf(let tensor, let node) = box else { return nil }
      return painter.usedVersion(tensor, node) == nil ? nil : tensor
    }
  }

  private func names(_ tensors: [TensorID], _ suffix: String = "") -> String {
    let all = tensors.map { input.name($0) + suffix }
    return all.count <= 2 ? all.joined(separator: " and ") : "\(all[0]) and \(all.count - 1) more"
  }

  private var title: String {
    guard let painter, let pass else { return "No graph is recorded" }
    let root = pass.roots.first.map(input.name) ?? "the root"
    let nodes = pass.nodes
    let operations = nodes.filter { painter.passes.nodes[$0]?.variable == nil }
    let recorded = operations.filter(painter.isRecorded).count
    let visited = nodes.filter(painter.isVisited).count
    if !newer.isEmpty, recorded == operations.count {
      return "\(names(newer)) changed; the graph still belongs to the old value"
    }
    if recorded == 0 { return "Nothing is recorded yet" }
    if recorded < operations.count {
      return "Running forward records the graph: \(recorded) of \(operations.count) operations"
    }
    if visited == 0 { return "The graph of \(root) is recorded; no gradient has flowed" }
    if visited < nodes.count, input.moment.backward?.isRunning ?? false {
      return "backward() walks from \(root) to the leaves: \(visited) of \(nodes.count) nodes"
    }
    return "\(root).backward() walked the graph to every leaf"
  }

  private var subtitle: String {
    guard let painter, let pass else {
      return "A graph appears once an operation uses a tensor that requires grad."
    }
    if !newer.isEmpty { return "To see what the new value does, the program must run forward again." }
    let root = pass.roots.first.map(input.name) ?? "the root"
    let visited = pass.nodes.contains(where: painter.isVisited)
    if !visited {
      return "Each operation keeps what backward will need; no .grad is written by running forward."
    }
    return "The chain rule, one node at a time, from \(root) back to each leaf's .grad."
  }

  /// The boxes in words, one sentence an operation.
  private var story: [String] {
    guard let painter else { return [] }
    return painter.pass.nodes.compactMap { id in
      guard let node = painter.passes.nodes[id], painter.isRecorded(id) else { return nil }
      if let variable = node.variable {
        let gradient = input.moment.gradient(of: variable).map { typographic($0.inline()) } ?? "None"
        return "\(input.name(variable)) is a leaf, its grad \(gradient)."
      }
      let inputs = node.inputs.map(input.name).joined(separator: ", ")
      let outputs = node.outputs.map(input.name).joined(separator: ", ")
      return "\(painter.measurer.nodeLabel(node)) makes \(outputs) from \(inputs)."
    }
  }

  var text: String {
    var out = "\(title)\n\(subtitle)\n\(input.place)\n\n"
    guard let painter else { return out + "No graph.\n" }
    var table = [["node", "operation", "from", "makes", "value", "order", "gradient"]]
    for id in painter.pass.nodes where painter.isRecorded(id) {
      guard let node = painter.passes.nodes[id] else { continue }
      let order = painter.isVisited(id) ? input.moment.nodes[id]?.visitOrder.map(String.init) ?? "" : ""
      if let variable = node.variable {
        let used = painter.usedVersion(variable, id).map { " (newer: graph used v\($0))" } ?? ""
        table.append([
          "\(id)", "leaf", "", input.name(variable),
          (input.moment.value(of: variable)?.candidates.first ?? "") + used, order,
          "grad \(input.moment.gradient(of: variable)?.candidates.first ?? "None")",
        ])
      } else {
        table.append([
          "\(id)", "\(painter.measurer.nodeLabel(node)) (\(node.gradFn))",
          node.inputs.map(input.name).joined(separator: ", "),
          node.outputs.map(input.name).joined(separator: ", "),
          node.outputs.first.flatMap { input.moment.value(of: $0)?.candidates.first } ?? "", order,
          painter.gradient(of: id, output: 0)?.candidates.first ?? "",
        ])
      }
    }
    out += table.count > 1 ? textTable(table) : "Nothing is recorded yet.\n"
    return out
  }

  var dot: String { GraphDot(figure: self, title: title).text }
}
