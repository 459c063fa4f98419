import Autograd
import MiniPython
import Recordings

/// The figures of a run, counted; what is plotted becomes events.
final class PlotState {
  var figures = 0
  var figure = 0
  var axes = 0

  /// The figure at hand; plotting without one makes one, as pyplot does.
  func current() -> Int {
    if figure == 0 {
      figures += 1
      figure = figures
      axes = 0
    }
    return figure
  }
}

/// A figure, axes, a line: takes every common call, and records it.
final class PlotObject: Object {
  enum Kind: String {
    case figure = "Figure"
    case axes = "Axes"
    case artist = "Artist"
  }
  let kind: Kind
  let figure: Int
  let axes: Int
  init(_ kind: Kind, figure: Int, axes: Int) {
    self.kind = kind
    self.figure = figure
    self.axes = axes
  }
  nonisolated(unsafe) private static let types: [Kind: ClassObject] = [
    .figure: ClassObject("Figure", module: "matplotlib.figure"),
    .axes: ClassObject("Axes", module: "matplotlib.axes._axes"),
    .artist: ClassObject("Line2D", module: "matplotlib.lines"),
  ]
  override var typeObject: ClassObject { PlotObject.types[kind] ?? Types.object }
  override func repr(_ i: Interpreter) throws -> String { "<\(kind.rawValue)>" }

  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    let (figure, axes) = (figure, axes)
    switch name {
    case "add_subplot", "gca", "add_axes", "twinx", "twiny", "inset_axes":
      return .object(
        NativeFunction(name) { a, i in
          try PlottingModule.record(name, a, figure, axes, i)
          return .object(PlotObject(.axes, figure: figure, axes: axes))
        })
    case "figure", "canvas", "patch", "transAxes", "transData", "xaxis", "yaxis", "zaxis", "spines":
      return .object(PlotObject(.figure, figure: figure, axes: axes))
    case _ where PlottingModule.functions.contains(name) || name.hasPrefix("set_") || name.hasPrefix("get_"):
      return .object(
        NativeFunction(name) { a, i in
          try PlottingModule.record(name, a, figure, axes, i)
          return try PlottingModule.result(of: name, a, figure, axes, i)
        })
    default: return nil
    }
  }
  // `line, = plt.plot(…)`, `for bar in bars`, `ax.spines["top"]`.
  override func iterate(_ i: Interpreter) throws -> IteratorObject { ClosureIterator(over: [.object(self)]) }
  override func length(_ i: Interpreter) throws -> Int? { 1 }
  override func getItem(_ key: Value, _ i: Interpreter) throws -> Value { .object(self) }
}

/// What `plt.subplots(2, 3)` gives beside the figure: axes in rows and columns.
final class AxesGrid: Object {
  let figure: Int
  let shape: [Int]
  let first: Int
  init(figure: Int, shape: [Int], first: Int = 0) {
    self.figure = figure
    self.shape = shape
    self.first = first
  }
  nonisolated(unsafe) private static let type = ClassObject("ndarray", module: "numpy")
  override var typeObject: ClassObject { AxesGrid.type }
  override func length(_ i: Interpreter) throws -> Int? { shape.first ?? 0 }
  override func getItem(_ key: Value, _ i: Interpreter) throws -> Value {
    let keys = (key.object as? TupleObject)?.items ?? [key]
    guard keys.count <= shape.count else {
      throw Raise.index(
        "too many indices for array: array is \(shape.count)-dimensional, but \(keys.count) were indexed")
    }
    var at = first
    var rest = shape
    for (axis, one) in keys.enumerated() {
      guard let k = try i.index(one) else {
        throw Raise.index("only integers are valid indices of axes here")
      }
      let n = rest.removeFirst()
      guard k >= -n, k < n else {
        throw Raise.index("index \(k) is out of bounds for axis \(axis) with size \(n)")
      }
      at += (k < 0 ? k + n : k) * rest.reduce(1, *)
    }
    return .object(
      rest.isEmpty
        ? PlotObject(.axes, figure: figure, axes: at) : AxesGrid(figure: figure, shape: rest, first: at))
  }
  override func iterate(_ i: Interpreter) throws -> IteratorObject {
    ClosureIterator(over: try (0..<(shape.first ?? 0)).map { try getItem(.int($0), i) })
  }
  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    let flat = AxesGrid(figure: figure, shape: [shape.reduce(1, *)], first: first)
    switch name {
    case "flat": return .object(flat)
    case "flatten", "ravel": return .object(NativeFunction(name) { _, _ in .object(flat) })
    case "shape": return .tuple(shape.map(Value.int))
    case "size": return .int(shape.reduce(1, *))
    default: return nil
    }
  }
}

