/// Runs a pattern on a text, with backtracking on a stack of its own: no text and no pattern overflows the machine's.
struct RegexMatcher {
  private let program: RegexProgram
  private let text: [Unicode.Scalar]
  private let end: Int
  /// Where groups begin and end, the last group closed, counters of loops; -1 for what is not set.
  private(set) var slots: [Int]
  /// What was written over, to be put back.
  private var trail: [(slot: Int, old: Int)] = []
  private var choices: [Choice] = []
  private let interpreter: Interpreter

  /// A place to go on from where all since has failed.
  private struct Choice {
    var pc: Int
    var at: Int
    var trail: Int
    /// A run of single characters may give some back, down to here; or, lazily, take more up to here.
    var bound: Int
    var isLazy = false
  }

  init(_ program: RegexProgram, _ text: [Unicode.Scalar], end: Int, _ interpreter: Interpreter) {
    self.program = program
    self.text = text
    self.end = end
    self.interpreter = interpreter
    slots = [Int](repeating: -1, count: program.slotCount)
  }

  enum Mode { case search, match, full }

  /// The first match from a place on; its slots, or `nil`.
  ///
  /// - Parameter advancing: an empty match at the first place does not count.
  mutating func find(from start: Int, _ mode: Mode, advancing: Bool = false) throws -> [Int]? {
    var from = start
    while from <= end {
      for k in slots.indices { slots[k] = -1 }
      trail.removeAll(keepingCapacity: true)
      choices.removeAll(keepingCapacity: true)
      let refused = advancing && from == start ? from : nil
      if let stop = try run(0, from, 0, refusing: refused, isFull: mode == .full) {
        slots[0] = from
        slots[1] = stop
        return Array(slots[0...program.lastSlot])
      }
      guard mode == .search else { return nil }
      from += 1
      if case .scalar(let c, let flags)? = program.code.first, !flags.contains(.ignoresCase) {
        while from < end, text[from] != c { from += 1 }
      }
      try interpreter.countStep()
    }
    return nil
  }

  private mutating func set(_ slot: Int, _ value: Int) {
    trail.append((slot, slots[slot]))
    slots[slot] = value
  }

  private mutating func undo(to height: Int) {
    while trail.count > height, let (slot, old) = trail.popLast() { slots[slot] = old }
  }

  private mutating func choose(_ pc: Int, _ at: Int, bound: Int = -1, isLazy: Bool = false) throws {
    guard choices.count < interpreter.limits.elements / 4 else { throw Raise.named("MemoryError", "") }
    choices.append(Choice(pc: pc, at: at, trail: trail.count, bound: bound, isLazy: isLazy))
  }

