/// A tensor's value at one instant, kept for good: what a figure shows without asking a live object.
///
/// Small tensors are kept whole; above the limit of ``CapturePolicy`` a capture keeps the shape, statistics
/// and the first elements.
public struct Capture: Sendable, Equatable {
  public var shape: [Int]
  public var dtype: DType
  public var content: Content

  public init(shape: [Int], dtype: DType, content: Content) {
    self.shape = shape
    self.dtype = dtype
    self.content = content
  }

  /// All elements, row-major, or `nil` where only a summary was kept.
  public var elements: Elements? {
    if case .whole(let elements) = content { elements } else { nil }
  }

  /// Its elements were recorded and given up later, to bound the recording's size.
  public var isThinned: Bool {
    if case .summary(let summary) = content { summary.isThinned } else { false }
  }

  /// How many elements the tensor has; `Int.max` where the shape of a foreign recording overflows.
  public var count: Int { elementCount(shape) }
}

/// What was kept of some elements.
public enum Content: Sendable, Equatable {
  case whole(Elements)
  indirect case summary(Summary)
}

/// What remains of a tensor that is too large to be kept whole.
public struct Summary: Sendable, Equatable {
  public var minimum: Double
  public var maximum: Double
  public var mean: Double
  /// The Euclidean norm.
  public var norm: Double
  /// The first elements, row-major.
  public var corner: Elements
  /// The value was small enough to be kept, and was given up later: see ``Thinning``.
  public var isThinned: Bool

  public init(
    minimum: Double, maximum: Double, mean: Double, norm: Double, corner: Elements, isThinned: Bool = false
  ) {
    self.isThinned = isThinned
    self.minimum = minimum
    self.maximum = maximum
    self.mean = mean
    self.norm = norm
    self.corner = corner
  }

  /// Nothing is known: the value was given up, and no statistics of it were ever taken.
  public static let unknown = Summary(
    minimum: .nan, maximum: .nan, mean: .nan, norm: .nan, corner: .single([]), isThinned: true)
  /// Whether it says anything.
  public var isUnknown: Bool { isThinned && corner.count == 0 }

  /// How many elements a corner holds at most.
  public static let cornerCount = 16

  public static func == (a: Summary, b: Summary) -> Bool {
    func same(_ x: Double, _ y: Double) -> Bool { x == y || (x.isNaN && y.isNaN) }
    return same(a.minimum, b.minimum) && same(a.maximum, b.maximum) && same(a.mean, b.mean)
      && same(a.norm, b.norm) && a.corner == b.corner && a.isThinned == b.isThinned
  }

  /// Summarises elements: one pass, in double precision.
  public init(of elements: Elements) {
    var sums = Sums()
    // The kind is asked once, not for each element.
    switch elements {
    case .single(let all): all.withUnsafeBufferPointer { sums.add($0) { Double($0) } }
    case .double(let all): all.withUnsafeBufferPointer { sums.add($0) { $0 } }
    case .integer(let all): all.withUnsafeBufferPointer { sums.add($0) { Double($0) } }
    case .bool(let all): all.withUnsafeBufferPointer { sums.add($0) { $0 ? 1 : 0 } }
    }
    let n = elements.count
    self.init(
      minimum: n == 0 ? .nan : sums.low, maximum: n == 0 ? .nan : sums.high, mean: sums.sum / Double(n),
      norm: sums.squares.squareRoot(), corner: elements.picking(Array(0..<min(n, Summary.cornerCount))))
  }

  private struct Sums {
    var low = Double.infinity
    var high = -Double.infinity
    var sum = 0.0
    var squares = 0.0

    /// Four elements at a time, each in a lane of its own: one sum would wait for itself.
    @inline(__always)
    mutating func add<T>(_ values: UnsafeBufferPointer<T>, _ number: (T) -> Double) {
      var (lows, highs) = (SIMD4(repeating: low), SIMD4(repeating: high))
      var (sums, squared) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
      var i = 0
      while i + 4 <= values.count {
        let v = SIMD4(
          number(values[i]), number(values[i + 1]), number(values[i + 2]), number(values[i + 3]))
        lows.replace(with: v, where: v .< lows)
        highs.replace(with: v, where: v .> highs)
        sums += v
        squared += v * v
        i += 4
      }
      for lane in 0..<4 {
        low = min(low, lows[lane])
        high = max(high, highs[lane])
      }
      sum = (sums[0] + sums[1]) + (sums[2] + sums[3])
      squares = (squared[0] + squared[1]) + (squared[2] + squared[3])
      while i < values.count {
        let v = number(values[i])
        if v < low { low = v }
        if v > high { high = v }
        sum += v
        squares += v * v
        i += 1
      }
    }
  }
}

