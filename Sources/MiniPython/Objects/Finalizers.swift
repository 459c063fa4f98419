/// Objects whose last reference is gone and whose `__del__` or `finally` has yet to run.
///
/// It runs before the next statement of the program: what goes away in the middle of an instruction must not begin
/// another one.
final class Finalizers {
  private(set) var isWaiting = false
  /// Whether the program has ever defined a `__del__`.
  var isUsed = false
  private var waiting: [Object] = []
  /// What `weakref.ref(x, callback)` wants called once an object is gone.
  private var watched: [ObjectIdentifier: [(reference: WeakHandle, callback: Value)]] = [:]
  private var calls: [(reference: WeakHandle, callback: Value)] = []

  /// A reference that is itself gone calls nobody.
  final class WeakHandle {
    weak var object: Object?
    init(_ object: Object) { self.object = object }
  }

  func watch(_ object: Object, _ reference: Object, _ callback: Value) {
    watched[ObjectIdentifier(object), default: []].append((WeakHandle(reference), callback))
    isUsed = true
  }

  /// An object goes; of several references the latest is called first.
  func gone(_ object: ObjectIdentifier) {
    guard !watched.isEmpty, let found = watched.removeValue(forKey: object) else { return }
    calls += found.reversed()
    isWaiting = true
  }

  func nextCall() -> (Value, Value)? {
    while !calls.isEmpty {
      let first = calls.removeFirst()
      if let reference = first.reference.object { return (first.callback, .object(reference)) }
    }
    isWaiting = !waiting.isEmpty
    return nil
  }

  func add(_ object: Object) {
    waiting.append(object)
    isWaiting = true
    isUsed = true
  }

  func next() -> Object? {
    guard !waiting.isEmpty else { return nil }
    let first = waiting.removeFirst()
    isWaiting = !waiting.isEmpty || !calls.isEmpty
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
    while let (callback, reference) = finalizers.nextCall() {
      do { _ = try call(callback, Arguments([reference])) } catch let raise as Raise {
        errors(
          "Exception ignored in: \((try? repr(callback)) ?? "")\n"
            + tracebackParts(raise.exception, chains: true).joined())
      }
    }
  }

  /// What `atexit` holds, the latest first.
  func runExitCalls() {
    while let last = exitCalls.popLast() {
      do { _ = try call(last) } catch let raise as Raise {
        errors(
          "Exception ignored in atexit callback: \((try? repr(last)) ?? "")\n"
            + tracebackParts(raise.exception, chains: true).joined())
      } catch { return }
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
