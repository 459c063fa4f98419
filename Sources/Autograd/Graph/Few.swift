/// A short list whose first two elements lie in it: most nodes have no more edges, nor more saved tensors.
///
/// Law: as an array, without the array's memory for up to two elements.
struct Few<Element>: RandomAccessCollection, MutableCollection, ExpressibleByArrayLiteral {
  // Open to those who look at one field of an element: a subscript copies all of it.
  private(set) var one: Element?
  private(set) var two: Element?
  private(set) var rest: [Element] = []
  private(set) var count = 0

  init() {}
  @inline(__always)
  init(_ first: consuming Element) {
    one = first
    count = 1
  }
  @inline(__always)
  init(_ first: consuming Element, _ second: consuming Element) {
    one = first
    two = second
    count = 2
  }
  init(_ elements: some Sequence<Element>) { for element in elements { append(element) } }
  init(arrayLiteral elements: Element...) { self.init(elements) }

  var startIndex: Int { 0 }
  var endIndex: Int { count }

  subscript(i: Int) -> Element {
    @inline(__always)
    get {
      if i == 0, let one { return one }
      if i == 1, let two { return two }
      return rest[i - 2]
    }
    // Taken out and put back, so that a change in place sees the only reference there is.
    @inline(__always)
    _modify {
      if i == 0, var element = one.take() {
        defer { one = element }
        yield &element
      } else if i == 1, var element = two.take() {
        defer { two = element }
        yield &element
      } else {
        yield &rest[i - 2]
      }
    }
  }

  /// Changes each element where it lies.
  @inline(__always)
  mutating func changeEach(_ body: (inout Element) -> Void) {
    if one != nil { body(&one!) }
    if two != nil { body(&two!) }
    for i in rest.indices { body(&rest[i]) }
  }

  mutating func append(_ element: Element) {
    switch count {
    case 0: one = element
    case 1: two = element
    default: rest.append(element)
    }
    count += 1
  }
}
