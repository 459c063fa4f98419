import Autograd
import MiniPython
import Recordings

/// Functions of `np` that make arrays.
enum NumpyCreation {
  /// A shape: one number or several.
  static func sizes(_ v: Value?, _ i: Interpreter) throws -> [Int] {
    guard let v else { return [] }
    let items: [Value]
    if v.object is TupleObject || v.object is ListObject || v.object is SizeObject || v.object is ArrayObject
    {
      items = try i.array(v)
    } else {
      items = [v]
    }
    let sizes = try items.map { item -> Int in
      guard let k = try i.index(item) else {
        throw Raise.type("'\(i.typeName(item))' object cannot be interpreted as an integer")
      }
      guard k >= 0 else { throw Raise.value("negative dimensions are not allowed") }
      return k
    }
    var total = 1
    for n in sizes {
      let (product, overflow) = total.multipliedReportingOverflow(by: n)
      guard !overflow, product <= i.limits.elements else {
        throw Raise.named(
          "MemoryError", "Unable to allocate an array with shape \(ArrayObject.shapeText(sizes))")
      }
      total = product
    }
    return sizes
  }

  static func spaced(_ low: Double, _ high: Double, _ n: Int, endpoint: Bool) -> [Double] {
    guard n > 0 else { return [] }
    let steps = endpoint ? n - 1 : n
    guard steps > 0 else { return [low] }
    let step = (high - low) / Double(steps)
    var out = (0..<n).map { Double($0) * step + low }
    if endpoint { out[n - 1] = high }
    return out
  }

  private static func filled(_ shape: [Int], _ value: Number, _ dtype: DType) throws -> Value {
    .object(
      try ArrayObject(
        shape, [Number](repeating: NumberTool.cast(value, dtype), count: shape.reduce(1, *)), dtype))
  }

