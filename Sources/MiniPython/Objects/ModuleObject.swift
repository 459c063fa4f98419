/// A module: `torch`, `math`.
open class ModuleObject: Object {
  public let name: String
  public private(set) var members: [String: Value] = [:]
  public private(set) var memberOrder: [String] = []
  /// Whether an error over a missing member names the nearest one.
  public var suggestsNames = true
  /// Finds members that are made when first asked for.
  public var missing: ((String, Interpreter) throws -> Value?)?
  /// Behind its ``Object/shapeKey``: another number after each change, so that instructions may remember members.
  final let keyPlace: UnsafeMutablePointer<Int>
  final var key: Int { keyPlace.pointee }
  public init(_ name: String) {
    self.name = name
    keyPlace = .allocate(capacity: 1)
    keyPlace.initialize(to: ShapeKeys.next())
    super.init()
    shapeKey = keyPlace
  }
  deinit { keyPlace.deallocate() }
  /// A member that stays what it is until the next change; `nil` where the module has to be asked each time.
  final func member(_ name: String) -> Value? {
    guard Swift.type(of: self) == ModuleObject.self, extra == nil, !name.hasPrefix("__") else { return nil }
    return members[name]
  }
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
    keyPlace.pointee = ShapeKeys.next()
    if members.updateValue(value, forKey: name) == nil { memberOrder.append(name) }
  }
  /// Adds a function that the host implements.
  public func function(_ name: String, _ body: @escaping (Arguments, Interpreter) throws -> Value) {
    set(name, .object(NativeFunction(name, body)))
  }
}
