import Autograd
import MiniPython

/// `__torch_function__`: classes of a program that answer PyTorch's functions, and classes that extend `Tensor`, whose
/// operations give tensors of the same class.
///
///     class Logged(torch.Tensor):
///       @classmethod
///       def __torch_function__(cls, func, types, args=(), kwargs=None): …
enum TorchFunctions {
  private static let hook = "__torch_function__"

  /// What a program knows a function by.
  struct Function {
    /// As messages name it: `torch.add`, `torch.Tensor.mul`.
    let title: String
    /// Written in Python where it comes from: it tells its keywords and all classes, and words its refusal otherwise.
    let isWritten: Bool
    let value: Value
  }

  /// Tensors of a program's class, and objects that may answer.
  @inline(__always) static func mayAnswer(_ v: Value) -> Bool {
    guard case .object(let o) = v else { return false }
    return o.extra != nil || o is InstanceObject
  }

  /// Whether some argument, or an element of one, may answer.
  static func mayAnswer(_ a: PyArguments) -> Bool {
    a.positional.contains(where: mayAnswerInside) || a.keywords.contains { mayAnswerInside($0.value) }
  }
  private static func mayAnswerInside(_ v: Value) -> Bool {
    if mayAnswer(v) { return true }
    switch v.object {
    case let l as ListObject: return l.items.contains(where: mayAnswer)
    case let t as TupleObject: return t.items.contains(where: mayAnswer)
    default: return false
    }
  }

  /// The class through which a value answers; `nil` for one that does not.
  private static func answering(_ v: Value, _ i: Interpreter) -> ClassObject? {
    switch v.object {
    case let t as TensorObject:
      guard let c = t.extra?.classObject, !t.tensor.isParameter, RunState.of(i).plainTensors == 0 else {
        return nil
      }
      return c
    case let o as InstanceObject: return o.classObject.lookup(hook) == nil ? nil : o.classObject
    default: return nil
    }
  }

  /// What answers a call: the first of each class, those of derived classes before their bases'.
  private static func answers(_ a: PyArguments, _ i: Interpreter) -> [(value: Value, type: ClassObject)] {
    var found: [(value: Value, type: ClassObject)] = []
    func add(_ v: Value) {
      guard mayAnswer(v), let c = answering(v, i), !found.contains(where: { $0.type === c }) else { return }
      let at = found.firstIndex { c.isSubclass(of: $0.type) } ?? found.count
      found.insert((v, c), at: at)
    }
    for v in a.positional + a.keywords.map(\.value) {
      add(v)
      switch v.object {
      case let l as ListObject: l.items.forEach(add)
      case let t as TupleObject: t.items.forEach(add)
      default: break
      }
    }
    return found
  }

  /// What the classes among the arguments make of a call: `nil` where none answers, an inner `nil` where all decline.
  static func answer(
    _ function: @autoclosure () -> Function?, _ a: PyArguments, _ i: Interpreter
  ) throws -> Value?? {
    let all = answers(a, i)
    guard !all.isEmpty, let function = function() else { return nil }
    var types = all.map(\.type)
    if function.isWritten,
      a.positional.contains(where: { ($0.object as? TensorObject)?.extra == nil && $0.object is TensorObject }
      )
    {
      types.append(TensorClass.tensor)
    }
    for (value, type) in all {
      if type.lookup(hook)?.object === inherited {
        guard types.allSatisfy({ type.isSubclass(of: $0) }) else { continue }
        return try run(function.value, a, as: type, i)
      }
      let given: Value =
        a.keywords.isEmpty && !function.isWritten
        ? .none : OptimizerObject.dictionary(a.keywords.map { ($0.name, $0.value) })
      let answer = try i.call(
        i.getAttribute(value, hook),
        PyArguments([
          function.value, .tuple(types.map { .object($0) }), .tuple(a.positional), given,
        ]))
      if answer.object !== Types.notImplemented { return answer }
    }
    return .some(nil)
  }

