/// Norms of lines of numbers, in the order in which PyTorch's kernels add them up.
///
/// Law: one after another; only squares that lie side by side are added in vectors of 32 bytes, whose places are joined
/// in order. What is left of them is taken four at a time, and the last few rounded once with the sum they join.
enum NormKernel {
  static func run(_ line: UnsafeBufferPointer<Float>, order: Double, isInner: Bool) -> Float {
    switch order {
    case 2 where isInner: squares(line, width: 8).squareRoot()
    case 2: line.reduce(0) { $0 + $1 * $1 }.squareRoot()
    case 1: line.reduce(0) { $0 + $1.magnitude }
    case 0: line.reduce(0) { $0 + ($1 == 0 ? 0 : 1) }
    default: C.powFloat(line.reduce(0) { $0 + C.powFloat($1.magnitude, Float(order)) }, 1 / Float(order))
    }
  }

  static func run(_ line: UnsafeBufferPointer<Double>, order: Double, isInner: Bool) -> Double {
    switch order {
    case 2 where isInner: squares(line, width: 4).squareRoot()
    case 2: line.reduce(0) { $0 + $1 * $1 }.squareRoot()
    case 1: line.reduce(0) { $0 + $1.magnitude }
    case 0: line.reduce(0) { $0 + ($1 == 0 ? 0 : 1) }
    default: C.pow(line.reduce(0) { $0 + C.pow($1.magnitude, order) }, 1 / order)
    }
  }

  private static func squares<T: BinaryFloatingPoint>(_ line: UnsafeBufferPointer<T>, width: Int) -> T {
    var places = [T](repeating: 0, count: width)
    var at = 0
    while at + width <= line.count {
      for k in 0..<width { places[k] += line[at + k] * line[at + k] }
      at += width
    }
    var sum = places.reduce(0, +)
    while at + 4 <= line.count {
      for k in at..<at + 4 { sum += line[k] * line[k] }
      at += 4
    }
    for k in at..<line.count { sum = sum.addingProduct(line[k], line[k]) }
    return sum
  }
}
