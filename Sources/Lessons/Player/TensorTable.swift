import OrderedCollections
public import Recordings

/// The tensors a reader can see at an instant, with what a step changed of each.
public struct TensorTable: Sendable, Equatable {
  public struct Cell: Sendable, Equatable {
    public var text: String
    public var isChanged: Bool
    /// There is nothing here, and there may be later: an empty slot.
    public var isEmpty = false
  }
  public struct TableRow: Sendable, Equatable {
    public var name: Cell
    public var data: Cell
    public var grad: Cell
    public var gradFn: Cell
    public var version: Cell

    public var isChanged: Bool { cells.contains(where: \.isChanged) }
    /// In the order of ``TensorTable/titles``.
    public var cells: [Cell] { [name, data, grad, gradFn, version] }
  }
  public static let titles = ["name", ".data", ".grad", "grad_fn", "version"]

  public var rows: [TableRow]

  /// - Parameters:
  ///   - before: the state before the step.
  ///   - after: the state that is shown.
  public init(before: Moment, after: Moment, names: Names) {
    var shown: OrderedSet<TensorID> = []
    for (name, referent) in after.names {
      if case .tensor(let id) = referent, name.scope.isEmpty { shown.append(id) }
    }
    for (_, referent) in after.names {
      if case .tensor(let id) = referent { shown.append(id) }
    }
    // What an optimizer holds is there, whether it has a name or not.
    for optimizer in after.optimizers.values { for id in optimizer.parameters { shown.append(id) } }
    rows = shown.compactMap { Self.row($0, before, after, names) }
  }

  private static func row(_ id: TensorID, _ before: Moment, _ after: Moment, _ names: Names) -> TableRow? {
    guard let tensor = after.tensors[id] else { return nil }
    let old = before.tensors[id]
    let now = after.names(of: id).map(\.name)
    let former = names.formerName(of: id, at: after.eventCount).map { "(was \($0))" }
    let name = now.isEmpty ? former ?? "\(id)" : now.joined(separator: ", ")
    let value = after.value(of: id)
    let slot = after.gradient(of: id)
    let takesGradient = tensor.isLeaf && tensor.requiresGrad
    let grad = slot?.inline(limit: 8) ?? (takesGradient || tensor.retainsGrad ? "None" : "–")
    let gradFn = tensor.gradFn.flatMap { after.nodes[$0]?.recorded.gradFn }
    let kind = takesGradient ? "leaf" : tensor.requiresGrad ? gradFn ?? "–" : "no grad"
    let oldKind = old.map { $0.gradFn == tensor.gradFn && $0.requiresGrad == tensor.requiresGrad }
    return TableRow(
      name: Cell(text: name, isChanged: old == nil || before.names(of: id) != after.names(of: id)),
      data: Cell(
        text: value?.inline(limit: 8) ?? Story.shape(tensor.shape),
        isChanged: old == nil || before.value(of: id) != value),
      grad: Cell(
        text: grad, isChanged: old != nil && before.gradient(of: id) != slot, isEmpty: slot == nil),
      gradFn: Cell(text: kind, isChanged: !(oldKind ?? true)),
      version: Cell(
        text: "\(after.version(of: id) ?? 0)",
        isChanged: old != nil && before.version(of: id) != after.version(of: id)))
  }
}
