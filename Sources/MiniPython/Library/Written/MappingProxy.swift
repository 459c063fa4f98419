extension WrittenLibrary {
  /// `types.MappingProxyType`: a mapping that cannot be changed through it.
  static let mappingProxy = WrittenModule(
    name: "_types_proxy",
    source: #"""
      from collections.abc import Mapping as _Mapping

      class mappingproxy(_Mapping):
          __module__ = "builtins"
          def __init__(self, mapping, /):
              if isinstance(mapping, (list, tuple)) or not hasattr(mapping, "__getitem__"):
                  raise TypeError("mappingproxy() argument must be a mapping, not %s" % type(mapping).__name__)
              self._mapping = mapping
          def __getitem__(self, key): return self._mapping[key]
          def __contains__(self, key): return key in self._mapping
          def __len__(self): return len(self._mapping)
          def __iter__(self): return iter(self._mapping)
          def __reversed__(self): return reversed(self._mapping)
          def get(self, key, default=None): return self._mapping.get(key, default)
          def keys(self): return self._mapping.keys()
          def values(self): return self._mapping.values()
          def items(self): return self._mapping.items()
          def copy(self): return self._mapping.copy()
          def __or__(self, other): return self._mapping | (other._mapping if isinstance(other, mappingproxy) else other)
          def __ror__(self, other): return other | self._mapping
          def __eq__(self, other): return self._mapping == (other._mapping if isinstance(other, mappingproxy) else other)
          def __repr__(self): return "mappingproxy(%r)" % (self._mapping,)
          def __str__(self): return str(self._mapping)
      MappingProxyType = mappingproxy
      """#)
}
