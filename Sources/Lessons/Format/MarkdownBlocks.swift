import CMarkdown

/// A block of Markdown at the left margin, as cmark-gfm sees it, with its lines in the file.
struct MarkdownBlock {
  var line: Int
  var endLine: Int
  var content: Content

  enum Content {
    /// A fenced block: the first word behind the fence, and the lines inside.
    case fence(word: String, literal: String)
    case prose([Prose])
    /// A fenced block inside a list or quotation.
    case nested(word: String, Prose)
  }

  /// The blocks of a text, and the targets of its images with their lines.
  ///
  /// - Parameter offset: added to every line.
  static func parse(_ text: String, offset: Int) -> (blocks: [MarkdownBlock], images: [(String, Int)]) {
    guard let parser = cmark_parser_new(CMARK_OPT_DEFAULT) else { return ([], []) }
    defer { cmark_parser_free(parser) }
    _ = extensionsRegistered
    if let tables = cmark_find_syntax_extension("table") {
      cmark_parser_attach_syntax_extension(parser, tables)
    }
    var text = text
    text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { cmark_parser_feed(parser, $0.baseAddress, $0.count) }
    }
    guard let root = cmark_parser_finish(parser) else { return ([], []) }
    defer { cmark_node_free(root) }
    return Reader(offset: offset).read(root)
  }
}

/// cmark's registry is global: it is filled once.
private let extensionsRegistered: Void = cmark_gfm_core_extensions_ensure_registered()

private typealias CNode = OpaquePointer

/// Walks a tree with cmark's iterator: deep nesting costs no stack.
private struct Reader {
  let offset: Int
  private var blocks: [MarkdownBlock] = []
  private var images: [(String, Int)] = []
  /// The lists around the current node: the number of the next item, or `nil` for bullets.
  private var lists: [Int?] = []
  private var quotes = 0
  /// The inline text of the block being read.
  private var inline = ""
  private var inlineKind: Prose.Kind?
  private var inlineLine = 0
  private var imageDepth = 0
  private var pendingMarker: String?

  init(offset: Int) { self.offset = offset }

  func read(_ root: CNode) -> ([MarkdownBlock], [(String, Int)]) {
    var reader = self
    guard let iterator = cmark_iter_new(root) else { return ([], []) }
    defer { cmark_iter_free(iterator) }
    while true {
      let event = cmark_iter_next(iterator)
      if event == CMARK_EVENT_DONE { break }
      guard let node = cmark_iter_get_node(iterator) else { break }
      if event == CMARK_EVENT_ENTER { reader.enter(node) } else { reader.leave(node) }
    }
    return (reader.blocks, reader.images)
  }

  private func line(_ node: CNode) -> Int { Int(cmark_node_get_start_line(node)) + offset }
  private func endLine(_ node: CNode) -> Int { Int(cmark_node_get_end_line(node)) + offset }
  private func literal(_ node: CNode) -> String {
    cmark_node_get_literal(node).map { String(cString: $0) } ?? ""
  }

  private mutating func enter(_ node: CNode) {
    switch cmark_node_get_type(node) {
    case CMARK_NODE_LIST:
      let ordered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST
      lists.append(ordered ? Int(cmark_node_get_list_start(node)) : nil)
    case CMARK_NODE_ITEM:
      if let last = lists.indices.last, let number = lists[last] {
        pendingMarker = "\(number)."
        lists[last] = number &+ 1
      } else {
        pendingMarker = "•"
      }
    case CMARK_NODE_BLOCK_QUOTE: quotes += 1
    case CMARK_NODE_HEADING: begin(.heading(level: Int(cmark_node_get_heading_level(node))), node)
    case CMARK_NODE_PARAGRAPH: begin(paragraphKind(), node)
    case CMARK_NODE_CODE_BLOCK: codeBlock(node)
    case CMARK_NODE_TEXT: if imageDepth == 0 { inline += literal(node) }
    case CMARK_NODE_CODE: if imageDepth == 0 { inline += "`\(literal(node))`" }
    case CMARK_NODE_SOFTBREAK: if imageDepth == 0 { inline += " " }
    case CMARK_NODE_LINEBREAK: if imageDepth == 0 { inline += "\n" }
    case CMARK_NODE_IMAGE:
      imageDepth += 1
      let target = cmark_node_get_url(node).map { String(cString: $0) } ?? ""
      images.append((target, inlineLine))
    default:
      if isRow(node) { begin(.paragraph, node) }
      if isCell(node), !inline.isEmpty { inline += "  " }
    }
  }

  private mutating func leave(_ node: CNode) {
    switch cmark_node_get_type(node) {
    case CMARK_NODE_LIST: if !lists.isEmpty { lists.removeLast() }
    case CMARK_NODE_BLOCK_QUOTE: quotes -= 1
    case CMARK_NODE_HEADING, CMARK_NODE_PARAGRAPH: end(node)
    case CMARK_NODE_IMAGE: imageDepth -= 1
    default: if isRow(node) { end(node) }
    }
  }

  private func isRow(_ node: CNode) -> Bool {
    let name = cmark_node_get_type_string(node).map { String(cString: $0) }
    return name == "table_row" || name == "table_header"
  }
  private func isCell(_ node: CNode) -> Bool {
    cmark_node_get_type_string(node).map { String(cString: $0) } == "table_cell"
  }

  private mutating func paragraphKind() -> Prose.Kind {
    if !lists.isEmpty {
      defer { pendingMarker = nil }
      return .item(marker: pendingMarker ?? "", depth: lists.count)
    }
    return quotes > 0 ? .quote : .paragraph
  }

  private mutating func begin(_ kind: Prose.Kind, _ node: CNode) {
    inline = ""
    inlineKind = kind
    inlineLine = line(node)
  }

  private mutating func end(_ node: CNode) {
    guard let kind = inlineKind else { return }
    inlineKind = nil
    let text = trimmed(inline)
    if text.isEmpty { return }
    let prose = Prose(line: inlineLine, kind: kind, text: text)
    blocks.append(MarkdownBlock(line: inlineLine, endLine: endLine(node), content: .prose([prose])))
  }

  private mutating func codeBlock(_ node: CNode) {
    let info = cmark_node_get_fence_info(node).map { String(cString: $0) } ?? ""
    let word = info.split { $0 == " " || $0 == "\t" || $0 == "{" || $0 == "," }.first.map(String.init) ?? ""
    let text = literal(node)
    var fence: (length: Int32, offset: Int32, character: CChar) = (0, 0, 0)
    let fenced = cmark_node_get_fenced(node, &fence.length, &fence.offset, &fence.character) != 0
    let content: MarkdownBlock.Content
    if !lists.isEmpty || quotes > 0 {
      content = .nested(word: word, Prose(line: line(node), kind: .code, text: text))
    } else if fenced {
      content = .fence(word: word, literal: text)
    } else {
      content = .prose([Prose(line: line(node), kind: .code, text: text)])
    }
    blocks.append(MarkdownBlock(line: line(node), endLine: endLine(node), content: content))
  }
}
