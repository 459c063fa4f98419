/// Operators between sequences, and between sets.
extension Interpreter {
  /// `+` and `*` on strings, lists and tuples; `%` on strings; set operators.
  func sequence(_ op: Int, _ left: Value, _ right: Value) throws -> Value? {
    if let a = left.object as? DictObject, let b = right.object as? DictObject, case .counter = a.flavor,
      case .counter = b.flavor, let result = try CounterMethods.operate(op, a, b, self)
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
      guard items.object is StringObject || items.object is ListObject || items.object is TupleObject else {
        return nil
      }
      // An array is no count, but may know what to do with a list.
      let given = count.object?.answersDunders == true ? try index(count) : (try? index(count)) ?? nil
      guard let times = given else { return nil }
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
    if let a = left.object as? SetObject, let b = right.object as? SetObject {
      return try setOperation(op, a, b)
    }
    if op == 9, let a = left.object as? DictObject, let b = right.object as? DictObject {
      let out = a.copy()
      for entry in b.entries { if let entry { try out.set(entry.key, entry.value, self) } }
      return .object(out)
    }
    return nil
  }

  func checkSize(_ a: Int, _ b: Int) throws {
    if a + b > limits.elements { throw Raise.named("MemoryError", "") }
  }

  func setOperation(_ op: Int, _ a: SetObject, _ b: SetObject, inPlace: Bool = false) throws -> Value? {
    let out = SetObject(isFrozen: a.isFrozen)
    func add(_ from: SetObject, _ keep: (Value) throws -> Bool) throws {
      for item in from.ordered where try keep(item) { try out.add(item, self) }
    }
    switch op {
    case 1: try add(a) { try b.items.get($0, self) == nil }
    case 8:
      // The smaller one is walked, the right one where they are even; what is kept is its own.
      let (walked, other) = b.items.count > a.items.count ? (a, b) : (b, a)
      try add(walked) { try other.items.get($0, self) != nil }
    case 9:
      try add(a) { _ in true }
      try add(b) { _ in true }
    case 10:
      try add(a) { try b.items.get($0, self) == nil }
      try add(b) { try a.items.get($0, self) == nil }
    default: return nil
    }
    if let x = a.currentTable, let y = b.currentTable {
      out.table = SetTable.operate(op, x, y, inPlace: inPlace)
    }
    return .object(out)
  }
}
