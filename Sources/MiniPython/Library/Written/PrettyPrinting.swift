extension WrittenLibrary {
  static let prettyPrinting = WrittenModule(
    name: "pprint",
    source: #"""
      import collections as _collections
      import sys as _sys
      import types as _types
      import re as _re

      class _Order:
          def __init__(self, of): self.of = of
          def __lt__(self, other):
              try: return self.of < other.of
              except TypeError: return (str(type(self.of)), id(self.of)) < (str(type(other.of)), id(other.of))

      class PrettyPrinter:
          def __init__(self, indent=1, width=80, depth=None, stream=None, *, compact=False, sort_dicts=True, underscore_numbers=False):
              indent, width = int(indent), int(width)
              if indent < 0: raise ValueError("indent must be >= 0")
              if depth is not None and depth <= 0: raise ValueError("depth must be > 0")
              if not width: raise ValueError("width must be != 0")
              self._indent, self._width, self._depth, self._stream = indent, width, depth, stream
              self._compact, self._sorts, self._underscores = compact, sort_dicts, underscore_numbers

          def pprint(self, object):
              text = self.pformat(object) + "\n"
              if self._stream is None: print(text, end="")
              else: self._stream.write(text)

          def pformat(self, object):
              out = []
              self._format(object, out, 0, 0, {}, 0)
              return "".join(out)

          def isrecursive(self, object): return self._plain(object, {}, 0)[2]
          def isreadable(self, object):
              found = self._plain(object, {}, 0)
              return found[1] and not found[2]
          def format(self, object, context, maxlevels, level):
              return self._plain(object, context, level)

          def _plain(self, o, context, level):
              kind = type(o)
              if kind is int and self._underscores: return f"{o:_d}", True, False
              show = kind.__repr__ if hasattr(kind, "__repr__") else None
              if kind is dict or kind in (list, tuple):
                  if not o: return ("{}" if kind is dict else "[]" if kind is list else "()"), True, False
                  if self._depth and level >= self._depth:
                      return ("{...}" if kind is dict else "[...]" if kind is list else "(...)"), False, True
                  if id(o) in context: return _recursion(o), False, True
                  context[id(o)] = 1
                  readable, recursive, parts = True, False, []
                  if kind is dict:
                      items = sorted(o.items(), key=_pair) if self._sorts else o.items()
                      for k, v in items:
                          a = self._plain(k, context, level + 1)
                          b = self._plain(v, context, level + 1)
                          parts.append(f"{a[0]}: {b[0]}")
                          readable = readable and a[1] and b[1]
                          recursive = recursive or a[2] or b[2]
                      text = "{" + ", ".join(parts) + "}"
                  else:
                      for v in o:
                          b = self._plain(v, context, level + 1)
                          parts.append(b[0])
                          readable = readable and b[1]
                          recursive = recursive or b[2]
                      text = "[" + ", ".join(parts) + "]" if kind is list else "(" + parts[0] + ",)" if len(parts) == 1 else "(" + ", ".join(parts) + ")"
                  del context[id(o)]
                  return text, readable, recursive
              text = repr(o)
              return text, bool(text) and not text.startswith("<"), False

          def _format(self, o, out, indent, allowance, context, level):
              if id(o) in context:
                  out.append(_recursion(o))
                  return
              text = self._plain(o, context, level)[0]
              if len(text) > self._width - indent - allowance:
                  way = self._way(o)
                  if way is not None:
                      context[id(o)] = 1
                      way(o, out, indent, allowance, context, level + 1)
                      del context[id(o)]
                      return
              out.append(text)

          def _way(self, o):
              kind = type(o)
              if self._depth and False: return None
              if kind is dict or _is(kind, dict, "__repr__"): return self._dict
              if kind is _collections.OrderedDict: return self._ordered
              if kind is list: return lambda o, out, i, a, c, l: self._row("[", o, "]", out, i, a, c, l)
              if kind is tuple: return lambda o, out, i, a, c, l: self._row("(", o, ",)" if len(o) == 1 else ")", out, i, a, c, l)
              if kind is set or kind is frozenset: return self._set
              if kind is str: return self._str
              if kind is bytes: return self._bytes
              if kind is _collections.Counter: return self._counter
              if kind is _collections.defaultdict: return self._defaulting
              if kind is _collections.deque: return self._deque
              if kind is _types.SimpleNamespace: return lambda o, out, i, a, c, l: self._fields("namespace", list(o.__dict__.items()), out, i, a, c, l)
              fields = getattr(kind, "__dataclass_fields__", None)
              if fields is not None:
                  shown = [(f.name, getattr(o, f.name)) for f in fields.values() if f.repr]
                  plain = kind.__qualname__ + "(" + ", ".join(f"{n}={v!r}" for n, v in shown) + ")"
                  if plain == repr(o): return lambda o, out, i, a, c, l: self._fields(kind.__name__, shown, out, i, a, c, l)
              return None

          def _dict(self, o, out, indent, allowance, context, level):
              out.append("{")
              if self._indent > 1: out.append((self._indent - 1) * " ")
              if len(o):
                  items = sorted(o.items(), key=_pair) if self._sorts else list(o.items())
                  self._pairs(items, out, indent, allowance + 1, context, level)
              out.append("}")

          def _pairs(self, items, out, indent, allowance, context, level):
              indent += self._indent
              last = len(items) - 1
              for n, (k, v) in enumerate(items):
                  key = self._plain(k, context, level)[0]
                  out.append(key + ": ")
                  self._format(v, out, indent + len(key) + 2, allowance if n == last else 1, context, level)
                  if n != last: out.append(",\n" + " " * indent)

          def _ordered(self, o, out, indent, allowance, context, level):
              if not len(o):
                  out.append(repr(o))
                  return
              name = type(o).__name__
              out.append(name + "(")
              self._format(list(o.items()), out, indent + len(name) + 1, allowance + 1, context, level)
              out.append(")")

          def _row(self, begin, o, end, out, indent, allowance, context, level):
              out.append(begin)
              self._items(o, out, indent, allowance + len(end), context, level)
              out.append(end)

          def _set(self, o, out, indent, allowance, context, level):
              if not len(o):
                  out.append(repr(o))
                  return
              if type(o) is set: begin, end = "{", "}"
              else:
                  begin, end = type(o).__name__ + "({", "})"
                  indent += len(type(o).__name__) + 1
              out.append(begin)
              self._items(sorted(o, key=_Order), out, indent, allowance + len(end), context, level)
              out.append(end)

          def _items(self, items, out, indent, allowance, context, level):
              indent += self._indent
              if self._indent > 1: out.append((self._indent - 1) * " ")
              items = list(items)
              delimiter = ""
              gap = ",\n" + " " * indent
              width = room = self._width - indent + 1
              last = len(items) - 1
              for n, v in enumerate(items):
                  if n == last:
                      room -= allowance
                      width -= allowance
                  if self._compact:
                      text = self._plain(v, context, level)[0]
                      w = len(text) + 2
                      if width < w:
                          width = room
                          if delimiter: delimiter = gap
                      if width >= w:
                          width -= w
                          out.append(delimiter)
                          delimiter = ", "
                          out.append(text)
                          continue
                  out.append(delimiter)
                  delimiter = gap
                  self._format(v, out, indent, allowance if n == last else 1, context, level)

          def _fields(self, name, items, out, indent, allowance, context, level):
              out.append(name + "(")
              indent += len(name) + 1
              last = len(items) - 1
              for n, (k, v) in enumerate(items):
                  out.append(k + "=")
                  if id(v) in context: out.append("...")
                  else: self._format(v, out, indent + len(k) + 1, allowance + 1 if n == last else 1, context, level)
                  if n != last: out.append(",\n" + " " * indent)
              out.append(")")

          def _str(self, o, out, indent, allowance, context, level):
              if not len(o):
                  out.append(repr(o))
                  return
              chunks = []
              lines = o.splitlines(True)
              if level == 1:
                  indent += 1
                  allowance += 1
              most = room = self._width - indent
              shown = ""
              for n, line in enumerate(lines):
                  shown = repr(line)
                  if n == len(lines) - 1: room -= allowance
                  if len(shown) <= room:
                      chunks.append(shown)
                      continue
                  parts = _re.findall(r"\S*\s*", line)
                  parts.pop()
                  width, current = most, ""
                  for j, part in enumerate(parts):
                      candidate = current + part
                      if j == len(parts) - 1 and n == len(lines) - 1: width -= allowance
                      if len(repr(candidate)) > width:
                          if current: chunks.append(repr(current))
                          current = part
                      else: current = candidate
                  if current: chunks.append(repr(current))
              if len(chunks) == 1:
                  out.append(chunks[0])
                  return
              if level == 1: out.append("(")
              out.append(("\n" + " " * indent).join(chunks))
              if level == 1: out.append(")")

          def _bytes(self, o, out, indent, allowance, context, level):
              if len(o) <= 4:
                  out.append(repr(o))
                  return
              if level == 1:
                  indent, allowance = indent + 1, allowance + 1
                  out.append("(")
              width, current, lines = self._width - indent, b"", []
              for k in range(0, len(o), 4):
                  if k == len(o) // 4 * 4: width -= allowance
                  if len(repr(current + o[k:k + 4])) > width:
                      if current: lines.append(repr(current))
                      current = o[k:k + 4]
                  else: current += o[k:k + 4]
              if current: lines.append(repr(current))
              out.append(("\n" + " " * indent).join(lines))
              if level == 1: out.append(")")

          def _counter(self, o, out, indent, allowance, context, level):
              name = type(o).__name__ + "({"
              out.append(name)
              if self._indent > 1: out.append((self._indent - 1) * " ")
              self._pairs(o.most_common(), out, indent + len(name) - 1, allowance + 2, context, level)
              out.append("})")

          def _defaulting(self, o, out, indent, allowance, context, level):
              maker = self._plain(o.default_factory, context, level)[0]
              name = type(o).__name__
              indent += len(name) + 1
              out.append(f"{name}({maker},\n" + " " * indent)
              self._dict(o, out, indent, allowance + 1, context, level)
              out.append(")")

          def _deque(self, o, out, indent, allowance, context, level):
              name = type(o).__name__
              out.append(name + "(")
              indent += len(name) + 1
              out.append("[")
              if o.maxlen is None:
                  self._items(o, out, indent, allowance + 2, context, level)
                  out.append("])")
              else:
                  self._items(o, out, indent, 2, context, level)
                  out.append("],\n" + " " * indent + f"maxlen={o.maxlen!r})")

      def _is(kind, base, name): return False
      def _pair(pair): return _Order(pair[0]), _Order(pair[1])
      def _recursion(o): return f"<Recursion on {type(o).__name__} with id={id(o)}>"

      def pprint(object, stream=None, indent=1, width=80, depth=None, *, compact=False, sort_dicts=True, underscore_numbers=False):
          PrettyPrinter(indent, width, depth, stream, compact=compact, sort_dicts=sort_dicts, underscore_numbers=underscore_numbers).pprint(object)

      def pformat(object, indent=1, width=80, depth=None, *, compact=False, sort_dicts=True, underscore_numbers=False):
          return PrettyPrinter(indent, width, depth, compact=compact, sort_dicts=sort_dicts, underscore_numbers=underscore_numbers).pformat(object)

      def pp(object, *args, sort_dicts=False, **kwargs):
          pprint(object, *args, sort_dicts=sort_dicts, **kwargs)

      def saferepr(object): return PrettyPrinter().format(object, {}, None, 0)[0]
      def isreadable(object): return PrettyPrinter().isreadable(object)
      def isrecursive(object): return PrettyPrinter().isrecursive(object)
      """#)
}
