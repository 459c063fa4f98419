import Autograd
import MiniPython
import Recordings

/// Functions of `np` that join, split and turn arrays.
enum NumpyShapes {
  private static func array(_ v: Value?, _ i: Interpreter) throws -> ArrayObject {
    try NumpyFunctions.array(v, i)
  }

  static func squeeze(_ args: PyArguments, _ i: Interpreter) throws -> Value {
    let p = try args.bind("squeeze", "a", "axis?")
    let a = try array(p[0], i)
    let axes = try ArrayReductions.axes(p[1], a.shape.count, i)
    if let axes, axes.contains(where: { a.shape[$0] != 1 }) {
      throw Raise.value("cannot select an axis to squeeze out which has size not equal to one")
    }
    let keep = a.shape.indices.filter { d in axes.map { !$0.contains(d) } ?? (a.shape[d] != 1) }
    return .object(try a.view(keep.map { a.shape[$0] }, keep.map { a.tensor.strides[$0] }, a.tensor.offset))
  }

  static func repeated(_ args: PyArguments, _ i: Interpreter) throws -> Value {
    let p = try args.bind("repeat", "a", "repeats", "axis?")
    let a = try array(p[0], i)
    let axes = try ArrayReductions.axes(p[2], a.shape.count, i)
    let source = axes == nil ? try ArrayClass.reshaped(a, [a.count]) : a
    let axis = axes?.first ?? 0
    let n = source.shape.isEmpty ? 1 : source.shape[axis]
    let counts = try Operand.required(p[1] ?? .none, i).numbers.map(NumberTool.int)
    guard counts.count == 1 || counts.count == n else {
      throw Raise.value("operands could not be broadcast together with shape (\(n),) (\(counts.count),)")
    }
    var places: [Number] = []
    for k in 0..<n {
      let times = max(0, counts[counts.count == 1 ? 0 : k])
      guard places.count + times <= i.limits.elements else { throw Raise.named("MemoryError", "") }
      places += [Number](repeating: .int(k), count: times)
    }
    return try take(source, axis, places, i)
  }

  private static func take(
    _ a: ArrayObject, _ axis: Int, _ places: [Number], _ i: Interpreter
  ) throws -> Value {
    let all = Value.object(SliceObject(.none, .none, .none))
    let index = Value.object(try ArrayObject([places.count], places, .int64))
    return try ArrayIndex.get(a, .tuple(a.shape.indices.map { $0 == axis ? index : all }), i)
  }

  static func diagonal(_ v: Value, _ args: PyArguments, _ i: Interpreter) throws -> Value {
    let a = try array(v, i)
    guard a.shape.count == 2 else { throw Raise.value("diag requires an array of at least two dimensions") }
    let k = try args.bind("diagonal", "offset?")[0].flatMap(i.index) ?? 0
    let (row, column) = (max(0, -k), max(0, k))
    let n = max(0, min(a.shape[0] - row, a.shape[1] - column))
    let places = (0..<n).map { ((row + $0) * a.tensor.strides[0]) + (column + $0) * a.tensor.strides[1] }
    return .object(
      try a.view(
        [n], [a.tensor.strides[0] + a.tensor.strides[1]],
        n > 0 ? a.tensor.offset + places[0] : a.tensor.offset))
  }

  static func concatenate(_ list: [ArrayObject], _ axis: Int?, _ i: Interpreter) throws -> ArrayObject {
    guard let first = list.first else { throw Raise.value("need at least one array to concatenate") }
    guard let axis else { return try concatenate(list.map { try ArrayClass.reshaped($0, [$0.count]) }, 0, i) }
    guard !first.shape.isEmpty else { throw Raise.value("zero-dimensional arrays cannot be concatenated") }
    guard axis >= -first.shape.count, axis < first.shape.count else {
      throw NumpyErrors.axis(axis, first.shape.count)
    }
    let at = axis < 0 ? axis + first.shape.count : axis
    for (k, a) in list.enumerated() {
      guard a.shape.count == first.shape.count else {
        throw Raise.value(
          "all the input arrays must have same number of dimensions, but the array at index 0 has \(first.shape.count) dimension(s) and the array at index \(k) has \(a.shape.count) dimension(s)"
        )
      }
      for d in first.shape.indices where d != at && a.shape[d] != first.shape[d] {
        throw Raise.value(
          "all the input array dimensions except for the concatenation axis must match exactly, but along dimension \(d), the array at index 0 has size \(first.shape[d]) and the array at index \(k) has size \(a.shape[d])"
        )
      }
    }
    let dtype = list.dropFirst().reduce(first.dtype) { Promotion.join($0, $1.dtype) }
    var shape = first.shape
    shape[at] = list.reduce(0) { $0 + $1.shape[at] }
    let outer = first.shape[..<at].reduce(1, *)
    let inner = first.shape[(at + 1)...].reduce(1, *)
    let parts = list.map { ($0.numbers, $0.shape[at] * inner) }
    var out: [Number] = []
    for k in 0..<outer { for (numbers, width) in parts { out += numbers[k * width..<(k + 1) * width] } }
    return try ArrayObject(shape, out.map { NumberTool.cast($0, dtype) }, dtype)
  }

