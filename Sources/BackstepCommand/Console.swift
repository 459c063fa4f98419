#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Standard output and standard error.
enum Console {
  /// Writes everything, or ends quietly where the reader has gone (`backstep show p.py | head`).
  static func write(_ bytes: [UInt8], to descriptor: Int32 = 1) {
    var at = 0
    bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return }
      while at < buffer.count {
        let count = Console.system(descriptor, base + at, buffer.count - at)
        if count < 0 {
          if errno == EINTR { continue }
          exit(errno == EPIPE ? 141 : 74)
        }
        at += count
      }
    }
  }

  static func write(_ text: String) { write(Array(text.utf8)) }
  static func note(_ text: String) { write(Array("backstep: \(text)\n".utf8), to: 2) }

  /// Whether a person watches standard error.
  static var isWatched: Bool { isatty(2) == 1 }
  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  private static func system(_ descriptor: Int32, _ base: UnsafeRawPointer, _ count: Int) -> Int {
    #if canImport(Darwin)
      Darwin.write(descriptor, base, count)
    #elseif canImport(Musl)
      Musl.write(descriptor, base, count)
    #else
      Glibc.write(descriptor, base, count)
    #endif
  }
}
