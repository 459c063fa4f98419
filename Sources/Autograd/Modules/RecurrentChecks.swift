import Recordings

/// What PyTorch asks of recurrent modules before it computes: settings, inputs and hidden states, in its order.
enum RecurrentChecks {
  // MARK: Settings

  /// Of `nn.RNN`, `nn.LSTM` and `nn.GRU`.
  static func settings(
    _ a: Arguments
  ) throws -> (inputs: Int, hidden: Int, layers: Int, projected: Int, dropout: Double) {
    let dropout = try dropout(a)
    if dropout > 0, a["num_layers"].map({ $0.number?.double == 1 }) ?? true {
      Context.current.warnHere(
        "UserWarning",
        "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers "
          + "greater than 1, but got dropout=\(Modules.text(a["dropout"])) and num_layers="
          + (a["num_layers"].map { Modules.text($0) } ?? "1"))
    }
    for name in ["bias", "batch_first"] {
      guard let given = a[name] else { continue }
      guard case .bool = given else {
        throw TorchError.type("\(name) should be of type bool, got: \(given.typeName)")
      }
    }
    func size(_ name: String) throws -> Int {
      switch a[name] {
      case .int(let k)? where k > 0: return k
      case .bool(true)?: return 1
      case .int?, .bool?: throw TorchError.value("\(name) must be greater than zero")
      case let other:
        throw TorchError.type("\(name) should be of type int, got: \(other?.typeName ?? "NoneType")")
      }
    }
    let (inputs, hidden) = (try size("input_size"), try size("hidden_size"))
    let layers = try whole(a, "num_layers", 1, "<=")
    if layers.value <= 0 { throw TorchError.value("num_layers must be greater than zero") }
    let projected = try whole(a, "proj_size", 0, "<")
    if projected.value < 0 {
      throw TorchError.value("proj_size should be a positive integer or zero to disable projections")
    }
    if projected.value >= Double(hidden) {
      throw TorchError.value("proj_size has to be smaller than hidden_size")
    }
    guard let count = layers.count, let width = projected.count else {
      throw TorchError.type("'float' object cannot be interpreted as an integer")
    }
    return (inputs, hidden, count, width, dropout)
  }

  /// A number that PyTorch compares with 0 first, and only later takes as a whole one.
  private static func whole(
    _ a: Arguments, _ name: String, _ fallback: Int, _ op: String
  ) throws -> (value: Double, count: Int?) {
    guard let given = a[name] else { return (Double(fallback), fallback) }
    guard let n = given.number else {
      throw TorchError.type("'\(op)' not supported between instances of '\(given.typeName)' and 'int'")
    }
    if case .double(let d) = n { return (d, nil) }
    if case .int(let k) = n { return (n.double, k) }
    return (n.double, n.double == 0 ? 0 : 1)
  }

  private static func dropout(_ a: Arguments) throws -> Double {
    let given = a["dropout"] ?? .double(0)
    switch given {
    case .int, .double:
      if let p = given.number?.double, p >= 0, p <= 1 { return p }
    case .string(let s):
      if Double(s) == nil { throw TorchError.value("could not convert string to float: \(pythonQuoted(s))") }
    case .bool, .tensor: break
    default:
      throw TorchError.type(
        "float() argument must be a string or a real number, not '\(given.typeName)'")
    }
    throw TorchError.value(
      "dropout should be a number in range [0, 1] representing the probability of an element being zeroed")
  }
  private static func pythonQuoted(_ s: String) -> String { s.contains("'") ? "\"\(s)\"" : "'\(s)'" }

  /// Of a cell: what `torch.empty` says of a size that is no whole number.
  static func cellSize(_ a: Arguments, _ name: String) throws -> Int {
    switch a[name] {
    case .int(let k)?: return k
    case .bool(let b)?: return b ? 1 : 0
    case let other:
      let type = other?.typeName ?? "NoneType"
      throw TorchError.type(
        name == "hidden_size"
          ? "empty(): argument 'size' (position 1) must be tuple of ints, but found element of type \(type) at pos 0"
          : "empty(): argument 'size' failed to unpack the object at pos 2 with error \"type must be tuple of ints,but "
            + "got \(type)\"")
    }
  }
  // MARK: Input

