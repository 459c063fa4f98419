public import Recordings

/// An operation as a program sees it: its names, its parameters, what it does.
///
/// ```swift
/// let sum = try OperationCatalogue["sum"]!.call([.tensor(x)])
/// ```
public struct Operation: Sendable {
  /// Where a name lives.
  public struct Home: Sendable, Hashable {
    public enum Kind: Sendable, Hashable, CaseIterable {
      /// `torch.NAME`
      case torch
      /// `tensor.NAME(…)`; the tensor is the first argument.
      case method
      /// `tensor.NAME_(…)`, which writes into the tensor.
      case inPlaceMethod
      /// `torch.nn.functional.NAME`
      case functional
      /// `tensor.NAME`
      case property
      /// `torch.nn.init.NAME`
      case initializer
      /// `torch.nn.utils.NAME`
      case utility
      /// `torch.linalg.NAME`
      case linalg
    }
    public var kind: Kind
    public var name: String
    public static func torch(_ name: String) -> Home { Home(kind: .torch, name: name) }
    public static func method(_ name: String) -> Home { Home(kind: .method, name: name) }
    public static func inPlaceMethod(_ name: String) -> Home { Home(kind: .inPlaceMethod, name: name) }
    public static func functional(_ name: String) -> Home { Home(kind: .functional, name: name) }
    public static func initializer(_ name: String) -> Home { Home(kind: .initializer, name: name) }
    public static func utility(_ name: String) -> Home { Home(kind: .utility, name: name) }
    public static func linalg(_ name: String) -> Home { Home(kind: .linalg, name: name) }
    public static func property(_ name: String) -> Home { Home(kind: .property, name: name) }
  }
  public typealias Body = @Sendable (Arguments) throws -> OperationResult

  /// Unique in the catalogue: `sum`, `mul_`.
  public let name: String
  public let homes: [Home]
  public let signature: Signature
  let body: Body
  /// Whether it has a parameter `inplace`.
  private let takesInPlace: Bool
  /// Where the function's forms are listed.
  private let formsHome: String
  /// The forms of the function and of the method, once asked for.
  private let functionForms = Overloads.Kept()
  private let methodForms = Overloads.Kept()
  /// Whether PyTorch's is written in Python, whose interpreter matches the arguments.
  private let isPython: Bool
  private let pythonName: String

  /// - Parameters:
  ///   - signature: as PyTorch prints it: `sum(input, dim=None, keepdim=False, *, dtype=None)`.
  ///   - python: what CPython calls it, where PyTorch's is written in Python all the same.
  init(
    _ signature: String, _ homes: [Home], named name: String? = nil, python: String? = nil,
    body: @escaping Body
  ) {
    self.signature = Signature(signature)
    self.name = name ?? self.signature.name
    takesInPlace = self.signature.parameters.contains { $0.name == "inplace" }
    self.homes = homes
    formsHome = homes.contains { $0.kind == .torch } ? "torch." : "F."
    pythonName = python ?? self.signature.name
    isPython =
      python != nil
      || homes.allSatisfy { [.functional, .initializer, .utility].contains($0.kind) }
        && !["linear", "gelu", "softplus", "logsigmoid", "one_hot", "avg_pool1d", "avg_pool2d"].contains(
          self.name)
    self.body = body
  }

  /// Whether generators stand for lists.
  public var takesIterators: Bool { homes.contains { $0.kind == .utility } }

  /// Names in `torch` and on tensors alike.
  static func both(
    _ signature: String, alias: String? = nil, _ more: [Home] = [], body: @escaping Body
  )
    -> Operation
  {
    let name = String(signature.prefix { $0 != "(" })
    var homes = [Home.torch(name), .method(name)]
    if let alias { homes += [.torch(alias), .method(alias)] }
    return Operation(signature, homes + more, body: body)
  }

