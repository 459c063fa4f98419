extension WrittenLibrary {
  /// `concurrent.futures`: what is submitted has run when `submit` comes back.
  static let futures = WrittenModule(
    name: "concurrent.futures",
    source: #"""
      FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED = "FIRST_COMPLETED", "FIRST_EXCEPTION", "ALL_COMPLETED"

      class CancelledError(Exception): pass
      class InvalidStateError(Exception): pass
      class BrokenExecutor(RuntimeError): pass
      TimeoutError = TimeoutError

      class Future:
          def __init__(self): self._done, self._result, self._exception, self._calls = False, None, None, []
          def set_result(self, result):
              self._done, self._result = True, result
              for f in self._calls: f(self)
          def set_exception(self, exception):
              self._done, self._exception = True, exception
              for f in self._calls: f(self)
          def result(self, timeout=None):
              if self._exception is not None: raise self._exception
              return self._result
          def exception(self, timeout=None): return self._exception
          def done(self): return self._done
          def running(self): return False
          def cancelled(self): return False
          def cancel(self): return False
          def add_done_callback(self, fn):
              if self._done: fn(self)
              else: self._calls.append(fn)
          def __repr__(self):
              if self._exception is not None: return "<Future at 0x7f0000000000 state=finished raised %s>" % type(self._exception).__name__
              return "<Future at 0x7f0000000000 state=finished returned %s>" % type(self._result).__name__

      class Executor:
          def __init__(self, max_workers=None, thread_name_prefix="", initializer=None, initargs=(), mp_context=None, **kwargs):
              if max_workers is not None and max_workers <= 0: raise ValueError("max_workers must be greater than 0")
              self._max_workers, self._down = max_workers or 5, False
              if initializer is not None: initializer(*initargs)
          def submit(self, fn, /, *args, **kwargs):
              if self._down: raise RuntimeError("cannot schedule new futures after shutdown")
              future = Future()
              try: result = fn(*args, **kwargs)
              except Exception as e: future.set_exception(e)
              else: future.set_result(result)
              return future
          def map(self, fn, *iterables, timeout=None, chunksize=1):
              futures = [self.submit(fn, *args) for args in zip(*iterables)]
              return (f.result() for f in futures)
          def shutdown(self, wait=True, *, cancel_futures=False): self._down = True
          def __enter__(self): return self
          def __exit__(self, *args): self.shutdown()
      class ThreadPoolExecutor(Executor): pass
      class ProcessPoolExecutor(Executor): pass

      class DoneAndNotDoneFutures(tuple):
          done = property(lambda self: self[0])
          not_done = property(lambda self: self[1])
      def as_completed(fs, timeout=None): return iter(list(fs))
      def wait(fs, timeout=None, return_when=ALL_COMPLETED): return DoneAndNotDoneFutures((set(fs), set()))
      """#)
}
