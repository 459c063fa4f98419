import Autograd
import MiniPython
import Recordings

/// `torch.amp`: regions of lower precision, and the scaling of losses.
enum MixedPrecision {
  static func fill(_ m: ModuleObject, device: String? = nil) {
    m.set("autocast", .object(device == nil ? autocast : cudaAutocast))
    m.set("GradScaler", .object(device == nil ? scaler : cudaScaler))
  }

  // MARK: autocast

  nonisolated(unsafe) static let autocast: ClassObject = {
    let c = ClassObject("autocast", module: "torch.amp.autocast_mode")
    c.make = { _, a, i in
      let p = try a.bind("autocast.__init__", "device_type", "dtype?", "enabled?", "cache_enabled?")
      guard let device = (p[0]?.object as? StringObject)?.value else {
        throw Raise.value(
          "Expected `device_type` of type `str`, got: `\(try i.repr(.object(i.type(of: p[0] ?? .none))))`")
      }
      return .object(Region(device, p[1], isOn: try p[2].map(i.isTrue) ?? true, i))
    }
    return c
  }()
  nonisolated(unsafe) private static let cudaAutocast: ClassObject = {
    let c = ClassObject("autocast", bases: [autocast], module: "torch.cuda.amp.autocast_mode")
    c.make = { _, a, i in
      let p = try a.bind("autocast.__init__", "enabled?", "dtype?", "cache_enabled?")
      return .object(Region("cuda", p[1], isOn: try p[0].map(i.isTrue) ?? true, i))
    }
    return c
  }()

  /// `with torch.autocast(…):`
  private final class Region: Object {
    private let isOn: Bool
    private let dtype: DType
    private var outer: [Autocast?] = []
    init(_ device: String, _ dtype: Value?, isOn: Bool, _ i: Interpreter) {
      var isOn = isOn
      if device == "cuda", isOn, Context.current.simulatedDevices.isEmpty {
        i.warn("User provided device_type of 'cuda', but CUDA is not available. Disabling")
        isOn = false
      }
      if let d = dtype?.object as? DTypeObject, isOn, d.dtype == .float32 {
        i.warn("In CPU autocast, but the target dtype is not supported. Disabling autocast.")
        isOn = false
      }
      self.isOn = isOn
      self.dtype = (dtype?.object as? DTypeObject)?.dtype ?? .bfloat16
    }
    override var typeObject: ClassObject { MixedPrecision.autocast }
    override var isContext: Bool { true }
    override func enter(_ i: Interpreter) throws -> Value? {
      let context = Context.current
      outer.append(context.autocast)
      // What is cast already is so for a region inside, too.
      context.autocast = !isOn ? nil : context.autocast?.dtype == dtype ? context.autocast : Autocast(dtype)
      return .object(self)
    }
    override func exit(_ exception: InstanceObject?, _ i: Interpreter) throws -> Bool {
      Context.current.autocast = outer.popLast() ?? nil
      return false
    }
    /// As a decorator.
    override func call(_ arguments: PyArguments, _ i: Interpreter) throws -> Value {
      let function = try arguments.positionalOnly("autocast", 1...1)[0]
      return .object(
        NativeFunction("decorate_autocast", isMethod: true) { [self] a, i in
          _ = try enter(i)
          defer { Context.current.autocast = outer.popLast() ?? nil }
          return try i.call(function, a)
        })
    }
  }

  // MARK: GradScaler

  private static let settings = [
    "init_scale?", "growth_factor?", "backoff_factor?", "growth_interval?", "enabled?",
  ]
  nonisolated(unsafe) private static let scaler = makeScaler(
    "torch.amp.grad_scaler", ["device?"] + settings, nil)
  nonisolated(unsafe) private static let cudaScaler = makeScaler(
    "torch.cuda.amp.grad_scaler", settings, scaler)