  /// As ``answer(_:_:_:)``, for calls: where all decline, that is an error.
  static func called(
    _ function: @autoclosure () -> Function?, _ a: PyArguments, _ i: Interpreter
  ) throws -> Value? {
    var asked: Function?
    guard
      let answer = try answer(
        {
          asked = function()
          return asked
        }(), a, i)
    else { return nil }
    if let answer { return answer }
    let types = try answers(a, i).map { try i.repr(.object($0.type)) }
    guard let asked, !asked.isWritten else {
      throw Raise.type(
        "no implementation found for '\(asked?.title ?? "")' on types that implement \(hook): "
          + "[\(types.joined(separator: ", "))]")
    }
    throw Raise.type(
      "Multiple dispatch failed for '\(asked.title)'; all \(hook) handlers returned NotImplemented:\n\n"
        + types.map { "  - tensor subclass \($0)\n" }.joined()
        + "\nFor more information, try re-running with TORCH_LOGS=not_implemented")
  }

  // MARK: What `Tensor` itself answers

  /// `Tensor.__torch_function__`: calls the function as if all were plain tensors; what comes out gets the class.
  nonisolated(unsafe) static let inherited = MethodWrapper(
    .object(
      NativeFunction(hook) { a, i in
        let p = try a.bind(hook, "cls", "func", "types", "args?", "kwargs?")
        guard let c = p[0]?.object as? ClassObject, let function = p[1] else { return .none }
        for type in try i.array(p[2] ?? .none) {
          guard let t = type.object as? ClassObject, c.isSubclass(of: t) else {
            return .object(Types.notImplemented)
          }
        }
        let keywords = (p[4]?.object as? DictObject)?.entries.compactMap { $0 } ?? []
        let arguments = PyArguments(
          try p[3].map(i.array) ?? [],
          keywords: try keywords.map { (name: try i.str($0.key), value: $0.value) })
        return try run(function, arguments, as: c, i)
      }), isStatic: false)

  private static func run(
    _ function: Value, _ a: PyArguments, as type: ClassObject, _ i: Interpreter
  ) throws -> Value {
    let made = try plainly(i) { try i.call(function, a) }
    if try function.object?.getAttribute("keeps_class", i) != nil { return made }
    return try converted(made, type)
  }

  /// While `body` runs, tensors of a program's classes are tensors like others.
  static func plainly<R>(_ i: Interpreter, _ body: () throws -> R) rethrows -> R {
    let state = RunState.of(i)
    state.plainTensors += 1
    defer { state.plainTensors -= 1 }
    return try body()
  }

  private static func converted(_ v: Value, _ type: ClassObject) throws -> Value {
    switch v.object {
    case let t as TensorObject:
      guard type !== TensorClass.tensor, t.extra?.classObject.isSubclass(of: type) != true else { return v }
      return try instance(of: type, t.tensor)
    case let t as TupleObject: return .tuple(try t.items.map { try converted($0, type) })
    case let l as ListObject: return .list(try l.items.map { try converted($0, type) })
    case let n as NamedTupleObject:
      return .object(
        NamedTupleObject(n.name, try n.items.map { (name: $0.name, value: try converted($0.value, type)) }))
    default: return v
    }
  }

  /// `as_subclass`: the same tensor as another object, of this class.
  static func instance(of type: ClassObject, _ t: Tensor) throws -> Value {
    let made = TensorObject.of(try t.aliased())
    if type.module == "__main__" { made.extend(as: type) }
    return .object(made)
  }

  /// What concerns classes of a program, on `Tensor`.
  static func fill(_ c: ClassObject) {
    wrap(["backward", "requires_grad_", "register_hook", "retain_grad", "numpy", "type"], of: c)
    c.set(hook, .object(inherited))
    c.method("as_subclass") { v, a, i in
      let type = try tensorClass(a.positionalOnly("as_subclass", 1...1)[0], "as_subclass", i)
      return try instance(of: type, Convert.tensor(v, "as_subclass", "self", i))
    }
    c.set(
      "_make_subclass",
      .object(
        MethodWrapper(
          .object(
            NativeFunction("_make_subclass") { a, i in
              let p = try a.bind("_make_subclass", "cls", "data", "require_grad?")
              let type = try tensorClass(p[0] ?? .none, "_make_subclass", i)
              let data = try Convert.tensor(p[1], "_make_subclass", "data", i)
              let made = TensorObject.of(try data.dataAlias())
              if type.module == "__main__" { made.extend(as: type) }
              if try p[2].map(i.isTrue) == true { try made.tensor.setRequiresGrad(true) }
              return .object(made)
            }), isStatic: true)))
  }

