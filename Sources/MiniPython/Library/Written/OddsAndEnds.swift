/// Modules of a few names each: `errno`, `html`, `importlib`, `secrets`, `uuid`, `zlib`.
extension WrittenLibrary {
  static let errorNumbers = WrittenModule(
    name: "errno",
    source: """
      EPERM, ENOENT, EINTR, EIO, EACCES, EEXIST, ENOTDIR, EISDIR, EINVAL, EMFILE, ENOSPC, EPIPE, ENOTEMPTY, ETIMEDOUT = 1, 2, 4, 5, 13, 17, 20, 21, 22, 24, 28, 32, 39, 110
      errorcode = {1: "EPERM", 2: "ENOENT", 4: "EINTR", 5: "EIO", 13: "EACCES", 17: "EEXIST", 20: "ENOTDIR", 21: "EISDIR", 22: "EINVAL", 24: "EMFILE", 28: "ENOSPC", 32: "EPIPE", 39: "ENOTEMPTY", 110: "ETIMEDOUT"}
      """)

  static let html = WrittenModule(
    name: "html",
    source: #"""
      import re as _re
      _names = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "nbsp": "\xa0", "copy": "\xa9", "eacute": "\xe9", "mdash": "\u2014", "ndash": "\u2013", "hellip": "\u2026", "rsquo": "\u2019", "lsquo": "\u2018", "ldquo": "\u201c", "rdquo": "\u201d", "euro": "\u20ac"}
      def escape(s, quote=True):
          s = s.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
          return s.replace('"', "&quot;").replace("'", "&#x27;") if quote else s
      def _one(m):
          text = m.group(1)
          if text[:2] in ("#x", "#X"): return chr(int(text[2:], 16))
          if text[0] == "#": return chr(int(text[1:]))
          return _names.get(text, m.group())
      def unescape(s): return _re.sub(r"&(#[xX][0-9a-fA-F]+|#[0-9]+|[a-zA-Z]+);", _one, s)
      """#)

  static let importing = WrittenModule(
    name: "importlib",
    source: """
      import _support
      import importlib.util as util
      import importlib.metadata as metadata
      def import_module(name, package=None): return _support.imported(name)
      def reload(module): return module
      def invalidate_caches(): pass
      """)

  static let secrets = WrittenModule(
    name: "secrets",
    source: """
      import random as _random
      _r = _random.Random(0)
      choice, randbelow = _r.choice, _r.randrange
      def randbits(k): return _r.getrandbits(k)
      def token_bytes(nbytes=32): return bytes(_r.randrange(256) for _ in range(nbytes or 32))
      def token_hex(nbytes=32): return token_bytes(nbytes).hex()
      def token_urlsafe(nbytes=32):
          import base64
          return base64.urlsafe_b64encode(token_bytes(nbytes)).rstrip(b"=").decode()
      def compare_digest(a, b): return a == b
      SystemRandom = _random.Random
      """)

  static let uuid = WrittenModule(
    name: "uuid",
    source: #"""
      import hashlib as _hashlib
      import random as _random
      _r = _random.Random(0)

      class UUID:
          def __init__(self, hex=None, bytes=None, int=None, version=None):
              if hex is not None:
                  hex = hex.replace("urn:", "").replace("uuid:", "").strip("{}").replace("-", "")
                  if len(hex) != 32: raise ValueError("badly formed hexadecimal UUID string")
                  n = _int(hex, 16)
              elif bytes is not None:
                  if len(bytes) != 16: raise ValueError("bytes is not a 16-char string")
                  n = _int.from_bytes(bytes, "big")
              elif int is not None: n = int
              else: raise TypeError("one of the hex, bytes, bytes_le, fields, or int arguments must be given")
              if version is not None: n = n & ~(0xc000 << 48) & ~(0xf000 << 64) | 0x8000 << 48 | version << 76
              self.int = n
          hex = property(lambda self: "%032x" % self.int)
          bytes = property(lambda self: self.int.to_bytes(16, "big"))
          version = property(lambda self: (self.int >> 76) & 15)
          urn = property(lambda self: "urn:uuid:" + str(self))
          def __str__(self):
              h = self.hex
              return "-".join((h[:8], h[8:12], h[12:16], h[16:20], h[20:]))
          def __repr__(self): return "UUID(%r)" % str(self)
          def __eq__(self, other): return isinstance(other, UUID) and self.int == other.int
          def __lt__(self, other): return self.int < other.int
          def __hash__(self): return hash(self.int)
          def __int__(self): return self.int
      _int = int
      NAMESPACE_DNS, NAMESPACE_URL = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
      # The same in every run.
      def uuid4(): return UUID(int=_r.getrandbits(128), version=4)
      uuid1 = uuid4
      def uuid3(namespace, name): return UUID(bytes=_hashlib.md5(namespace.bytes + name.encode()).digest(), version=3)
      def uuid5(namespace, name): return UUID(bytes=_hashlib.sha1(namespace.bytes + name.encode()).digest()[:16], version=5)
      """#)

  static let checksums = WrittenModule(
    name: "zlib",
    source: """
      class error(Exception): pass
      def _row(n):
          for _ in range(8): n = 0xEDB88320 ^ n >> 1 if n & 1 else n >> 1
          return n
      _table = [_row(n) for n in range(256)]
      def crc32(data, value=0):
          value ^= 0xFFFFFFFF
          for b in data: value = _table[(value ^ b) & 255] ^ value >> 8
          return value ^ 0xFFFFFFFF
      def adler32(data, value=1):
          a, b = value & 0xFFFF, value >> 16
          for x in data:
              a = (a + x) % 65521
              b = (b + a) % 65521
          return b << 16 | a
      def compress(data, level=-1): raise NotImplementedError("zlib.compress is not available here: crc32 and adler32 are")
      def decompress(data): raise NotImplementedError("zlib.decompress is not available here: crc32 and adler32 are")
      """)
}
