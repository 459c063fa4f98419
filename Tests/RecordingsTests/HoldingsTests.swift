import Testing

@testable import Recordings

struct HoldingsTests {
  private func tensor(_ id: Int32) -> Event.Body {
    .tensorCreated(
      TensorCreated(
        tensor: TensorID(id), shape: [1], strides: [], offset: 0, dtype: .float32, device: "cpu",
        requiresGrad: true, isLeaf: true, isParameter: true, storage: StorageID(id), storageCount: 1,
        counter: CounterID(id), version: 0, content: nil, origin: nil))
  }

  /// A parameter that was replaced after the optimizer was made.
  @Test func `strays and parameters without an optimizer are found`() {
    let recorder = Recorder()
    for k in Int32(1)...2 { recorder.record(tensor(k)) }
    recorder.record(.nameBound(NameBound(name: "net.weight", referent: .tensor(TensorID(1)))))
    recorder.record(
      .optimizerCreated(
        OptimizerCreated(
          optimizer: OptimizerID(1), type: "SGD",
          groups: [ParameterGroup(parameters: [TensorID(1)], hyperparameters: [])])))
    let early = Recording(program: "p.py", source: "", policy: CapturePolicy(), events: recorder.events)
    var moment = Moment()
    for e in early.events { moment.apply(e) }
    #expect(moment.strayParameters(of: OptimizerID(1)) == [])
    #expect(moment.unheldParameters == [])
    recorder.record(.nameBound(NameBound(name: "net.weight", referent: .tensor(TensorID(2)))))
    if let last = recorder.events.last { moment.apply(last) }
    #expect(moment.strayParameters(of: OptimizerID(1)) == [TensorID(1)])
    #expect(moment.unheldParameters == [TensorID(2)])
  }
}
