import Autograd
import MiniPython
import Recordings

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `numpy.linalg`: norms, and systems of small matrices by elimination.
enum NumpyLinear {
  static func power(_ base: Double, _ x: Double) -> Double { pow(base, x) }
  static func log10(_ x: Double) -> Double {
    #if canImport(Glibc)
      Glibc.log10(x)
    #elseif canImport(Musl)
      Musl.log10(x)
    #else
      Darwin.log10(x)
    #endif
  }

  private static func square(_ v: Value?, _ i: Interpreter) throws -> (n: Int, rows: [[Double]]) {
    let a = try Operand.required(v ?? .none, i)
    guard a.shape.count == 2 else {
      throw Raise(
        Exceptions.make(
          NumpyErrors.linear,
          [.string("\(a.shape.count)-dimensional array given. Array must be at least two-dimensional")]))
    }
    guard a.shape[0] == a.shape[1] else {
      throw Raise(
        Exceptions.make(NumpyErrors.linear, [.string("Last 2 dimensions of the array must be square")]))
    }
    let n = a.shape[0]
    return (n, (0..<n).map { r in (0..<n).map { a.numbers[r * n + $0].double } })
  }

  /// Gaussian elimination with the largest pivot first: solves for all columns of `b`, and gives the determinant.
  private static func eliminate(
    _ a: [[Double]], _ b: [[Double]]
  ) -> (solution: [[Double]], determinant: Double, pivots: [Double]) {
    var (a, b) = (a, b)
    let n = a.count
    var determinant = 1.0
    for c in 0..<n {
      var pivot = c
      for r in c..<n where abs(a[r][c]) > abs(a[pivot][c]) { pivot = r }
      if a[pivot][c] == 0 { return ([], 0, []) }
      if pivot != c {
        a.swapAt(pivot, c)
        b.swapAt(pivot, c)
        determinant = -determinant
      }
      determinant *= a[c][c]
      for r in stride(from: c + 1, to: n, by: 1) {
        let f = a[r][c] / a[c][c]
        if f == 0 { continue }
        for k in c..<n { a[r][k] -= f * a[c][k] }
        for k in b[r].indices { b[r][k] -= f * b[c][k] }
      }
    }
    for c in stride(from: n - 1, through: 0, by: -1) {
      for k in b[c].indices {
        var total = b[c][k]
        for j in stride(from: c + 1, to: n, by: 1) { total -= a[c][j] * b[j][k] }
        b[c][k] = total / a[c][c]
      }
    }
    return (b, determinant, (0..<n).map { a[$0][$0] })
  }

  private static var singular: Raise {
    Raise(Exceptions.make(NumpyErrors.linear, [.string("Singular matrix")]))
  }

