import Recordings
import TestFixtures
import Testing

@Suite struct InstantTests {
  let recording = FoundingProgram.recording

  @Test(arguments: [
    ("12", Instant.event(12)), ("line 7", .line(7, visit: 1)), ("Line 7:2", .line(7, visit: 2)),
    ("backward 2", .backward(2)), ("backward", .backward(1)), ("step 3", .step(3)), ("start", .start),
    ("end", .end), ("event 4", .event(4)),
  ])
  func `what a person types is read`(text: String, instant: Instant) throws {
    #expect(try Instant(text) == instant)
  }

  @Test(arguments: ["", "  ", "lime 7", "line", "line x", "line 7:2:3", "-3", "backward 0", "12 13", "∞"])
  func `what nobody can mean is refused`(text: String) {
    #expect(throws: InstantError.unknown(text: text)) { try Instant(text) }
  }

  @Test func `a near miss gets a hint`() {
    #expect("\(InstantError.unknown(text: "bakward 1"))".contains("did you mean \"backward\"?"))
  }

  @Test func `instants that do not exist say why`() {
    func message(_ instant: Instant) -> String {
      do { return "\(try instant.resolve(in: recording))" } catch { return "\(error)" }
    }
    #expect(message(.event(999)) == "there is no event 999: the recording has \(recording.events.count)")
    #expect(message(.backward(2)) == "there is no backward 2: it happens only once")
    #expect(message(.line(99, visit: 1)) == "line 99 never ran. Lines that did: 1, 2, 3, 4, 5, 6, 7, 8")
    #expect(message(.line(7, visit: 2)) == "there is no run 2 of line 7: it happens only once")
  }

  @Test func `a line's instant includes all that the line caused`() throws {
    let k = try Instant.line(5, visit: 1).resolve(in: recording)
    if case .backwardEnded = recording.events[k - 1].body {
    } else {
      Issue.record("line 5 ends with \(recording.events[k - 1].body)")
    }
    #expect(try Instant.line(8, visit: 1).resolve(in: recording) == recording.events.count)
  }
}
