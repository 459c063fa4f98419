public import Drawing

/// One picture of a document and what a multi-page format calls it.
public struct Page: Sendable {
  public var scene: Scene
  /// Its line in the outline; the scene's title when `nil`.
  public var outline: String?
  /// Its page label, as "step 4".
  public var label: String?
  /// The title of the whole document, read from the first page.
  public var documentTitle: String?

  public init(_ scene: Scene, outline: String? = nil, label: String? = nil, documentTitle: String? = nil) {
    self.scene = scene
    self.outline = outline
    self.label = label
    self.documentTitle = documentTitle
  }
}

/// What a format is asked to draw.
public struct RenderJob: Sendable {
  public var pages: [Page]
  /// Pixels a point, for images.
  public var scale: Double
  /// Put before ids, for pictures that share a page.
  public var idPrefix: String

  public init(_ pages: [Page], scale: Double = 1, idPrefix: String = "") {
    self.pages = pages
    self.scale = scale
    self.idPrefix = idPrefix
  }

  public init(_ scene: Scene, scale: Double = 1, idPrefix: String = "") {
    self.init([Page(scene)], scale: scale, idPrefix: idPrefix)
  }

  /// The first page: formats that do not take several are called once for each.
  public func onlyPage() throws(RenderingError) -> Scene {
    guard let page = pages.first else { throw .noPages }
    return page.scene
  }
}

/// A file format pictures can be written in: a name and a function.
///
/// Adding one is one static member in a file of its own and its place in `all`. Formats that need more
/// than scenes (DOT, text) are made elsewhere with the same initializer.
///
///     let bytes = try OutputFormat.png.paint(renderer, RenderJob(scene, scale: 2))
public struct OutputFormat: Sendable {
  /// What a person types.
  public let name: String
  public let fileExtension: String
  public let mediaType: String
  /// Whether one file holds several pages.
  public let takesPages: Bool
  /// Half a line for help.
  public let summary: String
  public let paint: @Sendable (Renderer, RenderJob) throws(RenderingError) -> [UInt8]

  public init(
    name: String, fileExtension: String, mediaType: String, takesPages: Bool = false, summary: String,
    paint: @escaping @Sendable (Renderer, RenderJob) throws(RenderingError) -> [UInt8]
  ) {
    self.name = name
    self.fileExtension = fileExtension
    self.mediaType = mediaType
    self.takesPages = takesPages
    self.summary = summary
    self.paint = paint
  }

  /// Every format made of scenes alone, in the order help lists them.
  public static let all: [OutputFormat] = [.svg, .liveSVG, .png, .pdf]
}
