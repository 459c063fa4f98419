import Autograd
import MiniPython

/// `no_grad`, `enable_grad`, `inference_mode`, `set_grad_enabled`: contexts and decorators alike.
final class GradientModeObject: Object {
  let name: String
  let on: Bool
  /// `nil` leaves inference mode as it is.
  let inference: Bool?
  private var saved: [(Bool, Bool)] = []

  init(_ name: String, on: Bool, inference: Bool?) {
    self.name = name
    self.on = on
    self.inference = inference
  }

  private func start() {
    let context = Context.current
    saved.append((context.gradMode, context.inferenceMode))
    context.setGradMode(on, inference: inference ?? context.inferenceMode)
  }
  private func end() {
    if let (on, inference) = saved.popLast() { Context.current.setGradMode(on, inference: inference) }
  }

  override func enter(_ i: Interpreter) throws -> Value? {
    start()
    return Value.none
  }
  override func exit(_ exception: InstanceObject?, _ i: Interpreter) throws -> Bool {
    end()
    return false
  }
  /// As a decorator.
  override func call(_ arguments: PyArguments, _ i: Interpreter) throws -> Value {
    let function = try arguments.positionalOnly(name, 1...1)[0]
    let (name, on, inference) = (name, on, inference)
    return .object(
      NativeFunction(name, isMethod: true) { a, i in
        let mode = GradientModeObject(name, on: on, inference: inference)
        mode.start()
        defer { mode.end() }
        return try i.call(function, a)
      })
  }

  /// The class of this name, as `torch` has it.
  static func make(_ name: String) -> ClassObject {
    let c = ClassObject(name, module: "torch.autograd.grad_mode")
    c.make = { _, a, i in
      // `@torch.no_grad` without brackets decorates at once.
      if let f = a.positional.first, f.object is FunctionObject || f.object is NativeFunction {
        return try GradientModeObject(
          name, on: name == "enable_grad", inference: name == "inference_mode" ? true : nil
        )
        .call(a, i)
      }
      let flag = try a.positional.first.map(i.isTrue) ?? a.keyword("mode").map(i.isTrue) ?? true
      switch name {
      case "enable_grad": return .object(GradientModeObject(name, on: true, inference: nil))
      case "inference_mode": return .object(GradientModeObject(name, on: !flag, inference: flag))
      case "set_grad_enabled":
        // Acts at once; as a context it undoes that at its end.
        let mode = GradientModeObject(name, on: flag, inference: nil)
        let context = Context.current
        mode.saved.append((context.gradMode, context.inferenceMode))
        context.setGradMode(flag, inference: context.inferenceMode)
        return .object(SetGradEnabled(mode))
      default: return .object(GradientModeObject(name, on: false, inference: nil))
      }
    }
    return c
  }

  /// `set_grad_enabled(…)`, which took effect when it was made.
  private final class SetGradEnabled: Object {
    let mode: GradientModeObject
    init(_ mode: GradientModeObject) { self.mode = mode }
    override func enter(_ i: Interpreter) throws -> Value? { Value.none }
    override func exit(_ exception: InstanceObject?, _ i: Interpreter) throws -> Bool {
      mode.end()
      return false
    }
  }
}