  static func fill(_ m: ModuleObject) {
    for name in ["array", "asarray", "ascontiguousarray", "copy"] {
      m.function(name) { a, i in
        let p = try a.bind(name, "object", "dtype?", "copy?", "order?", "ndmin?")
        let dtype = try NumpyTypes.dtype(p[1], i)
        if name == "asarray", let known = p[0]?.object as? ArrayObject, dtype == nil || dtype == known.dtype {
          return .object(known)
        }
        var x = try Operand.required(p[0] ?? .none, i)
        if let dtype { x = x.cast(dtype) }
        var shape = x.shape
        while shape.count < (try p[4].flatMap(i.index) ?? 0) { shape.insert(1, at: 0) }
        return .object(try ArrayObject(shape, x.numbers, x.dtype))
      }
    }
    for (name, value) in [("zeros", 0), ("ones", 1), ("empty", 0)] {
      m.function(name) { a, i in
        let p = try a.bind(name, "shape", "dtype?", "order?")
        return try filled(sizes(p[0], i), .int(value), NumpyTypes.dtype(p[1], i) ?? .float64)
      }
      m.function(name + "_like") { a, i in
        let p = try a.bind(name + "_like", "a", "dtype?")
        let x = try Operand.required(p[0] ?? .none, i)
        return try filled(x.shape, .int(value), NumpyTypes.dtype(p[1], i) ?? x.dtype)
      }
    }
    m.function("full") { a, i in
      let p = try a.bind("full", "shape", "fill_value", "dtype?")
      let x = try Operand.required(p[1] ?? .none, i)
      return try filled(sizes(p[0], i), x.numbers.first ?? .int(0), NumpyTypes.dtype(p[2], i) ?? x.dtype)
    }
    m.function("full_like") { a, i in
      let p = try a.bind("full_like", "a", "fill_value", "dtype?")
      let (x, v) = (try Operand.required(p[0] ?? .none, i), try Operand.required(p[1] ?? .none, i))
      return try filled(x.shape, v.numbers.first ?? .int(0), NumpyTypes.dtype(p[2], i) ?? x.dtype)
    }
    for name in ["eye", "identity"] {
      m.function(name) { a, i in
        let p = try a.bind(name, "N", "M?", "k?", "dtype?")
        let n = try sizes(p[0], i).first ?? 0
        let columns = try p[1].flatMap { $0.object == nil ? try i.index($0) : nil } ?? n
        let k = try p[2].flatMap(i.index) ?? 0
        let shape = try sizes(.tuple([.int(n), .int(columns)]), i)
        let dtype = try NumpyTypes.dtype(p[3], i) ?? .float64
        let numbers = (0..<n).flatMap { r in
          (0..<columns).map { NumberTool.cast(.int($0 - r == k ? 1 : 0), dtype) }
        }
        return .object(try ArrayObject(shape, numbers, dtype))
      }
    }
    m.function("arange") { a, i in
      let p = try a.bind("arange", "start", "stop?", "step?", "dtype?")
      let parts = try p.prefix(3).map { v -> Operand? in try v.flatMap { try Operand.of($0, i) } }
      var given = parts.compactMap { $0 }
      if p[1] == nil, let only = parts[0] {
        given = [only]
      }
      let first = p[1] == nil ? Operand(shape: [], numbers: [.int(0)], dtype: .int64) : parts[0]
      guard let first, let last = p[1] == nil ? parts[0] : parts[1], let start = first.numbers.first,
        let stop = last.numbers.first
      else { throw Raise.type("arange() requires stop to be specified.") }
      let step = parts[2]?.numbers.first ?? .int(1)
      let isFloat = given.contains { $0.dtype.isFloatingPoint } || parts[2]?.dtype.isFloatingPoint == true
      guard step.double != 0 else { throw Raise.named("ZeroDivisionError", "division by zero") }
      let count = ((stop.double - start.double) / step.double).rounded(.up)
      let n = try sizes(.int(max(0, Int(exactly: count) ?? Int.max)), i).first ?? 0
      let dtype = try NumpyTypes.dtype(p[3], i) ?? (isFloat ? .float64 : .int64)
      // The step between the first two is what all others are counted in.
      let delta = (start.double + step.double) - start.double
      let numbers = (0..<n).map { k -> Number in
        isFloat
          ? .double(k == 1 ? start.double + step.double : start.double + Double(k) * delta)
          : .int(NumberTool.int(start) + k * NumberTool.int(step))
      }
      return .object(try ArrayObject([n], numbers.map { NumberTool.cast($0, dtype) }, dtype))
    }
    m.function("linspace") { a, i in
      let p = try a.bind("linspace", "start", "stop", "num?", "endpoint?", "retstep?", "dtype?")
      let n = try sizes(p[2] ?? .int(50), i).first ?? 0
      let (low, high) = (try i.floating(p[0] ?? .none) ?? 0, try i.floating(p[1] ?? .none) ?? 0)
      let isEnd = try p[3].map(i.isTrue) ?? true
      let dtype = try NumpyTypes.dtype(p[5], i) ?? .float64
      let out = Value.object(
        try ArrayObject(
          [n], spaced(low, high, n, endpoint: isEnd).map { NumberTool.cast(.double($0), dtype) }, dtype))
      guard try p[4].map(i.isTrue) ?? false else { return out }
      return .tuple([
        out, .object(ScalarObject(.double((high - low) / Double(max(1, isEnd ? n - 1 : n))), .float64)),
      ])
    }
    for (name, isLog) in [("logspace", true), ("geomspace", false)] {
      m.function(name) { a, i in
        let p = try a.bind(name, "start", "stop", "num?", "endpoint?", "base?")
        let n = try sizes(p[2] ?? .int(50), i).first ?? 0
        var (low, high) = (try i.floating(p[0] ?? .none) ?? 0, try i.floating(p[1] ?? .none) ?? 0)
        let base = try p[4].flatMap(i.floating) ?? 10
        if !isLog { (low, high) = (NumpyLinear.log10(low), NumpyLinear.log10(high)) }
        let points = spaced(low, high, n, endpoint: try p[3].map(i.isTrue) ?? true)
        return .object(try ArrayObject([n], points.map { .double(NumpyLinear.power(base, $0)) }, .float64))
      }
    }
    m.function("fromiter") { a, i in
      let p = try a.bind("fromiter", "iter", "dtype?", "count?")
      let x = try Operand.required(.list(i.array(p[0] ?? .none)), i)
      let dtype = try NumpyTypes.dtype(p[1], i) ?? x.dtype
      return .object(try ArrayObject(x.shape, x.cast(dtype).numbers, dtype))
    }
  }
}

/// `numpy`: arrays for teaching programs, over the core's memory.
enum NumpyModule {
  static let names = ["numpy", "numpy.random", "numpy.linalg"]

  static func make(_ path: String, _ state: RunState) -> ModuleObject {
    let m = ModuleObject(path)
    switch path {
    case "numpy.random": NumpyRandom.fill(m, state.numpyRandom)
    case "numpy.linalg": NumpyLinear.fill(m)
    default:
      NumpyCreation.fill(m)
      NumpyFunctions.fill(m)
      NumpyShapes.fill(m)
      TensorInterop.fill(m)
      constants(m)
    }
    WrittenNumpy.install(m)
    return m
  }

