import Autograd
import MiniPython
import Recordings

/// What NumPy's functions work on: the numbers of an array, a scalar, a number of the language or nested lists.
struct Operand {
  var shape: [Int]
  var numbers: [Number]
  var dtype: DType
  /// A number of the language: gives way to the dtype of arrays.
  var isWeak = false

  init(_ array: ArrayObject) { self.init(shape: array.shape, numbers: array.numbers, dtype: array.dtype) }
  init(shape: [Int], numbers: [Number], dtype: DType, isWeak: Bool = false) {
    self.shape = shape
    self.numbers = numbers
    self.dtype = dtype
    self.isWeak = isWeak
  }

  /// An array or a scalar of NumPy.
  static func known(_ v: Value) -> Operand? {
    switch v.object {
    case let a as ArrayObject: Operand(a)
    case let s as ScalarObject: Operand(shape: [], numbers: [s.number], dtype: s.dtype)
    default: nil
    }
  }

  /// Anything NumPy can make an array of; `nil` for what it cannot.
  static func of(_ v: Value, _ i: Interpreter) throws -> Operand? {
    if let known = known(v) { return known }
    switch v {
    case .bool(let b): return Operand(shape: [], numbers: [.bool(b)], dtype: .bool, isWeak: true)
    case .int(let k): return Operand(shape: [], numbers: [.int(k)], dtype: .int64, isWeak: true)
    case .float(let d): return Operand(shape: [], numbers: [.double(d)], dtype: .float64, isWeak: true)
    case .none, .unassigned: return nil
    case .object(let o):
      switch o {
      case let t as TensorObject:
        try TensorInterop.checkReadable(t.tensor)
        return Operand(shape: t.tensor.shape, numbers: t.tensor.numbers(), dtype: t.tensor.dtype)
      case is ListObject, is TupleObject, is RangeObject, is SizeObject: return try nested(v, i)
      default:
        let plain = v.unboxed
        if plain.object !== o { return try of(plain, i) }
        return try Sequences.items(v, i).flatMap { try nested(.list($0), i) }
      }
    }
  }

  /// As ``of(_:_:)``, with NumPy's refusal of what it cannot take.
  static func required(_ v: Value, _ i: Interpreter) throws -> Operand {
    if let found = try of(v, i) { return found }
    throw Raise.type(
      v.object is StringObject
        ? "arrays of texts are not supported here: use numbers"
        : "arrays of objects are not supported here: '\(i.typeName(v))' is no number")
  }

  private static func nested(_ v: Value, _ i: Interpreter) throws -> Operand {
    func items(_ v: Value) throws -> [Value]? {
      switch v.object {
      case is ListObject, is TupleObject, is RangeObject, is SizeObject: return try i.array(v)
      default: return nil
      }
    }
    guard let list = try items(v), !list.isEmpty else {
      return Operand(shape: [0], numbers: [], dtype: .float64)
    }
    var numbers: [Number] = []
    var shape: [Int]?
    var dtype: DType?
    func inhomogeneous(_ dims: Int) -> Raise {
      let known = [list.count] + (shape ?? []).prefix(dims - 1)
      return Raise.value(
        "setting an array element with a sequence. The requested array has an inhomogeneous shape after \(known.count) dimensions. The detected shape was \(ArrayObject.shapeText(Array(known))) + inhomogeneous part."
      )
    }
    for item in list {
      var part = try required(item, i)
      part.isWeak = false
      if let known = shape, known != part.shape {
        let shared = zip(known, part.shape).prefix { $0 == $1 }.count
        throw inhomogeneous(1 + shared)
      }
      shape = part.shape
      dtype = dtype.map { Promotion.join($0, part.dtype) } ?? part.dtype
      numbers += part.numbers
      guard numbers.count <= i.limits.elements else { throw Raise.named("MemoryError", "") }
    }
    let type = dtype ?? .float64
    return Operand(
      shape: [list.count] + (shape ?? []), numbers: numbers.map { NumberTool.cast($0, type) }, dtype: type)
  }

  /// With another dtype.
  func cast(_ to: DType) -> Operand {
    to == dtype ? self : Operand(shape: shape, numbers: numbers.map { NumberTool.cast($0, to) }, dtype: to)
  }
}

