import Foundation
import Testing

/// The figures of the command line: every kind, every format, the same bytes between runs.
@Suite struct DrawTests {
  @Test(arguments: ["graph", "connection", "update", "ledger"], ["svg", "live-svg", "png", "pdf", "text"])
  func `two runs write the same bytes`(kind: String, format: String) throws {
    try withFolder { folder in
      try foundingProgram.write(to: folder.appendingPathComponent("p.py"), atomically: true, encoding: .utf8)
      #expect(try Command.run(["record", "p.py", "-o", "p.jsonl"], in: folder).status == 0)
      var files: [Data] = []
      // The third draws from the recording instead of the program.
      for (n, input) in ["p.py", "p.py", "p.jsonl"].enumerated() {
        let run = try Command.run(
          ["draw", input, "--kind", kind, "--format", format, "-o", "sub/\(n)"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        files.append(try Data(contentsOf: folder.appendingPathComponent("sub/\(n)")))
      }
      #expect(files[0].count > 100)
      #expect(files[0] == files[1])
      #expect(files[0] == files[2])
    }
  }

  @Test func `live SVG holds real text, a title, roles and ids`() throws {
    try withFolder { folder in
      try foundingProgram.write(to: folder.appendingPathComponent("p.py"), atomically: true, encoding: .utf8)
      let run = try Command.run(
        ["draw", "p.py", "--kind", "connection", "--format", "svg", "--text", "live", "-o", "-"], in: folder)
      for part in ["<title", "<desc", "role=\"img\"", "id=\"", "[0.9000, 1.9000]", "</svg>"] {
        #expect(run.output.contains(part))
      }
    }
  }

  @Test func `a film is one page or one file an instant`() throws {
    try withFolder { folder in
      try foundingProgram.write(to: folder.appendingPathComponent("p.py"), atomically: true, encoding: .utf8)
      #expect(try Command.run(["frames", "p.py", "-o", "film.pdf"], in: folder).status == 0)
      let run = try Command.run(["frames", "p.py", "--format", "svg", "-o", "film"], in: folder)
      #expect(run.status == 0, "\(run.errors)")
      let frames = try FileManager.default.contentsOfDirectory(
        atPath: folder.appendingPathComponent("film").path)
      #expect(frames.count > 10)
      #expect(frames.contains("001.svg"))
      let again = try Command.run(["frames", "p.py", "-o", "again.pdf"], in: folder)
      #expect(again.status == 0)
      #expect(
        try Data(contentsOf: folder.appendingPathComponent("film.pdf"))
          == Data(contentsOf: folder.appendingPathComponent("again.pdf")))
    }
  }

  @Test func `the story tells who writes the slot`() throws {
    let run = try Command.run(["show", "-"], input: foundingProgram)
    #expect(run.output.contains("x.grad: None → [100., 100.], written by AccumulateGrad for x"))
  }
}
