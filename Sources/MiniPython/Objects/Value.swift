/// A value of the language: numbers inline, everything else by reference.
public enum Value {
  case none
  case bool(Bool)
  case int(Int)
  case float(Double)
  case object(Object)
  /// A local variable that is not assigned yet; no program ever holds one.
  case unassigned

  /// The object, where it is one.
  @inlinable public var object: Object? {
    if case .object(let o) = self { o } else { nil }
  }

  /// `is`.
  public func isIdentical(to other: Value) -> Bool {
    switch (self, other) {
    case (.none, .none): true
    case (.bool(let a), .bool(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.float(let a), .float(let b)): a.bitPattern == b.bitPattern
    case (.object(let a), .object(let b)): a === b
    default: false
    }
  }

  public static func string(_ text: String) -> Value { .object(StringObject(text)) }
  public static func list(_ items: [Value]) -> Value { .object(ListObject(items)) }
  public static func tuple(_ items: [Value]) -> Value { .object(TupleObject(items)) }
}

/// A failure that a program can catch: an exception on its way to a handler.
public struct Raise: Error, @unchecked Sendable {
  public let exception: InstanceObject
  public init(_ exception: InstanceObject) { self.exception = exception }

  /// `raise TypeError(message)`.
  public static func type(_ message: String) -> Raise { Raise(Exceptions.make("TypeError", message)) }
  public static func value(_ message: String) -> Raise { Raise(Exceptions.make("ValueError", message)) }
  public static func index(_ message: String) -> Raise { Raise(Exceptions.make("IndexError", message)) }
  public static func runtime(_ message: String) -> Raise { Raise(Exceptions.make("RuntimeError", message)) }
  public static func attribute(_ message: String) -> Raise {
    Raise(Exceptions.make("AttributeError", message))
  }
  /// An exception of this built-in class; of `RuntimeError` where there is no such class.
  public static func named(_ type: String, _ message: String) -> Raise {
    Raise(Exceptions.make(type, message))
  }
}

/// Something a host raises: turned into the Python exception of this class.
public protocol PythonError: Error {
  /// `RuntimeError`, `ValueError`.
  var pythonType: String { get }
  var pythonMessage: String { get }
  /// The host's own class, where the exception is of one.
  var pythonClass: ClassObject? { get }
}

extension PythonError {
  public var pythonClass: ClassObject? { nil }
}
