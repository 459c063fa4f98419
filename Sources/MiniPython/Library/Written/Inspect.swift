extension WrittenLibrary {
  /// `inspect`.
  static let inspect = WrittenModule(
    name: "inspect",
    source: #"""
      import sys as _sys
      import types as _types
      import _support

      class _empty: pass

      class _ParameterKind(int):
          def __new__(cls, n, name, description):
              self = int.__new__(cls, n)
              self.name, self.description = name, description
              return self
          def __repr__(self): return "<_ParameterKind.%s: %d>" % (self.name, int(self))
          def __str__(self): return self.name

      class Parameter:
          empty = _empty
          POSITIONAL_ONLY = _ParameterKind(0, "POSITIONAL_ONLY", "positional-only")
          POSITIONAL_OR_KEYWORD = _ParameterKind(1, "POSITIONAL_OR_KEYWORD", "positional or keyword")
          VAR_POSITIONAL = _ParameterKind(2, "VAR_POSITIONAL", "variadic positional")
          KEYWORD_ONLY = _ParameterKind(3, "KEYWORD_ONLY", "keyword-only")
          VAR_KEYWORD = _ParameterKind(4, "VAR_KEYWORD", "variadic keyword")
          def __init__(self, name, kind, *, default=_empty, annotation=_empty):
              self.name, self.kind, self.default, self.annotation = name, kind, default, annotation
          def replace(self, *, name=None, kind=None, default=True, annotation=True):
              return Parameter(name or self.name, kind or self.kind, default=self.default if default is True else default, annotation=self.annotation if annotation is True else annotation)
          def __str__(self):
              text = self.name
              if self.annotation is not _empty: text += ": " + formatannotation(self.annotation)
              if self.default is not _empty: text += (" = %r" if self.annotation is not _empty else "=%r") % (self.default,)
              if self.kind == 2: text = "*" + text
              if self.kind == 4: text = "**" + text
              return text
          def __repr__(self): return '<Parameter "%s">' % self
          def __eq__(self, other): return isinstance(other, Parameter) and str(self) == str(other) and self.kind == other.kind
          def __hash__(self): return hash(str(self))

      def formatannotation(annotation):
          if isinstance(annotation, type): return annotation.__qualname__ if annotation.__module__ in ("builtins", "__main__") and annotation.__module__ == "builtins" else annotation.__module__ + "." + annotation.__qualname__
          return repr(annotation).replace("typing.", "")

      class BoundArguments:
          def __init__(self, signature, arguments): self.signature, self.arguments = signature, arguments
          def apply_defaults(self):
              out = {}
              for name, p in self.signature.parameters.items():
                  if name in self.arguments: out[name] = self.arguments[name]
                  elif p.default is not _empty: out[name] = p.default
                  elif p.kind == 2: out[name] = ()
                  elif p.kind == 4: out[name] = {}
              self.arguments = out
          @property
          def args(self):
              out = []
              for name, p in self.signature.parameters.items():
                  if name not in self.arguments or p.kind > 2: break
                  if p.kind == 2: out.extend(self.arguments[name])
                  else: out.append(self.arguments[name])
              return tuple(out)
          @property
          def kwargs(self):
              out = {}
              for name, p in self.signature.parameters.items():
                  if p.kind == 3 and name in self.arguments: out[name] = self.arguments[name]
                  if p.kind == 4: out.update(self.arguments.get(name, {}))
              return out
          def __repr__(self): return "<BoundArguments (%s)>" % ", ".join("%s=%r" % pair for pair in self.arguments.items())

      class Signature:
          empty = _empty
          def __init__(self, parameters=None, *, return_annotation=_empty):
              self.parameters = {p.name: p for p in parameters or ()}
              self.return_annotation = return_annotation
          def replace(self, *, parameters=None, return_annotation=True):
              return Signature(list(self.parameters.values()) if parameters is None else parameters, return_annotation=self.return_annotation if return_annotation is True else return_annotation)
          def bind(self, /, *args, **kwargs): return self._bind(args, kwargs, False)
          def bind_partial(self, /, *args, **kwargs): return self._bind(args, kwargs, True)
          def _bind(self, args, kwargs, partial):
              out, args, kwargs = {}, list(args), dict(kwargs)
              for name, p in self.parameters.items():
                  if p.kind == 2:
                      if args: out[name] = tuple(args)
                      args = []
                  elif p.kind == 4:
                      if kwargs: out[name] = kwargs
                      kwargs = {}
                  elif args and p.kind < 2:
                      if name in kwargs and p.kind == 1: raise TypeError("multiple values for argument %r" % name)
                      out[name] = args.pop(0)
                  elif name in kwargs and p.kind != 0: out[name] = kwargs.pop(name)
                  elif p.default is _empty and not partial: raise TypeError("missing a required argument: %r" % name)
              if args: raise TypeError("too many positional arguments")
              if kwargs: raise TypeError("got an unexpected keyword argument %r" % next(iter(kwargs)))
              return BoundArguments(self, out)
          def __str__(self):
              parts, star, slash = [], True, False
              for p in self.parameters.values():
                  if p.kind == 0: slash = True
                  elif slash:
                      parts.append("/")
                      slash = False
                  if p.kind == 2: star = False
                  elif p.kind == 3 and star:
                      parts.append("*")
                      star = False
                  parts.append(str(p))
              if slash: parts.append("/")
              text = "(" + ", ".join(parts) + ")"
              if self.return_annotation is not _empty: text += " -> " + formatannotation(self.return_annotation)
              return text
          def __repr__(self): return "<Signature %s>" % self
          def __eq__(self, other): return isinstance(other, Signature) and str(self) == str(other)
          def __hash__(self): return hash(str(self))

      def signature(obj):
          if not callable(obj): raise TypeError("%r is not a callable object" % (obj,))
          bound = False
          while hasattr(obj, "__wrapped__") and not hasattr(obj, "__signature__"): obj = obj.__wrapped__
          if isinstance(getattr(obj, "__signature__", None), Signature): return obj.__signature__
          if isinstance(obj, type):
              made = getattr(obj, "__init__", None)
              given = getattr(made, "__signature__", None)
              if isinstance(given, Signature): return given.replace(parameters=list(given.parameters.values())[1:])
              if not isinstance(made, _types.FunctionType): return Signature()
              obj, bound, returns = made, True, False
          elif isinstance(obj, _types.MethodType): obj, bound, returns = obj.__func__, True, True
          elif not isinstance(obj, _types.FunctionType) and isinstance(getattr(type(obj), "__call__", None), _types.FunctionType):
              obj, bound, returns = type(obj).__call__, True, True
          else: returns = True
          found = _support.parameters(obj)
          if found is None: raise ValueError("no signature found for builtin %r" % (obj,))
          hints, out = getattr(obj, "__annotations__", {}), []
          for name, kind, has, default in found:
              out.append(Parameter(name, _kinds[kind], default=default if has else _empty, annotation=hints.get(name, _empty)))
          if bound and out and out[0].kind < 2: out = out[1:]
          return Signature(out, return_annotation=hints.get("return", _empty) if returns else _empty)

      _kinds = [Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD, Parameter.VAR_POSITIONAL, Parameter.KEYWORD_ONLY, Parameter.VAR_KEYWORD]

      def isclass(o): return isinstance(o, type)
      def isfunction(o): return isinstance(o, _types.FunctionType)
      def ismethod(o): return isinstance(o, _types.MethodType)
      def isbuiltin(o): return isinstance(o, _types.BuiltinFunctionType)
      def ismodule(o): return isinstance(o, _types.ModuleType)
      def isgenerator(o): return isinstance(o, _types.GeneratorType)
      def isgeneratorfunction(o): return isfunction(o) and _support.is_generator(o)
      def iscoroutinefunction(o): return False
      def isroutine(o): return isbuiltin(o) or isfunction(o) or ismethod(o) or type(o).__name__ in ("method_descriptor", "wrapper_descriptor")
      def isabstract(o): return isclass(o) and bool(getattr(o, "__abstractmethods__", ()))
      def isdatadescriptor(o): return not isclass(o) and (isinstance(o, property) or hasattr(type(o), "__set__"))
      def getmembers(o, predicate=None):
          out = []
          for name in dir(o):
              try: v = getattr(o, name)
              except AttributeError: continue
              if predicate is None or predicate(v): out.append((name, v))
          return sorted(out, key=lambda pair: pair[0])
      def getmro(cls): return cls.__mro__
      def getmodule(o): return None
      def cleandoc(doc):
          lines = doc.expandtabs().split("\n")
          least = min((len(l) - len(l.lstrip()) for l in lines[1:] if l.strip()), default=0)
          lines = [lines[0].lstrip()] + [l[least:] for l in lines[1:]]
          while lines and not lines[-1]: lines.pop()
          while lines and not lines[0]: lines.pop(0)
          return "\n".join(lines)
      def getdoc(o):
          doc = getattr(o, "__doc__", None)
          if doc is None and (isclass(o) or ismethod(o)):
              # From the class above that has one.
              for c in (o.__mro__ if isclass(o) else type(o.__self__).__mro__):
                  found = c if isclass(o) else c.__dict__.get(o.__name__)
                  if c is not object and getattr(found, "__doc__", None) is not None:
                      doc = found.__doc__
                      break
          return cleandoc(doc) if isinstance(doc, str) else None
      def unwrap(f):
          while hasattr(f, "__wrapped__"): f = f.__wrapped__
          return f
      def _indent(line): return len(line) - len(line.lstrip())
      def getsourcelines(o):
          o = unwrap(o)
          if ismethod(o): o = o.__func__
          if not isclass(o) and not isfunction(o):
              raise TypeError("module, class, method, function, traceback, frame, or code object was expected, got " + type(o).__name__)
          place = _support.source_block(o) if getattr(o, "__module__", None) == "__main__" else None
          if place is None: raise OSError("could not get source code" if isfunction(o) else "source code not available")
          lines, (first, last) = _support.source_lines(), place
          depth, inner = _indent(lines[first - 1]), None
          if not isfunction(o) or o.__name__ != "<lambda>":
              for k in range(first, len(lines)):
                  text = lines[k].strip()
                  if k + 1 <= last: inner = inner or text and _indent(lines[k])
                  elif text.startswith("#"):
                      if inner and _indent(lines[k]) >= inner: last = k + 1
                  elif text:
                      if _indent(lines[k]) <= depth: break
                      last, inner = k + 1, inner or _indent(lines[k])
              while first > 1 and lines[first - 2].strip().startswith("@"): first -= 1
          return [line + "\n" for line in lines[first - 1:last]], first
      def getsource(o): return "".join(getsourcelines(o)[0])
      def getsourcefile(o): return _support.place()[0]
      getfile = getsourcefile
      def getcomments(o): return None

      class FullArgSpec(tuple): pass
      def getfullargspec(f):
          from collections import namedtuple
          kind = namedtuple("FullArgSpec", "args varargs varkw defaults kwonlyargs kwonlydefaults annotations")
          found = _support.parameters(f.__func__ if ismethod(f) else f)
          if found is None: raise TypeError("unsupported callable")
          args = [n for n, k, _, _ in found if k < 2]
          star = [n for n, k, _, _ in found if k == 2]
          double = [n for n, k, _, _ in found if k == 4]
          defaults = tuple(d for _, k, has, d in found if k < 2 and has)
          only = [n for n, k, _, _ in found if k == 3]
          standing = {n: d for n, k, has, d in found if k == 3 and has}
          hints = dict(getattr(f, "__annotations__", {}))
          if "return" in hints: hints = {"return": hints.pop("return"), **hints}
          return kind(args, star[0] if star else None, double[0] if double else None, defaults or None, only, standing or None, hints)

      def getargvalues(frame):
          from collections import namedtuple
          kind, code = namedtuple("ArgInfo", "args varargs keywords locals"), frame.f_code
          rest = list(code.co_varnames)
          args = [rest.pop(0) for _ in range(code.co_argcount + code.co_kwonlyargcount)]
          star = rest.pop(0) if code.co_flags & 4 else None
          return kind(args, star, rest.pop(0) if code.co_flags & 8 else None, frame.f_locals)

      def currentframe(): return _sys._getframe(0)
      class FrameInfo(tuple):
          frame = property(lambda self: self[0])
          filename = property(lambda self: self[1])
          lineno = property(lambda self: self[2])
          function = property(lambda self: self[3])
          code_context = property(lambda self: self[4])
          index = property(lambda self: self[5])
      def stack(context=1):
          out, frame, lines = [], _sys._getframe(0), _support.source_lines()
          while frame is not None:
              code = frame.f_code
              out.append(FrameInfo((frame, code.co_filename, frame.f_lineno, code.co_name, [lines[frame.f_lineno - 1] + "\n"], 0)))
              frame = frame.f_back
          return out
      """#)
}
