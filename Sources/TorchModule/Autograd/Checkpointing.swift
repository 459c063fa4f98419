import Autograd
import MiniPython
import Recordings

/// `torch.utils.checkpoint`: what a part of a network computes is forgotten, and computed again for its gradients.
///
/// Law: values, gradients and graph are those of the part itself; it runs twice.
enum Checkpointing {
  static func fill(_ m: ModuleObject) {
    m.function("checkpoint") { a, i in
      guard let function = a.positional.first ?? a.keyword("function") else {
        throw Raise.type("checkpoint() missing 1 required positional argument: 'function'")
      }
      var a = a
      if !a.positional.isEmpty { a.positional.removeFirst() }
      func option(_ name: String) -> Value? {
        defer { a.keywords.removeAll { $0.name == name } }
        return a.keyword(name)
      }
      _ = option("function")
      let reentrant = option("use_reentrant")
      let keepsDraws = try option("preserve_rng_state").map(i.isTrue) ?? true
      for name in ["context_fn", "determinism_check", "debug", "early_stop"] { _ = option(name) }
      if reentrant == nil || reentrant?.isNone == true {
        i.warn(
          "torch.utils.checkpoint: the use_reentrant parameter should be passed explicitly. Starting in PyTorch 2.9, "
            + "calling checkpoint without use_reentrant will raise an exception. use_reentrant=False is recommended, "
            + "but if you need to preserve the current default behavior, you can pass use_reentrant=True. Refer to docs "
            + "for more details on the differences between the two variants.")
      }
      if try reentrant.map({ $0.isNone ? true : try i.isTrue($0) }) ?? true {
        if let (name, _) = a.keywords.first {
          throw Raise.value("Unexpected keyword arguments: \(name)")
        }
        return try i.call(
          i.getAttribute(.object(reentrantFunction), "apply"),
          PyArguments([function, .bool(keepsDraws)] + a.positional))
      }
      return try Replay(function, a, keepsDraws: keepsDraws, i).run()
    }
    m.function("checkpoint_sequential") { a, i in
      let p = try a.bind(
        "checkpoint_sequential", "functions", "segments", "input", "use_reentrant?", "preserve_rng_state?")
      let functions = try (p[0]?.object as? ModuleInstance)?.children.map(\.value) ?? i.array(p[0] ?? .none)
      let segments = max(1, try p[1].flatMap(i.index) ?? 1)
      let size = functions.count / segments
      var x = p[2] ?? .none
      let checkpoint = try i.getAttribute(.object(m), "checkpoint")
      var at = 0
      while at < functions.count {
        let isLast = at / max(1, size) >= segments - 1
        let part = Array(functions[at..<(isLast ? functions.count : at + max(1, size))])
        let run = NativeFunction("forward") { a, i in
          try part.reduce(a.positional.first ?? .none) { try i.call($1, PyArguments([$0])) }
        }
        if isLast { return try i.call(.object(run), PyArguments([x])) }
        x = try i.call(
          checkpoint,
          PyArguments([.object(run), x], keywords: [(name: "use_reentrant", value: p[3] ?? .bool(true))]))
        at += part.count
      }
      return x
    }
  }

  /// All that is wanted has been computed again: what is left of the part need not run.
  private struct Enough: Error {}

  /// One part: what its nodes saved is put away as a number, and found by running it again.
  private final class Replay {
    private let function: Value
    private let arguments: PyArguments
    private let interpreter: Interpreter
    /// The generator's state before the part ran.
    private let state: Generator.State?
    private var count = 0
    private var found: [Tensor]?

    private final class Place {
      let number: Int
      init(_ number: Int) { self.number = number }
    }

    init(_ function: Value, _ arguments: PyArguments, keepsDraws: Bool, _ i: Interpreter) {
      self.function = function
      self.arguments = arguments
      self.interpreter = i
      state = keepsDraws ? Context.current.generator.snapshot : nil
    }

    func run() throws -> Value {
      let context = Context.current
      context.savedTensorHooks.append(
        SavedTensorHooks { _ in
          self.count += 1
          return Place(self.count - 1)
        } unpack: { kept in
          let all = try self.found ?? self.again()
          guard let place = kept as? Place, all.indices.contains(place.number) else {
            throw Raise.runtime(
              "torch.utils.checkpoint: A different number of tensors was saved during the original forward and "
                + "recomputation.")
          }
          return all[place.number]
        })
      defer { context.savedTensorHooks.removeLast() }
      return try interpreter.call(function, arguments)
    }

    private func again() throws -> [Tensor] {
      let context = Context.current
      let (mode, inference) = (context.gradMode, context.inferenceMode)
      let now = context.generator.snapshot
      if let state { context.generator.snapshot = state }
      context.setGradMode(true, inference: inference)
      var all: [Tensor] = []
      context.savedTensorHooks.append(
        SavedTensorHooks { t in
          all.append(t.detach())
          if all.count == self.count { throw Enough() }
          return Place(all.count - 1)
        } unpack: { kept in
          guard let place = kept as? Place, all.indices.contains(place.number) else { throw Enough() }
          return all[place.number]
        })
      defer {
        context.savedTensorHooks.removeLast()
        context.setGradMode(mode, inference: inference)
        if state != nil { context.generator.snapshot = now }
      }
      do { _ = try interpreter.call(function, arguments) } catch is Enough {}
      found = all
      return all
    }
  }

  /// The older way: one node for the whole part, which goes backward through a graph of its own.
  nonisolated(unsafe) private static let reentrantFunction: ClassObject = {
    let c = ClassObject("CheckpointFunction", bases: [FunctionClass.type], module: "torch.utils.checkpoint")
    func fixed(_ name: String, _ body: @escaping (PyArguments, Interpreter) throws -> Value) {
      c.set(name, .object(MethodWrapper(.object(NativeFunction(name, body)), isStatic: true)))
    }
    fixed("forward") { a, i in
      let (context, function) = (a.positional[0], a.positional[1])
      let inputs = Array(a.positional.dropFirst(3))
      try i.setAttribute(context, "parts", .tuple([function] + inputs))
      return try ModuleClass.withoutGraph { try i.call(function, PyArguments(inputs)) }
    }
    fixed("backward") { a, i in
      let parts = try i.array(i.getAttribute(a.positional[0], "parts"))
      let inputs = try parts.dropFirst().map { v -> Value in
        guard let t = v.object as? TensorObject else { return v }
        let fresh = try Layers.call(.method("detach"), [v], i)
        return try i.callMethod(fresh, "requires_grad_", PyArguments([.bool(t.tensor.requiresGrad)])) ?? fresh
      }
      let context = Context.current
      let (mode, inference) = (context.gradMode, context.inferenceMode)
      context.setGradMode(true, inference: inference)
      defer { context.setGradMode(mode, inference: inference) }
      let out = try i.call(parts[0], PyArguments(Array(inputs)))
      let outputs = out.object is TupleObject ? try i.array(out) : [out]
      for (output, grad) in zip(outputs, a.positional.dropFirst())
      where (output.object as? TensorObject)?.tensor.requiresGrad == true {
        _ = try i.callMethod(output, "backward", PyArguments([grad]))
      }
      return .tuple(
        [.none, .none]
          + (try inputs.map { v in v.object is TensorObject ? try i.getAttribute(v, "grad") : .none }))
    }
    return c
  }()
}