  static func input(_ m: Layer, _ input: Tensor) throws {
    if let wanted = m.parameter("weight_ih_l0")?.dtype, wanted != input.dtype {
      throw TorchError.value(
        "RNN input dtype (\(input.dtype.torchName)) does not match weight dtype (\(wanted.torchName)). "
          + "Convert input: input.to(\(wanted.torchName)), or convert model: model.to(\(input.dtype.torchName))"
      )
    }
    try inputSize(m, input)
    if let home = m.parameter("weight_ih_l0")?.device, home != input.device {
      throw TorchError.runtime(
        "Input and parameter tensors are not at the same device, found input tensor at \(input.device) and parameter "
          + "tensor at \(home)", tensors: [input])
    }
  }
  static func inputSize(_ m: Layer, _ input: Tensor) throws {
    guard input.shape.last == m.int("input_size") else {
      throw TorchError.runtime(
        "input.size(-1) must be equal to input_size. Expected \(m.int("input_size")), got \(input.shape.last ?? 0)"
      )
    }
  }

  // MARK: Hidden states

  /// `hx` with a place for the batch; `nil` where none was given.
  static func hidden(_ hx: Argument?, isLSTM: Bool, isBatch: Bool) throws -> [Tensor]? {
    guard let hx = given(hx) else { return nil }
    let wanted = isBatch ? 3 : 2
    let kind = isBatch ? "batched" : "unbatched"
    let states = isLSTM ? try pair(hx) : [try tensor(hx)]
    guard states.allSatisfy({ $0.dim == wanted }) else {
      let given = states.map { "\($0.dim)-D" }.joined(separator: ", ")
      throw TorchError.runtime(
        isLSTM
          ? "For \(kind) \(wanted)-D input, hx and cx should also be \(wanted)-D but got (\(given)) tensors"
          : "For \(kind) \(wanted)-D input, hx should also be \(wanted)-D but got \(given) tensor")
    }
    return isBatch ? states : try states.map { try Ops.unsqueeze($0, 1) }
  }

  static func sizes(_ given: [Tensor]?, _ shapes: [[Int]]) throws {
    for (k, (t, shape)) in zip(given ?? [], shapes).enumerated() where t.shape != shape {
      throw TorchError.runtime(
        "Expected \(shapes.count > 1 ? "hidden[\(k)]" : "hidden") size "
          + "(\(shape.map(String.init).joined(separator: ", "))), got \(t.shape)")
    }
  }

  /// What PyTorch's `lstm` says where the states of a batch are no pair.
  static func isPair(_ hx: Argument?, _ m: Layer, _ input: Argument?) throws {
    if let count = hx?.items?.count, count != 2 { throw TorchError.runtime("lstm expects two hidden states") }
    guard case .tensor? = hx else { return }
    let (type, state) = (input?.typeName ?? "Tensor", hx?.typeName ?? "Tensor")
    let weights = Array(repeating: "Parameter", count: m.parameters.count).joined(separator: ", ")
    throw TorchError.type(
      """
      lstm() received an invalid combination of arguments - got (\(type), \(state), list, bool, int, float, bool, bool, bool), but expected one of:
       * (Tensor data, Tensor batch_sizes, tuple of Tensors hx, tuple of Tensors params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional)
            didn't match because some of the arguments have invalid types: (\(type), \(state), !list of [\(weights)]!, !bool!, !int!, !float!, !bool!, bool, bool)
       * (Tensor input, tuple of Tensors hx, tuple of Tensors params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first)
            didn't match because some of the arguments have invalid types: (\(type), !\(state)!, !list of [\(weights)]!, bool, int, float, bool, bool, bool)

      """)
  }

