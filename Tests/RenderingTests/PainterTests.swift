import Drawing
import Rendering
import Testing

private let renderer = Result { try Renderer() }

/// One line a chunk, checksums checked.
private func chunks(_ png: [UInt8]) throws -> [(type: String, data: [UInt8])] {
  try #require(Array(png.prefix(8)) == [137, 80, 78, 71, 13, 10, 26, 10])
  var found: [(String, [UInt8])] = []
  var index = 8
  func word(_ at: Int) -> Int { png[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) } }
  while index < png.count {
    let length = word(index)
    let body = Array(png[(index + 4)..<(index + 8 + length)])
    #expect(word(index + 8 + length) == Int(checksum(body)), "CRC")
    found.append((String(decoding: body.prefix(4), as: UTF8.self), Array(body.dropFirst(4))))
    index += 12 + length
  }
  return found
}

/// CRC-32 as the PNG standard writes it down.
private func checksum(_ bytes: [UInt8]) -> UInt32 {
  ~bytes.reduce(~0) { crc, byte in
    (0..<8).reduce(crc ^ UInt32(byte)) { c, _ in c & 1 == 1 ? 0xEDB8_8320 ^ (c >> 1) : c >> 1 }
  }
}

private func occurrences(_ needle: String, in bytes: [UInt8]) -> Int {
  String(decoding: bytes, as: UTF8.self).split(separator: needle, omittingEmptySubsequences: false).count - 1
}

@Suite struct PNGTests {
  @Test(arguments: [0.5, 1.0, 2.0])
  func `an image has the scene's size times the scale, and its words`(scale: Double) throws {
    let png = try renderer.get().png(Samples.graph, scale: scale)
    let parts = try chunks(png)
    #expect(parts.first?.type == "IHDR" && parts.last?.type == "IEND")
    let width = Int(680 * scale)
    let height = Int(280 * scale)
    #expect(
      parts[0].data == [
        0, 0, UInt8(width >> 8), UInt8(width & 255), 0, 0, UInt8(height >> 8), UInt8(height & 255), 8, 2, 0,
        0, 0,
      ])
    #expect(parts.contains { $0.type == "sRGB" })
    let texts = parts.filter { $0.type == "iTXt" }.map { String(decoding: $0.data, as: UTF8.self) }
    #expect(texts.first == "Title\0\0\0\0\0loss.backward() writes x.grad")
    #expect(texts.contains("Step\0\0\0\0\0" + "4"))
  }

  @Test func `the encoder loses no pixel`() throws {
    for scene in [Samples.graph, Samples.awkward] {
      let bitmap = try renderer.get().bitmap(scene, scale: 1.3)
      #expect(try Bitmap(png: renderer.get().png(scene, scale: 1.3)) == bitmap)
      #expect(try Bitmap(png: bitmap.png()) == bitmap)
    }
  }

  @Test func `a scene without background keeps its alpha`() throws {
    var scene = Scene(size: Size(4, 4), title: "t", background: .white.opacity(0))
    scene.items = [Item("a", .note, shapes: [.rect(Rect(0, 0, 2, 4), fill: Color(0xC2410C).opacity(0.5))])]
    let bitmap = try Bitmap(png: renderer.get().png(scene))
    #expect(Array(bitmap.pixels.prefix(4)).last == 128)
    #expect(Array(bitmap.pixels[8..<12]) == [0, 0, 0, 0])
  }

  @Test func `the whole of a fractional image is painted`() throws {
    let scene = Scene(size: Size(10.2, 7.6), title: "t")
    let bitmap = try renderer.get().bitmap(scene)
    #expect(bitmap.width == 11 && bitmap.height == 8)
    #expect(bitmap.pixels.allSatisfy { $0 == 255 })
  }

  @Test func `what is no PNG is refused`() throws {
    let png = try renderer.get().png(Scene(size: Size(3, 3), title: ""))
    for bytes in [[], [1, 2, 3], Array(png.prefix(40)), Array(repeating: 0, count: 100)] {
      #expect(throws: RenderingError.notAnImage) { try Bitmap(png: bytes) }
    }
  }
}

