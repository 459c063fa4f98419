/// The type of a tensor's elements, by PyTorch's names.
public enum DType: String, Sendable, Hashable, CaseIterable {
  case float32, float64, float16, bfloat16, int64, int32, int16, int8, uint8, bool

  /// As a program prints it: `torch.float32`.
  public var torchName: String { "torch.\(rawValue)" }

  public var isFloatingPoint: Bool {
    switch self {
    case .float32, .float64, .float16, .bfloat16: true
    default: false
    }
  }

  /// Bytes an element takes in memory.
  public var byteCount: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .float16, .bfloat16, .int16: 2
    case .int8, .uint8, .bool: 1
    }
  }
}

extension DType: JSONField {
  public func write(to json: inout JSONWriter) { json.string(rawValue) }
  public init(json: JSONValue) throws {
    let name = try String(json: json)
    guard let type = DType(rawValue: name) else {
      throw JSONError.wrongType(expected: "a dtype", found: "\"\(name)\"")
    }
    self = type
  }
}
