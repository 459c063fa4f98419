/// The calls under way, innermost last. Beyond them lie the frames of calls that have ended: the next call uses the
/// one at its place again, so that a call allocates nothing and moves no frame.
///
/// Law: a frame beyond `count` holds no value and nobody else holds it.
final class FrameStack: RandomAccessCollection {
  @exclusivity(unchecked) private(set) var count = 0
  @exclusivity(unchecked) private var capacity = 64
  @exclusivity(unchecked) private var places: UnsafeMutablePointer<Frame?>
  /// Deeper frames are not kept when they end.
  private static let kept = 1024

  init() {
    places = .allocate(capacity: capacity)
    places.initialize(repeating: nil, count: capacity)
  }

  deinit {
    places.deinitialize(count: capacity)
    places.deallocate()
  }

  var startIndex: Int { 0 }
  var endIndex: Int { count }
  subscript(index: Int) -> Frame {
    guard index < count, let frame = places[index] else { preconditionFailure("no call at \(index)") }
    return frame
  }
  @inline(__always) var last: Frame? { count == 0 ? nil : places[count &- 1] }

  func push(_ frame: Frame) {
    if count == capacity { grow() }
    places[count] = frame
    count &+= 1
  }

  /// The frame for a call that `enterNext()` begins once its arguments are in it.
  @inline(__always)
  func next(for function: FunctionObject, _ code: Code) -> Frame {
    if count == capacity { grow() }
    if let spare = places[count], spare.reuse(for: function, code) { return spare }
    return make(for: function, code)
  }
  @inline(__always) func enterNext() { count &+= 1 }

  @inline(never)
  private func make(for function: FunctionObject, _ code: Code) -> Frame {
    let frame = Frame(code, cells: function.cells, least: Frame.commonSlots)
    places[count] = frame
    return frame
  }

  /// A frame that is not, or not yet, on the stack: a generator's, or one whose arguments are still being sorted out.
  func takeSpare(for function: FunctionObject, _ code: Code) -> Frame {
    guard count < capacity, let spare = places[count], spare.reuse(for: function, code) else {
      return Frame(code, cells: function.cells, least: Frame.commonSlots)
    }
    places[count] = nil
    return spare
  }

  /// Ends the innermost call.
  @inline(__always)
  func drop() {
    count &-= 1
    let place = places + count
    if count < FrameStack.kept, isKnownUniquelyReferenced(&place.pointee), place.pointee?.clear() == true {
      return
    }
    place.pointee = nil
  }

  /// Ends all calls beyond the first `depth`.
  func cut(to depth: Int) {
    while count > depth { drop() }
  }

  @inline(never)
  private func grow() {
    let more = UnsafeMutablePointer<Frame?>.allocate(capacity: capacity * 2)
    more.moveInitialize(from: places, count: capacity)
    (more + capacity).initialize(repeating: nil, count: capacity)
    places.deallocate()
    places = more
    capacity *= 2
  }
}
