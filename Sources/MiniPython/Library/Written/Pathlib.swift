extension WrittenLibrary {
  /// `pathlib`.
  static let pathlib = WrittenModule(
    name: "pathlib",
    source: #"""
      import os as _os
      import _support

      class PurePath:
          def __new__(cls, *parts):
              if cls is Path: cls = PosixPath
              if cls is PurePath: cls = PurePosixPath
              self = object.__new__(cls)
              text = ""
              for p in parts:
                  if isinstance(p, PurePath): p = str(p)
                  if not isinstance(p, str):
                      raise TypeError("expected str, bytes or os.PathLike object, not %s" % type(p).__name__)
                  text = p if p.startswith("/") or not text else text + "/" + p
              self._root = "/" if text.startswith("/") else ""
              self._names = [n for n in text.split("/") if n and n != "."]
              return self
          def _with(self, names):
              made = object.__new__(type(self))
              made._root, made._names = self._root, list(names)
              return made
          def __str__(self): return self._root + "/".join(self._names) or "."
          def __repr__(self): return "%s(%r)" % (type(self).__name__, str(self))
          def __fspath__(self): return str(self)
          def as_posix(self): return str(self)
          def __truediv__(self, other):
              if not isinstance(other, (str, PurePath)): return NotImplemented
              return type(self)(str(self), other)
          def __rtruediv__(self, other):
              if not isinstance(other, (str, PurePath)): return NotImplemented
              return type(self)(other, str(self))
          def joinpath(self, *others): return type(self)(str(self), *others)
          def __eq__(self, other): return isinstance(other, PurePath) and str(self) == str(other)
          def __hash__(self): return hash(str(self))
          def __lt__(self, other): return self._parts() < other._parts() if isinstance(other, PurePath) else NotImplemented
          def __le__(self, other): return self._parts() <= other._parts() if isinstance(other, PurePath) else NotImplemented
          def __gt__(self, other): return self._parts() > other._parts() if isinstance(other, PurePath) else NotImplemented
          def __ge__(self, other): return self._parts() >= other._parts() if isinstance(other, PurePath) else NotImplemented
          def _parts(self): return ([self._root] if self._root else []) + self._names
          parts = property(lambda self: tuple(self._parts()))
          root = anchor = property(lambda self: self._root)
          drive = property(lambda self: "")
          name = property(lambda self: self._names[-1] if self._names else "")
          @property
          def suffix(self):
              k = self.name.rfind(".")
              return self.name[k:] if 0 < k < len(self.name) - 1 else ""
          @property
          def suffixes(self):
              if self.name.endswith("."): return []
              return ["." + s for s in self.name.lstrip(".").split(".")[1:]]
          @property
          def stem(self):
              k = self.name.rfind(".")
              return self.name[:k] if 0 < k < len(self.name) - 1 else self.name
          parent = property(lambda self: self._with(self._names[:-1]))
          @property
          def parents(self): return tuple(self._with(self._names[:k]) for k in range(len(self._names) - 1, -1, -1))
          def is_absolute(self): return bool(self._root)
          def with_name(self, name):
              if not self.name: raise ValueError("%r has an empty name" % self)
              return self._with(self._names[:-1] + [name])
          def with_stem(self, stem): return self.with_name(stem + self.suffix)
          def with_suffix(self, suffix):
              if suffix and not suffix.startswith(".") or suffix == ".": raise ValueError("Invalid suffix %r" % suffix)
              if not self.name: raise ValueError("%r has an empty name" % self)
              return self.with_name(self.stem + suffix)
          def relative_to(self, *other):
              base = type(self)(*other)
              n = len(base._parts())
              if self._parts()[:n] != base._parts():
                  raise ValueError("%r is not in the subpath of %r OR one path is relative and the other is absolute." % (str(self), str(base)))
              made = self._with(self._parts()[n:])
              made._root = ""
              return made
          def is_relative_to(self, *other):
              base = type(self)(*other)
              return self._parts()[:len(base._parts())] == base._parts()
          def match(self, pattern):
              import fnmatch
              wanted = [n for n in pattern.split("/") if n]
              return len(wanted) <= len(self._names) and all(fnmatch.fnmatchcase(a, b) for a, b in zip(self._names[::-1], wanted[::-1]))

      class PurePosixPath(PurePath): pass

      class Path(PurePath):
          @classmethod
          def cwd(cls): return cls(_os.getcwd())
          @classmethod
          def home(cls): return cls("/home")
          def exists(self): return _os.path.exists(str(self))
          def is_file(self): return _os.path.isfile(str(self))
          def is_dir(self): return _os.path.isdir(str(self))
          def open(self, mode="r", buffering=-1, encoding=None, errors=None, newline=None): return open(str(self), mode)
          def read_text(self, encoding=None, errors=None):
              with open(str(self)) as f: return f.read()
          def write_text(self, data, encoding=None, errors=None, newline=None):
              if not isinstance(data, str): raise TypeError("data must be str, not %s" % type(data).__name__)
              with open(str(self), "w") as f: return f.write(data)
          def read_bytes(self):
              with open(str(self), "rb") as f: return f.read()
          def write_bytes(self, data):
              with open(str(self), "wb") as f: return f.write(data)
          def mkdir(self, mode=0o777, parents=False, exist_ok=False):
              if self.is_dir():
                  if exist_ok: return
                  raise FileExistsError(17, "File exists", str(self))
              if parents: _os.makedirs(str(self))
              else: _os.mkdir(str(self))
          def rmdir(self): _os.rmdir(str(self))
          def unlink(self, missing_ok=False):
              if missing_ok and not self.exists(): return
              _os.remove(str(self))
          def touch(self, mode=0o666, exist_ok=True): open(str(self), "a").close()
          def rename(self, target):
              _os.rename(str(self), str(target))
              return type(self)(str(target))
          replace = rename
          def iterdir(self): return iter([self / n for n in _os.listdir(str(self))])
          def glob(self, pattern):
              import fnmatch
              if pattern.startswith("**/"): return self.rglob(pattern[3:])
              return iter([self / n for n in _os.listdir(str(self)) if fnmatch.fnmatchcase(n, pattern)])
          def rglob(self, pattern):
              import fnmatch
              out = []
              for n in _os.listdir(str(self)):
                  if fnmatch.fnmatchcase(n, pattern): out.append(self / n)
                  if (self / n).is_dir(): out += (self / n).rglob(pattern)
              return iter(out)
          def absolute(self): return self if self._root else type(self)(_os.getcwd(), str(self))
          def resolve(self, strict=False):
              out = []
              for n in self.absolute()._names:
                  if n == "..": out = out[:-1]
                  else: out.append(n)
              made = self._with(out)
              made._root = "/"
              return made
          def expanduser(self): return self
          def stat(self):
              from types import SimpleNamespace
              return SimpleNamespace(st_size=_os.path.getsize(str(self)), st_mtime=0.0)

      class PosixPath(Path): pass
      """#)
}
