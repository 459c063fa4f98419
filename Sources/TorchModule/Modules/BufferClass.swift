import Autograd
import MiniPython

/// `nn.Buffer`: a tensor that an assignment registers as a buffer.
enum BufferClass {
  nonisolated(unsafe) static let type: ClassObject = {
    let c = ClassObject("Buffer", bases: [TensorClass.tensor], module: "torch.nn.parameter")
    c.make = { _, a, i in
      let p = try a.bind("Buffer", "data?", "requires_grad?", "persistent?")
      let data = p[0] ?? .object(TensorObject.of(Tensor([], dtype: Context.current.defaultDType)))
      guard data.object is TensorObject else {
        throw Raise.attribute("'\(i.typeName(data))' object has no attribute 'detach'")
      }
      var made = try Layers.call(.method("detach"), [data], i)
      if let on = p[1] { made = try i.callMethod(made, "requires_grad_", PyArguments([on])) ?? made }
      try i.setAttribute(made, "persistent", p[2] ?? .bool(true))
      try i.setAttribute(made, "_is_buffer", .bool(true))
      return made
    }
    c.accepts = isBuffer
    return c
  }()

  static func isBuffer(_ v: Value) -> Bool { (v.object as? TensorObject)?.isBuffer == true }
  static func isPersistent(_ v: Value, _ i: Interpreter) throws -> Bool {
    try v.object?.getAttribute("persistent", i).map(i.isTrue) ?? true
  }
}
