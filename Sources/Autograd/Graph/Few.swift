/// A short list whose first two elements lie in it: most nodes have no more edges, nor more saved tensors.
///
/// Law: as an array, without the array's memory for up to two elements.
struct Few<Element>: RandomAccessCollection, MutableCollection, ExpressibleByArrayLiteral {
  private var first: Element?
  private var second: Element?
  private var rest: [Element] = []
  private(set) var count = 0

  init() {}
  @inline(__always)
  init(_ first: Element) {
    self.first = first
    count = 1
  }
  @inline(__always)
  init(_ first: Element, _ second: Element) {
    self.first = first
    self.second = second
    count = 2
  }
  init(_ elements: some Sequence<Element>) { for element in elements { append(element) } }
  init(arrayLiteral elements: Element...) { self.init(elements) }

  var startIndex: Int { 0 }
  var endIndex: Int { count }

  subscript(i: Int) -> Element {
    @inline(__always)
    get {
      if i == 0, let first { return first }
      if i == 1, let second { return second }
      return rest[i - 2]
    }
    // Taken out and put back, so that a change in place sees the only reference there is.
    @inline(__always)
    _modify {
      if i == 0, var element = first.take() {
        defer { first = element }
        yield &element
      } else if i == 1, var element = second.take() {
        defer { second = element }
        yield &element
      } else {
        yield &rest[i - 2]
      }
    }
  }

  mutating func append(_ element: Element) {
    switch count {
    case 0: first = element
    case 1: second = element
    default: rest.append(element)
    }
    count += 1
  }
}
