/// What PyTorch's CUDA build says where tensors of several devices meet.
///
/// Law: nothing here is asked unless devices are simulated. A 0-dimensional tensor of the processor may stand beside
/// tensors of a GPU wherever PyTorch goes through its `TensorIterator`; copies cross devices.
///
/// Source: `c10/core/op_registration/adaption`, `aten/src/ATen/TensorIterator.cpp` and the kernels named below; the
/// texts are those of the library's 2.13 build.
enum DeviceRules {
  /// Operations that the dispatcher checks first: the names their arguments have here and in PyTorch, the method's name.
  private struct Wrapper {
    var arguments: [(own: String, told: String)]
    var method: String
    init(_ method: String, _ arguments: String...) {
      self.method = "wrapper_CUDA_\(method)"
      self.arguments = arguments.map { text in
        let parts = text.split(separator: ":").map(String.init)
        return (parts[0], parts.last ?? text)
      }
    }
  }
  private static let wrappers: [String: Wrapper] = [
    "binary_cross_entropy": Wrapper("_binary_cross_entropy", "input:self", "target", "weight"),
    "cat": Wrapper("cat", "tensors"), "stack": Wrapper("cat", "tensors"), "hstack": Wrapper("cat", "tensors"),
    "vstack": Wrapper("cat", "tensors"), "dstack": Wrapper("cat", "tensors"),
    "cross_entropy": Wrapper("nll_loss_forward", "input:self", "target", "weight"),
    "nll_loss": Wrapper("nll_loss_forward", "input:self", "target", "weight"),
    "embedding": Wrapper("_index_select", "weight:self", "input:index"),
    "equal": Wrapper("_equal", "input:self", "other"),
    "gather": Wrapper("gather", "input:self", "index"),
    "index_select": Wrapper("_index_select", "input:self", "index"),
    "index_add": Wrapper("index_add", "input:self", "index", "source"),
    "index_copy": Wrapper("index_copy", "input:self", "index", "source"),
    "index_fill": Wrapper("_index_fill_", "input:self", "index"),
    "scatter": Wrapper("scatter", "input:self", "index", "src"),
    "scatter_add": Wrapper("scatter_add", "input:self", "index", "src"),
    "take": Wrapper("_take", "input:self", "index"),
    "take_along_dim": Wrapper("gather", "input:self", "indices:index"),
    "masked_select": Wrapper("_masked_select", "input:self", "mask"),
    "prelu": Wrapper("__prelu_kernel", "input:self", "weight"),
  ]
  /// Steps of other operations that are checked in the same way, their inputs in order.
  private static let steps: [String: Wrapper] = [
    "addmm": Wrapper("addmm", "self", "mat1", "mat2"), "mm": Wrapper("mm", "self", "mat2"),
    "addmv": Wrapper("addmv", "self", "mat", "vec"), "mv": Wrapper("addmv_out", "self", "vec"),
    "baddbmm": Wrapper("baddbmm", "self", "batch1", "batch2"), "bmm": Wrapper("bmm", "self", "mat2"),
    "dot": Wrapper("_dot", "self", "tensor"),
    "batch_norm": Wrapper("_cudnn_batch_norm", "input", "weight", "bias"),
    "group_norm": Wrapper("_native_group_norm", "input", "weight", "bias"),
    "layer_norm": Wrapper("_native_layer_norm", "input", "weight", "bias"),
  ]
  /// What takes tensors of any device, or consists of steps that are checked themselves.
  private static let free: Set = [
    "copy_", "to", "type_as", "linear", "matmul", "addmm", "addmv", "baddbmm", "mm", "mv", "bmm", "dot",
    "einsum",
    "batch_norm", "group_norm", "layer_norm", "bilinear", "linalg_matmul", "inner", "tensordot",
    "multi_head_attention_forward",
    "scaled_dot_product_attention", "expand_as", "view_as", "reshape_as", "zeros_like", "ones_like",
    "full_like",
    "empty_like", "rand_like", "randn_like", "randint_like", "tensor", "as_tensor", "new_tensor",
    "is_same_size",
  ]

