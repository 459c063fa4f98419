import CKernels
import Recordings

/// What a program's `+ - * /` do.
public enum Arithmetic: Sendable {
  case add, sub, mul, div

  fileprivate var name: String {
    switch self {
    case .add: "AddBackward0"
    case .sub: "SubBackward0"
    case .mul: "MulBackward0"
    case .div: "DivBackward0"
    }
  }
  fileprivate var rule: RuleNode.Rule {
    switch self {
    case .add: Ops.addRule
    case .sub: Ops.subRule
    case .mul: Ops.mulRule
    case .div: Ops.divRule
    }
  }
  fileprivate var quickRule: QuickRule {
    switch self {
    case .add: .add
    case .sub: .sub
    case .mul: .mul
    case .div: .div
    }
  }
  fileprivate var code: UInt32 {
    switch self {
    case .add: CK_ADD.rawValue
    case .sub: CK_SUB.rawValue
    case .mul: CK_MUL.rawValue
    case .div: CK_DIV.rawValue
    }
  }
  @inline(__always)
  fileprivate func apply<T: BinaryFloatingPoint>(_ a: T, _ b: T) -> T {
    switch self {
    case .add: a + b
    case .sub: a - b
    case .mul: a * b
    case .div: a / b
    }
  }
}

/// Whose backward rule a node has, where it is one of these.
enum QuickRule: UInt8 {
  case none, add, sub, mul, div, square
}

/// The second operand of the short way: a tensor, or a number as it is.
enum Operand {
  case tensor(Tensor)
  case number(Number)

  var requiresGrad: Bool { if case .tensor(let t) = self { t.requiresGrad } else { false } }

  /// The number in a tensor's clothes, for the long way.
  func asTensor() throws -> Tensor {
    switch self {
    case .tensor(let t): t
    case .number(let n): try Ops.wrap(n)
    }
  }
}

/// The short way for the commonest arithmetic: floats of one type, on the CPU, of one shape or with one number,
/// while nobody records.
///
/// Law: the result and the node are those of the operation's own file, whose rule it uses; where anything is
/// out of the ordinary it gives `nil` and does nothing, and the long way answers. It makes no closures and no
/// lists of arguments, which for a tensor of one element are most of the work.
extension Ops {
  static func quick(_ op: Arithmetic, _ a: Tensor, _ b: Operand) throws -> Tensor? {
    try Context.withCurrent { try quick(op, a, b, $0) }
  }

  @inline(__always)
  private static func quick(
    _ op: Arithmetic, _ a: Tensor, _ b: Operand, _ context: Context
  ) throws -> Tensor? {
    guard context.recorder == nil, context.destination == nil, !context.inferenceMode, !context.isWatched
    else {
      return nil
    }
    // In a rule a number has no edge: the operation's own file makes that node.
    if context.gradMode, context.isInRule, case .number = b, a.requiresGrad { return nil }
    guard let out = try quickValue(op, a, b, into: nil) else { return nil }
    guard context.gradMode else { return out }
    if context.keepsAttributes, a.requiresGrad || b.requiresGrad { return nil }
    let needsA = a.requiresGrad
    if a.isLost { return nil }
    switch b {
    case .tensor(let b):
      let needsB = b.requiresGrad
      guard needsA || needsB else { return out }
      if b.isLost { return nil }
      let saved =
        switch op {
        case .add, .sub: Few<SavedVariable>()
        case .mul: Few(SavedVariable("self", needsB ? a : nil), SavedVariable("other", needsA ? b : nil))
        case .div: Few(SavedVariable("self", needsB ? a : nil), SavedVariable("other", b))
        }
      let node = RuleNode(op.name, next: Few(a.gradientEdge, b.gradientEdge), saved: saved, rule: op.rule)
      node.shortcut = op.quickRule
      node.mayHaveChildren = a.isMade || b.isMade
      finish(node, out)
    case .number(let n):
      guard needsA else { return out }
      let saved =
        switch op {
        case .add, .sub: Few<SavedVariable>()
        case .mul, .div: Few(SavedVariable("self", nil), SavedVariable("other", number: n))
        }
      let node = RuleNode(op.name, next: Few(a.gradientEdge, nil), saved: saved, rule: op.rule)
      node.shortcut = op.quickRule
      node.mayHaveChildren = a.isMade
      finish(node, out)
    }
    return out
  }

