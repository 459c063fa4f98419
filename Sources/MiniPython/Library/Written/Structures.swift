extension WrittenLibrary {
  /// `struct`: numbers as bytes.
  static let structures = WrittenModule(
    name: "struct",
    source: #"""
      import _support
      class error(Exception): pass
      error.__module__ = "struct"
      _sizes = {"x": 1, "c": 1, "b": 1, "B": 1, "?": 1, "h": 2, "H": 2, "i": 4, "I": 4, "l": 4, "L": 4, "q": 8, "Q": 8, "f": 4, "d": 8, "s": 1}
      _names = {"b": "byte", "B": "ubyte", "h": "short", "H": "ushort"}
      def _parts(format):
          if isinstance(format, bytes): format = format.decode()
          mark = format[:1] if format[:1] in "@=<>!" else ""
          order = "big" if mark in (">", "!") and mark else "little"
          isNative = mark in ("", "@")
          items, at, number = [], 0, ""
          for c in format[len(mark):]:
              if c.isspace(): continue
              if c.isdigit():
                  number += c
                  continue
              if c not in _sizes: raise error("bad char in struct format")
              size = 8 if isNative and c in "lL" else _sizes[c]
              count = int(number) if number else 1
              number = ""
              if isNative and c != "s": at += -at % size
              if c == "s":
                  items.append((c, count, at))
                  at += count
              else:
                  for _ in range(count):
                      if c != "x": items.append((c, size, at))
                      at += size
          return order, items, at
      def calcsize(format): return _parts(format)[2]
      def _packed(c, size, order, v):
          if c == "s":
              if not isinstance(v, (bytes, bytearray)): raise error("argument for 's' must be a bytes object")
              return bytes(v[:size]) + b"\0" * (size - len(v))
          if c == "c":
              if not isinstance(v, bytes) or len(v) != 1: raise error("char format requires a bytes object of length 1")
              return v
          if c == "?": return b"\1" if v else b"\0"
          if c in "fd":
              if not hasattr(v, "__float__") and not hasattr(v, "__index__"): raise error("required argument is not a float")
              if c == "f" and abs(v) > 3.4028235677973366e38 and abs(v) != float("inf"): raise OverflowError("float too large to pack with f format")
              return (_support.float_bits(float(v), size) & (2 ** (8 * size) - 1)).to_bytes(size, order)
          if not hasattr(v, "__index__"): raise error("required argument is not an integer")
          v = int(v)
          low, high = (-2 ** (8 * size - 1), 2 ** (8 * size - 1) - 1) if c.islower() else (0, 2 ** (8 * size) - 1)
          if not low <= v <= high:
              if size == 8 or size == 2 and order == "big": raise error("argument out of range")
              if c in _names: raise error("%s format requires %d <= number <= %d" % (_names[c], low, high))
              raise error("'%s' format requires %d <= number <= %d" % (c, low, high))
          return v.to_bytes(size, order, signed=c.islower())
      def pack(format, *values):
          order, items, size = _parts(format)
          if len(items) != len(values): raise error("pack expected %d items for packing (got %d)" % (len(items), len(values)))
          out = b""
          for (c, n, at), v in zip(items, values): out += b"\0" * (at - len(out)) + _packed(c, n, order, v)
          return out + b"\0" * (size - len(out))
      def unpack_from(format, buffer, offset=0):
          order, items, size = _parts(format)
          if len(buffer) - offset < size:
              raise error("unpack_from requires a buffer of at least %d bytes for unpacking %d bytes at offset %d (actual buffer size is %d)" % (size + offset, size, offset, len(buffer)))
          out = []
          for c, n, at in items:
              part = bytes(buffer[offset + at:offset + at + n])
              if c in "sc": out.append(part)
              elif c == "?": out.append(part != b"\0")
              elif c in "fd": out.append(_support.bits_float(int.from_bytes(part, order, signed=True), n))
              else: out.append(int.from_bytes(part, order, signed=c.islower()))
          return tuple(out)
      def unpack(format, buffer):
          size = calcsize(format)
          if len(buffer) != size: raise error("unpack requires a buffer of %d bytes" % size)
          return unpack_from(format, buffer)
      def iter_unpack(format, buffer):
          size = calcsize(format)
          return (unpack_from(format, buffer, k) for k in range(0, len(buffer), size))
      class Struct:
          def __init__(self, format): self.format, self.size = format, calcsize(format)
          def pack(self, *values): return pack(self.format, *values)
          def unpack(self, buffer): return unpack(self.format, buffer)
          def unpack_from(self, buffer, offset=0): return unpack_from(self.format, buffer, offset)
      """#)
}