/// `matplotlib.pyplot`: its common calls become events; nothing is drawn, nothing is written to disk.
enum PlottingModule {
  static let names = ["matplotlib", "matplotlib.pyplot", "matplotlib.cm", "matplotlib.style"]

  /// The calls that are taken.
  static let functions: Set<String> = [
    "plot", "scatter", "bar", "barh", "hist", "hist2d", "imshow", "contour", "contourf", "title", "suptitle",
    "xlabel", "ylabel",
    "legend", "grid", "axis", "xlim", "ylim", "savefig", "show", "axhline", "axvline", "hlines", "vlines",
    "axhspan", "axvspan",
    "tight_layout", "close", "text", "annotate", "arrow", "quiver", "streamplot", "fill_between", "fill",
    "errorbar", "boxplot",
    "violinplot", "pie", "step", "stem", "semilogy", "semilogx", "loglog", "xticks", "yticks", "xscale",
    "yscale", "colorbar",
    "subplots_adjust", "pcolormesh", "matshow", "clf", "cla", "draw", "pause", "ion", "ioff", "clabel",
    "stackplot", "plot_surface",
    "plot_wireframe", "tick_params", "margins", "invert_yaxis", "invert_xaxis", "add_patch", "clear",
    "legend_elements", "autoscale", "label_outer", "figtext", "rc", "twinx", "axline", "spy", "set",
    "plot_trisurf", "view_init", "rcdefaults", "tricontourf", "set_ylim", "set_xlim", "remove", "update",
    "table",
  ]

  static func make(_ path: String, _ cache: RunState) -> Value {
    if let known = cache.made[path] { return .object(known) }
    let m = ModuleObject(path)
    cache.made[path] = m
    switch path {
    case "matplotlib":
      m.function("use") { _, _ in .none }
      m.set("rcParams", .object(DictObject()))
      m.set("__version__", .string("3.10.0"))
      for child in names where child != path {
        m.set(String(child.dropFirst("matplotlib.".count)), make(child, cache))
      }
    case "matplotlib.cm":
      for n in ["viridis", "plasma", "coolwarm", "RdBu", "Spectral", "jet", "gray", "tab10", "Blues", "Reds"]
      {
        m.function(n) { _, _ in .tuple([.float(0), .float(0), .float(0), .float(1)]) }
      }
      m.function("get_cmap") { a, _ in a.positional.first ?? .none }
    case "matplotlib.style":
      m.function("use") { _, _ in .none }
      m.set("available", .list([]))
    default: pyplot(m, cache)
    }
    return .object(m)
  }

