import Autograd
import MiniPython
import Recordings

/// Between arrays and tensors: `torch.from_numpy`, `torch.tensor(array)`, `tensor.numpy()`.
enum NumpyBridge {
  /// Teaches `torch`'s functions about arrays.
  static func install(_ m: ModuleObject) {
    m.function("from_numpy") { a, i in
      let v = try a.positionalOnly("from_numpy", 1...1)[0]
      guard let array = v.object as? ArrayObject else {
        throw Raise.type("expected np.ndarray (got \(i.typeName(v)))")
      }
      return .object(try shared(array))
    }
    for name in ["tensor", "as_tensor", "asarray"] {
      guard let plain = m.members[name] else { continue }
      m.function(name) { a, i in
        guard let first = a.positional.first ?? a.keyword("data") else { return try i.call(plain, a) }
        guard let (array, isScalar) = try array(first, i) else { return try i.call(plain, a) }
        var made = Value.object(
          try name == "tensor" || isScalar ? TensorObject.of(copied(array)) : shared(array))
        let rest = a.keywords.filter { ["dtype", "device"].contains($0.name) && $0.value.object != nil }
        if !rest.isEmpty { made = try i.call(i.getAttribute(made, "to"), PyArguments([], keywords: rest)) }
        if let flag = a.keyword("requires_grad"), try i.isTrue(flag) {
          made = try i.call(i.getAttribute(made, "requires_grad_"))
        }
        return made
      }
    }
  }

  /// The array in a value, or one made of a scalar or of a list of arrays; `nil` for anything torch reads itself.
  private static func array(_ v: Value, _ i: Interpreter) throws -> (ArrayObject, isScalar: Bool)? {
    switch v.object {
    case let a as ArrayObject: return (a, false)
    case let s as ScalarObject: return (try ArrayObject([], [s.number], s.dtype), true)
    case let l as ListObject:
      guard l.items.contains(where: { $0.object is ArrayObject || $0.object is ScalarObject }) else {
        return nil
      }
      guard !l.items.contains(where: { ($0.object as? ArrayObject)?.shape.isEmpty == true }) else {
        throw Raise.type("len() of unsized object")
      }
      // Of plain numbers and scalars of NumPy, torch makes its own common type.
      let types = l.items.map { item -> DType? in
        switch item.unboxed {
        case .float: return Context.current.defaultDType
        case .int: return .int64
        case .bool: return .bool
        default: return (item.object as? ScalarObject)?.dtype
        }
      }
      var x = try Operand.required(v, i)
      if let first = types.first ?? nil {
        let common = types.reduce(Optional(first)) { common, next in
          common.flatMap { common in next.map { DType.promote(common, $0) } }
        }
        if let common { x = x.cast(common) }
      }
      return (try ArrayObject(x.shape, x.numbers, x.dtype), true)
    default: return nil
    }
  }

  private static func copied(_ a: ArrayObject) throws -> Tensor {
    // Elements stay in the order in which they lie, transposed ones, too.
    let order = a.shape.indices.sorted { a.tensor.strides[$0] > a.tensor.strides[$1] }
    let shape = order.map { a.shape[$0] }
    guard order != Array(a.shape.indices), a.tensor.strides.allSatisfy({ $0 > 0 }), !a.shape.contains(0)
    else {
      return try Tensor.plain(a.shape, a.numbers, a.dtype)
    }
    let turned = try a.view(shape, order.map { a.tensor.strides[$0] }, a.tensor.offset)
    let memory = try Tensor.plain(shape, turned.numbers, a.dtype)
    var strides = [Int](repeating: 1, count: order.count)
    for (k, d) in order.enumerated() { strides[d] = memory.strides[k] }
    return memory.plainView(shape: a.shape, strides: strides, offset: 0) ?? memory
  }

  /// A tensor on the array's memory.
  static func shared(_ a: ArrayObject) throws -> TensorObject {
    guard a.tensor.strides.allSatisfy({ $0 >= 0 }) else {
      throw Raise.value(
        "At least one stride in the given numpy array is negative, and tensors with negative strides are not currently supported. (You can probably work around this by making a copy of your array  with array.copy().) "
      )
    }
    guard let t = a.tensor.plainView(shape: a.shape, strides: a.tensor.strides, offset: a.tensor.offset)
    else {
      return TensorObject.of(try copied(a))
    }
    t.shareMemory()
    return TensorObject.of(t)
  }

  /// `tensor.numpy()`.
  static func array(of t: Tensor, forced: Bool) throws -> Value {
    if !forced { try TensorInterop.checkReadable(t) }
    if t.dtype == .bfloat16 { throw Raise.type("Got unsupported ScalarType BFloat16") }
    guard t.device == "cpu" else {
      throw Raise.type(
        "can't convert \(t.device) device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first."
      )
    }
    guard let view = t.plainView(shape: t.shape, strides: t.strides, offset: t.offset) else {
      return .object(try ArrayObject(t.shape, t.numbers(), t.dtype))
    }
    t.shareMemory()
    return .object(ArrayObject(view))
  }
}
