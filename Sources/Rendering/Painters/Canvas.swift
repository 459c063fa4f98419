internal import CCairo
internal import Drawing

/// Draws a scene on a Cairo context; the painters differ only in the surface below.
struct Canvas {
  let cairo: OpaquePointer
  let fonts: FontBook

  func draw(_ scene: Scene) {
    let background = scene.background
    if background.alpha > 0 {
      // Everything, not the scene's rectangle: an image has whole pixels.
      set(background)
      cairo_paint(cairo)
    }
    for item in scene.items { draw(item) }
  }

  private func draw(_ item: Item) {
    guard item.opacity < 1 else { return drawContents(item) }
    guard item.opacity > 0, let extent = extent(item) else { return }
    // A group as large as the picture would cost milliseconds each: clip it to what it shows.
    cairo_save(cairo)
    cairo_rectangle(cairo, extent.x, extent.y, extent.width, extent.height)
    cairo_clip(cairo)
    cairo_push_group(cairo)
    drawContents(item)
    cairo_pop_group_to_source(cairo)
    cairo_paint_with_alpha(cairo, item.opacity)
    cairo_restore(cairo)
  }

  private func drawContents(_ item: Item) {
    for shape in item.shapes { draw(shape) }
    for child in item.children { draw(child) }
  }

  private func draw(_ shape: Shape) {
    switch shape {
    case .rectangle(let rectangle):
      paint(rectangle.outline, rectangle.fill, rectangle.stroke)
    case .ellipse(let ellipse):
      paint(ellipse.outline, ellipse.fill, ellipse.stroke)
    case .path(let path):
      paint(path.path, path.fill, path.stroke)
    case .arrow(let arrow):
      paint(arrow.line, nil, arrow.stroke)
      for head in arrow.heads { paint(head, arrow.stroke.color, nil) }
    case .text(let text): draw(text)
    }
  }

  private func paint(_ path: Path, _ fill: Color?, _ stroke: Stroke?) {
    guard !path.isEmpty, path.bounds?.isFinite == true else { return }
    cairo_new_path(cairo)
    for element in path.elements {
      switch element {
      case .move(let p): cairo_move_to(cairo, p.x, p.y)
      case .line(let p): cairo_line_to(cairo, p.x, p.y)
      case .cubic(let a, let b, let c): cairo_curve_to(cairo, a.x, a.y, b.x, b.y, c.x, c.y)
      case .close: cairo_close_path(cairo)
      }
    }
    if let fill {
      set(fill)
      cairo_fill_preserve(cairo)
    }
    if let stroke, stroke.width > 0, stroke.width.isFinite {
      set(stroke.color)
      cairo_set_line_width(cairo, stroke.width)
      let dash = stroke.usableDash
      cairo_set_dash(cairo, dash, Int32(clamping: dash.count), 0)
      switch stroke.cap {
      case .butt: cairo_set_line_cap(cairo, CAIRO_LINE_CAP_BUTT)
      case .round: cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND)
      case .square: cairo_set_line_cap(cairo, CAIRO_LINE_CAP_SQUARE)
      }
      cairo_stroke_preserve(cairo)
    }
    cairo_new_path(cairo)
  }

  private func draw(_ text: Text) {
    guard text.position.isFinite else { return }
    let lines = text.runs.map { fonts.line($0.string, $0.style) }
    let width = lines.reduce(0) { $0 + $1.metrics.width }
    var x: Double
    switch text.anchor {
    case .start: x = text.position.x
    case .middle: x = text.position.x - width / 2
    case .end: x = text.position.x - width
    }
    for (run, line) in zip(text.runs, lines) {
      set(run.color)
      cairo_move_to(cairo, x, text.position.y)
      pango_cairo_show_layout_line(cairo, pango_layout_get_line_readonly(line.layout, 0))
      x += line.metrics.width
    }
    cairo_new_path(cairo)
  }

  private func set(_ color: Color) {
    let (r, g, b) = (Double(color.red) / 255, Double(color.green) / 255, Double(color.blue) / 255)
    if color.alpha == 255 {
      cairo_set_source_rgb(cairo, r, g, b)
    } else {
      cairo_set_source_rgba(cairo, r, g, b, Double(color.alpha) / 255)
    }
  }

  /// A box around everything an item draws, strokes and tall letters included.
  private func extent(_ item: Item) -> Rect? {
    var box: Rect?
    func add(_ rect: Rect) { if rect.isFinite { box = box.map { $0.union(rect) } ?? rect } }
    for shape in item.shapes {
      switch shape {
      case .text(let text):
        let lines = text.runs.map { fonts.line($0.string, $0.style) }
        let width = lines.reduce(0) { $0 + $1.metrics.width }
        let height = text.runs.map(\.style.size).max() ?? 0
        add(
          Rect(text.position.x - width, text.position.y, width * 2, 0).inset(-height, -height * 1.5))
      case .rectangle(let shape): add(padded(shape.rect, shape.stroke))
      case .ellipse(let shape): add(padded(shape.rect, shape.stroke))
      case .path(let shape): shape.path.bounds.map { add(padded($0, shape.stroke)) }
      case .arrow(let arrow):
        if let bounds = shape.bounds { add(padded(bounds, arrow.stroke)) }
      }
    }
    for child in item.children { extent(child).map(add) }
    return box
  }

  private func padded(_ rect: Rect, _ stroke: Stroke?) -> Rect {
    // A sharp corner reaches ten half widths at most: Cairo's miter limit.
    let pad = (stroke?.width ?? 0) * 5 + 1
    return rect.inset(-pad, -pad)
  }
}

extension Scene {
  /// Throws when no surface can have this size.
  func checkSize(scale: Double = 1) throws(RenderingError) {
    let sides = [size.width * scale, size.height * scale]
    guard scale > 0, sides.allSatisfy({ $0.isFinite && $0 > 0 && $0 < 1e7 }) else {
      throw .badSize(width: decimal(size.width), height: decimal(size.height), scale: decimal(scale))
    }
  }
}

/// The words for a Cairo status that is no success.
func check(_ status: cairo_status_t) throws(RenderingError) {
  if status != CAIRO_STATUS_SUCCESS {
    throw .drawingFailed(String(cString: cairo_status_to_string(status)))
  }
}
