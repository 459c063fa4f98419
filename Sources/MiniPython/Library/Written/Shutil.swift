extension WrittenLibrary {
  /// `shutil`.
  static let shutil = WrittenModule(
    name: "shutil",
    source: #"""
      import os as _os
      import tempfile as _tempfile
      def rmtree(path, ignore_errors=False, onerror=None):
          if not _os.path.isdir(path):
              if ignore_errors: return
              raise FileNotFoundError(2, "No such file or directory", str(path))
          _tempfile._remove(str(path)) if hasattr(_tempfile, "_remove") else _clear(str(path))
      def _clear(path):
          for n in _os.listdir(path):
              if _os.path.isdir(path + "/" + n): _clear(path + "/" + n)
              else: _os.remove(path + "/" + n)
          _os.rmdir(path)
      def copyfile(src, dst):
          with open(src, "rb") as f: data = f.read()
          with open(dst, "wb") as f: f.write(data)
          return dst
      def copy(src, dst):
          if _os.path.isdir(dst): dst = _os.path.join(dst, _os.path.basename(src))
          return copyfile(src, dst)
      copy2 = copy
      def move(src, dst):
          _os.rename(src, dst)
          return dst
      def get_terminal_size(fallback=(80, 24)): return _os.terminal_size(fallback) if hasattr(_os, "terminal_size") else fallback
      """#)
}
