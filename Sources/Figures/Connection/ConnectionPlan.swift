import Drawing
import OrderedCollections
import Recordings

/// What all frames of a connection share: rooms, rows of parameters, widths.
struct ConnectionPlan: Sendable {
  static let maximumLanes = 8
  static let maximumOperations = 3
  static let cardHeight = 94.0
  static let cardGap = 14.0
  static let roomHead = 64.0
  static let chainWidth = 118.0
  static let pillHeight = 42.0
  static let chainGap = 20.0
  static let accumulateWidth = 112.0

  var lives: Lives
  var passes: Passes
  var history: History
  /// The optimizer that will hold a parameter, or did.
  var futureHolder: [TensorID: OptimizerID]
  var firstOptimizer: [OptimizerID: OptimizerCreated]
  var lanes: Int
  var hiddenLanes: Int
  var strip: LedgerPlan

  var autograd: Rect
  var parameters: Rect
  var optimizer: Rect
  /// The y of the first card.
  var firstCard: Double
  var stripTop: Double
  var bodyWidth: Double
  var bodyHeight: Double

  init(_ input: FigureInput) throws(FigureError) {
    lives = try input.lives()
    passes = try input.passes()
    history = try input.history()
    hiddenLanes = lives.laneCount > Self.maximumLanes ? lives.laneCount - Self.maximumLanes + 1 : 0
    lanes = lives.laneCount - hiddenLanes
    futureHolder = [:]
    firstOptimizer = [:]
    for event in input.recording.events {
      guard case .optimizerCreated(let created) = event.body else { continue }
      if firstOptimizer[created.optimizer] == nil { firstOptimizer[created.optimizer] = created }
      for id in created.groups.flatMap(\.parameters) where futureHolder[id] == nil {
        futureHolder[id] = created.optimizer
      }
    }
    let cardWidth = Self.cardWidth(input)
    let chain = Self.chainHeight(passes)
    let rows = Double(lanes) * (Self.cardHeight + Self.cardGap) - Self.cardGap + (hiddenLanes > 0 ? 30 : 0)
    let content = max(rows, chain, Self.cardHeight)
    let height = Self.roomHead + content + 20
    let left = Page.margin
    let top = Page.bodyTop
    autograd = Rect(left, top, 18 + Self.chainWidth + 40 + Self.accumulateWidth + 18, height)
    parameters = Rect(autograd.maxX + 118, top, cardWidth + 36, height)
    optimizer = Rect(parameters.maxX + 122, top, 284, height)
    firstCard = top + Self.roomHead + max(0, (content - max(rows, Self.cardHeight)) / 2)
    stripTop = top + height + 26
    strip = try LedgerPlan.fitting(optimizer.maxX - left, input, window: 6)
    bodyWidth = max(optimizer.maxX - left, strip.width)
    // Rooms narrower than the ledger below them move apart evenly.
    let spare = max(0, bodyWidth - (optimizer.maxX - left))
    parameters = parameters.moved(spare / 2, 0)
    optimizer = optimizer.moved(spare, 0)
    bodyHeight = height + 26 + strip.height
  }

  /// Wide enough for the widest value a parameter ever shows, within limits.
  private static func cardWidth(_ input: FigureInput) -> Double {
    var widest = 0.0
    for event in input.recording.events {
      let values: [Capture?]
      switch event.body {
      case .gradientWritten(let written): values = [written.after]
      case .parameterUpdated(let update): values = [update.before, update.after]
      default: continue
      }
      for value in values {
        guard widest < 220, let text = value?.candidates.first else { continue }
        widest = max(widest, input.measuring.width(text, input.theme.codeStrong))
      }
    }
    return (20 + LeafCard.labelWidth + min(max(widest, 130), 220) + 8).rounded(.up)
  }

  private static func chainHeight(_ passes: Passes) -> Double {
    let longest = passes.all.map { passes.chain($0).count }.max() ?? 0
    let shown = min(longest, maximumOperations)
    return 32 + Double(shown) * (chainGap + pillHeight) + (longest > maximumOperations ? chainGap + 18 : 0)
  }

  func card(_ lane: Int) -> Rect {
    Rect(
      parameters.minX + 18, firstCard + Double(lane) * (Self.cardHeight + Self.cardGap),
      parameters.width - 36, Self.cardHeight)
  }
  func dataSlot(_ lane: Int) -> Rect {
    let card = card(lane)
    return Rect(card.minX + 10, card.minY + 33, card.width - 20, 24)
  }
  func gradientSlot(_ lane: Int) -> Rect { dataSlot(lane).moved(0, 30) }
  func accumulate(_ lane: Int) -> Rect {
    Rect(
      autograd.maxX - 18 - Self.accumulateWidth, gradientSlot(lane).midY - 13, Self.accumulateWidth, 26)
  }
}

extension Passes {
  /// The operations from the root down the first edge of each node, roots first.
  func chain(_ pass: Pass) -> [NodeID] {
    var chain: [NodeID] = []
    var next = pass.rootNodes.first
    while let id = next, let node = nodes[id], node.variable == nil, chain.count < nodes.count {
      chain.append(id)
      next = node.next.lazy.compactMap { $0?.node }.first { nodes[$0]?.variable == nil }
    }
    return chain
  }
}
