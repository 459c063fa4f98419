extension WrittenLibrary {
  /// `collections.UserDict` and `UserList`: containers for programs to extend.
  static let userCollections = WrittenModule(
    name: "_collections_user",
    source: #"""
      from collections.abc import MutableMapping as _MutableMapping, MutableSequence as _MutableSequence

      class UserDict(_MutableMapping):
          __module__ = "collections"
          def __init__(self, dict=None, /, **kwargs):
              self.data = {}
              if dict is not None: self.update(dict)
              if kwargs: self.update(kwargs)
          def __len__(self): return len(self.data)
          def __getitem__(self, key):
              if key in self.data: return self.data[key]
              if hasattr(type(self), "__missing__"): return type(self).__missing__(self, key)
              raise KeyError(key)
          def __setitem__(self, key, item): self.data[key] = item
          def __delitem__(self, key): del self.data[key]
          def __iter__(self): return iter(self.data)
          def __contains__(self, key): return key in self.data
          def __repr__(self): return repr(self.data)
          def __or__(self, other):
              if isinstance(other, UserDict): return type(self)(self.data | other.data)
              if isinstance(other, dict): return type(self)(self.data | other)
              return NotImplemented
          def __ror__(self, other):
              if isinstance(other, dict): return type(self)(other | self.data)
              return NotImplemented
          def __ior__(self, other):
              self.data |= other.data if isinstance(other, UserDict) else other
              return self
          def __copy__(self):
              made = type(self).__new__(type(self))
              for name, value in self.__dict__.items(): setattr(made, name, value)
              made.data = self.data.copy()
              return made
          def copy(self): return self.__copy__()
          @classmethod
          def fromkeys(cls, iterable, value=None):
              d = cls()
              for key in iterable: d[key] = value
              return d

      def _plain(other): return other.data if isinstance(other, UserList) else other

      class UserList(_MutableSequence):
          __module__ = "collections"
          def __init__(self, initlist=None):
              self.data = [] if initlist is None else list(_plain(initlist))
          def __repr__(self): return repr(self.data)
          def __lt__(self, other): return self.data < _plain(other)
          def __le__(self, other): return self.data <= _plain(other)
          def __eq__(self, other): return self.data == _plain(other)
          def __gt__(self, other): return self.data > _plain(other)
          def __ge__(self, other): return self.data >= _plain(other)
          def __contains__(self, item): return item in self.data
          def __len__(self): return len(self.data)
          def __getitem__(self, i): return type(self)(self.data[i]) if isinstance(i, slice) else self.data[i]
          def __setitem__(self, i, item): self.data[i] = item
          def __delitem__(self, i): del self.data[i]
          def __add__(self, other): return type(self)(self.data + list(_plain(other)))
          def __radd__(self, other): return type(self)(list(_plain(other)) + self.data)
          def __iadd__(self, other):
              self.data += list(_plain(other))
              return self
          def __mul__(self, n): return type(self)(self.data * n)
          __rmul__ = __mul__
          def __imul__(self, n):
              self.data *= n
              return self
          def append(self, item): self.data.append(item)
          def insert(self, i, item): self.data.insert(i, item)
          def pop(self, i=-1): return self.data.pop(i)
          def remove(self, item): self.data.remove(item)
          def clear(self): self.data.clear()
          def copy(self): return type(self)(self)
          def count(self, item): return self.data.count(item)
          def index(self, item, *args): return self.data.index(item, *args)
          def reverse(self): self.data.reverse()
          def sort(self, /, *args, **kwds): self.data.sort(*args, **kwds)
          def extend(self, other): self.data.extend(_plain(other))
      """#)
}
