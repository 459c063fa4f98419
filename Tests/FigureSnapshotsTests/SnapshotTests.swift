import Drawing
import FigureSnapshots
import Foundation
import Rendering
import Testing

/// A folder for references and one for reports, gone with the test.
private final class Scratch {
  let folder: URL
  var settings: SnapshotSettings

  init(_ mode: SnapshotSettings.Mode = .compare) {
    folder = FileManager.default.temporaryDirectory.appending(path: "snapshots-\(UUID().uuidString)")
    settings = SnapshotSettings(mode: mode, reports: folder.appending(path: "reports"))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func snapshot(_ name: String = "figure") -> Snapshot {
    Snapshot(folder: folder.appending(path: "__Snapshots__/Tests"), name: name, settings: settings)
  }

  func files() -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: folder.appending(path: "__Snapshots__/Tests").path)
    return (names ?? []).sorted()
  }
}

private func scene(_ text: String = "x.grad", fill: Color = Color(0xE8F1FA), width: Double = 60) -> Scene {
  Scene(
    size: Size(120, 60), title: "a card",
    items: [
      Item(
        "tensor.t1", .tensor, title: "x",
        shapes: [
          .rect(Rect(10, 10, width, 40), radius: 6, fill: fill, stroke: Stroke(Color(0x0B63A5))),
          .text(text, .mono(12), .black, at: Point(16, 34)),
        ])
    ])
}

@Suite struct SnapshotTests {
  private let renderer: Renderer

  init() throws { renderer = try Renderer() }

  private func verify(_ snapshot: Snapshot, _ scene: Scene) throws -> Snapshot.Outcome {
    try snapshot.verify(dumped: scene, drawn: scene, renderer: renderer)
  }

  @Test func `missing references are recorded, then compared`() throws {
    let scratch = Scratch()
    guard case .recorded(let paths) = try verify(scratch.snapshot(), scene()) else {
      Issue.record("nothing was recorded")
      return
    }
    #expect(paths.map { ($0 as NSString).lastPathComponent } == ["figure.txt", "figure.svg", "figure.png"])
    #expect(scratch.files() == ["figure.png", "figure.svg", "figure.txt"])
    #expect(try verify(scratch.snapshot(), scene()) == .passed)
  }

  @Test func `a missing reference is not recorded where CI is set`() throws {
    let scratch = Scratch(.compareOnly)
    guard case .missing(let paths) = try verify(scratch.snapshot(), scene()) else {
      Issue.record("it is not missing")
      return
    }
    #expect(paths.count == 3)
    #expect(scratch.files() == [])
  }

  @Test func `a changed text fails with the lines and a report that shows all`() throws {
    let scratch = Scratch()
    _ = try verify(scratch.snapshot(), scene())
    guard case .failed(let messages, let report) = try verify(scratch.snapshot(), scene("y.grad")) else {
      Issue.record("it passed")
      return
    }
    #expect(
      messages.first == """
        the scene is not that of figure.txt (2 lines differ):
        -     text 16,34 start mono 12 #000000 "x.grad"
        +     text 16,34 start mono 12 #000000 "y.grad"
        """)
    #expect(messages.contains { $0.hasPrefix("the SVG is not that of figure.svg") })
    #expect(messages.contains { $0.contains("pixels are not those of figure.png") })
    let html = try String(contentsOfFile: report, encoding: .utf8)
    #expect(html.components(separatedBy: "data:image/png;base64,").count == 4, "before, after, difference")
    #expect(
      html.contains(
        "<span class=\"removed\">-     text 16,34 start mono 12 #000000 &quot;x.grad&quot;</span>"))
    #expect(!html.contains("src=\"http") && !html.contains("<script"), "self-contained")
    #expect(scratch.files().count == 3, "references stay as they were")
    guard case .failed = try verify(scratch.snapshot(), scene("y.grad")) else {
      Issue.record("a failure was recorded as the truth")
      return
    }
  }

  @Test func `recording replaces what differs and nothing else`() throws {
    let scratch = Scratch()
    _ = try verify(scratch.snapshot(), scene())
    scratch.settings.mode = .record
    #expect(try verify(scratch.snapshot(), scene()) == .passed, "nothing to write")
    guard case .recorded(let paths) = try verify(scratch.snapshot(), scene("y.grad")) else {
      Issue.record("nothing was recorded")
      return
    }
    #expect(paths.count == 3)
    scratch.settings.mode = .compareOnly
    #expect(try verify(scratch.snapshot(), scene("y.grad")) == .passed)
  }

  @Test func `without fonts only the text is compared`() throws {
    let scratch = Scratch()
    _ = try verify(scratch.snapshot(), scene())
    let snapshot = scratch.snapshot()
    #expect(try snapshot.verify(dumped: scene(), drawn: nil, renderer: nil) == .passed)
    guard
      case .failed(let messages, let report) = try snapshot.verify(
        dumped: scene("z"), drawn: nil, renderer: nil)
    else {
      Issue.record("it passed")
      return
    }
    #expect(messages.count == 1)
    #expect(try !String(contentsOfFile: report, encoding: .utf8).contains("data:image"))
  }

  @Test func `a broken reference image is told as such`() throws {
    let scratch = Scratch()
    _ = try verify(scratch.snapshot(), scene())
    try AtomicFile.write(
      "not a PNG", to: scratch.folder.appending(path: "__Snapshots__/Tests/figure.png").path)
    guard case .failed(let messages, _) = try verify(scratch.snapshot(), scene()) else {
      Issue.record("it passed")
      return
    }
    #expect(messages == ["figure.png is not a PNG image"])
  }

  @Test func `a picture of another size says both sizes`() throws {
    let scratch = Scratch()
    _ = try verify(scratch.snapshot(), scene())
    var larger = scene()
    larger.size.width = 130
    guard case .failed(let messages, _) = try verify(scratch.snapshot(), larger) else {
      Issue.record("it passed")
      return
    }
    #expect(messages.contains("the image measures 130×60, that of figure.png 120×60"))
  }

  @Test func `texts have references of their own kind`() throws {
    let scratch = Scratch()
    guard case .recorded = try scratch.snapshot().verify(text: "digraph {}\n", fileExtension: "dot") else {
      Issue.record("nothing was recorded")
      return
    }
    #expect(scratch.files() == ["figure.dot"])
    #expect(try scratch.snapshot().verify(text: "digraph {}\n", fileExtension: "dot") == .passed)
    guard case .failed = try scratch.snapshot().verify(text: "digraph { }\n", fileExtension: "dot") else {
      Issue.record("it passed")
      return
    }
  }

  @Test(arguments: [
    ("`the graph after backward`()", "the-graph-after-backward"), ("testGraph()", "testGraph"),
    ("", "snapshot"),
    ("../../etc/passwd", "etc-passwd"), ("a/b:c\0d", "a-b-c-d"), ("…", "snapshot"),
    ("x².grad é", "x².grad-é"),
  ])
  func `names become file names`(words: String, file: String) {
    #expect(Snapshot.fileName(words) == file)
  }
}

