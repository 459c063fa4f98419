/// The program called a plotting function: `plt.plot(losses, label="train")`.
///
/// Nothing is drawn when it happens; the numbers are kept, so that figures can draw the plot later.
public struct Plotted: EventPayload {
  /// `plot`, `scatter`, `title`, `savefig`.
  public var function: String
  /// Which figure of the program, from 1.
  public var figure: Int
  /// Which axes of the figure, from 0.
  public var axes: Int
  /// The sequences of numbers among the arguments, in order, flattened row by row.
  public var series: [PlotSeries]
  /// Texts and single numbers among the arguments, as the language shows them.
  public var arguments: [String]
  /// Named arguments, as the language shows them.
  public var options: [PlotOption]

  public init(
    function: String, figure: Int, axes: Int, series: [PlotSeries] = [], arguments: [String] = [],
    options: [PlotOption] = []
  ) {
    self.function = function
    self.figure = figure
    self.axes = axes
    self.series = series
    self.arguments = arguments
    self.options = options
  }

  public static let kind: StaticString = "plotted"
  public static func body(_ e: Self) -> Event.Body { .plotted(e) }
  public func encode(into json: inout JSONWriter) {
    json.field("function", function)
    json.field("figure", figure)
    if axes != 0 { json.field("axes", axes) }
    if !series.isEmpty { json.field("series", series) }
    if !arguments.isEmpty { json.field("arguments", arguments) }
    if !options.isEmpty { json.field("options", options) }
  }
  public init(from json: JSONObject) throws {
    function = try json.get("function")
    figure = try json.get("figure")
    axes = try json.getIfPresent("axes") ?? 0
    series = try json.getIfPresent("series") ?? []
    arguments = try json.getIfPresent("arguments") ?? []
    options = try json.getIfPresent("options") ?? []
  }
  public func apply(to moment: inout Moment) { moment.plots.append(self) }
  public func tell(_ story: Story) -> String? {
    let counts = series.map { "\($0.values.count) numbers" }
    let named = options.map { "\($0.name)=\($0.value)" }
    return "plots: \(function)(\((counts + arguments + named).joined(separator: ", ")))"
  }
}

/// A sequence of numbers handed to a plotting function.
public struct PlotSeries: Sendable, Equatable, JSONField {
  /// The name of the argument; empty for positional ones.
  public var name: String
  public var shape: [Int]
  /// Row by row.
  public var values: [Double]
  public init(name: String = "", shape: [Int], values: [Double]) {
    self.name = name
    self.shape = shape
    self.values = values
  }
  public func write(to json: inout JSONWriter) {
    json.object { o in
      if !name.isEmpty { o.field("name", name) }
      o.field("shape", shape)
      o.field("values", values)
    }
  }
  public init(json: JSONValue) throws {
    let o = try JSONObject(json: json)
    name = try o.getIfPresent("name") ?? ""
    shape = try o.get("shape")
    values = try o.get("values")
  }
}

/// A named argument of a plotting function, as the language shows it.
public struct PlotOption: Sendable, Equatable, JSONField {
  public var name: String
  public var value: String
  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }
  public func write(to json: inout JSONWriter) {
    json.object { o in
      o.field("name", name)
      o.field("value", value)
    }
  }
  public init(json: JSONValue) throws {
    let o = try JSONObject(json: json)
    name = try o.get("name")
    value = try o.get("value")
  }
}
