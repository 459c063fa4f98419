internal import CCairo
internal import CDeflate
public import Drawing

extension OutputFormat {
  /// Pixels, for slides, chats and READMEs.
  public static let png = OutputFormat(
    name: "png", fileExtension: "png", mediaType: "image/png", summary: "an image; --scale sets its size"
  ) { renderer, job throws(RenderingError) in
    try renderer.png(job.onlyPage(), scale: job.scale)
  }
}

extension Renderer {
  /// The scene as a PNG in sRGB, `scale` pixels a point, its title and metadata inside.
  ///
  /// A frame of 1600×1000 takes less than 20 ms; Cairo's own encoder alone takes 46.
  public func png(_ scene: Scene, scale: Double = 1) throws(RenderingError) -> [UInt8] {
    let texts =
      [("Title", scene.title), ("Description", scene.description), ("Software", "Backstep")]
      + scene.metadata.map { ($0.key, $0.value) }
    return try withImage(scene, scale: scale) { surface throws(RenderingError) in
      guard let data = cairo_image_surface_get_data(surface) else { throw .drawingFailed("no pixels") }
      let width = Int(cairo_image_surface_get_width(surface))
      let height = Int(cairo_image_surface_get_height(surface))
      let stride = Int(cairo_image_surface_get_stride(surface))
      if cairo_image_surface_get_format(surface) == CAIRO_FORMAT_RGB24 {
        return try encode(width, height, 3, texts) { row, y in
          let pixels = UnsafeRawPointer(data + y * stride).assumingMemoryBound(to: UInt32.self)
          for x in 0..<width {
            let value = pixels[x]
            row[3 * x] = UInt8(truncatingIfNeeded: value >> 16)
            row[3 * x + 1] = UInt8(truncatingIfNeeded: value >> 8)
            row[3 * x + 2] = UInt8(truncatingIfNeeded: value)
          }
        }
      }
      guard let bitmap = Bitmap(surface: surface) else { throw .drawingFailed("no pixels") }
      return try bitmap.png(texts: texts)
    }
  }
}

extension Bitmap {
  /// The image as a PNG, with texts for viewers: (keyword, text).
  public func png(texts: [(String, String)] = []) throws(RenderingError) -> [UInt8] {
    guard width > 0, height > 0, pixels.count == width * height * 4 else {
      throw .badSize(width: String(width), height: String(height), scale: "1")
    }
    return try pixels.withUnsafeBufferPointer { pixels throws(RenderingError) in
      guard let base = pixels.baseAddress else { throw .notAnImage }
      return try encode(width, height, 4, texts) { row, y in
        row.update(from: base + y * width * 4, count: width * 4)
      }
    }
  }
}

/// Filter none and one compressed block: rows of flat colour need no more, and it is three times as fast.
private func encode(
  _ width: Int, _ height: Int, _ channels: Int, _ texts: [(String, String)],
  row: (UnsafeMutablePointer<UInt8>, Int) -> Void
) throws(RenderingError) -> [UInt8] {
  let bytesPerRow = width * channels + 1
  let raw = [UInt8](unsafeUninitializedCapacity: bytesPerRow * height) { buffer, count in
    if let base = buffer.baseAddress {
      for y in 0..<height {
        base[y * bytesPerRow] = 0
        row(base + y * bytesPerRow + 1, y)
      }
    }
    count = bytesPerRow * height
  }
  guard let compressor = libdeflate_alloc_compressor(6) else { throw .drawingFailed("out of memory") }
  defer { libdeflate_free_compressor(compressor) }
  let bound = libdeflate_zlib_compress_bound(compressor, raw.count)
  let packed = [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
    count = libdeflate_zlib_compress(compressor, raw, raw.count, buffer.baseAddress, bound)
  }
  var png: [UInt8] = [137, 80, 78, 71, 13, 10, 26, 10]
  png.reserveCapacity(packed.count + 1_024)
  png.appendChunk(
    "IHDR", bigEndian(width) + bigEndian(height) + [8, channels == 3 ? 2 : 6, 0, 0, 0])
  png.appendChunk("sRGB", [0])
  for (keyword, text) in texts where !text.isEmpty {
    // Keywords are 1 to 79 letters of Latin-1; ours are ASCII.
    let key = keyword.utf8.filter { (0x21...0x7E).contains($0) }.prefix(79)
    guard !key.isEmpty else { continue }
    png.appendChunk("iTXt", key + [0, 0, 0, 0, 0] + Array(printable(text).utf8))
  }
  png.appendChunk("IDAT", packed)
  png.appendChunk("IEND", [])
  return png
}

private func bigEndian(_ value: Int) -> [UInt8] {
  [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
}

extension [UInt8] {
  fileprivate mutating func appendChunk(_ type: String, _ data: [UInt8]) {
    append(contentsOf: bigEndian(data.count))
    append(contentsOf: type.utf8)
    append(contentsOf: data)
    let checksum = withUnsafeBufferPointer { bytes -> UInt32 in
      guard let base = bytes.baseAddress else { return 0 }
      let length = data.count + 4
      return libdeflate_crc32(0, base + bytes.count - length, length)
    }
    append(contentsOf: bigEndian(Int(checksum)))
  }
}
