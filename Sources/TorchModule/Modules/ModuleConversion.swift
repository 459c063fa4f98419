import Autograd
import MiniPython
import Recordings

/// `to`, `double`, `cpu` and their kin: all by way of `_apply`, which a program may have its own of.
enum ModuleConversion {
  private static func me(_ v: Value) throws -> ModuleInstance { try ModuleClass.me(v) }

  static func fill(_ c: ClassObject) {
    c.method("_apply") { v, a, i in
      let p = try a.bindWritten("Module._apply", "fn", "recurse?")
      try apply(p[0] ?? .none, me(v), recurse: try p[1].map(i.isTrue) ?? true, i)
      return v
    }
    c.method("to") { v, a, i in try converted(v, a, i) }
    c.method("type") { v, a, i in
      let type = try a.bindWritten("Module.type", "dst_type")[0] ?? .none
      return try applying(v, i) { t in try i.callMethod(t, "type", PyArguments([type])) ?? t }
    }
    c.method("share_memory") { v, _, _ in
      try me(v).demand("_modules")
      return v
    }
    c.method("to_empty") { v, a, i in
      let p = try a.bindWritten("Module.to_empty", "device", "recurse?")
      return try converted(v, PyArguments([p[0] ?? .none]), i)
    }
    c.method("compile") { _, _, _ in .none }
    for (name, dtype) in [
      ("half", DType.float16), ("bfloat16", .bfloat16), ("float", .float32), ("double", .float64),
    ] {
      c.method(name) { v, _, i in try converted(v, PyArguments([.object(DTypeObject.of(dtype))]), i) }
    }
    c.method("cuda") { v, a, i in try converted(v, PyArguments([a.positional.first ?? .string("cuda")]), i) }
    for name in ["ipu", "xpu", "mtia"] {
      c.method(name) { v, _, i in try converted(v, PyArguments([.string(name)]), i) }
    }
    c.method("cpu") { v, _, i in try converted(v, PyArguments([.string("cpu")]), i) }
  }

  private static func converted(_ v: Value, _ a: PyArguments, _ i: Interpreter) throws -> Value {
    let given = a.positional + a.keywords.map(\.value)
    let dtypes = given.compactMap { $0.object as? DTypeObject }
    if let d = dtypes.first, !d.dtype.isFloatingPoint {
      throw Raise.type(
        "nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=\(d.dtype.torchName)"
      )
    }
    // A device that is not there is refused, tensors or none.
    for case .object(let o) in given {
      if let name = (o as? DeviceObject)?.name ?? (o as? StringObject)?.value { _ = try Devices.check(name) }
    }
    return try applying(v, i) { t in
      // A type of fractions leaves tensors of whole numbers alone.
      if !dtypes.isEmpty, (t.object as? TensorObject)?.tensor.dtype.isFloatingPoint == false { return t }
      return try i.callMethod(t, "to", a) ?? t
    }
  }

  private static func applying(
    _ v: Value, _ i: Interpreter, _ body: @escaping (Value) throws -> Value
  ) throws -> Value {
    let convert = Value.object(
      NativeFunction("convert") { a, _ in try body(try a.positionalOnly("convert", 1...1)[0]) })
    let m = try me(v)
    if m.overrides("_apply") { return try m.ask("_apply", PyArguments([convert]), i) }
    try apply(convert, m, recurse: true, i)
    return v
  }

  private static func apply(
    _ f: Value, _ m: ModuleInstance, recurse: Bool, depth: Int = 0, _ i: Interpreter
  ) throws {
    try ModuleClass.checkDepth(depth)
    try m.demand("_modules")
    for child in recurse ? try ModuleWalks.askedChildren(m, i) : [] {
      if child.overrides("_apply") {
        _ = try child.ask("_apply", PyArguments([f]), i)
      } else {
        try apply(f, child, recurse: true, depth: depth + 1, i)
      }
    }
    func applied(_ t: Tensor) throws -> Tensor? {
      let made = try ModuleClass.withoutGraph { try i.call(f, PyArguments([.object(TensorObject.of(t))])) }
      return (made.object as? TensorObject)?.tensor
    }
    // Parameters stay the objects that they are; buffers are other ones afterwards.
    for case (_, let t?) in m.core.parameters {
      try t.asEmpty { if let made = try applied(t), made !== t { try t.setData(made) } }
      guard let grad = t.grad else { continue }
      if let made = try applied(grad), made !== grad { try grad.setData(made) }
    }
    for case (let name, let t?, _) in m.core.buffers {
      if t.isUninitialized {
        try t.asEmpty { if let made = try applied(t), made !== t { try t.setData(made) } }
      } else if let made = try applied(t), made !== t {
        m.putBuffer(name, .object(TensorObject.of(made)))
      }
    }
  }
}
