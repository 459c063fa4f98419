import Recordings

/// Recurrent modules, unrolled: every step of time is in the graph, so that backpropagation through time can be
/// seen.
extension Modules {
  /// What one kind of cell does in a step.
  private struct CellKind: Sendable {
    var gates: Int
    /// From what the input and the hidden state contribute to the gates, and the state before, the state after.
    var step:
      @Sendable (_ input: Tensor, _ hidden: Tensor, _ h: Tensor, _ c: Tensor?) throws -> (Tensor, Tensor?)
  }

  private static func op(
    _ name: String, _ arguments: [Argument], _ options: [(String, Argument)] = []
  ) throws -> Tensor {
    guard case .tensor(let t) = try call(name, arguments, options) else {
      throw TorchError.type("\(name) gave no tensor")
    }
    return t
  }
  static func gateSums(_ x: Tensor, _ w: Tensor?, _ b: Tensor?) throws -> Tensor {
    try op("linear", [.tensor(x), argument(w), argument(b)])
  }
  /// The gates of a row, in PyTorch's parts that may be written over.
  static func gateChunks(_ t: Tensor, _ n: Int) throws -> [Tensor] {
    let size = (t.shape.last ?? 0) / n
    return try Ops.split(t, Array(repeating: size, count: n), t.dim - 1, node: "UnsafeSplitBackward0")
  }

  private static func plain(_ nonlinearity: String) -> CellKind {
    CellKind(gates: 1) { x, g, _, _ in (try op(nonlinearity, [.tensor(Ops.add(g, x))]), nil) }
  }
  private static let lstm = CellKind(gates: 4) { x, g, _, c in
    let parts = try gateChunks(Ops.add(g, x), 4)
    guard parts.count == 4, let c else { throw TorchError.runtime("LSTM: Expected a cell state") }
    let (i, f, o) = (
      try op("sigmoid", [.tensor(parts[0])]), try op("sigmoid", [.tensor(parts[1])]),
      try op("sigmoid", [.tensor(parts[3])])
    )
    let new = try Ops.add(Ops.mul(f, c), Ops.mul(i, op("tanh", [.tensor(parts[2])])))
    return (try Ops.mul(o, op("tanh", [.tensor(new)])), new)
  }
  private static let gru = CellKind(gates: 3) { x, g, h, _ in
    let (xs, gs) = (try gateChunks(x, 3), try gateChunks(g, 3))
    guard xs.count == 3, gs.count == 3 else { throw TorchError.runtime("GRU: gates do not fit") }
    let reset = try op("sigmoid", [.tensor(Ops.add(gs[0], xs[0]))])
    let update = try op("sigmoid", [.tensor(Ops.add(gs[1], xs[1]))])
    let new = try op("tanh", [.tensor(Ops.add(xs[2], written(gs[2], times: reset)))])
    return (try Ops.add(written(Ops.sub(h, new), times: update), new), nil)
  }
  /// A product that PyTorch writes over its first factor.
  private static func written(_ t: Tensor, times factor: Tensor) throws -> Tensor {
    try Ops.mulCall(t, factor).keeping(t).run()
  }
  private static func kind(_ name: String, _ nonlinearity: String) -> CellKind {
    name.hasPrefix("LSTM") ? lstm : name.hasPrefix("GRU") ? gru : plain(nonlinearity)
  }

  private static func start(_ shape: [Int], _ hidden: Int, _ a: Arguments) throws -> Tensor {
    let bound = hidden > 0 ? 1 / Double(hidden).squareRoot() : 0
    return try parameter(shape, a) { Ops.uniformFill($0, -bound, bound, Context.current.generator) }
  }
  private static func zeros(_ shape: [Int], like t: Tensor) throws -> Tensor {
    try op("zeros", [tuple(shape)], [("dtype", .dtype(t.dtype))])
  }

  // MARK: Cells