  /// From an instruction on to `accept`; where the text then stands, or `nil`, with all as it was.
  private mutating func run(
    _ first: Int, _ start: Int, _ depth: Int, refusing: Int? = nil, isFull: Bool = false
  ) throws -> Int? {
    let base = choices.count
    let height = trail.count
    var (pc, at) = (first, start)
    while true {
      try interpreter.countStep()
      var isGood = true
      switch program.code[pc] {
      case .scalar, .set, .any:
        isGood = at < end && isMatch(program.code[pc], text[at])
        at += 1
        pc += 1
      case .split(let a, let b):
        try choose(b, at)
        pc = a
      case .jump(let to): pc = to
      case .save(let slot):
        set(slot, at)
        if slot % 2 == 1 { set(program.lastSlot, slot / 2) }
        pc += 1
      case .backreference(let number, let flags):
        let (a, b) = (slots[2 * number], slots[2 * number + 1])
        isGood = a >= 0 && b >= a && at + (b - a) <= end
        if isGood {
          isGood = (0..<(b - a)).allSatisfy { same(text[a + $0], text[at + $0], flags) }
          at += b - a
        }
        pc += 1
      case .run(let least, let most, let isLazy):
        let test = program.code[pc + 1]
        let limit = most < end - at ? at + most : end
        var stop = at
        let wanted = isLazy ? min(limit, least <= end - at ? at + least : end) : limit
        while stop < wanted, isMatch(test, text[stop]) { stop += 1 }
        isGood = stop - at >= least
        if isGood {
          if isLazy {
            if stop < limit { try choose(pc, stop, bound: limit, isLazy: true) }
          } else if stop > at + least {
            try choose(pc + 2, stop, bound: at + least)
          }
        }
        at = stop
        pc += 2
      case .begin(let counter):
        set(counter, 0)
        set(counter + 1, -1)
        pc += 1
      case .turn(let counter, let least, let most, let isLazy, let exit):
        let count = slots[counter]
        // A turn that took nothing is the last.
        if count < least {
          set(counter, count + 1)
          set(counter + 1, at)
          pc += 1
        } else if count >= most || slots[counter + 1] == at {
          pc = exit
        } else if isLazy {
          // A later turn is a choice of its own: it counts when it is taken.
          try choose(-pc - 1, at)
          pc = exit
        } else {
          try choose(exit, at)
          set(counter, count + 1)
          set(counter + 1, at)
          pc += 1
        }
      case .look(let behind, let isNegative, let next):
        let from = at - (behind ?? 0)
        var found = false
        if from >= 0 {
          let before = trail.count
          if let stop = try run(pc + 1, from, depth + 1) {
            found = behind == nil || stop == at
            if isNegative || !found { undo(to: before) }
          }
        }
        isGood = found != isNegative
        pc = next
      case .atomic(let next):
        if let stop = try run(pc + 1, at, depth + 1) {
          at = stop
          pc = next
        } else {
          isGood = false
        }
      case .conditional(let group, let no):
        pc = group <= program.groupCount && slots[2 * group + 1] >= 0 ? pc + 1 : no
      case .textStart:
        isGood = at == 0
        pc += 1
      case .textEnd:
        isGood = at == end
        pc += 1
      case .lineStart:
        isGood = at == 0 || text[at - 1] == "\n"
        pc += 1
      case .lineEnd(let flags):
        isGood =
          at == end || text[at] == "\n" && (at == end - 1 || flags.contains(.multiline))
        pc += 1
      case .wordEdge(let flags):
        isGood = isEdge(at, flags)
        pc += 1
      case .noWordEdge(let flags):
        isGood = !isEdge(at, flags)
        pc += 1
      case .accept:
        isGood = (refusing == nil || at != refusing) && (!isFull || at == end)
        if isGood {
          choices.removeSubrange(base...)
          return at
        }
      }
      if isGood { continue }
      guard let next = try giveUp(base) else {
        undo(to: height)
        return nil
      }
      (pc, at) = next
    }
  }

  /// Back to the last choice that can go on.
  private mutating func giveUp(_ base: Int) throws -> (pc: Int, at: Int)? {
    while choices.count > base, var choice = choices.popLast() {
      try interpreter.countStep()
      undo(to: choice.trail)
      if choice.isLazy {
        guard isMatch(program.code[choice.pc + 1], text[choice.at]) else { continue }
        choice.at += 1
        if choice.at < choice.bound { choices.append(choice) }
        return (choice.pc + 2, choice.at)
      }
      if choice.bound >= 0 {
        choice.at -= 1
        if choice.at > choice.bound { choices.append(choice) }
        return (choice.pc, choice.at)
      }
      if choice.pc < 0, case .turn(let counter, _, _, _, _) = program.code[-choice.pc - 1] {
        // A lazy loop takes one more turn.
        set(counter, slots[counter] + 1)
        set(counter + 1, choice.at)
        return (-choice.pc, choice.at)
      }
      return (choice.pc, choice.at)
    }
    return nil
  }

  private func isMatch(_ instruction: RegexProgram.Instruction, _ c: Unicode.Scalar) -> Bool {
    switch instruction {
    case .scalar(let wanted, let flags): same(wanted, c, flags)
    case .set(let set, let flags): set.contains(c, flags)
    case .any(let flags): c != "\n" || flags.contains(.dotMatchesAll)
    default: false
    }
  }

  private func same(_ a: Unicode.Scalar, _ b: Unicode.Scalar, _ flags: RegexFlags) -> Bool {
    a == b || flags.contains(.ignoresCase) && RegexSet.cases(a).contains(b)
  }

  private func isEdge(_ at: Int, _ flags: RegexFlags) -> Bool {
    func isWord(_ k: Int) -> Bool { k >= 0 && k < end && RegexSet.isOf(.word, text[k], flags) }
    return isWord(at - 1) != isWord(at)
  }
}
