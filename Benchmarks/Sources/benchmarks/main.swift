import Foundation

// make bench: everything in one run, so that the ratios hold whatever the machine does.
//   benchmarks [--python PATH] [--only WORDS]
// PATH is a CPython 3.11 with torch 2.13; else BACKSTEP_PYTHON. WORDS select contests by name.
func option(_ name: String) -> String? {
  let arguments = CommandLine.arguments
  guard let at = arguments.firstIndex(of: name), at + 1 < arguments.count else { return nil }
  return arguments[at + 1]
}
let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()
let command = root.appendingPathComponent(".build/release/backstep").path
let python = option("--python") ?? ProcessInfo.processInfo.environment["BACKSTEP_PYTHON"]
if option("--only") == nil {
  print("what                                        amount      time            note")
  Events.run()
  Frames.run()
  FirstLine.run(command: command)
  StartToPicture.run(
    command: command, program: root.appendingPathComponent("lessons/programs/backward_and_step.py").path,
    python: python)
}
Contests.run(command: command, python: python, only: option("--only"))
