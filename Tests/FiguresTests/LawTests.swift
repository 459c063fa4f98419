import Drawing
import Figures
import Recordings
import Testing

/// What every figure keeps to, of every recording, at every instant.
@Suite struct LawTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var kind: FigureKind
    var sample: Sample
    var testDescription: String { "\(kind.name) of \(sample.name)" }
  }
  static let cases = FigureKind.catalogue.flatMap { kind in
    Sample.all.map { Case(kind: kind, sample: $0) }
  }

  @Test(arguments: cases) func `nothing overlaps, is cut off or leaves its box`(_ example: Case) throws {
    var film = example.film
    for k in example.sample.instants {
      let problems = try film.scene(at: k).problems(measuring: FixedAdvanceMeasurer())
      #expect(problems.isEmpty, "after event \(k): \(problems.prefix(3))")
    }
  }

  @Test(arguments: cases) func `the same instant gives the same scene, alone or in a film`(
    _ example: Case
  ) throws {
    var film = example.film
    let last = example.sample.recording.events.count
    _ = try film.scene(at: 0)
    var again = FigureInput(
      recording: example.sample.recording, at: last, measuring: FixedAdvanceMeasurer())
    again.isFrame = true
    #expect(try film.scene(at: last).dump() == example.kind.draw(again).dump())
  }

  @Test(arguments: cases) func `frames share their size and their places`(_ example: Case) throws {
    var film = example.film
    var places: [String: Rect] = [:]
    var size: Size?
    for k in example.sample.instants {
      let scene = try film.scene(at: k)
      #expect(size == nil || size == scene.size)
      size = scene.size
      guard example.kind.name != "ledger", example.kind.name != "update" else { continue }
      scene.forEachItem { item, _ in
        guard let frame = item.frame,
          item.role == .tensor || item.role == .operation || item.role == .parameter
        else { return }
        #expect(places[item.id] == nil || places[item.id] == frame, "\(item.id) after event \(k)")
        places[item.id] = frame
      }
    }
  }

  @Test(arguments: cases) func `every part has words, an id and a role`(_ example: Case) throws {
    var film = example.film
    for k in example.sample.instants {
      let scene = try film.scene(at: k)
      #expect(!scene.title.isEmpty && !scene.description.isEmpty)
      scene.forEachItem { item, _ in
        #expect(!item.id.isEmpty && !item.title.isEmpty && !item.role.rawValue.isEmpty, "\(item.id)")
      }
    }
  }

  @Test(arguments: cases) func `a frame is listed whenever the picture changes`(_ example: Case) throws {
    var film = example.film
    let instants = Set(film.instants)
    var last = try film.scene(at: 0).body
    for k in 1...max(1, min(60, example.sample.recording.events.count)) {
      let now = try film.scene(at: k).body
      if now != last { #expect(instants.contains(k), "event \(k)") }
      last = now
    }
  }

  @Test(arguments: cases) func `the text form names the instant and has no trailing spaces`(
    _ example: Case
  ) throws {
    var film = example.film
    for k in example.sample.instants {
      let text = try film.text(at: k)
      #expect(text.hasSuffix("\n") && !text.contains(" \n"))
      #expect(k == 0 || text.contains("event \(k) of"))
    }
  }
}

extension LawTests.Case {
  var film: FigureFilm {
    FigureFilm(recording: sample.recording, kind: kind, measuring: FixedAdvanceMeasurer())
  }
}

extension Scene {
  /// The scene without the line that counts events.
  var body: String {
    var copy = self
    copy.metadata = []
    copy.items.removeAll { $0.id == "footer" }
    return copy.dump()
  }
}
