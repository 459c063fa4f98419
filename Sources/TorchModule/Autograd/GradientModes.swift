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

  private static let classes = ClassTable(Types.object, module: "torch.autograd.grad_mode")
  /// The class that made it, as `torch` has it.
  var maker: ClassObject?
  override var typeObject: ClassObject { maker ?? GradientModeObject.classes[name] }

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
    // A class is decorated by decorating what makes its instances.
    if let type = function.object as? ClassObject {
      if let make = type.lookup("__init__") { type.set("__init__", wrapped(make, i)) }
      return function
    }
    return wrapped(function, i)
  }

  private func wrapped(_ function: Value, _ i: Interpreter) -> Value {
    let (name, on, inference) = (name, on, inference)
    let wrapper = NativeFunction(
      ((try? i.attribute(function, "__name__"))?.object as? StringObject)?.value ?? name, isMethod: true
    ) { a, i in
      let mode = GradientModeObject(name, on: on, inference: inference)
      mode.start()
      defer { mode.end() }
      let result = try i.call(function, a)
      // What a generator does, it does between two values.
      guard let generator = result.object as? GeneratorObject else { return result }
      return .object(
        ClosureIterator { i in
          mode.start()
          defer { mode.end() }
          return try generator.next(i)
        })
    }
    for name in ["__doc__", "__qualname__", "__module__"] {
      if let value = try? i.attribute(function, name) { _ = try? wrapper.setAttribute(name, value, i) }
    }
    _ = try? wrapper.setAttribute("__wrapped__", function, i)
    return .object(wrapper)
  }

  private func of(_ c: ClassObject?) -> GradientModeObject {
    maker = c
    return self
  }

  /// The class of this name, as `torch` has it.
  static func make(_ name: String) -> ClassObject {
    let c = ClassObject(name, module: "torch.autograd.grad_mode")
    c.make = { [weak c] _, a, i in
      // `@torch.no_grad` without brackets decorates at once.
      if let f = a.positional.first,
        f.object is FunctionObject || f.object is NativeFunction || f.object is ClassObject
      {
        return try GradientModeObject(
          name, on: name == "enable_grad", inference: name == "inference_mode" ? true : nil
        )
        .call(a, i)
      }
      if name == "no_grad" || name == "enable_grad", let given = a.positional.first ?? a.keywords.first?.value
      {
        _ = given
        throw Raise.type(
          "\(name).__init__() takes 1 positional argument but \(a.positional.count + 1) were given")
      }
      if name == "set_grad_enabled", a.positional.isEmpty, a.keyword("mode") == nil {
        throw Raise.type("set_grad_enabled.__init__() missing 1 required positional argument: 'mode'")
      }
      let flag = try a.positional.first.map(i.isTrue) ?? a.keyword("mode").map(i.isTrue) ?? true
      switch name {
      case "enable_grad": return .object(GradientModeObject(name, on: true, inference: nil).of(c))
      case "inference_mode": return .object(GradientModeObject(name, on: !flag, inference: flag).of(c))
      case "set_grad_enabled":
        // Acts at once; as a context it undoes that at its end.
        let mode = GradientModeObject(name, on: flag, inference: nil)
        let context = Context.current
        mode.saved.append((context.gradMode, context.inferenceMode))
        context.setGradMode(flag, inference: context.inferenceMode)
        return .object(SetGradEnabled(mode, c))
      default: return .object(GradientModeObject(name, on: false, inference: nil).of(c))
      }
    }
    return c
  }

  /// `set_grad_enabled(…)`, which took effect when it was made.
  private final class SetGradEnabled: Object {
    let mode: GradientModeObject
    private let maker: ClassObject?
    init(_ mode: GradientModeObject, _ maker: ClassObject?) { (self.mode, self.maker) = (mode, maker) }
    override var typeObject: ClassObject { maker ?? Types.object }
    override func enter(_ i: Interpreter) throws -> Value? { Value.none }
    override func exit(_ exception: InstanceObject?, _ i: Interpreter) throws -> Bool {
      mode.end()
      return false
    }
  }
}
