internal import CCairo
internal import Drawing

/// Pango over exactly the fonts found, with every setting fixed: the same string measures the same on
/// every machine that has the two families.
///
/// One thread at a time; `Renderer` holds the lock.
final class FontBook {
  let report: FontReport
  private let main: PangoSetting
  private let italics: [String]
  private var italicsLoaded = false
  /// All of the system's fonts, made when a string has glyphs the main fonts lack.
  private var everything: PangoSetting??
  private let families: [TextStyle.Family: String]
  private let attributes: OpaquePointer?
  private var cache: [Key: Line] = [:]

  private struct Key: Hashable {
    var string: String
    var style: TextStyle
  }

  /// A string set in a style: the layout to draw and its measures.
  struct Line {
    let layout: OpaquePointer
    let metrics: TextMetrics
  }

  init(_ search: FontSearch) throws(RenderingError) {
    let sans = search.files(search.sans)
    let mono = search.files(search.mono)
    let fallback = search.fallback(mono: false)
    guard let usedSans = sans ?? fallback ?? mono else { throw .noFonts }
    let usedMono = mono ?? search.fallback(mono: true) ?? usedSans
    var files: [String] = []
    for file in usedSans.upright + usedMono.upright + (fallback?.upright ?? []) where !files.contains(file) {
      files.append(file)
    }
    guard let setting = PangoSetting(files) else { throw .noFonts }
    main = setting
    italics = usedSans.italic + usedMono.italic
    let others = fallback.map { "," + $0.family } ?? ""
    families = [.sans: usedSans.family + others, .mono: usedMono.family + others]
    report = FontReport(
      sans: usedSans.family, mono: usedMono.family, fallback: fallback?.family,
      missing: (sans == nil ? [search.sans] : []) + (mono == nil ? [search.mono] : []))
    // No ligatures and no contextual forms: `!=`, `->` and `3x9` stay as typed.
    attributes = pango_attr_list_new()
    pango_attr_list_insert(attributes, pango_attr_font_features_new("calt 0, liga 0, clig 0, dlig 0"))
  }

  deinit {
    forget()
    pango_attr_list_unref(attributes)
  }

  /// Sets a string, or takes it from the ones set before.
  func line(_ string: String, _ style: TextStyle) -> Line {
    let key = Key(string: string, style: style)
    if let line = cache[key] { return line }
    if style.italic, !italicsLoaded {
      italicsLoaded = true
      main.add(italics)
    }
    if cache.count >= 20_000 { forget() }
    let text = drawable(string)
    var layout = main.layout(text, description(style), attributes)
    if pango_layout_get_unknown_glyphs_count(layout) > 0, let everything = otherFonts() {
      var other = everything.layout(text, description(style), attributes)
      if pango_layout_get_unknown_glyphs_count(other) < pango_layout_get_unknown_glyphs_count(layout) {
        swap(&layout, &other)
      }
      g_object_unref(UnsafeMutableRawPointer(other))
    }
    var box = PangoRectangle()
    pango_layout_get_extents(layout, nil, &box)
    let baseline = points(pango_layout_get_baseline(layout))
    let line = Line(
      layout: layout,
      metrics: TextMetrics(
        width: max(points(box.width), 0), ascent: baseline, descent: max(points(box.height) - baseline, 0)))
    cache[key] = line
    return line
  }

  private func points(_ units: Int32) -> Double { Double(units) / Double(PANGO_SCALE) }

  private func forget() {
    for line in cache.values { g_object_unref(UnsafeMutableRawPointer(line.layout)) }
    cache = [:]
  }

  private func description(_ style: TextStyle) -> OpaquePointer? {
    let description = pango_font_description_new()
    pango_font_description_set_family(description, families[style.family] ?? "sans-serif")
    pango_font_description_set_weight(description, PangoWeight(UInt32(style.weight.rawValue)))
    if style.italic { pango_font_description_set_style(description, PANGO_STYLE_ITALIC) }
    let size = style.size.isFinite ? min(max(style.size, 0.5), 2_000) : 12
    pango_font_description_set_absolute_size(description, size * Double(PANGO_SCALE))
    return description
  }

  private func otherFonts() -> PangoSetting? {
    if let known = everything { return known }
    let made = PangoSetting(system: main.files)
    everything = .some(made)
    return made
  }

  /// What Pango and SVG are given: one line, no control characters, not endless.
  private func drawable(_ string: String) -> String { printable(string, limit: 4_096) }
}

/// A font map with a configuration of its own.
private final class PangoSetting {
  private let map: UnsafeMutablePointer<PangoFontMap>
  private let context: OpaquePointer
  private let config: OpaquePointer
  private(set) var files: [String]

  /// Exactly these files.
  convenience init?(_ files: [String]) {
    guard let config = FcConfigCreate() else { return nil }
    self.init(config: config, files: files)
  }

  /// The system's fonts and these.
  convenience init?(system files: [String]) {
    guard let config = FcInitLoadConfigAndFonts() else { return nil }
    self.init(config: config, files: files)
  }

  private init?(config: OpaquePointer, files: [String]) {
    var added = 0
    for file in files where FcConfigAppFontAddFile(config, file) != 0 { added += 1 }
    guard added > 0, let map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT) else {
      FcConfigDestroy(config)
      return nil
    }
    pango_fc_font_map_set_config(OpaquePointer(map), config)
    pango_cairo_font_map_set_resolution(OpaquePointer(map), 72)  // one point is one unit
    guard let context = pango_font_map_create_context(map) else {
      g_object_unref(UnsafeMutableRawPointer(map))
      FcConfigDestroy(config)
      return nil
    }
    // With the system's defaults the same string is 6 % wider.
    let options = cairo_font_options_create()
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    pango_cairo_context_set_font_options(context, options)
    cairo_font_options_destroy(options)
    pango_cairo_context_set_resolution(context, 72)
    pango_context_set_round_glyph_positions(context, 0)
    pango_context_set_language(context, pango_language_from_string("en"))
    pango_context_set_base_dir(context, PANGO_DIRECTION_LTR)
    self.map = map
    self.context = context
    self.config = config
    self.files = files
  }

  deinit {
    g_object_unref(UnsafeMutableRawPointer(context))
    g_object_unref(UnsafeMutableRawPointer(map))
    FcConfigDestroy(config)
  }

  func add(_ more: [String]) {
    for file in more where FcConfigAppFontAddFile(config, file) != 0 { files.append(file) }
    pango_fc_font_map_config_changed(OpaquePointer(map))
  }

  /// Consumes the description.
  func layout(_ text: String, _ description: OpaquePointer?, _ attributes: OpaquePointer?) -> OpaquePointer {
    // pango_layout_new gives no error: glib ends the process when memory does.
    let layout = pango_layout_new(context)
    pango_layout_set_auto_dir(layout, 0)
    pango_layout_set_single_paragraph_mode(layout, 1)
    pango_layout_set_font_description(layout, description)
    pango_font_description_free(description)
    pango_layout_set_attributes(layout, attributes)
    var text = text
    text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        pango_layout_set_text(layout, $0.baseAddress, Int32(clamping: $0.count))
      }
    }
    return layout.unsafelyUnwrapped
  }
}
