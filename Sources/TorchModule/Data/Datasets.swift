import Autograd
import MiniPython

/// `Dataset` and the data sets made of tensors, of parts, of several.
enum Datasets {
  nonisolated(unsafe) static let all = [dataset, iterable, tensors, stack, concat, chain, subset]

  nonisolated(unsafe) static let dataset: ClassObject = {
    let c = DataNamespace.makeClass("Dataset", file: "dataset")
    c.method("__getitem__") { _, _, _ in
      throw Raise.named("NotImplementedError", "Subclasses of Dataset should implement __getitem__.")
    }
    c.method("__add__") { v, a, i in
      try i.call(.object(concat), PyArguments([.list([v, try a.positionalOnly("__add__", 1...1)[0]])]))
    }
    return c
  }()

  nonisolated(unsafe) static let iterable: ClassObject = {
    let c = DataNamespace.makeClass("IterableDataset", [dataset], file: "dataset")
    c.method("__add__") { v, a, i in
      try i.call(.object(chain), PyArguments([.list([v, try a.positionalOnly("__add__", 1...1)[0]])]))
    }
    return c
  }()

  nonisolated(unsafe) private static let tensors: ClassObject = {
    let c = DataNamespace.makeClass("TensorDataset", [dataset], file: "dataset")
    c.method("__init__") { v, a, i in
      guard let first = a.positional.first else { throw Raise.index("tuple index out of range") }
      for t in a.positional where !(t.object is TensorObject) {
        // PyTorch asks for the method `size`.
        let size = try i.attribute(t, "size")
        guard let size else { throw Raise.attribute("'\(i.typeName(t))' object has no attribute 'size'") }
        throw Raise.type("'\(i.typeName(size))' object is not callable")
      }
      let n = try i.length(first)
      for t in a.positional where try i.length(t) != n {
        throw Raise.named("AssertionError", "Size mismatch between tensors")
      }
      try DataNamespace.me(v).set("tensors", .tuple(a.positional))
      return .none
    }
    c.method("__getitem__") { v, a, i in
      let key = try a.positionalOnly("__getitem__", 1...1)[0]
      return .tuple(try i.array(DataNamespace.attribute(v, "tensors", i)).map { try i.getItem($0, key) })
    }
    c.method("__len__") { v, _, i in
      .int(try i.length(try i.getItem(DataNamespace.attribute(v, "tensors", i), .int(0))))
    }
    return c
  }()

  nonisolated(unsafe) private static let stack: ClassObject = {
    let c = DataNamespace.makeClass("StackDataset", [dataset], file: "dataset")
    c.method("__init__") { v, a, i in
      guard a.positional.isEmpty || a.keywords.isEmpty else {
        throw Raise.value(
          "Supported either ``tuple``- (via ``args``) or``dict``- (via ``kwargs``) like input/output, but both types are given."
        )
      }
      let parts = a.positional + a.keywords.map(\.value)
      guard let first = parts.first else { throw Raise.value("At least one dataset should be passed") }
      let n = try i.length(first)
      for part in parts where try i.length(part) != n { throw Raise.value("Size mismatch between datasets") }
      let me = try DataNamespace.me(v)
      me.set("_length", .int(n))
      me.set(
        "datasets",
        a.keywords.isEmpty
          ? .tuple(parts) : OptimizerObject.dictionary(a.keywords.map { ($0.name, $0.value) }))
      return .none
    }
    c.method("__getitem__") { v, a, i in
      let key = try a.positionalOnly("__getitem__", 1...1)[0]
      let parts = try DataNamespace.attribute(v, "datasets", i)
      guard let d = parts.object as? DictObject else {
        return .tuple(try i.array(parts).map { try i.getItem($0, key) })
      }
      let out = DictObject()
      for entry in d.entries {
        if let entry { try out.set(entry.key, try i.getItem(entry.value, key), i) }
      }
      return .object(out)
    }
    c.method("__len__") { v, _, i in try DataNamespace.attribute(v, "_length", i) }
    return c
  }()

