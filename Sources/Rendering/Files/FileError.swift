/// Why a file was not written. The file that was there before, if any, is untouched.
public enum FileError: Error, Hashable, Sendable, CustomStringConvertible {
  case isDirectory(path: String)
  /// The folder it should be in does not exist.
  case noFolder(path: String, folder: String)
  case notAllowed(path: String)
  case diskFull(path: String)
  case badName(path: String, reason: String)
  /// Anything else, in the system's words.
  case failed(path: String, reason: String)

  public var description: String {
    switch self {
    case .isDirectory(let path): return "\(path) is a folder; name a file in it"
    case .noFolder(let path, let folder): return "\(path) cannot be written: there is no folder \(folder)"
    case .notAllowed(let path): return "\(path) cannot be written: permission denied"
    case .diskFull(let path): return "\(path) was not written: the disk is full"
    case .badName(let path, let reason): return "\(path) cannot be written: \(reason)"
    case .failed(let path, let reason): return "\(path) was not written: \(reason)"
    }
  }
}