  private final class Scaler: InstanceObject {
    var isOn = true
    var scale = 65536.0
    var (growth, backoff, interval, tracker) = (2.0, 0.5, 2000, 0)
    /// The optimizers of this round: whether their gradients were divided already, whether they have stepped, and
    /// whether a gradient was no number.
    var rounds: [(optimizer: OptimizerObject, isUnscaled: Bool, hasStepped: Bool, hasInfinite: Bool)] = []

    func index(_ o: OptimizerObject) -> Int {
      if let at = rounds.firstIndex(where: { $0.optimizer === o }) { return at }
      rounds.append((o, false, false, false))
      return rounds.count - 1
    }
    func unscale(_ o: OptimizerObject, _ i: Interpreter) throws {
      let at = index(o)
      if rounds[at].isUnscaled {
        throw Raise.runtime("unscale_() has already been called on this optimizer since the last update().")
      }
      if rounds[at].hasStepped { throw Raise.runtime("unscale_() is being called after step().") }
      rounds[at].isUnscaled = true
      try ModuleClass.withoutGraph {
        for p in try o.optimizer().groups.flatMap(\.parameters) {
          guard let grad = p.grad else { continue }
          let flags = try Layers.call(.torch("isfinite"), [.object(TensorObject.of(grad))], i)
          if try !i.isTrue(Layers.call(.method("all"), [flags], i)) { rounds[at].hasInfinite = true }
          _ = try TensorClass.operators["mul_"]?.call([.tensor(grad), .double(1 / scale)], isMethod: true)
        }
      }
    }
  }

