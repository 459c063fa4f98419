public import Recordings

/// The arguments of one call, matched with the parameters. Owns the words for what does not match.
public struct Arguments {
  let signature: Signature
  private var values: [Argument?]
  private let isMethod: Bool
  private let isPython: Bool
  /// What was given by name: PyTorch's parser tells no position of it, functions written in Python hand it on.
  private var byName: Set<String> = []

  init(
    _ signature: Signature, _ positional: [Argument], _ keywords: [(String, Argument)], isMethod: Bool,
    python: String? = nil
  ) throws {
    let isPython = python != nil
    let spoken = python ?? signature.name
    // CPython counts the object among the arguments.
    let isMethodOfC = isMethod && !isPython
    self.signature = signature
    self.isMethod = isMethod
    self.isPython = isPython
    values = Array(repeating: nil, count: signature.parameters.count)
    var at = 0
    for (i, parameter) in signature.parameters.enumerated()
    where !parameter.isKeywordOnly || parameter.isVariadic {
      guard at < positional.count else { break }
      if parameter.isVariadic {
        let rest = Array(positional[at...])
        // One list stands for all: view([2, 3]).
        values[i] = rest.count == 1 && rest[0].items != nil ? rest[0] : .tuple(rest)
        at = positional.count
      } else {
        values[i] = positional[at]
        at += 1
      }
    }
    if at < positional.count {
      let most = signature.parameters.count { !$0.isKeywordOnly } - (isMethodOfC ? 1 : 0)
      let got = positional.count - (isMethodOfC ? 1 : 0)
      if isMethodOfC, signature.parameters.count == 1 {
        throw TorchError.type("TensorBase.\(signature.name)() takes no arguments (\(got) given)")
      }
      let least = signature.required.count { !signature.parameters[$0].isKeywordOnly } - (isMethodOfC ? 1 : 0)
      if least != most {
        throw TorchError.type(
          "\(spoken)() takes from \(least) to \(most) positional arguments but \(got) were given")
      }
      throw TorchError.type(
        "\(spoken)() takes \(most) positional argument\(most == 1 ? "" : "s") but \(got) "
          + "\(got == 1 ? "was" : "were") given")
    }
    for (name, value) in keywords {
      guard let i = index(name) ?? (isPython ? nil : Self.aliases[name].flatMap { index($0) }) else {
        throw TorchError.type("\(spoken)() got an unexpected keyword argument '\(name)'")
      }
      guard values[i] == nil else {
        throw TorchError.type("\(spoken)() got multiple values for argument '\(name)'")
      }
      values[i] = value
      if !isPython { byName.insert(signature.parameters[i].name) }
    }
    if signature.required.contains(where: { values[$0] == nil }) {
      let missing = signature.required.filter { values[$0] == nil }
      if isPython {
        let names = missing.map { "'\(signature.parameters[$0].name)'" }
        let list =
          names.count < 3
          ? names.joined(separator: " and ")
          : names.dropLast().joined(separator: ", ") + ", and " + (names.last ?? "")
        throw TorchError.type(
          "\(spoken)() missing \(names.count) required positional argument\(names.count == 1 ? "" : "s"): "
            + list)
      }
      let names = missing.map { "\"\(signature.parameters[$0].name)\"" }.joined(separator: ", ")
      throw TorchError.type(
        // PyTorch has the plural the wrong way round.
        "\(signature.name)() missing \(missing.count) required positional argument\(missing.count == 1 ? "s" : ""): "
          + names
      )
    }
  }

  /// NumPy's names, which PyTorch takes too.
  private static let aliases = [
    "axis": "dim", "keepdims": "keepdim", "x": "input", "a": "input", "x1": "input", "x2": "other",
    "self": "input",
  ]

  private func index(_ name: String) -> Int? { signature.parameters.firstIndex { $0.name == name } }

  /// The argument, `nil` where it was left out.
  public subscript(name: String) -> Argument? { index(name).flatMap { values[$0] } }

