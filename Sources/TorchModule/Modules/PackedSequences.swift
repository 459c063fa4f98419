import Autograd
import MiniPython
import Recordings

/// Sequences of several lengths without padding: `torch.nn.utils.rnn.PackedSequence` and what makes it.
final class PackedObject: Object {
  let data: Value
  let batchSizes: Value
  let sorted: Value
  let unsorted: Value
  init(_ data: Value, _ batchSizes: Value, _ sorted: Value, _ unsorted: Value) {
    self.data = data
    self.batchSizes = batchSizes
    self.sorted = sorted
    self.unsorted = unsorted
  }
  private var fields: [(name: String, value: Value)] {
    [("data", data), ("batch_sizes", batchSizes), ("sorted_indices", sorted), ("unsorted_indices", unsorted)]
  }

  nonisolated(unsafe) static let type: ClassObject = {
    let c = ClassObject("PackedSequence", bases: [Types.tuple], module: "torch.nn.utils.rnn")
    c.make = { _, a, i in
      let p = try a.bind("PackedSequence", "data", "batch_sizes?", "sorted_indices?", "unsorted_indices?")
      var back = p[3] ?? .none
      if back.isNone, let order = p[2], !order.isNone {
        back = try Layers.call(.torch("argsort"), [order], i)
      }
      return .object(PackedObject(p[0] ?? .none, p[1] ?? .none, p[2] ?? .none, back))
    }
    c.method("to") { v, a, i in
      guard let me = v.object as? PackedObject else { return v }
      let moved = try i.callMethod(me.data, "to", a) ?? me.data
      return .object(PackedObject(moved, me.batchSizes, me.sorted, me.unsorted))
    }
    for name in ["cpu", "float", "double"] {
      c.method(name) { v, a, i in
        guard let me = v.object as? PackedObject else { return v }
        return .object(
          PackedObject(try i.callMethod(me.data, name) ?? me.data, me.batchSizes, me.sorted, me.unsorted))
      }
    }
    return c
  }()
  override var typeObject: ClassObject { PackedObject.type }
  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    switch name {
    case "is_cuda": .bool(false)
    default: fields.first { $0.name == name }?.value
    }
  }
  override func iterate(_ i: Interpreter) throws -> IteratorObject {
    ClosureIterator(over: fields.map(\.value))
  }
  override func length(_ i: Interpreter) throws -> Int? { 4 }
  override func getItem(_ key: Value, _ i: Interpreter) throws -> Value {
    try i.getItem(.tuple(fields.map(\.value)), key)
  }
  override func repr(_ i: Interpreter) throws -> String {
    "PackedSequence(" + (try fields.map { "\($0.name)=\(try i.repr($0.value))" }.joined(separator: ", "))
      + ")"
  }

  /// How many sequences go on at each step.
  func sizes(_ i: Interpreter) throws -> [Int] {
    try i.array(i.callMethod(batchSizes, "tolist") ?? batchSizes).map { try i.index($0) ?? 0 }
  }
}

enum PackedSequences {
  static func fill(_ m: ModuleObject) {
    m.set("PackedSequence", .object(PackedObject.type))
    m.function("pack_padded_sequence") { a, i in
      let p = try a.bind("pack_padded_sequence", "input", "lengths", "batch_first?", "enforce_sorted?")
      return try pack(
        p[0] ?? .none, p[1] ?? .none, batchFirst: try p[2].map(i.isTrue) ?? false,
        isSorted: try p[3].map(i.isTrue) ?? true, i)
    }
    m.function("pack_sequence") { a, i in
      let p = try a.bind("pack_sequence", "sequences", "enforce_sorted?")
      let items = try i.array(p[0] ?? .none)
      let lengths = items.map { Value.int(($0.object as? TensorObject)?.tensor.shape.first ?? 0) }
      let padded = try i.call(i.getAttribute(.object(m), "pad_sequence"), PyArguments([.list(items)]))
      return try pack(
        padded, .list(lengths), batchFirst: false, isSorted: try p[1].map(i.isTrue) ?? true, i)
    }
    m.function("pad_packed_sequence") { a, i in
      let p = try a.bind(
        "pad_packed_sequence", "sequence", "batch_first?", "padding_value?", "total_length?")
      guard let packed = p[0]?.object as? PackedObject else {
        throw Raise.attribute("'\(i.typeName(p[0] ?? .none))' object has no attribute 'batch_sizes'")
      }
      return try pad(
        packed, batchFirst: try p[1].map(i.isTrue) ?? false, with: p[2] ?? .float(0),
        length: try p[3].flatMap { $0.isNone ? nil : try i.index($0) }, i)
    }
    m.function("unpack_sequence") { a, i in
      let p = try a.bind("unpack_sequence", "packed_sequences")
      guard let packed = p[0]?.object as? PackedObject else { return .none }
      let both = try i.array(pad(packed, batchFirst: true, with: .float(0), length: nil, i))
      return try i.call(
        i.getAttribute(.object(m), "unpad_sequence"),
        PyArguments(both, keywords: [(name: "batch_first", value: .bool(true))]))
    }
  }

  private static func method(_ v: Value, _ name: String, _ a: [Value], _ i: Interpreter) throws -> Value {
    try Layers.call(.method(name), [v] + a, i)
  }
  private static func numbers(_ all: [Int], _ i: Interpreter) throws -> Value {
    try Layers.call(
      .torch("tensor"), [.list(all.map(Value.int))], [("dtype", .object(DTypeObject.of(.int64)))], i)
  }

