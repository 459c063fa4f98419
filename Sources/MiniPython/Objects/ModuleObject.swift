/// A module: `torch`, `math`.
open class ModuleObject: Object {
  public let name: String
  public private(set) var members: [String: Value] = [:]
  public private(set) var memberOrder: [String] = []
  /// Finds members that are made when first asked for.
  public var missing: ((String, Interpreter) throws -> Value?)?
  public init(_ name: String) { self.name = name }
  open override var typeObject: ClassObject { Types.module }
  open override func repr(_ i: Interpreter) throws -> String { "<module '\(name)'>" }
  open override var attributeNames: [String] { memberOrder }
  open override func getAttribute(_ attribute: String, _ i: Interpreter) throws -> Value? {
    try attribute == "__name__" ? .string(name) : members[attribute] ?? missing?(attribute, i)
  }
  open override func setAttribute(_ name: String, _ value: Value, _ i: Interpreter) throws -> Bool {
    set(name, value)
    return true
  }
  public func set(_ name: String, _ value: Value) {
    if members.updateValue(value, forKey: name) == nil { memberOrder.append(name) }
  }
  /// Adds a function that the host implements.
  public func function(_ name: String, _ body: @escaping (Arguments, Interpreter) throws -> Value) {
    set(name, .object(NativeFunction(name, body)))
  }
}
