/// The machine: one loop over instructions, with calls of the program's own functions kept off the native
/// stack, so that recursion is a limit and not a crash.
extension Interpreter {
  /// Runs a frame to its end and gives what it returns.
  func execute(_ frame: Frame) throws -> Value {
    guard nesting < Limits.deepest else {
      throw Raise.named("RecursionError", "maximum recursion depth exceeded")
    }
    nesting += 1
    defer { nesting -= 1 }
    let base = frames.count
    try enter(frame)
    while true {
      do {
        if let raised = frame.pending {
          frame.pending = nil
          throw Raise(raised)
        }
        return try loop(base)
      } catch {
        // Down through the frames of this run until one handles it.
        guard let exception = try asException(error, base) else {
          stopSpan = stopSpan ?? currentSpan
          frames.cut(to: base)
          throw error
        }
        var isHandled = false
        while frames.count > base, let top = frames.last {
          note(exception, top)
          if let handler = handler(in: top) {
            top.cut(to: handler.stackDepth)
            top.push(.object(exception))
            top.pc = handler.target
            isHandled = true
            break
          }
          leave()
        }
        if !isHandled { throw Raise(exception) }
      }
    }
  }

  func enter(_ frame: Frame) throws {
    guard frames.count < recursionLimit else {
      throw Raise.named("RecursionError", "maximum recursion depth exceeded")
    }
    frames.push(frame)
  }

  @inline(__always)
  private func leave() {
    if isObserved { leaveObserved() } else { frames.drop() }
  }

  private func leaveObserved() {
    guard let frame = frames.last else { return }
    frames.drop()
    // The names of a program, or of a module that it imports, outlive the frame; the library's are in no recording.
    let code = frame.code
    if code.library == nil, !code.isClassBody, !frames.isEmpty, code.name != "<module>" {
      observer?.unbound(nil, scope: scopeName(frame), self)
    }
  }

  func scopeName(_ frame: Frame) -> String { frame.code.name == "<module>" ? "" : frame.code.qualifiedName }

  private func handler(in frame: Frame) -> HandlerEntry? {
    let at = frame.pc - 1
    return frame.code.handlers.first { $0.start <= at && at < $0.end }
  }

  /// The exception a Swift error stands for; `nil` for those no program may catch.
  private func asException(_ error: any Error, _ base: Int) throws -> InstanceObject? {
    switch error {
    case let raise as Raise: return raise.exception
    case let host as any PythonError:
      if let own = host.pythonClass { return Exceptions.make(own, host.pythonMessage) }
      return Exceptions.make(host.pythonType, host.pythonMessage)
    default: return nil
    }
  }

  /// Adds the frame to the exception's traceback, and the exception under way as its context.
  private func note(_ exception: InstanceObject, _ frame: Frame) {
    let state = exception.exception
    let place = raisedPlace
    raisedPlace = nil
    if state?.isReraised == true {
      // Its place in this frame is known already.
      state?.isReraised = false
      return
    }
    let at = max(0, frame.pc - 1)
    if frame.code.library == nil {
      state?.traceback.append(
        TracebackEntry(
          function: frame.code.name, span: place ?? frame.currentSpan, anchors: frame.code.anchors[at],
          file: frame.code.file))
    }
    guard state?.context == nil else { return }
    // What is being handled here, or in a caller.
    guard let handled = frame.handled.last ?? frames.reversed().lazy.compactMap(\.handled.last).first,
      handled !== exception
    else { return }
    // No circle: an exception does not become the context of one that led to it.
    var link: InstanceObject? = handled
    for _ in 0..<100 {
      guard let one = link else { break }
      if one === exception { return }
      link = one.exception?.context
    }
    state?.context = handled
  }

