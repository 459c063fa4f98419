/// What to call each tensor of a recording.
///
/// A tensor is made before a name is bound to it (`y = 100*x`), so that a figure of the instant between
/// needs the name to come; and it may lose its name while an optimizer still holds it.
public struct Names: Sendable {
  private struct Span: Sendable {
    var name: String
    var isLocal: Bool
    var from: Int
    var to: Int
  }
  private var spans: [TensorID: [Span]] = [:]
  private var ownerOfGradient: [TensorID: TensorID] = [:]

  /// Reads all names that a recording binds: one pass.
  public init(_ recording: Recording) {
    var open: [BoundName: (tensor: TensorID, from: Int)] = [:]
    var order: [BoundName] = []
    func close(_ name: BoundName, at k: Int) -> Span? {
      guard let binding = open.removeValue(forKey: name) else { return nil }
      return Span(name: name.name, isLocal: !name.scope.isEmpty, from: binding.from, to: k)
    }
    for (k, event) in recording.events.enumerated() {
      switch event.body {
      case .nameBound(let bound):
        let name = BoundName(scope: bound.scope, name: bound.name)
        if let tensor = open[name]?.tensor {
          if bound.referent == .tensor(tensor) { continue }
          if let span = close(name, at: k + 1) { spans[tensor, default: []].append(span) }
        }
        if case .tensor(let tensor) = bound.referent {
          open[name] = (tensor, k + 1)
          order.append(name)
        }
      case .nameUnbound(let unbound):
        let gone = order.filter { $0.scope == unbound.scope && (unbound.name ?? $0.name) == $0.name }
        for name in gone {
          guard let tensor = open[name]?.tensor else { continue }
          if let span = close(name, at: k + 1) { spans[tensor, default: []].append(span) }
        }
        order.removeAll { $0.scope == unbound.scope && (unbound.name ?? $0.name) == $0.name }
      case .gradientWritten(let written): ownerOfGradient[written.grad] = written.tensor
      default: break
      }
    }
    var seen: Set<BoundName> = []
    for name in order where seen.insert(name).inserted {
      guard let tensor = open[name]?.tensor else { continue }
      if let span = close(name, at: .max) { spans[tensor, default: []].append(span) }
    }
  }

  /// The name in force after `k` events; else the next one it gets; else the last it had; else `x.grad`;
  /// else the id.
  public func name(of tensor: TensorID, at k: Int) -> String {
    programName(of: tensor, at: k) ?? ownerOfGradient[tensor].map { "\(name(of: $0, at: k)).grad" }
      ?? "\(tensor)"
  }

  /// Like ``name(of:at:)``, but `nil` where the program never named it.
  public func programName(of tensor: TensorID, at k: Int) -> String? {
    guard let all = spans[tensor] else { return nil }
    let now = all.filter { $0.from <= k && k < $0.to }
    if let best = now.first(where: { !$0.isLocal }) ?? now.first { return best.name }
    if let next = all.filter({ $0.from > k }).min(by: { $0.from < $1.from }) { return next.name }
    return all.max { $0.to < $1.to }?.name
  }

  /// Whether a name refers to it after `k` events.
  public func isNamed(_ tensor: TensorID, at k: Int) -> Bool {
    spans[tensor]?.contains { $0.from <= k && k < $0.to } ?? false
  }

  /// The name it had and lost before `k`: an optimizer may still hold it.
  public func formerName(of tensor: TensorID, at k: Int) -> String? {
    guard let all = spans[tensor], !isNamed(tensor, at: k), !all.contains(where: { $0.from > k }) else {
      return nil
    }
    return all.max { $0.to < $1.to }?.name
  }
}
