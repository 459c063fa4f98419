import Autograd
import MiniPython
import Recordings

/// `x.storage()` and `x.untyped_storage()`: the memory that a tensor shares with its views.
///
/// A write through it changes every tensor that lies there, and no version counter, as in PyTorch.
final class StorageObject: Object {
  private let tensor: Tensor
  /// The same memory as one vector.
  private let whole: Tensor
  private let isTyped: Bool

  private init(_ tensor: Tensor, isTyped: Bool) throws {
    self.tensor = tensor
    self.whole = try tensor.wholeStorage()
    self.isTyped = isTyped
  }

  nonisolated(unsafe) static let typed = makeType("TypedStorage")
  nonisolated(unsafe) static let untyped = makeType("UntypedStorage")
  override var typeObject: ClassObject { isTyped ? StorageObject.typed : StorageObject.untyped }

  /// The methods of tensors that lead here.
  static func bind(to c: ClassObject, _ me: @escaping (Value, Interpreter) throws -> Tensor) {
    c.method("data_ptr") { v, _, i in .int(try me(v, i).dataPointer) }
    c.method("untyped_storage") { v, _, i in .object(try StorageObject(me(v, i), isTyped: false)) }
    c.method("storage") { v, _, i in
      i.warn(
        "TypedStorage is deprecated. It will be removed in the future and UntypedStorage will be the only storage "
          + "class. This should only matter to you if you are using storages directly.  To access UntypedStorage "
          + "directly, use tensor.untyped_storage() instead of tensor.storage()")
      return .object(try StorageObject(me(v, i), isTyped: true))
    }
  }

  private static func makeType(_ name: String) -> ClassObject {
    let c = ClassObject(name, module: "torch.storage")
    func method(_ name: String, _ body: @escaping (StorageObject) throws -> Value) {
      c.method(name) { v, a, i in
        guard let s = v.object as? StorageObject else {
          throw Raise.type("expected a storage, not \(i.typeName(v))")
        }
        _ = try a.positionalOnly(name, 0...0)
        return try body(s)
      }
    }
    method("data_ptr") { .int($0.tensor.storagePointer) }
    method("nbytes") { .int($0.byteCount) }
    method("size") { .int($0.count) }
    method("element_size") { .int($0.isTyped ? $0.whole.dtype.byteCount : 1) }
    method("tolist") { .list($0.values()) }
    method("untyped") { .object(try StorageObject($0.tensor, isTyped: false)) }
    method("is_shared") { _ in .bool(false) }
    return c
  }

  private var byteCount: Int { whole.count * whole.dtype.byteCount }
  private var count: Int { isTyped ? whole.count : byteCount }

  /// All numbers, or all bytes.
  private func values() -> [Value] {
    let numbers = whole.numbers()
    if isTyped { return numbers.map { Convert.value($0) } }
    return numbers.flatMap { n -> [Value] in
      let bits: UInt64 =
        switch whole.dtype {
        case .float64: n.double.bitPattern
        case .float32: UInt64(Float(n.double).bitPattern)
        case .float16: UInt64(halfBits(Float(n.double)))
        case .bfloat16: UInt64(bfloatBits(Float(n.double)))
        default: UInt64(bitPattern: Int64(Convert.whole(n)))
        }
      return (0..<whole.dtype.byteCount).map { .int(Int(bits >> UInt64($0 * 8) & 255)) }
    }
  }

  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    switch name {
    case "dtype" where isTyped: .object(DTypeObject.of(whole.dtype))
    case "device": .object(DeviceObject(whole.device))
    case "is_cuda": .bool(whole.device.hasPrefix("cuda"))
    default: try super.getAttribute(name, i)
    }
  }
  override func length(_ i: Interpreter) throws -> Int? { count }

  private func place(_ key: Value, _ i: Interpreter) throws -> Int {
    if isTyped, key.object is SliceObject {
      throw Raise.runtime("slices are only supported in UntypedStorage.__getitem__")
    }
    guard let k = try i.index(key) else {
      throw Raise.runtime(
        "can't index a <class 'torch.storage.\(isTyped ? "TypedStorage" : "UntypedStorage")'> with "
          + "<class '\(i.typeName(key))'>")
    }
    guard (-count..<count).contains(k) else {
      throw Raise.index("index \(k) out of range for storage of size \(count)")
    }
    return k < 0 ? k + count : k
  }
  override func getItem(_ key: Value, _ i: Interpreter) throws -> Value { try values()[place(key, i)] }
  override func setItem(_ key: Value, _ value: Value, _ i: Interpreter) throws {
    guard isTyped, let op = TensorClass.operators["__setitem__"] else {
      return try super.setItem(key, value, i)
    }
    _ = try op.call(
      [.tensor(whole), .int(place(key, i)), Convert.argument(value, i)], isMethod: true)
  }
  override func iterate(_ i: Interpreter) throws -> IteratorObject { ClosureIterator(over: values()) }

  override func repr(_ i: Interpreter) throws -> String {
    let rows = try values().map { " \(try i.repr($0))\n" }.joined()
    let kind = isTyped ? "TypedStorage(dtype=\(whole.dtype.torchName), " : "UntypedStorage("
    return "\(rows)[torch.storage.\(kind)device=\(whole.device)) of size \(count)]"
  }
}
