/// A part of a lesson, with the line of the file where it begins (for a fence, the line of the fence).
public enum LessonBlock: Sendable, Equatable {
  case prose(Prose)
  case cell(Cell)
  case output(Expected)
  case error(Expected)
  case figure(FigureBlock)
  case predict(Prediction)

  public var line: Int {
    switch self {
    case .prose(let b): b.line
    case .cell(let b): b.line
    case .output(let b), .error(let b): b.line
    case .figure(let b): b.line
    case .predict(let b): b.line
    }
  }
}

/// A paragraph, a heading, a list item, code that does not run: Markdown as plain text.
public struct Prose: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    case heading(level: Int)
    case paragraph
    /// With its marker: `•`, `2.`; nested items are deeper.
    case item(marker: String, depth: Int)
    case quote
    case code
  }
  public var line: Int
  public var kind: Kind
  /// Without emphasis marks; code keeps its backticks. Lines are not broken, but for code and hard breaks.
  public var text: String
}

/// A piece of the program.
public struct Cell: Sendable, Equatable {
  public var line: Int
  /// The line of the closing fence.
  public var endLine: Int
  /// The code's lines.
  public var code: [String]
}

/// What a cell must print or raise.
public struct Expected: Sendable, Equatable {
  public var line: Int
  public var endLine: Int
  /// The lines between the fences, joined, with a line end after each.
  public var text: String
}

/// A figure of the program at an instant.
public struct FigureBlock: Sendable, Equatable {
  public var line: Int
  /// A kind of the catalogue of figures: `graph`.
  public var kind: String
  /// As a person names it; `nil` is the place where the figure stands: after the cells above.
  public var at: String?
  public var options: [FigureOption]
  public var caption: String
  /// What is to be seen, for those who do not see it.
  public var alt: String
}

/// A choice of how to draw: `direction: right`.
public struct FigureOption: Sendable, Equatable {
  public var name: String
  public var value: String
  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

/// A question whose answer the program computes.
public struct Prediction: Sendable, Equatable {
  public var line: Int
  public var question: String
  /// An expression over the program's names: `x.grad`; see ``AnswerExpression``.
  public var answer: String
  /// When it is evaluated; `nil` is after the next cell, or after ``code``.
  public var at: String?
  /// "What if": runs after the cells above, in a program of its own.
  public var code: String?
  /// Exactly one is right; empty asks for free input.
  public var choices: [String]
  /// Shown after the reader commits.
  public var explanation: String
}
