import Autograd
import MiniPython

/// `DataLoader`: batches of a data set, each epoch in an order of its own.
///
/// Law: every iteration takes one 64-bit draw of the generator, shuffling a second, as PyTorch's does.
enum DataLoader {
  private static let names = [
    "dataset", "batch_size?", "shuffle?", "sampler?", "batch_sampler?", "num_workers?", "collate_fn?",
    "pin_memory?", "drop_last?", "timeout?", "worker_init_fn?", "multiprocessing_context?", "generator?", "*",
    "prefetch_factor?", "persistent_workers?", "pin_memory_device?", "in_order?",
  ]

  nonisolated(unsafe) static let type: ClassObject = {
    let c = DataNamespace.makeClass("DataLoader", file: "dataloader")
    c.method("__init__") { v, a, i in
      try start(try DataNamespace.me(v), try a.bindWritten("DataLoader.__init__", names: names), i)
      return .none
    }
    c.method("__len__") { v, _, i in
      let dataset = try DataNamespace.attribute(v, "dataset", i)
      if try i.isInstance(dataset, .object(Datasets.iterable)) {
        let n = try i.length(dataset)
        guard let size = try i.index(DataNamespace.attribute(v, "batch_size", i)), size > 0 else {
          return .int(n)
        }
        let drops = try i.isTrue(DataNamespace.attribute(v, "drop_last", i))
        return .int(drops ? n / size : n / size + (n % size == 0 ? 0 : 1))
      }
      return .int(try i.length(indices(v, i)))
    }
    c.method("__iter__") { v, _, i in .object(try iterate(v, i)) }
    c.method("__setattr__") { v, a, i in
      let p = try a.positionalOnly("__setattr__", 2...2)
      let name = try i.str(p[0])
      let fixed = ["batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers"]
      if fixed.contains(name) {
        throw Raise.value(
          "\(name) attribute should not be set after \(i.typeName(v)) is initialized")
      }
      try DataNamespace.me(v).set(name, p[1])
      return .none
    }
    return c
  }()

  private static func start(_ me: InstanceObject, _ p: [Value?], _ i: Interpreter) throws {
    func given(_ k: Int) -> Value? { DataNamespace.isNone(p[k]) ? nil : p[k] }
    let workers = try p[5].flatMap(i.index) ?? 0
    if workers < 0 {
      throw Raise.value(
        "num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.")
    }
    if let timeout = try p[9].flatMap(i.floating), timeout < 0 {
      throw Raise.value("timeout option should be non-negative")
    }
    if workers == 0, given(13) != nil {
      throw Raise.value(
        "prefetch_factor option could only be specified in multiprocessing."
          + "let num_workers > 0 to enable multiprocessing, otherwise set prefetch_factor to None.")
    }
    if workers == 0, try given(14).map(i.isTrue) ?? false {
      throw Raise.value("persistent_workers option needs num_workers > 0")
    }
    let dataset = p[0] ?? .none
    let isIterable = try i.isInstance(dataset, .object(Datasets.iterable))
    let shuffles = try given(2).map(i.isTrue) ?? false
    let drops = try p[8].map(i.isTrue) ?? false
    var size = p[1] ?? .int(1)
    if isIterable {
      if shuffles {
        throw Raise.value(
          "DataLoader with IterableDataset: expected unspecified shuffle option, but got shuffle=\(try i.str(p[2] ?? .none))"
        )
      }
      for (k, name) in [(3, "sampler"), (4, "batch_sampler")] {
        if let v = given(k) {
          throw Raise.value(
            "DataLoader with IterableDataset: expected unspecified \(name) option, but got \(name)=\(try i.str(v))"
          )
        }
      }
    }
    if given(3) != nil, shuffles { throw Raise.value("sampler option is mutually exclusive with shuffle") }
    var isOne = false
    if case .int(1) = size { isOne = true }
    if given(4) != nil {
      if !isOne || shuffles || given(3) != nil || drops {
        throw Raise.value(
          "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last")
      }
      size = .none
    } else if DataNamespace.isNone(size), drops {
      throw Raise.value(
        "batch_size=None option disables auto-batching and is mutually exclusive with drop_last")
    }
    let generator = p[12] ?? .none
    var sampler = given(3)
    if sampler == nil, !isIterable {
      sampler =
        shuffles
        ? try i.call(
          .object(Samplers.random),
          PyArguments([dataset], keywords: [(name: "generator", value: generator)]))
        : try i.call(.object(Samplers.sequential), PyArguments([dataset]))
    }
    var batches = given(4)
    if batches == nil, !DataNamespace.isNone(size), !isIterable, let sampler {
      batches = try i.call(.object(Samplers.batch), PyArguments([sampler, size, .bool(drops)]))
    }
    for (name, value) in [
      ("dataset", dataset), ("num_workers", .int(workers)), ("prefetch_factor", p[13] ?? .none),
      ("pin_memory", p[7] ?? .bool(false)), ("timeout", p[9] ?? .int(0)),
      ("worker_init_fn", p[10] ?? .none), ("batch_size", size), ("drop_last", .bool(drops)),
      ("sampler", sampler ?? .none), ("batch_sampler", batches ?? .none), ("generator", generator),
      ("collate_fn", given(6) ?? .object(DataNamespace.isNone(size) ? defaultConvert : defaultCollate)),
      ("persistent_workers", .bool(false)),
    ] { me.set(name, value) }
  }