  private static func stack(_ list: [ArrayObject], _ axis: Int, _ i: Interpreter) throws -> ArrayObject {
    guard let first = list.first else { throw Raise.value("need at least one array to stack") }
    guard list.allSatisfy({ $0.shape == first.shape }) else {
      throw Raise.value("all input arrays must have the same shape")
    }
    let dims = first.shape.count + 1
    guard axis >= -dims, axis < dims else { throw NumpyErrors.axis(axis, dims) }
    let at = axis < 0 ? axis + dims : axis
    return try concatenate(
      list.map { a in
        var shape = a.shape
        shape.insert(1, at: at)
        return try ArrayClass.reshaped(a, shape)
      }, at, i)
  }

  /// Values as slices of one array.
  static func stacked(_ rows: [Value], axis: Int, _ i: Interpreter) throws -> Value {
    .object(try stack(rows.map { try array($0, i) }, axis, i))
  }

  private static func arrays(_ v: Value?, _ i: Interpreter) throws -> [ArrayObject] {
    try i.array(v ?? .none).map { try array($0, i) }
  }

  private static func split(_ args: PyArguments, exact: Bool, _ i: Interpreter) throws -> Value {
    let p = try args.bind("array_split", "ary", "indices_or_sections", "axis?")
    let a = try array(p[0], i)
    let axis = try ArrayReductions.axes(p[2] ?? .int(0), a.shape.count, i)?.first ?? 0
    let n = a.shape.isEmpty ? 0 : a.shape[axis]
    var cuts: [Int]
    if let k = try i.index(p[1] ?? .none) {
      guard k > 0 else { throw Raise.value("number sections must be larger than 0.") }
      guard !exact || n % k == 0 else {
        throw Raise.value("array split does not result in an equal division")
      }
      cuts = [0]
      for j in 0..<k { cuts.append(cuts[j] + n / k + (j < n % k ? 1 : 0)) }
    } else {
      cuts = [0] + (try Operand.required(p[1] ?? .none, i).numbers.map(NumberTool.int)) + [n]
    }
    let all = Value.object(SliceObject(.none, .none, .none))
    return .list(
      try zip(cuts, cuts.dropFirst()).map { low, high in
        let part = Value.object(SliceObject(.int(low), .int(high), .none))
        return try ArrayIndex.get(a, .tuple(a.shape.indices.map { $0 == axis ? part : all }), i)
      })
  }

