/// Grows programs from the grammar: valid for the most part, about odd values, with every construct in odd places.
struct Grammar {
  var dice: Dice
  private var depth = 0
  private static let names = ["a", "b", "c", "x", "y", "f", "g", "self", "C", "items", "d", "e", "n", "it"]
  private static let attributes = [
    "append", "items", "keys", "x", "y", "__class__", "__dict__", "__name__", "__init__", "__len__", "real",
    "grad",
    "format", "join", "split", "pop", "update", "sort", "index", "count", "send", "throw", "close",
    "__iter__",
    "__next__", "args", "__mro__", "__doc__", "insert", "remove", "extend", "copy", "strip", "replace",
    "encode",
    "setdefault", "get", "popitem", "__add__", "__getitem__", "mro", "__bases__", "zfill", "ljust",
    "to_bytes",
    "__eq__", "__hash__", "__call__", "isdigit", "translate", "partition", "expandtabs", "__repr__",
  ]
  private static let functions = [
    "print", "len", "range", "list", "dict", "set", "tuple", "str", "repr", "int", "float", "bool", "sum",
    "min",
    "max", "sorted", "enumerate", "zip", "map", "filter", "abs", "round", "pow", "divmod", "isinstance",
    "type",
    "getattr", "setattr", "hasattr", "iter", "next", "reversed", "any", "all", "chr", "ord", "hash", "id",
    "format",
    "complex", "bytes", "bytearray", "frozenset", "slice", "super", "vars", "dir", "callable", "object",
    "property",
    "hex", "bin", "oct", "ascii", "issubclass", "delattr", "input", "open", "globals", "staticmethod",
    "ValueError", "KeyError", "Exception", "StopIteration", "eval", "exec",
  ]
  private static let literals = [
    "0", "1", "-1", "2", "3", "10", "255", "2**63", "-2**63", "9223372036854775807", "10**30", "1.5", "-0.0",
    "1e308", "float('nan')", "float('inf')", "1j", "True", "False", "None", "...", "''", "'a'",
    "'hello world'",
    "'é😀'", "'%s %d'", "'{} {x!r:>10}'", "b'ab'", "b''", "[]", "[1, 2, 3]", "[[1], [2]]", "()", "(1, 2)",
    "{}",
    "{'a': 1, 2: 'b'}", "{1, 2}", "range(5)", "range(10, 0, -3)", "slice(1, None, -1)", "NotImplemented",
    "'x' * 50",
    "[0] * 20", "lambda: 1", "lambda *a, **k: a", "(i for i in range(3))", "object()", "type",
    "Exception('x')",
    "0x7f", "1_000", "'\\n'", "f'{1}'", "'0' * 30", "-7", "1e-320", "2**100", "'%'", "'{'", "'{0.real}'",
  ]
  private static let operators = [
    "+", "-", "*", "/", "//", "%", "**", "<<", ">>", "&", "|", "^", "@", "<", ">", "<=", ">=", "==", "!=",
    "is",
    "is not", "in", "not in", "and", "or",
  ]
  private static let modules = [
    "math", "random", "copy", "itertools", "functools", "collections", "time", "typing", "dataclasses",
    "enum",
    "string", "operator", "heapq", "bisect", "statistics", "json", "contextlib", "abc", "warnings", "sys",
    "os",
    "torch", "numpy", "torch.nn", "nothing",
  ]
  private static let modular = [
    "math.sqrt", "math.floor", "math.comb", "math.factorial", "math.gcd", "math.isqrt", "random.seed",
    "random.randint", "random.choice", "random.sample", "random.shuffle", "copy.copy", "copy.deepcopy",
    "itertools.chain", "itertools.product", "itertools.permutations", "itertools.islice", "itertools.count",
    "itertools.groupby", "itertools.accumulate", "itertools.cycle", "itertools.repeat",
    "itertools.zip_longest",
    "functools.reduce", "functools.partial", "functools.lru_cache", "collections.Counter",
    "collections.deque",
    "collections.defaultdict", "collections.OrderedDict", "collections.namedtuple", "statistics.mean",
    "json.dumps",
    "json.loads", "heapq.heappush", "bisect.insort", "operator.itemgetter", "operator.add", "string.capwords",
    "dataclasses.dataclass", "enum.Enum", "sys.setrecursionlimit", "warnings.warn", "numpy.array",
    "torch.tensor",
    "torch.zeros", "torch.arange", "torch.cat", "torch.nn.Linear",
  ]

