import Foundation
import Testing

@testable import Autograd
@testable import Recordings

/// What PyTorch's optimizers, schedulers and modules did, as Tests/Tools/record_training.py wrote it down.
struct Golden: Sendable, CustomTestStringConvertible {
  let fields: [(key: String, value: JSONValue)]
  let testDescription: String

  static func all(_ file: String) -> [Golden] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    guard let data = try? Data(contentsOf: folder.appending(path: "Goldens/\(file).jsonl")) else { return [] }
    return data.split(separator: UInt8(ascii: "\n")).enumerated().compactMap { k, line in
      guard case .object(let fields)? = try? JSONParser.parse(ArraySlice(line)) else { return nil }
      var name = "?"
      if case .string(let s)? = fields.first(where: { $0.key == "name" })?.value { name = s }
      return Golden(fields: fields, testDescription: "\(name) \(k)")
    }
  }
  subscript(key: String) -> JSONValue { fields.first { $0.key == key }?.value ?? .null }
  var name: String { self["name"].text }
}

extension JSONValue {
  var text: String { if case .string(let s) = self { s } else { "" } }
  var items: [JSONValue] { if case .array(let a) = self { a } else { [] } }
  var entries: [(key: String, value: JSONValue)] { if case .object(let o) = self { o } else { [] } }
  var double: Double {
    switch self {
    case .number(let t): Double(t) ?? .nan
    case .string("inf"): .infinity
    case .string("-inf"): -.infinity
    default: .nan
    }
  }
  var doubles: [Double] { items.map(\.double) }
  /// As a program would write it.
  var argument: Argument {
    switch self {
    case .null: .none
    case .bool(let b): .bool(b)
    case .number(let t): Int(t).map(Argument.int) ?? .double(Double(t) ?? .nan)
    case .string(let s): .string(s)
    case .array(let a): .tuple(a.map(\.argument))
    case .object: .none
    }
  }
  var attribute: Attribute {
    switch argument {
    case .bool(let b): .bool(b)
    case .int(let i): .int(i)
    case .double(let d): .double(d)
    case .string(let s): .string(s)
    case .tuple(let items):
      .list(
        items.map {
          $0.number.map { if case .int(let i) = $0 { .int(i) } else { .double($0.double) } } ?? .none
        })
    default: .none
    }
  }
}

/// The most that two rows of numbers differ, against their size.
private func distance(_ a: [Double], _ b: [Double]) -> Double {
  guard a.count == b.count else { return .infinity }
  let size = b.map(\.magnitude).filter(\.isFinite).max() ?? 0
  return zip(a, b).map { x, y in
    if x == y || (x.isNaN && y.isNaN) { return 0 }
    return (x - y).magnitude / max(1e-3, x.magnitude, y.magnitude, size / 50)
  }.max() ?? 0
}

struct OptimizerGoldenTests {
  private static func gradient(_ step: Int, _ count: Int) -> [Double] {
    (0..<count).map { Double((step * 7 + $0 * 13) % 11 - 5) / 4 }
  }

