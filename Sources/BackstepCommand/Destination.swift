import ArgumentParser
import Rendering

/// Where results go: a file, whole or not at all, or standard output for `-`.
enum Destination {
  /// Writes and says so on standard output.
  static func write(_ bytes: [UInt8], to path: String, saying: Bool = true) throws {
    if path == "-" { return Console.write(bytes) }
    try AtomicFile.write(bytes, makingFoldersTo: path)
    if saying { Console.write("\(path)\n") }
  }
}

/// Runs a command's work; what it throws becomes one message on standard error and status 2.
func reporting<Result>(_ body: () throws -> Result) throws -> Result {
  do { return try body() } catch let code as ExitCode { throw code } catch { throw report(error) }
}

/// Says what went wrong.
func report(_ error: any Error) -> ExitCode {
  if let code = error as? ExitCode { return code }
  Console.note("\(error)")
  return ExitCode(2)
}

/// Collects output and writes it in large pieces.
final class OutputBuffer {
  private var bytes: [UInt8] = []
  private let isTerminal = Console.isTerminal(1)

  func write(_ text: String) {
    bytes.append(contentsOf: text.utf8)
    if bytes.count > 1 << 15 || isTerminal { flush() }
  }
  func flush() {
    Console.write(bytes)
    bytes.removeAll(keepingCapacity: true)
  }
}
