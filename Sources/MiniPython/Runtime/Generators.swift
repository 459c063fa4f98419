/// Generators: frames that run on demand.
extension Interpreter {
  /// Thrown to leave the loop when a generator hands out a value; never seen by programs.
  struct Yielded: Error, @unchecked Sendable {
    var value: Value
    var keepsTop = false
  }

  /// Runs a generator to its next value, or `nil` where it ends.
  func resume(
    _ generator: GeneratorObject, sending value: Value, raising: InstanceObject? = nil
  ) throws -> Value? {
    if generator.isFinished {
      if let raising { throw Raise(raising) }
      // What it returned was told once.
      generator.result = .none
      return nil
    }
    guard !generator.isRunning else { throw Raise.value("generator already executing") }
    generator.isRunning = true
    defer { generator.isRunning = false }
    let frame = generator.frame
    if generator.hasStarted {
      if !generator.isInYieldFrom {
        frame.push(value)
      } else if raising == nil {
        if case .none = value {} else { frame.sent = value }
      }
    } else {
      generator.hasStarted = true
      if case .none = value {
      } else {
        throw Raise.type("can't send non-None value to a just-started generator")
      }
    }
    do {
      if let raising {
        // Raised where the generator waits; inside a `yield from`, where the inner one waits.
        if frame.pc == 0 {
          generator.isFinished = true
          raising.exception?.traceback.append(
            TracebackEntry(function: frame.code.name, span: frame.code.firstSpan, anchors: nil))
          throw Raise(raising)
        }
        if generator.isInYieldFrom, let inner = frame.peek(1).object as? GeneratorObject, !inner.isFinished {
          do {
            if let value = try resume(inner, sending: .none, raising: raising) { return value }
            // The inner one ended: on with what it returned.
            generator.isInYieldFrom = false
            _ = frame.pop()
            frame.push(inner.result)
            frame.pc += 1
          } catch let raise as Raise {
            frame.pending = raise.exception
          }
        } else {
          frame.pending = raising
        }
      }
      generator.result = try execute(frame)
      generator.isFinished = true
      return nil
    } catch let yielded as Yielded {
      generator.isInYieldFrom = yielded.keepsTop
      return yielded.value
    } catch {
      generator.isFinished = true
      // A generator ends by returning; the exception that says so elsewhere is an error here.
      if let raise = error as? Raise,
        raise.exception.classObject.isSubclass(of: Exceptions.type("StopIteration"))
      {
        let e = Exceptions.make("RuntimeError", "generator raised StopIteration")
        e.exception?.cause = raise.exception
        e.exception?.context = raise.exception
        e.exception?.suppressesContext = true
        throw Raise(e)
      }
      throw error
    }
  }
}