@Suite struct EnvironmentTests {
  @Test func `recording is asked for, and CI forbids it`() {
    #expect(SnapshotSettings.environment([:]).mode == .compare)
    #expect(SnapshotSettings.environment(["BACKSTEP_RECORD": "1"]).mode == .record)
    #expect(SnapshotSettings.environment(["BACKSTEP_RECORD": "0"]).mode == .compare)
    #expect(SnapshotSettings.environment(["BACKSTEP_RECORD": "1", "CI": "true"]).mode == .compareOnly)
    #expect(SnapshotSettings.environment(["CI": "1"]).mode == .compareOnly)
    #expect(SnapshotSettings.environment(["CI": "false"]).mode == .compare)
    #expect(SnapshotSettings.environment(["BACKSTEP_REPORTS": "/somewhere"]).reports.path == "/somewhere")
  }
}

@Suite struct PixelDifferenceTests {
  private let renderer: Renderer

  init() throws { renderer = try Renderer() }

  private func difference(
    _ a: Scene, _ b: Scene, _ tolerance: PixelTolerance = .standard
  ) throws -> PixelDifference {
    try PixelDifference(renderer.bitmap(a), renderer.bitmap(b), tolerance: tolerance)
  }

  @Test func `the same picture does not differ`() throws {
    let found = try difference(scene(), scene(), .exact)
    #expect(found.count == 0 && found.isWithin(.exact))
  }

  @Test func `a shade no eye sees passes, one it sees does not`() throws {
    let hardly = try difference(scene(), scene(fill: Color(0xE7F1FA)))
    #expect(hardly.isWithin(.standard))
    #expect(try !difference(scene(), scene(fill: Color(0xE7F1FA)), .exact).isWithin(.exact))
    let clearly = try difference(scene(), scene(fill: Color(0xFDEEE4)))
    #expect(!clearly.isWithin(.standard) && clearly.count > 1_000 && clearly.worst > 4)
  }

  @Test func `an edge smoothed otherwise passes, one moved by two points does not`() throws {
    #expect(try difference(scene(), scene(width: 60.1)).isWithin(.standard))
    #expect(try !difference(scene(), scene(width: 62.5)).isWithin(.standard))
  }

  @Test func `a changed letter is seen`() throws {
    #expect(try !difference(scene("x.grad"), scene("y.grad")).isWithin(.standard))
  }

  @Test func `the difference is painted red over a pale picture`() throws {
    let found = try difference(scene(), scene(fill: Color(0xFDEEE4)))
    let picture = try #require(found.picture)
    let red = stride(from: 0, to: picture.pixels.count, by: 4).count {
      Array(picture.pixels[$0..<($0 + 3)]) == [214, 20, 20]
    }
    #expect(red == found.count)
  }

  @Test func `pictures of two sizes differ everywhere`() {
    let a = Bitmap(width: 2, height: 2, pixels: Array(repeating: 255, count: 16))
    let b = Bitmap(width: 3, height: 2, pixels: Array(repeating: 255, count: 24))
    #expect(PixelDifference(a, b, tolerance: .standard).count == 6)
  }
}
