/// `contextlib`: `contextmanager`, `suppress`, `nullcontext`, `closing`, `ExitStack` and the abstract classes.
enum ContextlibModule {
  static func fill(_ m: ModuleObject) {
    m.function("contextmanager") { a, i in
      let f = try a.positionalOnly("contextmanager", 1...1)[0]
      return try i.standing(for: f) { b, i in
        let made = try i.call(f, b)
        guard let g = made.object as? GeneratorObject else {
          throw Raise.type("'\(i.typeName(made))' object is not an iterator")
        }
        return .object(GeneratorContext(g, f, b))
      }
    }
    m.function("suppress") { a, _ in .object(SuppressContext(a.positional)) }
    m.function("nullcontext") { a, _ in .object(ValueContext(a.positional.first ?? .none)) }
    m.function("closing") { a, _ in .object(ClosingContext(try a.positionalOnly("closing", 1...1)[0])) }
    for name in ["redirect_stdout", "redirect_stderr"] {
      m.function(name) { a, _ in
        .object(RedirectContext(try a.positionalOnly(name, 1...1)[0], toErrors: name == "redirect_stderr"))
      }
    }
    m.set("ExitStack", .object(ExitStackObject.type))
    let abstract = ClassObject("AbstractContextManager", module: "contextlib")
    abstract.method("__enter__") { v, _, _ in v }
    abstract.method("__exit__") { _, _, _ in .none }
    m.set("AbstractContextManager", .object(abstract))
    let decorator = ClassObject("ContextDecorator", module: "contextlib")
    decorator.method("__call__") { v, a, i in
      try i.decorating(a.positionalOnly("__call__", 1...1)[0]) { i in
        try i.callMethod(v, "_recreate_cm") ?? v
      }
    }
    decorator.method("_recreate_cm") { v, _, _ in v }
    m.set("ContextDecorator", .object(decorator))
  }
}

/// What `@contextmanager` makes of a generator.
final class GeneratorContext: Object {
  override var isContext: Bool { true }
  override var exitResult: Value { .bool(false) }
  let generator: GeneratorObject
  private let function: Value
  private let arguments: Arguments
  init(_ generator: GeneratorObject, _ function: Value, _ arguments: Arguments) {
    self.generator = generator
    self.function = function
    self.arguments = arguments
  }
  nonisolated(unsafe) private static let type = ClassObject("_GeneratorContextManager", module: "contextlib")
  override var typeObject: ClassObject { GeneratorContext.type }
  override func enter(_ i: Interpreter) throws -> Value? {
    guard let value = try generator.next(i) else { throw Raise.runtime("generator didn't yield") }
    return value
  }
  override func exit(_ exception: InstanceObject?, _ i: Interpreter) throws -> Bool {
    guard let exception else {
      guard try generator.next(i) == nil else { throw Raise.runtime("generator didn't stop") }
      return false
    }
    // Its way through the generator is no part of what the traceback tells.
    let way = exception.exception?.traceback ?? []
    do {
      if try i.resume(generator, sending: .none, raising: exception) != nil {
        throw Raise.runtime("generator didn't stop after throw()")
      }
      return true
    } catch let raise as Raise where raise.exception === exception {
      exception.exception?.traceback = way
      return false
    }
  }
  /// As a decorator.
  override func call(_ a: Arguments, _ i: Interpreter) throws -> Value {
    let (function, arguments) = (function, arguments)
    return try i.decorating(a.positionalOnly("inner", 1...1)[0]) { i in
      guard let g = try i.call(function, arguments).object as? GeneratorObject else { return .none }
      return .object(GeneratorContext(g, function, arguments))
    }
  }
}

/// `contextlib.suppress(…)`.
final class SuppressContext: Object {
  override var isContext: Bool { true }
  override var exitResult: Value { .bool(false) }
  let types: [Value]
  init(_ types: [Value]) { self.types = types }
  override func enter(_ i: Interpreter) throws -> Value? { Value.none }
  override func exit(_ exception: InstanceObject?, _ i: Interpreter) throws -> Bool {
    guard let exception else { return false }
    return try types.contains { try i.matches(exception, $0) }
  }
}

/// `contextlib.nullcontext(value)`.
final class ValueContext: Object {
  override var isContext: Bool { true }
  let value: Value
  init(_ value: Value) { self.value = value }
  override func enter(_ i: Interpreter) throws -> Value? { value }
}

