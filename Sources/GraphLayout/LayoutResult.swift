/// Where everything went. Indices are those of the `LayoutGraph`.
///
/// Laws: nodes keep their size and do not overlap; every route starts on the outline of its tail and
/// ends on that of its head (at the port, if it has one); the same graph gives the same result.
public struct LayoutResult: Hashable, Sendable {
  public var width: Double
  public var height: Double
  public var nodes: [LayoutBox]
  public var routes: [Route]
  /// Clusters hold their nodes and inner clusters and overlap no others. `nil` for a cluster with no node in it.
  public var clusters: [ClusterBox?]
  /// A line from tail to head: 3k+1 control points of k cubic curves.
  public struct Route: Hashable, Sendable {
    public var points: [LayoutPoint]
    /// The middle of the room kept for the label.
    public var labelCenter: LayoutPoint?
  }

  public struct ClusterBox: Hashable, Sendable {
    public var box: LayoutBox
    /// The middle of the room kept for the title, at the top left.
    public var labelCenter: LayoutPoint?
  }
}
