import Recordings
import Testing

@testable import Lessons

@Suite struct PlayerTests {
  static func player() throws -> Player { Player(try Fixture.lesson1().run(with: Fixture.engine)) }

  /// Every stop's index.
  static func all(_ player: Player) -> Range<Int> { player.stops.indices }

  @Test func `Steps follow one another without gaps and reach the end`() {
    let steps = StepFinder.steps(of: Fixture.recording)
    var next = 0
    for step in steps {
      #expect(step.events.lowerBound == next)
      #expect(step.events.contains(step.head))
      next = step.events.upperBound
    }
    #expect(next == Fixture.recording.events.count)
  }

  @Test func `The founding program has fourteen steps`() throws {
    let player = try Self.player()
    let list = player.steps.map { "\($0.line) \($0.phase.rawValue)" }
    #expect(
      list == [
        "4 forward", "5 forward", "8 forward", "11 neutral", "12 backward", "12 backward", "12 backward",
        "12 backward", "13 neutral", "16 update", "17 neutral", "18 update", "18 update", "19 neutral",
      ])
  }

  @Test func `Each step says what happens and why`() throws {
    var player = try Self.player()
    var words: [String] = []
    for at in Self.all(player) {
      player.go(to: at)
      if case .step = player.stop { words.append(player.words) }
    }
    #expect(
      words == [
        "x is made: [1., 2.]. It requires a gradient, and no operation computed it, so it is a leaf. It owns a slot, x.grad, which is still empty: None.",
        "y = 100 · x is computed: [100., 200.]. Since x requires a gradient, it remembers how it came about: its grad_fn is MulBackward0, which points to AccumulateGrad, the writer of x.grad.",
        "loss = Σ y is computed: 300. Since y requires a gradient, it remembers how it came about: its grad_fn is SumBackward0, which points to MulBackward0.",
        "The program prints None",
        "backward() begins at loss with the derivative that needs no thought: ∂loss/∂loss is 1. From here it walks the graph back, node by node, and applies the chain rule at each.",
        "Backward reaches SumBackward0, which made loss. It receives ∂loss/∂loss = 1. and passes on [1., 1.] towards y.",
        "Backward reaches MulBackward0, which made y. It receives ∂loss/∂y = [1., 1.] and passes on [100., 100.] towards x. Then it frees what it had saved.",
        "AccumulateGrad writes the gradient that reached x into x.grad. It was None, so it becomes [100., 100.]; had it held a value, the two would be added.",
        "The program prints tensor([100., 100.])",
        "SGD is made. It is given a list that holds the tensor x itself, not a copy, and lr = 0.001. It is told nothing of a loss or a graph.",
        "The program prints tensor([1., 2.], requires_grad=True)",
        "step() begins. The optimizer goes through its list, x, and looks into x.grad. It looks nowhere else.",
        "SGD finds x.grad = [100., 100.] and applies x ← x − lr · grad in place: [1., 2.] becomes [0.9000, 1.9000]. Here lr · grad = [0.1000, 0.1000]. It is the same tensor as before, with new numbers.",
        "The program prints tensor([0.9000, 1.9000], requires_grad=True)",
      ])
  }

  @Test func `The table marks exactly what a step changed`() throws {
    var player = try Self.player()
    var changes: [String] = []
    for at in Self.all(player) {
      player.go(to: at)
      guard case .step(let k) = player.stop else {
        #expect(player.table.rows.filter(\.isChanged).isEmpty)
        continue
      }
      for row in player.table.rows {
        for (title, cell) in zip(TensorTable.titles, row.cells) where cell.isChanged {
          changes.append("\(k + 1) \(row.name.text) \(title) \(cell.text)")
        }
      }
    }
    #expect(
      changes == [
        "1 x name x", "1 x .data [1., 2.]", "2 y name y", "2 y .data [100., 200.]", "3 loss name loss",
        "3 loss .data 300.", "8 x .grad [100., 100.]", "13 x .data [0.9000, 1.9000]", "13 x version 1",
      ])
  }

  @Test(arguments: [(80, 24), (81, 25), (110, 30), (120, 40), (300, 100)])
  func `Every screen fills its terminal exactly`(width: Int, height: Int) throws {
    var player = try Self.player()
    player.resize(width: width, height: height)
    for at in Self.all(player) {
      player.go(to: at)
      let screen = player.screen
      #expect(screen.rows.count == height)
      #expect(screen.rows.allSatisfy { columns(of: $0.text) == width })
      // The current line, the tensors' titles and the words are always there.
      if case .step(let k) = player.stop {
        #expect(screen.text.contains("▶ "))
        if k > 0 { #expect(screen.text.contains(".grad")) }
        let start = player.words.split(separator: " ").prefix(4).joined(separator: " ")
        #expect(screen.text.contains(start))
      }
    }
  }

  @Test func `At 80×24 a step shows code, tensors, words and output`() throws {
    var player = try Self.player()
    player.go(toLine: 12)
    for _ in 0..<3 { player.handle(.right) }
    #expect(
      player.screen.text == """
         1  What connects backward() and step()?                            step 8 / 14
        ────────────────────────────────────────────────────────────────────────────────
           7  # Compute loss
           8  loss = y.sum()
           9
          10  # Compute gradients of the parameters w.r.t. the loss
          11  print(x.grad)     # None
        ▶ 12  loss.backward()
          13  print(x.grad)     # tensor([100., 100.])
          14
          15  # Modify the parameters by subtracting the gradient
          16  optim = torch.optim.SGD([x], lr=0.001)
        ─ Tensors ──────────────────────────────────────────────────────────────────────
         name   .data          .grad          grad_fn        version
         x      [1., 2.]      ▸[100., 100.]   leaf           0
         y      [100., 200.]   –              MulBackward0   0
         loss   300.           –              SumBackward0   0
        ─ Step 8 ───────────────────────────────────────────────────────────────────────
         AccumulateGrad writes the gradient that reached x into x.grad. It was None, so
         it becomes [100., 100.]; had it held a value, the two would be added.
        ─ Output ───────────────────────────────────────────────────────────────────────
         None
          ● ● ● • ◆ ◆ ◆ ◆ · □ · □ □ ·  backward
         ← → step   b backward   u update   g line   f figure   ? help   q quit
        """)
  }

  @Test func `The README shows the player as it is`() throws {
    var player = try Self.player()
    player.go(toLine: 12)
    for _ in 0..<3 { player.handle(.right) }
    let readme = try TextFile.text(of: CatalogTests.folder + "/../README.md")
    #expect(readme.contains("```text\n" + player.screen.text + "\n```\n"))
  }

  @Test func `A terminal that is too small is told so`() throws {
    let player = try Self.player()
    #expect(
      player.screen(width: 79, height: 24).text.hasPrefix("This terminal is 79×24.\nThe player needs 80×24."))
    for size in [(0, 0), (1, 1), (-3, 5), (80, 3)] {
      #expect(player.screen(width: size.0, height: size.1).rows.count == max(0, size.1))
    }
  }

  @Test func `Going back shows what was shown on the way`() throws {
    var player = try Self.player()
    var there: [String] = []
    for _ in Self.all(player) {
      there.append(player.screen.text)
      player.handle(.right)
    }
    for at in Self.all(player).reversed() {
      #expect(player.position == at)
      player.note = nil
      #expect(player.screen.text == there[at])
      player.handle(.left)
    }
  }

  @Test func `Keys lead to lines, passes, updates and both ends`() throws {
    var player = try Self.player()
    func step(_ keys: Key...) -> String {
      for key in keys { player.handle(key) }
      return player.step.map { "\(player.steps[$0].line) \(player.words.prefix(6))" } ?? "-"
    }
    #expect(step(.character("b")) == "12 backwa")
    #expect(step(.character("b")) == "12 backwa")
    #expect(player.note == "No further backward pass.")
    #expect(step(.character("u")) == "18 step()")
    #expect(step(.character("B")) == "12 backwa")
    #expect(step(.character("g"), .character("1"), .character("6"), .enter) == "16 SGD is")
    #expect(step(.character("g"), .character("1"), .enter) == "4 x is m")
    #expect(player.note == "Nothing happens at line 1; this is line 4.")
    #expect(step(.character("g"), .character("9"), .character("9"), .enter) == "4 x is m")
    #expect(player.note == "Nothing happens at line 99 or below.")
    #expect(step(.end) == "19 ")
    #expect(player.position == player.stops.count - 1)
    #expect(step(.home) == "-")
    #expect(player.handle(.character("?")) == .none)
    #expect(player.screen.text.contains("  Keys"))
    #expect(player.handle(.character("q")) == .quit)
    #expect(player.handle(.interrupt) == .quit)
    #expect(player.handle(.suspend) == .suspend)
  }

  @Test func `The figure key asks for the page's figure, else for one of this instant`() throws {
    var player = try Self.player()
    #expect(player.handle(.character("f")) == .none)
    #expect(player.note == "Nothing has happened yet: there is nothing to draw.")
    player.go(toLine: 18)
    player.handle(.right)
    guard case .figure(let figure, let event) = player.handle(.character("f")) else {
      Issue.record("no figure")
      return
    }
    #expect(figure.kind == "update")
    #expect(event == player.steps[12].events.upperBound)
    let page = try #require(
      player.stops.firstIndex { if case .page(let page) = $0 { page.figure == 4 } else { false } })
    player.go(to: page)
    guard case .figure(let own, _) = player.handle(.character("f")) else {
      Issue.record("no figure")
      return
    }
    #expect(own == player.run.lesson.figures[4].figure)
  }

  @Test func `A prediction is asked before the step that reveals it, and answered`() throws {
    var player = try Self.player()
    let at = try #require(player.stops.firstIndex(of: .prediction(0)))
    #expect(player.stops[at + 1] == .step(9))
    player.go(to: at)
    #expect(!player.screen.text.contains("step() needs no loss"))
    player.handle(.character("c"))
    #expect(player.screen.text.contains("✗ c)  [-99., -98.]"))
    #expect(player.screen.text.contains("✓ b)  [0.9, 1.9]"))
    #expect(player.screen.text.contains("Not so. The program says: [0.9000, 1.9000]"))
    #expect(player.screen.text.contains("step() needs no loss"))
    // Committed is committed.
    player.handle(.character("b"))
    #expect(player.answers == [0: "[-99., -98.]"])
  }

  @Test func `A free answer is typed, and compared by what it says`() throws {
    let text = try Fixture.lesson1().text
    let from = try #require(text.firstRange(of: "choices:\n"))
    let to = try #require(text.firstRange(of: "explanation: >"))
    let free = text.replacingCharacters(in: from.lowerBound..<to.lowerBound)
    var player = Player(try Lesson(parsing: free, path: "01-l.md").run(with: Fixture.engine))
    let at = try #require(player.stops.firstIndex(of: .prediction(0)))
    player.go(to: at)
    for key in "0.9 q" { player.handle(.character(key)) }
    player.handle(.backspace)
    for key in "1.9" { player.handle(.character(key)) }
    #expect(player.screen.text.contains("> 0.9 1.9▏"))
    player.handle(.enter)
    #expect(player.screen.text.contains("Not so."))
    var again = Player(try Lesson(parsing: free, path: "01-l.md").run(with: Fixture.engine))
    again.go(to: at)
    for key in "[.9, 1.90]" { again.handle(.character(key)) }
    again.handle(.enter)
    #expect(again.screen.text.contains("Right."))
  }

  @Test func `No sequence of keys and sizes can trap`() throws {
    var player = try Self.player()
    var state: UInt64 = 7
    func next(_ n: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % n
    }
    let keys: [Key] =
      [.left, .right, .up, .down, .home, .end, .pageUp, .pageDown, .enter, .escape, .backspace, .unknown]
      + "npbBuUgf?ajk19 <>字".map(Key.character)
    for _ in 0..<3000 {
      if next(20) == 0 { player.resize(width: next(200), height: next(80)) }
      player.handle(keys[next(keys.count)])
      let screen = player.screen
      #expect(screen.rows.count == player.height)
    }
  }

  @Test func `No number of the founding program is cut, narrow or wide`() throws {
    var player = try Self.player()
    for size in [(80, 24), (120, 40)] {
      player.resize(width: size.0, height: size.1)
      player.go(toLine: 19)
      let row = player.screen.text.split(separator: "\n").first { $0.contains(" x  ") } ?? ""
      for text in ["[0.9000, 1.9000]", "[100., 100.]", "leaf", " 1"] { #expect(row.contains(text)) }
    }
  }

  @Test func `A wide terminal shows the figure as text where all of it fits`() throws {
    var player = try Self.player()
    player.resize(width: 120, height: 40)
    player.go(toLine: 12)
    player.picture = ["x ──▶ y", "loss"]
    #expect(player.screen.text.contains("\n x ──▶ y\n loss\n"))
    player.picture = [String(repeating: "x", count: 120)]
    #expect(!player.screen.text.contains("Figure"))
    player.picture = [String](repeating: "x", count: 40)
    #expect(!player.screen.text.contains("Figure"))
    #expect(player.screen.rows.allSatisfy { columns(of: $0.text) == 120 })
  }

  @Test func `Many steps, many tensors, long values and wide names still fit`() {
    let r = Recorder()
    let f = Fixture.Writer(recorder: r)
    let source = String(
      repeating: "w = torch.zeros(64, 64)  # 長い行 " + String(repeating: "x", count: 200) + "\n", count: 120)
    for k in 0..<600 {
      f.line(Int32(k % 120 + 1))
      let values = [Float](repeating: Float(k) + 0.125, count: 64)
      let id = f.tensor([8, 8], values, leaf: true, Origin(operation: "zeros"))
      f.bind(k % 7 == 0 ? "重み\(k)" : "w\(k % 90)", .tensor(id))
      if k % 50 == 0 { f.printed(String(repeating: "出力", count: 300) + "\nline\n") }
    }
    var player = Player(LessonRun(playing: Recording(program: "p.py", source: source, events: r.events)))
    #expect(player.steps.count == 612)
    for size in [(80, 24), (121, 41)] {
      player.resize(width: size.0, height: size.1)
      for at in stride(from: 0, to: player.stops.count, by: 61) {
        player.go(to: at)
        let screen = player.screen
        #expect(screen.rows.allSatisfy { columns(of: $0.text) == size.0 })
        #expect(screen.text.contains("▶ "))
      }
      player.handle(.end)
      #expect(player.screen.text.contains(" more\n") || player.screen.text.contains(" more "))
    }
  }

  @Test func `A program in which nothing happens can still be read`() throws {
    let empty = Recording(program: "p", source: "", events: [])
    let lesson = try Lesson(parsing: FormatTests.head + "Prose.\n\n" + FormatTests.cell, path: "l.md")
    var player = Player(try lesson.run(with: Fixture.engine(answering: empty)))
    #expect(player.screen.text.contains("Prose."))
    for key in [Key.right, .left, .character("b"), .character("f"), .end] { player.handle(key) }
    #expect(player.screen.rows.count == 24)
    let bare = try Lesson(parsing: FormatTests.head + FormatTests.cell, path: "l.md")
    let nothing = Player(try bare.run(with: Fixture.engine(answering: empty)))
    #expect(nothing.screen.text.contains("This lesson is empty."))
  }

  @Test func `A recording is played like a lesson without prose`() throws {
    var player = Player(LessonRun(playing: Fixture.recording))
    #expect(player.stops == player.steps.indices.map(Player.Stop.step))
    player.go(toLine: 18)
    #expect(player.screen.text.hasPrefix(" 01-the-grad-slot"))
    #expect(player.screen.text.contains("▶ 18  optim.step()"))
  }

  @Test func `Without a terminal the whole lesson is printed`() throws {
    var text = ""
    PlainPlayer.print(try Fixture.lesson1().run(with: Fixture.engine)) { text += $0 }
    for part in [
      "1  What connects backward() and step()?\nbeginner, 10 minutes\n", "  12  loss.backward()\n",
      "  ◆ 8, line 12: AccumulateGrad writes the gradient that reached x into x.grad.\n",
      "  » tensor([0.9000, 1.9000], requires_grad=True)\n", "Predict\n", "  Answer: [0.9000, 1.9000]. step()",
      "  Figure 5 (ledger).",
    ] {
      #expect(text.contains(part))
    }
    #expect(textLines(text).allSatisfy { columns(of: $0) <= 80 })
  }
}

extension String {
  /// Without a part.
  fileprivate func replacingCharacters(in range: Range<String.Index>) -> String {
    String(self[..<range.lowerBound]) + self[range.upperBound...]
  }
}
