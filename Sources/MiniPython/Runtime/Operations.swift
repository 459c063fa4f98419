internal import BigInt

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

func power(_ a: Double, _ b: Double) -> Double { pow(a, b) }

/// Operators.
extension Interpreter {
  @inline(__always)
  func binary(_ op: Int, _ left: Value, _ right: Value) throws -> Value {
    switch (left, right) {
    case (.int(let a), .int(let b)):
      switch op {
      case 0:
        let (r, o) = a.addingReportingOverflow(b)
        if !o { return .int(r) }
      case 1:
        let (r, o) = a.subtractingReportingOverflow(b)
        if !o { return .int(r) }
      case 2:
        let (r, o) = a.multipliedReportingOverflow(by: b)
        if !o { return .int(r) }
      default: break
      }
    case (.float(let a), .float(let b)):
      switch op {
      case 0: return .float(a + b)
      case 1: return .float(a - b)
      case 2: return .float(a * b)
      default: break
      }
    default: break
    }
    return try slowBinary(op, left, right)
  }

  private func slowBinary(_ op: Int, _ left: Value, _ right: Value) throws -> Value {
    let name = Operators.names[op]
    // A host's number-like objects have no other meaning: tensors are asked at once.
    if case .object(let a) = left, a.isArithmetic, right.object?.answersDunders != true,
      let result = try a.binary(name, right, self)
    {
      return result
    }
    if left.object?.answersDunders == true || right.object?.answersDunders == true {
      if let result = try extended(op, name, left, right) { return result }
    }
    if let result = try numeric(op, left, right) { return result }
    if let result = try sequence(op, left, right) { return result }
    // A subclass on the right is asked first, as in Python.
    if let a = left.object, let result = try a.binary(name, right, self) { return result }
    if let result = try dunder(left, name, right, prefix: "") { return result }
    if let b = right.object, let result = try b.reflected(name, left, self) { return result }
    if let result = try dunder(right, name, left, prefix: "r") { return result }
    if left.object is StringObject, op == 0 {
      throw Raise.type("can only concatenate str (not \"\(typeName(right))\") to str")
    }
    if left.object is ListObject, op == 0 {
      throw Raise.type("can only concatenate list (not \"\(typeName(right))\") to list")
    }
    if left.object is TupleObject, op == 0 {
      throw Raise.type("can only concatenate tuple (not \"\(typeName(right))\") to tuple")
    }
    if op == 2 {
      for (items, count) in [(left, right), (right, left)]
      where items.object is StringObject || items.object is ListObject || items.object is TupleObject {
        // What could be a number says itself why it is none.
        _ = try count.object?.toIndex(self)
        throw Raise.type("can't multiply sequence by non-int of type '\(typeName(count))'")
      }
    }
    let shown = op == 6 ? "** or pow()" : name
    if op == 12, (left.object as? NativeFunction)?.name == "print" {
      throw Raise.type(
        "unsupported operand type(s) for >>: '\(typeName(left))' and '\(typeName(right))'. Did you mean \"print(<message>, file=<output_stream>)\"?"
      )
    }
    throw Raise.type("unsupported operand type(s) for \(shown): '\(typeName(left))' and '\(typeName(right))'")
  }

  /// Operands of the program's classes: the class of the right one is asked first where it extends the left's.
  private func extended(_ op: Int, _ name: String, _ left: Value, _ right: Value) throws -> Value? {
    let (a, b) = (type(of: left), type(of: right))
    if b !== a, b.isSubclass(of: a), right.object?.answersDunders == true,
      let result = try dunder(right, name, left, prefix: "r")
    {
      return result
    }
    if let object = left.object, object.answersDunders {
      if let result = try object.binary(name, right, self) { return result }
      if let result = try dunder(left, name, right, prefix: "") { return result }
    }
    switch left.object {
    case nil, is StringObject, is ListObject, is TupleObject, is DictObject, is SetObject, is BytesObject:
      if right.object?.answersDunders == true, let result = try dunder(right, name, left, prefix: "r") {
        return result
      }
    default: break
    }
    let (x, y) = (left.unboxed, right.unboxed)
    if x.object !== left.object || y.object !== right.object {
      if let result = try numeric(op, x, y) ?? sequence(op, x, y) { return result }
    }
    return nil
  }

  private func dunder(_ receiver: Value, _ op: String, _ other: Value, prefix: String) throws -> Value? {
    guard receiver.object?.answersDunders == true, let name = Operators.dunders[op],
      let result = try callMethod(receiver, "__\(prefix)\(name)__", Arguments([other])),
      result.object !== Types.notImplemented
    else { return nil }
    return result
  }

