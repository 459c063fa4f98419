import Recordings

extension Modules {
  /// A module that hands its input, and some constants, to a function.
  ///
  /// - Parameters:
  ///   - options: constructor parameters passed on by name.
  ///   - shown: which of them its repr shows.
  private static func simple(
    _ signature: String, _ function: String, options: [String] = [], shown: [String]? = nil,
    floats: Set<String> = []
  ) -> ModuleType {
    ModuleType(signature) { a, name in
      let values = options.map { key -> (String, Argument) in
        let value = a[key] ?? fallback(a.signature, key)
        if floats.contains(key), case .int(let i) = value { return (key, .double(Double(i))) }
        return (key, value)
      }
      let m = Layer(name) { _, x in
        try call(function, [x["input"] ?? .none], values.filter { $0.0 != "inplace" || isTrue($0.1) })
      }
      m.constants = values
      let names = shown ?? options
      m.extra = { _ in
        names.compactMap { key in
          guard let value = values.first(where: { $0.0 == key })?.1 else { return nil }
          // inplace shows only where it is set.
          if key == "inplace" { return isTrue(value) ? "inplace=True" : nil }
          if case .string(let s) = value { return "\(key)='\(s)'" }
          return "\(key)=\(text(value))"
        }.joined(separator: ", ")
      }
      return m
    }
  }
  private static func isTrue(_ a: Argument) -> Bool { if case .bool(true) = a { true } else { false } }

  /// The default value of a parameter, from its signature.
  static func fallback(_ signature: Signature, _ name: String) -> Argument {
    guard let word = signature.parameters.first(where: { $0.name == name })?.defaultText else { return .none }
    if word == "True" || word == "False" { return .bool(word == "True") }
    if let i = Int(word) { return .int(i) }
    if let d = Double(word) { return .double(d) }
    if word.hasPrefix("'") { return .string(String(word.dropFirst().dropLast())) }
    return .none
  }

  /// Functions without weights.
  static let activations = [
    simple("ReLU(inplace=False)", "relu", options: ["inplace"]),
    simple(
      "LeakyReLU(negative_slope=0.01, inplace=False)", "leaky_relu", options: ["negative_slope", "inplace"]),
    simple("ELU(alpha=1.0, inplace=False)", "elu", options: ["alpha", "inplace"]),
    simple("SELU(inplace=False)", "selu", options: ["inplace"]),
    simple("ReLU6(inplace=False)", "relu6", options: ["inplace"]),
    simple("SiLU(inplace=False)", "silu", options: ["inplace"]),
    simple("GELU(approximate='none')", "gelu", options: ["approximate"]),
    simple("Sigmoid()", "sigmoid"), simple("Tanh()", "tanh"), simple("LogSigmoid()", "logsigmoid"),
    simple(
      "Hardtanh(min_val=-1.0, max_val=1.0, inplace=False)", "hardtanh",
      options: ["min_val", "max_val", "inplace"]),
    simple(
      "Softplus(beta=1.0, threshold=20.0)", "softplus", options: ["beta", "threshold"], floats: []),
    simple("Softmax(dim=None)", "softmax", options: ["dim"]),
    simple("LogSoftmax(dim=None)", "log_softmax", options: ["dim"]),
    simple("Softmin(dim=None)", "softmin", options: ["dim"]),
    ModuleType("Softsign()") { _, name in
      Layer(name) { _, x in
        let t = try x.tensor("input")
        return .tensor(try Ops.div(t, Ops.add(Ops.abs(t), Ops.wrap(.int(1)))))
      }
    },
  ]

  /// Modules that only reshape, or do nothing.
  static let shaping = [
    ModuleType("Identity(*args)") { _, name in Layer(name) { _, x in .tensor(try x.tensor("input")) } },
    ModuleType("Flatten(start_dim=1, end_dim=-1)") { a, name in
      let (start, end) = (try a.int("start_dim", default: 1), try a.int("end_dim", default: -1))
      let m = Layer(name) { _, x in .tensor(try Ops.flatten(x.tensor("input"), start, end)) }
      m.constants = [("start_dim", .int(start)), ("end_dim", .int(end))]
      m.extra = { _ in "start_dim=\(start), end_dim=\(end)" }
      return m
    },
    ModuleType("Unflatten(dim, unflattened_size)") { a, name in
      let (dim, size) = (try a.int("dim"), try a.ints("unflattened_size"))
      let m = Layer(name) { _, x in .tensor(try Ops.unflatten(x.tensor("input"), dim, size)) }
      m.extra = { _ in "dim=\(dim), unflattened_size=\(text(tuple(size)))" }
      return m
    },
  ]
}
