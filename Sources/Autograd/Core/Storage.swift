public import Recordings
import Synchronization

/// A block of memory that a tensor and its views share.
///
/// float16 and bfloat16 lie in it as Float, rounded; bool as UInt8, 0 or 1.
public final class Storage {
  let memory: UnsafeMutableRawPointer
  /// Where the memory of a scalar lies: in the object itself.
  @exclusivity(unchecked) private var inside: (UInt64, UInt64) = (0, 0)
  private let isInside: Bool
  let dtype: DType
  /// The number `data_ptr()` is made of; 0 until somebody asks.
  @exclusivity(unchecked) var place: UInt32 = 0
  let count: Int
  /// Whether NumPy has the memory, too, which then stays where it is.
  @exclusivity(unchecked) var isShared = false
  /// `nil` for blocks so small that the objects around them outweigh them: they are not counted.
  private let meter: MemoryMeter?
  @exclusivity(unchecked) var mark = RecordMark()
  /// The last value a recorder took whole: a hint, compared before it is used.
  @exclusivity(unchecked) var captured: Elements?
  /// Recorded tensors of a storage that is too large to be kept whole, so that a write can tell them all.
  @exclusivity(unchecked) var aliases: [WeakTensor] = []

  /// Memory for so many elements, set to zero. Throws PyTorch's error where there is not enough.
  ///
  /// - Parameter isUnset: whoever asks writes every element himself.
  init(_ dtype: DType, count: Int, context: Context? = nil, isUnset: Bool = false) throws {
    let width = dtype.memoryWidth
    let (bytes, overflow) = count.multipliedReportingOverflow(by: width)
    meter = !overflow && bytes <= 64 ? nil : context?.memory ?? Context.withCurrent { $0.memory }
    if overflow { throw TorchError.runtime("Storage size calculation overflowed with sizes=[\(count)]") }
    guard !overflow, count >= 0, meter?.reserve(bytes) ?? true else {
      throw Storage.refusal(overflow ? .max : bytes)
    }
    self.dtype = dtype
    self.count = count
    isInside = bytes <= 16
    if isInside {
      // A stored property of a class without observers has one address as long as the object lives.
      memory = withUnsafeMutablePointer(to: &inside) { UnsafeMutableRawPointer($0) }
    } else {
      // What malloc aligns is enough: wide instructions here take any address.
      memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16)
      if !isUnset { memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes) }
    }
  }

  /// PyTorch's words for memory that is not there.
  static func refusal(_ bytes: Int) -> TorchError {
    TorchError(
      .runtime,
      "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: "
        + "you tried to allocate \(bytes) bytes. "
        + "Error code 12 (Cannot allocate memory)")
  }

  /// One zero that no limit counts.
  init(unmetered dtype: DType) {
    meter = nil
    self.dtype = dtype
    count = 1
    isInside = true
    memory = withUnsafeMutablePointer(to: &inside) { UnsafeMutableRawPointer($0) }
  }

  deinit {
    if isInside { return }
    memory.deallocate()
    meter?.release(count &* dtype.memoryWidth)
  }

  @inline(__always) func pointer<T>(_: T.Type = T.self) -> UnsafeMutablePointer<T> {
    memory.assumingMemoryBound(to: T.self)
  }
}

/// Counts the bytes of living tensors against a limit.
final class MemoryMeter: Sendable {
  let limit: Int
  private let used = Atomic<Int>(0)
  init(limit: Int) { self.limit = limit }

  func reserve(_ bytes: Int) -> Bool {
    let total = used.wrappingAdd(bytes, ordering: .relaxed).newValue
    if bytes <= limit, total <= limit { return true }
    used.wrappingSubtract(bytes, ordering: .relaxed)
    return false
  }
  func release(_ bytes: Int) { used.wrappingSubtract(bytes, ordering: .relaxed) }
}

/// Counts the in-place writes of a tensor, its views and its detached aliases.
final class VersionCounter {
  @exclusivity(unchecked) var value = 0
  @exclusivity(unchecked) var mark = RecordMark()
}

/// The id a recorder gave to an object; void for any other recorder.
struct RecordMark {
  var serial: UInt32 = 0
  var id: Int32 = 0
}

struct WeakTensor {
  weak var tensor: Tensor?
}

extension DType {
  /// Bytes an element takes here.
  var memoryWidth: Int { isShort ? 4 : byteCount }

  /// The least and the greatest whole number it holds.
  var limits: (Int, Int) {
    switch self {
    case .uint8: (0, 255)
    case .bool: (0, 1)
    case .int8: (-128, 127)
    case .int16: (-32768, 32767)
    case .int32: (Int(Int32.min), Int(Int32.max))
    default: (.min, .max)
    }
  }

  /// Whether a result of this type may be written into another: no float into whole numbers, no number into bool.
  public func canCast(to other: DType) -> Bool {
    if isFloatingPoint, !other.isFloatingPoint { return false }
    return other != .bool || self == .bool
  }

  /// As error messages call it: `Float`, `Long`.
  public var scalarName: String {
    switch self {
    case .float32: "Float"
    case .float64: "Double"
    case .float16: "Half"
    case .bfloat16: "BFloat16"
    case .int64: "Long"
    case .int32: "Int"
    case .int16: "Short"
    case .int8: "Char"
    case .uint8: "Byte"
    case .bool: "Bool"
    }
  }
}

extension DType {
  /// The C name that some errors use: `long int`.
  public var wordName: String {
    switch self {
    case .int64: "long int"
    case .uint8: "unsigned char"
    case .float16: "c10::Half"
    default: cppName
    }
  }
  /// The C++ name that some errors use.
  var cppName: String {
    switch self {
    case .float32: "float"
    case .float64: "double"
    case .float16: "c10::Half"
    case .int64: "long"
    case .bfloat16: "c10::BFloat16"
    case .int32: "int"
    case .int16: "short int"
    case .int8: "signed char"
    case .uint8: "unsigned char"
    case .bool: "bool"
    }
  }
}