  init(_ dice: Dice) { self.dice = dice }

  mutating func name() -> String { dice.one(Grammar.names) }

  mutating func program() -> String {
    var out = dice.some(0...2) { d in "import \(d.one(Grammar.modules))\n" }.joined()
    for _ in 0...dice.below(10) { out += statement("") }
    return out
  }

  mutating func expression() -> String {
    depth += 1
    defer { depth -= 1 }
    if depth > 5 { return dice.chance(50) ? name() : dice.one(Grammar.literals) }
    switch dice.below(24) {
    case 0...3: return dice.one(Grammar.literals)
    case 4...6: return name()
    case 7, 8: return "\(expression()) \(dice.one(Grammar.operators)) \(expression())"
    case 9: return "(\(expression()))"
    case 10: return "\(dice.one(["-", "+", "~", "not "]))\(expression())"
    case 11, 12: return "\(dice.one(Grammar.functions))(\(arguments()))"
    case 13: return "\(primary()).\(dice.one(Grammar.attributes))(\(arguments()))"
    case 14: return "\(primary()).\(dice.one(Grammar.attributes))"
    case 15: return "\(primary())[\(subscripted())]"
    case 16: return "\(expression()) if \(expression()) else \(expression())"
    case 17: return "[\(comprehension())]"
    case 18:
      return dice.one(["{", "(", "sum(", "list("]) + comprehension() + dice.one(["}", ")", ")", ")"])
    case 19: return "{\(expression()): \(comprehension())}"
    case 20: return "[" + items() + "]"
    case 21:
      return
        "f'{\(dice.one(["a", "b", "1", "x", "items"]))\(dice.one(["", "!r", "!s", "=", ":>10", ":.2f", ":{n}", ":,", ":x", "!a:^5"]))}'"
    case 22: return "(\(name()) := \(expression()))"
    default: return "lambda \(dice.one(["", "a", "*a", "a=1", "**k", "a, /, b"])): \(expression())"
    }
  }

  private mutating func primary() -> String {
    dice.chance(60) ? name() : "(" + expression() + ")"
  }
  private mutating func items() -> String {
    (0..<dice.below(4)).map { _ in (dice.chance(10) ? "*" : "") + expression() }.joined(separator: ", ")
  }
  private mutating func arguments() -> String {
    (0..<dice.below(4)).map { _ in
      let head = dice.below(12)
      return (head == 0 ? "*" : head == 1 ? "**" : head == 2 ? "key=" : head == 3 ? "\(name())=" : "")
        + expression()
    }.joined(separator: ", ")
  }
  private mutating func subscripted() -> String {
    switch dice.below(5) {
    case 0: return ":"
    case 1: return "\(expression()):\(expression())"
    case 2: return "::\(dice.one(["-1", "2", "0", "-2**63", "n"]))"
    case 3: return "\(expression()), \(expression())"
    default: return expression()
    }
  }
  private mutating func comprehension() -> String {
    var out = "\(expression()) for \(target()) in \(expression())"
    if dice.chance(30) { out += " if \(expression())" }
    if dice.chance(15) { out += " for \(name()) in \(name())" }
    return out
  }
  private mutating func target() -> String {
    switch dice.below(8) {
    case 0: return "\(name()), \(name())"
    case 1: return "\(name()), *\(name())"
    case 2: return "\(primary())[\(subscripted())]"
    case 3: return "\(primary()).\(dice.one(["x", "y", "grad", "__dict__", "__class__"]))"
    case 4: return "(\(name()), [\(name()), \(name())])"
    default: return name()
    }
  }

