import Drawing
import GraphLayout
import Recordings

/// Where the boxes and lines of one shape of graph stand.
struct PlacedGraph: Sendable {
  var boxes: [Rect]
  /// The middle of the left end of each box's mark.
  var marks: [Point]
  /// From tail to head.
  var routes: [Path]
  var size: Size
  /// Time runs from left to right, not down.
  var isAcross: Bool
}

/// What all frames of a graph share: the layout of each shape of graph that occurs.
struct GraphPlan: Sendable {
  var passes: Passes
  var widths: ValueWidths
  /// By shape: the rounds of a training loop share one.
  var placed: [String: PlacedGraph]
  var size: Size

  init(_ input: FigureInput) throws(FigureError) {
    passes = try input.passes()
    let recording = input.recording
    widths = try input.layouts.plan("widths", FigureOptions()) { () throws(FigureError) -> ValueWidths in
      ValueWidths(recording)
    }
    placed = [:]
    size = Size(0, 0)
    let drawn: [Pass]
    if let wanted = input.options.tensor {
      drawn = [passes.pass(of: try input.tensor(called: wanted))]
    } else {
      drawn = passes.all
    }
    var order: [String] = []
    var models: [String: GraphModel] = [:]
    var sizes: [String: [BoxSize]] = [:]
    let measurer = BoxMeasurer(input, passes, widths)
    for pass in drawn where pass.nodes.count <= input.options.boxLimit {
      let model = GraphModel(pass, passes, gradFunctions: input.options.showsGradFunctions)
      guard model.boxes.count <= input.options.boxLimit else { continue }
      let key = model.shape(passes)
      let now = model.boxes.enumerated().map { index, box in
        measurer.size(box, isRoot: model.roots.contains(index), at: pass.ended ?? pass.began ?? pass.opens)
      }
      if let known = sizes[key] {
        sizes[key] = zip(known, now).map { $0.union($1) }
      } else {
        order.append(key)
        models[key] = model
        sizes[key] = now
      }
    }
    for key in order {
      guard let model = models[key], let sizes = sizes[key] else { continue }
      let graph = try GraphPlan.placed(model, sizes, input.options.direction)
      placed[key] = graph
      size = Size(max(size.width, graph.size.width), max(size.height, graph.size.height))
    }
    if size.width == 0 { size = Size(400, 120) }
  }

  /// Across, unless that is too wide for a page and down is of a better form.
  private static func placed(
    _ model: GraphModel, _ sizes: [BoxSize], _ direction: FigureOptions.Direction
  ) throws(FigureError) -> PlacedGraph {
    switch direction {
    case .leftToRight: return try place(model, sizes, isAcross: true)
    case .topToBottom: return try place(model, sizes, isAcross: false)
    case .automatic:
      let across = try place(model, sizes, isAcross: true)
      guard across.size.width > 1500 else { return across }
      let down = try place(model, sizes, isAcross: false)
      func extent(_ graph: PlacedGraph) -> Double { max(graph.size.width / 1.6, graph.size.height) }
      return extent(down) < extent(across) ? down : across
    }
  }

  private static func place(
    _ model: GraphModel, _ sizes: [BoxSize], isAcross: Bool
  ) throws(FigureError) -> PlacedGraph {
    // Where many lines meet they need room to turn.
    var meeting = [Int](repeating: 0, count: sizes.count)
    for line in model.lines { meeting[line.head] += 1 }
    let extra = Double(min(16, max(0, (meeting.max() ?? 0) - 2))) * 9
    var graph = LayoutGraph(
      direction: isAcross ? .leftToRight : .topToBottom, nodeGap: isAcross ? 22 : 30,
      rankGap: (isAcross ? 56 : 46) + extra)
    for size in sizes {
      let mark = size.markWidth > 0
      let width = isAcross ? max(size.width, size.markWidth) : size.width + (mark ? 8 + size.markWidth : 0)
      let height = size.height + (mark && isAcross ? BoxMeasurer.markHeight : 0)
      let entry = LayoutGraph.Port(isAcross ? .left : .top, at: isAcross ? size.height / 2 : size.width / 2)
      let exit = LayoutGraph.Port(
        isAcross ? .right : .bottom, at: isAcross ? size.height / 2 : size.width / 2)
      graph.addNode(width: width, height: height, ports: [entry, exit])
    }
    for line in model.lines {
      graph.addEdge(.init(from: line.tail, to: line.head, tailPort: 1, headPort: 0))
    }
    let result: LayoutResult
    do { result = try graph.layout() } catch { throw .layout(error) }
    var boxes: [Rect] = []
    var marks: [Point] = []
    for (box, size) in zip(result.nodes, sizes) {
      let core = Rect(box.x, box.y, isAcross ? box.width : size.width, size.height)
      boxes.append(core)
      marks.append(
        isAcross
          ? Point(core.midX, core.maxY + BoxMeasurer.markHeight / 2 + 2)
          : Point(core.maxX + 8, core.midY))
    }
    let routes = result.routes.map { route in Path.spline(route.points.map { Point($0.x, $0.y) }) }
    return PlacedGraph(
      boxes: boxes, marks: marks, routes: routes, size: Size(result.width, result.height), isAcross: isAcross)
  }
}
