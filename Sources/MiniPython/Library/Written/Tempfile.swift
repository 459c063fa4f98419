extension WrittenLibrary {
  /// `tempfile`.
  static let tempfile = WrittenModule(
    name: "tempfile",
    source: #"""
      import os as _os
      _count = [0]
      def gettempdir(): return "/tmp"
      def _name(suffix, prefix, dir):
          _count[0] += 1
          return "%s/%s%08d%s" % (dir or "/tmp", "tmp" if prefix is None else prefix, _count[0], suffix or "")
      def mkdtemp(suffix=None, prefix=None, dir=None):
          path = _name(suffix, prefix, dir)
          _os.mkdir(path)
          return path
      def mktemp(suffix="", prefix="tmp", dir=None): return _name(suffix, prefix, dir)
      def _remove(path):
          for n in _os.listdir(path):
              inner = path + "/" + n
              if _os.path.isdir(inner): _remove(inner)
              else: _os.remove(inner)
          _os.rmdir(path)
      class TemporaryDirectory:
          def __init__(self, suffix=None, prefix=None, dir=None, ignore_cleanup_errors=False): self.name = mkdtemp(suffix, prefix, dir)
          def cleanup(self):
              if _os.path.isdir(self.name): _remove(self.name)
          def __enter__(self): return self.name
          def __exit__(self, *args): self.cleanup()
      class _Temporary:
          def __init__(self, file, delete): self.file, self.name, self._delete = file, file.name, delete
          def __getattr__(self, name): return getattr(self.file, name)
          def __iter__(self): return iter(self.file)
          def __enter__(self): return self
          def __exit__(self, *args): self.close()
          def close(self):
              self.file.close()
              if self._delete and _os.path.exists(self.name): _os.remove(self.name)
      def NamedTemporaryFile(mode="w+b", buffering=-1, encoding=None, newline=None, suffix=None, prefix=None, dir=None, delete=True):
          return _Temporary(open(_name(suffix, prefix, dir), mode), delete)
      def TemporaryFile(mode="w+b", *args, **kwargs): return NamedTemporaryFile(mode)
      """#)
}
