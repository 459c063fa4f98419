import Foundation
import Testing
import TorchModule

@testable import Autograd

/// What PyTorch 2.13 gives for a grid of calls of every operation: values, strides, `grad_fn`, gradients, second
/// derivatives, errors (`Tests/Goldens/operations.jsonl`, recorded by `Tests/Tools/record_operations.py`).
enum OperationGoldens {
  struct Case: Decodable, Sendable {
    var op: String
    /// `e`: elementwise; `r`: a reduction over `n` values.
    var kind: String
    var n: Int?
    /// A line of the language.
    var run: String
    /// What it prints.
    var want: String
    /// Whether the gradients are the slopes in PyTorch: `False` of the first order only, `True` of the second, too.
    var slopes: String?
  }
  struct Group: Sendable, CustomTestStringConvertible {
    var op: String
    var cases: [Case]
    var testDescription: String { op }
  }

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Goldens")
  private static func text(_ name: String) -> String {
    (try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)) ?? ""
  }
  static let prelude = text("operations-prelude.py")
  static let all: [Group] = {
    let decoder = JSONDecoder()
    var groups: [Group] = []
    var at: [String: Int] = [:]
    for line in text("operations.jsonl").utf8.split(separator: UInt8(ascii: "\n")) {
      guard let c = try? decoder.decode(Case.self, from: Data(line)) else { continue }
      if let i = at[c.op] {
        groups[i].cases.append(c)
      } else {
        at[c.op] = groups.count
        groups.append(Group(op: c.op, cases: [c]))
      }
    }
    return groups
  }()

  /// Cases that still differ, one a line: the list may only shrink.
  static let differing = Set(text("operations-differ.txt").split(separator: "\n").map(String.init))

  static func run(_ cases: [Case]) -> [String] {
    let source = prelude + "\n" + cases.map(\.run).joined(separator: "\n") + "\n"
    let printed = Programs.run(source)
    var lines = printed.output.components(separatedBy: "\n")
    if lines.last == "" { lines.removeLast() }
    if !printed.error.isEmpty { lines.append(printed.error) }
    return lines
  }
}

/// How a printed line agrees with the recorded one.
enum Agreement: Equatable {
  case equal, close
  case differs(String)

  /// Values: one unit in the last place elementwise, `n · ε · max` for a reduction of `n`. Gradients are put together of
  /// several roundings: eight units of the largest.
  init(_ c: OperationGoldens.Case, _ got: String) {
    if c.want == got {
      self = .equal
      return
    }
    let pairs = Array(zip(c.want.split(separator: " "), got.split(separator: " ")))
    guard c.want.split(separator: " ").count == got.split(separator: " ").count else {
      self = .differs("other words")
      return
    }
    var start = 0
    var isValue = true
    self = .close
    while start < pairs.count {
      let end = pairs[start...].dropFirst().firstIndex { $0.0 == "|" || $0.0 == ";" } ?? pairs.count
      let part = pairs[start..<end]
      if part.first?.0 == "|" { isValue = false }
      if let problem = Self.problem(part, c, isValue) {
        self = .differs(problem)
        return
      }
      start = end
    }
  }

  private static func problem(
    _ part: ArraySlice<(Substring, Substring)>, _ c: OperationGoldens.Case, _ isValue: Bool
  ) -> String? {
    let epsilon =
      part.lazy.compactMap { ["float64": 0x1p-52, "float16": 0x1p-10][$0.0] }.first ?? 0x1p-23
    func number(_ word: Substring) -> Double? { word.contains("x") ? Double(word) : nil }
    let top = part.compactMap { number($0.0).map(abs) }.max() ?? 0
    for (want, got) in part where want != got {
      guard let p = number(want), let q = number(got) else { return "\(got) for \(want)" }
      // An infinity or NaN is a word without digits; signs of zero count.
      if p == 0 && q == 0 { return "\(got) for \(want)" }
      let bound =
        c.kind == "r"
        ? Double(c.n ?? 1) * epsilon * max(top, 1)
        : isValue ? max(epsilon * abs(p), 0x1p-149) : 8 * epsilon * max(top, 1)
      if abs(p - q) > bound { return "\(got) for \(want)" }
    }
    return nil
  }
}

