extension LayoutGraph {
  /// Throws what is wrong with the graph before Graphviz sees it: it does not notice itself.
  func check() throws(LayoutError) {
    guard
      max(nodes.count, clusters.count)
        <= LayoutLimits.maximumNodes,
      edges.count <= LayoutLimits.maximumEdges
    else {
      throw .tooLarge(
        nodes: nodes.count, edges: edges.count, maximumNodes: LayoutLimits.maximumNodes,
        maximumEdges: LayoutLimits.maximumEdges)
    }
    try length(nodeGap, "the gap between nodes")
    try length(rankGap, "the gap between ranks")
    for (index, cluster) in clusters.enumerated() {
      try length(cluster.labelWidth, "the label width of cluster \(index)")
      try length(cluster.labelHeight, "the label height of cluster \(index)")
      try length(cluster.margin, "the margin of cluster \(index)")
      guard let parent = cluster.parent else { continue }
      guard clusters.indices.contains(parent) else {
        throw .unknownCluster(parent, of: "cluster \(index)")
      }
      if parent >= index { throw .clusterBeforeParent(cluster: index, parent: parent) }
    }
    for (index, node) in nodes.enumerated() {
      try length(node.width, "the width of node \(index)")
      try length(node.height, "the height of node \(index)")
      for port in node.ports {
        let side = port.side == .top || port.side == .bottom ? node.width : node.height
        try length(port.offset, "a port offset of node \(index)", atMost: side)
      }
      if let cluster = node.cluster, !clusters.indices.contains(cluster) {
        throw .unknownCluster(cluster, of: "node \(index)")
      }
    }
    for (index, edge) in edges.enumerated() {
      for (node, port) in [(edge.tail, edge.tailPort), (edge.head, edge.headPort)] {
        guard nodes.indices.contains(node) else { throw .unknownNode(edge: index, node: node) }
        if let port, !nodes[node].ports.indices.contains(port) {
          throw .unknownPort(edge: index, node: node, port: port)
        }
      }
      try length(edge.labelWidth, "the label width of edge \(index)")
      try length(edge.labelHeight, "the label height of edge \(index)")
    }
  }

  private func length(
    _ value: Double, _ thing: String, atMost limit: Double = LayoutLimits.maximumLength
  )
    throws(LayoutError)
  {
    // Written so that not-a-number fails too.
    guard value >= 0, value <= min(limit + 0.001, LayoutLimits.maximumLength) else {
      throw .badLength(of: thing, value: "\(value)")
    }
  }
}