  /// `a ** 2` on the short way.
  static func quickPower(_ a: Tensor, _ exponent: Number) throws -> Tensor? {
    guard exponent.double == 2, exponent != .bool(true) else { return nil }
    let context = Context.current
    guard context.recorder == nil, context.destination == nil, !context.inferenceMode, !context.isWatched,
      !context.keepsAttributes, let out = try quickValue(.mul, a, .tensor(a), into: nil)
    else { return nil }
    guard context.gradMode, a.requiresGrad else { return out }
    if a.isLost { return nil }
    let node = RuleNode("PowBackward0", next: Few(a.gradientEdge), rule: powRule(exponent))
    node.saved = Few(SavedVariable("self", a))
    node.shortcut = .square
    node.mayHaveChildren = a.isMade
    finish(node, out)
    return out
  }

  /// What the rule of plain arithmetic gives, without lists: the digits are those of the operation's own rule.
  static func quickGradients(
    of node: Node, _ g: consuming Tensor, _ context: Context
  ) throws -> (Tensor?, Tensor?) {
    switch node.shortcut {
    case .none: return (nil, nil)
    case .add: return (node.needs(0) ? g : nil, node.needs(1) ? g : nil)
    case .sub: return (node.needs(0) ? g : nil, node.needs(1) ? try neg(g) : nil)
    case .mul:
      let second = node.needs(1) ? try product(of: g, node.quickOperand(0), context) : nil
      guard node.needs(0) else { return (nil, second) }
      let other = try node.quickOperand(1)
      if try multiplyInPlace(&g, other, context) { return (g, second) }
      return (try product(of: g, other, context), second)
    case .div:
      let other = try node.savedOperand(1)
      var second: Tensor?
      if node.needs(1) {
        let quotient = try div(div(node.savedTensor(0), other), other)
        second = try mul(neg(g), quotient)
      }
      return (node.needs(0) ? try div(g, other) : nil, second)
    case .square: return (try mul(g, mul(node.savedTensor(0), Number.int(2))), nil)
    }
  }

  @inline(__always)
  private static func product(of g: Tensor, _ b: Operand, _ context: Context) throws -> Tensor {
    try quick(.mul, g, b, context) ?? mul(g, b)
  }

  /// Multiplies a gradient that nobody else holds where it lies. False where it must not.
  private static func multiplyInPlace(_ g: inout Tensor, _ b: Operand, _ context: Context) throws -> Bool {
    guard isPlain(context), isKnownUniquelyReferenced(&g), g.isMemoryOwnedAlone, !g.isInference,
      try quickValue(.mul, g, b, into: g) != nil
    else { return false }
    _ = g.written(0)
    return true
  }

  /// Adds to a gradient that nobody else holds where it lies, as PyTorch does. False where it must not.
  static func addInPlace(_ there: inout Tensor, _ grad: Tensor, _ context: Context) throws -> Bool {
    guard isPlain(context), isKnownUniquelyReferenced(&there), there.isMemoryOwnedAlone,
      try quickValue(.add, there, .tensor(grad), into: there) != nil
    else { return false }
    there.countWrites()
    return true
  }

  @inline(__always)
  private static func isPlain(_ context: Context) -> Bool {
    context.recorder == nil && !context.gradMode && !context.inferenceMode && context.destination == nil
      && !context.isWatched
  }

  @inline(__always)
  private static func finish(_ node: RuleNode, _ out: Tensor) {
    node.firstOutput = Node.Metadata(shape: out.shape, dtype: out.dtype, device: out.device)
    out.gradFn = node
  }

  /// The same in place, where no graph is concerned. False where the long way must go.
  static func quickInPlace(_ op: Arithmetic, _ target: Tensor, _ b: Operand) throws -> Bool {
    let context = Context.current
    guard context.recorder == nil, !context.inferenceMode, !target.isInference else { return false }
    if context.gradMode {
      if target.requiresGrad { return false }
      if case .tensor(let b) = b, b.requiresGrad { return false }
    }
    if context.gradMode, target.view != nil { return false }
    if case .tensor(let b) = b, b.storage === target.storage { return false }
    guard try quickValue(op, target, b, into: target) != nil else { return false }
    target.countWrites()
    return true
  }