  private static func constants(_ m: ModuleObject) {
    m.set("pi", .float(.pi))
    m.set("e", .float(2.718281828459045))
    m.set("inf", .float(.infinity))
    m.set("nan", .float(.nan))
    NumpyFitting.fill(m)
    m.set("newaxis", .none)
    m.set("euler_gamma", .float(0.5772156649015329))
    m.set("__version__", .string("2.4.6"))
    m.set("ndarray", .object(ArrayClass.type))
    m.set("dtype", .object(ArrayDTypeObject.type))
    for d in DType.allCases where d != .bool && d != .bfloat16 {
      m.set(d.rawValue, .object(NumpyTypes.scalar(d)))
    }
    m.set("bool_", .object(NumpyTypes.scalar(.bool)))
    m.set("bool", .object(NumpyTypes.scalar(.bool)))
    for (alias, d) in [
      ("double", DType.float64), ("single", .float32), ("half", .float16), ("int_", .int64), ("intp", .int64),
      ("long", .int64), ("intc", .int32), ("ubyte", .uint8), ("short", .int16), ("byte", .int8),
    ] {
      m.set(alias, .object(NumpyTypes.scalar(d)))
    }
    for n in ["floating", "integer", "number", "generic"] {
      m.set(n, .object(ClassObject(n, module: "numpy")))
    }
    m.function("shape") { a, i in
      .tuple(try Operand.required(a.positional.first ?? .none, i).shape.map(Value.int))
    }
    m.function("ndim") { a, i in .int(try Operand.required(a.positional.first ?? .none, i).shape.count) }
    m.function("size") { a, i in .int(try Operand.required(a.positional.first ?? .none, i).numbers.count) }
    m.function("isscalar") { a, _ in
      let v = a.positional.first ?? .none
      if case .none = v { return .bool(false) }
      return .bool(v.object == nil || v.object is ScalarObject || v.object is StringObject)
    }
    m.function("array_str") { a, i in .string(try i.str(a.positional.first ?? .none)) }
    m.function("array_repr") { a, i in .string(try i.repr(a.positional.first ?? .none)) }
    m.function("array2string") { a, i in
      guard let x = a.positional.first?.object as? ArrayObject else {
        return .string(try i.str(a.positional.first ?? .none))
      }
      var options = RunState.of(i).arrayOptions
      if let k = try a.keyword("precision").flatMap(i.index) { options.precision = max(0, min(k, 64)) }
      return .string(ArrayText(options).str(x))
    }
    m.function("set_printoptions") { a, i in
      let state = RunState.of(i)
      for (name, value) in a.keywords {
        switch name {
        case "precision": state.arrayOptions.precision = max(0, min(try i.index(value) ?? 8, 64))
        case "threshold": state.arrayOptions.threshold = try i.index(value) ?? Int.max
        case "edgeitems": state.arrayOptions.edgeItems = max(0, try i.index(value) ?? 3)
        case "linewidth": state.arrayOptions.lineWidth = max(1, try i.index(value) ?? 75)
        case "suppress": state.arrayOptions.suppressesSmall = try i.isTrue(value)
        case "sign", "floatmode", "formatter", "nanstr", "infstr", "legacy": break
        default: throw Raise.type("set_printoptions() got an unexpected keyword argument '\(name)'")
        }
      }
      return .none
    }
    m.function("seterr") { _, _ in .object(DictObject()) }
    m.function("errstate") { _, _ in .object(ErrorState()) }
    for name in ["may_share_memory", "shares_memory"] {
      m.function(name) { a, _ in
        guard let x = a.positional.first?.object as? ArrayObject,
          let y = a.positional.last?.object as? ArrayObject
        else {
          return .bool(false)
        }
        return .bool(x.tensor.sharesMemory(with: y.tensor))
      }
    }
    m.function("vectorize") { a, _ in
      let f = try a.positionalOnly("vectorize", 1...1)[0]
      return .object(
        NativeFunction("vectorize") { b, i in
          let x = try Operand.required(b.positional.first ?? .none, i)
          let made = try x.numbers.map { try i.call(f, PyArguments([Convert.value($0)])) }
          let flat = try Operand.required(.list(made), i)
          return try ArrayObject.value(x.shape, flat.numbers, flat.dtype)
        })
    }
  }

  /// `with np.errstate(…)`: floating warnings are as they are.
  private final class ErrorState: Object {
    private var saved = false
    override var isContext: Bool { true }
    override func enter(_ i: Interpreter) throws -> Value? {
      saved = i.silencesWarnings
      i.silencesWarnings = true
      return Value.none
    }
    override func exit(_ exception: InstanceObject?, _ i: Interpreter) throws -> Bool {
      i.silencesWarnings = saved
      return false
    }
  }
}
