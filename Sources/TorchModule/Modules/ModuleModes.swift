import Autograd
import MiniPython

/// `train`, `eval`, `zero_grad`, `requires_grad_`, `apply`: each asks the children, who may have a method of their own.
enum ModuleModes {
  private static func me(_ v: Value) throws -> ModuleInstance { try ModuleClass.me(v) }

  static func fill(_ c: ClassObject) {
    c.method("train") { v, a, i in
      let p = try a.bindWritten("Module.train", "mode?")
      if let mode = p[0] {
        guard case .bool = mode else { throw Raise.value("training mode is expected to be boolean") }
      }
      let on = try p[0].map(i.isTrue) ?? true
      if try !me(v).isReady { try me(v).set("training", .bool(on)) }
      try me(v).demand("_modules")
      try train(me(v), .bool(on), i)
      return v
    }
    c.method("eval") { v, a, i in
      _ = try a.bindWritten("Module.eval")
      return try me(v).ask("train", PyArguments([.bool(false)]), i)
    }
    c.method("zero_grad") { v, a, i in
      let p = try a.bindWritten("Module.zero_grad", "set_to_none?")
      let toNone = try p[0].map(i.isTrue) ?? true
      try me(v).demand("_parameters")
      for t in try ModuleWalks.askedParameters(me(v), i) {
        try t.clearGrad(setToNone: toNone, by: "zero_grad")
      }
      return .none
    }
    c.method("requires_grad_") { v, a, i in
      let on = try a.bindWritten("Module.requires_grad_", "requires_grad?")[0].map(i.isTrue) ?? true
      try me(v).demand("_parameters")
      for t in try ModuleWalks.askedParameters(me(v), i) { try t.setRequiresGrad(on) }
      return v
    }
    c.method("apply") { v, a, i in
      let f = try a.bindWritten("Module.apply", "fn")[0] ?? .none
      try me(v).demand("_modules")
      try apply(f, me(v), i)
      return v
    }
  }

  private static func train(_ m: ModuleInstance, _ on: Value, depth: Int = 0, _ i: Interpreter) throws {
    try ModuleClass.checkDepth(depth)
    try i.setAttribute(.object(m), "training", on)
    for child in try ModuleWalks.askedChildren(m, i) {
      if child.overrides("train") {
        _ = try child.ask("train", PyArguments([on]), i)
      } else {
        try train(child, on, depth: depth + 1, i)
      }
    }
  }

  private static func apply(_ f: Value, _ m: ModuleInstance, depth: Int = 0, _ i: Interpreter) throws {
    try ModuleClass.checkDepth(depth)
    for child in try ModuleWalks.askedChildren(m, i) {
      if child.overrides("apply") {
        _ = try child.ask("apply", PyArguments([f]), i)
      } else {
        try apply(f, child, depth: depth + 1, i)
      }
    }
    _ = try i.call(f, PyArguments([.object(m)]))
  }
}