  @Test func `every optimizer has a golden`() {
    let known = Set(Golden.all("optimizers").map(\.name))
    for rule in OptimizerCatalogue.all { #expect(known.contains(rule.kind), "\(rule.kind)") }
  }

  @Test(arguments: Golden.all("optimizers"))
  func `fifty steps give PyTorch's numbers`(golden: Golden) throws {
    try Context().run {
      let rule = try #require(OptimizerCatalogue.all.first { $0.kind == golden.name })
      let shapes = golden["shapes"].items.map { $0.items.map { Int($0.double) } }
      func leaf(_ values: [Double], _ shape: [Int]) throws -> Tensor {
        let t = try Tensor(zeros: shape, .float32)
        t.setRaw(values.prefix(t.count).map(Number.double))
        return t
      }
      let p = try leaf([0.5, -1.25, 2.0, 0.75, -0.25, 1.5], shapes[0])
      let q = try leaf([1.0, -0.5, 0.25, -2.0, 1.5, 0.75], shapes[1])
      for t in [p, q] { _ = try t.setRequiresGrad(true) }
      let options = golden["options"].entries.map { NamedAttribute($0.key, $0.value.attribute) }
      let optimizer = try rule.make([ParameterSettings(parameters: [p, q], options: [])], options)
      #expect(optimizer.text == golden["repr"].text)
      #expect(optimizer.groups[0].options.map(\.name) + ["params"] == golden["keys"].items.map(\.text))
      func row() -> [Double] { (p.numbers() + q.numbers()).map(\.double) }
      let isLBFGS = golden.name == "LBFGS"
      let (c, t) = (Tensor([1.0, 3.0, 0.5]), Tensor([0.25, 1.0, -1.0]))
      for (step, wanted) in golden["rows"].items.enumerated() {
        if isLBFGS {
          try optimizer.step {
            try optimizer.zeroGrad()
            let off = try Ops.sub(p, t)
            let first = try Ops.sum(Ops.mul(Ops.mul(off, off), c))
            let loss = try Ops.add(first, Ops.mul(Ops.sum(Ops.mul(q, q)), 2))
            try loss.backward()
            return try loss.item().double
          }
        } else {
          try p.setGrad(leaf(Self.gradient(step, p.count), p.shape))
          try q.setGrad(leaf(Self.gradient(step + 3, q.count), q.shape))
          try optimizer.step()
        }
        let d = distance(row(), wanted.doubles)
        #expect(d <= (isLBFGS ? 2e-4 : 1e-6), "step \(step): \(row()) instead of \(wanted.doubles)")
        if d > 2e-4 { return }
      }
      if case .string(let words) = golden["error"] {
        try p.setGrad(leaf(Self.gradient(0, p.count), p.shape))
        #expect(throws: TorchError.runtime(words)) { try optimizer.step() }
      }
      for entry in golden["state"].items {
        let state = optimizer.state(of: p).first { $0.name == entry.items[0].text }?.value
        #expect(
          distance(state?.numbers().map(\.double) ?? [], entry.items[1].doubles) <= 1e-5,
          "\(entry.items[0].text)")
      }
    }
  }
}

