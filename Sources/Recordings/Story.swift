import OrderedCollections

/// A recording told in words, one line an event.
///
/// ```
/// 14  x.grad: None → [100., 100.], written by AccumulateGrad for x
/// ```
public struct Story {
  /// The state after the event that is told; what was before is in the event.
  public let after: Moment
  public let names: Names

  public init(after: Moment, names: Names) {
    self.after = after
    self.names = names
  }

  /// The name of a tensor at this instant.
  public func name(_ tensor: TensorID) -> String { names.name(of: tensor, at: after.eventCount) }

  /// `x (t1)`, or `t1` alone.
  func nameAndID(_ tensor: TensorID) -> String {
    let name = name(tensor)
    return name == "\(tensor)" ? name : "\(name) (\(tensor))"
  }

  /// A shape as Python prints the tuple: `(2,)`, `()`.
  public static func shape(_ shape: [Int]) -> String {
    Attribute.list(shape.map(Attribute.int)).text
  }

  func phrase(for origin: Origin) -> String {
    if origin.inputs.isEmpty { return "" }
    return ", made by \(origin.operation) of \(origin.inputs.map(name).joined(separator: ", "))"
  }

  /// One line of the story.
  public struct Line: Sendable, Equatable {
    public enum Role: Sendable, Equatable { case statement, event }
    public var role: Role
    /// The number of the event, from 1.
    public var event: Int
    public var text: String
  }

  /// All lines: a heading for each statement, then what it caused.
  public static func lines(of recording: Recording) -> [Line] {
    let names = Names(recording)
    let source = recording.lines
    var moment = Moment()
    var out: [Line] = []
    for (k, event) in recording.events.enumerated() {
      moment.apply(event)
      if case .statement = event.body, let span = event.span {
        let at = Int(span.line) - 1
        let text = source.indices.contains(at) ? source[at].drop { $0 == " " || $0 == "\t" } : ""
        out.append(Line(role: .statement, event: k + 1, text: "line \(span.line): \(text)"))
      } else if let text = event.body.payload.tell(Story(after: moment, names: names)) {
        out.append(Line(role: .event, event: k + 1, text: text))
      }
    }
    return out
  }
}
