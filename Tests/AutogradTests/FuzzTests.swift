import Foundation
import Recordings
import Testing

@testable import Autograd

/// A small generator of its own, so that the same arguments come every time.
struct Dice {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1 }
  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
  mutating func below(_ n: Int) -> Int { n <= 0 ? 0 : Int(next() % UInt64(n)) }
  mutating func pick<T>(_ all: [T]) -> T { all[below(all.count)] }
}

/// Arguments of every kind, sensible and not.
struct ArgumentDice {
  var dice: Dice

  mutating func int() -> Int {
    dice.pick([
      0, 1, 2, 3, -1, -2, 4, 5, 7, -3, 100, -100, 1 << 20, 1 << 31, 1 << 40, -1 << 40, .max, .min, .max - 1,
      1 << 62, 1 << 33,
    ])
  }
  mutating func small() -> Int { dice.pick([0, 1, 2, 3, -1, 1, 2]) }
  mutating func double() -> Double {
    dice.pick([
      0, 1, -1, 0.5, -0.5, 2, 1e-8, 1e300, -1e300, .infinity, -.infinity, .nan, -0.0, 1e18, 0.1, 3,
    ])
  }
  mutating func shape() -> [Int] {
    dice.pick([
      [], [0], [1], [3], [2, 3], [3, 2], [1, 3], [0, 3], [2, 0], [2, 3, 4], [1, 1, 4, 4], [3, 3], [5],
    ])
  }
  mutating func dtype() -> DType { dice.pick([.float32, .float32, .float32] + DType.allCases) }

  mutating func tensor() throws -> Tensor {
    let shape = shape()
    let count = shape.reduce(1, *)
    let dtype = dtype()
    let isWild = dice.below(6) == 0
    let values = (0..<count).map { _ in
      isWild ? double() : Double(dice.below(7)) - (dtype == .uint8 ? 0 : 2)
    }
    var t = Tensor(shape: shape, values, dtype: dtype)
    if shape.count >= 2, dice.below(4) == 0 { t = try Ops.transpose(t, 0, 1) }
    if dtype.isFloatingPoint, dice.below(3) == 0 { _ = try t.setRequiresGrad(true) }
    if dice.below(8) == 0, shape.count >= 1, shape.allSatisfy({ $0 > 0 }) {
      t = try Ops.expand(Ops.unsqueeze(t, 0), [2] + shape)
    }
    return t
  }

  mutating func argument(_ depth: Int = 0) throws -> Argument {
    switch dice.below(depth > 1 ? 12 : 20) {
    case 0...4: return .tensor(try tensor())
    case 5: return .int(int())
    case 6, 7: return .int(small())
    case 8: return .double(double())
    case 9: return .bool(dice.below(2) == 0)
    case 10: return .none
    case 11:
      return dice.pick([
        .string("mean"), .string("sum"), .string("none"), .string("ij,jk->ik"), .string("..."), .string(""),
        .string("reflect"), .string("inf"), .string("cpu"), .string("cuda"), .string("floor"),
        .string("ii->"),
        .string("same"), .string("fro"),
      ])
    case 12: return .dtype(dtype())
    case 13:
      return .slice(
        dice.below(2) == 0 ? nil : int(), dice.below(2) == 0 ? nil : int(), dice.below(2) == 0 ? nil : int())
    case 14: return .ellipsis
    case 15, 16:
      let n = dice.below(4)
      return .tuple((0..<n).map { _ in dice.below(3) == 0 ? .int(int()) : .int(small()) })
    default:
      let n = dice.below(4)
      return .list(try (0..<n).map { _ in try argument(depth + 1) })
    }
  }
}

/// Nothing that a program hands to an operation may end the process.
@Suite struct FuzzTests {
  /// Rounds for each operation; `BACKSTEP_FUZZ=1000 swift test --filter FuzzTests` looks longer.
  static let rounds = ProcessInfo.processInfo.environment["BACKSTEP_FUZZ"].flatMap(Int.init) ?? 12
  static let seed = ProcessInfo.processInfo.environment["BACKSTEP_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
  static let only = ProcessInfo.processInfo.environment["BACKSTEP_FUZZ_ONLY"]
  static let tells = ProcessInfo.processInfo.environment["BACKSTEP_FUZZ_TELL"] != nil

  @Test func `no argument traps`() throws {
    let context = Context(memoryLimit: 1 << 22)
    context.run {
      var all = ArgumentDice(dice: Dice(Self.seed))
      for operation in OperationCatalogue.all where Self.only == nil || Self.only == operation.name {
        for _ in 0..<Self.rounds { Self.round(operation, &all) }
      }
    }
  }

  private static func round(_ operation: Autograd.Operation, _ all: inout ArgumentDice) {
    let parameters = operation.signature.parameters
    do {
      var positional: [Argument] = []
      var keywords: [(String, Argument)] = []
      let isWell = all.dice.below(4) > 0
      for (i, p) in parameters.enumerated() {
        if p.defaultText != nil, all.dice.below(2) == 0 { break }
        let a: Argument
        if i == 0, isWell || all.dice.below(2) == 0 {
          a =
            p.name == "tensors" || p.name == "operands"
            ? .list([.tensor(try all.tensor()), .tensor(try all.tensor())]) : .tensor(try all.tensor())
        } else if isWell, ["other", "target", "index", "mask", "weight", "mat2", "vec"].contains(p.name) {
          a = .tensor(try all.tensor())
        } else if isWell, p.name.contains("dim") || p.name.contains("size") || p.name.contains("kernel") {
          a = all.dice.below(3) == 0 ? .int(all.int()) : .int(all.small())
        } else {
          a = try all.argument()
        }
        if p.isKeywordOnly || all.dice.below(9) == 0 {
          keywords.append((p.name, a))
        } else if keywords.isEmpty {
          positional.append(a)
        }
      }
      if tells { FileHandle.standardError.write(Data("\(operation.name) \(positional) \(keywords)\n".utf8)) }
      let result = try operation.call(positional, keywords, isMethod: all.dice.below(2) == 0)
      if case .tensor(let t) = result {
        _ = t.text()
        if t.requiresGrad, t.count > 0 { try t.sum().backward() }
      }
    } catch {}
  }
}
