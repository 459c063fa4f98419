/// A plain value that is no tensor: a hyperparameter, a node's attribute, what else a name may mean.
public enum Attribute: Sendable, Equatable {
  case none
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case list([Attribute])

  /// As Python prints it: `None`, `True`, `0.001`, `(0.9, 0.999)`.
  public var text: String {
    switch self {
    case .none: "None"
    case .bool(let b): b ? "True" : "False"
    case .int(let i): "\(i)"
    case .double(let d): pythonRepr(d)
    case .string(let s): s
    case .list(let items):
      items.count == 1
        ? "(\(items[0].text),)" : "(" + items.map(\.text).joined(separator: ", ") + ")"
    }
  }
}

/// A name with a value, in order: hyperparameters, attributes.
public struct NamedAttribute: Sendable, Equatable {
  public var name: String
  public var value: Attribute
  public init(_ name: String, _ value: Attribute) {
    self.name = name
    self.value = value
  }
}

/// A double as Python's `repr` prints it: `1.0`, `0.001`, `1e-05`, `1e+16`, `inf`, `nan`.
public func pythonRepr(_ d: Double) -> String {
  if d.isNaN { return "nan" }
  if d.isInfinite { return d < 0 ? "-inf" : "inf" }
  let text = d.description
  guard let e = text.firstIndex(of: "e") else { return text }
  // Swift writes 1e-05 and 1e+16 like Python but for 1.0e+16's fraction.
  var mantissa = String(text[..<e])
  if mantissa.hasSuffix(".0") { mantissa.removeLast(2) }
  return mantissa + text[e...]
}

extension Attribute: JSONField {
  public func write(to json: inout JSONWriter) {
    switch self {
    case .none: json.null()
    case .bool(let b): json.bool(b)
    case .int(let i): json.integer(i)
    // A whole double keeps its point, which tells it from an int when read back; infinities and NaN
    // are wrapped, so that the string "NaN" stays a string.
    case .double(let d):
      if d.isFinite { json.double(d) } else { json.object { $0.field("float", d) } }
    case .string(let s): json.string(s)
    case .list(let items): json.array(items)
    }
  }
  public init(json: JSONValue) throws {
    switch json {
    case .null: self = .none
    case .bool(let b): self = .bool(b)
    case .number(let text):
      if let i = Int(text) { self = .int(i) } else { self = .double(try Double(json: json)) }
    case .string(let s): self = .string(s)
    case .array(let items): self = .list(try items.map(Attribute.init(json:)))
    case .object: self = .double(try JSONObject(json: json).get("float"))
    }
  }
}

extension NamedAttribute: JSONField {
  public func write(to json: inout JSONWriter) {
    json.array {
      $0.string(name)
      $0.separator()
      value.write(to: &$0)
    }
  }
  public init(json: JSONValue) throws {
    let pair = try json.pair()
    self.init(try String(json: pair.0), try Attribute(json: pair.1))
  }
}
