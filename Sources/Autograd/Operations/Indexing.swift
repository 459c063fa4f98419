import Recordings

/// `x[…]` and `x[…] = …`: numbers, slices, None, `...`, masks and index tensors.
extension Ops {
  /// Applies what can be a view; index tensors are handed back, aligned with the dimensions of the view.
  ///
  /// - Parameter toRead: a slice that is the whole index is a view then, also where it takes all.
  private static func basic(_ t: Tensor, _ index: Argument, toRead: Bool) throws -> (Tensor, [Tensor?]) {
    var parts: [Argument]
    if case .tuple(let items) = index { parts = items } else { parts = [index] }
    let isBare = if case .slice = index { toRead } else { false }
    if case .list(let items) = index {
      // A list of numbers is an index tensor; a short one that holds sequences stands for a tuple.
      let isTuple =
        items.count < 32
        && items.contains {
          switch $0 {
          case .tensor, .list, .tuple, .slice, .ellipsis, .none: true
          default: false
          }
        }
      parts = isTuple ? items : [.tensor(try wholeNumbers(.list(items)))]
    }
    let consumed = parts.reduce(0) { n, p in
      switch p {
      case .none, .ellipsis, .bool: n
      case .tensor(let i) where i.dtype == .bool || i.dtype == .uint8: n + i.dim
      default: n + 1
      }
    }
    guard consumed <= t.dim else {
      if t.dim == 0, case .slice = index {
        throw TorchError.index("slice() cannot be applied to a 0-dim tensor.")
      }
      if t.dim == 0, parts.count == 1, case .int(let i) = parts[0] {
        guard i == 0 else {
          throw TorchError.index("index \(i) is out of bounds for dimension 0 with size 0")
        }
        throw TorchError.index(
          "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a "
            + "0-dim tensor to a number")
      }
      if t.dim == 0, parts.count == 1, case .slice = parts[0] {
        throw TorchError.index("slice() cannot be applied to a 0-dim tensor.")
      }
      throw TorchError.index("too many indices for tensor of dimension \(t.dim)")
    }
    var out = t
    var dim = 0
    var found: [Tensor?] = []
    var masks: [(mask: Tensor, dim: Int)] = []
    for (place, part) in parts.enumerated() {
      switch part {
      case .int(let i):
        let n = sizeRead(out, dim)
        guard i >= -n, i < n else {
          throw TorchError.index("index \(i) is out of bounds for dimension \(place) with size \(n)")
        }
        out = try select(out, dim, i)
      case .slice(let start, let end, let step):
        let s = step ?? 1
        guard s != 0 else { throw TorchError.value("slice step cannot be zero") }
        guard s > 0 else { throw TorchError.value("step must be greater than zero") }
        // `:` among others takes nothing away and makes no node.
        if isBare {
          out = try slice(out, dim, start ?? 0, end ?? Int.max, s)
        } else if start != nil || end != nil || s != 1 {
          let n = sizeRead(out, dim)
          if !((start ?? 0) == 0 && (end ?? n) >= n && s == 1) {
            out = try slice(out, dim, start ?? 0, end ?? Int.max, s)
          }
        }
        found.append(nil)
        dim += 1
      case .none:
        out = try unsqueeze(out, dim)
        found.append(nil)
        dim += 1
      case .ellipsis:
        // A second one stands for as many dimensions as the first.
        let n = t.dim - consumed
        for _ in 0..<n { found.append(nil) }
        dim += n
      case .bool(let b):
        out = try unsqueeze(out, dim)
        found.append(try quietTensor(.list([.bool(b)])))
        dim += 1
      case .tensor(let i):
        if i.shape.isEmpty, i.dtype != .bool, i.dtype != .uint8 {
          guard !i.dtype.isFloatingPoint else { throw notIndices(i) }
          let n = sizeRead(out, dim)
          let at = Int(try i.item().integer)
          guard at >= -n, at < n else {
            throw TorchError.index("index \(at) is out of bounds for dimension \(place) with size \(n)")
          }
          out = try select(out, dim, at)
          continue
        }
        if i.dtype == .bool || i.dtype == .uint8 {
          masks.append((i, dim))
          if i.shape.isEmpty {
            out = try unsqueeze(out, dim)
            found.append(try quietTensor(.list([.bool(i.item().double != 0)])))
            dim += 1
            continue
          }
          let columns = try Context.current.quietly { try nonzeroColumns(i) }
          for c in columns { found.append(c) }
          dim += i.dim
        } else {
          guard i.dtype == .int64 || i.dtype == .int32 else { throw notIndices(i) }
          found.append(i)
          dim += 1
        }
      case .list(let items), .tuple(let items):
        let list = try wholeNumbers(.list(items))
        found.append(
          list.dtype == .bool ? try Context.current.quietly { try nonzeroColumns(list) }.first : list)
        dim += 1
      case .string: throw TorchError.type("new(): invalid data type 'str'")
      default:
        throw TorchError.index(
          "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got "
            + "\(part.typeName))")
      }
    }
    // Two `...` may lead past the last dimension.
    let used = (found.lastIndex { $0 != nil } ?? -1) + 1
    guard used <= out.dim else {
      throw TorchError.index("too many indices for tensor of dimension \(out.dim) (got \(used))")
    }
    found = Array(found.prefix(out.dim))
    // Numbers are taken first, also those behind a mask.
    for (i, dim) in masks {
      for d in 0..<i.dim where i.shape[d] != out.shape[dim + d] {
        throw TorchError.index(
          "The shape of the mask \(listText(i.shape)) at index \(d) does not match the shape of the indexed "
            + "tensor \(listText(out.shape)) at index \(dim + d)")
      }
    }
    for (d, i) in found.enumerated() {
      if let i, i.dtype == .bool, let columns = try? Context.current.quietly({ try nonzeroColumns(i) }) {
        found[d] = columns.first
      }
    }
    return (out, found.contains { $0 != nil } ? found : [])
  }

