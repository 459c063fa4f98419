import MiniPython

/// `torch.compile`, `torch.jit`, `torch.compiler`: compiled or not, a function computes the same.
enum CompilingNamespaces {
  static func fill(_ m: ModuleObject) {
    m.set("compile", same("compile"))
    let jit = ModuleObject("torch.jit")
    // Decorators with or without brackets, and functions of a function.
    for name in [
      "script", "trace", "script_if_tracing", "ignore", "unused", "export", "optimize_for_inference",
    ] {
      jit.set(name, same(name))
    }
    jit.set("freeze", same("freeze"))
    jit.function("is_scripting") { _, _ in .bool(false) }
    jit.function("is_tracing") { _, _ in .bool(false) }
    m.set("jit", .object(jit))
    let compiler = ModuleObject("torch.compiler")
    compiler.set("disable", same("disable"))
    compiler.function("is_compiling") { _, _ in .bool(false) }
    compiler.function("reset") { _, _ in .none }
    m.set("compiler", .object(compiler))
  }

  /// Gives back what it is given; called with settings alone, a decorator that does.
  private static func same(_ name: String) -> Value {
    .object(
      NativeFunction(name) { a, i in
        if let f = a.positional.first ?? a.keyword("model") ?? a.keyword("obj") ?? a.keyword("func"),
          i.isCallable(f)
        {
          return f
        }
        return .object(NativeFunction(name) { a, _ in try a.positionalOnly(name, 1...1)[0] })
      })
  }
}
