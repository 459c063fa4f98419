import MiniPython

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

/// Standard input, a line at a time.
enum StandardInput {
  nonisolated(unsafe) private static var pending: ArraySlice<UInt8> = []

  /// The next line without its end; `nil` at the end of input, or where Ctrl-C came while waiting.
  static func line(unless interrupt: Interrupt) -> String? {
    var line: [UInt8] = []
    while true {
      if let end = pending.firstIndex(of: 10) {
        line += pending[..<end]
        pending = pending[(end + 1)...]
        if line.last == 13 { line.removeLast() }
        return String(decoding: line, as: UTF8.self)
      }
      line += pending
      pending = []
      // The signal may come to another thread than this one, so that a read would go on waiting.
      var waiting = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
      while poll(&waiting, 1, 50) <= 0 { if interrupt.isSet { return nil } }
      var chunk = [UInt8](repeating: 0, count: 1 << 12)
      let count = read(0, &chunk, chunk.count)
      pending = chunk[..<max(0, count)]
      if count < 0, errno == EINTR { continue }
      if count < 0 { return nil }
      if count == 0 { return line.isEmpty ? nil : String(decoding: line, as: UTF8.self) }
    }
  }
}
