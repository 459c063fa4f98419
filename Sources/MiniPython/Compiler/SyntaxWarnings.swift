/// What is valid but surely not meant: CPython warns before the program runs.
struct SyntaxNote {
  var line: Int32
  var message: String
}

extension Compiler {
  private func warn(_ message: String, _ at: Span) {
    globals.notes.append(SyntaxNote(line: at.line, message: message))
  }

  /// `x is 5`.
  func checkIdentity(_ first: Expression, _ rest: [(op: String, right: Expression)], _ at: Span) {
    var left = first
    for (op, right) in rest {
      if op == "is" || op == "is not", left.isLiteral || right.isLiteral {
        warn("\"\(op)\" with a literal. Did you mean \"\(op == "is" ? "==" : "!=")\"?", at)
        return  // Once for a chain, as CPython; a chain of thousands would say it thousands of times.
      }
      left = right
    }
  }

  /// `assert (x, "message")`.
  func checkAssertion(_ test: Expression, _ at: Span) {
    guard case .tuple(let items) = test.kind, !items.isEmpty else { return }
    warn("assertion is always true, perhaps remove parentheses?", at)
  }

  /// `[1, 2] (3, 4)`.
  func checkCalled(_ f: Expression, _ at: Span) {
    switch f.kind {
    case .tuple, .list, .dictionary, .set, .comprehension, .joined, .integer, .bigInteger, .float, .imaginary,
      .string, .bytes, .true, .false, .none, .ellipsis:
      warn("'\(f.literalType ?? "object")' object is not callable; perhaps you missed a comma?", at)
    default: break
    }
  }

  /// `1 [0]`, `[1, 2] [3, 4]`.
  func checkSubscripted(_ base: Expression, _ index: Expression, _ at: Span) {
    switch base.kind {
    case .unary, .binary:
      guard let type = base.literalType else { return }
      return warn("'\(type)' object is not subscriptable; perhaps you missed a comma?", at)
    case .none, .true, .false, .ellipsis, .integer, .bigInteger, .float, .imaginary, .set, .lambda:
      return warn(
        "'\(base.literalType ?? "object")' object is not subscriptable; perhaps you missed a comma?", at)
    case .comprehension(let c) where c.kind == .set || c.kind == .generator:
      return warn(
        "'\(base.literalType ?? "object")' object is not subscriptable; perhaps you missed a comma?", at)
    case .string, .bytes, .tuple, .list, .joined, .comprehension:
      if case .dictionary = base.comprehensionKind { return }
      guard let type = index.literalType, type != "int", type != "bool", type != "slice" else { return }
      warn(
        "\(base.literalType ?? "object") indices must be integers or slices, not \(type); perhaps you missed a comma?",
        at)
    default: return
    }
  }
}

extension Expression {
  fileprivate var comprehensionKind: Comprehension.Kind? {
    if case .comprehension(let c) = kind { c.kind } else { nil }
  }

  /// What CPython works out while it compiles.
  var isConstant: Bool { isLiteral || isSingleton }

  /// A constant that `is` has no business with.
  fileprivate var isLiteral: Bool {
    switch kind {
    case .integer, .bigInteger, .float, .imaginary, .string, .bytes: return true
    case .unary, .binary: return isNumber
    case .tuple(let items): return items.allSatisfy { $0.isLiteral || $0.isSingleton }
    default: return false
    }
  }
  /// Arithmetic on numbers, which CPython does beforehand.
  private var isNumber: Bool {
    switch kind {
    case .integer, .bigInteger, .float, .imaginary: return true
    case .true, .false: return false
    case .unary(let op, let inner): return op != "not" && inner.isNumber
    case .binary(_, let left, let right): return depth < 20 && left.isNumber && right.isNumber
    default: return false
    }
  }
  private var isSingleton: Bool {
    switch kind {
    case .none, .true, .false, .ellipsis: true
    default: false
    }
  }

  /// The type that its spelling settles.
  fileprivate var literalType: String? {
    switch kind {
    case .none: return "NoneType"
    case .true, .false: return "bool"
    case .ellipsis: return "ellipsis"
    case .integer, .bigInteger: return "int"
    case .float: return "float"
    case .imaginary: return "complex"
    case .string, .joined: return "str"
    case .bytes: return "bytes"
    case .tuple: return "tuple"
    case .list: return "list"
    case .set: return "set"
    case .dictionary: return "dict"
    case .slice: return "slice"
    case .lambda: return "function"
    case .unary("not", let inner): return inner.isLiteral || inner.isSingleton ? "bool" : nil
    case .unary(_, let inner): return inner.isNumber ? inner.literalType : nil
    case .binary(let op, let left, let right):
      guard isNumber else { return nil }
      let types = [left.literalType, right.literalType]
      return types.contains("complex") ? "complex" : types.contains("float") || op == "/" ? "float" : "int"
    case .comprehension(let c):
      switch c.kind {
      case .list: return "list"
      case .set: return "set"
      case .dictionary: return "dict"
      case .generator: return "generator"
      }
    default: return nil
    }
  }
}
