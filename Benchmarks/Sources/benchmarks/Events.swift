import Backstep

/// Events a second: recorded in memory, written as JSON Lines, read back.
///
/// The mix is that of a training loop with scalars and small vectors; each event is built anew, as the core
/// builds it.
enum Events {
  static func run(count: Int = 1_000_000) {
    let shape = [2]
    let attributes = [NamedAttribute("other", .int(100))]
    var recorded: ContiguousArray<Event> = []
    let forget = { recorded = [] }
    let recording = best(of: 5, before: forget) {
      let r = Recorder(reservingEvents: count)
      var k = 0
      while r.events.count + 8 <= count {
        k += 1
        let line = Int32(truncatingIfNeeded: k % 40 + 1)
        r.span = SourceSpan(line: line, column: 0, endLine: line, endColumn: 12)
        r.record(.statement(Statement()))
        let (t, n) = (r.newTensorID(), r.newNodeID())
        let value = Float(k)
        r.record(
          .tensorCreated(
            TensorCreated(
              tensor: t, shape: shape, dtype: .float32, requiresGrad: true, isLeaf: false,
              storage: r.newStorageID(), storageCount: 2, counter: r.newCounterID(),
              content: .whole(.single([value, value])))))
        r.record(
          .nodeRecorded(
            NodeRecorded(
              node: n, operation: "mul", gradFn: "MulBackward0", next: [GraphEdge(node: n), nil],
              inputs: [t], outputs: [t], attributes: attributes, label: "× 100")))
        r.record(.nameBound(NameBound(name: "y", referent: .tensor(t))))
        r.record(.statement(Statement()))
        let capture = Capture(shape: shape, dtype: .float32, content: .whole(.single([value, 1])))
        r.record(.nodeVisited(NodeVisited(node: n, order: k, incoming: [capture], outgoing: [capture])))
        r.record(.buffersFreed(BuffersFreed(node: n)))
        r.record(
          .gradientWritten(
            GradientWritten(
              tensor: t, grad: t, before: nil, contribution: capture, after: capture, node: n)))
      }
      recorded = r.events
    }
    let whole = Recording(program: "benchmark.py", source: "", events: recorded)
    var bytes: [UInt8] = []
    let writing = best(of: 3) { bytes = whole.encoded() }
    let reading = best(of: 1) {
      do { sink(try Recording(decoding: bytes)) } catch { print(error) }
    }
    let n = Double(recorded.count)
    row(
      "events recorded in memory", "\(recorded.count)", recording, "\(rounded(recording / n * 1e9)) ns each")
    row(
      "events written as JSON Lines", "\(bytes.count / 1_000_000) MB", writing,
      "\(rounded(writing / n * 1e9)) ns each")
    row("events read", "", reading, "\(rounded(reading / n * 1e9)) ns each")
  }
}
