public import Drawing
public import Recordings

/// One figure at every instant at which it changes: one layout, one size.
///
/// Law: what is drawn in two frames stands at the same place in both.
public struct FigureFilm: Sendable {
  public let kind: FigureKind
  /// After how many events each frame is drawn; the first is 0, before anything happened.
  public let instants: [Int]
  private var timeline: Timeline
  private let input: FigureInput

  public init(
    recording: Recording, kind: FigureKind, measuring: any TextMeasuring & Sendable,
    theme: Theme = .light, options: FigureOptions = FigureOptions()
  ) {
    self.kind = kind
    timeline = Timeline(recording)
    var input = FigureInput(
      recording: recording, moment: Moment(), names: Names(recording), measuring: measuring,
      theme: theme, options: options)
    input.isFrame = true
    self.input = input
    instants =
      [0] + recording.events.indices.filter { kind.changes(recording.events[$0].body) }.map { $0 + 1 }
  }

  /// The figure after the first `k` events; any `k`, not only one of ``instants``.
  public mutating func scene(at k: Int) throws(FigureError) -> Scene { try kind.draw(input(at: k)) }

  /// Its text form.
  public mutating func text(at k: Int) throws(FigureError) -> String { try kind.text(input(at: k)) }

  /// What the figure at `k` is made from.
  public mutating func input(at k: Int) -> FigureInput {
    var input = input
    input.moment = timeline.moment(after: k)
    return input
  }
}
