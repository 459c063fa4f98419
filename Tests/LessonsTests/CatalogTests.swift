import Foundation
import Testing

@testable import Lessons

@Suite struct CatalogTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "lessons").path

  @Test func `The lessons inside the binary are the files`() throws {
    let files = try LessonCatalog.load(folder: Self.folder)
    let embedded = LessonCatalog.embedded
    #expect(embedded.sources.map(\.name) == files.sources.map(\.name))
    #expect(!embedded.sources.isEmpty)
    for (inside, file) in zip(embedded.sources, files.sources) {
      #expect(try inside.lesson().text == file.lesson().text)
    }
  }

  @Test func `Every lesson's file name has a number of its own`() {
    let numbers = LessonCatalog.embedded.sources.map(\.name.number)
    #expect(Set(numbers).count == numbers.count)
  }

  @Test(arguments: ["1", "01", "the-grad-slot", "01-the-grad-slot", "grad", "01-the-grad-slot.md"])
  func `A lesson is found by number, name or a part of it`(asked: String) throws {
    #expect(try LessonCatalog.embedded.find(asked).name.number == 1)
  }

  @Test func `A lesson is found by its path`() throws {
    let path = Self.folder + "/01-the-grad-slot.md"
    #expect(try LessonCatalog.embedded.find(path).lesson().path == path)
  }

  @Test func `An unknown lesson brings a suggestion`() {
    #expect {
      try LessonCatalog.embedded.find("the-gard-slot")
    } throws: { error in
      "\(error)".hasPrefix(
        "there is no lesson \"the-gard-slot\"; did you mean \"the-grad-slot\"? Lessons: 1, ")
    }
  }

  @Test func `A folder that is missing, empty or a file says so`() {
    func message(_ folder: String) -> String {
      do {
        _ = try LessonCatalog.load(folder: folder)
        return ""
      } catch { return "\(error)" }
    }
    #expect(message("/nowhere/lessons") == "/nowhere/lessons: cannot be read: no such folder")
    #expect(message(#filePath) == "\(#filePath): is not a folder")
    #expect(message("/") == "/: holds no lessons. A lesson's file is named like 01-the-grad-slot.md")
  }
}
