import Foundation
import Testing

/// Runs the built `backstep` as a person would, and keeps what it said.
struct Command {
  var status: Int32
  /// Ended by a signal, whose number the status is.
  var isSignalled = false
  var output: String
  var errors: String

  /// - Parameters:
  ///   - arguments: what a person types after `backstep`.
  ///   - folder: the current folder of the run.
  ///   - input: what comes in on standard input.
  static func run(
    _ arguments: [String], in folder: URL? = nil, input: String = "", environment: [String: String] = [:]
  ) throws -> Command {
    try run(arguments, in: folder, input: input, environment: environment, interruptedAfter: nil)
  }

  /// Runs, and presses Ctrl-C once the program is under way. Standard input stays open until then.
  static func interrupted(_ arguments: [String], in folder: URL) throws -> Command {
    // Nothing shows from outside that a recorded program runs: where it did not yet, more patience.
    for seconds in [0.7, 2, 6, 20] {
      let run = try run(arguments, in: folder, input: "", environment: [:], interruptedAfter: seconds)
      if !run.errors.isEmpty || !run.output.isEmpty { return run }
    }
    return try run(arguments, in: folder)
  }

  private static func run(
    _ arguments: [String], in folder: URL?, input: String, environment: [String: String],
    interruptedAfter seconds: Double?
  ) throws -> Command {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let (out, err, into) = (Pipe(), Pipe(), Pipe())
    process.standardOutput = out
    process.standardError = err
    process.standardInput = into
    try process.run()
    if let seconds {
      Thread.sleep(forTimeInterval: seconds)
      kill(process.processIdentifier, SIGINT)
      // The end of input is to be seen after the signal.
      Thread.sleep(forTimeInterval: 0.5)
    }
    into.fileHandleForWriting.write(Data(input.utf8))
    try into.fileHandleForWriting.close()
    // Both pipes must be drained at once, or a full one stalls the run.
    nonisolated(unsafe) var errorData = Data()
    let drained = DispatchSemaphore(value: 0)
    DispatchQueue.global().async {
      errorData = err.fileHandleForReading.readDataToEndOfFile()
      drained.signal()
    }
    let outputData = out.fileHandleForReading.readDataToEndOfFile()
    drained.wait()
    process.waitUntilExit()
    return Command(
      status: process.terminationStatus, isSignalled: process.terminationReason == .uncaughtSignal,
      output: String(decoding: outputData, as: UTF8.self),
      errors: String(decoding: errorData, as: UTF8.self))
  }

  /// The binary that the package manager built beside the tests.
  static let executable: URL = {
    let tests =
      Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL ?? Bundle.main.bundleURL
    var folder = tests
    for _ in 0..<3 {
      let candidate = folder.appendingPathComponent("backstep")
      if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
      folder.deleteLastPathComponent()
    }
    return URL(fileURLWithPath: ".build/debug/backstep")
  }()
}

/// A folder of its own for a test, gone afterwards.
func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("backstep-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

/// The program this project grew from.
let foundingProgram = """
  import torch

  x = torch.tensor([1., 2.], requires_grad=True)
  y = 100*x
  loss = y.sum()
  loss.backward()
  optim = torch.optim.SGD([x], lr=0.001)
  optim.step()
  print(x)

  """
