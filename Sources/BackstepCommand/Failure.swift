import Recordings

/// What can go wrong on the command line itself, with what it is about.
///
/// Prose is composed here, once: place, cause and, where there is one, the fix.
enum Failure: Error, Equatable {
  case notFound(path: String)
  case isDirectory(path: String)
  case notReadable(path: String, reason: String)
  case notUTF8(path: String, byte: Int, line: Int)
  case tooLarge(path: String, bytes: Int)
  case unknownOption(option: String, value: String, known: [String])
  case recordingNeedsProgram(command: String, path: String)
  /// A message composed where the error arose.
  case other(String)
}

extension Failure: CustomStringConvertible {
  var description: String {
    switch self {
    case .notFound(let path): "\(path): no such file"
    case .isDirectory(let path): "\(path): is a folder; a program (.py) or a recording (.jsonl) is needed"
    case .notReadable(let path, let reason): "\(path): cannot be read: \(reason)"
    case .notUTF8(let path, let byte, let line):
      "\(path): not UTF-8: byte \(byte), in line \(line). Save the file as UTF-8"
    case .tooLarge(let path, let bytes):
      "\(path): \(bytes / 1_000_000) MB are too much; the limit is \(InputFile.byteLimit / 1_000_000) MB"
    case .unknownOption(let option, let value, let known): Self.unknown(option, value, known)
    case .recordingNeedsProgram(let command, let path):
      "\(path): is a recording; \(command) needs a program (.py)"
    case .other(let message): message
    }
  }

  private static func unknown(_ option: String, _ value: String, _ known: [String]) -> String {
    let hint = nearest(to: value, among: known).map { ", did you mean \"\($0)\"?" } ?? ""
    return "unknown \(option) \"\(value)\"\(hint) There \(known.count == 1 ? "is" : "are"): "
      + known.joined(separator: ", ")
  }
}
