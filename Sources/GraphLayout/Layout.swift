internal import GraphvizBridge

extension LayoutGraph {
  /// Places nodes, lines and clusters.
  ///
  /// Each cluster is laid out by Graphviz's `dot` on its own and takes part as one box in the graph
  /// around it; a line that crosses its border is drawn in pieces that meet there. Lines that do not
  /// constrain the order are drawn last, around what is there.
  ///
  /// Deterministic. Takes about 2 ms for 10 nodes and 0.1 s for 500; calls wait for each other, since
  /// Graphviz works in globals.
  ///
  /// - Throws: `LayoutError`, also for sizes that are not numbers and graphs beyond `LayoutLimits`.
  public func layout() throws(LayoutError) -> LayoutResult {
    try check()
    var nesting = Nesting(self)
    return try nesting.layout()
  }

  /// The version of the Graphviz in use; empty when there is none.
  public static var engineVersion: String { String(cString: gvb_version()) }
}
