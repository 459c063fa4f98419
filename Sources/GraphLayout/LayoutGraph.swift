/// Boxes of known size and the lines between them: what a layout starts from.
///
/// Nodes, edges and clusters are known by their index. No text is part of it: labels only reserve
/// their room.
///
///     var graph = LayoutGraph(direction: .leftToRight)
///     let x = graph.addNode(width: 190, height: 92)
///     let y = graph.addNode(width: 120, height: 52)
///     graph.addEdge(from: x, to: y)
///     let result = try graph.layout()
public struct LayoutGraph: Hashable, Sendable {
  public enum Direction: String, Hashable, Sendable, CaseIterable {
    case topToBottom, leftToRight, bottomToTop, rightToLeft

    /// The side of a node an edge leaves it by.
    public var exit: Port.Side {
      switch self {
      case .topToBottom: return .bottom
      case .leftToRight: return .right
      case .bottomToTop: return .top
      case .rightToLeft: return .left
      }
    }
  }

  /// How edges are drawn. Right angles are not offered: Graphviz 2.42 aborts on them.
  public enum Lines: String, Hashable, Sendable, CaseIterable {
    case spline, polyline, straight
  }

  /// A fixed place on a node's outline where edges arrive or leave.
  public struct Port: Hashable, Sendable {
    public enum Side: String, Hashable, Sendable, CaseIterable {
      case top, right, bottom, left
    }

    public var side: Side
    /// Points from the left end (top, bottom) or the top end (left, right) of the side.
    public var offset: Double

    public init(_ side: Side, at offset: Double) {
      self.side = side
      self.offset = offset
    }
  }

  public struct Node: Hashable, Sendable {
    public var width: Double
    public var height: Double
    /// The innermost cluster around it.
    public var cluster: Int?
    public var ports: [Port]

    public init(width: Double, height: Double, cluster: Int? = nil, ports: [Port] = []) {
      self.width = width
      self.height = height
      self.cluster = cluster
      self.ports = ports
    }
  }

  public struct Edge: Hashable, Sendable {
    public var tail: Int
    public var head: Int
    /// Indices into the ports of the two nodes.
    public var tailPort: Int?
    public var headPort: Int?
    /// Room kept free beside the line. An edge that does not constrain gets no room of
    /// its own: its label is centred on the line.
    public var labelWidth: Double
    public var labelHeight: Double
    /// How strongly it wants to be short and straight; 1 is usual, 0 does not care.
    public var weight: Int
    /// How many ranks it spans at least.
    public var minimumLength: Int
    /// Whether head must come after tail. Lines that run back should say `false`: they are drawn around the
    /// nodes when everything else has its place.
    public var constrains: Bool

    public init(
      from tail: Int, to head: Int, tailPort: Int? = nil, headPort: Int? = nil, labelWidth: Double = 0,
      labelHeight: Double = 0, weight: Int = 1, minimumLength: Int = 1, constrains: Bool = true
    ) {
      self.tail = tail
      self.head = head
      self.tailPort = tailPort
      self.headPort = headPort
      self.labelWidth = labelWidth
      self.labelHeight = labelHeight
      self.weight = weight
      self.minimumLength = minimumLength
      self.constrains = constrains
    }
  }

  public struct Cluster: Hashable, Sendable {
    /// The cluster around it, which must have been added before.
    public var parent: Int?
    /// Room kept free for its title.
    public var labelWidth: Double
    public var labelHeight: Double
    /// Points between the box and what is inside.
    public var margin: Double

    public init(parent: Int? = nil, labelWidth: Double = 0, labelHeight: Double = 0, margin: Double = 12) {
      self.parent = parent
      self.labelWidth = labelWidth
      self.labelHeight = labelHeight
      self.margin = margin
    }
  }

  public var nodes: [Node] = []
  public var edges: [Edge] = []
  public var clusters: [Cluster] = []
  public var direction: Direction
  public var lines: Lines
  /// Points between neighbours of one rank.
  public var nodeGap: Double
  /// Points between one rank and the next.
  public var rankGap: Double
  /// Whether the edges of a node leave in the order they were added.
  public var keepsOrder: Bool

  public init(
    direction: Direction = .topToBottom, lines: Lines = .spline, nodeGap: Double = 24, rankGap: Double = 40,
    keepsOrder: Bool = false
  ) {
    self.direction = direction
    self.lines = lines
    self.nodeGap = nodeGap
    self.rankGap = rankGap
    self.keepsOrder = keepsOrder
  }

  /// Adds a node and returns its index.
  @discardableResult
  public mutating func addNode(width: Double, height: Double, cluster: Int? = nil, ports: [Port] = []) -> Int
  {
    nodes.append(Node(width: width, height: height, cluster: cluster, ports: ports))
    return nodes.count - 1
  }

  /// Adds an edge and returns its index.
  @discardableResult
  public mutating func addEdge(_ edge: Edge) -> Int {
    edges.append(edge)
    return edges.count - 1
  }

  /// Adds a plain edge and returns its index.
  @discardableResult
  public mutating func addEdge(from tail: Int, to head: Int) -> Int { addEdge(Edge(from: tail, to: head)) }

  /// Adds a cluster and returns its index.
  @discardableResult
  public mutating func addCluster(_ cluster: Cluster = Cluster()) -> Int {
    clusters.append(cluster)
    return clusters.count - 1
  }
}
