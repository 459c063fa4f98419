import MiniPython

/// Functions of NumPy that are written in the language itself, over those that are not: each part is read when a program
/// first asks for one of its names.
enum WrittenNumpy {
  struct Part {
    let names: Set<String>
    let module: WrittenModule
    init(names: String, module: WrittenModule) {
      self.names = Set(names.split { $0 == " " || $0 == "\n" }.map(String.init))
      self.module = module
    }
  }

  private static let arrays = [indexing, sets, shapes, padding, products, elements, kinds]
  private static let matrices = [linear, eigenvalues]

  /// Lets a module of NumPy find them.
  static func install(_ m: ModuleObject) {
    let parts = m.name == "numpy" ? arrays : m.name == "numpy.linalg" ? matrices : []
    guard !parts.isEmpty else { return }
    m.missing = { [weak m] name, i in
      guard let part = parts.first(where: { $0.names.contains(name) }) else { return nil }
      guard let found = try i.module(part.module).object as? ModuleObject else { return nil }
      // Functions that NumPy has itself stay as they are.
      for (name, value) in found.members where part.names.contains(name) && m?.members[name] == nil {
        m?.set(name, value)
      }
      return found.members[name]
    }
  }
}
