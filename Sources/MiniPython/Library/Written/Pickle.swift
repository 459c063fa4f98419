extension WrittenLibrary {
  /// `pickle`.
  static let pickle = WrittenModule(
    name: "pickle",
    source: #"""
      import types as _types
      import _support
      HIGHEST_PROTOCOL = 5
      DEFAULT_PROTOCOL = 4

      class PickleError(Exception): pass
      class PicklingError(PickleError): __module__ = "_pickle"
      class UnpicklingError(PickleError): pass

      def dumps(obj, protocol=None, *, fix_imports=True, buffer_callback=None):
          if isinstance(obj, _types.FunctionType) and "<" in obj.__qualname__:
              if "<locals>" in obj.__qualname__: raise AttributeError("Can't pickle local object %r" % obj.__qualname__)
              raise PicklingError("Can't pickle %r: attribute lookup %s on __main__ failed" % (obj, obj.__qualname__))
          if isinstance(obj, _types.GeneratorType): raise TypeError("cannot pickle 'generator' object")
          return _support.keep(obj)
      def loads(data, /, *, fix_imports=True, encoding="ASCII", errors="strict", buffers=None):
          if isinstance(data, str): raise TypeError("a bytes-like object is required, not 'str'")
          if not data: raise EOFError("Ran out of input")
          found = _support.kept(bytes(data))
          if found is NotImplemented: raise UnpicklingError("invalid load key, %r." % chr(data[0]))
          return found
      def dump(obj, file, protocol=None, *, fix_imports=True, buffer_callback=None): file.write(dumps(obj))
      def load(file, *, fix_imports=True, encoding="ASCII", errors="strict", buffers=None): return loads(file.read())
      """#)
}
