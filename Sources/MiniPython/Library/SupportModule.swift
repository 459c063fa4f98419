/// `_support`: what modules written in the language ask of the machine.
enum SupportModule {
  static func fill(_ m: ModuleObject) {
    files(m)
    tracebacks(m)
    functions(m)
    bits(m)
  }

  /// What `hashlib` and `struct` need.
  private static func bits(_ m: ModuleObject) {
    m.function("digest") { a, i in
      let p = try a.positionalOnly("digest", 2...2)
      let found = Digests.digest(try i.str(p[0]), (p[1].object as? BytesObject)?.bytes ?? [])
      return found.map { .object(BytesObject($0)) } ?? .none
    }
    m.function("float_bits") { a, i in
      let p = try a.positionalOnly("float_bits", 2...2)
      guard let d = try i.floating(p[0]) else { throw Raise.type("required argument is not a float") }
      switch p[1] {
      case .int(4): return .int(Int(Float(d).bitPattern))
      default: return .int(Int(bitPattern: UInt(d.bitPattern)))
      }
    }
    m.function("bits_float") { a, i in
      let p = try a.positionalOnly("bits_float", 2...2)
      guard case .int(let bits) = p[0] else { return .float(0) }
      switch p[1] {
      case .int(4): return .float(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
      default: return .float(Double(bitPattern: UInt64(truncatingIfNeeded: bits)))
      }
    }
  }

  private static func files(_ m: ModuleObject) {
    m.function("put_file") { a, i in
      let p = try a.positionalOnly("put_file", 2...2)
      i.files.write(try i.path(p[0]), (p[1].object as? BytesObject)?.bytes ?? [])
      return .none
    }
    m.function("get_file") { a, i in
      i.files.read(try i.path(try a.positionalOnly("get_file", 1...1)[0])).map { .object(BytesObject($0)) }
        ?? .none
    }
    m.function("is_folder") { a, i in
      .bool(i.files.isFolder(try i.path(try a.positionalOnly("is_folder", 1...1)[0])))
    }
    m.function("has_parent") { a, i in
      .bool(i.files.hasParent(try i.path(try a.positionalOnly("has_parent", 1...1)[0])))
    }
    m.function("keep") { a, i in
      .object(BytesObject(i.files.keep(try DeepCopy.copy(try a.positionalOnly("keep", 1...1)[0], i))))
    }
    m.function("kept") { a, i in
      let bytes = (try a.positionalOnly("kept", 1...1)[0].object as? BytesObject)?.bytes ?? []
      return try i.files.kept(bytes).map { try DeepCopy.copy($0, i) } ?? .object(Types.notImplemented)
    }
  }

  private static func tracebacks(_ m: ModuleObject) {
    m.function("program_names") { _, i in
      .object(DictObject.of(i.globalVariables.map { ($0.name, $0.value) }))
    }
    func exception(_ a: Arguments) -> InstanceObject? { a.positional.first?.object as? InstanceObject }
    m.function("traceback_text") { a, i in
      guard let e = exception(a) else { return .string("NoneType: None\n") }
      return .string(i.tracebackParts(e, chains: true).joined())
    }
    m.function("traceback_parts") { a, i in
      guard let e = exception(a) else { return .list([]) }
      let chains = try a.positional.count < 2 || i.isTrue(a.positional[1])
      let limit = try a.positional.count < 3 ? nil : i.index(a.positional[2])
      return .list(i.tracebackParts(e, chains: chains, limit: limit).map(Value.string))
    }
    m.function("last_line") { a, i in
      .string(exception(a).map { i.tracebackParts($0, chains: false).last ?? "" } ?? "")
    }
    m.function("traceback_entries") { a, i in
      guard let traceback = a.positional.first?.object as? TracebackObject else { return .list([]) }
      let limit = try a.positional.count < 2 ? nil : i.index(a.positional[1])
      return .list(i.shownEntries(i.within(limit, traceback.entries)).map(Value.string))
    }
    func summary(_ line: Int32, _ function: String, _ i: Interpreter) -> Value {
      .tuple([
        .string(i.program?.path ?? ""), .int(Int(line)), .string(function),
        i.program?.line(line).map(Value.string) ?? .none,
      ])
    }
    m.function("entries") { a, i in
      guard let traceback = a.positional.first?.object as? TracebackObject else { return .list([]) }
      return .list(traceback.entries.map { summary($0.span.line, $0.function, i) })
    }
    m.function("stack") { _, i in
      .list(
        i.frames.filter { $0.code.library == nil && $0.pc > 0 }.map {
          summary($0.currentSpan.line, $0.code.name, i)
        })
    }
    m.function("place") { _, i in
      let frame = i.frames.last { $0.code.library == nil }
      return .tuple([
        .string(i.program?.path ?? ""), .int(Int(frame?.currentSpan.line ?? 0)),
        .string(frame?.code.name ?? "<module>"),
      ])
    }
  }

  private static func functions(_ m: ModuleObject) {
    func own(_ a: Arguments) -> FunctionObject? {
      let v = a.positional.first
      return v?.object as? FunctionObject ?? (v?.object as? BoundMethod)?.function.object as? FunctionObject
    }
    // Name, kind, whether there is a default, the default.
    m.function("parameters") { a, _ in
      guard let f = own(a) else { return .none }
      let s = f.code.signature
      var out: [Value] = []
      func add(_ k: Int, _ kind: Int, _ standard: Value?) {
        out.append(
          .tuple([.string(s.names[k]), .int(kind), .bool(standard != nil), standard ?? .none]))
      }
      let named = s.positionalCount + s.keywordOnlyCount
      for k in 0..<s.positionalCount {
        let at = k - (s.positionalCount - f.defaults.count)
        add(k, k < s.positionalOnly ? 0 : 1, at >= 0 ? f.defaults[at] : nil)
      }
      if s.hasStar { add(named, 2, nil) }
      for k in s.positionalCount..<named { add(k, 3, f.keywordDefaults[s.names[k]]) }
      if s.hasDoubleStar { add(named + (s.hasStar ? 1 : 0), 4, nil) }
      return .list(out)
    }
    m.function("source_lines") { _, i in
      .list(
        (i.program?.source ?? "").split(separator: "\n", omittingEmptySubsequences: false).map {
          .string(String($0))
        })
    }
    // The lines of a function or class of the program: the first, and the last that anything runs from.
    m.function("source_block") { a, i in
      let c = a.positional.first?.object as? ClassObject
      guard let code = own(a)?.code ?? c.flatMap({ i.program?.code.classBody($0.qualifiedName) }) else {
        return .none
      }
      return .tuple([.int(Int(code.firstSpan.line)), .int(Int(code.lastLine))])
    }
    m.function("imported") { a, i in
      try i.importModule(StringMethods.text(try a.positionalOnly("import_module", 1...1)[0], i), leaf: true)
    }
    m.function("at_exit") { a, i in
      i.exitCalls.append(try a.positionalOnly("at_exit", 1...1)[0])
      return .none
    }
    // What a module's name stands for now.
    m.function("current") { a, i in
      let p = try a.positionalOnly("current", 3...3)
      return try (i.loadedModules[i.str(p[0])]?.object as? ModuleObject)?.members[i.str(p[1])] ?? p[2]
    }
    m.function("is_generator") { a, _ in .bool(own(a)?.code.isGenerator ?? false) }
    m.function("weak") { a, i in .object(try WeakReference(a.positionalOnly("ref", 1...2), i)) }
  }
}

/// `weakref.ref(x)`: gives the object as long as something else holds it.
final class WeakReference: Object {
  nonisolated(unsafe) private static let type = ClassObject("ReferenceType", module: "weakref")
  private weak var target: Object?
  private let name: String
  init(_ p: [Value], _ i: Interpreter) throws {
    guard let object = p[0].object,
      object is InstanceObject || object.extra != nil || object is FunctionObject
        || object is SetObject || object is ClassObject
        || !["builtins", ""].contains(object.typeObject.module)
    else {
      let kind: String =
        switch p[0] {
        case .int: "int"
        case .float: "float"
        case .bool: "bool"
        case .none, .unassigned: "NoneType"
        case .object(let o): o.typeName
        }
      throw Raise.type("cannot create weak reference to '\(kind)' object")
    }
    target = object
    name = object.typeName
    super.init()
    if p.count > 1, p[1].isGiven, let instance = object as? InstanceObject {
      instance.classObject.finalizers = i.finalizers
      i.finalizers.watch(instance, self, p[1])
    }
  }
  override var typeObject: ClassObject { WeakReference.type }
  override func call(_ arguments: Arguments, _ i: Interpreter) throws -> Value {
    _ = try arguments.positionalOnly("__call__", 0...0)
    return target.map { .object($0) } ?? .none
  }
  override func repr(_ i: Interpreter) throws -> String {
    target == nil ? "<weakref object; dead>" : "<weakref object; to '\(name)' object>"
  }
  override func hashKey(_ i: Interpreter) throws -> HashKey {
    target.map { .identity(ObjectIdentifier($0)) } ?? .identity(ObjectIdentifier(self))
  }
  override func compare(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    guard op == "==" || op == "!=", let o = other.object as? WeakReference else { return nil }
    let isSame = target != nil ? target === o.target : self === o
    return .bool(isSame == (op == "=="))
  }
}
