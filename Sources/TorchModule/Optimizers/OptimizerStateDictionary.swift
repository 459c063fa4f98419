import Autograd
import MiniPython
import Recordings

/// `optimizer.state_dict()` and `load_state_dict`.
enum OptimizerStateDictionary {
  static func make(_ me: OptimizerObject, _ i: Interpreter) throws -> Value {
    let core = try me.optimizer()
    let state = DictObject()
    var groups: [Value] = []
    var places: [ObjectIdentifier: Int] = [:]
    var at = 0
    for (k, group) in core.groups.enumerated() {
      var indices: [Value] = []
      for p in group.parameters {
        let place = places[ObjectIdentifier(p)] ?? at
        places[ObjectIdentifier(p)] = place
        indices.append(.int(place))
        at += 1
      }
      let d = GroupObject(me, k).dictionary
      d.remove(.string("params"))
      d.set(.string("params"), .string("params"), .list(indices))
      groups.append(.object(d))
    }
    let all = try i.getAttribute(.object(me), "state")
    for entry in (all.object as? DictObject)?.entries ?? [] {
      guard let entry else { continue }
      if let t = entry.key.object as? TensorObject, let place = places[ObjectIdentifier(t.tensor)] {
        let inner = (entry.value.object as? DictObject).map { Value.object($0.copy()) } ?? entry.value
        state.set(.int(place), .int(place), inner)
      } else {
        try state.set(entry.key, entry.value, i)
      }
    }
    return OptimizerObject.dictionary([("state", .object(state)), ("param_groups", .list(groups))])
  }

  static func load(_ given: Value, into me: OptimizerObject, _ i: Interpreter) throws {
    let core = try me.optimizer()
    let saved = try i.array(i.getItem(given, .string("param_groups")))
    guard saved.count == core.groups.count else {
      throw Raise.value("loaded state dict has a different number of parameter groups")
    }
    var parameters: [(place: Int, tensor: Tensor)] = []
    var settings: [[NamedAttribute]] = []
    for (group, one) in zip(core.groups, saved) {
      let places = try i.array(i.getItem(one, .string("params"))).map { try i.index($0) ?? -1 }
      guard places.count == group.parameters.count else {
        throw Raise.value(
          "loaded state dict contains a parameter group that doesn't match the size of optimizer's group")
      }
      parameters += zip(places, group.parameters).map { ($0, $1) }
      var options: [NamedAttribute] = []
      for entry in (one.object as? DictObject)?.entries ?? [] {
        guard let entry, let name = (entry.key.object as? StringObject)?.value, name != "params" else {
          continue
        }
        options.append(NamedAttribute(name, try OptimizerObject.attribute(entry.value, i)))
      }
      settings.append(core.restored(options))
    }
    let state = DictObject()
    state.flavor = .defaulting(.object(Types.dict))
    let from = try i.getItem(given, .string("state")).object as? DictObject
    for entry in from?.entries ?? [] {
      guard let entry else { continue }
      let place = try i.index(entry.key)
      guard let p = parameters.first(where: { $0.place == place })?.tensor else { continue }
      let inner = DictObject()
      for item in (entry.value.object as? DictObject)?.entries ?? [] {
        guard let item else { continue }
        try inner.set(item.key, try cast(item.value, item.key, p, i), i)
      }
      let key = Value.object(TensorObject.of(p))
      try state.set(key, .object(inner), i)
    }
    for (k, options) in settings.enumerated() { core.replaceSettings(options, group: k) }
    for p in core.groups.flatMap(\.parameters) { core.setState(of: p, []) }
    try i.setAttribute(.object(me), "state", .object(state))
    try core.checkLoaded()
  }

  /// A state tensor in its parameter's dtype and on its device; `step` as it is.
  private static func cast(_ v: Value, _ key: Value, _ p: Tensor, _ i: Interpreter) throws -> Value {
    guard let t = v.object as? TensorObject, (key.object as? StringObject)?.value != "step",
      p.dtype.isFloatingPoint && t.tensor.dtype != p.dtype || t.tensor.device != p.device
    else { return v }
    let dtype = p.dtype.isFloatingPoint ? p.dtype : t.tensor.dtype
    return try Layers.call(
      .method("to"), [v, .object(DeviceObject(p.device)), .object(DTypeObject.of(dtype))], i)
  }
}
