import Autograd
import MiniPython

/// `torch.cuda`, `torch.backends` and the other names by which programs ask what machine they run on.
///
/// There is a processor, and where the command simulates them, CUDA devices.
enum DeviceNamespaces {
  static func fill(_ m: ModuleObject) {
    m.set("cuda", .object(CudaNamespace.module()))
    m.set("OutOfMemoryError", .object(TorchErrorClasses.outOfMemory))
    m.set("backends", .object(backends()))
    let version = ModuleObject("torch.version")
    version.set("__version__", .string("2.13.0+cpu"))
    for name in ["cuda", "hip", "xpu", "git_version"] { version.set(name, .none) }
    m.set("version", .object(version))
    for (name, isThere) in [("mps", false), ("xpu", false), ("cpu", true)] {
      let device = ModuleObject("torch.\(name)")
      device.function("is_available") { _, _ in .bool(isThere) }
      device.function("device_count") { _, _ in .int(isThere ? 1 : 0) }
      device.function("current_device") { _, _ in .string("cpu") }
      for action in ["manual_seed", "manual_seed_all", "synchronize", "empty_cache"] {
        device.function(action) { _, _ in .none }
      }
      m.set(name, .object(device))
    }
    let accelerator = ModuleObject("torch.accelerator")
    accelerator.function("is_available") { _, _ in .bool(!simulated.isEmpty) }
    accelerator.function("device_count") { _, _ in .int(simulated.count) }
    accelerator.function("current_accelerator") { _, _ in
      simulated.isEmpty ? .none : .object(DeviceObject("cuda"))
    }
    m.set("accelerator", .object(accelerator))
  }

  private static var simulated: [String] { Context.current.simulatedDevices.sorted() }

  private static func backends() -> ModuleObject {
    let m = ModuleObject("torch.backends")
    func part(_ name: String, isThere: Bool, _ settings: [(String, Value)] = []) {
      let made = ModuleObject("torch.backends.\(name)")
      made.function("is_available") { _, _ in .bool(isThere) }
      made.function("is_built") { _, _ in .bool(isThere) }
      made.function("version") { _, _ in .none }
      for (key, value) in settings { made.set(key, value) }
      m.set(name, .object(made))
    }
    part(
      "cudnn", isThere: false,
      [
        ("deterministic", .bool(false)), ("benchmark", .bool(false)), ("enabled", .bool(true)),
        ("allow_tf32", .bool(true)),
      ])
    let products = ModuleObject("torch.backends.cuda.matmul")
    products.set("allow_tf32", .bool(false))
    part("cuda", isThere: false, [("matmul", .object(products))])
    part("mps", isThere: false)
    for name in ["mkl", "openmp"] { part(name, isThere: true) }
    m.set("mkldnn", .object(FusedLibrary()))
    return m
  }
}
