/// Objects whose last reference is gone and whose `__del__` or `finally` has yet to run.
///
/// It runs before the next statement of the program: what goes away in the middle of an instruction must not begin
/// another one.
final class Finalizers {
  private(set) var isWaiting = false
  /// Whether the program has ever defined a `__del__`.
  var isUsed = false
  private var waiting: [Object] = []

  func add(_ object: Object) {
    waiting.append(object)
    isWaiting = true
    isUsed = true
  }

  func next() -> Object? {
    guard !waiting.isEmpty else { return nil }
    let first = waiting.removeFirst()
    isWaiting = !waiting.isEmpty
    return first
  }
}

extension Interpreter {
  func runFinalizers() throws {
    while let object = finalizers.next() {
      do {
        if let generator = object as? GeneratorObject {
          try close(generator)
        } else if let method = type(of: .object(object)).lookup("__del__") {
          _ = try call(method, Arguments([.object(object)]))
        }
      } catch let raise as Raise {
        let name =
          object is GeneratorObject ? "generator" : "\(type(of: .object(object)).qualifiedName).__del__"
        errors(
          "Exception ignored in: <function \(name)>\n"
            + tracebackParts(raise.exception, chains: true).joined())
      }
    }
  }

  /// At the end of a program its variables go, one after the other.
  func finalizeGlobals() {
    guard finalizers.isUsed else { return }
    try? runFinalizers()
    let isPrivate = globalNames.names.map { $0.hasPrefix("_") && !$0.hasPrefix("__") }
    for first in [true, false] {
      for k in globals.indices where k < isPrivate.count && isPrivate[k] == first {
        guard
          globals[k].object is InstanceObject || globals[k].object is GeneratorObject
            || globals[k].object is ListObject || globals[k].object is DictObject
        else { continue }
        globals[k] = .unassigned
        try? runFinalizers()
      }
    }
  }
}

extension Interpreter {
  /// `generator.close()`.
  func close(_ generator: GeneratorObject) throws {
    guard generator.hasStarted, !generator.isFinished else {
      generator.isFinished = true
      return
    }
    let exit = Exceptions.make(Exceptions.type("GeneratorExit"), [])
    do {
      if try resume(generator, sending: .none, raising: exit) != nil {
        throw Raise.runtime("generator ignored GeneratorExit")
      }
    } catch let raise as Raise where raise.exception === exit {}
  }
}