  private static func cell(_ name: String) -> ModuleType {
    let extra = name == "RNNCell" ? ", nonlinearity='tanh'" : ""
    return ModuleType("\(name)(input_size, hidden_size, bias=True\(extra), device=None, dtype=None)") {
      a, _ in
      let (inputs, hidden) = (
        try RecurrentChecks.cellSize(a, "input_size"), try RecurrentChecks.cellSize(a, "hidden_size")
      )
      let hasBias = try a.truth("bias", default: true)
      var names = ["input_size", "hidden_size", "bias"]
      if name == "RNNCell" { names.append("nonlinearity") }
      let m = Layer(name, forward: "forward(input, hx=None)", settings(a, names)) { m, x in
        try stepCell(m, x, name)
      }
      let gates = kind(name, "tanh").gates
      m.setParameter("weight_ih", try start([gates * hidden, inputs], hidden, a))
      m.setParameter("weight_hh", try start([gates * hidden, hidden], hidden, a))
      m.setParameter("bias_ih", hasBias ? try start([gates * hidden], hidden, a) : nil)
      m.setParameter("bias_hh", hasBias ? try start([gates * hidden], hidden, a) : nil)
      m.extra = { m in
        var s = "\(text(m["input_size"])), \(text(m["hidden_size"]))"
        if case .bool(true) = m["bias"] {} else { s += ", bias=\(text(m["bias"]))" }
        if m.constant("nonlinearity") != nil, m.string("nonlinearity") != "tanh" {
          s += ", nonlinearity=\(m.string("nonlinearity"))"
        }
        return s
      }
      return m
    }
  }

  private static func stepCell(_ m: Layer, _ x: Arguments, _ name: String) throws -> OperationResult {
    var input = try RecurrentChecks.tensor(x["input"] ?? .none)
    guard input.dim == 1 || input.dim == 2 else {
      throw TorchError.value("\(name): Expected input to be 1D or 2D, got \(input.dim)D instead")
    }
    let (inputs, hidden) = (m.int("input_size"), m.int("hidden_size"))
    let isBatch = input.dim == 2
    let given = try RecurrentChecks.cellHidden(x["hx"], name, isBatch: isBatch)
    if !isBatch { input = try Ops.unsqueeze(input, 0) }
    guard input.shape.last == inputs else {
      throw TorchError.runtime(
        "input has inconsistent input_size: got \(input.shape.last ?? 0) expected \(inputs)")
    }
    func zero() throws -> Tensor { try zeros([input.shape[0], hidden], like: input) }
    let isLSTM = name == "LSTMCell"
    let states: [Tensor] =
      try given.map { try RecurrentChecks.cellStates($0, batch: input.shape[0], hidden) }
      ?? (isLSTM ? [zero(), zero()] : [zero()])
    let h = states[0]
    let (new, c) = try kind(name, m.string("nonlinearity")).step(
      gateSums(input, m.parameter("weight_ih"), m.parameter("bias_ih")),
      gateSums(h, m.parameter("weight_hh"), m.parameter("bias_hh")), h, isLSTM ? states[1] : nil)
    func out(_ t: Tensor) throws -> OperationResult { .tensor(isBatch ? t : try Ops.squeeze(t, 0)) }
    guard let c else { return try out(new) }
    return .tuple([(nil, try out(new)), (nil, try out(c))], type: nil)
  }

  // MARK: Sequences

