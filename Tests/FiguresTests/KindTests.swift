import Drawing
import Figures
import GraphLayout
import Recordings
import TestFixtures
import Testing

/// The catalogue, the options, the refusals, and what a picture must say.
@Suite struct KindTests {
  private func input(
    _ recording: Recording, _ k: Int? = nil, _ options: FigureOptions = FigureOptions()
  )
    -> FigureInput
  {
    FigureInput(
      recording: recording, at: k ?? recording.events.count, measuring: FixedAdvanceMeasurer(),
      options: options)
  }

  @Test func `every kind is found by its name`() throws {
    for kind in FigureKind.catalogue {
      #expect(try FigureKind.named(kind.name).title == kind.title)
      #expect(!kind.summary.isEmpty)
    }
    #expect(Set(FigureKind.catalogue.map(\.name)).count == FigureKind.catalogue.count)
  }

  @Test func `an unknown kind is refused with what was meant`() {
    #expect(throws: FigureError.unknownKind(name: "grap")) { try FigureKind.named("grap") }
    #expect(
      FigureError.unknownKind(name: "grap").description
        == "unknown figure kind \"grap\", did you mean \"graph\"? The kinds are connection, graph, ledger, update"
    )
  }

  @Test func `an unknown tensor is refused with what was meant`() {
    let options = FigureOptions(tensor: "los")
    for kind in FigureKind.catalogue {
      #expect(throws: FigureError.unknownTensor(name: "los", known: ["x", "y", "loss"])) {
        try kind.draw(input(FoundingProgram.recording, nil, options))
      }
    }
    #expect(
      FigureError.unknownTensor(name: "los", known: ["x", "loss"]).description
        == "no tensor is called \"los\", did you mean \"loss\"? Tensors with a name: x, loss")
  }

  @Test func `only graphs have a DOT form`() throws {
    let input = input(FoundingProgram.recording)
    #expect(try FigureKind.graph.dotText(input).hasPrefix("digraph"))
    #expect(throws: FigureError.noForm(kind: "ledger", format: "dot")) {
      try FigureKind.ledger.dotText(input)
    }
  }

  @Test func `a graph beyond the limit is refused with advice`() {
    let options = FigureOptions(boxLimit: 4)
    #expect(throws: FigureError.tooManyBoxes(count: 5, limit: 4)) {
      try FigureKind.graph.draw(input(FoundingProgram.recording, nil, options))
    }
    #expect(FigureError.tooManyBoxes(count: 5, limit: 4).description.contains("ancestors of one tensor"))
  }

  @Test func `a graph of one tensor holds its ancestors only`() throws {
    let scene = try FigureKind.graph.draw(
      input(FoundingProgram.recording, nil, FigureOptions(tensor: "y")))
    #expect(scene.item("node.n2") != nil && scene.item("tensor.t1") != nil)
    #expect(scene.item("node.n3") == nil)
  }

  @Test func `the grad_fn view shows nodes and no values between`() throws {
    let scene = try FigureKind.graph.draw(
      input(FoundingProgram.recording, nil, FigureOptions(showsGradFunctions: true)))
    #expect(scene.item("node.n1")?.title == "AccumulateGrad (n1)")
    #expect(scene.item("value.n2.out0") == nil)
    #expect(scene.item("value.n3.out0") != nil)
  }

  static let options: [FigureOptions] = FigureOptions.Direction.allCases.flatMap { direction in
    [
      FigureOptions.Detail.standard, [], [.shapes, .values, .gradients, .saved, .versions, .gradFunctions],
      [.values],
    ]
    .flatMap { detail in
      [false, true].map {
        FigureOptions(direction: direction, detail: detail, showsGradFunctions: $0)
      }
    }
  }

  @Test(arguments: options) func `graphs have no problems with any option`(_ options: FigureOptions) throws {
    for sample in [Sample.all[0], .training, .stale, .longNames, .shapes] {
      for k in [0, sample.recording.events.count / 2, sample.recording.events.count] {
        let scene = try FigureKind.graph.draw(input(sample.recording, k, options))
        let problems = scene.problems(measuring: FixedAdvanceMeasurer())
        #expect(problems.isEmpty, "\(sample.name) after \(k): \(problems.prefix(3))")
      }
    }
  }

  @Test(arguments: Sample.all.map(\.name)) func `a slot is dashed where grad is None, and only there`(
    _ name: String
  )
    throws
  {
    guard let sample = Sample.all.first(where: { $0.name == name }) else { return }
    for kind in [FigureKind.connection, .graph] {
      var film = FigureFilm(recording: sample.recording, kind: kind, measuring: FixedAdvanceMeasurer())
      for k in sample.instants {
        let moment = film.input(at: k).moment
        let scene = try film.scene(at: k)
        scene.forEachItem { item, _ in
          guard item.id.hasPrefix("tensor.t"), item.id.hasSuffix(".grad"),
            let number = Int32(item.id.dropFirst(8).dropLast(5))
          else { return }
          let isDashed = item.shapes.contains {
            if case .rectangle(let slot) = $0 { slot.stroke?.dash.isEmpty == false } else { false }
          }
          #expect(isDashed == (moment.gradient(of: TensorID(number)) == nil), "\(item.id) after \(k)")
        }
      }
    }
  }

  @Test func `the three arrows appear as they happen`() throws {
    func pale(_ k: Int) throws -> [String: Bool] {
      let scene = try FigureKind.connection.draw(input(FoundingProgram.recording, k))
      return ["write.t1": true, "read.t1": true, "update.t1": true].reduce(into: [:]) { found, pair in
        found[pair.key] = scene.item(pair.key)?.classes.contains("pale")
      }
    }
    let written = try #require(
      FoundingProgram.recording.events.firstIndex {
        if case .gradientWritten = $0.body { true } else { false }
      })
    let updated = try #require(
      FoundingProgram.recording.events.firstIndex {
        if case .parameterUpdated = $0.body { true } else { false }
      })
    #expect(try pale(written) == ["write.t1": true, "read.t1": true, "update.t1": true])
    #expect(try pale(written + 1) == ["write.t1": false, "read.t1": true, "update.t1": true])
    #expect(try pale(updated + 1) == ["write.t1": false, "read.t1": false, "update.t1": false])
  }

  @Test func `the arrows end on the slots`() throws {
    let scene = try FigureKind.connection.draw(input(FoundingProgram.recording))
    func path(_ id: String) -> Path? {
      for case .arrow(let arrow) in scene.item(id)?.shapes ?? [] { return arrow.path }
      return nil
    }
    let slot = try #require(scene.item("tensor.t1.grad")?.frame)
    let data = try #require(scene.item("tensor.t1.data")?.frame)
    #expect(path("write.t1")?.end == Point(slot.minX, slot.midY))
    #expect(path("read.t1")?.start == Point(slot.maxX, slot.midY))
    #expect(path("update.t1")?.end == Point(data.maxX, data.midY))
  }

  @Test func `a stale reference and a forgotten parameter are faults`() throws {
    let stale = try FigureKind.connection.draw(input(Sample.stale.recording))
    #expect(stale.title == "The optimizer holds a tensor that is no longer x")
    #expect(stale.item("tensor.t1")?.title.contains("stale") == true)
    #expect(stale.item("note.t1")?.role == .fault)
    #expect(stale.item("unheld.t2")?.role == .fault)
    let forgotten = try FigureKind.connection.draw(input(Sample.partlyHeld.recording))
    #expect(forgotten.item("unheld.t2")?.title == "no optimizer holds b: step() will not change it")
    #expect(forgotten.item("read.t3")?.classes == ["refused"])
  }

  @Test func `of ten parameters seven are shown and three are counted`() throws {
    let scene = try FigureKind.connection.draw(input(Sample.tenParameters.recording))
    #expect(scene.item("room.parameters.more")?.title == "… and 3 more parameters")
    #expect(scene.item("tensor.t7") != nil && scene.item("tensor.t8") == nil)
  }

  @Test func `after step the graph marks data it has not seen`() throws {
    let before = try FigureKind.graph.draw(input(FoundingProgram.recording, 24))
    #expect(before.item("tensor.t1.data")?.classes == [])
    let after = try FigureKind.graph.draw(input(FoundingProgram.recording))
    #expect(after.item("tensor.t1.data")?.classes == ["changed"])
    #expect(after.title == "x changed; the graph still belongs to the old value")
  }

  @Test func `an update says what was subtracted`() throws {
    let text = try FigureKind.update.text(input(FoundingProgram.recording))
    #expect(text.contains("lr · grad  the step              [0.1000, 0.1000]"))
    let none = try FigureKind.update.draw(input(FoundingProgram.recording, 3))
    #expect(none.title == "No optimizer step has happened yet")
  }

  @Test func `the ledger spells the step with its numbers`() throws {
    let text = try FigureKind.ledger.text(input(FoundingProgram.recording))
    #expect(text.contains("[1., 2.] − 0.001 × [100., 100.]"))
  }
}
