/// What a backward pass knows of the nodes on its way, and which of them are ready.
///
/// A block of memory of its own rather than an array: a pass looks at each place a dozen times, and the checks of an
/// array would cost more than the work. Places come from ``append(_:)`` alone, and nodes are held by the edges that
/// lead to them from the roots, which whoever starts the pass holds: nothing is counted here.
final class PassMemory {
  struct State {
    let unheld: Unmanaged<Node>
    var dependencies: Int32 = 0
    /// The gradients that arrived, by output: the first apart, as most nodes have no other.
    var first: Tensor?
    var others: [Tensor?] = []

    var node: Node { unheld.takeUnretainedValue() }
  }

  @exclusivity(unchecked) private var states: UnsafeMutablePointer<State>
  @exclusivity(unchecked) private(set) var count = 0
  @exclusivity(unchecked) private var capacity = 16
  @exclusivity(unchecked) var ready = ReadyQueue()

  init() { states = .allocate(capacity: capacity) }
  deinit {
    states.deinitialize(count: count)
    states.deallocate()
  }

  /// The state at a place that ``append(_:)`` gave.
  @inline(__always) subscript(at: Int) -> State {
    unsafeAddress { UnsafePointer(states + at) }
    unsafeMutableAddress { states + at }
  }

  /// Gives a node its place.
  func append(_ node: Node) -> Int {
    if count == capacity {
      let larger = UnsafeMutablePointer<State>.allocate(capacity: 2 * capacity)
      larger.moveInitialize(from: states, count: count)
      states.deallocate()
      states = larger
      capacity *= 2
    }
    (states + count).initialize(to: State(unheld: .passUnretained(node)))
    count += 1
    return count - 1
  }

  /// Forgets the pass. Returns for how many nodes there is room.
  func empty() -> Int {
    states.deinitialize(count: count)
    count = 0
    ready.empty()
    return capacity
  }
}

/// The nodes whose gradients are complete, by their places; the latest operation first.
///
/// Accumulators all compare equal, and hooks show in which order they run: so this is the binary heap of the
/// C++ library, step by step.
struct ReadyQueue {
  private typealias Entry = (place: Int, sequence: UInt64)
  private var heap: ContiguousArray<Entry> = []

  mutating func empty() { heap.removeAll(keepingCapacity: true) }

  mutating func push(_ place: Int, _ sequence: UInt64) {
    heap.append((place, sequence))
    if heap.count == 1 { return }
    sift((place, sequence), up: heap.count - 1, from: 0)
  }

  private mutating func sift(_ entry: Entry, up hole: Int, from top: Int) {
    var hole = hole
    while hole > top {
      let parent = (hole - 1) / 2
      guard heap[parent].sequence < entry.sequence else { break }
      heap[hole] = heap[parent]
      hole = parent
    }
    heap[hole] = entry
  }

  mutating func pop() -> Int? {
    if heap.count <= 1 { return heap.popLast()?.place }
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    var hole = 0
    let n = heap.count
    var child = 0
    while child < (n - 1) / 2 {
      child = 2 * (child + 1)
      if heap[child].sequence < heap[child - 1].sequence { child -= 1 }
      heap[hole] = heap[child]
      hole = child
    }
    if n % 2 == 0, child == (n - 2) / 2 {
      child = 2 * child + 1
      heap[hole] = heap[child]
      hole = child
    }
    sift(last, up: hole, from: 0)
    return first.place
  }
}