@Suite struct SizeTests {
  private func message(_ size: Size, scale: Double = 1) -> String {
    do {
      _ = try renderer.get().png(Scene(size: size, title: ""), scale: scale)
      return "drawn"
    } catch { return "\(error)" }
  }

  @Test func `impossible sizes get a message`() {
    #expect(message(Size(.nan, 10)) == "a picture of nan by 10 points at scale 1 cannot be drawn")
    #expect(message(Size(10, 0)) == "a picture of 10 by 0 points at scale 1 cannot be drawn")
    #expect(message(Size(10, 10), scale: -2) == "a picture of 10 by 10 points at scale -2 cannot be drawn")
    #expect(
      message(Size(10, 10), scale: .infinity) == "a picture of 10 by 10 points at scale inf cannot be drawn")
    #expect(
      message(Size(1_600, 1_000), scale: 40)
        == "the image would measure 64000 by 40000 pixels; 32767 a side is the most. "
        + "Use a scale of 12.95 or less, or svg or pdf")
    #expect(message(Size(30_000, 30_000)).hasPrefix("the image would measure"))
  }

  @Test func `no format traps on them`() throws {
    let renderer = try renderer.get()
    for size in [Size(.nan, 1), Size(0, 0), Size(-5, 5), Size(.infinity, 1), Size(1e300, 1e300)] {
      let job = RenderJob(Scene(size: size, title: ""))
      for format in OutputFormat.all {
        #expect(throws: RenderingError.self, "\(format.name)") { try format.paint(renderer, job) }
      }
    }
    for format in OutputFormat.all {
      #expect(throws: RenderingError.noPages) { try format.paint(renderer, RenderJob([])) }
    }
  }
}

@Suite struct SVGTests {
  @Test func `both kinds are well formed, titled and have unique ids`() throws {
    for scene in [Samples.graph, Samples.awkward] {
      for svg in [String(decoding: try renderer.get().svg(scene), as: UTF8.self), try scene.liveSVG()] {
        let root = try XMLReader.read(svg)
        #expect(root.attributes["role"] == "img")
        let title = try #require(root.children.first { $0.name == "title" }?.text)
        #expect(title == scene.title.replacing("\0", with: "\u{FFFD}"))
        #expect(root.children.contains { $0.name == "desc" && $0.text == scene.description })
        let ids = allIDs(root)
        #expect(Set(ids).count == ids.count)
      }
    }
  }

  private func allIDs(_ node: XMLNode) -> [String] {
    [node.attributes["id"]].compactMap { $0 } + node.children.flatMap(allIDs)
  }

