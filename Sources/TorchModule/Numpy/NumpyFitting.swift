import Autograd
import MiniPython
import Recordings

/// Fits and statistics of pairs, sums over named axes, the limits of dtypes; what reads or writes files is refused.
enum NumpyFitting {
  private static func row(_ v: Value?, _ i: Interpreter) throws -> [Double] {
    try Operand.required(v ?? .none, i).numbers.map(\.double)
  }

  private static func vector(_ v: [Double]) throws -> Value {
    .object(try ArrayObject([v.count], v.map { .double($0) }, .float64))
  }

  static func fill(_ m: ModuleObject) {
    polynomials(m)
    moments(m)
    limits(m)
    m.function("einsum") { a, i in try einsum(a, i) }
    m.function("gradient") { a, i in
      let p = try a.bind("gradient", "f", "dx?")
      let y = try row(p[0], i)
      let h = try p[1].flatMap(i.floating) ?? 1
      guard y.count >= 2 else {
        throw Raise.value(
          "Shape of array too small to calculate a numerical gradient, at least (edge_order + 1) elements are required."
        )
      }
      return try vector(
        y.indices.map { k in
          k == 0
            ? (y[1] - y[0]) / h
            : k == y.count - 1 ? (y[k] - y[k - 1]) / h : (y[k + 1] - y[k - 1]) / (2 * h)
        })
    }
    m.function("heaviside") { a, i in
      let p = try a.positionalOnly("heaviside", 2...2)
      let (x, at) = (try Operand.required(p[0], i), try i.floating(p[1]) ?? 0)
      let out = x.numbers.map { Number.double($0.double < 0 ? 0 : $0.double > 0 ? 1 : at) }
      return try ArrayObject.value(x.shape, out, .float64)
    }
    m.function("delete") { a, i in
      let p = try a.bind("delete", "arr", "obj", "axis?")
      let x = try Operand.required(p[0] ?? .none, i)
      let places = try Operand.required(p[1] ?? .none, i).numbers.map { NumberTool.int($0) }
      let axis = try p[2].flatMap { NumpyRandom.isNone($0) ? nil : try i.index($0) }
      let shape = axis == nil ? [x.numbers.count] : x.shape
      let k = axis ?? 0
      let at = k < 0 ? k + shape.count : k
      guard shape.indices.contains(at) else {
        throw Raise.value("axis \(k) is out of bounds for array of dimension \(shape.count)")
      }
      let n = shape[at]
      for place in places where place < -n || place >= n {
        throw Raise.index("index \(place) is out of bounds for axis \(at) with size \(n)")
      }
      let gone = Set(places.map { $0 < 0 ? $0 + n : $0 })
      let inner = shape[(at + 1)...].reduce(1, *)
      let kept = x.numbers.indices.filter { n == 0 || !gone.contains($0 / max(inner, 1) % n) }
      var left = shape
      left[at] = n - gone.count
      return .object(try ArrayObject(left, kept.map { x.numbers[$0] }, x.dtype))
    }
    m.function("insert") { a, i in
      let p = try a.bind("insert", "arr", "obj", "values", "axis?")
      let x = try Operand.required(p[0] ?? .none, i)
      guard x.shape.count == 1, let at = try i.index(p[1] ?? .none) else {
        throw Raise.named("NotImplementedError", "numpy.insert is available here for vectors and one place")
      }
      guard -x.numbers.count...x.numbers.count ~= at else {
        throw Raise.index("index \(at) is out of bounds for axis 0 with size \(x.numbers.count)")
      }
      let values = try Operand.required(p[2] ?? .none, i).numbers.map { NumberTool.cast($0, x.dtype) }
      var out = x.numbers
      out.insert(contentsOf: values, at: at < 0 ? at + x.numbers.count : at)
      return .object(try ArrayObject([out.count], out, x.dtype))
    }
    for name in [
      "save", "load", "savez", "savez_compressed", "loadtxt", "savetxt", "genfromtxt", "fromfile", "memmap",
    ] {
      m.function(name) { _, _ in
        throw Raise.named(
          "PermissionError", "numpy.\(name) is not available here: a program neither reads nor writes files")
      }
    }
  }

