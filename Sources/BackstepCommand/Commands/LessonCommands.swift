import ArgumentParser
import Lessons

/// What lessons run on here: the real programs, the real figures.
private let engine = LessonEngine.standard()

/// Where lessons are looked for.
struct LessonFolder: ParsableArguments {
  @Option(
    name: .customLong("lessons"),
    help: ArgumentHelp(
      "A folder of lessons; else ./lessons, else those inside the binary.", valueName: "folder"))
  var folder: String?
}

/// `backstep lessons`.
struct LessonList: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "lessons", abstract: "List the lessons.")
  @OptionGroup var place: LessonFolder

  func run() throws {
    try reporting { Console.write(try LessonCatalog.discover(folder: place.folder).listing()) }
  }
}

/// `backstep play`.
struct Play: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "play",
    abstract: "Step through a lesson in the terminal; ? shows the keys.")
  @Argument(help: "A lesson's number, name or file.")
  var lesson: String
  @Option(help: ArgumentHelp("Begin at this line of the program.", valueName: "n"))
  var line: Int?
  @OptionGroup var place: LessonFolder

  func run() throws {
    try reporting {
      let run = try LessonCatalog.discover(folder: place.folder).find(lesson).lesson().run(with: engine)
      if TerminalPlayer(engine: engine).run(run, line: line) { return }
      PlainPlayer.print(run) { Console.write($0) }
    }
  }
}

/// `backstep export`.
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write the figures of a lesson.")
  @Argument(help: "A lesson's number, name or file.")
  var lesson: String
  @Option(name: .shortAndLong, help: ArgumentHelp("Where to.", valueName: "folder"))
  var output: String?
  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("svg, live-svg, png, pdf, text, dot.", valueName: "format"))
  var format: [String] = ["svg"]
  @OptionGroup var place: LessonFolder

  func run() throws {
    try reporting {
      let source = try LessonCatalog.discover(folder: place.folder).find(lesson)
      let formats = format.flatMap { $0.split(separator: ",").map(String.init) }
      try LessonExporter(engine: engine).export(
        source.lesson(), to: output ?? "output/\(stem(source.path))", formats: formats
      ) { Console.write("\($0)\n") }
    }
  }
}

/// `backstep check`.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Verify lessons: outputs match, figures draw, predictions have one right answer.")
  @Argument(help: "Folders of lessons, or lessons; all at hand where left out.")
  var lessons: [String] = []
  @Flag(help: "Write the outputs as they are into the lessons.")
  var update = false
  @OptionGroup var place: LessonFolder

  func run() throws {
    try reporting {
      let sources = try LessonCatalog.select(lessons, folder: place.folder)
      let isSound = LessonChecker(engine: engine).check(sources, update: update) { Console.write("\($0)\n") }
      if !isSound { throw ExitCode(1) }
    }
  }
}