  public func has(_ name: String) -> Bool {
    guard let value = self[name] else { return false }
    if case .none = value { return false }
    return true
  }

  func mismatch(_ name: String, _ wanted: String) -> TorchError {
    let at = (index(name) ?? 0) + (isMethod ? 0 : 1)
    let isKeyword = index(name).map { signature.parameters[$0].isKeywordOnly } ?? false
    let place = isKeyword || !isPython && byName.contains(name) ? "" : " (position \(max(at, 1)))"
    return TorchError.type(
      "\(signature.name)(): argument '\(name)'\(place) must be \(wanted), not \(self[name]?.typeName ?? "NoneType")"
    )
  }

  public func tensor(_ name: String) throws -> Tensor {
    guard case .tensor(let t)? = self[name] else { throw mismatch(name, "Tensor") }
    return t
  }
  /// A tensor that PyTorch's Python hands on to a kernel of another name, which complains.
  func tensor(_ name: String, of kernel: String) throws -> Tensor {
    if case .tensor(let t)? = self[name] { return t }
    let complaint = mismatch(name, "Tensor").message.drop { $0 != "(" }
    throw TorchError.type(kernel + complaint)
  }
  /// Input and target of a loss whose sizes PyTorch's Python compares first.
  func sizedPair() throws -> (input: Tensor, target: Tensor) {
    for name in ["target", "input"] {
      if case .tensor? = self[name] { continue }
      let type = self[name]?.typeName ?? "NoneType"
      // An array's size is a number.
      if type == "numpy.ndarray" { throw TorchError.type("'int' object is not callable") }
      throw TorchError(.attribute, "'\(type)' object has no attribute 'size'")
    }
    return (try tensor("input"), try tensor("target"))
  }
  public func optionalTensor(_ name: String) throws -> Tensor? {
    has(name) ? try tensor(name) : nil
  }
  /// A tensor, or a number in a tensor's clothes.
  public func operand(_ name: String) throws -> Tensor {
    if let n = self[name]?.number { return try Ops.wrap(n) }
    return try tensor(name)
  }
  public func number(_ name: String, default fallback: Number? = nil) throws -> Number {
    if let n = self[name]?.number { return n }
    if case .tensor(let t)? = self[name], t.shape.isEmpty { return try t.item() }
    if let fallback, !has(name) { return fallback }
    throw mismatch(name, "Number")
  }
  public func optionalNumber(_ name: String) throws -> Number? { has(name) ? try number(name) : nil }

  public func int(_ name: String, default fallback: Int? = nil) throws -> Int {
    switch self[name] {
    case .int(let i)?: return i
    case .bool(let b)?: return b ? 1 : 0
    case .tensor(let t)? where t.count == 1 && !t.dtype.isFloatingPoint: return Int(try t.item().integer)
    default:
      if let fallback, !has(name) { return fallback }
      throw mismatch(name, "int")
    }
  }
  public func optionalInt(_ name: String) throws -> Int? { has(name) ? try int(name) : nil }