  static func fill(_ m: ModuleObject) {
    m.function("reshape") { a, i in
      let p = try a.bind("reshape", "a", "shape", "order?")
      let size = p[1] ?? .none
      let sizes = (size.object is TupleObject || size.object is ListObject) ? try i.array(size) : [size]
      return .object(try ArrayClass.reshaped(array(p[0], i), sizes, i))
    }
    m.function("ravel") { a, i in
      let x = try array(a.positional.first, i)
      return .object(try ArrayClass.reshaped(x, [x.count]))
    }
    m.function("squeeze") { a, i in try squeeze(a, i) }
    m.function("transpose") { a, i in
      let p = try a.bind("transpose", "a", "axes?")
      let x = try array(p[0], i)
      return .object(try ArrayClass.transposed(x, try ArrayReductions.axes(p[1], x.shape.count, i)))
    }
    m.function("swapaxes") { a, i in
      let p = try a.positionalOnly("swapaxes", 3...3)
      return try i.call(i.getAttribute(.object(array(p[0], i)), "swapaxes"), PyArguments([p[1], p[2]]))
    }
    m.function("expand_dims") { a, i in
      let p = try a.bind("expand_dims", "a", "axis")
      let x = try array(p[0], i)
      let axis = try ArrayReductions.axes(p[1], x.shape.count + 1, i)?.first ?? 0
      var (shape, strides) = (x.shape, x.tensor.strides)
      shape.insert(1, at: axis)
      strides.insert(0, at: axis)
      return .object(try x.view(shape, strides, x.tensor.offset))
    }
    m.function("concatenate") { a, i in
      let p = try a.bind("concatenate", "arrays", "axis?", "out?", "dtype?")
      var axis: Int? = 0
      if let given = p[1] { axis = try i.index(given) }
      return .object(try concatenate(arrays(p[0], i), axis, i))
    }
    m.function("append") { a, i in
      let p = try a.bind("append", "arr", "values", "axis?")
      return .object(try concatenate([array(p[0], i), array(p[1], i)], try p[2].flatMap(i.index), i))
    }
    m.function("stack") { a, i in
      let p = try a.bind("stack", "arrays", "axis?")
      return .object(try stack(arrays(p[0], i), try p[1].flatMap(i.index) ?? 0, i))
    }
    for (name, axis) in [("vstack", 0), ("row_stack", 0), ("hstack", 1), ("column_stack", 1)] {
      m.function(name) { a, i in
        var list = try arrays(try a.positionalOnly(name, 1...1)[0], i)
        if name == "hstack", let first = list.first, first.shape.count <= 1 {
          return .object(
            try concatenate(list.map { $0.shape.isEmpty ? try ArrayClass.reshaped($0, [1]) : $0 }, 0, i))
        }
        list = try list.map {
          $0.shape.count > 1
            ? $0 : try ArrayClass.reshaped($0, name == "column_stack" ? [$0.count, 1] : [1, $0.count])
        }
        return .object(try concatenate(list, axis, i))
      }
    }
    m.function("split") { a, i in try split(a, exact: true, i) }
    m.function("array_split") { a, i in try split(a, exact: false, i) }
    m.function("repeat") { a, i in try repeated(a, i) }
    m.function("tile") { a, i in
      let p = try a.bind("tile", "A", "reps")
      var x = try array(p[0], i)
      var reps = try Operand.required(p[1] ?? .none, i).numbers.map { max(0, NumberTool.int($0)) }
      while reps.count < x.shape.count { reps.insert(1, at: 0) }
      while x.shape.count < reps.count { x = try ArrayClass.reshaped(x, [1] + x.shape) }
      for (axis, n) in reps.enumerated() where n != 1 {
        guard x.count * n <= i.limits.elements else { throw Raise.named("MemoryError", "") }
        let places = (0..<n).flatMap { _ in (0..<x.shape[axis]).map { Number.int($0) } }
        guard let made = try take(x, axis, places, i).object as? ArrayObject else { break }
        x = made
      }
      return .object(x)
    }
    m.function("take") { a, i in
      let p = try a.bind("take", "a", "indices", "axis?")
      let x = try array(p[0], i)
      guard let axis = try ArrayReductions.axes(p[2], x.shape.count, i)?.first else {
        return try ArrayIndex.get(ArrayClass.reshaped(x, [x.count]), p[1] ?? .none, i)
      }
      let all = Value.object(SliceObject(.none, .none, .none))
      return try ArrayIndex.get(x, .tuple(x.shape.indices.map { $0 == axis ? p[1] ?? .none : all }), i)
    }
    m.function("flip") { a, i in
      let p = try a.bind("flip", "m", "axis?")
      let x = try array(p[0], i)
      let axes = try ArrayReductions.axes(p[1], x.shape.count, i) ?? Array(x.shape.indices)
      let back = Value.object(SliceObject(.none, .none, .int(-1)))
      let all = Value.object(SliceObject(.none, .none, .none))
      return try ArrayIndex.get(x, .tuple(x.shape.indices.map { axes.contains($0) ? back : all }), i)
    }
    m.function("roll") { a, i in
      let p = try a.bind("roll", "a", "shift", "axis?")
      let x = try array(p[0], i)
      let axes = try ArrayReductions.axes(p[2], x.shape.count, i)
      let source = axes == nil ? try ArrayClass.reshaped(x, [x.count]) : x
      let axis = axes?.first ?? 0
      let n = source.shape[axis]
      let shift = try i.index(p[1] ?? .none) ?? 0
      guard n > 0,
        let made = try take(source, axis, (0..<n).map { .int((($0 - shift) % n + n) % n) }, i).object
          as? ArrayObject
      else {
        return .object(x)
      }
      return .object(try ArrayClass.reshaped(made, x.shape))
    }
    m.function("broadcast_to") { a, i in
      let p = try a.bind("broadcast_to", "array", "shape")
      let x = try Operand.required(p[0] ?? .none, i)
      let shape = try NumpyCreation.sizes(p[1], i)
      guard let places = Broadcast.places(x.shape, to: shape) else {
        throw Raise.value(
          "operands could not be broadcast together with remapped shapes [original->remapped]: \(ArrayObject.tight(x.shape))  and requested shape \(ArrayObject.tight(shape))"
        )
      }
      return .object(try ArrayObject(shape, places.map { x.numbers[$0] }, x.dtype))
    }
    m.function("atleast_1d") { a, i in
      let x = try array(a.positional.first, i)
      return .object(x.shape.isEmpty ? try ArrayClass.reshaped(x, [1]) : x)
    }
    m.function("atleast_2d") { a, i in
      let x = try array(a.positional.first, i)
      return .object(x.shape.count < 2 ? try ArrayClass.reshaped(x, [1, x.count]) : x)
    }
    for name in ["diag", "diagonal"] {
      m.function(name) { a, i in
        let p = try a.bind(name, "v", "k?")
        let x = try array(p[0], i)
        let k = try p[1].flatMap(i.index) ?? 0
        guard x.shape.count == 1 else {
          let view = try diagonal(.object(x), PyArguments([.int(k)]), i)
          return view
        }
        let n = x.count + abs(k)
        guard n * n <= i.limits.elements else { throw Raise.named("MemoryError", "") }
        var out = [Number](repeating: NumberTool.cast(.int(0), x.dtype), count: n * n)
        for (j, v) in x.numbers.enumerated() { out[(j + max(0, -k)) * n + j + max(0, k)] = v }
        return .object(try ArrayObject([n, n], out, x.dtype))
      }
    }
    m.function("trace") { a, i in
      try ArrayReductions.apply(
        "sum", PyArguments([diagonal(a.positional.first ?? .none, PyArguments(), i)]), i)
    }
    for (name, isUpper) in [("triu", true), ("tril", false)] {
      m.function(name) { a, i in
        let p = try a.bind(name, "m", "k?")
        let x = try array(p[0], i)
        let k = try p[1].flatMap(i.index) ?? 0
        guard x.shape.count >= 2 else { throw Raise.value("\(name) needs two dimensions here") }
        let (rows, columns) = (x.shape[x.shape.count - 2], x.shape[x.shape.count - 1])
        let out = x.numbers.enumerated().map { at, v in
          let (r, c) = (at / columns % rows, at % columns)
          return (isUpper ? c - r >= k : c - r <= k) ? v : NumberTool.cast(.int(0), x.dtype)
        }
        return .object(try ArrayObject(x.shape, out, x.dtype))
      }
    }
    for (name, isRight) in [("fliplr", 1), ("flipud", 0)] {
      m.function(name) { a, i in
        let x = try array(a.positional.first, i)
        let back = Value.object(SliceObject(.none, .none, .int(-1)))
        let all = Value.object(SliceObject(.none, .none, .none))
        return try ArrayIndex.get(x, .tuple(isRight == 1 ? [all, back] : [back]), i)
      }
    }
    m.function("meshgrid") { a, i in
      let list = try a.positional.map { try array($0, i) }
      let isXY = (a.keyword("indexing")?.object as? StringObject)?.value != "ij"
      var shape = list.map(\.count)
      if isXY, shape.count > 1 { shape.swapAt(0, 1) }
      return .tuple(
        try list.enumerated().map { k, x in
          let axis = isXY && list.count > 1 && k < 2 ? 1 - k : k
          let narrow = shape.indices.map { $0 == axis ? x.count : 1 }
          let places = Broadcast.places(narrow, to: shape) ?? []
          let numbers = x.numbers
          return .object(try ArrayObject(shape, places.map { numbers[$0] }, x.dtype))
        })
    }
  }
}
