import MiniPython

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Ctrl-C: the first stops the program as Python does, a second ends the process.
enum InterruptSignal {
  nonisolated(unsafe) private static var target: Interrupt?

  /// Ends this process as Ctrl-C ends any other.
  static func end() {
    signal(SIGINT, SIG_DFL)
    kill(getpid(), SIGINT)
  }

  static func stop(_ interrupt: Interrupt) {
    target = interrupt
    signal(SIGINT) { _ in
      InterruptSignal.target?.set()
      signal(SIGINT, SIG_DFL)
    }
  }
}
