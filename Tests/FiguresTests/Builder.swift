import Recordings

/// Records programs by hand, in few words: the figures' tests need recordings, not an autograd core.
///
/// Values are made up but consistent: what is written is what is shown.
final class Builder {
  let recorder = Recorder()
  private var line: Int32 = 0
  private var source: [String] = []
  private var accumulators: [TensorID: NodeID] = [:]
  private var producers: [TensorID: NodeID] = [:]
  private var counters: [TensorID: CounterID] = [:]
  private var versions: [TensorID: Int] = [:]
  private var values: [TensorID: [Float]] = [:]
  private var shapes: [TensorID: [Int]] = [:]
  private var grads: [TensorID: (id: TensorID, value: [Float])] = [:]
  private var nodes: [NodeID: NodeRecorded] = [:]
  private var lineOfCode: [String: Int32] = [:]
  private var steps: [OptimizerID: Int] = [:]
  private var held: [OptimizerID: (kind: String, lr: Float, parameters: [TensorID])] = [:]

  func run(_ code: String) {
    if let known = lineOfCode[code] {
      line = known
    } else {
      source.append(code)
      line = Int32(source.count)
      lineOfCode[code] = line
    }
    recorder.span = SourceSpan(line: line, column: 0, endLine: line, endColumn: Int32(code.count))
    recorder.record(.statement(Statement()))
  }

  func capture(_ shape: [Int], _ values: [Float]) -> Capture {
    Capture(
      shape: shape, dtype: .float32,
      content: values.count > 4096 ? .summary(Summary(of: .single(values))) : .whole(.single(values)))
  }

