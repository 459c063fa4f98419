extension WrittenLibrary {
  /// `textwrap.TextWrapper`: what `textwrap.wrap` is told, kept.
  static let textWrapper = WrittenModule(
    name: "_textwrap_wrapper",
    source: #"""
      import textwrap as _textwrap

      class TextWrapper:
          __module__ = "textwrap"
          def __init__(self, width=70, initial_indent="", subsequent_indent="", expand_tabs=True, replace_whitespace=True, fix_sentence_endings=False, break_long_words=True, drop_whitespace=True, break_on_hyphens=True, tabsize=8, *, max_lines=None, placeholder=" [...]"):
              self.width, self.initial_indent, self.subsequent_indent = width, initial_indent, subsequent_indent
              self.expand_tabs, self.replace_whitespace, self.fix_sentence_endings = expand_tabs, replace_whitespace, fix_sentence_endings
              self.break_long_words, self.drop_whitespace, self.break_on_hyphens = break_long_words, drop_whitespace, break_on_hyphens
              self.tabsize, self.max_lines, self.placeholder = tabsize, max_lines, placeholder
          def wrap(self, text): return _textwrap.wrap(text, **vars(self))
          def fill(self, text): return "\n".join(self.wrap(text))
      """#)
}