  /// Calls it as Python would. Throws ``TorchError``.
  public func call(
    _ positional: [Argument], _ keywords: [(String, Argument)] = [], isMethod: Bool = false
  )
    throws -> OperationResult
  {
    let isPlain: Bool
    // One tensor and nothing else, where no more is needed, fits every form.
    if keywords.isEmpty, positional.count == 1, signature.required.count < 2, case .tensor? = positional.first
    {
      isPlain = signature.parameters.first?.isVariadic != true
    } else {
      isPlain = false
    }
    // Where `inplace` is given, the function is Python's, though `torch` may have one of the same name.
    guard !isPlain, !isPython, !(takesInPlace && keywords.contains { $0.0 == "inplace" }),
      let forms = (isMethod ? methodForms : functionForms).forms(
        signature.name, isMethod ? "Tensor." : formsHome)
    else { return try run(positional, keywords, isMethod: isMethod) }
    let given = isMethod ? Array(positional.dropFirst()) : positional
    guard let old = try Overloads.check(forms, given, keywords) else {
      return try run(positional, keywords, isMethod: isMethod)
    }
    Overloads.warn(of: old, forms)
    let named = zip(old.parameters, given).map { ($0.name, $1) } + keywords
    return try run(isMethod ? Array(positional.prefix(1)) : [], named, isMethod: isMethod)
  }

  private func run(
    _ positional: [Argument], _ keywords: [(String, Argument)], isMethod: Bool
  ) throws -> OperationResult {
    guard let autocast = Context.current.autocast else {
      return try runPlain(positional, keywords, isMethod: isMethod)
    }
    let (positional, keywords) = try autocast.adapted(name, positional, keywords)
    return try runPlain(positional, keywords, isMethod: isMethod)
  }

  private func runPlain(
    _ positional: [Argument], _ keywords: [(String, Argument)], isMethod: Bool
  ) throws -> OperationResult {
    if !keywords.isEmpty, !isMethod, let (out, rest) = OutForms.split(keywords, self) {
      let given = (positional + rest.map(\.1)).flatMap { $0.items ?? [$0] }.compactMap(\.asTensor)
      return try OutForms.written(into: out, by: signature.name, from: given) {
        try runPlain(positional, rest, isMethod: false)
      }
    }
    let arguments = try Arguments(
      signature, positional, keywords, isMethod: isMethod, python: isPython ? pythonName : nil)
    if !Context.current.simulatedDevices.isEmpty { try DeviceRules.check(name, arguments) }
    if takesInPlace, try arguments.truth("inplace"), let first = signature.parameters.first?.name {
      return .tensor(
        try InPlaceForms.written(into: arguments.tensor(first), by: "\(signature.name)_") {
          try body(arguments)
        })
    }
    return try body(arguments)
  }
}

/// A value that a program hands to an operation.
public enum Argument {
  case tensor(Tensor)
  case int(Int)
  case double(Double)
  case bool(Bool)
  case string(String)
  case none
  case list([Argument])
  case tuple([Argument])
  case dtype(DType)
  case device(String)
  case generator(Generator)
  /// `a:b:c`, inside an index.
  case slice(Int?, Int?, Int?)
  /// `...`, inside an index.
  case ellipsis
  /// Anything else, with its Python type.
  case other(AnyObject, type: String)

  /// As error messages name the type.
  public var typeName: String {
    switch self {
    case .tensor(let t): t.isParameter ? "Parameter" : "Tensor"
    case .int: "int"
    case .double: "float"
    case .bool: "bool"
    case .string: "str"
    case .none: "NoneType"
    case .list: "list"
    case .tuple: "tuple"
    case .dtype: "torch.dtype"
    case .device: "torch.device"
    case .generator: "torch.Generator"
    case .slice: "slice"
    case .ellipsis: "ellipsis"
    case .other(_, let type): type
    }
  }