  // MARK: Polynomials

  private static func polynomials(_ m: ModuleObject) {
    m.function("polyval") { a, i in
      let p = try a.bind("polyval", "p", "x")
      let c = try Operand.required(p[0] ?? .none, i)
      let x = try Operand.required(p[1] ?? .none, i)
      let isWhole = !c.dtype.isFloatingPoint && !x.dtype.isFloatingPoint
      let out = x.numbers.map { at -> Number in
        if isWhole {
          return .int(c.numbers.reduce(0) { $0 &* NumberTool.int(at) &+ NumberTool.int($1) })
        }
        return .double(c.numbers.reduce(0.0) { $0 * at.double + $1.double })
      }
      return try ArrayObject.value(x.shape, out, isWhole ? .int64 : .float64)
    }
    m.function("polyfit") { a, i in
      let p = try a.bind("polyfit", "x", "y", "deg")
      let (x, y) = (try row(p[0], i), try row(p[1], i))
      guard let degree = try i.index(p[2] ?? .none), degree >= 0 else {
        throw Raise.value("expected deg >= 0")
      }
      guard !x.isEmpty else { throw Raise.type("expected non-empty vector for x") }
      guard x.count == y.count else { throw Raise.type("expected x and y to have same length") }
      guard degree < 64 else { throw Raise.value("polyfit takes degrees below 64 here") }
      return try vector(fit(x, y, degree))
    }
  }

  /// The least squares by Householder's reflections of the columns, scaled as NumPy scales them.
  private static func fit(_ x: [Double], _ y: [Double], _ degree: Int) -> [Double] {
    let n = degree + 1
    var columns = (0..<n).map { k in x.map { v in (0..<(degree - k)).reduce(1.0) { r, _ in r * v } } }
    let scales = columns.map { c in c.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    for k in 0..<n where scales[k] > 0 { columns[k] = columns[k].map { $0 / scales[k] } }
    var rest = y
    for k in 0..<min(n, x.count) {
      let length = columns[k][k...].reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard length > 0 else { continue }
      var v = columns[k]
      for j in 0..<k { v[j] = 0 }
      v[k] += columns[k][k] < 0 ? -length : length
      let square = v.reduce(0) { $0 + $1 * $1 }
      func reflect(_ c: [Double]) -> [Double] {
        let f = 2 * zip(v, c).reduce(0) { $0 + $1.0 * $1.1 } / square
        return zip(c, v).map { $0 - f * $1 }
      }
      for j in k..<n { columns[j] = reflect(columns[j]) }
      rest = reflect(rest)
    }
    var out = [Double](repeating: 0, count: n)
    for k in stride(from: min(n, x.count) - 1, through: 0, by: -1) where columns[k][k] != 0 {
      var total = rest[k]
      for j in stride(from: k + 1, to: n, by: 1) { total -= columns[j][k] * out[j] }
      out[k] = total / columns[k][k]
    }
    return zip(out, scales).map { $1 > 0 ? $0 / $1 : $0 }
  }

  // MARK: Covariance

  private static func moments(_ m: ModuleObject) {
    func rows(_ a: PyArguments, _ name: String, _ i: Interpreter) throws -> ([[Double]], Value?) {
      let p = try a.bind(name, "m", "y?", "rowvar?", "bias?", "ddof?")
      let x = try Operand.required(p[0] ?? .none, i)
      let count = x.shape.last ?? 1
      var out = stride(from: 0, to: x.numbers.count, by: max(count, 1)).map { at in
        x.numbers[at..<at + count].map(\.double)
      }
      if let flag = p[2], try !i.isTrue(flag), x.shape.count == 2 {
        out = (0..<count).map { k in out.map { $0[k] } }
      }
      if let y = p[1], !NumpyRandom.isNone(y) { out.append(try row(y, i)) }
      guard Set(out.map(\.count)).count <= 1 else {
        throw Raise.value(
          "all the input array dimensions except for the concatenation axis must match exactly")
      }
      return (out, try p[3].map(i.isTrue) == true ? .int(0) : p[4])
    }
    func covariance(_ rows: [[Double]], _ lost: Double) -> [[Double]] {
      let centred = rows.map { r in
        let mean = r.reduce(0, +) / Double(r.count)
        return r.map { $0 - mean }
      }
      return centred.map { x in
        centred.map { y in zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } / (Double(x.count) - lost) }
      }
    }
    func matrix(_ c: [[Double]]) throws -> Value {
      try ArrayObject.value(
        c.count == 1 ? [] : [c.count, c.count], c.flatMap { $0 }.map { .double($0) }, .float64)
    }
    m.function("cov") { a, i in
      let (rows, lost) = try rows(a, "cov", i)
      return try matrix(covariance(rows, try lost.flatMap(i.floating) ?? 1))
    }
    m.function("corrcoef") { a, i in
      let c = covariance(try rows(a, "corrcoef", i).0, 1)
      return try matrix(
        c.indices.map { r in
          c.indices.map { k in
            r == k ? 1 : max(-1, min(1, c[r][k] / c[r][r].squareRoot() / c[k][k].squareRoot()))
          }
        })
    }
  }

