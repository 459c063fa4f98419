/// Comparison, equality and truth.
extension Interpreter {
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
    try nested(" in comparison") { try compareByMethods(op, left, right) }
  }

  private func compareByMethods(_ op: Int, _ left: Value, _ right: Value) throws -> Value {
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
      if op <= 1, a.count != b.count { return op == 1 }
      return try nested(" in comparison") {
        for (x, y) in zip(a, b) where try !equal(x, y) {
          return op <= 1 ? op == 1 : try isTrue(compare(op, x, y))
        }
        return ordered(op, a.count, b.count)
      }
    }
    if let a = left.object as? DictObject, let b = right.object as? DictObject,
      case .counter = a.flavor, case .counter = b.flavor
    {
      // One multiset in another: an element that is missing counts zero.
      var (less, more) = (true, true)
      for key in a.keys + b.keys {
        let (x, y) = (try a.get(key, self) ?? .int(0), try b.get(key, self) ?? .int(0))
        if try isTrue(compare(4, x, y)) { less = false }
        if try isTrue(compare(2, x, y)) { more = false }
      }
      switch op {
      case 0, 1: return (less && more) == (op == 0)
      case 2: return less && !more
      case 3: return less
      case 4: return more && !less
      default: return more
      }
    }
    if let a = left.object as? DictObject, let b = right.object as? DictObject, op <= 1 {
      var same = a.count == b.count
      for entry in a.entries where same {
        guard let entry else { continue }
        guard let other = try b.get(entry.key, self) else {
          same = false
          break
        }
        same = try equal(entry.value, other)
      }
      if same, case .ordered = a.flavor, case .ordered = b.flavor {
        same = try zip(a.keys, b.keys).allSatisfy { try equal($0, $1) }
      }
      return same == (op == 0)
    }
    if let a = left.object as? SetObject, let b = right.object as? SetObject {
      let aInB = try a.items.keys.allSatisfy { try b.items.get($0, self) != nil }
      let bInA = try b.items.keys.allSatisfy { try a.items.get($0, self) != nil }
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
        if let result = try callMethod(v, "__bool__") {
          guard case .bool(let answer) = result else {
            throw Raise.type("__bool__ should return bool, returned \(typeName(result))")
          }
          return answer
        }
        if type(of: v).lookup("__len__") != nil { return try length(v) > 0 }
        return try o.isTrue(self)
      default: return try o.isTrue(self)
      }
    }
  }
}
