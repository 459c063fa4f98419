/// A picture as a value: what a figure returns and every painter draws.
///
///     let scene = Scene(size: Size(720, 300), title: "The connection is the .grad slot", items: items)
///     #expect(scene.problems(measuring: measurer).isEmpty)
public struct Scene: Hashable, Sendable {
  public var size: Size
  /// The fact the picture states; becomes the title of the file.
  public var title: String
  /// The picture in a sentence or two, for someone who cannot see it.
  public var description: String
  public var background: Color
  public var items: [Item]
  /// Further facts for the file, in order: program, step, line ….
  public var metadata: [Metadatum]

  public struct Metadatum: Hashable, Sendable {
    public var key: String
    public var value: String

    public init(_ key: String, _ value: String) {
      self.key = key
      self.value = value
    }
  }

  public init(
    size: Size, title: String, description: String = "", background: Color = .white,
    items: [Item] = [], metadata: [Metadatum] = []
  ) {
    self.size = size
    self.title = title
    self.description = description
    self.background = background
    self.items = items
    self.metadata = metadata
  }

  /// Calls `body` for every item, parents before their children, with its depth.
  public func forEachItem(_ body: (Item, _ depth: Int) -> Void) {
    var stack: [(Item, Int)] = items.reversed().map { ($0, 0) }
    while let (item, depth) = stack.popLast() {
      body(item, depth)
      stack.append(contentsOf: item.children.reversed().map { ($0, depth + 1) })
    }
  }

  /// The item of this id, if there is one.
  public func item(_ id: String) -> Item? {
    var found: Item?
    forEachItem { item, _ in if found == nil && item.id == id { found = item } }
    return found
  }
}
