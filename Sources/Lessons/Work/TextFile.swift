#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Reading text files and folders.
enum TextFile {
  /// Larger files are no lessons.
  private static let limit = 16 << 20

  static func text(of path: String) throws(LessonError) -> String {
    let bytes: [UInt8]
    switch readBytes(path) {
    case .success(let read): bytes = read
    case .failure(let problem):
      throw LessonError(path: path, line: 0, cause: .unreadable(reason: problem.reason))
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw LessonError(path: path, line: 0, cause: .notUTF8)
    }
    return text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
  }

  private struct Problem: Error { var reason: String }

  private static func reason(_ code: Int32) -> Problem { Problem(reason: String(cString: strerror(code))) }

  private static func readBytes(_ path: String) -> Result<[UInt8], Problem> {
    let file = open(path, O_RDONLY)
    if file < 0 { return .failure(reason(errno)) }
    defer { close(file) }
    var info = stat()
    if fstat(file, &info) == 0, info.st_mode & S_IFMT == S_IFDIR {
      return .failure(Problem(reason: "it is a folder"))
    }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafeRead(file, &buffer)
      if count < 0 {
        if errno == EINTR { continue }
        return .failure(reason(errno))
      }
      if count == 0 { return .success(bytes) }
      bytes += buffer[..<count]
      if bytes.count > limit { return .failure(Problem(reason: "it is larger than 16 MB")) }
    }
  }

  private static func unsafeRead(_ file: Int32, _ buffer: inout [UInt8]) -> Int {
    buffer.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
  }

  /// The names of a folder's files, sorted; `nil` where it is no folder.
  static func names(in folder: String) -> [String]? {
    guard let stream = opendir(folder) else { return nil }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      names.append(name)
    }
    return names.sorted()
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
