import Testing

@testable import Lessons

@Suite struct ProgramTests {
  @Test func `Lesson 1 is the founding program, to the byte`() throws {
    let lesson = try Fixture.lesson1()
    #expect(LessonProgram(cells: lesson.cells).source == Fixture.source)
  }

  @Test func `Every program line maps back to the same text in the lesson`() throws {
    let lesson = try Fixture.lesson1()
    let program = LessonProgram(cells: lesson.cells)
    let lines = program.source.split(separator: "\n", omittingEmptySubsequences: false)
    let file = lesson.text.split(separator: "\n", omittingEmptySubsequences: false)
    var mapped = 0
    for (i, line) in lines.enumerated() {
      guard let there = program.lessonLine(i + 1) else {
        #expect(line.isEmpty)
        continue
      }
      #expect(file[there - 1] == line)
      mapped += 1
    }
    #expect(mapped == 15)
  }
}
