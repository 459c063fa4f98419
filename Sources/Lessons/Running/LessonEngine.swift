public import Recordings

/// What lessons need of the rest of Backstep: to run programs, to draw, to write files.
///
/// Injected, so that lessons are tested without either; `LessonEngine.standard` is the real one.
public struct LessonEngine: Sendable {
  /// Runs a program's text under a name and records it.
  public var run: @Sendable (_ source: String, _ name: String) -> ProgramRun
  /// The kinds of figures there are.
  public var kinds: [String]
  /// The formats they are written in.
  public var formats: [Format]
  /// Draws a figure into a file's bytes. What it throws is shown to the reader.
  public var draw: @Sendable (FigureRequest) throws -> [UInt8]
  /// Writes a file whole or not at all, making its folders. What it throws is shown to the reader.
  public var write: @Sendable (_ path: String, _ bytes: [UInt8]) throws -> Void

  public init(
    run: @escaping @Sendable (_ source: String, _ name: String) -> ProgramRun, kinds: [String],
    formats: [Format], draw: @escaping @Sendable (FigureRequest) throws -> [UInt8],
    write: @escaping @Sendable (_ path: String, _ bytes: [UInt8]) throws -> Void
  ) {
    self.run = run
    self.kinds = kinds
    self.formats = formats
    self.draw = draw
    self.write = write
  }
}

extension LessonEngine {
  /// A format by its name, with the ending of its files: `live-svg`, `live.svg`.
  public struct Format: Sendable, Equatable {
    public var name: String
    public var ending: String
    public init(_ name: String, ending: String) {
      self.name = name
      self.ending = ending
    }
  }
}

/// A program that ran.
public struct ProgramRun: Sendable {
  public var recording: Recording
  /// What went to standard error: a traceback, a refused program's message.
  public var errors: String
  /// It ran to its end.
  public var succeeded: Bool

  public init(recording: Recording, errors: String = "", succeeded: Bool = true) {
    self.recording = recording
    self.errors = errors
    self.succeeded = succeeded
  }
}

/// A figure to be drawn.
public struct FigureRequest: Sendable {
  public var recording: Recording
  /// After so many events.
  public var event: Int
  public var kind: String
  public var options: [FigureOption]
  /// What the picture says to those who do not see it; empty where the figure knows best.
  public var alt: String
  public var format: String

  public init(
    recording: Recording, event: Int, kind: String, options: [FigureOption] = [], alt: String = "",
    format: String = "svg"
  ) {
    self.recording = recording
    self.event = event
    self.kind = kind
    self.options = options
    self.alt = alt
    self.format = format
  }
}
