import OrderedCollections
import Recordings
import TestFixtures
import Testing

@Suite struct MomentTests {
  let recording = FoundingProgram.recording
  let x = TensorID(1)

  func moment(_ instant: String) throws -> Moment {
    var timeline = Timeline(recording)
    return timeline.moment(after: try Instant(instant).resolve(in: recording))
  }

  @Test func `the grad slot is None until AccumulateGrad writes it`() throws {
    #expect(try moment("line 4").gradient(of: x) == nil)
    #expect(try moment("backward 1").gradient(of: x)?.inline() == "[100., 100.]")
  }

  @Test func `a step changes the data and the version, not the gradient`() throws {
    let before = try moment("line 6")
    let after = try moment("step 1")
    #expect(before.value(of: x)?.inline() == "[1., 2.]")
    #expect(after.value(of: x)?.inline() == "[0.9000, 1.9000]")
    #expect(before.version(of: x) == 0)
    #expect(after.version(of: x) == 1)
    #expect(after.gradient(of: x) == before.gradient(of: x))
  }

  @Test func `the moment knows names, graph, optimizer and output`() throws {
    let end = try moment("end")
    #expect(end.names(of: x).map(\.name) == ["x"])
    #expect(end.nodes.values.map(\.recorded.gradFn) == ["AccumulateGrad", "MulBackward0", "SumBackward0"])
    #expect(end.nodes[NodeID(2)]?.isFreed == true)
    #expect(end.optimizers[OptimizerID(1)]?.parameters == [x])
    #expect(end.output == "tensor([0.9000, 1.9000], requires_grad=True)\n")
    #expect(end.backward?.visited.count == 3)
  }

  @Test func `views of one storage show one another's writes`() {
    let r = Recorder()
    let (base, view) = (r.newTensorID(), r.newTensorID())
    let (storage, counter) = (r.newStorageID(), r.newCounterID())
    r.record(
      .tensorCreated(
        TensorCreated(
          tensor: base, shape: [2, 3], dtype: .int64, storage: storage, storageCount: 6, counter: counter,
          content: .whole(.integer([0, 1, 2, 3, 4, 5])))))
    r.record(
      .tensorCreated(
        TensorCreated(
          tensor: view, shape: [2], strides: [3], offset: 1, dtype: .int64, storage: storage,
          storageCount: 6, counter: counter, content: nil)))
    r.record(
      .dataWritten(
        DataWritten(
          tensor: view, by: "fill_", versionBefore: 0, versionAfter: 1, before: nil,
          after: Capture(shape: [2], dtype: .int64, content: .whole(.integer([9, 8]))))))
    var moment = Moment()
    for event in r.events { moment.apply(event) }
    #expect(moment.value(of: base)?.inline() == "[[0, 9, 2], [3, 8, 5]]")
    #expect(moment.value(of: view)?.inline() == "[9, 8]")
    #expect(moment.version(of: base) == 1)
  }

  @Test(arguments: [1, 2, 7, 256])
  func `seeking gives the same moment as replaying`(interval: Int) {
    var timeline = Timeline(recording, interval: interval)
    // Backwards, forwards and again, so that checkpoints are both made and used.
    for k in Array((0...recording.events.count).reversed()) + Array(0...recording.events.count) {
      var replayed = Moment()
      for event in recording.events.prefix(k) { replayed.apply(event) }
      let sought = timeline.moment(after: k)
      #expect(sought.eventCount == k)
      #expect(sought.tensors == replayed.tensors)
      #expect(sought.storages == replayed.storages)
      #expect(sought.nodes == replayed.nodes)
      #expect(sought.names == replayed.names)
      #expect(sought.optimizers == replayed.optimizers)
      #expect(sought.statement == replayed.statement)
    }
  }

  @Test func `the story is readable`() {
    let lines = Story.lines(of: recording).map(\.text)
    #expect(lines.contains("x.grad: None → [100., 100.], written by AccumulateGrad for x"))
    #expect(lines.contains("line 3: y = 100*x"))
    #expect(
      lines.contains(
        "x: [1., 2.] → [0.9000, 1.9000], updated by SGD reading x.grad = [100., 100.] (x ← x − lr · grad; "
          + "lr · grad = [0.1000, 0.1000])"))
    #expect(lines.contains("y.grad_fn = MulBackward0 (n2), next: AccumulateGrad for x, None; saved other"))
  }

  @Test func `a tensor goes by the name it will get, has, or had`() throws {
    let names = Names(recording)
    let y = TensorID(2)
    let created = try #require(
      recording.events.firstIndex { if case .tensorCreated(let e) = $0.body { e.tensor == y } else { false } }
    )
    #expect(names.name(of: y, at: created + 1) == "y")
    #expect(!names.isNamed(y, at: created + 1))
    #expect(names.name(of: TensorID(4), at: recording.events.count) == "x.grad")
    #expect(names.name(of: TensorID(99), at: 0) == "t99")
  }

  @Test func `a tensor that lost its name keeps it as its former one`() {
    let r = Recorder()
    let (old, new) = (TensorID(1), TensorID(2))
    r.record(.nameBound(NameBound(name: "w", referent: .tensor(old))))
    r.record(.nameBound(NameBound(name: "w", referent: .tensor(new))))
    let names = Names(Recording(program: "p", source: "", events: r.events))
    #expect(names.formerName(of: old, at: 1) == nil)
    #expect(names.formerName(of: old, at: 2) == "w")
    #expect(names.name(of: new, at: 2) == "w")
  }
}
