import Autograd
import MiniPython

extension ModuleInstance {
  /// Whether the program has a method of its own under this name, in the class or on the object.
  func overrides(_ name: String) -> Bool {
    if attributes[name] != nil { return true }
    return classObject.lookup(name)?.object !== ModuleClass.module.lookup(name)?.object
  }

  /// Calls a method as a program would: its own, where it has one.
  func ask(_ name: String, _ a: PyArguments, _ i: Interpreter) throws -> Value {
    if let own = attributes[name] { return try i.call(own, a) }
    return try i.callMethod(.object(self), name, a) ?? .none
  }
  func ask(_ name: String, _ i: Interpreter) throws -> Value { try ask(name, PyArguments(), i) }
}

/// `parameters()`, `modules()` and their kin: each goes by way of those that it is made of in PyTorch, so that a
/// program's own are heard.
enum ModuleWalks {
  private static func me(_ v: Value) throws -> ModuleInstance { try ModuleClass.me(v) }
  private static func generator(_ name: String, _ items: [Value]) -> Value {
    .object(ClosureIterator.generator("Module." + name, over: items))
  }
  private static func pair(_ name: String, _ value: Value) -> Value { .tuple([.string(name), value]) }
  /// The second of each pair.
  private static func seconds(_ pairs: Value, _ i: Interpreter) throws -> [Value] {
    try i.array(pairs).map { try i.array($0).last ?? .none }
  }

  static func fill(_ c: ClassObject) {
    for (name, kind) in [("parameters", ModuleInstance.Kind.parameters), ("buffers", .buffers)] {
      c.method(name) { v, a, i in
        let p = try a.bindWritten("Module.\(name)", "recurse?")
        return generator(name, try tensors(me(v), kind, recurse: try p[0].map(i.isTrue) ?? true, i))
      }
      c.method("named_" + name) { v, a, i in
        let p = try a.bindWritten("Module.named_\(name)", "prefix?", "recurse?", "remove_duplicate?")
        let m = try me(v)
        try m.demand("_\(name)")
        let all = try members(
          m, kind, prefix: ModuleClass.text(p[0]) ?? "", recurse: try p[1].map(i.isTrue) ?? true,
          removesDuplicates: try p[2].map(i.isTrue) ?? true, i)
        return generator("named_" + name, all.map { pair($0.0, .object(TensorObject.of($0.1))) })
      }
    }
    c.method("children") { v, _, i in
      try me(v).demand("_modules")
      return generator("children", try children(me(v), i))
    }
    c.method("named_children") { v, _, _ in
      try me(v).demand("_modules")
      return generator("named_children", distinct(try me(v)).map { pair($0.name, .object($0.module)) })
    }
    c.method("modules") { v, _, i in
      let m = try me(v)
      try m.demand("_modules")
      if m.overrides("named_modules") {
        return generator("modules", try seconds(m.ask("named_modules", i), i))
      }
      return generator(
        "modules", try modules(m, "", removesDuplicates: true, memo: nil, i).map { .object($0.1) })
    }
    c.method("named_modules") { v, a, i in
      let p = try a.bindWritten("Module.named_modules", "memo?", "prefix?", "remove_duplicate?")
      try me(v).demand("_modules")
      let all = try modules(
        me(v), ModuleClass.text(p[1]) ?? "", removesDuplicates: try p[2].map(i.isTrue) ?? true,
        memo: p[0]?.object as? SetObject, i)
      return generator("named_modules", all.map { pair($0.0, .object($0.1)) })
    }
  }

  private static func distinct(_ m: ModuleInstance) -> [(name: String, module: ModuleInstance)] {
    var seen: Set<ObjectIdentifier> = []
    return m.childModules.filter { seen.insert(ObjectIdentifier($0.module)).inserted }
  }

  /// What `children()` gives, by way of the program's own `named_children`.
  private static func children(_ m: ModuleInstance, _ i: Interpreter) throws -> [Value] {
    if m.overrides("named_children") { return try seconds(m.ask("named_children", i), i) }
    return distinct(m).map { .object($0.module) }
  }

  /// What other methods of PyTorch's ask `self.children()` for.
  static func askedChildren(_ m: ModuleInstance, _ i: Interpreter) throws -> [ModuleInstance] {
    let all = m.overrides("children") ? try i.array(m.ask("children", i)) : try children(m, i)
    return all.compactMap { $0.object as? ModuleInstance }
  }

