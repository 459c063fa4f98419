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

  private func isNumber(_ v: Value) -> Bool {
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

  /// `+` and `*` on strings, lists and tuples; `%` on strings; set operators.
  private func sequence(_ op: Int, _ left: Value, _ right: Value) throws -> Value? {
    if let a = left.object as? DictObject, let b = right.object as? DictObject, case .counter = a.flavor,
      let result = try CounterMethods.operate(op, a, b, self)
    {
      return result
    }
    if op == 0 {
      if let a = left.object as? StringObject, let b = right.object as? StringObject {
        try checkSize(a.value.utf8.count, b.value.utf8.count)
        return .string(a.value + b.value)
      }
      if let a = left.object as? ListObject, let b = right.object as? ListObject {
        try checkSize(a.items.count, b.items.count)
        return .list(a.items + b.items)
      }
      if let a = left.object as? TupleObject, let b = right.object as? TupleObject {
        try checkSize(a.items.count, b.items.count)
        return .tuple(a.items + b.items)
      }
      return nil
    }
    if op == 2 {
      let isOnRight =
        right.object is StringObject || right.object is ListObject || right.object is TupleObject
      let (items, count) = isOnRight ? (right, left) : (left, right)
      guard items.object is StringObject || items.object is ListObject || items.object is TupleObject,
        let times = try index(count)
      else { return nil }
      if count.object is BigIntObject {
        throw Raise.named("OverflowError", "cannot fit 'int' into an index-sized integer")
      }
      let n = max(0, times)
      func checked(_ length: Int) throws {
        let (total, overflow) = length.multipliedReportingOverflow(by: n)
        if overflow || total > limits.elements { throw Raise.named("MemoryError", "") }
      }
      switch items.object {
      case let s as StringObject:
        try checked(s.value.utf8.count)
        return .string(String(repeating: s.value, count: n))
      case let l as ListObject:
        try checked(l.items.count)
        return .list(Array([[Value]](repeating: l.items, count: n).joined()))
      case let t as TupleObject:
        try checked(t.items.count)
        return .tuple(Array([[Value]](repeating: t.items, count: n).joined()))
      default: return nil
      }
    }
    if op == 5, let format = left.object as? StringObject {
      return .string(try percentFormat(format.value, right))
    }
    if let a = left.object as? SetObject, let b = right.object as? SetObject { return setOperation(op, a, b) }
    if op == 9, let a = left.object as? DictObject, let b = right.object as? DictObject {
      let out = a.copy()
      for entry in b.entries { if let entry { out.set(try hashKey(entry.key), entry.key, entry.value) } }
      return .object(out)
    }
    return nil
  }

  func checkSize(_ a: Int, _ b: Int) throws {
    if a + b > limits.elements { throw Raise.named("MemoryError", "") }
  }

  func setOperation(_ op: Int, _ a: SetObject, _ b: SetObject) -> Value? {
    let out = SetObject(isFrozen: a.isFrozen)
    func add(_ from: SetObject, _ keep: (HashKey) -> Bool) {
      for entry in from.items.entries {
        if let entry, let key = try? hashKey(entry.key), keep(key) { out.items.set(key, entry.key, .none) }
      }
    }
    switch op {
    case 1: add(a) { b.items.get($0) == nil }
    case 8: add(a) { b.items.get($0) != nil }
    case 9:
      add(a) { _ in true }
      add(b) { _ in true }
    case 10:
      add(a) { b.items.get($0) == nil }
      add(b) { a.items.get($0) == nil }
    default: return nil
    }
    return .object(out)
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
            if let entry { dict.set(try hashKey(entry.key), entry.key, entry.value) }
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
        let result = setOperation(op, set, other)?.object as? SetObject
      {
        set.items = result.items
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

  // MARK: Comparison

  func compare(_ op: Int, _ left: Value, _ right: Value) throws -> Value {
    switch (left, right) {
    case (.int(let a), .int(let b)): return .bool(ordered(op, a, b))
    case (.float(let a), .float(let b)): return .bool(ordered(op, a, b))
    default: break
    }
    if left.object?.answersDunders == true || right.object?.answersDunders == true {
      return try extendedCompare(op, left, right)
    }
    if let a = Integers.big(left), let b = Integers.big(right) { return .bool(ordered(op, a, b)) }
    if isNumber(left), isNumber(right) {
      // An integer and a float are compared as they are, not rounded to each other's kind.
      let order: Int?
      if case .float(let d) = right, let a = Integers.big(left) {
        order = ExactNumbers.compare(a, d)
      } else if case .float(let d) = left, let b = Integers.big(right) {
        order = ExactNumbers.compare(b, d).map { -$0 }
      } else {
        order = nil
      }
      return .bool(order.map { ordered(op, $0, 0) } ?? (op == 1))
    }
    if let a = left.object as? StringObject, let b = right.object as? StringObject {
      // By code points; Swift's own order is another.
      return .bool(
        op == 0
          ? a.value == b.value && a.scalars == b.scalars
          : op == 1 ? a.scalars != b.scalars : ordered(op, Order(a.scalars), Order(b.scalars)))
    }
    let name = Operators.comparisons[op]
    if let result = try left.object?.compare(name, right, self) { return result }
    let mirrored = [0: 0, 1: 1, 2: 4, 3: 5, 4: 2, 5: 3][op] ?? op
    if let result = try right.object?.compare(Operators.comparisons[mirrored], left, self) { return result }
    if let result = try structural(op, left, right) { return .bool(result) }
    if op == 0 { return .bool(left.isIdentical(to: right)) }
    if op == 1 { return .bool(!left.isIdentical(to: right)) }
    throw Raise.type(
      "'\(name)' not supported between instances of '\(typeName(left))' and '\(typeName(right))'")
  }

  /// Comparison where a class of the program takes part.
  private func extendedCompare(_ op: Int, _ left: Value, _ right: Value) throws -> Value {
    let name = Operators.comparisons[op]
    let mirrored = [0: 0, 1: 1, 2: 4, 3: 5, 4: 2, 5: 3][op] ?? op
    let other = Operators.comparisons[mirrored]
    func ask(_ x: Value, _ op: String, _ y: Value) throws -> Value? {
      guard let object = x.object else { return nil }
      if object.answersDunders,
        let result = try callMethod(x, "__\(Operators.dunders[op] ?? "")__", Arguments([y])),
        result.object !== Types.notImplemented
      {
        return result
      }
      return try object.compare(op, y, self)
    }
    let (a, b) = (type(of: left), type(of: right))
    let rightFirst = b !== a && b.isSubclass(of: a)
    if rightFirst, let result = try ask(right, other, left) { return result }
    if let result = try ask(left, name, right) { return result }
    if !rightFirst, let result = try ask(right, other, left) { return result }
    if op == 1 {
      if let equal = try ask(left, "==", right) ?? ask(right, "==", left) { return .bool(try !isTrue(equal)) }
    }
    let (x, y) = (left.unboxed, right.unboxed)
    let isUnboxed = x.object !== left.object || y.object !== right.object
    if isUnboxed,
      a.enumeration == nil || a.isSubclass(of: Types.int) || a.isSubclass(of: Types.str)
        || a.isSubclass(of: Types.float),
      b.enumeration == nil || b.isSubclass(of: Types.int) || b.isSubclass(of: Types.str)
        || b.isSubclass(of: Types.float)
    {
      return try compare(op, x, y)
    }
    if let s = x.object as? StringObject, let t = y.object as? StringObject {
      return .bool(ordered(op, Order(s.scalars), Order(t.scalars)))
    }
    if let result = try structural(op, left, right) { return .bool(result) }
    if op == 0 { return .bool(left.isIdentical(to: right)) }
    if op == 1 { return .bool(!left.isIdentical(to: right)) }
    throw Raise.type(
      "'\(name)' not supported between instances of '\(typeName(left))' and '\(typeName(right))'")
  }

  private func ordered<T: Comparable>(_ op: Int, _ a: T, _ b: T) -> Bool {
    switch op {
    case 0: a == b
    case 1: a != b
    case 2: a < b
    case 3: a <= b
    case 4: a > b
    default: a >= b
    }
  }

  private struct Order: Comparable {
    let scalars: [Unicode.Scalar]
    init(_ scalars: [Unicode.Scalar]) { self.scalars = scalars }
    static func < (a: Order, b: Order) -> Bool { a.scalars.lexicographicallyPrecedes(b.scalars) }
  }

  /// Containers, element by element; `nil` where the two do not go together.
  private func structural(_ op: Int, _ left: Value, _ right: Value) throws -> Bool? {
    let pair: ([Value], [Value])?
    switch (left.object, right.object) {
    case (let a as ListObject, let b as ListObject): pair = (a.items, b.items)
    case (let a as TupleObject, let b as TupleObject): pair = (a.items, b.items)
    default: pair = nil
    }
    if let (a, b) = pair {
      nesting += 1
      defer { nesting -= 1 }
      guard nesting < 200 else {
        throw Raise.named("RecursionError", "maximum recursion depth exceeded in comparison")
      }
      if op <= 1, a.count != b.count { return op == 1 }
      for (x, y) in zip(a, b) where try !equal(x, y) {
        return op <= 1 ? op == 1 : try isTrue(compare(op, x, y))
      }
      return ordered(op, a.count, b.count)
    }
    if op > 1, let a = left.object as? DictObject, let b = right.object as? DictObject,
      case .counter = a.flavor, case .counter = b.flavor
    {
      // One multiset in another: an element that is missing counts zero.
      var (less, more) = (true, true)
      for key in a.keys + b.keys {
        let hash = try hashKey(key)
        let (x, y) = (a.get(hash) ?? .int(0), b.get(hash) ?? .int(0))
        if try isTrue(compare(4, x, y)) { less = false }
        if try isTrue(compare(2, x, y)) { more = false }
      }
      return op == 3 ? less : op == 5 ? more : op == 2 ? less && !more : more && !less
    }
    if let a = left.object as? DictObject, let b = right.object as? DictObject, op <= 1 {
      var same = a.count == b.count
      for entry in a.entries where same {
        guard let entry else { continue }
        guard let other = b.get(try hashKey(entry.key)) else {
          same = false
          break
        }
        same = try equal(entry.value, other)
      }
      return same == (op == 0)
    }
    if let a = left.object as? SetObject, let b = right.object as? SetObject {
      let aInB = try a.items.keys.allSatisfy { b.items.get(try hashKey($0)) != nil }
      let bInA = try b.items.keys.allSatisfy { a.items.get(try hashKey($0)) != nil }
      switch op {
      case 0: return aInB && bInA
      case 1: return !(aInB && bInA)
      case 2: return aInB && !bInA
      case 3: return aInB
      case 4: return bInA && !aInB
      default: return bInA
      }
    }
    if let a = left.object as? RangeObject, let b = right.object as? RangeObject, op <= 1 {
      let same =
        a.count == b.count && (a.count == 0 || (a.start == b.start && (a.count == 1 || a.step == b.step)))
      return same == (op == 0)
    }
    return nil
  }

  /// `==`, identity first, as containers compare their elements.
  public func equal(_ a: Value, _ b: Value) throws -> Bool {
    if a.isIdentical(to: b) {
      if case .float(let d) = a, d.isNaN { return true }
      return true
    }
    return try isTrue(compare(0, a, b))
  }

  public func isTrue(_ v: Value) throws -> Bool {
    switch v {
    case .none, .unassigned: return false
    case .bool(let b): return b
    case .int(let i): return i != 0
    case .float(let d): return d != 0
    case .object(let o):
      switch o {
      case _ where o.extra != nil && o.answersDunders:
        if let result = try callMethod(v, "__bool__") { return try isTrue(result) }
        return try length(v) > 0
      case let s as StringObject: return !s.value.isEmpty
      case let l as ListObject: return !l.items.isEmpty
      case let t as TupleObject: return !t.items.isEmpty
      case let d as DictObject: return d.count > 0
      case let s as SetObject: return s.items.count > 0
      case let r as RangeObject: return r.count > 0
      case is InstanceObject:
        if let box = (o as? InstanceObject)?.payload as? BoxedNumber, type(of: v).lookup("__bool__") == nil {
          return try isTrue(box.value)
        }
        if let result = try callMethod(v, "__bool__") { return try isTrue(result) }
        if let result = try callMethod(v, "__len__") { return try isTrue(result) }
        return try o.isTrue(self)
      default: return try o.isTrue(self)
      }
    }
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
