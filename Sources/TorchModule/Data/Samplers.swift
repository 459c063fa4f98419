import Autograd
import MiniPython
import Recordings

/// The orders in which a loader takes samples.
enum Samplers {
  nonisolated(unsafe) static let all = [sampler, sequential, random, subsetRandom, weighted, batch]

  nonisolated(unsafe) private static let sampler: ClassObject = {
    let c = DataNamespace.makeClass("Sampler", file: "sampler")
    c.method("__init__") { _, _, _ in .none }
    c.method("__iter__") { _, _, _ in throw Raise.named("NotImplementedError", "") }
    return c
  }()

  nonisolated(unsafe) static let sequential: ClassObject = {
    let c = DataNamespace.makeClass("SequentialSampler", [sampler], file: "sampler")
    c.method("__init__") { v, a, i in
      try DataNamespace.me(v).set(
        "data_source", try a.bind("SequentialSampler.__init__", "data_source")[0] ?? .none)
      return .none
    }
    c.method("__len__") { v, _, i in .int(try i.length(DataNamespace.attribute(v, "data_source", i))) }
    c.method("__iter__") { v, _, i in
      let n = try i.length(DataNamespace.attribute(v, "data_source", i))
      return .object(try i.iterate(.object(RangeObject(0, n, 1))))
    }
    return c
  }()

  nonisolated(unsafe) static let random: ClassObject = {
    let c = DataNamespace.makeClass("RandomSampler", [sampler], file: "sampler")
    c.method("__init__") { v, a, i in
      let p = try a.bind(
        "RandomSampler.__init__", "data_source", "replacement?", "num_samples?", "generator?")
      let me = try DataNamespace.me(v)
      me.set("data_source", p[0] ?? .none)
      let replacement = p[1] ?? .bool(false)
      me.set("replacement", replacement)
      me.set("_num_samples", p[2] ?? .none)
      me.set("generator", p[3] ?? .none)
      guard case .bool = replacement else {
        throw Raise.type(
          "replacement should be a boolean value, but got replacement=\(try i.str(replacement))")
      }
      let count = try DataNamespace.attribute(v, "num_samples", i)
      guard case .int(let n) = count, n > 0 else {
        throw Raise.value(
          "num_samples should be a positive integer value, but got num_samples=\(try i.str(count))")
      }
      return .none
    }
    c.property("num_samples") { v, i in
      let given = try DataNamespace.attribute(v, "_num_samples", i)
      return DataNamespace.isNone(given)
        ? .int(try i.length(DataNamespace.attribute(v, "data_source", i))) : given
    }
    c.method("__len__") { v, _, i in try DataNamespace.attribute(v, "num_samples", i) }
    c.method("__iter__") { v, _, i in
      // Drawn when samples are asked for, as a Python generator does: also those after the last, of which none is
      // handed out. Who stops early leaves them in the generator.
      var draw: (() throws -> [Int]?)?
      var drawn: [Int] = []
      var at = 0
      return .object(
        ClosureIterator { i in
          let next = try draw ?? Samplers.draws(v, i)
          draw = next
          while at == drawn.count {
            guard let more = try next() else { return nil }
            (drawn, at) = (more, 0)
          }
          at += 1
          return .int(drawn[at - 1])
        })
    }
    return c
  }()

  /// Hands out the places in the data set, as many at once as are drawn at once; `nil` at the end.
  private static func draws(_ v: Value, _ i: Interpreter) throws -> () throws -> [Int]? {
    let n = try i.length(DataNamespace.attribute(v, "data_source", i))
    let count = try i.index(DataNamespace.attribute(v, "num_samples", i)) ?? 0
    let given = try DataNamespace.attribute(v, "generator", i)
    var generator = DataNamespace.generator(given)
    if DataNamespace.isNone(given) {
      generator = Generator(seed: UInt64(Draws.seed(generator)))
    }
    if try i.isTrue(DataNamespace.attribute(v, "replacement", i)) {
      var isDrawn = false
      return {
        defer { isDrawn = true }
        return isDrawn ? nil : Draws.integers(count, below: n, generator)
      }
    }
    guard n > 0 else { throw Raise.named("ZeroDivisionError", "integer division or modulo by zero") }
    var round = 0
    return {
      guard round <= count / n else { return nil }
      round += 1
      let all = try Draws.permutation(n, generator)
      return round <= count / n ? all : Array(all.prefix(count % n))
    }
  }

