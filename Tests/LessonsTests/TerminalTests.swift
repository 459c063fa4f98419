import Testing

@testable import Lessons

@Suite struct TerminalTests {
  @Test(arguments: [
    ("abc", 3), ("", 0), ("漢字", 4), ("ｱ", 1), ("é", 1), ("e\u{301}", 1), ("👍", 2), ("👨‍👩‍👧", 2), ("❤️", 2),
    ("∂loss/∂x", 8),
    ("x̂", 1), ("한글", 4), ("→ ▶ ● ─", 7), ("\u{200B}", 0), ("v̂₁", 2),
  ])
  func `Text is as wide as a terminal draws it`(text: String, width: Int) {
    #expect(columns(of: text) == width)
  }

  @Test func `Cutting and filling count columns, not characters`() {
    #expect(clipped("漢字かな", to: 5) == "漢字…")
    #expect(columns(of: padded("漢字かな", to: 6)) == 6)
    #expect(padded("漢", to: 4) == "漢  ")
    #expect(clipped("abc", to: 0) == "")
    #expect(wrapped("漢字かな交じり文", to: 7) == ["漢字か", "な交じ", "り文"])
  }

  @Test func `Lines break at spaces, not inside a short list`() {
    #expect(wrapped("it is now [1., 2.] then", to: 14) == ["it is now", "[1., 2.] then"])
    #expect(wrapped("a bb ccc", to: 4) == ["a bb", "ccc"])
    #expect(wrapped("", to: 4) == [""])
    #expect(wrapped("one two", to: 5, indent: "  ") == ["one", "  two"])
    #expect(wrapped("abcdefgh", to: 3) == ["abc", "def", "gh"])
  }

  @Test func `Text from a lesson cannot command the terminal`() {
    #expect(printable("a\u{1B}[2Jb\u{7}\u{202E}c\td\r\n") == "a\u{FFFD}[2Jb\u{FFFD}\u{FFFD}c    d\n")
  }

  @Test func `Keys are decoded, in pieces too`() {
    func keys(_ text: String) -> [Key] {
      var decoder = KeyDecoder()
      return decoder.decode(text.utf8) + decoder.flush()
    }
    #expect(keys("\u{1B}[C\u{1B}[D\u{1B}OA\u{1B}[B") == [.right, .left, .up, .down])
    #expect(
      keys("\u{1B}[H\u{1B}[4~\u{1B}[5~\u{1B}[6~\u{1B}[1;5C") == [.home, .end, .pageUp, .pageDown, .right])
    #expect(
      keys("q\r\u{7F}\u{3}\u{1A}\u{4}") == [
        .character("q"), .enter, .backspace, .interrupt, .suspend, .endOfInput,
      ])
    #expect(keys("é字👍") == [.character("é"), .character("字"), .character("👍")])
    #expect(keys("\u{1B}") == [.escape])
    #expect(keys("\u{1B}\u{1B}[C") == [.escape, .right])
    #expect(keys("\u{1B}[") == [.unknown])
    var decoder = KeyDecoder()
    var found: [Key] = []
    for byte in "\u{1B}[C字\u{1B}[3~".utf8 { found += decoder.decode([byte]) }
    #expect(found == [.right, .character("字"), .unknown])
    #expect(decoder.flush() == [])
    var wild = KeyDecoder()
    _ = wild.decode((0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 / 7) })
    _ = wild.flush()
  }

  @Test func `Colours follow the environment`() {
    func depth(_ environment: [String: String]) -> ColorDepth { .detect { environment[$0] } }
    #expect(depth(["TERM": "xterm-256color"]) == .twoHundredFiftySix)
    #expect(depth(["TERM": "xterm-256color", "COLORTERM": "truecolor"]) == .millions)
    #expect(depth(["TERM": "xterm"]) == .sixteen)
    #expect(depth(["TERM": "xterm", "NO_COLOR": "1", "COLORTERM": "truecolor"]) == .none)
    #expect(depth(["TERM": "xterm", "NO_COLOR": ""]) == .sixteen)
    #expect(depth(["TERM": "dumb"]) == .none)
    #expect(depth([:]) == .none)
  }

  @Test(arguments: ColorDepth.allCases)
  func `A frame draws the screen's text and no more colours than there are`(depth: ColorDepth) throws {
    var player = try PlayerTests.player()
    for at in player.stops.indices {
      player.go(to: at)
      let frame = Painter(depth: depth).frame(player.screen)
      let codes = try Self.codes(in: frame)
      let bare = codes.rest.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
      #expect(bare == player.screen.rows.map(\.text))
      let colours = codes.codes.filter { $0.contains("38;") || $0.contains("48;") }
      switch depth {
      case .none:
        #expect(codes.codes.allSatisfy { Set($0.split(separator: ";")).isSubset(of: ["0", "1", "2", "7"]) })
      case .sixteen: #expect(colours.isEmpty)
      case .twoHundredFiftySix: #expect(colours.allSatisfy { !$0.contains("8;2;") })
      case .millions: #expect(colours.allSatisfy { !$0.contains("8;5;") })
      }
      // Nothing is cleared: that would flicker.
      #expect(!frame.contains("\u{1B}[2J"))
    }
  }

  /// Takes a frame apart: the parameters of its colour codes, and its text.
  static func codes(in frame: String) throws -> (codes: [String], rest: String) {
    var codes: [String] = []
    var rest = ""
    let parts = frame.split(separator: "\u{1B}[", omittingEmptySubsequences: false)
    rest += parts.first ?? ""
    for part in parts.dropFirst() {
      let end = try #require(part.firstIndex { $0.isLetter })
      if part[end] == "m" { codes.append(String(part[..<end])) }
      rest += part[part.index(after: end)...]
    }
    return (codes, rest)
  }
}
