public import Recordings

/// Swift's way in. Operators and these methods do not throw: where one fails it gives a tensor that carries
/// the error, and the next call that can throw (`backward`, `item`, `step`) raises it. Nothing traps.
extension Tensor {
  /// A vector.
  public convenience init(_ values: [Double], dtype: DType = .float32, requiresGrad: Bool = false) {
    self.init(shape: [values.count], values, dtype: dtype, requiresGrad: requiresGrad)
  }
  /// A tensor without dimensions.
  public convenience init(_ value: Double, dtype: DType = .float32, requiresGrad: Bool = false) {
    self.init(shape: [], [value], dtype: dtype, requiresGrad: requiresGrad)
  }
  /// Row-major elements of a shape; missing ones are zero.
  public convenience init(
    shape: [Int], _ values: [Double], dtype: DType = .float32, requiresGrad: Bool = false
  ) {
    do {
      let storage = try Storage(dtype, count: elementCount(shape))
      self.init(storage: storage, shape: shape)
      setRaw(values.map(Number.double))
      _ = try Ops.created(self, "tensor", requiresGrad: requiresGrad)
    } catch let error as TorchError {
      self.init(failure: error, on: Storage.nothing())
    } catch {
      self.init(failure: .runtime("\(error)"), on: Storage.nothing())
    }
  }

  static func attempt(_ body: () throws -> Tensor) -> Tensor {
    do { return try body() } catch let error as TorchError {
      return .failed(error)
    } catch {
      return .failed(.runtime("\(error)"))
    }
  }

  public func sum(dim: [Int]? = nil, keepDim: Bool = false) -> Tensor {
    Tensor.attempt { try Ops.sum(self, dim: dim, keepDim: keepDim) }
  }
  public func mean(dim: [Int]? = nil, keepDim: Bool = false) -> Tensor {
    Tensor.attempt { try Ops.mean(self, dim: dim, keepDim: keepDim) }
  }
  public func pow(_ exponent: Double) -> Tensor { Tensor.attempt { try Ops.pow(self, .double(exponent)) } }
  public func exp() -> Tensor { Tensor.attempt { try Ops.exp(self) } }
  public func log() -> Tensor { Tensor.attempt { try Ops.log(self) } }
  public func tanh() -> Tensor { Tensor.attempt { try Ops.tanh(self) } }
  public func sigmoid() -> Tensor { Tensor.attempt { try Ops.sigmoid(self) } }
  public func reshape(_ shape: [Int]) -> Tensor { Tensor.attempt { try Ops.reshape(self, shape) } }
  public func detach() -> Tensor { Tensor.attempt { try Ops.detach(self) } }
  public func clone() -> Tensor { Tensor.attempt { try Ops.clone(self) } }
  public subscript(index: Int) -> Tensor { Tensor.attempt { try Ops.getItem(self, .int(index)) } }

  public static func + (a: Tensor, b: Tensor) -> Tensor { attempt { try Ops.add(a, b) } }
  public static func - (a: Tensor, b: Tensor) -> Tensor { attempt { try Ops.sub(a, b) } }
  public static func * (a: Tensor, b: Tensor) -> Tensor { attempt { try Ops.mul(a, b) } }
  public static func / (a: Tensor, b: Tensor) -> Tensor { attempt { try Ops.div(a, b) } }
  public static prefix func - (a: Tensor) -> Tensor { attempt { try Ops.neg(a) } }
  public static func + (a: Tensor, b: Double) -> Tensor {
    attempt { try Ops.quick(.add, a, .number(.double(b))) ?? Ops.add(a, Ops.wrap(b)) }
  }
  public static func - (a: Tensor, b: Double) -> Tensor {
    attempt { try Ops.quick(.sub, a, .number(.double(b))) ?? Ops.sub(a, Ops.wrap(b)) }
  }
  public static func * (a: Tensor, b: Double) -> Tensor {
    attempt { try Ops.quick(.mul, a, .number(.double(b))) ?? Ops.mul(a, Ops.wrap(b)) }
  }
  public static func / (a: Tensor, b: Double) -> Tensor {
    attempt { try Ops.quick(.div, a, .number(.double(b))) ?? Ops.div(a, Ops.wrap(b)) }
  }
  public static func + (a: Double, b: Tensor) -> Tensor { b + a }
  public static func - (a: Double, b: Tensor) -> Tensor { attempt { try Ops.rsub(b, Ops.wrap(a)) } }
  public static func * (a: Double, b: Tensor) -> Tensor { b * a }
  public static func / (a: Double, b: Tensor) -> Tensor { attempt { try Ops.rdiv(b, Ops.wrap(a)) } }
}
