/// Why a graph was not laid out.
public enum LayoutError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A size, offset or gap is negative, absurdly large or not a number.
  case badLength(of: String, value: String)
  case unknownNode(edge: Int, node: Int)
  case unknownPort(edge: Int, node: Int, port: Int)
  case unknownCluster(Int, of: String)
  /// A cluster names a parent added after it.
  case clusterBeforeParent(cluster: Int, parent: Int)
  case tooLarge(nodes: Int, edges: Int, maximumNodes: Int, maximumEdges: Int)
  /// Too many lines pass too many ranks; it would take minutes.
  case tooTangled(size: Int, maximum: Int)
  /// Graphviz could not be loaded.
  case noEngine
  case outOfMemory
  /// Graphviz gave up, or what it gave back is not a picture; `messages` are its own words.
  case failed(messages: String)

  public var description: String {
    switch self {
    case .badLength(let thing, let value):
      return "\(thing) is \(value); a length from 0 to \(Int(LayoutLimits.maximumLength)) points is needed"
    case .unknownNode(let edge, let node): return "edge \(edge) names node \(node), which does not exist"
    case .unknownPort(let edge, let node, let port):
      return "edge \(edge) names port \(port) of node \(node), which does not exist"
    case .unknownCluster(let cluster, let thing):
      return "\(thing) names cluster \(cluster), which does not exist"
    case .clusterBeforeParent(let cluster, let parent):
      return "cluster \(cluster) names cluster \(parent) as its parent, which must come before it"
    case .tooLarge(let nodes, let edges, let maximumNodes, let maximumEdges):
      return "the graph has \(nodes) nodes and \(edges) edges; at most \(maximumNodes) and \(maximumEdges) "
        + "can be drawn. Fold modules, or draw only the ancestors of one tensor"
    case .tooTangled(let size, let maximum):
      return "the lines of the graph pass \(size) ranks; at most \(maximum) can be drawn. "
        + "Fold modules, or draw only the ancestors of one tensor"
    case .noEngine: return "Graphviz could not be loaded; install graphviz"
    case .outOfMemory: return "there is not enough memory to lay the graph out"
    case .failed(let messages):
      return "Graphviz could not lay the graph out" + (messages.isEmpty ? "" : ": \(messages)")
    }
  }
}

/// What is accepted, and where the effort is capped.
public enum LayoutLimits {
  public static let maximumNodes = 3_000
  public static let maximumEdges = 9_000
  /// Nodes and passed ranks together, beyond which a layout takes more than some seconds.
  public static let maximumSize = 80_000
  /// Up to here curves are drawn; beyond, lines are straight.
  public static let curvedSize = 8_000
  /// Up to here Graphviz takes all the time it wants for a good order.
  public static let fullEffortSize = 1_500
  public static let maximumLength = 65_000.0
}