  /// The size that PyTorch reads for a dimension, which two `...` may lead past the last one: sizes and strides lie in one
  /// piece of memory, with room for five of each.
  private static func sizeRead(_ t: Tensor, _ dim: Int) -> Int {
    if dim < t.dim { return t.shape[dim] }
    let room = max(5, t.dim)
    let place = dim - room
    guard place >= 0 else { return 0 }
    return place < t.dim ? t.strides[place] : Int.max
  }

  private static func notIndices(_ i: Tensor) -> TorchError {
    TorchError.index("tensors used as indices must be long, int, byte or bool tensors")
  }
  /// A list as an index: its numbers lose what follows the point.
  private static func wholeNumbers(_ list: Argument) throws -> Tensor {
    let t = try quietTensor(list)
    return t.dtype.isFloatingPoint ? try rawCast(t, .int64) : t
  }
  private static func quietTensor(_ a: Argument) throws -> Tensor {
    // An empty list names no places.
    try Context.current.quietly { try tensor(a, dtype: a.items?.isEmpty == true ? .int64 : nil) }
  }

  static func getItem(_ t: Tensor, _ index: Argument) throws -> Tensor {
    let (view, found) = try basic(t, index, toRead: true)
    if found.isEmpty { return view === t ? try aliasView(t) : view }
    return try Ops.index(view, found, given: indexTensors(index))
  }

  /// The tensors that an index is made of: what its node saves.
  private static func indexTensors(_ index: Argument) -> [Tensor] {
    let parts: [Argument]
    switch index {
    case .list(let items) where items.contains(where: isPlain): parts = [index]
    case .tuple(let items), .list(let items): parts = items
    default: parts = [index]
    }
    return parts.compactMap { part in
      if case .list(let items) = part, !items.isEmpty, items.allSatisfy(isPlain) {
        return try? quietTensor(part)
      }
      guard case .tensor(let t) = part, t.dim > 0 || t.dtype == .bool else { return nil }
      return t
    }
  }

  private static func isPlain(_ item: Argument) -> Bool {
    switch item {
    case .bool, .int: true
    default: false
    }
  }

  /// `x[:]`: another object on the same memory.
  static func aliasView(_ t: Tensor) throws -> Tensor {
    try takeView("alias", t) {
      $0.alias()
    } again: {
      try aliasView($0)
    } derivative: {
      Derivative(name: "AliasBackward0", label: "[:]", rule: { p in [try p.grad] })
    }
  }