  public func double(_ name: String, default fallback: Double? = nil) throws -> Double {
    if let fallback, !has(name) { return fallback }
    if let n = self[name]?.number { return n.double }
    if case .tensor(let t)? = self[name], t.count == 1 { return try t.item().double }
    throw mismatch(name, "float")
  }
  public func bool(_ name: String, default fallback: Bool = false) throws -> Bool {
    guard has(name) else { return fallback }
    guard case .bool(let b)? = self[name] else { throw mismatch(name, "bool") }
    return b
  }
  /// Whether a value is true, as Python asks any object.
  func truth(_ name: String, default fallback: Bool = false) throws -> Bool {
    try self[name]?.isTrue() ?? fallback
  }
  public func string(_ name: String, default fallback: String) throws -> String {
    guard has(name) else { return fallback }
    guard case .string(let s)? = self[name] else { throw mismatch(name, "str") }
    return s
  }
  public func dtype(_ name: String = "dtype") throws -> DType? {
    guard has(name) else { return nil }
    guard case .dtype(let d)? = self[name] else { throw mismatch(name, "torch.dtype") }
    return d
  }
  /// A device that exists. Throws PyTorch's error for others.
  public func device(_ name: String = "device") throws -> String {
    guard has(name) else {
      let standard = Context.current.defaultDevice
      return standard == "cpu" ? standard : try Devices.check(standard)
    }
    switch self[name] {
    case .device(let d)?, .string(let d)?: return try Devices.check(d)
    case .int(let k)?: return try Devices.check(number: k)
    default: throw mismatch(name, "torch.device")
    }
  }
  /// How a copy shall lie in memory: `contiguous_format`, `channels_last`; `nil` where the call says nothing.
  func memoryFormat() throws -> String? {
    guard has("memory_format") else { return nil }
    guard case .other(let o, _)? = self["memory_format"], let format = o as? any NamedArgument else {
      throw mismatch("memory_format", "torch.memory_format")
    }
    return format.name
  }
  public func generator() throws -> Generator {
    try Context.current.checkDraws()
    guard has("generator") else { return Context.current.generator }
    guard case .generator(let g)? = self["generator"] else { throw mismatch("generator", "torch.Generator") }
    if !Context.current.simulatedDevices.isEmpty {
      let home = index("device") == nil ? allTensors.first?.device ?? g.device : try device()
      let (wanted, found) = (home.prefix { $0 != ":" }, g.device.prefix { $0 != ":" })
      guard wanted == found else {
        throw TorchError.runtime("Expected a '\(wanted)' device type for generator but found '\(found)'")
      }
    }
    return g
  }
  /// One whole number, or several.
  public func ints(_ name: String) throws -> [Int] {
    if case .int(let i)? = self[name] { return [i] }
    if case .tensor(let t)? = self[name], Form.isWhole(.tensor(t)) { return [Int(try t.item().integer)] }
    guard let items = self[name]?.items else {
      if self[name] == nil, let i = index(name), signature.parameters[i].defaultText == nil {
        throw TorchError.type("\(signature.name)() missing 1 required positional arguments: \"\(name)\"")
      }
      throw mismatch(name, "tuple of ints")
    }
    if items.count == 1, let first = items.first, let i = index(name), signature.parameters[i].isVariadic {
      switch first {
      case .string, .double, .none, .other:
        if case .tuple? = self[name] {
          let place = max((index(name) ?? 0) + (isMethod ? 0 : 1), 1)
          throw TorchError.type(
            "\(signature.name)(): argument '\(name)' (position \(place)) must be tuple of ints, not \(first.typeName)"
          )
        }
      default: break
      }
    }
    return try items.enumerated().map { i, item in
      switch item {
      case .int(let n): return n
      case .bool(let b): return b ? 1 : 0
      case .tensor(let t) where t.count == 1 && !t.dtype.isFloatingPoint: return Int(try t.item().integer)
      default:
        if i > 0 {
          throw TorchError.type(
            "\(signature.name)(): argument '\(name)' failed to unpack the object at pos \(i + 1) with error \"type must "
              + "be tuple of ints,but got \(item.typeName)\"")
        }
        throw TorchError.type(
          "\(signature.name)(): argument '\(name)' (position \(max((index(name) ?? 0) + (isMethod ? 0 : 1), 1))) "
            + "must be tuple of ints, but found element of type \(item.typeName) at pos \(i)")
      }
    }
  }
  /// Several whole numbers; one alone is refused.
  public func sizes(_ name: String) throws -> [Int] {
    guard self[name] == nil || self[name]?.items != nil else { throw mismatch(name, "tuple of ints") }
    return try ints(name)
  }
  /// Whole numbers that PyTorch's Python hands on to a kernel of another name, which complains.
  func ints(_ name: String, as kernel: String, _ parameter: String, at place: Int = 2) throws -> [Int] {
    do { return try sizes(name) } catch let error as TorchError {
      guard error.kind == .type else { throw error }
      let start = "\(kernel)(): argument '\(parameter)'"
      if let range = error.message.firstRange(of: " failed to unpack") {
        throw TorchError.type(start + error.message[range.lowerBound...])
      }
      guard let range = error.message.firstRange(of: " must be") else { throw error }
      throw TorchError.type("\(start) (position \(place))" + error.message[range.lowerBound...])
    }
  }
  public func optionalInts(_ name: String) throws -> [Int]? { has(name) ? try ints(name) : nil }

