import Autograd
import Recordings
import Testing

/// A pass that nobody watches goes short ways, and writes over gradients that nobody else holds.
///
/// Law: it leaves what a recorded pass leaves, to the bit; gradients that somebody holds stay as they are.
@Suite struct QuietPassTests {
  @Test(arguments: 0..<60)
  func `a pass leaves what a recorded one leaves, and what others hold`(seed: Int) throws {
    let quiet = try Context().run { try outcome(of: seed) }
    let recorded = try Context(recorder: Recorder()).run { try outcome(of: seed) }
    #expect(quiet == recorded)
  }

  private struct Outcome: Equatable {
    var gradients: [Elements?] = []
    var versions: [Int?] = []
    var seed: [Elements] = []
    var held: [Elements] = []
    var later: [Elements] = []
  }

  /// A graph of plain arithmetic in which results are used again and again, gone through twice.
  private func outcome(of seed: Int) throws -> Outcome {
    var dice = Dice(UInt64(seed))
    let shape = [[], [3], [2, 3]][seed % 3]
    let n = shape.reduce(1, *)
    func tensor(_ requiresGrad: Bool) -> Tensor {
      Tensor(
        shape: shape, (0..<n).map { _ in Double(dice.below(2001) - 1000) / 500 }, requiresGrad: requiresGrad)
    }
    let leaves = [tensor(true), tensor(true), tensor(true)]
    var values = leaves + [tensor(false)]
    var held: [Tensor] = []
    var heldThen: [Elements] = []
    for i in 0..<12 {
      let (a, b) = (values[dice.below(values.count)], values[dice.below(values.count)])
      let out: Tensor =
        switch dice.below(7) {
        case 0: a + b
        case 1: a - b
        case 2, 3: a * b
        case 4: a / (b * b + 1)
        case 5: a * 0.5
        default: a.pow(2)
        }
      // A hook in the middle keeps what it sees.
      if i == 6, out.requiresGrad, seed % 2 == 0 {
        _ = try out.registerHook { grad in
          held.append(grad)
          heldThen.append(grad.elements)
          return nil
        }
      }
      values.append(out)
    }
    // All that was computed counts.
    let total = values.dropFirst().reduce(values[0], +)
    let given = tensor(false)
    let before = given.elements
    try total.backward(gradient: given, retainGraph: true)
    try total.backward(gradient: given)
    #expect(given.elements == before)
    #expect(held.map(\.elements) == heldThen)
    return Outcome(
      gradients: leaves.map { $0.grad?.elements }, versions: leaves.map { $0.grad?.version },
      seed: [given.elements], held: held.map(\.elements), later: values.map(\.elements))
  }
}
