import Recordings

/// Layers that learn the size of their input from the first one they see.
///
/// Law: from then on a `LazyLinear` is a `Linear`, with the numbers it would have drawn there and then; its parameters
/// stay the same tensors, so that an optimizer made before holds the right ones.
///
/// Source: https://docs.pytorch.org/docs/2.13/generated/torch.nn.modules.lazy.LazyModuleMixin.html
extension Modules {
  static let lazy: [ModuleType] = lazyKinds.compactMap { name, missing, dims in
    guard let base = lazyBases.first(where: { $0.name == name }) else { return nil }
    // Norms that wait all learn and all keep their statistics, unless told.
    let text = base.signature.text.replacing("\(missing), ", with: "", maxReplacements: 1)
      .replacing("affine=False", with: "affine=True").replacing(
        "track_running_stats=False", with: "track_running_stats=True")
    var made = ModuleType("Lazy\(text)", needs: base.needs) { a, lazyName in
      try make(base, missing, dims, a, lazyName)
    }
    made.lazyOf = name
    made.file = base.file
    return made
  }
  private static let lazyBases = [
    ("linear", linear), ("conv", convolution), ("batchnorm", batchNorms), ("instancenorm", instanceNorms),
  ]
  .flatMap { file, types in
    types.map { type in
      var type = type
      type.file = file
      return type
    }
  }

  /// What is missing, and how many dimensions an input has that is no batch; 0 where the last one counts.
  private static let lazyKinds: [(name: String, missing: String, dims: Int)] = [
    ("Linear", "in_features", 0), ("Conv1d", "in_channels", 2), ("Conv2d", "in_channels", 3),
    ("ConvTranspose1d", "in_channels", 2), ("ConvTranspose2d", "in_channels", 3),
    ("BatchNorm1d", "num_features", 1), ("BatchNorm2d", "num_features", 1),
    ("InstanceNorm1d", "num_features", 2), ("InstanceNorm2d", "num_features", 3),
  ]

  private static func make(
    _ base: ModuleType, _ missing: String, _ dims: Int, _ a: Arguments, _ name: String
  ) throws -> Layer {
    let context = Context.current
    context.warnHere(
      "UserWarning",
      "Lazy modules are a new feature under heavy development so changes to the API or functionality can happen at any "
        + "moment.")
    let given = base.signature.parameters.compactMap { p -> (String, Argument)? in
      if p.name == missing { return nil }
      if let value = a[p.name] { return (p.name, value) }
      return p.name == "affine" || p.name == "track_running_stats" ? (p.name, .bool(true)) : nil
    }
    func whole(_ size: Int, like held: Tensor? = nil) throws -> Layer {
      let settings =
        held.map { t in
          given.filter { $0.0 != "dtype" && $0.0 != "device" }
            + [("dtype", .dtype(t.dtype)), ("device", .string(t.device))]
        } ?? given
      guard let made = try base([], settings + [(missing, .int(size))]) as? Layer else {
        throw TorchError(.notImplemented, "\(name) is not available here")
      }
      return made
    }
    // One of the right kind shows which parameters there will be; it draws nothing.
    let state = context.generator.snapshot
    let model = try whole(try divisor(a))
    context.generator.snapshot = state
    let shell = Layer(name, forward: model.signature.text, model.constants) { m, x in
      let input = try x.tensor(model.signature.parameters.first?.name ?? "input")
      let shape = input.shape
      let axis = dims == 0 ? shape.count - 1 : dims == 1 || shape.count > dims ? 1 : 0
      guard shape.indices.contains(axis) else {
        throw TorchError.index("tuple index out of range")
      }
      let held = m.parameters.lazy.compactMap(\.value).first { $0.isUninitialized }
      let real = try whole(shape[axis], like: held)
      for (name, value) in real.parameters {
        if let value, let there = m.parameter(name), there.isUninitialized { try there.materialize(value) }
      }
      for (name, value, _) in real.buffers {
        if let value, let there = m.buffer(name), there.isUninitialized { try there.materialize(value) }
      }
      (m.constants, m.extra, m.typeName, m.body) = (real.constants, real.extra, real.typeName, real.body)
      return try real.body(m, x)
    }
    shell.constants = model.constants.map { $0.name == missing ? ($0.name, .int(0)) : $0 }
    shell.extra = model.extra
    shell.file = model.file
    for (name, value) in model.parameters {
      guard value != nil else {
        shell.setParameter(name, nil)
        continue
      }
      let empty = try Tensor.parameter(Tensor(zeros: [0], value?.dtype ?? .float32))
      empty.isUninitialized = true
      shell.setParameter(name, empty)
    }
    for (name, value, isPersistent) in model.buffers {
      // The counter is a number: it has its size.
      if let value, !value.shape.isEmpty {
        let empty = try Tensor(zeros: [0], value.dtype)
        empty.isUninitialized = true
        shell.setBuffer(name, empty, isPersistent: isPersistent)
      } else {
        shell.setBuffer(name, value, isPersistent: isPersistent)
      }
    }
    return shell
  }

  /// A size that every group divides.
  private static func divisor(_ a: Arguments) throws -> Int { max(1, (try? a.int("groups")) ?? 1) }
}

extension Tensor {
  /// Without memory yet: of a layer that has not seen its input. Every use of its values throws.
  public internal(set) var isUninitialized: Bool {
    get { raritiesIfAny?.isUninitialized ?? false }
    set {
      guard newValue != isUninitialized else { return }
      failure = newValue ? Tensor.uninitialized("numel") : nil
      raritiesIfAny?.isUninitialized = newValue
    }
  }

  /// Takes its size and its first values; who holds it holds it still.
  func materialize(_ values: Tensor) throws {
    isUninitialized = false
    try setData(values)
  }

  /// Does what needs no numbers; one without memory takes part as an empty one.
  public func asEmpty(_ body: () throws -> Void) rethrows {
    let before = isUninitialized
    isUninitialized = false
    defer { isUninitialized = before }
    try body()
  }

  static func uninitialized(_ operation: String) -> TorchError {
    TorchError(
      .value,
      "Attempted to use an uninitialized parameter in <method '\(operation)' of 'torch._C.TensorBase' objects>. This "
        + "error happens when you are using a `LazyModule` or explicitly manipulating "
        + "`torch.nn.parameter.UninitializedParameter` objects. When using LazyModules Call `forward` with a dummy batch "
        + "to initialize the parameters before calling torch functions")
  }
  public static var uninitializedShape: TorchError {
    .runtime(
      "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in `load_state_dict` "
        + "when trying to load an uninitialized parameter into an initialized one. Call `forward` to initialize the "
        + "parameters before accessing their attributes.")
  }
}