  public func tensors(_ name: String) throws -> [Tensor] {
    guard let items = self[name]?.items else { throw mismatch(name, "tuple of Tensors") }
    return try items.enumerated().map { i, item in
      guard case .tensor(let t) = item else {
        throw TorchError.type(
          "expected Tensor as element \(i) in argument 0, but got \(item.typeName)")
      }
      return t
    }
  }
}

/// The devices a program may name.
public enum Devices {
  public static func check(_ name: String) throws -> String {
    if name == "cpu" || name.hasPrefix("cpu:") { return "cpu" }
    let kind = String(name.prefix { $0 != ":" })
    let known = Context.current.simulatedDevices
    let full = name == "cuda" ? "cuda:0" : name
    if known.contains(kind) || known.contains(full) { return full }
    if kind == "cuda", known.contains(where: { $0.hasPrefix("cuda") }) {
      throw TorchError.runtime("CUDA error: invalid device ordinal")
    }
    if !isSpelledRight(name) { throw TorchError.runtime("Invalid device string: '\(name)'") }
    if kind == "cuda" { throw TorchError(.assertion, "Torch not compiled with CUDA enabled") }
    if kind == "mps" {
      throw TorchError.runtime(
        "PyTorch is not linked with support for mps devices")
    }
    throw unknown(name)
  }

  /// The accelerator of a number.
  public static func check(number: Int) throws -> String {
    guard !Context.current.simulatedDevices.isEmpty else {
      throw TorchError.runtime("Cannot access accelerator device when none is available.")
    }
    return try check("cuda:\(number)")
  }

  /// What follows a kind and a colon must be a number; the kind must be known.
  public static func checkName(_ name: String) throws {
    if name.isEmpty { throw TorchError.runtime("Device string must not be empty") }
    guard isSpelledRight(name) else { throw TorchError.runtime("Invalid device string: '\(name)'") }
    let pieces = name.split(separator: ":", omittingEmptySubsequences: false)
    guard let kind = pieces.first, kinds.contains(String(kind)) else { throw unknown(name) }
    guard pieces.count == 1 || pieces.count == 2 && !pieces[1].isEmpty && pieces[1].allSatisfy(\.isNumber)
    else {
      throw TorchError.runtime("Invalid device string: '\(name)'")
    }
  }
  /// Letters, and a number behind a colon.
  private static func isSpelledRight(_ name: String) -> Bool {
    let pieces = name.split(separator: ":", omittingEmptySubsequences: false)
    guard let kind = pieces.first, kind.allSatisfy({ $0.isLetter || $0 == "_" }) else { return false }
    guard pieces.count > 1 else { return true }
    return pieces.count == 2 && !pieces[1].isEmpty && pieces[1].allSatisfy(\.isNumber)
  }
  private static let kinds: Set = [
    "cpu", "cuda", "ipu", "xpu", "mkldnn", "opengl", "opencl", "ideep", "hip", "ve", "fpga", "maia", "xla",
    "lazy",
    "vulkan", "mps", "meta", "hpu", "mtia", "privateuseone",
  ]
  private static func unknown(_ name: String) -> TorchError {
    TorchError.runtime(
      "Expected one of cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, "
        + "mps, meta, hpu, mtia, privateuseone device type at start of device string: \(name)")
  }
}
