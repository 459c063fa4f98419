/// An identity in a recording: a small integer, given in order of creation, starting at 1.
///
/// Law: the same program gets the same ids on every run and machine; never an address, a hash or a
/// random number.
public protocol RecordID: Hashable, Comparable, Sendable, CustomStringConvertible, JSONField {
  /// The letter that starts the printed form: `t` for tensors, `n` for nodes.
  static var letter: String { get }
  var rawValue: Int32 { get }
  init(_ rawValue: Int32)
}

extension RecordID {
  public var description: String { "\(Self.letter)\(rawValue)" }
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  public func write(to json: inout JSONWriter) { json.integer(Int(rawValue)) }
  public init(json: JSONValue) throws {
    let value = try Int(json: json)
    guard value > 0, let small = Int32(exactly: value) else {
      throw JSONError.wrongType(expected: "an id (a whole number from 1 up)", found: json.kind)
    }
    self.init(small)
  }
}

/// A tensor object. Two names for one object share it; a view has its own.
public struct TensorID: RecordID {
  public static let letter = "t"
  public let rawValue: Int32
  public init(_ rawValue: Int32) { self.rawValue = rawValue }
}

/// A node of the backward graph, `AccumulateGrad` included.
public struct NodeID: RecordID {
  public static let letter = "n"
  public let rawValue: Int32
  public init(_ rawValue: Int32) { self.rawValue = rawValue }
}

/// A block of memory. A tensor and its views share one.
public struct StorageID: RecordID {
  public static let letter = "s"
  public let rawValue: Int32
  public init(_ rawValue: Int32) { self.rawValue = rawValue }
}

/// A version counter. A tensor, its views and its `detach()`ed aliases share one; `.data` gets its own.
public struct CounterID: RecordID {
  public static let letter = "c"
  public let rawValue: Int32
  public init(_ rawValue: Int32) { self.rawValue = rawValue }
}

/// An optimizer object.
public struct OptimizerID: RecordID {
  public static let letter = "o"
  public let rawValue: Int32
  public init(_ rawValue: Int32) { self.rawValue = rawValue }
}
