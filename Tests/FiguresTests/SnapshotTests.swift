import Drawing
import FigureSnapshots
import Figures
import Recordings
import TestFixtures
import Testing

/// The figures of the founding program and of one hard case each, as text under review.
@Suite struct FigureDumpTests {
  private func scene(_ kind: FigureKind, _ sample: Recording, _ k: Int) throws -> String {
    try kind.draw(FigureInput(recording: sample, at: k, measuring: FixedAdvanceMeasurer())).dump()
  }
  private func text(_ kind: FigureKind, _ sample: Recording, _ k: Int) throws -> String {
    try kind.text(FigureInput(recording: sample, at: k, measuring: FixedAdvanceMeasurer()))
  }

  @Test(arguments: ["connection", "graph", "ledger", "update"])
  func `the founding program, from before anything to the end`(_ name: String) throws {
    let kind = try FigureKind.named(name)
    let recording = FoundingProgram.recording
    for (place, k) in [("start", 0), ("forward", 14), ("backward", 23), ("end", recording.events.count)] {
      assertSnapshot(ofText: try scene(kind, recording, k), named: "\(name)-\(place)")
    }
  }

  @Test(arguments: ["connection", "graph", "ledger", "update"])
  func `every kind as text`(_ name: String) throws {
    let kind = try FigureKind.named(name)
    var all = ""
    for sample in [Sample.all[0], .training, .stale, .partlyHeld, .twice] {
      all += "── \(sample.name)\n" + (try text(kind, sample.recording, sample.recording.events.count)) + "\n"
    }
    assertSnapshot(ofText: all, named: "\(name)-text")
  }

  @Test func `the graph as DOT`() throws {
    let input = FigureInput(
      recording: FoundingProgram.recording, at: 23, measuring: FixedAdvanceMeasurer())
    assertSnapshot(ofText: try FigureKind.graph.dotText(input), named: "graph", fileExtension: "dot")
  }
}
