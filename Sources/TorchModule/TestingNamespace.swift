import Autograd
import MiniPython
import Recordings

/// `torch.testing`: `assert_close`, with PyTorch's account of what differs.
enum TestingNamespace {
  static func fill(_ m: ModuleObject) {
    m.function("assert_close") { a, i in
      let p = try a.bind(
        "assert_close", "actual", "expected", "allow_subclasses?", "rtol?", "atol?", "equal_nan?",
        "check_device?",
        "check_dtype?", "check_layout?", "check_stride?", "msg?")
      let (rtol, atol) = (
        try p[3].flatMap { try Convert.double($0, i) }, try p[4].flatMap { try Convert.double($0, i) }
      )
      guard (rtol == nil) == (atol == nil) else {
        throw Raise.value(
          "Both 'rtol' and 'atol' must be either specified or unspecified, but got rtol=\(text(rtol)) and atol=\(text(atol))."
        )
      }
      let problem = try compare(
        p[0] ?? .none, p[1] ?? .none, tolerances: rtol.flatMap { r in atol.map { (r, $0) } },
        equalNaN: p[5].map(i.isTrue) ?? false, checksType: p[7].map(i.isTrue) ?? true, i)
      guard let problem else { return .none }
      let words = try p[10].flatMap { $0.isNone ? nil : try i.str($0) }
      throw Raise.named("AssertionError", words ?? problem)
    }
  }

  private static func text(_ d: Double?) -> String { d.map { "\($0)" } ?? "None" }

  private static func compare(
    _ a: Value, _ b: Value, tolerances: (Double, Double)?, equalNaN: Bool, checksType: Bool, _ i: Interpreter
  ) throws -> String? {
    if let x = (a.object as? TensorObject)?.tensor, let y = (b.object as? TensorObject)?.tensor {
      return try compare(x, y, tolerances: tolerances, equalNaN: equalNaN, checksType: checksType, i)
    }
    func items(_ v: Value) -> [Value]? {
      (v.object as? TupleObject)?.items ?? (v.object as? ListObject)?.items
    }
    if let x = items(a), let y = items(b) {
      guard x.count == y.count else {
        return "The length of the sequences mismatch: \(x.count) != \(y.count)"
      }
      for (k, (x, y)) in zip(x, y).enumerated() {
        if let problem = try compare(
          x, y, tolerances: tolerances, equalNaN: equalNaN, checksType: checksType, i)
        {
          return "\(problem)\n\nThe failure occurred for item [\(k)]"
        }
      }
      return nil
    }
    guard let x = try number(a, i), let y = try number(b, i) else {
      throw Raise.type(
        "No comparison pair was able to handle inputs of type \(PyTree.typeText(a, i)) and "
          + "\(PyTree.typeText(b, i)).")
    }
    let (rtol, atol) = tolerances ?? (1e-7, 1e-7)
    let difference = (x - y).magnitude
    if x == y || difference <= atol + rtol * y.magnitude || equalNaN && x.isNaN && y.isNaN { return nil }
    return try scalars(i.repr(a), i.repr(b), difference, difference / y.magnitude, rtol, atol, i)
  }

  /// What differs between two numbers.
  private static func scalars(
    _ actual: String, _ expected: String, _ difference: Double, _ relative: Double, _ rtol: Double,
    _ atol: Double,
    _ i: Interpreter, whole: Bool = false
  ) throws -> String {
    let isExact = rtol == 0 && atol == 0
    let amount = whole ? "\(Int(exactly: difference) ?? 0)" : try i.repr(.float(difference))
    let lines = [
      "Scalars are not \(isExact ? "equal" : "close")!", "", "Expected \(expected) but got \(actual).",
      "Absolute difference: " + amount + (try allowed(atol, isExact, i)),
      "Relative difference: " + (try i.repr(.float(relative))) + (try allowed(rtol, isExact, i)),
    ]
    return lines.joined(separator: "\n")
  }

  private static func allowed(_ tolerance: Double, _ isExact: Bool, _ i: Interpreter) throws -> String {
    isExact ? "" : " (up to \(try i.repr(.float(tolerance))) allowed)"
  }