  /// What `parameters()` or `buffers()` gives, by way of the program's own `named_parameters`.
  private static func tensors(
    _ m: ModuleInstance, _ kind: ModuleInstance.Kind, recurse: Bool, _ i: Interpreter
  ) throws -> [Value] {
    let name = kind == .parameters ? "parameters" : "buffers"
    try m.demand("_\(name)")
    if m.overrides("named_" + name) {
      return try seconds(
        m.ask("named_" + name, PyArguments([], keywords: [("recurse", .bool(recurse))]), i), i)
    }
    return try members(m, kind, prefix: "", recurse: recurse, removesDuplicates: true, i).map {
      .object(TensorObject.of($0.1))
    }
  }

  /// What other methods of PyTorch's ask `self.parameters()` for.
  static func askedParameters(_ m: ModuleInstance, _ i: Interpreter) throws -> [Tensor] {
    let all =
      m.overrides("parameters")
      ? try i.array(m.ask("parameters", i)) : try tensors(m, .parameters, recurse: true, i)
    return all.compactMap { ($0.object as? TensorObject)?.tensor }
  }

  private static func members(
    _ m: ModuleInstance, _ kind: ModuleInstance.Kind, prefix: String, recurse: Bool, removesDuplicates: Bool,
    _ i: Interpreter
  ) throws -> [(String, Tensor)] {
    var walk: [(String, ModuleInstance)] = [(prefix, m)]
    if recurse {
      walk =
        m.overrides("named_modules")
        ? try i.array(
          m.ask(
            "named_modules",
            PyArguments(
              [], keywords: [("prefix", .string(prefix)), ("remove_duplicate", .bool(removesDuplicates))]), i)
        ).compactMap { entry in
          let two = try i.array(entry)
          guard two.count == 2, let module = two[1].object as? ModuleInstance else { return nil }
          return (ModuleClass.text(two[0]) ?? "", module)
        }
        : try modules(m, prefix, removesDuplicates: removesDuplicates, memo: nil, i)
    }
    var seen: Set<ObjectIdentifier> = []
    var out: [(String, Tensor)] = []
    for (path, module) in walk {
      let own =
        kind == .parameters
        ? module.core.parameters.map { ($0.name, $0.value) } : module.core.buffers.map { ($0.name, $0.value) }
      for case (let name, let tensor?) in own
      where seen.insert(ObjectIdentifier(tensor)).inserted || !removesDuplicates {
        out.append((path.isEmpty ? name : "\(path).\(name)", tensor))
      }
    }
    return out
  }

  /// What `named_modules()` gives.
  ///
  /// - Parameter memo: modules that were met before, where a program's own method hands them on.
  private static func modules(
    _ m: ModuleInstance, _ prefix: String, removesDuplicates: Bool, memo: SetObject?, _ i: Interpreter
  ) throws -> [(String, ModuleInstance)] {
    let tree = m.tree(prefix, removesDuplicates: removesDuplicates)
    if memo == nil, !tree.dropFirst().contains(where: { $0.module.overrides("named_modules") }) {
      return tree.map { ($0.name, $0.module) }
    }
    let memo = memo ?? SetObject()
    var out: [(String, ModuleInstance)] = []
    func visit(_ m: ModuleInstance, _ prefix: String, depth: Int) throws {
      try ModuleClass.checkDepth(depth)
      let key = HashKey.identity(ObjectIdentifier(m))
      guard memo.items.get(key) == nil else { return }
      if removesDuplicates { memo.items.set(key, .object(m), .none) }
      out.append((prefix, m))
      for (name, child) in m.childModules {
        let path = prefix.isEmpty ? name : "\(prefix).\(name)"
        guard child.overrides("named_modules") else {
          try visit(child, path, depth: depth + 1)
          continue
        }
        let below = try child.ask(
          "named_modules", PyArguments([.object(memo), .string(path), .bool(removesDuplicates)]), i)
        for entry in try i.array(below) {
          let two = try i.array(entry)
          guard two.count == 2, let module = two[1].object as? ModuleInstance else { continue }
          out.append((ModuleClass.text(two[0]) ?? "", module))
        }
      }
    }
    try visit(m, prefix, depth: 0)
    return out
  }
}
