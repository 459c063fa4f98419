import Autograd
import MiniPython
import Recordings

/// Functions of `np` that sort, search, choose and round.
enum NumpyFunctions {
  static func array(_ v: Value?, _ i: Interpreter) throws -> ArrayObject {
    if let a = v?.object as? ArrayObject { return a }
    let x = try Operand.required(v ?? .none, i)
    return try ArrayObject(x.shape, x.numbers, x.dtype)
  }

  static func round(_ args: PyArguments, _ i: Interpreter) throws -> Value {
    let p = try args.bind("round", "a", "decimals?", "out?")
    let a = try Operand.required(p[0] ?? .none, i)
    let places = try p[1].flatMap(i.index) ?? 0
    guard a.dtype.isFloatingPoint else { return try ArrayObject.value(a.shape, a.numbers, a.dtype) }
    return try ArrayObject.value(
      a.shape, a.numbers.map { NumberTool.cast(.double(ArrayMath.round($0.double, places)), a.dtype) },
      a.dtype)
  }

  static func clip(_ args: PyArguments, _ i: Interpreter) throws -> Value {
    let p = try args.bind("clip", "a", "a_min?", "a_max?", "out?", "min?", "max?")
    var out = try Operand.required(p[0] ?? .none, i)
    for (bound, name) in [(p[1] ?? p[4], "maximum"), (p[2] ?? p[5], "minimum")] {
      guard let bound, let b = try Operand.of(bound, i), let f = BinaryFunction.all[name] else { continue }
      out = try f.compute(out, b, i)
    }
    return try ArrayObject.value(out.shape, out.numbers, out.dtype)
  }

  /// Places of the elements in rising order, along an axis.
  static func order(_ a: ArrayObject, _ axis: Value, _ i: Interpreter) throws -> ArrayObject {
    let x = a.numbers
    func before(_ p: Int, _ q: Int) -> Bool {
      let (u, v) = (x[p].double, x[q].double)
      if u.isNaN || v.isNaN { return !u.isNaN && v.isNaN || (u.isNaN == v.isNaN && p < q) }
      return u < v || (u == v && p < q)
    }
    let axes = try ArrayReductions.axes(axis, a.shape.count, i)
    var out = [Number](repeating: .int(0), count: x.count)
    for group in ArrayReductions.groups(Operand(a), axes, keep: false).groups {
      let sorted = group.indices.sorted { before(group[$0], group[$1]) }
      for (k, p) in sorted.enumerated() { out[group[k]] = .int(p) }
    }
    return try ArrayObject(axes == nil ? [x.count] : a.shape, out, .int64)
  }

  static func sorted(_ a: ArrayObject, _ axis: Value, _ i: Interpreter) throws -> ArrayObject {
    let x = a.numbers
    let axes = try ArrayReductions.axes(axis, a.shape.count, i)
    let places = try order(a, axis, i).numbers
    var out = x
    for group in ArrayReductions.groups(Operand(a), axes, keep: false).groups {
      for k in group { out[k] = x[group[NumberTool.int(places[k])]] }
    }
    return try ArrayObject(axes == nil ? [x.count] : a.shape, out, a.dtype)
  }

  static func nonzero(_ v: Value, _ i: Interpreter) throws -> Value {
    let a = try Operand.required(v, i)
    let hits = a.numbers.indices.filter { a.numbers[$0].double != 0 }
    let strides = Broadcast.strides(a.shape)
    return .tuple(
      try a.shape.indices.map { d in
        .object(try ArrayObject([hits.count], hits.map { .int($0 / strides[d] % a.shape[d]) }, .int64))
      })
  }

