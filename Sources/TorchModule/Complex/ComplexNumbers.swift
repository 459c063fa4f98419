import Autograd
import MiniPython

/// What the core refuses because a complex number is among the arguments, given to ``WrittenModules/complexTensors``.
enum ComplexNumbers {
  /// Names of `torch` that come from there when first asked for.
  private static let names: [String: String] = [
    "complex64": "complex64", "complex128": "complex128", "cfloat": "cfloat", "cdouble": "cdouble",
    "complex": "complex_", "polar": "polar", "view_as_complex": "view_as_complex",
    "view_as_real": "view_as_real",
    "real": "real", "imag": "imag", "conj": "conj", "angle": "angle",
  ]

  private static func module(_ i: Interpreter) throws -> ModuleObject? {
    try WrittenModules.make("torch._complex", RunState.of(i), i)?.object as? ModuleObject
  }

  /// A member of `torch`.
  static func member(_ name: String, _ i: Interpreter) throws -> Value? {
    guard let own = names[name] else { return nil }
    return try module(i)?.members[own]
  }

  /// A complex tensor.
  static func isTensor(_ v: Value) -> Bool {
    (v.object as? InstanceObject).map { $0.classObject.isNamed("Tensor", in: "torch") } ?? false
  }

  /// A complex number, a complex tensor or dtype, or a list with one.
  private static func involves(_ v: Value, depth: Int = 0) -> Bool {
    switch v.object {
    case let t as InstanceObject:
      t.classObject.isNamed("Tensor", in: "torch") || t.classObject.isNamed("dtype", in: "torch")
    case let list as ListObject: depth < 6 && list.items.contains { involves($0, depth: depth + 1) }
    case let tuple as TupleObject: depth < 6 && tuple.items.contains { involves($0, depth: depth + 1) }
    case let o?: o.typeObject === Types.complex
    case nil: false
    }
  }

  /// What the function gives for complex arguments; `nil` where there are none, or where it stays refused.
  static func rescue(_ name: String, _ a: PyArguments, _ i: Interpreter) throws -> Value? {
    guard
      a.positional.contains(where: { involves($0) }) || a.keywords.contains(where: { involves($0.value) }),
      let dispatch = try module(i)?.members["dispatch"]
    else { return nil }
    let named = OptimizerObject.dictionary(a.keywords.map { ($0.name, $0.value) })
    let made = try i.call(
      dispatch, PyArguments([.string(name), .tuple(a.positional), named]))
    return made.object === Types.notImplemented ? nil : made
  }

  /// `torch.linalg.eig` and `eigvals` of a real matrix, where the eigenvalues are real.
  static func eigen(_ name: String, _ matrix: Value, _ i: Interpreter) throws -> Value {
    guard let function = try module(i)?.members[name] else { return .none }
    return try i.call(function, PyArguments([matrix]))
  }

  /// A real tensor and a complex number under an operator; `nil` for any other operand.
  static func operate(_ method: String, _ t: TensorObject, _ other: Value, _ i: Interpreter) throws -> Value?
  {
    guard let o = other.object, o.typeObject === Types.complex,
      let operate = try module(i)?.members["operate"]
    else { return nil }
    return try i.call(operate, PyArguments([.string(method), .object(t), other]))
  }
}
