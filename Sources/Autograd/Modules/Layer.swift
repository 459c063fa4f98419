/// A module that comes with the library: its `forward` is a function of itself.
///
/// Law: all its settings are in ``Module/constants``, which a program can read and change.
public final class Layer: Module {
  /// As ``Arguments`` matches them: `forward(input)`.
  let signature: Signature
  var body: (Layer, Arguments) throws -> OperationResult
  var extra: (Layer) throws -> String = { _ in "" }
  /// Whether `forward` looks at the number of dimensions itself; not so where a program does.
  public var checksInput = true

  init(
    _ typeName: String, forward signature: String = "forward(input)",
    _ constants: [(name: String, value: Argument)] = [],
    _ body: @escaping (Layer, Arguments) throws -> OperationResult
  ) {
    self.signature = Signature(signature)
    self.body = body
    super.init(typeName)
    self.constants = constants
  }

  /// A setting.
  subscript(name: String) -> Argument { constant(name) ?? .none }
  func int(_ name: String) -> Int { if case .int(let i) = self[name] { i } else { 0 } }
  func double(_ name: String) -> Double { self[name].number?.double ?? 0 }
  func flag(_ name: String) -> Bool { if case .bool(true) = self[name] { true } else { false } }
  func string(_ name: String) -> String { if case .string(let s) = self[name] { s } else { "" } }

  public override var extraRepr: String {
    get throws {
      try demand("bias")
      return try extra(self)
    }
  }

  /// The same settings and function, without parameters.
  public override func emptyCopy() -> Module {
    let out = Layer(typeName, constants, body)
    out.signatureOverride = signature
    out.extra = extra
    out.checksInput = checksInput
    out.isTraining = isTraining
    return out
  }
  private var signatureOverride: Signature?

  public override func forward(
    _ positional: [Argument], _ keywords: [(String, Argument)]
  ) throws
    -> OperationResult
  {
    let signature = signatureOverride ?? signature
    try PythonCall.check("\(typeName).forward", signature, positional.count, keywords.map(\.0))
    try demand("running_mean", "running_var", "weight", "bias")
    return try body(self, Arguments(signature, positional, keywords, isMethod: false))
  }
}
