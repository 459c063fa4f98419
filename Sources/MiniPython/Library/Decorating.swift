extension Interpreter {
  /// A function that stands for another: it shows the other's name and help, as `functools.wraps` makes it.
  public func standing(
    for function: Value, _ body: @escaping (Arguments, Interpreter) throws -> Value
  ) throws -> Value {
    let name = try (attribute(function, "__name__")?.object as? StringObject)?.value ?? "inner"
    return try FunctoolsModule.wrap(.object(NativeFunction(name, isMethod: true, body)), as: function, self)
  }

  /// A function that runs another inside a context, made for each call.
  public func decorating(
    _ function: Value, in context: @escaping (Interpreter) throws -> Value
  ) throws -> Value {
    try standing(for: function) { a, i in
      let manager = try context(i)
      _ = try i.enterContext(manager)
      let result: Value
      do { result = try i.call(function, a) } catch let raise as Raise {
        if try i.exitContext(manager, raise.exception) { return .none }
        throw raise
      } catch {
        _ = try i.exitContext(manager, nil)
        throw error
      }
      _ = try i.exitContext(manager, nil)
      return result
    }
  }
}
