/// Selecting and sorting step by step as the standard library of C++ does: which of equal elements comes first is
/// what PyTorch's `topk` and `kthvalue` show.
///
/// ```swift
/// var order = PartialOrder(count: line.count) { line[$0] < line[$1] }
/// order.nthElement(2)
/// ```
struct PartialOrder {
  /// The places, as far as they are in order.
  private(set) var places: [Int]
  private let isBefore: (Int, Int) -> Bool

  init(count: Int, isBefore: @escaping (Int, Int) -> Bool) {
    places = Array(0..<max(count, 0))
    self.isBefore = isBefore
  }

  private func less(_ i: Int, _ j: Int) -> Bool { isBefore(places[i], places[j]) }

  /// `std::nth_element`: what belongs at `n` stands there, smaller ones before it.
  mutating func nthElement(_ n: Int) {
    guard places.indices.contains(n) else { return }
    var (first, last) = (0, places.count)
    while last - first > 3 {
      let cut = partition(first, last)
      if cut <= n { first = cut } else { last = cut }
    }
    insertionSort(first, last)
  }

  /// `std::sort` of the first `count`.
  mutating func sort(first count: Int) {
    let count = min(count, places.count)
    guard count > 1 else { return }
    coarseSort(0, count)
    guard count > 16 else { return insertionSort(0, count) }
    insertionSort(0, 16)
    for i in 16..<count { insert(i) }
  }

  /// `std::partial_sort`: the first `count` of all, in order.
  mutating func partialSort(_ count: Int) {
    let count = min(count, places.count)
    guard count > 0 else { return }
    for parent in stride(from: (count - 2) / 2, through: 0, by: -1) where count > 1 {
      sift(parent, count, places[parent])
    }
    for i in count..<places.count where less(i, 0) {
      let value = places[i]
      places[i] = places[0]
      sift(0, count, value)
    }
    for end in stride(from: count - 1, to: 0, by: -1) {
      let value = places[end]
      places[end] = places[0]
      sift(0, end, value)
    }
  }

  /// PyTorch's own quick select: the element of rank `k` stands at `k`.
  mutating func quickSelect(_ k: Int) {
    var (left, right) = (0, places.count - 1)
    while right > left {
      if right == left + 1 {
        if less(right, left) { places.swapAt(left, right) }
        return
      }
      places.swapAt(left + (right - left) / 2, left + 1)
      if less(right, left + 1) { places.swapAt(left + 1, right) }
      if less(right, left) { places.swapAt(left, right) }
      if less(left, left + 1) { places.swapAt(left + 1, left) }
      var (i, j) = (left + 1, right)
      let pivot = places[left]
      while true {
        repeat { i += 1 } while i <= right && isBefore(places[i], pivot)
        repeat { j -= 1 } while j >= left && isBefore(pivot, places[j])
        if j < i { break }
        places.swapAt(i, j)
      }
      places.swapAt(left, j)
      if j <= k { left = i }
      if j >= k { right = j - 1 }
    }
  }

  private mutating func coarseSort(_ first: Int, _ end: Int) {
    var last = end
    while last - first > 16 {
      let cut = partition(first, last)
      coarseSort(cut, last)
      last = cut
    }
  }

  /// Around the median of three, which goes to the front.
  private mutating func partition(_ start: Int, _ end: Int) -> Int {
    let (a, b, c) = (start + 1, start + (end - start) / 2, end - 1)
    let median =
      less(a, b) ? (less(b, c) ? b : less(a, c) ? c : a) : less(a, c) ? a : less(b, c) ? c : b
    places.swapAt(start, median)
    let pivot = places[start]
    var (first, last) = (start + 1, end)
    while true {
      while first < end, isBefore(places[first], pivot) { first += 1 }
      last -= 1
      while last > start, isBefore(pivot, places[last]) { last -= 1 }
      guard first < last else { return first }
      places.swapAt(first, last)
      first += 1
    }
  }

  private mutating func insertionSort(_ first: Int, _ last: Int) {
    for i in stride(from: first + 1, to: last, by: 1) {
      if less(i, first) {
        let value = places.remove(at: i)
        places.insert(value, at: first)
      } else {
        insert(i)
      }
    }
  }

  private mutating func insert(_ i: Int) {
    let value = places[i]
    var at = i
    while at > 0, isBefore(value, places[at - 1]) {
      places[at] = places[at - 1]
      at -= 1
    }
    places[at] = value
  }

  /// Lets the hole at `start` sink to a leaf of the heap, then `value` rise from there.
  private mutating func sift(_ start: Int, _ count: Int, _ value: Int) {
    var hole = start
    var child = 2 * hole + 2
    while child < count {
      if less(child, child - 1) { child -= 1 }
      places[hole] = places[child]
      hole = child
      child = 2 * hole + 2
    }
    if child == count {
      places[hole] = places[child - 1]
      hole = child - 1
    }
    while hole > start, isBefore(places[(hole - 1) / 2], value) {
      places[hole] = places[(hole - 1) / 2]
      hole = (hole - 1) / 2
    }
    places[hole] = value
  }
}
