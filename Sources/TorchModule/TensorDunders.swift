import Autograd
import MiniPython

/// Special methods of tensors that programs call by name, `x.__len__()`, or ask for with `hasattr`. The language itself
/// never looks here.
enum TensorDunders {
  static func fill(_ c: ClassObject) {
    func method(_ name: String, _ body: @escaping (TensorObject, [Value], Interpreter) throws -> Value) {
      c.method(name) { v, a, i in
        guard let me = v.object as? TensorObject else {
          throw Raise.type(
            "descriptor '\(name)' for 'torch._C.TensorBase' objects doesn't apply to a '\(i.typeName(v))' object"
          )
        }
        if TorchFunctions.mayAnswer(v), name != "__iter__",
          let made = try TorchFunctions.called(
            TorchFunctions.method(name == "__str__" ? "__repr__" : name), a.prepending(v), i)
        {
          return made
        }
        return try body(me, a.positional, i)
      }
    }
    method("__len__") { t, _, i in .int(try t.length(i) ?? 0) }
    method("__iter__") { t, _, i in .object(try t.iterate(i)) }
    method("__contains__") { t, a, i in .bool(try t.contains(a.first ?? .none, i) ?? false) }
    method("__bool__") { t, _, i in .bool(try t.isTrue(i)) }
    method("__int__") { t, _, i in .int(try t.toInt(i) ?? 0) }
    method("__float__") { t, _, i in .float(try t.toFloat(i) ?? 0) }
    method("__index__") { t, _, i in .int(try t.toIndex(i) ?? 0) }
    method("__format__") { t, a, i in
      .string(try t.format((a.first?.object as? StringObject)?.value ?? "", i))
    }
    method("__repr__") { t, _, i in .string(try t.repr(i)) }
    method("__str__") { t, _, i in .string(try t.str(i)) }
    method("__reversed__") { t, _, _ in
      guard t.tensor.dim > 0, let flip = OperationCatalogue[.torch("flip")] else { return .object(t) }
      return Convert.value(try flip.call([.tensor(t.tensor), .tuple([.int(0)])]))
    }
  }
}
