import Drawing
import OrderedCollections
import Recordings

/// Draws one graph at one instant: where things stand comes from the plan, what they say from the moment.
struct GraphPainter {
  let input: FigureInput
  let passes: Passes
  let model: GraphModel
  let pass: Pass
  let placed: PlacedGraph
  /// Which backward pass walks it, from 1; `nil` for a graph that is only recorded, or any.
  let passNumber: Int?
  let measurer: BoxMeasurer
  let offset: Point

  var theme: Theme { input.theme }
  var detail: FigureOptions.Detail { input.options.detail }
  var isAcross: Bool { placed.isAcross }
  var isNodesOnly: Bool { input.options.showsGradFunctions }

  // MARK: What has happened

  func isRecorded(_ node: NodeID) -> Bool { input.moment.nodes[node] != nil }

  /// The pass that is shown has reached the node.
  func isVisited(_ node: NodeID) -> Bool {
    guard let visit = input.moment.nodes[node]?.visitPass else { return false }
    return passNumber.map { $0 == visit } ?? true
  }

  func gradient(of node: NodeID, output: Int) -> Capture? {
    guard isVisited(node), let incoming = input.moment.nodes[node]?.incoming,
      incoming.indices.contains(output)
    else { return nil }
    return incoming[output]
  }

  /// A gradient flowed back along a line.
  func isFlowing(_ line: GraphModel.Line) -> Bool {
    guard let node = line.node, isVisited(node), let state = input.moment.nodes[node] else { return false }
    if line.edges.isEmpty { return true }
    if case .accumulator = model.boxes[line.head] { return true }
    return line.edges.contains { state.outgoing.indices.contains($0) && state.outgoing[$0] != nil }
  }

  /// The version of a leaf that the graph used, where its data is newer now.
  func usedVersion(_ tensor: TensorID, _ leaf: NodeID) -> Int? {
    guard let used = passes.usedVersion(of: leaf, by: pass.nodes.filter(isRecorded)),
      let now = input.moment.version(of: tensor), now > used
    else { return nil }
    return used
  }

  // MARK: Ids

  func key(_ box: GraphModel.Box) -> String {
    switch box {
    case .leaf(let tensor, _), .constant(let tensor): "\(tensor)"
    case .operation(let node), .accumulator(let node): "\(node)"
    case .value(let node, let number, _): "\(node).out\(number)"
    }
  }

  func frame(_ index: Int) -> Rect { placed.boxes[index].moved(offset.x, offset.y) }

  var items: [Item] {
    model.lines.indices.flatMap(lines) + model.boxes.indices.flatMap(box)
  }

  // MARK: Lines

  private func lines(_ index: Int) -> [Item] {
    let line = model.lines[index]
    let (tail, head) = (model.boxes[line.tail], model.boxes[line.head])
    let route = placed.routes[index].moved(offset.x, offset.y)
    let name = "\(key(tail)).\(key(head))"
    let carries = line.node != nil && !isNodesOnly && detail.contains(.gradients)
    let here = isHere(tail) && isHere(head)
    let isNewest = recordedNow(head) || recordedNow(tail)
    let forward = Item(
      "edge.\(name)", .edge, title: "\(title(tail)) goes into \(title(head))\(here ? "" : ", not yet")",
      classes: isNewest ? ["now"] : [],
      shapes: [
        .arrow(
          fitted(carries ? route.beside(-6) : route, line, carries ? -6 : 0),
          theme.forward.stroke.width(isNewest ? 2.8 : theme.forward.stroke.width))
      ])
    var items = [here ? forward : forward.paled(theme)]
    guard carries, let node = line.node else { return items }
    let flows = isFlowing(line)
    let isNow = input.isVisiting(node)
    let back = Item(
      "gradient.\(name)", .gradient,
      title: "the gradient of \(title(head)) flows back to \(title(tail))\(flows ? "" : ", not yet")",
      classes: isNow ? ["now"] : [],
      shapes: [
        .arrow(
          fitted(route.beside(6), line, 6).reversed,
          theme.backward.stroke.width(isNow ? 2.8 : theme.backward.stroke.width))
      ])
    items.append(flows ? back : back.paled(theme))
    return items
  }

