import Autograd
import MiniPython
import Recordings

/// NumPy's functions and operators where a tensor is among the operands, as `__array__`, `__array_wrap__` and
/// `__array_priority__` of PyTorch's tensors make them: an array on the left steps back, what NumPy computes becomes a
/// tensor again, and a tensor that needs a gradient refuses to be read.
enum TensorInterop {
  /// Refuses to hand out the numbers of a tensor that needs a gradient, while the graph is recorded.
  static func checkReadable(_ t: Tensor) throws {
    guard t.requiresGrad, Context.current.recordsGraph else { return }
    throw Raise.runtime(
      "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
  }

  /// What NumPy computed, as a tensor; bools as bytes.
  static func wrapped(_ v: Value) throws -> Value {
    guard let x = Operand.known(v) else { return v }
    let made = try ArrayObject(x.shape, x.numbers, x.dtype)
    return .object(
      try NumpyBridge.shared(x.dtype == .bool ? ArrayObject(x.shape, x.cast(.uint8).numbers, .uint8) : made))
  }

  /// `tensor op array`, by NumPy.
  static func binary(_ t: Value, _ op: String, _ a: ArrayObject, _ i: Interpreter) throws -> Value? {
    if op == "@" { return try ArrayProducts.matmul(t, .object(a), i).map(wrapped) }
    guard let f = BinaryFunction.operators[op], let x = try Operand.of(t, i) else { return nil }
    return try wrapped(f.apply(x, Operand(a), i))
  }

  /// `array op tensor`: only division, which asks the tensor for its reciprocal.
  static func reflected(_ a: ArrayObject, _ op: String, _ t: TensorObject, _ i: Interpreter) throws -> Value?
  {
    switch op {
    case "/":
      guard let inverse = TensorClass.operators["reciprocal"] else { return nil }
      return try binary(
        Convert.value(inverse.call([.tensor(t.tensor)], isMethod: true)), "*", a, i)
    case "+":
      throw Raise.type(
        "Concatenation operation is not implemented for NumPy arrays, use np.concatenate() instead. Please do not rely "
          + "on this error; it may not be given on all Python implementations.")
    default: return nil
    }
  }

  /// Comparisons with an array: only equality is compared.
  static func compare(_ a: ArrayObject, _ op: String, _ t: TensorObject) throws -> Value? {
    guard op == "==" else { return op == "!=" ? .bool(true) : nil }
    let x = Operand(a)
    guard let shape = Broadcast.shape(t.tensor.shape, x.shape),
      let p = Broadcast.places(t.tensor.shape, to: shape), let q = Broadcast.places(x.shape, to: shape)
    else { return .bool(false) }
    let numbers = t.tensor.numbers()
    let equal = zip(p, q).map { Number.bool(numbers[$0].double == x.numbers[$1].double) }
    return .object(try NumpyBridge.shared(ArrayObject(shape, equal, .bool)))
  }

  /// Functions that give a tensor for a tensor.
  private static let wrapping =
    UnaryFunction.names + BinaryFunction.all.keys.sorted()
    + [
      "true_divide", "mod", "pow", "round", "around", "clip", "cumsum", "cumprod", "argmax", "argmin",
      "argsort",
      "transpose", "reshape", "squeeze", "ravel", "matmul",
    ]
  /// Methods of the tensor that `np.sum(t)` calls, and what they say of NumPy's arguments.
  private static let refusing = [
    "sum": "sum() got an unexpected keyword argument 'axis'",
    "mean": "mean() got an unexpected keyword argument 'axis'",
    "max": "max(): argument 'dim' must be int, not NoneType",
    "amax": "max(): argument 'dim' must be int, not NoneType",
    "min": "min(): argument 'dim' must be int, not NoneType",
    "amin": "min(): argument 'dim' must be int, not NoneType",
    "prod": "prod(): argument 'dim' must be int, not NoneType",
    "std": deviation("std"), "var": deviation("var"),
  ]
  private static func deviation(_ name: String) -> String {
    """
    \(name)() received an invalid combination of arguments - got (ddof=int, dtype=NoneType, out=NoneType, axis=NoneType, ), but expected one of:
     * (tuple of ints dim, bool unbiased = True, bool keepdim = False)
     * (tuple of ints dim = None, *, Number correction = None, bool keepdim = False)
          didn't match because some of the keywords were incorrect: ddof, dtype, out, axis
     * (bool unbiased = True)

    """
  }

  /// Puts the tensors' part before NumPy's functions.
  static func fill(_ m: ModuleObject) {
    for name in wrapping {
      guard let plain = m.members[name] else { continue }
      let function = NativeFunction(name) { a, i in
        let hasTensor = a.positional.prefix(2).contains { $0.object is TensorObject }
        let result = try i.call(plain, a)
        return hasTensor ? try wrapped(result) : result
      }
      if let f = BinaryFunction.all[name] { UniversalMethods.put(f, on: function) }
      m.set(name, .object(function))
    }
    for (name, refusal) in refusing.sorted(by: { $0.key < $1.key }) {
      guard let plain = m.members[name] else { continue }
      m.function(name) { a, i in
        if a.positional.count == 1, a.keywords.isEmpty, a.positional[0].object is TensorObject {
          throw Raise.type(refusal)
        }
        return try i.call(plain, a)
      }
    }
  }
}
