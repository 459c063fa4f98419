import Autograd
import MiniPython
import Recordings

/// `torch.nn`: the classes follow from the catalogue of modules.
enum Layers {
  static func fill(_ m: ModuleObject) {
    m.set("Module", .object(ModuleClass.module))
    m.set("Parameter", .object(TensorClass.parameter))
    m.set("Buffer", .object(BufferClass.type))
    for c in classes { m.set(c.name, .object(c)) }
    for c in ModuleContainers.all + TransformerClasses.all + TripletClass.all { m.set(c.name, .object(c)) }
  }

  /// A lazy class comes after the one it becomes.
  nonisolated(unsafe) private static let classes = ModuleCatalogue.all.reduce(into: [ClassObject]()) {
    made, kind in
    made.append(makeClass(kind, BaseClasses.parent(of: kind, made)))
  }

  /// The class of a module of the library, by its name.
  static func type(_ name: String) -> ClassObject {
    if name == "NonDynamicallyQuantizableLinear" { return quantizable }
    return classes.first { $0.name == name } ?? ModuleClass.module
  }
  nonisolated(unsafe) private static let quantizable = ClassObject(
    "NonDynamicallyQuantizableLinear", bases: [type("Linear")], module: "torch.nn.modules.linear")

  private static func makeClass(_ kind: ModuleType, _ base: ClassObject) -> ClassObject {
    let c = ClassObject(kind.name, bases: [base], module: "torch.nn.modules.\(kind.file)")
    fillStart(c, kind)
    let forward = { (v: Value, a: PyArguments, i: Interpreter) throws -> Value in
      let m = try ModuleClass.me(v)
      if let out = try LayerParts.forward(m, kind, a, i) { return out }
      if kind.file == "rnn", let packed = try PackedSequences.run(m, a, i) { return packed }
      let out = try m.core.forward(
        try a.positional.map { try Convert.argument($0, i) },
        try a.keywords.map { ($0.name, try Convert.argument($0.value, i)) })
      // It has seen its input, and is lazy no more.
      if let base = kind.lazyOf, m.classObject.name == kind.name, m.core.typeName == base {
        m.become(type(base))
      }
      return Convert.value(out)
    }
    c.method("forward") { v, a, i in
      if TorchFunctions.mayAnswer(a) {
        let function = NativeFunction(kind.name.lowercased()) { a, i in try forward(v, a, i) }
        let known = TorchFunctions.Function(
          title: "torch.nn.functional.\(function.name)", isWritten: false, value: .object(function))
        if let made = try TorchFunctions.called(known, a, i) { return made }
      }
      return try forward(v, a, i)
    }
    if kind.lazyOf != nil {
      c.method("has_uninitialized_params") { v, _, _ in
        let core = try ModuleClass.me(v).core
        return .bool(
          (core.parameters.map(\.value) + core.buffers.map(\.value)).contains { $0?.isUninitialized == true })
      }
    }
    if kind.name.hasPrefix("Embedding") {
      c.set("from_pretrained", .object(pretrained(kind.name)))
      c.method("_fill_padding_idx_with_zero") { v, _, i in
        let place = try i.getAttribute(v, "padding_idx")
        guard !place.isNone else { return .none }
        let row = try ModuleClass.withoutGraph { try i.getItem(i.getAttribute(v, "weight"), place) }
        _ = try ModuleClass.withoutGraph { try i.callMethod(row, "fill_", PyArguments([.int(0)])) }
        return .none
      }
    }
    return c
  }

  /// What makes a layer: `__init__`, and `reset_parameters` where it has weights to start.
  static func fillStart(_ c: ClassObject, _ kind: ModuleType) {
    let resets = LayerParts.hasReset(kind)
    c.method("__init__") { v, a, i in
      let m = try ModuleClass.me(v)
      // A program's own `reset_parameters` sets the first values: no others are drawn.
      let own = m.classObject.lookup("reset_parameters")?.object
      let isOwn = resets && kind.lazyOf == nil && own !== c.attributes["reset_parameters"]?.object
      let generator = Context.current.generator
      let before = isOwn ? generator.snapshot : nil
      m.adopt(
        try kind(
          try a.positional.map { try Convert.argument($0, i) },
          try a.keywords.map { ($0.name, try Convert.argument($0.value, i)) }))
      if let before {
        generator.snapshot = before
        _ = try m.ask("reset_parameters", i)
      }
      return .none
    }
    c.method("extra_repr") { v, _, _ in .string(try ModuleClass.me(v).core.extraRepr) }
    guard resets else { return }
    c.method("reset_parameters") { v, _, i in
      let m = try ModuleClass.me(v)
      try m.resetParameters(kind)
      _ = try i.callMethod(v, "reset_running_stats")
      return .none
    }
  }

  /// `Embedding.from_pretrained` and `EmbeddingBag.from_pretrained`: a table that is there already.
  private static func pretrained(_ name: String) -> MethodWrapper {
    let options =
      name == "Embedding"
      ? ["padding_idx", "max_norm", "norm_type", "scale_grad_by_freq", "sparse"]
      : [
        "max_norm", "norm_type", "scale_grad_by_freq", "mode", "sparse", "include_last_offset", "padding_idx",
      ]
    let names = ["cls", "embeddings", "freeze?"] + options.map { "\($0)?" }
    return MethodWrapper(
      .object(
        NativeFunction("from_pretrained") { a, i in
          let p = try a.bind("from_pretrained", names: names)
          let table = try Convert.tensor(p[1], "from_pretrained", "embeddings", i)
          guard table.dim == 2, let cls = p[0] else {
            throw Raise.named("AssertionError", "Embeddings parameter is expected to be 2-dimensional")
          }
          let freeze = try p[2].map(i.isTrue) ?? true
          var settings: [(name: String, value: Value)] = [(name: "_weight", value: p[1] ?? .none)]
          for (k, option) in options.enumerated() {
            if let value = p[k + 3] { settings.append((name: option, value: value)) }
          }
          let made = try i.call(
            cls, PyArguments([.int(table.shape[0]), .int(table.shape[1])], keywords: settings))
          if freeze { _ = try i.call(i.getAttribute(made, "requires_grad_"), PyArguments([.bool(false)])) }
          return made
        }), isStatic: false)
  }

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
  static func call(_ home: Operation.Home, _ positional: [Value], _ i: Interpreter) throws -> Value {
    try call(home, positional, [], i)
  }
}
