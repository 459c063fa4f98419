#!/usr/bin/env python3
"""Writes random whole programs of plain Python: functions, closures, classes, generators, exceptions, `match`, `with`.

    python3 Tests/Tools/generate_statements.py [count] [seed] [target.programs]

Names have types, so that most programs run far; some expressions are of the wrong type on purpose, and what is not
caught ends the program with a traceback. The answers are recorded with record_python.py. The same seed gives the same file.
"""
import pathlib, random, re, resource, subprocess, sys, tempfile

TARGET = pathlib.Path(__file__).resolve().parent.parent / "MiniPythonTests/Programs/generated-statements.programs"
TYPES = ["int", "int", "int", "str", "str", "list", "list", "dict", "float", "tuple", "bool", "set"]
ERRORS = ["ValueError", "TypeError", "KeyError", "IndexError", "ZeroDivisionError", "AttributeError", "RuntimeError", "LookupError", "ArithmeticError", "NameError", "Exception", "StopIteration", "AssertionError"]
WORDS = ["alpha", "beta", "x", "", "Hello", "a b c", "loss", "w1", "7", "été", "tab\\t", "o'k"]


class Maker:
    def __init__(self, rng):
        self.r, self.lines, self.indent, self.count = rng, [], 0, 0
        self.scopes, self.functions, self.classes, self.generators = [{}], [], [], []
        self.loops, self.in_function, self.in_generator, self.fuel = 0, False, False, rng.randint(18, 45)

    # Names

    def one(self, items): return self.r.choice(items)
    def chance(self, p): return self.r.random() < p
    def line(self, text): self.lines.append("    " * self.indent + text)

    def fresh(self, kind="v"):
        self.count += 1
        return f"{kind}{self.count}"

    def bind(self, type, name=None):
        name = name or self.fresh(self.one(["v", "n", "item", "acc", "t"]))
        self.scopes[-1][name] = type
        return name

    def names(self, type):
        return sorted({n for s in self.scopes for n, t in s.items() if t == type})

    # Expressions

    def expression(self, type, depth=0):
        r = self.r
        if self.chance(0.012): type = self.one(TYPES + ["none"])
        known = self.names(type)
        if known and self.chance(0.45 if depth else 0.2): return self.one(known)
        if depth > 3 or self.chance(0.15 + 0.12 * depth): return self.literal(type, depth)
        e = lambda t: self.expression(t, depth + 1)
        if self.chance(0.05): return f"({e(type)} if {e('bool')} else {e(type)})"
        if self.chance(0.02): return f"(lambda {(n := self.fresh('p'))}={e(type)}: {n})()"
        if self.chance(0.03):
            calls = [f for f in self.functions if f[1] == type]
            if calls: return self.call(self.one(calls), depth)
        if type == "int":
            k = r.randrange(16)
            if k < 4: return f"{self.wrapped('int', depth)} {self.one(['+', '-', '*', '+', '-', '//', '%', '&', '|', '^'])} {self.wrapped('int', depth)}"
            if k == 4: return f"len({e(self.one(['list', 'str', 'dict', 'tuple', 'set']))})"
            if k == 5: return f"sum({self.iterable(depth)})"
            if k == 6: return f"{self.one(['abs', 'int', 'abs'])}({e('int')})"
            if k == 7: return f"{self.one(['max', 'min'])}({e('int')}, {e('int')})"
            if k == 8: return f"{self.primary('list', depth)}[{self.index()}]"
            if k == 9: return f"{self.primary('dict', depth)}.get({e('str')}, {e('int')})"
            if k == 10: return f"int({e('str')})" if self.chance(0.15) else f"ord({e('str')[:1]!r}[:1] or 'a')" if self.chance(0.1) else f"round({e('float')})"
            if k == 11: return f"{self.primary('str', depth)}.{self.one(['count', 'find', 'rfind'])}({e('str')})"
            if k == 12: return f"{self.one(['-', '~', '+'])}{self.primary('int', depth)}"
            if k == 13 and self.instances(): return self.attribute()
            if k == 14: return f"{self.primary('tuple', depth)}[{self.index()}]"
            return f"divmod({e('int')}, {e('int')})[{self.one([0, 1])}]" if self.chance(0.4) else f"pow({e('int')}, {r.randint(0, 4)})"
        if type == "float":
            k = r.randrange(6)
            if k < 3: return f"{self.wrapped('float', depth)} {self.one(['+', '-', '*', '/'])} {self.wrapped(self.one(['float', 'int']), depth)}"
            if k == 3: return f"{self.wrapped('int', depth)} / {self.wrapped('int', depth)}"
            if k == 4: return f"round({e('float')}, {r.randint(-1, 4)})"
            return f"float({e('int')})"
        if type == "str":
            k = r.randrange(16)
            if k < 3: return f"{self.wrapped('str', depth)} + {self.wrapped('str', depth)}"
            if k == 3: return f"{self.primary('str', depth)}.{self.one(['upper', 'lower', 'title', 'strip', 'swapcase', 'capitalize'])}()"
            if k == 4: return f"{self.wrapped('str', depth)} * {self.one(['2', '0', '-1', '3'])}"
            if k == 5: return f"str({e(self.one(TYPES))})" if self.chance(0.8) else f"repr({e('str')})"
            if k in (6, 7, 8): return self.fstring(depth)
            if k == 9: return f"{self.one(self.quoted(['-', ', ', '']))}.join({self.one(['str(', 'repr('])}{(n := self.fresh('c'))}) for {n} in {self.iterable(depth)})"
            if k == 10: return f"{self.primary('str', depth)}[{self.slice()}]"
            if k == 11: return f"{self.one(self.quoted(['%d', '%5d|', '%-6s|', '%r', '%x', '%s', '%.2f', '%+d', '%05.1f']))} % {self.wrapped('int', depth)}"
            if k == 12: return f"{self.one(self.quoted(['{}', '{!r:>6}', '{:>4}', '{0}{0}', '{:<5}|', '{0:^7}']))}.format({e(self.one(['int', 'str', 'int']))})"
            if k == 13: return f"{self.primary('str', depth)}.replace({e('str')}, {e('str')})"
            if k == 14: return f"type({e(self.one(TYPES))}).__name__"
            return f"{self.primary('str', depth)}.{self.one(['center', 'ljust', 'rjust', 'zfill'])}({r.randint(0, 9)})"
        if type == "bool":
            k = r.randrange(10)
            if k < 3: return f"{self.wrapped('int', depth)} {self.one(['<', '>', '<=', '>=', '==', '!='])} {self.wrapped('int', depth)}"
            if k == 3: return f"{self.wrapped('int', depth)} < {self.wrapped('int', depth)} <= {self.wrapped('int', depth)}"
            if k == 4: return f"{self.wrapped('int', depth)} {self.one(['in', 'not in'])} {self.wrapped(self.one(['list', 'tuple', 'set']), depth)}"
            if k == 5: return f"not {self.wrapped('bool', depth)}"
            if k == 6: return f"{self.wrapped('bool', depth)} {self.one(['and', 'or'])} {self.wrapped('bool', depth)}"
            if k == 7: return f"isinstance({e(self.one(TYPES))}, {self.one(['int', 'str', '(int, float)', 'list', 'dict', 'bool', 'object'])})"
            if k == 8: return f"{self.one(['any', 'all'])}({(n := self.fresh('c'))} {self.one(['> 1', '% 2', '== 0'])} for {n} in {self.iterable(depth)})"
            return f"{self.primary('str', depth)}.{self.one(['isdigit()', 'isupper()', 'isalpha()', 'startswith(' + e('str') + ')', 'endswith(' + e('str') + ')'])}"
        if type == "list":
            k = r.randrange(14)
            if k < 3:
                n = self.fresh("c")
                self.scopes.append({n: "int"})
                body, test = self.expression("int", depth + 1), f" if {self.expression('bool', depth + 1)}" if self.chance(0.4) else ""
                self.scopes.pop()
                return f"[{body} for {n} in {self.iterable(depth)}{test}]"
            if k == 3: return f"[{(a := self.fresh('c'))} {self.one(['*', '+', '-'])} {(b := self.fresh('c'))} for {a} in {self.iterable(depth)} for {b} in {self.one(['range(2)', '(1, 3)', f'range({a} % 3)'])}]"
            if k == 4: return f"{self.wrapped('list', depth)} + {self.wrapped('list', depth)}"
            if k == 5: return f"{self.primary('list', depth)}[{self.slice()}]"
            if k == 6: return f"sorted({e(self.one(['list', 'set', 'tuple']))}{self.one(['', ', reverse=True', ', key=lambda q: -q', ', key=abs', ', key=lambda q: (q % 3, q)'])})"
            if k == 7: return f"list({self.one(['map(abs, ' + e('list') + ')', 'filter(None, ' + e('list') + ')', 'reversed(' + e('list') + ')', 'range(' + str(r.randint(0, 5)) + ')', e('tuple')])})"
            if k == 8: return f"[*{e('list')}, {e('int')}, *{e('tuple')}]"
            if k == 9: return f"{self.wrapped('list', depth)} * 2"
            if k == 10 and self.generators: return f"list({self.one(self.generators)}({e('int')} % 5))"
            if k == 11: return f"[{(n := self.fresh('c'))} for {n}, _ in zip({self.iterable(depth)}, {e('str')})]"
            if k == 12: return f"[i + {(n := self.fresh('c'))} for i, {n} in enumerate({self.iterable(depth)}, {r.randint(0, 2)})]"
            return f"list({self.primary('dict', depth)}.values())"
        if type == "tuple":
            k = r.randrange(5)
            if k == 0: return f"{self.wrapped('tuple', depth)} + {self.wrapped('tuple', depth)}"
            if k == 1: return f"tuple({e('list')})"
            if k == 2: return f"({e('int')}, *{e('list')})"
            if k == 3: return f"{self.primary('tuple', depth)}[{self.slice()}]"
            return f"({e('int')}, {e('int')})"
        if type == "dict":
            k = r.randrange(6)
            if k == 0: return f"{{{(n := self.fresh('c'))}: len({n}) for {n} in {e('str')}}}"
            if k == 1: return f"{{**{e('dict')}, {e('str')}: {e('int')}}}"
            if k == 2: return f"dict(zip({e('str')}, {self.iterable(depth)}))"
            if k == 3: return f"{self.wrapped('dict', depth)} | {self.wrapped('dict', depth)}"
            if k == 4: return f"dict(a={e('int')}, b={e('int')})"
            return f"{{{e('str')}: {e('int')}, {e('str')}: {e('int')}}}"
        if type == "set":
            k = r.randrange(4)
            if k == 0: return f"{{{(n := self.fresh('c'))} % 5 for {n} in {self.iterable(depth)}}}"
            if k == 1: return f"{self.wrapped('set', depth)} {self.one(['|', '&', '-', '^'])} {self.wrapped('set', depth)}"
            if k == 2: return f"set({e('list')})"
            return f"{self.primary('set', depth)}.{self.one(['union', 'intersection', 'difference', 'symmetric_difference'])}({e('list')})"
        return self.literal(type, depth)

    def quoted(self, words): return ["'" + w.replace("'", "\\'") + "'" for w in words]
    def wrapped(self, type, depth):
        e = self.expression(type, depth + 1)
        return e if re.fullmatch(r"[\w.]+(\([^()]*\))?", e) else f"({e})"
    def primary(self, type, depth):
        e = self.expression(type, depth + 1)
        return e if re.fullmatch(r"[A-Za-z_]\w*|'[^']*'|\[[^\[\]]*\]", e) else f"({e})"
    def index(self): return self.one(["0", "-1", "0", "0", "1", "-2", "2", "5"])
    def slice(self):
        part = lambda: self.one(["", "", "0", "1", "-1", "2", "-3", "4"])
        return f"{part()}:{part()}" + (":" + self.one(["2", "-1", "-2", "3", "1"]) if self.chance(0.4) else "")

    def iterable(self, depth):
        return self.one([f"range({self.r.randint(0, 5)})", "range(1, 6, 2)", "range(3, -1, -1)"] + [self.expression(t, depth + 2) for t in ("list", "tuple")])

    def literal(self, type, depth):
        r = self.r
        if type == "int": return self.one(["0", "1", "2", "3", "5", "7", "10", "-1", "-4", "100", "2**40"])
        if type == "float": return self.one(["0.5", "1.5", "-2.0", "3.25", "1e3", "0.1", "2.0"])
        if type == "str": return self.one(self.quoted(WORDS))
        if type == "bool": return self.one(["True", "False"])
        if type == "list": return self.one(["[]", "[1, 2, 3]", "[4, -5]", "[0]", "[7, 7, 1, 3]"])
        if type == "tuple": return self.one(["()", "(1,)", "(2, 3)", "(1, 2, 3)"])
        if type == "dict": return self.one(["{}", "{'a': 1}", "{'x': 1, 'y': 2}", "{'k': 0, '': 5}"])
        if type == "set": return self.one(["{1, 2}", "set()", "{3, 5, 8}", "{0}"])
        if type == "none": return "None"
        return "None"

    def fstring(self, depth):
        parts = []
        for _ in range(self.r.randint(1, 3)):
            t = self.one(["int", "float", "str", "list", "bool", "tuple"])
            e = self.expression(t, depth + 2)
            if any(c in e for c in "'\"\\{}:!=") or "lambda" in e: e = self.one(self.names(t) or ["1 + 2"])
            spec = {"int": ["", "", ":4", ":05d", ":x", ":,", ":+d", ":>6", ":b", "!r"], "float": ["", ":.2f", ":8.3f", ":e", ":g", ":.1%", ":+.1f"], "str": ["", ":>8", ":<6", ":^9", "!r", "!s:>4", ":.2", "!a"]}.get(t, ["", "!r", "!s"])
            parts.append(self.one(["", "a=", " ", "[", "{{"]) + "{" + e + self.one(["", "", "", "", "="]) + self.one(spec) + "}")
        return "f'" + "".join(parts) + "'"

    def instances(self): return [n for s in self.scopes for n, t in s.items() if t.startswith("obj:")]

    def attribute(self):
        name = self.one(sorted(self.instances()))
        members = next((c[1] for c in self.classes if c[0] == next(s[name] for s in reversed(self.scopes) if name in s)[4:]), ["x"])
        return f"{name}.{self.one(members)}" if self.chance(0.97) else f"{name}.{self.one(['z', 'valeu', 'tota', '_hidden', 'doublee'])}"

    def call(self, f, depth=0):
        name, _, types, defaults, star = f
        required = len(types) - defaults
        n = self.r.randint(required, len(types)) if self.chance(0.97) else self.r.randint(0, len(types) + 1)
        values = [self.expression((types + ["int"])[k], depth + 1) for k in range(n)]
        if values and n <= len(types) and self.chance(0.2): values[-1] = f"p{n}={values[-1]}"
        elif star and self.chance(0.4): values.append(f"*{self.expression('list', depth + 1)}")
        if len(values) > 1 and self.chance(0.15):
            pad = "    " * (self.indent + 1)
            return f"{name}(\n{pad}" + f",\n{pad}".join(values) + f",\n{pad[4:]})"
        return f"{name}({', '.join(values)})"

    # Statements

    def block(self, most=4, scope=None, end=None):
        self.indent += 1
        before = len(self.lines)
        for _ in range(self.r.randint(1, most)): self.statement()
        if end: self.line(end())
        if len(self.lines) == before: self.line("pass")
        self.indent -= 1

    def quietly(self, body):
        """Names bound in a block that may not run are forgotten, mostly."""
        self.scopes.append({})
        body()
        names = self.scopes.pop()
        if self.chance(0.12): self.scopes[-1].update(names)

    def statement(self):
        self.fuel -= 1
        r, k = self.r, self.r.randrange(100)
        if self.fuel < 0 or self.indent > 4: k %= 40
        if k < 14:
            t = self.one(TYPES)
            e = self.expression(t)
            self.line(f"{self.bind(t)} = {e}")
        elif k < 26: self.print()
        elif k < 30:
            names = self.names("int")
            if names and self.chance(0.7): self.augment(self.one(names), "int", ["+", "-", "*", "//", "%", "|"])
            elif self.names("str"): self.augment(self.one(self.names("str")), "str", ["+"])
            else: self.print()
        elif k < 34: self.mutate()
        elif k < 37:
            kind = r.randrange(5)
            if kind == 0:
                v = self.expression("tuple") if self.chance(0.3) else f"{self.expression('int')}, {self.expression('int')}"
                a, b = self.bind("int"), self.bind("int")
                self.line(f"{a}, {b} = {v}")
            elif kind == 1:
                v = self.expression("list")
                a, b = self.bind("int"), self.bind("list")
                self.line(self.one([f"{a}, *{b} = {v}", f"*{b}, {a} = {v}"]))
            elif kind == 2:
                v = self.expression("int")
                a, b = self.bind("int"), self.bind("int")
                self.line(f"{a} = {b} = {v}")
            elif kind == 3:
                v = self.expression("int")
                self.line(f"{self.bind('int')}: int = {v}")
            else:
                v = self.expression("list")
                a = self.bind("int")
                self.line(f"if ({a} := len({v})) > 1: print('many', {a})")
        elif k < 38: self.line(f"assert {self.expression('bool')}" + (f", {self.expression('str')}" if self.chance(0.5) else "")) if self.chance(0.4) else self.print()
        elif k < 40:
            if self.in_generator: self.line(f"yield {self.expression('int')}")
            elif self.loops and self.chance(0.6):
                self.line(f"if {self.expression('bool')}: {self.one(['break', 'continue'])}")
            elif self.chance(0.2): self.line(f"raise {self.one(ERRORS)}({self.expression(self.one(['str', 'int']))})")
            else: self.print()
        elif k < 48: self.branch()
        elif k < 56: self.loop()
        elif k < 66: self.attempt()
        elif k < 76: self.define()
        elif k < 83: self.define_class()
        elif k < 87: self.define_generator()
        elif k < 91: self.match()
        elif k < 95: self.use()
        elif k < 97: self.with_statement()
        else: self.closure()

    def print(self):
        values = [self.expression(self.one([t for t in TYPES])) for _ in range(self.r.randint(1, 3))]
        extra = self.one(["", "", "", "", "", ", sep='-'", ", end='!\\n'", ", sep=''"])
        self.line(f"print({', '.join(values)}{extra})")

    def augment(self, name, type, ops):
        op = self.one(ops)
        e = self.expression(type)
        if len(e) < 60 and not (self.loops > 1 and op == "*"): self.line(f"{name} {op}= {e}")

    def mutate(self):
        kind = self.one(["list", "dict", "set"])
        names = self.names(kind)
        if not names: return self.print()
        n, e = self.one(names), lambda t: self.expression(t, 1)
        if kind == "list":
            self.line(self.one([f"{n}.append({e('int')})", f"{n}.insert({self.index()}, {e('int')})", f"{n}.sort()", f"{n}.reverse()", f"{n}[{self.slice()}] = {e('list')}" if self.chance(0.5) else f"{n}.extend({e('tuple')})",
                                f"{n}[{self.index()}] = {e('int')}", f"del {n}[{self.one([self.index(), self.slice()])}]", f"print({n}.pop({self.one(['', '0', '-1'])}))", f"{n}.remove({e('int')})", f"print({n}.index({e('int')}))"]) if not self.loops else f"{n}.append({e('int')})")
        elif kind == "dict":
            self.line(self.one([f"{n}[{e('str')}] = {e('int')}", f"{n}.update({e('dict')})", f"print({n}.pop({e('str')}, None))", f"{n}.setdefault({e('str')}, {e('int')})", f"del {n}[{e('str')}]", f"{n}[{e('str')}] += 1",
                                f"print({n}[{e('str')}])", f"print(list({n}.items()), sorted({n}))", f"print({n}.popitem())", f"{n} |= {e('dict')}"]))
        else:
            self.line(self.one([f"{n}.add({e('int')})", f"{n}.discard({e('int')})", f"{n}.remove({e('int')})", f"{n} |= {e('set')}", f"{n}.update({e('list')})", f"print({n} <= {e('set')}, {n}.isdisjoint({e('list')}))"]))

    def branch(self):
        self.line(f"if {self.expression('bool')}:")
        self.quietly(self.block)
        while self.chance(0.3):
            self.line(f"elif {self.expression('bool')}:")
            self.quietly(self.block)
        if self.chance(0.5):
            self.line("else:")
            self.quietly(self.block)

    def loop(self):
        if self.loops >= 2: return self.print()
        kind = self.r.randrange(5)

        def body():
            self.loops += 1
            self.block(3)
            self.loops -= 1
        if kind == 0:
            n = self.bind("int", self.fresh("k"))
            self.line(f"{n} = {self.r.randint(1, 4)}")
            self.line(f"while {n} > 0:")
            self.indent += 1
            self.line(f"{n} -= 1")
            self.indent -= 1
            del self.scopes[-1][n]
            self.quietly(body)
        else:
            source = self.iterable(0)
            if kind == 1:
                source = self.expression("dict") + ".items()" if self.chance(0.5) else f"enumerate({self.expression('str')})"
                if not source.startswith("enumerate"): source = f"({source[:-8]}).items()"
                a, b = self.fresh("k"), self.fresh("k")
                self.line(f"for {a}, {b} in {source}:")
                names = {a: "str", b: "int"} if ".items" in source[-8:] else {a: "int", b: "str"}
            else:
                if kind == 2 and self.generators: source = f"{self.one(self.generators)}({self.r.randint(0, 4)})"
                a = self.fresh("k")
                names = {a: "int"}
                self.line(f"for {a} in {source}:")
            self.scopes.append(names)
            self.quietly(body)
            self.scopes.pop()
        if self.chance(0.2):
            self.line("else:")
            self.quietly(lambda: self.block(2))

    def attempt(self):
        self.line("try:")

        def end():
            k = self.r.randrange(8)
            return self.one([f"{self.expression('int')} // 0", "[][1]", "{}['missing']", "int('nope')", "undefined_name", "None.attr", f"raise {self.one(ERRORS)}({self.expression('str')})"]) if k < 5 else f"print({self.expression('str')})"
        self.quietly(lambda: self.block(3, end=end))
        finals = self.chance(0.25)
        if not finals or self.chance(0.8):
            for _ in range(self.r.randint(1, 2)):
                which = self.one(ERRORS + ["(KeyError, IndexError)", "(ValueError, TypeError, ZeroDivisionError)", "Exception", "Exception", "Exception"])
                name = self.fresh("e") if self.chance(0.8) else None
                self.line(f"except {which}{' as ' + name if name else ''}:")

                def end():
                    shown = [f"print(type({name}).__name__, {name})", f"print(repr({name}), {name}.args)", f"print(type({name}).__mro__[1].__name__, str({name}))"] if name else ["print('caught')"]
                    if self.chance(0.12): return self.one(["raise", f"raise {self.one(ERRORS)}('again')", f"raise {self.one(ERRORS)}('from') from {name or 'None'}", f"raise {self.one(ERRORS)} from None"])
                    return self.one(shown)
                self.quietly(lambda: self.block(2, end=end))
            if self.chance(0.2):
                self.line("else:")
                self.quietly(lambda: self.block(2))
        else: finals = True
        if finals:
            self.line("finally:")
            self.quietly(lambda: self.block(1, end=lambda: f"print('finally', {self.expression('int')})"))

    def parameters(self, types, defaults):
        return [f"p{k + 1}" + ("" if k < len(types) - defaults else f"={self.literal(t, 3)}") for k, t in enumerate(types)]

    def function_body(self, names, result, most=4):
        saved = (self.scopes, self.loops, self.in_function, self.in_generator)
        self.scopes, self.loops, self.in_function, self.in_generator = [dict(self.scopes[0]), names], 0, True, False
        # Names of the module can be read; what the body binds is its own.
        self.block(most, end=lambda: f"return {self.expression(result)}")
        self.scopes, self.loops, self.in_function, self.in_generator = saved

    def define(self):
        if self.indent > 2: return self.print()
        types = [self.one(["int", "int", "str", "list", "float"]) for _ in range(self.r.randint(0, 3))]
        defaults, star, result = self.r.randint(0, len(types)) if self.chance(0.4) else 0, self.chance(0.2), self.one(["int", "str", "list", "float", "bool"])
        shown, name = self.parameters(types, defaults), self.fresh("f")
        names = {f"p{k + 1}": t for k, t in enumerate(types)}
        if star:
            shown.append("*rest")
            names["rest"] = "tuple"
        if self.chance(0.15):
            shown.append("**options")
            names["options"] = "dict"
        self.line(f"def {name}({', '.join(shown)}):")
        if self.chance(0.15): self.lines.append("    " * (self.indent + 1) + f'"""Return {name}."""')
        fuel, self.fuel = self.fuel, min(self.fuel, 5)
        self.function_body(names, result)
        self.fuel = fuel - 3
        if self.indent == 0: self.functions.append((name, result, types, defaults, star))
        self.line(f"print({self.call((name, result, types, defaults, star))})")

    def define_generator(self):
        if self.indent > 1: return self.print()
        name = self.fresh("gen")
        self.line(f"def {name}(p1):")
        saved = (self.scopes, self.loops, self.in_function, self.in_generator)
        self.scopes, self.loops, self.in_function, self.in_generator = [dict(self.scopes[0]), {"p1": "int"}], 1, True, True
        self.indent += 1
        kind = self.r.randrange(4)
        if kind == 0: self.line(f"got = yield {self.expression('int')}"), self.line("print('got', got)")
        if kind == 1: self.line(f"yield from {self.iterable(1)}")
        self.line("for step in range(p1):")
        self.scopes[-1]["step"] = "int"
        self.block(2, end=lambda: f"yield {self.expression('int')}")
        if kind == 2: self.line("return 'done'")
        self.indent -= 1
        self.scopes, self.loops, self.in_function, self.in_generator = saved
        if self.indent == 0: self.generators.append(name)
        g = self.fresh("it")
        self.line(f"{g} = {name}({self.r.randint(0, 4)})")
        for _ in range(self.r.randint(1, 3)):
            self.line(self.one([f"print(next({g}, 'over'))", f"print(next({g}))", f"print(list({g}))", f"print({g}.send(None))", f"{g}.close()", f"print(sum({g}))", f"{g}.throw(ValueError('thrown'))" if self.chance(0.2) else f"print(next({g}, None))"]))

    def define_class(self):
        if self.indent > 0: return self.print()
        name = self.fresh("C")
        base = self.one(self.classes) if self.classes and self.chance(0.4) else None
        error = not base and self.chance(0.12)
        self.line(f"class {name}{'(' + base[0] + ')' if base else '(Exception)' if error else ''}:")
        self.indent += 1
        members = ["value", "total"] + (base[1] if base else [])
        self.line(f"count = {self.literal('int', 3)}")
        members.append("count")
        fuel, self.fuel = self.fuel, 3
        self.line("def __init__(self, value, total=0):")
        self.indent += 1
        if base: self.line("super().__init__(value, total)" if self.chance(0.8) else f"{base[0]}.__init__(self, value)")
        elif error: self.line("super().__init__(f'bad {value}')")
        self.line("self.value, self.total = value, total")
        self.line(f"{self.one([name + '.count', 'self.count', 'self.total'])} += 1")
        self.indent -= 1
        made = set()
        for _ in range(self.r.randint(1, 5)):
            k = self.r.randrange(12)
            if k in made: continue
            made.add(k)
            inner = {"self.value": "int", "self.total": "int"}
            own = lambda result, extra={}: self.function_body({**inner, **extra}, result, 2)
            if k == 0:
                self.line("@property")
                self.line("def double(self):")
                own("int")
                members.append("double")
            elif k == 1: self.line("def __repr__(self):"), self.line(f"    return f'{name}({{self.value}}, {{self.total!r}})'")
            elif k == 2: self.line("def __eq__(self, other):"), self.line("    return self.value == other.value")
            elif k == 3: self.line("def __add__(self, other):"), self.line(f"    return {name}(self.value + other.value)")
            elif k == 4: self.line("def __len__(self):"), own(self.one(["int", "int", "int", "float"]))
            elif k == 5: self.line("def __getitem__(self, p1):"), own("int", {"p1": "int"})
            elif k == 6: self.line("@staticmethod"), self.line("def make(p1):"), self.line(f"    return {name}(p1)")
            elif k == 7: self.line("@classmethod"), self.line("def build(cls, p1, p2=1):"), self.line("    return cls(p1, p2)")
            elif k == 8: self.line("def __iter__(self):"), self.line("    yield self.value"), self.line(f"    yield from {self.iterable(2)}")
            elif k == 9: self.line("def __lt__(self, other):"), self.line("    return self.value < other.value")
            elif k == 10: self.line("def __call__(self, p1=2):"), own("int", {"p1": "int"})
            else: self.line("def __bool__(self):"), own("bool")
        self.line("def run(self, p1):")
        self.function_body({"self.value": "int", "self.total": "int", "p1": "int"}, "int", 3)
        self.indent -= 1
        self.fuel = fuel - 4
        self.classes.append((name, members))
        n = self.fresh("o")
        self.line(f"{n} = {name}({self.expression('int')})")
        self.scopes[-1][n] = f"obj:{name}"
        if error and self.chance(0.5):
            self.line("try:"), self.line(f"    raise {n}"), self.line("except Exception as problem:"), self.line("    print(type(problem).__name__, problem, problem.args)")
        uses = {1: f"print({n}, [{n}])", 2: f"print({n} == {name}({self.literal('int', 3)}), {n} != {n})", 3: f"print(({n} + {n}).value)", 4: f"print(len({n}))", 5: f"print({n}[{self.index()}])", 6: f"print({name}.make(3).value)", 7: f"print({name}.build(4).total)",
                8: f"print(list({n}))", 9: f"print({n} < {name}(2), max([{n}, {name}(9)], key=lambda q: q.value).value)", 10: f"print({n}({self.literal('int', 3)}))", 11: f"print('yes' if {n} else 'no')", 0: f"print({n}.double)"}
        for k in sorted(made): self.line(uses[k])
        self.line(self.one([f"print({n}.run({self.expression('int')}))", f"{n}.value = {self.expression('int')}", f"print(sorted(vars({n}).items()))", f"print(hasattr({n}, 'value'), getattr({n}, 'nothing', None), isinstance({n}, {name}))", f"print({name}.__name__, {name}.__mro__[-1].__name__, {name}.count)", f"{n}.double = 5", f"print({n} + 1)" if self.chance(0.2) else f"print({n}.count)"]))

    def match(self):
        self.line(f"match {self.expression(self.one(['int', 'tuple', 'list', 'str', 'dict']))}:")
        self.indent += 1
        for _ in range(self.r.randint(1, 4)):
            a, b = self.fresh("m"), self.fresh("m")
            pattern, names = self.one([("0 | 1 | 2", {}), ("'x' | ''", {}), (f"[{a}]", {a: "int"}), (f"({a}, {b})", {a: "int", b: "int"}), (f"[{a}, *{b}]", {a: "int", b: "list"}), (f"{{'a': {a}}}", {a: "int"}), (f"{{'x': {a}, **{b}}}", {a: "int", b: "dict"}), (f"int({a})", {a: "int"}),
                                       (f"str() as {a}", {a: "str"}), ("None", {}), ("[]", {}), ("[1, _, 3]", {}), ("-1", {}), ("True", {})])
            self.scopes.append(names)
            guard = f" if {self.expression('bool', 2)}" if self.chance(0.25) else ""
            self.line(f"case {pattern}{guard}:")
            self.quietly(lambda: self.block(2))
            self.scopes.pop()
        if self.chance(0.6):
            self.line("case _:")
            self.quietly(lambda: self.block(1))
        self.indent -= 1

    def use(self):
        if self.functions and self.chance(0.6): self.line(f"print({self.call(self.one(self.functions))})")
        elif self.instances(): self.line(f"print({self.one(sorted(self.instances()))}.run({self.expression('int')}))")
        else: self.print()

    def with_statement(self):
        if "Room" not in "".join(self.lines):
            if self.indent: return self.print()
            for text in ["class Room:", "    def __init__(self, name, calm=False):", "        self.name, self.calm = name, calm", "    def __enter__(self):", "        print('enter', self.name)", "        return self.name",
                         "    def __exit__(self, kind, problem, trace):", "        print('exit', self.name, kind and kind.__name__, problem)", "        return self.calm"]: self.line(text)
        n, more = self.bind("str"), f", Room('second', {self.expression('bool')})" if self.chance(0.3) else ""
        self.line(f"with Room({self.expression('str')}, {self.expression('bool')}) as {n}{more}:")
        self.quietly(lambda: self.block(3))

    def closure(self):
        if self.indent > 1: return self.print()
        name, kind = self.fresh("make"), self.r.randrange(3)
        if kind == 0:
            for text in [f"def {name}(start={self.literal('int', 3)}):", "    total = start", "    def step(by=1):", "        nonlocal total", f"        total {self.one(['+=', '*=', '-=', '//='])} by", "        return total", "    return step"]: self.line(text)
            n = self.fresh("go")
            self.line(f"{n} = {name}({self.expression('int')})")
            self.line(f"print({n}(), {n}({self.expression('int')}), {n}(by={self.literal('int', 3)}))")
        elif kind == 1:
            for text in [f"def {name}(function):", "    def wrapper(*args, **kwargs):", "        print('call', function.__name__, args, kwargs)", "        return function(*args, **kwargs)", "    return wrapper", f"@{name}", f"def target_{name}(p1, p2=3):", f"    return {self.one(['p1 + p2', 'p1 / p2', '[p1] * p2', 'p1[p2]'])}"]: self.line(text)
            self.line(f"print(target_{name}({self.expression('int')}, p2={self.expression('int', 3)}))")
        else:
            for text in [f"def {name}(n):", "    if n <= 0:", f"        return {self.expression(self.one(['int', 'int', 'str']), 2)}", f"    return n {self.one(['+', '*', '-'])} {name}(n - 1)"]: self.line(text)
            self.line(f"print({name}({self.r.randint(0, 6)}))")

    def program(self):
        while self.fuel > 0: self.statement()
        self.print()
        return "\n".join(self.lines) + "\n"


def run(text):
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "p.py").write_text(text)
        try: done = subprocess.run([sys.executable, "-I", "p.py"], cwd=folder, capture_output=True, text=True, timeout=5, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30)))
        except subprocess.TimeoutExpired: return None
        return done.stdout + done.stderr


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    target = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else TARGET
    programs, k = [], 0
    while len(programs) < count:
        k += 1
        text = Maker(random.Random(seed * 1_000_003 + k)).program()
        shown = run(text)
        # Addresses differ between runs, and so do sets of texts; very long numbers take long in both.
        if shown is None or " at 0x" in shown or "MemoryError" in shown or "SyntaxError" in shown or not 20 < len(shown) < 6000: continue
        programs.append(f"=== statements {seed}-{k}\n{text}")
    target.write_text("".join(programs))


main()