  /// A shifted route, its ends put back on the outlines it meets.
  private func fitted(_ path: Path, _ line: GraphModel.Line, _ shift: Double) -> Path {
    var path = path
    guard let start = path.start, let end = path.end, !path.elements.isEmpty else { return path }
    let (tail, head) = (frame(line.tail), frame(line.head))
    let (out, into) = (roundness(line.tail, shift), roundness(line.head, shift))
    let first =
      isAcross ? Point(tail.maxX - out, start.y) : Point(start.x, tail.maxY - out)
    let last = isAcross ? Point(head.minX + into, end.y) : Point(end.x, head.minY + into)
    path.elements[0] = .move(first)
    let at = path.elements.count - 1
    switch path.elements[at] {
    case .line: path.elements[at] = .line(last)
    case .cubic(let a, let b, _): path.elements[at] = .cubic(a, b, last)
    default: break
    }
    return path
  }

  /// How far a pill's round end lies behind its box, beside its middle.
  private func roundness(_ index: Int, _ shift: Double) -> Double {
    guard isAcross else { return 0 }
    switch model.boxes[index] {
    case .operation, .accumulator:
      let r = frame(index).height / 2
      return r - (max(0, r * r - shift * shift)).squareRoot()
    default: return 0
    }
  }

  private func isHere(_ box: GraphModel.Box) -> Bool {
    switch box {
    case .leaf(let tensor, _), .constant(let tensor): input.moment.tensors[tensor] != nil
    case .operation(let node), .accumulator(let node): isRecorded(node)
    case .value(let node, _, _): isRecorded(node)
    }
  }

  private func recordedNow(_ box: GraphModel.Box) -> Bool {
    guard case .operation(let node) = box, case .nodeRecorded(let recorded)? = input.lastEvent?.body else {
      return false
    }
    return recorded.node == node
  }

  func title(_ box: GraphModel.Box) -> String {
    switch box {
    case .leaf(let tensor, _), .constant(let tensor): input.name(tensor)
    case .operation(let node), .accumulator(let node): passes.nodes[node]?.gradFn ?? "\(node)"
    case .value(let node, _, let tensor): tensor.map(input.name) ?? "what \(node) made"
    }
  }

  // MARK: Boxes

  private func box(_ index: Int) -> [Item] {
    let frame = frame(index)
    let item: Item
    switch model.boxes[index] {
    case .leaf(let tensor, let node): item = leaf(tensor, node, frame)
    case .constant(let tensor): item = constant(tensor, frame)
    case .operation(let node): item = operation(node, frame)
    case .accumulator(let node): item = accumulator(node, frame)
    case .value(let node, let number, let tensor): item = value(node, number, tensor, frame, index)
    }
    return [isHere(model.boxes[index]) ? item : item.paled(theme)] + mark(index)
  }

  private func leaf(_ tensor: TensorID, _ node: NodeID, _ frame: Rect) -> Item {
    let state = input.moment.tensors[tensor]
    let used = usedVersion(tensor, node)
    let shape = state.map { " · \(shapeText($0.shape)) \($0.dtype.rawValue)" } ?? ""
    var facts = detail.contains(.shapes) ? "leaf\(shape)" : "leaf"
    if let used { facts = "now v\(input.moment.version(of: tensor) ?? 0), graph used v\(used)" }
    if used == nil, detail.contains(.versions), let version = input.moment.version(of: tensor) {
      facts += " · v\(version)"
    }
    var top = frame.minY + 27 + 6
    func row(_ wanted: Bool) -> Rect? {
      guard wanted, !isNodesOnly else { return nil }
      defer { top += BoxMeasurer.rowHeight }
      return Rect(frame.minX + 10, top, frame.width - 20, 24)
    }
    let card = LeafCard(
      id: tensor, name: input.name(tensor), facts: facts,
      data: state == nil ? nil : input.moment.value(of: tensor), gradient: input.moment.gradient(of: tensor),
      dataChanged: used != nil, gradientChanged: input.isNow(gradientOf: tensor),
      isNow: input.isNow(dataOf: tensor) || input.isVisiting(node))
    let data = row(detail.contains(.values))
    return card.item(frame, data: data, gradient: row(detail.contains(.gradients)), theme, input.measuring)
  }

  private func head(
    _ name: String, _ facts: String, _ frame: Rect, _ style: TextStyle, _ color: Color
  ) -> [Shape] {
    let middle = frame.minY + 16
    let shownFacts = input.measuring.shortened(facts, theme.caption, width: frame.width * 0.6)
    let factsWidth = input.measuring.width(shownFacts, theme.caption)
    let room = frame.width - 24 - (factsWidth > 0 ? factsWidth + 8 : 0)
    var shapes: [Shape] = [
      .text(
        input.measuring.shortenedInside(name, style, width: room), style, color,
        at: Point(frame.minX + 12, style.baseline(centeredAt: middle)))
    ]
    if !shownFacts.isEmpty {
      shapes.append(
        .text(
          shownFacts, theme.caption, theme.secondary,
          at: Point(frame.maxX - 12, theme.caption.baseline(centeredAt: middle)), anchor: .end))
    }
    return shapes
  }

