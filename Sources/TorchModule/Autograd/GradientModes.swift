import Autograd
import MiniPython

/// `no_grad`, `enable_grad`, `inference_mode`, `set_grad_enabled`: contexts and decorators alike.
final class GradientModeObject: Object {
  let name: String
  let on: Bool
  /// `nil` leaves inference mode as it is.
  let inference: Bool?
  private var before: (on: Bool, inference: Bool)?

  init(_ name: String, on: Bool, inference: Bool?) {
    self.name = name
    self.on = on
    self.inference = inference
  }

  private static let classes = ClassTable(Types.object, module: "torch.autograd.grad_mode")
  /// The class that made it, as `torch` has it.
  var maker: ClassObject?
  override var typeObject: ClassObject { maker ?? GradientModeObject.classes[name] }
  override func repr(_ i: Interpreter) throws -> String {
    name == "set_grad_enabled"
      ? "torch.autograd.grad_mode.set_grad_enabled(mode=\(on ? "True" : "False"))" : try super.repr(i)
  }

  /// `set_grad_enabled(…)` took effect when it was made; what was before that comes back at its end.
  private func start() {
    let context = Context.current
    if before == nil || name != "set_grad_enabled" { before = (context.gradMode, context.inferenceMode) }
    context.setGradMode(on, inference: inference ?? context.inferenceMode)
  }
  private func end() {
    if let before { Context.current.setGradMode(before.on, inference: before.inference) }
  }

  override var isContext: Bool { true }
  override func enter(_ i: Interpreter) throws -> Value? {
    start()
    return Value.none
  }
  override func exit(_ exception: InstanceObject?, _ i: Interpreter) throws -> Bool {
    end()
    return false
  }
  override var isCallable: Bool { true }
  /// As a decorator.
  override func call(_ arguments: PyArguments, _ i: Interpreter) throws -> Value {
    let function = try arguments.positionalOnly(name, 1...1)[0]
    if name == "set_grad_enabled" { end() }
    // A class is decorated by decorating what makes its instances.
    if let type = function.object as? ClassObject {
      if let make = type.lookup("__init__") { type.set("__init__", try decorated(make, i)) }
      return function
    }
    return try decorated(function, i)
  }

  private func decorated(_ function: Value, _ i: Interpreter) throws -> Value {
    let (name, on, inference) = (name, on, inference)
    func fresh() -> Value { .object(GradientModeObject(name, on: on, inference: inference)) }
    if let own = function.object as? FunctionObject, own.isGenerator {
      return try DecoratedGenerator.make(function, i) { fresh() }
    }
    return try i.decorating(function) { _ in fresh() }
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
      if name == "set_grad_enabled", let given = a.positional.first ?? a.keyword("mode"),
        i.typeName(given) != "bool"
      {
        throw Raise.type(
          "set_grad_enabled(): argument 'enabled' (position 1) must be bool, not \(i.typeName(given))")
      }
      let flag = try a.positional.first.map(i.isTrue) ?? a.keyword("mode").map(i.isTrue) ?? true
      switch name {
      case "enable_grad": return .object(GradientModeObject(name, on: true, inference: nil).of(c))
      case "inference_mode": return .object(GradientModeObject(name, on: !flag, inference: flag).of(c))
      case "set_grad_enabled":
        let mode = GradientModeObject(name, on: flag, inference: nil).of(c)
        mode.start()
        return .object(mode)
      default: return .object(GradientModeObject(name, on: false, inference: nil).of(c))
      }
    }
    return c
  }
}

/// A generator function that runs inside a context between each two values, and outside of it while it waits.
enum DecoratedGenerator {
  static func make(
    _ function: Value, _ i: Interpreter, in context: @escaping () -> Value
  ) throws -> Value {
    guard
      let module = try WrittenModules.make(WrittenModules.contexts.name, RunState.of(i), i)?.object
        as? ModuleObject, let decorate = module.members["between"]
    else { return function }
    let fresh = NativeFunction("context") { _, _ in context() }
    let generator = try i.call(decorate, PyArguments([.object(fresh), function]))
    return try i.standing(for: function) { a, i in try i.call(generator, a) }
  }
}

extension WrittenModules {
  /// `torch.utils._contextlib`: what `torch` makes of generators that are decorated with a context.
  static let contexts = WrittenModule(
    name: "torch.utils._contextlib",
    source: #"""
      def between(context, function):
          def generator(*args, **kwargs):
              inner = function(*args, **kwargs)
              step, given = inner.send, None
              while True:
                  try:
                      with context(): value = step(given)
                  except StopIteration as end: return end.value
                  try: step, given = inner.send, (yield value)
                  except GeneratorExit:
                      with context(): inner.close()
                      raise
                  except BaseException as error: step, given = inner.throw, error
          return generator
      """#)
}
