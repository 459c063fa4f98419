import Autograd
import MiniPython
import Recordings

/// `torch.Size`: a tuple with a name.
final class SizeObject: Object {
  let sizes: [Int]
  init(_ sizes: [Int]) { self.sizes = sizes }
  nonisolated(unsafe) static let type: ClassObject = {
    let c = ClassObject("Size", bases: [Types.tuple], module: "torch")
    c.shownWithModule = true
    c.method("numel") { v, _, _ in .int((v.object as? SizeObject)?.sizes.reduce(1, *) ?? 0) }
    for name in ["count", "index"] {
      c.method(name) { v, a, i in
        guard let me = v.object as? SizeObject else { throw Raise.type("expected a torch.Size") }
        return try i.callMethod(me.tuple, name, a) ?? .none
      }
    }
    c.make = { _, a, i in
      let items = try i.array(a.positional.first ?? .list([]))
      return .object(
        SizeObject(
          try items.enumerated().map { k, item in
            if let whole = try i.index(item) { return whole }
            throw Raise.type(
              "torch.Size() takes an iterable of 'int' (item \(k) is '\(i.typeName(item))')")
          }))
    }
    return c
  }()
  override var typeObject: ClassObject { SizeObject.type }
  private var tuple: Value { .tuple(sizes.map(Value.int)) }
  override func repr(_ i: Interpreter) throws -> String {
    "torch.Size([\(sizes.map(String.init).joined(separator: ", "))])"
  }
  override func length(_ i: Interpreter) throws -> Int? { sizes.count }
  override func iterate(_ i: Interpreter) throws -> IteratorObject { try i.iterate(tuple) }
  override func getItem(_ key: Value, _ i: Interpreter) throws -> Value {
    if let slice = key.object as? SliceObject {
      let (start, count, step) = try slice.resolve(sizes.count, i)
      return .object(SizeObject((0..<count).map { sizes[start + $0 * step] }))
    }
    guard let k = try i.index(key) else {
      throw Raise.type("tuple indices must be integers or slices, not \(i.typeName(key))")
    }
    let at = k < 0 ? k + sizes.count : k
    guard sizes.indices.contains(at) else { throw Raise.index("tuple index out of range") }
    return .int(sizes[at])
  }
  override func compare(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    let items: [Value]
    switch other.object {
    case let s as SizeObject: items = s.sizes.map(Value.int)
    case let t as TupleObject: items = t.items
    default: return nil
    }
    guard op == "==" || op == "!=" else { return try tuple.object?.compare(op, .tuple(items), i) }
    let same = try items.count == sizes.count && zip(items, sizes).allSatisfy { try i.equal($0, .int($1)) }
    return .bool(same == (op == "=="))
  }
  override func binary(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    if op == "*", let n = try i.index(other) {
      guard sizes.count.multipliedReportingOverflow(by: max(n, 0)).partialValue < 1 << 20 else { return nil }
      return .object(SizeObject((0..<max(n, 0)).flatMap { _ in sizes }))
    }
    guard op == "+" else { return nil }
    if let s = other.object as? SizeObject { return .object(SizeObject(sizes + s.sizes)) }
    if let t = other.object as? TupleObject {
      return .object(SizeObject(sizes + (try t.items.map { try i.index($0) ?? 0 })))
    }
    return nil
  }
  override func reflected(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    if op == "*" { return try binary(op, other, i) }
    guard op == "+", let t = other.object as? TupleObject else { return nil }
    return .object(SizeObject(try t.items.map { try i.index($0) ?? 0 } + sizes))
  }
  override func hashKey(_ i: Interpreter) throws -> HashKey { .tuple(sizes.map(HashKey.int)) }
}

/// `torch.float32`.
final class DTypeObject: Object {
  let dtype: DType
  private init(_ dtype: DType) { self.dtype = dtype }
  nonisolated(unsafe) private static let all: [DType: DTypeObject] = Dictionary(
    uniqueKeysWithValues: DType.allCases.map { ($0, DTypeObject($0)) })
  static func of(_ dtype: DType) -> DTypeObject { all[dtype] ?? DTypeObject(dtype) }
  nonisolated(unsafe) static let type: ClassObject = {
    let c = ClassObject("dtype", module: "torch")
    c.shownWithModule = true
    return c
  }()
  override var typeObject: ClassObject { DTypeObject.type }
  override func repr(_ i: Interpreter) throws -> String { dtype.torchName }
  override var attributeNames: [String] {
    ["is_complex", "is_floating_point", "is_signed", "itemsize", "to_complex", "to_real"]
  }
  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    switch name {
    case "is_floating_point": .bool(dtype.isFloatingPoint)
    case "is_complex": .bool(false)
    case "is_signed": .bool(dtype != .uint8 && dtype != .bool)
    case "itemsize": .int(dtype.byteCount)
    default: nil
    }
  }
}