/// NumPy's promotion of dtypes.
enum Promotion {
  private static func rank(_ d: DType) -> Int {
    switch d {
    case .bool: 0
    case .uint8: 1
    case .int8: 2
    case .int16: 3
    case .int32: 4
    case .int64: 5
    case .float16, .bfloat16: 6
    case .float32: 7
    case .float64: 8
    }
  }

  /// Of two strong dtypes.
  static func join(_ a: DType, _ b: DType) -> DType {
    if a == b { return a }
    if Set([a, b]) == [.int8, .uint8] { return .int16 }
    let (low, high) = rank(a) < rank(b) ? (a, b) : (b, a)
    guard high.isFloatingPoint, !low.isFloatingPoint else { return high }
    switch low {
    case .int64, .int32: return .float64
    case .int16: return high == .float64 ? high : .float32
    case .uint8, .int8: return high
    default: return high
    }
  }

  /// Of two operands: numbers of the language give way.
  static func join(_ a: Operand, _ b: Operand) -> DType {
    if a.isWeak == b.isWeak { return join(a.dtype, b.dtype) }
    let (weak, strong) = a.isWeak ? (a.dtype, b.dtype) : (b.dtype, a.dtype)
    switch weak {
    case .bool: return strong
    case .float64: return strong.isFloatingPoint ? strong : .float64
    default: return strong == .bool ? .int64 : strong
    }
  }

  /// The floating dtype that a function of one operand computes in.
  static func floating(_ d: DType) -> DType {
    switch d {
    case .float64, .float32, .float16, .bfloat16: d
    case .bool, .uint8, .int8: .float16
    case .int16: .float32
    case .int32, .int64: .float64
    }
  }

  /// Casting rule `same_kind`.
  static func canCast(_ a: DType, to b: DType) -> Bool {
    if b.isFloatingPoint { return true }
    if a.isFloatingPoint { return false }
    return b != .bool || a == .bool
  }
}

/// Broadcasting of shapes.
enum Broadcast {
  /// The shape two shapes broadcast to; `nil` where they do not.
  static func shape(_ a: [Int], _ b: [Int]) -> [Int]? {
    var out: [Int] = []
    for k in 0..<max(a.count, b.count) {
      let x = k < a.count ? a[a.count - 1 - k] : 1
      let y = k < b.count ? b[b.count - 1 - k] : 1
      guard x == y || x == 1 || y == 1 else { return nil }
      out.append(x == 1 ? y : x)
    }
    return out.reversed()
  }

  /// For each element of the wide shape, the place of its element in the narrow one; `nil` where it does not fit.
  static func places(_ narrow: [Int], to wide: [Int]) -> [Int]? {
    guard narrow.count <= wide.count || narrow.prefix(narrow.count - wide.count).allSatisfy({ $0 == 1 })
    else { return nil }
    let aligned = narrow.count > wide.count ? Array(narrow.suffix(wide.count)) : narrow
    let count = wide.reduce(1, *)
    if aligned == wide { return Array(0..<count) }
    var strides = [Int](repeating: 0, count: wide.count)
    var step = 1
    for k in 0..<aligned.count {
      let (n, w) = (aligned[aligned.count - 1 - k], wide[wide.count - 1 - k])
      guard n == w || n == 1 else { return nil }
      strides[wide.count - 1 - k] = n == 1 ? 0 : step
      step *= n
    }
    return walk(wide, strides)
  }

  /// Places in row-major order of a shape with strides.
  static func walk(_ shape: [Int], _ strides: [Int], offset: Int = 0) -> [Int] {
    let count = shape.reduce(1, *)
    guard count > 0 else { return [] }
    var out: [Int] = []
    out.reserveCapacity(count)
    var index = [Int](repeating: 0, count: shape.count)
    var at = offset
    for _ in 0..<count {
      out.append(at)
      var k = shape.count - 1
      while k >= 0 {
        index[k] += 1
        at += strides[k]
        if index[k] < shape[k] { break }
        at -= strides[k] * shape[k]
        index[k] = 0
        k -= 1
      }
    }
    return out
  }

  static func strides(_ shape: [Int]) -> [Int] {
    var out = [Int](repeating: 1, count: shape.count)
    for k in stride(from: shape.count - 2, through: 0, by: -1) { out[k] = out[k + 1] * shape[k + 1] }
    return out
  }
}
