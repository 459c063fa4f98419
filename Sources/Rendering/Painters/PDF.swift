internal import CCairo
internal import Drawing

extension OutputFormat {
  /// For LaTeX and decks: vector, fonts inside, text can be selected, a page a picture.
  public static let pdf = OutputFormat(
    name: "pdf", fileExtension: "pdf", mediaType: "application/pdf", takesPages: true,
    summary: "vector pages with selectable text; films become one file with an outline"
  ) { renderer, job throws(RenderingError) in
    try renderer.pdf(job.pages)
  }
}

extension Renderer {
  /// One page a scene, each in its own size, with an outline when there are several.
  ///
  /// The dates inside are fixed, so that bytes repeat. A page beyond 200 inches, the most readers take, is
  /// drawn smaller.
  public func pdf(_ pages: [Page]) throws(RenderingError) -> [UInt8] {
    guard let first = pages.first else { throw .noPages }
    for page in pages { try page.scene.checkSize() }
    let sink = ByteSink()
    let surface = cairo_pdf_surface_create_for_stream(
      ByteSink.write, sink.closure, first.scene.size.width, first.scene.size.height)
    defer { cairo_surface_destroy(surface) }
    try check(cairo_surface_status(surface))
    cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_5)
    func set(_ key: cairo_pdf_metadata_t, _ text: String) {
      if !text.isEmpty { cairo_pdf_surface_set_metadata(surface, key, printable(text)) }
    }
    set(
      CAIRO_PDF_METADATA_TITLE,
      pages.count == 1 ? first.scene.title : first.documentTitle ?? first.scene.title)
    set(CAIRO_PDF_METADATA_SUBJECT, first.scene.description)
    let facts = first.scene.metadata.map { "\($0.key): \($0.value)" }
    set(CAIRO_PDF_METADATA_KEYWORDS, facts.joined(separator: ", "))
    set(CAIRO_PDF_METADATA_CREATOR, "Backstep")
    set(CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z")
    set(CAIRO_PDF_METADATA_MOD_DATE, "2000-01-01T00:00:00Z")
    guard let cairo = cairo_create(surface) else { throw .drawingFailed("out of memory") }
    for (index, page) in pages.enumerated() {
      let size = page.scene.size
      let scale = min(1, 14_400 / max(size.width, size.height))
      cairo_pdf_surface_set_size(surface, size.width * scale, size.height * scale)
      if pages.count > 1 {
        let title = printable(page.outline ?? page.scene.title)
        cairo_pdf_surface_add_outline(
          surface, CAIRO_PDF_OUTLINE_ROOT, title, "page=\(index + 1)", cairo_pdf_outline_flags_t(rawValue: 0))
        if let label = page.label { cairo_pdf_surface_set_page_label(surface, printable(label)) }
      }
      cairo_save(cairo)
      cairo_scale(cairo, scale, scale)
      withFonts { fonts in Canvas(cairo: cairo, fonts: fonts).draw(page.scene) }
      cairo_restore(cairo)
      cairo_show_page(cairo)
    }
    let status = cairo_status(cairo)
    cairo_destroy(cairo)
    cairo_surface_finish(surface)
    try check(status)
    try check(cairo_surface_status(surface))
    return withExtendedLifetime(sink) { sink.bytes }
  }
}