  /// Numbers with numbers.
  func numeric(_ op: Int, _ left: Value, _ right: Value) throws -> Value? {
    if let a = Integers.big2(left), let b = Integers.big2(right) {
      if case .bool(let x) = left, case .bool(let y) = right, (8...10).contains(op) {
        return .bool(op == 8 ? x && y : op == 9 ? x || y : x != y)
      }
      if case .small(let x) = a, case .small(let y) = b, let result = try small(op, x, y) { return result }
      return try Integers.binary(op, a.big, b.big)
    }
    guard isNumber(left), isNumber(right), let a = try floating(left), let b = try floating(right) else {
      return nil
    }
    switch op {
    case 0: return .float(a + b)
    case 1: return .float(a - b)
    case 2: return .float(a * b)
    case 3:
      if b == 0 { throw Raise.named("ZeroDivisionError", "float division by zero") }
      return .float(a / b)
    case 4:
      if b == 0 { throw Raise.named("ZeroDivisionError", "float floor division by zero") }
      return .float(floorDivision(a, b).0)
    case 5:
      if b == 0 { throw Raise.named("ZeroDivisionError", "float modulo") }
      return .float(floorDivision(a, b).1)
    case 6:
      if a == 0, b < 0 { throw Raise.named("ZeroDivisionError", "0.0 cannot be raised to a negative power") }
      if a < 0, b != b.rounded() {
        return .object(try ComplexObject.power(ComplexObject(a, 0), ComplexObject(b, 0)))
      }
      let r = pow(a, b)
      if r.isInfinite, a.isFinite, b.isFinite {
        throw Raise.named("OverflowError", "(34, 'Numerical result out of range')")
      }
      return .float(r)
    default: return nil
    }
  }

  private func small(_ op: Int, _ a: Int, _ b: Int) throws -> Value? {
    switch op {
    case 0:
      let (r, o) = a.addingReportingOverflow(b)
      return o ? nil : .int(r)
    case 1:
      let (r, o) = a.subtractingReportingOverflow(b)
      return o ? nil : .int(r)
    case 2:
      let (r, o) = a.multipliedReportingOverflow(by: b)
      return o ? nil : .int(r)
    case 3:
      if b == 0 { throw Raise.named("ZeroDivisionError", "division by zero") }
      // Beyond 2**53 the two would be rounded before they are divided.
      if a.magnitude > 1 << 53 || b.magnitude > 1 << 53 {
        return .float(ExactNumbers.ratio(BigInt(a), BigInt(b)))
      }
      return .float(Double(a) / Double(b))
    case 4, 5:
      if b == 0 {
        throw Raise.named(
          "ZeroDivisionError", op == 4 ? "integer division or modulo by zero" : "integer modulo by zero")
      }
      if b == -1 { return op == 5 ? .int(0) : a == Int.min ? nil : .int(-a) }
      let (q, r) = a.quotientAndRemainder(dividingBy: b)
      let adjusts = r != 0 && (r < 0) != (b < 0)
      return .int(op == 4 ? (adjusts ? q - 1 : q) : (adjusts ? r + b : r))
    case 6:
      if b < 0 {
        if a == 0 { throw Raise.named("ZeroDivisionError", "0.0 cannot be raised to a negative power") }
        return .float(pow(Double(a), Double(b)))
      }
      return nil
    case 8: return .int(a & b)
    case 9: return .int(a | b)
    case 10: return .int(a ^ b)
    case 12: return b < 0 ? nil : .int(b > 63 ? (a < 0 ? -1 : 0) : a >> b)
    case 11: return b >= 0 && b < 62 && a.magnitude < UInt(1) << UInt(62 - b) ? .int(a << b) : nil
    default: return nil
    }
  }

  func floorDivision(_ a: Double, _ b: Double) -> (Double, Double) {
    var r = fmod(a, b)
    var q = (a - r) / b
    if r != 0 {
      if (r < 0) != (b < 0) {
        r += b
        q -= 1
      }
    } else {
      r = b < 0 ? -0.0 : 0
    }
    let f = q.rounded(.down)
    if q == 0 { return ((a / b).sign == .minus ? -0.0 : 0, r) }
    return (q - f > 0.5 ? f + 1 : f, r)
  }

  func isNumber(_ v: Value) -> Bool {
    switch v {
    case .int, .float, .bool: true
    case .object(let o): o is BigIntObject
    default: false
    }
  }

  /// A number as a double; `nil` for what is none.
  public func floating(_ v: Value) throws -> Double? {
    switch v {
    case .int(let i): Double(i)
    case .float(let d): d
    case .bool(let b): b ? 1 : 0
    case .object(let o) where o.answersDunders:
      if let box = (o as? InstanceObject)?.payload as? BoxedNumber {
        try floating(box.value)
      } else {
        try o.toFloat(self)
      }
    case .object(let o): try o.toFloat(self)
    default: nil
    }
  }

