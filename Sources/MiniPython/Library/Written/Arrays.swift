extension WrittenLibrary {
  /// `array`: a list of numbers of one type.
  static let arrays = WrittenModule(
    name: "array",
    source: #"""
      import struct as _struct

      typecodes = "bBuhHiIlLqQfd"
      _limits = {"b": (-128, 127, "signed char"), "B": (0, 255, "unsigned byte integer"), "h": (-32768, 32767, "signed short integer"), "H": (0, 65535, "unsigned short"), "i": (-2147483648, 2147483647, "signed integer"), "I": (0, 4294967295, "unsigned int")}

      class array(list):
          def __init__(self, typecode, initializer=()):
              if typecode not in typecodes: raise ValueError("bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)")
              list.__init__(self)
              self.typecode, self.itemsize = typecode, 4 if typecode == "u" else _struct.calcsize(typecode)
              if isinstance(initializer, (bytes, bytearray)): self.frombytes(initializer)
              else: self.extend(initializer)
          def _fit(self, x):
              if self.typecode == "u":
                  if not isinstance(x, str) or len(x) != 1: raise TypeError("array item must be a unicode character, not %s" % type(x).__name__)
                  return x
              if self.typecode in "fd":
                  if isinstance(x, str): raise TypeError("must be real number, not str")
                  return _struct.unpack("f", _struct.pack("f", x))[0] if self.typecode == "f" else float(x)
              if not hasattr(x, "__index__"): raise TypeError("'%s' object cannot be interpreted as an integer" % type(x).__name__)
              x = int(x)
              if self.typecode in _limits:
                  low, high, name = _limits[self.typecode]
                  if x < low: raise OverflowError("%s is less than minimum" % name)
                  if x > high: raise OverflowError("%s is greater than maximum" % name)
              return x
          def append(self, x): list.append(self, self._fit(x))
          def insert(self, k, x): list.insert(self, k, self._fit(x))
          def extend(self, other):
              for x in other: self.append(x)
          fromlist = extend
          def __setitem__(self, k, x): list.__setitem__(self, k, self._fit(x) if not isinstance(k, slice) else [self._fit(v) for v in x])
          def __getitem__(self, k):
              found = list.__getitem__(self, k)
              return array(self.typecode, found) if isinstance(k, slice) else found
          def __add__(self, other): return array(self.typecode, list(self) + list(other))
          def __mul__(self, n): return array(self.typecode, list(self) * n)
          def tolist(self): return list(self)
          def tobytes(self): return b"".join(_struct.pack(self.typecode, x) for x in self)
          def frombytes(self, data):
              for k in range(0, len(data), self.itemsize): self.append(_struct.unpack(self.typecode, data[k:k + self.itemsize])[0])
          def buffer_info(self): return (0, len(self))
          def __repr__(self):
              if self.typecode == "u": return "array('u', %r)" % "".join(self) if len(self) else "array('u')"
              return "array('%s', %r)" % (self.typecode, list(self)) if len(self) else "array('%s')" % self.typecode
      ArrayType = array
      """#)
}
