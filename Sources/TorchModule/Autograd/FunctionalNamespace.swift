import Autograd
import MiniPython
import Recordings

/// `torch.autograd.functional`, and the checks of gradients by differences.
enum FunctionalNamespace {
  private typealias Result = (outputs: [Tensor], product: [Tensor])

  static func fill(_ m: ModuleObject) {
    for name in ["jacobian", "hessian"] {
      m.function(name) { a, i in
        let p = try a.bind(
          name, "func", "inputs", "create_graph?", "strict?", "vectorize?",
          name == "jacobian" ? "strategy?" : "outer_jacobian_strategy?")
        let call = try Call(name, p[0], p[1], i)
        let (create, strict) = (try p[2].map(i.isTrue) ?? false, try p[3].map(i.isTrue) ?? false)
        let isVectorized = try p[4].map(i.isTrue) ?? false
        let strategy = (p[5]?.object as? StringObject)?.value ?? "reverse-mode"
        guard ["forward-mode", "reverse-mode"].contains(strategy) else {
          throw TorchError(
            .assertion,
            name == "jacobian"
              ? "Expected strategy to be either \"forward-mode\" or \"reverse-mode\". Hint: If your function has more "
                + "outputs than inputs, \"forward-mode\" tends to be more performant. Otherwise, prefer to use "
                + "\"reverse-mode\"."
              : "Expected strategy to be either \"forward-mode\" or \"reverse-mode\".")
        }
        if strategy == "forward-mode" {
          if create {
            throw TorchError(
              .notImplemented,
              "torch.autograd.functional.jacobian: `create_graph=True` and `strategy=\"forward-mode\"` are not supported "
                + "together (yet). Please either set `create_graph=False` or `strategy=\"reverse-mode\"`.")
          }
          if strict {
            throw TorchError(
              .runtime,
              "torch.autograd.functional.jacobian: `strict=True` and `strategy=\"forward-mode\"` are not supported "
                + "together (yet). Please either set `strict=False` or `strategy=\"reverse-mode\"`.")
          }
          guard isVectorized else {
            throw TorchError(
              .notImplemented,
              "Computing Jacobian using forward-AD or forward-over-reverse Hessian is"
                + "only implemented for `vectorize=True`.")
          }
        }
        if isVectorized, strict {
          throw TorchError(
            .runtime,
            "torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together. Please "
              + "either set `strict=False` or `vectorize=False`.")
        }
        let batches = isVectorized && strategy == "reverse-mode"
        let rows =
          name == "jacobian"
          ? try Functional.jacobian(
            of: call.run, at: call.inputs, createGraph: create, strict: strict, vectorize: batches)
          : try Functional.hessian(
            of: call.runSingle, at: call.inputs, createGraph: create, strict: strict, vectorize: batches)
        let outer = name == "jacobian" ? call.givesTuple : call.isTuple
        let values = rows.map { value($0, isTuple: call.isTuple) }
        return outer ? .tuple(values) : values.first ?? .none
      }
    }
    for name in ["vjp", "jvp", "vhp", "hvp"] {
      m.function(name) { a, i in
        let p = try a.bind(name, "func", "inputs", "v?", "create_graph?", "strict?")
        let call = try Call(name, p[0], p[1], i)
        let (create, strict) = (try p[3].map(i.isTrue) ?? false, try p[4].map(i.isTrue) ?? false)
        var v: [Tensor]?
        if let given = p[2], !given.isNone { v = try Call.unpacked(given, "v", name, i).tensors }
        let found: Result
        switch name {
        case "vjp":
          found = try Functional.vjp(of: call.run, at: call.inputs, v: v, createGraph: create, strict: strict)
        case "jvp":
          found = try Functional.jvp(of: call.run, at: call.inputs, v: v, createGraph: create, strict: strict)
        case "vhp":
          found = try Functional.vhp(
            of: call.runSingle, at: call.inputs, v: v, createGraph: create, strict: strict)
        default:
          found = try Functional.hvp(
            of: call.runSingle, at: call.inputs, v: v, createGraph: create, strict: strict)
        }
        let productIsTuple = name == "jvp" ? call.givesTuple : call.isTuple
        return .tuple([
          value(found.outputs, isTuple: call.givesTuple), value(found.product, isTuple: productIsTuple),
        ])
      }
    }
  }

