internal import Foundation

/// The elements of a tensor, row-major, in the narrowest form that holds them exactly.
///
/// Law: `==` compares bits, so that NaN equals itself and −0 differs from 0. A recording is complete only
/// if it can be compared with the live state.
public enum Elements: Sendable {
  /// float32; float16 and bfloat16 widened.
  case single([Float])
  case double([Double])
  /// int64, int32, int16, int8, uint8.
  case integer([Int64])
  case bool([Bool])

  public var count: Int {
    switch self {
    case .single(let a): a.count
    case .double(let a): a.count
    case .integer(let a): a.count
    case .bool(let a): a.count
    }
  }

  /// Element `i` as a double; NaN where there is no such element.
  public func double(at i: Int) -> Double {
    guard i >= 0, i < count else { return .nan }
    return switch self {
    case .single(let a): Double(a[i])
    case .double(let a): a[i]
    case .integer(let a): Double(a[i])
    case .bool(let a): a[i] ? 1 : 0
    }
  }

  /// The elements at these positions, in this order. Positions outside are left out.
  public func picking(_ positions: [Int]) -> Elements {
    func pick<T>(_ a: [T]) -> [T] {
      var out: [T] = []
      out.reserveCapacity(positions.count)
      for i in positions where i >= 0 && i < a.count { out.append(a[i]) }
      return out
    }
    return switch self {
    case .single(let a): .single(pick(a))
    case .double(let a): .double(pick(a))
    case .integer(let a): .integer(pick(a))
    case .bool(let a): .bool(pick(a))
    }
  }

  /// The elements from `start` on; `nil` where there are not as many.
  public func run(from start: Int, count n: Int) -> Elements? {
    guard start >= 0, n >= 0, start <= count - n else { return nil }
    if n == count { return self }
    return switch self {
    case .single(let a): .single(Array(a[start..<start + n]))
    case .double(let a): .double(Array(a[start..<start + n]))
    case .integer(let a): .integer(Array(a[start..<start + n]))
    case .bool(let a): .bool(Array(a[start..<start + n]))
    }
  }

  /// Puts `new[k]` at `positions[k]`. Positions outside, and elements of another type, are passed over.
  public mutating func put(_ new: Elements, at positions: [Int]) {
    func put<T>(_ source: [T], into target: inout [T]) {
      for (k, i) in positions.enumerated() where i >= 0 && i < target.count && k < source.count {
        target[i] = source[k]
      }
    }
    switch (self, new) {
    case (.single(var a), .single(let b)):
      self = .bool([])  // gives up the second reference, so that `a` is written in place
      put(b, into: &a)
      self = .single(a)
    case (.double(var a), .double(let b)):
      self = .bool([])
      put(b, into: &a)
      self = .double(a)
    case (.integer(var a), .integer(let b)):
      self = .bool([])
      put(b, into: &a)
      self = .integer(a)
    case (.bool(var a), .bool(let b)):
      self = .integer([])
      put(b, into: &a)
      self = .bool(a)
    default: break
    }
  }
}

extension Elements: Equatable {
  public static func == (x: Elements, y: Elements) -> Bool {
    switch (x, y) {
    case (.single(let a), .single(let b)):
      sameBits(a, b) || agree(a, b) { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
    case (.double(let a), .double(let b)):
      sameBits(a, b) || agree(a, b) { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
    case (.integer(let a), .integer(let b)): sameBits(a, b)
    case (.bool(let a), .bool(let b)): sameBits(a, b)
    default: false
    }
  }

  /// The common case at the speed of memory, in an unoptimised build too: every event of a test compares so.
  private static func sameBits<T: BitwiseCopyable>(_ a: [T], _ b: [T]) -> Bool {
    guard a.count == b.count, !a.isEmpty else { return a.count == b.count }
    return a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        memcmp(a.baseAddress!, b.baseAddress!, a.count * MemoryLayout<T>.stride) == 0
      }
    }
  }

  private static func agree<T>(_ a: [T], _ b: [T], _ same: (T, T) -> Bool) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy(same)
  }
}