  private static func sequence(_ name: String) -> ModuleType {
    let extra = name == "RNN" ? "nonlinearity='tanh', " : ""
    let projection = name == "LSTM" ? ", proj_size=0" : ""
    return ModuleType(
      "\(name)(input_size, hidden_size, num_layers=1, \(extra)bias=True, batch_first=False, dropout=0.0, "
        + "bidirectional=False\(projection), device=None, dtype=None)", initializer: "RNNBase.__init__"
    ) { a, _ in
      let nonlinearity = name == "RNN" ? text(a["nonlinearity"] ?? .string("tanh")) : ""
      guard ["tanh", "relu", ""].contains(nonlinearity) else {
        throw TorchError.value("Unknown nonlinearity '\(nonlinearity)'. Select from 'tanh' or 'relu'.")
      }
      let given = try RecurrentChecks.settings(a)
      let (inputs, hidden, layers, projected) = (given.inputs, given.hidden, given.layers, given.projected)
      var names = [
        "input_size", "hidden_size", "num_layers", "bias", "batch_first", "dropout", "bidirectional",
      ]
      if name == "RNN" { names.append("nonlinearity") }
      if name == "LSTM" { names.append("proj_size") }
      var constants = settings(a, names).map {
        $0.name == "dropout" ? ("dropout", .double(given.dropout)) : $0
      }
      constants.append(
        ("mode", .string(name == "RNN" ? "RNN_\(nonlinearity.uppercased())" : name)))
      let m = Layer(name, forward: "forward(input, hx=None)", constants) { m, x in
        try run(m, x, name, kind(name, m.string("nonlinearity")))
      }
      let gates = kind(name, "tanh").gates
      let hasBias = try a.bool("bias", default: true)
      let ways = try a.bool("bidirectional", default: false) ? 2 : 1
      for layer in 0..<layers {
        for way in 0..<ways {
          let end = "_l\(layer)\(way == 1 ? "_reverse" : "")"
          let state = projected > 0 ? projected : hidden
          let width = layer == 0 ? inputs : state * ways
          m.setParameter("weight_ih\(end)", try start([gates * hidden, width], hidden, a))
          m.setParameter("weight_hh\(end)", try start([gates * hidden, state], hidden, a))
          if hasBias {
            m.setParameter("bias_ih\(end)", try start([gates * hidden], hidden, a))
            m.setParameter("bias_hh\(end)", try start([gates * hidden], hidden, a))
          }
          if projected > 0 { m.setParameter("weight_hr\(end)", try start([projected, hidden], hidden, a)) }
        }
      }
      m.extra = { m in
        var s = "\(text(m["input_size"])), \(text(m["hidden_size"]))"
        if name == "LSTM", m.int("proj_size") != 0 { s += ", proj_size=\(text(m["proj_size"]))" }
        if m.int("num_layers") != 1 { s += ", num_layers=\(text(m["num_layers"]))" }
        if !m.flag("bias") { s += ", bias=False" }
        if m.flag("batch_first") { s += ", batch_first=True" }
        if m.double("dropout") != 0 { s += ", dropout=\(text(m["dropout"]))" }
        if m.flag("bidirectional") { s += ", bidirectional=True" }
        return s
      }
      return m
    }
  }

  /// One direction of one layer of an LSTM: one node, as the library that PyTorch calls has it.
  private static func lstmLayer(
    _ input: Tensor, _ weights: [Tensor?], _ h: Tensor, _ c: Tensor, isReversed: Bool
  ) throws -> (Tensor, Tensor, Tensor) {
    let hasBias = weights.count == 4 && weights[2] != nil
    let empty = try zeros([0], like: input)
    let inputs = [input] + weights.map { $0 ?? empty } + [h, c]
    let outputs = try Ops.composedMany("lstm", "MkldnnRnnLayerBackward0", inputs) { grads, kept, isNeeded in
      try lstmSlopes(grads, kept, hasBias: hasBias, isReversed: isReversed, isNeeded)
    } formula: { x in
      let length = x[0].shape[0]
      let gates = try Ops.unbind(gateSums(x[0], x[1], hasBias ? x[3] : nil), 0)
      var (h, c): (Tensor, Tensor?) = (x[5], x[6])
      var steps: [Tensor] = []
      for t in isReversed ? Array((0..<length).reversed()) : Array(0..<length) {
        (h, c) = try lstm.step(gates[t], gateSums(h, x[2], hasBias ? x[4] : nil), h, c)
        steps.append(h)
      }
      return [try Ops.stack(isReversed ? steps.reversed() : steps, 0), h, c ?? h]
    }
    guard outputs.count == 3 else { throw TorchError.runtime("LSTM: Expected three results") }
    return (outputs[0], outputs[1], outputs[2])
  }

