public import Recordings
import Synchronization

/// A step of the backward graph: `MulBackward0`.
///
/// Law: graphs of any depth are released without recursion.
open class Node {
  /// Where a gradient goes next.
  public struct Edge {
    /// A leaf stands for its accumulator, which it owns: a graph that is never walked needs none.
    enum Target {
      case node(Node)
      case leaf(Tensor)
    }
    let target: Target
    /// Which output of the node's forward operation the gradient is for.
    public let inputNumber: Int

    init(node: Node, inputNumber: Int) {
      target = .node(node)
      self.inputNumber = inputNumber
    }
    init(leaf: Tensor) {
      target = .leaf(leaf)
      inputNumber = 0
    }

    public var node: Node {
      switch target {
      case .node(let node): node
      case .leaf(let leaf): leaf.gradAccumulator()
      }
    }
    /// The same, held by this edge alone.
    @inline(__always) var destination: Unmanaged<Node> {
      switch target {
      case .node(let node): .passUnretained(node)
      case .leaf(let leaf): .passUnretained(leaf.gradAccumulator())
      }
    }
  }
  /// The shape and dtype that a gradient must have when it arrives.
  struct Metadata {
    var shape: [Int]
    var dtype: DType
    var device: String
  }

  public internal(set) final var name: String
  @exclusivity(unchecked) final var next: Few<Edge?>
  /// Where the gradients go, one place an input; `nil` where none is wanted.
  public var edges: [Edge?] { Array(next) }
  /// Later operations run earlier in backward.
  final let sequence: UInt64
  /// What each output of the forward operation is: the first apart, as most nodes have no other.
  @exclusivity(unchecked) final var firstOutput: Metadata?
  private var otherOutputs: [Metadata] {
    get { rarities?.otherOutputs ?? [] }
    set { if !newValue.isEmpty || rarities != nil { rare().otherOutputs = newValue } }
  }
  var outputs: [Metadata] {
    get { firstOutput.map { [$0] + otherOutputs } ?? [] }
    set {
      firstOutput = newValue.first
      otherOutputs = Array(newValue.dropFirst())
    }
  }
  final var outputCount: Int { firstOutput == nil ? 0 : rarities == nil ? 1 : 1 + otherOutputs.count }
  /// Whether a gradient fits the first output as it is.
  final func firstAccepts(_ grad: Tensor) -> Bool {
    firstOutput?.shape == grad.shape && firstOutput?.dtype == grad.dtype
  }
  final func output(_ i: Int) -> Metadata? {
    i == 0 ? firstOutput : otherOutputs.indices.contains(i - 1) ? otherOutputs[i - 1] : nil
  }
  @exclusivity(unchecked) final var saved: Few<SavedVariable>
  /// Plain values the rule uses, by PyTorch's names: `exponent`, `dim`.
  public internal(set) var attributes: [NamedAttribute] {
    get { rarities?.attributes ?? [] }
    set { if !newValue.isEmpty || rarities != nil { rare().attributes = newValue } }
  }
  /// What hooks made of saved tensors, by their place among them.
  final var packed: [Int: PackedTensor] {
    get { rarities?.packed ?? [:] }
    set { rare().packed = newValue }
  }
  @exclusivity(unchecked) public internal(set) final var isFreed = false
  /// Made when first needed, as most nodes have none.
  @exclusivity(unchecked) private final var rarities: Rarities?
  private func rare() -> Rarities {
    if let rarities { return rarities }
    let made = Rarities()
    rarities = made
    return made
  }
  final var listeners: Listeners? { rarities?.listeners }
  private func listening() -> Listeners {
    if let known = rarities?.listeners { return known }
    let made = Listeners()
    rare().listeners = made
    return made
  }
  /// Called with the gradients that arrive, one list an output; may replace them.
  var tensorHooks: [Int: HookList] {
    get { listeners?.tensorHooks ?? [:] }
    set { listening().tensorHooks = newValue }
  }
  /// `.grad` of non-leaf tensors that asked for it, by output.
  var retained: [Int: WeakTensor] {
    get { listeners?.retained ?? [:] }
    set { listening().retained = newValue }
  }
  /// See, and may replace, what arrives for the outputs.
  var preHooks: HookList? {
    get { listeners?.preHooks }
    set { listening().preHooks = newValue }
  }
  /// See what leaves for the inputs, and may replace it.
  var postHooks: HookList? {
    get { listeners?.postHooks }
    set { listening().postHooks = newValue }
  }
  /// Whether this is the end of a path.
  final var isAccumulator: Bool { isEnd }
  private let isEnd: Bool
  /// Set where the rule is that of plain arithmetic, which a pass that nobody watches takes without lists.
  @exclusivity(unchecked) final var shortcut = QuickRule.none
  /// The pass that visits it now, and its place there.
  @exclusivity(unchecked) final var pass: (serial: UInt32, place: Int32) = (0, 0)
  @exclusivity(unchecked) final var mark = RecordMark()
  /// Where the program made it, in anomaly mode: the calls under way, as a traceback shows them.
  var place: String? {
    get { rarities?.place }
    set { rare().place = newValue }
  }
  /// For the binding: the object a program holds it by.
  public var attachment: AnyObject? {
    get { rarities?.attachment }
    set { rare().attachment = newValue }
  }

