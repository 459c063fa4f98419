import Autograd
import MiniPython
import Recordings

/// An instance of `nn.Module`: keeps parameters, buffers and children apart, in order of assignment.
///
/// Law: what a program assigns is found again under its name, and once in `state_dict()`.
final class ModuleInstance: InstanceObject, NamedInRecording {
  typealias Entry = (name: String, value: Value)
  private(set) var parameters: [Entry] = []
  private(set) var buffers: [Entry] = []
  private(set) var children: [Entry] = []
  var notPersistent: Set<String> = []
  /// Set by `Module.__init__`.
  var isReady = false
  /// The name that the program gave first.
  private var givenName: String?
  private weak var parent: ModuleInstance?
  private var key = ""

  /// `net.fc1`; the name of the class where the program gave no name.
  var path: String {
    if let givenName { return givenName }
    if let parent { return "\(parent.path).\(key)" }
    return classObject.name
  }

  var isTraining: Bool {
    if case .bool(let on)? = attributes["training"] { on } else { true }
  }

  // MARK: Attributes

  private static func find(_ entries: [Entry], _ name: String) -> Value? {
    entries.first { $0.name == name }?.value
  }

  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    if let own = attributes[name] { return own }
    if let found = ModuleInstance.find(parameters, name) { return found }
    if let found = ModuleInstance.find(buffers, name) { return found }
    return ModuleInstance.find(children, name)
  }

  override func setAttribute(_ name: String, _ value: Value, _ i: Interpreter) throws -> Bool {
    if let t = value.object as? TensorObject, t.tensor.isParameter {
      guard isReady else { throw Raise.attribute("cannot assign parameters before Module.__init__() call") }
      forget(name)
      ModuleInstance.put(&parameters, name, value)
    } else if parameters.contains(where: { $0.name == name }) {
      guard case .none = value else {
        throw Raise.type(
          "cannot assign '\(typeText(value, i))' as parameter '\(name)' (torch.nn.Parameter or None expected)"
        )
      }
      ModuleInstance.put(&parameters, name, value)
    } else if value.object is ModuleInstance {
      guard isReady else { throw Raise.attribute("cannot assign module before Module.__init__() call") }
      forget(name)
      adopt(name, value)
    } else if children.contains(where: { $0.name == name }) {
      guard case .none = value else {
        throw Raise.type(
          "cannot assign '\(typeText(value, i))' as child module '\(name)' (torch.nn.Module or None expected)"
        )
      }
      ModuleInstance.put(&children, name, value)
    } else if buffers.contains(where: { $0.name == name }) {
      ModuleInstance.put(&buffers, name, value)
    } else {
      set(name, value)
    }
    return true
  }

  override func deleteAttribute(_ name: String, _ i: Interpreter) throws -> Bool {
    let all = parameters.count + buffers.count + children.count
    forget(name)
    if parameters.count + buffers.count + children.count < all { return true }
    return try super.deleteAttribute(name, i)
  }

  override var attributeNames: [String] {
    attributeOrder + parameters.map(\.name) + buffers.map(\.name) + children.map(\.name)
  }

  private func typeText(_ v: Value, _ i: Interpreter) -> String {
    if v.object is TensorObject { return "torch.FloatTensor" }
    return i.typeName(v)
  }

  private static func put(_ entries: inout [Entry], _ name: String, _ value: Value) {
    if let at = entries.firstIndex(where: { $0.name == name }) {
      entries[at].value = value
    } else {
      entries.append((name, value))
    }
  }
  private func forget(_ name: String) {
    parameters.removeAll { $0.name == name && !($0.value.object is TensorObject) }
    if attributes[name] != nil { removeOwn(name) }
    buffers.removeAll { $0.name == name }
  }
  private func removeOwn(_ name: String) { attributes[name] = nil }

  func putParameter(_ name: String, _ value: Value) { ModuleInstance.put(&parameters, name, value) }
  func putBuffer(_ name: String, _ value: Value) { ModuleInstance.put(&buffers, name, value) }
  func adopt(_ name: String, _ value: Value) {
    ModuleInstance.put(&children, name, value)
    guard let child = value.object as? ModuleInstance, child.parent == nil else { return }
    // A module below itself keeps the path it has.
    var above: ModuleInstance? = self
    while let module = above {
      if module === child { return }
      above = module.parent
    }
    child.parent = self
    child.key = name
  }
  func removeChildren() { children = [] }

  // MARK: The tree

  var childModules: [(name: String, module: ModuleInstance)] {
    children.compactMap { c in (c.value.object as? ModuleInstance).map { (c.name, $0) } }
  }

  /// Itself and all below, each once.
  func tree(_ prefix: String = "") -> [(name: String, module: ModuleInstance)] {
    var seen: Set<ObjectIdentifier> = []
    return tree(prefix, &seen)
  }
  private func tree(
    _ prefix: String, _ seen: inout Set<ObjectIdentifier>
  ) -> [(name: String, module: ModuleInstance)] {
    guard seen.insert(ObjectIdentifier(self)).inserted else { return [] }
    var out = [(name: prefix, module: self)]
    for (name, child) in childModules {
      out += child.tree(prefix.isEmpty ? name : "\(prefix).\(name)", &seen)
    }
    return out
  }

  enum Kind { case parameters, buffers }

  /// The parameters or buffers with their paths, each tensor once.
  func tensors(_ kind: Kind, prefix: String = "", recurse: Bool = true) -> [(String, Tensor)] {
    var seen: Set<ObjectIdentifier> = []
    var out: [(String, Tensor)] = []
    for (path, module) in recurse ? tree(prefix) : [(prefix, self)] {
      for (name, value) in kind == .parameters ? module.parameters : module.buffers {
        guard let t = value.object as? TensorObject, seen.insert(ObjectIdentifier(t.tensor)).inserted else {
          continue
        }
        out.append((path.isEmpty ? name : "\(path).\(name)", t.tensor))
      }
    }
    return out
  }

  // MARK: Names

  func namesInRecording(_ name: String, _ recorder: Recorder) -> [(String, Referent?)] {
    let own: (String, Referent?) = (name, .module(type: classObject.name))
    if name == "self" { return [own] }
    if givenName == nil, parent == nil { givenName = name }
    return [own]
      + (tensors(.parameters) + tensors(.buffers)).map {
        ("\(name).\($0.0)", .tensor($0.1.recordedID(by: recorder)))
      }
  }

  // MARK: Text

  private var isBeingShown = false

  override func repr(_ i: Interpreter) throws -> String {
    guard !isBeingShown else {
      throw Raise.named(
        "RecursionError", "maximum recursion depth exceeded while getting the repr of an object")
    }
    isBeingShown = true
    defer { isBeingShown = false }
    let extra = try i.callMethod(.object(self), "extra_repr").map(i.str) ?? ""
    let name = try i.callMethod(.object(self), "_get_name").map(i.str) ?? classObject.name
    let lines = try children.map { "(\($0.name)): " + indented(try i.repr($0.value)) }
    let extraLines = extra.isEmpty ? [] : extra.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.isEmpty, extraLines.count <= 1 { return "\(name)(\(extra))" }
    return "\(name)(\n  " + (extraLines.map(String.init) + lines).joined(separator: "\n  ") + "\n)"
  }
  private func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n  ")
  }
}