  // MARK: Dtypes

  private static func limits(_ m: ModuleObject) {
    func described(_ name: String, _ fields: [(String, Value)]) -> Value {
      let c = ClassObject(name, module: "numpy")
      let made = InstanceObject(c)
      for (field, value) in fields { made.set(field, value) }
      return .object(made)
    }
    func scalar(_ d: Double, _ dtype: DType) -> Value { .object(ScalarObject(.double(d), dtype)) }
    m.function("finfo") { a, i in
      let given = a.positional.first ?? .none
      let known = try Operand.known(given)?.dtype ?? NumpyTypes.dtype(given, i) ?? .float64
      guard known.isFloatingPoint else {
        throw Raise.value("data type \(try i.repr(given)) not inexact")
      }
      let (eps, most, tiny, bits): (Double, Double, Double, Int) =
        switch known {
        case .float32:
          (
            Double(Float.ulpOfOne), Double(Float.greatestFiniteMagnitude), Double(Float.leastNormalMagnitude),
            32
          )
        case .float16: (0x1p-10, 65504, 0x1p-14, 16)
        default: (.ulpOfOne, .greatestFiniteMagnitude, .leastNormalMagnitude, 64)
        }
      return described(
        "finfo",
        [
          ("eps", scalar(eps, known)), ("max", scalar(most, known)), ("min", scalar(-most, known)),
          ("tiny", scalar(tiny, known)), ("smallest_normal", scalar(tiny, known)), ("bits", .int(bits)),
        ])
    }
    m.function("iinfo") { a, i in
      let given = a.positional.first ?? .none
      let known = try Operand.known(given)?.dtype ?? NumpyTypes.dtype(given, i) ?? .int64
      let (low, high, bits): (Int, Int, Int)
      switch known {
      case .int64: (low, high, bits) = (.min, .max, 64)
      case .int32: (low, high, bits) = (Int(Int32.min), Int(Int32.max), 32)
      case .int16: (low, high, bits) = (-32768, 32767, 16)
      case .int8: (low, high, bits) = (-128, 127, 8)
      case .uint8: (low, high, bits) = (0, 255, 8)
      default: throw Raise.value("Invalid integer data type '\(known == .bool ? "b" : "f")'.")
      }
      return described("iinfo", [("min", .int(low)), ("max", .int(high)), ("bits", .int(bits))])
    }
    m.function("issubdtype") { a, i in
      let p = try a.positionalOnly("issubdtype", 2...2)
      let known = try NumpyTypes.dtype(p[0], i) ?? .float64
      let isWhole = !known.isFloatingPoint && known != .bool
      switch (p[1].object as? ClassObject)?.name {
      case "floating", "inexact", "float": return .bool(known.isFloatingPoint)
      case "integer", "signedinteger", "int": return .bool(isWhole)
      case "number": return .bool(known != .bool)
      case "generic": return .bool(true)
      default: return .bool(try NumpyTypes.dtype(p[1], i) == known)
      }
    }
  }

