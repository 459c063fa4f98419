public import Recordings

/// An error of a program, with the words PyTorch uses: students search for them.
///
/// ```swift
/// do { try y.backward() } catch let error as TorchError { print(error.message) }
/// ```
public struct TorchError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The Python class it is raised as.
  public enum Kind: String, Sendable, CaseIterable {
    case runtime = "RuntimeError"
    case value = "ValueError"
    case type = "TypeError"
    case index = "IndexError"
    case key = "KeyError"
    case attribute = "AttributeError"
    case assertion = "AssertionError"
    case notImplemented = "NotImplementedError"
    case zeroDivision = "ZeroDivisionError"
    case overflow = "OverflowError"
    case linearAlgebra = "_LinAlgError"
  }
  public var kind: Kind
  public var message: String
  /// The tensors involved, where the recorder knows them.
  public var tensors: [TensorID]
  /// The nodes involved.
  public var nodes: [NodeID]

  public init(
    _ kind: Kind, _ message: String, tensors: [TensorID] = [], nodes: [NodeID] = []
  ) {
    self.kind = kind
    self.message = message
    self.tensors = tensors
    self.nodes = nodes
  }

  public var description: String { "\(kind.rawValue): \(message)" }

  static func runtime(_ message: String, tensors: [Tensor] = [], nodes: [Node] = []) -> TorchError {
    TorchError(
      .runtime, message, tensors: tensors.compactMap(\.recordID), nodes: nodes.compactMap(\.recordID))
  }
  /// `"relu_cpu" not implemented for 'Bool'`
  static func notImplemented(_ kernel: String, _ dtype: DType) -> TorchError {
    TorchError(.notImplemented, "\"\(kernel)\" not implemented for '\(dtype.scalarName)'")
  }
  static func value(_ message: String) -> TorchError { TorchError(.value, message) }
  static func type(_ message: String) -> TorchError { TorchError(.type, message) }
  static func index(_ message: String) -> TorchError { TorchError(.index, message) }
}