  private static let last = Atomic<UInt64>(0)

  init(name: String, next: consuming Few<Edge?>, saved: consuming Few<SavedVariable> = Few()) {
    self.name = name
    self.next = next
    self.saved = saved
    sequence = Node.last.wrappingAdd(1, ordering: .relaxed).newValue
    isEnd = false
  }

  /// The end of a path: the accumulator of a leaf.
  init(endingAt leaf: Tensor, name: String) {
    self.name = name
    next = Few()
    saved = Few()
    sequence = .max
    isEnd = true
    mayHaveChildren = false
    firstOutput = Metadata(shape: leaf.shape, dtype: leaf.dtype, device: leaf.device)
  }

  /// Whether the rule is the program's own: what it does is recorded.
  open var runsProgram: Bool { false }

  /// The gradients of the inputs, one an edge; `nil` where there is none.
  open func backward(_ grads: [Tensor?]) throws -> [Tensor?] { [] }

  /// Drops what was saved. A second backward is refused where something was.
  func release() {
    var hadAny = false
    saved.changeEach {
      if $0.isNone { return }
      hadAny = true
      $0.clear()
    }
    if hadAny { isFreed = true }
    if let rarities { rarities.packed = [:] }
  }

  public var recordID: NodeID? { mark.id == 0 ? nil : NodeID(mark.id) }

  /// Whether the input at an edge needs a gradient.
  @inline(__always)
  final func needs(_ i: Int) -> Bool {
    switch i {
    case 0: next.one??.inputNumber != nil
    case 1: next.two??.inputNumber != nil
    default: next.rest.indices.contains(i - 2) && next.rest[i - 2] != nil
    }
  }

  /// The node that the gradient of an input goes to, not held: the edge does that as long as this node lives.
  @inline(__always)
  final func target(_ i: Int) -> Unmanaged<Node>? {
    switch i {
    case 0: next.one??.destination
    case 1: next.two??.destination
    default: next.rest.indices.contains(i - 2) ? next.rest[i - 2]?.destination : nil
    }
  }
  /// Which output of that node it is for.
  @inline(__always)
  final func outputNumber(_ i: Int) -> Int {
    switch i {
    case 0: next.one??.inputNumber ?? 0
    case 1: next.two??.inputNumber ?? 0
    default: next.rest[i - 2]?.inputNumber ?? 0
    }
  }

  final func unpacked(_ i: Int) throws -> Tensor {
    if saved[i].isPacked, let put = packed[i] { return try put.unpack(saved[i], for: self) }
    return try saved[i].unpack(for: self)
  }
  final func savedTensor(_ i: Int) throws -> Tensor {
    guard i < saved.count else { throw TorchError.runtime("\(name): nothing was saved at \(i)") }
    return try unpacked(i)
  }
  /// The same on the short way, for one of the first two.
  @inline(__always)
  final func quickOperand(_ i: Int) throws -> Operand {
    if let t = i == 0 ? saved.one?.plain : saved.two?.plain, !t.isWrappedNumber { return .tensor(t) }
    return try savedOperand(i)
  }
  final func savedOperand(_ i: Int) throws -> Operand {
    guard i < saved.count else { throw TorchError.runtime("\(name): nothing was saved at \(i)") }
    if let number = saved[i].number { return .number(number) }
    let t = try unpacked(i)
    return t.isWrappedNumber ? .number(try t.item()) : .tensor(t)
  }

