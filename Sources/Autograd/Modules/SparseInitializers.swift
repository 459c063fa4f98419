import Recordings

/// Starting values that are mostly zero.
///
/// Source: https://docs.pytorch.org/docs/2.13/nn.init.html
extension Ops {
  static let sparseInitializers = [
    // Martens: Deep learning via Hessian-free optimization, ICML 2010.
    Operation("sparse_(tensor, sparsity, std=0.01, generator=None)", [.initializer("sparse_")]) { a in
      let t = try target(a, "ndimension")
      guard t.dim == 2 else { throw TorchError.value("Only tensors with 2 dimensions are supported") }
      let (rows, columns) = (t.shape[0], t.shape[1])
      let zeros = (try a.double("sparsity") * Double(rows)).rounded(.up)
      let (std, generator) = (try a.double("std", default: 0.01), try a.generator())
      return try initialise(t, by: "sparse_") { fresh in
        normalFill(fresh, 0, std, generator)
        for column in 0..<columns {
          let order = try randperm(rows, Context.current.generator).numbers()
          // As a slice `[:n]` takes them: a negative n leaves some at the end.
          let count = max(0, min(rows, zeros < 0 ? rows + Int(max(zeros, -1e9)) : Int(min(zeros, 1e9))))
          for row in order.prefix(count) {
            fresh.alias(shape: [], strides: [], offset: Int(row.double) * columns + column).fillRaw(.int(0))
          }
        }
      }
    },
    Operation("dirac_(tensor, groups=1)", [.initializer("dirac_")]) { a in
      let t = try target(a, "ndimension")
      guard (3...5).contains(t.dim) else {
        throw TorchError.value("Only tensors with 3, 4, or 5 dimensions are supported")
      }
      let groups = try a.int("groups", default: 1)
      guard groups != 0 else {
        throw TorchError(.zeroDivision, "integer modulo by zero")
      }
      guard t.shape[0] % groups == 0 else { throw TorchError.value("dim 0 must be divisible by groups") }
      let perGroup = t.shape[0] / groups
      return try initialise(t, by: "dirac_") { fresh in
        let middle = zip(fresh.shape, fresh.strides).dropFirst(2).reduce(0) { $0 + $1.0 / 2 * $1.1 }
        for group in 0..<max(groups, 0) {
          for d in 0..<max(0, min(perGroup, t.shape[1])) {
            let offset = (group * perGroup + d) * fresh.strides[0] + d * fresh.strides[1] + middle
            fresh.alias(shape: [], strides: [], offset: offset).fillRaw(.int(1))
          }
        }
      }
    },
  ]
}
