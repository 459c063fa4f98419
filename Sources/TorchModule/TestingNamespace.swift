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
      for (given, missing, name) in [(p[3], p[4], "atol"), (p[4], p[3], "rtol")]
      where given?.isNone == false && missing?.isNone != false {
        throw Raise.value("Both 'rtol' and 'atol' must be either specified or omitted, but got no \(name).")
      }
      var tolerances: Tolerances?
      if let rtol = p[3], let atol = p[4], !rtol.isNone {
        tolerances = Tolerances(
          relative: try Convert.double(rtol, i) ?? 0, absolute: try Convert.double(atol, i) ?? 0,
          words: (try i.repr(rtol), try i.repr(atol)))
      }
      let checks = Checks(
        tolerances: tolerances, equalNaN: try p[5].map(i.isTrue) ?? false,
        checksType: try p[7].map(i.isTrue) ?? true)
      var pairs: [(a: Value, b: Value, path: String)] = []
      var problem = try collect(p[0] ?? .none, p[1] ?? .none, "", into: &pairs, i)
      for pair in pairs where problem == nil {
        problem = try compare(pair.a, pair.b, checks, i).map { placed($0, pair.path) }
      }
      guard let problem else { return .none }
      guard let words = p[10], !words.isNone else { throw Raise.named("AssertionError", problem) }
      if words.object is StringObject { throw Raise.named("AssertionError", try i.str(words)) }
      throw Raise.named("AssertionError", try i.str(i.call(words, PyArguments([.string(problem)]))))
    }
    m.function("assert_allclose") { a, i in
      i.warn(
        "`torch.testing.assert_allclose()` is deprecated since 1.12 and will be removed in a future release. Please use "
          + "`torch.testing.assert_close()` instead. You can find detailed upgrade instructions in "
          + "https://github.com/pytorch/pytorch/issues/61844.", category: "FutureWarning")
      return try i.call(m.members["assert_close"] ?? .none, a)
    }
  }

  /// Tolerances that the program gave, and as it wrote them.
  private struct Tolerances {
    var relative: Double
    var absolute: Double
    var words: (relative: String, absolute: String)
  }
  private struct Checks {
    var tolerances: Tolerances?
    var equalNaN: Bool
    var checksType: Bool
  }

  private static func placed(_ problem: String, _ path: String) -> String {
    path.isEmpty ? problem : "\(problem)\n\nThe failure occurred for item \(path)"
  }

  /// The pairs to compare, item by item; gives the problem where the containers differ.
  private static func collect(
    _ a: Value, _ b: Value, _ path: String, into pairs: inout [(a: Value, b: Value, path: String)],
    _ i: Interpreter
  ) throws -> String? {
    func items(_ v: Value) -> [Value]? {
      (v.object as? TupleObject)?.items ?? (v.object as? ListObject)?.items
    }
    if let x = a.object as? DictObject, let y = b.object as? DictObject {
      let (left, right) = (try i.array(a), try i.array(b))
      let missing = try right.filter { key in try !left.contains { try i.equal($0, key) } }
      let more = try left.filter { key in try !right.contains { try i.equal($0, key) } }
      guard missing.isEmpty, more.isEmpty else {
        return placed(
          "The keys of the mappings do not match:\nMissing keys in the actual mapping: \(try i.repr(.list(missing)))\n"
            + "Additional keys in the actual mapping: \(try i.repr(.list(more)))", path)
      }
      for key in left {
        if let problem = try collect(
          i.getItem(.object(x), key), i.getItem(.object(y), key), "\(path)[\(try i.repr(key))]", into: &pairs,
          i)
        {
          return problem
        }
      }
      return nil
    }
    if let x = items(a), let y = items(b) {
      guard x.count == y.count else {
        return placed("The length of the sequences mismatch: \(x.count) != \(y.count)", path)
      }
      for (k, (x, y)) in zip(x, y).enumerated() {
        if let problem = try collect(x, y, "\(path)[\(k)]", into: &pairs, i) { return problem }
      }
      return nil
    }
    let areArrays = a.object is ArrayObject && b.object is ArrayObject
    let areTensors = a.object is TensorObject && b.object is TensorObject
    let areNumbers = try number(a, i) != nil && number(b, i) != nil
    guard areArrays || areTensors || areNumbers || a.isNone || b.isNone else {
      throw Raise.type(
        "No comparison pair was able to handle inputs of type \(PyTree.typeText(a, i)) and "
          + "\(PyTree.typeText(b, i)).")
    }
    pairs.append((a, b, path))
    return nil
  }

  private static func compare(_ a: Value, _ b: Value, _ c: Checks, _ i: Interpreter) throws -> String? {
    if a.isNone || b.isNone {
      return a.isNone && b.isNone ? nil : "None mismatch: \(try i.repr(a)) is not \(try i.repr(b))"
    }
    if let x = (a.object as? TensorObject)?.tensor, let y = (b.object as? TensorObject)?.tensor {
      return try compare(x, y, c, i)
    }
    if let x = a.object as? ArrayObject, let y = b.object as? ArrayObject {
      return try compare(x.tensor, y.tensor, c, i)
    }
    if case .bool(let x) = a, case .bool(let y) = b {
      return x == y ? nil : "Booleans mismatch: \(try i.repr(a)) is not \(try i.repr(b))"
    }
    guard let x = try number(a, i), let y = try number(b, i) else { return nil }
    let areWhole = Self.isWhole(a) && Self.isWhole(b)
    if c.checksType, i.typeName(a) != i.typeName(b) {
      return "The (d)types do not match: \(PyTree.typeText(a, i)) != \(PyTree.typeText(b, i))."
    }
    let rtol = c.tolerances?.relative ?? (areWhole ? 0 : 1e-7)
    let atol = c.tolerances?.absolute ?? (areWhole ? 0 : 1e-7)
    let difference = (x - y).magnitude
    if x == y || difference <= atol + rtol * y.magnitude || c.equalNaN && x.isNaN && y.isNaN { return nil }
    return try scalars(
      i.repr(a), i.repr(b), difference, difference / y.magnitude, rtol, atol, c.tolerances, i, whole: areWhole
    )
  }
  private static func isWhole(_ v: Value) -> Bool { if case .int = v { true } else { false } }

  /// What differs between two numbers.
  private static func scalars(
    _ actual: String, _ expected: String, _ difference: Double, _ relative: Double, _ rtol: Double,
    _ atol: Double, _ given: Tolerances?, _ i: Interpreter, whole: Bool = false
  ) throws -> String {
    let isExact = rtol == 0 && atol == 0
    let amount = whole ? "\(Int(exactly: difference) ?? 0)" : try i.repr(.float(difference))
    let lines = [
      "Scalars are not \(isExact ? "equal" : "close")!", "", "Expected \(expected) but got \(actual).",
      "Absolute difference: " + amount + (try allowed(atol, isExact, given?.words.absolute, i)),
      "Relative difference: " + (try i.repr(.float(relative)))
        + (try allowed(rtol, isExact, given?.words.relative, i)),
    ]
    return lines.joined(separator: "\n")
  }

  private static func allowed(
    _ tolerance: Double, _ isExact: Bool, _ given: String?, _ i: Interpreter
  ) throws -> String {
    isExact ? "" : " (up to \(try given ?? i.repr(.float(tolerance))) allowed)"
  }

  private static func number(_ v: Value, _ i: Interpreter) throws -> Double? {
    switch v {
    case .int, .float, .bool: try Convert.double(v, i)
    default: nil
    }
  }

  private static func compare(_ x: Tensor, _ y: Tensor, _ c: Checks, _ i: Interpreter) throws -> String? {
    let equalNaN = c.equalNaN
    func size(_ t: Tensor) -> String { "torch.Size([\(t.shape.map(String.init).joined(separator: ", "))])" }
    if x.shape != y.shape {
      return "The values for attribute 'shape' do not match: \(size(x)) != \(size(y))."
    }
    if c.checksType, x.dtype != y.dtype {
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
    let rtol = c.tolerances?.relative ?? max(s.0, t.0)
    let atol = c.tolerances?.absolute ?? max(s.1, t.1)
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
    func narrow(_ d: Double) -> Double { x.dtype == .float64 ? d : Double(Float(d)) }
    let absolute = pairs.map { isWhole ? ($0 - $1).magnitude : narrow(($0 - $1).magnitude) }
    let relative = zip(absolute, pairs).map { d, pair in
      pair.0 == pair.1 ? 0 : narrow(d / pair.1.magnitude)
    }
    if x.dim == 0 {
      let (p, q) = pairs[0]
      return try scalars(
        shown(p, whole: isWhole), shown(q, whole: isWhole), (p - q).magnitude,
        (p - q).magnitude / q.magnitude, rtol, atol, c.tolerances, i, whole: isWhole)
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
        + (try allowed(atol, isExact, c.tolerances?.words.absolute, i)),
      "Greatest relative difference: " + (try i.repr(.float(relative[r]))) + " at index \(place(r))"
        + (try allowed(rtol, isExact, c.tolerances?.words.relative, i)),
    ]
    return title + lines.joined(separator: "\n")
  }
}