  /// False where nothing below can need releasing: all edges lead to leaves, and nothing else is saved.
  @exclusivity(unchecked) final var mayHaveChildren = true

  deinit {
    guard mayHaveChildren else { return }
    var work: [Node] = []
    takeChildren(into: &work)
    while let node = work.popLast() { node.takeChildren(into: &work) }
  }

  private func takeChildren(into work: inout [Node]) {
    // A node that somebody else holds is theirs to release.
    next.changeEach { edge in
      guard case .node(var node)? = edge.take()?.target else { return }
      if isKnownUniquelyReferenced(&node) { work.append(node) }
    }
    saved.changeEach { variable in
      guard variable.hasNode, var node = variable.takeNode() else { return }
      if isKnownUniquelyReferenced(&node) { work.append(node) }
    }
  }
}

/// What few nodes have.
final class Rarities {
  var otherOutputs: [Node.Metadata] = []
  var attributes: [NamedAttribute] = []
  var packed: [Int: PackedTensor] = [:]
  var place: String?
  var attachment: AnyObject?
  var listeners: Listeners?
}

/// Who sees the gradients that pass a node.
final class Listeners {
  var tensorHooks: [Int: HookList] = [:]
  var retained: [Int: WeakTensor] = [:]
  var preHooks: HookList?
  var postHooks: HookList?
}

/// A node whose rule is a function of the gradients and of what was saved.
final class RuleNode: Node {
  typealias Rule = (BackwardPass) throws -> [Tensor?]
  private let rule: Rule
  /// The derivative it was made from, until everything is saved and recorded.
  @exclusivity(unchecked) var pending: Derivative?

  init(
    _ name: String, next: consuming Few<Edge?>, saved: consuming Few<SavedVariable> = Few(),
    rule: @escaping Rule
  ) {
    self.rule = rule
    super.init(name: name, next: next, saved: saved)
  }

  override func backward(_ grads: [Tensor?]) throws -> [Tensor?] {
    if grads.allSatisfy({ $0 == nil }) { return next.map { _ in nil } }
    for i in 0..<saved.count where saved[i].isLost { try checkSaved() }
    return try rule(BackwardPass(grads: grads, node: self))
  }
}

extension Node {
  /// Throws for the first saved tensor that is lost, in PyTorch's order: by name, results last.
  fileprivate final func checkSaved() throws {
    if let first = savedInOrder.first(where: { saved[$0].isLost }) {
      _ = try saved[first].unpack(for: self)
    }
  }
}

/// What a backward rule may use.
struct BackwardPass {
  let grads: [Tensor?]
  let node: Node

  /// The gradient of the first output.
  var grad: Tensor {
    get throws {
      guard let first = grads.first, let g = first else {
        throw TorchError.runtime("\(node.name): the gradient of output 0 is undefined")
      }
      return g
    }
  }
  /// What was saved at a place. Throws where it was freed or written over.
  func saved(_ i: Int) throws -> Tensor { try node.savedTensor(i) }
  /// The same, a number as the number it is.
  func operand(_ i: Int) throws -> Operand { try node.savedOperand(i) }
  func needs(_ i: Int) -> Bool { node.needs(i) }
  /// Computes a gradient only where it is needed.
  func ifNeeded(_ i: Int, _ body: () throws -> Tensor?) rethrows -> Tensor? {
    needs(i) ? try body() : nil
  }
}

/// Functions that see, and may replace, gradients; in order of registration.
public final class HookList {
  public typealias Hook = ([Tensor?]) throws -> [Tensor?]?
  private var hooks: [(id: Int, call: (_ values: [Tensor?], _ given: [Tensor?]) throws -> [Tensor?]?)] = []
  private var last = 0
  public var count: Int { hooks.count }

  /// Adds a hook; the number removes it again.
  public func add(_ hook: @escaping Hook) -> Int { add { values, _ in try hook(values) } }

  /// Adds a hook that also sees what its node was given: the gradients of the outputs.
  public func add(_ hook: @escaping (_ values: [Tensor?], _ given: [Tensor?]) throws -> [Tensor?]?) -> Int {
    last += 1
    hooks.append((last, hook))
    return last
  }
  public func remove(_ id: Int) { hooks.removeAll { $0.id == id } }

  func run(_ values: [Tensor?], given: [Tensor?] = []) throws -> [Tensor?] {
    var values = values
    for hook in hooks { if let new = try hook.call(values, given) { values = new } }
    return values
  }
}