  /// Over sequences of several lengths, packed: row after row of each step of time, longest sequences first.
  ///
  /// - Parameters:
  ///   - sizes: how many sequences go on at each step.
  ///   - given: hidden and cell state to begin with, of all layers and directions.
  static func runPacked(
    _ m: Layer, _ data: Tensor, _ sizes: [Int], _ given: [Tensor?]
  ) throws -> (output: Tensor, states: [Tensor]) {
    let name = m.typeName
    let kind = kind(m.string("mode"), m.string("nonlinearity"))
    let (hidden, layers) = (m.int("hidden_size"), m.int("num_layers"))
    let ways = m.flag("bidirectional") ? 2 : 1
    let isLSTM = m.string("mode") == "LSTM"
    try RecurrentChecks.inputSize(m, data)
    guard let batch = sizes.first, sizes.allSatisfy({ $0 > 0 && $0 <= batch }),
      sizes.reduce(0, +) == data.shape[0]
    else { throw TorchError.runtime("\(name): batch_sizes do not fit the data") }
    // Sequences of one length are no longer rows, but a plain batch for PyTorch's library.
    let isOneNode =
      isLSTM && m.int("proj_size") == 0 && data.dtype == .float32 && Context.current.fusesRecurrence
      && sizes.allSatisfy { $0 == batch }
    func parts(_ t: Tensor) throws -> [Tensor] {
      isOneNode ? try (0..<t.shape[0]).map { try Ops.select(t, 0, $0) } : try Ops.unbind(t, 0)
    }
    func start(_ k: Int) throws -> [Tensor] {
      let projected = isLSTM && k == 0 ? m.int("proj_size") : 0
      let shape = [layers * ways, batch, projected > 0 ? projected : hidden]
      guard given.indices.contains(k), let t = given[k] else { return try parts(zeros(shape, like: data)) }
      guard t.shape == shape else {
        throw TorchError.runtime(
          "Expected \(isLSTM ? "hidden[\(k)]" : "hidden") size (\(shape.map(String.init).joined(separator: ", "))), "
            + "got \(listText(t.shape))")
      }
      return try parts(t)
    }
    func rows(_ t: Tensor, _ from: Int, _ n: Int) throws -> Tensor {
      from == 0 && n == t.shape[0] ? t : try Ops.slice(t, 0, from, from + n, 1)
    }
    var offsets = [0]
    for size in sizes { offsets.append(offsets[offsets.count - 1] + size) }
    let hs = try start(0)
    let cs = isLSTM ? try start(1) : []
    let input = isOneNode ? try Ops.view(data, [sizes.count, batch, data.shape[1]]) : data
    var (output, lastH, lastC) = try throughLayers(
      m, input, hs, cs, isOneNode: isOneNode, featureDim: isOneNode ? 2 : 1
    ) { input, h, c, end, isReversed in
      let gates = try gateSums(input, m.parameter("weight_ih\(end)"), m.parameter("bias_ih\(end)"))
      let (startH, startC) = (h, c)
      var steps: [Tensor] = []
      let first = isReversed ? sizes[sizes.count - 1] : batch
      var h = try rows(startH, 0, first)
      var c = try startC.map { try rows($0, 0, first) }
      var (endedH, endedC): ([Tensor], [Tensor]) = ([], [])
      for t in isReversed ? sizes.indices.reversed() : Array(sizes.indices) {
        let (size, now) = (sizes[t], h.shape[0])
        if size < now {
          endedH.append(try rows(h, size, now - size))
          if let old = c { endedC.append(try rows(old, size, now - size)) }
          h = try rows(h, 0, size)
          c = try c.map { try rows($0, 0, size) }
        } else if size > now {
          h = try Ops.cat([h, rows(startH, now, size - now)], 0)
          if let old = c, let startC { c = try Ops.cat([old, rows(startC, now, size - now)], 0) }
        }
        (h, c) = try step(m, kind, rows(gates, offsets[t], size), h, c, end)
        steps.append(h)
      }
      endedH.append(h)
      if let c { endedC.append(c) }
      return (
        try Ops.cat(isReversed ? steps.reversed() : steps, 0),
        // Forwards, PyTorch joins even what is one piece.
        isReversed ? h : try Ops.cat(endedH.reversed(), 0),
        isReversed || c == nil ? c : try Ops.cat(endedC.reversed(), 0)
      )
    }
    if isOneNode { output = try Ops.view(output, [data.shape[0], hidden * ways]) }
    return (output, try [Ops.stack(lastH, 0)] + (isLSTM ? [Ops.stack(lastC, 0)] : []))
  }

