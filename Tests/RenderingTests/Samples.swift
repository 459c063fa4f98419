import Drawing

/// Scenes the tests draw: every shape, every style, awkward text.
enum Samples {
  static let theme = Theme.light

  /// The graph of `loss = (100 * x).sum()` after `backward()`, drawn by hand.
  static var graph: Scene {
    let t = theme
    let card = Item(
      "tensor.t1", .tensor, title: "x, a leaf of shape (2,)", classes: ["leaf", "now"],
      frame: Rect(24, 110, 190, 92),
      shapes: [
        .rect(Rect(24, 110, 190, 92), radius: 10, fill: .white, stroke: t.forward.stroke.width(1.6)),
        .rect(Rect(25, 111, 188, 27), corners: Corners(top: 9, bottom: 0), fill: t.forward.tint),
        .text("x", t.tensorName, t.forward.color, at: Point(36, 129)),
        .text("leaf · (2,) float32", t.caption, t.secondaryOnTint, at: Point(202, 129), anchor: .end),
        .text("data", t.label, t.secondary, at: Point(36, 159)),
        .text("[1., 2.]", t.code, t.ink, at: Point(76, 159)),
      ],
      children: [
        Item(
          "tensor.t1.grad", .gradient, title: "the gradient of x", frame: Rect(70, 170, 132, 22),
          shapes: [
            .rect(
              Rect(70, 170, 132, 22), radius: 5, fill: t.backward.tint,
              stroke: Stroke(t.backward.color, width: 1.1)),
            .text("[100., 100.]", t.codeStrong, t.backward.color, at: Point(78, 186)),
          ])
      ])
    let pill = Item(
      "operation.n1", .operation, title: "multiply by 100", frame: Rect(300, 130, 120, 52),
      shapes: [
        .rect(Rect(300, 130, 120, 52), radius: 26, fill: t.surface, stroke: Stroke(t.outline, width: 1.3)),
        .text("× 100", t.symbol, t.ink, at: Point(360, 153), anchor: .middle),
        .text("MulBackward0", t.codeTiny, t.secondary, at: Point(360, 170), anchor: .middle),
      ])
    let pale = Item(
      "tensor.t2", .tensor, title: "y, not computed yet", classes: ["pale"], opacity: t.paleOpacity,
      frame: Rect(506, 118, 150, 76),
      shapes: [
        .rect(Rect(506, 118, 150, 76), radius: 10, fill: .white, stroke: t.hairlineStroke),
        .text("y", t.tensorName, t.ink, at: Point(518, 138)),
        .text("∂L/∂y [1., 1.]", t.codeSmall, t.backward.color, at: Point(518, 181)),
      ])
    let edges = [
      Item(
        "edge.t1.n1", .edge, title: "x goes into × 100",
        shapes: [.arrow(Path(from: Point(216, 148), to: Point(300, 148)), t.forward.stroke)]),
      Item(
        "gradient.n1.t1", .gradient, title: "the gradient goes back to x",
        shapes: [.arrow(Path(from: Point(300, 166), to: Point(216, 166)), t.backward.stroke)]),
      Item(
        "edge.n1.t2", .edge, title: "y comes out",
        shapes: [
          .arrow(
            .spline([Point(420, 156), Point(450, 120), Point(470, 190), Point(506, 156)]), t.update.stroke,
            head: .standard, startHead: .small)
        ]),
    ]
    let marks = Item(
      "marks", .legend,
      shapes: [
        .circle(Point(256, 222), radius: 8, stroke: Stroke(t.backward.color, width: 1.2)),
        .text("④ write", t.mark, t.backward.color, at: Point(270, 226)),
        .path(.cross(at: Point(460, 226), radius: 6), stroke: Stroke(t.wrong.color, width: 2, cap: .round)),
        .rect(Rect(520, 212, 40, 20), radius: 4, fill: t.wrong.color.opacity(0.25)),
        .line(Point(24, 250), Point(656, 250), t.hairlineStroke),
      ])
    let heading = Item(
      "heading", .heading,
      shapes: [
        .text(
          Text(
            [
              TextRun("loss.backward() ", t.titleCode, t.ink),
              TextRun("walks the graph", t.subtitle, t.secondary),
            ], at: Point(24, 34)))
      ])
    return Scene(
      size: Size(680, 280), title: "loss.backward() writes x.grad",
      description: "x times 100, summed; the gradient 100 arrives in x.grad.",
      items: [heading, card, pill, pale] + edges + [marks],
      metadata: [.init("Step", "4"), .init("Line", "7")])
  }

  /// Names nobody expects: markup, quotes, control characters, scripts that need other fonts.
  static let awkwardStrings = [
    "", " ", "  two  spaces ", "<b>&amp;\"'</b>", "]]>", "a\u{0}b\u{7}c\u{1B}[0m", "tab\tnewline\nreturn\r",
    "漢字テスト",
    "مرحبا بالعالم", "שלום", "😀👩‍👩‍👧‍👦🇩🇪", "e\u{301}\u{302}\u{303}", "\u{202E}reversed",
    "\u{FFFE}\u{FFFF}\u{10FFFF}",
    "∂L/∂x ∇ ² ³ ᵀ ① ④ Σ √ v̂ m̂ β₁ ε → ← × · − ≠ ≤ …", String(repeating: "long ", count: 4_000),
  ]

  static var awkward: Scene {
    let items = awkwardStrings.enumerated().map { index, string in
      Item(
        "text.\(index)", .note, title: string,
        shapes: [
          .text(
            string, index % 2 == 0 ? .sans(14) : .mono(14), .black, at: Point(10, 24 + Double(index) * 22))
        ])
    }
    return Scene(
      size: Size(600, 400), title: "<script>alert(\"1\")</script> & \u{0}", description: "]]>",
      items: items, metadata: [.init("k<e>y", "\"v\""), .init("", "x")])
  }
}
