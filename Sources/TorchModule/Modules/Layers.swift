import Autograd
import MiniPython
import Recordings

/// A layer of `torch.nn`: how it is made, shown and run.
struct Layer {
  typealias Settings = [String: Value]
  /// The class: `Linear`.
  let name: String
  /// Where PyTorch defines it: `linear` of `torch.nn.modules.linear`.
  let file: String
  /// The constructor's parameters with defaults; `nil` for required ones.
  let parameters: [(name: String, value: Value?)]
  /// What stands in the parentheses of its repr.
  var shown: (ModuleInstance, Interpreter) throws -> String = { _, _ in "" }
  /// Makes parameters and buffers; the settings are attributes already.
  var prepare: (ModuleInstance, Interpreter) throws -> Void = { _, _ in }
  let forward: (ModuleInstance, PyArguments, Interpreter) throws -> Value

  func makeClass() -> ClassObject {
    let c = ClassObject(name, bases: [ModuleClass.module], module: "torch.nn.modules.\(file)")
    c.method("__init__") { v, a, i in
      let m = try ModuleClass.me(v)
      m.isReady = true
      m.set("training", .bool(true))
      let names = parameters.map { $0.value == nil ? $0.name : $0.name + "?" }
      let given = try a.bind("\(name).__init__", names: names + ["device?", "dtype?"])
      for (parameter, value) in zip(parameters, given) where parameter.name != "bias" {
        m.set(parameter.name, value ?? parameter.value ?? .none)
      }
      if let at = parameters.firstIndex(where: { $0.name == "bias" }) {
        m.set("_bias", given[at] ?? parameters[at].value ?? .bool(true))
      }
      try prepare(m, i)
      return .none
    }
    c.method("extra_repr") { v, _, i in .string(try shown(try ModuleClass.me(v), i)) }
    c.method("forward") { v, a, i in try forward(try ModuleClass.me(v), a, i) }
    return c
  }
}

/// What layers share.
enum Layers {
  /// Every layer, once.
  nonisolated(unsafe) static let all: [Layer] =
    linearLayers + activationLayers + lossLayers + otherLayers

  static func fill(_ m: ModuleObject) {
    m.set("Module", .object(ModuleClass.module))
    m.set("Parameter", .object(TensorClass.parameter))
    for c in classes { m.set(c.name, .object(c)) }
    for c in ModuleContainers.all { m.set(c.name, .object(c)) }
  }
  nonisolated(unsafe) private static let classes = all.map { $0.makeClass() }

  /// Calls an operation by its place. Throws `NotImplementedError` where it is not there.
  static func call(
    _ home: Operation.Home, _ positional: [Value], _ keywords: [(String, Value)] = [], _ i: Interpreter
  ) throws -> Value {
    guard let op = OperationCatalogue[home] else {
      throw Raise.named("NotImplementedError", "\(home.name) is not available here")
    }
    let isMethod = home.kind == .method || home.kind == .inPlaceMethod
    return try Convert.call(
      op, PyArguments(positional, keywords: keywords.map { (name: $0.0, value: $0.1) }), isMethod: isMethod, i
    )
  }

  static func setting(_ m: ModuleInstance, _ name: String) -> Value { m.attributes[name] ?? .none }
  static func flag(_ m: ModuleInstance, _ name: String) -> Bool {
    if case .bool(true) = setting(m, name) { true } else { false }
  }
  static func whole(_ m: ModuleInstance, _ name: String, _ i: Interpreter) throws -> Int {
    guard let k = try i.index(setting(m, name)) else {
      throw Raise.type("\(name) must be an int, not \(i.typeName(setting(m, name)))")
    }
    return k
  }
  /// A parameter or buffer, `None` where there is none.
  static func tensor(_ m: ModuleInstance, _ name: String, _ i: Interpreter) throws -> Value {
    try m.getAttribute(name, i) ?? .none
  }
  /// `in_features=2, bias=True`
  static func list(_ names: [String]) -> (ModuleInstance, Interpreter) throws -> String {
    { m, i in
      try names.map { name in
        if name == "bias" {
          return "bias=\(try m.getAttribute("bias", i)?.object == nil ? "False" : "True")"
        }
        return "\(name)=\(try i.repr(setting(m, name)))"
      }.joined(separator: ", ")
    }
  }
  static func one(_ a: PyArguments, _ m: ModuleInstance) throws -> Value {
    let p = try a.bind("\(m.classObject.name).forward", "input")
    return p[0] ?? .none
  }

  // MARK: Parameters

  private static func parameter(_ data: Value, _ i: Interpreter) throws -> Value {
    .object(TensorObject.of(try Tensor.parameter(try Convert.tensor(data, "Parameter", "data", i))))
  }
  /// A parameter drawn from U(−bound, bound).
  static func uniform(_ shape: [Int], _ bound: Double, _ i: Interpreter) throws -> Value {
    let data = try call(.torch("empty"), [.tuple(shape.map(Value.int))], i)
    _ = try call(.inPlaceMethod("uniform_"), [data, .float(-bound), .float(bound)], i)
    return try parameter(data, i)
  }
  static func normal(_ shape: [Int], _ i: Interpreter) throws -> Value {
    let data = try call(.torch("empty"), [.tuple(shape.map(Value.int))], i)
    _ = try call(.inPlaceMethod("normal_"), [data], i)
    return try parameter(data, i)
  }
  static func filled(_ name: String, _ shape: [Int], _ i: Interpreter) throws -> Value {
    try call(.torch(name), [.tuple(shape.map(Value.int))], i)
  }
  static func constant(_ name: String, _ shape: [Int], _ i: Interpreter) throws -> Value {
    try parameter(try filled(name, shape, i), i)
  }
  /// Weight, then bias, as `reset_parameters` of Linear and convolutions draws them.
  static func weightAndBias(
    _ m: ModuleInstance, _ shape: [Int], fanIn: Int, outputs: Int, _ i: Interpreter
  ) throws {
    let weightBound =
      fanIn > 0 ? 3.0.squareRoot() * ((2.0 / 6.0).squareRoot() / Double(fanIn).squareRoot()) : 0
    m.putParameter("weight", try uniform(shape, weightBound, i))
    let hasBias = try i.isTrue(setting(m, "_bias"))
    let bound = fanIn > 0 ? 1 / Double(fanIn).squareRoot() : 0
    m.putParameter("bias", hasBias ? try uniform([outputs], bound, i) : .none)
  }
}
extension Layers {
  static func call(_ home: Operation.Home, _ positional: [Value], _ i: Interpreter) throws -> Value {
    try call(home, positional, [], i)
  }
}
