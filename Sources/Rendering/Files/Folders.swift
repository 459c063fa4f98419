#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension AtomicFile {
  /// Writes a file whole or not at all; folders on its way are made.
  public static func write(_ bytes: [UInt8], makingFoldersTo path: String) throws(FileError) {
    // A folder is no file: nothing is made for it.
    if path.hasSuffix("/") { throw .isDirectory(path: path) }
    // Past the leading slash of an absolute path, every slash ends a folder's name.
    for (i, byte) in path.utf8.enumerated() where byte == UInt8(ascii: "/") && i > 0 {
      let folder = String(decoding: path.utf8.prefix(i), as: UTF8.self)
      if access(folder, F_OK) == 0 || mkdir(folder, 0o777) == 0 || errno == EEXIST { continue }
      let code = errno
      if code == EACCES || code == EPERM || code == EROFS { throw .notAllowed(path: path) }
      if code == ENOSPC || code == EDQUOT { throw .diskFull(path: path) }
      throw .failed(
        path: path, reason: "the folder \(folder) cannot be made: \(String(cString: strerror(code)))")
    }
    try AtomicFile.write(bytes, to: path)
  }
}
