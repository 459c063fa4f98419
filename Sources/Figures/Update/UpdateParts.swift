import Drawing
import Recordings

/// One update of one parameter, with what was true when it was made.
struct UpdateRecord: Sendable {
  /// After how many events it stands.
  var k: Int
  var update: ParameterUpdated
  var kind: String
  var settings: String
}

/// One grid of the figure.
struct UpdateQuantity: Sendable {
  enum Part: Sendable { case before, step, after, gradient, term }
  var part: Part
  var id: String
  var heading: String
  var caption: String
  var value: Capture

  /// The grids of an update: what is subtracted from what, what was read, what the rule computed between.
  static func all(_ update: ParameterUpdated, name: String) -> [UpdateQuantity] {
    var all: [UpdateQuantity] = []
    if let before = update.before {
      all.append(UpdateQuantity(part: .before, id: "before", heading: name, caption: "before", value: before))
    }
    let hasStep = update.isSubtraction
    if hasStep, let step = update.terms.last {
      all.append(
        UpdateQuantity(
          part: .step, id: "step", heading: typographic(step.name),
          caption: step.formula == step.name ? "the step" : typographic(step.formula), value: step.value))
    }
    if let after = update.after {
      all.append(UpdateQuantity(part: .after, id: "after", heading: name, caption: "after", value: after))
    }
    if let gradient = update.gradient {
      all.append(
        UpdateQuantity(
          part: .gradient, id: "gradient", heading: "\(name).grad", caption: "read from backward()",
          value: gradient))
    }
    for (index, term) in (hasStep ? update.terms.dropLast() : update.terms[...]).enumerated() {
      all.append(
        UpdateQuantity(
          part: .term, id: "term\(index + 1)", heading: typographic(term.name),
          caption: typographic(term.formula), value: term.value))
    }
    return all
  }
}

extension ParameterUpdated {
  /// Whether the last term is what was subtracted.
  var isSubtraction: Bool {
    guard let before, let after, let step = terms.last else { return false }
    if before.elements == nil { return step.value.shape == before.shape }
    return after.isClose(to: before, minus: 1, times: step.value)
  }
}

/// The grids of one parameter's updates: the same in every frame.
struct UpdateLayout: Sendable {
  var grids: [(id: String, grid: HeatGrid, origin: Point, width: Double)] = []
  /// Where − and = stand, by the grid before them.
  var operators: [(symbol: String, after: String, at: Point)] = []
  var ruleY: Double?
  var size = Size(0, 0)

  static let headHeight = 42.0
  static let operatorWidth = 44.0
  static let gap = 36.0
  static let lineGap = 30.0
  static let maximumWidth = 1240.0

  /// - Parameter characters: the widest number of each quantity.
  init(_ quantities: [UpdateQuantity], characters: [String: Int], _ input: FigureInput) {
    let theme = input.theme
    let advance = input.measuring.width("0", theme.codeSmall)
    func grid(_ quantity: UpdateQuantity, room: Double) -> HeatGrid {
      HeatGrid(
        shape: quantity.value.shape, isWhole: quantity.value.elements != nil,
        characters: characters[quantity.id] ?? 6, advance: advance, room: room)
    }
    func width(_ quantity: UpdateQuantity, _ grid: HeatGrid) -> Double {
      let heading = min(input.measuring.width(quantity.heading, theme.codeStrong), 240)
      let caption = min(input.measuring.width(quantity.caption, theme.label), 240)
      return max(grid.size.width, heading, caption).rounded(.up)
    }
    let equation = quantities.filter { $0.part != .term && $0.part != .gradient }
    var rest = quantities.filter { $0.part == .gradient || $0.part == .term }
    let side = equation.map { grid($0, room: 400) }
    let total =
      zip(equation, side).map { width($0, $1) }.reduce(0, +) + Self.operatorWidth
      * Double(max(0, equation.count - 1))
    let stacks =
      total > Self.maximumWidth || side.contains { !$0.hasNumbers && !$0.isSummary && $0.rows <= 4 }
    let hasStep = equation.contains { $0.part == .step }
    var x = 0.0
    var y = 0.0
    var lowest = 0.0
    for (index, quantity) in equation.enumerated() {
      let grid = stacks ? grid(quantity, room: Self.maximumWidth - Self.operatorWidth) : side[index]
      let symbol = index == 0 ? "" : !hasStep ? "→" : index == 1 ? "−" : "="
      if stacks {
        if index > 0 { y = lowest + Self.lineGap / 2 }
        x = Self.operatorWidth
      }
      let own = width(quantity, grid)
      if index > 0 {
        let middle = y + Self.headHeight + grid.gridSize.height / 2
        operators.append(
          (
            symbol, quantity.id,
            Point(x - (stacks ? Self.operatorWidth / 2 + 4 : Self.operatorWidth / 2), middle)
          ))
      }
      grids.append((quantity.id, grid, Point(x, y + Self.headHeight), own))
      lowest = max(lowest, y + Self.headHeight + grid.size.height)
      size.width = max(size.width, x + own)
      if !stacks { x += own + Self.operatorWidth }
    }
    // What was read stands beside the equation where there is room.
    if !stacks, let gradient = rest.first, gradient.part == .gradient {
      let grid = grid(gradient, room: 400)
      let own = width(gradient, grid)
      let at = x - Self.operatorWidth + 2 * Self.gap
      if at + own <= Self.maximumWidth {
        grids.append((gradient.id, grid, Point(at, Self.headHeight), own))
        size.width = at + own
        lowest = max(lowest, Self.headHeight + grid.size.height)
        rest.removeFirst()
      }
    }
    guard !rest.isEmpty else {
      size.height = lowest
      return
    }
    ruleY = lowest + Self.lineGap * 0.7
    x = 0
    y = lowest + Self.lineGap * 1.3
    lowest = y
    for quantity in rest {
      var grid = grid(quantity, room: 400)
      if stacks { grid = self.grids.first?.grid.hasNumbers == true ? fitting(quantity) : grid }
      func fitting(_ quantity: UpdateQuantity) -> HeatGrid {
        HeatGrid(
          shape: quantity.value.shape, isWhole: quantity.value.elements != nil,
          characters: characters[quantity.id] ?? 6, advance: advance, room: Self.maximumWidth)
      }
      let own = width(quantity, grid)
      if x > 0, x + own > Self.maximumWidth {
        x = 0
        y = lowest + Self.lineGap / 2
      }
      grids.append((quantity.id, grid, Point(x, y + Self.headHeight), own))
      lowest = max(lowest, y + Self.headHeight + grid.size.height)
      size.width = max(size.width, x + own)
      x += own + Self.gap
    }
    size.height = lowest
  }
}
