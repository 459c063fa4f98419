import Autograd
import MiniPython
import Recordings

/// The class `ndarray`: attributes and methods.
enum ArrayClass {
  nonisolated(unsafe) static let type: ClassObject = {
    let c = ClassObject("ndarray", module: "numpy")
    shared(c) { v in (v.object as? ArrayObject).map { Operand($0) } }
    own(c)
    return c
  }()

  private static func me(_ v: Value) throws -> ArrayObject {
    guard let a = v.object as? ArrayObject else {
      throw Raise.type("descriptor requires a 'numpy.ndarray' object")
    }
    return a
  }

  /// What arrays and scalars share.
  static func shared(_ c: ClassObject, _ operand: @escaping (Value) -> Operand?) {
    func get(_ v: Value) throws -> Operand {
      guard let found = operand(v) else { throw Raise.type("descriptor requires a 'numpy' object") }
      return found
    }
    c.property("shape") { v, _ in .tuple(try get(v).shape.map(Value.int)) }
    c.property("ndim") { v, _ in .int(try get(v).shape.count) }
    c.property("size") { v, _ in .int(try get(v).shape.reduce(1, *)) }
    c.property("dtype") { v, _ in .object(ArrayDTypeObject(try get(v).dtype)) }
    c.property("itemsize") { v, _ in .int(try get(v).dtype.byteCount) }
    c.property("nbytes") { v, _ in .int(try get(v).dtype.byteCount * get(v).shape.reduce(1, *)) }
    c.property("real") { v, _ in v }
    for name in ArrayReductions.names
    where !name.hasPrefix("nan") && !["amin", "amax", "median", "count_nonzero"].contains(name) {
      c.method(name) { v, a, i in try ArrayReductions.apply(name, a.prepending(v), i) }
    }
    for name in ["cumsum", "cumprod"] {
      c.method(name) { v, a, i in try ArrayReductions.running(name, a.prepending(v), i) }
    }
    c.method("item") { v, a, i in
      let x = try get(v)
      let p = a.positional
      if let k = try p.first.flatMap(i.index), p.count == 1 {
        let at = k < 0 ? k + x.numbers.count : k
        guard x.numbers.indices.contains(at) else {
          throw Raise.index("index \(k) is out of bounds for size \(x.numbers.count)")
        }
        return Convert.value(x.numbers[at])
      }
      if p.count > 1, let array = v.object as? ArrayObject {
        return (try ArrayIndex.get(array, .tuple(p), i).object as? ScalarObject)?.plain ?? .none
      }
      guard x.numbers.count == 1 else {
        throw Raise.value("can only convert an array of size 1 to a Python scalar")
      }
      return Convert.value(x.numbers[0])
    }
    c.method("tolist") { v, _, _ in
      let x = try get(v)
      let strides = Broadcast.strides(x.shape)
      func nested(_ axis: Int, _ at: Int) -> Value {
        if axis == x.shape.count { return Convert.value(x.numbers[at]) }
        return .list((0..<x.shape[axis]).map { nested(axis + 1, at + $0 * strides[axis]) })
      }
      return nested(0, 0)
    }
    c.method("astype") { v, a, i in
      let p = try a.bind("astype", "dtype", "order?", "casting?", "subok?", "copy?")
      let x = try get(v)
      guard let dtype = try NumpyTypes.dtype(p[0], i) else { return v }
      return try ArrayObject.value(x.shape, x.numbers.map { NumberTool.cast($0, dtype) }, dtype)
    }
    c.method("round") { v, a, i in try NumpyFunctions.round(a.prepending(v), i) }
    c.method("clip") { v, a, i in try NumpyFunctions.clip(a.prepending(v), i) }
    c.method("copy") { v, _, _ in
      let x = try get(v)
      return try ArrayObject.value(x.shape, x.numbers, x.dtype)
    }
    c.method("__copy__") { v, _, _ in
      let x = try get(v)
      return try ArrayObject.value(x.shape, x.numbers, x.dtype)
    }
    c.method("__deepcopy__") { v, _, _ in
      let x = try get(v)
      return try ArrayObject.value(x.shape, x.numbers, x.dtype)
    }
    c.method("__abs__") { v, _, i in try UnaryFunction.apply("absolute", v, i) }
  }