/// `torch.device("cpu")`.
final class DeviceObject: Object {
  let name: String
  init(_ name: String) { self.name = name }
  nonisolated(unsafe) static let type: ClassObject = {
    let c = ClassObject("device", module: "torch")
    c.shownWithModule = true
    c.make = { _, a, i in
      let p = try a.bind("device", "type", "index?")
      if let d = p[0]?.object as? DeviceObject { return .object(d) }
      if case .int? = p[0] {
        throw Raise.runtime("Cannot access accelerator device when none is available.")
      }
      var name = try i.str(p[0] ?? .none)
      try Devices.checkName(name)
      if let k = try p[1].flatMap(i.index) { name += ":\(k)" }
      return .object(DeviceObject(name))
    }
    return c
  }()
  override var typeObject: ClassObject { DeviceObject.type }
  private var parts: (type: String, index: Int?) {
    let pieces = name.split(separator: ":")
    return (pieces.first.map(String.init) ?? name, pieces.count > 1 ? Int(pieces[1]) : nil)
  }
  override func repr(_ i: Interpreter) throws -> String {
    let (type, index) = parts
    return "device(type='\(type)'\(index.map { ", index=\($0)" } ?? ""))"
  }
  override func str(_ i: Interpreter) throws -> String { name }
  override var attributeNames: [String] { ["index", "type"] }
  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    switch name {
    case "type": .string(parts.type)
    case "index": parts.index.map(Value.int) ?? Value.none
    default: nil
    }
  }
  override func compare(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    guard let d = other.object as? DeviceObject, op == "==" || op == "!=" else { return nil }
    return .bool((d.name == name) == (op == "=="))
  }
  override func hashKey(_ i: Interpreter) throws -> HashKey { .string(name) }
  private var before: [String] = []
  /// `with torch.device("cuda"):`
  override var isContext: Bool { true }
  override func enter(_ i: Interpreter) throws -> Value? {
    let device = try Devices.check(name)
    before.append(Context.current.defaultDevice)
    Context.current.defaultDevice = device
    return .object(self)
  }
  override func exit(_ exception: InstanceObject?, _ i: Interpreter) throws -> Bool {
    if let outer = before.popLast() { Context.current.defaultDevice = outer }
    return false
  }
}

/// A tuple of a class of its own, whose places have names.
class NamedFields: Object {
  let items: [(name: String, value: Value)]
  init(_ items: [(name: String, value: Value)]) { self.items = items }
  fileprivate var tuple: Value { .tuple(items.map(\.value)) }
  override func repr(_ i: Interpreter) throws -> String {
    "\(typeObject.name)(\(try items.map { "\($0.name)=\(try i.repr($0.value))" }.joined(separator: ", ")))"
  }
  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    items.first { $0.name == name }?.value
  }
  override func length(_ i: Interpreter) throws -> Int? { items.count }
  override func iterate(_ i: Interpreter) throws -> IteratorObject { try i.iterate(tuple) }
  override func getItem(_ key: Value, _ i: Interpreter) throws -> Value { try i.getItem(tuple, key) }
  override func compare(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    try tuple.object?.compare(op, (other.object as? NamedFields)?.tuple ?? other, i)
  }
  override func binary(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    try tuple.object?.binary(op, (other.object as? NamedFields)?.tuple ?? other, i)
  }
}

/// A tuple whose places have names: what `max(dim)` returns.
final class NamedTupleObject: NamedFields {
  let name: String
  init(_ name: String, _ items: [(name: String, value: Value)]) {
    self.name = name
    super.init(items)
  }
  nonisolated(unsafe) static let type = ClassObject("return_types", bases: [Types.tuple], module: "torch")
  private static let classes = ClassTable(type, module: "torch.return_types")
  override var typeObject: ClassObject {
    NamedTupleObject.classes[name.split(separator: ".").last.map(String.init) ?? name]
  }
  override func repr(_ i: Interpreter) throws -> String {
    "\(name)(\n" + (try items.map { "\($0.name)=\(try i.repr($0.value))" }).joined(separator: ",\n") + ")"
  }
}

/// Keeps a wrapper findable without keeping it alive.
final class WeakObject {
  weak var object: Object?
  /// For nodes: what a program noted there, which stays as long as the node.
  var metadata: DictObject?
  init(_ object: Object) { self.object = object }
}
