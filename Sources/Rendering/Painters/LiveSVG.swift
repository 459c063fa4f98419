public import Drawing

extension OutputFormat {
  /// Real text, ids and classes: for web pages, screen readers and style sheets.
  public static let liveSVG = OutputFormat(
    name: "live-svg", fileExtension: "svg", mediaType: "image/svg+xml",
    summary: "vector image with real text, titles, ids and classes"
  ) { _, job throws(RenderingError) in
    Array(try job.onlyPage().liveSVG(idPrefix: job.idPrefix).utf8)
  }
}

extension Scene {
  /// The scene as SVG a page can address: text is text, every item a group with its id, its role and
  /// classes, and a `<title>`.
  ///
  /// - Parameter idPrefix: put before every id, so that several pictures can share a page.
  /// - Throws: `RenderingError.badSize`.
  public func liveSVG(idPrefix: String = "") throws(RenderingError) -> String {
    try checkSize()
    let prefix = xmlEscaped(idPrefix)
    var svg = LiveSVG(prefix: prefix)
    let (width, height) = (decimal(size.width), decimal(size.height))
    var root = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\""
    root += " viewBox=\"0 0 \(width) \(height)\" role=\"img\" aria-labelledby=\"\(prefix)title\""
    if !description.isEmpty { root += " aria-describedby=\"\(prefix)description\"" }
    for datum in metadata {
      let key = datum.key.lowercased().filter { ("a"..."z").contains($0) || $0 == "-" }
      if !key.isEmpty, !root.contains(" data-\(key)=") {
        root += " data-\(key)=\"\(xmlEscaped(datum.value))\""
      }
    }
    svg.out = root + ">\n<title id=\"\(prefix)title\">\(xmlEscaped(title))</title>\n"
    if !description.isEmpty {
      svg.out += "<desc id=\"\(prefix)description\">\(xmlEscaped(description))</desc>\n"
    }
    svg.out += LiveSVG.style
    if background.alpha > 0 {
      svg.out += "<rect width=\"\(width)\" height=\"\(height)\"\(svg.fill(background))/>\n"
    }
    for item in items { svg.add(item) }
    return svg.out + "</svg>\n"
  }
}

/// One function a mark, beside each other.
private struct LiveSVG {
  let prefix: String
  var out = ""

  // The fallbacks are metric neighbours; ligatures are off as in every other format.
  static let style = """
    <style>text{white-space:pre;text-rendering:geometricPrecision;font-variant-ligatures:none;\
    font-feature-settings:"calt" 0}.sans{font-family:Inter,"Helvetica Neue",Arial,"DejaVu Sans",sans-serif}\
    .mono{font-family:"JetBrains Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}</style>

    """

  mutating func add(_ item: Item) {
    let classes = ([item.role.rawValue] + item.classes).map(xmlEscaped).joined(separator: " ")
    out += "<g id=\"\(prefix)\(xmlEscaped(item.id))\" class=\"\(classes)\""
    if item.opacity < 1 { out += " opacity=\"\(decimal(max(item.opacity, 0), 3))\"" }
    out += ">"
    if !item.title.isEmpty { out += "<title>\(xmlEscaped(item.title))</title>" }
    out += "\n"
    for shape in item.shapes { add(shape) }
    for child in item.children { add(child) }
    out += "</g>\n"
  }

  private mutating func add(_ shape: Shape) {
    switch shape {
    case .rectangle(let rectangle): add(rectangle)
    case .ellipse(let ellipse): add(ellipse)
    case .path(let path): add(path.path, path.fill, path.stroke)
    case .arrow(let arrow):
      add(arrow.line, nil, arrow.stroke)
      for head in arrow.heads { add(head, arrow.stroke.color, nil) }
    case .text(let text): add(text)
    }
  }

  private mutating func add(_ rectangle: Rectangle) {
    guard let radius = rectangle.corners.uniform else {
      return add(rectangle.outline, rectangle.fill, rectangle.stroke)
    }
    let r = rectangle.rect
    guard r.isFinite else { return }
    out += "<rect x=\"\(decimal(r.x))\" y=\"\(decimal(r.y))\""
    out += " width=\"\(decimal(max(r.width, 0)))\" height=\"\(decimal(max(r.height, 0)))\""
    let most = min(r.width, r.height) / 2
    if radius > 0 { out += " rx=\"\(decimal(min(radius, max(most, 0))))\"" }
    out += look(rectangle.fill, rectangle.stroke) + "/>\n"
  }

  private mutating func add(_ ellipse: Ellipse) {
    let r = ellipse.rect
    guard r.isFinite else { return }
    out += "<ellipse cx=\"\(decimal(r.midX))\" cy=\"\(decimal(r.midY))\""
    out += " rx=\"\(decimal(max(r.width / 2, 0)))\" ry=\"\(decimal(max(r.height / 2, 0)))\""
    out += look(ellipse.fill, ellipse.stroke) + "/>\n"
  }

  private mutating func add(_ path: Path, _ fill: Color?, _ stroke: Stroke?) {
    guard !path.isEmpty, path.bounds?.isFinite == true else { return }
    out += "<path d=\""
    for element in path.elements {
      switch element {
      case .move(let p): out += "M\(xy(p))"
      case .line(let p): out += "L\(xy(p))"
      case .cubic(let a, let b, let c): out += "C\(xy(a)) \(xy(b)) \(xy(c))"
      case .close: out += "Z"
      }
    }
    out += "\"\(look(fill, stroke))/>\n"
  }

  private mutating func add(_ text: Text) {
    guard text.position.isFinite, let first = text.runs.first else { return }
    out += "<text x=\"\(decimal(text.position.x))\" y=\"\(decimal(text.position.y))\" xml:space=\"preserve\""
    if text.anchor != .start { out += " text-anchor=\"\(text.anchor.rawValue)\"" }
    if text.runs.count == 1 {
      out += "\(font(first.style))\(fill(first.color))>\(xmlEscaped(first.string))</text>\n"
      return
    }
    out += ">"
    for run in text.runs {
      out += "<tspan\(font(run.style))\(fill(run.color))>\(xmlEscaped(run.string))</tspan>"
    }
    out += "</text>\n"
  }

  private func font(_ style: TextStyle) -> String {
    var out = " class=\"\(style.family.rawValue)\" font-size=\"\(decimal(style.size))\""
    if style.weight != .regular { out += " font-weight=\"\(style.weight.rawValue)\"" }
    if style.italic { out += " font-style=\"italic\"" }
    return out
  }

  private func look(_ fill: Color?, _ stroke: Stroke?) -> String {
    var out = fill.map { self.fill($0) } ?? " fill=\"none\""
    guard let stroke, stroke.width > 0, stroke.width.isFinite else { return out }
    out += " stroke=\"\(stroke.color.hex)\" stroke-width=\"\(decimal(stroke.width))\""
    if stroke.color.alpha < 255 { out += " stroke-opacity=\"\(alpha(stroke.color))\"" }
    let dash = stroke.usableDash
    if !dash.isEmpty { out += " stroke-dasharray=\"\(dash.map { decimal($0) }.joined(separator: " "))\"" }
    if stroke.cap != .butt { out += " stroke-linecap=\"\(stroke.cap.rawValue)\"" }
    return out
  }

  func fill(_ color: Color) -> String {
    " fill=\"\(color.hex)\"" + (color.alpha < 255 ? " fill-opacity=\"\(alpha(color))\"" : "")
  }

  private func alpha(_ color: Color) -> String { decimal(Double(color.alpha) / 255, 4) }

  private func xy(_ point: Point) -> String { "\(decimal(point.x)) \(decimal(point.y))" }
}
