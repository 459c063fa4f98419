import Foundation
import Testing

/// Whatever a person types: one clear message, a non-zero status, no trace of ours, no half-written file.
@Suite struct BadInputTests {
  /// Runs, and expects a refusal that says this.
  func expectRefusal(
    _ arguments: [String], in folder: URL, says words: String...,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
    let run = try Command.run(arguments, in: folder)
    #expect(run.status != 0, sourceLocation: sourceLocation)
    #expect(run.status < 126, "ended by a signal?", sourceLocation: sourceLocation)
    for word in words { #expect(run.errors.contains(word), "\(run.errors)", sourceLocation: sourceLocation) }
    #expect(!run.errors.contains("Fatal error"), sourceLocation: sourceLocation)
    #expect(!run.errors.contains("Sources/"), sourceLocation: sourceLocation)
    #expect(run.errors.split(separator: "\n").count <= 6, "\(run.errors)", sourceLocation: sourceLocation)
    let after = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
    #expect(before == after, "files were left", sourceLocation: sourceLocation)
  }

  func withProgram(_ body: (URL) throws -> Void) throws {
    try withFolder { folder in
      try foundingProgram.write(to: folder.appendingPathComponent("p.py"), atomically: true, encoding: .utf8)
      try body(folder)
    }
  }

  @Test(arguments: ["run", "record", "show", "draw", "frames"])
  func `a missing file, a folder, and bytes that are no text`(command: String) throws {
    try withFolder { folder in
      try expectRefusal([command, "none.py"], in: folder, says: "none.py: no such file")
      try FileManager.default.createDirectory(
        at: folder.appendingPathComponent("dir.py"), withIntermediateDirectories: true)
      try expectRefusal([command, "dir.py"], in: folder, says: "dir.py: is a folder")
      try Data([0x70, 0x0A, 0xFF, 0xFE]).write(to: folder.appendingPathComponent("latin.py"))
      try expectRefusal([command, "latin.py"], in: folder, says: "latin.py", "line 2")
    }
  }

  @Test func `a program reaches no file of the machine`() throws {
    try withFolder { folder in
      func program(_ text: String) throws {
        try text.write(to: folder.appendingPathComponent("p.py"), atomically: true, encoding: .utf8)
      }
      try "a secret".write(to: folder.appendingPathComponent("own.txt"), atomically: true, encoding: .utf8)
      for path in ["own.txt", folder.appendingPathComponent("own.txt").path, "/etc/passwd"] {
        try program("print(open('\(path)').read())\n")
        let run = try Command.run(["run", "p.py"], in: folder)
        #expect(run.status == 1 && run.output.isEmpty)
        #expect(run.errors.contains("FileNotFoundError") && run.errors.contains("out of a program's reach"))
      }
      try program(
        "import torch\nopen('made.txt', 'w').write('x')\ntorch.save(torch.ones(2), 'm.pt')\nprint(open('made.txt').read())\n"
      )
      let run = try Command.run(["run", "p.py"], in: folder)
      #expect(run.status == 0 && run.output == "x\n", "\(run.errors)")
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["own.txt", "p.py"])
    }
  }

  @Test func `broken, truncated and newer recordings`() throws {
    try withProgram { folder in
      #expect(try Command.run(["record", "p.py", "-o", "p.jsonl"], in: folder).status == 0)
      let whole = try Data(contentsOf: folder.appendingPathComponent("p.jsonl"))
      func write(_ name: String, _ data: Data) throws {
        try data.write(to: folder.appendingPathComponent(name))
      }
      try write("cut.jsonl", whole.prefix(whole.count / 2))
      try expectRefusal(["show", "cut.jsonl"], in: folder, says: "cut off", "--salvage")
      #expect(try Command.run(["show", "cut.jsonl", "--salvage"], in: folder).status == 0)
      let newer = String(decoding: whole, as: UTF8.self)
        .replacingOccurrences(of: "\"version\":1", with: "\"version\":7")
      try write("newer.jsonl", Data(newer.utf8))
      try expectRefusal(["draw", "newer.jsonl"], in: folder, says: "version 7")
      var broken = String(decoding: whole, as: UTF8.self)
      broken = broken.replacingOccurrences(of: "{\"event\":\"nam", with: "{{\"event\":\"nam")
      try write("broken.jsonl", Data(broken.utf8))
      try expectRefusal(["draw", "broken.jsonl"], in: folder, says: "broken.jsonl", "line")
      try write("empty.jsonl", Data())
      try expectRefusal(["show", "empty.jsonl"], in: folder, says: "empty")
    }
  }

  @Test func `an unknown kind, instant or format gets a hint`() throws {
    try withProgram { folder in
      try expectRefusal(
        ["draw", "p.py", "--kind", "grpah", "-o", "a.svg"], in: folder, says: "grpah",
        "did you mean \"graph\"")
      try expectRefusal(
        ["draw", "p.py", "--format", "sgv", "-o", "a.svg"], in: folder, says: "sgv", "did you mean \"svg\"")
      try expectRefusal(
        ["draw", "p.py", "--at", "bakward 1", "-o", "a.svg"], in: folder, says: "did you mean \"backward\"")
      try expectRefusal(
        ["draw", "p.py", "--at", "line 99", "-o", "a.svg"], in: folder, says: "line 99 never ran")
      try expectRefusal(["draw", "p.py", "--at", "9999", "-o", "a.svg"], in: folder, says: "no event 9999")
      try expectRefusal(["draw", "p.py", "-o", "a.jpeg2"], in: folder, says: "jpeg2")
    }
  }

  @Test func `a destination that cannot be written`() throws {
    try withProgram { folder in
      try expectRefusal(["draw", "p.py", "--format", "svg", "-o", "none/"], in: folder, says: "none")
      try expectRefusal(["draw", "p.py", "-o", "p.py/a.svg"], in: folder, says: "p.py")
      try expectRefusal(["record", "p.py", "-o", "."], in: folder, says: ".")
      if FileManager.default.fileExists(atPath: "/dev/full") {
        try expectRefusal(
          ["draw", "p.py", "--format", "svg", "-o", "/dev/full"], in: folder, says: "/dev/full", "full")
      }
    }
  }

  @Test func `a program's own error looks like Python's`() throws {
    try withFolder { folder in
      try "x = 1\nprint(y)\n".write(
        to: folder.appendingPathComponent("p.py"), atomically: true, encoding: .utf8)
      let run = try Command.run(["run", "p.py"], in: folder)
      #expect(run.status == 1)
      #expect(run.output.isEmpty)
      #expect(
        run.errors == """
          Traceback (most recent call last):
            File "p.py", line 2, in <module>
              print(y)
                    ^
          NameError: name 'y' is not defined

          """)
    }
  }
}