struct SchedulerGoldenTests {
  @Test func `every scheduler has a golden`() {
    let known = Set(Golden.all("schedulers").map(\.name))
    for kind in SchedulerCatalogue.all { #expect(known.contains(kind.name), "\(kind.name)") }
  }

  private final class Formula {
    let text: String
    init(_ text: String) { self.text = text }
  }
  private func power(_ f: Argument, _ x: Argument) -> Argument {
    guard case .other(let object, _) = f, case .int(let e) = x else { return .none }
    if (object as? Formula)?.text == "0.9 ** e" { return .double(pow(0.9, Double(e))) }
    return .double(e % 2 != 0 ? 0.97 : 1.01)
  }

  @Test(arguments: Golden.all("schedulers"))
  func `fifty epochs give PyTorch's rates`(golden: Golden) throws {
    try Context().run {
      let (p, q) = (Tensor([0.0], requiresGrad: true), Tensor([0.0], requiresGrad: true))
      let optimizer = try Optimizer(
        SGDRule.self,
        groups: [
          ParameterSettings(parameters: [p], options: []),
          ParameterSettings(parameters: [q], options: [NamedAttribute("lr", .double(0.7))]),
        ], options: [NamedAttribute("lr", .double(0.1)), NamedAttribute("momentum", .double(0.9))])
      func make(
        _ name: String, _ positional: [Argument] = [], _ options: [(String, Argument)]
      ) throws -> Scheduler {
        let kind = try #require(SchedulerCatalogue[name])
        let first = name == "ChainedScheduler" ? [] : [Argument.other(optimizer, type: "SGD")]
        return try kind(first + positional, options) { power($0, $1) }
      }
      var options = golden["options"].entries.map { key, value -> (String, Argument) in
        key == "function"
          ? ("lr_lambda", .other(Formula(value.text), type: "function")) : (key, value.argument)
      }
      var parts: [Scheduler] = []
      if golden.name == "ChainedScheduler" {
        parts = [
          try make("ConstantLR", [], [("factor", .double(0.25)), ("total_iters", .int(4))]),
          try make("ExponentialLR", [], [("gamma", .double(0.9))]),
        ]
      } else if golden.name == "SequentialLR" {
        parts = [
          try make("LinearLR", [], [("start_factor", .double(0.1)), ("total_iters", .int(10))]),
          try make("CosineAnnealingLR", [], [("T_max", .int(15))]),
          try make("StepLR", [], [("step_size", .int(5))]),
        ]
      }
      if !parts.isEmpty { options.append(("schedulers", .list(parts.map { .other($0, type: $0.kind) }))) }
      let scheduler = try make(golden.name, [], options)
      for (epoch, wanted) in golden["rows"].items.enumerated() {
        if epoch > 0 {
          try optimizer.step()
          if let plateau = scheduler as? PlateauScheduler {
            try plateau.step(Double((epoch - 1) * 5 % 13) / 8)
          } else {
            try scheduler.step()
          }
        }
        let row = optimizer.groups.map { $0.double("lr") } + [optimizer.groups[0].double("momentum")]
        #expect(distance(row, wanted.doubles) <= 1e-15, "epoch \(epoch): \(row) instead of \(wanted.doubles)")
      }
    }
  }
}

struct ModuleGoldenTests {
  @Test func `every module has a golden`() {
    let known = Set(Golden.all("modules").map(\.name))
    for kind in ModuleCatalogue.all { #expect(known.contains(kind.name), "\(kind.name)") }
  }

  private func tensor(_ v: JSONValue) throws -> Tensor {
    let shape = v.items[0].items.map { Int($0.double) }
    let isWhole = v.items[1].text == "int64"
    let t = try Tensor(zeros: shape, isWhole ? .int64 : .float32)
    t.setRaw(v.items[2].doubles.map { isWhole ? .int(Int($0)) : .double($0) })
    return t
  }
  private func flat(_ r: OperationResult) -> [Tensor] {
    switch r {
    case .tensor(let t): [t]
    case .tuple(let items, _): items.flatMap { flat($0.value) }
    default: []
    }
  }

  @Test(arguments: Golden.all("modules"))
  func `starting values, output and gradients are PyTorch's`(golden: Golden) throws {
    guard let kind = ModuleCatalogue[golden.name] else { return }
    let context = Context()
    context.generator.seed(3)
    try context.run {
      let options = golden["options"].entries.map { ($0.key, $0.value.argument) }
      let m = try kind(golden["args"].items.map(\.argument), options)
      if kind.lazyOf != nil {
        #expect(m.text.hasPrefix(golden.name + "("))
        m.train(false)
        _ = try m.call(try golden["inputs"].items.map { .tensor(try tensor($0)) })
        m.train()
      }
      #expect(m.text == golden["repr"].text)
      let parameters = m.namedParameters()
      #expect(parameters.map(\.name) == golden["start"].items.map { $0.items[0].text })
      for (p, wanted) in zip(parameters, golden["start"].items) {
        #expect(p.tensor.shape == wanted.items[1].items.map { Int($0.double) })
        #expect(distance(p.tensor.numbers().map(\.double), wanted.items[2].doubles) <= 2e-7, "\(p.name)")
      }
      var inputs = try golden["inputs"].items.map(tensor)
      if golden.name == "MultiheadAttention", let first = inputs.first { inputs = [first, first, first] }
      for (k, x) in inputs.enumerated()
      where x.dtype.isFloatingPoint && (k == 0 || !golden.name.hasSuffix("Loss")) {
        _ = try x.setRequiresGrad(true)
      }
      let outputs = flat(try m.call(inputs.map { .tensor($0) }))
      #expect(
        outputs.map(\.shape) == golden["outputs"].items.map { $0.items[0].items.map { Int($0.double) } })
      for (t, wanted) in zip(outputs, golden["outputs"].items) {
        #expect(distance(t.numbers().map(\.double), wanted.items[1].doubles) <= 1e-5, "output")
      }
      var total: Tensor?
      for t in outputs where t.requiresGrad {
        let weights = try Tensor(zeros: t.shape, .float32)
        weights.setRaw((0..<t.count).map { .double(Double($0 % 5 + 1)) })
        let part = try Ops.sum(Ops.mul(t, weights))
        total = try total.map { try Ops.add($0, part) } ?? part
      }
      try total?.backward()
      for (p, wanted) in zip(parameters, golden["gradients"].items) {
        let found = p.tensor.grad?.numbers().map(\.double) ?? []
        #expect(distance(found, wanted.doubles) <= 3e-5, "gradient of \(p.name)")
      }
      if case .array = golden["input_gradient"] {
        let found = inputs[0].grad?.numbers().map(\.double) ?? []
        #expect(distance(found, golden["input_gradient"].doubles) <= 3e-5, "gradient of the input")
      }
      for (b, wanted) in zip(m.namedBuffers(), golden["buffers"].items) {
        #expect(b.name == wanted.items[0].text)
        #expect(distance(b.tensor.numbers().map(\.double), wanted.items[1].doubles) <= 1e-6, "\(b.name)")
      }
    }
  }
}
