public import Drawing
public import Recordings

/// Everything a figure is made from. Same input, same scene.
public struct FigureInput: Sendable {
  public var recording: Recording
  /// The instant that is drawn.
  public var moment: Moment
  public var names: Names
  public var measuring: any TextMeasuring & Sendable
  public var theme: Theme
  public var options: FigureOptions
  /// The figure is one frame of a film and takes the room the largest needs.
  public var isFrame = false
  /// What all frames of this recording share. A cache serves one recording, one measurer.
  public var layouts: LayoutCache

  public init(
    recording: Recording, moment: Moment, names: Names, measuring: any TextMeasuring & Sendable,
    theme: Theme = .light, options: FigureOptions = FigureOptions(), layouts: LayoutCache = LayoutCache()
  ) {
    self.recording = recording
    self.moment = moment
    self.names = names
    self.measuring = measuring
    self.theme = theme
    self.options = options
    self.layouts = layouts
  }

  /// The input of a single figure after the first `k` events.
  public init(
    recording: Recording, at k: Int, measuring: any TextMeasuring & Sendable, theme: Theme = .light,
    options: FigureOptions = FigureOptions()
  ) {
    var timeline = Timeline(recording)
    self.init(
      recording: recording, moment: timeline.moment(after: k), names: Names(recording),
      measuring: measuring, theme: theme, options: options)
  }

  /// How many events have happened.
  var now: Int { moment.eventCount }

  /// What a tensor is called now.
  func name(_ tensor: TensorID) -> String { names.name(of: tensor, at: now) }

  /// The last event that happened.
  var lastEvent: Event? {
    now > 0 && now <= recording.events.count ? recording.events[now - 1] : nil
  }
}