  private static func number(_ v: Value, _ i: Interpreter) throws -> Double? {
    switch v {
    case .int, .float, .bool: try Convert.double(v, i)
    default: nil
    }
  }

  private static func compare(
    _ x: Tensor, _ y: Tensor, tolerances: (Double, Double)?, equalNaN: Bool, checksType: Bool,
    _ i: Interpreter
  ) throws -> String? {
    func size(_ t: Tensor) -> String { "torch.Size([\(t.shape.map(String.init).joined(separator: ", "))])" }
    if x.shape != y.shape {
      return "The values for attribute 'shape' do not match: \(size(x)) != \(size(y))."
    }
    if checksType, x.dtype != y.dtype {
      return "The values for attribute 'dtype' do not match: \(x.dtype.torchName) != \(y.dtype.torchName)."
    }
    func standard(_ d: DType) -> (Double, Double) {
      switch d {
      case .float16: (1e-3, 1e-5)
      case .bfloat16: (1.6e-2, 1e-5)
      case .float32: (1.3e-6, 1e-5)
      case .float64: (1e-7, 1e-7)
      default: (0, 0)
      }
    }
    let (s, t) = (standard(x.dtype), standard(y.dtype))
    let (rtol, atol) = tolerances ?? (max(s.0, t.0), max(s.1, t.1))
    let pairs = zip(x.numbers(), y.numbers()).map { ($0.double, $1.double) }
    let wrong = pairs.indices.filter { k in
      let (p, q) = pairs[k]
      return
        !(p == q || (p - q).magnitude <= atol + rtol * q.magnitude && q.isFinite
        || equalNaN && p.isNaN && q.isNaN)
    }
    guard !wrong.isEmpty else { return nil }
    let isExact = rtol == 0 && atol == 0
    let title = "Tensor-likes are not \(isExact ? "equal" : "close")!\n\n"
    let isWhole = !x.dtype.isFloatingPoint && !y.dtype.isFloatingPoint
    func shown(_ d: Double, whole: Bool) throws -> String {
      whole ? "\(Int(exactly: d) ?? 0)" : try i.repr(.float(d))
    }
    func narrow(_ d: Double) -> Double { x.dtype == .float64 || isWhole ? d : Double(Float(d)) }
    let absolute = pairs.map { narrow(($0 - $1).magnitude) }
    let relative = zip(absolute, pairs).map { d, pair in
      pair.0 == pair.1 ? 0 : narrow(d / pair.1.magnitude)
    }
    if x.dim == 0 {
      let (p, q) = pairs[0]
      return try scalars(
        shown(p, whole: isWhole), shown(q, whole: isWhole), (p - q).magnitude,
        (p - q).magnitude / q.magnitude, rtol,
        atol, i, whole: isWhole)
    }
    func place(_ flat: Int) -> String {
      var (rest, out) = (flat, [Int]())
      for n in x.shape.reversed() {
        out.insert(rest % max(n, 1), at: 0)
        rest /= max(n, 1)
      }
      return "(\(out.map(String.init).joined(separator: ", "))\(out.count == 1 ? "," : ""))"
    }
    func greatest(_ all: [Double]) -> Int {
      all.indices.reduce(0) { all[$1] > all[$0] || all[$1].isNaN && !all[$0].isNaN ? $1 : $0 }
    }
    let (a, r) = (greatest(absolute), greatest(relative))
    let share = Double(wrong.count) / Double(max(pairs.count, 1)) * 100
    let percent = try i.format(.float(share), ".1f")
    let lines = [
      "Mismatched elements: \(wrong.count) / \(pairs.count) (\(percent)%)",
      "Greatest absolute difference: " + (try shown(absolute[a], whole: isWhole)) + " at index \(place(a))"
        + (try allowed(atol, isExact, i)),
      "Greatest relative difference: " + (try i.repr(.float(relative[r]))) + " at index \(place(r))"
        + (try allowed(rtol, isExact, i)),
    ]
    return title + lines.joined(separator: "\n")
  }
}
