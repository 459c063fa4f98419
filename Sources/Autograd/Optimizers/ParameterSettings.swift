public import Recordings

/// Parameters that are updated with the same settings.
public struct ParameterSettings {
  public var parameters: [Tensor]
  /// `lr`, `momentum`, …, in PyTorch's order; a scheduler adds `initial_lr`.
  public var options: [NamedAttribute]

  public init(parameters: [Tensor], options: [NamedAttribute]) {
    self.parameters = parameters
    self.options = options
  }

  public subscript(name: String) -> Attribute? {
    get { options.first { $0.name == name }?.value }
    set {
      if let at = options.firstIndex(where: { $0.name == name }) {
        if let newValue { options[at].value = newValue } else { options.remove(at: at) }
      } else if let newValue {
        options.append(NamedAttribute(name, newValue))
      }
    }
  }

  /// A setting as a number; 0 where it is none.
  public func double(_ name: String) -> Double {
    switch self[name] {
    case .double(let d)?: d
    case .int(let i)?: Double(i)
    case .bool(let b)?: b ? 1 : 0
    default: 0
    }
  }
  /// A whole number; 0 where it is none.
  func int(_ name: String) -> Int {
    switch self[name] {
    case .int(let i)?: i
    case .double(let d)?: Int(exactly: d.rounded(.towardZero)) ?? 0
    case .bool(let b)?: b ? 1 : 0
    default: 0
    }
  }
  func bool(_ name: String) -> Bool {
    switch self[name] {
    case .bool(let b)?: b
    case .int(let i)?: i != 0
    case .double(let d)?: d != 0
    default: false
    }
  }
  func pair(_ name: String) -> (Double, Double) {
    guard case .list(let items)? = self[name], items.count == 2 else { return (0, 0) }
    func value(_ a: Attribute) -> Double {
      if case .double(let d) = a { d } else if case .int(let i) = a { Double(i) } else { 0 }
    }
    return (value(items[0]), value(items[1]))
  }
  mutating func setDouble(_ name: String, _ d: Double) { self[name] = .double(d) }
}
