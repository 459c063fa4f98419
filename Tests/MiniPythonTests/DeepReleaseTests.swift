import Testing

@testable import MiniPython

/// On a test's own thread, whose stack is small: one frame a level would end the process.
@Suite struct DeepReleaseTests {
  @Test(arguments: ["list", "tuple", "dict", "cell"])
  func `what lies two hundred thousand deep is released`(kind: String) throws {
    weak var innermost: ListObject?
    do {
      let first = ListObject([.int(1)])
      innermost = first
      var value = Value.object(first)
      for _ in 0..<200_000 {
        switch kind {
        case "list": value = .list([value])
        case "tuple": value = .tuple([value, .int(1)])
        case "dict":
          let dict = DictObject()
          dict.set(.int(1), .int(1), value)
          value = .object(dict)
        default: value = .object(Holder(Cell(value)))
        }
      }
    }
    #expect(innermost == nil)
  }

  private final class Holder: Object {
    let cell: Cell
    init(_ cell: Cell) { self.cell = cell }
  }
}
