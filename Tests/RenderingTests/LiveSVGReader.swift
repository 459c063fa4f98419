import Drawing

/// Reads our live SVG back into a scene, knowing SVG and not the writer: so that what the file says can
/// be drawn and compared with the scene it was made from.
struct LiveSVGReader {
  enum Failure: Error {
    case unknown(String)
    case malformed(String)
  }

  static func scene(_ svg: String) throws -> Scene {
    let root = try XMLReader.read(svg)
    guard root.name == "svg", let box = root.attributes["viewBox"]?.split(separator: " "), box.count == 4,
      let width = Double(box[2]), let height = Double(box[3])
    else { throw Failure.malformed("root") }
    var count = 0
    let items = try root.children.compactMap { try item($0, &count) }
    return Scene(
      size: Size(width, height), title: root.children.first { $0.name == "title" }?.text ?? "",
      background: .black.opacity(0), items: items)
  }

  private static func item(_ node: XMLNode, _ count: inout Int) throws -> Item? {
    count += 1
    let id = node.attributes["id"] ?? "anonymous-\(count)"
    switch node.name {
    case "title", "desc", "style": return nil
    case "g":
      let opacity = Double(node.attributes["opacity"] ?? "1") ?? 1
      let children = try node.children.compactMap { try item($0, &count) }
      return Item(id, .group, opacity: opacity, children: children)
    default: return Item(id, .note, shapes: [try shape(node)])
    }
  }

  private static func shape(_ node: XMLNode) throws -> Shape {
    func number(_ key: String, _ missing: Double = 0) throws -> Double {
      guard let text = node.attributes[key] else { return missing }
      guard let value = Double(text) else { throw Failure.malformed("\(key)=\(text)") }
      return value
    }
    let fill = try color(node, "fill")
    var stroke: Stroke?
    if let color = try color(node, "stroke", missing: nil) {
      let dash = (node.attributes["stroke-dasharray"] ?? "").split(separator: " ").compactMap { Double($0) }
      let cap = Stroke.Cap(rawValue: node.attributes["stroke-linecap"] ?? "butt") ?? .butt
      stroke = Stroke(color, width: try number("stroke-width", 1), dash: dash, cap: cap)
    }
    switch node.name {
    case "rect":
      let rect = Rect(try number("x"), try number("y"), try number("width"), try number("height"))
      return .rect(rect, radius: try number("rx"), fill: fill, stroke: stroke)
    case "ellipse":
      let (rx, ry) = (try number("rx"), try number("ry"))
      let rect = Rect(try number("cx") - rx, try number("cy") - ry, rx * 2, ry * 2)
      return .ellipse(Ellipse(rect, fill: fill, stroke: stroke))
    case "path": return .path(try path(node.attributes["d"] ?? ""), fill: fill, stroke: stroke)
    case "text":
      let nodes = node.children.isEmpty ? [node] : node.children
      let runs = try nodes.map { run in
        let size = Double(run.attributes["font-size"] ?? "") ?? 0
        let weight = TextStyle.Weight(rawValue: Int(run.attributes["font-weight"] ?? "400") ?? 0) ?? .regular
        guard let family = TextStyle.Family(rawValue: run.attributes["class"] ?? ""), size > 0 else {
          throw Failure.malformed("font")
        }
        let style = TextStyle(family, size, weight, italic: run.attributes["font-style"] == "italic")
        return TextRun(run.text, style, try color(run, "fill") ?? .black)
      }
      let anchor = Text.Anchor(rawValue: node.attributes["text-anchor"] ?? "start") ?? .start
      return .text(Text(runs, at: Point(try number("x"), try number("y")), anchor: anchor))
    default: throw Failure.unknown(node.name)
    }
  }

  /// SVG's defaults: fill is black when not given, stroke is none.
  private static func color(_ node: XMLNode, _ key: String, missing: Color? = .black) throws -> Color? {
    guard let text = node.attributes[key] else { return missing }
    if text == "none" { return nil }
    guard text.hasPrefix("#"), let rgb = UInt32(text.dropFirst(), radix: 16) else {
      throw Failure.malformed("\(key)=\(text)")
    }
    return Color(rgb).opacity(Double(node.attributes[key + "-opacity"] ?? "1") ?? 1)
  }

  private static func path(_ d: String) throws -> Path {
    var path = Path()
    var letter: Character?
    var digits = ""
    func finish() throws {
      guard let command = letter else { return }
      let numbers = digits.split(separator: " ").compactMap { Double($0) }
      let points = stride(from: 0, to: numbers.count - 1, by: 2).map { Point(numbers[$0], numbers[$0 + 1]) }
      switch (command, points.count) {
      case ("M", 1): path.elements.append(.move(points[0]))
      case ("L", 1): path.elements.append(.line(points[0]))
      case ("C", 3): path.elements.append(.cubic(points[0], points[1], points[2]))
      case ("Z", 0): path.elements.append(.close)
      default: throw Failure.malformed("path \(command) \(digits)")
      }
    }
    for character in d {
      if character.isLetter {
        try finish()
        letter = character
        digits = ""
      } else {
        digits.append(character)
      }
    }
    try finish()
    return path
  }
}
