import Drawing
import FigureSnapshots
import Foundation
import Testing
import XCTest

/// A figure as another package would write one: its box follows its text.
private func card(_ text: String, _ measuring: any TextMeasuring) -> Scene {
  let theme = Theme.light
  let width = measuring.width(text, theme.code) + 24
  return Scene(
    size: Size(width + 40, 80), title: "a card around its text",
    items: [
      Item(
        "card", .tensor, title: text, frame: Rect(20, 20, width, 40),
        shapes: [
          .rect(Rect(20, 20, width, 40), radius: 8, fill: theme.forward.tint, stroke: theme.forward.stroke),
          .text(text, theme.code, theme.ink, at: Point(32, theme.code.baseline(centeredAt: 40))),
        ])
    ])
}

/// What the issues of one test said, gathered on the test's own thread.
private final class Messages: @unchecked Sendable {
  var all: [String] = []
}

/// One leaf and its name.
private let recording: Recording = {
  let recorder = Recorder()
  recorder.span = SourceSpan(line: 1, column: 0, endLine: 1, endColumn: 4)
  recorder.record(.statement(Statement()))
  let id = recorder.newTensorID()
  recorder.record(
    .tensorCreated(
      TensorCreated(
        tensor: id, shape: [2], dtype: .float32, requiresGrad: true, isLeaf: true,
        storage: recorder.newStorageID(), storageCount: 2, counter: recorder.newCounterID(),
        content: .whole(.single([1, 2])), origin: Origin(operation: "tensor"))))
  recorder.record(.nameBound(NameBound(name: "x", referent: .tensor(id))))
  return Recording(
    program: "x.py", source: "x = torch.tensor([1., 2.])\n", events: recorder.events)
}()

@Suite struct AssertionTests {
  @Test func `a figure is compared with the references beside this file`() {
    assertFigure { measuring in card("[100., 100.]", measuring) }
  }

  /// Without references, so that this suite does not change with the ledger's looks.
  @Test func `a figure of the catalogue is compared, and so are its words`() {
    let found = Messages()
    withKnownIssue {
      assertFigure("ledger", of: recording, named: "never", settings: SnapshotSettings(mode: .compareOnly))
    } matching: { issue in
      found.all += issue.comments.map(\.rawValue)
      return true
    }
    #expect(
      found.all.contains { $0.contains("never.txt") && $0.contains("never.svg") && $0.contains("never.png") })
    #expect(found.all.contains { $0.contains("never.words.txt") })
  }

  @Test func `an unknown kind is an issue`() {
    withKnownIssue {
      assertFigure("legder", of: recording)
    } matching: {
      $0.comments.contains { $0.rawValue.hasPrefix("the snapshot could not be compared") }
    }
  }

  @Test func `a finished scene and a text are compared too`() {
    assertSnapshot(of: card("None", FixedAdvanceMeasurer()), named: "finished", measuredWithFonts: false)
    assertSnapshot(ofText: "digraph {}\n", named: "text", fileExtension: "dot")
  }

  @Test func `a changed figure, a missing reference and a bad geometry are issues`() {
    var settings = SnapshotSettings(mode: .compareOnly)
    settings.reports = FileManager.default.temporaryDirectory.appending(path: "reports-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: settings.reports) }
    withKnownIssue {
      assertFigure(named: "a figure is compared with the references beside this file", settings: settings) {
        card("[200., 200.]", $0)
      }
    } matching: { issue in
      issue.comments.contains {
        $0.rawValue.contains("the scene is not that of")
          && $0.rawValue.contains("before, after and difference: ")
      }
    }
    withKnownIssue {
      assertFigure(named: "never recorded", settings: settings) { card("x", $0) }
    } matching: {
      $0.comments.contains { $0.rawValue.hasPrefix("there is no ") }
    }
    withKnownIssue {
      assertFigure(named: "a figure is compared with the references beside this file", settings: settings) {
        var scene = card("[100., 100.]", $0)
        scene.items.append(scene.items[0])
        return scene
      }
    } matching: {
      $0.comments.contains {
        $0.rawValue.contains("the id card occurs twice") || $0.rawValue.contains("is not that of")
      }
    }
    withKnownIssue {
      assertFigure(named: "throwing", settings: settings) { _ in throw CocoaError(.featureUnsupported) }
    } matching: {
      $0.comments.contains { $0.rawValue.hasPrefix("the snapshot could not be compared") }
    }
  }
}

/// The same in XCTest.
final class XCTestAssertionTests: XCTestCase {
  func testFigureIsCompared() {
    assertFigure(named: "from XCTest") { measuring in card("300.", measuring) }
  }
}
