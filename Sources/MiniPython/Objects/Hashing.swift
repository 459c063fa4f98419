internal import BigInt

/// CPython's hashes of numbers and tuples, which programs can see in `hash()` and in the order of sets.
enum Hashing {
  private static let modulus = (1 << 61) - 1

  static func int(_ k: Int) -> Int {
    if k == Int.min { return -4 }
    let m = abs(k) % modulus
    let h = k < 0 ? -m : m
    return h == -1 ? -2 : h
  }

  static func big(_ b: BigInt) -> Int {
    let m = Int(b.magnitude % BigUInt(modulus))
    let h = b.sign == .minus ? -m : m
    return h == -1 ? -2 : h
  }

  static func float(_ d: Double) -> Int {
    if d.isInfinite { return d > 0 ? 314_159 : -314_159 }
    if d.isNaN { return 0 }
    if let whole = Int(exactly: d) { return int(whole) }
    // The mantissa times a power of two, modulo 2⁶¹ − 1.
    var m = d.magnitude.significand
    var e = Int(d.exponent) + 1
    m /= 2
    var x: UInt64 = 0
    while m != 0 {
      x = ((x << 28) & UInt64(modulus)) | (x >> 33)
      m *= 268_435_456
      e -= 28
      let y = UInt64(m)
      m -= Double(y)
      x += y
      if x >= UInt64(modulus) { x -= UInt64(modulus) }
    }
    let shift = UInt64(e >= 0 ? e % 61 : 60 - ((-1 - e) % 61))
    x = ((x << shift) & UInt64(modulus)) | (x >> (61 - shift))
    let h = d < 0 ? -Int(x) : Int(x)
    return h == -1 ? -2 : h
  }

  static func complex(_ z: ComplexObject) -> Int {
    let h = float(z.re) &+ 1_000_003 &* float(z.im)
    return h == -1 ? -2 : h
  }

  static func tuple(_ hashes: [Int]) -> Int {
    var acc: UInt64 = 2_870_177_450_012_600_261
    for h in hashes {
      acc = acc &+ UInt64(bitPattern: Int64(h)) &* 14_029_467_366_897_019_727
      acc = (acc << 31) | (acc >> 33)
      acc = acc &* 11_400_714_785_074_694_791
    }
    acc = acc &+ (UInt64(hashes.count) ^ (2_870_177_450_012_600_261 ^ 3_527_539))
    return acc == UInt64.max ? 1_546_275_796 : Int(Int64(bitPattern: acc))
  }

  static func frozenset(_ hashes: [Int]) -> Int {
    var h: UInt64 = 0
    for one in hashes {
      let x = UInt64(bitPattern: Int64(one))
      h ^= ((x ^ 89_869_747) ^ (x << 16)) &* 3_644_798_167
    }
    h ^= (UInt64(hashes.count) &+ 1) &* 1_927_868_237
    h ^= (h >> 11) ^ (h >> 25)
    h = h &* 69_069 &+ 907_133_923
    return h == UInt64.max ? 590_923_713 : Int(Int64(bitPattern: h))
  }

  /// What a class's `__hash__` gave, as CPython takes it.
  static func stated(_ result: Value) throws -> Int {
    guard let b = Integers.big(result) else {
      throw Raise.type("__hash__ method should return an integer")
    }
    guard let k = Int(exactly: b) else { return big(b) }
    return k == -1 ? -2 : k
  }

  /// Stands in for CPython's hash of texts, which changes with every run there.
  static func text(_ s: String) -> Int {
    s.utf8.reduce(5381) { ($0 &* 33 &+ Int($1)) & 0x0FFF_FFFF_FFFF_FFFF }
  }

  /// The hash of what CPython hashes the same in every run; `nil` for anything else.
  static func fixed(_ v: Value) -> Int? {
    switch v {
    case .bool(let b): return b ? 1 : 0
    case .int(let k): return int(k)
    case .float(let d): return d.isNaN ? nil : float(d)
    case .object(let o):
      if let b = o as? BigIntObject { return big(b.value) }
      guard let t = o as? TupleObject, t.extra == nil else { return nil }
      var hashes: [Int] = []
      for item in t.items {
        guard let h = fixed(item) else { return nil }
        hashes.append(h)
      }
      return tuple(hashes)
    case .none, .unassigned: return nil
    }
  }
}

