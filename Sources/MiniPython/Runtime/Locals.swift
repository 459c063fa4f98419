/// The variables of what is being run, as `locals()`, `vars()` and `dir()` give them.
extension Interpreter {
  /// Of the innermost call or class body, in CPython's order; `nil` at the level of the module.
  var localVariables: [(name: String, value: Value)]? {
    frames.last.flatMap(localVariables)
  }

  func localVariables(of frame: Frame) -> [(name: String, value: Value)]? {
    let code = frame.code
    guard code.name != "<module>" else { return nil }
    if code.isClassBody {
      let module = code.library ?? "__main__"
      return [("__module__", .string(module)), ("__qualname__", .string(code.qualifiedName))]
        + frame.classOrder.compactMap { name in frame.classNames[name].map { (name, $0) } }
    }
    var out: [(name: String, value: Value)] = []
    func add(_ name: String, _ value: Value) {
      if case .unassigned = value { return }
      out.append((name, value))
    }
    for (k, name) in code.localNames.enumerated() {
      // A parameter that functions inside use lies in its cell.
      let cell = code.parameterCells.first { $0.local == k }?.cell
      add(name, cell.map { frame.cells[$0].value } ?? frame.slots[k])
    }
    let parameters = Set(code.parameterCells.map(\.cell))
    for (k, name) in code.cellNames.enumerated()
    where !parameters.contains(k) && frame.cells.indices.contains(k) {
      add(name, frame.cells[k].value)
    }
    if code.usesClass, let c = frame.definingClass { add("__class__", .object(c)) }
    return out
  }

  /// `dir(value)`
  public func namesOf(_ v: Value) throws -> Value {
    if v.object?.answersDunders == true, let made = try callMethod(v, "__dir__") {
      return .list(try Methods.sort(try array(made), Arguments(), self))
    }
    if let c = v.object as? ClassObject {
      return .list(
        Set(c.mro.flatMap(\.attributeOrder) + slots(c) + DunderNames.of(c)).sorted().map(Value.string))
    }
    let type = type(of: v)
    let special =
      v.object is ModuleObject
      ? ["doc", "loader", "name", "package", "spec"].map { "__\($0)__" } : DunderNames.of(type)
    let names = Set(
      (v.object?.attributeNames ?? []) + type.mro.flatMap(\.attributeOrder) + slots(type) + special)
    return .list(names.sorted().map(Value.string))
  }

  private func slots(_ c: ClassObject) -> [String] { c.mro.flatMap { $0.ownSlots ?? [] } }
}
