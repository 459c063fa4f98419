import Drawing
import Figures
import Foundation
import Recordings
import Rendering
import Testing
import TorchModule

/// The pictures that the README shows are the ones that are drawn now.
///
/// `make gallery` draws them anew. Bytes depend on the versions of Cairo and the fonts: a small probe beside the
/// pictures tells whether this machine draws like the one that made them; where it does not, only the drawing
/// itself is tested.
@Suite struct GalleryTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let folder = root.appendingPathComponent("output/gallery")
  static let program = "lessons/programs/backward_and_step.py"

  /// Each picture: its file, its kind, its instant.
  static let pictures = [
    ("graph", "graph", "backward 1"), ("connection", "connection", "end"), ("update", "update", "step 1"),
    ("ledger", "ledger", "end"),
  ]

  static let isRecording =
    ProcessInfo.processInfo.environment["BACKSTEP_RECORD"] == "1"
    && ProcessInfo.processInfo.environment["CI"] == nil

  private func check(_ bytes: [UInt8], _ name: String, comparing: Bool = true) throws {
    let file = Self.folder.appendingPathComponent(name)
    if Self.isRecording { return try Data(bytes).write(to: file) }
    let known = try #require(try? Data(contentsOf: file), "\(name) is missing: make gallery draws it")
    if comparing { #expect(Data(bytes) == known, "\(name) is out of date: make gallery draws it anew") }
  }

  @Test func `the README's pictures are up to date`() throws {
    let renderer = try Renderer()
    let source = try String(contentsOf: Self.root.appendingPathComponent(Self.program), encoding: .utf8)
    let recording = ProgramRunner.record(source: source, path: Self.program).recording
    let probe = try OutputFormat.svg.paint(renderer, RenderJob(Self.probe))
    if Self.isRecording { try check(probe, "probe.svg") }
    let drawsAlike = (try? Data(contentsOf: Self.folder.appendingPathComponent("probe.svg"))) == Data(probe)
    for (name, kind, at) in Self.pictures {
      let k = try Instant(at).resolve(in: recording)
      let scene = try FigureKind.named(kind).draw(
        FigureInput(recording: recording, at: k, measuring: renderer))
      #expect(scene.problems(measuring: renderer).isEmpty)
      try check(try OutputFormat.svg.paint(renderer, RenderJob(scene)), "\(name).svg", comparing: drawsAlike)
    }
  }

  @Test func `the README shows each of them`() throws {
    let readme = try String(contentsOf: Self.root.appendingPathComponent("README.md"), encoding: .utf8)
    for (name, _, _) in Self.pictures { #expect(readme.contains("output/gallery/\(name).svg")) }
  }

  /// A word in each face and a line: what differs between versions shows here.
  private static let probe = Scene(
    size: Size(120, 30), title: "probe",
    items: [
      Item(
        "probe", .note, title: "probe",
        shapes: [
          .text("Sphinx", TextStyle(.sans, 12), .black, at: Point(4, 14)),
          .text("quartz", TextStyle(.mono, 12), .black, at: Point(60, 14)),
        ])
    ])
}