  private func constant(_ tensor: TensorID, _ frame: Rect) -> Item {
    let state = input.moment.tensors[tensor]
    let value = state == nil ? nil : input.moment.value(of: tensor)
    let facts = detail.contains(.shapes) ? state.map { shapeText($0.shape) } ?? "" : ""
    var shapes: [Shape] = [.rect(frame, radius: 8, fill: theme.surface, stroke: theme.hairlineStroke)]
    shapes += head(input.name(tensor), facts, frame, theme.codeStrong, theme.secondaryOnTint)
    if detail.contains(.values), let value {
      shapes.append(
        .text(
          value.fitting(frame.width - 24, theme.codeSmall, input.measuring), theme.codeSmall,
          theme.secondaryOnTint, at: Point(frame.minX + 12, frame.minY + 41)))
    }
    return Item(
      "tensor.\(tensor)", .tensor,
      title: "\(input.name(tensor)), needs no gradient\(value.map { ": \(typographic($0.inline()))" } ?? "")",
      classes: ["constant"], frame: frame, shapes: shapes)
  }

  private func value(_ node: NodeID, _ number: Int, _ tensor: TensorID?, _ frame: Rect, _ index: Int) -> Item
  {
    let here = isRecorded(node)
    let isRoot = model.roots.contains(index)
    let state = here ? tensor.flatMap { input.moment.tensors[$0] } : nil
    let value = state.flatMap { input.moment.value(of: $0.id) }
    let named = tensor.flatMap { input.names.programName(of: $0, at: input.now) }
    let name = named ?? (tensor.map { "\($0)" } ?? "")
    let facts = detail.contains(.shapes) ? state.map { shapeText($0.shape) } ?? "" : ""
    let isNow = tensor.map { input.isNow(dataOf: $0) } ?? false
    let stroke =
      isRoot
      ? Stroke(theme.ink, width: isNow ? 2.6 : 1.8)
      : Stroke(isNow ? theme.ink : theme.outline, width: isNow ? 2 : 1)
    var shapes: [Shape] = [.rect(frame, radius: 8, fill: theme.background, stroke: stroke)]
    shapes += head(
      name, facts, frame, named == nil ? theme.codeSmall : theme.codeStrong,
      named == nil ? theme.secondary : theme.ink)
    var y = frame.minY + 27 + BoxMeasurer.valueRow / 2
    if detail.contains(.values) {
      if let value {
        shapes.append(
          .text(
            value.fitting(frame.width - 24, theme.code, input.measuring), theme.code, theme.ink,
            at: Point(frame.minX + 12, theme.code.baseline(centeredAt: y))))
      }
      y += BoxMeasurer.valueRow
    }
    var children: [Item] = []
    let gradient = gradient(of: node, output: number)
    if detail.contains(.gradients), !isNodesOnly, let gradient {
      let root = pass.roots.first.map(input.name) ?? "L"
      let top = root.count <= 4 ? root : "L"
      let below = isRoot ? top : named != nil && name.count <= 4 ? name : "·"
      let label = "∂\(root == "loss" ? "L" : top)/∂\(isRoot && root == "loss" ? "L" : below)"
      let style = theme.codeSmall
      let width = input.measuring.width(label, style) + 7
      let text = gradient.fitting(frame.width - 24 - width, style, input.measuring)
      children.append(
        Item(
          "passing.\(node).out\(number)", .gradient,
          title: "the gradient here is \(typographic(gradient.inline()))",
          shapes: [
            .text(
              label, style, theme.backward.color, at: Point(frame.minX + 12, style.baseline(centeredAt: y))),
            .text(
              text, style, theme.backward.color,
              at: Point(frame.minX + 12 + width, style.baseline(centeredAt: y))),
          ]))
    }
    let what = value.map { " = \(typographic($0.inline()))" } ?? ", not yet computed"
    return Item(
      "value.\(node).out\(number)", .tensor,
      title: "\(name.isEmpty ? "a value" : name)\(what)\(isRoot ? ", where backward() begins" : "")",
      classes: (isRoot ? ["root"] : []) + (isNow ? ["now"] : []), frame: frame, shapes: shapes,
      children: children)
  }