  /// An integer for an index or a size; `nil` for what is none.
  public func index(_ v: Value) throws -> Int? {
    switch v {
    case .int(let i): i
    case .bool(let b): b ? 1 : 0
    case .object(let o):
      if let big = o as? BigIntObject {
        big.value.sign == .minus ? Int.min : Int.max
      } else {
        try ((o as? InstanceObject)?.payload as? BoxedNumber).flatMap { try index($0.value) } ?? o.toIndex(
          self)
          ?? callMethod(v, "__index__").flatMap { try index($0) }
      }
    default: nil
    }
  }

  func inPlace(_ op: Int, _ left: Value, _ right: Value) throws -> Value {
    if let object = left.object {
      if object.isArithmetic, let result = try object.inPlace(Operators.names[op], right, self) {
        return result
      }
      if object.answersDunders, let name = Operators.dunders[Operators.names[op]],
        let result = try callMethod(left, "__i\(name)__", Arguments([right])),
        result.object !== Types.notImplemented
      {
        return result
      }
      if op == 9, let dict = object as? DictObject, case .plain = dict.flavor, !(right.object is DictObject) {
        try DictMethods.update(dict, Arguments([right]), self)
        return left
      }
      if op == 9, let dict = object as? DictObject, let other = right.object as? DictObject {
        if case .plain = dict.flavor {
          for entry in other.entries {
            if let entry { try dict.set(entry.key, entry.value, self) }
          }
          return left
        }
      }
      if op == 0, let list = object as? ListObject {
        let more = try array(right)
        try checkSize(list.items.count, more.count)
        list.items += more
        return left
      }
      if op == 2, let list = object as? ListObject, let times = try index(right) {
        guard let product = try binary(2, .list(list.items), .int(times)).object as? ListObject else {
          return left
        }
        list.items = product.items
        return left
      }
      if let set = object as? SetObject, !set.isFrozen, let other = right.object as? SetObject,
        let result = try setOperation(op, set, other, inPlace: true)?.object as? SetObject
      {
        set.become(result)
        return left
      }
      if let result = try object.inPlace(Operators.names[op], right, self) { return result }
    }
    do { return try binary(op, left, right) } catch let raise as Raise {
      // CPython names the operator with its equals sign.
      if let state = raise.exception.exception,
        let text = (state.arguments.first?.object as? StringObject)?.value,
        text.hasPrefix("unsupported operand type(s) for ")
      {
        let shown = op == 6 ? "** or pow()" : Operators.names[op]
        state.arguments = [
          .string(text.replacingFirst("for \(shown):", with: "for \(Operators.names[op])=:"))
        ]
      } else if op == 2, left.object is DictObject || left.object is SetObject,
        raise.exception.exception?.text.hasPrefix("can't multiply sequence") == true
      {
        raise.exception.exception?.arguments = [
          .string("unsupported operand type(s) for *=: '\(typeName(left))' and '\(typeName(right))'")
        ]
      }
      throw raise
    }
  }

  func unary(_ op: Int, _ v: Value) throws -> Value {
    switch (op, v) {
    case (0, .int(let i)) where i != .min: return .int(-i)
    case (0, .float(let d)): return .float(-d)
    case (1, .int), (1, .float): return v
    case (2, .int(let i)): return .int(~i)
    case (_, .bool(let b)): return try unary(op, .int(b ? 1 : 0))
    default: break
    }
    if let big = Integers.big(v) { return Integers.value(op == 0 ? -big : op == 1 ? big : -big - 1) }
    if let d = v.object as? DictObject, case .counter = d.flavor, op < 2 {
      return .object(try CounterMethods.signed(d, op == 1 ? 1 : -1, self))
    }
    let name = ["-", "+", "~"][op]
    if let result = try v.object?.unary(name, self) { return result }
    if v.object?.answersDunders == true,
      let result = try callMethod(v, ["__neg__", "__pos__", "__invert__"][op])
    {
      return result
    }
    let inner = v.unboxed
    if inner.object !== v.object { return try unary(op, inner) }
    throw Raise.type("bad operand type for unary \(name): '\(typeName(v))'")
  }
}

extension Integers {
  enum Size {
    case small(Int)
    case large(BigInt)
    var big: BigInt {
      switch self {
      case .small(let i): BigInt(i)
      case .large(let b): b
      }
    }
  }
  static func big2(_ v: Value) -> Size? {
    switch v {
    case .int(let i): .small(i)
    case .bool(let b): .small(b ? 1 : 0)
    case .object(let o): (o as? BigIntObject).map { .large($0.value) }
    default: nil
    }
  }
}

extension String {
  func replacingFirst(_ part: String, with other: String) -> String {
    guard let range = firstRange(of: part) else { return self }
    return String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
  }
}
