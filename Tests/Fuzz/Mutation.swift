/// Changes programs: bytes, tokens, lines, and pieces of two programs put together.
struct Mutation {
  var dice: Dice
  let corpus: [[UInt8]]

  private static let tokens = [
    "(", ")", "[", "]", "{", "}", ":", ",", ".", "=", "==", "*", "**", "->", ":=", "@", "\\\n", "\n", "\n\t",
    "    ",
    "'", "\"", "\"\"\"", "f'", "rb'", "{", "#", ";", "lambda", "yield", "await", "async", "class", "def",
    "if",
    "else", "for", "in", "not", "is", "None", "import", "from", "try:", "except", "finally:", "with", "as",
    "match",
    "case", "global", "nonlocal", "return", "0", "1e999", "0x", "1_", "1__0", "9", "99999999999999999999",
    "\u{0}",
    "é", "😀", "\u{FEFF}", "\r\n", "\u{C}", "-", "~", "!", "?", "$", "`", "<>", "!=", "%", "//", "**=", "...",
    "requires_grad=True", ".backward()", ".T", "[::0]", "[-1]", "(*x)", "(**x)", "x[x]", "2**63", "-2**63",
  ]

  mutating func program() -> [UInt8] {
    var bytes = dice.one(corpus)
    if dice.chance(15) { bytes = splice(bytes, dice.one(corpus)) }
    for _ in 0...dice.below(5) { change(&bytes) }
    return bytes
  }

  private mutating func splice(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] {
    let (x, y) = (
      a.split(separator: 10, omittingEmptySubsequences: false),
      b.split(separator: 10, omittingEmptySubsequences: false)
    )
    let head = x.prefix(dice.below(x.count + 1))
    let tail = y.suffix(dice.below(y.count + 1))
    return Array((head + tail).joined(separator: [10]))
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    if bytes.isEmpty { bytes = [10] }
    let at = dice.below(bytes.count)
    switch dice.below(10) {
    case 0: bytes[at] = UInt8(dice.below(256))
    case 1: bytes[at] = UInt8(32 + dice.below(95))
    case 2: bytes.removeSubrange(at..<min(bytes.count, at + 1 + dice.below(12)))
    case 3:
      let piece = bytes[at..<min(bytes.count, at + 1 + dice.below(30))]
      bytes.insert(contentsOf: piece, at: dice.below(bytes.count))
    case 4, 5: bytes.insert(contentsOf: Array(dice.one(Mutation.tokens).utf8), at: at)
    case 6:
      // A word for another of the same program.
      if let to = word(bytes, near: dice.below(bytes.count)), let from = word(bytes, near: at) {
        bytes.replaceSubrange(from, with: Array(bytes[to]))
      }
    case 7:
      if let from = word(bytes, near: at) {
        bytes.replaceSubrange(
          from,
          with: Array(
            dice.one(["0", "-1", "None", "''", "[]", "1e30", "2**70", "x", "(1,)", "float('nan')", "{}"]).utf8
          ))
      }
    default:
      var lines = bytes.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
      let k = dice.below(lines.count)
      switch dice.below(4) {
      case 0: lines.remove(at: k)
      case 1: lines.insert(lines[k], at: dice.below(lines.count))
      case 2: lines.swapAt(k, dice.below(lines.count))
      default: lines[k] = Array("  ".utf8) + lines[k]
      }
      bytes = Array(lines.joined(separator: [10]))
    }
  }

  private func word(_ bytes: [UInt8], near at: Int) -> Range<Int>? {
    func isWord(_ b: UInt8) -> Bool { (48...57).contains(b) || (65...90).contains(b & 0xDF) || b == 95 }
    guard let start = bytes[at...].firstIndex(where: isWord) else { return nil }
    let end = bytes[start...].firstIndex { !isWord($0) } ?? bytes.count
    return start..<end
  }
}

/// Programs that nest or repeat one thing beyond measure, and noise.
struct Excess {
  var dice: Dice

