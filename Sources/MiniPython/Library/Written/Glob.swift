extension WrittenLibrary {
  /// `glob`.
  static let glob = WrittenModule(
    name: "glob",
    source: #"""
      import fnmatch as _fnmatch
      import os as _os
      def glob(pathname, *, root_dir=None, dir_fd=None, recursive=False, include_hidden=False):
          folder, pattern = _os.path.split(pathname)
          names = _os.listdir(folder or ".") if _os.path.isdir(folder or ".") else []
          return [_os.path.join(folder, n) if folder else n for n in names if _fnmatch.fnmatchcase(n, pattern)]
      def iglob(pathname, **kw): return iter(glob(pathname, **kw))
      """#)
}