  private static func value(_ tensors: [Tensor], isTuple: Bool) -> Value {
    let all = tensors.map { Value.object(TensorObject.of($0)) }
    return isTuple ? .tuple(all) : all.first ?? .none
  }

  /// A function of the program with its inputs.
  private final class Call {
    let inputs: [Tensor]
    let isTuple: Bool
    private(set) var givesTuple = false
    private let function: Value
    private let name: String
    private let interpreter: Interpreter

    /// All arguments, where some are no tensors, as `gradcheck` allows.
    private let given: [Value]?

    /// - Parameter isStrict: whether all inputs must be tensors.
    init(
      _ name: String, _ function: Value?, _ inputs: Value?, isStrict: Bool = true, _ i: Interpreter
    ) throws {
      self.name = name
      self.function = function ?? .none
      interpreter = i
      if !isStrict, let items = (inputs?.object as? TupleObject)?.items {
        given = items
        (self.inputs, isTuple) = (items.compactMap { ($0.object as? TensorObject)?.tensor }, true)
        return
      }
      given = nil
      (self.inputs, isTuple) = try Call.unpacked(inputs ?? .none, "inputs", name, i)
    }

    /// The arguments of a call, what is no tensor at its place.
    private func arguments(_ inputs: [Tensor]) -> PyArguments {
      var rest = inputs[...]
      let all = given?.map { v -> Value in
        guard v.object is TensorObject, let t = rest.popFirst() else { return v }
        return .object(TensorObject.of(t))
      }
      return PyArguments(all ?? inputs.map { .object(TensorObject.of($0)) })
    }

    /// The same, for functions that must give one tensor, and no tuple.
    func runSingle(_ inputs: [Tensor]) throws -> [Tensor] {
      let outputs = try run(inputs)
      guard !givesTuple else {
        throw Raise.runtime("The function given to \(name) should return a single Tensor")
      }
      return outputs
    }

    func run(_ inputs: [Tensor]) throws -> [Tensor] {
      let result = try interpreter.call(
        function, PyArguments(inputs.map { .object(TensorObject.of($0)) }))
      let (tensors, isTuple) = try Call.unpacked(
        result, "outputs of the user-provided function", name, interpreter)
      givesTuple = isTuple
      return tensors
    }

    /// The outputs as `gradcheck` takes them: each is asked whether it requires a gradient.
    func runLoosely(_ inputs: [Tensor]) throws -> [Tensor] {
      let result = try interpreter.call(function, arguments(inputs))
      let items =
        try result.object is TensorObject
        ? [result]
        : (result.object as? TupleObject)?.items
          ?? (result.object as? ListObject)?.items ?? [result]
      return try items.compactMap { item in
        _ = try interpreter.getAttribute(item, "requires_grad")
        return (item.object as? TensorObject)?.tensor
      }
    }

    static func unpacked(
      _ v: Value, _ what: String, _ name: String, _ i: Interpreter
    ) throws -> (tensors: [Tensor], isTuple: Bool) {
      if let t = v.object as? TensorObject { return ([t.tensor], false) }
      guard let items = (v.object as? TupleObject)?.items else {
        throw Raise.type(
          "The \(what) given to \(name) must be either a Tensor or a tuple of Tensors but the given \(what) has "
            + "type \(PyTree.typeText(v, i)).")
      }
      let tensors = try items.enumerated().map { k, item in
        guard let t = item.object as? TensorObject else {
          throw Raise.type(
            "The \(what) given to \(name) must be either a Tensor or a tuple of Tensors but the value at index "
              + "\(k) has type \(PyTree.typeText(item, i)).")
        }
        return t.tensor
      }
      return (tensors, true)
    }
  }