  /// Numbers that look like weights, the same on every run.
  static func numbers(_ shape: [Int], seed: Int = 1) -> [Float] {
    var state = UInt32(truncatingIfNeeded: seed &* 7919 &+ 17)
    return (0..<elementCount(shape)).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(Int(state >> 8) % 20_001 - 10_000) / 10_000
    }
  }

  @discardableResult
  func tensor(
    _ name: String?, _ shape: [Int], _ numbers: [Float]? = nil, requiresGrad: Bool = true, seed: Int = 1,
    leaf: Bool = true, inputs: [TensorID] = [], scope: String = ""
  ) -> TensorID {
    let id = recorder.newTensorID()
    let counter = recorder.newCounterID()
    let numbers = numbers ?? Self.numbers(shape, seed: seed)
    recorder.record(
      .tensorCreated(
        TensorCreated(
          tensor: id, shape: shape, dtype: .float32, requiresGrad: requiresGrad, isLeaf: leaf,
          storage: recorder.newStorageID(), storageCount: numbers.count, counter: counter,
          content: capture(shape, numbers).content, origin: Origin(operation: "tensor", inputs: inputs))))
    counters[id] = counter
    values[id] = numbers
    shapes[id] = shape
    if leaf, let name { bind(name, id, scope: scope) }
    return id
  }

  func bind(_ name: String, _ id: TensorID, scope: String = "") {
    recorder.record(.nameBound(NameBound(scope: scope, name: name, referent: .tensor(id))))
  }

  /// An operation on tensors; gradients of its inputs are made up.
  @discardableResult
  func apply(
    _ operation: String, _ label: String, _ inputs: [TensorID], to name: String? = nil, shape: [Int],
    _ numbers: [Float]? = nil
  ) -> TensorID {
    let out = tensor(nil, shape, numbers, seed: inputs.count + shape.count, leaf: false, inputs: inputs)
    var next: [GraphEdge?] = []
    for input in inputs {
      if let producer = producers[input] {
        next.append(GraphEdge(node: producer))
      } else if let known = accumulators[input] {
        next.append(GraphEdge(node: known))
      } else if needsGrad.contains(input) {
        let node = recorder.newNodeID()
        let recorded = NodeRecorded(
          node: node, operation: "", gradFn: "AccumulateGrad", next: [], variable: input)
        recorder.record(.nodeRecorded(recorded))
        nodes[node] = recorded
        accumulators[input] = node
        next.append(GraphEdge(node: node))
      } else {
        next.append(nil)
      }
    }
    let node = recorder.newNodeID()
    let gradFn = operation.prefix(1).uppercased() + operation.dropFirst() + "Backward0"
    let recorded = NodeRecorded(
      node: node, operation: operation, gradFn: gradFn, next: next, inputs: inputs, outputs: [out],
      saved: inputs.prefix(2).map { SavedTensor(name: "self", tensor: $0, version: versions[$0] ?? 0) },
      label: label)
    recorder.record(.nodeRecorded(recorded))
    nodes[node] = recorded
    producers[out] = node
    if let name { bind(name, out) }
    return out
  }

  private(set) var needsGrad: Set<TensorID> = []
  @discardableResult
  func parameter(_ name: String?, _ shape: [Int], _ numbers: [Float]? = nil, seed: Int = 1) -> TensorID {
    let id = tensor(name, shape, numbers, seed: seed)
    needsGrad.insert(id)
    return id
  }

  func backward(_ root: TensorID, retain: Bool = false, scale: Float = 1) {
    recorder.record(.backwardBegan(BackwardBegan(roots: [root], seed: capture([], [1]), retainGraph: retain)))
    var order = 0
    guard let first = producers[root] else { return }
    var reach: Set<NodeID> = [first]
    for id in nodes.keys.sorted().reversed() where reach.contains(id) || nodes[id]?.variable != nil {
      guard let node = nodes[id], node.variable == nil, reach.contains(id) else { continue }
      order += 1
      let incoming = node.outputs.map {
        capture(shapes[$0] ?? [], Self.numbers(shapes[$0] ?? [], seed: order))
      }
      let outgoing: [Capture?] = zip(node.next, node.inputs).map { edge, input in
        guard let edge else { return nil }
        reach.insert(edge.node)
        return capture(shapes[input] ?? [], Self.numbers(shapes[input] ?? [], seed: order + 1))
      }
      recorder.record(
        .nodeVisited(NodeVisited(node: id, order: order, incoming: incoming, outgoing: outgoing)))
      if !retain { recorder.record(.buffersFreed(BuffersFreed(node: id))) }
    }
    for id in nodes.keys.sorted() where reach.contains(id) {
      guard let variable = nodes[id]?.variable, let shape = shapes[variable] else { continue }
      order += 1
      let brought = Self.numbers(shape, seed: order + Int(variable.rawValue)).map { $0 * scale }
      recorder.record(
        .nodeVisited(NodeVisited(node: id, order: order, incoming: [capture(shape, brought)], outgoing: [])))
      let before = grads[variable]
      let after = before.map { zip($0.value, brought).map { $0 + $1 } } ?? brought
      let grad = before?.id ?? tensor(nil, shape, after, requiresGrad: false)
      grads[variable] = (grad, after)
      recorder.record(
        .gradientWritten(
          GradientWritten(
            tensor: variable, grad: grad, before: before.map { capture(shape, $0.value) },
            contribution: capture(shape, brought), after: capture(shape, after), node: id)))
    }
    recorder.record(.backwardEnded(BackwardEnded()))
  }

  func optimizer(_ name: String, _ kind: String, _ parameters: [TensorID], lr: Float) -> OptimizerID {
    let id = recorder.newOptimizerID()
    held[id] = (kind, lr, parameters)
    let settings =
      kind == "Adam"
      ? [
        NamedAttribute("lr", .double(Double("\(lr)") ?? 0)),
        NamedAttribute("betas", .list([.double(0.9), .double(0.999)])),
      ]
      : [NamedAttribute("lr", .double(Double("\(lr)") ?? 0))]
    recorder.record(
      .optimizerCreated(
        OptimizerCreated(
          optimizer: id, type: kind,
          groups: [ParameterGroup(parameters: parameters, hyperparameters: settings)])))
    recorder.record(.nameBound(NameBound(name: name, referent: .optimizer(id))))
    return id
  }

  func step(_ optimizer: OptimizerID) {
    guard let (kind, lr, parameters) = held[optimizer] else { return }
    let number = (steps[optimizer] ?? 0) + 1
    steps[optimizer] = number
    recorder.record(.stepBegan(StepBegan(optimizer: optimizer, number: number)))
    for id in parameters {
      guard let shape = shapes[id], let before = values[id] else { continue }
      guard let grad = grads[id] else {
        recorder.record(
          .parameterUpdated(
            ParameterUpdated(
              optimizer: optimizer, group: 0, parameter: id, step: number, skipped: "grad is None")))
        continue
      }
      let m = grad.value.map { 0.1 * $0 }
      let v = grad.value.map { 0.001 * $0 * $0 }
      let change = kind == "Adam" ? grad.value.map { lr * ($0 < 0 ? -1 : 1) } : grad.value.map { lr * $0 }
      let after = zip(before, change).map { $0 - $1 }
      values[id] = after
      versions[id, default: 0] += 1
      let terms =
        kind == "Adam"
        ? [
          Term(name: "m", formula: "β₁·m + (1 − β₁)·grad", value: capture(shape, m)),
          Term(name: "v", formula: "β₂·v + (1 − β₂)·grad²", value: capture(shape, v)),
          Term(name: "m̂", formula: "m / (1 − β₁ᵗ)", value: capture(shape, grad.value)),
          Term(name: "v̂", formula: "v / (1 − β₂ᵗ)", value: capture(shape, grad.value.map { $0 * $0 })),
          Term(name: "lr · m̂ / (√v̂ + ε)", formula: "lr · m̂ / (√v̂ + ε)", value: capture(shape, change)),
        ] : [Term(name: "lr · grad", formula: "lr · grad", value: capture(shape, change))]
      recorder.record(
        .parameterUpdated(
          ParameterUpdated(
            optimizer: optimizer, group: 0, parameter: id, step: number, before: capture(shape, before),
            gradient: capture(shape, grad.value), terms: terms, after: capture(shape, after),
            versionAfter: versions[id] ?? 0,
            formula: kind == "Adam" ? "p ← p − lr · m̂ / (√v̂ + ε)" : "p ← p − lr · grad")))
    }
    recorder.record(.stepEnded(StepEnded(optimizer: optimizer, number: number)))
  }

  func zeroGrad(_ parameters: [TensorID]) {
    for id in parameters {
      guard let grad = grads.removeValue(forKey: id), let shape = shapes[id] else { continue }
      recorder.record(
        .gradientCleared(
          GradientCleared(tensor: id, toZeros: false, by: "zero_grad", before: capture(shape, grad.value))))
    }
  }

  func raise(_ type: String, _ message: String) {
    recorder.record(.raised(Raised(type: type, message: message, isUncaught: true)))
  }

  func recording(_ program: String) -> Recording {
    Recording(program: program, source: source.joined(separator: "\n") + "\n", events: recorder.events)
  }
}