  private static func pack(
    _ given: Value, _ lengths: Value, batchFirst: Bool, isSorted: Bool, _ i: Interpreter
  ) throws -> Value {
    var input = given
    let t = try Convert.tensor(given, "pack_padded_sequence", "input", i)
    var counts = try i.array(
      lengths.object is TensorObject ? i.callMethod(lengths, "tolist") ?? lengths : lengths
    )
    .map { try i.index($0) ?? 0 }
    let (axis, batch) = (batchFirst ? 0 : 1, t.shape.count > 1 ? t.shape[batchFirst ? 0 : 1] : 0)
    guard counts.count == batch else {
      throw Raise.runtime(
        "Expected `len(lengths)` to be equal to batch_size, but got \(counts.count) (batch_size=\(batch))")
    }
    var (order, back): (Value, Value) = (.none, .none)
    if !isSorted {
      let places = counts.indices.sorted { (-counts[$0], $0) < (-counts[$1], $1) }
      order = try numbers(places, i)
      back = try numbers(places.indices.sorted { places[$0] < places[$1] }, i)
      counts = places.map { counts[$0] }
      input = try method(input, "index_select", [.int(axis), order], i)
    }
    guard counts.allSatisfy({ $0 > 0 }) else {
      throw Raise.runtime(
        "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0")
    }
    guard zip(counts, counts.dropFirst()).allSatisfy({ $0 >= $1 }) else {
      throw Raise.runtime(
        "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass "
          + "`enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if you do "
          + "not need ONNX exportability.")
    }
    let steps = batchFirst ? t.shape[1] : t.shape[0]
    guard let longest = counts.first, longest <= steps else {
      throw Raise.runtime(
        "Expected sequence length to be larger than or equal to the longest of `lengths`, but got \(steps)")
    }
    let sizes = (0..<longest).map { step in counts.count { $0 > step } }
    let data = try SequencePacking.pack(
      try Convert.tensor(input, "pack_padded_sequence", "input", i), sizes, isBatchFirst: batchFirst)
    return .object(PackedObject(.object(TensorObject.of(data)), try numbers(sizes, i), order, back))
  }

  private static func pad(
    _ packed: PackedObject, batchFirst: Bool, with value: Value, length: Int?, _ i: Interpreter
  ) throws -> Value {
    let sizes = try packed.sizes(i)
    let data = try Convert.tensor(packed.data, "pad_packed_sequence", "data", i)
    let batch = sizes.first ?? 0
    let longest = max(length ?? sizes.count, 0)
    guard longest >= sizes.count else {
      throw Raise.value(
        "Expected total_length to be at least the length of the longest sequence in input, but got total_length=\(longest) and max sequence length being \(sizes.count)"
      )
    }
    let rest = data.shape.dropFirst().map(Value.int)
    var out = try i.call(
      i.getAttribute(packed.data, "new_full"),
      PyArguments([.tuple([.int(longest), .int(batch)] + rest), value]))
    // As PyTorch writes it: all steps at once that as many sequences reach.
    var (from, offset) = (0, 0)
    while from < sizes.count {
      let size = sizes[from]
      let until = sizes[from...].firstIndex { $0 != size } ?? sizes.count
      let n = (until - from) * size
      let part = try method(packed.data, "narrow", [.int(0), .int(offset), .int(n)], i)
      let shaped = try method(part, "view", [.tuple([.int(until - from), .int(size)] + rest)], i)
      let place = try method(out, "narrow", [.int(0), .int(from), .int(until - from)], i)
      let cut = try method(place, "narrow", [.int(1), .int(0), .int(size)], i)
      _ = try Layers.call(.inPlaceMethod("copy_"), [cut, shaped], i)
      (from, offset) = (until, offset + n)
    }
    if batchFirst { out = try method(out, "transpose", [.int(0), .int(1)], i) }
    var lengths = try numbers((0..<batch).map { k in sizes.count { $0 > k } }, i)
    if !packed.unsorted.isNone {
      out = try method(out, "index_select", [.int(batchFirst ? 0 : 1), packed.unsorted], i)
      lengths = try i.getItem(lengths, packed.unsorted)
    }
    return .tuple([out, lengths])
  }

  /// A recurrent module on a packed sequence: gives one back; `nil` where the input is none.
  static func run(_ m: ModuleInstance, _ a: PyArguments, _ i: Interpreter) throws -> Value? {
    guard let packed = (a.positional.first ?? a.keyword("input"))?.object as? PackedObject else { return nil }
    let hx = a.positional.count > 1 ? a.positional[1] : a.keyword("hx") ?? .none
    var given = hx.isNone ? [] : hx.object is TensorObject ? [hx] : try i.array(hx)
    if hx.object is TensorObject, m.classObject.isSubclass(of: Layers.type("LSTM")) {
      given = try [0, 1].compactMap { k in k == 0 ? try i.getItem(hx, .int(k)) : try? i.getItem(hx, .int(k)) }
    }
    let states = try given.map { v -> Tensor? in
      let ordered =
        packed.sorted.isNone ? v : try method(v, "index_select", [.int(1), packed.sorted], i)
      return (ordered.object as? TensorObject)?.tensor
    }
    let data = try Convert.tensor(packed.data, "forward", "input", i)
    guard
      let found = try PackedRecurrence.run(m.core, data: data, sizes: packed.sizes(i), states: states)
    else { return nil }
    let last = try found.states.map { t -> Value in
      let v = Value.object(TensorObject.of(t))
      return packed.unsorted.isNone ? v : try method(v, "index_select", [.int(1), packed.unsorted], i)
    }
    let out = PackedObject(
      .object(TensorObject.of(found.output)), packed.batchSizes, packed.sorted, packed.unsorted)
    return .tuple([.object(out), last.count == 1 ? last[0] : .tuple(last)])
  }
}