  nonisolated(unsafe) private static let subsetRandom: ClassObject = {
    let c = DataNamespace.makeClass("SubsetRandomSampler", [sampler], file: "sampler")
    c.method("__init__") { v, a, i in
      let p = try a.bind("SubsetRandomSampler.__init__", "indices", "generator?")
      let me = try DataNamespace.me(v)
      me.set("indices", p[0] ?? .none)
      me.set("generator", p[1] ?? .none)
      return .none
    }
    c.method("__len__") { v, _, i in .int(try i.length(DataNamespace.attribute(v, "indices", i))) }
    c.method("__iter__") { v, _, i in
      var order: [Int]?
      var at = 0
      return .object(
        ClosureIterator { i in
          let indices = try DataNamespace.attribute(v, "indices", i)
          let drawn: [Int]
          if let order {
            drawn = order
          } else {
            let generator = DataNamespace.generator(try DataNamespace.attribute(v, "generator", i))
            drawn = try Draws.permutation(try i.length(indices), generator)
          }
          order = drawn
          guard at < drawn.count else { return nil }
          at += 1
          return try i.getItem(indices, .int(drawn[at - 1]))
        })
    }
    return c
  }()

  nonisolated(unsafe) private static let weighted: ClassObject = {
    let c = DataNamespace.makeClass("WeightedRandomSampler", [sampler], file: "sampler")
    c.method("__init__") { v, a, i in
      let p = try a.bind(
        "WeightedRandomSampler.__init__", "weights", "num_samples", "replacement?", "generator?")
      guard case .int(let n)? = p[1], n > 0 else {
        throw Raise.value(
          "num_samples should be a positive integer value, but got num_samples=\(try i.str(p[1] ?? .none))")
      }
      let replacement = p[2] ?? .bool(true)
      guard case .bool = replacement else {
        throw Raise.value(
          "replacement should be a boolean value, but got replacement=\(try i.str(replacement))")
      }
      let weights = try Layers.call(
        .torch("as_tensor"), [p[0] ?? .none], [("dtype", .object(DTypeObject.of(.float64)))], i)
      let shape = (weights.object as? TensorObject)?.tensor.shape ?? []
      guard shape.count == 1 else {
        throw Raise.value(
          "weights should be a 1d sequence but given weights have shape \(try i.repr(.tuple(shape.map(Value.int))))"
        )
      }
      let me = try DataNamespace.me(v)
      me.set("weights", weights)
      me.set("num_samples", .int(n))
      me.set("replacement", replacement)
      me.set("generator", p[3] ?? .none)
      return .none
    }
    c.method("__len__") { v, _, i in try DataNamespace.attribute(v, "num_samples", i) }
    c.method("__iter__") { v, _, i in
      var drawn: IteratorObject?
      return .object(
        ClosureIterator { i in
          if drawn == nil {
            let names = ["weights", "num_samples", "replacement"]
            let values = try names.map { try DataNamespace.attribute(v, $0, i) }
            let rows = try Layers.call(
              .torch("multinomial"), values, [("generator", try DataNamespace.attribute(v, "generator", i))],
              i)
            drawn = try i.iterate(Layers.call(.method("tolist"), [rows], i))
          }
          return try drawn?.next(i)
        })
    }
    return c
  }()

  nonisolated(unsafe) static let batch: ClassObject = {
    let c = DataNamespace.makeClass("BatchSampler", [sampler], file: "sampler")
    c.method("__init__") { v, a, i in
      let p = try a.bind("BatchSampler.__init__", "sampler", "batch_size", "drop_last")
      guard case .int(let n)? = p[1], n > 0 else {
        throw Raise.value(
          "batch_size should be a positive integer value, but got batch_size=\(try i.str(p[1] ?? .none))")
      }
      guard case .bool? = p[2] else {
        throw Raise.value(
          "drop_last should be a boolean value, but got drop_last=\(try i.str(p[2] ?? .none))")
      }
      let me = try DataNamespace.me(v)
      me.set("sampler", p[0] ?? .none)
      me.set("batch_size", .int(n))
      me.set("drop_last", p[2] ?? .none)
      return .none
    }
    c.method("__len__") { v, _, i in
      let n = try i.length(DataNamespace.attribute(v, "sampler", i))
      let size = max(1, try i.index(DataNamespace.attribute(v, "batch_size", i)) ?? 1)
      let drops = try i.isTrue(DataNamespace.attribute(v, "drop_last", i))
      return .int(drops ? n / size : n / size + (n % size == 0 ? 0 : 1))
    }
    c.method("__iter__") { v, _, i in
      let size = try i.index(DataNamespace.attribute(v, "batch_size", i)) ?? 1
      let drops = try i.isTrue(DataNamespace.attribute(v, "drop_last", i))
      var source: IteratorObject?
      return .object(
        ClosureIterator { i in
          let from = try source ?? i.iterate(DataNamespace.attribute(v, "sampler", i))
          source = from
          var items: [Value] = []
          while items.count < size, let item = try from.next(i) { items.append(item) }
          return items.isEmpty || (drops && items.count < size) ? nil : .list(items)
        })
    }
    return c
  }()
}
