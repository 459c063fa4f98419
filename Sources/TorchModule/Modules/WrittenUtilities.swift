import MiniPython

extension WrittenModules {
  /// `torch.nn.modules.utils`: sizes that may be one number, and names in saved states.
  static let utilities = WrittenModule(
    name: "torch.nn.modules.utils",
    source: #"""
      def _ntuple(n, name="parse"):
          def parse(x):
              try: return tuple(x)
              except TypeError: return (x,) * n
          parse.__name__ = name
          return parse
      _single, _pair = _ntuple(1, "_single"), _ntuple(2, "_pair")
      _triple, _quadruple = _ntuple(3, "_triple"), _ntuple(4, "_quadruple")
      def _reverse_repeat_tuple(t, n): return tuple(x for x in reversed(t) for _ in range(n))
      def _rename(d, old, new): d[new] = d.pop(old)
      def consume_prefix_in_state_dict_if_present(state_dict, prefix):
          for key in [k for k in state_dict if k.startswith(prefix)]: _rename(state_dict, key, key[len(prefix):])
          metadata = getattr(state_dict, "_metadata", {})
          for key in list(metadata):
              if key and (key == prefix.replace(".", "") or key.startswith(prefix)):
                  _rename(metadata, key, key[len(prefix):])
      """#,
    shared: ["_ntuple", "_single", "_pair", "_triple", "_quadruple", "_reverse_repeat_tuple"])
}
