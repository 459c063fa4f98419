import Autograd
import MiniPython
import Recordings

/// `torch.cuda`: without a GPU, what a CPU build of PyTorch says; with a simulated one, what a program needs to go on.
///
/// Source: https://docs.pytorch.org/docs/stable/cuda.html. Simulated devices compute at once, so that streams and events
/// have nothing to wait for, and times between events are zero.
enum CudaNamespace {
  fileprivate static var simulated: [String] { Context.current.simulatedDevices.sorted() }

  static func module() -> ModuleObject {
    let m = ModuleObject("torch.cuda")
    let amp = ModuleObject("torch.cuda.amp")
    MixedPrecision.fill(amp, device: "cuda")
    m.set("amp", .object(amp))
    m.set("OutOfMemoryError", .object(TorchErrorClasses.outOfMemory))
    for name in ["is_available", "is_initialized", "is_bf16_supported", "is_tf32_supported"] {
      m.function(name) { _, _ in .bool(!simulated.isEmpty) }
    }
    m.function("device_count") { _, _ in .int(simulated.count) }
    for name in [
      "manual_seed", "manual_seed_all", "seed", "seed_all", "empty_cache", "set_rng_state", "set_stream",
    ] {
      m.function(name) { _, _ in .none }
    }
    for name in [
      "memory_allocated", "max_memory_allocated", "memory_reserved", "max_memory_reserved", "memory_cached",
      "max_memory_cached",
    ] {
      m.function(name) { _, _ in .int(0) }
    }
    for name in ["get_arch_list", "get_rng_state_all"] { m.function(name) { _, _ in .list([]) } }
    m.function("memory_stats") { _, _ in .object(DictObject()) }
    present(m)
    classes(m)
    return m
  }

  /// What is there only with a GPU.
  private static func present(_ m: ModuleObject) {
    let missing = "Torch not compiled with CUDA enabled"
    let answers: [(String, Value)] = [
      ("synchronize", .none), ("current_device", .int(0)), ("get_device_name", .string("simulated")),
      ("get_device_capability", .tuple([.int(8), .int(0)])), ("ipc_collect", .none), ("init", .none),
      ("initial_seed", .int(0)), ("mem_get_info", .tuple([.int(2 << 30), .int(2 << 30)])),
      ("set_per_process_memory_fraction", .none), ("memory_summary", .string("")),
      ("can_device_access_peer", .bool(false)),
    ]
    for (name, value) in answers {
      m.function(name) { _, _ in
        guard !simulated.isEmpty else { throw Raise.named("AssertionError", missing) }
        return value
      }
    }
    for (name, builtIn) in [
      ("set_device", "_cuda_setDevice"), ("reset_peak_memory_stats", "_cuda_resetPeakMemoryStats"),
      ("reset_max_memory_allocated", "_cuda_resetPeakMemoryStats"),
    ] {
      m.function(name) { _, _ in
        guard !simulated.isEmpty else {
          throw Raise.named("AttributeError", "module 'torch._C' has no attribute '\(builtIn)'")
        }
        return .none
      }
    }
    m.function("get_rng_state") { _, i in
      guard !simulated.isEmpty else { throw Raise.named("AssertionError", missing) }
      return try Layers.call(.torch("zeros"), [.int(16), .object(DTypeObject.of(.uint8))], i)
    }
    m.function("get_device_properties") { _, _ in
      guard !simulated.isEmpty else { throw Raise.named("AssertionError", missing) }
      return .object(
        NamedTupleObject(
          "_CudaDeviceProperties",
          [
            ("name", .string("simulated")), ("major", .int(8)), ("minor", .int(0)),
            ("total_memory", .int(2 << 30)), ("multi_processor_count", .int(1)),
          ]))
    }
    for name in ["current_stream", "default_stream"] {
      m.function(name) { _, _ in
        guard !simulated.isEmpty else { throw Raise.named("AssertionError", missing) }
        return .object(CudaHandle(CudaHandle.stream))
      }
    }
  }

  private static func classes(_ m: ModuleObject) {
    m.set("Event", .object(CudaHandle.event))
    m.set("Stream", .object(CudaHandle.stream))
    m.set("device", .object(CudaHandle.device))
    m.set("stream", .object(CudaHandle.context))
    for (name, dtype) in TorchConstructors.types {
      let c = ClassObject(name, module: "torch.cuda")
      c.shownWithModule = true
      c.make = { _, a, i in
        guard let device = simulated.first else {
          throw Raise.type(
            "type torch.cuda.\(name) not available. Torch not compiled with CUDA enabled.")
        }
        let made = try TorchConstructors.make(a, dtype, i)
        return try Layers.call(.method("to"), [made, .string(device)], i)
      }
      c.accepts = {
        ($0.object as? TensorObject).map { $0.tensor.dtype == dtype && $0.tensor.device != "cpu" } ?? false
      }
      m.set(name, .object(c))
    }
  }
}

/// Events, streams and the contexts of devices: done as soon as they are begun.
private final class CudaHandle: Object {
  private let kind: ClassObject
  init(_ kind: ClassObject) { self.kind = kind }
  override var typeObject: ClassObject { kind }
  override func enter(_ i: Interpreter) throws -> Value? { .object(self) }
  override func exit(_ exception: InstanceObject?, _ i: Interpreter) throws -> Bool { false }

  nonisolated(unsafe) static let event = make(
    "Event", ["record", "wait", "synchronize"], without: "Tried to instantiate dummy base class Event")
  nonisolated(unsafe) static let stream = make(
    "Stream", ["synchronize", "wait_stream", "wait_event", "record_event"],
    without: "torch.cuda.Stream requires CUDA support")
  nonisolated(unsafe) static let device = make("device", [])
  nonisolated(unsafe) static let context = make("StreamContext", [])
  /// A class; `refusal` is what it says where no device is simulated.
  private static func make(_ name: String, _ methods: [String], without refusal: String? = nil) -> ClassObject
  {
    let c = ClassObject(name, module: "torch.cuda") { c, _, _ in
      if let refusal, CudaNamespace.simulated.isEmpty { throw Raise.runtime(refusal) }
      return .object(CudaHandle(c))
    }
    c.shownWithModule = true
    for method in methods { c.method(method) { _, _, _ in .none } }
    if !methods.isEmpty { c.method("query") { _, _, _ in .bool(true) } }
    if name == "Event" { c.method("elapsed_time") { _, _, _ in .float(0) } }
    return c
  }
}
