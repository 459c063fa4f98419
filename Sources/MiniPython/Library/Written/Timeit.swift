extension WrittenLibrary {
  /// `timeit`.
  static let timeit = WrittenModule(
    name: "timeit",
    source: #"""
      import time as _time
      default_timer = _time.perf_counter
      class Timer:
          def __init__(self, stmt="pass", setup="pass", timer=default_timer, globals=None):
              for part in (stmt, setup):
                  if not callable(part) and part != "pass":
                      raise NotImplementedError("timeit of a text is not available here: give it a function")
              self.stmt, self.setup, self.timer = stmt, setup, timer
          def timeit(self, number=1000000):
              if callable(self.setup): self.setup()
              start = self.timer()
              if callable(self.stmt):
                  for _ in range(number): self.stmt()
              return self.timer() - start
          def repeat(self, repeat=5, number=1000000): return [self.timeit(number) for _ in range(repeat)]
      def timeit(stmt="pass", setup="pass", timer=default_timer, number=1000000, globals=None): return Timer(stmt, setup, timer).timeit(number)
      def repeat(stmt="pass", setup="pass", timer=default_timer, repeat=5, number=1000000, globals=None): return Timer(stmt, setup, timer).repeat(repeat, number)
      """#)
}
