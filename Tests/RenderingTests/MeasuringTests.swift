import Drawing
import Rendering
import Testing

@Suite struct MeasuringTests {
  @Test func `the fonts are the ones the figures are designed for, or a note says so`() throws {
    let fonts = try Renderer().fonts
    #expect(fonts.isExact == (fonts.note == nil))
    if fonts.isExact { #expect(fonts.sans == "Inter" && fonts.mono == "JetBrains Mono") }
  }

  @Test func `missing families are replaced and named`() throws {
    var search = FontSearch.standard
    search.sans = "No Such Sans"
    search.mono = "No Such Mono"
    let renderer = try Renderer(fonts: search)
    #expect(renderer.fonts.missing == ["No Such Sans", "No Such Mono"])
    let note = try #require(renderer.fonts.note)
    #expect(note.hasPrefix("No Such Sans and No Such Mono are not installed; "))
    #expect(renderer.measure("x", .sans(10)).width > 0)
    #expect(try !renderer.png(Samples.graph).isEmpty)
  }

  @Test func `a machine without any font gets a message`() {
    let search = FontSearch(folders: ["/nowhere"], asksSystem: false)
    #expect(throws: RenderingError.noFonts) { try Renderer(fonts: search) }
  }

  @Test func `mono is mono, and twice the size is twice the width`() throws {
    let renderer = try Renderer()
    try #require(renderer.fonts.isExact)
    let one = renderer.width("0", .mono(10))
    #expect(abs(one - 6) < 0.01)
    #expect(abs(renderer.width("!= -> <=", .mono(10)) - 8 * one) < 0.01, "no ligatures")
    #expect(abs(renderer.width("grad", .sans(22)) - 2 * renderer.width("grad", .sans(11))) < 0.05)
    #expect(renderer.width("grad", .sans(11, .bold)) > renderer.width("grad", .sans(11)))
    #expect(renderer.width("", .sans(11)) == 0)
  }

  @Test(arguments: TextStyle.Weight.allCases)
  func `each weight and slant is a face of its own`(weight: TextStyle.Weight) throws {
    let renderer = try Renderer()
    try #require(renderer.fonts.isExact)
    func pixels(_ style: TextStyle) throws -> [UInt8] {
      let item = Item("t", .note, shapes: [.text("Rg", style, .black, at: Point(4, 34))])
      return try renderer.bitmap(Scene(size: Size(80, 50), title: "", items: [item])).pixels
    }
    for family in TextStyle.Family.allCases {
      let upright = try pixels(TextStyle(family, 30, weight))
      #expect(try pixels(TextStyle(family, 30, weight, italic: true)) != upright)
      for other in TextStyle.Weight.allCases where other != weight {
        #expect(try pixels(TextStyle(family, 30, other)) != upright)
      }
    }
  }

  @Test func `any string and size can be measured`() throws {
    let renderer = try Renderer()
    for string in Samples.awkwardStrings {
      for size in [0, -3, 12, 1e9, .nan, .infinity] {
        let metrics = renderer.measure(string, TextStyle(.sans, size))
        #expect(metrics.width.isFinite && metrics.width >= 0)
      }
    }
  }

  @Test func `what was measured before does not change the measure`() throws {
    let first = try Renderer()
    let second = try Renderer()
    for string in Samples.awkwardStrings { _ = first.measure(string, TextStyle(.mono, 12, italic: true)) }
    for string in Samples.awkwardStrings {
      #expect(first.measure(string, .mono(12)) == second.measure(string, .mono(12)))
    }
  }

  @Test func `shapes with broken numbers are left out, not fatal`() throws {
    let bad = Double.nan
    let item = Item(
      "bad", .note, opacity: 0.5,
      shapes: [
        .rect(Rect(bad, 0, 1, 1), fill: .black), .rect(Rect(0, 0, -5, -5), radius: -3, fill: .black),
        .circle(Point(0, 0), radius: -1, stroke: Stroke(.black, width: bad)),
        .line(Point(0, 0), Point(.infinity, 1), Stroke(.black, dash: [bad])),
        .line(Point(0, 0), Point(9, 9), Stroke(.black, width: -1, dash: [0, 0])),
        .line(Point(0, 0), Point(9, 9), Stroke(.black, dash: [-1, 3])),
        .text("x", TextStyle(.sans, bad), .black, at: Point(bad, 1)), .path(Path([.close])),
        .path(Path([.line(Point(1, 1))]), stroke: Stroke(.black)), .arrow(Path(), Stroke(.black)),
        .text(Text([], at: .zero)),
      ])
    let scene = Scene(size: Size(20, 20), title: "", items: [item])
    let renderer = try Renderer()
    for format in OutputFormat.all { #expect(try !format.paint(renderer, RenderJob(scene)).isEmpty) }
    #expect(try XMLReader.read(scene.liveSVG()).name == "svg")
  }
}