/// The product of the sizes, `Int.max` if it overflows or a size is negative.
public func elementCount(_ shape: [Int]) -> Int {
  var product = 1
  for size in shape {
    let (next, overflow) = product.multipliedReportingOverflow(by: size)
    if overflow || size < 0 { return .max }
    product = next
  }
  return product
}

/// Where a strided tensor's elements lie in its storage, row-major. Empty for shapes no storage can hold.
public func storagePositions(shape: [Int], strides: [Int], offset: Int) -> [Int] {
  let count = elementCount(shape)
  guard count > 0, count <= 1 << 28, strides.count == shape.count else { return [] }
  var positions: [Int] = []
  positions.reserveCapacity(count)
  var index = [Int](repeating: 0, count: shape.count)
  var at = offset
  while true {
    positions.append(at)
    var d = shape.count - 1
    while d >= 0 {
      index[d] += 1
      at = at &+ strides[d]
      if index[d] < shape[d] { break }
      at = at &- strides[d] &* shape[d]
      index[d] = 0
      d -= 1
    }
    if d < 0 { return positions }
  }
}

extension Elements: JSONField {
  public func write(to json: inout JSONWriter) {
    switch self {
    case .single(let a): json.array(a) { $1.float($0) }
    case .double(let a): json.array(a) { $1.double($0) }
    case .integer(let a): json.array(a) { $1.integer(Int($0)) }
    case .bool(let a): json.array(a) { $1.bool($0) }
    }
  }
  /// Elements carry no type of their own on disk; the dtype beside them decides.
  public init(json: JSONValue, dtype: DType) throws {
    self =
      switch dtype {
      case .float32, .float16, .bfloat16: .single(try [Float](json: json))
      case .float64: .double(try [Double](json: json))
      case .int64, .int32, .int16, .int8, .uint8: .integer(try [Int](json: json).map(Int64.init))
      case .bool: .bool(try [Bool](json: json))
      }
  }
  public init(json: JSONValue) throws { try self.init(json: json, dtype: .float64) }
}

extension Content {
  /// Writes `"values": […]` or `"summary": {…}` into an open object.
  func writeFields(to json: inout JSONWriter) {
    switch self {
    case .whole(let elements): json.field("values", elements)
    case .summary(let s):
      json.key("summary")
      json.object {
        $0.field("min", s.minimum)
        $0.field("max", s.maximum)
        $0.field("mean", s.mean)
        $0.field("norm", s.norm)
        $0.field("corner", s.corner)
        $0.flag("thinned", s.isThinned)
      }
    }
  }

  /// Reads what ``writeFields(to:)`` wrote; `nil` where neither key is there.
  init?(from object: JSONObject, dtype: DType) throws {
    if let values = object.value("values") {
      self = .whole(try Elements(json: values, dtype: dtype))
    } else if let summary = object.value("summary") {
      let s = try JSONObject(json: summary)
      guard let corner = s.value("corner") else { throw JSONError.missing(key: "corner") }
      self = .summary(
        Summary(
          minimum: try s.get("min"), maximum: try s.get("max"), mean: try s.get("mean"),
          norm: try s.get("norm"), corner: try Elements(json: corner, dtype: dtype),
          isThinned: try s.flag("thinned")))
    } else {
      return nil
    }
  }
}

extension Capture: JSONField {
  public func write(to json: inout JSONWriter) {
    json.object {
      $0.field("shape", shape)
      $0.field("dtype", dtype)
      content.writeFields(to: &$0)
    }
  }
  public init(json: JSONValue) throws {
    let object = try JSONObject(json: json)
    let dtype: DType = try object.get("dtype")
    guard let content = try Content(from: object, dtype: dtype) else {
      throw JSONError.missing(key: "values")
    }
    let shape: [Int] = try object.get("shape")
    if case .whole(let elements) = content, elements.count != elementCount(shape) {
      throw JSONError.wrongType(
        expected: "\(elementCount(shape)) values for shape \(shape)", found: "\(elements.count)")
    }
    self.init(shape: shape, dtype: dtype, content: content)
  }
}
