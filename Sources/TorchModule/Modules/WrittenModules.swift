import MiniPython

/// Modules of `torch` that are written in the language itself: where speed does not matter.
///
/// One line a module. They are read, compiled and run when a program first asks for them.
enum WrittenModules {
  /// Each with the names of the modules below it in which PyTorch defines its parts: all say the same.
  static let all: [(module: WrittenModule, parts: [String])] = [
    (pruning, []), (complexTensors, []), (fourier, []), (rarerFunctions, []),
    (adaptiveSoftmax, []), (dataParallelism, []), (sparseMatrices, []), (fusion, []),
    (rarerLinearAlgebra, []),
    (orthogonality, []),
    (utilities, []), (contexts, []), (Distributions.module, Distributions.parts),
  ]

  /// Paths that can be imported.
  static let names = all.flatMap { module, parts in
    [module.name] + parts.map { "\(module.name).\($0)" }
  }

  /// The module of this path, or `nil`. Modules of one run are made once.
  static func make(_ path: String, _ cache: RunState, _ i: Interpreter) throws -> Value? {
    guard names.contains(path),
      let (module, parts) = all.first(where: { "\(path).".hasPrefix("\($0.module.name).") })
    else { return nil }
    if let known = cache.made[path] { return .object(known) }
    guard let whole = try i.module(module).object as? ModuleObject else { return nil }
    cache.made[module.name] = whole
    for name in parts {
      let part = ModuleObject("\(module.name).\(name)")
      for (member, value) in whole.members { part.set(member, value) }
      cache.made[part.name] = part
    }
    for name in parts { whole.set(name, cache.made["\(module.name).\(name)"].map { .object($0) } ?? .none) }
    return cache.made[path].map { .object($0) }
  }
}
