import Autograd
import MiniPython

/// `torch.backends.mkldnn`: the library by which PyTorch makes one node of an LSTM's layer.
///
/// Where a program turns it off, each step of time is nodes of its own, in PyTorch, too:
/// `with torch.backends.mkldnn.flags(enabled=False):` shows backpropagation through time.
final class FusedLibrary: ModuleObject {
  init() {
    super.init("torch.backends.mkldnn")
    function("is_available") { _, _ in .bool(true) }
    function("set_flags") { a, i in
      let before = Context.current.fusesRecurrence
      if let wanted = try a.bind(
        "set_flags", "_enabled?", "_deterministic?", "_allow_tf32?", "_fp32_precision?")[0]
      {
        Context.current.fusesRecurrence = try i.isTrue(wanted)
      }
      return .tuple([.bool(before), .bool(false), .none, .string("none")])
    }
    function("flags") { a, i in
      let wanted = try a.bind("flags", "enabled?", "deterministic?", "allow_tf32?", "fp32_precision?")[0]
      return .object(Flags(isOn: try wanted.map(i.isTrue) ?? false))
    }
  }

  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    name == "enabled" ? .bool(Context.current.fusesRecurrence) : try super.getAttribute(name, i)
  }
  override func setAttribute(_ name: String, _ value: Value, _ i: Interpreter) throws -> Bool {
    guard name == "enabled" else { return try super.setAttribute(name, value, i) }
    Context.current.fusesRecurrence = try i.isTrue(value)
    return true
  }

  /// `with torch.backends.mkldnn.flags(enabled=False):`
  private final class Flags: Object {
    private let isOn: Bool
    private var before: [Bool] = []
    init(isOn: Bool) { self.isOn = isOn }
    override var isContext: Bool { true }
    override func enter(_ i: Interpreter) throws -> Value? {
      before.append(Context.current.fusesRecurrence)
      Context.current.fusesRecurrence = isOn
      return Value.none
    }
    override func exit(_ exception: InstanceObject?, _ i: Interpreter) throws -> Bool {
      if let was = before.popLast() { Context.current.fusesRecurrence = was }
      return false
    }
  }
}
