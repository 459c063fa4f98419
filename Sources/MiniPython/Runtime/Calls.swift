/// Calls of functions and methods.
extension Interpreter {
  /// Calls a value. Natively nested: used by the host and by what is not a plain function.
  public func call(_ function: Value, _ arguments: Arguments = Arguments()) throws -> Value {
    guard let object = function.object else {
      throw Raise.type("'\(typeName(function))' object is not callable")
    }
    if object.answersDunders, let method = type(of: function).lookup("__call__") {
      return try call(method, arguments.prepending(function))
    }
    return try object.call(arguments, self)
  }

  /// Calls a method by name; `nil` where there is none.
  public func callMethod(
    _ value: Value, _ name: String, _ arguments: Arguments = Arguments()
  ) throws -> Value? {
    guard let method = lookup(name, in: type(of: value)) else { return nil }
    switch method.object {
    case is FunctionObject: return try call(method, arguments.prepending(value))
    case let native as NativeFunction where native.isMethod:
      return try native.body(arguments.prepending(value), self)
    default: return try call(bind(method, to: value, type(of: value)), arguments)
    }
  }

  func run(function: FunctionObject, _ arguments: Arguments) throws -> Value {
    let frame = try frame(for: function, arguments)
    if function.code.isGenerator {
      return .object(GeneratorObject(frame, frame.code.handlers.isEmpty ? nil : finalizers))
    }
    observeParameters(frame)
    return try execute(frame)
  }

  /// A frame with the arguments in place, or CPython's complaint.
  func frame(for function: FunctionObject, _ arguments: Arguments) throws -> Frame {
    let code = function.code
    let signature = code.signature
    let frame = frames.takeSpare(for: function, code)
    frame.function = function
    let given = arguments.positional.count
    let fits = min(given, signature.positionalCount)
    for k in 0..<fits { frame.slots[k] = arguments.positional[k] }
    let named = signature.positionalCount + signature.keywordOnlyCount
    if given > signature.positionalCount, !signature.hasStar { throw tooMany(function, given) }
    if signature.hasStar { frame.slots[named] = .tuple(Array(arguments.positional.dropFirst(fits))) }
    let extra = signature.hasDoubleStar ? DictObject() : nil
    for (name, value) in arguments.keywords {
      if let k = signature.names.firstIndex(of: name), k < named, k >= signature.positionalOnly {
        guard case .unassigned = frame.slots[k] else {
          throw Raise.type("\(code.qualifiedName)() got multiple values for argument '\(name)'")
        }
        frame.slots[k] = value
      } else if let extra {
        extra.set(.string(name), .string(name), value)
      } else {
        throw unexpected(name, code, arguments)
      }
    }
    if let extra { frame.slots[named + (signature.hasStar ? 1 : 0)] = .object(extra) }
    var missing: [String] = []
    for k in fits..<max(fits, signature.positionalCount) {
      guard case .unassigned = frame.slots[k] else { continue }
      let fromEnd = signature.positionalCount - k
      if fromEnd <= function.defaults.count {
        frame.slots[k] = function.defaults[function.defaults.count - fromEnd]
      } else {
        missing.append(signature.names[k])
      }
    }
    if !missing.isEmpty { throw missingArguments(code.qualifiedName, missing, "positional") }
    for k in signature.positionalCount..<max(named, signature.positionalCount) {
      guard case .unassigned = frame.slots[k] else { continue }
      if let value = function.keywordDefaults[signature.names[k]] {
        frame.slots[k] = value
      } else {
        missing.append(signature.names[k])
      }
    }
    if !missing.isEmpty { throw missingArguments(code.qualifiedName, missing, "keyword-only") }
    for pair in code.parameterCells {
      frame.cells[pair.cell].value = frame.slots[pair.local]
    }
    return frame
  }

  func missingArguments(_ function: String, _ names: [String], _ kind: String) -> Raise {
    Arguments.missing(function, names, kind)
  }

  private func unexpected(_ name: String, _ code: Code, _ arguments: Arguments) -> Raise {
    let placed = code.signature.names.prefix(code.signature.positionalOnly).filter {
      arguments.keyword($0) != nil
    }
    if placed.isEmpty {
      return Raise.type("\(code.qualifiedName)() got an unexpected keyword argument '\(name)'")
    }
    let list = placed.joined(separator: ", ")
    return Raise.type(
      "\(code.qualifiedName)() got some positional-only arguments passed as keyword arguments: '\(list)'")
  }

  private func tooMany(_ function: FunctionObject, _ given: Int) -> Raise {
    let signature = function.code.signature
    let most = signature.positionalCount
    let least = most - function.defaults.count
    let takes = least < most ? "from \(least) to \(most)" : "\(most)"
    let was = given == 1 ? "was" : "were"
    let s = most == 1 && least == most ? "" : "s"
    return .type(
      "\(function.code.qualifiedName)() takes \(takes) positional argument\(s) but \(given) \(was) given")
  }
}
