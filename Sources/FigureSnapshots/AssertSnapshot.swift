public import Drawing
public import Figures
internal import Foundation
public import Recordings
internal import Rendering
internal import Testing
internal import XCTest

/// Compares a figure with its references beside the test file, in Swift Testing and in XCTest.
///
/// The figure is built twice: measured without fonts for the text, so that it can be compared on any
/// machine, and measured with the real fonts for SVG and pixels. Where Inter or JetBrains Mono is missing the
/// latter two are skipped, with a note. Texts that overlap or leave their boxes fail as well.
///
///     @Test func `the graph after backward`() throws {
///       assertFigure { measuring in
///         try FigureKind.named("graph").draw(FigureInput(recording: recording, at: 14, measuring: measuring))
///       }
///     }
///
/// References are `__Snapshots__/<TestFile>/<name>.txt`, `.svg` and `.png`. A missing one is recorded and the
/// test fails once, saying so; `BACKSTEP_RECORD=1` records all anew; with `CI` set nothing is recorded.
///
/// - Parameter name: The references' name; the test's own when `nil`.
public func assertFigure(
  named name: String? = nil, settings: SnapshotSettings = .environment(), checksGeometry: Bool = true,
  fileID: String = #fileID, filePath: StaticString = #filePath, line: Int = #line, column: Int = #column,
  function: String = #function, _ figure: (any TextMeasuring & Sendable) throws -> Scene
) {
  let place = Place(fileID: fileID, filePath: filePath, line: line, column: column)
  place.run {
    let snapshot = Snapshot(
      folder: Snapshot.folder(ofTestFile: "\(filePath)"), name: name ?? function, settings: settings)
    let fixed = FixedAdvanceMeasurer()
    let dumped = try figure(fixed)
    if checksGeometry { place.report(dumped.problems(measuring: fixed), in: snapshot.name) }
    guard let renderer = SharedRenderer.exact else {
      place.note(SharedRenderer.whyNot)
      return try snapshot.verify(dumped: dumped, drawn: nil, renderer: nil)
    }
    let drawn = try figure(renderer)
    if checksGeometry { place.report(drawn.problems(measuring: renderer), in: snapshot.name) }
    return try snapshot.verify(dumped: dumped, drawn: drawn, renderer: renderer)
  }
}

/// Compares a figure of the catalogue, after the first `k` events of a recording: its scene as `assertFigure`
/// does, and its text form as `<name>.words.txt`.
///
///     assertFigure("connection", of: recording, after: 14)
///
/// - Parameter k: The number of events; the whole recording when `nil`.
public func assertFigure(
  _ kind: String, of recording: Recording, after k: Int? = nil, theme: Theme = .light,
  options: FigureOptions = FigureOptions(), named name: String? = nil,
  settings: SnapshotSettings = .environment(), fileID: String = #fileID,
  filePath: StaticString = #filePath, line: Int = #line, column: Int = #column,
  function: String = #function
) {
  func input(_ measuring: any TextMeasuring & Sendable) -> FigureInput {
    FigureInput(
      recording: recording, at: k ?? recording.events.count, measuring: measuring, theme: theme,
      options: options)
  }
  let name = name ?? function
  assertFigure(
    named: name, settings: settings, fileID: fileID, filePath: filePath, line: line, column: column
  ) { measuring in
    try FigureKind.named(kind).draw(input(measuring))
  }
  Place(fileID: fileID, filePath: filePath, line: line, column: column).run {
    let snapshot = Snapshot(
      folder: Snapshot.folder(ofTestFile: "\(filePath)"), name: name, settings: settings)
    let words = try FigureKind.named(kind).text(input(FixedAdvanceMeasurer()))
    return try snapshot.verify(text: words, fileExtension: "words.txt")
  }
}

/// Compares a finished scene. Its text is compared only where the fonts are those it was measured with;
/// prefer `assertFigure`, whose text is the same everywhere.
///
/// - Parameter measuredWithFonts: `false` for a scene whose places do not come from fonts.
public func assertSnapshot(
  of scene: Scene, named name: String? = nil, measuredWithFonts: Bool = true,
  settings: SnapshotSettings = .environment(), fileID: String = #fileID, filePath: StaticString = #filePath,
  line: Int = #line, column: Int = #column, function: String = #function
) {
  let place = Place(fileID: fileID, filePath: filePath, line: line, column: column)
  place.run {
    let snapshot = Snapshot(
      folder: Snapshot.folder(ofTestFile: "\(filePath)"), name: name ?? function, settings: settings)
    guard let renderer = SharedRenderer.exact else {
      place.note(SharedRenderer.whyNot)
      return try snapshot.verify(dumped: measuredWithFonts ? nil : scene, drawn: nil, renderer: nil)
    }
    return try snapshot.verify(dumped: scene, drawn: scene, renderer: renderer)
  }
}

/// Compares a text (a figure as text, DOT, a story) with `<name>.<fileExtension>`.
public func assertSnapshot(
  ofText text: String, named name: String? = nil, fileExtension: String = "txt",
  settings: SnapshotSettings = .environment(), fileID: String = #fileID, filePath: StaticString = #filePath,
  line: Int = #line, column: Int = #column, function: String = #function
) {
  let place = Place(fileID: fileID, filePath: filePath, line: line, column: column)
  place.run {
    let folder = Snapshot.folder(ofTestFile: "\(filePath)")
    return try Snapshot(folder: folder, name: name ?? function, settings: settings)
      .verify(text: text, fileExtension: fileExtension)
  }
}

/// One renderer for all tests of a process: fonts are found once.
private enum SharedRenderer {
  private static let result = Result { try Renderer() }

  /// The renderer, if it has the fonts references are made with.
  static var exact: Renderer? {
    guard let renderer = try? result.get(), renderer.fonts.isExact else { return nil }
    return renderer
  }

  static var whyNot: String {
    switch result {
    case .success(let renderer): return "SVG and pixels are not compared: \(renderer.fonts.note ?? "")"
    case .failure(let error): return "SVG and pixels are not compared: \(error)"
    }
  }
}

/// The line of a test, and how to tell its framework.
private struct Place {
  var fileID: String
  var filePath: StaticString
  var line: Int
  var column: Int

  func run(_ body: () throws -> Snapshot.Outcome) {
    do {
      if let message = message(for: try body()) { fail(message) }
    } catch {
      fail("the snapshot could not be compared: \(error)")
    }
  }

  private func message(for outcome: Snapshot.Outcome) -> String? {
    switch outcome {
    case .passed: return nil
    case .recorded(let paths):
      return "recorded \(paths.joined(separator: ", ")); look at it, then run the test again"
    case .missing(let paths):
      return
        "there is no \(paths.joined(separator: ", ")), and nothing is recorded where CI is set; run the test "
        + "elsewhere and commit the files"
    case .failed(let messages, let report):
      return messages.joined(separator: "\n") + "\nbefore, after and difference: \(report)"
    }
  }

  func report(_ problems: [SceneProblem], in name: String) {
    guard !problems.isEmpty else { return }
    fail("\(name): " + problems.map(\.description).joined(separator: "; "))
  }

  func note(_ text: String) {
    FileHandle.standardError.write(Data("\(fileID):\(line): \(text)\n".utf8))
  }

  private func fail(_ message: String) {
    if Test.current != nil {
      Issue.record(
        Comment(rawValue: message),
        sourceLocation: SourceLocation(fileID: fileID, filePath: "\(filePath)", line: line, column: column))
    } else {
      XCTFail(message, file: filePath, line: UInt(max(line, 0)))
    }
  }
}