  private static func choose(_ args: PyArguments, _ i: Interpreter) throws -> Value {
    let p = try args.positionalOnly("where", 1...3)
    guard p.count == 3 else {
      if p.count == 2 { throw Raise.value("either both or neither of x and y should be given") }
      return try nonzero(p[0], i)
    }
    let (c, x, y) = (
      try Operand.required(p[0], i), try Operand.required(p[1], i), try Operand.required(p[2], i)
    )
    guard let xy = Broadcast.shape(x.shape, y.shape), let shape = Broadcast.shape(c.shape, xy),
      let cs = Broadcast.places(c.shape, to: shape), let xs = Broadcast.places(x.shape, to: shape),
      let ys = Broadcast.places(y.shape, to: shape)
    else {
      throw Raise.value(
        "operands could not be broadcast together with shapes \(ArrayObject.tight(c.shape)) \(ArrayObject.tight(x.shape)) \(ArrayObject.tight(y.shape)) "
      )
    }
    let dtype = Promotion.join(x, y)
    let out = cs.indices.map {
      NumberTool.cast(c.numbers[cs[$0]].double != 0 ? x.numbers[xs[$0]] : y.numbers[ys[$0]], dtype)
    }
    // Even a single choice is an array.
    return .object(try ArrayObject(shape, out, dtype))
  }

  private static func unique(_ args: PyArguments, _ i: Interpreter) throws -> Value {
    let p = try args.bind("unique", "ar", "return_index?", "return_inverse?", "return_counts?", "axis?")
    let a = try Operand.required(p[0] ?? .none, i)
    let places = a.numbers.indices.sorted {
      a.numbers[$0].double < a.numbers[$1].double || (a.numbers[$0].double == a.numbers[$1].double && $0 < $1)
    }
    var (values, first, counts): ([Number], [Int], [Int]) = ([], [], [])
    var inverse = [Number](repeating: .int(0), count: a.numbers.count)
    for k in places {
      if let last = values.last, last.double == a.numbers[k].double {
        counts[counts.count - 1] += 1
      } else {
        values.append(a.numbers[k])
        first.append(k)
        counts.append(1)
      }
      inverse[k] = .int(values.count - 1)
    }
    var out: [Value] = [.object(try ArrayObject([values.count], values, a.dtype))]
    if try p[1].map(i.isTrue) ?? false {
      out.append(.object(try ArrayObject([first.count], first.map { .int($0) }, .int64)))
    }
    if try p[2].map(i.isTrue) ?? false { out.append(.object(try ArrayObject(a.shape, inverse, .int64))) }
    if try p[3].map(i.isTrue) ?? false {
      out.append(.object(try ArrayObject([counts.count], counts.map { .int($0) }, .int64)))
    }
    return out.count == 1 ? out[0] : .tuple(out)
  }

  private static func close(_ args: PyArguments, _ i: Interpreter) throws -> (Operand, [Bool]) {
    let p = try args.bind("isclose", "a", "b", "rtol?", "atol?", "equal_nan?")
    let (a, b) = (try Operand.required(p[0] ?? .none, i), try Operand.required(p[1] ?? .none, i))
    let relative = try p[2].flatMap(i.floating) ?? 1e-5
    let absolute = try p[3].flatMap(i.floating) ?? 1e-8
    let sameNaN = try p[4].map(i.isTrue) ?? false
    guard let shape = Broadcast.shape(a.shape, b.shape), let l = Broadcast.places(a.shape, to: shape),
      let r = Broadcast.places(b.shape, to: shape)
    else {
      throw Raise.value(
        "operands could not be broadcast together with shapes \(ArrayObject.tight(a.shape)) \(ArrayObject.tight(b.shape)) "
      )
    }
    let found = zip(l, r).map { p, q -> Bool in
      let (x, y) = (a.numbers[p].double, b.numbers[q].double)
      if x == y { return true }
      if x.isNaN || y.isNaN { return sameNaN && x.isNaN && y.isNaN }
      return x.isFinite && y.isFinite && abs(x - y) <= absolute + relative * abs(y)
    }
    return (Operand(shape: shape, numbers: found.map { .bool($0) }, dtype: .bool), found)
  }

  /// A result in the array that `out=` names.
  private static func written(_ result: Value, into out: Value?, _ i: Interpreter) throws -> Value {
    guard let out = (out?.object as? TupleObject)?.items.first ?? out, out.object is ArrayObject else {
      return result
    }
    try i.setItem(out, .object(Types.ellipsis), result)
    return out
  }

