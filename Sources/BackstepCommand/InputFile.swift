import Recordings

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Reads whole files. Every way in which that can fail is a ``Failure``.
enum InputFile {
  /// A program or recording larger than this is refused.
  static let byteLimit = 2_000_000_000

  /// The bytes of a file, or of standard input for `-`.
  static func bytes(_ path: String) throws -> [UInt8] {
    let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == ENOENT || errno == ENOTDIR
        ? Failure.notFound(path: path)
        : Failure.notReadable(path: path, reason: String(cString: strerror(errno)))
    }
    defer { if path != "-" { close(descriptor) } }
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw Failure.isDirectory(path: path)
    }
    var bytes: [UInt8] = []
    if status.st_size > 0 { bytes.reserveCapacity(min(Int(status.st_size), byteLimit) + 1) }
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw Failure.notReadable(path: path, reason: String(cString: strerror(errno)))
      }
      bytes.append(contentsOf: chunk[0..<count])
      if bytes.count > byteLimit { throw Failure.tooLarge(path: path, bytes: bytes.count) }
    }
  }

  /// Bytes as text. Throws ``Failure/notUTF8(path:byte:line:)`` with the place of the first bad byte.
  static func text(_ bytes: [UInt8], path: String) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      let bad = firstInvalidByte(bytes)
      let line = bytes[0..<bad].count { $0 == 10 } + 1
      throw Failure.notUTF8(path: path, byte: bad + 1, line: line)
    }
    return text
  }

  private static func firstInvalidByte(_ bytes: [UInt8]) -> Int {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var at = 0
    while true {
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar): at += UTF8.width(scalar)
      case .emptyInput, .error: return min(at, max(bytes.count - 1, 0))
      }
    }
  }
}

/// The last part of a path without its ending: `backward_and_step` of `lessons/backward_and_step.py`.
func stem(_ path: String) -> String {
  var name = path.split(separator: "/").last.map(String.init) ?? path
  if let dot = name.lastIndex(of: "."), dot > name.startIndex { name = String(name[..<dot]) }
  return name == "-" || name.isEmpty ? "program" : name
}
