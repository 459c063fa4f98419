extension WrittenLibrary {
  /// `collections.abc`: what containers must define, and what follows from it.
  static let abstractCollections = WrittenModule(
    name: "collections.abc",
    source: #"""
      from abc import abstractmethod as _abstract

      class Hashable:
          @_abstract
          def __hash__(self): return 0
      class Sized:
          @_abstract
          def __len__(self): return 0
      class Container:
          @_abstract
          def __contains__(self, x): return False
      class Callable:
          @_abstract
          def __call__(self, *args, **kwds): return False
      class Iterable:
          @_abstract
          def __iter__(self):
              while False: yield None
      class Iterator(Iterable):
          @_abstract
          def __next__(self): raise StopIteration
          def __iter__(self): return self
      class Reversible(Iterable):
          @_abstract
          def __reversed__(self):
              while False: yield None
      class Generator(Iterator):
          def __next__(self): return self.send(None)
          @_abstract
          def send(self, value): raise StopIteration
          @_abstract
          def throw(self, typ, val=None, tb=None):
              if val is None:
                  if tb is None: raise typ
                  val = typ()
              raise val
          def close(self):
              try: self.throw(GeneratorExit)
              except (GeneratorExit, StopIteration): pass
              else: raise RuntimeError("generator ignored GeneratorExit")
      class Awaitable:
          @_abstract
          def __await__(self): yield
      class Coroutine(Awaitable):
          @_abstract
          def send(self, value): raise StopIteration
          @_abstract
          def throw(self, typ, val=None, tb=None): raise typ
          def close(self): pass
      class AsyncIterable:
          @_abstract
          def __aiter__(self): return self
      class AsyncIterator(AsyncIterable):
          @_abstract
          def __anext__(self): raise StopIteration
          def __aiter__(self): return self
      class AsyncGenerator(AsyncIterator): pass
      class Collection(Sized, Iterable, Container): pass

      class Sequence(Reversible, Collection):
          @_abstract
          def __getitem__(self, index): raise IndexError
          def __iter__(self):
              i = 0
              try:
                  while True:
                      yield self[i]
                      i += 1
              except IndexError: return
          def __contains__(self, value):
              for v in self:
                  if v is value or v == value: return True
              return False
          def __reversed__(self):
              for i in reversed(range(len(self))): yield self[i]
          def index(self, value, start=0, stop=None):
              if start is not None and start < 0: start = max(len(self) + start, 0)
              if stop is not None and stop < 0: stop += len(self)
              i = start
              while stop is None or i < stop:
                  try: v = self[i]
                  except IndexError: break
                  if v is value or v == value: return i
                  i += 1
              raise ValueError
          def count(self, value): return sum(1 for v in self if v is value or v == value)
      class ByteString(Sequence): pass

      class MutableSequence(Sequence):
          @_abstract
          def __setitem__(self, index, value): raise IndexError
          @_abstract
          def __delitem__(self, index): raise IndexError
          @_abstract
          def insert(self, index, value): raise IndexError
          def append(self, value): self.insert(len(self), value)
          def clear(self):
              try:
                  while True: self.pop()
              except IndexError: pass
          def reverse(self):
              n = len(self)
              for i in range(n // 2): self[i], self[n - i - 1] = self[n - i - 1], self[i]
          def extend(self, values):
              if values is self: values = list(values)
              for v in values: self.append(v)
          def pop(self, index=-1):
              v = self[index]
              del self[index]
              return v
          def remove(self, value): del self[self.index(value)]
          def __iadd__(self, values):
              self.extend(values)
              return self

      class Set(Collection):
          def __le__(self, other):
              if not isinstance(other, Set): return NotImplemented
              return len(self) <= len(other) and all(x in other for x in self)
          def __lt__(self, other):
              if not isinstance(other, Set): return NotImplemented
              return len(self) < len(other) and self.__le__(other)
          def __ge__(self, other):
              if not isinstance(other, Set): return NotImplemented
              return len(self) >= len(other) and all(x in self for x in other)
          def __gt__(self, other):
              if not isinstance(other, Set): return NotImplemented
              return len(self) > len(other) and self.__ge__(other)
          def __eq__(self, other):
              if not isinstance(other, Set): return NotImplemented
              return len(self) == len(other) and self.__le__(other)
          @classmethod
          def _from_iterable(cls, it): return cls(it)
          def __and__(self, other):
              if not isinstance(other, Iterable): return NotImplemented
              return self._from_iterable(x for x in other if x in self)
          __rand__ = __and__
          def isdisjoint(self, other):
              for x in other:
                  if x in self: return False
              return True
          def __or__(self, other):
              if not isinstance(other, Iterable): return NotImplemented
              return self._from_iterable(x for s in (self, other) for x in s)
          __ror__ = __or__
          def __sub__(self, other):
              if not isinstance(other, Set):
                  if not isinstance(other, Iterable): return NotImplemented
                  other = self._from_iterable(other)
              return self._from_iterable(x for x in self if x not in other)
          def __rsub__(self, other):
              if not isinstance(other, Set):
                  if not isinstance(other, Iterable): return NotImplemented
                  other = self._from_iterable(other)
              return self._from_iterable(x for x in other if x not in self)
          def __xor__(self, other):
              if not isinstance(other, Set):
                  if not isinstance(other, Iterable): return NotImplemented
                  other = self._from_iterable(other)
              return (self - other) | (other - self)
          __rxor__ = __xor__
          def _hash(self): return hash(frozenset(self))

      class MutableSet(Set):
          @_abstract
          def add(self, value): raise NotImplementedError
          @_abstract
          def discard(self, value): raise NotImplementedError
          def remove(self, value):
              if value not in self: raise KeyError(value)
              self.discard(value)
          def pop(self):
              it = iter(self)
              try: value = next(it)
              except StopIteration: raise KeyError from None
              self.discard(value)
              return value
          def clear(self):
              try:
                  while True: self.pop()
              except KeyError: pass
          def __ior__(self, it):
              for value in it: self.add(value)
              return self
          def __iand__(self, it):
              for value in (self - it): self.discard(value)
              return self
          def __ixor__(self, it):
              if it is self: self.clear()
              else:
                  if not isinstance(it, Set): it = self._from_iterable(it)
                  for value in it:
                      if value in self: self.discard(value)
                      else: self.add(value)
              return self
          def __isub__(self, it):
              if it is self: self.clear()
              else:
                  for value in it: self.discard(value)
              return self

      class MappingView(Sized):
          def __init__(self, mapping): self._mapping = mapping
          def __len__(self): return len(self._mapping)
          def __repr__(self): return "%s(%r)" % (type(self).__name__, self._mapping)
      class KeysView(MappingView, Set):
          @classmethod
          def _from_iterable(cls, it): return set(it)
          def __contains__(self, key): return key in self._mapping
          def __iter__(self): yield from self._mapping
      class ItemsView(MappingView, Set):
          @classmethod
          def _from_iterable(cls, it): return set(it)
          def __contains__(self, item):
              key, value = item
              try: v = self._mapping[key]
              except KeyError: return False
              return v is value or v == value
          def __iter__(self):
              for key in self._mapping: yield (key, self._mapping[key])
      class ValuesView(MappingView, Collection):
          def __contains__(self, value):
              for key in self._mapping:
                  v = self._mapping[key]
                  if v is value or v == value: return True
              return False
          def __iter__(self):
              for key in self._mapping: yield self._mapping[key]

      class Mapping(Collection):
          @_abstract
          def __getitem__(self, key): raise KeyError
          def get(self, key, default=None):
              try: return self[key]
              except KeyError: return default
          def __contains__(self, key):
              try: self[key]
              except KeyError: return False
              return True
          def keys(self): return KeysView(self)
          def items(self): return ItemsView(self)
          def values(self): return ValuesView(self)
          def __eq__(self, other):
              if not isinstance(other, Mapping): return NotImplemented
              return dict(self.items()) == dict(other.items())
          __reversed__ = None

      class MutableMapping(Mapping):
          _missing = object()
          @_abstract
          def __setitem__(self, key, value): raise KeyError
          @_abstract
          def __delitem__(self, key): raise KeyError
          def pop(self, key, default=_missing):
              try: value = self[key]
              except KeyError:
                  if default is MutableMapping._missing: raise
                  return default
              del self[key]
              return value
          def popitem(self):
              try: key = next(iter(self))
              except StopIteration: raise KeyError from None
              value = self[key]
              del self[key]
              return key, value
          def clear(self):
              try:
                  while True: self.popitem()
              except KeyError: pass
          def update(self, other=(), /, **kwds):
              if isinstance(other, Mapping):
                  for key in other: self[key] = other[key]
              elif hasattr(other, "keys"):
                  for key in other.keys(): self[key] = other[key]
              else:
                  for key, value in other: self[key] = value
              for key, value in kwds.items(): self[key] = value
          def setdefault(self, key, default=None):
              try: return self[key]
              except KeyError: self[key] = default
              return default
      """#)
}
