import Autograd
import MiniPython

/// The dictionaries `_parameters`, `_buffers` and `_modules` of a module.
///
/// Law: what a program writes there, the module has; what the module gets, they show, as the same objects.
extension ModuleInstance {
  enum Table: Int, CaseIterable {
    case parameters = 1
    case buffers, modules

    init?(_ name: String) {
      switch name {
      case "_parameters": self = .parameters
      case "_buffers": self = .buffers
      case "_modules": self = .modules
      default: return nil
      }
    }
  }

  /// The dictionary that a program sees, the same one each time.
  func table(_ table: Table) -> DictObject {
    if let known = tables[table] {
      // The core may have changed by itself, as lazy modules do.
      if !isTableWritten { known.show(entries(table)) }
      return known
    }
    let made = DictObject()
    made.belong(to: self, part: table.rawValue)
    made.show(entries(table))
    tables[table] = made
    return made
  }

  private func entries(_ table: Table) -> [Entry] {
    switch table {
    case .parameters: parameters
    case .buffers: buffers
    case .modules: children
    }
  }

  /// Brings the dictionaries up to date after the module changed.
  func refreshTables() {
    guard !tables.isEmpty, !isTableWritten else { return }
    for (table, known) in tables { known.show(entries(table)) }
  }

  /// A program wrote to a table, or took a name out of it. As there, nothing is checked.
  func write(_ name: String, _ value: Value?, to table: Table) {
    let outer = isTableWritten
    isTableWritten = true
    defer { isTableWritten = outer }
    guard let value else {
      switch table {
      case .parameters: if has(.parameter, name) { drop(name) }
      case .buffers: if has(.buffer, name) { drop(name) }
      case .modules: if has(.child, name) { drop(name) }
      }
      return
    }
    switch table {
    case .parameters: if value.isNone || value.object is TensorObject { putParameter(name, value) }
    case .buffers: if value.isNone || value.object is TensorObject { putBuffer(name, value) }
    case .modules: if value.isNone || value.object is ModuleInstance { adopt(name, value) }
    }
  }

  /// `self._modules = {…}`: the entries of a program's dictionary in the place of those that are there.
  func fill(_ table: Table, _ given: DictObject) {
    guard given !== tables[table] else { return }
    let new = zip(given.keys, given.values).compactMap { key, value in
      (key.object as? StringObject).map { (name: $0.value, value: value) }
    }
    for (name, _) in entries(table) where !new.contains(where: { $0.name == name }) {
      write(name, nil, to: table)
    }
    for (name, value) in new { write(name, value, to: table) }
    refreshTables()
  }
}