  /// The loop. Returns when the frame at `base` returns.
  private func loop(_ base: Int) throws -> Value {
    guard let first = frames.last else { return .none }
    // The stack of frames holds it: not counted at each call.
    unowned(unsafe) var frame = first
    var state = frame.state
    let globalsObserved = isObserved
    while true {
      let instruction = state.pointee.program[state.pointee.pc]
      state.pointee.pc &+= 1
      let a = Int(instruction.a)
      let b = Int(instruction.b)
      switch instruction.op {
      case .statement:
        steps &+= 1
        if steps & 255 == 0 || steps > limits.steps { try checkLimits() }
        if finalizers.isWaiting { try runFinalizers() }
        if globalsObserved {
          observer?.statement(
            frame.code.spans[state.pointee.pc &- 1], depth: frames.count - 1,
            function: frames.count > 1 ? frame.code.name : "")
        }
      case .constant: state.push(state.pointee.constants[a])
      case .none: state.push(.none)
      case .loadLocal:
        let value = state.pointee.slots[a]
        if case .unassigned = value { throw unboundLocal(frame.code.localNames[a]) }
        state.push(value)
      case .loadLocals:
        let value = state.pointee.slots[a]
        if case .unassigned = value { throw unboundLocal(frame.code.localNames[a]) }
        state.push(value)
        state.pointee.pc &+= 1
        let second = state.pointee.slots[b]
        if case .unassigned = second { throw unboundLocal(frame.code.localNames[b]) }
        state.push(second)
      case .loadLocalConstant:
        let value = state.pointee.slots[a]
        if case .unassigned = value { throw unboundLocal(frame.code.localNames[a]) }
        state.push(value)
        state.pointee.pc &+= 1
        state.push(state.pointee.constants[b])
      case .loadGlobalConstant:
        let value = globals[a]
        if case .unassigned = value {
          state.push(try builtin(globalNames.names[a]))
        } else {
          state.push(value)
        }
        state.pointee.pc &+= 1
        state.push(state.pointee.constants[b])
      case .compareJump:
        let right = state.pop()
        let left = state.pop()
        let test = try compare(a, left, right)
        state.pointee.pc &+= 1
        if case .bool(let flag) = test {
          if !flag { state.pointee.pc = b }
        } else if try !isTrue(test) {
          state.pointee.pc = b
        }
      case .storeLocal:
        let value = state.pop()
        state.pointee.slots[a] = value
        if globalsObserved, !frame.code.localNames[a].hasPrefix(".") {
          observer?.bound(frame.code.localNames[a], value, scope: scopeName(frame), self)
        }
      case .deleteLocal:
        if case .unassigned = state.pointee.slots[a] { throw unboundLocal(frame.code.localNames[a]) }
        state.pointee.slots[a] = .unassigned
        observer?.unbound(frame.code.localNames[a], scope: scopeName(frame), self)
      case .loadCell:
        let value = frame.cells[a].value
        if case .unassigned = value { throw unboundCell(frame, a) }
        state.push(value)
      case .loadClass:
        guard let c = frame.definingClass else {
          throw Raise.named(
            "NameError",
            "cannot access free variable '__class__' where it is not associated with a value in enclosing scope"
          )
        }
        state.push(.object(c))
      case .storeCell:
        let value = state.pop()
        frame.cells[a].value = value
        if globalsObserved { observer?.bound(frame.code.cellNames[a], value, scope: scopeName(frame), self) }
      case .deleteCell: frame.cells[a].value = .unassigned
      case .loadGlobal:
        let value = globals[a]
        if case .unassigned = value {
          state.push(try builtin(globalNames.names[a]))
        } else {
          state.push(value)
        }
      case .storeGlobal:
        let value = state.pop()
        globals[a] = value
        if globalsObserved { observer?.bound(globalNames.names[a], value, scope: "", self) }
      case .deleteGlobal:
        if case .unassigned = globals[a] { throw nameError(globalNames.names[a]) }
        globals[a] = .unassigned
        observer?.unbound(globalNames.names[a], scope: "", self)
      case .loadName:
        if let value = frame.classNames[frame.code.names[a]] {
          state.push(value)
        } else if case .unassigned = globals[b] {
          state.push(try builtin(globalNames.names[b]))
        } else {
          state.push(globals[b])
        }
      case .storeName:
        let name = frame.code.names[a]
        if frame.classNames.updateValue(state.pop(), forKey: name) == nil { frame.classOrder.append(name) }
      case .deleteName:
        guard frame.classNames.removeValue(forKey: frame.code.names[a]) != nil else {
          throw nameError(frame.code.names[a])
        }
        frame.classOrder.removeAll { $0 == frame.code.names[a] }
      case .loadAttribute:
        if case .object(let object) = state.pointee.slots[state.pointee.top &- 1], let key = object.shapeKey {
          let cache = state.pointee.caches + b
          if cache.pointee.key == key.pointee {
            let at = cache.pointee.place
            if at == -2, let get = (cache.pointee.found.object as? PropertyObject)?.native {
              state.pointee.slots[state.pointee.top &- 1] = try get(.object(object), self)
              continue
            }
            state.pointee.slots[state.pointee.top &- 1] =
              at < 0 ? cache.pointee.found : unsafeDowncast(object, to: InstanceObject.self).values[at]
            continue
          }
        }
        let base = state.pop()
        state.push(try getAttribute(base, frame.code.names[a], &state.pointee.caches[b]))
      case .storeAttribute:
        if case .object(let object) = state.pointee.slots[state.pointee.top &- 1], let key = object.shapeKey {
          let cache = state.pointee.caches + b
          if cache.pointee.key == key.pointee {
            if cache.pointee.place == -2 {
              _ = state.pop()
              let value = state.pop()
              if try !object.setAttribute(frame.code.names[a], value, self) {
                try setAttribute(.object(object), frame.code.names[a], value)
              }
              continue
            }
            let instance = unsafeDowncast(object, to: InstanceObject.self)
            _ = state.pop()
            if let next = cache.pointee.next {
              instance.values.append(state.pop())
              instance.take(next)
            } else {
              instance.values[cache.pointee.place] = state.pop()
            }
            continue
          }
        }
        let target = state.pop()
        let value = state.pop()
        try setAttribute(target, frame.code.names[a], value, &state.pointee.caches[b])
      case .deleteAttribute: try deleteAttribute(state.pop(), frame.code.names[a])
      case .getItem:
        let key = state.pop()
        let base = state.pop()
        state.push(try getItem(base, key))
      case .setItem:
        let key = state.pop()
        let base = state.pop()
        try setItem(base, key, state.pop())
      case .deleteItem:
        let key = state.pop()
        try deleteItem(state.pop(), key)
      case .binary:
        let right = state.pop()
        let left = state.pop()
        state.push(try binary(a, left, right))
      case .inPlace:
        let right = state.pop()
        let left = state.pop()
        state.push(try inPlace(a, left, right))
      case .unary: state.push(try unary(a, state.pop()))
      case .not: state.push(.bool(try !isTrue(state.pop())))
      case .compare:
        let right = state.pop()
        let left = state.pop()
        state.push(try compare(a, left, right))
      case .identity:
        let right = state.pop()
        state.push(.bool(state.pop().isIdentical(to: right) == (a == 0)))
      case .contains:
        let container = state.pop()
        state.push(.bool(try contains(container, state.pop()) == (a == 0)))
      case .jump:
        if a < state.pointee.pc {
          steps &+= 1
          if steps & 255 == 0 || steps > limits.steps { try checkLimits() }
        }
        state.pointee.pc = a
      case .jumpIfFalse:
        let test = state.pop()
        if case .bool(let flag) = test {
          if !flag { state.pointee.pc = a }
        } else if try !isTrue(test) {
          state.pointee.pc = a
        }
      case .jumpIfTrue: if try isTrue(state.pop()) { state.pointee.pc = a }
      case .jumpIfFalseOrPop: if try !isTrue(state.peek(1)) { state.pointee.pc = a } else { _ = state.pop() }
      case .jumpIfTrueOrPop: if try isTrue(state.peek(1)) { state.pointee.pc = a } else { _ = state.pop() }
      case .pop: _ = state.pop()
      case .dup: state.push(state.peek(1))
      case .dup2:
        let (x, y) = (state.peek(2), state.peek(1))
        state.push(x)
        state.push(y)
      case .rot2:
        swap(&state.pointee.slots[state.pointee.top - 1], &state.pointee.slots[state.pointee.top - 2])
      case .rot3:
        let top = state.pop()
        let second = state.pop()
        let third = state.pop()
        state.push(top)
        state.push(third)
        state.push(second)
      case .buildList: state.push(.list(frame.take(a)))
      case .buildTuple: state.push(.tuple(frame.take(a)))
      case .buildSet:
        let set = SetObject()
        let items = frame.take(a)
        for item in items { try set.add(item, self) }
        if b == 1 { set.table = SetTable(constants: items) }
        state.push(.object(set))
      case .buildDict: state.push(.object(DictObject()))
      case .buildSlice:
        let step = state.pop()
        let stop = state.pop()
        state.push(.object(SliceObject(state.pop(), stop, step)))
      case .buildString:
        var text = ""
        for k in stride(from: a, to: 0, by: -1) {
          text += (state.peek(k).object as? StringObject)?.value ?? ""
        }
        for _ in 0..<a { _ = state.pop() }
        state.push(.string(text))
      case .formatValue:
        // Whole numbers and texts as they are, the commonest.
        if a == 0, b == 0 {
          switch state.peek(1) {
          case .int(let k):
            state.pointee.slots[state.pointee.top &- 1] = .string(String(k))
            continue
          case .object(let text as StringObject) where text.extra == nil && !text.answersDunders: continue
          default: break
          }
        }
        let spec = b == 1 ? (state.pop().object as? StringObject)?.value ?? "" : ""
        let value = state.pop()
        let shown: Value =
          a == 0
          ? value
          : .string(a == 2 ? try str(value) : a == 3 ? Numbers.ascii(try repr(value)) : try repr(value))
        state.push(.string(try format(shown, spec)))
      case .listAppend:
        let value = state.pop()
        guard let list = state.peek(a).object as? ListObject else { break }
        if list.items.count >= limits.elements { throw Raise.named("MemoryError", "") }
        list.items.append(value)
      case .setAdd:
        let value = state.pop()
        try (state.peek(a).object as? SetObject)?.add(value, self)
      case .dictSet:
        let value = state.pop()
        let key = state.pop()
        try (state.peek(a).object as? DictObject)?.set(key, value, self)
      case .listExtend:
        let source = state.pop()
        try spread(source, into: state.peek(1).object as? ListObject, callee: b == 1 ? state.peek(2) : nil)
      case .setUpdate:
        for item in try array(state.pop()) {
          try (state.peek(1).object as? SetObject)?.add(item, self)
        }
      case .dictMerge:
        let source = state.pop()
        try merge(source, into: state.peek(1).object as? DictObject, callee: b == 1 ? state.peek(3) : nil)
      case .listToTuple:
        let list = state.pop()
        state.push(.tuple((list.object as? ListObject)?.items ?? []))
      case .call, .callKeywords:
        if instruction.op == .call,
          case .object(let object) = state.pointee.slots[state.pointee.top &- a &- 1],
          let next = try begin(object, a, receivers: 0, state)
        {
          frame = next
          state = next.state
          continue
        }
        var values = frame.take(a)
        var keywords: [(name: String, value: Value)] = []
        if instruction.op == .callKeywords {
          let names = frame.code.keywordNames[b]
          let first = values.count - names.count
          for (k, name) in names.enumerated() { keywords.append((name, values[first + k])) }
          values.removeLast(names.count)
        }
        let function = state.pop()
        if try start(function, Arguments(values, keywords: keywords), frame, &frame) {
          state = frame.state
          continue
        }
      case .callSpread:
        let named = state.pop().object as? DictObject
        let values = (state.pop().object as? ListObject)?.items ?? []
        var keywords: [(name: String, value: Value)] = []
        for entry in named?.entries ?? [] {
          guard let entry else { continue }
          guard let name = entry.key.object as? StringObject else {
            throw Raise.type("keywords must be strings")
          }
          keywords.append((name.value, entry.value))
        }
        if try start(state.pop(), Arguments(values, keywords: keywords), frame, &frame) {
          state = frame.state
          continue
        }
      case .loadMethod:
        if case .object(let object) = state.pointee.slots[state.pointee.top &- 1], let key = object.shapeKey {
          let cache = state.pointee.caches + b
          if cache.pointee.key == key.pointee {
            if cache.pointee.place == -3 {
              state.pointee.slots[state.pointee.top &- 1] = cache.pointee.found
              state.push(.unassigned)
              continue
            }
            state.push(cache.pointee.found)
            swap(&state.pointee.slots[state.pointee.top &- 1], &state.pointee.slots[state.pointee.top &- 2])
            continue
          }
        }
        let receiver = state.pop()
        let (function, takesReceiver) = try method(receiver, frame.code.names[a], &state.pointee.caches[b])
        state.push(function)
        state.push(takesReceiver ? receiver : .unassigned)
      case .callMethod:
        if case .object(let object) = state.pointee.slots[state.pointee.top &- a &- 2] {
          let receivers: Int
          if case .unassigned = state.pointee.slots[state.pointee.top &- a &- 1] {
            receivers = 0
          } else {
            receivers = 1
          }
          if let next = try begin(object, a, receivers: receivers, isMethod: true, state) {
            frame = next
            state = next.state
            continue
          }
          if receivers == 1, let native = object as? NativeFunction, let body = native.methodBody {
            let arguments = Arguments(frame.take(a))
            let receiver = state.pop()
            _ = state.pop()
            state.push(try body(receiver, arguments, self))
            continue
          }
        }
        var values = frame.take(a)
        let receiver = state.pop()
        if case .unassigned = receiver {} else { values.insert(receiver, at: 0) }
        if try start(state.pop(), Arguments(values), frame, &frame) {
          state = frame.state
          continue
        }
      case .makeFunction:
        let made = frame.code.codes[a]
        let defaults = frame.take(b)
        let split = made.signature.defaultCount
        var keywordDefaults: [String: Value] = [:]
        for (k, name) in made.signature.keywordDefaults.enumerated() {
          keywordDefaults[name] = defaults[split + k]
        }
        let function = FunctionObject(
          code: made, cells: made.freeSources.map { frame.cells[$0] },
          defaults: Array(defaults.prefix(split)),
          keywordDefaults: keywordDefaults)
        function.classHandle = frame.classHandle
        state.push(.object(function))
      case .buildClass:
        let body = state.pop()
        let keywords = a & 1 == 1 ? state.pop().object as? DictObject : nil
        let bases = frame.take(a >> 1)
        guard let body = body.object as? FunctionObject else { break }
        let named = try (keywords?.entries ?? []).compactMap { entry in
          try entry.map { (name: try str($0.key), value: $0.value) }
        }
        state.push(try buildClass(frame.code.names[b], body, bases, keywords: named))
      case .returnValue:
        var value = state.pop()
        if let made = frame.constructed {
          guard case .none = value else {
            throw Raise.type("__init__() should return None, not '\(typeName(value))'")
          }
          value = .object(made)
        }
        leave()
        guard frames.count > base, let caller = frames.last else { return value }
        frame = caller
        state = caller.state
        state.push(value)
      case .yieldValue:
        let value = state.pop()
        frames.drop()
        throw Yielded(value: value)
      case .yieldFrom:
        // Stack: the iterator. Each value goes out; the frame comes back to this instruction.
        guard let iterator = state.peek(1).object as? IteratorObject else { break }
        let sent = frame.sent
        frame.sent = nil
        let inner = iterator as? GeneratorObject
        let next =
          try sent.flatMap { value in try inner.map { try resume($0, sending: value) } }
          ?? iterator.next(self)
        if let value = next {
          state.pointee.pc &-= 1
          frames.drop()
          throw Yielded(value: value, keepsTop: true)
        }
        _ = state.pop()
        state.push((iterator as? GeneratorObject)?.result ?? .none)
      case .iterate: state.push(.object(try iterate(state.pop())))
      case .forNext:
        guard let iterator = state.peek(1).object as? IteratorObject else { break }
        if let value = try iterator.next(self) {
          state.push(value)
        } else {
          _ = state.pop()
          state.pointee.pc = a
        }
      case .unpack: try unpack(a, frame)
      case .unpackStarred: try unpackStarred(a, b, frame)
      case .raise:
        let cause = a == 2 ? state.pop() : nil
        let value = a >= 1 ? state.pop() : nil
        throw try raise(value, cause, frame)
      case .reraise:
        guard let exception = state.pop().object as? InstanceObject else { break }
        exception.exception?.isReraised = true
        throw Raise(exception)
      case .assertFailed:
        throw Raise(Exceptions.make(Exceptions.type("AssertionError"), a == 1 ? [state.pop()] : []))
      case .matchException:
        let type = state.pop()
        guard let exception = state.peek(1).object as? InstanceObject else { break }
        state.push(.bool(try matches(exception, type)))
      case .enterHandler:
        if let exception = state.peek(1).object as? InstanceObject {
          frame.handled.append(exception)
          observer?.raised(exception, isUncaught: false, self)
        }
      case .enterGroup:
        guard let exception = state.pop().object as? InstanceObject else { break }
        state.push(.object(GroupHandling(exception)))
      case .matchGroup:
        let type = state.pop()
        guard let group = state.peek(1).object as? GroupHandling else { break }
        state.push(.bool(try group.matches(type, self)))
      case .loadGroup:
        guard let match = (state.peek(1).object as? GroupHandling)?.current else { break }
        frame.handled.append(match)
        state.push(.object(match))
      case .takeGroup:
        guard let exception = state.pop().object as? InstanceObject else { break }
        (state.peek(1).object as? GroupHandling)?.take(exception)
      case .leaveGroup:
        let group = state.pop().object as? GroupHandling
        if !frame.handled.isEmpty { frame.handled.removeLast() }
        if let rest = try group?.outcome(self) {
          rest.exception?.isReraised = true
          throw Raise(rest)
        }
      case .leaveHandler: if !frame.handled.isEmpty { frame.handled.removeLast() }
      case .enterWith:
        let manager = state.pop()
        let entered = try enterContext(manager)
        state.push(manager)
        state.push(entered)
      case .exitWith: _ = try exitContext(state.pop(), nil)
      case .exitWithException:
        guard let exception = state.pop().object as? InstanceObject else { break }
        let manager = state.pop()
        let isSwallowed: Bool
        do { isSwallowed = try exitContext(manager, exception) } catch let raise as Raise {
          if raise.exception !== exception, let state = raise.exception.exception, state.context == nil {
            state.context = exception
          }
          throw raise
        }
        if !isSwallowed {
          exception.exception?.isReraised = true
          throw Raise(exception)
        }
      case .annotate:
        let hint = state.pop()
        let key = "__annotations__"
        if frame.classNames[key] == nil {
          frame.classNames[key] = .object(DictObject())
          frame.classOrder.append(key)
        }
        let name = frame.code.names[a]
        (frame.classNames[key]?.object as? DictObject)?.set(.string(name), .string(name), hint)
      case .setHints:
        let hints = state.pop()
        (state.peek(1).object as? FunctionObject)?.attributes["__annotations__"] = hints
      case .hint:
        let part = b == 0 ? Value.none : state.pop()
        let base = state.pop()
        state.push(hintPart(b, base, part, frame.code.names, a))
      case .matchPattern:
        let leaves = (state.pop().object as? TupleObject)?.items ?? []
        if let captured = try match(frame.code.patterns[a], state.peek(1), leaves) {
          state.push(.tuple(captured))
          state.push(.bool(true))
        } else {
          state.push(.none)
          state.push(.bool(false))
        }
      case .importModule: state.push(try importModule(frame.code.names[a], leaf: b == 1))
      case .importFrom: state.push(try importMember(state.peek(1), frame.code.names[a]))
      case .importStar: try importAll(state.pop())
      }
    }
  }