  private static func own(_ c: ClassObject) {
    c.property("T") { v, _ in .object(try transposed(me(v), nil)) }
    c.property("mT") { v, _ in
      let a = try me(v)
      let n = a.shape.count
      guard n >= 2 else { throw Raise.value("matrix transpose with ndim < 2 is undefined") }
      return .object(try transposed(a, Array(0..<n - 2) + [n - 1, n - 2]))
    }
    c.property("strides") { v, _ in
      let a = try me(v)
      return .tuple(a.tensor.strides.map { .int($0 * a.dtype.byteCount) })
    }
    c.property("flat") { v, i in .object(try i.iterate(flattened(me(v)))) }
    c.property("base") { _, _ in .none }
    c.method("reshape") { v, a, i in
      var sizes = a.positional
      if sizes.count == 1,
        sizes[0].object is TupleObject || sizes[0].object is ListObject || sizes[0].object is SizeObject
      {
        sizes = try i.array(sizes[0])
      }
      return .object(try reshaped(me(v), sizes, i))
    }
    c.method("ravel") { v, _, _ in try .object(reshaped(me(v), [me(v).count])) }
    c.method("flatten") { v, _, _ in try flattened(me(v)) }
    c.method("squeeze") { v, a, i in try NumpyShapes.squeeze(a.prepending(v), i) }
    c.method("transpose") { v, a, i in
      var axes = a.positional
      if axes.count == 1, axes[0].object is TupleObject || axes[0].object is ListObject {
        axes = try i.array(axes[0])
      }
      if try axes.isEmpty || (axes[0].object == nil && i.index(axes[0]) == nil) {
        return .object(try transposed(me(v), nil))
      }
      let order = try ArrayReductions.axes(.tuple(axes), me(v).shape.count, i) ?? []
      guard order.count == (try me(v).shape.count) else { throw Raise.value("axes don't match array") }
      return .object(try transposed(me(v), order))
    }
    c.method("swapaxes") { v, a, i in
      let array = try me(v)
      let pair =
        try ArrayReductions.axes(.tuple(a.positionalOnly("swapaxes", 2...2)), array.shape.count, i) ?? []
      var order = Array(array.shape.indices)
      order.swapAt(pair[0], pair[1])
      return .object(try transposed(array, order))
    }
    c.method("dot") { v, a, i in try ArrayProducts.dot(v, try a.positionalOnly("dot", 1...1)[0], i) }
    c.method("fill") { v, a, i in
      try me(v).write(Operand.required(try a.positionalOnly("fill", 1...1)[0], i), i)
      return .none
    }
    c.method("sort") { v, a, i in
      let axis = try a.bind("sort", "axis?", "kind?")[0]
      let sorted = try NumpyFunctions.sorted(me(v), axis ?? .int(-1), i)
      try me(v).write(Operand(sorted), i)
      return .none
    }
    c.method("argsort") { v, a, i in
      let axis = try a.bind("argsort", "axis?", "kind?")[0]
      return .object(try NumpyFunctions.order(me(v), axis ?? .int(-1), i))
    }
    c.method("repeat") { v, a, i in try NumpyShapes.repeated(a.prepending(v), i) }
    c.method("nonzero") { v, _, i in try NumpyFunctions.nonzero(v, i) }
    c.method("diagonal") { v, a, i in try NumpyShapes.diagonal(v, a, i) }
    c.method("trace") { v, a, i in
      try ArrayReductions.apply("sum", PyArguments([NumpyShapes.diagonal(v, a, i)]), i)
    }
    c.method("tobytes") { _, _, _ in throw Raise.named("NotImplementedError", "tobytes is not available here")
    }
    c.method("view") { v, _, _ in v }
  }

  static func flattened(_ a: ArrayObject) throws -> Value {
    .object(try ArrayObject([a.count], a.numbers, a.dtype))
  }

  static func transposed(_ a: ArrayObject, _ order: [Int]?) throws -> ArrayObject {
    let order = order ?? Array(a.shape.indices.reversed())
    return try a.view(order.map { a.shape[$0] }, order.map { a.tensor.strides[$0] }, a.tensor.offset)
  }

  static func reshaped(_ a: ArrayObject, _ sizes: [Value], _ i: Interpreter) throws -> ArrayObject {
    try reshaped(
      a,
      try sizes.map {
        guard let k = try i.index($0) else {
          throw Raise.type("'\(i.typeName($0))' object cannot be interpreted as an integer")
        }
        return k
      })
  }

  /// A view where the memory allows, else a copy.
  static func reshaped(_ a: ArrayObject, _ sizes: [Int]) throws -> ArrayObject {
    var shape = sizes
    let known = shape.filter { $0 >= 0 }.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
    if let k = shape.firstIndex(of: -1) {
      guard shape.count(where: { $0 < 0 }) == 1 else {
        throw Raise.value("can only specify one unknown dimension")
      }
      if known > 0, a.count % known == 0 { shape[k] = a.count / known }
    }
    guard !shape.contains(where: { $0 < 0 }),
      shape.reduce(1, { $0.multipliedReportingOverflow(by: $1).partialValue }) == a.count
    else {
      throw Raise.value("cannot reshape array of size \(a.count) into shape \(ArrayObject.tight(sizes))")
    }
    if a.tensor.isContiguous { return try a.view(shape, Broadcast.strides(shape), a.tensor.offset) }
    return try ArrayObject(shape, a.numbers, a.dtype)
  }
}
