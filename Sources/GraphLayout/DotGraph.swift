/// A graph as DOT text, for people who want to lay it out themselves.
///
/// This one holds the user's words. Law: whatever they are, `dot` reads the file and shows them as
/// they were; control characters become `�`. Names are n0, n1 … always.
///
///     var dot = DotGraph(title: "after loss.backward()", direction: .leftToRight)
///     let x = dot.addNode(label: "x\n[1., 2.]", attributes: [("color", "#0B63A5")])
public struct DotGraph: Sendable {
  public typealias Attribute = (name: String, value: String)

  public struct Node: Sendable {
    public var label: String
    public var attributes: [Attribute]
    public var cluster: Int?
    /// The middle of the node and its size, to keep a layout already made (`neato -n` honours it).
    public var box: LayoutBox?
  }

  public struct Edge: Sendable {
    public var tail: Int
    public var head: Int
    public var label: String
    public var attributes: [Attribute]
  }

  public struct Cluster: Sendable {
    public var label: String
    public var parent: Int?
    public var attributes: [Attribute]
  }

  public var title: String
  public var direction: LayoutGraph.Direction
  public var attributes: [Attribute]
  public var nodeDefaults: [Attribute]
  public var edgeDefaults: [Attribute]
  public var nodes: [Node] = []
  public var edges: [Edge] = []
  public var clusters: [Cluster] = []

  public init(
    title: String, direction: LayoutGraph.Direction, attributes: [Attribute] = [],
    nodeDefaults: [Attribute] = [("shape", "box")], edgeDefaults: [Attribute] = []
  ) {
    self.title = title
    self.direction = direction
    self.attributes = attributes
    self.nodeDefaults = nodeDefaults
    self.edgeDefaults = edgeDefaults
  }

  @discardableResult
  public mutating func addNode(
    label: String, attributes: [Attribute] = [], cluster: Int? = nil, box: LayoutBox? = nil
  ) -> Int {
    nodes.append(Node(label: label, attributes: attributes, cluster: cluster, box: box))
    return nodes.count - 1
  }

  public mutating func addEdge(
    from tail: Int, to head: Int, label: String = "", attributes: [Attribute] = []
  ) {
    edges.append(Edge(tail: tail, head: head, label: label, attributes: attributes))
  }

  @discardableResult
  public mutating func addCluster(label: String, parent: Int? = nil, attributes: [Attribute] = []) -> Int {
    clusters.append(Cluster(label: label, parent: parent, attributes: attributes))
    return clusters.count - 1
  }

  /// The file, newline at the end. Edges and clusters that name what does not exist are left out.
  public var text: String {
    let rankdir = ["TB", "LR", "BT", "RL"][LayoutGraph.Direction.allCases.firstIndex(of: direction) ?? 0]
    var out = "digraph backstep {\n"
    out += "  graph \(list([("rankdir", rankdir), ("label", title), ("charset", "UTF-8")] + attributes))\n"
    if !nodeDefaults.isEmpty { out += "  node \(list(nodeDefaults))\n" }
    if !edgeDefaults.isEmpty { out += "  edge \(list(edgeDefaults))\n" }
    out += clusterText(inside: nil, depth: 1)
    for (index, node) in nodes.enumerated() {
      var attributes = [("label", node.label)] + node.attributes
      if let box = node.box { attributes += DotGraph.place(box, height: height) }
      out += "  n\(index) \(list(attributes))\n"
    }
    for edge in edges where nodes.indices.contains(edge.tail) && nodes.indices.contains(edge.head) {
      let attributes = (edge.label.isEmpty ? [] : [("label", edge.label)]) + edge.attributes
      out += "  n\(edge.tail) -> n\(edge.head)\(attributes.isEmpty ? "" : " " + list(attributes))\n"
    }
    return out + "}\n"
  }

  private var height: Double { nodes.compactMap(\.box?.maxY).max() ?? 0 }

  private func clusterText(inside parent: Int?, depth: Int) -> String {
    guard depth <= clusters.count + 1 else { return "" }  // a cycle of parents ends here
    let indent = String(repeating: "  ", count: depth)
    var out = ""
    for (index, cluster) in clusters.enumerated() where cluster.parent == parent {
      out += "\(indent)subgraph cluster_\(index) {\n"
      out += "\(indent)  graph \(list([("label", cluster.label)] + cluster.attributes))\n"
      out += clusterText(inside: index, depth: depth + 1)
      let members = nodes.indices.filter { nodes[$0].cluster == index }.map { "n\($0)" }
      if !members.isEmpty { out += "\(indent)  \(members.joined(separator: "; "))\n" }
      out += "\(indent)}\n"
    }
    return out
  }

  private static func place(_ box: LayoutBox, height: Double) -> [Attribute] {
    [
      ("pos", "\(short(box.center.x)),\(short(height - box.center.y))"),
      ("width", short(box.width / 72)), ("height", short(box.height / 72)), ("fixedsize", "true"),
    ]
  }

  private func list(_ attributes: [Attribute]) -> String {
    "[" + attributes.map { "\(DotGraph.name($0.name))=\(DotGraph.quoted($0.value))" }.joined(separator: ", ")
      + "]"
  }

  /// Attribute names are ours; anything else in one is dropped.
  private static func name(_ text: String) -> String {
    let kept = text.unicodeScalars.filter {
      ("a"..."z").contains($0) || ("A"..."Z").contains($0) || $0 == "_" || ("0"..."9").contains($0)
    }
    guard let first = kept.first, !("0"..."9").contains(first) else { return "_" }
    return String(String.UnicodeScalarView(kept))
  }

  /// A DOT string that stands for exactly `text` where Graphviz reads escapes: quotes and backslashes
  /// are escaped (so `\N`, `\G` mean nothing), `&` is an entity (so `&lt;` stays as typed).
  public static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "&": out += "&amp;"
      case "\n": out += "\\n"
      case "\t": out += " "
      case _ where scalar.value < 0x20 || scalar.value == 0x7F: out += "\u{FFFD}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }

  /// Three decimals at most, never an exponent.
  private static func short(_ value: Double) -> String {
    guard value.isFinite, value.magnitude < 1e12 else { return "0" }
    let scaled = Int((value.magnitude * 1_000).rounded(.toNearestOrAwayFromZero))
    let fraction = String(1_000 + scaled % 1_000).dropFirst()
    let tail = fraction.reversed().drop { $0 == "0" }.reversed()
    let sign = value < 0 && scaled > 0 ? "-" : ""
    return "\(sign)\(scaled / 1_000)" + (tail.isEmpty ? "" : "." + String(tail))
  }
}
