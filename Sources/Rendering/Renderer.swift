internal import CCairo
public import Drawing

/// Draws scenes and measures text, with fonts found once.
///
/// Thread-safe: calls take turns. Laws: a scene gives the same bytes every time, in every process and
/// from every renderer with the same fonts; what is measured is what is drawn.
///
///     let renderer = try Renderer()
///     let png = try renderer.png(scene, scale: 2)
public final class Renderer: TextMeasuring, @unchecked Sendable {
  /// Which fonts are in use, and what to tell the user about it.
  public let fonts: FontReport
  private let book: FontBook
  private let lock = Lock()

  /// - Throws: `RenderingError.noFonts` when there is no font at all.
  public init(fonts search: FontSearch = .standard) throws(RenderingError) {
    book = try FontBook(search)
    fonts = book.report
  }

  public func measure(_ string: String, _ style: TextStyle) -> TextMetrics {
    lock.with { book.line(string, style).metrics }
  }

  /// Gives `body` the fonts, to itself.
  func withFonts<Result, Failure: Error>(
    _ body: (FontBook) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try lock.with { () throws(Failure) -> Result in try body(book) }
  }
}
