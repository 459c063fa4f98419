import ArgumentParser
import Recordings

/// `backstep show`: the recording as a story.
struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Tell a run as a story, one line an event.")

  @OptionGroup var input: ProgramInput

  func run() throws {
    try reporting {
      let (recording, ending) = try input.recording()
      let width = "\(recording.events.count)".count
      let buffer = OutputBuffer()
      for line in Story.lines(of: recording) {
        let number = "\(line.event)"
        let margin = String(repeating: " ", count: max(0, width - number.count)) + number
        switch line.role {
        case .statement: buffer.write("\(margin)  \(line.text)\n")
        case .event: buffer.write("\(margin)      \(line.text)\n")
        }
      }
      buffer.flush()
      try ending.leave()
    }
  }
}