  /// `hx` of a cell, of which PyTorch's Python looks at the dimensions.
  static func cellHidden(_ hx: Argument?, _ name: String, isBatch: Bool) throws -> Argument? {
    guard let hx = given(hx) else { return nil }
    func check(_ t: Tensor, _ title: String) throws {
      if t.dim != 1, t.dim != 2 {
        throw TorchError.value("\(name): Expected \(title) to be 1D or 2D, got \(t.dim)D instead")
      }
    }
    guard name == "LSTMCell" else {
      let t = try tensor(hx)
      try check(t, "hidden")
      return .tensor(isBatch ? t : try Ops.unsqueeze(t, 0))
    }
    if case .tensor(let t) = hx, t.dim > 0 {
      // Its rows are what a loop over it gives.
      if t.shape[0] > 0 { try check(Ops.select(t, 0, 0), "hx[0]") }
    } else {
      guard let items = hx.items else {
        throw TorchError.type("'\(hx.typeName)' object is not iterable")
      }
      for (k, item) in items.enumerated() { try check(tensor(item), "hx[\(k)]") }
    }
    if isBatch, case .tensor = hx {
      throw TorchError.type(
        "lstm_cell(): argument 'hx' (position 2) must be tuple of Tensors, not \(hx.typeName)")
    }
    return isBatch ? hx : .tuple(try pair(hx).map { .tensor(try Ops.unsqueeze($0, 0)) })
  }

  /// The states of a cell, of which the kernel looks at the sizes.
  static func cellStates(_ hx: Argument, batch: Int, _ hidden: Int) throws -> [Tensor] {
    let isLSTM = hx.items != nil
    if isLSTM, hx.items?.count != 2 { throw TorchError.runtime("lstm_cell expects two hidden states") }
    let states = try (hx.items ?? [hx]).map(tensor)
    for (k, t) in states.enumerated() {
      let count = t.shape.first ?? 0
      guard count == batch else {
        throw TorchError.runtime("Input batch size \(batch) doesn't match hidden\(k) batch size \(count)")
      }
      guard t.dim > 1 else {
        throw TorchError(.index, "Dimension out of range (expected to be in range of [-1, 0], but got 1)")
      }
      guard t.shape[1] == hidden else {
        throw TorchError.runtime(
          "hidden\(k) has inconsistent hidden_size: got \(t.shape[1]), expected \(hidden)")
      }
    }
    return states
  }

  /// `hx[0]` and `hx[1]`, of a tuple or of a tensor.
  private static func pair(_ hx: Argument) throws -> [Tensor] {
    switch hx {
    case .tensor(let t):
      guard t.dim > 0 else {
        throw TorchError(
          .index,
          "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a "
            + "0-dim tensor to a number")
      }
      return try (0..<2).map { k in
        guard k < t.shape[0] else {
          throw TorchError(
            .index, "index \(k) is out of bounds for dimension 0 with size \(t.shape[0])")
        }
        return try Ops.select(t, 0, k)
      }
    case .list(let items), .tuple(let items):
      return try (0..<2).map { k in
        guard items.indices.contains(k) else {
          throw TorchError(.index, "\(hx.typeName) index out of range")
        }
        return try tensor(items[k])
      }
    case .string(let s):
      throw s.isEmpty ? TorchError(.index, "string index out of range") : noDimension(hx)
    default: throw TorchError.type("'\(hx.typeName)' object is not subscriptable")
    }
  }
  private static func given(_ hx: Argument?) -> Argument? {
    if case .some(.none) = hx { return nil }
    return hx
  }
  /// What PyTorch's Python asks for its dimensions first.
  static func tensor(_ a: Argument) throws -> Tensor {
    guard case .tensor(let t) = a else { throw noDimension(a) }
    return t
  }
  private static func noDimension(_ a: Argument) -> TorchError {
    TorchError(.attribute, "'\(a.typeName)' object has no attribute 'dim'")
  }
}
