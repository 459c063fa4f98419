import Autograd
import MiniPython

/// `torch._tensor_str`: how tensors print, as an object and for the length of a block.
enum PrintOptionsNamespace {
  static let names = ["precision", "threshold", "edgeitems", "linewidth", "sci_mode"]

  static func module() -> ModuleObject {
    let m = ModuleObject("torch._tensor_str")
    m.set("PRINT_OPTS", .object(Options()))
    m.function("get_printoptions") { _, i in
      let all = DictObject()
      for name in names { all.set(.string(name), .string(name), value(name, RunState.of(i).printOptions)) }
      return .object(all)
    }
    m.function("set_printoptions") { a, i in
      try RunState.of(i).printOptions.set(bound(a), i)
      return .none
    }
    m.function("printoptions") { a, i in .object(Block(RunState.of(i), try bound(a))) }
    return m
  }

  static func bound(_ a: PyArguments) throws -> [Value?] {
    try a.bind(
      "set_printoptions", "precision?", "threshold?", "edgeitems?", "linewidth?", "profile?", "sci_mode?")
  }

  private static func value(_ name: String, _ options: PrintOptions) -> Value {
    switch name {
    case "precision": .int(options.precision)
    case "threshold": options.threshold == .max ? .float(.infinity) : .int(options.threshold)
    case "edgeitems": .int(options.edgeItems)
    case "linewidth": .int(options.lineWidth)
    default: options.scientificMode.map(Value.bool) ?? .none
    }
  }

  private final class Options: Object {
    nonisolated(unsafe) private static let type = ClassObject("__PrinterOptions", module: "torch._tensor_str")
    override var typeObject: ClassObject { Options.type }
    override var attributeNames: [String] { names }
    override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
      names.contains(name) ? value(name, RunState.of(i).printOptions) : nil
    }
    override func setAttribute(_ name: String, _ value: Value, _ i: Interpreter) throws -> Bool {
      let state = RunState.of(i)
      switch name {
      case "precision": state.printOptions.precision = try i.index(value) ?? 4
      case "threshold": state.printOptions.threshold = try i.index(value) ?? .max
      case "edgeitems": state.printOptions.edgeItems = try i.index(value) ?? 3
      case "linewidth": state.printOptions.lineWidth = try i.index(value) ?? 80
      case "sci_mode": state.printOptions.scientificMode = value.isNone ? nil : try i.isTrue(value)
      default: return false
      }
      return true
    }
    override func repr(_ i: Interpreter) throws -> String {
      let parts = try names.map { "\($0)=\(try i.repr(value($0, RunState.of(i).printOptions)))" }
      return "__PrinterOptions(\(parts.joined(separator: ", ")))"
    }
  }

  /// `with torch._tensor_str.printoptions(precision=2):`
  private final class Block: Object {
    private let state: RunState
    private let wish: [Value?]
    private var before: [PrintOptions] = []
    init(_ state: RunState, _ wish: [Value?]) { (self.state, self.wish) = (state, wish) }
    nonisolated(unsafe) private static let type = ClassObject(
      "_GeneratorContextManager", module: "contextlib")
    override var typeObject: ClassObject { Block.type }
    override var isContext: Bool { true }
    override var exitResult: Value { .bool(false) }
    override func enter(_ i: Interpreter) throws -> Value? {
      before.append(state.printOptions)
      try state.printOptions.set(wish, i)
      return Value.none
    }
    override func exit(_ exception: InstanceObject?, _ i: Interpreter) throws -> Bool {
      if let last = before.popLast() { state.printOptions = last }
      return false
    }
  }
}
