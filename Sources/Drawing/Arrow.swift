/// A line with a head whose tip lies exactly on the end of its path.
///
/// The line stops inside the head, so that a heavy stroke does not blunt the tip; when the path is
/// shorter than the head, the head shrinks.
///
///     Arrow(Path(from: a, to: b), stroke: theme.forward.stroke)
public struct Arrow: Hashable, Sendable {
  public var path: Path
  public var stroke: Stroke
  /// The head at the end of the path.
  public var head: Head
  /// A head at the start as well, for a line that means both ways.
  public var startHead: Head

  /// A triangle: how long and how wide in points; `.none` draws none.
  public struct Head: Hashable, Sendable {
    public var length: Double
    public var width: Double

    public init(length: Double, width: Double) {
      self.length = length
      self.width = width
    }

    public static let none = Head(length: 0, width: 0)
    public static let standard = Head(length: 12, width: 9)
    public static let small = Head(length: 8, width: 6)
  }

  public init(_ path: Path, stroke: Stroke, head: Head = .standard, startHead: Head = .none) {
    self.path = path
    self.stroke = stroke
    self.head = head
    self.startHead = startHead
  }

  /// The line without the part under its heads.
  public var line: Path {
    // One tenth of the head is left under it, so that no hairline gap shows.
    path.trimmed(start: reach(startHead) * 0.9, end: reach(head) * 0.9)
  }

  /// The heads as closed triangles, tip first; filled in the stroke's colour.
  public var heads: [Path] {
    [triangle(head, on: path), triangle(startHead, on: path.reversed)].compactMap { $0 }
  }

  private func reach(_ head: Head) -> Double {
    head.length > 0 ? min(head.length, path.length * 0.8) : 0
  }

  private func triangle(_ head: Head, on path: Path) -> Path? {
    let reach = self.reach(head)
    guard reach > 0, let tip = path.end, let last = path.trimmed(end: reach).end else { return nil }
    let length = last.distance(to: tip)
    guard length > 1e-9 else { return nil }
    let half = head.width / 2 * reach / head.length
    let (dx, dy) = ((tip.x - last.x) / length, (tip.y - last.y) / length)
    return .polyline(
      [tip, last.moved(-dy * half, dx * half), last.moved(dy * half, -dx * half)], closed: true)
  }
}
