#!/usr/bin/env python3
"""Writes random small programs of plain Python, runs them in CPython 3.11, and records what they print.

    python3 Tests/Tools/generate_language.py [count] [seed] [target]

Expressions over all types and operators, formats, slices, comprehensions, methods with arguments at the edges. Each
stands in a `try` that shows type and message of what it raises. The result is
Tests/MiniPythonTests/Programs/generated.programs and .expected, in the format of record_python.py. The same seed gives
the same file.
"""
import contextlib, io, pathlib, random, re, resource, signal, sys, warnings

warnings.simplefilter("ignore")
TARGET = pathlib.Path(__file__).resolve().parent.parent / "MiniPythonTests/Programs/generated"

NUMBERS = ["0", "1", "-1", "2", "3", "7", "-5", "10", "255", "1000", "2**31", "2**63", "-2**63", "10**20", "0.0", "-0.0", "0.5", "1.5",
           "-2.25", "3.14159", "1e16", "1e-7", "1e100", "123456.789", "float('inf')", "float('-inf')", "True", "False", "1+2j", "-1j", "2.5e-5", "99.95", "1/3"]
TEXTS = ["''", "'a'", "'abc'", "'Hello World'", "'  pad '", "'a,b,,c'", "'12'", "'-3.5'", "'éß'", "'x\\ny\\tz'", "\"it's\"", "'aXbXc'", "'MiXeD caSe'", "'0'", "'{}'", "'%s'", "'tab\\there'", "'αβγ'", "'42abc'", "'__x__'"]
LISTS = ["[]", "[1]", "[3, 1, 2]", "[1, 2, 3, 4, 5]", "['b', 'a']", "[1, 'a', None]", "[[1], [2, 3]]", "[0.5, -1.5]", "[True, 0, '']", "list(range(8))", "[(1, 'x'), (0, 'y')]"]
TUPLES = ["()", "(1,)", "(1, 2, 3)", "('a', 1)", "(1, (2, 3))"]
DICTS = ["{}", "{'a': 1}", "{'x': 1, 'y': 2, 'z': 3}", "{1: 'one', 2: 'two'}", "{'k': [1, 2]}", "{(1, 2): 'p'}"]
SETS = ["set()", "{1, 2, 3}", "{2, 3, 4}", "frozenset([1, 2])", "{5}"]
OTHERS = ["None", "range(5)", "range(10, 0, -3)", "b'ab'", "b''", "bytearray(b'xy')", "...", "print", "int", "slice(1, 3)", "len"]
BINARY = ["+", "-", "*", "/", "//", "%", "**", "<<", ">>", "&", "|", "^", "<", "<=", ">", ">=", "==", "!=", "in", "not in", "and", "or", "is"]
STRING_METHODS = {"upper": 0, "lower": 0, "title": 0, "capitalize": 0, "swapcase": 0, "strip": "t?", "lstrip": "t?", "rstrip": "t?", "split": "t?i?", "rsplit": "t?i?", "splitlines": "b?", "join": "l",
                  "replace": "tti?", "find": "ti?i?", "rfind": "ti?", "index": "t", "rindex": "t", "count": "ti?i?", "startswith": "ti?", "endswith": "ti?", "isdigit": 0, "isalpha": 0, "isalnum": 0, "isspace": 0, "isupper": 0,
                  "islower": 0, "istitle": 0, "isidentifier": 0, "isnumeric": 0, "isdecimal": 0, "isprintable": 0, "isascii": 0, "center": "it?", "ljust": "it?", "rjust": "it?", "zfill": "i", "partition": "t", "rpartition": "t", "expandtabs": "i?",
                  "encode": 0, "casefold": 0, "removeprefix": "t", "removesuffix": "t", "format": "vv?"}
LIST_METHODS = {"append": "v", "extend": "l", "insert": "iv", "pop": "i?", "remove": "v", "index": "vi?", "count": "v", "reverse": 0, "sort": 0, "copy": 0, "clear": 0}
DICT_METHODS = {"get": "vv?", "pop": "vv?", "setdefault": "vv?", "keys": 0, "values": 0, "items": 0, "copy": 0, "update": "d", "popitem": 0, "clear": 0}
SET_METHODS = {"add": "v", "discard": "v", "remove": "v", "union": "s", "intersection": "s", "difference": "s", "symmetric_difference": "s", "issubset": "s", "issuperset": "s", "isdisjoint": "s"}
FUNCTIONS = {"abs": "n", "round": "ni?", "int": "v", "float": "v", "str": "v", "repr": "v", "bool": "v", "len": "v", "list": "v", "tuple": "v", "dict": "v", "sum": "ln?", "min": "l", "max": "l", "sorted": "l", "any": "l", "all": "l",
             "divmod": "nn", "pow": "nni?", "chr": "i", "ord": "t", "hex": "n", "bin": "n", "oct": "n", "type": "v", "isinstance": "vv", "hash": "n", "reversed": "l", "enumerate": "li?", "zip": "ll", "range": "ii?i?", "complex": "nn?",
             "ascii": "v", "format": "vt?", "callable": "v", "iter": "v", "bytes": "v", "slice": "ii?", "int.from_bytes": "vt", "dict.fromkeys": "lv?", "issubclass": "vv"}
