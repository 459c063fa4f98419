/// A call under way: where it is, its variables, its value stack. A generator is a frame that waits.
final class Frame {
  let code: Code
  var pc = 0
  let slots: UnsafeMutablePointer<Value>
  private let slotCount: Int
  /// The top of the value stack: the slot that the next push fills.
  var top: Int
  let stackBase: Int
  var cells: [Cell]
  /// Exceptions being handled, innermost last.
  var handled: [InstanceObject] = []
  /// The names of a class body.
  var classNames: [String: Value] = [:]
  var classOrder: [String] = []
  weak var definingClass: ClassObject?
  /// What `throw` raises where the frame waits.
  var pending: InstanceObject?
  /// What `send` hands on to the generator inside a `yield from`.
  var sent: Value?

  init(_ code: Code, cells free: [Cell] = []) {
    self.code = code
    stackBase = code.localNames.count
    slotCount = stackBase + code.maximumStack + 4
    slots = .allocate(capacity: slotCount)
    slots.initialize(repeating: .unassigned, count: slotCount)
    top = stackBase
    if code.cellNames.isEmpty {
      cells = []
    } else {
      cells = (0..<code.ownCellCount).map { _ in Cell() } + free
    }
  }

  deinit {
    slots.deinitialize(count: slotCount)
    slots.deallocate()
  }

  @inline(__always) func push(_ value: Value) {
    slots[top] = value
    top &+= 1
  }
  @inline(__always) func pop() -> Value {
    top &-= 1
    let value = slots[top]
    slots[top] = .unassigned
    return value
  }
  /// The value `k` below the top; 1 is the top.
  @inline(__always) func peek(_ k: Int) -> Value { slots[top &- k] }

  func cut(to height: Int) {
    while top > stackBase + height {
      top -= 1
      slots[top] = .unassigned
    }
  }

  /// Takes the last `count` values off the stack, in order.
  func take(_ count: Int) -> [Value] {
    let first = top - count
    let out = Array(UnsafeBufferPointer(start: slots + first, count: count))
    for k in first..<top { slots[k] = .unassigned }
    top = first
    return out
  }

  var currentSpan: Span {
    let at = max(0, pc - 1)
    return at < code.spans.count ? code.spans[at] : Span(line: 0, column: 0, endLine: 0, endColumn: 0)
  }
}

/// A generator: a frame that runs on demand.
public final class GeneratorObject: IteratorObject {
  let frame: Frame
  var isFinished = false
  var isRunning = false
  var hasStarted = false
  /// It waits inside `yield from`, which takes no value back.
  var isInYieldFrom = false
  /// What `return` gave, for `yield from`.
  var result: Value = .none
  init(_ frame: Frame) { self.frame = frame }
  public override var typeObject: ClassObject { Types.generator }
  public override func repr(_ i: Interpreter) throws -> String {
    "<generator object \(frame.code.qualifiedName)>"
  }
  public override func next(_ i: Interpreter) throws -> Value? { try i.resume(self, sending: .none) }
}
