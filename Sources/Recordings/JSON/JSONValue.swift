/// A parsed JSON value. A number stays text until its type is known, so that a float is rounded once.
public indirect enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([(key: String, value: JSONValue)])

  /// For messages.
  public var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a truth value"
    case .number(let text): "the number \(text)"
    case .string(let text): "\"\(text.prefix(40))\""
    case .array: "an array"
    case .object: "an object"
    }
  }

  func pair() throws -> (JSONValue, JSONValue) {
    guard case .array(let items) = self, items.count == 2 else {
      throw JSONError.wrongType(expected: "a pair", found: kind)
    }
    return (items[0], items[1])
  }
}

/// What can be wrong with a piece of JSON.
public enum JSONError: Error, Equatable, Sendable {
  /// Not JSON: what was expected at this byte of the line.
  case syntax(expected: String, byte: Int)
  /// The text ends inside a value.
  case truncated
  case tooDeep
  case missing(key: String)
  case wrongType(expected: String, found: String)
}

/// A value that can be a field of an event on disk.
public protocol JSONField {
  func write(to json: inout JSONWriter)
  init(json: JSONValue) throws
}

/// An object whose fields are asked for by name, in any order.
public struct JSONObject {
  private let fields: [(key: String, value: JSONValue)]

  public init(json: JSONValue) throws {
    guard case .object(let fields) = json else {
      throw JSONError.wrongType(expected: "an object", found: json.kind)
    }
    self.fields = fields
  }

  /// The value under a key; `null` counts as present.
  public func value(_ key: String) -> JSONValue? {
    for field in fields where field.key == key { return field.value }
    return nil
  }

  /// The field of this name. Throws ``JSONError/missing(key:)`` or ``JSONError/wrongType(expected:found:)``.
  public func get<Value: JSONField>(_ key: String) throws -> Value {
    guard let value = value(key) else { throw JSONError.missing(key: key) }
    return try Value(json: value)
  }

  /// The field of this name, or `nil` where it is absent or null.
  public func getIfPresent<Value: JSONField>(_ key: String) throws -> Value? {
    switch value(key) {
    case nil, .null: nil
    case .some(let value): try Value(json: value)
    }
  }

  /// A truth value that is false where absent.
  public func flag(_ key: String) throws -> Bool { try getIfPresent(key) ?? false }
}

extension Int: JSONField {
  public func write(to json: inout JSONWriter) { json.integer(self) }
  public init(json: JSONValue) throws {
    guard case .number(let text) = json, let value = Int(text) else {
      throw JSONError.wrongType(expected: "a whole number", found: json.kind)
    }
    self = value
  }
}

extension Double: JSONField {
  public func write(to json: inout JSONWriter) { json.double(self) }
  public init(json: JSONValue) throws { self = try json.floatingPoint() }
}

extension Float: JSONField {
  public func write(to json: inout JSONWriter) { json.float(self) }
  public init(json: JSONValue) throws { self = try json.floatingPoint() }
}

extension JSONValue {
  fileprivate func floatingPoint<F: BinaryFloatingPoint & LosslessStringConvertible>() throws -> F {
    switch self {
    case .number(let text): if let value = F(text) { return value }
    case .string("NaN"): return .nan
    case .string("Infinity"): return .infinity
    case .string("-Infinity"): return -.infinity
    default: break
    }
    throw JSONError.wrongType(expected: "a number", found: kind)
  }
}

extension Bool: JSONField {
  public func write(to json: inout JSONWriter) { json.bool(self) }
  public init(json: JSONValue) throws {
    guard case .bool(let value) = json else {
      throw JSONError.wrongType(expected: "true or false", found: json.kind)
    }
    self = value
  }
}

extension String: JSONField {
  public func write(to json: inout JSONWriter) { json.string(self) }
  public init(json: JSONValue) throws {
    guard case .string(let value) = json else {
      throw JSONError.wrongType(expected: "a string", found: json.kind)
    }
    self = value
  }
}

extension Array: JSONField where Element: JSONField {
  public func write(to json: inout JSONWriter) { json.array(self) }
  public init(json: JSONValue) throws {
    guard case .array(let items) = json else {
      throw JSONError.wrongType(expected: "an array", found: json.kind)
    }
    self = try items.map(Element.init(json:))
  }
}

extension Optional: JSONField where Wrapped: JSONField {
  public func write(to json: inout JSONWriter) {
    if let value = self { value.write(to: &json) } else { json.null() }
  }
  public init(json: JSONValue) throws {
    if case .null = json { self = nil } else { self = try Wrapped(json: json) }
  }
}
