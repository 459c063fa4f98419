import OrderedCollections
import Recordings
import TestFixtures
import Testing

@Suite struct CodecTests {
  let recording = FoundingProgram.recording

  /// One event of each kind, with every optional field filled and awkward values.
  static let everyKind: [Event.Body] = {
    let awkward = Capture(
      shape: [5], dtype: .float32, content: .whole(.single([.nan, .infinity, -.infinity, -0.0, 0.1])))
    let doubles = Capture(
      shape: [2], dtype: .float64, content: .whole(.double([1e300, .leastNonzeroMagnitude])))
    let big = Capture(
      shape: [100, 100], dtype: .float32,
      content: .summary(Summary(of: .single((0..<10_000).map { Float($0) / 3 }))))
    let (t1, t2, n1, o1) = (TensorID(1), TensorID(2), NodeID(1), OptimizerID(1))
    return [
      .statement(Statement(depth: 3, function: "forward")),
      .nameBound(NameBound(scope: "f", name: "a\"\\\n\u{1}é😀", referent: .value("{'k': 1}"))),
      .nameBound(NameBound(name: "net", referent: .module(type: "Net"))),
      .nameUnbound(NameUnbound(scope: "f", name: nil)),
      .tensorCreated(
        TensorCreated(
          tensor: t1, shape: [2, 2], strides: [1, 2], offset: 1, dtype: .bool, device: "cuda:0",
          requiresGrad: true, isLeaf: false, isParameter: true, storage: StorageID(3), storageCount: 5,
          counter: CounterID(4), version: 2, content: .whole(.bool([true, false, true, true, false])),
          origin: Origin(operation: "gt", inputs: [t2]))),
      .tensorDerived(TensorDerived(way: .detach, from: t1, to: t2)),
      .tensorChanged(
        TensorChanged(
          tensor: t1, requiresGrad: true, isLeaf: false, retainsGrad: true, gradFn: .some(nil),
          dataFrom: t2)),
      .tensorChanged(TensorChanged(tensor: t1, gradFn: n1)),
      .dataWritten(
        DataWritten(
          tensor: t1, by: "add_", versionBefore: 1, versionAfter: 2, before: awkward, after: doubles,
          aliases: [AliasContent(tensor: t2, value: big)])),
      .nodeRecorded(
        NodeRecorded(
          node: n1, operation: "pow", gradFn: "PowBackward0",
          next: [nil, GraphEdge(node: n1, inputNumber: 1)],
          inputs: [t1], outputs: [t2],
          attributes: [
            NamedAttribute("exponent", .double(2)), NamedAttribute("dim", .list([.int(1), .none])),
            NamedAttribute("s", .string("NaN")), NamedAttribute("b", .bool(true)),
            NamedAttribute("eps", .double(.infinity)),
          ], saved: [SavedTensor(name: "self", tensor: t1, version: 1)], variable: t1, module: "net.fc1",
          label: "xⁿ", formula: "$0²")),
      .gradientMode(GradientModeChanged(mode: .inference)),
      .backwardBegan(
        BackwardBegan(
          roots: [t1, t2], seed: awkward, retainGraph: true, createGraph: true, accumulates: false)),
      .nodeVisited(NodeVisited(node: n1, order: 1, incoming: [nil, doubles], outgoing: [nil], hooks: 2)),
      .gradientWritten(
        GradientWritten(
          tensor: t1, grad: t2, before: awkward, contribution: awkward, after: doubles, node: n1,
          versionAfter: 3)),
      .gradientCleared(
        GradientCleared(tensor: t1, toZeros: true, by: "zero_grad", before: awkward, versionAfter: 1)),
      .buffersFreed(BuffersFreed(node: n1)),
      .backwardEnded(BackwardEnded()),
      .optimizerCreated(
        OptimizerCreated(
          optimizer: o1, type: "Adam",
          groups: [
            ParameterGroup(
              parameters: [t1],
              hyperparameters: [NamedAttribute("betas", .list([.double(0.9), .double(0.999)]))])
          ])),
      .stepBegan(StepBegan(optimizer: o1, number: 2)),
      .parameterUpdated(
        ParameterUpdated(
          optimizer: o1, group: 1, parameter: t1, step: 2, skipped: nil, before: awkward, gradient: awkward,
          terms: [Term(name: "m̂", formula: "m / (1 − β₁ᵗ)", value: doubles)], after: doubles,
          versionAfter: 7, state: [NamedCapture(name: "exp_avg", value: doubles)], formula: "x ← x − …")),
      .parameterUpdated(
        ParameterUpdated(optimizer: o1, group: 0, parameter: t1, step: 2, skipped: "grad is None")),
      .stepEnded(StepEnded(optimizer: o1, number: 2)),
      .learningRateChanged(
        LearningRateChanged(optimizer: o1, group: 0, scheduler: "StepLR", before: 0.1, after: 0.05)),
      .moduleEntered(ModuleEntered(path: "net.fc1", type: "Linear", isTraining: true)),
      .moduleLeft(ModuleLeft(path: "net.fc1")),
      .printed(Printed(text: "é\t\u{7f}\u{1F600}\n")),
      .plotted(
        Plotted(
          function: "plot", figure: 1, axes: 0,
          series: [
            PlotSeries(shape: [2], values: [0.5, .infinity]), PlotSeries(name: "y", shape: [1], values: [1]),
          ],
          arguments: ["'r-'"], options: [PlotOption(name: "label", value: "'loss'")])),
      .warned(Warned(type: "UserWarning", message: "careful")),
      .raised(Raised(type: "RuntimeError", message: "no", tensors: [t1], nodes: [n1], isUncaught: true)),
    ]
  }()