  private static func makeScaler(_ module: String, _ names: [String], _ parent: ClassObject?) -> ClassObject {
    let c = ClassObject("GradScaler", bases: parent.map { [$0] } ?? [], module: module)
    c.make = { type, a, i in .object(try i.initialize(Scaler(type), a)) }
    c.method("__init__") { v, a, i in
      let s = try me(v)
      let p = try a.bind("GradScaler.__init__", names: names)
      var device = "cuda"
      if names[0] == "device?", let given = p[0] { device = try i.str(given) }
      let rest = Array(p.suffix(settings.count))
      s.isOn = try rest[4].map(i.isTrue) ?? true
      if device == "cuda", s.isOn, Context.current.simulatedDevices.isEmpty {
        i.warn("torch.cuda.amp.GradScaler is enabled, but CUDA is not available.  Disabling.")
        s.isOn = false
      }
      s.scale = try rest[0].flatMap(i.floating) ?? s.scale
      s.growth = try rest[1].flatMap(i.floating) ?? s.growth
      s.backoff = try rest[2].flatMap(i.floating) ?? s.backoff
      s.interval = try rest[3].flatMap(i.index) ?? s.interval
      guard !s.isOn || s.growth > 1 else {
        throw Raise.named("AssertionError", "The growth factor must be > 1.0.")
      }
      guard !s.isOn || s.backoff < 1 else {
        throw Raise.named("AssertionError", "The backoff factor must be < 1.0.")
      }
      return .none
    }
    c.method("is_enabled") { v, _, _ in .bool(try me(v).isOn) }
    c.method("get_scale") { v, _, _ in .float(try me(v).isOn ? try me(v).scale : 1) }
    c.method("scale") { v, a, i in
      let s = try me(v)
      let outputs = try a.bind("scale", "outputs")[0] ?? .none
      guard s.isOn else { return outputs }
      let factor = try Layers.call(.torch("tensor"), [.float(s.scale)], i)
      func scaled(_ v: Value) throws -> Value {
        if v.object is TensorObject { return try Layers.call(.method("mul"), [v, factor], i) }
        let all = try i.array(v).map(scaled)
        return v.object is TupleObject ? .tuple(all) : .list(all)
      }
      return try scaled(outputs)
    }
    c.method("unscale_") { v, a, i in
      let s = try me(v)
      let p = try a.bind("unscale_", "optimizer")
      if s.isOn, let o = p[0]?.object as? OptimizerObject { try s.unscale(o, i) }
      return .none
    }
    c.method("step") { v, a, i in
      let s = try me(v)
      guard let o = a.positional.first?.object as? OptimizerObject else {
        throw Raise.type("GradScaler.step() missing 1 required positional argument: 'optimizer'")
      }
      let rest = PyArguments(Array(a.positional.dropFirst()), keywords: a.keywords)
      guard s.isOn else { return try i.call(i.getAttribute(.object(o), "step"), rest) }
      if !rest.isEmpty, a.keyword("closure") != nil {
        throw Raise.runtime("Closure use is not currently supported if GradScaler is enabled.")
      }
      let at = s.index(o)
      if s.rounds[at].hasStepped {
        throw Raise.runtime("step() has already been called since the last update().")
      }
      if !s.rounds[at].isUnscaled { try s.unscale(o, i) }
      defer { s.rounds[at].hasStepped = true }
      guard try o.optimizer().groups.flatMap(\.parameters).contains(where: { $0.grad != nil }) else {
        throw Raise.named("AssertionError", "No inf checks were recorded for this optimizer.")
      }
      return s.rounds[at].hasInfinite ? .none : try i.call(i.getAttribute(.object(o), "step"), rest)
    }
    c.method("update") { v, a, i in
      let s = try me(v)
      guard s.isOn else { return .none }
      if let new = try a.bind("update", "new_scale?")[0], !new.isNone {
        s.scale = try new.object?.toFloat(i) ?? i.floating(new) ?? s.scale
      } else {
        guard s.rounds.contains(where: \.isUnscaled) else {
          throw Raise.named("AssertionError", "No inf checks were recorded prior to update.")
        }
        if s.rounds.contains(where: \.hasInfinite) {
          s.scale *= s.backoff
          s.tracker = 0
        } else {
          s.tracker += 1
          if s.tracker == s.interval {
            s.scale *= s.growth
            s.tracker = 0
          }
        }
      }
      s.rounds = []
      return .none
    }
    c.method("state_dict") { v, _, _ in
      let s = try me(v)
      guard s.isOn else { return OptimizerObject.dictionary([]) }
      return OptimizerObject.dictionary([
        ("scale", .float(s.scale)), ("growth_factor", .float(s.growth)),
        ("backoff_factor", .float(s.backoff)),
        ("growth_interval", .int(s.interval)), ("_growth_tracker", .int(s.tracker)),
      ])
    }
    c.method("load_state_dict") { v, a, i in
      let s = try me(v)
      let d = try a.bind("load_state_dict", "state_dict")[0] ?? .none
      guard s.isOn else { return .none }
      guard let given = d.object as? DictObject, given.count > 0 else {
        throw Raise.runtime(
          "The source state dict is empty, possibly because it was saved from a disabled instance of GradScaler."
        )
      }
      s.scale = try i.floating(i.getItem(d, .string("scale"))) ?? s.scale
      s.growth = try i.floating(i.getItem(d, .string("growth_factor"))) ?? s.growth
      s.backoff = try i.floating(i.getItem(d, .string("backoff_factor"))) ?? s.backoff
      s.interval = try i.index(i.getItem(d, .string("growth_interval"))) ?? s.interval
      s.tracker = try i.index(i.getItem(d, .string("_growth_tracker"))) ?? s.tracker
      return .none
    }
    for (name, get) in [
      ("get_growth_factor", { Value.float($0.growth) }), ("get_backoff_factor", { Value.float($0.backoff) }),
      ("get_growth_interval", { Value.int($0.interval) }),
    ] as [(String, (Scaler) -> Value)] {
      c.method(name) { v, _, _ in get(try me(v)) }
    }
    return c
  }
  private static func me(_ v: Value) throws -> Scaler {
    guard let s = v.object as? Scaler else { throw Raise.type("expected a GradScaler") }
    return s
  }
}