  /// Enters a function of the program whose arguments lie on the stack in the order of its parameters:
  /// the common call, without a list of arguments. `nil`, and nothing done, where it is another kind.
  @inline(__always)
  private func begin(
    _ object: Object, _ count: Int, receivers: Int, isMethod: Bool = false,
    _ from: UnsafeMutablePointer<FrameState>
  ) throws -> Frame? {
    var instance: InstanceObject?
    let function: FunctionObject
    if let own = object as? FunctionObject {
      function = own
    } else if let c = object as? ClassObject, receivers == 0, let initializer = c.plainInitializer {
      function = initializer
      instance = InstanceObject(c)
    } else {
      return nil
    }
    let code = function.code
    _ = code.seal()
    let given = count &+ receivers &+ (instance == nil ? 0 : 1)
    let most = code.plainParameters
    guard given <= most, given &+ function.defaultCount >= most, frames.count < recursionLimit else {
      return nil
    }
    let next = frames.next(for: function, code)
    let to = next.state
    next.function = function
    if let instance {
      next.constructed = instance
      from.move(count, to: to, from: 1)
      to.pointee.slots[0] = .object(instance)
    } else {
      from.move(count &+ receivers, to: to, from: 0)
    }
    // The function, and the empty place of the receiver.
    if isMethod, receivers == 0 { _ = from.pop() }
    _ = from.pop()
    if given < most {
      let first = function.defaultCount &- (most &- given)
      for k in 0..<(most &- given) { to.pointee.slots[given &+ k] = function.defaults[first &+ k] }
    }
    if code.hasParameterCells {
      for pair in code.parameterCells { next.cells[pair.cell].value = to.pointee.slots[pair.local] }
    }
    frames.enterNext()
    if isObserved { observeParameters(next) }
    return next
  }

  /// Starts a call. True where a frame of the program was entered; otherwise the result is pushed.
  @inline(__always)
  private func start(
    _ function: Value, _ arguments: Arguments, _ caller: Frame, _ current: inout Frame
  ) throws -> Bool {
    var function = function
    var arguments = arguments
    if let bound = function.object as? BoundMethod {
      function = bound.function
      arguments = arguments.prepending(bound.receiver)
    }
    if let own = function.object as? FunctionObject, !own.code.isGenerator {
      let frame = try self.frame(for: own, arguments)
      try enter(frame)
      observeParameters(frame)
      current = frame
      return true
    }
    caller.push(try call(function, arguments))
    return false
  }

  func observeParameters(_ frame: Frame) {
    guard isObserved, frame.code.library == nil else { return }
    for (k, name) in frame.code.signature.names.enumerated() where !name.hasPrefix(".") {
      observer?.bound(name, frame.slots[k], scope: scopeName(frame), self)
    }
  }

  private func checkLimits() throws {
    if steps > limits.steps { throw LimitReached.steps(limits.steps) }
    if interrupt.isSet || steps & 4095 == 0 { try checkClock() }
  }
}