  static func fill(_ m: ModuleObject) {
    for name in UnaryFunction.names {
      m.function(name) { a, i in
        guard let v = a.positional.first else {
          throw Raise.type("\(name)() takes from 1 to 2 positional arguments but 0 were given")
        }
        return try written(UnaryFunction.apply(name, v, i), into: a.keyword("out"), i)
      }
    }
    for (name, f) in BinaryFunction.all {
      let function = NativeFunction(name) { a, i in
        let p = try a.bind(name, "x1", "x2", "out?", "where?", "dtype?")
        return try written(
          f.apply(Operand.required(p[0] ?? .none, i), Operand.required(p[1] ?? .none, i), i), into: p[2], i)
      }
      UniversalMethods.put(f, on: function)
      m.set(name, .object(function))
    }
    for (alias, name) in [("true_divide", "divide"), ("mod", "remainder"), ("pow", "power")] {
      if let f = BinaryFunction.all[name] {
        m.function(alias) { a, i in
          let p = try a.positionalOnly(alias, 2...2)
          return try f.apply(Operand.required(p[0], i), Operand.required(p[1], i), i)
        }
      }
    }
    for name in ArrayReductions.names { m.function(name) { a, i in try ArrayReductions.apply(name, a, i) } }
    for name in ["cumsum", "cumprod"] { m.function(name) { a, i in try ArrayReductions.running(name, a, i) } }
    m.function("average") { a, i in
      let p = try a.bind("average", "a", "axis?", "weights?")
      guard let w = p[2], w.object != nil, let times = BinaryFunction.all["multiply"],
        let over = BinaryFunction.all["divide"]
      else {
        return try ArrayReductions.apply("mean", PyArguments([p[0] ?? .none, p[1] ?? .none]), i)
      }
      let weighted = try times.apply(Operand.required(p[0] ?? .none, i), Operand.required(w, i), i)
      let top = try Operand.required(
        ArrayReductions.apply("sum", PyArguments([weighted, p[1] ?? .none]), i), i)
      return try over.apply(top, Operand.required(ArrayReductions.apply("sum", PyArguments([w]), i), i), i)
    }
    for name in ["round", "around"] { m.function(name) { a, i in try round(a, i) } }
    m.function("clip") { a, i in try clip(a, i) }
    m.function("sort") { a, i in
      let p = try a.bind("sort", "a", "axis?", "kind?")
      return .object(try sorted(array(p[0], i), p[1] ?? .int(-1), i))
    }
    m.function("argsort") { a, i in
      let p = try a.bind("argsort", "a", "axis?", "kind?")
      return .object(try order(array(p[0], i), p[1] ?? .int(-1), i))
    }
    m.function("nonzero") { a, i in try nonzero(try a.positionalOnly("nonzero", 1...1)[0], i) }
    m.function("argwhere") { a, i in
      let columns = try i.array(nonzero(try a.positionalOnly("argwhere", 1...1)[0], i))
      return .object(try ArrayClass.transposed(array(.object(array(.list(columns), i)), i), nil))
    }
    m.function("flatnonzero") { a, i in
      let x = try Operand.required(try a.positionalOnly("flatnonzero", 1...1)[0], i)
      let hits = x.numbers.indices.filter { x.numbers[$0].double != 0 }
      return .object(try ArrayObject([hits.count], hits.map { .int($0) }, .int64))
    }
    m.function("where") { a, i in try choose(a, i) }
    m.function("unique") { a, i in try unique(a, i) }
    m.function("isclose") { a, i in
      let (x, _) = try close(a, i)
      return try ArrayObject.value(x.shape, x.numbers, .bool)
    }
    m.function("allclose") { a, i in .bool(try close(a, i).1.allSatisfy { $0 }) }
    m.function("array_equal") { a, i in
      let p = try a.bind("array_equal", "a1", "a2", "equal_nan?")
      let (x, y) = (try Operand.required(p[0] ?? .none, i), try Operand.required(p[1] ?? .none, i))
      return .bool(x.shape == y.shape && zip(x.numbers, y.numbers).allSatisfy { $0.double == $1.double })
    }
    m.function("searchsorted") { a, i in
      let p = try a.bind("searchsorted", "a", "v", "side?", "sorter?")
      let (x, v) = (try Operand.required(p[0] ?? .none, i), try Operand.required(p[1] ?? .none, i))
      let isRight = (p[2]?.object as? StringObject)?.value == "right"
      let found = v.numbers.map { n in
        x.numbers.count { isRight ? $0.double <= n.double : $0.double < n.double }
      }
      return try ArrayObject.value(v.shape, found.map { .int($0) }, .int64)
    }
    m.function("bincount") { a, i in
      let p = try a.bind("bincount", "x", "weights?", "minlength?")
      let x = try Operand.required(p[0] ?? .none, i).numbers.map(NumberTool.int)
      guard x.allSatisfy({ $0 >= 0 }) else {
        throw Raise.value("'list' argument must have no negative elements")
      }
      let count = max((x.max() ?? -1) + 1, try p[2].flatMap(i.index) ?? 0)
      guard count <= i.limits.elements else { throw Raise.named("MemoryError", "") }
      var out = [Int](repeating: 0, count: count)
      for k in x { out[k] += 1 }
      return .object(try ArrayObject([count], out.map { .int($0) }, .int64))
    }
    for name in ["percentile", "quantile"] {
      m.function(name) { a, i in
        let p = try a.bind(name, "a", "q", "axis?")
        let x = try Operand.required(p[0] ?? .none, i).numbers.map(\.double).sorted()
        let q = try Operand.required(p[1] ?? .none, i)
        guard !x.isEmpty else { throw Raise.index("index -1 is out of bounds for axis 0 with size 0") }
        let found = q.numbers.map { n -> Number in
          let at = n.double / (name == "percentile" ? 100 : 1) * Double(x.count - 1)
          let low = min(max(Int(exactly: at.rounded(.down)) ?? 0, 0), x.count - 1)
          let high = min(low + 1, x.count - 1)
          let t = at - Double(low)
          let d = x[high] - x[low]
          return .double(t >= 0.5 ? x[high] - d * (1 - t) : x[low] + d * t)
        }
        return try ArrayObject.value(q.shape, found, .float64)
      }
    }
    m.function("histogram") { a, i in
      let p = try a.bind("histogram", "a", "bins?", "range?", "density?")
      let x = try Operand.required(p[0] ?? .none, i).numbers.map(\.double)
      var edges: [Double]
      if let list = p[1], list.object != nil, try i.index(list) == nil {
        edges = try Operand.required(list, i).numbers.map(\.double)
      } else {
        let n = max(1, min(try p[1].flatMap(i.index) ?? 10, 1 << 20))
        let bounds = try p[2].flatMap {
          $0.object == nil ? nil : try i.array($0).map { try i.floating($0) ?? 0 }
        }
        var (low, high) = (bounds?.first ?? x.min() ?? 0, bounds?.last ?? x.max() ?? 1)
        if low == high { (low, high) = (low - 0.5, high + 0.5) }
        edges = NumpyCreation.spaced(low, high, n + 1, endpoint: true)
      }
      var counts = [Int](repeating: 0, count: max(0, edges.count - 1))
      for v in x {
        guard let first = edges.first, let last = edges.last, v >= first, v <= last else { continue }
        let k = v == last ? counts.count - 1 : edges.lastIndex { $0 <= v } ?? 0
        if counts.indices.contains(k) { counts[k] += 1 }
      }
      var shown: Value = .object(try ArrayObject([counts.count], counts.map { .int($0) }, .int64))
      if try p[3].map(i.isTrue) ?? false {
        let total = Double(counts.reduce(0, +))
        let heights = counts.indices.map {
          Number.double(Double(counts[$0]) / (edges[$0 + 1] - edges[$0]) / total)
        }
        shown = .object(try ArrayObject([counts.count], heights, .float64))
      }
      return .tuple([shown, .object(try ArrayObject([edges.count], edges.map { .double($0) }, .float64))])
    }
    m.function("interp") { a, i in
      let p = try a.bind("interp", "x", "xp", "fp")
      let (x, xs, ys) = (
        try Operand.required(p[0] ?? .none, i), try Operand.required(p[1] ?? .none, i).numbers.map(\.double),
        try Operand.required(p[2] ?? .none, i).numbers.map(\.double)
      )
      guard !xs.isEmpty, xs.count == ys.count else {
        throw Raise.value("fp and xp are not of the same length.")
      }
      let found = x.numbers.map { n -> Number in
        let v = n.double
        if v <= xs[0] { return .double(ys[0]) }
        guard let k = xs.firstIndex(where: { $0 >= v }), k > 0 else { return .double(ys[ys.count - 1]) }
        return .double((ys[k] - ys[k - 1]) / (xs[k] - xs[k - 1]) * (v - xs[k - 1]) + ys[k - 1])
      }
      return try ArrayObject.value(x.shape, found, .float64)
    }
    m.function("diff") { a, i in
      let p = try a.bind("diff", "a", "n?", "axis?")
      var out = try array(p[0], i)
      guard let minus = BinaryFunction.all["subtract"] else { return .none }
      let axis = try ArrayReductions.axes(p[2] ?? .int(-1), out.shape.count, i)?.first ?? 0
      let before = [Value](repeating: .object(SliceObject(.none, .none, .none)), count: axis)
      for _ in 0..<max(0, min(try p[1].flatMap(i.index) ?? 1, 100)) {
        let late = try ArrayIndex.get(
          out, .tuple(before + [.object(SliceObject(.int(1), .none, .none))]), i)
        let early = try ArrayIndex.get(
          out, .tuple(before + [.object(SliceObject(.none, .int(-1), .none))]), i)
        out = try array(minus.apply(Operand.required(late, i), Operand.required(early, i), i), i)
      }
      return .object(out)
    }
    m.function("dot") { a, i in
      let p = try a.positionalOnly("dot", 2...2)
      return try ArrayProducts.dot(p[0], p[1], i)
    }
    m.function("matmul") { a, i in
      let p = try a.positionalOnly("matmul", 2...2)
      return try ArrayProducts.matmul(p[0], p[1], i) ?? .none
    }
    for name in ["inner", "vdot"] {
      m.function(name) { a, i in
        let p = try a.positionalOnly(name, 2...2)
        let (x, y) = (try array(p[0], i), try array(p[1], i))
        if name == "vdot" || x.shape.count < 2 && y.shape.count < 2 {
          return try ArrayProducts.dot(ArrayClass.flattened(x), ArrayClass.flattened(y), i)
        }
        return try ArrayProducts.dot(.object(x), .object(ArrayClass.transposed(y, nil)), i)
      }
    }
    m.function("outer") { a, i in
      let p = try a.positionalOnly("outer", 2...2)
      let (x, y) = (try Operand.required(p[0], i), try Operand.required(p[1], i))
      guard let times = BinaryFunction.all["multiply"] else { return .none }
      return try times.apply(
        Operand(shape: [x.numbers.count, 1], numbers: x.numbers, dtype: x.dtype),
        Operand(shape: [1, y.numbers.count], numbers: y.numbers, dtype: y.dtype), i)
    }
    m.function("cross") { a, i in
      let p = try a.positionalOnly("cross", 2...2)
      let (x, y) = (try Operand.required(p[0], i), try Operand.required(p[1], i))
      guard x.shape == [3], y.shape == [3] else {
        throw Raise.value("incompatible dimensions for cross product (only vectors of three here)")
      }
      let (u, v) = (x.numbers.map(\.double), y.numbers.map(\.double))
      let dtype = Promotion.join(x, y)
      let out = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]]
      return .object(try ArrayObject([3], out.map { NumberTool.cast(.double($0), dtype) }, dtype))
    }
  }
}