  /// `grad_outputs` of `gradgradcheck`: as given, or drawn between -1 and 1.
  private static func seeds(_ given: Value?, _ call: Call, _ i: Interpreter) throws -> [Tensor] {
    if let given, !given.isNone { return try Convert.tensors(given, "gradgradcheck", "grad_outputs", i) }
    return try call.runLoosely(call.inputs).filter(\.requiresGrad).map { out in
      let t = try Tensor.ones(like: out)
      _ = try i.callMethod(.object(TensorObject.of(t)), "uniform_", PyArguments([.int(-1), .int(1)]))
      try t.setRequiresGrad(true)
      return t
    }
  }

  nonisolated(unsafe) private static let gradcheckError = Exceptions.derived(
    "GradcheckError", from: "RuntimeError", module: "torch.autograd.gradcheck")

  /// `gradcheck` and `gradgradcheck`, in `torch.autograd`.
  static func checks(_ m: ModuleObject) {
    for name in ["gradcheck", "gradgradcheck"] {
      m.function(name) { a, i in
        var settings = GradientCheck()
        let names =
          name == "gradcheck"
          ? [
            "func", "inputs", "eps?", "atol?", "rtol?", "raise_exception?", "nondet_tol?",
            "check_undefined_grad?",
            "check_grad_dtypes?", "check_batched_grad?", "check_batched_forward_grad?", "check_forward_ad?",
            "check_backward_ad?", "fast_mode?", "masked?",
          ]
          : [
            "func", "inputs", "grad_outputs?", "eps?", "atol?", "rtol?", "gen_non_contig_grad_outputs?",
            "raise_exception?", "nondet_tol?", "check_undefined_grad?", "check_grad_dtypes?",
            "check_batched_grad?", "check_fwd_over_rev?", "check_rev_over_rev?", "fast_mode?", "masked?",
          ]
        let p = try a.bind(name, names: names)
        func given(_ word: String) -> Value? {
          names.firstIndex(of: word + "?").flatMap { p[$0] }
        }
        settings.eps = try given("eps").flatMap { try Convert.double($0, i) } ?? settings.eps
        settings.atol = try given("atol").flatMap { try Convert.double($0, i) } ?? settings.atol
        settings.rtol = try given("rtol").flatMap { try Convert.double($0, i) } ?? settings.rtol
        let raises = try given("raise_exception").map(i.isTrue) ?? true
        let call = try Call(name, p[0], p[1], isStrict: false, i)
        guard call.inputs.contains(where: \.requiresGrad) else {
          throw Raise.named(
            "ValueError",
            "gradcheck expects at least one input tensor to require gradient, but none of them have "
              + "requires_grad=True.")
        }
        for (k, t) in call.inputs.enumerated() where t.requiresGrad && t.dtype != .float64 {
          i.warn(
            "Input #\(k) requires gradient and is not a double precision floating point or complex. This check will "
              + "likely fail if all the inputs are not of double precision floating point or complex. ")
        }
        var inputs = call.inputs
        var f: Functional.Function = call.runLoosely
        if name == "gradgradcheck" {
          // The gradients of the outputs are inputs, too.
          let count = inputs.count
          inputs += try seeds(given("grad_outputs"), call, i)
          f = { x in
            let outputs = try call.runLoosely(Array(x.prefix(count))).filter(\.requiresGrad)
            let found = try grad(
              outputs: outputs, inputs: x.prefix(count).filter(\.requiresGrad),
              gradOutputs: Array(x.dropFirst(count)), createGraph: true, allowUnused: true)
            return found.compactMap(\.self)
          }
        }
        guard let problem = try settings.problem(of: f, at: inputs) else { return .bool(true) }
        if raises { throw Raise(Exceptions.make(gradcheckError, problem)) }
        return .bool(false)
      }
    }
  }
}
