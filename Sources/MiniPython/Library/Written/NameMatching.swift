extension WrittenLibrary {
  /// `fnmatch`.
  static let nameMatching = WrittenModule(
    name: "fnmatch",
    source: #"""
      import re as _re

      def translate(pat):
          out, k = "", 0
          while k < len(pat):
              c = pat[k]
              k += 1
              if c == "*": out += ".*"
              elif c == "?": out += "."
              elif c == "[" and "]" in pat[k + 1:]:
                  end = pat.index("]", k + 1)
                  inner = pat[k:end]
                  out += "[" + ("^" + inner[1:] if inner[0] == "!" else inner).replace("\\", r"\\") + "]"
                  k = end + 1
              else: out += _re.escape(c)
          return r"(?s:%s)\Z" % out
      def fnmatchcase(name, pat): return _re.match(translate(pat), name) is not None
      fnmatch = fnmatchcase
      def filter(names, pat): return [n for n in names if fnmatchcase(n, pat)]
      """#)
}