  // MARK: Sums over named axes

  private static func einsum(_ a: PyArguments, _ i: Interpreter) throws -> Value {
    guard let text = (a.positional.first?.object as? StringObject)?.value.filter({ $0 != " " }) else {
      throw Raise.type("einsum takes its subscripts as a text here")
    }
    let sides = text.split(separator: ">", omittingEmptySubsequences: false).map(String.init)
    let inputs = (sides.first ?? "").filter { $0 != "-" }.split(
      separator: ",", omittingEmptySubsequences: false
    ).map(Array.init)
    let operands = try a.positional.dropFirst().map { try Operand.required($0, i) }
    guard inputs.count == operands.count else {
      throw Raise.value(
        "more operands provided to einstein sum function than specified in the subscripts string")
    }
    var sizes: [Character: Int] = [:]
    for (names, x) in zip(inputs, operands) {
      guard names.count == x.shape.count, names.allSatisfy(\.isLetter) else {
        throw Raise.value(
          "einstein sum subscripts string contains too many subscripts for operand 0")
      }
      for (name, n) in zip(names, x.shape) {
        guard sizes[name] == nil || sizes[name] == n else {
          throw Raise.value(
            "operands could not be broadcast together with remapped shapes [original->remapped]")
        }
        sizes[name] = n
      }
    }
    let all = inputs.flatMap { $0 }
    let output =
      sides.count > 1
      ? Array(sides[1]) : Set(all).filter { n in all.count { $0 == n } == 1 }.sorted()
    guard output.allSatisfy({ sizes[$0] != nil }) else {
      throw Raise.value(
        "einstein sum subscripts string included output subscript which never appeared in an input")
    }
    let summed = Set(all).subtracting(output).sorted()
    let names = output + summed
    let shape = names.map { sizes[$0] ?? 1 }
    var total = 1
    for n in shape {
      let (next, isTooLarge) = total.multipliedReportingOverflow(by: n)
      guard !isTooLarge, next <= i.limits.elements else { throw Raise.named("MemoryError", "") }
      total = next
    }
    let places = zip(inputs, operands).map { labels, x -> [Int] in
      let own = Broadcast.strides(x.shape)
      return Broadcast.walk(
        shape, names.map { n in labels.indices.reduce(0) { labels[$1] == n ? $0 + own[$1] : $0 } })
    }
    let dtype = operands.dropFirst().reduce(operands.first?.dtype ?? .float64) {
      Promotion.join($0, $1.dtype)
    }
    let inner = summed.map { sizes[$0] ?? 1 }.reduce(1, *)
    let outer = output.map { sizes[$0] ?? 1 }
    let numbers = (0..<outer.reduce(1, *)).map { k -> Number in
      var (sum, whole) = (0.0, 0)
      for j in k * inner..<(k + 1) * inner {
        if dtype.isFloatingPoint {
          sum += zip(operands, places).reduce(1.0) { $0 * $1.0.numbers[$1.1[j]].double }
        } else {
          whole = whole &+ zip(operands, places).reduce(1) { $0 &* NumberTool.int($1.0.numbers[$1.1[j]]) }
        }
      }
      return NumberTool.cast(dtype.isFloatingPoint ? .double(sum) : .int(whole), dtype)
    }
    return try ArrayObject.value(outer, numbers, dtype)
  }
}
