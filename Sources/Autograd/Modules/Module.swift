import Recordings

/// A part of a network: parameters, buffers and modules by name, in order, and a `forward`.
///
/// Law: everything is found in the order in which it was registered, parameters before buffers before
/// children.
open class Module {
  /// The class as a program sees it: `Linear`.
  public var typeName: String
  public var isTraining = true
  /// `nil` stands for `None`: a name that is taken.
  public var parameters: [(name: String, value: Tensor?)] = []
  public var buffers: [(name: String, value: Tensor?, isPersistent: Bool)] = []
  public var children: [(name: String, value: Module?)] = []
  /// Tensors that are no parameters, but stand where a layer looks for one: normalized weights.
  public var computed: [String: Tensor] = [:]
  /// Plain attributes a program can read: `in_features`.
  public var constants: [(name: String, value: Argument)] = []
  /// The name the program bound it to: `net`; empty where it has none.
  public var rootName = ""
  /// Whether it is a variable of the program itself, not of a function.
  public var isNamedByProgram = false
  private weak var parent: Module?
  private var nameInParent = ""
  /// For the binding: the object that the program sees.
  public weak var owner: AnyObject?
  /// The file of `torch.nn.modules` that PyTorch defines the class in.
  public var file = "module"

  public init(_ typeName: String) { self.typeName = typeName }

  /// What the module computes. Override, or see ``Layer``.
  open func forward(_ positional: [Argument], _ keywords: [(String, Argument)]) throws -> OperationResult {
    throw TorchError(.notImplemented, "Module [\(typeName)] is missing the required \"forward\" function")
  }

  /// A module of the same kind and settings, without parameters, buffers and children.
  open func emptyCopy() -> Module {
    let out = Module(typeName)
    out.constants = constants
    out.isTraining = isTraining
    return out
  }

  /// What stands between the parentheses of its `repr`.
  open var extraRepr: String { get throws { "" } }

  /// From the name the program gave: `net.fc1`; the class where it gave none.
  public var path: String {
    var names: [String] = []
    var at: Module? = self
    while let module = at, names.count < 1000 {
      if let above = module.parent, module.rootName.isEmpty {
        names.append(module.nameInParent)
        at = above
      } else {
        names.append(module.rootName.isEmpty ? module.typeName : module.rootName)
        at = nil
      }
    }
    return names.reversed().joined(separator: ".")
  }

  /// Whether the program gave a name to it or to a module that it lies in.
  public var hasName: Bool {
    var (at, depth): (Module?, Int) = (self, 0)
    while let module = at, depth < 1000 {
      if !module.rootName.isEmpty { return true }
      at = module.parent
      depth += 1
    }
    return false
  }

  /// As ``hasName``, with a name that the program itself knows.
  public var hasProgramName: Bool {
    var (at, depth): (Module?, Int) = (self, 0)
    while let module = at, depth < 1000 {
      if !module.rootName.isEmpty { return module.isNamedByProgram }
      at = module.parent
      depth += 1
    }
    return false
  }

  /// Whether it lies in no other module.
  public var isRoot: Bool { parent == nil }

  /// Runs `forward`, and tells the recorder where it is.
  public func call(_ positional: [Argument], _ keywords: [(String, Argument)] = []) throws -> OperationResult
  {
    try running { try forward(positional, keywords) }
  }

  /// Runs a body as this module's `forward`: for modules whose `forward` is the program's own.
  public func running<R>(_ body: () throws -> R) rethrows -> R {
    let context = Context.current
    let path = context.recorder == nil ? "" : path
    context.modulePath.append(path)
    context.recorder?.record(
      .moduleEntered(ModuleEntered(path: path, type: typeName, isTraining: isTraining)))
    defer {
      context.modulePath.removeLast()
      context.recorder?.record(.moduleLeft(ModuleLeft(path: path)))
    }
    return try body()
  }

  /// Runs on one tensor.
  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    guard case .tensor(let out) = try call([.tensor(x)]) else {
      throw TorchError.type("\(typeName) gave no tensor")
    }
    return out
  }

  /// Names of parameters and buffers that were deleted.
  private var lost: [String] = []
  /// Throws for the first of the names that a program deleted.
  func demand(_ names: String...) throws {
    guard let name = names.first(where: { lost.contains($0) && computed[$0] == nil }) else { return }
    throw TorchError(.attribute, "'\(typeName)' object has no attribute '\(name)'")
  }

  public func setParameter(_ name: String, _ value: Tensor?) {
    lost.removeAll { $0 == name }
    if let at = parameters.firstIndex(where: { $0.name == name }) {
      parameters[at].value = value
    } else {
      parameters.append((name, value))
    }
  }
  public func setBuffer(_ name: String, _ value: Tensor?, isPersistent: Bool = true) {
    lost.removeAll { $0 == name }
    if let at = buffers.firstIndex(where: { $0.name == name }) {
      buffers[at].value = value
    } else {
      buffers.append((name, value, isPersistent))
    }
  }
  public func setChild(_ name: String, _ value: Module?) {
    if let value, value !== self, value.parent == nil || value.parent === self {
      value.parent = self
      value.nameInParent = name
    }
    if let at = children.firstIndex(where: { $0.name == name }) {
      children[at].value = value
    } else {
      children.append((name, value))
    }
  }
  /// Forgets a name of any kind: `del self.fc`.
  public func remove(_ name: String) {
    if !children.contains(where: { $0.name == name }) { lost.append(name) }
    parameters.removeAll { $0.name == name }
    buffers.removeAll { $0.name == name }
    children.removeAll { $0.name == name }
  }
  /// A parameter, or the tensor that the program has in its place.
  public func parameter(_ name: String) -> Tensor? {
    parameters.first { $0.name == name }?.value ?? computed[name]
  }
  public func buffer(_ name: String) -> Tensor? { buffers.first { $0.name == name }?.value }
  public func child(_ name: String) -> Module? { children.first { $0.name == name }?.value }
  public func constant(_ name: String) -> Argument? { constants.first { $0.name == name }?.value }
  /// Changes a setting: `dropout.p = 0.2`.
  public func setConstant(_ name: String, _ value: Argument) {
    if let at = constants.firstIndex(where: { $0.name == name }) { constants[at].value = value }
  }
}

/// CPython's words for arguments that were left out.
func missingText(_ function: String, _ names: [String]) -> String {
  let quoted = names.map { "'\($0)'" }
  let list =
    quoted.count <= 1
    ? quoted.joined()
    : quoted.count == 2
      ? quoted.joined(separator: " and ")
      : quoted.dropLast().joined(separator: ", ") + ", and " + (quoted.last ?? "")
  return
    "\(function) missing \(names.count) required positional argument\(names.count == 1 ? "" : "s"): \(list)"
}
