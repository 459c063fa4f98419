extension WrittenLibrary {
  /// `string.Formatter`.
  static let formatter = WrittenModule(
    name: "_string_formatter",
    source: #"""
      import re
      import _support

      def _field(text, at):
          # To the brace that closes it: place of the brace, and the colon or the exclamation mark before it.
          depth, mark, brackets = 0, None, False
          for k in range(at, len(text)):
              c = text[k]
              if c == "[" and mark is None and not depth: brackets = True
              elif c == "]": brackets = False
              elif brackets: continue
              elif c == "{": depth += 1
              elif c == "}":
                  if not depth: return k, mark
                  depth -= 1
              elif c in ":!" and mark is None and not depth: mark = k
          raise ValueError("expected '}' before end of string")

      class Formatter:
          def format(self, format_string, /, *args, **kwargs): return self.vformat(format_string, args, kwargs)
          def vformat(self, format_string, args, kwargs):
              used = set()
              text, _ = self._vformat(format_string, args, kwargs, used, 2, 0)
              self.check_unused_args(used, args, kwargs)
              return text
          def _vformat(self, format_string, args, kwargs, used, depth, auto):
              if depth < 0: raise ValueError("Max string recursion exceeded")
              out = []
              for literal, name, spec, conversion in self.parse(format_string):
                  if literal: out.append(literal)
                  if name is None: continue
                  first = re.match(r"[^.\[]*", name).group()
                  if first == "":
                      if auto is False: raise ValueError("cannot switch from manual field specification to automatic field numbering")
                      name, auto = str(auto) + name, auto + 1
                  elif first.isdigit():
                      if auto: raise ValueError("cannot switch from manual field specification to automatic field numbering")
                      auto = False
                  obj, key = self.get_field(name, args, kwargs)
                  used.add(key)
                  obj = self.convert_field(obj, conversion)
                  spec, auto = self._vformat(spec, args, kwargs, used, depth - 1, auto)
                  out.append(self.format_field(obj, spec))
              return "".join(out), auto
          def get_value(self, key, args, kwargs): return args[key] if isinstance(key, int) else kwargs[key]
          def check_unused_args(self, used_args, args, kwargs): pass
          def format_field(self, value, format_spec): return format(value, format_spec)
          def convert_field(self, value, conversion):
              if conversion is None: return value
              if conversion == "s": return str(value)
              if conversion == "r": return repr(value)
              if conversion == "a": return ascii(value)
              raise ValueError("Unknown conversion specifier %s" % conversion)
          def parse(self, format_string):
              at, literal = 0, ""
              while at < len(format_string):
                  c = format_string[at]
                  if c in "{}" and format_string[at:at + 2] == c + c:
                      yield literal + c, None, None, None
                      literal, at = "", at + 2
                  elif c == "}": raise ValueError("Single '}' encountered in format string")
                  elif c == "{":
                      if at + 1 == len(format_string): raise ValueError("Single '{' encountered in format string")
                      end, mark = _field(format_string, at + 1)
                      name, spec, conversion = format_string[at + 1:end if mark is None else mark], "", None
                      if mark is not None and format_string[mark] == ":": spec = format_string[mark + 1:end]
                      elif mark is not None:
                          conversion = format_string[mark + 1:mark + 2]
                          if format_string[mark + 2:mark + 3] == ":": spec = format_string[mark + 3:end]
                      yield literal, name, spec, conversion
                      literal, at = "", end + 1
                  else:
                      literal += c
                      at += 1
              if literal: yield literal, None, None, None
          def get_field(self, field_name, args, kwargs):
              first = re.match(r"[^.\[]*", field_name).group()
              key = int(first) if first.isdigit() else first
              obj = self.get_value(key, args, kwargs)
              for attribute, item in re.findall(r"\.([^.\[]+)|\[([^\]]+)\]", field_name[len(first):]):
                  obj = getattr(obj, attribute) if attribute else obj[int(item) if item.isdigit() else item]
              return obj, key
      """#)
}
