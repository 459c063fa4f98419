internal import CCairo
public import Drawing

extension OutputFormat {
  /// Outlines: looks the same in every viewer, fonts or not.
  public static let svg = OutputFormat(
    name: "svg", fileExtension: "svg", mediaType: "image/svg+xml",
    summary: "vector image, letters as outlines: the same in every viewer"
  ) { renderer, job throws(RenderingError) in
    try renderer.svg(job.onlyPage())
  }
}

extension Renderer {
  /// The scene as SVG with glyph outlines, drawn by Cairo; title and description inside.
  public func svg(_ scene: Scene) throws(RenderingError) -> [UInt8] {
    try scene.checkSize()
    let sink = ByteSink()
    let surface = cairo_svg_surface_create_for_stream(
      ByteSink.write, sink.closure, scene.size.width, scene.size.height)
    defer { cairo_surface_destroy(surface) }
    try check(cairo_surface_status(surface))
    cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX)
    guard let cairo = cairo_create(surface) else { throw .drawingFailed("out of memory") }
    withFonts { fonts in Canvas(cairo: cairo, fonts: fonts).draw(scene) }
    let status = cairo_status(cairo)
    cairo_destroy(cairo)
    cairo_surface_finish(surface)
    try check(status)
    try check(cairo_surface_status(surface))
    return withExtendedLifetime(sink) { labelled(renumbered(sink.bytes), scene) }
  }
}

/// Cairo numbers its ids by a counter of the process: gives them numbers of their own document, in order
/// of appearance, so that bytes repeat.
private func renumbered(_ svg: [UInt8]) -> [UInt8] {
  var names: [[UInt8]: [UInt8]] = [:]
  var counts: [[UInt8]: Int] = [:]
  var out: [UInt8] = []
  out.reserveCapacity(svg.count)
  var index = 0
  let quote = UInt8(ascii: "\"")
  let hash = UInt8(ascii: "#")
  let idMark = Array(" id=\"".utf8)
  func isName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      return true
    default: return false
    }
  }
  func newName(_ name: [UInt8]) -> [UInt8] {
    if let known = names[name] { return known }
    let stem = name.reversed().drop { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.reversed()
    let number = counts[Array(stem), default: 0]
    counts[Array(stem)] = number + 1
    let fresh = Array(stem) + Array(String(number).utf8)
    names[name] = fresh
    return fresh
  }
  while index < svg.count {
    let byte = svg[index]
    var start: Int?
    if byte == hash, index > 0, svg[index - 1] == quote || svg[index - 1] == UInt8(ascii: "(") {
      start = index + 1  // href="#glyph0-1", url(#clip3); colours are written rgb(…)
    } else if byte == quote, index + 1 >= idMark.count,
      Array(svg[(index + 1 - idMark.count)...index]) == idMark
    {
      start = index + 1
    }
    out.append(byte)
    index += 1
    guard let start else { continue }
    var end = start
    while end < svg.count, isName(svg[end]) { end += 1 }
    if end > start { out.append(contentsOf: newName(Array(svg[start..<end]))) }
    index = end
  }
  return out
}

/// Title, description and role, which Cairo does not write.
private func labelled(_ svg: [UInt8], _ scene: Scene) -> [UInt8] {
  let open = Array("<svg ".utf8)
  guard let start = svg.indices.first(where: { svg[$0...].starts(with: open) }),
    let end = svg[start...].firstIndex(of: UInt8(ascii: ">"))
  else { return svg }
  var words = "\n<title>\(xmlEscaped(scene.title))</title>"
  if !scene.description.isEmpty { words += "\n<desc>\(xmlEscaped(scene.description))</desc>" }
  return svg[..<(start + 5)] + Array("role=\"img\" ".utf8) + svg[(start + 5)...end] + Array(words.utf8)
    + svg[(end + 1)...]
}