  /// Adds to data; no graph, no event, no version. False where the long way must go.
  static func quickAdd(_ t: Tensor, into target: Tensor) throws -> Bool {
    guard t.storage !== target.storage else { return false }
    return try quickValue(.add, target, .tensor(t), into: target) != nil
  }

  private static func quickValue(
    _ op: Arithmetic, _ a: Tensor, _ b: Operand, into target: Tensor?
  ) throws -> Tensor? {
    let dtype = a.dtype
    guard dtype == .float32 || dtype == .float64, !a.isWrappedNumber, !a.isInference, a.isContiguous,
      a.failure == nil,
      a.device == "cpu"
    else { return nil }
    let n = a.count
    switch b {
    case .tensor(let b):
      guard b.dtype == dtype, !b.isInference, b.failure == nil, b.device == "cpu", !b.isWrappedNumber else {
        return nil
      }
      let isOne = b.shape.isEmpty && n != 1
      guard isOne || b.shape == a.shape && b.isContiguous else { return nil }
      let out = try target ?? Tensor(like: a)
      if dtype == .float32 {
        let (p, q, r) = (a.pointer(Float.self), b.pointer(Float.self), out.pointer(Float.self))
        if n == 1 {
          r.pointee = op.apply(p.pointee, q.pointee)
        } else {
          ck_binary_float(Int32(op.code), n, p, q, isOne ? 1 : 0, 0, r)
        }
      } else {
        let (p, q, r) = (a.pointer(Double.self), b.pointer(Double.self), out.pointer(Double.self))
        if n == 1 {
          r.pointee = op.apply(p.pointee, q.pointee)
        } else {
          ck_binary_double(Int32(op.code), n, p, q, isOne ? 1 : 0, 0, r)
        }
      }
      return out
    case .number(let number):
      if case .bool = number { return nil }
      let out = try target ?? Tensor(like: a)
      if dtype == .float32 {
        var y: Float
        if case .int(let i) = number { y = Float(i) } else { y = Float(number.double) }
        let (p, r) = (a.pointer(Float.self), out.pointer(Float.self))
        if n == 1 {
          r.pointee = op.apply(p.pointee, y)
        } else {
          ck_binary_float(Int32(op.code), n, p, &y, 1, 0, r)
        }
      } else {
        var y: Double
        if case .int(let i) = number { y = Double(i) } else { y = number.double }
        let (p, r) = (a.pointer(Double.self), out.pointer(Double.self))
        if n == 1 {
          r.pointee = op.apply(p.pointee, y)
        } else {
          ck_binary_double(Int32(op.code), n, p, &y, 1, 0, r)
        }
      }
      return out
    }
  }
}

extension Tensor {
  /// `self op number`, or `nil` where ``Ops`` must go the long way.
  public func quick(_ op: Arithmetic, _ number: Number) throws -> Tensor? {
    try Ops.quick(op, self, .number(number))
  }
  /// `self ** number`, likewise.
  public func quickPower(_ number: Number) throws -> Tensor? { try Ops.quickPower(self, number) }
  public func quick(_ op: Arithmetic, _ other: Tensor) throws -> Tensor? {
    try Ops.quick(op, self, .tensor(other))
  }
  /// `self op= number`; false where nothing was done.
  public func quickInPlace(_ op: Arithmetic, _ number: Number) throws -> Bool {
    try Ops.quickInPlace(op, self, .number(number))
  }
  public func quickInPlace(_ op: Arithmetic, _ other: Tensor) throws -> Bool {
    try Ops.quickInPlace(op, self, .tensor(other))
  }

  /// Memory for a result of the same shape and type; the tensor is contiguous.
  convenience init(like t: Tensor) throws {
    self.init(
      storage: try Storage(t.dtype, count: t.count, isUnset: true), shape: t.shape,
      // A dimension of one element or none may have any stride; a new tensor's says what it would be.
      strides: t.shape.contains { $0 <= 1 } ? nil : t.strides,
      device: t.device, dtype: t.dtype)
  }
}
