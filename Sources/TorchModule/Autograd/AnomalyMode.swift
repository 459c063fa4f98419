import Autograd
import MiniPython

/// `detect_anomaly` and `set_detect_anomaly`: backward rules that give NaN raise, and name the forward line.
///
/// Source: https://docs.pytorch.org/docs/2.13/autograd.html#anomaly-detection
final class AnomalyMode: Object {
  private let name: String
  private let before: (anomaly: Bool, checksNaN: Bool)

  private init(_ name: String, on: Bool, checksNaN: Bool, _ i: Interpreter) {
    self.name = name
    let context = Context.current
    before = (context.anomaly, context.checksNaN)
    super.init()
    context.traceback = { i.stackText() }
    if name == "set_detect_anomaly" { start(on, checksNaN) }
    wish = (on, checksNaN)
  }
  private var wish = (true, true)

  private func start(_ on: Bool, _ checksNaN: Bool) {
    Context.current.anomaly = on
    Context.current.checksNaN = checksNaN
  }

  override var isContext: Bool { true }
  override func enter(_ i: Interpreter) throws -> Value? {
    start(wish.0, wish.1)
    return Value.none
  }
  override func exit(_ exception: InstanceObject?, _ i: Interpreter) throws -> Bool {
    start(before.anomaly, before.checksNaN)
    return false
  }
  override var typeObject: ClassObject {
    name == "detect_anomaly" ? AnomalyMode.detect : AnomalyMode.set
  }
  nonisolated(unsafe) private static let detect = ClassObject(
    "detect_anomaly", module: "torch.autograd.anomaly_mode")
  nonisolated(unsafe) private static let set = ClassObject(
    "set_detect_anomaly", module: "torch.autograd.anomaly_mode")

  static func fill(_ m: ModuleObject) {
    m.function("detect_anomaly") { a, i in
      let p = try a.bind("detect_anomaly", "check_nan?")
      i.warn(
        "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for "
          + "debugging.")
      return .object(
        AnomalyMode("detect_anomaly", on: true, checksNaN: try p[0].map(i.isTrue) ?? true, i))
    }
    m.function("set_detect_anomaly") { a, i in
      let p = try a.bind("set_detect_anomaly", "mode", "check_nan?")
      return .object(
        AnomalyMode(
          "set_detect_anomaly", on: try p[0].map(i.isTrue) ?? true, checksNaN: try p[1].map(i.isTrue) ?? true,
          i))
    }
  }
}