  mutating func statement(_ indent: String) -> String {
    depth += 1
    defer { depth -= 1 }
    let isDeep = indent.utf8.count > 12
    switch dice.below(isDeep ? 14 : 30) {
    case 0...3: return "\(indent)\(target()) = \(expression())\n"
    case 4:
      return
        "\(indent)\(target()) \(dice.one(["+", "-", "*", "//", "**", "|", "<<", "@"]))= \(expression())\n"
    case 5...7: return "\(indent)print(\(arguments()))\n"
    case 8: return "\(indent)\(expression())\n"
    case 9:
      return
        "\(indent)\(dice.one(["pass", "break", "continue", "return", "return \(expression())", "raise", "yield", "yield \(expression())", "yield from \(expression())"]))\n"
    case 10: return "\(indent)del \(target())\n"
    case 11: return "\(indent)assert \(expression()), \(expression())\n"
    case 12: return "\(indent)raise \(expression())\(dice.chance(30) ? " from \(expression())" : "")\n"
    case 13:
      return indent
        + dice.one([
          "global \(name())", "nonlocal \(name())", "import \(dice.one(Grammar.modules))",
          "from math import *",
          "\(name()): int = \(expression())", "\(name()) = \(dice.one(Grammar.modular))(\(arguments()))",
          "print(\(dice.one(Grammar.modular))(\(arguments())))",
        ]) + "\n"
    case 14, 15:
      return "\(indent)if \(expression()):\n" + block(indent)
        + (dice.chance(40) ? "\(indent)else:\n" + block(indent) : "")
    case 16, 17:
      return "\(indent)for \(target()) in \(expression()):\n" + block(indent)
        + (dice.chance(15) ? "\(indent)else:\n" + block(indent) : "")
    case 18: return "\(indent)while \(expression()):\n" + block(indent)
    case 19...21:
      let kind = dice.one([
        "Exception", "ValueError", "(TypeError, KeyError)", "BaseException", "", "\(name())",
      ])
      return "\(indent)try:\n" + block(indent) + "\(indent)except \(kind)\(kind.isEmpty ? "" : " as e"):\n"
        + block(indent) + (dice.chance(20) ? "\(indent)finally:\n" + block(indent) : "")
    case 22: return "\(indent)with \(expression()) as \(target()):\n" + block(indent)
    case 23...25:
      let p = dice.one([
        "", "a", "a, b=1", "*a", "**k", "a, /, b, *, c=2", "self", "self, x", "self, *a, **k",
      ])
      let decorated =
        dice.chance(20)
        ? "\(indent)@\(dice.one(["property", "staticmethod", "classmethod", "f", "functools.wraps(f)", "functools.lru_cache"]))\n"
        : ""
      return decorated
        + "\(indent)def \(dice.one(Grammar.names + ["__init__", "__repr__", "__eq__", "__len__", "__iter__", "__getattr__", "__call__", "__add__", "__hash__", "__bool__", "__enter__", "__exit__", "__getitem__", "__lt__", "__del__", "__next__", "__format__", "__contains__", "__setattr__", "__index__"]))(\(p)):\n"
        + block(indent)
    case 26, 27:
      return
        "\(indent)class \(dice.one(["C", "D", "a"]))\(dice.one(["", "(C)", "(dict)", "(int)", "(Exception)", "(list, C)", "(str)", "(object)", "(enum.Enum)"])):\n"
        + block(indent)
    case 28:
      return "\(indent)match \(expression()):\n"
        + (0...dice.below(3)).map { _ in "\(indent)  case \(pattern()):\n" + block(indent + "  ") }.joined()
    default: return "\(indent)\(name()) = \(expression())\n"
    }
  }

  private mutating func pattern() -> String {
    dice.one([
      "1", "'a'", "[a, *b]", "{'k': v, **r}", "C(x=1)", "int()", "str(s)", "a | b", "1 | 2", "_",
      "(a, b) if a",
      "[]", "x as y", "None", "-1", "{}", "C.x", "[1, [2, *_]]", "float() | int() as n",
    ])
  }

  private mutating func block(_ indent: String) -> String {
    (0...dice.below(3)).map { _ in statement(indent + "  ") }.joined()
  }
}
