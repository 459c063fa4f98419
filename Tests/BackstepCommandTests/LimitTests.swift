import Foundation
import Testing

/// Limits and Ctrl-C end a program, not the command: what happened until then is recorded and drawn.
@Suite struct LimitTests {
  /// Makes one tensor and goes on for ever.
  static let endless = """
    import torch
    x = torch.tensor([1., 2.], requires_grad=True)
    n = 0
    while True:
        n += 1

    """

  /// A way to never end, and the limit that ends it.
  static let cases: [(name: String, source: String, limit: [String], says: String)] = [
    ("steps", endless, ["--max-steps", "3000"], "after 3000 steps (--max-steps changes the limit)"),
    ("time", endless, ["--max-time", "0.2"], "after 0.2 seconds (--max-time changes the limit)"),
    (
      "output", "while True:\n    print('hello')\n", ["--max-output", "2000"],
      "after 2000 bytes of output (--max-output changes the limit)"
    ),
    (
      "memory", "a = []\nwhile True:\n    a.append('x' * 100000)\n", ["--max-memory", "60"],
      "held 120 megabytes, twice what --max-memory says of one value"
    ),
    (
      "depth", "def f(n):\n    return f(n + 1)\nf(0)\n", ["--max-depth", "40"],
      "RecursionError: maximum recursion depth exceeded"
    ),
    (
      "a sum without end", "import itertools\nprint(sum(itertools.count()))\n", ["--max-steps", "10000"],
      "after 10000 steps"
    ),
    ("a text too long", "a = 'x' * 10 ** 12\n", ["--max-memory", "60"], "MemoryError"),
  ]

  @Test(arguments: cases.map(\.name))
  func `each limit ends each command with a clear error and all it has`(name: String) throws {
    let (_, source, limit, says) = try #require(Self.cases.first { $0.name == name })
    try withFolder { folder in
      try source.write(to: folder.appendingPathComponent("p.py"), atomically: true, encoding: .utf8)
      let recorded = try Command.run(["record", "p.py", "-o", "p.jsonl"] + limit, in: folder)
      #expect(recorded.status == 1)
      #expect(recorded.errors.contains(says), "\(recorded.errors)")
      // Whole: it opens without --salvage, and tells the end.
      let told = try Command.run(["show", "p.jsonl"], in: folder)
      #expect(told.status == 0, "\(told.errors)")
      let words = says.split(separator: " ").suffix(3).joined(separator: " ")
      #expect(told.output.contains(words), "\(told.output.suffix(300))")
      for command in [["run"], ["show"], ["graph"], ["draw", "-o", "p.svg"]] {
        let run = try Command.run([command[0], "p.py"] + command.dropFirst() + limit, in: folder)
        #expect(run.status == 1, "\(command)")
        #expect(run.errors.contains(says), "\(command): \(run.errors)")
      }
      #expect(try Data(contentsOf: folder.appendingPathComponent("p.svg")).count > 100)
    }
  }

  @Test func `what the process that starts a command holds is not the program's`() throws {
    let large = UnsafeMutableRawBufferPointer.allocate(byteCount: 300 << 20, alignment: 16)
    defer { large.deallocate() }
    for k in stride(from: 0, to: large.count, by: 4096) { large[k] = 1 }
    let run = try Command.run(
      ["run", "-", "--max-memory", "100"], input: "n = 0\nfor k in range(20000):\n    n += k\nprint(n)\n")
    #expect(run.errors == "")
    #expect(run.output == "199990000\n")
  }

  @Test func `why and frames take the limits too`() throws {
    try withFolder { folder in
      try Self.endless.write(to: folder.appendingPathComponent("p.py"), atomically: true, encoding: .utf8)
      let why = try Command.run(["why", "p.py", "x", "--max-steps", "500"], in: folder)
      #expect(why.status == 1)
      #expect(why.output.contains("made by tensor: [1., 2.]"), "\(why.output)")
      #expect(why.errors.contains("after 500 steps"))
      let frames = try Command.run(["frames", "p.py", "-o", "film", "--max-steps", "50"], in: folder)
      #expect(frames.status == 1)
      #expect(frames.errors.contains("after 50 steps"))
      let files = try FileManager.default.contentsOfDirectory(
        atPath: folder.appendingPathComponent("film").path)
      #expect(files.contains("001.svg"))
    }
  }

  @Test func `a limit says the line it came on`() throws {
    let run = try Command.run(["run", "-", "--max-steps", "100"], input: "n = 0\nwhile True:\n    n += 1\n")
    #expect(
      run.errors
        == """
        File "<stdin>", line 3
            n += 1
        LimitReached: the program was stopped after 100 steps (--max-steps changes the limit)

        """.replacing("File", with: "  File", maxReplacements: 1))
  }

  @Test func `a command ends with the program's status`() throws {
    for command in ["run", "show", "graph"] {
      let run = try Command.run([command, "-"], input: "import sys\nprint(1)\nsys.exit(3)\n")
      #expect(run.status == 3, "\(command)")
    }
  }

  @Test func `a program that asks is answered while it is recorded`() throws {
    try withFolder { folder in
      try "n = int(input('how many? '))\nprint(n + 1)\n".write(
        to: folder.appendingPathComponent("p.py"), atomically: true, encoding: .utf8)
      let run = try Command.run(["show", "p.py"], in: folder, input: "41\r\n")
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.output.contains("42"))
    }
  }

  @Test(arguments: ["run", "record", "draw", "show"])
  func `Ctrl-C ends a program and leaves whole files`(command: String) throws {
    try withFolder { folder in
      try Self.endless.write(to: folder.appendingPathComponent("p.py"), atomically: true, encoding: .utf8)
      let files = ["record": ["-o", "p.jsonl"], "draw": ["-o", "p.svg"]][command] ?? []
      let run = try Command.interrupted([command, "p.py"] + files, in: folder)
      #expect(run.isSignalled && run.status == SIGINT, "\(run.status) \(run.errors)")
      #expect(run.errors.contains("Traceback (most recent call last):\n  File \"p.py\", line"))
      #expect(run.errors.hasSuffix("KeyboardInterrupt\n"), "\(run.errors)")
      switch command {
      case "record":
        let told = try Command.run(["show", "p.jsonl"], in: folder)
        #expect(told.status == 0, "\(told.errors)")
        #expect(told.output.hasSuffix("KeyboardInterrupt\n"), "\(told.output.suffix(100))")
        let text = try String(contentsOf: folder.appendingPathComponent("p.jsonl"), encoding: .utf8)
        #expect(text.split(separator: "\n").last?.hasPrefix("{\"end\":") == true)
      case "draw":
        let text = try String(contentsOf: folder.appendingPathComponent("p.svg"), encoding: .utf8)
        #expect(text.contains("</svg>"))
      case "show": #expect(run.output.hasSuffix("KeyboardInterrupt\n"), "\(run.output.suffix(100))")
      default: break
      }
    }
  }

  @Test func `Ctrl-C ends a question`() throws {
    try withFolder { folder in
      try "try:\n    input('? ')\nexcept KeyboardInterrupt:\n    print('stopped')\n".write(
        to: folder.appendingPathComponent("p.py"), atomically: true, encoding: .utf8)
      let run = try Command.interrupted(["run", "p.py"], in: folder)
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.output == "? stopped\n")
    }
  }
}
