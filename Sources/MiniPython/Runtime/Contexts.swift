/// Context managers and the raising of exceptions.
extension Interpreter {
  func enterContext(_ manager: Value) throws -> Value {
    if manager.object is InstanceObject {
      let type = type(of: manager)
      if type.lookup("__enter__") != nil, type.lookup("__exit__") == nil {
        throw Raise.type(
          "'\(typeName(manager))' object does not support the context manager protocol (missed __exit__ method)"
        )
      }
      if let result = try callMethod(manager, "__enter__") { return result }
    } else if let result = try manager.object?.enter(self) {
      return result
    }
    throw Raise.type("'\(typeName(manager))' object does not support the context manager protocol")
  }

  func exitContext(_ manager: Value, _ exception: InstanceObject?) throws -> Bool {
    if manager.object is InstanceObject {
      let arguments: [Value] =
        exception.map { [.object($0.classObject), .object($0), .none] } ?? [.none, .none, .none]
      guard let result = try callMethod(manager, "__exit__", Arguments(arguments)) else { return false }
      return try isTrue(result)
    }
    return try manager.object?.exit(exception, self) ?? false
  }

  func raise(_ value: Value?, _ cause: Value?, _ frame: Frame) throws -> Raise {
    guard let value else {
      for f in frames.reversed() {
        if let handled = f.handled.last {
          handled.exception?.isReraised = f === frame
          return Raise(handled)
        }
      }
      return .runtime("No active exception to reraise")
    }
    func exception(_ v: Value) throws -> InstanceObject? {
      if let e = v.object as? InstanceObject, e.isException { return e }
      if let c = v.object as? ClassObject, c.isSubclass(of: Exceptions.base) {
        return try instantiate(c, Arguments()).object as? InstanceObject
      }
      return nil
    }
    guard let made = try exception(value) else { return .type("exceptions must derive from BaseException") }
    if let cause {
      made.exception?.suppressesContext = true
      if case .none = cause {
      } else {
        guard let source = try exception(cause) else {
          return .type("exception causes must derive from BaseException")
        }
        made.exception?.cause = source
      }
    }
    return Raise(made)
  }

  func matches(_ exception: InstanceObject, _ type: Value) throws -> Bool {
    if let c = type.object as? ClassObject, c.isSubclass(of: Exceptions.base) {
      return exception.classObject.isSubclass(of: c)
    }
    if let tuple = type.object as? TupleObject {
      return try tuple.items.contains { try matches(exception, $0) }
    }
    throw Raise.type("catching classes that do not inherit from BaseException is not allowed")
  }
}