  private static func pyplot(_ m: ModuleObject, _ cache: RunState) {
    let state = PlotState()
    for name in functions.sorted() {
      m.function(name) { a, i in
        let figure = state.current()
        try record(name, a, figure, state.axes, i)
        if name == "show" || name == "close" || name == "clf" { state.figure = 0 }
        return try result(of: name, a, figure, state.axes, i)
      }
    }
    m.function("figure") { a, i in
      state.figures += 1
      (state.figure, state.axes) = (state.figures, 0)
      try record("figure", a, state.figure, 0, i)
      return .object(PlotObject(.figure, figure: state.figure, axes: 0))
    }
    m.function("subplots") { a, i in
      state.figures += 1
      (state.figure, state.axes) = (state.figures, 0)
      try record("subplots", a, state.figure, 0, i)
      func size(_ k: Int, _ name: String) throws -> Int {
        let given = try (a.positional.count > k ? a.positional[k] : a.keyword(name)).flatMap(i.index) ?? 1
        guard (1...1000).contains(given) else {
          throw Raise.value(
            "Number of \(name.dropFirst().dropLast())s must be a positive integer, not \(given)")
        }
        return given
      }
      let shape = [try size(0, "nrows"), try size(1, "ncols")].filter { $0 > 1 }
      let keepsAll = try a.keyword("squeeze").map { try !i.isTrue($0) } ?? false
      let axes: Object =
        keepsAll
        ? AxesGrid(figure: state.figure, shape: [try size(0, "nrows"), try size(1, "ncols")])
        : shape.isEmpty
          ? PlotObject(.axes, figure: state.figure, axes: 0) : AxesGrid(figure: state.figure, shape: shape)
      return .tuple([.object(PlotObject(.figure, figure: state.figure, axes: 0)), .object(axes)])
    }
    m.function("subplot") { a, i in
      let figure = state.current()
      if let k = try (a.positional.count >= 3 ? a.positional[2] : a.positional.first).flatMap(i.index) {
        state.axes = max(0, (a.positional.count >= 3 ? k : k % 10) - 1)
      }
      try record("subplot", a, figure, state.axes, i)
      return .object(PlotObject(.axes, figure: figure, axes: state.axes))
    }
    m.function("gca") { _, _ in .object(PlotObject(.axes, figure: state.current(), axes: state.axes)) }
    m.function("gcf") { _, _ in .object(PlotObject(.figure, figure: state.current(), axes: 0)) }
    m.function("axes") { a, i in
      try record("axes", a, state.current(), state.axes, i)
      return .object(PlotObject(.axes, figure: state.current(), axes: state.axes))
    }
    m.function("get_cmap") { a, _ in a.positional.first ?? .none }
    m.set("cm", make("matplotlib.cm", cache))
    m.set("style", make("matplotlib.style", cache))
    m.set("rcParams", .object(DictObject()))
  }

  /// What a call gives back, as far as programs use it.
  static func result(
    of name: String, _ a: PyArguments, _ figure: Int, _ axes: Int, _ i: Interpreter
  ) throws -> Value {
    let artist = Value.object(PlotObject(.artist, figure: figure, axes: axes))
    switch name {
    case "plot", "semilogy", "semilogx", "loglog", "step": return .list([artist])
    case "hist":
      var arguments = PyArguments([a.positional.first ?? .list([])])
      if let bins = a.keyword("bins") ?? a.positional.dropFirst().first { arguments.positional.append(bins) }
      let histogram = NumpyModule.make("numpy", RunState.of(i)).members["histogram"] ?? .none
      let pair = try i.array(i.call(histogram, arguments))
      return .tuple(pair + [artist])
    case "xlim", "ylim", "axis", "get_xlim", "get_ylim": return .tuple([.float(0), .float(1)])
    case "show", "savefig", "close", "tight_layout", "grid", "clf", "cla", "pause", "draw", "set_title",
      "subplots_adjust":
      return .none
    default: return artist
    }
  }

  /// Writes the call down, with the numbers it was given.
  static func record(_ name: String, _ a: PyArguments, _ figure: Int, _ axes: Int, _ i: Interpreter) throws {
    var event = Plotted(function: name, figure: figure, axes: axes)
    func add(_ v: Value, _ named: String?) throws {
      let parts = (v.object as? ListObject)?.items ?? (v.object as? TupleObject)?.items ?? [v]
      for case let t as TensorObject in parts.map(\.object) { try TensorInterop.checkReadable(t.tensor) }
      let isMany =
        v.object is ListObject || v.object is TupleObject || v.object is ArrayObject
        || v.object is TensorObject || v.object is RangeObject
      if isMany, let x = try? Operand.of(v, i), !x.shape.isEmpty {
        event.series.append(PlotSeries(name: named ?? "", shape: x.shape, values: x.numbers.map(\.double)))
        return
      }
      let text = try i.repr(v)
      let short = text.count > 200 ? text.prefix(199) + "…" : text
      if let named {
        event.options.append(PlotOption(name: named, value: short))
      } else {
        event.arguments.append(short)
      }
    }
    for v in a.positional { try add(v, nil) }
    for k in a.keywords { try add(k.value, k.name) }
    Context.current.recorder?.record(.plotted(event))
  }
}
