extension WrittenLibrary {
  /// `difflib`: what two sequences share. J. W. Ratcliff, D. E. Metzener, Pattern Matching: The Gestalt Approach, 1988.
  static let difflib = WrittenModule(
    name: "difflib",
    source: #"""
      from collections import namedtuple as _namedtuple
      Match = _namedtuple("Match", "a b size")

      def _ratio(matches, length): return 2.0 * matches / length if length else 1.0

      class SequenceMatcher:
          def __init__(self, isjunk=None, a="", b="", autojunk=True):
              self.isjunk, self.autojunk, self.a, self.b = isjunk, autojunk, None, None
              self.set_seqs(a, b)
          def set_seqs(self, a, b):
              self.set_seq1(a)
              self.set_seq2(b)
          def set_seq1(self, a): self.a, self._blocks, self._codes = a, None, None
          def set_seq2(self, b):
              self.b, self._blocks, self._codes, self._counts = b, None, None, None
              self.b2j = places = {}
              for k, x in enumerate(b): places.setdefault(x, []).append(k)
              self.bjunk, self.bpopular = set(), set()
              if self.isjunk:
                  self.bjunk = {x for x in places if self.isjunk(x)}
                  for x in self.bjunk: del places[x]
              if self.autojunk and len(b) >= 200:
                  self.bpopular = {x for x, at in places.items() if len(at) > len(b) // 100 + 1}
                  for x in self.bpopular: del places[x]
          def find_longest_match(self, alo=0, ahi=None, blo=0, bhi=None):
              a, b, junk = self.a, self.b, self.bjunk
              ahi, bhi = len(a) if ahi is None else ahi, len(b) if bhi is None else bhi
              i0, j0, best, before = alo, blo, 0, {}
              for i in range(alo, ahi):
                  now = {}
                  for j in self.b2j.get(a[i], ()):
                      if j < blo: continue
                      if j >= bhi: break
                      k = now[j] = before.get(j - 1, 0) + 1
                      if k > best: i0, j0, best = i - k + 1, j - k + 1, k
                  before = now
              for wants in (False, True):
                  # Into what was left out for being frequent, then into junk.
                  while i0 > alo and j0 > blo and (b[j0 - 1] in junk) == wants and a[i0 - 1] == b[j0 - 1]:
                      i0, j0, best = i0 - 1, j0 - 1, best + 1
                  while i0 + best < ahi and j0 + best < bhi and (b[j0 + best] in junk) == wants and a[i0 + best] == b[j0 + best]:
                      best += 1
              return Match(i0, j0, best)
          def get_matching_blocks(self):
              if self._blocks is not None: return self._blocks
              left, found = [(0, len(self.a), 0, len(self.b))], []
              while left:
                  alo, ahi, blo, bhi = left.pop()
                  i, j, k = m = self.find_longest_match(alo, ahi, blo, bhi)
                  if k:
                      found.append(m)
                      if alo < i and blo < j: left.append((alo, i, blo, j))
                      if i + k < ahi and j + k < bhi: left.append((i + k, ahi, j + k, bhi))
              out, i, j, k = [], 0, 0, 0
              for i2, j2, k2 in sorted(found):
                  if i + k == i2 and j + k == j2: k += k2
                  else:
                      if k: out.append(Match(i, j, k))
                      i, j, k = i2, j2, k2
              if k: out.append(Match(i, j, k))
              out.append(Match(len(self.a), len(self.b), 0))
              self._blocks = out
              return out
          def get_opcodes(self):
              if self._codes is not None: return self._codes
              i, j, out = 0, 0, []
              for ai, bj, size in self.get_matching_blocks():
                  tag = "replace" if i < ai and j < bj else "delete" if i < ai else "insert" if j < bj else ""
                  if tag: out.append((tag, i, ai, j, bj))
                  i, j = ai + size, bj + size
                  if size: out.append(("equal", ai, i, bj, j))
              self._codes = out
              return out
          def get_grouped_opcodes(self, n=3):
              codes = list(self.get_opcodes()) or [("equal", 0, 1, 0, 1)]
              if codes[0][0] == "equal":
                  tag, i1, i2, j1, j2 = codes[0]
                  codes[0] = tag, max(i1, i2 - n), i2, max(j1, j2 - n), j2
              if codes[-1][0] == "equal":
                  tag, i1, i2, j1, j2 = codes[-1]
                  codes[-1] = tag, i1, min(i2, i1 + n), j1, min(j2, j1 + n)
              group = []
              for tag, i1, i2, j1, j2 in codes:
                  if tag == "equal" and i2 - i1 > 2 * n:
                      group.append((tag, i1, min(i2, i1 + n), j1, min(j2, j1 + n)))
                      yield group
                      group, i1, j1 = [], max(i1, i2 - n), max(j1, j2 - n)
                  group.append((tag, i1, i2, j1, j2))
              if group and not (len(group) == 1 and group[0][0] == "equal"): yield group
          def ratio(self): return _ratio(sum(m.size for m in self.get_matching_blocks()), len(self.a) + len(self.b))
          def quick_ratio(self):
              if self._counts is None:
                  self._counts = {}
                  for x in self.b: self._counts[x] = self._counts.get(x, 0) + 1
              left, matches = dict(self._counts), 0
              for x in self.a:
                  if left.get(x, 0) > 0: matches += 1
                  left[x] = left.get(x, 0) - 1
              return _ratio(matches, len(self.a) + len(self.b))
          def real_quick_ratio(self): return _ratio(min(len(self.a), len(self.b)), len(self.a) + len(self.b))

      def get_close_matches(word, possibilities, n=3, cutoff=0.6):
          if not n > 0: raise ValueError("n must be > 0: %r" % (n,))
          if not 0.0 <= cutoff <= 1.0: raise ValueError("cutoff must be in [0.0, 1.0]: %r" % (cutoff,))
          s, found = SequenceMatcher(), []
          s.set_seq2(word)
          for x in possibilities:
              s.set_seq1(x)
              if s.real_quick_ratio() >= cutoff and s.quick_ratio() >= cutoff and s.ratio() >= cutoff: found.append((s.ratio(), x))
          return [x for _, x in sorted(found, reverse=True)[:n]]

      def _range(start, stop, empty):
          length = stop - start
          if length == 1: return str(start + 1)
          return "%d,%d" % (start if not length else start + 1, length)
      def unified_diff(a, b, fromfile="", tofile="", fromfiledate="", tofiledate="", n=3, lineterm="\n"):
          started = False
          for group in SequenceMatcher(None, a, b).get_grouped_opcodes(n):
              if not started:
                  started = True
                  yield "--- %s%s%s" % (fromfile, "\t" + fromfiledate if fromfiledate else "", lineterm)
                  yield "+++ %s%s%s" % (tofile, "\t" + tofiledate if tofiledate else "", lineterm)
              first, last = group[0], group[-1]
              yield "@@ -%s +%s @@%s" % (_range(first[1], last[2], 0), _range(first[3], last[4], 0), lineterm)
              for tag, i1, i2, j1, j2 in group:
                  if tag == "equal":
                      for line in a[i1:i2]: yield " " + line
                      continue
                  if tag in ("replace", "delete"):
                      for line in a[i1:i2]: yield "-" + line
                  if tag in ("replace", "insert"):
                      for line in b[j1:j2]: yield "+" + line
      def ndiff(a, b, linejunk=None, charjunk=None): raise NotImplementedError("difflib.ndiff is not available here: unified_diff is")
      """#)
}
