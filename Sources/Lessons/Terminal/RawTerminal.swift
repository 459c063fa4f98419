#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The terminal in raw mode, on its second screen, with the cursor hidden; restored whatever happens.
///
/// Signals are blocked while it is in use and looked for between frames: no handler, no global state, and
/// nothing is interrupted halfway. What a signal would have done is done after the terminal is restored.
struct RawTerminal: ~Copyable {
  private let input: Int32
  private let output: Int32
  private var original: termios
  private var originalMask = sigset_t()
  private var isActive = false

  /// Signals that end or stop a program.
  private static let watched = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP]

  /// `nil` where either is no terminal.
  init?(input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO) {
    var settings = termios()
    guard isatty(input) == 1, isatty(output) == 1, tcgetattr(input, &settings) == 0 else { return nil }
    self.input = input
    self.output = output
    original = settings
  }

  deinit {
    if isActive { Self.restore(input, output, original, originalMask) }
  }

  /// Takes the terminal over.
  mutating func enter() {
    if isActive { return }
    var blocked = sigset_t()
    sigemptyset(&blocked)
    for signal in Self.watched { sigaddset(&blocked, signal) }
    pthread_sigmask(SIG_BLOCK, &blocked, &originalMask)
    setRaw()
    write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l")
    isActive = true
  }

  private func setRaw() {
    var raw = original
    cfmakeraw(&raw)
    // Wait for nothing: `poll` does the waiting.
    withUnsafeMutableBytes(of: &raw.c_cc) {
      $0[Int(VMIN)] = 0
      $0[Int(VTIME)] = 0
    }
    tcsetattr(input, TCSADRAIN, &raw)
  }

  /// Gives the terminal back as it was.
  mutating func leave() {
    if !isActive { return }
    isActive = false
    Self.restore(input, output, original, originalMask)
  }

  private static func restore(_ input: Int32, _ output: Int32, _ original: termios, _ mask: sigset_t) {
    write("\u{1B}[0m\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l", to: output)
    var original = original
    tcsetattr(input, TCSADRAIN, &original)
    var mask = mask
    pthread_sigmask(SIG_SETMASK, &mask, nil)
  }

  /// What a wait brought.
  enum Input {
    case bytes([UInt8])
    /// Nothing, for as long as was waited.
    case nothing
    /// The terminal is gone.
    case closed
    /// A signal asks the program to end or stop.
    case signal(Int32)
    /// Someone else changed the terminal, as a shell does when a stopped program continues.
    case disturbed
  }

  /// Waits for input for so many milliseconds at most.
  func wait(milliseconds: Int32) -> Input {
    var request = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
    let ready = poll(&request, 1, milliseconds)
    if let signal = pendingSignal() {
      // What this one would do, a stack trace, helps no reader: it is taken, and means the end.
      if signal == SIGQUIT {
        var mask = sigset_t()
        var taken: Int32 = 0
        sigemptyset(&mask)
        sigaddset(&mask, SIGQUIT)
        sigwait(&mask, &taken)
        return .closed
      }
      return .signal(signal)
    }
    if ready < 0 { return errno == EINTR ? .nothing : .closed }
    if ready == 0 { return isRaw ? .nothing : .disturbed }
    var buffer = [UInt8](repeating: 0, count: 1024)
    let count = buffer.withUnsafeMutableBytes { read(input, $0.baseAddress, $0.count) }
    if count < 0 { return errno == EINTR || errno == EAGAIN ? .nothing : .closed }
    return count == 0 ? .closed : .bytes(Array(buffer[..<count]))
  }

  private func pendingSignal() -> Int32? {
    var pending = sigset_t()
    guard sigpending(&pending) == 0 else { return nil }
    return Self.watched.first { sigismember(&pending, $0) == 1 }
  }

  private var isRaw: Bool {
    var now = termios()
    return tcgetattr(input, &now) != 0 || now.c_lflag & tcflag_t(ICANON | ECHO) == 0
  }

  /// Stops the program as its user asked, with the terminal restored; returns when it continues.
  mutating func suspend() {
    leave()
    raise(SIGTSTP)
    enter()
  }

  /// The terminal's size, or 80×24 where it does not say.
  var size: (width: Int, height: Int) {
    var window = winsize()
    guard ioctl(output, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 else {
      return (80, 24)
    }
    return (Int(window.ws_col), Int(window.ws_row))
  }

  func write(_ text: String) { Self.write(text, to: output) }

  /// One call for the whole text, as long as the terminal takes it.
  private static func write(_ text: String, to output: Int32) {
    var text = text
    text.withUTF8 { bytes in
      var sent = 0
      while sent < bytes.count {
        #if canImport(Glibc)
          let count = Glibc.write(output, bytes.baseAddress.map { $0 + sent }, bytes.count - sent)
        #elseif canImport(Musl)
          let count = Musl.write(output, bytes.baseAddress.map { $0 + sent }, bytes.count - sent)
        #else
          let count = Darwin.write(output, bytes.baseAddress.map { $0 + sent }, bytes.count - sent)
        #endif
        if count < 0, errno == EINTR { continue }
        if count <= 0 { return }
        sent += count
      }
    }
  }
}
