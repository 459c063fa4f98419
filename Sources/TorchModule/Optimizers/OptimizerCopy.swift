import Autograd
import MiniPython
import Recordings

/// The hooks around `state_dict` and `load_state_dict` of an optimizer.
final class OptimizerStateHooks {
  let saving = HookTable()
  let saved = HookTable()
  let loading = HookTable()
  let loaded = HookTable()

  static let registrations: [(name: String, table: @Sendable (OptimizerStateHooks) -> HookTable)] = [
    ("register_state_dict_pre_hook", { $0.saving }), ("register_state_dict_post_hook", { $0.saved }),
    ("register_load_state_dict_pre_hook", { $0.loading }),
    ("register_load_state_dict_post_hook", { $0.loaded }),
  ]
}

/// `copy.deepcopy(optimizer)`: it holds copies of the parameters, and with them nothing of the model it came from.
enum OptimizerCopy {
  static func deep(_ me: OptimizerObject, _ memo: Value?, _ i: Interpreter) throws -> Value {
    let core = try me.optimizer()
    try me.readGroups(i)
    try me.readState(i)
    let made = OptimizerObject(me.classObject)
    var copies: [ObjectIdentifier: Tensor] = [:]
    let groups = try core.groups.map { group in
      ParameterSettings(
        parameters: try group.parameters.map { p in
          if let known = copies[ObjectIdentifier(p)] { return known }
          let copy = try p.deepCopy()
          copies[ObjectIdentifier(p)] = copy
          return copy
        }, options: group.options)
    }
    made.core = try core.rule.make(groups, core.defaults)
    made.core?.kind = core.kind
    for p in core.groups.flatMap(\.parameters) {
      guard let copy = copies[ObjectIdentifier(p)] else { continue }
      made.core?.setState(of: copy, try core.state(of: p).map { ($0.name, try $0.value.deepCopy()) })
    }
    for name in me.attributeOrder {
      if let value = me.attributes[name] { made.set(name, try DeepCopy.copy(value, i)) }
    }
    return .object(made)
  }
}
