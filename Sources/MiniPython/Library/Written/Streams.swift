extension WrittenLibrary {
  /// `io`.
  static let streams = WrittenModule(
    name: "io",
    source: #"""
      import _support
      SEEK_SET, SEEK_CUR, SEEK_END = 0, 1, 2
      DEFAULT_BUFFER_SIZE = 8192

      class UnsupportedOperation(OSError, ValueError): pass

      class IOBase:
          closed = False
          def _open(self):
              if self.closed: raise ValueError("I/O operation on closed file" + ("." if self._dot else ""))
          _dot = False
          def close(self): self.closed = True
          def flush(self): self._open()
          def isatty(self): return False
          def readable(self): return True
          def writable(self): return True
          def seekable(self): return True
          def fileno(self): raise UnsupportedOperation("fileno")
          def __enter__(self):
              self._open()
              return self
          def __exit__(self, *args): self.close()
          def __iter__(self):
              self._open()
              return self
          def __next__(self):
              line = self.readline()
              if not line: raise StopIteration
              return line
          def readlines(self, hint=-1):
              out, total = [], 0
              for line in self:
                  out.append(line)
                  total += len(line)
                  if hint is not None and 0 < hint <= total: break
              return out
          def writelines(self, lines):
              self._open()
              for line in lines: self.write(line)

      class _Memory(IOBase):
          # Contents lie in one text or one run of bytes; `_at` is the place of reading and writing.
          def getvalue(self):
              self._open()
              return self._all()
          def _all(self):
              if self._parts:
                  self._value += self._empty.join(self._parts)
                  self._parts = []
              return self._value
          def read(self, size=-1):
              self._open()
              value = self._all()
              end = len(value) if size is None or size < 0 else self._at + size
              found = value[self._at:end]
              self._at += len(found)
              return found
          def readline(self, size=-1):
              self._open()
              value = self._all()
              end = value.find(self._newline, self._at) + 1
              if end == 0: end = len(value)
              if size is not None and size >= 0: end = min(end, self._at + size)
              found = value[self._at:end]
              self._at += len(found)
              return found
          def tell(self):
              self._open()
              return self._at
          def seek(self, pos, whence=0):
              self._open()
              if whence == 0:
                  if pos < 0: raise ValueError("Negative seek position %d" % pos if self._dot is False else "negative seek value %d" % pos)
                  self._at = pos
              elif whence == 1:
                  if pos and self._newline == "\n": raise OSError("Can't do nonzero cur-relative seeks")
                  self._at = max(0, self._at + pos)
              elif whence == 2:
                  if pos and self._newline == "\n": raise OSError("Can't do nonzero cur-relative seeks")
                  self._at = max(0, len(self._all()) + pos)
              else: raise ValueError("Invalid whence (%d, should be 0, 1 or 2)" % whence)
              return self._at
          def truncate(self, size=None):
              self._open()
              size = self._at if size is None else size
              self._value = self._all()[:size]
              return size
          def _put(self, s):
              value_length = self._length
              if self._at == value_length:
                  self._parts.append(s)
              else:
                  value = self._all()
                  if self._at > len(value): value += self._pad * (self._at - len(value))
                  self._value = value[:self._at] + s + value[self._at + len(s):]
              self._at += len(s)
              return len(s)
          @property
          def _length(self): return len(self._value) + sum(map(len, self._parts)) if len(self._parts) < 64 else len(self._all())

      class StringIO(_Memory):
          def __init__(self, initial_value="", newline="\n"):
              if initial_value is None: initial_value = ""
              if not isinstance(initial_value, str):
                  raise TypeError("initial_value must be str or None, not %s" % type(initial_value).__name__)
              self._value, self._parts, self._at = initial_value, [], 0
              self._empty, self._newline, self._pad = "", "\n", "\0"
          def write(self, s):
              self._open()
              if not isinstance(s, str): raise TypeError("string argument expected, got %r" % type(s).__name__)
              return self._put(s)

      class BytesIO(_Memory):
          _dot = True
          def __init__(self, initial_bytes=b""):
              if isinstance(initial_bytes, str): raise TypeError("a bytes-like object is required, not 'str'")
              self._value, self._parts, self._at = bytes(initial_bytes), [], 0
              self._empty, self._newline, self._pad = b"", b"\n", b"\0"
          def write(self, s):
              self._open()
              if isinstance(s, str): raise TypeError("a bytes-like object is required, not 'str'")
              return self._put(bytes(s))
          def getbuffer(self): return _Buffer(self.getvalue())
          def read1(self, size=-1): return self.read(size)

      class _Buffer(bytes):
          # What `getbuffer` shows: as long as nobody writes to it, bytes with a size.
          itemsize, format, ndim, readonly = 1, "B", 1, False
          @property
          def nbytes(self): return len(self)
          def tobytes(self): return bytes(self)
          def release(self): pass
          def __enter__(self): return self
          def __exit__(self, *args): return False

      class TextIOWrapper(_Memory):
          # A file of the program's own memory: what is written is there for whoever opens its name again.
          def __init__(self, name, mode, contents):
              self.name, self.mode = name, mode
              self._binary = "b" in mode
              self._reads, self._writes = "r" in mode or "+" in mode, "r" not in mode or "+" in mode
              self._empty, self._newline, self._pad = (b"", b"\n", b"\0") if self._binary else ("", "\n", "\0")
              self._value, self._parts = contents if self._binary else contents.decode(), []
              self._at = len(self._value) if "a" in mode else 0
              self.encoding = None if self._binary else "UTF-8"
          _dot = True
          def readable(self): return self._reads
          def writable(self): return self._writes
          def read(self, size=-1):
              self._open()
              if not self._reads: raise UnsupportedOperation("read" if self._binary else "not readable")
              return _Memory.read(self, size)
          def readline(self, size=-1):
              self._open()
              if not self._reads: raise UnsupportedOperation("read" if self._binary else "not readable")
              return _Memory.readline(self, size)
          def write(self, s):
              self._open()
              if not self._writes: raise UnsupportedOperation("write" if self._binary else "not writable")
              if self._binary and isinstance(s, str): raise TypeError("a bytes-like object is required, not 'str'")
              if not self._binary and not isinstance(s, str): raise TypeError("write() argument must be str, not %s" % type(s).__name__)
              if "a" in self.mode: self._at = self._length
              return self._put(bytes(s) if self._binary else s)
          def flush(self):
              self._open()
              if self._writes: _support.put_file(self.name, self._all() if self._binary else self._all().encode())
          def close(self):
              if not self.closed: self.flush()
              self.closed = True
          def __del__(self): self.close()
          def __repr__(self):
              if self._binary: return "<_io.Buffered%s name=%r>" % ("Reader" if self._reads else "Writer", self.name)
              return "<_io.TextIOWrapper name=%r mode=%r encoding='UTF-8'>" % (self.name, self.mode)

      def open(file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None):
          if hasattr(file, "__fspath__"): file = file.__fspath__()
          if not isinstance(file, str): raise TypeError("expected str, bytes or os.PathLike object, not %s" % type(file).__name__)
          if not isinstance(mode, str): raise TypeError("open() argument 'mode' must be str, not %s" % type(mode).__name__)
          if set(mode) - set("axrwb+tU") or len(mode) > len(set(mode)): raise ValueError("invalid mode: %r" % mode)
          if "t" in mode and "b" in mode: raise ValueError("can't have text and binary mode at once")
          if sum(c in mode for c in "raxw") != 1: raise ValueError("must have exactly one of create/read/write/append mode")
          if _support.is_folder(file): raise IsADirectoryError(21, "Is a directory", file)
          if not _support.has_parent(file): raise FileNotFoundError(2, "No such file or directory", file)
          known = _support.get_file(file)
          if known is None and "r" in mode: raise FileNotFoundError(2, "No such file or directory", file)
          if known is not None and "x" in mode: raise FileExistsError(17, "File exists", file)
          contents = known if known is not None and "w" not in mode else b""
          if known is None or "w" in mode: _support.put_file(file, contents)
          return TextIOWrapper(file, mode.replace("t", ""), contents)

      TextIOBase = RawIOBase = BufferedIOBase = IOBase
      """#)
}
