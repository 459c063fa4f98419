import MiniPython
import Synchronization

/// Classes that differ in their names alone, as those of graph nodes do: one a name, made when first asked for.
///
/// Law: however often a program asks, there are no more classes than names. All threads share them, as all built-in
/// classes.
final class ClassTable: Sendable {
  private let base: @Sendable () -> ClassObject
  private let module: String
  private struct Known: @unchecked Sendable { var classes: [String: ClassObject] = [:] }
  private let known = Mutex(Known())

  init(_ base: @autoclosure @escaping @Sendable () -> ClassObject, module: String) {
    self.base = base
    self.module = module
  }

  subscript(name: String) -> ClassObject {
    known.withLock { known in
      if let there = known.classes[name] { return there }
      let made = ClassObject(name, bases: [base()], module: module)
      known.classes[name] = made
      return made
    }
  }
}