  private func operation(_ id: NodeID, _ frame: Rect) -> Item {
    guard let node = passes.nodes[id] else {
      return Item("node.\(id)", .operation, title: "\(id)", frame: frame)
    }
    let isNow = input.isNow(node: id)
    let label = measurer.nodeLabel(node)
    let saved = measurer.savedText(node)
    let shows = detail.contains(.gradFunctions) && !isNodesOnly
    var body = frame
    if !saved.isEmpty { body.height -= 14 }
    var shapes = pillShapes(
      body, label: label, gradFn: shows ? node.gradFn : "", isNow: isNow, theme, input.measuring)
    if !saved.isEmpty {
      shapes[0] = .rect(
        frame, radius: frame.height / 2, fill: theme.surface,
        stroke: Stroke(isNow ? theme.ink : theme.outline, width: isNow ? 2.2 : 1.2))
      let isFreed = input.moment.nodes[id]?.isFreed ?? false
      let text = input.measuring.shortened(isFreed ? "freed" : saved, theme.codeTiny, width: frame.width - 30)
      shapes.append(
        .text(
          text, theme.codeTiny, isFreed ? theme.wrong.color : theme.secondaryOnTint,
          at: Point(frame.midX, frame.maxY - 10), anchor: .middle))
    }
    let order =
      isVisited(id) ? input.moment.nodes[id]?.visitOrder.map { ", visited as number \($0)" } ?? "" : ""
    return Item(
      "node.\(id)", .operation, title: "\(label), \(node.gradFn)\(order)", classes: isNow ? ["now"] : [],
      frame: frame, shapes: shapes)
  }

  private func accumulator(_ id: NodeID, _ frame: Rect) -> Item {
    let isNow = input.isNow(node: id)
    return Item(
      "node.\(id)", .operation, title: "AccumulateGrad (\(id))", classes: isNow ? ["now"] : [], frame: frame,
      shapes: [
        .rect(
          frame, radius: frame.height / 2, fill: theme.backward.tint,
          stroke: Stroke(theme.backward.color, width: isNow ? 2.4 : 1.2)),
        .text(
          "AccumulateGrad", theme.codeTiny, theme.backward.color,
          at: Point(frame.midX, theme.codeTiny.baseline(centeredAt: frame.midY)), anchor: .middle),
      ])
  }

  // MARK: Marks

  /// The circled place of a box in the order of the pass, once backward was there.
  private func mark(_ index: Int) -> [Item] {
    let words: String
    let node: NodeID
    var number: Int?
    switch model.boxes[index] {
    case .operation(let id), .accumulator(let id):
      let recorded = passes.nodes[id]
      words = isNodesOnly ? "" : recorded.map { backwardWord(gradFn: $0.gradFn, label: $0.label) } ?? ""
      node = id
    case .leaf(_, let id):
      if isNodesOnly { return [] }
      words = "writes .grad"
      node = id
    case .value(let id, let output, _):
      guard model.roots.contains(index), !isNodesOnly, let seed = gradient(of: id, output: output) else {
        return []
      }
      let text = seed.shape.isEmpty ? "seed \(typographic(seed.inline()))" : "seed \(shapeText(seed.shape))"
      let width = input.measuring.width(text, theme.mark)
      let at = place(index, width: width)
      return [
        Item(
          "mark.\(id).out\(output)", .note, title: "backward begins here with \(typographic(seed.inline()))",
          shapes: [
            .text(
              text, theme.mark, theme.backward.color, at: Point(at.x, theme.mark.baseline(centeredAt: at.y)))
          ])
      ]
    case .constant: return []
    }
    guard detail.contains(.gradients), isVisited(node) else { return [] }
    number = input.moment.nodes[node]?.visitOrder
    guard let number else { return [] }
    let mark = NumberedMark(number: number, words: words)
    let at = place(index, width: mark.width(input.measuring, theme))
    return [
      Item(
        "mark.\(node)", .note, title: "\(number). \(passes.nodes[node]?.gradFn ?? ""): \(words)",
        shapes: mark.shapes(x: at.x, y: at.y, color: theme.backward.color, theme, input.measuring))
    ]
  }

  private func place(_ index: Int, width: Double) -> Point {
    let at = placed.marks[index].moved(offset.x, offset.y)
    return isAcross ? Point(at.x - width / 2, at.y) : at
  }
}

extension FigureInput {
  /// The last event is backward's visit of this node.
  func isVisiting(_ node: NodeID) -> Bool {
    switch lastEvent?.body {
    case .nodeVisited(let visited): visited.node == node
    case .gradientWritten(let written): written.node == node
    default: false
    }
  }
}
