import Drawing
import OrderedCollections
import Recordings

/// What all frames of an update share: every update, and a layout for each parameter.
struct UpdatePlan: Sendable {
  var updates: [UpdateRecord] = []
  var layouts: [TensorID: UpdateLayout] = [:]
  var size = Size(480, 120)

  init(_ input: FigureInput) throws(FigureError) {
    var wanted: TensorID?
    if let name = input.options.tensor { wanted = try input.tensor(called: name) }
    var optimizers: [OptimizerID: OptimizerState] = [:]
    var moment = Moment()
    for event in input.recording.events {
      moment.apply(event)
      switch event.body {
      case .optimizerCreated(let created):
        optimizers[created.optimizer] = moment.optimizers[created.optimizer]
      case .learningRateChanged(let changed):
        optimizers[changed.optimizer] = moment.optimizers[changed.optimizer]
      case .parameterUpdated(let update) where wanted == nil || wanted == update.parameter:
        let optimizer = optimizers[update.optimizer]
        let groups = optimizer?.groups ?? []
        updates.append(
          UpdateRecord(
            k: moment.eventCount, update: update, kind: optimizer?.kind ?? "The optimizer",
            settings: groups.indices.contains(update.group)
              ? OptimizerRoom.settings([groups[update.group]]) : ""))
      default: break
      }
    }
    place(input)
  }

  private mutating func place(_ input: FigureInput) {
    var byParameter: OrderedDictionary<TensorID, [Int]> = [:]
    for (index, record) in updates.enumerated() {
      byParameter[record.update.parameter, default: []].append(index)
    }
    for (parameter, indices) in byParameter {
      // Enough to know how wide numbers get; rare wider ones are set smaller.
      let step = max(1, indices.count / 48)
      let sample = Set(stride(from: 0, to: indices.count, by: step)).union([indices.count - 1]).sorted()
      var characters: [String: Int] = [:]
      var fullest: [UpdateQuantity] = []
      for place in sample {
        let record = updates[indices[place]]
        let quantities = quantities(record, input)
        if quantities.count >= fullest.count { fullest = quantities }
        for quantity in quantities where quantity.value.count <= 256 {
          let widest = quantity.value.elementTexts.map(\.count).max() ?? 0
          characters[quantity.id] = max(characters[quantity.id] ?? 4, widest)
        }
      }
      // Before and after are the same tensor; their columns are equally wide.
      let both = max(characters["before"] ?? 4, characters["after"] ?? 4)
      characters["before"] = both
      characters["after"] = both
      let layout = UpdateLayout(fullest, characters: characters, input)
      layouts[parameter] = layout
      size = Size(max(size.width, layout.size.width), max(size.height, layout.size.height))
    }
  }

  func quantities(_ record: UpdateRecord, _ input: FigureInput) -> [UpdateQuantity] {
    UpdateQuantity.all(record.update, name: input.names.name(of: record.update.parameter, at: record.k))
  }
}