@Suite struct OperationGoldenTests {
  @Test(arguments: OperationGoldens.all)
  func `gives what PyTorch gives`(group: OperationGoldens.Group) {
    let lines = OperationGoldens.run(group.cases)
    #expect(lines.count == group.cases.count, "\(lines.last ?? "")")
    for (c, got) in zip(group.cases, lines) {
      let agreement = Agreement(c, got)
      if OperationGoldens.differing.contains(c.run) {
        #expect(agreement != .equal, "Take it off operations-differ.txt: \(c.run)")
      } else if case .differs(let how) = agreement {
        Issue.record("\(c.run): \(how)\n  PyTorch:  \(c.want)\n  Backstep: \(got)")
      }
    }
  }

  @Test func `every operation is called by one of its names, and with gradients where it takes tensors`() {
    let groups = Dictionary(OperationGoldens.all.map { ($0.op, $0.cases) }, uniquingKeysWith: { a, _ in a })
    let signs: [String: [String]] = [
      "__add__": ["+"], "__getitem__": ["["], "__setitem__": ["__setitem__"], "__rtruediv__": ["/"],
      "__rfloordiv__": ["//"], "__invert__": ["~"], "__rmod__": ["%"], "__rpow__": ["**"],
      "__rlshift__": ["<<"], "__rrshift__": [">>"],
    ]
    for operation in OperationCatalogue.all {
      let cases = groups[operation.name] ?? []
      let names = operation.homes.flatMap { home in
        home.kind == .property ? [".\(home.name)"] : [".\(home.name)("] + (signs[home.name] ?? [])
      }
      #expect(
        cases.contains { c in names.contains { c.run.contains($0) } }, "no golden calls \(operation.name)")
    }
  }

  /// What PyTorch differentiates has a golden of its gradient; what it differentiates twice, one of the second
  /// derivative. Where it refuses, a golden of the refusal.
  @Test func `every differentiable operation has goldens of its gradient and its second derivative`() {
    let groups = Dictionary(OperationGoldens.all.map { ($0.op, $0.cases) }, uniquingKeysWith: { a, _ in a })
    var differentiable = 0
    for operation in OperationCatalogue.all {
      let wants = (groups[operation.name] ?? []).map(\.want)
      let takesTensors = operation.signature.parameters.contains { ["input", "tensors"].contains($0.name) }
      let isRun = operation.homes.contains { [.torch, .method, .functional, .linalg].contains($0.kind) }
      if takesTensors && isRun && groups[operation.name]?.contains(where: { $0.run.contains("r(") }) != true {
        Issue.record("no golden calls \(operation.name) with an input that asks for gradients")
      }
      guard wants.contains(where: { $0.contains("Backward") }) else { continue }
      differentiable += 1
      let refusal = /(derivative .* is not implemented|not differentiable|modified by an inplace)/
      let first = wants.contains {
        $0.contains(#/ \| float\d+ \[[0-9, ]*\] [-0-9in]/#) || $0.contains(refusal)
      }
      #expect(first, "no golden has a gradient of \(operation.name)")
      // A gradient that does not depend on the inputs shows on curved ones: nothing follows it there.
      let second = (groups[operation.name] ?? []).contains {
        $0.want.contains(" | | float") || $0.want.contains(refusal) || $0.run.contains("(c(x)")
      }
      #expect(second, "no golden has a second derivative of \(operation.name)")
    }
    #expect(differentiable > 350)
  }

  /// Central differences over the catalogue, where PyTorch's own gradients are slopes.
  @Test(arguments: OperationGoldens.all)
  func `gradients are slopes, and gradients of gradients`(group: OperationGoldens.Group) {
    let cases = group.cases.filter { $0.slopes != nil }
    guard !cases.isEmpty else { return }
    let lines = OperationGoldens.run(
      cases.map { c in
        var c = c
        c.run = "differences" + c.run.dropFirst(4).dropLast() + ", \(c.slopes ?? ""))"
        return c
      })
    for (c, line) in zip(cases, lines) { #expect(line == "slopes", "\(c.run)") }
    #expect(lines.count == cases.count, "\(lines.last ?? "")")
  }

  @Test func `the cases that differ are cases`() {
    let all = Set(OperationGoldens.all.flatMap { $0.cases.map(\.run) })
    let strange = OperationGoldens.differing.subtracting(all).sorted()
    #expect(strange.isEmpty, "\(strange)")
  }
}
