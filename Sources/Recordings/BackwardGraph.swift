import OrderedCollections

/// The backward graph of a tensor just before one backward pass: PyTorch's own view, by `next_functions`.
public struct BackwardGraph: Sendable, Equatable {
  public struct Node: Sendable, Equatable {
    public var name: String
    /// For `AccumulateGrad`: the leaf's shape and, where the program named it, its name.
    public var shape: [Int]?
    public var variable: String?
    /// Targets as positions in the list, with the input they feed; `nil` for inputs that need no gradient.
    public var next: [(node: Int, input: Int)?]

    public static func == (a: Node, b: Node) -> Bool {
      a.name == b.name && a.shape == b.shape && a.variable == b.variable && a.next.count == b.next.count
        && zip(a.next, b.next).allSatisfy { $0?.node == $1?.node && $0?.input == $1?.input }
    }
  }
  /// The root's name, where a name refers to it.
  public var root: String?
  /// In preorder.
  public var nodes: [Node]
  /// How many passes in a row have this graph.
  public var count = 1

  /// The graphs of all `backward()` calls of a recording, in order; equal neighbours once.
  public static func all(in recording: Recording) -> [BackwardGraph] {
    var moment = Moment()
    var out: [BackwardGraph] = []
    var function = ""
    for event in recording.events {
      if case .statement(let statement) = event.body { function = statement.function }
      if case .backwardBegan(let began) = event.body, began.accumulates, !began.isInner,
        let root = began.roots.first
      {
        var graph = BackwardGraph(root, moment, function: function)
        if var last = out.last {
          graph.count = last.count
          if graph == last {
            last.count += 1
            out[out.count - 1] = last
            moment.apply(event)
            continue
          }
          graph.count = 1
        }
        out.append(graph)
      }
      moment.apply(event)
    }
    return out
  }

  /// - Parameter function: the one that calls backward; its own names come first, then the program's, then the
  ///   paths of parameters in the program's modules.
  private init(_ tensor: TensorID, _ moment: Moment, function: String) {
    func name(_ id: TensorID) -> String? {
      let all = moment.names(of: id).filter { !$0.name.contains("[") }
      let plain = all.filter { !$0.name.contains(".") }
      let local = plain.first { bound in
        !function.isEmpty && (bound.scope == function || bound.scope.hasSuffix("." + function))
      }
      if let found = local ?? plain.first(where: { $0.scope.isEmpty }) { return found.name }
      // Of paths, the one in the module that the program named first.
      func place(_ bound: BoundName) -> Int {
        let root = BoundName(scope: "", name: String(bound.name.prefix { $0 != "." }))
        return moment.names.index(forKey: root) ?? .max
      }
      var best: (place: Int, name: String)?
      for bound in all where bound.scope.isEmpty {
        let at = place(bound)
        if best.map({ at < $0.place }) ?? true { best = (at, bound.name) }
      }
      return best?.name
    }
    root = name(tensor)
    nodes = []
    guard let first = moment.tensors[tensor]?.gradFn else { return }
    var places: [NodeID: Int] = [:]
    // Depth first with a stack of its own: a chain may be a million nodes long.
    var open: [(id: NodeID, edge: Int)] = []
    func visit(_ id: NodeID) {
      places[id] = nodes.count
      let recorded = moment.nodes[id]?.recorded
      let leaf = recorded?.variable
      nodes.append(
        Node(
          name: recorded?.gradFn ?? "\(id)", shape: leaf.flatMap { moment.tensors[$0]?.shape },
          variable: leaf.flatMap(name), next: []))
      open.append((id, 0))
    }
    visit(first)
    while let (id, edge) = open.last {
      let next = moment.nodes[id]?.recorded.next ?? []
      guard edge < next.count, let place = places[id] else {
        open.removeLast()
        continue
      }
      guard let target = next[edge] else {
        nodes[place].next.append(nil)
        open[open.count - 1].edge += 1
        continue
      }
      if let known = places[target.node] {
        nodes[place].next.append((known, target.inputNumber))
        open[open.count - 1].edge += 1
      } else {
        visit(target.node)
      }
    }
  }

  /// All graphs as JSON, a node a line.
  public static func json(_ graphs: [BackwardGraph]) -> String {
    func quoted(_ text: String?) -> String {
      guard let text else { return "null" }
      var json = JSONWriter()
      json.string(text)
      return json.text
    }
    let entries = graphs.map { graph -> String in
      let nodes = graph.nodes.enumerated().map { id, node -> String in
        var fields = ["\"id\": \(id)", "\"name\": \(quoted(node.name))"]
        if let shape = node.shape {
          fields.append("\"shape\": [\(shape.map(String.init).joined(separator: ", "))]")
          fields.append("\"var\": \(quoted(node.variable))")
        }
        let next = node.next.map { $0.map { "[\($0.node), \($0.input)]" } ?? "null" }
        fields.append("\"next\": [\(next.joined(separator: ", "))]")
        return "  {\(fields.joined(separator: ", "))}"
      }
      return " {\"root\": \(quoted(graph.root)), \"repeat\": \(graph.count), \"nodes\": [\n"
        + nodes.joined(separator: ",\n") + "]}"
    }
    return entries.isEmpty ? "[]\n" : "[\n" + entries.joined(separator: ",\n") + "\n]\n"
  }
}
