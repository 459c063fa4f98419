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

  /// A program runs: Ctrl-C is for it.
  static func stop(_ interrupt: Interrupt) {
    target = interrupt
    // Whoever started this process may have held signals back, as the threads of a test runner do.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    signal(SIGINT) { _ in
      InterruptSignal.target?.set()
      signal(SIGINT, SIG_DFL)
    }
  }

  /// The program has ended: Ctrl-C is for the process again.
  static func release() {
    target = nil
    signal(SIGINT, SIG_DFL)
  }
}
