import Autograd
import MiniPython
import Recordings

/// `torch.Generator()`.
final class GeneratorHandle: Object {
  let generator: Generator
  private init(_ generator: Generator) { self.generator = generator }
  /// One object for each generator, as long as a program holds it.
  static func of(_ generator: Generator) -> GeneratorHandle {
    if let known = generator.attachment as? GeneratorHandle { return known }
    let made = GeneratorHandle(generator)
    generator.attachment = made
    return made
  }
  nonisolated(unsafe) static let type: ClassObject = {
    let c = ClassObject("Generator", module: "torch._C")
    c.shownWithModule = true
    c.make = { _, a, i in
      let p = try a.bind("Generator", "device?")
      if case .int? = p[0] {
        throw Raise.runtime("Cannot access accelerator device when none is available.")
      }
      if let name = try p[0].map(i.str) {
        if name.hasPrefix("cuda"), Context.current.simulatedDevices.isEmpty {
          throw Raise.runtime(
            "Cannot get CUDA generator without ATen_cuda library. PyTorch splits its backend into two shared "
              + "libraries: a CPU library and a CUDA library; this error has occurred because you are trying to use "
              + "some CUDA functionality, but the CUDA library has not been loaded by the dynamic linker for some "
              + "reason.  The CUDA library MUST be loaded, EVEN IF you don't directly use any symbols from the CUDA "
              + "library! One common culprit is a lack of -Wl,--no-as-needed in your link arguments; many dynamic "
              + "linkers will delete dynamic library dependencies if you don't depend on any of their symbols.  You "
              + "can check if this has occurred by using ldd on your binary to see if there is a dependency on "
              + "*_cuda.so library.")
        }
        _ = try i.call(.object(DeviceObject.type), PyArguments([.string(name)]))
      }
      let device = try p[0].map(i.str) ?? "cpu"
      return .object(
        GeneratorHandle.of(Generator(device: device.hasPrefix("cuda") ? try Devices.check(device) : "cpu")))
    }
    func me(_ v: Value) throws -> GeneratorHandle {
      guard let g = v.object as? GeneratorHandle else { throw Raise.type("expected a Generator") }
      return g
    }
    c.property("device") { v, _ in .object(DeviceObject(try me(v).generator.device)) }
    c.method("seed") { v, _, _ in .unsigned(try me(v).generator.reseed()) }
    c.method("initial_seed") { v, _, _ in .unsigned(try me(v).generator.initialSeed) }
    c.method("manual_seed") { v, a, i in
      if !a.keywords.isEmpty { throw Raise.type("Generator.manual_seed() takes no keyword arguments") }
      guard a.positional.count == 1, let given = a.positional.first else {
        throw Raise.type("Generator.manual_seed() takes exactly one argument (\(a.positional.count) given)")
      }
      try me(v).generator.seed(seed(given, i))
      return v
    }
    c.method("get_state") { v, _, _ in try state(me(v).generator) }
    c.method("set_state") { v, a, i in
      let p = try a.bind("set_state", "new_state")
      try restore(me(v).generator, p[0], i)
      return v
    }
    c.method("clone_state") { v, _, _ in
      let copy = Generator(seed: 0)
      copy.snapshot = try me(v).generator.snapshot
      return .object(GeneratorHandle.of(copy))
    }
    return c
  }()
  override var typeObject: ClassObject { GeneratorHandle.type }
  override func repr(_ i: Interpreter) throws -> String { "<torch._C.Generator object>" }

  /// A whole number of 64 bits, with a sign or without.
  static func seed(_ given: Value, _ i: Interpreter) throws -> UInt64 {
    guard case .int = given else {
      guard given.object is BigIntObject else {
        throw Raise.runtime("manual_seed expected a long, but got \(i.typeName(given))")
      }
      guard let bits = given.bits64 else { throw Raise.value("Overflow when unpacking long long") }
      return bits
    }
    return given.bits64 ?? 0
  }

  /// The state as a tensor of bytes, as `get_rng_state` gives it.
  static func state(_ generator: Generator?) throws -> Value {
    .object(TensorObject.of(try Tensor.ofBytes((generator ?? Context.current.generator).snapshot.bytes)))
  }
  static func restore(_ generator: Generator?, _ value: Value?, _ i: Interpreter) throws {
    guard let t = (value?.object as? TensorObject)?.tensor else {
      throw Raise.type("expected a torch.ByteTensor, but got \(i.typeName(value ?? .none))")
    }
    guard let bytes = t.bytes else { throw Raise.type("RNG state must be a torch.ByteTensor") }
    guard bytes.count == Generator.State.byteCount else {
      throw Raise.runtime(
        "Expected a CPUGeneratorImplState of size \(Generator.State.byteCount) but found the input RNG state size to "
          + "be \(bytes.count)")
    }
    guard let state = Generator.State(bytes: bytes) else { throw Raise.runtime("Invalid mt19937 state") }
    (generator ?? Context.current.generator).snapshot = state
  }
}
