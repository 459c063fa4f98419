extension Scene {
  /// How much a dump tells.
  public enum DumpDetail: Sendable {
    /// Ids, roles, titles and texts: what the picture says.
    case outline
    /// And every shape with its coordinates (one decimal) and colours: how it looks.
    case full
  }

  /// The scene as a tree of lines, made for snapshot tests and for reading.
  ///
  ///     scene 720×300 #FFFFFF "The connection is the .grad slot"
  ///       tensor tensor.t1 [leaf now] frame 24,110 190×92 "x, a leaf of shape (2,)"
  ///         text 36,129 start mono 14 bold #0B63A5 "x"
  public func dump(_ detail: DumpDetail = .full) -> String {
    var out = "scene \(n(size.width))×\(n(size.height)) \(background.hex) \(quoted(title))\n"
    if !description.isEmpty { out += "  description \(quoted(description))\n" }
    for datum in metadata { out += "  \(datum.key) = \(quoted(datum.value))\n" }
    forEachItem { item, depth in
      let indent = String(repeating: "  ", count: depth + 1)
      out += indent + item.head(detail) + "\n"
      for shape in item.shapes {
        switch (detail, shape) {
        case (.full, _): out += "\(indent)  \(shape.dump)\n"
        case (.outline, .text(let text)): out += "\(indent)  \(quoted(text.string))\n"
        case (.outline, _): break
        }
      }
    }
    return out
  }
}

extension Item {
  fileprivate func head(_ detail: Scene.DumpDetail) -> String {
    var out = "\(role.rawValue) \(id)"
    if !classes.isEmpty { out += " [\(classes.joined(separator: " "))]" }
    if opacity != 1 { out += " opacity \(decimal(opacity, 2))" }
    if case .full = detail, let frame { out += " frame \(frame.dump)" }
    if !title.isEmpty { out += " \(quoted(title))" }
    return out
  }
}

extension Shape {
  /// One line: kind, place, look.
  var dump: String {
    switch self {
    case .rectangle(let shape):
      var out = "rect \(shape.rect.dump)"
      if let radius = shape.corners.uniform {
        if radius != 0 { out += " r\(n(radius))" }
      } else {
        let c = shape.corners
        out += " r\(n(c.topLeft))/\(n(c.topRight))/\(n(c.bottomRight))/\(n(c.bottomLeft))"
      }
      return out + look(shape.fill, shape.stroke)
    case .ellipse(let shape): return "ellipse \(shape.rect.dump)" + look(shape.fill, shape.stroke)
    case .path(let shape): return "path \(shape.path.dump)" + look(shape.fill, shape.stroke)
    case .arrow(let arrow):
      var out = "arrow \(arrow.path.dump)" + look(nil, arrow.stroke)
      if arrow.head != .none { out += " head \(n(arrow.head.length))×\(n(arrow.head.width))" }
      if arrow.startHead != .none { out += " start \(n(arrow.startHead.length))×\(n(arrow.startHead.width))" }
      return out
    case .text(let text):
      var out = "text \(text.position.dump) \(text.anchor.rawValue)"
      for run in text.runs { out += " \(run.style.dump) \(run.color.dump) \(quoted(run.string))" }
      if let room = text.room { out += " in \(room.dump)" }
      return out
    }
  }

  private func look(_ fill: Color?, _ stroke: Stroke?) -> String {
    var out = ""
    if let fill { out += " fill \(fill.dump)" }
    if let stroke {
      out += " stroke \(stroke.color.dump) \(n(stroke.width))"
      if !stroke.dash.isEmpty { out += " dash \(stroke.dash.map { n($0) }.joined(separator: ","))" }
      if stroke.cap != .butt { out += " \(stroke.cap.rawValue)" }
    }
    return out
  }
}

extension Path {
  /// `M0,0 L10,0 C…`: coordinates with one decimal.
  public var dump: String {
    elements.map { element in
      switch element {
      case .move(let p): return "M\(p.dump)"
      case .line(let p): return "L\(p.dump)"
      case .cubic(let a, let b, let c): return "C\(a.dump) \(b.dump) \(c.dump)"
      case .close: return "Z"
      }
    }.joined(separator: " ")
  }
}

extension TextStyle {
  fileprivate var dump: String {
    var out = "\(family.rawValue) \(n(size))"
    if weight != .regular { out += " \(weight)" }
    if italic { out += " italic" }
    return out
  }
}

extension Color {
  fileprivate var dump: String { alpha == 255 ? hex : "\(hex)@\(decimal(Double(alpha) / 255, 2))" }
}

extension Point {
  fileprivate var dump: String { "\(n(x)),\(n(y))" }
}

extension Rect {
  fileprivate var dump: String { "\(n(x)),\(n(y)) \(n(width))×\(n(height))" }
}

private func n(_ value: Double) -> String { decimal(value, 1) }

/// A string in quotes, on one line whatever is in it.
func quoted(_ string: String) -> String {
  var out = "\""
  for scalar in string.unicodeScalars {
    switch scalar {
    case "\"": out += "\\\""
    case "\\": out += "\\\\"
    case "\n": out += "\\n"
    case "\t": out += "\\t"
    case _ where scalar.value < 0x20 || scalar.value == 0x7F: out += "\\u{\(String(scalar.value, radix: 16))}"
    default: out.unicodeScalars.append(scalar)
    }
  }
  return out + "\""
}
