extension WrittenLibrary {
  /// `traceback`.
  static let traceback = WrittenModule(
    name: "traceback",
    source: #"""
      import sys as _sys
      import _support

      class FrameSummary:
          def __init__(self, filename, lineno, name, line=None):
              self.filename, self.lineno, self.name, self.line = filename, lineno, name, line
          def __repr__(self): return "<FrameSummary file %s, line %s in %s>" % (self.filename, self.lineno, self.name)
          def __iter__(self): return iter((self.filename, self.lineno, self.name, self.line))
          def __getitem__(self, k): return (self.filename, self.lineno, self.name, self.line)[k]
          def __len__(self): return 4

      class StackSummary(list):
          def format(self): return format_list(self)

      def _exception(exc, value):
          if value is not None: return value
          if isinstance(exc, BaseException): return exc
          return None

      def format_exception(exc, /, value=None, tb=None, limit=None, chain=True):
          e = _exception(exc, value)
          if e is None: return ["NoneType: None\n"]
          return _support.traceback_parts(e, chain, limit)
      def format_exception_only(exc, /, value=None):
          e = _exception(exc, value)
          if e is None: return ["NoneType: None\n"]
          return [_support.last_line(e)] + [n + "\n" for n in getattr(e, "__notes__", [])]
      def _write(text, file):
          (_sys.stderr if file is None else file).write(text)
      def print_exception(exc, /, value=None, tb=None, limit=None, file=None, chain=True): _write("".join(format_exception(exc, value, tb, limit, chain)), file)
      def format_exc(limit=None, chain=True): return "".join(format_exception(None, _sys.exc_info()[1], limit=limit, chain=chain))
      def print_exc(limit=None, file=None, chain=True): _write(format_exc(limit, chain), file)
      def extract_tb(tb, limit=None):
          out = StackSummary(FrameSummary(*entry) for entry in _support.entries(tb))
          return out if limit is None else StackSummary(out[:limit] if limit >= 0 else out[limit:])
      def extract_stack(f=None, limit=None): return StackSummary(FrameSummary(*entry) for entry in _support.stack())
      def format_list(entries):
          out = []
          for f, n, name, line in entries:
              out.append('  File "%s", line %d, in %s\n' % (f, n, name) + ("    %s\n" % line.strip() if line else ""))
          return out
      def format_tb(tb, limit=None): return _support.traceback_entries(tb, limit)
      def print_tb(tb, limit=None, file=None): _write("".join(format_tb(tb, limit)), file)
      def format_stack(f=None, limit=None): return format_list(extract_stack())
      def print_stack(f=None, limit=None, file=None): _write("".join(format_stack()), file)

      class TracebackException:
          def __init__(self, exc_type, exc_value, exc_traceback, **kwargs):
              self.exc_type, self._value, self.stack = exc_type, exc_value, extract_tb(exc_traceback)
          @classmethod
          def from_exception(cls, exc, **kwargs): return cls(type(exc), exc, exc.__traceback__)
          def format(self, *, chain=True): return iter(format_exception(self._value, chain=chain))
          def format_exception_only(self): return iter(format_exception_only(self._value))
          def __str__(self): return str(self._value)
      """#)
}