  /// As Python asks any object. Throws where a tensor has not one element.
  func isTrue() throws -> Bool {
    switch self {
    case .none: return false
    case .tensor(let t):
      guard t.count == 1 else {
        throw TorchError.runtime(
          "Boolean value of Tensor with \(t.count == 0 ? "no values" : "more than one value") is ambiguous")
      }
      return try t.item().double != 0
    case .string(let s): return !s.isEmpty
    case .list(let items), .tuple(let items): return !items.isEmpty
    default: return number.map { $0.double != 0 } ?? true
    }
  }

  var number: Number? {
    switch self {
    case .int(let i): .int(i)
    case .double(let d): .double(d)
    case .bool(let b): .bool(b)
    default: nil
    }
  }
  /// An array among the elements of a list: a list itself.
  var array: Tensor? {
    if case .other(let o, type: "numpy.ndarray") = self { return o as? Tensor }
    return nil
  }
  var asTensor: Tensor? {
    if case .tensor(let t) = self { return t }
    return array
  }
  public var items: [Argument]? {
    switch self {
    case .list(let a), .tuple(let a): a
    default: nil
    }
  }
}

/// An object of the program that is known by its name: a memory format.
public protocol NamedArgument: AnyObject {
  var name: String { get }
}

/// An integer of the program that 64 bits do not hold.
public protocol LargeInteger: AnyObject {
  /// The nearest fraction; `nil` beyond all of them.
  var double: Double? { get }
}

/// What an operation gives back.
public enum OperationResult {
  case tensor(Tensor)
  /// A tuple; with a type's name it is a named tuple: `torch.return_types.max(values=…, indices=…)`.
  case tuple([(name: String?, value: OperationResult)], type: String?)
  case list([OperationResult])
  case int(Int)
  case double(Double)
  case bool(Bool)
  case string(String)
  case none
  case size([Int])
  case dtype(DType)

  static func number(_ n: Number) -> OperationResult {
    switch n {
    case .bool(let b): .bool(b)
    case .int(let i): .int(i)
    case .double(let d): .double(d)
    }
  }
  static func tensors(_ all: [Tensor]) -> OperationResult {
    .tuple(all.map { (nil, .tensor($0)) }, type: nil)
  }
  static func valuesAndIndices(_ all: [Tensor], _ type: String) -> OperationResult {
    .tuple(zip(["values", "indices"], all).map { ($0, .tensor($1)) }, type: "torch.return_types.\(type)")
  }
}

/// The parameters of an operation, read once from PyTorch's notation.
public struct Signature: Sendable {
  public struct Parameter: Sendable {
    public var name: String
    /// As written behind `=`; `nil` where the argument is required.
    public var defaultText: String?
    public var isKeywordOnly: Bool
    /// Takes all remaining positional arguments: `*size`.
    public var isVariadic: Bool
  }
  public let name: String
  public let parameters: [Parameter]
  /// The places of those that must be given.
  let required: [Int]
  /// As it was written.
  let text: String

  init(_ text: String) {
    self.text = text
    let open = text.firstIndex(of: "(") ?? text.endIndex
    name = String(text[..<open])
    var parameters: [Parameter] = []
    var keywordOnly = false
    let inside = text[open...].dropFirst().dropLast()
    for piece in inside.split(separator: ",") {
      let word = piece.drop { $0 == " " }
      if word == "*" {
        keywordOnly = true
        continue
      }
      let isVariadic = word.hasPrefix("*")
      let parts = word.drop { $0 == "*" }.split(separator: "=", maxSplits: 1)
      guard let first = parts.first else { continue }
      parameters.append(
        Parameter(
          name: String(first), defaultText: parts.count > 1 ? String(parts[1]) : nil,
          isKeywordOnly: keywordOnly, isVariadic: isVariadic))
      if isVariadic { keywordOnly = true }
    }
    self.parameters = parameters
    required = parameters.indices.filter { parameters[$0].defaultText == nil && !parameters[$0].isVariadic }
  }
}
