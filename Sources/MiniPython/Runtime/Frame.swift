/// A call under way: where it is, its variables, its value stack. A generator is a frame that waits.
final class Frame {
  @exclusivity(unchecked) private(set) var code: Code
  @exclusivity(unchecked) private(set) var program: UnsafeMutablePointer<Instruction>
  @exclusivity(unchecked) private(set) var caches: UnsafeMutablePointer<AttributeCache>
  @exclusivity(unchecked) var pc = 0
  let slots: UnsafeMutablePointer<Value>
  private let slotCount: Int
  /// The top of the value stack: the slot that the next push fills.
  @exclusivity(unchecked) var top: Int
  @exclusivity(unchecked) private(set) var stackBase: Int
  @exclusivity(unchecked) var cells: [Cell]
  /// Exceptions being handled, innermost last.
  @exclusivity(unchecked) var handled: [InstanceObject] = []
  /// The names of a class body.
  @exclusivity(unchecked) var classNames: [String: Value] = [:]
  @exclusivity(unchecked) var classOrder: [String] = []
  /// The function it runs.
  @exclusivity(unchecked) var function: FunctionObject?
  var definingClass: ClassObject? { function?.definingClass }
  /// The instance under construction, where `__init__` runs for a call of its class.
  @exclusivity(unchecked) var constructed: InstanceObject?
  /// What `throw` raises where the frame waits.
  @exclusivity(unchecked) var pending: InstanceObject?
  /// What `send` hands on to the generator inside a `yield from`.
  @exclusivity(unchecked) var sent: Value?

  init(_ code: Code, cells free: [Cell] = [], least: Int = 0) {
    self.code = code
    program = code.seal()
    // The sealed code has its caches.
    caches = code.caches ?? .allocate(capacity: 1)
    stackBase = code.localCount
    slotCount = max(code.localCount + code.maximumStack + 4, least)
    slots = .allocate(capacity: slotCount)
    slots.initialize(repeating: .unassigned, count: slotCount)
    top = stackBase
    cells = code.cellNames.isEmpty ? [] : Frame.makeCells(code, free)
  }

  private static func makeCells(_ code: Code, _ free: [Cell]) -> [Cell] {
    (0..<code.ownCellCount).map { _ in Cell() } + free
  }

  /// How many slots a frame has that is used again and again.
  static let commonSlots = 32

  /// Begins another call in a frame whose last one has ended. False where that needs more room.
  func reuse(_ code: Code, _ free: [Cell]) -> Bool {
    let instructions = code.seal()
    guard code.localCount + code.maximumStack + 4 <= slotCount, let caches = code.caches else { return false }
    (self.code, program, self.caches) = (code, instructions, caches)
    stackBase = code.localCount
    (pc, top) = (0, stackBase)
    if !code.cellNames.isEmpty { cells = Frame.makeCells(code, free) }
    return true
  }

  /// Lets go of all values. False where the frame did more than plain calls do.
  func clear() -> Bool {
    guard slotCount == Frame.commonSlots, handled.isEmpty, classOrder.isEmpty, pending == nil, sent == nil
    else { return false }
    for k in 0..<top { slots[k] = .unassigned }
    if !cells.isEmpty { cells = [] }
    function = nil
    constructed = nil
    return true
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

  /// Moves the last `count` values to another frame's slots, which it has.
  @inline(__always) func move(_ count: Int, to other: Frame, from first: Int) {
    top &-= count
    let source = slots + top
    (other.slots + first).moveUpdate(from: source, count: count)
    source.initialize(repeating: .unassigned, count: count)
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
