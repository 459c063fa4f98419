public import Drawing
public import Foundation
public import Rendering

/// What a picture is compared with: files `name.txt`, `name.svg` and `name.png` in one folder.
///
/// The text comes first, because a changed line says more than a changed pixel; then the SVG, then the
/// pixels, which alone see how it is painted.
public struct Snapshot: Sendable {
  public var folder: URL
  public var name: String
  public var settings: SnapshotSettings

  /// How a comparison went.
  public enum Outcome: Hashable, Sendable {
    case passed
    /// References were written; the files.
    case recorded([String])
    /// References do not exist and must not be written; the files.
    case missing([String])
    /// What differs, and the HTML file that shows it.
    case failed([String], report: String)
  }

  public init(folder: URL, name: String, settings: SnapshotSettings) {
    self.folder = folder
    self.name = Snapshot.fileName(name)
    self.settings = settings
  }

  /// The place of a test's references: `__Snapshots__/<TestFile>/` beside the test file.
  public static func folder(ofTestFile path: String) -> URL {
    let file = URL(fileURLWithPath: path)
    return file.deletingLastPathComponent().appending(path: "__Snapshots__")
      .appending(path: file.deletingPathExtension().lastPathComponent)
  }

  /// A file name from any words: letters and digits stay, the rest becomes `-`.
  public static func fileName(_ words: String) -> String {
    let kept = words.map { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." ? $0 : "-" }
    let parts = String(kept).split(separator: "-").filter { !$0.allSatisfy { $0 == "." } }
    return parts.isEmpty ? "snapshot" : String(parts.joined(separator: "-").prefix(120))
  }

  /// Compares a text with `name.<fileExtension>`.
  public func verify(text: String, fileExtension: String = "txt") throws -> Outcome {
    var comparison = Comparison(snapshot: self)
    try comparison.compare(text, fileExtension, called: "the text")
    return try comparison.outcome(drawing: nil, renderer: nil)
  }

  /// Compares a scene: its dump, its live SVG and its pixels.
  ///
  /// - Parameters:
  ///   - dumped: The scene measured without fonts, whose dump is compared; `nil` compares no dump.
  ///   - drawn: The scene measured by `renderer`; `nil` where the fonts are missing, so that neither SVG nor
  ///     pixels are compared.
  public func verify(dumped: Scene?, drawn: Scene?, renderer: Renderer?) throws -> Outcome {
    var comparison = Comparison(snapshot: self)
    if let dumped { try comparison.compare(dumped.dump(), "txt", called: "the scene") }
    if let drawn, let renderer {
      try comparison.compare(drawn.liveSVG(), "svg", called: "the SVG")
      try comparison.compare(renderer.png(drawn, scale: settings.scale))
    }
    return try comparison.outcome(drawing: drawn, renderer: renderer)
  }

  func url(_ fileExtension: String) -> URL { folder.appending(path: "\(name).\(fileExtension)") }
}

/// Gathers what one snapshot's files have to say.
private struct Comparison {
  let snapshot: Snapshot
  var recorded: [String] = []
  var missing: [String] = []
  var messages: [String] = []
  var texts: [(name: String, difference: TextDifference)] = []
  var before: Bitmap?
  var after: Bitmap?
  var difference: Bitmap?

  /// The reference, or `nil` after recording it or noting that it is missing.
  private mutating func reference(_ fileExtension: String, _ fresh: [UInt8]) throws -> [UInt8]? {
    let url = snapshot.url(fileExtension)
    let exists = FileManager.default.fileExists(atPath: url.path)
    switch snapshot.settings.mode {
    case .compare where exists, .compareOnly where exists: return Array(try Data(contentsOf: url))
    case .compareOnly:
      missing.append(url.path)
      return nil
    case .compare, .record:
      if exists, Array(try Data(contentsOf: url)) == fresh { return nil }
      try FileManager.default.createDirectory(at: snapshot.folder, withIntermediateDirectories: true)
      try AtomicFile.write(fresh, to: url.path)
      recorded.append(url.path)
      return nil
    }
  }

  mutating func compare(_ text: String, _ fileExtension: String, called: String) throws {
    guard let bytes = try reference(fileExtension, Array(text.utf8)) else { return }
    guard bytes != Array(text.utf8) else { return }
    let lines = TextDifference(String(decoding: bytes, as: UTF8.self), text)
    let name = snapshot.url(fileExtension).lastPathComponent
    messages.append("\(called) is not that of \(name) (\(lines.changes) lines differ):\n\(lines.excerpt())")
    texts.append((name, lines))
  }

  mutating func compare(_ png: [UInt8]) throws {
    guard let bytes = try reference("png", png) else { return }
    if bytes == png { return }
    let name = snapshot.url("png").lastPathComponent
    let fresh = try Bitmap(png: png)
    guard let old = try? Bitmap(png: bytes) else {
      messages.append("\(name) is not a PNG image")
      after = fresh
      return
    }
    let tolerance = snapshot.settings.tolerance
    let pixels = PixelDifference(old, fresh, tolerance: tolerance)
    if pixels.isWithin(tolerance) { return }
    if pixels.picture == nil {
      messages.append(
        "the image measures \(fresh.width)×\(fresh.height), that of \(name) \(old.width)×\(old.height)")
    } else {
      messages.append(
        "\(pixels.count) pixels are not those of \(name) (ΔE up to \(decimal(pixels.worst, 1)), "
          + "\(tolerance.pixels) allowed beyond ΔE \(decimal(tolerance.deltaE, 1)))")
    }
    (before, after, difference) = (old, fresh, pixels.picture)
  }

  func outcome(drawing scene: Scene?, renderer: Renderer?) throws -> Snapshot.Outcome {
    guard messages.isEmpty else {
      var report = SnapshotReport(
        title: snapshot.name, messages: messages, texts: texts, before: before, after: after,
        difference: difference)
      // A changed text deserves its pictures, even if they hardly differ.
      if report.after == nil, let scene, let renderer {
        report.after = try renderer.bitmap(scene, scale: snapshot.settings.scale)
        if let bytes = try? Data(contentsOf: snapshot.url("png")) {
          report.before = try? Bitmap(png: Array(bytes))
        }
      }
      let suite = snapshot.folder.lastPathComponent
      let path = try report.write(to: snapshot.settings.reports, name: "\(suite)-\(snapshot.name)")
      return .failed(messages, report: path)
    }
    if !missing.isEmpty { return .missing(missing) }
    return recorded.isEmpty ? .passed : .recorded(recorded)
  }
}
