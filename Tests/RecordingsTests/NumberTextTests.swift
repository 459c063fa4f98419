import Recordings
import Testing

/// Expectations from PyTorch 2.13 (`print(torch.tensor(…))`).
@Suite struct NumberTextTests {
  @Test(
    arguments: [
      ([1, 2], "[1., 2.]"), ([0.9, 1.9], "[0.9000, 1.9000]"),
      ([0.5, -10.25, 3], "[0.5000, -10.2500, 3.0000]"),
      ([1e-6, 5], "[1.0000e-06, 5.0000e+00]"), ([20000, 0.25], "[2.0000e+04, 2.5000e-01]"),
      ([1e-4], "[1.0000e-04]"), ([1000, 1], "[1000., 1.]"), ([1001, 1], "[1.0010e+03, 1.0000e+00]"),
      ([0, 0], "[0., 0.]"), ([.nan, 1], "[nan, 1.]"), ([.infinity, -.infinity, 0.5], "[inf, -inf, 0.5000]"),
      ([1e9], "[1.0000e+09]"), ([-0.0], "[-0.]"),
    ] as [([Float], String)])
  func `floats print as PyTorch prints them`(values: [Float], text: String) {
    #expect(
      Capture(shape: [values.count], dtype: .float32, content: .whole(.single(values))).inline() == text)
  }

  @Test func `shapes nest, and none is empty-handed`() {
    func text(_ shape: [Int], _ elements: Elements) -> String {
      Capture(shape: shape, dtype: .int64, content: .whole(elements)).inline()
    }
    #expect(text([], .integer([7])) == "7")
    #expect(text([0], .integer([])) == "[]")
    #expect(text([2, 0], .integer([])) == "[[], []]")
    #expect(text([2, 1, 2], .integer([1, 2, 3, 4])) == "[[[1, 2]], [[3, 4]]]")
    #expect(text([2], .bool([true, false])) == "[True, False]")
    #expect(
      Capture(shape: [100], dtype: .float32, content: .whole(.single(.init(repeating: 2, count: 100))))
        .inline()
        == "(100,) from 2. to 2., norm 20.")
  }

  @Test(
    arguments: [
      (1.0, "1.0"), (0.001, "0.001"), (1e-5, "1e-05"), (1e16, "1e+16"), (1.5e300, "1.5e+300"),
      (.infinity, "inf"), (-.infinity, "-inf"), (.nan, "nan"), (123456789.125, "123456789.125"),
    ] as [(Double, String)])
  func `doubles print as Python's repr`(value: Double, text: String) {
    #expect(pythonRepr(value) == text)
  }

  @Test func `a near miss finds its word, a far one none`() {
    let kinds = ["graph", "connection", "update", "ledger"]
    #expect(nearest(to: "grpah", among: kinds) == "graph")
    #expect(nearest(to: "Ledgr", among: kinds) == "ledger")
    #expect(nearest(to: "banana", among: kinds) == nil)
    #expect(nearest(to: "", among: kinds) == nil)
  }
}