  @Test func `the sample holds every kind of the catalogue`() {
    let kinds = Set(Self.everyKind.map { "\(type(of: $0.payload).kind)" })
    let all = Event.Body.catalogueKinds
    #expect(kinds == Set(all))
    #expect(all.count == Set(all).count)
  }

  @Test func `what is written reads back the same, and writes the same bytes`() throws {
    let span = SourceSpan(line: 3, column: 4, endLine: 3, endColumn: 9)
    let events = Self.everyKind.enumerated().map {
      Event(span: $0.offset % 2 == 0 ? span : nil, body: $0.element)
    }
    let original = Recording(
      program: "p.py", source: "print('é')\r\n", policy: CapturePolicy(wholeLimit: 7),
      events: ContiguousArray(events))
    let bytes = original.encoded()
    let read = try Recording(decoding: bytes)
    #expect(read == original)
    #expect(read.encoded() == bytes)
    #expect(try Recording(decoding: recording.encoded()) == recording)
  }

  @Test func `the order of keys does not matter`() throws {
    let text = """
      {"version":1,"source":"","program":"p","format":"backstep-recording"}
      { "text" : "h\\u0069\\n", "unknown": {"a": [1, 2.5e3, null]}, "event" : "printed" }
      {"end":1}
      """
    #expect(try Recording(decoding: Array(text.utf8)).events.map(\.body) == [.printed(Printed(text: "hi\n"))])
  }

  @Test func `cutting a recording anywhere gives a clear error, never a crash`() throws {
    let bytes = recording.encoded()
    for length in stride(from: 0, to: bytes.count, by: 7) {
      let cut = Array(bytes[0..<length])
      // Only the last line's missing newline is no loss.
      if length == bytes.count - 1 { continue }
      #expect(throws: RecordingError.self) { try Recording(decoding: cut) }
    }
  }

  @Test func `a recording that was cut off can be salvaged`() throws {
    let bytes = recording.encoded()
    let half = Array(bytes[0..<(bytes.count * 2 / 3)])
    let salvaged = try Recording(decoding: half, salvaging: true)
    #expect(salvaged.events.count > 5)
    #expect(Array(salvaged.events) == Array(recording.events.prefix(salvaged.events.count)))
  }

  @Test(arguments: [
    ("", "the recording is empty"),
    ("hello", "not a recording: the first line should be {\"format\":\"backstep-recording\", …}"),
    (
      "{\"format\":\"backstep-recording\",\"version\":99,\"program\":\"\",\"source\":\"\"}",
      "the recording has format version 99; this backstep reads up to version 1. A newer backstep is needed"
    ),
    (
      header + "{\"event\":\"printd\"}\n{\"end\":1}",
      "line 2: unknown event \"printd\", did you mean \"printed\"?. A newer backstep may know it"
    ),
    (header + "{\"event\":\"printed\"}\n{\"end\":1}", "line 2: \"text\" is missing"),
    (
      header + "{\"event\":\"printed\",\"text\":3}\n{\"end\":1}",
      "line 2: expected a string, found the number 3"
    ),
    (header + "{\"event\":\"printed\" 3}\n{\"end\":1}", "line 2: expected a comma or } at byte 20"),
    (
      header + "{\"end\":5}",
      "the last line speaks of 5 events, the file holds 0: lines are missing or doubled"
    ),
    (
      header + "{\"end\":0}\n{\"event\":\"printed\",\"text\":\"\"}",
      "line 3: more follows after the last line"
    ),
    (header + String(repeating: "[", count: 9000), "line 2: values are nested too deeply"),
  ])
  func `a broken recording is named and placed`(text: String, message: String) {
    do {
      _ = try Recording(decoding: Array(text.utf8))
      Issue.record("was read")
    } catch { #expect("\(error)" == message) }
  }

  @Test func `changed bytes never crash`() {
    let bytes = recording.encoded()
    var state: UInt64 = 88_172_645_463_325_252
    for _ in 0..<600 {
      var broken = bytes
      for _ in 0..<3 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        broken[Int(state % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: state >> 32)
      }
      guard let read = try? Recording(decoding: broken, salvaging: true) else { continue }
      // Whatever was accepted must also be drawable: every moment exists.
      var timeline = Timeline(read)
      let end = timeline.moment(after: .max)
      for id in end.tensors.keys { _ = end.value(of: id)?.inline() }
      _ = Story.lines(of: read)
    }
  }
}

private let header =
  "{\"format\":\"backstep-recording\",\"version\":1,\"program\":\"\",\"source\":\"\"}\n"
