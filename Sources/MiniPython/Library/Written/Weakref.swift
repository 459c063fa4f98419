extension WrittenLibrary {
  /// `weakref`.
  static let weakref = WrittenModule(
    name: "weakref",
    source: #"""
      import _support

      ref = ReferenceType = _support.weak

      class WeakValueDictionary:
          def __init__(self, other=(), **kw):
              self._refs = {}
              self.update(other, **kw)
          def _live(self):
              self._refs = {k: r for k, r in self._refs.items() if r() is not None}
              return self._refs
          def __setitem__(self, k, v): self._refs[k] = ref(v)
          def __getitem__(self, k):
              v = self._refs[k]() if k in self._refs else None
              if v is None: raise KeyError(k)
              return v
          def __delitem__(self, k): del self._live()[k]
          def __contains__(self, k): return k in self._live()
          def __len__(self): return len(self._live())
          def __iter__(self): return iter(list(self._live()))
          def get(self, k, default=None):
              try: return self[k]
              except KeyError: return default
          def setdefault(self, k, default=None):
              if k not in self: self[k] = default
              return self[k]
          def pop(self, k, *default):
              if k in self:
                  v = self[k]
                  del self._refs[k]
                  return v
              if default: return default[0]
              raise KeyError(k)
          def update(self, other=(), **kw):
              for k, v in dict(other, **kw).items(): self[k] = v
          def clear(self): self._refs = {}
          def keys(self): return list(self._live())
          def values(self): return [r() for r in self._live().values()]
          def items(self): return [(k, r()) for k, r in self._live().items()]
          def __repr__(self): return "<WeakValueDictionary>"

      class WeakKeyDictionary(WeakValueDictionary):
          def __init__(self, other=()):
              self._refs = {}
              self.update(other)
          def _live(self):
              self._refs = {r: v for r, v in self._refs.items() if r() is not None}
              return self._refs
          def __setitem__(self, k, v): self._refs[ref(k)] = v
          def __getitem__(self, k):
              for r, v in self._live().items():
                  if r() is k or r() == k: return v
              raise KeyError(k)
          def __delitem__(self, k): del self._live()[ref(k)]
          def __contains__(self, k): return any(r() is k or r() == k for r in self._live())
          def __iter__(self): return iter(self.keys())
          def keys(self): return [r() for r in self._live()]
          def values(self): return list(self._live().values())
          def items(self): return [(r(), v) for r, v in self._live().items()]
          def update(self, other=()):
              for k, v in dict(other).items(): self[k] = v
          def __repr__(self): return "<WeakKeyDictionary>"

      class WeakSet:
          def __init__(self, data=()):
              self._refs = []
              for x in data: self.add(x)
          def _live(self):
              self._refs = [r for r in self._refs if r() is not None]
              return [r() for r in self._refs]
          def add(self, x):
              if not any(y is x or y == x for y in self._live()): self._refs.append(ref(x))
          def discard(self, x): self._refs = [r for r in self._refs if r() is not None and r() != x]
          def remove(self, x):
              if x not in self: raise KeyError(x)
              self.discard(x)
          def __contains__(self, x): return any(y is x or y == x for y in self._live())
          def __iter__(self): return iter(self._live())
          def __len__(self): return len(self._live())

      class ProxyType:
          def __init__(self, target): object.__setattr__(self, "_ref", ref(target))
          def __getattr__(self, name):
              target = object.__getattribute__(self, "_ref")()
              if target is None: raise ReferenceError("weakly-referenced object no longer exists")
              return getattr(target, name)
          def __setattr__(self, name, value):
              target = object.__getattribute__(self, "_ref")()
              if target is None: raise ReferenceError("weakly-referenced object no longer exists")
              setattr(target, name, value)
          def __str__(self): return str(object.__getattribute__(self, "_ref")())
      def proxy(target, callback=None): return ProxyType(target)
      def getweakrefcount(x): return 0
      class WeakMethod:
          def __init__(self, method, callback=None): self._ref, self._name = ref(method.__self__, callback), method.__name__
          def __call__(self):
              owner = self._ref()
              return None if owner is None else getattr(owner, self._name)
      class finalize:
          def __init__(self, obj, func, /, *args, **kwargs):
              self._call, self.atexit = (func, args, kwargs), True
              self._ref = ref(obj, lambda r: self())
              _support.at_exit(lambda: self() if self.atexit else None)
          def __call__(self, _=None):
              if self._call is None: return None
              (func, args, kwargs), self._call = self._call, None
              return func(*args, **kwargs)
          def detach(self):
              call, self._call = self._call, None
              return call and (self._ref(), *call)
          @property
          def alive(self): return self._call is not None
      """#)
}
