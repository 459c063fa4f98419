extension WrittenLibrary {
  /// `base64`.
  static let base64 = WrittenModule(
    name: "base64",
    source: #"""
      _letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
      _places = {c: k for k, c in enumerate(_letters)}
      def _bytes(s):
          if isinstance(s, str): return s.encode("ascii")
          return bytes(s)
      def b64encode(s, altchars=None):
          if isinstance(s, str): raise TypeError("a bytes-like object is required, not 'str'")
          out = []
          for k in range(0, len(s), 3):
              part = bytes(s[k:k + 3])
              n = int.from_bytes(part + b"\0" * (3 - len(part)), "big")
              four = [_letters[n >> 18], _letters[n >> 12 & 63], _letters[n >> 6 & 63], _letters[n & 63]]
              out += four[:len(part) + 1] + [61] * (3 - len(part))
          made = bytes(out)
          return made if altchars is None else made.replace(b"+", altchars[:1]).replace(b"/", altchars[1:])
      def b64decode(s, altchars=None, validate=False):
          s = _bytes(s)
          if altchars is not None: s = s.replace(_bytes(altchars)[:1], b"+").replace(_bytes(altchars)[1:], b"/")
          digits = [_places[c] for c in s if c in _places]
          if (len(digits) + s.count(b"=")) % 4: raise ValueError("Incorrect padding")
          out = b""
          for k in range(0, len(digits), 4):
              part = digits[k:k + 4]
              n = 0
              for d in part + [0] * (4 - len(part)): n = n * 64 + d
              out += n.to_bytes(3, "big")[:len(part) - 1]
          return out
      standard_b64encode, standard_b64decode = b64encode, b64decode
      def urlsafe_b64encode(s): return b64encode(s, b"-_")
      def urlsafe_b64decode(s): return b64decode(s, b"-_")
      def b16encode(s): return s.hex().upper().encode()
      def b16decode(s, casefold=False): return bytes.fromhex(_bytes(s).decode())
      def encodebytes(s):
          return b"".join(b64encode(s[k:k + 57]) + b"\n" for k in range(0, len(s), 57))
      decodebytes = b64decode
      """#)
}
