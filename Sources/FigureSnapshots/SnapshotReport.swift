internal import Foundation
internal import Rendering

/// One HTML file that shows a failure: before, after and difference, everything inside.
struct SnapshotReport {
  var title: String
  var messages: [String]
  var texts: [(name: String, difference: TextDifference)] = []
  var before: Bitmap?
  var after: Bitmap?
  var difference: Bitmap?

  /// Writes the file and returns its path.
  func write(to folder: URL, name: String) throws -> String {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let path = folder.appending(path: name + ".html").path
    try AtomicFile.write(html(), to: path)
    return path
  }

  func html() throws -> String {
    var out = """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><title>\(escaped(title))</title>
      <style>
      body{font:15px/1.5 Inter,system-ui,sans-serif;color:#1B1F24;margin:2rem;max-width:110rem}
      pre{font:13px/1.5 "JetBrains Mono",ui-monospace,monospace;background:#F7F8FA;padding:1rem;overflow:auto}
      .removed{background:#FEE4E2;color:#8A1C13;display:block}.added{background:#E3F5EE;color:#085C45;display:block}
      .same{color:#6B7280;display:block}
      figure{display:inline-block;margin:0 1rem 1rem 0;vertical-align:top}
      figcaption{color:#6B7280}img{border:1px solid #CBD2DA;max-width:100%}
      </style></head><body>
      <h1>\(escaped(title))</h1>

      """
    for message in messages { out += "<pre>\(escaped(message))</pre>\n" }
    for (caption, bitmap) in [("before", before), ("after", after), ("difference", difference)] {
      guard let bitmap else { continue }
      let data = Data(try bitmap.png()).base64EncodedString()
      out += "<figure><figcaption>\(caption)</figcaption><img alt=\"\(caption)\" width=\"\(bitmap.width)\" "
      out += "src=\"data:image/png;base64,\(data)\"></figure>\n"
    }
    for (name, difference) in texts {
      out += "<h2>\(escaped(name))</h2>\n<pre>"
      for line in difference.lines {
        switch line {
        case .same(let text): out += "<span class=\"same\">  \(escaped(text))</span>"
        case .removed(let text): out += "<span class=\"removed\">- \(escaped(text))</span>"
        case .added(let text): out += "<span class=\"added\">+ \(escaped(text))</span>"
        }
      }
      out += "</pre>\n"
    }
    return out + "<p>To accept what is new: <code>BACKSTEP_RECORD=1 swift test</code></p>\n</body></html>\n"
  }

  private func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: ">", with: "&gt;").replacingOccurrences(of: "\"", with: "&quot;")
  }
}
