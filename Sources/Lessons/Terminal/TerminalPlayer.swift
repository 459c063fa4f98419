#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Plays a lesson in the terminal.
public struct TerminalPlayer {
  private let engine: LessonEngine

  public init(engine: LessonEngine) { self.engine = engine }

  /// Whether there is a terminal to play in.
  public static var hasTerminal: Bool {
    isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 && environment("TERM") != "dumb"
  }

  /// Plays until the reader quits. Returns `false` where there is no terminal: print the lesson instead.
  ///
  /// - Parameter line: a line of the program to begin at.
  @discardableResult
  public func run(_ run: LessonRun, line: Int? = nil, colors: ColorDepth = .detect()) -> Bool {
    guard Self.hasTerminal, var terminal = RawTerminal() else { return false }
    var player = Player(run)
    let painter = Painter(depth: colors)
    var decoder = KeyDecoder()
    let size = terminal.size
    player.resize(width: size.width, height: size.height)
    if let line { player.go(toLine: line) }
    terminal.enter()
    var shown: Screen?
    // For which stop the picture was made.
    var pictured: Int?
    while true {
      let size = terminal.size
      if size.width != player.width || size.height != player.height {
        player.resize(width: size.width, height: size.height)
        pictured = nil
        terminal.write("\u{1B}[2J")
      }
      if pictured != player.position {
        player.picture = picture(of: player)
        pictured = player.position
      }
      let screen = player.screen
      if screen != shown {
        terminal.write(painter.frame(screen))
        shown = screen
      }
      var keys: [Key] = []
      switch terminal.wait(milliseconds: 100) {
      case .bytes(let bytes): keys = decoder.decode(bytes)
      case .nothing: keys = decoder.flush()
      case .closed: keys = [.interrupt]
      case .disturbed:
        terminal.leave()
        terminal.enter()
        shown = nil
      case .signal(let signal):
        // Unblocked, it does now what it would have done.
        terminal.leave()
        if signal != SIGTSTP { raise(signal) }
        terminal.enter()
        shown = nil
      }
      for key in keys {
        if key == .redraw { shown = nil }
        switch player.handle(key) {
        case .none: break
        case .quit:
          terminal.leave()
          return true
        case .suspend:
          terminal.suspend()
          shown = nil
        case .figure(let figure, let event): player.note = open(figure, event, player)
        }
      }
    }
  }

  /// The figure of a step as text, for wide terminals; nothing where there is none.
  private func picture(of player: Player) -> [String] {
    guard player.width >= Player.wideWidth, case .step = player.stop, let (figure, event) = player.figure,
      engine.kinds.contains(figure.kind),
      let bytes = try? engine.draw(
        FigureRequest(recording: player.run.recording, event: event, kind: figure.kind, format: "text"))
    else { return [] }
    let text = printable(String(decoding: bytes, as: UTF8.self))
    return textLines(text.hasSuffix("\n") ? String(text.dropLast()) : text).map(String.init)
  }

  /// Draws a figure into a file, and opens it where there is something that opens files.
  private func open(_ figure: FigureBlock, _ event: Int, _ player: Player) -> String {
    do {
      let request = FigureRequest(
        recording: player.run.recording, event: event, kind: figure.kind, options: figure.options,
        alt: figure.alt, format: "svg")
      guard engine.kinds.contains(figure.kind) else { return "There is no kind of figure \(figure.kind)." }
      let bytes = try engine.draw(request)
      let path = "\(Self.folder())/\(player.run.lesson.name)-\(event)-\(figure.kind).svg"
      try engine.write(path, bytes)
      return Opener.open(path) ? "Opened \(path)" : "Drawn into \(path)"
    } catch {
      return "The figure cannot be drawn: \(error)"
    }
  }

  /// Where figures go that a reader opens: `output` where there is one, else a folder of our own among the
  /// temporary files.
  private static func folder() -> String {
    if access("output", W_OK) == 0, TextFile.names(in: "output") != nil { return "output" }
    let base = environment("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    var template = Array("\(base)/backstep-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { return base }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