  /// One step of time: the gates, the new state, and its projection where there is one.
  private static func step(
    _ m: Layer, _ kind: CellKind, _ gates: Tensor, _ h: Tensor, _ c: Tensor?, _ end: String
  ) throws -> (Tensor, Tensor?) {
    var (h, c) = try kind.step(
      gates, gateSums(h, m.parameter("weight_hh\(end)"), m.parameter("bias_hh\(end)")), h, c)
    if let w = m.parameter("weight_hr\(end)") { h = try gateSums(h, w, nil) }
    return (h, c)
  }

  /// Sends a sequence through all layers and directions.
  ///
  /// - Parameters:
  ///   - hs: the hidden states to begin with, `cs` the cell states of an LSTM; one each layer and direction.
  ///   - isOneNode: whether a direction of a layer is one node.
  ///   - unrolled: runs a direction of a layer whose parameters' names have an end, step by step.
  /// - Returns: the output of the last layer, and the states at the end.
  private static func throughLayers(
    _ m: Layer, _ input: Tensor, _ hs: [Tensor], _ cs: [Tensor], isOneNode: Bool, featureDim: Int,
    unrolled: (_ input: Tensor, _ h: Tensor, _ c: Tensor?, _ end: String, _ isReversed: Bool) throws -> (
      Tensor, Tensor, Tensor?
    )
  ) throws -> (Tensor, [Tensor], [Tensor]) {
    let layers = m.int("num_layers")
    let ways = m.flag("bidirectional") ? 2 : 1
    var input = input
    var (lastH, lastC): ([Tensor], [Tensor]) = ([], [])
    for layer in 0..<layers {
      var outputs: [Tensor] = []
      for way in 0..<ways {
        let end = "_l\(layer)\(way == 1 ? "_reverse" : "")"
        let k = layer * ways + way
        let cell = cs.indices.contains(k) ? cs[k] : nil
        let (out, h, c): (Tensor, Tensor, Tensor?)
        if isOneNode, let cell {
          let weights = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"].map { m.parameter($0 + end) }
          (out, h, c) = try lstmLayer(input, weights, hs[k], cell, isReversed: way == 1)
        } else {
          (out, h, c) = try unrolled(input, hs[k], cell, end, way == 1)
        }
        outputs.append(out)
        lastH.append(h)
        if let c { lastC.append(c) }
      }
      input = outputs.count == 1 ? outputs[0] : try Ops.cat(outputs, featureDim)
      if m.double("dropout") > 0, m.isTraining, layer < layers - 1 {
        input = try op("dropout", [.tensor(input), m["dropout"]], [("training", .bool(true))])
      }
    }
    return (input, lastH, lastC)
  }

