import Drawing
import Testing

@Suite struct SceneTests {
  private let style = TextStyle.mono(10)

  private func scene(_ items: [Item]) -> Scene {
    Scene(size: Size(200, 100), title: "T", items: items)
  }

  private func problems(_ items: [Item]) -> [String] {
    scene(items).problems(measuring: FixedAdvanceMeasurer()).map(\.description)
  }

  @Test func `a dump tells ids, roles, titles, texts and coordinates`() {
    let card = Item(
      "tensor.t1", .tensor, title: "x, a \"leaf\"", classes: ["leaf", "now"], frame: Rect(10, 10, 80, 40),
      shapes: [
        .rect(Rect(10, 10, 80, 40), radius: 8, fill: .white, stroke: Stroke(Color(0x0B63A5), width: 1.6)),
        .rect(Rect(10, 10, 80, 14), corners: Corners(top: 8, bottom: 0), fill: Color(0xE8F1FA)),
        .text("x\n", .mono(14, .bold), .black, at: Point(16, 22)),
      ],
      children: [
        Item(
          "tensor.t1.grad", .gradient, opacity: 0.5,
          shapes: [
            .circle(Point(50, 40), radius: 5, stroke: Stroke(.black).dashed()),
            .arrow(Path(from: Point(0.04, 0), to: Point(10.06, 0)), Stroke(.black.opacity(0.5))),
          ])
      ])
    var picture = scene([card])
    picture.metadata = [.init("step", "3")]
    picture.description = "One leaf."
    #expect(
      picture.dump() == """
        scene 200×100 #FFFFFF "T"
          description "One leaf."
          step = "3"
          tensor tensor.t1 [leaf now] frame 10,10 80×40 "x, a \\"leaf\\""
            rect 10,10 80×40 r8 fill #FFFFFF stroke #0B63A5 1.6
            rect 10,10 80×14 r8/8/0/0 fill #E8F1FA
            text 16,22 start mono 14 bold #000000 "x\\n"
            gradient tensor.t1.grad opacity 0.5
              ellipse 45,35 10×10 stroke #000000 1 dash 6,4
              arrow M0,0 L10.1,0 stroke #000000@0.5 1 head 12×9

        """)
    #expect(
      picture.dump(.outline) == """
        scene 200×100 #FFFFFF "T"
          description "One leaf."
          step = "3"
          tensor tensor.t1 [leaf now] "x, a \\"leaf\\""
            "x\\n"
            gradient tensor.t1.grad opacity 0.5

        """)
  }

  @Test func `a clean scene has no problems`() {
    let rows = (0..<5).map { row in
      Item(
        "row.\(row)", .row, frame: Rect(10, 10 + Double(row) * 12, 100, 12),
        shapes: [.text("value \(row)", style, .black, at: Point(12, 19 + Double(row) * 12))])
    }
    #expect(problems(rows) == [])
  }

  @Test func `texts over each other are reported once`() {
    let found = problems([
      Item("a", .note, shapes: [.text("hello", style, .black, at: Point(10, 50))]),
      Item("b", .note, shapes: [.text("world", style, .black, at: Point(30, 54))]),
    ])
    #expect(found == [#"the text "hello" of a overlaps "world" of b"#])
  }

  @Test func `a text that leaves its box, its room or the scene is reported`() {
    #expect(
      problems([
        Item(
          "card", .tensor, frame: Rect(10, 10, 50, 30),
          children: [Item("in", .note, shapes: [.text("1234567890", style, .black, at: Point(12, 30))])])
      ]) == [#"the text "1234567890" of in leaves the box of card by 12"#])
    #expect(
      problems([
        Item(
          "a", .note,
          shapes: [.text("wide", style, .black, at: Point(10, 50), room: Rect(10, 40, 20, 20))])
      ]) == [#"the text "wide" of a leaves the box of its room by 4"#])
    #expect(
      problems([Item("a", .note, shapes: [.text("end", style, .black, at: Point(190, 50))])])
        == [#"the text "end" of a leaves the scene by 8"#])
  }

  @Test func `ids twice, bad ids, shapes outside and numbers that are none are reported`() {
    let dot = Shape.circle(Point(50, 50), radius: 3, fill: .black)
    #expect(problems([Item("a", .note, shapes: [dot]), Item("a", .note)]) == ["the id a occurs twice"])
    #expect(
      problems([Item("a b", .note)]) == [#"the id "a b" is not made of letters, digits, '.', '_', '-'"#])
    #expect(
      problems([Item("c", .note, shapes: [.circle(Point(199, 50), radius: 5)])])
        == ["c leaves the scene by 4"])
    #expect(
      problems([Item("d", .note, shapes: [.line(Point(.nan, 0), Point(1, 1), Stroke(.black))])])
        == ["d has a coordinate that is not a number"])
    #expect(
      problems([Item("e", .note, shapes: [.text("x", style, .black, at: Point(.infinity, 0))])])
        == ["e has a coordinate that is not a number"])
  }

  @Test func `an arrow through a text is reported, one beside it is not`() {
    let text = Item("t", .note, shapes: [.text("grad", style, .black, at: Point(50, 50))])
    func arrow(_ y: Double) -> Item {
      Item(
        "edge", .edge, shapes: [.arrow(Path(from: Point(10, y), to: Point(150, y)), Stroke(.black))])
    }
    #expect(problems([text, arrow(46)]) == [#"the line of edge runs through the text "grad" of t"#])
    #expect(problems([text, arrow(60)]) == [])
  }

  @Test func `moving an item moves everything in it`() {
    let item = Item(
      "a", .group, frame: Rect(0, 0, 10, 10),
      shapes: [.text("x", style, .black, at: .zero, room: Rect(0, 0, 5, 5))],
      children: [Item("b", .note, shapes: [.circle(.zero, radius: 1)])])
    let moved = item.moved(3, 4)
    #expect(moved.frame == Rect(3, 4, 10, 10))
    #expect(moved.children[0].shapes == [.circle(Point(3, 4), radius: 1)])
    #expect(moved.moved(-3, -4) == item)
    #expect(scene([item]).item("b")?.id == "b")
    #expect(scene([item]).item("c") == nil)
  }
}

@Suite struct DecimalTests {
  @Test(arguments: [
    (12.5, 2, "12.5"), (-0.001, 2, "0"), (0.005, 2, "0.01"), (-1.05, 2, "-1.05"), (3, 0, "3"),
    (0.04, 1, "0"), (99.999, 2, "100"), (.nan, 2, "nan"), (-.infinity, 2, "-inf"), (1e300, 2, "1e9"),
    (1.5, 40, "1.5"), (0.123456, 6, "0.123456"), (-7.001, 3, "-7.001"),
  ])
  func `numbers are short and never scientific`(value: Double, places: Int, text: String) {
    #expect(decimal(value, places) == text)
  }
}
