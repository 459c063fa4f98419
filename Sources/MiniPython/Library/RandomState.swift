internal import BigInt

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A generator of Python's `random`: `random.Random`, and the hidden one behind the module's functions.
final class RandomState {
  var twister = MersenneTwister(key: [0])
  /// The second number of `gauss`'s pair.
  var pending: Double?

  func random() -> Double { twister.double() }

  /// `getrandbits(k)` for at most 64 bits.
  func bits(_ k: Int) -> UInt64 {
    if k <= 0 { return 0 }
    if k <= 32 { return UInt64(twister.next() >> UInt32(32 - k)) }
    let low = UInt64(twister.next())
    return low | (UInt64(twister.next() >> UInt32(max(0, 64 - k))) << 32)
  }

  /// A whole number below `n`, which is at least 1.
  func below(_ n: Int) -> Int {
    let k = Int.bitWidth - n.leadingZeroBitCount
    while true {
      let r = bits(k)
      if r < UInt64(n) { return Int(r) }
    }
  }

  func big(bits k: Int) -> BigInt {
    var out = BigInt(0)
    var (left, shift) = (k, 0)
    while left > 0 {
      let word = twister.next()
      out |= BigInt(left < 32 ? word >> UInt32(32 - left) : word) << shift
      left -= 32
      shift += 32
    }
    return out
  }

  func big(below n: BigInt) -> BigInt {
    let k = n.magnitude.bitWidth
    while true {
      let r = big(bits: k)
      if r < n { return r }
    }
  }

  func gauss() -> Double {
    if let z = pending {
      pending = nil
      return z
    }
    let angle = random() * (2 * Double.pi)
    let radius = (-2 * log(1 - random())).squareRoot()
    pending = sin(angle) * radius
    return cos(angle) * radius
  }

  func normal() -> Double {
    let magic = 4 * exp(-0.5) / 2.0.squareRoot()
    while true {
      let u1 = random()
      let u2 = 1 - random()
      let z = magic * (u1 - 0.5) / u2
      if z * z / 4 <= -log(u2) { return z }
    }
  }

  /// Gamma-distributed, as CPython 3.11 draws it.
  func gamma(_ alpha: Double, _ beta: Double) -> Double {
    if alpha > 1 {
      let ainv = (2 * alpha - 1).squareRoot()
      let bbb = alpha - log(4)
      let ccc = alpha + ainv
      while true {
        let u1 = random()
        guard u1 > 1e-7, u1 < 0.9999999 else { continue }
        let u2 = 1 - random()
        let v = log(u1 / (1 - u1)) / ainv
        let x = alpha * exp(v)
        let z = u1 * u1 * u2
        let r = bbb + ccc * v - x
        if r + (1 + log(4.5)) - 4.5 * z >= 0 || r >= log(z) { return x * beta }
      }
    }
    if alpha == 1 { return -log(1 - random()) * beta }
    let e = 2.718281828459045
    while true {
      let b = (e + alpha) / e
      let p = b * random()
      let x = p <= 1 ? pow(p, 1 / alpha) : -log((b - p) / alpha)
      let u1 = random()
      if p > 1 ? u1 <= pow(x, alpha - 1) : u1 <= exp(-x) { return x * beta }
    }
  }

  /// Seeds as `random.seed(value)` does. `None` means a fixed seed here: runs repeat to the byte.
  func seed(_ value: Value, _ i: Interpreter) throws {
    pending = nil
    var number: BigInt
    switch value {
    case .none, .unassigned: number = 0
    case .float(let d): number = BigInt(Hashing.float(d))
    default:
      if let big = Integers.big(value) {
        number = big
      } else if let text = value.object as? StringObject {
        let bytes = Array(text.value.utf8)
        number = BigInt(sign: .plus, magnitude: words(bytes + SHA512.digest(bytes)))
      } else if let text = value.object as? BytesObject {
        number = BigInt(sign: .plus, magnitude: words(text.bytes + SHA512.digest(text.bytes)))
      } else {
        throw Raise.type(
          "The only supported seed types are: None,\nint, float, str, bytes, and bytearray.")
      }
    }
    number = BigInt(sign: .plus, magnitude: number.magnitude)
    var key: [UInt32] = []
    let mask = BigInt(UInt32.max)
    while !number.isZero {
      key.append(UInt32(truncatingIfNeeded: number & mask))
      number >>= 32
    }
    twister = MersenneTwister(key: key)
  }

  func words(_ bytes: [UInt8]) -> BigUInt { bytes.reduce(BigUInt(0)) { ($0 << 8) | BigUInt($1) } }
}
