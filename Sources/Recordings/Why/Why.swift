import OrderedCollections

/// Why a value is what it is: the chain of writes and contributions that made it, from a recording alone.
///
/// ```swift
/// let why = try Why(WhyTarget("x.grad"), in: recording, at: recording.events.count)
/// print(why.text(width: 80))
/// ```
/// ```
/// x.grad = [100., 100.] after event 24 of 37
///
/// 1. 12:1  (event 23)  loss.backward()
///    AccumulateGrad for x wrote it: None → [100., 100.]
///    …
/// ```
public struct Why: Sendable, Equatable {
  /// What stands there at that instant.
  public var heading: String
  /// What made it, in order of time.
  public var entries: [Entry] = []
  /// What is left to say where no entry says it.
  public var notes: [String] = []

  /// One event of the chain.
  public struct Entry: Sendable, Equatable {
    /// How many events had happened with it.
    public var event: Int
    /// `12:1  (event 23)  loss.backward()`: line and column from 1, and the code.
    public var place: String
    public var lines: [Line]
  }
  /// A line of an entry, indented by so many levels.
  public struct Line: Sendable, Equatable {
    public var indent: Int
    public var text: String
    public init(_ text: String, indent: Int = 0) {
      self.indent = indent
      self.text = text
    }
  }

  init(heading: String) { self.heading = heading }

  /// Explains a value after `k` events. Throws ``WhyError``.
  ///
  /// - Parameter last: how many writes are told at most; earlier ones are counted.
  public init(_ target: WhyTarget, in recording: Recording, at k: Int, last: Int = 6) throws(WhyError) {
    let history = WhyHistory(recording, at: k)
    let tensor = try target.resolve(history)
    self =
      target.isGradient
      ? WhyGradient(history: history, name: target.name, tensor: tensor, last: max(1, last)).explained()
      : WhyValue(history: history, name: target.name, tensor: tensor, last: max(1, last)).explained()
  }

  /// As lines of at most `width` characters where words allow it; continued lines hang.
  public func text(width: Int) -> String {
    var out = Self.wrap(heading, first: "", rest: "  ", width)
    for (n, entry) in entries.enumerated() {
      let number = "\(n + 1). "
      let margin = String(repeating: " ", count: number.count)
      out += "\n" + Self.clipped(number + entry.place, width) + "\n"
      for line in entry.lines {
        let pad = margin + String(repeating: "  ", count: line.indent)
        out += Self.wrap(line.text, first: pad, rest: pad + "    ", width)
      }
    }
    for note in notes { out += "\n" + Self.wrap(note, first: "", rest: "", width) }
    return out
  }

  private static func clipped(_ text: String, _ width: Int) -> String {
    text.count <= width || width < 20 ? text : text.prefix(width - 1) + "…"
  }

  private static func wrap(_ text: String, first: String, rest: String, _ width: Int) -> String {
    var out = ""
    var line = first
    var isFresh = true
    for word in text.split(separator: " ") {
      if !isFresh, line.count + 1 + word.count > width {
        out += line + "\n"
        line = rest
        isFresh = true
      }
      line += (isFresh ? "" : " ") + word
      isFresh = false
    }
    return out + line + "\n"
  }
}

/// What `backstep why` is asked about: `x`, `x.grad`, `net.0.weight.grad`, `t4`.
public struct WhyTarget: Sendable, Equatable {
  /// Without `.grad`.
  public var name: String
  public var isGradient: Bool

  /// Any text is a target; whether there is such a name only a recording knows.
  public init(_ text: String) {
    let text = String(text.split(separator: " ").joined())
    isGradient = text.hasSuffix(".grad")
    name = isGradient ? String(text.dropLast(5)) : text
    if !isGradient, name.hasSuffix(".data") { name = String(name.dropLast(5)) }
  }

  /// The tensor it means. Throws ``WhyError``.
  func resolve(_ history: WhyHistory) throws(WhyError) -> TensorID {
    let moment = history.moment
    let here = moment.names.filter { $0.key.name == name }
    // The program's own name first; else that of the function that bound it last.
    let referent = here.first { $0.key.scope.isEmpty }?.value ?? here.elements.last?.value
    switch referent {
    case .tensor(let id): return id
    case .optimizer(let id):
      throw .noTensor(
        name: name, what: "of type \(moment.optimizers[id]?.kind ?? "optimizer")", known: known(history))
    case .module(let type): throw .noTensor(name: name, what: "of type \(type)", known: known(history))
    case .value(let text): throw .noTensor(name: name, what: text, known: known(history))
    case nil: break
    }
    if name.hasPrefix("t"), let number = Int32(name.dropFirst()), moment.tensors[TensorID(number)] != nil {
      return TensorID(number)
    }
    if let later = history.firstBinding(of: name) {
      throw .notYet(name: name, later: later.place, event: later.event)
    }
    throw .unknown(name: name, known: known(history))
  }

  private func known(_ history: WhyHistory) -> [String] {
    var out: [String] = []
    for (name, referent) in history.moment.names where !out.contains(name.name) {
      if case .tensor = referent { out.append(name.name) }
    }
    return out
  }
}

/// Why a value cannot be explained.
public enum WhyError: Error, Equatable, Sendable {
  /// No name of the program is this; these are tensors at that instant.
  case unknown(name: String, known: [String])
  /// The name is bound later.
  case notYet(name: String, later: String, event: Int)
  case noTensor(name: String, what: String, known: [String])
}

extension WhyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknown(let name, let known):
      let hint = nearest(to: name, among: known).map { ", did you mean \"\($0)\"?" } ?? "."
      return "no tensor is named \"\(name)\" at this instant\(hint)\(Self.list(known))"
    case .notYet(let name, let later, let event):
      return "\"\(name)\" refers to nothing at this instant; it does at event \(event), \(later)"
    case .noTensor(let name, let what, let known):
      let inner = known.filter { $0.hasPrefix(name + ".") }
      return "\"\(name)\" is no tensor; it is \(what).\(Self.list(inner.isEmpty ? known : inner))"
    }
  }
  private static func list(_ names: [String]) -> String {
    if names.isEmpty { return " No name refers to a tensor" }
    let more = names.count > 12 ? " and \(names.count - 12) more" : ""
    return " Tensors: \(names.prefix(12).joined(separator: ", "))\(more)"
  }
}
