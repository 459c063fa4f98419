/// A module of Python's own library that programs may import.
struct LibraryModule {
  let name: String
  let fill: (ModuleObject, Interpreter) -> Void
  init(_ name: String, _ fill: @escaping (ModuleObject, Interpreter) -> Void) {
    self.name = name
    self.fill = fill
  }
}

/// All of them, each with what fills it.
enum LibraryCatalogue {
  nonisolated(unsafe) static let all: [LibraryModule] = [
    LibraryModule("_support") { m, _ in SupportModule.fill(m) },
    LibraryModule("__future__") { m, _ in
      for name in [
        "annotations", "nested_scopes", "generators", "division", "absolute_import", "with_statement",
        "print_function", "unicode_literals", "barry_as_FLUFL", "generator_stop",
      ] { m.set(name, .none) }
    },
    LibraryModule("abc") { m, _ in SmallModules.abstractClasses(m) },
    LibraryModule("argparse") { m, _ in ArgparseModule.fill(m) },
    LibraryModule("ast") { m, _ in
      m.function("literal_eval") { a, i in
        try i.literal(try a.positionalOnly("literal_eval", 1...1)[0])
      }
    },
    LibraryModule("bisect") { m, _ in SmallModules.bisection(m) },
    LibraryModule("builtins") { m, _ in
      for n in Builtins.names { if let value = Builtins.table[n] { m.set(n, value) } }
    },
    LibraryModule("collections") { m, _ in CollectionsModule.fill(m) },
    LibraryModule("concurrent") { m, _ in
      m.missing = { name, i in name == "futures" ? try i.importModule("concurrent.futures", leaf: true) : nil
      }
    },
    LibraryModule("contextlib") { m, _ in ContextlibModule.fill(m) },
    LibraryModule("copy") { m, _ in SmallModules.copying(m) },
    LibraryModule("dataclasses") { m, _ in DataclassesModule.fill(m) },
    LibraryModule("enum") { m, _ in EnumModule.fill(m) },
    LibraryModule("functools") { m, _ in FunctoolsModule.fill(m) },
    LibraryModule("heapq") { m, _ in SmallModules.heaps(m) },
    LibraryModule("itertools") { m, _ in ItertoolsModule.fill(m) },
    LibraryModule("json") { m, _ in JSONModule.fill(m) },
    LibraryModule("math") { m, _ in MathModule.fill(m) },
    LibraryModule("numbers") { m, _ in
      for n in ["Number", "Complex", "Real", "Rational", "Integral"] {
        m.set(n, .object(ClassObject(n, module: "numbers")))
      }
    },
    LibraryModule("operator") { m, _ in OperatorModule.fill(m) },
    LibraryModule("os") { m, i in OsModule.fill(m, i) },
    LibraryModule("random") { m, _ in RandomModule.fill(m) },
    LibraryModule("re") { m, _ in RegexModule.fill(m) },
    LibraryModule("statistics") { m, _ in StatisticsModule.fill(m) },
    LibraryModule("string") { m, _ in SmallModules.string(m) },
    LibraryModule("sys") { m, i in SystemModules.sys(m, i) },
    LibraryModule("textwrap") { m, _ in TextwrapModule.fill(m) },
    LibraryModule("time") { m, _ in SystemModules.time(m) },
    LibraryModule("types") { m, _ in TypesModule.fill(m) },
    LibraryModule("typing") { m, _ in TypeHint.fill(m) },
    LibraryModule("typing_extensions") { m, _ in
      TypeHint.fill(m)
      m.function("override") { a, _ in try a.positionalOnly("override", 1...1)[0] }
    },
    LibraryModule("unicodedata") { m, _ in UnicodedataModule.fill(m) },
    LibraryModule("warnings") { m, _ in SystemModules.warnings(m) },
  ]

  static var names: [String] { all.map(\.name) }

  /// The module of this name; `nil` where there is none.
  static func make(_ name: String, _ i: Interpreter) -> Value? {
    if name == "os.path" { return make("os", i).flatMap { ($0.object as? ModuleObject)?.members["path"] } }
    guard let module = all.first(where: { $0.name == name }) else { return nil }
    let made = ModuleObject(name)
    module.fill(made, i)
    return .object(made)
  }
}
