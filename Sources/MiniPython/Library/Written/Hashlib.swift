extension WrittenLibrary {
  /// `hashlib`.
  static let hashlib = WrittenModule(
    name: "hashlib",
    source: #"""
      import _support
      _sizes = {"md5": (16, 64), "sha1": (20, 64), "sha256": (32, 64), "sha512": (64, 128)}
      algorithms_available = algorithms_guaranteed = set(_sizes)
      class HASH:
          def __init__(self, name, data=b""):
              self.name, self._data = name, b""
              self.digest_size, self.block_size = _sizes[name]
              self.update(data)
          def update(self, data):
              if isinstance(data, str): raise TypeError("Strings must be encoded before hashing")
              if not isinstance(data, (bytes, bytearray)): raise TypeError("object supporting the buffer API required")
              self._data += bytes(data)
          def digest(self): return _support.digest(self.name, self._data)
          def hexdigest(self): return self.digest().hex()
          def copy(self): return HASH(self.name, self._data)
      def new(name, data=b"", *, usedforsecurity=True):
          if name.lower() not in _sizes: raise ValueError("unsupported hash type " + name)
          return HASH(name.lower(), data)
      def md5(string=b"", *, usedforsecurity=True): return HASH("md5", string)
      def sha1(string=b"", *, usedforsecurity=True): return HASH("sha1", string)
      def sha256(string=b"", *, usedforsecurity=True): return HASH("sha256", string)
      def sha512(string=b"", *, usedforsecurity=True): return HASH("sha512", string)
      """#)
}
