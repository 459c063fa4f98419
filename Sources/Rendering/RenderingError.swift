/// Why a picture was not drawn.
public enum RenderingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// There is no usable font on this machine.
  case noFonts
  /// The scene's width or height is not a positive number, or the scale is not.
  case badSize(width: String, height: String, scale: String)
  /// Beyond what an image may measure; `largestScale` still fits.
  case imageTooLarge(width: String, height: String, limit: Int, largestScale: String)
  case noPages
  /// The drawing library refused; its own words.
  case drawingFailed(String)
  /// Bytes that are no PNG, or a broken one.
  case notAnImage

  public var description: String {
    switch self {
    case .noFonts:
      return "no font was found; install Inter and JetBrains Mono (Debian: fonts-inter fonts-jetbrains-mono)"
    case .badSize(let width, let height, let scale):
      return "a picture of \(width) by \(height) points at scale \(scale) cannot be drawn"
    case .imageTooLarge(let width, let height, let limit, let largestScale):
      return "the image would measure \(width) by \(height) pixels; \(limit) a side is the most. "
        + "Use a scale of \(largestScale) or less, or svg or pdf"
    case .noPages: return "there is nothing to draw: no pages"
    case .drawingFailed(let message): return "the picture could not be drawn: \(message)"
    case .notAnImage: return "the bytes are not a PNG image"
    }
  }
}
