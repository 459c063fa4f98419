/// `contextvars`, `copyreg`, `doctest`, `importlib.util`, `importlib.metadata`, `reprlib`, `shlex`, `tracemalloc`.
extension WrittenLibrary {
  static let contextVariables = WrittenModule(
    name: "contextvars",
    source: """
      _missing = object()
      class Token:
          MISSING = _missing
          def __init__(self, var, old): self.var, self.old_value = var, old
      class ContextVar:
          def __init__(self, name, *, default=_missing): self.name, self._default, self._value = name, default, _missing
          def get(self, default=_missing):
              for v in (self._value, default, self._default):
                  if v is not _missing: return v
              raise LookupError(self)
          def set(self, value):
              token = Token(self, self._value)
              self._value = value
              return token
          def reset(self, token): self._value = token.old_value
      class Context:
          def run(self, function, *args, **kwargs): return function(*args, **kwargs)
      def copy_context(): return Context()
      """)

  static let copyRegistry = WrittenModule(
    name: "copyreg",
    source: """
      dispatch_table = {}
      def pickle(ob_type, pickle_function, constructor_ob=None): dispatch_table[ob_type] = pickle_function
      def constructor(object): pass
      """)

  static let documentTests = WrittenModule(
    name: "doctest",
    source: #"""
      import contextlib as _contextlib
      import io as _io
      import _support
      from collections import namedtuple as _namedtuple
      TestResults = _namedtuple("TestResults", ["failed", "attempted"])
      ELLIPSIS, NORMALIZE_WHITESPACE, IGNORE_EXCEPTION_DETAIL, REPORT_NDIFF = 8, 4, 32, 128

      def _examples(text):
          """Each statement of a documentation with what it shall print."""
          found, lines, k = [], text.split("\n"), 0
          while k < len(lines):
              line = lines[k].strip()
              k += 1
              if not line.startswith(">>>"): continue
              source, expected = [line[4:]], []
              indent = len(lines[k - 1]) - len(lines[k - 1].lstrip())
              while k < len(lines) and lines[k].strip().startswith("..."):
                  source.append(lines[k].strip()[4:])
                  k += 1
              while k < len(lines) and lines[k].strip() and not lines[k].strip().startswith(">>>"):
                  expected.append(lines[k][indent:])
                  k += 1
              found.append(("\n".join(source), "\n".join(expected)))
          return found

      def _agrees(expected, got, flags, source):
          got = got.rstrip("\n").replace("\n\n", "\n<BLANKLINE>\n")
          if "+NORMALIZE_WHITESPACE" in source or flags & NORMALIZE_WHITESPACE: expected, got = " ".join(expected.split()), " ".join(got.split())
          if expected == got: return True
          if not ("+ELLIPSIS" in source or flags & ELLIPSIS): return False
          first, *rest = expected.split("...")
          if not got.startswith(first): return False
          at = len(first)
          for part in rest:
              at = got.find(part, at)
              if at < 0: return False
              at += len(part)
          return True

      def _result(source, names):
          out = _io.StringIO()
          with _contextlib.redirect_stdout(out):
              try:
                  try: code, isValue = compile(source, "<doctest>", "eval"), True
                  except SyntaxError: code, isValue = compile(source, "<doctest>", "exec"), False
                  value = eval(code, names) if isValue else exec(code, names)
                  if value is not None: print(repr(value))
              except Exception as e: return "Traceback:" + type(e).__name__ + ": " + str(e)
          return out.getvalue()

      def _run(name, text, names, flags):
          examples = _examples(text or "")
          failed = 0
          names = dict(names)
          for source, expected in examples:
              got = _result(source, names)
              if got.startswith("Traceback:"): ok = expected.startswith("Traceback") and expected.split("\n")[-1].strip() == got[10:]
              else: ok = _agrees(expected, got, flags, source)
              if ok: continue
              failed += 1
              print("*" * 70)
              print('File "%s", in %s\nFailed example:\n    %s\nExpected:\n    %s\nGot:\n    %s' % (names.get("__file__", "program.py"), name, source, expected.replace("\n", "\n    "), got.rstrip("\n").replace("\n", "\n    ")))
          return failed, len(examples)

      def testmod(m=None, name=None, globs=None, verbose=None, optionflags=0, **kwargs):
          names = _support.program_names()
          failed = attempted = 0
          items = [("__main__", names.get("__doc__"))]
          for key, value in sorted(names.items()):
              if getattr(value, "__module__", None) != "__main__" or not hasattr(value, "__name__"): continue
              items.append(("__main__." + key, value.__doc__))
              if isinstance(value, type):
                  items.extend(("__main__.%s.%s" % (key, k), v.__doc__) for k, v in sorted(vars(value).items()) if callable(v) and not isinstance(v, type))
          for name, text in items:
              bad, count = _run(name, text, names, optionflags)
              failed, attempted = failed + bad, attempted + count
          return TestResults(failed, attempted)
      def run_docstring_examples(f, globs, verbose=False, name="NoName", compileflags=None, optionflags=0): _run(name, f.__doc__, globs, optionflags)
      """#)

  static let importUtilities = WrittenModule(
    name: "importlib.util",
    source: """
      import _support
      class _Spec:
          def __init__(self, name): self.name, self.origin = name, None
          def __repr__(self): return "ModuleSpec(name=%r)" % self.name
      def find_spec(name, package=None):
          try: _support.imported(name)
          except ImportError: return None
          return _Spec(name)
      """)

  static let importMetadata = WrittenModule(
    name: "importlib.metadata",
    source: """
      import _support
      class PackageNotFoundError(ModuleNotFoundError): pass
      def version(name):
          try: return _support.imported(name).__version__
          except (ImportError, AttributeError): raise PackageNotFoundError("No package metadata was found for " + name) from None
      """)

  static let shortTexts = WrittenModule(
    name: "reprlib",
    source: """
      import functools as _functools
      _plain = repr
      class Repr:
          def __init__(self): self.maxlevel, self.maxtuple, self.maxlist, self.maxdict, self.maxset, self.maxstring, self.maxother = 6, 6, 6, 4, 6, 30, 30
          def repr(self, x): return self.repr1(x, self.maxlevel)
          def repr1(self, x, level):
              if isinstance(x, list): return self._items(x, "[", "]", self.maxlist, level)
              if isinstance(x, tuple): return self._items(x, "(", ",)" if len(x) == 1 else ")", self.maxtuple, level)
              if isinstance(x, (set, frozenset)) and x: return self._items(sorted(x), "{" if isinstance(x, set) else "frozenset({", "}" if isinstance(x, set) else "})", self.maxset, level)
              if isinstance(x, dict):
                  parts = [self.repr1(k, level - 1) + ": " + self.repr1(x[k], level - 1) for k in sorted(x)[:self.maxdict]]
                  return "{" + ", ".join(parts + (["..."] if len(x) > self.maxdict else [])) + "}"
              return self._cut(_plain(x), self.maxstring if isinstance(x, str) else self.maxother)
          def _items(self, x, left, right, most, level):
              if level <= 0 and x: return left + "..." + right
              parts = [self.repr1(v, level - 1) for v in list(x)[:most]]
              return left + ", ".join(parts + (["..."] if len(x) > most else [])) + right
          def _cut(self, text, most):
              if len(text) <= most: return text
              before = max(0, (most - 3) // 2)
              return text[:before] + "..." + text[len(text) - max(0, most - 3 - before):]
      aRepr = Repr()
      repr = aRepr.repr
      def recursive_repr(fillvalue="..."):
          def decorate(function):
              running = set()
              @_functools.wraps(function)
              def wrapper(self):
                  if id(self) in running: return fillvalue
                  running.add(id(self))
                  try: return function(self)
                  finally: running.discard(id(self))
              return wrapper
          return decorate
      """)

  static let shellWords = WrittenModule(
    name: "shlex",
    source: #"""
      import re as _re
      def split(s, comments=False, posix=True):
          words, at, word, isOpen = [], 0, "", False
          while at < len(s):
              c = s[at]
              if c.isspace():
                  if isOpen: words.append(word)
                  word, isOpen = "", False
              elif c == "\\":
                  at += 1
                  word, isOpen = word + s[at:at + 1], True
              elif c in "'\"":
                  end = s.find(c, at + 1)
                  if end < 0: raise ValueError("No closing quotation")
                  word, isOpen, at = word + s[at + 1:end], True, end
              else: word, isOpen = word + c, True
              at += 1
          return words + ([word] if isOpen else [])
      def quote(s):
          if not s: return "''"
          if not _re.search(r"[^\w@%+=:,./-]", s): return s
          return "'" + s.replace("'", "'\"'\"'") + "'"
      def join(words): return " ".join(quote(w) for w in words)
      """#)

  static let memoryTracing = WrittenModule(
    name: "tracemalloc",
    source: """
      _isOn = False
      def start(nframe=1):
          global _isOn
          _isOn = True
      def stop():
          global _isOn
          _isOn = False
      def is_tracing(): return _isOn
      def get_traced_memory(): return (0, 0)
      def reset_peak(): pass
      def clear_traces(): pass
      """)
}
