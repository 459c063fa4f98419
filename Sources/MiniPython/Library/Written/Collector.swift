extension WrittenLibrary {
  /// `gc`.
  static let collector = WrittenModule(
    name: "gc",
    source: #"""
      _state = {"on": True}
      garbage = []
      callbacks = []
      def collect(generation=2): return 0
      def enable(): _state["on"] = True
      def disable(): _state["on"] = False
      def isenabled(): return _state["on"]
      def get_count(): return (0, 0, 0)
      def get_threshold(): return (700, 10, 10)
      def set_threshold(*args): pass
      def get_objects(generation=None): return []
      def get_referrers(*objs): return []
      def get_referents(*objs): return []
      def freeze(): pass
      def is_tracked(o): return not isinstance(o, (int, float, str, bytes, type(None)))
      """#)
}
