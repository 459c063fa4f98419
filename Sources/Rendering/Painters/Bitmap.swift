internal import CCairo
public import Drawing

/// An image in memory: red, green, blue, alpha (not premultiplied), row by row from the top.
public struct Bitmap: Hashable, Sendable {
  public var width: Int
  public var height: Int
  public var pixels: [UInt8]

  /// Cairo's limit for the sides of an image.
  public static let maximumSide = 32_767
  /// And ours for the whole, so that a wrong scale does not eat the machine: a gigabyte.
  public static let maximumPixels = 1 << 28

  public init(width: Int, height: Int, pixels: [UInt8]) {
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// Reads a PNG.
  public init(png: [UInt8]) throws(RenderingError) {
    final class Source {
      let bytes: [UInt8]
      var position = 0
      init(_ bytes: [UInt8]) { self.bytes = bytes }
    }
    let source = Source(png)
    let surface = withExtendedLifetime(source) {
      cairo_image_surface_create_from_png_stream(
        { closure, data, count in
          guard let closure, let data else { return CAIRO_STATUS_READ_ERROR }
          let source = Unmanaged<Source>.fromOpaque(closure).takeUnretainedValue()
          guard source.bytes.count - source.position >= Int(count) else { return CAIRO_STATUS_READ_ERROR }
          source.bytes.withUnsafeBufferPointer { bytes in
            if let base = bytes.baseAddress {
              data.update(from: base + source.position, count: Int(count))
            }
          }
          source.position += Int(count)
          return CAIRO_STATUS_SUCCESS
        }, Unmanaged.passUnretained(source).toOpaque())
    }
    defer { cairo_surface_destroy(surface) }
    guard let surface, cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS,
      let bitmap = Bitmap(surface: surface)
    else { throw .notAnImage }
    self = bitmap
  }

  /// Copies an image surface; `nil` for formats other than 32 bits.
  init?(surface: OpaquePointer) {
    cairo_surface_flush(surface)
    let format = cairo_image_surface_get_format(surface)
    guard format == CAIRO_FORMAT_ARGB32 || format == CAIRO_FORMAT_RGB24,
      let data = cairo_image_surface_get_data(surface)
    else { return nil }
    let width = Int(cairo_image_surface_get_width(surface))
    let height = Int(cairo_image_surface_get_height(surface))
    let stride = Int(cairo_image_surface_get_stride(surface))
    let opaque = format == CAIRO_FORMAT_RGB24
    self.width = width
    self.height = height
    pixels = [UInt8](unsafeUninitializedCapacity: width * height * 4) { out, count in
      var k = 0
      for y in 0..<height {
        let row = UnsafeRawPointer(data + y * stride).assumingMemoryBound(to: UInt32.self)
        for x in 0..<width {
          let value = row[x]
          let alpha = opaque ? 255 : value >> 24
          func channel(_ shift: UInt32) -> UInt8 {
            let c = (value >> shift) & 255
            if alpha == 255 { return UInt8(truncatingIfNeeded: c) }
            if alpha == 0 { return 0 }
            return UInt8(truncatingIfNeeded: min((c * 255 + alpha / 2) / alpha, 255))
          }
          out[k] = channel(16)
          out[k + 1] = channel(8)
          out[k + 2] = channel(0)
          out[k + 3] = UInt8(truncatingIfNeeded: alpha)
          k += 4
        }
      }
      count = k
    }
  }
}

extension Renderer {
  /// Draws on an image and gives it to `body` while it lives.
  func withImage<Result>(
    _ scene: Scene, scale: Double, _ body: (OpaquePointer) throws(RenderingError) -> Result
  ) throws(RenderingError) -> Result {
    try scene.checkSize(scale: scale)
    let width = (scene.size.width * scale).rounded(.up)
    let height = (scene.size.height * scale).rounded(.up)
    let side = Double(Bitmap.maximumSide)
    guard width <= side, height <= side, width * height <= Double(Bitmap.maximumPixels) else {
      let bySide = side / max(scene.size.width, scene.size.height)
      let byArea = (Double(Bitmap.maximumPixels) / (scene.size.width * scene.size.height)).squareRoot()
      let largest = (min(bySide, byArea) * 100).rounded(.down) / 100
      throw .imageTooLarge(
        width: decimal(width, 0), height: decimal(height, 0), limit: Bitmap.maximumSide,
        largestScale: decimal(largest, 2))
    }
    let format = scene.background.alpha == 255 ? CAIRO_FORMAT_RGB24 : CAIRO_FORMAT_ARGB32
    let surface = cairo_image_surface_create(format, Int32(width), Int32(height))
    defer { cairo_surface_destroy(surface) }
    try check(cairo_surface_status(surface))
    guard let surface, let cairo = cairo_create(surface) else { throw .drawingFailed("out of memory") }
    defer { cairo_destroy(cairo) }
    cairo_scale(cairo, scale, scale)
    withFonts { fonts in Canvas(cairo: cairo, fonts: fonts).draw(scene) }
    try check(cairo_status(cairo))
    cairo_surface_flush(surface)
    return try body(surface)
  }

  /// The scene as pixels, `scale` pixels a point.
  public func bitmap(_ scene: Scene, scale: Double = 1) throws(RenderingError) -> Bitmap {
    try withImage(scene, scale: scale) { surface throws(RenderingError) in
      guard let bitmap = Bitmap(surface: surface) else { throw .drawingFailed("no pixels") }
      return bitmap
    }
  }
}