  static func fill(_ m: ModuleObject) {
    m.set("LinAlgError", .object(NumpyErrors.linear))
    m.function("norm") { [unowned m] a, i in
      let p = try a.bind("norm", "x", "ord?", "axis?", "keepdims?")
      let x = try Operand.required(p[0] ?? .none, i)
      if let given = p[1], !given.isNone, x.shape.count == 2, p[2]?.isNone != false {
        let whole = PyArguments(
          [.object(try ArrayObject(x.shape, x.numbers, x.dtype))], keywords: [("ord", given)])
        return try i.call(i.getAttribute(.object(m), "matrix_norm"), whole)
      }
      if p[1]?.object is StringObject, x.shape.count != 2 {
        throw Raise.value("Invalid norm order '\(try i.str(p[1] ?? .none))' for vectors")
      }
      let order = try p[1].flatMap { $0.isNone ? nil : try i.floating($0) } ?? 2
      let axes = try ArrayReductions.axes(p[2], x.shape.count, i)
      let (shape, groups) = ArrayReductions.groups(x, axes, keep: try p[3].map(i.isTrue) ?? false)
      let dtype: DType = x.dtype.isFloatingPoint ? x.dtype : .float64
      let out = groups.map { group -> Number in
        let v = group.map { x.numbers[$0].double }
        let found: Double
        switch order {
        case 1: found = v.reduce(0) { $0 + abs($1) }
        case .infinity: found = v.map(abs).max() ?? 0
        case 0: found = Double(v.count { $0 != 0 })
        case 2: found = v.reduce(0.0) { $0.addingProduct($1, $1) }.squareRoot()
        default: found = pow(v.reduce(0) { $0 + pow(abs($1), order) }, 1 / order)
        }
        return NumberTool.cast(.double(found), dtype)
      }
      return try ArrayObject.value(shape, out, dtype)
    }
    m.function("det") { a, i in
      let (n, rows) = try square(a.positional.first, i)
      let found = eliminate(rows, rows.map { _ in [] })
      if n == 0 { return .object(ScalarObject(.double(1), .float64)) }
      // As NumPy: by the logarithms of the pivots.
      let size = found.pivots.reduce(0) { $0 + log($1.magnitude) }
      let value = found.determinant == 0 ? 0 : (found.determinant < 0 ? -1 : 1) * exp(size)
      return .object(ScalarObject(.double(value), .float64))
    }
    m.function("inv") { a, i in
      let (n, rows) = try square(a.positional.first, i)
      let unit = (0..<n).map { r in (0..<n).map { $0 == r ? 1.0 : 0 } }
      let (x, determinant, _) = eliminate(rows, unit)
      guard determinant != 0 else { throw singular }
      return .object(try ArrayObject([n, n], x.flatMap { $0.map { Number.double($0) } }, .float64))
    }
    m.function("solve") { a, i in
      let p = try a.positionalOnly("solve", 2...2)
      let (n, rows) = try square(p[0], i)
      let b = try Operand.required(p[1], i)
      guard b.shape.first == n else {
        throw Raise.value(
          "solve1: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature (m,m),(m)->(m) (size \(b.shape.first ?? 0) is different from \(n))"
        )
      }
      let width = n > 0 ? b.numbers.count / n : 0
      let (x, determinant, _) = eliminate(
        rows, (0..<n).map { r in (0..<width).map { b.numbers[r * width + $0].double } })
      guard determinant != 0 else { throw singular }
      return .object(try ArrayObject(b.shape, x.flatMap { $0.map { Number.double($0) } }, .float64))
    }
    m.function("matrix_power") { [unowned m] a, i in
      let p = try a.positionalOnly("matrix_power", 2...2)
      guard let n = try i.index(p[1]) else { throw Raise.type("exponent must be an integer") }
      guard n.magnitude < 10_000 else { throw Raise.value("matrix_power takes exponents below 10000 here") }
      let (size, _) = try square(p[0], i)
      if n == 0 {
        let x = try Operand.required(p[0], i)
        let unit = (0..<size * size).map { NumberTool.cast(.int($0 % (size + 1) == 0 ? 1 : 0), x.dtype) }
        return .object(try ArrayObject([size, size], unit, x.dtype))
      }
      let base = n < 0 ? try i.call(i.getAttribute(.object(m), "inv"), PyArguments([p[0]])) : p[0]
      var out = base
      for _ in 1..<max(1, abs(n)) { out = try ArrayProducts.matmul(out, base, i) ?? out }
      return out
    }
    m.function("_factors") { a, i in try factors(a, i) }
  }

  /// What the written part is made of: factorizations by the core, which no recorder hears of.
  private static func factors(_ a: PyArguments, _ i: Interpreter) throws -> Value {
    guard a.positional.count > 1, let name = (a.positional[0].object as? StringObject)?.value else {
      return .none
    }
    let x = try Operand.required(a.positional[1], i)
    guard x.shape.count == 2 else { return .none }
    let dtype: DType = x.dtype == .float32 ? .float32 : .float64
    let (m, n, numbers) = (x.shape[0], x.shape[1], x.cast(dtype).numbers)
    let epsilon = dtype == .float32 ? 0x1p-24 : 0x1p-53
    func array(_ values: [Double], _ shape: [Int]) throws -> Value {
      .object(try ArrayObject(shape, values.map { NumberTool.cast(.double($0), dtype) }, dtype))
    }
    let values = numbers.map(\.double)
    switch name {
    case "eigh":
      guard let (l, v) = SymmetricEigen.run(values, n, epsilon: epsilon, keepsSign: true) else {
        throw Raise(Exceptions.make(NumpyErrors.linear, [.string("Eigenvalues did not converge")]))
      }
      return .tuple([try array(l, [n]), try array(v, [n, n])])
    case "svd":
      let isFull = try a.positional.count < 3 || i.isTrue(a.positional[2])
      guard
        let (u, s, vt) = SingularValueKernel.run(
          values, m, n, isFull: isFull, epsilon: epsilon, style: .numpy)
      else { throw Raise(Exceptions.make(NumpyErrors.linear, [.string("SVD did not converge")])) }
      let k = min(m, n)
      return .tuple([
        try array(u, [m, isFull ? m : k]), try array(s, [k]), try array(vt, [isFull ? n : k, n]),
      ])
    default:
      let context = Context.current
      let recorder = context.recorder
      context.recorder = nil
      defer { context.recorder = recorder }
      let t = try Tensor.plain([m, n], numbers, dtype)
      var arguments: [Argument] = [.tensor(t)]
      if a.positional.count > 2 { arguments.append(try Convert.argument(a.positional[2], i)) }
      let result = try OperationCatalogue["linalg_\(name)"]?.call(arguments)
      let parts: [OperationResult]
      switch result {
      case .tuple(let items, _)?: parts = items.map(\.value)
      case let one?: parts = [one]
      case nil: parts = []
      }
      return .tuple(
        try parts.compactMap { part in
          guard case .tensor(let t) = part else { return nil }
          return .object(try ArrayObject(t.shape, t.numbers(), dtype))
        })
    }
  }
}
