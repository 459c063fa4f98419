import Autograd
import MiniPython

/// `torch.func.functional_call`: a module run once with other parameters, and what goes with it.
enum FunctionalCall {
  static func fill(_ m: ModuleObject) {
    m.function("functional_call") { a, i in
      let p = try a.bind(
        "functional_call", "module", "parameter_and_buffer_dicts", "args?", "kwargs?", "tie_weights?",
        "strict?")
      let module = try ModuleClass.me(p[0] ?? .none)
      let dicts =
        (p[1]?.object as? TupleObject)?.items ?? (p[1]?.object as? ListObject)?.items ?? [p[1] ?? .none]
      var undo: [() -> Void] = []
      defer { for step in undo.reversed() { step() } }
      for dict in dicts {
        for key in try i.array(dict) {
          let path = try i.str(key)
          let t = try Convert.tensor(try i.getItem(dict, key), "functional_call", path, i)
          guard let step = module.swap(path, for: t) else {
            throw Raise.attribute("'\(module.classObject.name)' object has no attribute '\(path)'")
          }
          undo.append(step)
        }
      }
      let given = p[2] ?? .tuple([])
      let positional = given.isNone ? [] : (given.object as? TupleObject)?.items ?? [given]
      var keywords: [(name: String, value: Value)] = []
      if let more = p[3], !more.isNone {
        keywords = try i.array(more).map { (name: try i.str($0), value: try i.getItem(more, $0)) }
      }
      return try i.call(.object(module), PyArguments(positional, keywords: keywords))
    }
    m.function("stack_module_state") { a, i in
      let models = try i.array(try a.bind("stack_module_state", "models")[0] ?? .none)
      func stacked(_ method: String) throws -> Value {
        let out = DictObject()
        guard let first = models.first else { return .object(out) }
        let rows = try models.map { try i.array(i.callMethod($0, method) ?? .none) }
        for (k, pair) in try i.array(i.callMethod(first, method) ?? .none).enumerated() {
          let column = try rows.map { try i.getItem($0[k], .int(1)) }
          var made = try ModuleClass.withoutGraph { try Layers.call(.torch("stack"), [.list(column)], i) }
          if method == "named_parameters" { made = try i.call(i.getAttribute(made, "requires_grad_")) }
          try i.setItem(.object(out), try i.getItem(pair, .int(0)), made)
        }
        return .object(out)
      }
      return .tuple([try stacked("named_parameters"), try stacked("named_buffers")])
    }
  }
}