  nonisolated(unsafe) private static let concat: ClassObject = {
    let c = DataNamespace.makeClass("ConcatDataset", [dataset], file: "dataset")
    c.method("__init__") { v, a, i in
      let parts = try i.array(try a.bind("ConcatDataset.__init__", "datasets")[0] ?? .none)
      if parts.isEmpty { throw Raise.named("AssertionError", "datasets should not be an empty iterable") }
      var total = 0
      var sizes: [Value] = []
      for part in parts {
        if try i.isInstance(part, .object(iterable)) {
          throw Raise.named("AssertionError", "ConcatDataset does not support IterableDataset")
        }
        total += try i.length(part)
        sizes.append(.int(total))
      }
      let me = try DataNamespace.me(v)
      me.set("datasets", .list(parts))
      me.set("cumulative_sizes", .list(sizes))
      return .none
    }
    c.method("__len__") { v, _, i in
      try i.getItem(DataNamespace.attribute(v, "cumulative_sizes", i), .int(-1))
    }
    c.method("__getitem__") { v, a, i in
      let key = try a.positionalOnly("__getitem__", 1...1)[0]
      guard var at = try i.index(key) else {
        throw Raise.type("'<' not supported between instances of '\(i.typeName(key))' and 'int'")
      }
      let ends = try i.array(DataNamespace.attribute(v, "cumulative_sizes", i)).map { try i.index($0) ?? 0 }
      let total = ends.last ?? 0
      if at < 0 {
        if at < -total { throw Raise.value("absolute value of index should not exceed dataset length") }
        at += total
      }
      let parts = try i.array(DataNamespace.attribute(v, "datasets", i))
      guard let part = ends.firstIndex(where: { $0 > at }), parts.indices.contains(part) else {
        throw Raise.index("list index out of range")
      }
      return try i.getItem(parts[part], .int(part == 0 ? at : at - ends[part - 1]))
    }
    return c
  }()

  nonisolated(unsafe) private static let chain: ClassObject = {
    let c = DataNamespace.makeClass("ChainDataset", [iterable], file: "dataset")
    c.method("__init__") { v, a, i in
      try DataNamespace.me(v).set("datasets", try a.bind("ChainDataset.__init__", "datasets")[0] ?? .none)
      return .none
    }
    c.method("__iter__") { v, _, i in
      let parts = try i.array(DataNamespace.attribute(v, "datasets", i))
      var (at, current) = (0, IteratorObject?.none)
      return .object(
        ClosureIterator { i in
          while true {
            if let item = try current?.next(i) { return item }
            guard at < parts.count else { return nil }
            current = try i.iterate(parts[at])
            at += 1
          }
        })
    }
    return c
  }()

  nonisolated(unsafe) static let subset: ClassObject = {
    let c = DataNamespace.makeClass("Subset", [dataset], file: "dataset")
    c.method("__init__") { v, a, i in
      let p = try a.bind("Subset.__init__", "dataset", "indices")
      let me = try DataNamespace.me(v)
      me.set("dataset", p[0] ?? .none)
      me.set("indices", p[1] ?? .none)
      return .none
    }
    c.method("__getitem__") { v, a, i in
      let key = try a.positionalOnly("__getitem__", 1...1)[0]
      let indices = try DataNamespace.attribute(v, "indices", i)
      let inner: Value
      if let several = key.object as? ListObject {
        inner = .list(try several.items.map { try i.getItem(indices, $0) })
      } else {
        inner = try i.getItem(indices, key)
      }
      return try i.getItem(DataNamespace.attribute(v, "dataset", i), inner)
    }
    c.method("__len__") { v, _, i in .int(try i.length(DataNamespace.attribute(v, "indices", i))) }
    return c
  }()

  /// `random_split(dataset, lengths)`: lengths, or fractions that sum to one.
  static func randomSplit(_ a: PyArguments, _ i: Interpreter) throws -> Value {
    let p = try a.bind("random_split", "dataset", "lengths", "generator?")
    let data = p[0] ?? .none
    let n = try i.length(data)
    let given = try i.array(p[1] ?? .none)
    let fractions = try given.map { try i.floating($0) ?? 0 }
    let sum = fractions.reduce(0, +)
    var lengths: [Int]
    if (sum - 1).magnitude <= 1e-9 * max(sum.magnitude, 1), sum <= 1 {
      lengths = []
      for (k, f) in fractions.enumerated() {
        guard f >= 0, f <= 1 else { throw Raise.value("Fraction at index \(k) is not between 0 and 1") }
        lengths.append(Int((Double(n) * f).rounded(.down)))
      }
      for k in 0..<max(0, n - lengths.reduce(0, +)) where !lengths.isEmpty { lengths[k % lengths.count] += 1 }
      for (k, length) in lengths.enumerated() where length == 0 {
        i.warn("Length of split at index \(k) is 0. This might result in an empty dataset.")
      }
    } else {
      lengths = try given.map { try i.index($0) ?? -1 }
    }
    guard !lengths.contains(where: { $0 < 0 || $0 > n }), lengths.reduce(0, +) == n else {
      throw Raise.value("Sum of input lengths does not equal the length of the input dataset!")
    }
    let order = try Draws.permutation(n, DataNamespace.generator(p[2]))
    var at = 0
    return .list(
      try lengths.map { length in
        defer { at += length }
        return try i.call(
          .object(subset), PyArguments([data, .list(order[at..<at + length].map(Value.int))]))
      })
  }
}