  private static func tensorClass(_ v: Value, _ name: String, _ i: Interpreter) throws -> ClassObject {
    guard let c = v.object as? ClassObject else {
      throw Raise.type("\(name)(): argument 'cls' (position 1) must be type, not \(i.typeName(v))")
    }
    guard c.isSubclass(of: TensorClass.tensor) else {
      throw Raise.type("cls must be a type (got \(c.name))")
    }
    return c
  }

  // MARK: Names

  /// The method that an operator or one of its names is called by.
  private static let plainNames = [
    "__add__": "add", "__radd__": "add", "__sub__": "sub", "__mul__": "mul", "__rmul__": "mul",
    "__truediv__": "div", "__rtruediv__": "__rdiv__", "__mod__": "remainder", "__pow__": "pow",
    "__matmul__": "matmul", "__iadd__": "add_", "__isub__": "sub_", "__imul__": "mul_",
    "__itruediv__": "div_",
    "__ne__": "ne", "__lt__": "lt", "__le__": "le", "__gt__": "gt", "__ge__": "ge", "__neg__": "neg",
    "__abs__": "abs",
  ]

  /// Where all decline, the language asks the other operand.
  static func isOperator(_ name: String) -> Bool {
    name.hasPrefix("__") && (plainNames[name] != nil || name.hasPrefix("__r") || name == "__eq__")
  }

  /// Lets methods that are no operations of the catalogue be answered, too.
  static func wrap(_ names: [String], of c: ClassObject) {
    for name in names {
      guard let plain = c.attributes[name]?.object as? NativeFunction else { continue }
      c.method(name) { v, a, i in
        let all = a.prepending(v)
        if mayAnswer(v), let made = try called(method(name), all, i) { return made }
        return try plain.body(all, i)
      }
    }
  }

  /// A method of `Tensor`, by the name of an operator, too.
  static func method(_ name: String) -> Function? {
    let plain = plainNames[name] ?? name
    guard let found = TensorClass.tensor.lookup(plain) ?? TensorClass.tensor.lookup(name) else { return nil }
    let isWritten = (found.object as? NativeFunction)?.isWritten == true
    return Function(title: "torch.Tensor.\(plain)", isWritten: isWritten, value: found)
  }

  /// `Tensor.shape.__get__`.
  static func property(
    _ name: String, keepsClass: Bool = false, _ get: @escaping (Value, Interpreter) throws -> Value
  ) -> Function {
    let made = NativeFunction("__get__") { a, i in try get(a.positionalOnly("__get__", 1...3)[0], i) }
    if keepsClass { made.put("keeps_class", .bool(true)) }
    return Function(title: "torch.Tensor.\(name).__get__", isWritten: false, value: .object(made))
  }

  /// The function of an operation at one of its homes; where none is told, at the first that fits.
  static func function(
    _ op: Operation, _ home: Operation.Home?, isMethod: Bool, _ i: Interpreter
  ) -> Function? {
    guard
      let home = home
        ?? (isMethod
          ? op.homes.first { $0.kind == .method || $0.kind == .inPlaceMethod || $0.kind == .property }
          : op.homes.first { $0.kind == .functional } ?? op.homes.first { $0.kind == .torch })
    else { return nil }
    let path: String
    switch home.kind {
    case .method, .inPlaceMethod: return method(home.name)
    case .property:
      return property(home.name) { v, i in try Convert.call(op, PyArguments([v]), isMethod: true, i) }
    case .torch: path = "torch"
    case .functional: path = "torch.nn.functional"
    case .linalg: path = "torch.linalg"
    case .initializer, .utility: return nil
    }
    guard let module = Namespaces.module(path, RunState.of(i))?.object as? ModuleObject,
      let found = module.members[home.name]
    else { return nil }
    let isWritten = (found.object as? NativeFunction)?.isWritten == true
    let place = path == "torch.nn.functional" && !isWritten ? "torch._C._nn" : path
    return Function(title: "\(place).\(home.name)", isWritten: isWritten, value: found)
  }
}
