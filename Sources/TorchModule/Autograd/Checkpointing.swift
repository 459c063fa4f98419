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
    private var saved: [(shape: [Int], dtype: DType, device: String)] = []
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
        SavedTensorHooks { t in
          self.saved.append((t.shape, t.dtype, t.device))
          return Place(self.saved.count - 1)
        } unpack: { kept in
          let all = try self.found ?? self.again()
          guard let place = kept as? Place, all.indices.contains(place.number) else {
            throw CheckpointMismatch.count(self.saved.count, all.count)
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
          if all.count == self.saved.count { throw Enough() }
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
      try CheckpointMismatch.check(saved, all, interpreter)
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
      // Kept as PyTorch keeps them, which frees them with the graph.
      let kept = inputs.map { $0.object is TensorObject ? $0 : Value.none }
      _ = try i.callMethod(context, "save_for_backward", PyArguments(kept))
      return try ModuleClass.withoutGraph { try i.call(function, PyArguments(inputs)) }
    }
    fixed("backward") { a, i in
      if CurrentPass()?.isLimited == true {
        throw Raise.runtime(
          "When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an `inputs` parameter "
            + "to .backward(). To resolve this error, you can either set use_reentrant=False, or call .backward() without "
            + "passing the `inputs` argument.")
      }
      _ = try i.getAttribute(a.positional[0], "saved_tensors")
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
        context.isInnerPass = true
        defer { context.isInnerPass = false }
        _ = try i.callMethod(output, "backward", PyArguments([grad]))
      }
      return .tuple(
        [.none, .none]
          + (try inputs.map { v in v.object is TensorObject ? try i.getAttribute(v, "grad") : .none }))
    }
    return c
  }()
}

/// A part that did something else when it ran again.
private enum CheckpointMismatch {
  nonisolated(unsafe) private static let type = Exceptions.derived(
    "CheckpointError", from: "RuntimeError", module: "torch.utils.checkpoint")

  static func count(_ before: Int, _ now: Int) -> Raise {
    error(
      "torch.utils.checkpoint: A different number of tensors was saved during the original forward and "
        + "recomputation.\nNumber of tensors saved during forward: \(before)\nNumber of tensors saved during "
        + "recomputation: \(now).")
  }

  static func check(
    _ saved: [(shape: [Int], dtype: DType, device: String)], _ found: [Tensor], _ i: Interpreter
  ) throws {
    guard saved.count == found.count else { throw count(saved.count, found.count) }
    func text(_ shape: [Int], _ dtype: DType, _ device: String) throws -> String {
      "{'shape': \(try i.repr(.object(SizeObject(shape)))), 'dtype': \(dtype.torchName), 'device': "
        + "\(try i.repr(.object(DeviceObject(device))))}"
    }
    var differences = ""
    for (k, (old, new)) in zip(saved, found).enumerated() {
      let (before, now) = (
        try text(old.shape, old.dtype, old.device), try text(new.shape, new.dtype, new.device)
      )
      if before == now { continue }
      differences += "tensor at position \(k):\nsaved metadata: \(before)\nrecomputed metadata: \(now)\n"
    }
    guard !differences.isEmpty else { return }
    throw error(
      "torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than during the "
        + "forward pass.\n\(differences).")
  }

  private static func error(_ what: String) -> Raise {
    Raise(
      Exceptions.make(
        type,
        what + """


          Tip: To see a more detailed error message, either pass `debug=True` to
          `torch.utils.checkpoint.checkpoint(...)` or wrap the code block
          with `with torch.utils.checkpoint.set_checkpoint_debug_enabled(True):` to
          enable checkpoint\u{2011}debug mode globally.

          If this error occurs under torch.compile with automatic_dynamic_shapes enabled,
          it may be because the recomputation selected a different compiled graph than the
          forward pass (e.g., a dynamic graph instead of the original static graph).
          To fix this, either:
            - Use torch._dynamo.mark_dynamic() to explicitly mark varying dimensions as
              dynamic upfront, avoiding the static-to-dynamic transition.
            - Call torch._C._dynamo.eval_frame._set_lru_cache(False) to disable LRU cache
              reordering, which can change which graph is checked first between forward
              and recompute.
          See https://github.com/pytorch/pytorch/issues/166926 for more details and
          workaround examples.

          """))
  }
}