  @Test func `every reference in Cairo's file has its target`() throws {
    let svg = String(decoding: try renderer.get().svg(Samples.graph), as: UTF8.self)
    let ids = Set(allIDs(try XMLReader.read(svg)))
    let references = svg.split(separator: "#").dropFirst().map {
      String($0.prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" })
    }
    #expect(references.count > 20)
    for reference in references { #expect(ids.contains(reference), "\(reference)") }
  }

  @Test func `live text is text, and items keep id, role and classes`() throws {
    let root = try XMLReader.read(Samples.graph.liveSVG(idPrefix: "f1-"))
    let card = try #require(root.all("g").first { $0.attributes["id"] == "f1-tensor.t1" })
    #expect(card.attributes["class"] == "tensor leaf now")
    #expect(card.children.first?.text == "x, a leaf of shape (2,)")
    #expect(card.all("text").map(\.text) == ["x", "leaf · (2,) float32", "data", "[1., 2.]", "[100., 100.]"])
    #expect(root.attributes["aria-labelledby"] == "f1-title")
    #expect(root.attributes["data-step"] == "4")
    #expect(root.all("tspan").map(\.text) == ["loss.backward() ", "walks the graph"])
  }

  @Test(arguments: [Samples.graph, Samples.awkward])
  func `the live file read back draws the same pixels`(scene: Scene) throws {
    let renderer = try renderer.get()
    let read = try LiveSVGReader.scene(scene.liveSVG())
    let a = try renderer.bitmap(scene, scale: 2).pixels
    // The reader has no background of its own: the file's rectangle must cover the picture.
    let b = try renderer.bitmap(read, scale: 2).pixels
    try #require(a.count == b.count)
    let (count, worst) = difference(a, b)
    // Coordinates have two decimals in the file, and Cairo's flattening of curves magnifies that.
    #expect(count <= 12 && worst <= 24, "\(count) channels differ, by \(worst) at most")
  }

  /// How many channels differ by more than 8 levels, and by how much at most.
  private func difference(_ a: [UInt8], _ b: [UInt8]) -> (count: Int, worst: Int) {
    var (count, worst) = (0, 0)
    for (x, y) in zip(a, b) where x != y {
      let gap = abs(Int(x) - Int(y))
      worst = max(worst, gap)
      if gap > 8 { count += 1 }
    }
    return (count, worst)
  }

  @Test func `a difference in the file would be seen`() throws {
    let renderer = try renderer.get()
    let file = try Samples.graph.liveSVG().replacing("#C2410C", with: "#C2610C")
    let a = try renderer.bitmap(Samples.graph).pixels
    let b = try renderer.bitmap(LiveSVGReader.scene(file)).pixels
    let (count, worst) = difference(a, b)
    #expect(count > 12 && worst > 24)
  }
}

@Suite struct PDFTests {
  @Test func `a film has a page a frame, labels, an outline and a fixed date`() throws {
    let pages = (1...3).map {
      Page(Samples.graph, outline: "Step \($0) (é)", label: "step \($0)", documentTitle: "Film")
    }
    let pdf = try renderer.get().pdf(pages)
    #expect(pdf.starts(with: "%PDF-1.5".utf8))
    #expect(occurrences("/Type /Page %", in: pdf) == 3)
    #expect(occurrences("/Count 3", in: pdf) >= 1)
    #expect(occurrences("/PageLabels", in: pdf) == 1)
    #expect(occurrences("/Outlines", in: pdf) >= 1)
    #expect(occurrences("Date (20000101000000Z)", in: pdf) == 2)
    #expect(occurrences("(Film)", in: pdf) == 1)
    #expect(occurrences("/FontFile", in: pdf) >= 2, "fonts are inside")
    #expect(occurrences("/ToUnicode", in: pdf) >= 2, "text can be selected")
  }

  @Test func `a page may be larger than readers take`() throws {
    let pdf = try renderer.get().pdf([Page(Scene(size: Size(100_000, 20), title: "wide"))])
    #expect(occurrences("[ 0 0 14400 2.88 ]", in: pdf) == 1)
  }
}

@Suite struct RepeatTests {
  @Test(arguments: OutputFormat.all.map(\.name))
  func `the same scene gives the same bytes, here and from another renderer`(name: String) throws {
    let format = try #require(OutputFormat.all.first { $0.name == name })
    let renderer = try renderer.get()
    let job = RenderJob([Page(Samples.graph), Page(Samples.awkward)], scale: 1.5)
    let first = try format.paint(renderer, job)
    _ = try renderer.svg(Samples.awkward)  // moves Cairo's counters
    _ = renderer.measure("between", .sans(13, .bold))
    #expect(try format.paint(renderer, job) == first)
    #expect(try format.paint(Renderer(), job) == first)
  }

  @Test func `renderers on several threads agree`() async throws {
    let shared = try renderer.get()
    let reference = try shared.png(Samples.graph)
    try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for k in 0..<6 { group.addTask { try (k % 2 == 0 ? Renderer() : shared).png(Samples.graph) } }
      for try await png in group { #expect(png == reference) }
    }
  }

  @Test func `the catalogue has unique names`() {
    #expect(OutputFormat.all.map(\.name) == ["svg", "live-svg", "png", "pdf"])
    #expect(OutputFormat.all.allSatisfy { !$0.summary.isEmpty && !$0.mediaType.isEmpty })
  }
}
