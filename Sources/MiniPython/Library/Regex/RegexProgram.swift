/// A pattern as instructions for ``RegexMatcher``.
struct RegexProgram {
  enum Instruction {
    case scalar(Unicode.Scalar, RegexFlags)
    case set(RegexSet, RegexFlags)
    case any(RegexFlags)
    /// Goes on at the first, and at the second where that fails.
    case split(Int, Int)
    case jump(Int)
    case save(Int)
    case backreference(Int, RegexFlags)
    case textStart, textEnd, lineStart
    case wordEdge(RegexFlags)
    case noWordEdge(RegexFlags)
    case lineEnd(RegexFlags)
    /// So many of the one-character instruction that follows.
    case run(least: Int, most: Int, isLazy: Bool)
    /// Sets a counter to nothing.
    case begin(Int)
    /// Before a further turn of a loop: its counter, the place after it.
    case turn(Int, least: Int, most: Int, isLazy: Bool, exit: Int)
    /// What follows up to `accept` must, or must not, match here.
    case look(behind: Int?, isNegative: Bool, next: Int)
    /// What follows up to `accept` matches in one way only.
    case atomic(next: Int)
    case conditional(group: Int, no: Int)
    case accept
  }

  private(set) var code: [Instruction] = []
  let groupCount: Int
  let names: [(name: String, number: Int)]
  let flags: RegexFlags
  /// Two for each group and the whole, one for the last group closed, two for each counter.
  private(set) var slotCount: Int
  var lastSlot: Int { 2 * groupCount + 2 }

  /// Throws ``RegexProblem``.
  init(_ text: [Unicode.Scalar], _ flags: RegexFlags) throws {
    var parser = RegexParser(text, flags)
    let node = try parser.pattern()
    groupCount = parser.groupCount
    names = parser.names
    self.flags = parser.flags
    slotCount = 2 * groupCount + 3
    emit(node, parser.flags)
    code.append(.accept)
  }

  private mutating func emit(_ node: RegexNode, _ flags: RegexFlags) {
    switch node {
    case .empty: break
    case .scalar(let c): code.append(.scalar(c, flags))
    case .set(let s): code.append(.set(s, flags))
    case .any: code.append(.any(flags))
    case .sequence(let nodes): for n in nodes { emit(n, flags) }
    case .alternatives(let nodes):
      var ends: [Int] = []
      for (k, n) in nodes.enumerated() {
        guard k < nodes.count - 1 else {
          emit(n, flags)
          break
        }
        let at = code.count
        code.append(.accept)
        emit(n, flags)
        ends.append(code.count)
        code.append(.accept)
        code[at] = .split(at + 1, code.count)
      }
      for end in ends { code[end] = .jump(code.count) }
    case .group(let n, let number):
      code.append(.save(2 * number))
      emit(n, flags)
      code.append(.save(2 * number + 1))
    case .backreference(let number): code.append(.backreference(number, flags))
    case .repeated(let n, let least, let most, let isLazy, let isPossessive):
      if isPossessive {
        emit(.atomic(.repeated(n, least: least, most: most, isLazy: false, isPossessive: false)), flags)
      } else {
        emitLoop(n, least, most, isLazy, flags)
      }
    case .look(let n, let behind, let isNegative):
      let at = code.count
      code.append(.accept)
      emit(n, flags)
      code.append(.accept)
      code[at] = .look(behind: behind, isNegative: isNegative, next: code.count)
    case .atomic(let n):
      let at = code.count
      code.append(.accept)
      emit(n, flags)
      code.append(.accept)
      code[at] = .atomic(next: code.count)
    case .conditional(let group, let yes, let no):
      let at = code.count
      code.append(.accept)
      emit(yes, flags)
      let end = code.count
      code.append(.accept)
      code[at] = .conditional(group: group, no: code.count)
      emit(no, flags)
      code[end] = .jump(code.count)
    case .flagged(let n, let inside): emit(n, inside)
    case .textStart: code.append(.textStart)
    case .textEnd: code.append(.textEnd)
    case .lineStart: code.append(.lineStart)
    case .lineEnd: code.append(.lineEnd(flags))
    case .wordEdge: code.append(.wordEdge(flags))
    case .noWordEdge: code.append(.noWordEdge(flags))
    }
  }

  private mutating func emitLoop(
    _ n: RegexNode, _ least: Int, _ most: Int, _ isLazy: Bool, _ flags: RegexFlags
  ) {
    switch n {
    case .scalar, .set, .any:
      code.append(.run(least: least, most: most, isLazy: isLazy))
      emit(n, flags)
    default:
      let counter = slotCount
      slotCount += 2
      code.append(.begin(counter))
      let at = code.count
      code.append(.accept)
      emit(n, flags)
      code.append(.jump(at))
      code[at] = .turn(counter, least: least, most: most, isLazy: isLazy, exit: code.count)
    }
  }
}