  private static func run(
    _ m: Layer, _ x: Arguments, _ name: String, _ kind: CellKind
  ) throws -> OperationResult {
    var input = try RecurrentChecks.tensor(x["input"] ?? .none)
    guard input.dim == 2 || input.dim == 3 else {
      throw TorchError.value(
        "\(name): Expected input to be 2D or 3D, got \(input.dim)D\(name == "RNN" ? " tensor" : "") instead")
    }
    let isBatch = input.dim == 3
    let batchFirst = m.flag("batch_first") && isBatch
    let (hidden, layers) = (m.int("hidden_size"), m.int("num_layers"))
    let isLSTM = name == "LSTM"
    let given = try RecurrentChecks.hidden(x["hx"], isLSTM: isLSTM, isBatch: isBatch)
    try RecurrentChecks.input(m, input)
    if !isBatch { input = try Ops.unsqueeze(input, 1) }
    if batchFirst { input = try Ops.transpose(input, 0, 1) }
    let (length, batch) = (input.shape[0], input.shape[1])
    let ways = m.flag("bidirectional") ? 2 : 1
    let projected = isLSTM ? m.int("proj_size") : 0
    let shapes =
      [[layers * ways, batch, projected > 0 ? projected : hidden]]
      + (isLSTM ? [[layers * ways, batch, hidden]] : [])
    try RecurrentChecks.sizes(given, shapes)
    if isLSTM, isBatch { try RecurrentChecks.isPair(x["hx"], m, x["input"]) }
    guard length > 0 else { throw TorchError.runtime("Expected sequence length to be larger than 0 in RNN") }
    let isOneNode = isLSTM && projected == 0 && input.dtype == .float32 && Context.current.fusesRecurrence
    func states(_ k: Int) throws -> [Tensor] {
      let all = try given?[k] ?? zeros(shapes[k], like: input)
      return isOneNode ? try (0..<all.shape[0]).map { try Ops.select(all, 0, $0) } : try Ops.unbind(all, 0)
    }
    let hs = try states(0)
    let cs = isLSTM ? try states(1) : []
    if isOneNode { input = try Ops.contiguous(input) }
    let (output, lastH, lastC) = try throughLayers(
      m, input, hs, cs, isOneNode: isOneNode, featureDim: 2
    ) { input, h, c, end, isReversed in
      let gates = try Ops.unbind(
        gateSums(input, m.parameter("weight_ih\(end)"), m.parameter("bias_ih\(end)")), 0)
      var (h, c) = (h, c)
      var steps: [Tensor] = []
      for t in isReversed ? gates.indices.reversed() : Array(gates.indices) {
        (h, c) = try step(m, kind, gates[t], h, c, end)
        steps.append(h)
      }
      return (try Ops.stack(isReversed ? steps.reversed() : steps, 0), h, c)
    }
    input = output
    func final(_ all: [Tensor]) throws -> OperationResult {
      let t = try Ops.stack(all, 0)
      return .tensor(isBatch ? t : try Ops.squeeze(t, 1))
    }
    if batchFirst {
      input = try Ops.transpose(input, 0, 1, node: isLSTM ? "TransposeBackward0" : "TransposeBackward1")
    }
    if !isBatch { input = try Ops.squeeze(input, 1) }
    let state: OperationResult =
      isLSTM ? .tuple([(nil, try final(lastH)), (nil, try final(lastC))], type: nil) : try final(lastH)
    return .tuple([(nil, .tensor(input)), (nil, state)], type: nil)
  }

  static let recurrent = [
    sequence("RNN"), sequence("LSTM"), sequence("GRU"), cell("RNNCell"), cell("LSTMCell"), cell("GRUCell"),
  ]
}

/// Recurrent modules over packed sequences, for the binding.
public enum PackedRecurrence {
  /// `nil` where the module is no recurrent one.
  public static func run(
    _ module: Module, data: Tensor, sizes: [Int], states: [Tensor?]
  ) throws -> (output: Tensor, states: [Tensor])? {
    guard let layer = module as? Layer, layer.constant("mode") != nil, layer.constant("hidden_size") != nil
    else {
      return nil
    }
    return try Modules.runPacked(layer, data, sizes, states)
  }
}