SPECS = ["d", "5d", "05d", "+d", ",", "_", "x", "#x", "X", "o", "b", "#b", "08b", "e", ".2e", "f", ".1f", "10.3f", "<10.2f", "^12", ">8", "*^9", "g", ".3g", "G", "%", ".1%", "n", "c", "s", ".2", "5", "<5", "=+8", "+.2f", " d", "012,.2f", "_.3f", "020_b",
         ",.0f", "z.1f", "#.3g", "-10", ".0e", "é>6", "0<6", "=6", "q", "5s", ".1s", "10.4", "#o", ",d", "_x", ",x", "010", "+", "#", ".", "5.d"]


class Maker:
    def __init__(self, rng): self.r, self.names = rng, {}

    def one(self, items): return self.r.choice(items)

    def value(self, depth=0):
        r = self.r
        if depth > 2 or r.random() < 0.72:
            if self.names and r.random() < 0.25: return r.choice(sorted(self.names))
            return self.one(self.one([NUMBERS, NUMBERS, TEXTS, TEXTS, LISTS, TUPLES, DICTS, SETS, OTHERS]))
        return f"({self.expression(depth + 1)})"

    def argument(self, kind, depth):
        r = self.r
        if r.random() < 0.06: return self.value(depth)
        if kind == "n": return self.one(NUMBERS)
        if kind == "i": return self.one(["0", "1", "2", "-1", "-2", "3", "5", "10", "None" if r.random() < 0.2 else "1", "100"])
        if kind == "t": return self.one(TEXTS)
        if kind == "b": return self.one(["True", "False"])
        if kind == "l": return self.one(LISTS + TUPLES + ["range(4)", "'abc'", "{'a': 1}", "(x for x in [1, 2])"])
        if kind == "d": return self.one(DICTS)
        if kind == "s": return self.one(SETS + LISTS[:4])
        return self.value(depth)

    def arguments(self, spec, depth):
        if spec == 0: return "" if self.r.random() < 0.97 else self.value(depth)
        out, k = [], 0
        while k < len(spec):
            optional = k + 1 < len(spec) and spec[k + 1] == "?"
            if optional and self.r.random() < 0.5: break
            out.append(self.argument(spec[k], depth))
            k += 2 if optional else 1
        if out and self.r.random() < 0.03: out.pop()
        return ", ".join(out)

    def slice(self):
        part = lambda: self.one(["", "", "0", "1", "-1", "2", "-3", "5", "100", "-100"])
        return f"{part()}:{part()}" + (":" + self.one(["1", "2", "-1", "-2", "", "3", "0" if self.r.random() < 0.1 else "1"]) if self.r.random() < 0.4 else "")

    def expression(self, depth=0):
        r, kind = self.r, self.r.randrange(20)
        if kind < 4: return f"{self.value(depth)} {self.one(BINARY)} {self.value(depth)}"
        if kind == 4: return f"{self.one(['-', '+', '~', 'not '])}{self.value(depth)}"
        if kind < 8:
            table, base = self.one([(STRING_METHODS, TEXTS), (STRING_METHODS, TEXTS), (LIST_METHODS, LISTS), (DICT_METHODS, DICTS), (SET_METHODS, SETS)])
            name = self.one(sorted(table))
            return f"{self.one(base)}.{name}({self.arguments(table[name], depth)})"
        if kind < 11:
            name = self.one(sorted(FUNCTIONS))
            return f"{name}({self.arguments(FUNCTIONS[name], depth)})"
        if kind == 11: return self.one(TEXTS + LISTS + TUPLES + ["range(10)", "b'abc'"]) + f"[{self.slice()}]"
        if kind == 12: return f"{self.value(depth)}[" + self.one(["0", "-1", "1", "5", "'a'", "None", "1.5", "1:2"]) + "]"
        if kind == 13: return f"format({self.one(NUMBERS + TEXTS)}, {self.one(SPECS)!r})"
        if kind == 14: return "f'" + "{" + self.one(["1", "2.5", "-3", "'é'", "[1]", "10**9", "True", "None", "0.1"]).replace("'", '"') + self.one(["", "!r", "!s", "!a"]) + (":" + self.one(SPECS) if r.random() < 0.6 else "") + "}'"
        if kind == 15: return f"{self.one(['%d', '%5.2f', '%s', '%r', '%x', '%-8s|', '%+d', '%05d', '%e', '%g', '%c', '%%', '%o', '%.3s', '%i %s', '%(a)s', '%10.3e', '%#x', '% d', '%q', '%*d'])!r} % {self.one([self.value(depth), f'({self.value(depth)}, {self.value(depth)})', f'({self.value(depth)},)'])}"
        if kind == 16: return f"[{self.one(['x', 'x * 2', 'str(x)', '(x, x)', 'x + 1', '-x'])} for x in {self.argument('l', depth)}{self.one(['', ' if x', ' if x != 1'])}]"
        if kind == 17: return self.one(["{x: str(x) for x in %s}", "{x for x in %s}", "list(map(str, %s))", "list(filter(None, %s))", "list(zip(%s, 'xyz'))", "sorted(%s, key=str)", "[*%s, 0]", "max(%s, key=str, default=None)", "list(enumerate(%s, 2))", "', '.join(map(repr, %s))", "sum(1 for _ in %s)", "(lambda *a: a)(*%s)"]) % self.argument("l", depth)
        if kind == 18: return f"{self.value(depth)} if {self.value(depth)} else {self.value(depth)}"
        return f"{self.value(depth)} {self.one(['<', '==', '>', 'in', '<='])} {self.value(depth)} {self.one(['<', '!=', '>=', 'is not'])} {self.value(depth)}"

    def program(self):
        lines, space = [], {}
        for _ in range(self.r.randint(4, 8)):
            e = self.expression()
            kind = self.r.random()
            if kind < 0.2:
                n = "abcdefg"[len(self.names) % 7]
                lines.append(f"try:\n    {n} = {e}\n    print(repr({n}))\nexcept Exception as e: print(type(e).__name__, '|', e)")
                self.names[n] = 1
            elif kind < 0.3:
                lines.append(f"try:\n    v = {self.one(LISTS + NUMBERS + TEXTS + SETS + DICTS)}\n    v {self.one(['+', '-', '*', '/', '//', '%', '**', '|', '&', '^', '<<'])}= {self.value()}\n    print(v)\nexcept Exception as e: print(type(e).__name__, '|', e)")
            elif kind < 0.4:
                lines.append(f"try:\n    v = {self.one(LISTS)}\n    v[{self.one([self.slice(), '0', '-1', '9'])}] = {self.value()}\n    print(v)\nexcept Exception as e: print(type(e).__name__, '|', e)")
            elif kind < 0.45:
                lines.append(f"try:\n    {self.one(['a, b', 'a, *b', '*a, b', '(a, b), c', '[a]'])} = {self.value()}\n    print(a, b)\nexcept Exception as e: print(type(e).__name__, '|', e)")
                self.names["a"] = self.names["b"] = 1
            else:
                lines.append(f"try: print({e})\nexcept Exception as e: print(type(e).__name__, '|', e)")
        return "\n".join(lines) + "\n"


def run(text):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(text, "p.py", "exec"), {"__name__": "__main__"})
    return out.getvalue()


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    target = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else TARGET
    programs, expected, k = [], [], 0
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))

    def late(*_): raise KeyboardInterrupt
    signal.signal(signal.SIGALRM, late)
    while len(programs) < count:
        k += 1
        text = Maker(random.Random(seed * 1_000_003 + k)).program()
        signal.alarm(2)
        try:
            shown = run(text)
        except (SyntaxError, KeyboardInterrupt):
            continue
        finally:
            signal.alarm(0)
        if "MemoryError" in shown: continue
        # Addresses differ between runs; very long numbers take long in both.
        # The recorded form keeps no empty line at its end.
        if " at 0x" in shown or len(shown) > 6000 or shown.endswith("\n\n"): continue
        # So does the order of a set of texts.
        if re.search(r"\{[^{}:]*(['\"]|None|Ellipsis|b')[^{}:]*\}", shown): continue
        name = f"language {seed}-{k}"
        programs.append(f"=== {name}\n{text}")
        expected.append(f"=== {name}\n{shown}")
    target.with_suffix(".programs").write_text("".join(programs))
    target.with_suffix(".expected").write_text("".join(expected))


main()
