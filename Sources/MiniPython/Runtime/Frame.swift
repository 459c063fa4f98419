/// What the machine reads and writes at every instruction: through a pointer, so that no reference is counted.
///
/// Law: the slots from `top` on hold `unassigned`.
struct FrameState {
  var pc = 0
  /// The top of the value stack: the slot that the next push fills.
  var top: Int
  let slots: UnsafeMutablePointer<Value>
  fileprivate(set) var program: UnsafeMutablePointer<Instruction>
  fileprivate(set) var caches: UnsafeMutablePointer<AttributeCache>
  fileprivate(set) var constants: UnsafeMutablePointer<Value>
}

extension UnsafeMutablePointer where Pointee == FrameState {
  @inline(__always) func push(_ value: consuming Value) {
    (pointee.slots + pointee.top).initialize(to: value)
    pointee.top &+= 1
  }
  @inline(__always) func pop() -> Value {
    pointee.top &-= 1
    let place = pointee.slots + pointee.top
    let value = place.move()
    place.initialize(to: .unassigned)
    return value
  }
  /// The value `k` below the top; 1 is the top.
  @inline(__always) func peek(_ k: Int) -> Value { pointee.slots[pointee.top &- k] }
  /// Moves the last `count` values to another frame's slots, which it has.
  @inline(__always) func move(_ count: Int, to other: UnsafeMutablePointer<FrameState>, from first: Int) {
    pointee.top &-= count
    let source = pointee.slots + pointee.top
    (other.pointee.slots + first).moveUpdate(from: source, count: count)
    source.initialize(repeating: .unassigned, count: count)
  }
}

/// A call under way: where it is, its variables, its value stack. A generator is a frame that waits.
final class Frame {
  @exclusivity(unchecked) private(set) var code: Code
  let state: UnsafeMutablePointer<FrameState>
  private let slotCount: Int
  @exclusivity(unchecked) private(set) var stackBase: Int
  @exclusivity(unchecked) var cells: [Cell]
  /// Exceptions being handled, innermost last.
  @exclusivity(unchecked) var handled: [InstanceObject] = []
  /// The names of a class body.
  @exclusivity(unchecked) var classNames: [String: Value] = [:]
  @exclusivity(unchecked) var classOrder: [String] = []
  /// The function it runs.
  @exclusivity(unchecked) var function: FunctionObject?
  /// Of a class body: what its functions find the class by.
  @exclusivity(unchecked) var bodyHandle: ClassHandle?
  /// What functions made here find their class by.
  var classHandle: ClassHandle? { bodyHandle ?? function?.classHandle }
  var definingClass: ClassObject? { function?.classHandle?.object }
  /// The instance under construction, where `__init__` runs for a call of its class.
  @exclusivity(unchecked) var constructed: InstanceObject?
  /// What `throw` raises where the frame waits.
  @exclusivity(unchecked) var pending: InstanceObject?
  /// What `send` hands on to the generator inside a `yield from`.
  @exclusivity(unchecked) var sent: Value?

  var pc: Int {
    get { state.pointee.pc }
    set { state.pointee.pc = newValue }
  }
  var top: Int {
    get { state.pointee.top }
    set { state.pointee.top = newValue }
  }
  var slots: UnsafeMutablePointer<Value> { state.pointee.slots }

  init(_ code: Code, cells free: [Cell] = [], least: Int = 0) {
    self.code = code
    let sealed = code.seal()
    stackBase = code.localCount
    slotCount = max(code.localCount + code.maximumStack + 4, least)
    let slots = UnsafeMutablePointer<Value>.allocate(capacity: slotCount)
    slots.initialize(repeating: .unassigned, count: slotCount)
    state = .allocate(capacity: 1)
    state.initialize(
      to: FrameState(
        top: stackBase, slots: slots, program: sealed.program, caches: sealed.caches,
        constants: sealed.constants))
    cells = code.cellNames.isEmpty ? [] : Frame.makeCells(code, free)
  }

  private static func makeCells(_ code: Code, _ free: [Cell]) -> [Cell] {
    (0..<code.ownCellCount).map { _ in Cell() } + free
  }

  /// How many slots a frame has that is used again and again.
  static let commonSlots = 32

  /// Begins another call in a frame whose last one has ended. False where that needs more room.
  @inline(__always)
  func reuse(for function: FunctionObject, _ code: Code) -> Bool {
    let sealed = code.seal()
    guard code.localCount &+ code.maximumStack &+ 4 <= slotCount else { return false }
    if self.code !== code {
      self.code = code
      state.pointee.program = sealed.program
      state.pointee.caches = sealed.caches
      state.pointee.constants = sealed.constants
      stackBase = code.localCount
    }
    state.pointee.pc = 0
    state.pointee.top = stackBase
    if code.hasCells { cells = Frame.makeCells(code, function.cells) }
    return true
  }

  /// Lets go of all values. False where the frame did more than plain calls do.
  func clear() -> Bool {
    guard slotCount == Frame.commonSlots, handled.isEmpty, classOrder.isEmpty, pending == nil, sent == nil
    else { return false }
    let slots = slots
    for k in 0..<top { slots[k] = .unassigned }
    if code.hasCells { cells = [] }
    function = nil
    constructed = nil
    return true
  }

  deinit {
    let goesOn = DeepRelease.enter()
    if !goesOn { DeepRelease.putAside(Array(UnsafeBufferPointer(start: slots, count: slotCount))) }
    slots.deinitialize(count: slotCount)
    if goesOn { DeepRelease.leave() }
    slots.deallocate()
    state.deallocate()
  }

  @inline(__always) func push(_ value: Value) { state.push(value) }
  @inline(__always) func pop() -> Value { state.pop() }
  /// The value `k` below the top; 1 is the top.
  @inline(__always) func peek(_ k: Int) -> Value { state.peek(k) }

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
  private let finalizers: Finalizers?
  init(_ frame: Frame, _ finalizers: Finalizers? = nil) {
    self.frame = frame
    self.finalizers = finalizers
  }
  deinit {
    // Nobody asks for more: its `finally` blocks run.
    guard let finalizers, hasStarted, !isFinished, !isRunning else { return }
    let last = GeneratorObject(frame)
    last.hasStarted = true
    last.isInYieldFrom = isInYieldFrom
    finalizers.add(last)
  }
  public override var typeObject: ClassObject { Types.generator }
  public override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    switch name {
    case "__name__": return .string(frame.code.name)
    case "__qualname__": return .string(frame.code.qualifiedName)
    case "gi_running": return .bool(isRunning)
    default: return nil
    }
  }
  public override func repr(_ i: Interpreter) throws -> String {
    "<generator object \(frame.code.qualifiedName)>"
  }
  public override func next(_ i: Interpreter) throws -> Value? { try i.resume(self, sending: .none) }
}
