import MiniPython
import Synchronization

/// Which functions PyTorch writes in Python: their type is `function`, that of the others `builtin_function_or_method`,
/// as error texts and `type` show.
///
/// In the modules below `torch` all are written but for those that come from the C++ library:
///
///     F.relu[0]      # 'function' object is not subscriptable
///     torch.relu[0]  # 'builtin_function_or_method' object is not subscriptable
enum WrittenFunctions {
  private static let ofTorch = names(
    """
    atleast_1d atleast_2d atleast_3d block_diag broadcast_shapes broadcast_tensors cartesian_prod cdist chain_matmul
    compile eig einsum get_default_device get_float32_matmul_precision get_rng_state initial_seed is_storage is_tensor
    is_warn_always_enabled load lstsq manual_seed matrix_rank meshgrid norm save seed set_default_device
    set_default_dtype set_default_tensor_type set_float32_matmul_precision set_printoptions set_rng_state
    set_warn_always solve split symeig tensordot typename unique unique_consecutive unravel_index
    use_deterministic_algorithms vmap
    """)
  private static let ofTensor = names(
    """
    __array__ __contains__ __deepcopy__ __floordiv__ __format__ __ipow__ __iter__ __len__ __pow__ __rdiv__ __repr__
    __reversed__ __rfloordiv__ __rmatmul__ __rmod__ __rpow__ __rsub__ __rtruediv__ backward eig is_shared lstsq norm
    register_hook register_post_accumulate_grad_hook share_memory_ solve split storage symeig unflatten unique
    unique_consecutive
    """)
  private static let builtInFunctional = names(
    """
    adaptive_avg_pool1d avg_pool1d avg_pool2d avg_pool3d bilinear celu_ channel_shuffle conv1d conv2d conv3d conv_transpose1d
    conv_transpose2d cosine_similarity elu_ gelu hardshrink hardtanh_ leaky_relu_ linear logsigmoid one_hot
    pairwise_distance pdist pixel_shuffle pixel_unshuffle prelu relu_ rrelu_ scaled_dot_product_attention selu_
    softplus softshrink threshold_
    """)
  private static func names(_ text: String) -> Set<String> {
    Set(text.split { $0.isWhitespace }.map(String.init))
  }

  private static func isWritten(_ name: String, in module: String) -> Bool {
    switch module {
    case "torch": ofTorch.contains(name)
    case "torch.nn.functional": !builtInFunctional.contains(name)
    case "torch.linalg", "torch.special", "torch._C": false
    default: module.hasPrefix("torch.")
    }
  }

  static func mark(_ module: ModuleObject) {
    marking.withLock { _ in
      for (name, value) in module.members {
        if let function = value.object as? NativeFunction {
          if isWritten(name, in: module.name) { mark(function) }
        } else if let c = value.object as? ClassObject, c.module.hasPrefix("torch.") {
          mark(c.attributes.keys, of: c)
        }
      }
    }
  }
  static func mark(tensor: ClassObject) { marking.withLock { _ in mark(ofTensor, of: tensor) } }

  /// Functions and classes outlive a run and are shared by all that run: one thread marks them, before any of the runs
  /// sees them.
  private static let marking = Mutex(())

  private static func mark(_ names: some Sequence<String>, of c: ClassObject) {
    for name in names { if let method = c.attributes[name]?.object as? NativeFunction { mark(method) } }
  }
  private static func mark(_ function: NativeFunction) {
    if !function.isWritten { function.isWritten = true }
  }
}
