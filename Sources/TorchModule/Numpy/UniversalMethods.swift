import Autograd
import MiniPython
import Recordings

/// `np.add.at`, `reduce`, `accumulate` and `outer`: what NumPy's functions of two numbers can do besides.
enum UniversalMethods {
  static func put(_ f: BinaryFunction, on function: NativeFunction) {
    func method(_ name: String, _ body: @escaping (PyArguments, Interpreter) throws -> Value) {
      function.put(name, .object(NativeFunction(name, body)))
    }
    method("at") { a, i in try at(f, a, i) }
    method("reduce") { a, i in
      let p = try a.bind("reduce", "array", "axis?", "dtype?", "out?", "keepdims?")
      let rows = try running(f, p[0], p[1] ?? .int(0), i)
      guard let last = rows.last else {
        throw Raise.value("zero-size array to reduction operation \(f.name) which has no identity")
      }
      return last
    }
    method("accumulate") { a, i in
      let p = try a.bind("accumulate", "array", "axis?", "dtype?", "out?")
      let axis = p[1] ?? .int(0)
      let rows = try running(f, p[0], axis, i)
      return try NumpyShapes.stacked(rows, axis: i.index(axis) ?? 0, i)
    }
    method("outer") { a, i in
      let p = try a.positionalOnly("outer", 2...2)
      let (x, y) = (try Operand.required(p[0], i), try Operand.required(p[1], i))
      let tall = Operand(shape: x.shape + y.shape.map { _ in 1 }, numbers: x.numbers, dtype: x.dtype)
      return try f.apply(tall, y, i)
    }
  }

  /// What is there after each row along an axis; all rows at once where the axis is `None`.
  private static func running(
    _ f: BinaryFunction, _ v: Value?, _ axis: Value, _ i: Interpreter
  ) throws -> [Value] {
    var x = try NumpyFunctions.array(v, i)
    if axis.isNone { x = try ArrayClass.reshaped(x, [x.count]) }
    guard !x.shape.isEmpty else { return [.object(x)] }
    let at = axis.isNone ? 0 : try ArrayReductions.axes(axis, x.shape.count, i)?.first ?? 0
    let before = [Value](repeating: .object(SliceObject(.none, .none, .none)), count: at)
    var rows: [Value] = []
    for k in 0..<x.shape[at] {
      let row = try ArrayIndex.get(x, .tuple(before + [.int(k)]), i)
      guard let last = rows.last else {
        rows.append(row)
        continue
      }
      rows.append(try f.apply(Operand.required(last, i), Operand.required(row, i), i))
    }
    return rows
  }

  /// One place after the other, however often it comes.
  private static func at(_ f: BinaryFunction, _ a: PyArguments, _ i: Interpreter) throws -> Value {
    let p = try a.bind("at", "a", "indices", "b?")
    guard let x = p[0]?.object as? ArrayObject else { throw Raise.type("first operand must be array") }
    let all = try ArrayObject(x.shape, (0..<x.count).map { .int($0) }, .int64)
    let places = try Operand.required(ArrayIndex.get(all, p[1] ?? .none, i), i)
    let b = try Operand.required(p[2] ?? .none, i)
    guard let from = Broadcast.places(b.shape, to: places.shape) else {
      throw Raise.value("array is not broadcastable to correct shape")
    }
    var numbers = x.numbers
    for (place, k) in zip(places.numbers, from) {
      let spot = NumberTool.int(place)
      let made = try f.apply(
        Operand(shape: [], numbers: [numbers[spot]], dtype: x.dtype),
        Operand(shape: [], numbers: [b.numbers[k]], dtype: b.dtype), i)
      guard let number = try Operand.required(made, i).numbers.first else { continue }
      numbers[spot] = NumberTool.cast(number, x.dtype)
    }
    try i.setItem(.object(x), .object(Types.ellipsis), .object(ArrayObject(x.shape, numbers, x.dtype)))
    return .none
  }
}
