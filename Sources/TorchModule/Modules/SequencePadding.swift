import Autograd
import MiniPython
import Recordings

/// `torch.nn.utils.rnn`: sequences of several lengths as one tensor.
enum SequencePadding {
  static func fill(_ m: ModuleObject) {
    m.function("pad_sequence") { a, i in
      let p = try bind(
        "pad_sequence", ["sequences", "batch_first?", "padding_value?", "padding_side?"], a, i)
      let given = p[0] ?? .none
      let items: [Value]
      do { items = try i.array(given) } catch is Raise {
        throw Raise.runtime(
          "pad_sequence: Expected iterable for input sequences, but got arg of type: \(try i.repr(.object(i.type(of: given))))"
        )
      }
      guard !items.isEmpty else { throw Raise.runtime("received an empty list of sequences") }
      let side = (p[3]?.object as? StringObject)?.value ?? "right"
      guard side == "left" || side == "right" else {
        throw Raise.runtime("Expected padding_side to be one of left or right, but got \(side).")
      }
      return try pad(
        items, batchFirst: try p[1].map(i.isTrue) ?? false, with: p[2] ?? .float(0), onLeft: side == "left", i
      )
    }
    m.function("unpad_sequence") { a, i in
      let p = try bind("unpad_sequence", ["padded_sequences", "lengths", "batch_first?"], a, i)
      let padded = try Convert.tensor(p[0] ?? Value.none, "unpad_sequence", "padded_sequences", i)
      let axis = try p[2].map(i.isTrue) ?? false ? 0 : 1
      let lengths = try i.array(p[1] ?? .none).map { try i.index($0) ?? 0 }
      guard padded.shape.count >= 2, lengths.count <= padded.shape[axis] else {
        throw Raise.runtime("lengths array has incorrect size")
      }
      return .list(
        try lengths.enumerated().map { k, n in
          let row = try Layers.call(.method("select"), [p[0] ?? .none, .int(axis), .int(k)], i)
          return try Layers.call(.method("narrow"), [row, .int(0), .int(0), .int(n)], i)
        })
    }
    PackedSequences.fill(m)
  }

  /// By names, in the words of functions that Python itself defines.
  private static func bind(
    _ function: String, _ names: [String], _ a: PyArguments, _ i: Interpreter
  ) throws -> [Value?] {
    if a.positional.isEmpty, let first = names.first, a.keyword(first) == nil {
      throw Raise.type("\(function)() missing 1 required positional argument: '\(first)'")
    }
    return try a.bind(function, names: names)
  }

  /// As PyTorch writes each sequence into its part of one full tensor, which their gradients go through.
  private static func pad(
    _ items: [Value], batchFirst: Bool, with value: Value, onLeft: Bool, _ i: Interpreter
  ) throws -> Value {
    for (k, item) in items.enumerated() where !(item.object is TensorObject) {
      throw Raise.type("expected Tensor as element \(k) in argument 0, but got \(i.typeName(item))")
    }
    let shapes = try items.map { try Convert.tensor($0, "pad_sequence", "sequences", i).shape }
    guard let first = shapes.first, !first.isEmpty else {
      throw Raise.runtime("ArrayRef: invalid slice, N = 1; size = 0")
    }
    let longest = shapes.compactMap(\.first).max() ?? 0
    let sizes = (batchFirst ? [items.count, longest] : [longest, items.count]) + first.dropFirst()
    let full = try i.getAttribute(items[0], "new_full")
    let out = try i.call(full, PyArguments([.tuple(sizes.map(Value.int)), value]))
    for (k, item) in items.enumerated() {
      let length = shapes[k].first ?? 0
      let from = Value.int(onLeft ? longest - length : 0)
      let part: Value
      if batchFirst {
        let row = try Layers.call(.method("select"), [out, .int(0), .int(k)], i)
        part = try Layers.call(.method("narrow"), [row, .int(0), from, .int(length)], i)
      } else {
        let rows = try Layers.call(.method("narrow"), [out, .int(0), from, .int(length)], i)
        part = try Layers.call(.method("select"), [rows, .int(1), .int(k)], i)
      }
      _ = try Layers.call(.inPlaceMethod("copy_"), [part, item], i)
    }
    return out
  }
}
