import Foundation
import MiniPython
import Testing

/// Programs in the language under test, with what CPython 3.11 prints, tracebacks included.
@Suite struct ProgramTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var source: String
    var expected: String
    var testDescription: String { name }
  }

  static let cases: [Case] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "Programs")
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".programs") }.sorted().flatMap { file -> [Case] in
      let programs = chunks(folder.appendingPathComponent(file))
      let expected = Dictionary(
        uniqueKeysWithValues: chunks(
          folder.appendingPathComponent(file.replacingOccurrences(of: ".programs", with: ".expected"))))
      return programs.map { Case(name: $0.0, source: $0.1, expected: expected[$0.0] ?? "not recorded") }
    }
  }()

  static func chunks(_ file: URL) -> [(String, String)] {
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
    return ("\n" + text).components(separatedBy: "\n=== ").dropFirst().map { chunk in
      let end = chunk.firstIndex(of: "\n") ?? chunk.endIndex
      let body = end < chunk.endIndex ? String(chunk[chunk.index(after: end)...]) : ""
      return (String(chunk[..<end]), body.isEmpty || body.hasSuffix("\n") ? body : body + "\n")
    }
  }

  /// What a program prints, on both outputs, in the form of the recorded files.
  static func run(_ source: String, limits: Limits = Limits()) -> String {
    LargeStack.run { runHere(source, limits: limits) }
  }

  private static func runHere(_ source: String, limits: Limits) -> String {
    var (output, errors) = ("", "")
    switch Program.compile(source: source, path: "p.py") {
    case .failure(let error): errors = error.traceback
    case .success(let program):
      let interpreter = Interpreter(output: { output += $0 }, errors: { errors += $0 }, limits: limits)
      if case .raised(let error) = interpreter.run(program) { errors += error.traceback }
    }
    return output + (errors.isEmpty ? "" : "--- errors\n" + errors)
  }

  @Test(arguments: cases) func `prints what CPython prints`(program: Case) {
    #expect(Self.run(program.source) == program.expected)
  }

  @Test func `there are programs`() { #expect(Self.cases.count >= 944) }

  @Test(arguments: [
    "x = 'a' * 10**12", "x = [0] * 10**13", "x = 10 ** 10 ** 9", "x = 1 << 10**12",
    "x = 'a'\nwhile True:\n    x = x + x", "x = [0]\nwhile True:\n    x += x",
    "x = (0,)\nwhile True:\n    x = x + x", "x = []\nx.append(x)\nprint(x)", "def f(): f()\nf()",
    "print(" + String(repeating: "(", count: 500) + "1" + String(repeating: ")", count: 500) + ")",
    String(repeating: "if 1:\n ", count: 300), "x = " + String(repeating: "-", count: 5000) + "1",
    "x = " + Array(repeating: "1", count: 5000).joined(separator: "+"),
    "a.b" + String(repeating: ".c", count: 5000),
    "x = [[]]\nfor i in range(10**5): x = [x]\nprint(x)",
    "class A:\n    def __repr__(self): return repr(self)\nprint(A())",
    "f = lambda x: f(x)\nsorted([1, 2], key=f)",
    "class C: pass\nfor i in range(20000): C = type('C', (C,), {})", "print(10 ** 1000000)",
    "x = 3\nfor i in range(60): x = x * x if i < 15 else x ** 9", "print([1, 2, 3][::-2**63])",
    "def f(*a): f(*a, *a)\nf(1)",
  ]) func `what explodes ends with an error, not a crash`(source: String) {
    var limits = Limits()
    limits.elements = 1 << 22
    #expect(!Self.run(source, limits: limits).isEmpty)
  }

  @Test func `an endless loop ends at the step limit`() {
    var limits = Limits()
    limits.steps = 10_000
    #expect(Self.run("while True: pass", limits: limits).contains("stopped after 10000 steps"))
    #expect(
      Self.run("def g():\n    while True: yield 1\nlist(g())", limits: limits).contains("stopped after"))
  }

  @Test func `an endless loop ends at the limit of time`() {
    var limits = Limits()
    limits.seconds = 0.05
    #expect(Self.run("while True: pass", limits: limits).contains("stopped after 0.05 seconds"))
  }

  /// Mutated programs: whatever they do, they end.
  @Test func `changed programs never crash`() {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    func next(_ n: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(max(n, 1)))
    }
    var limits = Limits()
    limits.steps = 20_000
    limits.elements = 100_000
    for _ in 0..<400 {
      var bytes = Array(Self.cases[next(Self.cases.count)].source.utf8)
      for _ in 0...next(4) {
        let at = next(bytes.count)
        switch next(3) {
        case 0: bytes[at] = UInt8(32 + next(95))
        case 1: bytes.removeSubrange(at..<min(bytes.count, at + 1 + next(8)))
        default:
          bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 1 + next(12))], at: next(bytes.count))
        }
        if bytes.isEmpty { bytes = [10] }
      }
      _ = Self.run(String(decoding: bytes, as: UTF8.self), limits: limits)
    }
  }
}