/// `closing(thing)`: calls its `close` at the end.
final class ClosingContext: Object {
  override var isContext: Bool { true }
  private let thing: Value
  init(_ thing: Value) { self.thing = thing }
  override func enter(_ i: Interpreter) throws -> Value? { thing }
  override func exit(_ exception: InstanceObject?, _ i: Interpreter) throws -> Bool {
    _ = try i.call(i.getAttribute(thing, "close"))
    return false
  }
}

/// `redirect_stdout(target)`, `redirect_stderr(target)`: stands in `sys` for the stream.
final class RedirectContext: Object {
  override var isContext: Bool { true }
  private let target: Value
  private let name: String
  private var before: [Value] = []
  init(_ target: Value, toErrors: Bool) {
    self.target = target
    name = toErrors ? "stderr" : "stdout"
  }
  override func enter(_ i: Interpreter) throws -> Value? {
    let sys = try i.importModule("sys", leaf: true).object as? ModuleObject
    before.append(sys?.members[name] ?? .none)
    sys?.set(name, target)
    return target
  }
  override func exit(_ exception: InstanceObject?, _ i: Interpreter) throws -> Bool {
    let sys = try i.importModule("sys", leaf: true).object as? ModuleObject
    if let last = before.popLast() { sys?.set(name, last) }
    return false
  }
}

extension Interpreter {
  /// Writes to a standard stream, or to what a program has put in its place.
  func say(_ text: String, toErrors: Bool = false) throws {
    let name = toErrors ? "stderr" : "stdout"
    let assigned = (loadedModules["sys"]?.object as? ModuleObject)?.members[name]
    let stream = assigned?.object as? ModuleObject
    if let assigned, stream?.name.hasPrefix("<std") != true {
      _ = try call(getAttribute(assigned, "write"), Arguments([.string(text)]))
    } else if stream.map({ $0.name == "<stderr>" }) ?? toErrors {
      errors(text)
    } else {
      try write(text)
    }
  }
}

/// `contextlib.ExitStack`: what was entered is left in the reverse order.
final class ExitStackObject: Object {
  override var isContext: Bool { true }
  override var exitResult: Value { .bool(false) }
  private var exits: [(InstanceObject?, Interpreter) throws -> Bool] = []
  nonisolated(unsafe) static let type = ClassObject("ExitStack", module: "contextlib") { _, _, _ in
    .object(ExitStackObject())
  }
  override var typeObject: ClassObject { ExitStackObject.type }
  override func enter(_ i: Interpreter) throws -> Value? { .object(self) }

  override func exit(_ exception: InstanceObject?, _ i: Interpreter) throws -> Bool {
    var current = exception
    var isOver = false
    while let last = exits.popLast() {
      do {
        if try last(current, i) { current = nil }
        isOver = isOver || (exception != nil && current == nil)
      } catch let raise as Raise {
        if let current, raise.exception !== current, raise.exception.exception?.context == nil {
          raise.exception.exception?.context = current
        }
        current = raise.exception
      }
    }
    if let current, current !== exception { throw Raise(current) }
    return isOver && current == nil
  }

  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    switch name {
    case "enter_context":
      return .object(
        NativeFunction(name) { a, i in
          let manager = try a.positionalOnly(name, 1...1)[0]
          let entered = try i.enterContext(manager)
          self.exits.append { try $1.exitContext(manager, $0) }
          return entered
        })
    case "callback":
      return .object(
        NativeFunction(name) { a, _ in
          guard let f = a.positional.first else {
            throw Raise.type("ExitStack.callback() missing 1 required positional argument: 'callback'")
          }
          let rest = Arguments(Array(a.positional.dropFirst()), keywords: a.keywords)
          self.exits.append { _, i in
            _ = try i.call(f, rest)
            return false
          }
          return f
        })
    case "push":
      return .object(
        NativeFunction(name) { a, i in
          let v = try a.positionalOnly(name, 1...1)[0]
          if i.type(of: v).lookup("__exit__") != nil {
            self.exits.append { try $1.exitContext(v, $0) }
          } else {
            self.exits.append { exception, i in
              let arguments: [Value] =
                exception.map { [.object($0.classObject), .object($0), .none] } ?? [.none, .none, .none]
              return try i.isTrue(i.call(v, Arguments(arguments)))
            }
          }
          return v
        })
    case "close":
      return .object(
        NativeFunction(name) { _, i in
          _ = try self.exit(nil, i)
          return .none
        })
    case "pop_all":
      return .object(
        NativeFunction(name) { _, _ in
          let other = ExitStackObject()
          swap(&other.exits, &self.exits)
          return .object(other)
        })
    default: return nil
    }
  }
}
