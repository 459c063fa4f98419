import Recordings

/// How tensors are printed: `torch.set_printoptions`.
public struct PrintOptions: Sendable, Equatable {
  public var precision = 4
  public var threshold = 1000
  public var edgeItems = 3
  public var lineWidth = 80
  public var scientificMode: Bool?
  public init() {}
}

extension Tensor: CustomStringConvertible {
  public var description: String { text() }

  /// As Python's `repr` prints it, byte for byte.
  ///
  /// - Parameter className: of a tensor or parameter of a class of the program's own.
  public func text(_ options: PrintOptions = PrintOptions(), className: String? = nil) -> String {
    if isUninitialized { return isParameter ? "<UninitializedParameter>" : "<UninitializedBuffer>" }
    if let failure { return "\(failure)" }
    if isParameter {
      guard let className else { return "Parameter containing:\n" + TensorText(self, options).text }
      return "Parameter containing:\nParameter(" + TensorText(self, options, prefix: className + "(").text
        + ")"
    }
    return TensorText(self, options, prefix: (className ?? "tensor") + "(").text
  }

  /// `tensor([…], requires_grad=True)` of a parameter, too: as `state_dict()` prints it.
  var gradFnText: String? { isLost ? "grad_fn=<Invalid>" : askedGradFn.map { "grad_fn=<\($0.name)>" } }
}

private struct TensorText {
  let tensor: Tensor
  let options: PrintOptions
  let prefix: String
  private let format: NumberFormat
  private let elements: Elements
  private let summarised: Bool
  /// How many items stand at each end of a summary.
  private let edge: Int

  init(_ tensor: Tensor, _ options: PrintOptions, prefix: String = "tensor(") {
    self.tensor = tensor
    self.options = options
    self.prefix = prefix
    edge = max(0, options.edgeItems)
    summarised = tensor.count > options.threshold
    // The format is decided on what is shown.
    elements = summarised ? TensorText.shown(tensor, edge) : tensor.elements
    format = NumberFormat(of: elements, precision: options.precision, scientificMode: options.scientificMode)
  }

  /// The elements a summary shows, row-major.
  private static func shown(_ t: Tensor, _ edge: Int) -> Elements {
    var positions = [t.offset]
    for d in t.shape.indices {
      let n = t.shape[d]
      let picks = n > 2 * edge ? Array(0..<edge) + Array(n - edge..<n) : Array(0..<n)
      positions = positions.flatMap { p in picks.map { p + $0 * t.strides[d] } }
    }
    let whole = Tensor(storage: t.storage, shape: [t.storage.count])
    whole.dtype = t.dtype
    return whole.elements.picking(positions)
  }

  var text: String {
    let indent = prefix.utf8.count
    var suffixes: [String] = []
    if tensor.device != "cpu" { suffixes.append("device='\(tensor.device)'") }
    let hasDefault = [.int64, .bool, Context.current.defaultDType].contains(tensor.dtype)
    var body: String
    if tensor.count == 0 {
      if tensor.dim != 1 { suffixes.append(sizeText) }
      if tensor.dtype != Context.current.defaultDType { suffixes.append("dtype=\(tensor.dtype.torchName)") }
      body = "[]"
    } else {
      // Without items at the ends nothing else would tell the shape.
      if edge == 0 { suffixes.append(sizeText) }
      if !hasDefault { suffixes.append("dtype=\(tensor.dtype.torchName)") }
      var at = 0
      body = lines(0, indent, &at)
    }
    if let gradFn = tensor.gradFnText {
      suffixes.append(gradFn)
    } else if tensor.requiresGrad {
      suffixes.append("requires_grad=True")
    }
    var out = prefix + body
    // Two columns are kept for the comma and the closing parenthesis.
    var lastLine = (out.split(separator: "\n", omittingEmptySubsequences: false).last?.utf8.count ?? 0) + 2
    for suffix in suffixes {
      let n = suffix.utf8.count
      if lastLine + n + 2 > options.lineWidth {
        out += ",\n" + String(repeating: " ", count: indent) + suffix
        lastLine = indent + n
      } else {
        out += ", " + suffix
        lastLine += n + 2
      }
    }
    return out + ")"
  }

  private var sizeText: String {
    let sizes = tensor.shape.map(String.init).joined(separator: ", ")
    return "size=(\(sizes)\(tensor.dim == 1 ? "," : ""))"
  }

  private func number(_ at: inout Int) -> String {
    defer { at += 1 }
    let s = format.text(elements, at: at)
    return String(repeating: " ", count: max(0, format.width - s.utf8.count)) + s
  }

  private func lines(_ d: Int, _ indent: Int, _ at: inout Int) -> String {
    guard d < tensor.dim else { return number(&at) }
    let n = tensor.shape[d]
    if summarised, edge == 0 { return "[...]" }
    let cut = summarised && n > 2 * edge
    if d == tensor.dim - 1 {
      let width = format.width + 2
      let perLine = max(1, (options.lineWidth - indent) / max(width, 1))
      var items: [String] = []
      for i in 0..<(cut ? 2 * edge : n) {
        if cut, i == edge { items.append(" ...") }
        items.append(number(&at))
      }
      var rows: [String] = []
      for start in stride(from: 0, to: items.count, by: perLine) {
        rows.append(items[start..<min(start + perLine, items.count)].joined(separator: ", "))
      }
      return "[" + rows.joined(separator: ",\n" + String(repeating: " ", count: indent + 1)) + "]"
    }
    var items: [String] = []
    for i in 0..<(cut ? 2 * edge : n) {
      if cut, i == edge { items.append("...") }
      items.append(lines(d + 1, indent + 1, &at))
    }
    let gap =
      "," + String(repeating: "\n", count: tensor.dim - d - 1) + String(repeating: " ", count: indent + 1)
    return "[" + items.joined(separator: gap) + "]"
  }
}
