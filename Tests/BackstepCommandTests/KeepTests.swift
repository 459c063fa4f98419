import Foundation
import Testing

/// A long recording within a budget, from the command line.
struct KeepTests {
  @Test func `a thinned recording says so, and can be sought in and drawn from`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("keep-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let program = """
      import torch
      w = torch.zeros(200, requires_grad=True)
      opt = torch.optim.SGD([w], lr=0.01)
      for step in range(150):
          opt.zero_grad()
          ((w - 1) ** 2).sum().backward()
          opt.step()
      """
    try program.write(to: folder.appendingPathComponent("long.py"), atomically: true, encoding: .utf8)
    func backstep(_ arguments: String...) throws -> Command {
      let run = try Command.run(arguments, in: folder)
      #expect(run.status == 0, "\(run.errors)")
      return run
    }
    let told = "No event is missing"
    let kept = try backstep("record", "long.py", "--keep", "1", "-o", "thin.jsonl")
    #expect(kept.errors.contains(told) && kept.errors.contains("of 150"), "\(kept.errors)")
    let whole = try backstep("record", "long.py", "--keep", "whole", "-o", "whole.jsonl")
    #expect(whole.errors.isEmpty, "\(whole.errors)")
    func lines(_ name: String) throws -> Int {
      try Data(contentsOf: folder.appendingPathComponent(name)).count { $0 == UInt8(ascii: "\n") }
    }
    #expect(try lines("thin.jsonl") == lines("whole.jsonl"))
    for kind in ["graph", "connection", "update", "ledger"] {
      let drawn = try backstep("draw", "thin.jsonl", "--kind", kind, "--at", "step 75", "--format", "text")
      #expect(!drawn.output.isEmpty && drawn.errors.contains(told), "\(kind)")
    }
    let why = try backstep("why", "thin.jsonl", "w.grad", "--at", "step 75")
    #expect(why.output.contains("backward pass 75"), "\(why.output)")
  }
}
