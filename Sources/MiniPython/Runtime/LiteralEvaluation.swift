internal import BigInt

/// `ast.literal_eval`: the value that a text of literals stands for.
extension Interpreter {
  func literal(_ v: Value) throws -> Value {
    guard let text = v.object as? StringObject else {
      throw Raise.value("malformed node or string: \(try repr(v))")
    }
    let trimmed = String(text.value.drop { $0 == " " || $0 == "\t" })
    let read: [StatementNode]
    do { read = try Parser.program(Array(trimmed.utf8)).body } catch let problem as SyntaxProblem {
      throw Raise.named("SyntaxError", "\(problem.message) (<unknown>, line \(problem.span.line))")
    }
    guard let first = read.first, read.count == 1, case .expression(let e) = first.kind else {
      throw Raise.named("SyntaxError", "invalid syntax (<unknown>, line 1)")
    }
    return try literal(e)
  }

  private func literal(_ e: Expression) throws -> Value {
    switch e.kind {
    case .none: return .none
    case .true: return .bool(true)
    case .false: return .bool(false)
    case .ellipsis: return .object(Types.ellipsis)
    case .integer(let k): return .int(k)
    case .bigInteger(let b): return Integers.value(b)
    case .float(let d): return .float(d)
    case .imaginary(let d): return .object(ComplexObject(0, d))
    case .bytes(let b): return .object(BytesObject(b))
    case .string(let s): return .string(s)
    case .tuple(let items): return .tuple(try items.map(literal))
    case .list(let items): return .list(try items.map(literal))
    case .set(let items):
      let made = SetObject()
      for item in items { try made.add(literal(item), self) }
      return .object(made)
    case .dictionary(let pairs):
      let made = DictObject()
      for (key, value) in pairs {
        guard let key else { throw malformed(e, "Dict") }
        try made.set(literal(key), literal(value), self)
      }
      return .object(made)
    case .unary(let op, let inner) where (op == "-" || op == "+") && inner.isSignedNumber:
      return try unary(op == "-" ? 0 : 1, literal(inner))
    case .binary(let op, let left, let right) where op == "+" || op == "-":
      guard left.isSignedNumber, case .imaginary = right.kind else { throw malformed(e, "BinOp") }
      return try binary(op == "+" ? 0 : 1, literal(left), literal(right))
    case .call(let f, let given):
      if case .name("set") = f.kind, given.isEmpty { return .object(SetObject()) }
      throw malformed(e, "Call")
    case .name: throw malformed(e, "Name")
    case .attribute: throw malformed(e, "Attribute")
    case .subscripted: throw malformed(e, "Subscript")
    case .binary: throw malformed(e, "BinOp")
    case .unary: throw malformed(e, "UnaryOp")
    case .comprehension: throw malformed(e, "ListComp")
    case .compare: throw malformed(e, "Compare")
    case .joined: throw malformed(e, "JoinedStr")
    default: throw malformed(e, "Expression")
    }
  }

  private func malformed(_ e: Expression, _ kind: String) -> Raise {
    Raise.value("malformed node or string on line \(e.span.line): <ast.\(kind) object>")
  }
}