extension HashKey {
  /// What `hash()` says of the value, or stands in for it: equal values have equal ones.
  var stated: Int {
    switch self {
    case .none: return 0
    case .int(let k): return Hashing.int(k)
    case .float(let d): return d.isNaN ? 0 : Hashing.float(d)
    case .string(let s): return Hashing.text(s)
    case .tuple(let keys): return Hashing.tuple(keys.map(\.stated))
    case .identity(let id): return id.hashValue
    case .asked(let asked): return asked.hash
    case .custom(let any):
      switch any.base {
      case let b as BigInt: return Hashing.big(b)
      case let z as [Double] where z.count == 2: return Hashing.complex(ComplexObject(z[0], z[1]))
      case let keys as Set<HashKey>: return Hashing.frozenset(keys.map(\.stated))
      default: return any.hashValue
      }
    }
  }
}

extension DictObject {
  /// The key under which this value lies here, or would lie.
  ///
  /// Mostly its own. Where classes with a `__hash__` of their own take part, their `__eq__` is asked, as CPython asks it: of keys
  /// with the same hash, in order of insertion.
  public func place(_ value: Value, _ i: Interpreter) throws -> HashKey {
    let key = try i.hashKey(value)
    guard key.isAsked || holdsAsked, get(key) == nil else { return key }
    for candidate in keys(stating: key.stated) where key.isAsked || candidate.key.isAsked {
      if try i.isTrue(i.compare(0, candidate.value, value)) { return candidate.key }
    }
    return key
  }

  public func get(_ key: Value, _ i: Interpreter) throws -> Value? { get(try place(key, i)) }
  public func set(_ key: Value, _ value: Value, _ i: Interpreter) throws {
    set(try place(key, i), key, value)
  }
  @discardableResult public func remove(
    _ key: Value, _ i: Interpreter
  ) throws -> (
    key: Value, value: Value
  )? {
    remove(try place(key, i))
  }
}

extension Interpreter {
  /// `hash(v)`.
  func hash(_ v: Value) throws -> Int {
    let key = try hashKey(v)
    if case .asked(let asked) = key, asked.identity.base is ObjectIdentifier { return asked.hash }
    if let h = Hashing.fixed(v) { return h }
    // A host's number hashes as the number it is equal to.
    if let o = v.object, !o.answersDunders {
      switch key {
      case .int(let k): if let h = Hashing.fixed(.int(k)) { return h }
      case .float(let d): if let h = Hashing.fixed(.float(d)) { return h }
      case .tuple(let keys) where !(o is TupleObject): return Hashing.tuple(keys.map(\.stated))
      default: break
      }
    }
    switch v {
    case .none, .unassigned: return 0
    case .float: return 0
    case .object(let o):
      if o.answersDunders, let result = try callMethod(v, "__hash__") {
        return try Hashing.stated(result)
      }
      if let s = o as? StringObject { return Hashing.text(s.value) }
      if let z = o as? ComplexObject { return Hashing.complex(z) }
      if let b = o as? BytesObject { return Hashing.text(String(decoding: b.bytes, as: UTF8.self)) }
      if let r = o as? RangeObject {
        return Hashing.tuple([
          r.count, r.count == 0 ? 0 : Hashing.int(r.start), r.count < 2 ? 0 : Hashing.int(r.step),
        ])
      }
      if let s = o as? SetObject { return Hashing.frozenset(try s.items.keys.map(hash)) }
      if let t = o as? TupleObject { return Hashing.tuple(try t.items.map(hash)) }
      if !o.answersDunders, case .string(let text) = key { return Hashing.text(text) }
      let unboxed = v.unboxed
      if unboxed.object !== o { return try hash(unboxed) }
      return o.hashesAsIdentity ? identity(v) : identity(v) >> 4
    default: return 0
    }
  }

  /// Runs the body with the program's own dunder methods of this object out of the way: what `super()` means.
  func plainly<Result>(_ value: Value, _ body: () throws -> Result) rethrows -> Result {
    guard let object = value.object, object.answersDunders else { return try body() }
    object.answersDunders = false
    defer { object.answersDunders = true }
    return try body()
  }

  /// A set's items in the order in which it hands them out; it must not change its size meanwhile.
  func setIterator(_ set: SetObject) throws -> IteratorObject {
    let generation = set.items.generation
    let items = set.ordered
    var k = 0
    return ClosureIterator(Types.setIterator) { _ in
      guard set.items.generation == generation else {
        throw Raise.runtime("Set changed size during iteration")
      }
      guard k < items.count else { return nil }
      k += 1
      return items[k - 1]
    }
  }
}