  /// The shape of `t[indices]`, and where in a contiguous tensor of `shape` each of its elements lies.
  static func positions(_ shape: [Int], _ indices: [Tensor?]) throws -> (shape: [Int], at: [Int]) {
    let used = indices.enumerated().filter { $0.element != nil }.map(\.offset)
    var common: [Int] = []
    for d in used {
      guard let i = indices[d] else { continue }
      do { common = try broadcastShape(common, i.shape) } catch {
        let shapes = used.compactMap { indices[$0]?.shape }.map(listText).joined(separator: ", ")
        throw TorchError.index(
          "shape mismatch: indexing tensors could not be broadcast together with shapes \(shapes)")
      }
    }
    let strides = contiguousStrides(shape)
    var starts = [Int](repeating: 0, count: elementCount(common))
    for (place, d) in used.enumerated() {
      guard let i = indices[d] else { continue }
      if shape[d] == 0, i.count > 0 {
        throw TorchError.index("index is out of bounds for dimension with size 0")
      }
      let wide = i.alias(shape: common, strides: broadcastStrides(i, to: common))
      wide.dtype = i.dtype
      for (k, n) in wide.numbers().enumerated() {
        let raw = Int(n.integer)
        guard raw >= -shape[d], raw < shape[d] else {
          // The kernel counts the index tensors.
          throw TorchError.index("index \(raw) is out of bounds for dimension \(place) with size \(shape[d])")
        }
        starts[k] += (raw < 0 ? raw + shape[d] : raw) * strides[d]
      }
    }
    let rest = shape.indices.filter { !used.contains($0) }
    let isAdjacent = used == Array((used.first ?? 0)..<((used.first ?? 0) + used.count))
    let before = isAdjacent ? rest.filter { $0 < (used.first ?? 0) } : []
    let after = rest.filter { !before.contains($0) }
    let outer = storagePositions(
      shape: before.map { shape[$0] }, strides: before.map { strides[$0] }, offset: 0)
    let inner = storagePositions(
      shape: after.map { shape[$0] }, strides: after.map { strides[$0] }, offset: 0)
    var at: [Int] = []
    at.reserveCapacity(outer.count * starts.count * inner.count)
    for o in outer { for s in starts { for i in inner { at.append(o + s + i) } } }
    return (before.map { shape[$0] } + common + after.map { shape[$0] }, at)
  }

  static func index(_ t: Tensor, _ indices: [Tensor?], given: [Tensor] = []) throws -> Tensor {
    let (shape, at) = try positions(t.shape, indices)
    // What is not indexed keeps its order in memory.
    let used = indices.indices.filter { indices[$0] != nil }
    let rest = t.shape.indices.filter { !used.contains($0) }
    var strides = rest.map { t.strides[$0] }
    let isTogether = used.last.map { $0 - used[0] + 1 == used.count } ?? true
    let front = isTogether ? rest.prefix { $0 < used.first ?? 0 }.count : 0
    strides.insert(contentsOf: repeatElement(0, count: shape.count - rest.count), at: front)
    let order = t.isContiguous ? nil : t.alias(shape: shape, strides: strides)
    return try gathered(
      "index", t, shape, at, node: "IndexBackward0", label: "[ ]", saving: given.map { ("indices", $0) },
      order: order)
  }

  static func setItem(_ t: Tensor, _ index: Argument, _ value: Tensor) throws {
    if value.isWrappedNumber, !t.dtype.isShort, let n = value.numbers().first {
      try checkFits(n, t.dtype)
    }
    let (view, found) = try basic(t, index, toRead: false)
    if found.isEmpty {
      if value.shape.isEmpty, !view.shape.isEmpty {
        _ = try fill(view, value, by: "__setitem__", told: t, asTensor: true)
        return
      }
      var source = value
      if value.shape != view.shape {
        // PyTorch's two steps: without ones in front, then as large as what is written to.
        source = try Ops.view(value, withoutLeadingOnes(value.shape))
        do {
          if source.shape != view.shape { source = try expand(source, view.shape) }
        } catch let error as TorchError {
          throw TorchError.runtime(error.message, tensors: [t, value])
        }
      }
      _ = try copyInto(view, source, by: "__setitem__", told: t)
      return
    }
    var value = value
    if !value.isWrappedNumber, value.shape.first == 1 {
      value = try Ops.view(value, withoutLeadingOnes(value.shape))
    }
    _ = try indexPut(view, found, value, by: "__setitem__", told: t, given: indexTensors(index))
  }

