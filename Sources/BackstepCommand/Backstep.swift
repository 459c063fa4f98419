import ArgumentParser

/// The command line: reads arguments, calls the modules, says what went wrong. Nothing else lives here.
@main
struct Backstep: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backstep",
    abstract: "Shows what happens inside a training step.",
    discussion: """
      Runs a PyTorch-style program, records every graph node, gradient write and optimizer update, and
      draws any instant of it. PROGRAM is a Python program (.py), a recording of one (.jsonl), or - for
      standard input.
      """,
    version: "0.1.0",
    groupedSubcommands: [
      CommandGroup(
        name: "Programs:", subcommands: [Run.self, Record.self, Show.self, WhyCommand.self, Graph.self]),
      CommandGroup(name: "Figures:", subcommands: [Draw.self, Frames.self]),
      CommandGroup(
        name: "Lessons:", subcommands: [LessonList.self, Play.self, Export.self, Check.self]),
    ])

  static func main() {
    guard let program = Run.fileAlone(CommandLine.arguments) else { return main(nil) }
    do {
      try Run.run(program, record: nil, limits: ProgramLimits())
    } catch {
      exit(withError: error)
    }
  }
}
