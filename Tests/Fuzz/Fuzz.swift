import Foundation
import MiniPython
import TorchModule

// Runs programs that nobody would write, and sees that each ends: no crash, no hang, and the same twice.
//
//     swift run -c debug fuzz --seconds 3600 --seed 1 --findings DIRECTORY
//     swift run fuzz --one 12345 --seed 1          shows one program and runs it
//
// Programs are grown from a grammar, mutated from those of the repository, or of excessive size and depth. Each follows
// from the seed and its number. They run in a child process, a batch at a time; where the child dies or falls silent,
// the program at hand is written to the directory of findings, and the next batch begins behind it.

struct Options {
  var seconds = 60.0
  var seed: UInt64 = 1
  var first = 0
  var batch = 400
  var findings = "fuzz-findings"
  var one: Int?
  var isChild = false
}

func readOptions() -> Options {
  var options = Options()
  var rest = CommandLine.arguments.dropFirst()
  while let flag = rest.popFirst() {
    if flag == "--child" {
      options.isChild = true
      continue
    }
    guard let value = rest.popFirst() else { continue }
    switch flag {
    case "--seconds": options.seconds = Double(value) ?? options.seconds
    case "--seed": options.seed = UInt64(value) ?? options.seed
    case "--first": options.first = Int(value) ?? 0
    case "--batch": options.batch = max(1, Int(value) ?? options.batch)
    case "--findings": options.findings = value
    case "--one": options.one = Int(value)
    default: break
    }
  }
  return options
}

/// All programs that the tests know, in a fixed order.
func readCorpus() -> [[UInt8]] {
  let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  var out: [[UInt8]] = []
  for folder in ["MiniPythonTests/Programs", "Programs"] {
    let url = tests.appendingPathComponent(folder)
    let files = ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted()
    for file in files where file.hasSuffix(".programs") {
      guard let text = try? String(contentsOf: url.appendingPathComponent(file), encoding: .utf8) else {
        continue
      }
      let chunks = ("\n" + text).components(separatedBy: "\n=== ").dropFirst()
      // The generated ones are many and alike.
      for (k, chunk) in chunks.enumerated() where !file.hasPrefix("generated") || k % 8 == 0 {
        out.append(Array(chunk.drop { $0 != "\n" }.utf8))
      }
    }
  }
  return out.isEmpty ? [[10]] : out
}

func program(_ number: Int, _ options: Options, _ corpus: [[UInt8]]) -> [UInt8] {
  var dice = Dice(seed: options.seed, number: number)
  switch dice.below(20) {
  case 0..<9:
    var mutation = Mutation(dice: dice, corpus: corpus)
    return mutation.program()
  case 9..<18:
    var grammar = Grammar(dice)
    return Array(grammar.program().utf8)
  default:
    var excess = Excess(dice: dice)
    return excess.program()
  }
}

/// What a program prints, and how it ends.
func run(_ source: [UInt8]) -> String {
  LargeStack.run {
    var limits = Limits()
    limits.steps = 30_000
    limits.elements = 200_000
    limits.outputBytes = 1 << 20
    limits.seconds = 5
    let runner = ProgramRunner(recorder: nil, limits: limits, memoryLimit: 64 << 20)
    var output = ""
    let outcome = runner.run(
      source: String(decoding: source, as: UTF8.self), path: "p.py", output: { output += $0 },
      errors: { output += $0 }, input: { nil })
    switch outcome {
    case .finished: break
    case .exited(let status): output += "exit \(status)"
    case .raised(let error): output += error.traceback
    }
    return output
  }
}

/// A line to the parent, at once.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

/// Where the child leaves the program at hand.
func current(_ options: Options) -> String { "\(options.findings)/current-\(options.seed)" }

/// Runs a batch, telling the parent before each program.
func child(_ options: Options) {
  let corpus = readCorpus()
  for number in options.first..<(options.first + options.batch) {
    let source = program(number, options, corpus)
    // The files the programs are mutated from may change meanwhile: what runs is kept as it is.
    try? Data(source).write(to: URL(fileURLWithPath: current(options)))
    say("\(number)")
    let once = run(source)
    // A limit of time may cut anywhere; all else must be the same twice.
    if number % 40 == 0, !once.contains("seconds (--max-time"), run(source) != once {
      say("differs \(number)")
    }
  }
  say("done")
}

/// Runs batches until the time is over; says how many programs there were and what was found.
func parent(_ options: Options) throws {
  let corpus = readCorpus()
  let end = Date().addingTimeInterval(options.seconds)
  var (next, crashes, hangs, differences) = (options.first, 0, 0, 0)
  try FileManager.default.createDirectory(atPath: options.findings, withIntermediateDirectories: true)
  func keep(_ number: Int, _ kind: String) {
    let path = "\(options.findings)/\(kind)-\(options.seed)-\(number).py"
    let source = try? Data(contentsOf: URL(fileURLWithPath: current(options)))
    try? (source ?? Data(program(number, options, corpus))).write(to: URL(fileURLWithPath: path))
    print("\(kind): \(path)")
  }
  while Date() < end {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    process.arguments = [
      "--child", "--seed", "\(options.seed)", "--first", "\(next)", "--batch", "\(options.batch)",
      "--findings", options.findings,
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    var environment = ProcessInfo.processInfo.environment
    environment["SWIFT_BACKTRACE"] = "enable=no"
    process.environment = environment
    try process.run()
    // Read without blocking, so that silence is noticed.
    let handle = pipe.fileHandleForReading.fileDescriptor
    _ = fcntl(handle, F_SETFL, O_NONBLOCK)
    var (text, quiet, isHung) = ("", 0.0, false)
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let n = read(handle, &buffer, buffer.count)
      if n > 0 {
        text += String(decoding: buffer[0..<n], as: UTF8.self)
        quiet = 0
        continue
      }
      if n == 0 { break }
      usleep(20_000)
      quiet += 0.02
      if quiet > 60 {
        isHung = true
        kill(process.processIdentifier, SIGKILL)
        break
      }
    }
    process.waitUntilExit()
    let lines = text.split(separator: "\n")
    for line in lines where line.hasPrefix("differs ") {
      differences += 1
      keep(Int(line.dropFirst(8)) ?? 0, "differs")
    }
    if lines.last == "done" {
      next += options.batch
      continue
    }
    let last = lines.compactMap { Int($0) }.last ?? next
    keep(last, isHung ? "hang" : "crash")
    if isHung { hangs += 1 } else { crashes += 1 }
    next = last + 1
  }
  print("\(next - options.first) programs, \(crashes) crashes, \(hangs) hangs, \(differences) differences")
  exit(crashes + hangs + differences == 0 ? 0 : 1)
}

@main enum Fuzz {
  static func main() throws {
    let options = readOptions()
    if let number = options.one {
      let source = program(number, options, readCorpus())
      print(String(decoding: source, as: UTF8.self))
      print("--- " + run(source))
    } else if options.isChild {
      child(options)
    } else {
      try parent(options)
    }
  }
}