  /// Before an operation of the catalogue.
  static func check(_ operation: String, _ a: Arguments) throws {
    if operation == "__getitem__" || operation == "__setitem__" { return try checkIndices(a) }
    let name = operation.hasSuffix("_") && operation != "copy_" ? String(operation.dropLast()) : operation
    if free.contains(name) { return }
    if name.hasPrefix("conv") { return try checkConvolution(a) }
    if let wrapper = wrappers[name] {
      return try check(
        wrapper,
        wrapper.arguments.flatMap { argument in a.tensorsGiven(argument.own).map { (argument.told, $0) } })
    }
    let tensors = a.allTensors
    if name == "masked_fill", tensors.count > 1, tensors[0].device != tensors[1].device {
      throw TorchError.runtime(
        "expected self and mask to be on the same device, but got mask on \(tensors[1].device) and self on "
          + tensors[0].device, tensors: tensors)
    }
    try checkTogether(tensors)
  }

  /// Before a step, on its raw inputs.
  static func check(step op: String, _ inputs: [Tensor]) throws {
    guard op != "copy", op != "fill", let first = inputs.first,
      inputs.contains(where: { $0.device != first.device })
    else {
      return
    }
    if let wrapper = steps[op] {
      return try check(wrapper, zip(wrapper.arguments, inputs).map { ($0.told, $1) })
    }
    if op == "index_put", let value = inputs.last, !value.isWrappedNumber, value.dim > 0 {
      throw TorchError.runtime(
        "expected device \(first.device) but got device \(value.device) for value tensor", tensors: inputs)
    }
    try checkTogether(inputs)
  }

  private static func check(_ wrapper: Wrapper, _ tensors: [(told: String, tensor: Tensor)]) throws {
    guard let common = tensors.first?.tensor.device else { return }
    for (told, t) in tensors where t.device != common && !t.isWrappedNumber {
      throw TorchError.runtime(
        "Expected all tensors to be on the same device, but got \(told) is on \(t.device), different from other "
          + "tensors on \(common) (when checking argument in method \(wrapper.method))",
        tensors: tensors.map(\.tensor))
    }
  }

  /// As `TensorIterator` does: the first GPU is the common device.
  private static func checkTogether(_ tensors: [Tensor]) throws {
    let counted = tensors.filter { !$0.isWrappedNumber }
    guard let common = counted.first(where: { $0.device != "cpu" })?.device else { return }
    for t in counted where t.device != common && !(t.dim == 0 && t.device == "cpu") {
      throw TorchError.runtime(
        "Expected all tensors to be on the same device, but found at least two devices, \(common) and "
          + "\(t.device)!", tensors: tensors)
    }
  }

  private static func checkIndices(_ a: Arguments) throws {
    guard let home = a.tensorsGiven("input").first?.device else { return }
    for index in a.tensorsGiven("index") where index.device != "cpu" && index.device != home {
      throw TorchError.runtime(
        "indices should be either on cpu or on the same device as the indexed tensor (\(home))")
    }
  }

  private static func checkConvolution(_ a: Arguments) throws {
    guard let x = a.tensorsGiven("input").first else { return }
    func type(_ t: Tensor) -> String {
      "torch.\(t.device == "cpu" ? "" : "cuda.")\(t.dtype.scalarName)Tensor"
    }
    for name in ["weight", "bias"] {
      guard let w = a.tensorsGiven(name).first, w.device != x.device else { continue }
      let isFast = x.device == "cpu" && (x.shape.first ?? 0) > 1
      throw TorchError.runtime(
        "Input type (\(type(x))) and \(name) type (\(type(w))) should be the same"
          + (isFast ? " or input should be a MKLDNN tensor and \(name) is a dense tensor" : ""),
        tensors: [x, w])
    }
  }
}

extension Arguments {
  /// The tensors of one argument: itself, or the items of a list.
  func tensorsGiven(_ name: String) -> [Tensor] { self[name].map(Self.tensors) ?? [] }
  /// The tensors of all arguments, in order.
  var allTensors: [Tensor] { signature.parameters.flatMap { tensorsGiven($0.name) } }
  private static func tensors(_ argument: Argument) -> [Tensor] {
    switch argument {
    case .tensor(let t): [t]
    case .list(let items), .tuple(let items): items.flatMap(tensors)
    default: []
    }
  }
}
