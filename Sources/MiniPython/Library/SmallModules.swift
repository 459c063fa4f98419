/// Modules of a few functions each: `heapq`, `bisect`, `string`, `abc`, `copy`.
enum SmallModules {
  static func string(_ m: ModuleObject) {
    let lower = "abcdefghijklmnopqrstuvwxyz"
    let marks = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
    m.set("ascii_lowercase", .string(lower))
    m.set("ascii_uppercase", .string(lower.uppercased()))
    m.set("ascii_letters", .string(lower + lower.uppercased()))
    m.set("digits", .string("0123456789"))
    m.set("hexdigits", .string("0123456789abcdefABCDEF"))
    m.set("octdigits", .string("01234567"))
    m.set("punctuation", .string(marks))
    m.set("whitespace", .string(" \t\n\r\u{B}\u{C}"))
    m.set("printable", .string("0123456789" + lower + lower.uppercased() + marks + " \t\n\r\u{B}\u{C}"))
    m.set("Template", .object(TemplateObject.type))
    // Written in the language: read when first asked for.
    m.missing = { name, i in
      guard name == "Formatter" else { return nil }
      return try i.attribute(i.importModule("_string_formatter", leaf: true), name)
    }
    m.function("capwords") { a, i in
      let words = try StringMethods.text(try a.positionalOnly("capwords", 1...1)[0], i).split(
        whereSeparator: \.isWhitespace)
      return .string(
        words.map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }.joined(separator: " "))
    }
  }

  static func heaps(_ m: ModuleObject) {
    func heap(_ v: Value) throws -> ListObject {
      guard let l = v.object as? ListObject else { throw Raise.type("heap argument must be a list") }
      return l
    }
    func less(_ a: Value, _ b: Value, _ i: Interpreter) throws -> Bool { try i.isTrue(i.compare(2, a, b)) }
    func rise(_ l: ListObject, _ start: Int, _ from: Int, _ i: Interpreter) throws {
      var at = from
      let item = l.items[at]
      while at > start {
        let parent = (at - 1) >> 1
        guard try less(item, l.items[parent], i) else { break }
        l.items[at] = l.items[parent]
        at = parent
      }
      l.items[at] = item
    }
    func sink(_ l: ListObject, _ from: Int, _ i: Interpreter) throws {
      var at = from
      let item = l.items[at]
      var child = 2 * at + 1
      while child < l.items.count {
        if child + 1 < l.items.count, try !less(l.items[child], l.items[child + 1], i) { child += 1 }
        l.items[at] = l.items[child]
        at = child
        child = 2 * at + 1
      }
      l.items[at] = item
      try rise(l, from, at, i)
    }
    func pop(_ l: ListObject, _ i: Interpreter) throws -> Value {
      guard let last = l.items.popLast() else { throw Raise.index("index out of range") }
      guard let first = l.items.first else { return last }
      l.items[0] = last
      try sink(l, 0, i)
      return first
    }
    m.function("heappush") { a, i in
      let p = try a.positionalOnly("heappush", 2...2)
      let l = try heap(p[0])
      l.items.append(p[1])
      try rise(l, 0, l.items.count - 1, i)
      return .none
    }
    m.function("heappop") { a, i in try pop(heap(try a.positionalOnly("heappop", 1...1)[0]), i) }
    m.function("heapify") { a, i in
      let l = try heap(try a.positionalOnly("heapify", 1...1)[0])
      for k in stride(from: l.items.count / 2 - 1, through: 0, by: -1) { try sink(l, k, i) }
      return .none
    }
    m.function("heappushpop") { a, i in
      let p = try a.positionalOnly("heappushpop", 2...2)
      let l = try heap(p[0])
      guard let first = l.items.first, try less(first, p[1], i) else { return p[1] }
      l.items[0] = p[1]
      try sink(l, 0, i)
      return first
    }
    m.function("heapreplace") { a, i in
      let p = try a.positionalOnly("heapreplace", 2...2)
      let l = try heap(p[0])
      guard let first = l.items.first else { throw Raise.index("index out of range") }
      l.items[0] = p[1]
      try sink(l, 0, i)
      return first
    }
    for (name, reverse) in [("nlargest", true), ("nsmallest", false)] {
      m.function(name) { a, i in
        let p = try a.bindWritten(name, "n", "iterable", "key?")
        var keywords: [(name: String, value: Value)] = [("reverse", .bool(reverse))]
        if let key = p[2] { keywords.append(("key", key)) }
        let sorted = try Methods.sort(try i.array(p[1] ?? .none), Arguments([], keywords: keywords), i)
        return .list(Array(sorted.prefix(max(0, try i.index(p[0] ?? .none) ?? 0))))
      }
    }
    m.function("merge") { a, i in
      .object(ClosureIterator(over: try Methods.sort(try a.positional.flatMap(i.array), Arguments(), i)))
    }
  }

  static func bisection(_ m: ModuleObject) {
    for name in ["bisect", "bisect_right", "bisect_left", "insort", "insort_right", "insort_left"] {
      let isLeft = name.hasSuffix("left")
      m.function(name) { a, i in
        let p = try a.bind(name, "a", "x", "lo?", "hi?", "key?")
        let (list, x) = (p[0] ?? .none, p[1] ?? .none)
        var low = try p[2].flatMap(i.index) ?? 0
        guard low >= 0 else { throw Raise.value("lo must be non-negative") }
        var high = try min(p[3].flatMap(i.index) ?? .max, i.length(list))
        func key(_ v: Value) throws -> Value {
          if let f = p[4], f.object != nil { return try i.call(f, Arguments([v])) }
          return v
        }
        let wanted = name.hasPrefix("insort") ? try key(x) : x
        while low < high {
          let middle = (low + high) / 2
          let item = try key(i.getItem(list, .int(middle)))
          if try isLeft ? i.isTrue(i.compare(2, item, wanted)) : !i.isTrue(i.compare(2, wanted, item)) {
            low = middle + 1
          } else {
            high = middle
          }
        }
        guard name.hasPrefix("insort") else { return .int(low) }
        (list.object as? ListObject)?.items.insert(x, at: low)
        return .none
      }
    }
  }

  static func copying(_ m: ModuleObject) {
    let failure = Exceptions.derived("Error", from: "Exception", module: "copy")
    for name in ["Error", "error"] { m.set(name, .object(failure)) }
    m.function("copy") { a, i in try Copying.shallow(try a.bindWritten("copy", "x")[0] ?? .none, i) }
    m.function("deepcopy") { a, i in
      try Copying.deep(try a.bindWritten("deepcopy", "x", "memo?", "_nil?")[0] ?? .none, i)
    }
  }

  nonisolated(unsafe) static let abstractMeta = ClassObject("ABCMeta", bases: [Types.type], module: "abc")

  static func abstractClasses(_ m: ModuleObject) {
    m.set("ABC", .object(ClassObject("ABC", module: "abc")))
    m.set("ABCMeta", .object(abstractMeta))
    m.function("get_cache_token") { _, _ in .int(0) }
    for name in ["abstractmethod", "abstractproperty"] {
      m.function(name) { a, i in
        let v = try a.positionalOnly(name, 1...1)[0]
        v.object?.isAbstractMethod = true
        return name == "abstractproperty" ? .object(PropertyObject(getter: v)) : v
      }
    }
  }
}