  private static func withoutLeadingOnes(_ shape: [Int]) -> [Int] { Array(shape.drop { $0 == 1 }) }

  static func indexPut(
    _ t: Tensor, _ indices: [Tensor?], _ value: Tensor, accumulate: Bool = false, by name: String,
    told: Tensor? = nil, isInPlace: Bool = true, given: [Tensor] = []
  ) throws -> Tensor {
    let (shape, at) = try positions(t.shape, indices)
    guard (try? broadcastShape(value.shape, shape)) == shape else {
      throw TorchError.runtime(
        "shape mismatch: value tensor of shape \(listText(value.shape)) cannot be broadcast to indexing result of "
          + "shape \(listText(shape))", tensors: [t, value])
    }
    let isMask = given.count == 1 && (given[0].dtype == .bool || given[0].dtype == .uint8)
    if !value.isWrappedNumber, value.dtype != t.dtype, !(isMask && value.count == 1) {
      throw TorchError.runtime(
        "Index put requires the source and destination dtypes match, got \(t.dtype.scalarName) for the destination "
          + "and \(value.dtype.scalarName) for the source.")
    }
    var call = Call("index_put", [t, value]) {
      let out = try copyOf(t)
      let values = try Tensor(zeros: shape, t.dtype)
      try copyElements(from: value, to: values)
      struct Body: ScalarBody {
        let (values, out): (Tensor, Tensor)
        let at: [Int]
        let adds: Bool
        func run<T: Scalar>(_: T.Type) {
          let (p, r) = (values.pointer(T.self), out.pointer(T.self))
          for (k, i) in at.enumerated() { r[i] = adds ? T.add(r[i], p[k]) : p[k] }
        }
      }
      try t.dtype.dispatch(Body(values: values, out: out, at: at, adds: accumulate))
      guard !isInPlace, t.isDenseButTurned else { return out }
      // A new tensor keeps the memory order of the one it is made from.
      let turned = out.alias(shape: t.shape, strides: t.strides)
      turned.storage = try copyOf(t.asRow()).storage
      try copyElements(from: out, to: turned)
      return turned
    } derivative: {
      Derivative(
        name: "IndexPutBackward0", saved: given.map { ("indices", $0) }, label: "[ ] ←",
        rule: { p in
          let g = try p.grad
          return [
            try p.ifNeeded(0) {
              accumulate ? g : try without(g, at, node: "IndexPutBackward0", hasSource: true)
            },
            try p.ifNeeded(1) { try gathered("index", g, shape, at, node: "IndexBackward0", label: "[ ]") },
          ]
        })
    }
    // One value where a mask is true is filled in.
    if isMask, value.count == 1, !accumulate { call.overlapRule = "masked_fill" }
    return isInPlace ? try call.run(into: t, by: name, told: told) : try call.run()
  }

  private static func any(_ a: Arguments, _ name: String) -> Argument { a[name] ?? .none }

  static let indexOperations = [
    Operation("__getitem__(input, index)", [.method("__getitem__")]) { a in
      .tensor(try getItem(a.tensor("input"), any(a, "index")))
    },
    Operation("__setitem__(input, index, value)", [.method("__setitem__")]) { a in
      let (t, value) = (try a.tensor("input"), any(a, "value"))
      if case .other(_, "complex") = value {
        throw TorchError.runtime("value cannot be converted to type \(t.dtype.cppName) without overflow")
      }
      if value.number == nil {
        guard case .tensor = value else {
          throw TorchError.type("can't assign a \(value.typeName) to a torch.\(t.dtype.scalarName)Tensor")
        }
      }
      try setItem(t, any(a, "index"), a.operand("value"))
      return .none
    },
  ]
}

extension Tensor {
  /// Another tensor on the same memory, in the graph: `torch.Tensor(x)`.
  public func aliased() throws -> Tensor { try Ops.aliasView(self) }
}
