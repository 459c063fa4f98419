extension WrittenLibrary {
  /// `atexit`.
  static let atexit = WrittenModule(
    name: "atexit",
    source: #"""
      import _support

      _calls = []
      def register(func, /, *args, **kwargs):
          if not callable(func): raise TypeError("the first argument must be callable")
          _calls.append((func, args, kwargs))
          _support.at_exit(_run)
          return func
      def unregister(func): _calls[:] = [c for c in _calls if c[0] != func]
      def _run():
          # The last one registered that is left.
          if _calls:
              func, args, kwargs = _calls.pop()
              func(*args, **kwargs)
      def _clear(): _calls.clear()
      def _ncallbacks(): return len(_calls)
      """#, shared: ["_clear", "_ncallbacks"])
}