  mutating func program() -> [UInt8] {
    let n = dice.one([50, 99, 100, 101, 199, 200, 201, 300, 1000, 5000, 20_000])
    func times(_ s: String, _ n: Int) -> String { String(repeating: s, count: n) }
    let pairs = [
      ("(", ")"), ("[", "]"), ("{", "}"), ("f(", ")"), ("[x for x in ", "]"), ("lambda: ", ""), ("not ", ""),
      ("-", ""), ("x if x else ", ""), ("{1: ", "}"), ("(yield ", ")"), ("f'{", "}'"), ("x[", "]"), ("*", ""),
      ("(a := ", ")"), ("~", ""),
    ]
    switch dice.below(9) {
    case 0, 1, 2:
      let (open, close) = dice.one(pairs)
      return Array(("x = " + times(open, n) + "1" + times(close, dice.chance(80) ? n : n / 2) + "\n").utf8)
    case 3:
      let word = dice.one([
        "if 1:", "for x in [1]:", "while 1:", "try:", "def f():", "class C:", "with x:", "match 1:", "else:",
      ])
      var text = ""
      for k in 0..<min(n, 300) { text += times(" ", k) + word + "\n" }
      return Array((text + times(" ", min(n, 300)) + "pass\n").utf8)
    case 4:
      return Array(
        ("x = 1"
          + times(
            dice.one([
              "+1", "*1", " and 1", " or 1", "<1", ".x", "[0]", "()", " if 1 else 1", ",1", " == 1", " is 1",
              "**1", "@1",
            ]), n) + "\n").utf8)
    case 5:
      return Array(
        times(
          dice.one(["x = 1;", "\n", "\\\n", "#", "'a' ", "\t", "@f\n", "import math;", "global x;", "é", "0"]
          ), n * 3
        ).utf8)
    case 6: return dice.some(1...400) { UInt8($0.below(256)) }
    case 7:
      return dice.some(1...400) { d in
        d.one(Array("()[]{}'\"\\\n\t :,.=+-*/<>!@#%^&|~`$?0123456789abcdefrub_\u{E9}".utf8))
      }
    default:
      return Array(
        dice.one([
          "x = []\nfor i in range(\(n)): x = [x]\nprint(x)\nprint(x == x)\n",
          "x = {}\nx[1] = x\nprint(x, str(x))\n",
          "class A:\n  def __getattr__(self, n): return getattr(self, n)\nA().x\n",
          "class A:\n  def __eq__(self, o): return self == o\nA() == A()\n",
          "def g():\n  yield from g()\nlist(g())\n", "x = 'a' * \(n)\nwhile True: x += x\n",
          "import copy\nx = []\nfor i in range(\(n)): x = [x]\ncopy.deepcopy(x)\n",
          "import json\nx = []\nfor i in range(\(n)): x = [x]\nprint(len(json.dumps(x)))\n",
          "x = 3\nwhile True: x = x * x\n",
          "import itertools\nprint(list(itertools.product(range(\(n)), repeat=9)))\n",
          "f = lambda: f()\nf()\n",
          "import functools\n@functools.lru_cache\ndef f(n): return f(n + 1)\nf(0)\n",
          "print(f'{1:{\(n * 100_000)}}')\n", "print('%\(n)00000d' % 1)\n",
          "x = [0] * \(n)\nx[:] = x * \(n)\nprint(sum(x))\n",
          "class C: pass\nfor i in range(\(n)): C = type('C', (C,), {})\nC().x\n", "print(10 ** \(n * 50))\n",
          "print(str(7 ** \(n * 9))[:5])\n",
          "import random\nprint(random.sample(range(10**9), \(n))[:2])\n",
          "print(sorted([3, 1, 2] * \(n))[:3], hash('a' * \(n)))\n",
          "t = ()\nfor i in range(\(n)): t = (t,)\nprint(hash(t))\n",
          "e = None\nfor i in range(\(n)):\n  try:\n    raise ValueError(i) from e\n  except ValueError as x: e = x\nraise e\n",
          "import torch\nx = torch.ones(1, requires_grad=True)\ny = x\nfor i in range(\(n)): y = y + x\ny.backward()\nprint(x.grad)\n",
          "import torch\nprint(torch.zeros(\(n), \(n), \(n)).sum())\n",
          "print(range(10**\(n % 40)), len(range(10**18)))\n",
          "def f(*a, **k): return f(*a, *a, **k)\nf(1, 2)\n",
          "with " + times("x as y, ", min(n, 300)) + "z: pass\n",
          "x = iter([])\nfor i in range(\(n)): x = map(str, x)\nprint(list(x))\n",
          "x = iter(range(3))\nfor i in range(\(n)): x = (j for j in x)\nprint(list(x))\n",
          "sep = ','\nprint(len((sep * \(n)).replace(sep, sep * \(n))))\n",
          "print(len('a'.join('b' * \(n)) .split('a')))\n",
        ]).utf8)
    }
  }
}
