#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file that appears whole or not at all: written beside its place, flushed, then renamed.
///
/// Law: whatever fails, the old file stays as it was and nothing is left behind. Devices and pipes, as
/// `/dev/stdout`, are written directly; a symbolic link is followed.
///
///     try AtomicFile.write(bytes, to: "output/graph.png")
///
///     let file = try AtomicFile("big.jsonl")   // or piece by piece
///     try file.append(line)
///     try file.commit()
public final class AtomicFile {
  private let path: String
  private let target: String
  /// `nil` when written directly.
  private let temporary: String?
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private var isDone = false

  /// Writes `bytes` as the whole file.
  public static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    let file = try AtomicFile(path)
    try file.append(bytes)
    try file.commit()
  }

  /// Writes `text` in UTF-8 as the whole file.
  public static func write(_ text: String, to path: String) throws(FileError) {
    try write(Array(text.utf8), to: path)
  }

  /// Opens a file beside `path`. Unless committed, it vanishes with this object.
  public init(_ path: String) throws(FileError) {
    self.path = path
    if path.isEmpty { throw .badName(path: "\"\"", reason: "the name is empty") }
    if path.utf8.contains(0) { throw .badName(path: path, reason: "the name holds a NUL character") }
    var status = stat()
    let exists = stat(path, &status) == 0
    let kind = status.st_mode & S_IFMT
    if exists, kind == S_IFDIR { throw .isDirectory(path: path) }
    if !exists, path.hasSuffix("/") { throw .isDirectory(path: path) }
    if exists, kind != S_IFREG {
      target = path
      temporary = nil
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
      if descriptor < 0 { throw AtomicFile.error(path, errno) }
      return
    }
    if exists, access(path, W_OK) != 0 { throw AtomicFile.error(path, errno) }
    target = exists ? AtomicFile.resolved(path) : path
    let folder = AtomicFile.folder(of: target)
    // A name no other process and no other write of this one uses.
    var attempt = 0
    var made: String?
    var handle: Int32 = -1
    while made == nil {
      let candidate = "\(folder)/.backstep.\(getpid()).\(attempt).tmp"
      handle = open(candidate, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if handle >= 0 {
        made = candidate
      } else if errno == EEXIST, attempt < 10_000 {
        attempt += 1
      } else {
        let code = errno
        if code == ENOENT || code == ENOTDIR { throw .noFolder(path: path, folder: folder) }
        throw AtomicFile.error(path, code)
      }
    }
    temporary = made
    descriptor = handle
    if exists { fchmod(descriptor, status.st_mode & 0o777) }
  }

  deinit { discard() }

  /// Adds bytes; small pieces are gathered.
  public func append(_ bytes: some Collection<UInt8>) throws(FileError) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= 1 << 20 { try flush() }
  }

  /// Puts the file in its place.
  public func commit() throws(FileError) {
    guard !isDone else { return }
    try flush()
    if let temporary {
      guard fsync(descriptor) == 0 || errno == EINVAL else { throw fail(errno) }
      let closed = close(descriptor)
      descriptor = -1
      guard closed == 0, rename(temporary, target) == 0 else { throw fail(errno) }
    } else {
      close(descriptor)
      descriptor = -1
    }
    isDone = true
  }

  private func flush() throws(FileError) {
    guard !isDone, descriptor >= 0 else {
      throw .failed(path: path, reason: "it is closed already")
    }
    var start = 0
    while start < buffer.count {
      let count = buffer.withUnsafeBytes { bytes in
        systemWrite(descriptor, bytes, from: start)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw fail(errno)
      }
      start += count
    }
    buffer.removeAll(keepingCapacity: true)
  }

  private func fail(_ code: Int32) -> FileError {
    discard()
    return AtomicFile.error(path, code)
  }

  private func discard() {
    guard !isDone else { return }
    isDone = true
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
    if let temporary { unlink(temporary) }
  }

  private static func error(_ path: String, _ code: Int32) -> FileError {
    switch code {
    case EACCES, EPERM, EROFS: return .notAllowed(path: path)
    case ENOSPC, EDQUOT, EFBIG: return .diskFull(path: path)
    case EISDIR: return .isDirectory(path: path)
    case ENAMETOOLONG: return .badName(path: path, reason: "the name is too long")
    default: return .failed(path: path, reason: String(cString: strerror(code)))
    }
  }

  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    let folder = path[..<slash]
    return folder.isEmpty ? "/" : String(folder)
  }
}

/// The system's `write`, under a name of its own beside `AtomicFile.write`.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
  guard let base = bytes.baseAddress else { return 0 }
  return write(descriptor, base + start, bytes.count - start)
}
