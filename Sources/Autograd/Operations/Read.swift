import Recordings

/// What a program reads off a tensor: numbers, sizes.
extension Ops {
  /// Nested lists of numbers; a number for a tensor without dimensions.
  static func toList(_ t: Tensor) throws -> OperationResult {
    if let failure = t.failure { throw failure }
    let numbers = t.numbers()
    var at = 0
    func level(_ d: Int) -> OperationResult {
      if d == t.dim {
        defer { at += 1 }
        return numbers.indices.contains(at) ? .number(numbers[at]) : .none
      }
      return .list((0..<t.shape[d]).map { _ in level(d + 1) })
    }
    return level(0)
  }

  /// A tensor that has its size.
  private static func made(_ a: Arguments, _ operation: String) throws -> Tensor {
    let t = try a.tensor("input")
    if t.isUninitialized { throw Tensor.uninitialized(operation) }
    return t
  }

  static let readOperations = [
    Operation("item(input)", [.method("item")]) { a in
      let t = try a.tensor("input")
      try t.checkMapped(.number)
      return .number(try t.item())
    },
    Operation("tolist(input)", [.method("tolist")]) { a in
      let t = try a.tensor("input")
      try t.checkMapped(.memory)
      return try toList(t)
    },
    Operation("size(input, dim=None)", [.method("size")]) { a in
      let t = try made(a, "size")
      guard a.has("dim") else { return .size(t.shape) }
      let d = try wrapDim(a.int("dim"), t.dim)
      guard t.shape.indices.contains(d) else {
        throw TorchError.index("Dimension specified as \(try a.int("dim")) but tensor has no dimensions")
      }
      return .int(t.shape[d])
    },
    Operation("dim(input)", [.method("dim"), .method("ndimension")]) { a in .int(try made(a, "dim").dim) },
    Operation("numel(input)", [.method("numel"), .torch("numel"), .method("nelement")]) { a in
      .int(try made(a, "numel").count)
    },
    Operation("element_size(input)", [.method("element_size")]) { a in
      .int(try a.tensor("input").dtype.byteCount)
    },
    Operation("stride(input, dim=None)", [.method("stride")]) { a in
      let t = try a.tensor("input")
      guard a.has("dim") else { return .tuple(t.strides.map { (nil, .int($0)) }, type: nil) }
      let d = try wrapDim(a.int("dim"), t.dim)
      return t.strides.indices.contains(d) ? .int(t.strides[d]) : .none
    },
    Operation("storage_offset(input)", [.method("storage_offset")]) { a in .int(try a.tensor("input").offset)
    },
    Operation("is_contiguous(input, *, memory_format=None)", [.method("is_contiguous")]) { a in
      .bool(try isLaidOut(a.tensor("input"), a.memoryFormat()))
    },
    Operation("is_inference(input)", [.method("is_inference"), .torch("is_inference")]) { a in
      .bool(try a.tensor("input").isInference)
    },
    Operation("is_floating_point(input)", [.method("is_floating_point"), .torch("is_floating_point")]) { a in
      .bool(try a.tensor("input").dtype.isFloatingPoint)
    },
  ]
}
