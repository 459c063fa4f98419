extension WrittenLibrary {
  /// `graphlib`.
  static let graphSorting = WrittenModule(
    name: "graphlib",
    source: #"""
      class CycleError(ValueError): pass

      class TopologicalSorter:
          def __init__(self, graph=None):
              # Of each node: who waits for it, and for how many it waits itself; -1 once handed out, -2 when done.
              self._after, self._count, self._ready, self._left = {}, {}, None, 0
              for node, before in (graph or {}).items(): self.add(node, *before)
          def _node(self, node):
              if node not in self._after: self._after[node], self._count[node] = [], 0
          def add(self, node, *predecessors):
              if self._ready is not None: raise ValueError("Nodes cannot be added after a call to prepare()")
              self._node(node)
              self._count[node] += len(predecessors)
              for p in predecessors:
                  self._node(p)
                  self._after[p].append(node)
          def prepare(self):
              if self._ready is not None: raise ValueError("cannot prepare() more than once")
              self._ready = [n for n, k in self._count.items() if not k]
              cycle = self._cycle()
              if cycle: raise CycleError("nodes are in a cycle", cycle)
          def _cycle(self):
              stack, places, seen, left = [], {}, set(), []
              for start in self._after:
                  if start in seen: continue
                  node = start
                  while True:
                      if node in seen:
                          if node in places: return stack[places[node]:] + [node]
                      else:
                          seen.add(node)
                          left.append(iter(self._after[node]))
                          places[node] = len(stack)
                          stack.append(node)
                      while stack:
                          try:
                              node = next(left[-1])
                              break
                          except StopIteration:
                              del places[stack.pop()]
                              left.pop()
                      else: break
              return None
          def get_ready(self):
              if self._ready is None: raise ValueError("prepare() must be called first")
              out, self._ready = tuple(self._ready), []
              for n in out: self._count[n] = -1
              self._left += len(out)
              return out
          def is_active(self):
              if self._ready is None: raise ValueError("prepare() must be called first")
              return bool(self._left or self._ready)
          def __bool__(self): return self.is_active()
          def done(self, *nodes):
              if self._ready is None: raise ValueError("prepare() must be called first")
              for n in nodes:
                  if n not in self._count: raise ValueError("node %r was not added using add()" % (n,))
                  if self._count[n] >= 0: raise ValueError("node %r was not passed out (still not ready)" % (n,))
                  if self._count[n] == -2: raise ValueError("node %r was already marked done" % (n,))
                  self._count[n] = -2
                  self._left -= 1
                  for m in self._after[n]:
                      self._count[m] -= 1
                      if not self._count[m]: self._ready.append(m)
          def static_order(self):
              self.prepare()
              while self.is_active():
                  group = self.get_ready()
                  yield from group
                  self.done(*group)
      """#)
}
