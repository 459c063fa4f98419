import Foundation
import Rendering
import Testing

@Suite struct AtomicFileTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "backstep-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func path(_ name: String) -> String { folder.appending(path: name).path }

  private func inFolder<Result>(_ body: () throws -> Result) rethrows -> Result {
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body()
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  private func message(_ path: String, _ bytes: [UInt8] = [1]) -> String {
    do {
      try AtomicFile.write(bytes, to: path)
      return "written"
    } catch { return "\(error)" }
  }

  @Test func `a file is written, replaced and keeps its permissions`() throws {
    try inFolder {
      try AtomicFile.write("one", to: path("a é.txt"))
      chmod(path("a é.txt"), 0o640)
      try AtomicFile.write("two", to: path("a é.txt"))
      #expect(try String(contentsOfFile: path("a é.txt"), encoding: .utf8) == "two")
      let attributes = try FileManager.default.attributesOfItem(atPath: path("a é.txt"))
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o640)
      #expect(try names() == ["a é.txt"], "nothing is left behind")
    }
  }

  @Test func `a file written in pieces appears with the commit`() throws {
    try inFolder {
      let file = try AtomicFile(path("b"))
      for _ in 0..<3 { try file.append(Array(repeating: 7, count: 700_000)) }
      #expect(!FileManager.default.fileExists(atPath: path("b")))
      try file.commit()
      #expect(try Data(contentsOf: folder.appending(path: "b")).count == 2_100_000)
      #expect(throws: FileError.self) { try file.append(Array(repeating: 7, count: 2_000_000)) }
      #expect(try names() == ["b"])
    }
  }

  @Test func `an abandoned file vanishes and the old one stays`() throws {
    try inFolder {
      try AtomicFile.write("old", to: path("c"))
      do {
        let file = try AtomicFile(path("c"))
        try file.append(Array("new".utf8))
      }
      #expect(try String(contentsOfFile: path("c"), encoding: .utf8) == "old")
      #expect(try names() == ["c"])
    }
  }

  @Test func `impossible places get one clear message`() throws {
    try inFolder {
      #expect(message(folder.path) == "\(folder.path) is a folder; name a file in it")
      #expect(
        message(path("d/")) == "\(path("d"))/ is a folder; name a file in it"
          || message(path("d")) == "written")
      let deep = path("no/such/file.png")
      #expect(message(deep) == "\(deep) cannot be written: there is no folder \(path("no/such"))")
      try AtomicFile.write("x", to: path("file"))
      let below = path("file/x")
      #expect(message(below).hasPrefix("\(below) cannot be written"))
      #expect(message("") == "\"\" cannot be written: the name is empty")
      #expect(message("a\0b").hasSuffix("the name holds a NUL character"))
      let long = path(String(repeating: "n", count: 300))
      #expect(message(long).hasSuffix("the name is too long"))
    }
  }

  #if os(Linux)
    @Test func `a full disk is told as such`() {
      #expect(message("/dev/full") == "/dev/full was not written: the disk is full")
    }
  #endif

  @Test func `a device is written directly, a link is followed`() throws {
    try inFolder {
      #expect(message("/dev/null") == "written")
      try AtomicFile.write("x", to: path("real"))
      try FileManager.default.createSymbolicLink(atPath: path("link"), withDestinationPath: path("real"))
      try AtomicFile.write("through", to: path("link"))
      #expect(try String(contentsOfFile: path("real"), encoding: .utf8) == "through")
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path("link")) == path("real"))
    }
  }

  @Test(.enabled(if: geteuid() != 0))
  func `a folder without permission is told as such`() throws {
    inFolder {
      chmod(folder.path, 0o500)
      defer { chmod(folder.path, 0o700) }
      #expect(message(path("e")) == "\(path("e")) cannot be written: permission denied")
    }
  }
}