  /// What `collate_fn` is where the program gave none.
  nonisolated(unsafe) private static let defaultCollate = NativeFunction("default_collate") { a, i in
    try Collate.batch(try a.positionalOnly("default_collate", 1...1)[0], i)
  }
  nonisolated(unsafe) private static let defaultConvert = NativeFunction("default_convert") { a, _ in
    try a.positionalOnly("default_convert", 1...1)[0]
  }
  private static func isDefault(_ v: Value) -> Bool {
    DataNamespace.isNone(v) || v.object === defaultCollate || v.object === defaultConvert
  }

  /// Of batches where there are any, else of single samples.
  private static func indices(_ v: Value, _ i: Interpreter) throws -> Value {
    let batches = try DataNamespace.attribute(v, "batch_sampler", i)
    return DataNamespace.isNone(batches) ? try DataNamespace.attribute(v, "sampler", i) : batches
  }

  private static func iterate(_ v: Value, _ i: Interpreter) throws -> IteratorObject {
    let dataset = try DataNamespace.attribute(v, "dataset", i)
    let collate = try DataNamespace.attribute(v, "collate_fn", i)
    let isIterable = try i.isInstance(dataset, .object(Datasets.iterable))
    // The seed comes after an iterable data set or a sampler of the program was asked for its iterator.
    let source = isIterable ? nil : try i.iterate(indices(v, i))
    _ = Draws.seed(DataNamespace.generator(try DataNamespace.attribute(v, "generator", i)))
    if isIterable { return try streamed(v, dataset, collate, i) }
    let isBatched = !DataNamespace.isNone(try DataNamespace.attribute(v, "batch_sampler", i))
    return ClosureIterator { i in
      guard let index = try source?.next(i) else { return nil }
      guard isBatched else {
        let sample = try i.getItem(dataset, index)
        return isDefault(collate) ? converted(sample) : try i.call(collate, PyArguments([sample]))
      }
      let samples: Value
      if let together = try i.attribute(dataset, "__getitems__") {
        samples = try i.call(together, PyArguments([index]))
      } else {
        samples = .list(try i.array(index).map { try i.getItem(dataset, $0) })
      }
      return isDefault(collate)
        ? try Collate.batch(samples, i) : try i.call(collate, PyArguments([samples]))
    }
  }

  private static func streamed(
    _ v: Value, _ dataset: Value, _ collate: Value, _ i: Interpreter
  ) throws -> IteratorObject {
    let source = try i.iterate(dataset)
    let size = try i.index(DataNamespace.attribute(v, "batch_size", i))
    let drops = try i.isTrue(DataNamespace.attribute(v, "drop_last", i))
    return ClosureIterator { i in
      guard let size else {
        guard let sample = try source.next(i) else { return nil }
        return isDefault(collate) ? converted(sample) : try i.call(collate, PyArguments([sample]))
      }
      var items: [Value] = []
      while items.count < size, let item = try source.next(i) { items.append(item) }
      if items.isEmpty || (drops && items.count < size) { return nil }
      return isDefault(collate)
        ? try Collate.batch(.list(items), i) : try i.call(collate, PyArguments([.list(items)]))
    }
  }

  /// Without batches samples stay as they are.
  private static func converted(_ v: Value) -> Value { v }
}
